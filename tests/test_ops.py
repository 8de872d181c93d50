"""The table of operations: every row against 50 digits, against itself on Values, and against its conventions."""

import math
import random
from collections.abc import Callable, Iterator

import pytest
from mpmath import mp, mpf

from micrograd import ops
from micrograd.engine import Value, topological_order
from micrograd.ops import OPS, Op, Reduction
from tests.oracle import EXACT, exact_derivatives, logistic, ulps

INF, NAN = math.inf, math.nan
MAGNITUDES = [1e-308, 1e-154, 1e-20, 1e-8, 1e-3, 0.3, 0.5, 0.9, 1.0, 1.5, 2.0, 5.0, 17.0, 20.0, 36.7, 100.0, 300.0, 700.0, 1e4,
              1e8, 1e154, 1e308]  # fmt: skip
GRID = [sign * magnitude for magnitude in MAGNITUDES for sign in (1.0, -1.0)]

every_op = pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)


def width(op: Op) -> int:
    """How many numbers the tests hand to the rule."""
    return 4 if isinstance(op, Reduction) else op.arity


def call(op: Op, operands: list[Value]) -> Value:
    """The row as its user calls it: on two sequences if it is `dot`."""
    if isinstance(op, Reduction):
        step = len(operands) // op.arity
        operands = [operands[i : i + step] for i in range(0, len(operands), step)]  # type: ignore[misc]
    value: Value = op(*operands)
    return value


def points(op: Op, *, far: bool, count: int = 300) -> Iterator[list[float]]:
    """Operands in the domain, away from kinks and poles; with `far`, up to the ends of the floats."""
    generator = random.Random(op.symbol)
    for _ in range(count):
        if far and generator.random() < 0.5:
            numbers = generator.choices(GRID, k=width(op))
        else:
            reach = 30.0 if width(op) == 1 and generator.random() < 0.5 else 3.0
            numbers = [generator.uniform(-reach, reach) for _ in range(width(op))]
        if op in (ops.pow, ops.quiet_pow, ops.quiet_log):
            numbers[0] = abs(numbers[0])
        if op in (ops.pow, ops.quiet_pow):
            numbers[1] = generator.choice([-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0])
        pole = op in (ops.asin, ops.acos, ops.asin_slope) and abs(numbers[0]) == 1.0
        pole |= op is ops.atan2_slope and math.hypot(*numbers) < 1e-154  # its own slope is a difference of squares
        kink = op in (ops.maximum, ops.minimum) and numbers[0] == numbers[1]
        slow = op in (ops.gelu, ops.erf, ops.erfc, ops.bell) and abs(numbers[0]) > 1e4  # 0 or 1 there; mpmath takes its time
        try:
            if not (pole or kink or slow) and math.isfinite(op.forward(*op.arguments(numbers))):
                yield numbers
        except (ValueError, ArithmeticError):
            continue  # outside the domain: the errors have tests of their own


def size(op: Op, numbers: list[float], index: int | None = None) -> mpf | None:
    """What the error is measured against where the result is a difference of larger terms; None: the result itself."""
    a = mpf(numbers[0])
    if op is ops.silu and index is not None:
        return max(logistic(a), abs(exact_derivatives(op, numbers)[0]))
    if op is ops.gelu:
        density = abs(a) * mp.exp(-a * a / 2) / mp.sqrt(2 * mp.pi)
        below = mp.erfc(-a / mp.sqrt(2)) / 2
        return max(density, below) if index is not None else (1 + a * a) * abs(a) * below
    if op is ops.atan2_slope and index == 0:
        return max(a, mpf(numbers[1]), key=abs) ** 2 / (a * a + mpf(numbers[1]) ** 2) ** 2
    if op is ops.total and index is None:
        return mp.fsum(map(abs, numbers))
    if op is ops.dot and index is None:
        return mp.fsum(abs(mpf(w) * mpf(x)) for w, x in zip(numbers[:2], numbers[2:], strict=True))
    if op is ops.logsumexp and index is not None:  # a small one is exp of a large negative number, whose rounding it shows
        share = exact_derivatives(op, numbers)[index]
        return share * (1 - mp.log(share)) if share else mpf(1)
    if op is ops.logsumexp:
        return max(mpf(1), *(abs(mpf(number)) for number in numbers))
    return None


def agrees(op: Op, numbers: list[float], index: int, derivative: float, exact: mpf) -> bool:
    most = 8.0 if op is ops.asin_slope else 4.0  # it is a * out**3, and out has its own rounding three times
    return ulps(derivative, exact, size(op, numbers, index)) <= most


@every_op
def test_value_is_right_to_4_ulp(op: Op) -> None:
    seen = 0
    for numbers in points(op, far=True):
        exact = mpf(EXACT[op][0](*map(mpf, numbers)))
        assert ulps(op.forward(*op.arguments(numbers)), exact, size(op, numbers)) <= 4.0, numbers
        seen += 1
    assert seen > 20


@every_op
def test_local_derivatives_are_right_to_4_ulp_up_to_the_ends_of_the_floats(op: Op) -> None:
    seen = 0
    for numbers in points(op, far=True):
        derivatives = op.derivatives(op.forward(*op.arguments(numbers)), *op.arguments(numbers))
        for index, (got, exact) in enumerate(zip(derivatives, exact_derivatives(op, numbers), strict=True)):
            if abs(exact) >= 2**1024:
                assert got == math.copysign(INF, float(mp.sign(exact))), (numbers, index)
            else:
                assert agrees(op, numbers, index, got, exact), (numbers, index, got, exact)
        seen += 1
    assert seen > 20


@pytest.mark.parametrize("op", [ops.tanh, ops.sigmoid], ids=lambda op: op.symbol)
def test_saturated_slopes_keep_their_digits_up_to_300(op: Op) -> None:
    for tenth in range(-3000, 3001, 7):
        number = tenth / 10.0
        (slope,) = op.derivatives(op.forward(number), number)
        assert ulps(slope, exact_derivatives(op, [number])[0]) <= 4.0, number


@every_op
def test_rule_agrees_with_a_difference_quotient_of_forward(op: Op) -> None:
    """An oracle without a formula: mpmath's own numerical derivative of the exact function."""
    for numbers in points(op, far=False, count=12):
        if op in (ops.sign, ops.step, ops.ahead, ops.relu, ops.leaky_relu, ops.abs) and min(map(abs, numbers)) < 1e-3:
            continue
        derivatives = op.derivatives(op.forward(*op.arguments(numbers)), *op.arguments(numbers))
        for index, got in enumerate(derivatives):

            def along(t: mpf, index: int = index, numbers: list[float] = numbers) -> mpf:
                moved = [mpf(number) for number in numbers]
                moved[index] = t
                return mpf(EXACT[op][0](*moved))

            assert got == pytest.approx(float(mp.diff(along, mpf(numbers[index]))), rel=1e-12, abs=1e-14)


@every_op
def test_rule_on_values_gives_the_numbers_of_the_rule_on_floats(op: Op) -> None:
    for numbers in points(op, far=True, count=40):
        out = op.forward(*op.arguments(numbers))
        try:
            on_values = op.derivatives(Value(out), *op.arguments([Value(number) for number in numbers]))
        except OverflowError:
            continue  # e.g. 1 + tan(a)^2 beyond the floats
        for of_value, of_float in zip(on_values, op.derivatives(out, *op.arguments(numbers)), strict=True):
            number = of_value.data if isinstance(of_value, Value) else of_value
            assert number == of_float or (math.isnan(number) and math.isnan(of_float)), numbers


@every_op
def test_second_derivatives_come_out_of_the_rule_on_values(op: Op) -> None:
    """Sweep back from a derivative that the rule made of Values: that is the second derivative, here against mpmath's."""
    for numbers in points(op, far=False, count=6):
        operands = [Value(number) for number in numbers]
        out = call(op, operands)
        for i, derivative in enumerate(op.derivatives(out, *op.arguments(operands))):
            for operand in operands:
                operand.grad = 0.0
            if isinstance(derivative, Value):
                derivative.backward()
            for j, operand in enumerate(operands):

                def along(t: mpf, i: int = i, j: int = j, numbers: list[float] = numbers) -> mpf:
                    moved = [mpf(number) for number in numbers]
                    moved[j] = t
                    return mpf(EXACT[op][1][i](*moved))

                exact = float(mp.diff(along, mpf(numbers[j])))
                assert operand.grad == pytest.approx(exact, rel=1e-9, abs=1e-11), (numbers, i, j)


@pytest.mark.parametrize(
    "op",
    [ops.tanh, ops.sigmoid, ops.softplus, ops.gelu, ops.silu, ops.erf, ops.atan, ops.expm1, ops.bell],
    ids=lambda op: op.symbol,
)
def test_third_derivative_at_0_has_no_kink(op: Op) -> None:
    """A rule with abs or sign in it would be right in first order and wrong in third."""
    first: Value = op.derivatives(op(a := Value(0.0)), a)[0]
    second = derivative_as_value(first, a)
    third = derivative_as_value(second, a)
    exact = float(mp.diff(EXACT[op][0], mpf(0), 3))
    assert third.data == pytest.approx(exact, rel=1e-12, abs=1e-14)


def derivative_as_value(output: Value, leaf: Value) -> Value:
    """The reverse sweep in Values, in its plainest form."""
    order = topological_order(output)
    upstream = {node: Value(0.0) for node in [*order, leaf]}
    upstream[output] = Value(1.0)
    for node in reversed(order):
        if node.op:
            for parent, rule in zip(node.parents, node.op.derivatives(node, *node.op.arguments(node.parents)), strict=True):
                upstream[parent] = upstream[parent] + upstream[node] * rule
    return upstream[leaf]


@every_op
def test_rule_stays_inside_the_table(op: Op) -> None:
    for numbers in points(op, far=False, count=3):
        operands = [Value(number) for number in numbers]
        for derivative in op.derivatives(call(op, operands), *op.arguments(operands)):
            if isinstance(derivative, Value):
                assert {node.op for node in topological_order(derivative)} <= {*OPS, None}


@every_op
@pytest.mark.parametrize(
    "bend",
    [lambda d: 1.001 * d, lambda d: -d, lambda d: 2.0 * d, lambda d: d + 0.001],
    ids=["0.1 %", "sign", "factor 2", "offset"],
)
def test_a_bent_rule_is_caught(op: Op, bend: Callable[[float], float]) -> None:
    """The comparison of the test above: it must reject each derivative that is off, however it is off."""
    caught = 0
    for numbers in points(op, far=False, count=60):
        derivatives = op.derivatives(op.forward(*op.arguments(numbers)), *op.arguments(numbers))
        for index, (got, exact) in enumerate(zip(derivatives, exact_derivatives(op, numbers), strict=True)):
            if abs(bend(got) - got) > 0.0005 * max(abs(got), 1e-300):
                assert not agrees(op, numbers, index, bend(got), exact)
                caught += 1
    always_zero = op in (ops.sign, ops.step, ops.ahead) and bend(0.0) == 0.0
    assert caught > 5 or always_zero


@every_op
@pytest.mark.parametrize("other", [1.5, 0.0, -0.0])
def test_nan_in_gives_nan_out(op: Op, other: float) -> None:
    if other == 0.0 and op in (ops.pow, ops.quiet_pow, ops.div):
        return  # nan ** 0 is 1 and nan / 0 an error, as in Python
    for index in range(width(op)):
        numbers = [other] * width(op)
        numbers[index] = NAN
        assert math.isnan(op.forward(*op.arguments(numbers))), index


@pytest.mark.parametrize(
    "op",
    [op for op in OPS if op not in (ops.add, ops.sub, ops.neg, ops.total, ops.sign, ops.step, ops.ahead)],
    ids=lambda op: op.symbol,
)
def test_nan_in_gives_nan_in_the_gradient_unless_the_slope_is_a_constant(op: Op) -> None:
    numbers = [NAN] * width(op)
    assert all(map(math.isnan, op.derivatives(op.forward(*op.arguments(numbers)), *op.arguments(numbers))))


CONVENTIONS = [  # op, operands, value, local derivatives: as in PyTorch unless a comment says otherwise
    (ops.relu, [0.0], 0.0, [0.0]),
    (ops.relu, [-0.0], 0.0, [0.0]),
    (ops.relu, [NAN], NAN, [NAN]),  # PyTorch: 1
    (ops.relu, [INF], INF, [1.0]),
    (ops.relu, [-INF], 0.0, [0.0]),
    (ops.leaky_relu, [0.0], 0.0, [0.01]),
    (ops.abs, [0.0], 0.0, [0.0]),
    (ops.abs, [-INF], INF, [-1.0]),
    (ops.sign, [0.0], 0.0, [0.0]),
    (ops.step, [0.0], 0.0, [0.0]),
    (ops.maximum, [1.0, 1.0], 1.0, [0.5, 0.5]),
    (ops.minimum, [1.0, 1.0], 1.0, [0.5, 0.5]),
    (ops.maximum, [INF, INF], INF, [0.5, 0.5]),
    (ops.maximum, [NAN, 1.0], NAN, [NAN, NAN]),  # PyTorch: 1, 1
    (ops.minimum, [1.0, NAN], NAN, [NAN, NAN]),
    (ops.sqrt, [0.0], 0.0, [INF]),
    (ops.sqrt, [-0.0], -0.0, [-INF]),
    (ops.sqrt, [INF], INF, [0.0]),
    (ops.asin, [1.0], math.pi / 2, [INF]),
    (ops.acos, [-1.0], math.pi, [-INF]),
    (ops.exp, [-INF], 0.0, [0.0]),
    (ops.exp, [INF], INF, [INF]),
    (ops.log, [INF], INF, [0.0]),
    (ops.expm1, [-INF], -1.0, [0.0]),
    (ops.log1p, [INF], INF, [0.0]),
    (ops.tanh, [INF], 1.0, [0.0]),
    (ops.tanh, [-INF], -1.0, [0.0]),
    (ops.sigmoid, [INF], 1.0, [0.0]),
    (ops.sigmoid, [-INF], 0.0, [0.0]),
    (ops.softplus, [INF], INF, [1.0]),
    (ops.softplus, [-INF], 0.0, [0.0]),
    (ops.silu, [INF], INF, [1.0]),  # the limit; PyTorch: nan
    (ops.silu, [-INF], 0.0, [0.0]),  # the limits; PyTorch: nan
    (ops.gelu, [INF], INF, [1.0]),
    (ops.gelu, [-INF], 0.0, [0.0]),
    (ops.erf, [INF], 1.0, [0.0]),
    (ops.erfc, [-INF], 2.0, [0.0]),
    (ops.bell, [INF], 0.0, [0.0]),
    (ops.atan, [INF], math.pi / 2, [0.0]),
    (ops.atan2, [0.0, 0.0], 0.0, [0.0, 0.0]),
    (ops.hypot, [0.0, 0.0], 0.0, [NAN, NAN]),
    (ops.cosh, [-INF], INF, [-INF]),
    (ops.logsumexp, [-INF, -INF], -INF, [NAN, NAN]),
    (ops.logsumexp, [INF, INF], INF, [NAN, NAN]),
    (ops.logsumexp, [INF, 1.0], INF, [1.0, 0.0]),  # the limits; PyTorch: nan, 0
    (ops.logsumexp, [1.0, INF], INF, [0.0, 1.0]),
    (ops.logsumexp, [-INF, 1.0], 1.0, [0.0, 1.0]),
    (ops.logsumexp, [1e4, -1e4], 1e4, [1.0, 0.0]),
    (ops.logsumexp, [NAN, INF], NAN, [NAN, NAN]),
    (ops.pow, [0.0, 0.0], 1.0, [0.0, 0.0]),
    (ops.pow, [0.0, 0.5], 0.0, [INF, 0.0]),
    (ops.pow, [0.0, 1.0], 0.0, [1.0, 0.0]),
    (ops.pow, [0.0, 2.0], 0.0, [0.0, 0.0]),
    (ops.pow, [-2.0, -3.0], -0.125, [-0.1875, NAN]),
    (ops.pow, [-2.0, 2.0], 4.0, [-4.0, NAN]),
    (ops.pow, [INF, 0.0], 1.0, [0.0, INF]),
    (ops.pow, [INF, -1.0], 0.0, [0.0, 0.0]),  # the limits; PyTorch: -0, nan
    (ops.pow, [0.5, INF], 0.0, [0.0, 0.0]),  # the limits; PyTorch: nan, 0
    (ops.quiet_div, [1.0, 0.0], INF, [INF, -INF]),
    (ops.quiet_div, [1.0, -0.0], -INF, [-INF, -INF]),
    (ops.quiet_div, [0.0, 0.0], NAN, [INF, NAN]),
    (ops.quiet_mul, [0.0, -INF], 0.0, [-INF, 0.0]),
    (ops.quiet_mul, [0.0, NAN], NAN, [NAN, 0.0]),
    (ops.quiet_pow, [0.0, -1.0], INF, [-INF, 0.0]),
    (ops.quiet_pow, [-0.0, -3.0], -INF, [-INF, 0.0]),
    (ops.quiet_pow, [-2.0, 0.5], NAN, [NAN, NAN]),
    (ops.quiet_pow, [1e300, 2.0], INF, [2e300, INF]),
    (ops.quiet_pow, [-1e300, 3.0], -INF, [INF, NAN]),
    (ops.quiet_log, [0.0], 0.0, [INF]),
    (ops.quiet_log, [-1.0], NAN, [-1.0]),
    (ops.ahead, [INF, INF], 0.5, [0.0, 0.0]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("op", "numbers", "value", "derivatives"), CONVENTIONS, ids=lambda x: x.symbol if isinstance(x, Op) else None
)
def test_convention(op: Op, numbers: list[float], value: float, derivatives: list[float]) -> None:
    operands = [Value(number) for number in numbers]
    node = call(op, operands)
    assert node.data == pytest.approx(value, nan_ok=True, rel=1e-15, abs=0.0)
    assert list(node.local_derivatives) == pytest.approx(derivatives, nan_ok=True, rel=1e-15, abs=0.0)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0])
def test_a_whole_power_at_0_has_the_slopes_of_the_polynomial(exponent: float) -> None:
    slopes = {0.0: 0.0, 1.0: 1.0, 2.0: 0.0, 3.0: 0.0}
    for power in (Value(exponent), exponent, int(exponent)):
        x = Value(0.0)
        (x**power).backward()
        assert x.grad == slopes[exponent]


def test_power_takes_values_and_numbers_on_either_side() -> None:
    a, b = Value(2.0), Value(3.0)
    for power in (a**b, a**3.0, 2.0**b):
        assert power.data == 8.0
    (a**b).backward()
    assert (a.grad, b.grad) == (3.0 * 2.0**2, 8.0 * math.log(2.0))


@every_op
def test_a_row_of_numbers_is_a_number_and_of_one_value_a_value(op: Op) -> None:
    numbers = next(points(op, far=False, count=40))
    assert call(op, numbers) == op.forward(*op.arguments(numbers))  # type: ignore[arg-type, comparison-overlap]
    for index in range(len(numbers)):
        mixed = [Value(n) if i == index else n for i, n in enumerate(numbers)]
        node = call(op, mixed)  # type: ignore[arg-type]
        assert node.data == op.forward(*op.arguments(numbers))
        assert [type(parent) is Value for parent in node.parents] == [i == index for i in range(len(numbers))]


@every_op
def test_a_row_is_found_by_its_symbol(op: Op) -> None:
    assert ops.row(op.symbol) is op


def test_a_sum_of_negative_zeros_keeps_their_sign() -> None:
    assert math.copysign(1.0, ops.dot([-0.0, 0.0], [1.0, -1.0])) == -1.0
    assert math.copysign(1.0, ops.total([-0.0, -0.0])) == -1.0
