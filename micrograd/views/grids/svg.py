"""The picture of a network as SVG."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from micrograd.views.grids.sheet import INK, Bar, Face, Heat, HeatMap, Sheet, Stroke, Words
from micrograd.views.layout.geometry import Box, middle
from micrograd.views.layout.measures import DIGIT, number_size
from micrograd.views.svg import SvgFile, class_of, rect, svg_document, text
from micrograd.views.themes import BLACK, ink_on, mixed, palette

STYLES = ["shared/cells.css", "shared/maps.css"]  # beside those of every picture
KINDS = {INK: "ink", "positive": "plus", "negative": "minus"}  # the class of a cell by its colour
WIDEST = 1400.0  # pixels of a file: numbers in cells are to be read
LEAST_CELL = 6.0  # whose number the mouse reads


def sheet_svg(sheet: Sheet, theme: str, *, large: bool) -> SvgFile:
    """The picture as a file."""
    parts = [
        '<g class="maps">\n',
        *map(stroke, sheet.strokes),
        *map(face, sheet.faces),
        *map(heat_map, sheet.maps),
        *map(bar, sheet.bars),
        *map(words, sheet.words),
        "</g>\n",
    ]
    document = svg_document(sheet.width, sheet.height, sheet.title, theme, parts, large=large, styles=STYLES)
    return replace(document, widest=WIDEST)


def stroke(line: Stroke) -> str:
    start, points = line.curve[0], " ".join(f"{p.u:.1f},{p.v:.1f}" for p in line.curve[1:])
    sign = "" if line.sign is None else ("zero", "plus", "minus")[line.sign]
    shape = f'd="M{start.u:.1f},{start.v:.1f}C{points}" stroke-width="{line.width:.2f}" stroke-opacity="{line.opacity:.2f}"'
    return f'<g{class_of("line", sign)}>{tooltip(line.tooltip)}<path class="stroke" {shape}/></g>\n'


def face(card: Face) -> str:
    name, radius = ("tile", 6) if card.kind.startswith("tile-") else ("face", 9)
    return f"<g{class_of(card.kind)}>{tooltip(card.tooltip)}{rect(name, card.box, radius)}</g>\n"


def heat_map(shown: HeatMap) -> str:
    boxes = shown.boxes()
    cells = (
        [cell(heat, box, shown.size) for heat, box in zip(shown.cells, boxes, strict=True)]
        if min(boxes[0].width, boxes[0].height) >= LEAST_CELL
        else tiny_cells(shown.cells, boxes)
    )
    return f"<g>{rect('hollow', shown.box, 0)}{''.join(cells)}</g>\n"


def tiny_cells(heats: Sequence[Heat], boxes: Sequence[Box]) -> list[str]:
    """Cells that no mouse hits: those of one colour are one path."""
    paths: dict[tuple[str, float], str] = {}
    for heat, box in zip(heats, boxes, strict=True):
        colour = KINDS[heat.colour], round(heat.cover, 2)
        paths[colour] = (
            paths.get(colour, "") + f"M{box.left:.1f},{box.top:.1f}h{box.width:.1f}v{box.height:.1f}h-{box.width:.1f}z"
        )
    return [f'<path class="cell {kind}" fill-opacity="{cover:.2f}" d="{d}"/>' for (kind, cover), d in paths.items() if cover]


def cell(heat: Heat, box: Box, size: float) -> str:
    """The colour, the number on it, and the number with all digits for the mouse."""
    place = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    kind, cover = KINDS[heat.colour], f"{heat.cover:.2f}"
    ground = f'<rect class="cell {kind}" {place} fill-opacity="{cover}">{tooltip(heat.tooltip)}</rect>'
    if not heat.text:
        return ground
    size = number_size(heat.text, size, box.width - 2.0)
    base = middle(box).v + 0.35 * size
    length = DIGIT * size * len(heat.text)
    return ground + text(f"number middle {ink_class(heat)}", middle(box).u, base, heat.text, size, length)


def ink_class(heat: Heat) -> str:
    """Which of black and white is easier to read on the colour, in light and in dark; grey on none."""
    if not heat.cover:
        return "pale"
    inks = [ink_on(mixed(palette(scheme)["card"], palette(scheme)[heat.colour], heat.cover)) for scheme in ("light", "dark")]
    return "on-" + "".join("b" if ink == BLACK else "w" for ink in inks)


def bar(share: Bar) -> str:
    box = share.box
    filled = Box(box.left, box.top, box.left + box.width * share.share, box.bottom)
    return f"{rect('track', box, 2)}{rect('cell ink', filled, 2)}\n"


def words(line: Words) -> str:
    length = DIGIT * line.size * len(line.text) if line.kind == "number" else None
    return text(f"{line.kind} {line.anchor}", line.u, line.v, line.text, line.size, length) + "\n"


def tooltip(content: str) -> str:
    return f"<title>{html.escape(content)}</title>" if content else ""
