"""Derivatives with as many digits as asked for: the recorded graph is run on numbers of mpmath, at both sides of a leaf."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from micrograd import ops
from micrograd.checks.arithmetic import ARITHMETIC
from micrograd.checks.instrument import Instrument
from micrograd.checks.running_error import OPERATION, ROUNDING, Sweep
from micrograd.checks.slopes import NOT_MEASURED, Slope, two_sided
from micrograd.engine import Value
from micrograd.replay import Functions

FEWEST_DIGITS = 20  # more than a float has, however few are asked for
DOUBLINGS = 7  # up to 1,600 digits and more: x**1.5 has the slope 0 at 0, and comes near it with the root of the step
FLOATS_END = 330  # a number below 1e-330 is 0 as a float, and one above 1e330 infinite


class Digits(Instrument):
    """Measures with mpmath: steps that are shorter each time, with twice the digits, until two of them agree."""

    said = "with mpmath"

    @staticmethod
    def functions() -> Functions:
        return mpmath_functions()

    def slope(self, leaf: Value, sweep: Sweep) -> Slope:
        """The slopes to both sides, right to the digits asked for before they are rounded; at an edge the one that there is."""
        from mpmath import mp, mpf

        wanted = max(self.digits, FEWEST_DIGITS)
        size = abs(leaf.data) or 1.0
        lost = math.log10(sweep.noise / ROUNDING) - math.log10(size) if 0.0 < sweep.noise < math.inf else 0.0  # by cancellation
        before = [mpf("inf"), mpf("inf")]
        for doubling in range(DOUBLINGS):
            reach = (wanted + 5) << doubling
            with mp.workdps(3 * reach + max(0, math.ceil(lost)) + 20):
                sides = self.sides(leaf, size * mpf(10) ** -reach)
                largest = max(map(abs, sides))
                error = max(abs(now - then) for now, then in zip(sides, before, strict=True))
                unseen = mpf(10) ** -(2 * reach)  # what rounding can have made of a slope
                goal = max(mpf(10) ** -wanted * largest, mpf(10) ** -FLOATS_END)
                if error + unseen <= goal or not largest < mpf(10) ** FLOATS_END:  # beyond the floats, or nan
                    break
                before = sides
        with mp.workdps(wanted + 20):
            low, high = map(float, sides)
            bar = float(error + unseen) + OPERATION * max(abs(low), abs(high))
            if not math.isfinite(bar):
                return NOT_MEASURED._replace(value=low, left=low, right=low) if low == high else NOT_MEASURED
            slope = two_sided(low, high, bar)
            seen = slope.left == slope.right and error + unseen <= mpf(10) ** -self.digits * largest
            return slope._replace(digits=mp.nstr((sides[0] + sides[1]) / 2, self.digits) if seen else "")

    def sides(self, leaf: Value, step: Any) -> list[Any]:
        """The slopes to the left and to the right; where one side is outside the domain, that of the other for both."""
        from mpmath import mp, mpf

        numbers = []
        for sign in (-1, 0, 1):
            try:
                numbers.append(self.replay({leaf: mpf(leaf.data) + sign * step}, mpf))
            except (ValueError, ArithmeticError):
                numbers.append(mp.nan)
        back, here, there = numbers
        left, right = (here - back) / step, (there - here) / step
        return [right if mp.isnan(left) else left, left if mp.isnan(right) else right]


def mpmath_functions() -> Functions:
    try:
        from mpmath import mp
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the method 'mpmath' needs mpmath: pip install mpmath; the others work without") from None

    def real(function: Callable[..., Any]) -> Callable[..., Any]:
        """The function on real numbers: a complex result is outside its domain."""

        def on_reals(*operands: Any) -> Any:
            number = function(*operands)
            if isinstance(number, mp.mpc):
                raise ValueError(f"{function} has no real value at {operands}")
            return number

        return on_reals

    def sigmoid(a: Any) -> Any:
        return 1 / (1 + mp.exp(-a))

    def normal_below(a: Any) -> Any:
        return mp.erfc(-a / mp.sqrt(2)) / 2

    def logsumexp(numbers: Any) -> Any:
        *others, largest = sorted(numbers)
        return largest + mp.log1p(sum(mp.exp(other - largest) for other in others))

    by_name = {op: getattr(mp, op.symbol) for op in ops.OPS if op.symbol.isidentifier() and hasattr(mp, op.symbol)}
    functions: Functions = {
        **by_name,
        **ARITHMETIC,
        ops.abs: abs,
        ops.sigmoid: sigmoid,
        ops.softplus: lambda a: mp.log1p(mp.exp(a)),
        ops.relu: lambda a: max(a, 0),
        ops.leaky_relu: lambda a: a if a > 0 else mp.mpf(0.01) * a,
        ops.gelu: lambda a: a * normal_below(a),
        ops.silu: lambda a: a * sigmoid(a),
        ops.step: lambda a: mp.mpf(a > 0),
        ops.ahead: lambda a, b: (1 + mp.sign(a - b)) / 2,
        ops.maximum: max,
        ops.minimum: min,
        ops.logsumexp: logsumexp,
        ops.quiet_log: mp.log,
        ops.bell: lambda a: mp.exp(-a * a / 2),
        ops.sech2: lambda a: mp.sech(a) ** 2,
        ops.sigmoid_slope: lambda a: mp.sech(a / 2) ** 2 / 4,
        ops.asin_slope: lambda a: 1 / mp.sqrt((1 - a) * (1 + a)),
        ops.atan_slope: lambda a: 1 / (1 + a * a),
        ops.atan2_slope: lambda a, b: a / (a * a + b * b),
        ops.hypot_slope: lambda a, b: a / mp.hypot(a, b),
    }
    return {op: real(function) for op, function in functions.items()}
