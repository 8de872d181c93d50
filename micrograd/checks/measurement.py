"""Derivatives measured, not derived: the recorded graph is run again, forward only, on another kind of number.

No derivative rule of the table is used here. Four kinds of numbers, from the most exact to the most general:

- `Fraction` pairs (a number and its slope): exact, for graphs of + - * / and whole powers.
- Numbers of `mpmath`: as many digits as asked for.
- Complex numbers: f(x + ih) has the imaginary part h f'(x), with no difference that could cancel, so that h can be
  1e-40 and the result has all its digits. Source: Squire & Trapp 1998.
- Floats at x + h and x - h for a ladder of h, extrapolated to h = 0, with an error bar from the ladder and from the
  rounding of f. It needs nothing but `forward`, and so serves a user's own operation.
  Source: Richardson 1911; the table of Neville; Ridders 1982 for choosing the entry of least error.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from micrograd import ops
from micrograd.checks.forms import COMPLEX, EXACT, Dual, at_a_kink, mpmath_functions
from micrograd.checks.running_error import OPERATION, ROUNDING, Sweep
from micrograd.engine import Constant, Value, topological_order
from micrograd.replay import Replay

SAFETY = 2.0  # error bars are first-order bounds
TINY_STEP = 2.0**-133  # about 1e-40: its square vanishes beside 1, and it leaves room below for small slopes
SMALLEST_STEP = 2.0**-1000


class Slope(NamedTuple):
    """A measured derivative: the true one lies within `error` of `value`, or, at a kink, between `left` and `right` too.

    `digits` has more of them than a float holds, where they were asked for.
    """

    value: float
    error: float
    left: float
    right: float
    digits: str = ""

    def distance(self, number: float) -> float:
        """How far the number is from the slope, or from the interval between the two slopes of a kink."""
        return max(min(self.left, self.right) - number, number - max(self.left, self.right), 0.0)

    def contains(self, number: float, rounding: float) -> bool:
        """Whether the number, itself right to `rounding`, is the slope or lies between the two, within the error bars."""
        return math.isfinite(number) and self.distance(number) <= SAFETY * (rounding + self.error)


# --------------------------------------------------------------------------------------------------------------
# Complex numbers
# --------------------------------------------------------------------------------------------------------------


def complex_step(replay: Replay, direction: Mapping[Value, float]) -> tuple[float, float]:
    """The derivative along `direction` and an error bar.

    It is the imaginary part of the output at leaf + i h direction, divided by h. The bar is what numbers below the
    smallest normal float may have lost, and what a smaller h gives otherwise: then the graph has a scale as small as h.
    """
    step = TINY_STEP * min([1.0, *(abs(leaf.data) for leaf in direction if leaf.data)])
    slopes = []
    for h in (max(step, SMALLEST_STEP), max(step * 2.0**-30, SMALLEST_STEP)):
        leaves = {leaf: complex(leaf.data, h * part) for leaf, part in direction.items()}
        slopes.append(float(replay(leaves, complex).imag) / h)
    lost = 2.0**-1022 / h if max(map(abs, slopes)) * h < 2.0**-960 else 0.0
    return slopes[0], lost + abs(slopes[0] - slopes[1])


# --------------------------------------------------------------------------------------------------------------
# Floats at a distance
# --------------------------------------------------------------------------------------------------------------


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


# --------------------------------------------------------------------------------------------------------------
# Fractions and mpmath
# --------------------------------------------------------------------------------------------------------------

LARGEST_EXACT = 20_000  # digits, in base 2: each product of fractions has those of both


def is_rational(output: Value) -> bool:
    """Whether the graph is made of + - * / and whole constant powers only, and its fractions stay small enough."""
    bits: dict[Value, int] = {}
    for node in topological_order(output):
        if not math.isfinite(node.data):
            return False
        if node.op is None:
            bits[node] = Fraction(node.data).denominator.bit_length() + 53
            continue
        if node.op not in EXACT:
            return False
        bits[node] = sum(bits[parent] for parent in node.parents) + 1
        if node.op in (ops.pow, ops.quiet_pow):
            if not is_whole_constant(node.parents[1]):
                return False
            bits[node] = bits[node.parents[0]] * max(1, int(abs(node.parents[1].data)))
        if bits[node] > LARGEST_EXACT:
            return False
    return True


def is_whole_constant(value: Value) -> bool:
    return isinstance(value, Constant) and value.data.is_integer() and abs(value.data) <= 64.0


def exact_slope(replay: Replay, leaf: Value) -> Fraction:
    """The derivative as a fraction. A Value's float is taken as the exact number that it is."""
    zero = Fraction(0)
    slope = replay({leaf: Dual(Fraction(leaf.data), Fraction(1))}, lambda number: Dual(Fraction(number), zero)).slope
    return Fraction(slope)


def digits_slope(output: Value, leaf: Value, digits: int) -> Slope:
    """The slopes to the left and to the right by mpmath, right to that many digits before they are rounded."""
    from mpmath import mp, mpf

    with mp.workdps(3 * digits + 20):
        replay = Replay(output, mpmath_functions())
        step = mpf(10) ** -(digits + 5) * (abs(mpf(leaf.data)) or 1)
        back, here, there = (replay({leaf: mpf(leaf.data) + sign * step}, mpf) for sign in (-1, 0, 1))
        left, right = (here - back) / step, (there - here) / step
        if abs(right - left) < mpf(10) ** -(digits // 2) * max(abs(left), abs(right)):
            left = right = (left + right) / 2
        text = mp.nstr(left, digits) if left == right else ""
        low, high = float(left), float(right)
        return Slope((low + high) / 2.0, OPERATION * max(abs(low), abs(high)), low, high, text)


# --------------------------------------------------------------------------------------------------------------
# One instrument for all of them
# --------------------------------------------------------------------------------------------------------------


class Instrument:
    """Measures the slope of an output along one leaf, or along a direction, by one method."""

    def __init__(self, output: Value, method: str, digits: int = 30) -> None:
        self.output = output
        self.method = method
        self.digits = digits
        order = topological_order(output)
        self.kinked = any(map(at_a_kink, order))
        self.replay = Replay(output, {"exact": EXACT, "complex": COMPLEX}.get(method))

    def slope(self, leaf: Value, sweep: Sweep) -> Slope:
        """The slope by a leaf; 1 for the output itself, and 0 where there is no path."""
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
        return self.by_differences(leaf, sweep.noise)

    def exact(self, leaf: Value) -> Fraction:
        return exact_slope(self.replay, leaf)

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
