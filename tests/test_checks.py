"""The check: it fails each wrong gradient, passes each right one, says what it cannot tell, and names what went wrong."""

import math
import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd import GradientReport, Op, Value, assert_gradients, check, check_local_derivatives, gradient
from micrograd.checks.by_hand import delta_rule
from micrograd.checks.measurement import Slope
from micrograd.checks.reports import Row
from micrograd.checks.running_error import Sweep
from micrograd.datasets import moons, xor
from micrograd.engine import topological_order
from micrograd.losses import half_mean_squared_error, hinge
from micrograd.nn import MLP
from micrograd.ops import OPS, Reduction
from tests.graphs import by_dual_numbers, random_graph
from tests.test_ops import call, points


def neuron() -> tuple[Value, Value, Value, Value]:
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "b")
    return w, x, b, (w * x + b).tanh()


def only(report: GradientReport) -> Row:
    (row,) = report.rows
    return row


def verdicts(report: GradientReport) -> dict[str, str]:
    return {row.label: row.verdict for row in report.rows}


# What can be given by hand


def test_formulas_numbers_functions_and_graphs_by_value_or_label() -> None:
    w, x, b, out = neuron()
    report = check(
        out,
        {
            w: "(1 - tanh(w*x + b)**2) * x",
            "x": (1.0 - math.tanh(2.0) ** 2) * 0.5,
            b: lambda w, x, b: 1.0 - math.tanh(w * x + b) ** 2,
        },
    )
    assert verdicts(report) == {"w": "PASS", "x": "PASS", "b": "PASS"}
    assert report
    assert check(out, {b: 1.0 - out * out})
    assert check(out, dict(zip([w, x, b], gradient(out, [w, x, b]), strict=True)))


def test_a_formula_may_name_inner_nodes() -> None:
    w, *_, out = neuron()
    out.label = "y"
    assert check(out, {w: "(1 - y**2) * x"})


@pytest.mark.parametrize("shape", [list, np.array], ids=["lists", "NumPy"])
def test_a_nest_of_values_takes_a_nest_of_numbers(shape: Callable[[Any], Any]) -> None:
    weights = [[Value(float(3 * i + j), f"w{i}{j}") for j in range(3)] for i in range(2)]
    out = micrograd.dot(weights[0], [1.0, 2.0, 3.0]) * micrograd.dot(weights[1], [4.0, 5.0, 6.0])
    first, second = 8.0, 4.0 * 3.0 + 5.0 * 4.0 + 6.0 * 5.0
    claims = [[second * n for n in (1.0, 2.0, 3.0)], [first * n for n in (4.0, 5.0, 6.0)]]
    report = check(out, [(shape(weights), shape(claims))])
    assert report
    assert len(report.rows) == 6


def test_without_anything_by_hand_autodiff_is_compared_with_the_measurement() -> None:
    *_, out = neuron()
    report = check(out)
    assert [row.label for row in report.rows] == ["w", "x", "b"]
    assert [row.by_hand for row in report.rows] == [None, None, None]
    assert report


def test_no_gradient_is_written_or_needed() -> None:
    w, *_, out = neuron()
    out.backward()
    w.grad = 7.0
    assert check(out)
    assert w.grad == 7.0


# The gradients that checkers with a flat tolerance get wrong


def wrong_rule(symbol: str, function: Callable[[float], float], slope: Callable[[float], float]) -> Op:
    return Op(symbol, function, lambda out, a: (slope(a),))


@pytest.mark.parametrize(
    ("op", "x"),
    [
        (wrong_rule("small sine", lambda a: 1e-6 * math.sin(a), lambda a: -1e-6 * math.cos(a)), 1.0),
        (wrong_rule("far exp", math.exp, lambda a: 2.0 * math.exp(a)), -20.0),
        (wrong_rule("small slope", lambda a: 1e-9 * a * a, lambda a: 0.0), 0.7),
        (wrong_rule("half reciprocal", lambda a: 1.0 / a, lambda a: -0.5 / (a * a)), 1e4),
    ],
    ids=lambda case: case.symbol if isinstance(case, Op) else "",
)
def test_four_wrong_gradients_below_any_flat_tolerance_fail(op: Op, x: float) -> None:
    assert only(check(op(Value(x, "x")))).verdict == "FAIL"
    assert only(check_local_derivatives(op(Value(x, "x")))).verdict == "FAIL"


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (micrograd.relu, 4e-7),
        (micrograd.sqrt, 1e-7),
        (micrograd.log, 1e-5),
        (micrograd.sin, 1e8),
        (micrograd.tanh, 20.0),
    ],
    ids=["relu", "sqrt", "log", "sin", "tanh"],
)
def test_five_right_gradients_that_differences_of_one_size_reject_pass(make: Callable[[Value], Value], x: float) -> None:
    assert check(make(Value(x, "x")))
    assert check(make(Value(x, "x")), method="mpmath")


# Bent rules


def bent(op: Op, how: str) -> Callable[..., tuple[float, ...]]:
    rule = op.derivatives

    def wrong(out: float, *arguments: Any) -> tuple[float, ...]:
        derivatives = list(rule(out, *arguments))
        if how == "sign":
            derivatives[0] = -derivatives[0]
        elif how == "factor 2":
            derivatives[0] = 2.0 * derivatives[0]
        elif how == "0.1 %":
            derivatives[0] = 1.001 * derivatives[0]
        elif how == "term missing":
            derivatives[-1] = 0.0
        elif how == "operands swapped":
            derivatives.reverse()
        return tuple(derivatives)

    return wrong


@pytest.mark.parametrize("how", ["sign", "factor 2", "0.1 %", "term missing", "operands swapped"])
@pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
def test_a_bent_rule_is_caught_and_its_node_named(op: Op, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = next(points(op, far=False, count=100))
    right = call(op, [Value(number, f"x{i}") for i, number in enumerate(numbers)])
    monkeypatch.setattr(op, "derivatives", bent(op, how))
    operands = [Value(number, f"x{i}") for i, number in enumerate(numbers)]
    node = call(op, operands)
    if node.local_derivatives == right.local_derivatives:
        return  # 0 bent by a factor is 0, and 1 operand swapped with itself is itself
    output = node * 1.5
    wrong = [row for row in check_local_derivatives(output).rows if row.verdict == "FAIL"]
    assert wrong
    name = op.symbol if op.symbol.isidentifier() else f" {op.symbol} "
    assert all(name in row.label or (op is micrograd.neg and row.label.startswith("neg")) for row in wrong)
    assert not check(output)


def test_every_row_of_the_table_passes_as_it_is() -> None:
    for op in OPS:
        for numbers in points(op, far=False, count=10):
            output = call(op, [Value(number, f"x{i}") for i, number in enumerate(numbers)])
            if all(abs(derivative) > 1e-270 or derivative == 0.0 for derivative in output.local_derivatives):
                assert check_local_derivatives(output), str(check_local_derivatives(output))


# Formulas that are right here only


def test_a_formula_that_is_right_at_one_point_only_is_caught() -> None:
    x = Value(2.0, "x")
    row = only(check(x * x, {x: "x + 2"}))  # 4 at 2, as 2 x is
    assert row.verdict == "FAIL"
    assert row.hint.startswith("right here only: at x=")
    assert only(check(x.exp(), {x: lambda x: math.exp(2.0)})).verdict == "FAIL"
    assert only(check(x * x, {x: Value(2.0) + x})).verdict == "FAIL"


def test_a_number_is_asked_for_here_only() -> None:
    x = Value(2.0, "x")
    assert check(x * x, {x: 4.0})
    assert check(x * x, {x: "4"})
    assert check(x * x, {x: Value(4.0)})


def test_points_outside_the_domain_are_left_out() -> None:
    x = Value(0.01, "x")
    assert check(x.log(), {x: "1/x"}, points=20)


# Hints


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


def test_a_transposed_square_array_is_seen() -> None:
    weights = [[Value(1.0, "w11"), Value(2.0, "w12")], [Value(3.0, "w21"), Value(4.0, "w22")]]
    out = micrograd.dot([*weights[0], *weights[1]], [5.0, 6.0, 7.0, 8.0])
    report = check(out, [(weights, [[5.0, 7.0], [6.0, 8.0]])])
    assert [row.hint for row in report.rows] == ["", "transposed", "transposed", ""]


def test_the_gradient_of_another_input_is_recognized() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    report = check(w * x + x, {w: 1.5, x: 2.0})
    assert [row.hint for row in report.rows] == ["this is the gradient of x", "this is the gradient of w"]


def test_a_rounded_number_is_told_to_be_one() -> None:
    _, _, b, out = neuron()
    assert hint({b: 0.0707}, out) == "right to 3 digits only; give all of them, or a formula"


def test_an_input_without_a_path_has_the_gradient_0() -> None:
    a, b = Value(3.0, "a"), Value(4.0, "b")
    report = check(a * a, inputs=[a, b])
    assert verdicts(report) == {"a": "PASS", "b": "PASS"}
    assert hint({b: 1.0}, a * a + 0.0 * b) == "the gradient is 0"


# Kinks


def test_the_kink_of_abs_is_one_too() -> None:
    row = only(check(abs(Value(0.0, "z"))))
    assert (row.verdict, row.hint) == ("PASS", "a kink: any slope from -1 to 1 is a subgradient")


def test_conventions_that_do_not_add_up_at_a_kink_are_inconclusive() -> None:
    z = Value(0.0, "z")
    row = only(check(z.relu() - (-z).relu()))  # z itself, with slope 1; but relu takes the slope 0 at 0, twice
    assert (row.autodiff, row.measured.value, row.verdict) == (0.0, 1.0, "INCONCLUSIVE")
    assert row.hint.startswith("at a kink")


def test_at_a_kink_a_number_between_the_slopes_passes_and_the_row_says_so() -> None:
    z = Value(0.0, "z")
    for subgradient, verdict in [(0.0, "PASS"), (0.3, "PASS"), (1.0, "PASS"), (1.1, "FAIL"), (-0.1, "FAIL")]:
        row = only(check(z.relu(), {z: subgradient}))
        assert row.verdict == verdict
        assert row.measured[2:4] == (0.0, 1.0)
        if verdict == "PASS":
            assert row.hint == "a kink: any slope from 0 to 1 is a subgradient"
            assert row.gap == 0.0


# What cannot be told


def test_a_bar_too_wide_is_inconclusive_and_no_pass() -> None:
    flat = Op("flat", lambda a: 1.0 + 1e-14 * a, lambda out, a: (1e-14,))
    report = check(flat(Value(1.0, "x")))
    assert only(report).verdict == "INCONCLUSIVE"
    assert only(report).hint.startswith("it cannot be told: rounding alone may make")
    assert not report


def test_an_infinite_slope_is_inconclusive() -> None:
    assert only(check(Value(0.0, "x").sqrt())).verdict == "INCONCLUSIVE"


def test_a_gradient_that_cancels_is_0_within_rounding() -> None:
    x, y = Value(0.1, "x"), Value(0.3, "y")
    output = (x + y) * 3.0 - x * 3.0 - y * 3.0  # 0 but for rounding
    assert check(output)


def test_what_rounding_has_eaten_cannot_be_told() -> None:
    z = Value(0.3, "z")
    eaten = z.sin() * 1e16 - z.sin() * 1e16 + z.sin()
    assert only(check(eaten, {z: "-cos(z)"})).verdict != "PASS"
    assert only(check(z.sin(), {z: "7*cos(z) + 1e17*z - 1e17*z"})).verdict == "INCONCLUSIVE"


def test_a_claim_that_is_not_among_the_inputs_is_looked_at_all_the_same() -> None:
    x, y = Value(3.0, "x"), Value(2.0, "y")
    assert verdicts(check(x * y, {x: "99*y"}, inputs=[y])) == {"y": "PASS", "x": "FAIL"}


def test_a_formula_that_could_be_tried_nowhere_else_is_inconclusive() -> None:
    x = Value(0.01, "x")
    row = only(check(x.log() + 1.0, {x: lambda x: 100.0}, points=0))
    assert (row.verdict, row.hint) == ("INCONCLUSIVE", "it could be tried at this point only")


@pytest.mark.parametrize("x", [1e-285, 5e-324, 1e-100])
def test_tiny_numbers_raise_no_false_alarm(x: float) -> None:
    assert only(check(Value(x, "x").tanh())).verdict != "FAIL"
    assert only(check(Value(x, "x").sin() ** 3)).verdict != "FAIL"


def test_a_scale_as_small_as_the_step_is_not_overlooked() -> None:
    x = Value(0.0, "x")
    assert only(check((x + 1e-42).log(), method="complex")).verdict != "FAIL"


def test_cross_entropy_of_leaf_logits_passes_at_every_scale() -> None:
    generator = random.Random(9)
    for scale in (1.0, 20.0, 100.0, 1e4):
        for _ in range(50):
            logits = [Value(generator.uniform(-scale, scale), f"z{i}") for i in range(5)]
            report = check(micrograd.logsumexp(logits) - logits[2])
            assert all(row.verdict != "FAIL" for row in report.rows), str(report)


@pytest.mark.parametrize(("op", "x"), [(micrograd.silu, -1.2784645427610738), (micrograd.gelu, -0.7517915246935645)])
def test_a_slope_that_crosses_0_is_no_false_alarm(op: Callable[[Value], Value], x: float) -> None:
    assert only(check(op(Value(x, "x")))).verdict != "FAIL"


@pytest.mark.parametrize("method", ["ladder", "mpmath"])
def test_every_method_sees_a_kink(method: str) -> None:
    z = Value(0.0, "z")
    row = only(check(z.relu(), {z: 0.0}, method=method))
    assert row.verdict == "PASS"
    assert row.measured[2:4] == pytest.approx((0.0, 1.0), abs=1e-6)


def test_a_fast_oscillation_far_out_is_not_mistaken_for_a_slope() -> None:
    wave = Op("wave", math.sin, lambda out, a: (math.cos(a),))
    for x in (1e8, 1e15):
        assert only(check(wave(Value(x, "x")))).verdict != "FAIL"


def test_an_own_row_whose_output_cancels_is_no_false_alarm() -> None:
    cube = Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))
    assert only(check(cube(Value(2.0, "x")) * 1e8 - 8e8)).verdict == "PASS"
    assert only(check(cube(Value(2.0, "x")) + 1e30)).verdict == "INCONCLUSIVE"


def test_the_sweep_of_the_check_is_that_of_backward() -> None:
    generator = random.Random(10)
    for _ in range(300):
        output, leaves = random_graph(generator, 3, 8)
        output.backward()
        sweep = Sweep(topological_order(output))
        assert [sweep.gradient.get(leaf, 0.0) for leaf in leaves] == [leaf.grad for leaf in leaves]


# Exact


def test_the_gradient_as_a_graph_passes_its_own_check() -> None:
    x, y = Value(1.5, "x"), Value(0.2, "y")
    output = (x - y) ** 2 / 3
    assert check(output, dict(zip([x, y], gradient(output, [x, y]), strict=True)))
    assert check(output, {x: "2/3*(x - y)"})


def test_a_rational_formula_is_compared_with_no_tolerance() -> None:
    x = Value(0.1, "x")
    assert only(check(x * x * x, {x: "3*x*x"})).measured.error == 0.0
    assert only(check(x * x * x, {x: "3*x*x + x/9007199254740992"})).verdict == "FAIL"
    assert check(x * x, {x: 2 * Fraction(0.1)})
    assert only(check(x * x, {x: 2 * Fraction(0.1) + Fraction(1, 10**40)})).verdict == "FAIL"


@pytest.mark.parametrize("method", ["exact", "complex", "ladder", "mpmath"])
def test_every_method_passes_what_is_right_and_fails_what_is_not(method: str) -> None:
    x, y = Value(1.5, "x"), Value(0.5, "y")
    output = x * x / y + 3.0 * y
    assert check(output, {x: "2*x/y", y: "3 - x*x/y**2"}, method=method)
    assert not check(output, {x: "2*x"}, method=method)


# Many


def test_2000_random_graphs_pass() -> None:
    """Autodiff, the complex step and dual numbers agree, each within its bars."""
    generator = random.Random(8)
    inconclusive = 0
    for _ in range(2000):
        output, leaves = random_graph(generator, 3, 8)
        report = check(output, inputs=leaves)
        assert all(row.verdict != "FAIL" for row in report.rows), str(report)
        inconclusive += not report
        leaf, row = leaves[0], report.rows[0]
        expected, size = by_dual_numbers(output, leaf)
        if row.measured.left == row.measured.right:
            assert abs(row.measured.value - expected) <= 1e-12 * size
    assert inconclusive < 20  # where contributions have cancelled to almost nothing


def test_every_parameter_of_a_network_passes() -> None:
    data = moons(3, labels=(-1, 1))
    model = MLP(2, [8, 8, 1], "tanh", seed=0)
    assert check(hinge([model(row) for row in data.inputs], data.targets), inputs=model.parameters())


def test_random_directions_check_all_parameters_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data = moons(3, labels=(-1, 1))
    model = MLP(2, [16, 16, 1], "tanh", seed=0)

    def loss() -> Value:
        return hinge([model(row) for row in data.inputs], data.targets)

    report = check(loss(), inputs=model.parameters(), directions=3)
    assert report
    assert [row.label for row in report.rows] == [f"direction {i} through 337 inputs" for i in (1, 2, 3)]
    monkeypatch.setattr(micrograd.tanh, "derivatives", bent(micrograd.tanh, "0.1 %"))
    assert not check(loss(), inputs=model.parameters(), directions=3)


# The report


def test_the_report_is_a_table_in_the_terminal_and_in_a_notebook() -> None:
    w, x, _, out = neuron()
    w.label = "<w>"
    report = check(out, {w: 0.0, x: 0.0354})
    text = str(report)
    assert text.splitlines()[0] == "0 of 2 gradients pass, measured by complex step"
    assert all(heading in text for heading in ("input", "autodiff", "by hand", "measured", "gap", "verdict", "hint"))
    html = report._repr_html_()
    assert "&lt;w&gt;" in html
    assert "<w>" not in html
    assert html.count("FAIL") == 2


def test_the_table_as_text_stays_text_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rich sees a notebook, it shows by itself what it prints to a file; and a kernel asks for colours."""
    w, *_, out = neuron()
    report = check(out, {w: 0.0})
    text = str(report)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert str(report) == repr(report) == text
    assert "FAIL" in text


def test_assert_gradients_raises_with_the_table() -> None:
    w, *_, out = neuron()
    assert_gradients(out, {w: "(1 - tanh(w*x + b)**2) * x"})
    with pytest.raises(AssertionError, match=r"(?s)^the gradients do not agree\n0 of 1 gradients pass.*│ w .*FAIL.*sign:"):
        assert_gradients(out, {w: "-(1 - tanh(w*x + b)**2) * x"})


def test_a_report_is_true_only_if_every_row_passes() -> None:
    row = Row("x", 1.0, None, Slope(1.0, 0.0, 1.0, 1.0), "PASS")
    assert GradientReport((row, row), "complex")
    for verdict in ("FAIL", "INCONCLUSIVE"):
        assert not GradientReport((row, replace(row, verdict=verdict)), "complex")


# Bad input


def test_bad_input_is_one_sentence() -> None:
    w, x, _, out = neuron()
    other = Value(1.0, "other")
    cases: list[tuple[Any, str]] = [
        ({"q": 1.0}, r"^by_hand names 'q', which no Value of the graph has as its label; labels: w, x, b$"),
        ({w: "q*x"}, r"^the formula for w names 'q', which no Value of the graph has"),
        ({w: lambda q: q}, r"^the function for w names 'q', which no Value"),
        (
            {other: 1.0},
            (
                r"^by_hand has a gradient for Value\(data=1.0, label='other'\), which is not in the graph of the output; "
                r"leave it out, or write micrograd.maximum where max or np.maximum has dropped it as the smaller one$"
            ),
        ),
        ({w: math.nan}, r"^the gradient by hand of w is nan; give a finite number or a formula$"),
        ({w: math.inf}, r"^the gradient by hand of w is inf; give a finite number or a formula$"),
        ({w: 1.0, "w": 2.0}, r"^by_hand has two gradients for w; give one$"),
        ({w: lambda w: "a"}, r"^the gradient by hand of w cannot be computed: the function gave 'a', which is no number$"),
        ({w: "x +"}, r"^something is missing after this"),
        ({w: "log(-x)"}, r"^the gradient by hand of w cannot be computed: log\(-2.0\) has no value"),
        (
            [([w, x], [1.0])],
            r"^the gradient by hand of w, ... needs the shape of these Values, \(2,\), and has",
        ),
        (
            [([[w, x]], [[1.0], [2.0]])],
            r"of these Values, \(1, 2\), and has the shape \(2, 1\); it is transposed$",
        ),
    ]
    for by_hand, message in cases:
        with pytest.raises(ValueError, match=message):
            check(out, by_hand)
    bad: Any
    for bad, message in [
        ({w: 1j}, r"^the gradient by hand of w is a number, a formula, a function or a Value, got 1j$"),
        ({w: None}, r"got None$"),
        ({w: math.cos}, r"^the function for w needs parameters that are named like labels"),
        ([1.0], r"^by_hand is a dictionary such as {w: 2.0} or a list of pairs such as .*, got \[1.0\]$"),
        ("x", r"^by_hand is a dictionary .* got 'x'$"),
        (([w], [1.0]), r"^by_hand is a dictionary"),
        ({1: 2.0}, r"^by_hand names Values, their labels or nests of Values, and not 1$"),
    ]:
        with pytest.raises(TypeError, match=message):
            check(out, bad)
    bad = 3.0
    with pytest.raises(TypeError, match=r"^check needs the Value whose gradient is checked, got 3.0$"):
        check(bad)
    with pytest.raises(TypeError, match=r"^the inputs of a check are Values, and one is 3.0$"):
        check(out, inputs=[bad])
    with pytest.raises(ValueError, match=r"^there is no method 'fast'; choose from auto, exact, complex, ladder, mpmath$"):
        check(out, method="fast")
    with pytest.raises(ValueError, match=r"^the graph has operations that the method 'exact' cannot run; use method='auto'$"):
        check(out, method="exact")


def test_two_values_of_one_label_cannot_be_told_apart_by_it() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "x")
    with pytest.raises(ValueError, match=r"^by_hand names 'x', and several Values of the graph have that label"):
        check(x * y, {"x": 2.0})


def test_a_leaf_that_has_changed_since_is_noticed() -> None:
    _, x, _, out = neuron()
    x.data = 5.0
    with pytest.raises(ValueError, match=r"^w=0.5 \* x=5.0 was 1.0 when it was computed and is 2.5 now, so a leaf has changed"):
        check(out)


def test_an_inner_node_cannot_be_moved() -> None:
    *_, out = neuron()
    with pytest.raises(ValueError, match=r"^only leaves can be moved to measure a slope"):
        check(out, inputs=[out.parents[0]])


def test_a_users_own_row_is_measured_by_differences() -> None:
    cube = Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))
    x = Value(2.0, "x")
    assert check(cube(x) * x, {x: "4*x**3"})
    assert "by differences" in str(check(cube(x)))
    assert all(isinstance(node, Value) for node in topological_order(cube(x)))
    assert not isinstance(cube, Reduction)
