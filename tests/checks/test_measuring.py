"""Measured derivatives against 50 digits: complex step, differences with their error bars, fractions, mpmath."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from mpmath import mp, mpf

import micrograd
from micrograd import Value
from micrograd.checks.arithmetic import ARITHMETIC
from micrograd.checks.complex_step import COMPLEX, complex_step
from micrograd.checks.digits import Digits, mpmath_functions
from micrograd.checks.exact import Dual, exact_dual, is_rational
from micrograd.checks.instrument import Instrument
from micrograd.checks.ladder import ladder, sides, uncontradicted
from micrograd.checks.running_error import ROUNDING, Sweep
from micrograd.checks.slopes import KINKS, Slope, at_a_kink
from micrograd.engine import topological_order
from micrograd.ops import OPS, Op
from micrograd.replay import Replay
from tests.oracle import exact_derivatives
from tests.test_ops import call, points

# 13 functions at four points each, from 1e-8 to 1e8: the function on floats, on Values, and its derivative to 50 digits.
FUNCTIONS: list[tuple[str, Callable[[float], float], Callable[[Value], Value], Callable[[Any], Any], list[float]]] = [
    ("square", lambda x: x * x, lambda x: x * x, lambda x: 2 * x, [1e-8, -3e-3, 2.5, 1e8]),
    ("cube", lambda x: x * x * x, lambda x: x * x * x, lambda x: 3 * x * x, [1e-8, 1e-4, -7.0, 1e8]),
    ("reciprocal", lambda x: 1 / x, lambda x: 1 / x, lambda x: -1 / x**2, [1e-8, 0.3, -40.0, 1e8]),
    ("sqrt", math.sqrt, micrograd.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), [1e-8, 1e-7, 2.0, 1e8]),
    ("exp", math.exp, micrograd.exp, mp.exp, [1e-8, -1e-3, 3.0, -30.0]),
    ("log", math.log, micrograd.log, lambda x: 1 / x, [1e-8, 1e-5, 0.9999, 1e8]),
    ("sin", math.sin, micrograd.sin, mp.cos, [1e-8, 1.0, -22.0, 1e8]),
    ("small sine", lambda x: 1e-6 * math.sin(x), lambda x: 1e-6 * x.sin(), lambda x: 1e-6 * mp.cos(x), [1e-8, 0.5, 3.0, 1e4]),
    ("tanh", math.tanh, micrograd.tanh, lambda x: 1 / mp.cosh(x) ** 2, [1e-8, 0.5, -3.0, 20.0]),
    ("sigmoid", micrograd.sigmoid, micrograd.sigmoid, lambda x: 1 / (1 + mp.exp(-x)) / (1 + mp.exp(x)), [1e-8, 1.0, -5.0, 40.0]),
    ("relu", micrograd.relu, micrograd.relu, lambda x: mpf(x > 0), [4e-7, 1e-8, -2.0, 1e8]),
    ("softplus", micrograd.softplus, micrograd.softplus, lambda x: 1 / (1 + mp.exp(-x)), [1e-8, -1.0, 10.0, -30.0]),
    ("atan", math.atan, micrograd.atan, lambda x: 1 / (1 + x * x), [1e-8, 0.7, -50.0, 1e8]),
]  # fmt: skip
CASES = [(name, f, on_values, slope, x) for name, f, on_values, slope, places in FUNCTIONS for x in places]

every_case = pytest.mark.parametrize(
    ("function", "on_values", "slope", "x"), [case[1:] for case in CASES], ids=[f"{case[0]} at {case[4]:g}" for case in CASES]
)


def measured(instrument: type[Instrument], output: Value, leaf: Value, digits: int = 30) -> Slope:
    return instrument(output, digits).slope(leaf, Sweep(topological_order(output)))


def test_there_are_52_cases() -> None:
    assert len(CASES) == 52


@every_case
def test_the_complex_step_has_all_the_digits(
    function: Callable[[float], float], on_values: Callable[[Value], Value], slope: Callable[[Any], Any], x: float
) -> None:
    leaf = Value(x)
    left, right, error = complex_step(Replay(on_values(leaf), COMPLEX), {leaf: 1.0})
    exact = slope(mpf(x))
    assert left == right
    assert abs(mpf(right) - exact) <= 1e-15 * abs(exact)
    assert error <= 1e-20 * abs(exact)


@every_case
def test_the_error_bar_of_the_ladder_covers_the_truth(
    function: Callable[[float], float], on_values: Callable[[Value], Value], slope: Callable[[Any], Any], x: float
) -> None:
    measured, error = ladder(function, x, ROUNDING * abs(function(x)))
    assert abs(mpf(measured) - slope(mpf(x))) <= error


def test_the_ladder_is_sharp_where_a_difference_can_be() -> None:
    sharp = 0
    for _, function, _, slope, x in CASES:
        measured, error = ladder(function, x, ROUNDING * abs(function(x)))
        exact = abs(slope(mpf(x)))
        sharp += error <= 1e-6 * exact or (error == 0.0 and measured == exact)
    assert sharp >= 48  # the rest is saturated: tanh at 20, sigmoid at 40


def test_a_central_difference_is_worse() -> None:
    """What the two methods are for: (f(x + h) - f(x - h)) / 2h with h = 1e-6 misses more than 1e-6 in a dozen cases."""
    missed = 0
    for _, function, _, slope, x in CASES:
        try:
            quotient = (function(x + 1e-6) - function(x - 1e-6)) / 2e-6
        except ValueError:
            missed += 1
        else:
            missed += abs(mpf(quotient) - slope(mpf(x))) > 1e-6 * abs(slope(mpf(x)))
    assert missed >= 12


def test_each_rung_of_the_ladder_takes_one_even_power_of_the_step_away() -> None:
    """((1 + h)**3 - (1 - h)**3) / 2h = 3 + h**2, and of the fifth power it is 5 + 10 h**2 + h**4."""
    assert ladder(lambda x: x**3, 1.0, 0.0, rungs=2)[0] == 3.0
    assert ladder(lambda x: x**5, 1.0, 0.0, rungs=3)[0] == 5.0


def test_the_error_bar_of_the_ladder_has_the_rounding_of_both_rungs() -> None:
    """From 0.75 to 1.25, and from 0.875 to 1.125; the entry is (4 * second - first) / 3, and the bar twice its rounding."""
    noise = 1e-10
    first, second = (2.0 * noise + 2.0 * ROUNDING) / 0.5, (2.0 * noise + 2.0 * ROUNDING) / 0.25
    assert ladder(lambda x: x, 1.0, noise, rungs=2) == pytest.approx((1.0, 2.0 * (4.0 * second + first) / 3.0), rel=1e-9, abs=0.0)


def test_the_error_bar_of_the_ladder_has_what_an_entry_differs_from_its_neighbours_by() -> None:
    """Of the fifth power the entries beside 5 are 5 - h**4 / 4, for h = 1/4 and for its half."""
    noise = 1e-3
    rungs = [2.0 * noise / width for width in (0.5, 0.25, 0.125)]
    pairs = [(4.0 * finer + coarser) / 3.0 for coarser, finer in pairwise(rungs)]
    rounding = (16.0 * pairs[1] + pairs[0]) / 15.0
    assert ladder(lambda x: x**5, 1.0, noise, rungs=3) == pytest.approx(
        (5.0, 2.0 * (0.25**4 / 4.0 + rounding)), rel=1e-9, abs=0.0
    )


@pytest.mark.parametrize(
    ("earlier", "agrees"), [(2.5, True), (2.6, False), (-0.5, True), (-0.6, False), (2.25, True), (-0.25, True), (1.0, True)]
)
def test_an_estimate_agrees_with_those_after_it_where_the_bars_meet(earlier: float, agrees: bool) -> None:
    later, wide = (1.0, 1.0), (1.0, 8.0)  # from 0 to 2, which the wide one takes nothing from
    for after in ([later], [later, wide], [wide, later]):
        assert list(uncontradicted([(earlier, 0.5), *after])) == [*reversed(after), *[(earlier, 0.5)] * agrees]


def test_a_function_that_does_not_move_has_slope_0_within_what_its_rounding_hides() -> None:
    slope, error = ladder(lambda x: x + 1e30, 1.0, 1e30 * ROUNDING)
    assert slope == 0.0
    assert error > 1.0


def test_a_step_out_of_the_domain_is_a_step_too_far() -> None:
    slope, error = ladder(math.log, 1e-3, 8.0 * ROUNDING)
    assert abs(slope - 1000.0) <= error < 1e-4


def test_every_row_has_a_complex_form() -> None:
    assert COMPLEX.keys() == set(OPS)


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
def test_the_complex_form_of_every_row_has_the_exact_slope(op: Op) -> None:
    for numbers in points(op, far=False, count=40):
        leaves = [Value(number) for number in numbers]
        output = call(op, leaves)
        replay = Replay(output, COMPLEX)
        assert replay({}, complex).real == pytest.approx(output.data, rel=1e-13, abs=1e-300)
        for leaf, exact in zip(leaves, exact_derivatives(op, numbers), strict=True):
            if abs(exact) > 1e-260:
                assert abs(mpf(complex_step(replay, {leaf: 1.0})[1]) - exact) <= 2e-14 * abs(exact), numbers


@pytest.mark.parametrize("op", [op for op in OPS if not op.symbol.startswith("quiet")], ids=lambda op: op.symbol)
def test_mpmath_has_a_form_of_every_row(op: Op) -> None:
    for numbers in points(op, far=False, count=3):
        leaves = [Value(number) for number in numbers]
        exact = exact_derivatives(op, numbers)[0]
        slope = measured(Digits, call(op, leaves), leaves[0])
        assert slope.left == slope.right == pytest.approx(float(exact), rel=1e-15, abs=1e-40)


def test_mpmath_gives_the_digits_that_are_asked_for() -> None:
    x = Value(20.0)
    exact = 1 / mp.cosh(mpf(20)) ** 2
    slope = measured(Digits, micrograd.tanh(x), x, digits=40)
    assert slope.value == float(exact)
    assert slope.digits == mp.nstr(exact, 40)
    assert measured(Digits, micrograd.relu(z := Value(0.0)), z, digits=40)[2:5] == (0.0, 1.0, "")


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
def test_the_form_of_every_row_in_mpmath_has_its_number(op: Op) -> None:
    form = mpmath_functions()[op]
    for numbers in points(op, far=False, count=20):
        operands = op.arguments([mpf(number) for number in numbers])
        assert float(form(*operands)) == pytest.approx(op(*op.arguments(numbers)), rel=1e-13, abs=1e-300), numbers


# Kinks


@pytest.mark.parametrize(
    ("make", "left", "right"),
    [
        (lambda x: x.relu(), 0.0, 1.0),
        (lambda x: x.leaky_relu(), 0.01, 1.0),
        (lambda x: abs(x), -1.0, 1.0),
        (lambda x: micrograd.maximum(x, 0.0), 0.0, 1.0),
        (lambda x: micrograd.minimum(0.0, x), 1.0, 0.0),
        (lambda x: -x.relu(), 0.0, -1.0),
    ],
)
def test_at_a_kink_each_side_has_its_slope(make: Callable[[Value], Value], left: float, right: float) -> None:
    x = Value(0.0)
    output = make(x)
    replay = Replay(output, COMPLEX)
    assert complex_step(replay, {x: 1.0}) == pytest.approx((left, right, 0.0), abs=1e-250)
    assert complex_step(replay, {x: -1.0}) == pytest.approx((-right, -left, 0.0), abs=1e-250)
    assert any(at_a_kink(node) for node in replay.order)


def test_a_corner_of_an_unknown_function_is_seen() -> None:
    assert sides(lambda x: max(x, 3.0 * x), 0.0, 0.0) == pytest.approx((1.0, 3.0), rel=1e-9)
    assert sides(math.sin, 1.0, ROUNDING) is None


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_a_corner_is_seen_between_slopes_of_every_size(size: float) -> None:
    assert sides(lambda x: max(size * x, 3.0 * size * x), 0.0, 0.0) == pytest.approx((size, 3.0 * size), rel=1e-9)
    assert sides(lambda x: max(size * x, 1.001 * size * x), 0.0, 0.0) is None


@pytest.mark.parametrize("at", [1e-12, 1.0, 1e6])
def test_a_corner_is_seen_at_numbers_of_every_size(at: float) -> None:
    assert sides(lambda x: max(x - at, 3.0 * (x - at)), at, 0.0) == pytest.approx((1.0, 3.0), rel=1e-6)
    assert sides(lambda x: max(x - at, 3.0 * (x - at)), 1.01 * at, 0.0) is None


def test_a_distance_at_the_origin_is_that_of_the_step() -> None:
    assert COMPLEX[micrograd.hypot](3e-40j, -4e-40j) == pytest.approx(5e-40j, abs=0.0)


def test_the_step_is_as_short_as_the_finer_side_of_a_kink_needs() -> None:
    x = Value(0.0)
    assert complex_step(Replay((x / 1e-42).atan().relu(), COMPLEX), {x: 1.0})[:2] == pytest.approx((0.0, 1e42), rel=1e-15)
    assert complex_step(Replay((-x / 1e-42).atan().relu(), COMPLEX), {x: 1.0})[:2] == pytest.approx((-1e42, 0.0), rel=1e-15)


def test_a_scale_below_every_step_is_not_measured() -> None:
    x = Value(0.0)
    assert complex_step(Replay((x / 1e-300).atan(), COMPLEX), {x: 1.0})[2] == math.inf


def test_beside_a_kink_there_is_none() -> None:
    assert not any(at_a_kink(op(*[Value(1e-300 * (i + 1)) for i in range(op.arity)])) for op in KINKS)


# Fractions


def dual(number: int | Fraction, slope: int | Fraction) -> Dual:
    return Dual(Fraction(number), Fraction(slope))


def test_dual_numbers_follow_the_rules_of_arithmetic() -> None:
    a, b = dual(2, 5), dual(3, 7)
    assert a + b == dual(5, 12)
    assert a - b == dual(-1, -2)
    assert a * b == dual(6, 5 * 3 + 2 * 7)
    assert a / b == dual(Fraction(2, 3), Fraction(5 * 3 - 2 * 7, 9))
    assert -a == dual(-2, -5)
    assert a ** dual(3, 0) == dual(8, 3 * 4 * 5)


def test_a_rational_graph_has_an_exact_slope() -> None:
    x, y = Value(0.5), Value(3.0)
    output = (x * x / y - 2 * x) ** 3 + micrograd.dot([x, y], [y, x]) + micrograd.total([x, x, y])
    assert is_rational(output)
    # 3 (x^2/y - 2x)^2 (2x/y - 2) + 2y + 2, where x^2/y - 2x = 1/12 - 1 and 2x/y - 2 = -5/3
    assert exact_dual(Replay(x**0 + x * 2.0, ARITHMETIC), x) == Dual(Fraction(2), Fraction(2))
    expected = 3 * Fraction(-11, 12) ** 2 * Fraction(-5, 3) + 6 + 2
    assert exact_dual(Replay(output, ARITHMETIC), x).slope == expected


@pytest.mark.parametrize(
    "make", [lambda x: x.tanh(), lambda x: x**0.5, lambda x: x**x, lambda x: x.relu()], ids=["tanh", "root", "power", "relu"]
)
def test_other_graphs_are_not_rational(make: Callable[[Value], Value]) -> None:
    assert is_rational(make(Value(2.0))) is False
    assert is_rational(Value(math.inf) * 2.0) is False


def test_fractions_may_have_20000_binary_digits() -> None:
    """0.5 counts as 55 of them, 2 for its denominator and 53, and a power as many times that; x as an exponent is refused."""
    half = Value(0.5)
    assert is_rational((half**60) ** 6)  # 55 * 360 = 19,800
    assert is_rational((half**61) ** 6) is False  # 55 * 366 = 20,130
    assert is_rational(((half**60) ** 6) ** 1)
    assert is_rational(half**64)
    assert is_rational(half**-64)
    assert is_rational(half**65) is False
    assert not is_rational(half**-65)


def test_fractions_that_grow_too_long_are_none() -> None:
    """The logistic map doubles its digits at each step."""
    r, z = Value(3.7), Value(0.4)
    for step in range(12):
        z = r * z * (1 - z)
        assert is_rational(z) or step > 3
    assert not is_rational(z)
