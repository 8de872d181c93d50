"""Derivatives with as many digits as asked for: the recorded graph is run on numbers of mpmath, at both sides of a leaf."""

from __future__ import annotations

from typing import Any

from micrograd import ops
from micrograd.checks.arithmetic import ARITHMETIC
from micrograd.checks.running_error import OPERATION
from micrograd.checks.slopes import Slope
from micrograd.engine import Value
from micrograd.replay import Functions, Replay


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


def mpmath_functions() -> Functions:
    try:
        from mpmath import mp
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the method 'mpmath' needs mpmath: pip install mpmath; the others work without") from None

    def sigmoid(a: Any) -> Any:
        return 1 / (1 + mp.exp(-a))

    def normal_below(a: Any) -> Any:
        return mp.erfc(-a / mp.sqrt(2)) / 2

    def logsumexp(numbers: Any) -> Any:
        *others, largest = sorted(numbers)
        return largest + mp.log1p(sum(mp.exp(other - largest) for other in others))

    by_name = {op: getattr(mp, op.symbol) for op in ops.OPS if op.symbol.isidentifier() and hasattr(mp, op.symbol)}
    return {
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
