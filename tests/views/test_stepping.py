"""The two sweeps step by step, and their transcript."""

import copy
import operator
import random
import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import pytest

import micrograd
from micrograd import Value, backward_steps, explain_non_finite, forward_steps, transcript
from micrograd.engine import Constant, NoGradient, topological_order
from micrograd.ops import OPS, Reduction
from micrograd.text.naming import signed


def product_and_sum() -> tuple[Value, Value, Value]:
    """f = (a*b) * (a+b) at a = -2, b = 3, the graph that every test below can do by hand."""
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    f = (a * b) * (a + b)
    f.label = "f"
    return a, b, f


def random_graph(seed: int) -> Value:
    generator = random.Random(seed)
    values = [Value(generator.uniform(-2.0, 2.0), label=f"x{i}") for i in range(1, 5)]
    for _ in range(40):
        one, other = generator.choice(values), generator.choice(values)
        kind = generator.randrange(5)
        values.append([one + other, one * other, one - 0.5, one.tanh(), micrograd.dot([one, other], [other, one])][kind])
    return micrograd.total(values).tanh()


def gradients_of(output: Value) -> list[float | None]:
    return [None if isinstance(node.grad, NoGradient) else node.grad for node in topological_order(output)]


# Backward


def test_every_step_of_the_product_of_a_product_and_a_sum() -> None:
    a, b, f = product_and_sum()
    product, total = f.parents  # -6 and 1
    steps = [(*step[:9],) for step in backward_steps(f)]
    #     node, parent, upstream, local, product, before, after, number, of
    assert steps == [
        (f, product, 1.0, 1.0, 1.0, 0.0, 1.0, 1, 1),
        (f, total, 1.0, -6.0, -6.0, 0.0, -6.0, 1, 1),
        (total, a, -6.0, 1.0, -6.0, 0.0, -6.0, 1, 2),
        (total, b, -6.0, 1.0, -6.0, 0.0, -6.0, 1, 2),
        (product, a, 1.0, 3.0, 3.0, -6.0, -3.0, 2, 2),
        (product, b, 1.0, -2.0, -2.0, -6.0, -8.0, 2, 2),
    ]
    assert (a.grad, b.grad) == (-3.0, -8.0)


def test_a_step_reads_as_the_chain_rule_with_symbols_and_numbers() -> None:
    a, c = Value(2.0, label="a"), Value(1.5, label="c")
    f = (a * 2.0) * c
    f.label = "f"
    first, _, last = map(str, backward_steps(f))
    assert first == "df/dv1 += df/df · ∂f/∂v1 = 1 · 1.5 = 1.5  (1 of 1)"
    assert last == "df/da += df/dv1 · ∂v1/∂a = 1.5 · 2 = 3  (1 of 1)"


@pytest.mark.parametrize("seed", range(20))
def test_all_steps_together_are_the_sweep_bit_for_bit(seed: int) -> None:
    stepped = random_graph(seed)
    swept = copy.deepcopy(stepped)
    swept.backward()
    for step in backward_steps(stepped):
        assert step.product == step.local_derivative * step.upstream
        assert step.parent.grad == step.grad_after == step.grad_before + step.product
    assert gradients_of(stepped) == gradients_of(swept)


def test_a_sweep_can_be_stopped_between_any_two_steps_to_look() -> None:
    a, _, f = product_and_sum()
    steps = backward_steps(f)
    assert isinstance(f.grad, NoGradient)  # nothing is done before the first step is asked for
    for _ in range(3):
        next(steps)
    assert a.grad == -6.0
    list(steps)
    assert a.grad == -3.0


def test_leaves_add_up_over_two_stepped_sweeps_as_over_two_of_backward() -> None:
    a, b, f = product_and_sum()
    list(backward_steps(f))
    again = list(backward_steps(f))
    assert (a.grad, b.grad, f.grad) == (-6.0, -16.0, 1.0)
    assert str(again[2]).endswith("(1 of 2, now -9)")  # -3 from the first sweep, -6 now


def test_both_uses_of_one_operand_are_steps() -> None:
    a = Value(3.0, label="a")
    assert [(step.contribution, step.contributions) for step in backward_steps(a + a)] == [(1, 2), (2, 2)]


def test_a_local_derivative_never_looks_like_a_gradient_or_like_that_of_another_use() -> None:
    x = Value(3.0, label="x")
    gradients, local_derivatives = set(), []
    for step in backward_steps(x * x + x):
        gradient, _, product = str(step).partition(" += ")
        gradients.add(gradient)
        local_derivatives.append((product.split(" ")[2], step.local_derivative))
    # Through the square and past it: dout/dx is 7, while x alone contributes 1, and each factor of the square contributes 3.
    assert gradients == {"dout/dv1", "dout/dx"}
    assert local_derivatives == [("∂out/∂v1", 1.0), ("∂out/∂x", 1.0), ("∂v1/∂x₍₁₎", 3.0), ("∂v1/∂x₍₂₎", 3.0)]
    assert x.grad == 7.0


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, micrograd.atan2])
def test_the_number_of_a_use_is_the_place_of_the_operand(op: Callable[[Value, Value], Value]) -> None:
    a = Value(2.0, label="a")
    told = [re.findall(r"∂out/∂a(\S+) = 1 · (.+?) =", str(step)) for step in backward_steps(op(a, a))]
    one, other = op(Value(2.0), Value(2.0)).local_derivatives
    assert told == [[("₍₁₎", signed(one))], [("₍₂₎", signed(other))]]


def test_a_plain_number_gets_its_gradient_and_makes_no_step() -> None:
    x = Value(3.0, label="x")
    y = 2.0 * x
    assert [step.parent for step in backward_steps(y)] == [x]
    (constant,) = (parent for parent in y.parents if isinstance(parent, Constant))
    assert constant.grad == 3.0


def test_a_chain_of_100_000_is_stepped_without_recursion() -> None:
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1.0
    assert sum(1 for _ in backward_steps(y)) == 100_000
    assert x.grad == 1.0


def test_two_sweeps_that_share_a_leaf_both_add_to_it() -> None:
    x = Value(3.0)
    square, cube = x * x, x * x * x
    for _ in zip_longest(backward_steps(square), backward_steps(cube)):
        pass
    assert x.grad == 2 * 3.0 + 3 * 9.0


def test_a_gradient_that_is_set_between_two_steps_counts() -> None:
    x = Value(3.0)
    steps = backward_steps(x * x)
    next(steps)
    x.grad = 0.0
    next(steps)
    assert x.grad == 3.0


# Forward


def test_forward_computes_every_node_anew_from_leaves_that_were_changed() -> None:
    a, b, f = product_and_sum()
    a.data = 4.0
    lines = [str(step) for step in forward_steps(f)]
    assert lines == ["v1 = a*b = 4*3 = 12", "v2 = a + b = 4 + 3 = 7", "f = v1*v2 = 12*7 = 84"]
    f.backward()
    assert (a.grad, b.grad) == (12.0 + 3.0 * 7.0, 12.0 + 4.0 * 7.0)


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
def test_forward_computes_every_operation_of_the_table_as_it_was_computed_first(op: Any) -> None:
    operands = [Value(0.25), Value(0.5)]
    output = op(*[[operand, 0.75] if isinstance(op, Reduction) else operand for operand in operands[: op.arity]])
    before = output.data, output.local_derivatives
    operands[0].data, operands[1].data = 0.375, 0.75
    list(forward_steps(output))
    assert (output.data, output.local_derivatives) != before or op in (micrograd.step, micrograd.sign, micrograd.ahead)
    operands[0].data, operands[1].data = 0.25, 0.5
    list(forward_steps(output))
    assert (output.data, output.local_derivatives) == before


def test_forward_names_the_operation_that_has_no_value_any_more() -> None:
    x = Value(1.0, label="x")
    y = micrograd.log(x)
    x.data = -1.0
    with pytest.raises(ValueError, match=r"log\(x=-1\.0\) has no value: log needs a number above 0"):
        list(forward_steps(y))


# The transcript


def test_the_transcript_tells_everything_and_changes_nothing() -> None:
    _, _, f = product_and_sum()
    before = gradients_of(f)
    assert str(transcript(f)).splitlines() == [
        "forward: every node from its parents",
        "  v1 = a*b = -2*3 = -6",
        "  v2 = a + b = -2 + 3 = 1",
        "  f = v1*v2 = -6*1 = -6",
        "backward: every gradient by the chain rule",
        "  df/df = 1",
        "  df/dv1 += df/df · ∂f/∂v1 = 1 · 1 = 1  (1 of 1)",
        "  df/dv2 += df/df · ∂f/∂v2 = 1 · (-6) = -6  (1 of 1)",
        "  df/da += df/dv2 · ∂v2/∂a = (-6) · 1 = -6  (1 of 2)",
        "  df/db += df/dv2 · ∂v2/∂b = (-6) · 1 = -6  (1 of 2)",
        "  df/da += df/dv1 · ∂v1/∂a = 1 · 3 = 3  (2 of 2, now -3)",
        "  df/db += df/dv1 · ∂v1/∂b = 1 · (-2) = -2  (2 of 2, now -8)",
    ]
    assert gradients_of(f) == before


def test_a_transcript_of_more_than_10_000_steps_is_refused() -> None:
    x = Value(1.0)
    for _ in range(10_000):
        x = x + 1.0
    with pytest.raises(ValueError, match=r"about 30,000 steps is too long to read; raise max_steps, or take a part"):
        transcript(x)
    with pytest.raises(ValueError, match=r"about 10,001 steps"):
        transcript(micrograd.total([Value(1.0)] * 10_000))


@pytest.mark.parametrize("what", [forward_steps, backward_steps, transcript, explain_non_finite])
@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ([], "got an empty list; pass the Value that was computed last"),
        ([Value(1.0), Value(2.0)], "got a list of 2; pass one of its Values, or micrograd.total"),
        (2.0, "got the number 2.0, which has no graph"),
        ("x", r"got 'x' \(str\); pass the Value"),
        (None, "got None"),
    ],
)
def test_what_is_not_a_value_is_refused_at_once(what: object, wrong: object, advice: str) -> None:
    with pytest.raises(TypeError, match=rf"{what.__name__} needs one Value, {advice}"):  # type: ignore[attr-defined]
        what(wrong)  # type: ignore[operator]


@pytest.mark.parametrize("show", [transcript, micrograd.draw, micrograd.explore])
def test_old_results_beside_new_numbers_are_pointed_out(show: Callable[[Value], object]) -> None:
    a = Value(2.0, label="a")
    product = a * 3.0
    a.data = 10.0
    with pytest.warns(UserWarning, match=r"^a=10.0 \* 3.0 was 6.0 when it was computed and is 30.0 now, so a leaf has changed"):
        show(product)
