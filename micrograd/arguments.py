"""Checks of arguments: each gives the number back as a plain int or float, or a ValueError that names the argument.

>>> whole_number(3, "epochs"), not_negative(1, "noise")
(3, 1.0)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real

# A number is converted here: a NumPy scalar among the settings would make NumPy scalars of all that is computed with it.


def whole_number(number: int, name: str, least: int = 1) -> int:
    if not isinstance(number, Integral) or number < least:
        raise ValueError(f"{name} needs to be a whole number from {least} upwards, got {number!r}")
    return int(number)


def not_negative(number: float, name: str) -> float:
    if not isinstance(number, Real) or not 0.0 <= number < math.inf:
        raise ValueError(f"{name} needs to be a finite number from 0 upwards, got {number!r}")
    return float(number)


def positive(number: float, name: str) -> float:
    if not isinstance(number, Real) or not 0.0 < number < math.inf:
        raise ValueError(f"{name} keeps a division from 0 and needs to be above it, got {number!r}")
    return float(number)


def fraction(number: float, name: str) -> float:
    if not isinstance(number, Real) or not 0.0 <= number < 1.0:
        raise ValueError(f"{name} needs to be a number from 0 up to, but not including, 1, got {number!r}")
    return float(number)


def two_fractions(pair: Sequence[float], name: str) -> tuple[float, float]:
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise ValueError(f"{name} needs to be a pair of numbers, such as (0.9, 0.999), got {pair!r}")
    return fraction(pair[0], f"{name}[0]"), fraction(pair[1], f"{name}[1]")
