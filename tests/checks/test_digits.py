"""Measuring with mpmath: small slopes beside large numbers, leaves of every size, and the digits that are asked for."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from mpmath import mp, mpf

import micrograd
from micrograd import Value, check
from micrograd.checks.digits import Digits
from micrograd.checks.running_error import Sweep
from micrograd.checks.slopes import Slope
from micrograd.engine import topological_order
from tests.checks.reading import only

Graph = Callable[[Value], Value]
every_number_of_digits = pytest.mark.parametrize("digits", [1, 2, 30, 50])


def measured(make: Graph, at: float, digits: int = 30) -> Slope:
    x = Value(at)
    output = make(x)
    return Digits(output, digits).slope(x, Sweep(topological_order(output)))


# The slope is far below the number that it is a slope of, so that a difference loses its digits.
CANCELLING: dict[str, tuple[Graph, float, Callable[[Any], Any]]] = {
    "tanh": (micrograd.tanh, 100.0, lambda x: mp.sech(x) ** 2),
    "sigmoid": (micrograd.sigmoid, 300.0, lambda x: 1 / (1 + mp.exp(-x)) / (1 + mp.exp(x))),
    "erf": (micrograd.erf, 17.0, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "exp + 1": (lambda x: x.exp() + 1.0, -300.0, mp.exp),
    "1 + little": (lambda x: x * 1e-120 + 1.0, 1.0, lambda x: mpf(1e-120)),
    "1e200": (lambda x: (x + 1e200) - 1e200, 1.0, mpf),
    "little, and little of it": (lambda x: x * 1e-120 + 1.0, 1e-120, lambda x: mpf(1e-120)),
}


@every_number_of_digits
@pytest.mark.parametrize(("make", "at", "exact"), CANCELLING.values(), ids=CANCELLING.keys())
def test_right_gradients_pass(make: Graph, at: float, exact: Callable[[Any], Any], digits: int) -> None:
    row = only(check(make(Value(at, "x")), method="mpmath", digits=digits))
    with mp.workdps(80):
        true = exact(mpf(at))
        assert row.measured.digits == mp.nstr(true, digits)
    assert row.measured.value == pytest.approx(float(true), rel=1e-15)
    assert row.measured.error == pytest.approx(4.0 * 2.0**-53 * abs(float(true)), rel=1e-3)
    assert row.verdict == "PASS"


@pytest.mark.parametrize("at", [1e-300, 1e-50, 1e-8, 1.0, 1e8, 1e50, 1e300])
def test_the_step_has_the_size_of_the_leaf(at: float) -> None:
    assert measured(micrograd.log, at).value == pytest.approx(1.0 / at, rel=1e-15)
    assert measured(lambda x: 1.0 / (1.0 / x), -at).value == pytest.approx(1.0, rel=1e-15)


def test_a_leaf_at_0_has_a_step_of_its_own() -> None:
    assert measured(micrograd.sin, 0.0)[:2] == (1.0, 4.0 * 2.0**-53)


def test_a_scale_far_below_the_leaf_is_found() -> None:
    wave = measured(lambda x: (x * 1e40).sin(), 1.0)
    with mp.workdps(100):
        assert wave.value == pytest.approx(float(mpf(1e40) * mp.cos(mpf(1e40))), rel=1e-15)


def test_a_slope_below_the_floats_is_0() -> None:
    assert measured(micrograd.tanh, 1000.0)[:5] == (0.0, 0.0, 0.0, 0.0, "")


def test_a_wrong_rule_is_seen_to_the_last_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = micrograd.tanh.derivatives
    monkeypatch.setattr(micrograd.tanh, "derivatives", lambda out, a: ((1.0 + 1e-14) * rule(out, a)[0],))
    for digits in (1, 30):
        assert only(check(Value(100.0, "x").tanh(), method="mpmath", digits=digits)).verdict == "FAIL"


# Edges


def test_at_the_edge_of_a_domain_the_slope_is_that_of_the_inside() -> None:
    assert measured(lambda x: x**1.5, 0.0)[:4] == (0.0, 0.0, 0.0, 0.0)
    assert measured(lambda x: (x * x * x).sqrt(), 0.0).value == 0.0


@pytest.mark.parametrize(
    ("make", "at", "infinite"),
    [
        (micrograd.sqrt, 0.0, math.inf),
        (micrograd.asin, 1.0, math.inf),
        (micrograd.asin, -1.0, math.inf),
        (micrograd.acos, 1.0, -math.inf),
        (lambda x: 1.0 / x, 1e-300, -math.inf),
    ],
    ids=["sqrt", "asin", "asin at -1", "acos", "1/x"],
)
def test_a_slope_beyond_the_floats_is_infinite(make: Graph, at: float, infinite: float) -> None:
    assert measured(make, at)[:2] == (infinite, math.inf)


def test_digits_that_were_not_reached_are_not_shown() -> None:
    slope = measured(lambda x: x**1.1, 0.0)  # it comes near 0 with the tenth root of the step
    assert slope.digits == ""
    assert 0.0 < slope.value < slope.error < 1e-60


def test_digits_of_a_slope_far_below_the_floats_are_not_looked_for() -> None:
    assert measured(lambda x: x * 1e-200 * 1e-200 * 1e-150, 1.0)[:5] == (0.0, 0.0, 0.0, 0.0, "")


def test_where_neither_side_has_a_value_nothing_is_measured() -> None:
    slope = measured(lambda y: micrograd.pow(-2.0, y), 2.0)
    assert all(map(math.isnan, (slope.value, slope.left, slope.right)))
    assert slope.error == math.inf


@pytest.mark.parametrize(("make", "at"), [(micrograd.sqrt, 0.0), (micrograd.asin, 1.0), (lambda y: micrograd.pow(-2.0, y), 2.0)])
def test_what_is_infinite_or_missing_is_inconclusive(make: Graph, at: float) -> None:
    assert only(check(make(x := Value(at, "x")), inputs=[x], method="mpmath")).verdict == "INCONCLUSIVE"


# What it says


@pytest.mark.parametrize("digits", [-5, 0, 2.5, "3", None])
def test_digits_are_a_whole_number(digits: Any) -> None:
    for method in ("mpmath", "auto"):
        with pytest.raises(ValueError, match=rf"^digits needs to be a whole number from 1 upwards, got {digits!r}"):
            check(Value(1.0, "x").sin(), method=method, digits=digits)


def test_the_precision_of_mpmath_is_put_back() -> None:
    before = mp.prec
    check(Value(1.0, "x").sin(), method="mpmath")
    assert mp.prec == before
