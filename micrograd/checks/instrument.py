"""One instrument for all the ways of measuring."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from micrograd.checks.arithmetic import ARITHMETIC
from micrograd.checks.complex_step import COMPLEX, complex_step
from micrograd.checks.digits import digits_slope
from micrograd.checks.exact import exact_dual
from micrograd.checks.ladder import ladder, sides
from micrograd.checks.running_error import OPERATION
from micrograd.checks.slopes import Slope, at_a_kink
from micrograd.engine import Value, topological_order
from micrograd.replay import Replay


class Instrument:
    """Measures the slope of an output along one leaf, or along a direction, by one method."""

    def __init__(self, output: Value, method: str, digits: int = 30) -> None:
        self.output = output
        self.method = method
        self.digits = digits
        order = topological_order(output)
        self.kinked = any(map(at_a_kink, order))
        self.replay = Replay(output, {"exact": ARITHMETIC, "complex": COMPLEX}.get(method))

    def slope(self, leaf: Value, noise: float) -> Slope:
        """The slope by a leaf, 1 for the output itself, 0 where there is no path; `noise` bounds the rounding of the output."""
        if leaf is self.output or leaf not in self.replay.place:
            number = float(leaf is self.output)
            return Slope(number, 0.0, number, number)
        if self.method == "complex":
            return self.along({leaf: 1.0})
        if self.method == "exact":
            try:
                number = float(self.exact(leaf))
            except OverflowError:
                number = math.inf
            return Slope(number, 0.0, number, number)
        if self.method == "mpmath":
            return digits_slope(self.output, leaf, self.digits)
        return self.by_differences(leaf, noise)

    def exact(self, leaf: Value) -> Fraction:
        return exact_dual(self.replay, leaf).slope

    def along(self, direction: Mapping[Value, float]) -> Slope:
        """By complex step. At a kink the slopes to both sides differ, and any number between them is a subgradient."""
        right, error = complex_step(self.replay, direction)
        left = right
        if self.kinked:
            left, error_of_left = complex_step(self.replay, {leaf: -part for leaf, part in direction.items()})
            left, error = -left, max(error, error_of_left)
        return Slope((left + right) / 2.0, error + OPERATION * max(abs(left), abs(right)), left, right)

    def by_differences(self, leaf: Value, noise: float) -> Slope:
        def function(there: float) -> float:
            return float(self.replay({leaf: there}))

        number, error = ladder(function, leaf.data, noise)
        if corner := sides(function, leaf.data, noise):
            return Slope((corner[0] + corner[1]) / 2.0, 1e-4 * max(map(abs, corner)), *corner)
        return Slope(number, error, number, number)
