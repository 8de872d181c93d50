"""The table of operations once more, at 50 digits, by mpmath: what ours is measured against.

`EXACT[op]` is the function and a tuple of its derivatives, in closed form. Kinks are not here: they are conventions,
listed in test_ops.py.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp, mpf

from micrograd import engine as e

mp.dps = 50

SQRT_PI = mp.sqrt(mp.pi)


def logistic(a: mpf) -> mpf:
    return 1 / (1 + mp.exp(-a)) if a > 0 else mp.exp(a) / (1 + mp.exp(a))


def normal(a: mpf) -> mpf:
    return mp.exp(-a * a / 2) / mp.sqrt(2 * mp.pi)


def normal_below(a: mpf) -> mpf:
    return mp.erfc(-a / mp.sqrt(2)) / 2


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


EXACT: dict[e.Op, tuple[Callable[..., Any], tuple[Callable[..., Any], ...]]] = {
    e.ADD: (lambda a, b: a + b, (lambda a, b: mpf(1), lambda a, b: mpf(1))),
    e.SUB: (lambda a, b: a - b, (lambda a, b: mpf(1), lambda a, b: mpf(-1))),
    e.MUL: (lambda a, b: a * b, (lambda a, b: b, lambda a, b: a)),
    e.DIV: (lambda a, b: a / b, (lambda a, b: 1 / b, lambda a, b: -a / b**2)),
    e.NEG: (lambda a: -a, (lambda a: mpf(-1),)),
    e.POW: (power, (lambda a, b: b * power(a, b - 1), lambda a, b: power(a, b) * mp.log(a))),
    e.EXP: (mp.exp, (mp.exp,)),
    e.EXPM1: (mp.expm1, (mp.exp,)),
    e.LOG: (mp.log, (lambda a: 1 / a,)),
    e.LOG1P: (mp.log1p, (lambda a: 1 / (1 + a),)),
    e.SQRT: (mp.sqrt, (lambda a: 1 / (2 * mp.sqrt(a)),)),
    e.SIN: (mp.sin, (mp.cos,)),
    e.COS: (mp.cos, (lambda a: -mp.sin(a),)),
    e.TAN: (mp.tan, (lambda a: 1 / mp.cos(a) ** 2,)),
    e.ASIN: (mp.asin, (lambda a: 1 / mp.sqrt(1 - a * a),)),
    e.ACOS: (mp.acos, (lambda a: -1 / mp.sqrt(1 - a * a),)),
    e.ATAN: (mp.atan, (lambda a: 1 / (1 + a * a),)),
    e.ATAN2: (mp.atan2, (lambda a, b: b / (a * a + b * b), lambda a, b: -a / (a * a + b * b))),
    e.HYPOT: (mp.hypot, (lambda a, b: a / mp.hypot(a, b), lambda a, b: b / mp.hypot(a, b))),
    e.SINH: (mp.sinh, (mp.cosh,)),
    e.COSH: (mp.cosh, (mp.sinh,)),
    e.TANH: (mp.tanh, (lambda a: 1 / mp.cosh(a) ** 2,)),
    e.SIGMOID: (logistic, (lambda a: logistic(a) * logistic(-a),)),
    e.SOFTPLUS: (lambda a: mp.log1p(mp.exp(-abs(a))) + max(a, 0), (logistic,)),
    e.RELU: (lambda a: max(a, mpf(0)), (lambda a: mpf(int(a > 0)),)),
    e.LEAKY_RELU: (lambda a: a if a > 0 else mpf(0.01) * a, (lambda a: mpf(1) if a > 0 else mpf(0.01),)),
    e.GELU: (lambda a: a * normal_below(a), (lambda a: normal_below(a) + a * normal(a),)),
    e.SILU: (lambda a: a * logistic(a), (lambda a: logistic(a) * (1 + a * logistic(-a)),)),
    e.ERF: (mp.erf, (lambda a: 2 / SQRT_PI * mp.exp(-a * a),)),
    e.ERFC: (mp.erfc, (lambda a: -2 / SQRT_PI * mp.exp(-a * a),)),
    e.ABS: (abs, (sign,)),
    e.SIGN: (sign, (zero,)),
    e.STEP: (lambda a: mpf(int(a > 0)), (zero,)),
    e.MAXIMUM: (max, (lambda a, b: mpf(int(a > b)), lambda a, b: mpf(int(b > a)))),
    e.MINIMUM: (min, (lambda a, b: mpf(int(a < b)), lambda a, b: mpf(int(b < a)))),
    e.TOTAL: (lambda *n: mp.fsum(n), (lambda *n: mpf(1),) * 4),
    e.DOT: (
        lambda *n: half_products(n),
        (lambda *n: n[2], lambda *n: n[3], lambda *n: n[0], lambda *n: n[1]),
    ),
    e.LOGSUMEXP: (
        lambda *n: max(n) + mp.log(mp.fsum(mp.exp(a - max(n)) for a in n)),
        (softmax(0), softmax(1), softmax(2), softmax(3)),
    ),
    e.QUIET_MUL: (lambda a, b: a * b, (lambda a, b: b, lambda a, b: a)),
    e.QUIET_DIV: (lambda a, b: a / b, (lambda a, b: 1 / b, lambda a, b: -a / b**2)),
    e.QUIET_POW: (power, (lambda a, b: b * power(a, b - 1), lambda a, b: power(a, b) * mp.log(a))),
    e.QUIET_LOG: (mp.log, (lambda a: 1 / a,)),
    e.AHEAD: (lambda a, b: (1 + mp.sign(a - b)) / 2, (zero, zero)),
    e.SECH2: (lambda a: 1 / mp.cosh(a) ** 2, (lambda a: -2 * mp.tanh(a) / mp.cosh(a) ** 2,)),
    e.BELL: (lambda a: mp.exp(-a * a / 2), (lambda a: -a * mp.exp(-a * a / 2),)),
}


def exact_derivatives(op: e.Op, numbers: Sequence[float]) -> list[mpf]:
    operands = [mpf(number) for number in numbers]
    return [derivative(*operands) for derivative in EXACT[op][1]]


def ulps(got: float, exact: mpf, scale: mpf | None = None) -> float:
    """The distance in units of the last place of the exact number (or of `scale`); 0 below the smallest normal number."""
    error = abs(mpf(got) - exact)
    if error <= mpf(2) ** -1022:
        return 0.0
    return float(error / math.ulp(float(exact if scale is None else scale)))
