"""Small charts made of characters, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # the bits of a Braille character, by row and column


def log_chart(numbers: Sequence[float], *, width: int = 60, height: int = 8) -> str:
    """The positive numbers from left to right on a logarithmic scale, as lines of Braille characters.

    >>> print(log_chart([1.0, 0.1, 0.01], width=6, height=2))
       1 ⠉⢱⠀⠀⠀⠀
    0.01 ⠀⠈⠉⠉⢱⣀
    """
    levels = [math.log10(number) for number in numbers if 0.0 < number < math.inf]
    if not levels:
        return ""
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
    top, bottom = f"{10**high:.2g}", f"{10**low:.2g}"
    margin = max(len(top), len(bottom))
    names = [top, *[""] * (height - 2), bottom]
    return "\n".join(
        f"{name:>{margin}} {''.join(chr(0x2800 + cell) for cell in line)}" for name, line in zip(names, cells, strict=True)
    )
