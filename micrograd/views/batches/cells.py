"""Numbers short enough for a cell: without the zero before the point, and alike in a column."""

from __future__ import annotations

import math
from collections.abc import Sequence

from micrograd.text.naming import minus


def cell_texts(numbers: Sequence[float], decimals: int, room: int) -> list[str]:
    """The numbers of a column, with fewer decimals where the largest has digits before the point or the room is short.

    The room is in characters.

    >>> cell_texts([0.0346, -0.0417, 0.1, 0.00004], 3, 5)
    ['.035', '−.042', '.100', '4e−5']
    >>> cell_texts([0.0, 1.0, -1.0], 2, 4), cell_texts([1.5, -12.25], 2, 4), cell_texts([2.25, 0.5], 3, 5)
    (['0', '1', '−1'], ['1.5', '−12'], ['2.25', '.50'])
    """
    finite = [number for number in numbers if math.isfinite(number)]
    largest = max(map(abs, finite), default=0.0)
    before = len(f"{largest:.0f}") if largest >= 1.0 else 0
    sign = any(number < 0.0 for number in finite)
    fitting = max(1, min(decimals, max(decimals, 3) - before, room - 1 - sign - before))
    return [cell_text(number, fitting, room) for number in numbers]


def cell_text(number: float, decimals: int, room: int) -> str:
    """The number in a cell. A small one has more decimals than asked for, or a power of ten, so that it is not shown as 0.

    >>> cell_text(-0.0417, 3, 5), cell_text(0.0004, 3, 5), cell_text(1234567.0, 2, 4)
    ('−.042', '.0004', '1e6')
    """
    if not math.isfinite(number):
        return minus(str(number))
    if number == round(number):
        texts = [f"{number + 0.0:.0f}"]  # -0 + 0 is 0
    elif abs(number) < 10.0**-decimals:
        texts = [without_zero(f"{number:.1g}")] if abs(number) >= 1e-4 else []
    else:
        texts = [without_zero(f"{number:.{count}f}") for count in range(decimals, -1, -1)]
    texts += [f"{number:.{count}e}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-") for count in (2, 1, 0)]
    return minus(next((text for text in texts if len(text) <= room), min(texts, key=len)))


def without_zero(text: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return sign + (digits[1:] if digits.startswith("0.") else digits)
