"""What the check says of a wrong gradient."""

import math
from typing import Any

import pytest

import micrograd
from micrograd import Op, Value, check, check_local_derivatives
from micrograd.checks.by_hand import delta_rule
from micrograd.checks.hints import divisors
from micrograd.checks.hints import hint as hint_of_number
from micrograd.checks.running_error import Sweep
from micrograd.checks.slopes import Slope
from micrograd.datasets import xor
from micrograd.engine import topological_order
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from tests.checks.reading import neuron, only, verdicts


def hint(by_hand: Any, output: Value, **options: Any) -> str:
    row = check(output, by_hand, **options).rows[0]
    assert row.verdict == "FAIL"
    return row.hint


def test_hints_say_what_a_wrong_number_looks_like() -> None:
    a = Value(3.0, "a")
    assert hint({a: -6.0}, a * a) == "sign: the right size with the wrong sign"
    assert hint({a: 3.0}, a * a) == "counted once of 2 uses"
    assert hint({a: 5.0}, a * a + a * 1.0 - a * 2.0 + 2.0 * a + a) == "one of 6 uses is missing"
    assert hint({a: 54.0}, a**3) == "factor 2: twice the right value"
    assert hint({a: 13.5}, a**3) == "factor 2: half the right value"
    assert hint({a: 1.2345}, a**3) == ""


def test_a_use_that_gives_nothing_is_no_slip() -> None:
    a = Value(3.0, "a")
    assert hint({a: 0.0}, a * a + a * 0.0) == ""


def test_a_single_use_is_not_missing_where_it_differs_from_the_slope_by_rounding() -> None:
    x = Value(2.0, "x")
    slope = Slope(math.nextafter(3.0, 4.0), 1e-15, 3.0, 3.0)
    assert hint_of_number(0.0, x, slope, 1e-15, Sweep(topological_order(x * 3.0))) == ""


def test_the_output_itself_has_the_gradient_1() -> None:
    x = Value(3.0, "x")
    for output in (x, x.sin()):
        assert hint({output: -1.0}, output) == "sign: the right size with the wrong sign"
        assert hint({output: 2.0}, output) == "factor 2: twice the right value"
        assert hint({output: 0.7}, output) == ""


def test_a_number_is_asked_for_a_hint_here_only_beside_a_formula_too() -> None:
    a, b = Value(3.0, "a"), Value(2.0, "b")
    assert hint({a: -2.0, b: "a"}, a * b) == "sign: the right size with the wrong sign"


@pytest.mark.parametrize(("factor", "guess"), [(-1.0, " (sign: the right size with the wrong sign)"), (1.2345, "")])
def test_a_wrong_rule_is_told_with_what_it_looks_like(factor: float, guess: str) -> None:
    bent = Op("bent", math.sin, lambda out, a: (factor * math.cos(a),))
    row = only(check(bent(Value(0.5, "x"))))
    assert row.hint == f"autodiff is wrong{guess}: check_local_derivatives finds the operation"


def test_a_formula_gets_a_hint_only_if_it_looks_like_that_elsewhere_too() -> None:
    w, *_, out = neuron()
    assert hint({w: "2*(1 - tanh(w*x + b)**2)*x"}, out) == "factor 2: twice the right value"
    assert hint({w: "1 - tanh(w*x + b)**2"}, out) == ""  # x is forgotten, which is 2 here and something else elsewhere


def test_a_formula_that_loses_its_digits_is_inconclusive() -> None:
    x = Value(40.0, "x")
    row = only(check(x.sigmoid(), {x: "sigmoid(x)*(1 - sigmoid(x))"}))
    assert (row.by_hand, row.verdict) == (0.0, "INCONCLUSIVE")
    assert row.hint == "the formula loses its digits here, so it cannot be told"


def test_numbers_that_differ_late_are_shown_with_the_digits_that_differ() -> None:
    x = Value(2.0, "x")
    text = str(check(x * x, {x: 4.0000001}))
    assert "4.0000001" in text
    assert "right to 7 digits only" in text


@pytest.mark.parametrize(("off", "verdict"), [(1e-10, "PASS"), (1e-8, "FAIL")])
def test_a_number_is_taken_to_be_right_to_nine_digits(off: float, verdict: str) -> None:
    for x in (Value(2.0, "x"), Value(-2.0, "x")):
        assert only(check(x * x, {x: 2.0 * x.data * (1.0 + off)})).verdict == verdict


def test_a_leaf_is_its_own_derivative() -> None:
    x = Value(3.0, "x")
    assert check(x, {x: 1.0})


def test_nothing_to_check_is_no_pass() -> None:
    with pytest.raises(ValueError, match=r"^there is nothing to check: the graph has no leaf but plain numbers"):
        check(Value(2.0, "x") * 3.0, inputs=[])


def test_directions_and_formulas_are_not_mixed() -> None:
    w, *_, out = neuron()
    with pytest.raises(ValueError, match=r"^directions compare autodiff with a measurement and no gradient by hand"):
        check(out, {w: "x"}, directions=3)


def test_changed_leaves_accuse_no_rule() -> None:
    _, x, _, out = neuron()
    x.data = 5.0
    with pytest.raises(ValueError, match=r"so a leaf has changed since; compute the output again$"):
        check_local_derivatives(out)


def test_a_missing_1_over_m_is_seen() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    inputs, targets = xor()
    loss = half_mean_squared_error([model(row) for row in inputs], targets)
    right = delta_rule(model, inputs, targets)
    report = check(loss, {label: 4.0 * number for label, number in right.items()})
    assert {row.hint for row in report.rows} == {"1/m missing (m = 4)"}
    report = check(loss, {label: number / 4.0 for label, number in right.items()})
    assert {row.hint for row in report.rows} == {"1/m once too often (m = 4)"}


def test_the_m_of_a_mean_is_a_whole_number_above_2_that_the_graph_divides_by_or_half_of_it() -> None:
    x = Value(1.0, "x")
    output = x / 10.0 * 0.125 * 2.0 * 2.5 - x * 7.0 / 1.5 + x * 3.0 * -1.0
    assert divisors(topological_order(output)) == [3.0, 5.0, 7.0, 8.0, 10.0]  # 5 is 10 / 2, and 8 is 1 / 0.125


def test_a_slip_is_recognized_in_a_slope_by_differences() -> None:
    cube = Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))
    x = Value(0.7, "x")
    assert hint({x: 3.0 * 0.49}, cube(x) / 1000.0) == "1/m missing (m = 1000)"


def test_the_bar_of_a_slip_is_as_many_times_that_of_the_slope() -> None:
    x = Value(2.0, "x")
    slope, sweep = Slope(1e-3, 1e-9, 1e-3, 1e-3), Sweep(topological_order(x / 1000.0))
    for off, told in [(1.9e-6, "1/m missing (m = 1000)"), (2.1e-6, "")]:
        assert hint_of_number(1.0 + off, x, slope, 0.0, sweep) == told


def test_a_transposed_square_array_is_seen() -> None:
    weights = [[Value(1.0, "w11"), Value(2.0, "w12")], [Value(3.0, "w21"), Value(4.0, "w22")]]
    out = micrograd.dot([*weights[0], *weights[1]], [5.0, 6.0, 7.0, 8.0])
    report = check(out, [(weights, [[5.0, 7.0], [6.0, 8.0]])])
    assert [row.hint for row in report.rows] == ["", "transposed", "transposed", ""]
    report = check(out, [(weights, [[5.0, 7.5], [6.5, 8.0]])])
    assert [(row.verdict, row.hint) for row in report.rows[1:3]] == [("FAIL", ""), ("FAIL", "")]


def test_the_gradient_of_another_input_is_recognized() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    report = check(w * x + x, {w: 1.5, x: 2.0})
    assert [row.hint for row in report.rows] == ["this is the gradient of x", "this is the gradient of w"]
    report = check(0.7e-20 * x - 2.1e-20 * w, {w: -2.1e-20, x: 0.9e-20})
    assert [row.hint for row in report.rows] == ["", ""]
    report = check(0.7 * x - 2.1 * w, {w: -2.1, x: math.nextafter(-2.1, 0.0)})
    assert [row.hint for row in report.rows] == ["", "this is the gradient of w"]


def test_the_gradient_of_another_input_is_recognized_at_a_kink_too() -> None:
    z, y = Value(0.0, "z"), Value(3.0, "y")
    report = check(z.relu() + 5.0 * y, {z: 5.0, y: 5.0})
    assert [(row.verdict, row.hint) for row in report.rows] == [("FAIL", "this is the gradient of y"), ("PASS", "")]


def test_a_rounded_number_is_told_to_be_one() -> None:
    _, _, b, out = neuron()
    assert hint({b: 0.0707}, out) == "right to 3 digits only; give all of them, or a formula"


def test_a_guess_for_one_row_leaves_the_others() -> None:
    x, y, z = Value(2.0, "x"), Value(3.0, "y"), Value(7.0, "z")
    report = check(x.sin() + 5.0 * y + z.exp(), {x: -0.41615, y: math.cos(2.0), z: 0.0})
    assert [row.hint for row in report.rows] == [
        "right to 5 digits only; give all of them, or a formula",
        "this is the gradient of x",
        "",
    ]


@pytest.mark.parametrize(("count", "more"), [(1, ""), (4, ""), (5, ", ...")])
def test_a_point_is_told_by_four_numbers(count: int, more: str) -> None:
    values = [Value(float(n), f"n{n}") for n in range(1, count + 1)]
    product = math.prod(values[1:], start=values[0])
    names = "*".join(value.label or "" for value in values)
    told = hint({"n1": f"{names}/n1 + {names} - {math.factorial(count)}"}, product)
    where = told.removeprefix("right here only: at ").partition(" it gives")[0]
    assert [part.partition("=")[0] for part in where.split(", ")] == [f"n{n}" for n in range(1, min(count, 4) + 1)] + [
        "..."
    ] * bool(more)


def test_a_number_as_far_off_as_floats_go_needs_no_hint() -> None:
    assert hint({"x": 1e200}, Value(1.0, "x").tanh() * 1e-200) == ""


def test_an_input_without_a_path_has_the_gradient_0() -> None:
    a, b = Value(3.0, "a"), Value(4.0, "b")
    report = check(a * a, inputs=[a, b])
    assert verdicts(report) == {"a": "PASS", "b": "PASS"}
    assert hint({b: 1.0}, a * a + 0.0 * b) == "the gradient is 0"
