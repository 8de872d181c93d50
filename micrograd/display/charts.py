"""Small charts: made of characters for the terminal, and as SVG."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from micrograd.display.characters import printable

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # the bits of a Braille character, by row and column


def log_chart(numbers: Sequence[float], *, width: int = 60, height: int = 8) -> str:
    """The positive numbers from left to right on a logarithmic scale, as lines of Braille characters.

    >>> print(log_chart([1.0, 0.1, 0.01], width=6, height=2))
       1 ⠉⢱⠀⠀⠀⠀
    0.01 ⠀⠈⠉⠉⢱⣀
    """
    positive = [number for number in numbers if 0.0 < number < math.inf]
    if not positive:
        return "(no number above 0 to draw)"
    width, height = max(width, 1), max(height, 2)
    levels = list(map(math.log10, positive))
    low, high = min(levels), max(levels)
    columns, rows = 2 * width, 4 * height
    cells = [[0] * width for _ in range(height)]
    before = None
    for column in range(columns):
        level = levels[round(column * (len(levels) - 1) / (columns - 1))]
        dot = round((high - level) / (high - low) * (rows - 1)) if high > low else rows // 2
        for row in range(min(dot, dot if before is None else before + 1), max(dot, dot if before is None else before - 1) + 1):
            cells[row // 4][column // 2] |= DOTS[row % 4][column % 2]
        before = dot
    top, bottom = f"{max(positive):.2g}", f"{min(positive):.2g}"
    margin = max(len(top), len(bottom))
    names = [top, *[""] * (height - 2), bottom]
    return "\n".join(
        f"{name:>{margin}} {''.join(chr(0x2800 + cell) for cell in line)}" for name, line in zip(names, cells, strict=True)
    )


WIDTH, HEIGHT = 640, 320  # of the SVG
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 44, 40  # the margins around its curve
MOST_POINTS = 600
LONGEST_TITLE = 80
SCALE = "on a logarithmic scale"


def log_chart_svg(numbers: Sequence[float], *, title: str) -> str:
    """The positive numbers from left to right on a logarithmic scale, as an SVG picture for light and dark pages."""
    points = [(place, math.log10(number)) for place, number in enumerate(numbers, start=1) if 0.0 < number < math.inf]
    low = math.floor(min((level for _, level in points), default=0.0))
    high = max(math.ceil(max((level for _, level in points), default=1.0)), low + 1)
    last = max(len(numbers), 2)

    def x(place: float) -> float:
        return LEFT + (place - 1) / (last - 1) * (WIDTH - LEFT - RIGHT)

    def y(level: float) -> float:
        return TOP + (high - level) / (high - low) * (HEIGHT - TOP - BOTTOM)

    step = max(1, math.ceil(len(points) / MOST_POINTS))
    kept = points[::step] + points[-1:]
    curve = " ".join(f"{x(place):.1f},{y(level):.1f}" for place, level in kept)
    grid = range(low, high + 1, max(1, math.ceil((high - low) / 8)))
    lines = "".join(f'<path class="grid" d="M{LEFT},{y(level):.1f}H{WIDTH - RIGHT}"/>' for level in grid)
    levels = "".join(svg_text(LEFT - 8, y(level) + 4, power_text(level), "end") for level in grid)
    places = sorted({1, (1 + last) // 2, last})
    epochs = "".join(svg_text(x(place), HEIGHT - 20, f"{place}", "middle") for place in places)
    names = svg_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 5, "epoch", "middle") + svg_text(LEFT, TOP - 5, SCALE, "start")
    title = html.escape(printable(title, LONGEST_TITLE))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">
<title>{title}</title>
<style>
svg {{ color-scheme: light dark; background: light-dark(#ffffff, #0e1318); font: 12px system-ui, Helvetica, Arial, sans-serif; }}
text {{ fill: light-dark(#59636e, #9ba7b4); }}
.title {{ font-size: 14px; font-weight: 600; fill: light-dark(#1c2128, #e8edf2); }}
.grid {{ stroke: light-dark(#d5dbe2, #2c3640); fill: none; }}
.curve {{ stroke: light-dark(#b64400, #ffa257); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; fill: none; }}
</style>
<text class="title" x="{LEFT}" y="22">{title}</text>
{lines}{levels}{epochs}
{names}
<polyline class="curve" points="{curve}"/>
</svg>
"""


def svg_text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def power_text(level: int) -> str:
    """10 to that power, also where a float cannot hold it."""
    return f"{10.0**level:g}" if abs(level) < 5 else f"1e{level}"
