"""Checks of arguments: each number is given back as a plain int or float, or a ValueError names the argument.

>>> whole_number(3, "epochs"), not_negative(1, "noise")
(3, 1.0)
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Collection, Sequence
from itertools import islice
from numbers import Integral, Real
from typing import Any

# A number is converted here: a NumPy scalar among the settings would make NumPy scalars of all that is computed with it.


def whole_number(number: int, name: str, least: int | None = 1) -> int:
    if not isinstance(number, Integral) or (least is not None and number < least):
        which = "" if least is None else f" from {least} upwards"
        raise ValueError(f"{name} needs to be a whole number{which}, {got(number)}")
    return int(number)


def not_negative(number: float, name: str) -> float:
    if not isinstance(number, Real) or not 0.0 <= number < math.inf:
        raise ValueError(f"{name} needs to be a finite number from 0 upwards, {got(number)}")
    return float(number)


def positive(number: float, name: str) -> float:
    if not isinstance(number, Real) or not 0.0 < number < math.inf:
        raise ValueError(f"{name} needs to be a finite number above 0, {got(number)}")
    return float(number)


def fraction(number: float, name: str) -> float:
    if not isinstance(number, Real) or not 0.0 <= number < 1.0:
        raise ValueError(f"{name} needs to be a number from 0 up to, but not including, 1, {got(number)}")
    return float(number)


def two_fractions(pair: Sequence[float], name: str) -> tuple[float, float]:
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise ValueError(f"{name} needs to be a pair of numbers, such as (0.9, 0.999), {got(pair)}")
    return fraction(pair[0], f"{name}[0]"), fraction(pair[1], f"{name}[1]")


def got(given: Any) -> str:
    return f"got {reprlib.repr(given)}" + ("; write it without quotes" if isinstance(given, str) else "")


def listed(names: Collection[Any], most: int = 4) -> str:
    """The names for an error, only the first of them where they are many.

    >>> listed(["w1", "b"]), listed(range(10_000))
    ("'w1', 'b'", '0, 1, 2, 3 and 9996 more')
    """
    shown = ", ".join(map(reprlib.repr, islice(names, most)))
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
