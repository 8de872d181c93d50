"""Every row of the table at 50 digits, with its conventions at kinks, edges and infinities: written anew, from the formulas.

`truth(op, operands)` takes floats or numbers of mpmath and gives the value, the slope by each operand, and the size that the
rounding of each is measured against: the number itself, or the largest term where terms may cancel. A slope that is None is
promised by nobody. Conventions are PyTorch's unless a comment says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from mpmath import mp, mpf

from micrograd import ops
from micrograd.ops import Op, Reduction

mp.dps = 50
INF, NAN, ZERO, ONE, HALF = mpf("inf"), mpf("nan"), mpf(0), mpf(1), mpf(0.5)
PI, ROOT_2, ROOT_PI, ROOT_2_PI = +mp.pi, mp.sqrt(2), mp.sqrt(mp.pi), mp.sqrt(2 * mp.pi)
LEAST_NORMAL = mpf(2) ** -1022
HUNDREDTH = mpf(0.01)  # the float, as PyTorch multiplies by it

Number: TypeAlias = Any  # a float or an mpf
Pair: TypeAlias = tuple[Number, Number]


class Truth(NamedTuple):
    """`value_size` and `slope_sizes` are what a rounding error is measured against."""

    value: mpf
    slopes: Sequence[mpf | None]
    value_size: mpf
    slope_sizes: Sequence[mpf | None]


class NoValueError(Exception):
    """The operation has no value at its operands: an error is right."""


def exp(a: mpf) -> mpf:
    """exp, but 0 and inf where no float is near."""
    return INF if a > 2000 else ZERO if a < -2000 else mp.exp(a)


def logistic(a: mpf) -> mpf:
    return 1 / (1 + exp(-a))


def tail(a: mpf) -> mpf:
    """erfc; 1e-700 is 0."""
    return ZERO if a > 40 else mpf(2) if a < -40 else mp.erfc(a)


def squared_bell(a: mpf) -> mpf:
    return exp(-a * a)


def normal_below(a: mpf) -> mpf:
    return tail(-a / ROOT_2) / 2


def density(a: mpf) -> mpf:
    return exp(-a * a / 2) / ROOT_2_PI


def softplus(a: mpf) -> mpf:
    return max(a, ZERO) + mp.log1p(exp(-abs(a)))


def inside(condition: bool, number: Callable[[], mpf]) -> mpf:
    if not condition:
        raise NoValueError
    return number()


def arc_slope(a: mpf) -> mpf:
    return 1 / mp.sqrt((1 - a) * (1 + a)) if abs(a) < 1 else INF


def signed_zero(a: Number) -> int:
    """-1 for -0.0."""
    return int(math.copysign(1.0, a)) if isinstance(a, float) else 1


class Curve(NamedTuple):
    """A function of one number, its slope, and the limits of both at -inf and inf; no limit, no value."""

    value: Callable[[mpf], mpf]
    slope: Callable[[mpf], mpf]
    below: Pair | None
    above: Pair | None


# fmt: off
CURVES: dict[Op, Curve] = {
    ops.neg:        Curve(lambda a: -a, lambda a: -ONE, (INF, -1), (-INF, -1)),
    ops.exp:        Curve(exp, exp, (0, 0), (INF, INF)),
    ops.expm1:      Curve(lambda a: mp.expm1(a) if abs(a) < 800 else exp(a) - 1, exp, (-1, 0), (INF, INF)),
    ops.log:        Curve(lambda a: inside(a > 0, lambda: mp.log(a)), lambda a: 1 / a, None, (INF, 0)),
    ops.log1p:      Curve(lambda a: inside(a > -1, lambda: mp.log1p(a)), lambda a: 1 / (1 + a), None, (INF, 0)),
    ops.sin:        Curve(mp.sin, mp.cos, None, None),
    ops.cos:        Curve(mp.cos, lambda a: -mp.sin(a), None, None),
    ops.tan:        Curve(mp.tan, lambda a: 1 / mp.cos(a) ** 2, None, None),
    ops.asin:       Curve(lambda a: inside(abs(a) <= 1, lambda: mp.asin(a)), arc_slope, None, None),
    ops.acos:       Curve(lambda a: inside(abs(a) <= 1, lambda: mp.acos(a)), lambda a: -arc_slope(a), None, None),
    ops.atan:       Curve(mp.atan, lambda a: 1 / (1 + a * a), (-PI / 2, 0), (PI / 2, 0)),
    ops.sinh:       Curve(lambda a: mp.sinh(a) if abs(a) < 800 else a * INF, lambda a: (exp(a) + exp(-a)) / 2,
                          (-INF, INF), (INF, INF)),
    ops.cosh:       Curve(lambda a: (exp(a) + exp(-a)) / 2, lambda a: mp.sinh(a) if abs(a) < 800 else a * INF,
                          (INF, -INF), (INF, INF)),
    ops.tanh:       Curve(mp.tanh, lambda a: squared_sech(a), (-1, 0), (1, 0)),
    ops.sigmoid:    Curve(logistic, lambda a: logistic(a) * logistic(-a), (0, 0), (1, 0)),
    ops.softplus:   Curve(softplus, logistic, (0, 0), (INF, 1)),
    ops.step:       Curve(lambda a: ONE if a > 0 else ZERO, lambda a: ZERO, (0, 0), (1, 0)),
    ops.relu:       Curve(lambda a: max(a, ZERO), lambda a: ONE if a > 0 else ZERO, (0, 0), (INF, 1)),
    ops.leaky_relu: Curve(lambda a: a if a > 0 else HUNDREDTH * a, lambda a: ONE if a > 0 else HUNDREDTH,
                          (-INF, HUNDREDTH), (INF, 1)),
    ops.gelu:       Curve(lambda a: a * normal_below(a), lambda a: normal_below(a) + a * density(a),
                          (0, 0), (INF, 1)),  # limits; PyTorch: nan
    ops.silu:       Curve(lambda a: a * logistic(a), lambda a: logistic(a) * (1 + a * logistic(-a)),
                          (0, 0), (INF, 1)),  # limits; PyTorch: nan
    ops.erf:        Curve(lambda a: mp.erf(a) if abs(a) < 40 else mp.sign(a), lambda a: 2 / ROOT_PI * squared_bell(a),
                          (-1, 0), (1, 0)),
    ops.erfc:       Curve(tail, lambda a: -2 / ROOT_PI * squared_bell(a), (2, 0), (0, 0)),
    ops.abs:        Curve(abs, mp.sign, (INF, -1), (INF, 1)),
    ops.sign:       Curve(mp.sign, lambda a: ZERO, (-1, 0), (1, 0)),
    ops.bell:       Curve(lambda a: exp(-a * a / 2), lambda a: -a * exp(-a * a / 2), (0, 0), (0, 0)),
    ops.sech2:      Curve(lambda a: squared_sech(a), lambda a: -2 * mp.tanh(a) * squared_sech(a), (0, 0), (0, 0)),
    ops.asin_slope: Curve(lambda a: inside(abs(a) <= 1, lambda: arc_slope(a)), lambda a: a * arc_slope(a) ** 3, None, None),
    ops.atan_slope: Curve(lambda a: 1 / (1 + a * a), lambda a: -2 * a / (1 + a * a) ** 2, (0, 0), (0, 0)),
    ops.sigmoid_slope: Curve(lambda a: logistic(a) * logistic(-a), lambda a: -mp.tanh(a / 2) * logistic(a) * logistic(-a),
                             (0, 0), (0, 0)),
}
# fmt: on
FLAT = (ops.neg, ops.sign, ops.step)  # their slopes are constants, also at nan


def squared_sech(a: mpf) -> mpf:
    return ZERO if abs(a) > 400 else 1 / mp.cosh(a) ** 2


def curve(op: Op, number: Number) -> tuple[Number, Sequence[Number]]:
    row, a = CURVES[op], mpf(number)
    if mp.isnan(a):
        return NAN, (row.slope(ZERO) if op in FLAT else NAN,)
    if mp.isinf(a):
        limits = row.above if a > 0 else row.below
        if limits is None:
            raise NoValueError
        return limits[0], (limits[1],)
    return row.value(a), (row.slope(a),)


def sqrt(number: Number) -> tuple[Number, Sequence[Number]]:
    a = mpf(number)
    if a == 0:
        return ZERO, (signed_zero(number) * INF,)
    value = inside(not a < 0, lambda: mp.sqrt(a))
    return value, (ONE / (2 * value) if a < INF else a - a if mp.isnan(a) else ZERO,)


def quiet_log(number: Number) -> tuple[Number, Sequence[Number]]:
    """log, and 0 at 0 by PyTorch's convention for the slope of 0 ** b; nan below."""
    a = mpf(number)
    slope = signed_zero(number) * INF if a == 0 else 1 / a
    return mp.log(a) if a > 0 else ZERO if a == 0 else NAN, (slope,)


def divided(a: Number, b: Number) -> mpf:
    """a / b as IEEE 754 has it."""
    if b != 0:
        return mpf(a) / mpf(b)
    return NAN if a == 0 or a != a else mp.sign(a) * signed_zero(b) * INF


def times(a: Number, b: Number) -> mpf:
    """a * b, where 0 * inf is 0."""
    return ZERO if (a == 0 and b == b) or (b == 0 and a == a) else mpf(a) * mpf(b)


def quotient(a: Number, b: Number) -> tuple[Number, Sequence[Number]]:
    if b == 0:
        raise NoValueError
    return mpf(a) / mpf(b), (ONE / mpf(b), -(mpf(a) / mpf(b)) / mpf(b))


def quiet_quotient(a: Number, b: Number) -> tuple[Number, Sequence[Number]]:
    out = divided(a, b)
    return out, (divided(ONE, b), -divided(out, b))


def larger(a: Number, b: Number, sign: int = 1) -> tuple[Number, Sequence[Number]]:
    if a != a or b != b:
        return NAN, (NAN, NAN)  # PyTorch: 1 by the one that is nan
    ahead = HALF if a == b else ONE if (a > b) == (sign > 0) else ZERO
    return mpf(a if ahead else b), (ahead, 1 - ahead)


def ahead(a: Number, b: Number) -> tuple[Number, Sequence[Number]]:
    return NAN if a != a or b != b else HALF if a == b else mpf(a > b), (ZERO, ZERO)


def angle(a: Number, b: Number) -> tuple[Number, Sequence[Number]]:
    if a != a or b != b:
        return NAN, (None, None)
    if math.isinf(a) or math.isinf(b):
        slope = NAN if math.isinf(a) and math.isinf(b) else ZERO  # PyTorch: nan in both
        return mpf(math.atan2(a, b)), (slope, slope)
    if a == 0:
        left = b < 0 or (b == 0 and signed_zero(b) < 0)
        return signed_zero(a) * PI if left else ZERO, (1 / mpf(b) if b else ZERO, ZERO)
    square = mpf(a) ** 2 + mpf(b) ** 2
    return mp.atan2(mpf(a), mpf(b)), (mpf(b) / square, -mpf(a) / square)


def hypot(a: Number, b: Number) -> tuple[Number, Sequence[Number]]:
    if math.isinf(a) or math.isinf(b):
        return INF, (None, None)
    out = mp.sqrt(mpf(a) ** 2 + mpf(b) ** 2)
    return out, (mpf(a) / out, mpf(b) / out) if out else (NAN, NAN)


def angle_slope(a: Number, b: Number) -> tuple[Number, Sequence[Number | None]]:
    """a / (a^2 + b^2). Its slopes are promised where squares of 1 / radius are floats."""
    if not (mp.isfinite(a) and mp.isfinite(b)):
        return (NAN if a != a or b != b or (math.isinf(a) and math.isinf(b)) else ZERO), (None, None)
    square = mpf(a) ** 2 + mpf(b) ** 2
    if not square:
        return ZERO, (None, None)
    slopes = (mpf(b) ** 2 - mpf(a) ** 2) / square**2, -2 * mpf(a) * mpf(b) / square**2
    return mpf(a) / square, slopes if LEAST_NORMAL < square < 1 / LEAST_NORMAL else (None, None)


def hypot_slope(a: Number, b: Number) -> tuple[Number, Sequence[Number | None]]:
    if a != a or b != b or math.isinf(a):
        return NAN, (None, None)
    if math.isinf(b):
        return ZERO, (None, None)
    radius = mp.sqrt(mpf(a) ** 2 + mpf(b) ** 2)
    if not radius:
        return NAN, (None, None)
    slopes = mpf(b) ** 2 / radius**3, -mpf(a) * mpf(b) / radius**3
    return mpf(a) / radius, slopes if LEAST_NORMAL < radius**2 < 1 / LEAST_NORMAL else (None, None)


def raised(a: Number, b: Number) -> mpf:
    """a ** b as IEEE 754 has it, nan where it is complex."""
    if not (mp.isfinite(a) and mp.isfinite(b)):
        return mpf(math.pow(a, b))
    if b == 0:
        return ONE
    whole, odd = b == mp.floor(b), mp.floor(b) % 2 == 1
    if a == 0:
        return ZERO if b > 0 else signed_zero(a) * INF if whole and odd else INF
    if a < 0 and not whole:
        return NAN
    return (-1 if a < 0 and odd else 1) * exp(mpf(b) * mp.log(abs(mpf(a))))


def power(a: Number, b: Number) -> tuple[Number, Sequence[Number]]:
    """By b, the slope is 0 at base 0 and nan below; 0 * inf is 0 in both, the limit.

    By a it is promised where b - 1 is not far from b - 1.0, and a ** (b - 1) is a normal number: it is made of both.
    """
    out = raised(a, b)
    if mp.isnan(out) and a < 0:
        return NAN, (None, NAN)
    logarithm = quiet_log(a)[0]
    lower = mpf(b) - 1 if mp.isfinite(a) and mp.isfinite(b) else float(b) - 1.0
    power_below = raised(a, lower)
    promised = not mp.isfinite(b) or (abs(b) < 2**53 and not 1 / (4 * LEAST_NORMAL) < abs(power_below) < INF)
    promised &= a > 0 or float(b) - 1.0 == lower
    by_base = times(b, power_below) if promised and not 0 < abs(power_below) < LEAST_NORMAL else None
    return out, (by_base, times(out, logarithm))


def refusing_power(a: Number, b: Number) -> tuple[Number, Sequence[Number]]:
    out, slopes = power(a, b)
    if mp.isfinite(a) and mp.isfinite(b):
        inside(not mp.isnan(out) and not (a == 0 and b < 0), lambda: out)
    elif a == 0 and b == -math.inf:
        pass  # inf in C, and in Python
    return out, slopes


def logsumexp(numbers: Sequence[Number]) -> tuple[Number, Sequence[Number | None]]:
    if any(number != number for number in numbers):
        return NAN, [NAN] * len(numbers) if len(numbers) > 1 else [ONE]  # of one it is that one
    largest = mpf(max(numbers))
    if mp.isinf(largest):
        return largest, [None] * len(numbers)
    powers = [exp(mpf(number) - largest) for number in numbers]
    whole = mp.fsum(powers)
    return largest + mp.log(whole), [power / whole for power in powers]


def total(numbers: Sequence[Number]) -> tuple[Number, Sequence[Number]]:
    return sum(map(mpf, numbers), ZERO), [ONE] * len(numbers)


def dot(left: Sequence[Number], right: Sequence[Number]) -> tuple[Number, Sequence[Number]]:
    return sum((mpf(a) * mpf(b) for a, b in zip(left, right, strict=True)), ZERO), [*right, *left]


ROWS: dict[Op, Callable[..., tuple[Number, Sequence[Number]]]] = {
    ops.add: lambda a, b: (mpf(a) + mpf(b), (ONE, ONE)),
    ops.sub: lambda a, b: (mpf(a) - mpf(b), (ONE, -ONE)),
    ops.mul: lambda a, b: (mpf(a) * mpf(b), (b, a)),
    ops.quiet_mul: lambda a, b: (times(a, b), (b, a)),
    ops.div: quotient,
    ops.quiet_div: quiet_quotient,
    ops.pow: refusing_power,
    ops.quiet_pow: power,
    ops.sqrt: sqrt,
    ops.quiet_log: quiet_log,
    ops.atan2: angle,
    ops.hypot: hypot,
    ops.atan2_slope: angle_slope,
    ops.hypot_slope: hypot_slope,
    ops.maximum: larger,
    ops.minimum: lambda a, b: larger(a, b, -1),
    ops.ahead: ahead,
    ops.total: total,
    ops.dot: dot,
    ops.logsumexp: logsumexp,
}
ROWS |= {op: lambda a, op=op: curve(op, a) for op in CURVES}


def truth(op: Op, operands: Sequence[Number]) -> Truth:
    """What the operation gives for these operands, in a row; NoValueError where it gives an error."""
    value, slopes = ROWS[op](*op.arguments(operands))
    value, slopes = mpf(value), [None if slope is None else mpf(slope) for slope in slopes]
    value_size, slope_sizes = abs(value), [None if slope is None else abs(slope) for slope in slopes]
    numbers = [mpf(operand) for operand in operands]
    finite = [number for number in numbers if mp.isfinite(number)]
    if op is ops.total:
        value_size = mp.fsum(map(abs, finite))
    elif op is ops.dot:
        products = [abs(w * x) for w, x in zip(*op.arguments(numbers), strict=True)]
        value_size = mp.fsum(product for product in products if mp.isfinite(product))
    elif op is ops.logsumexp and mp.isfinite(value):  # a small share is exp of a large difference, whose rounding it shows
        value_size = max([ONE, *map(abs, finite)])
        slope_sizes = [share * (1 - mp.log(share)) if share else ZERO for share in slopes]
    if len(finite) < len(numbers):
        return Truth(value, slopes, value_size, slope_sizes)
    a = numbers[0]
    if op in (ops.atan2, ops.atan2_slope) and 0 < min(map(abs, numbers)) < LEAST_NORMAL * max(map(abs, numbers)):
        return Truth(value, (None, None), value_size if op is ops.atan2 else INF, (None, None))  # made of their quotient
    if op is ops.atan2_slope and slopes[0] is not None:  # a difference of squares
        slope_sizes[0] = 1 / (numbers[0] ** 2 + numbers[1] ** 2)
    if op is ops.hypot_slope and not LEAST_NORMAL < mp.hypot(*numbers) < 1 / (4 * LEAST_NORMAL):
        value_size = INF  # it is made of hypot
    if 0 < value_size < LEAST_NORMAL:  # the slopes are made of a value that has lost digits
        slope_sizes = [size and size * (1 + LEAST_NORMAL / value_size) for size in slope_sizes]
    a = numbers[0]
    if op is ops.silu:
        value_size, least = max(value_size, abs(a) * LEAST_NORMAL), max(LEAST_NORMAL, logistic(a) * logistic(-a))
        slope_sizes = [max(logistic(a), abs(a) * least, slope_sizes[0])]
    elif op is ops.gelu:
        value_size = (1 + min(a * a, mpf(2000))) * value_size
        slope_sizes = [max(abs(a) * density(a), normal_below(a), slope_sizes[0])]
    elif op in (ops.pow, ops.quiet_pow) and a and slope_sizes[0] is not None and mpf(float(numbers[1]) - 1.0) != numbers[1] - 1:
        slope_sizes[0] *= 1 + abs(mp.log(abs(a))) * max(abs(numbers[1]), ONE)  # b - 1 is rounded
    return Truth(value, slopes, value_size, slope_sizes)


def width(op: Op, length: int) -> int:
    return op.arity * length if isinstance(op, Reduction) else op.arity
