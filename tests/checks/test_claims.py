"""What is given by hand, and where it is looked at."""

import math
from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp

from micrograd import Op, Value, check, check_local_derivatives
from micrograd.checks import comparison
from micrograd.checks.claims import FormulaClaim, NumberClaim
from micrograd.checks.complex_step import ComplexStep
from micrograd.checks.digits import Digits
from micrograd.checks.places import Place, Survey, other_places
from micrograd.checks.running_error import Sweep
from micrograd.checks.slopes import NOT_MEASURED, Slope, exactly
from micrograd.checks.verdicts import tried
from micrograd.engine import topological_order
from tests.checks.reading import only


def test_a_whole_number_in_a_formula_that_no_float_holds_has_been_rounded() -> None:
    x = Value(1.5, "x")
    output = x * x * 2.0**53 + x * x  # its slope is 2 (2**53 + 1) x, and the formula is read with 2**53
    assert only(check(output, {x: f"(x + x)*{2**53 + 1}"})).verdict == "PASS"


def test_a_number_reads_no_value_of_the_graph() -> None:
    assert list(NumberClaim(4.0).names) == []


def test_a_whole_number_beyond_the_floats_is_refused() -> None:
    x = Value(2.0, "x")
    with pytest.raises(ValueError, match=r"^the gradient by hand of x is 10+; give a finite number or a formula$"):
        check(x * x, {x: 10**400})


def test_a_constant_is_known_unless_a_label_has_its_name() -> None:
    x = Value(0.3, "x")
    assert check((x * math.pi).sin(), {x: "pi*cos(pi*x)"})
    e = Value(3.0, "e")
    assert check(e * e, {e: "2*e"})


def test_a_formula_is_tried_at_four_other_points() -> None:
    x, asked = Value(2.0, "x"), []

    def by_hand(x: float) -> float:
        asked.append(x)
        return 2.0 * x

    assert check(x * x, {x: by_hand})
    assert len(set(asked)) == 5
    asked.clear()
    assert check(x * x, {x: by_hand}, points=2)
    assert len(set(asked)) == 3


def test_the_other_points_are_to_both_sides_by_up_to_30_percent_and_up_to_three_tenths() -> None:
    far, origin = Value(100.0, "far"), Value(0.0, "origin")
    places = list(other_places(topological_order(far * origin), 50, seed=0))
    moved = sorted(place.number(far) for place in places)
    assert 100.0 - 30.3 <= moved[0] < 80.0
    assert 120.0 < moved[-1] <= 100.0 + 30.3
    moved = sorted(place.number(origin) for place in places)
    assert -0.3 <= moved[0] < -0.2
    assert 0.2 < moved[-1] <= 0.3


@pytest.mark.parametrize("at", [0.01, 1e-7])
def test_a_point_outside_the_domain_comes_nearer_until_it_is_inside(at: float) -> None:
    x = Value(at, "x")
    assert len(list(other_places(topological_order(x.log()), 20, seed=0))) == 20


@pytest.mark.parametrize("method", ["complex", "ladder", "mpmath"])
def test_the_output_has_the_slope_1_by_itself(method: str) -> None:
    x = Value(3.0, "x")
    for output in (x, x.sin() * 2.0):
        assert only(check(output, inputs=[output], method=method)).measured == exactly(Fraction(1))


def test_numbers_and_measurements_are_looked_at_here_only(monkeypatch: pytest.MonkeyPatch) -> None:
    x = Value(2.0, "x")
    monkeypatch.setattr(comparison, "other_places", None)
    assert check(x * x)
    assert check(x * x, {x: 4.0})


def test_a_place_where_nothing_can_be_measured_says_nothing() -> None:
    class Blind(ComplexStep):
        def slope(self, leaf: Value, sweep: Sweep) -> Slope:
            return NOT_MEASURED

    x = Value(2.0, "x")
    output = x * x
    place = Survey(Place(output, {node: node for node in topological_order(output)}), Blind(output))
    told: Any = tried(FormulaClaim("2*x", {"x": x}), x, [place])
    assert told == ("INCONCLUSIVE", "it could be tried at this point only")


def test_mpmath_shows_30_digits() -> None:
    row = only(check(Value(2.0, "x").tanh(), method="mpmath"))
    slope = Digits(output := (x := Value(2.0)).tanh()).slope(x, Sweep(topological_order(output)))
    with mp.workdps(50):
        assert row.measured.digits == slope.digits == mp.nstr(1 / mp.cosh(2) ** 2, 30)


def test_a_rule_of_ones_own_may_lose_what_a_rounded_operand_would_make_of_it() -> None:
    """2 pi a is rounded to a part in 10**16 of a million turns, where the function has dropped the whole ones."""
    turns = Op(
        "turns", lambda a: math.sin(2.0 * math.pi * (a % 1.0)), lambda out, a: (2.0 * math.pi * math.cos(2.0 * math.pi * a),)
    )
    row = only(check_local_derivatives(turns(Value(1e6 + 0.2, "x"))))
    assert row.gap > 1e-9 * abs(row.autodiff)
    assert row.verdict == "PASS"
