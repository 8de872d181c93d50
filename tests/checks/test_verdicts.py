"""The check fails each wrong gradient, passes each right one, and says what it cannot tell."""

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd import Op, Value, check, check_local_derivatives, gradient
from micrograd.checks.running_error import Sweep
from micrograd.datasets import moons
from micrograd.engine import topological_order
from micrograd.losses import hinge
from micrograd.nn import MLP
from micrograd.ops import OPS
from tests.checks.reading import neuron, only, verdicts
from tests.graphs import by_dual_numbers, random_graph
from tests.test_ops import call, points

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
        else:
            assert row.hint == ""


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
    assert inconclusive < 40  # where contributions, each of them rounded, have cancelled to nothing that could be told


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
