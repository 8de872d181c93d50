"""The table of operations once more, at 50 digits, by mpmath: what ours is measured against.

`EXACT[op]` is the function and a tuple of its derivatives, in closed form. Kinks are not here: they are conventions,
listed in test_ops.py.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp, mpf

from micrograd import ops
from micrograd.ops import Op

mp.dps = 50

SQRT_PI = mp.sqrt(mp.pi)


def logistic(a: mpf) -> mpf:
    return 1 / (1 + mp.exp(-a)) if a > 0 else mp.exp(a) / (1 + mp.exp(a))


def normal(a: mpf) -> mpf:
    return mp.exp(-a * a / 2) / mp.sqrt(2 * mp.pi)


def erfc(a: mpf) -> mpf:
    return mp.erfc(a) if abs(a) < 1e4 else 1 - mp.sign(a)  # mpmath's own does not know how far out it is asked


def normal_below(a: mpf) -> mpf:
    return erfc(-a / mp.sqrt(2)) / 2


def power(a: mpf, b: mpf) -> mpf:
    return mp.power(a, int(b)) if b == int(b) else mp.power(a, b)


def half_products(numbers: Sequence[mpf]) -> mpf:
    half = len(numbers) // 2
    return mp.fsum(w * x for w, x in zip(numbers[:half], numbers[half:], strict=True))


def softmax(i: int) -> Callable[..., mpf]:
    return lambda *n: 1 / mp.fsum(mp.exp(number - n[i]) for number in n)


def zero(*numbers: mpf) -> mpf:
    return mpf(0)


def sign(a: mpf) -> mpf:
    return mp.sign(a)


EXACT: dict[Op, tuple[Callable[..., Any], tuple[Callable[..., Any], ...]]] = {
    ops.add: (lambda a, b: a + b, (lambda a, b: mpf(1), lambda a, b: mpf(1))),
    ops.sub: (lambda a, b: a - b, (lambda a, b: mpf(1), lambda a, b: mpf(-1))),
    ops.mul: (lambda a, b: a * b, (lambda a, b: b, lambda a, b: a)),
    ops.div: (lambda a, b: a / b, (lambda a, b: 1 / b, lambda a, b: -a / b**2)),
    ops.neg: (lambda a: -a, (lambda a: mpf(-1),)),
    ops.pow: (power, (lambda a, b: b * power(a, b - 1), lambda a, b: power(a, b) * mp.log(a))),
    ops.exp: (mp.exp, (mp.exp,)),
    ops.expm1: (mp.expm1, (mp.exp,)),
    ops.log: (mp.log, (lambda a: 1 / a,)),
    ops.log1p: (mp.log1p, (lambda a: 1 / (1 + a),)),
    ops.sqrt: (mp.sqrt, (lambda a: 1 / (2 * mp.sqrt(a)),)),
    ops.sin: (mp.sin, (mp.cos,)),
    ops.cos: (mp.cos, (lambda a: -mp.sin(a),)),
    ops.tan: (mp.tan, (lambda a: 1 / mp.cos(a) ** 2,)),
    ops.asin: (mp.asin, (lambda a: 1 / mp.sqrt(1 - a * a),)),
    ops.acos: (mp.acos, (lambda a: -1 / mp.sqrt(1 - a * a),)),
    ops.atan: (mp.atan, (lambda a: 1 / (1 + a * a),)),
    ops.atan2: (mp.atan2, (lambda a, b: b / (a * a + b * b), lambda a, b: -a / (a * a + b * b))),
    ops.hypot: (mp.hypot, (lambda a, b: a / mp.hypot(a, b), lambda a, b: b / mp.hypot(a, b))),
    ops.sinh: (mp.sinh, (mp.cosh,)),
    ops.cosh: (mp.cosh, (mp.sinh,)),
    ops.tanh: (mp.tanh, (lambda a: 1 / mp.cosh(a) ** 2,)),
    ops.sigmoid: (logistic, (lambda a: logistic(a) * logistic(-a),)),
    ops.softplus: (lambda a: mp.log1p(mp.exp(-abs(a))) + max(a, 0), (logistic,)),
    ops.relu: (lambda a: max(a, mpf(0)), (lambda a: mpf(int(a > 0)),)),
    ops.leaky_relu: (lambda a: a if a > 0 else mpf(0.01) * a, (lambda a: mpf(1) if a > 0 else mpf(0.01),)),
    ops.gelu: (lambda a: a * normal_below(a), (lambda a: normal_below(a) + a * normal(a),)),
    ops.silu: (lambda a: a * logistic(a), (lambda a: logistic(a) * (1 + a * logistic(-a)),)),
    ops.erf: (lambda a: 1 - erfc(a) if abs(a) >= 1e4 else mp.erf(a), (lambda a: 2 / SQRT_PI * mp.exp(-a * a),)),
    ops.erfc: (erfc, (lambda a: -2 / SQRT_PI * mp.exp(-a * a),)),
    ops.abs: (abs, (sign,)),
    ops.sign: (sign, (zero,)),
    ops.step: (lambda a: mpf(int(a > 0)), (zero,)),
    ops.maximum: (max, (lambda a, b: mpf(int(a > b)), lambda a, b: mpf(int(b > a)))),
    ops.minimum: (min, (lambda a, b: mpf(int(a < b)), lambda a, b: mpf(int(b < a)))),
    ops.total: (lambda *n: mp.fsum(n), (lambda *n: mpf(1),) * 4),
    ops.dot: (
        lambda *n: half_products(n),
        (lambda *n: n[2], lambda *n: n[3], lambda *n: n[0], lambda *n: n[1]),
    ),
    ops.logsumexp: (
        lambda *n: max(n) + mp.log(mp.fsum(mp.exp(a - max(n)) for a in n)),
        (softmax(0), softmax(1), softmax(2), softmax(3)),
    ),
    ops.quiet_mul: (lambda a, b: a * b, (lambda a, b: b, lambda a, b: a)),
    ops.quiet_div: (lambda a, b: a / b, (lambda a, b: 1 / b, lambda a, b: -a / b**2)),
    ops.quiet_pow: (power, (lambda a, b: b * power(a, b - 1), lambda a, b: power(a, b) * mp.log(a))),
    ops.quiet_log: (mp.log, (lambda a: 1 / a,)),
    ops.ahead: (lambda a, b: (1 + mp.sign(a - b)) / 2, (zero, zero)),
    ops.sech2: (lambda a: 1 / mp.cosh(a) ** 2, (lambda a: -2 * mp.tanh(a) / mp.cosh(a) ** 2,)),
    ops.sigmoid_slope: (
        lambda a: logistic(a) * logistic(-a),
        (lambda a: -mp.tanh(a / 2) * logistic(a) * logistic(-a),),
    ),
    ops.asin_slope: (lambda a: 1 / mp.sqrt(1 - a * a), (lambda a: a / mp.sqrt(1 - a * a) ** 3,)),
    ops.atan_slope: (lambda a: 1 / (1 + a * a), (lambda a: -2 * a / (1 + a * a) ** 2,)),
    ops.atan2_slope: (
        lambda a, b: a / (a * a + b * b),
        (lambda a, b: (b * b - a * a) / (a * a + b * b) ** 2, lambda a, b: -2 * a * b / (a * a + b * b) ** 2),
    ),
    ops.hypot_slope: (
        lambda a, b: a / mp.hypot(a, b),
        (lambda a, b: b * b / mp.hypot(a, b) ** 3, lambda a, b: -a * b / mp.hypot(a, b) ** 3),
    ),
    ops.bell: (lambda a: mp.exp(-a * a / 2), (lambda a: -a * mp.exp(-a * a / 2),)),
}


def exact_derivatives(op: Op, numbers: Sequence[float]) -> list[mpf]:
    operands = [mpf(number) for number in numbers]
    return [derivative(*operands) for derivative in EXACT[op][1]]


def ulps(got: float, exact: mpf, scale: mpf | None = None) -> float:
    """The distance in units of the last place of the exact number (or of `scale`); 0 below the smallest normal number."""
    error = abs(mpf(got) - exact)
    if error <= mpf(2) ** -1022:
        return 0.0
    return float(error / math.ulp(float(exact if scale is None else scale)))
