"""The operations on complex numbers at the ends of their domains, and the steps that are taken."""

import math
from collections.abc import Callable

import pytest

import micrograd
from micrograd import Value, ops
from micrograd.checks.complex_step import COMPLEX, TINY_STEP, complex_step, settled
from micrograd.ops import Op
from micrograd.replay import Replay

H = 2.0**-133


def number_and_slope(op: Op, *operands: float, moved: int = 0) -> tuple[float, float]:
    """What the complex form of the operation gives where one operand has a step: its number, and its slope by that operand."""
    complexes = [complex(operand, H if place == moved else 0.0) for place, operand in enumerate(operands)]
    found = COMPLEX[op](*complexes)
    return found.real, found.imag / H


@pytest.mark.parametrize(
    ("op", "number", "slope"),
    [
        (ops.bell, 0.0, 0.0),
        (ops.erf, 1.0, 0.0),
        (ops.erfc, 0.0, 0.0),
        (ops.tanh, 1.0, 0.0),
        (ops.sigmoid, 1.0, 0.0),
        (ops.softplus, 1e308, 1.0),
        (ops.gelu, 1e308, 1.0),
        (ops.silu, 1e308, 1.0),
        (ops.sech2, 0.0, 0.0),
        (ops.sigmoid_slope, 0.0, 0.0),
    ],
    ids=lambda part: part.symbol if isinstance(part, Op) else "",
)
def test_at_the_end_of_the_floats_a_function_has_its_limit(op: Op, number: float, slope: float) -> None:
    assert number_and_slope(op, 1e308) == (number, slope)


@pytest.mark.parametrize("op", [ops.bell, ops.sigmoid, ops.softplus, ops.gelu, ops.silu, ops.sech2], ids=lambda op: op.symbol)
def test_at_the_other_end_it_has_vanished(op: Op) -> None:
    assert number_and_slope(op, -1e308) == (0.0, 0.0)


@pytest.mark.parametrize("at", [-30.0, -5.0, 0.3, 12.0, 30.0])
def test_the_bell_has_its_digits_far_out(at: float) -> None:
    number, slope = number_and_slope(ops.bell, at)
    assert number == pytest.approx(ops.bell(at), rel=1e-14, abs=0.0)
    assert slope == pytest.approx(-at * ops.bell(at), rel=1e-14, abs=0.0)


def test_a_power_is_real_where_the_exponent_is_whole_or_the_base_is_0() -> None:
    assert number_and_slope(ops.pow, -2.0, 3.0) == (-8.0, 12.0)
    assert number_and_slope(ops.pow, -2.0, -1.0) == (-0.5, -0.25)
    assert number_and_slope(ops.pow, 0.0, 1.0) == (0.0, 1.0)
    assert number_and_slope(ops.pow, 0.0, 0.0) == (1.0, 0.0)
    assert number_and_slope(ops.pow, 0.0, 1.0005) == (0.0, 0.0)
    assert number_and_slope(ops.pow, 4.0, 0.5) == pytest.approx((2.0, 0.25), rel=1e-15, abs=0.0)
    assert number_and_slope(ops.pow, 2.0, 3.0, moved=1) == pytest.approx((8.0, 8.0 * math.log(2.0)), rel=1e-15, abs=0.0)


@pytest.mark.parametrize(
    ("op", "operands", "moved"),
    [
        (ops.pow, (-2.0, 0.5), 0),
        (ops.pow, (0.0, 0.5), 0),
        (ops.pow, (-2.0, 3.0), 1),
        (ops.pow, (0.0, 3.0), 1),
        (ops.log, (0.0,), 0),
        (ops.log, (-1.0,), 0),
    ],
    ids=str,
)
def test_outside_its_domain_a_power_or_a_logarithm_is_not_a_number(op: Op, operands: tuple[float, ...], moved: int) -> None:
    assert all(map(math.isnan, number_and_slope(op, *operands, moved=moved)))


def test_the_quiet_operations_let_0_win() -> None:
    inf = math.inf
    mul, div, log = (COMPLEX[op] for op in (ops.quiet_mul, ops.quiet_div, ops.quiet_log))
    assert mul(0j, complex(inf)) == mul(complex(inf), 0j) == mul(0j, 3j) == mul(3j, 0j) == 0j
    assert mul(2 + 0j, complex(inf)).real == mul(complex(inf), 2 + 0j).real == inf
    assert mul(2 + 1j, 3 + 0j) == 6 + 3j
    assert div(3 + 2j, 2 + 0j) == 1.5 + 1j
    for numerator in (0.0, 1.0, -1.0):
        at_0 = div(complex(numerator), 0j)
        assert str(at_0.real) == str(ops.quiet_div(numerator, 0.0))
        assert math.isnan(at_0.imag)
    assert log(0j) == 0j
    assert number_and_slope(ops.quiet_log, 4.0) == pytest.approx((math.log(4.0), 0.25), rel=1e-15, abs=0.0)


@pytest.mark.parametrize(
    ("op", "behind", "before"),
    [(ops.relu, 0.0, 1.0), (ops.leaky_relu, 0.01, 1.0), (ops.abs, -1.0, 1.0)],
    ids=["relu", "leaky relu", "abs"],
)
def test_at_a_corner_the_step_decides(op: Op, behind: float, before: float) -> None:
    form: Callable[[complex], complex] = COMPLEX[op]
    assert form(complex(0.0, H)).imag == before * H
    assert form(complex(0.0, -H)).imag == -behind * H


def test_of_two_equal_numbers_the_step_decides_which_is_larger() -> None:
    ahead, behind = complex(2.0, H), complex(2.0, -H)
    for pair in [(ahead, behind), (behind, ahead)]:
        assert COMPLEX[ops.maximum](*pair) == ahead
        assert COMPLEX[ops.minimum](*pair) == behind


def test_a_point_at_the_origin_has_no_angle_and_turns_by_nothing() -> None:
    assert number_and_slope(ops.atan2, 0.0, 0.0) == number_and_slope(ops.atan2, 0.0, 0.0, moved=1) == (0.0, 0.0)
    # 3, 4, 5: the angle grows by b / r**2 with a and falls by a / r**2 with b
    assert number_and_slope(ops.atan2, 3.0, 4.0) == pytest.approx((math.atan2(3.0, 4.0), 4.0 / 25.0), rel=1e-15, abs=0.0)
    assert number_and_slope(ops.atan2, 3.0, 4.0, moved=1)[1] == pytest.approx(-3.0 / 25.0, rel=1e-15, abs=0.0)
    assert number_and_slope(ops.hypot, 3.0, 4.0, moved=1) == pytest.approx((5.0, 0.8), rel=1e-15, abs=0.0)


def test_the_slope_of_asin_is_infinite_at_its_ends() -> None:
    for at in (1.0, -1.0):
        number, slope = number_and_slope(ops.asin_slope, at)
        assert number == math.inf
        assert math.isnan(slope)


def test_a_logarithm_of_a_sum_starts_at_its_largest_term() -> None:
    largest = COMPLEX[ops.logsumexp]([0j, complex(800.0, H), -800 + 0j])
    assert (largest.real, largest.imag) == (800.0, H)
    # two equal terms: log 2 above them, and each has half of the slope
    twice = COMPLEX[ops.logsumexp]([complex(800.0, H), 800 + 0j])
    assert twice.real == pytest.approx(800.0 + math.log(2.0), rel=1e-15, abs=0.0)
    assert twice.imag == pytest.approx(0.5 * H, rel=1e-15, abs=0.0)


# The steps


def test_beside_a_leaf_as_small_as_floats_go_the_step_is_still_short() -> None:
    x = Value(1e-305)
    left, right, error = complex_step(Replay(micrograd.log(x), COMPLEX), {x: 1.0})
    assert left == right == pytest.approx(1e305, rel=1e-14, abs=0.0)
    assert error <= 1e-20 * right


def test_a_small_slope_of_a_curve_takes_a_longer_step_that_is_short_beside_1() -> None:
    x = Value(1.0)
    left, right, error = complex_step(Replay(x.sin() * 1e-290, COMPLEX), {x: 1.0})
    assert right == pytest.approx(math.cos(1.0) * 1e-290, rel=1e-14, abs=0.0)
    # to the left the step is 2**-30 times as long, and what it moves near 2**-1033: 41 bits above the smallest float
    assert left == pytest.approx(right, rel=2.0**-41, abs=0.0)
    assert abs(left - right) <= error <= 2.0**-40 * right


def test_what_falls_as_the_square_of_the_step_is_no_slope() -> None:
    assert settled(1.0, 0.25, 0.25) == (0.0, 0.0)
    assert settled(1.0, 1.0, 0.25) == (1.0, 0.0)
    assert settled(1.0, 1.5, 0.25) == (1.0, 0.5)
    assert settled(1.5, 1.0, 0.25) == (1.5, 0.5)
    assert settled(0.0, 0.0, 0.25) == (0.0, 0.0)


def test_the_square_of_the_step_vanishes_beside_1() -> None:
    assert TINY_STEP == H
    assert 1.0 + TINY_STEP**2 == 1.0
