"""The first and second derivatives of every row from 1e-300 to 1e300, against 50 digits.

A derivative is right if it is off by few ulp, or by no more than the exact one moves when an operand moves to the next float:
near a zero of the derivative no formula does better.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from mpmath import mp, mpc, mpf

from micrograd import ops
from micrograd.engine import Value
from micrograd.gradients import gradient, hessian
from micrograd.ops import OPS, SLOPES, Op, Reduction
from tests.oracle import EXACT, ulps

SIZES = [1e-300, 1e-160, 1e-90, 1e-17, 1e-10, 1e-3, 0.1, 0.5, 0.9, 1.0 - 1e-9, 1.0, 1.0 + 1e-9, 2.0, 5.0, 25.0, 38.0, 700.0,
         1e4, 1e8, 1e55, 1e90, 1e200, 1e300]  # fmt: skip
SIZES_OF_PAIRS = [1e-300, 1e-90, 1e-10, 1.0, 3.0, 1e8, 1e90, 1e300]
EXPONENTS = [-3.0, -1.0, -0.5, 1e-10, 0.3, 1.0, 1.5, 2.0, 7.0]
INF, NAN = math.inf, math.nan
LARGEST = mpf(2) ** 1024
POWERS = (ops.pow, ops.quiet_pow)
RADIAL = {ops.atan2: 2, ops.hypot_slope: 2, ops.atan2_slope: 1}  # from which derivative on they square the inverse of a radius

Truth = Callable[[Sequence[float]], Any]  # the exact number at those operands: complex where there is no real one

every_row = pytest.mark.parametrize("op", [op for op in OPS if not isinstance(op, Reduction)], ids=lambda op: op.symbol)


def points(op: Op) -> Iterator[list[float]]:
    """Operands of every size and sign in the domain, off the poles and kinks."""
    sizes = SIZES if op.arity == 1 else SIZES_OF_PAIRS
    either = [sign * size for size in sizes for sign in (1.0, -1.0)]
    for numbers in itertools.product(*([sizes, EXPONENTS] if op in POWERS else [either] * op.arity)):
        pole = op in (ops.asin, ops.acos, ops.asin_slope) and abs(numbers[0]) == 1.0
        kink = op in (ops.maximum, ops.minimum, ops.ahead) and numbers[0] == numbers[1]
        try:
            if not pole and not kink and math.isfinite(op.forward(*numbers)):
                yield list(numbers)
        except (ValueError, ArithmeticError):
            continue  # outside the domain


def first_truth(op: Op, i: int) -> Truth:
    return lambda numbers: EXACT[op][1][i](*map(mpf, numbers))


def second_truth(op: Op, i: int, j: int) -> Truth:
    """The derivative by operand j of that by operand i, by differences of so many digits that more change nothing."""

    def truth(numbers: Sequence[float]) -> Any:
        step = min(abs(mpf(numbers[j])), mpf(1))
        before = mpf(0)
        for digits in (80, 160, 320, 640, 1280):
            with mp.workdps(digits):
                h = step * mpf(10) ** -(digits // 3)
                there, back = ([mpf(n) + sign * h * (k == j) for k, n in enumerate(numbers)] for sign in (1, -1))
                found = (EXACT[op][1][i](*there) - EXACT[op][1][i](*back)) / (2 * h)
            if abs(found - before) < mpf(10) ** -25 * abs(found):
                break
            before = found
        return +found

    return truth


def conditioned(truth: Truth, numbers: Sequence[float], exact: mpf) -> mpf:
    """How far the exact number moves when an operand moves to the next float."""
    moved = mpf(0)
    for i, end in itertools.product(range(len(numbers)), (-INF, INF)):
        there = truth([math.nextafter(number, end) if i == k else number for k, number in enumerate(numbers)])
        moved = max(moved, abs(there - exact)) if isinstance(there, mpf) else moved
    return moved


def is_right(got: float, truth: Truth, numbers: Sequence[float], limit: float) -> bool:
    exact = truth(numbers)
    if isinstance(exact, mpc):
        return math.isnan(got)
    if abs(exact) >= LARGEST:
        return got == math.copysign(INF, float(mp.sign(exact)))
    return math.isfinite(got) and (ulps(got, exact) <= limit or abs(got - exact) <= conditioned(truth, numbers, exact))


def limit(op: Op, numbers: Sequence[float], order: int) -> float:
    """In ulp: the roundings of a second derivative are twice as many, and the rule of a slope is one already.

    A power also feels the rounding of its exponent, b - 1, by log(a) ulp.
    """
    exponent = abs(math.log(numbers[0])) if op in POWERS else 0.0
    return exponent + (4.0 if order == 1 and op not in SLOPES else 8.0)


def is_beyond(op: Op, numbers: Sequence[float], order: int) -> bool:
    """Where a derivative is given up: something it is computed from leaves the floats before it does."""
    if op in POWERS and order == 2:
        a, b = map(mpf, numbers)
        return a**b < mpf(2) ** -1022 or a ** (b - 2) >= LARGEST
    return RADIAL.get(op, 3) <= order and math.hypot(*numbers) < 1e-154


@every_row
def test_first_derivatives_are_right_from_1e_300_to_1e300(op: Op) -> None:
    for numbers in points(op):
        if is_beyond(op, numbers, order=1):
            continue
        operands = [Value(number) for number in numbers]
        node = op(*operands)
        for i, entry in enumerate(gradient(node, operands)):
            for got in (node.local_derivatives[i], entry.data):
                assert is_right(got, first_truth(op, i), numbers, limit(op, numbers, 1)), (numbers, i, got)


@every_row
def test_second_derivatives_are_right_from_1e_300_to_1e300(op: Op) -> None:
    seen = 0
    for numbers in points(op):
        if is_beyond(op, numbers, order=2):
            continue
        operands = [Value(number) for number in numbers]
        for i, first in enumerate(gradient(op(*operands), operands)):
            for j, second in enumerate(gradient(first, operands)):
                assert is_right(second.data, second_truth(op, i, j), numbers, limit(op, numbers, 2)), (numbers, i, j, second.data)
        seen += 1
    assert seen >= 14


ENDS = [  # op, operands, second derivatives: the limits
    (ops.exp, [-INF], [0.0]),
    (ops.expm1, [-INF], [0.0]),
    (ops.log, [INF], [0.0]),
    (ops.log1p, [INF], [0.0]),
    (ops.sqrt, [0.0], [-INF]),
    (ops.sqrt, [INF], [0.0]),
    (ops.asin, [1.0], [INF]),
    (ops.asin, [-1.0], [-INF]),
    (ops.acos, [1.0], [-INF]),
    (ops.atan, [INF], [0.0]),
    (ops.atan, [-INF], [0.0]),
    (ops.atan2, [0.0, 0.0], [0.0] * 4),  # by convention
    (ops.atan2, [INF, 1.0], [0.0] * 4),
    (ops.hypot, [0.0, 0.0], [NAN] * 4),
    (ops.tanh, [INF], [0.0]),
    (ops.sigmoid, [-INF], [0.0]),
    (ops.softplus, [INF], [0.0]),
    (ops.erf, [INF], [0.0]),
    (ops.gelu, [INF], [NAN]),  # the limit is 0, but the chain rule multiplies 0 by inf
    (ops.silu, [INF], [NAN]),  # the same
    (ops.relu, [0.0], [0.0]),
    (ops.leaky_relu, [0.0], [0.0]),
    (ops.abs, [0.0], [0.0]),
    (ops.maximum, [1.0, 1.0], [0.0] * 4),
    (ops.pow, [0.0, 2.0], [2.0, 0.0, NAN, 0.0]),
    (ops.mul, [INF, 0.0], [0.0, 1.0, 1.0, 0.0]),
    (ops.div, [1.0, INF], [0.0] * 4),
]


@pytest.mark.parametrize(("op", "numbers", "expected"), ENDS, ids=lambda x: x.symbol if isinstance(x, Op) else None)
def test_second_derivatives_at_the_ends_and_kinks(op: Op, numbers: list[float], expected: list[float]) -> None:
    operands = [Value(number) for number in numbers]
    found = [entry.data for row in hessian(op(*operands), operands) for entry in row]
    assert found == pytest.approx(expected, nan_ok=True, rel=0.0, abs=0.0)


@pytest.mark.parametrize(
    ("op", "number", "third"),
    [  # the leading term of the series at 0, or far out
        (ops.atan, 1e55, 6e-220),  # of 1/a - 1/a^3
        (ops.asin, 1e-17, 1.0),  # of a + a^3/6
        (ops.tanh, 1e-17, -2.0),  # of a - a^3/3
        (ops.sigmoid, 1e-17, -1 / 8),  # of 1/2 + a/4 - a^3/48
        (ops.softplus, 1e-10, -1e-10 / 8),  # the integral of that
        (ops.silu, 1e-10, -1e-10 / 2),  # of a/2 + a^2/4 - a^4/48
        (ops.gelu, 1e-10, -4e-10 / math.sqrt(2 * math.pi)),  # of a/2 + (a^2 - a^4/6) / sqrt(2 pi)
    ],
    ids=lambda x: x.symbol if isinstance(x, Op) else None,
)
def test_third_derivatives_do_not_cancel_either(op: Op, number: float, third: float) -> None:
    x = Value(number)
    found: Value = op(x)
    for _ in range(3):
        (found,) = gradient(found, [x])
    assert found.data == pytest.approx(third, rel=1e-15, abs=0.0)
