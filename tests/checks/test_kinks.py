"""Corners that no single node shows, and slopes that no float holds, by every way of measuring."""

import math
from collections.abc import Callable

import pytest

import micrograd
from micrograd import Op, Value, check
from micrograd.checks.ladder import corner
from micrograd.replay import Replay
from tests.checks.reading import only

Graph = Callable[[Value], Value]
METHODS = ("complex", "ladder", "mpmath")
every_method = pytest.mark.parametrize("method", METHODS)


@every_method
@pytest.mark.parametrize(
    ("make", "at"),
    [
        (lambda x: (x * x).sqrt(), 0.0),
        (lambda x: ((x - 1.0) ** 2).sqrt(), 1.0),
        (lambda x: (x * x) ** 0.5, 0.0),
        (lambda x: micrograd.hypot(x, 0.0), 0.0),
    ],
    ids=["sqrt(x*x)", "sqrt((x - 1)**2)", "(x*x)**0.5", "hypot(x, 0)"],
)
def test_a_composed_distance_has_the_corner_of_abs(make: Graph, at: float, method: str) -> None:
    row = only(check(make(Value(at, "x")), method=method))
    assert (row.measured.left, row.measured.right) == pytest.approx((-1.0, 1.0), rel=1e-9)
    assert row.verdict == "INCONCLUSIVE"
    assert math.isnan(row.autodiff)
    assert row.hint == "not a number, at a kink: any slope from -1 to 1 is a subgradient"


def test_such_a_corner_is_shown_by_its_two_slopes() -> None:
    assert " -1 to 1 │" in str(check((Value(0.0, "x") ** 2).sqrt()))


@every_method
def test_an_infinite_slope_has_its_own_sign_or_none(method: str) -> None:
    row = only(check(1.0 / Value(1e-300, "x"), method=method))
    assert row.measured.value == -math.inf or math.isnan(row.measured.value)
    assert row.verdict == "INCONCLUSIVE"


@pytest.mark.parametrize(("numerator", "infinite"), [(1.0, -math.inf), (-1.0, math.inf)])
def test_fractions_too_large_for_a_float_keep_their_sign(numerator: float, infinite: float) -> None:
    report = check(numerator / Value(1e-300, "x"))
    assert only(report).measured.value == only(report).autodiff == infinite
    assert "exactly" not in str(report)


@every_method
def test_an_infinite_slope_of_one_input_leaves_the_others_their_verdicts(method: str) -> None:
    x, y = Value(0.0, "x"), Value(2.0, "y")
    report = check(x.sqrt() + y.sin(), method=method)
    assert [row.verdict for row in report.rows] == ["INCONCLUSIVE", "PASS"]


def test_the_bar_at_a_corner_by_differences_is_a_ten_thousandth_of_the_steeper_slope() -> None:
    x = Value(0.0, "x")
    bent = Op("bent", lambda a: max(-a, -3.0 * a), lambda out, a: (-2.0,))
    slope = corner(Replay(bent(x)), x, 0.0)
    assert slope is not None
    assert slope[:4] == pytest.approx((-2.0, 3e-4, -3.0, -1.0))
    for number, verdict in [(-1.0 + 5.9e-4, "PASS"), (-1.0 + 6.1e-4, "FAIL"), (-3.0 - 5.9e-4, "PASS"), (-3.0 - 6.1e-4, "FAIL")]:
        assert only(check(bent(x), {x: number})).verdict == verdict
