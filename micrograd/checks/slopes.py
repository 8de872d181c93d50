"""A measured slope with its error bar, and where a graph has two of them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from micrograd import ops
from micrograd.engine import Value

SAFETY = 2.0  # error bars are first-order bounds
KINKS = (ops.relu, ops.leaky_relu, ops.abs, ops.maximum, ops.minimum)


class Slope(NamedTuple):
    """A measured derivative: the true one lies within `error` of `value`, or, at a kink, between `left` and `right` too.

    `digits` has more of them than a float holds, where they were asked for; `fraction` is the slope where nothing was rounded.
    """

    value: float
    error: float
    left: float
    right: float
    digits: str = ""
    fraction: Fraction | None = None

    @property
    def kinked(self) -> bool:
        return abs(self.left - self.right) > 0.0  # and not nan

    def distance(self, number: float) -> float:
        """How far the number is from the slope, or from the interval between the two slopes of a kink."""
        return max(min(self.left, self.right) - number, number - max(self.left, self.right), 0.0)

    def contains(self, number: float, rounding: float) -> bool:
        """Whether the number, itself right to `rounding`, is the slope or lies between the two, within the error bars."""
        return math.isfinite(number) and self.distance(number) <= SAFETY * (rounding + self.error)


def exactly(fraction: Fraction) -> Slope:
    """The slope that is this fraction, an infinity where it is too large for a float."""
    try:
        number = float(fraction)
    except OverflowError:
        number = math.inf if fraction > 0 else -math.inf
    return Slope(number, 0.0, number, number, fraction=fraction)


def two_sided(left: float, right: float, error: float) -> Slope:
    """The slopes to both sides, each right to `error`: a kink if they differ by more than that."""
    middle = 0.5 * left + 0.5 * right
    return Slope(middle, error, *((left, right) if abs(left - right) > SAFETY * error else (middle, middle)))


NOT_MEASURED = Slope(math.nan, math.inf, math.nan, math.nan)


def at_a_kink(node: Value) -> bool:
    """Whether the node is a function with a corner, and its operands are at the corner."""
    if node.op not in KINKS:
        return False
    first, *others = [parent.data for parent in node.parents]
    return all(first == other for other in others or [0.0])
