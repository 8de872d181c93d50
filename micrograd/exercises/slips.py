"""Slips: the wrong numbers that are known, each with what led to it.

A slip is data. It is made here once, and whoever compares answers, the page too, only looks for the first that agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from micrograd.engine import Value
from micrograd.exercises.notation import Notation
from micrograd.views.stepping import BackwardStep

WITHIN = 0.005  # of the true number: an answer may be rounded to three digits
ZERO = 1e-6  # how near to 0 an answer needs to be where 0 is right


def agrees(answer: float, true: float, within: float = WITHIN) -> bool:
    """Whether an answer is the number, up to half a percent of it.

    >>> agrees(0.333, 1 / 3), agrees(0.33, 1 / 3), agrees(0.0, 1e-9)
    (True, False, False)
    """
    return abs(answer - true) <= (within * abs(true) if true else ZERO)


class Slip(NamedTuple):
    """A mistake that is known: its kind, the number that it leads to when everything before it is right, and words.

    The words never say the answer. `within` is how near an answer needs to be, as a share of the number. `at` is the place
    of the earlier gradient in which the mistake was made, for an answer given without the steps before it.
    """

    kind: str
    number: float
    words: str
    within: float = WITHIN
    at: int | None = None


def distinct_slips(candidates: Iterator[Slip], true: float) -> tuple[Slip, ...]:
    """Those that can be told from the right answer and from the ones before."""
    kept: list[Slip] = []
    for slip in candidates:
        taken = [true, *[other.number for other in kept]]
        if isfinite(slip.number) and not any(agrees(slip.number, n) or agrees(n, slip.number) for n in taken):
            kept.append(slip)
    return tuple(kept)


def value_slips(value: Value, notation: Notation) -> tuple[Slip, ...]:
    def candidates() -> Iterator[Slip]:
        yield Slip("sign", -value.data, "The size is right, the sign is not.")

    return distinct_slips(candidates(), value.data)


def gradient_slips(value: Value, steps: Sequence[BackwardStep], notation: Notation) -> tuple[Slip, ...]:
    true = sum([step.product for step in steps])

    def candidates() -> Iterator[Slip]:
        words = f"The size is right, the sign is not. Which sign has {notation.local_derivative(steps[0])}?"
        yield Slip("sign", -true, words)

    return distinct_slips(candidates(), true)
