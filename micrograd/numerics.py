"""The float functions behind the table of operations that Python's `math` does not have.

Floats in, float out, nan in nan out (but 1 ** nan is 1, as in `math`). Each is written for the far ends of its
domain, where the textbook formula overflows or loses its digits. The `quiet_` four never raise: derivative rules
call them, since a slope may be infinite where the function itself is not (sqrt at 0).
"""

import math
import sys
from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import add, mul

SQRT_2 = math.sqrt(2.0)
ERF_SLOPE = 2.0 / math.sqrt(math.pi)  # of erf at 0
NORMAL_PEAK = 1.0 / math.sqrt(2.0 * math.pi)  # the normal density at 0

# Adds numbers from left to right to a first one. Since Python 3.12 `sum` compensates its rounding, which compiled code does not.
added: Callable[..., float] = sum if sys.version_info < (3, 12) else partial(reduce, add)


def sigmoid(a: float) -> float:
    """1 / (1 + exp(-a)), with all its digits at both ends.

    >>> sigmoid(0.0), sigmoid(-800.0), sigmoid(800.0)
    (0.5, 0.0, 1.0)
    """
    if a >= 0.0:
        return 1.0 / (1.0 + math.exp(-a))
    z = math.exp(a)
    return z / (1.0 + z)


def softplus(a: float) -> float:
    """log(1 + exp(a)), without overflow.

    >>> softplus(1000.0), softplus(-1000.0)
    (1000.0, 0.0)
    """
    return relu(a) + math.log1p(math.exp(-abs(a)))


def relu(a: float) -> float:
    """The larger of a and 0."""
    return 0.0 if a <= 0.0 else a


def leaky_relu(a: float) -> float:
    """a from 0 upwards, a hundredth of it below (the slope is PyTorch's default)."""
    return 0.01 * a if a < 0.0 else a


def silu(a: float) -> float:
    """a * sigmoid(a), also called swish; 0 in the limit a = -inf."""
    return quiet_mul(a, sigmoid(a))


def gelu(a: float) -> float:
    """a times the probability that a standard normal variable lies below a; 0 in the limit a = -inf.

    Far below 0 it is right to a**2 ulp, since a / sqrt(2) is rounded.
    Source: Hendrycks & Gimpel 2016, the exact form with erf, PyTorch's default.
    """
    return quiet_mul(a, 0.5 * math.erfc(-a / SQRT_2))


def bell(a: float) -> float:
    """exp(-a**2 / 2): the normal density without its factor 1 / sqrt(2 pi).

    The rounding of a * a would cost a**2 ulp, so a is split: `head` has a short, exact square.
    """
    if not abs(a) < 40.0:  # 0.0 from 39 upwards; nan stays nan
        return a if a != a else 0.0
    head = round(a * 1024.0) / 1024.0
    bulk = math.exp(-0.5 * head * head)
    return bulk + bulk * math.expm1(-0.5 * (a - head) * (a + head))


def sech2(a: float) -> float:
    """1 / cosh(a)**2 = 1 - tanh(a)**2, the slope of tanh: neither overflow nor the lost digits of the textbook forms.

    >>> sech2(0.0), sech2(1000.0)
    (1.0, 0.0)
    """
    z = math.exp(-2.0 * abs(a))
    return 4.0 * z / ((1.0 + z) * (1.0 + z))


def sigmoid_slope(a: float) -> float:
    """sigmoid(a) * sigmoid(-a), the slope of sigmoid."""
    z = math.exp(-abs(a))
    return z / ((1.0 + z) * (1.0 + z))


def asin_slope(a: float) -> float:
    """1 / sqrt(1 - a**2), factored, since 1 - a * a loses its digits near 1."""
    return quiet_div(1.0, math.sqrt((1.0 - a) * (1.0 + a)))


def atan_slope(a: float) -> float:
    """1 / (1 + a**2)."""
    return 1.0 / (1.0 + a * a)


def atan2_slope(a: float, b: float) -> float:
    """a / (a**2 + b**2), 0 at the origin: by the ratio of the operands, since their squares may overflow or vanish."""
    is_larger = abs(a) >= abs(b)
    large, small = (a, b) if is_larger else (b, a)
    if not large:
        return abs(small)  # 0, or nan
    ratio = small / large
    return (1.0 if is_larger else ratio) / (large + small * ratio)


def hypot_slope(a: float, b: float) -> float:
    """a / hypot(a, b)."""
    return quiet_div(a, math.hypot(a, b))


def compare(a: float, b: float) -> float:
    """The sign of a - b, also where a - b itself is nan (two infinities of one sign)."""
    return math.nan if a != a or b != b else float((a > b) - (a < b))


def ahead(a: float, b: float) -> float:
    """1 where a is the larger, 0 where b is, and 1/2 at a tie."""
    return 0.5 + 0.5 * compare(a, b)


def sign(a: float) -> float:
    """-1, 0 or 1."""
    return compare(a, 0.0)


def step(a: float) -> float:
    """1 above 0, else 0."""
    return 1.0 if a > 0.0 else 0.0 if a <= 0.0 else a


def maximum(a: float, b: float) -> float:
    """The larger; nan if either is nan, as in PyTorch (Python's `max` depends on their order)."""
    return a if a >= b or a != a else b


def minimum(a: float, b: float) -> float:
    """The smaller; nan if either is nan."""
    return a if a <= b or a != a else b


def total(numbers: Sequence[float]) -> float:
    """The sum, added from left to right."""
    return added(numbers, -0.0) if numbers else 0.0


def dot(left: Sequence[float], right: Sequence[float]) -> float:
    """The products, pair by pair, added from left to right; both are of one length.

    >>> dot([1.0, 2.0], [10.0, 100.0])
    210.0
    """
    return added(map(mul, left, right), -0.0) if left else 0.0


def logsumexp(numbers: Sequence[float]) -> float:
    """log(exp(a) + exp(b) + ...), without overflow, and with the digits of a small result.

    It is the largest plus log1p(sum of exp(other - largest) over the others). The smaller of two that are compared is an
    other, which gives them the order in which compiled code, without an `if`, finds them.

    >>> logsumexp([1000.0, 1000.0]), logsumexp([0.0, -50.0]) == math.exp(-50.0)
    (1000.6931471805599, True)
    """
    if any(map(math.isnan, numbers)):
        return math.nan
    largest, others = numbers[0] if numbers else -math.inf, []
    for number in numbers[1:]:
        if number > largest:
            largest, number = number, largest
        others.append(number)
    if math.isinf(largest):
        return largest
    return largest + math.log1p(total([math.exp(other - largest) for other in others]))


def quiet_mul(a: float, b: float) -> float:
    """a * b with the limit 0 * inf = 0."""
    return a * b if (a and b) or a != a or b != b else 0.0


def quiet_div(a: float, b: float) -> float:
    """a / b as IEEE 754 has it: an infinity for a / 0, nan for 0 / 0."""
    if b:
        return a / b
    return math.copysign(math.inf, a) * math.copysign(1.0, b) if a and a == a else math.nan


def quiet_pow(a: float, b: float) -> float:
    """a ** b as IEEE 754 has it: an infinity where it overflows or divides by 0, nan where it is complex."""
    try:
        return math.pow(a, b)
    except (ValueError, OverflowError):
        if a < 0.0 and not b.is_integer():
            return math.nan
        return math.copysign(math.inf, a) if b % 2.0 == 1.0 else math.inf


def quiet_log(a: float) -> float:
    """log(a), nan below 0, and 0 at 0: PyTorch's convention for the exponent's slope of 0 ** b."""
    if a > 0.0:
        return math.log(a)
    return 0.0 if a == 0.0 else math.nan
