"""Checks of arguments: each number is given back as a plain int or float, or a ValueError names the argument.

>>> whole_number(3, "epochs"), not_negative(1, "noise")
(3, 1.0)
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from numbers import Integral, Real
from typing import Any

# A number is converted here: a NumPy scalar among the settings would make NumPy scalars of all that is computed with it.


def as_float(number: Any) -> float:
    """The number as a float; a TypeError with advice for anything that is not one real number."""
    if type(number) is float:
        return number
    if isinstance(number, Real) or is_numpy_boolean(number):
        try:
            return float(number)
        except OverflowError:
            raise OverflowError(f"this {type(number).__name__} is too large for a float, which ends at 1.8e308") from None
    if hasattr(number, "record"):
        advice = "it is a Value already: use it as it is, or take its number with .data"
    elif isinstance(number, str):
        advice = f"convert the text first: float({reprlib.repr(number)})"
    elif isinstance(number, complex):
        advice = "take its .real or .imag part"
    elif isinstance(number, Iterable):
        advice = "make one Value for each: [Value(number) for number in numbers]"
    else:
        advice = "pass an int or a float"
    raise TypeError(f"a Value holds one real number, got {reprlib.repr(number)} ({type(number).__name__}); {advice}")


def is_numpy_boolean(number: Any) -> bool:
    """Whether it is one of NumPy's: alone among its scalars it is no `numbers.Real`, though `bool` is."""
    return str(getattr(number, "dtype", "")) == "bool" and not isinstance(number, Iterable)


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
