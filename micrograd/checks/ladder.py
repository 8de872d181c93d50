"""Derivatives by differences: floats at x + h and x - h for a ladder of h, extrapolated to h = 0.

The error bar comes from the ladder and from the rounding of f. It needs nothing but `forward`, and so serves a user's own
operation. Source: Richardson 1911; the table of Neville; Ridders 1982 for choosing the entry of least error.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence

from micrograd.checks.instrument import Instrument
from micrograd.checks.running_error import ROUNDING, Sweep
from micrograd.checks.slopes import Slope
from micrograd.engine import Value
from micrograd.replay import Replay


class Differences(Instrument):
    """Measures by differences of what the rows themselves compute: for operations that nothing else is known of.

    The rounding of the output grows to the sides of the leaf by the rounding of its slope.
    """

    said = "by differences"

    def slope(self, leaf: Value, sweep: Sweep) -> Slope:
        if found := corner(self.replay, leaf, sweep.noise):
            return found
        number, error = ladder(lambda there: float(self.replay({leaf: there})), leaf.data, sweep.noise)
        return Slope(number, error + sweep.forward_error[leaf], number, number)


def corner(replay: Replay, leaf: Value, noise: float) -> Slope | None:
    """The slopes to both sides of a corner, by differences; None where no corner is seen."""
    found = sides(lambda there: float(replay({leaf: there})), leaf.data, noise)
    return found and Slope((found[0] + found[1]) / 2.0, 1e-4 * max(map(abs, found)), *found)


def ladder(function: Callable[[float], float], x: float, noise: float, rungs: int = 52) -> tuple[float, float]:
    """The derivative of the function at x and an error bar; `noise` bounds the rounding error of its values.

    Central differences with h, h/2, h/4, ... are extrapolated to h = 0. An entry's error is what it differs from its
    neighbours by, plus what rounding can do to it. Of the best entry of each rung, the one of least error is taken that
    no finer rung contradicts: far from x, an oscillating function can look as if it had settled.

    >>> slope, error = ladder(math.sin, 1.0, 2**-53)
    >>> abs(slope - math.cos(1.0)) <= error < 1e-10
    True
    """
    candidates: list[tuple[float, float]] = []
    before: list[tuple[float, float]] = []  # the row above in the table: each estimate with the rounding error in it
    step = 0.25 * abs(x) or 0.25
    for _ in range(rungs):
        there, back = x + step, x - step
        step /= 2.0
        if there - back < 8.0 * math.ulp(x):
            break
        try:
            high, low = function(there), function(back)
        except (ValueError, ArithmeticError):  # the step leads out of the domain
            before = []
            continue
        width = there - back
        rounding = (2.0 * noise + ROUNDING * (abs(high) + abs(low))) / width
        row = [((high - low) / width, rounding)]
        errors = []
        for power, (estimate, error) in enumerate(before, start=1):
            factor = 4.0**power
            better = (factor * row[-1][0] - estimate) / (factor - 1.0)
            spread = max(abs(better - row[-1][0]), abs(better - estimate))
            row.append((better, (factor * row[-1][1] + error) / (factor - 1.0)))
            errors.append(2.0 * (spread + row[-1][1]))
        if errors:
            least = min(range(len(errors)), key=errors.__getitem__)
            candidates.append((row[least + 1][0], errors[least]))
        before = row[:8]
    return min(uncontradicted(candidates), key=operator.itemgetter(1), default=(math.nan, math.inf))


def sides(function: Callable[[float], float], x: float, noise: float) -> tuple[float, float] | None:
    """The slopes to the left and to the right of a corner; None where they are the same, as well as can be told."""
    try:
        here = function(x)
        found = []
        for step in (1e-6 * (abs(x) or 1.0), 1e-8 * (abs(x) or 1.0)):
            left, right = (here - function(x - step)) / step, (function(x + step) - here) / step
            found.append((left, right, 4.0 * (noise + ROUNDING * abs(here)) / step))
    except (ValueError, ArithmeticError):
        return None
    (left, right, _), (nearer_left, nearer_right, uncertain) = found
    tolerance = 1e-2 * max(abs(left), abs(right)) + uncertain
    settled = abs(left - nearer_left) <= tolerance and abs(right - nearer_right) <= tolerance
    return (left, right) if settled and abs(right - left) > 2.0 * tolerance else None


def uncontradicted(candidates: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The estimates that agree, within both error bars, with every one after them."""
    low, high = -math.inf, math.inf  # where all that came later allow the derivative to be
    for estimate, error in reversed(candidates):
        if estimate - error <= high and estimate + error >= low:
            yield estimate, error
            low, high = max(low, estimate - error), min(high, estimate + error)
