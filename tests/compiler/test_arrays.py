"""The targets that compute with arrays: what they share, and NumPy."""

import importlib.util
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd import losses, ops
from micrograd.compiler.arrays.rule import updater
from micrograd.compiler.rule import traced_rule
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.ops import Op
from micrograd.optim import SGD, Adam, Optimizer
from micrograd.training import fit
from tests.compiler.eager_numbers import check_numbers
from tests.compiler.networks import data_of, network_and_program, numbers, rows_of
from tests.compiler.targets import every_op, width
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.pieces import Example


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_loss_and_gradient_are_those_of_eager_code(make: Callable[[], Example]) -> None:
    check_numbers(make(), "numpy")


@pytest.mark.parametrize("seed", range(30))
def test_irregular_graphs_are_computed_as_they_are(seed: int) -> None:
    check_numbers(random_graph(seed), "numpy")


def test_a_part_of_an_array_may_be_trained() -> None:
    """Of each neuron the first weight alone: every other number of the array stays."""
    model, program = network_and_program("numpy")
    twin = MLP(2, [3, 1], "tanh", seed=0)
    before = numbers(model)
    ours, theirs = ([neuron.weights[0] for neuron in m.layers[0].neurons] for m in (model, twin))
    program.train(rows_of(data_of()), Adam(ours, 0.05), 20, progress=False)
    fit(twin, losses.half_mean_squared_error, data_of(), Adam(theirs, 0.05), epochs=20, progress=False, eager=True)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12)
    assert sum(now != then for now, then in zip(numbers(model), before, strict=True)) == 3


def test_parameters_that_are_not_moved_may_have_a_gradient_that_is_not_finite() -> None:
    v, w, x = Value(0.0), Value(2.0), Value(1.0)
    program = micrograd.compile(micrograd.sqrt(v) + w * x, [x], [v, w], target="numpy")
    program.train([[3.0]], SGD([w], 0.5), 1, progress=False)
    assert (v.data, w.data) == (0.0, 2.0 - 0.5 * 3.0)


def test_one_text_has_the_names_of_the_labels() -> None:
    _, program = network_and_program("numpy")
    lines = program.source().splitlines()
    begin = lines.index("def gradient(x, y, W1, b1, w2, b2, share):")
    assert lines[begin + 1].split() == ["z1", "=", "x", "@", "W1.T", "+", "b1", "#", "rows,", "3"]
    assert lines[-1] == "    return loss, dW1, db1, dw2, db2"


def test_the_text_stands_alone() -> None:
    """Also with tables of numbers and places."""
    example = EXAMPLES["pruned"]()
    program = micrograd.compile(example.loss, example.inputs, example.parameters, target="numpy")
    space: dict[str, Any] = {}
    exec(program.source(), space)  # noqa: S102 - our own
    assert callable(space["gradient"])


def test_a_pure_function_gives_loss_and_gradient_in_the_order_of_the_parameters() -> None:
    """d mean((a x + b)^2) by b and a, of rows 1 and 3 at a = 2, b = 1: values 9 and 49, slopes 2 (3 + 7) / 2, 2 (3 + 21) / 2."""
    a, b, x = Value(0.0, "a"), Value(0.0, "b"), Value(0.0, "x")
    function = micrograd.compile((a * x + b) ** 2, [x], [b, a]).function("numpy")
    loss, gradient = function(np.array([1.0, 2.0]), np.array([[1.0], [3.0]]))
    assert (loss, gradient.tolist()) == (29.0, [10.0, 24.0])
    assert (a.data, b.grad) == (0.0, 0.0)


def test_a_pure_function_of_several_outputs_gives_a_matrix() -> None:
    w, x, y = Value(2.0), Value(0.0), Value(0.0)
    function = micrograd.compile([x * w, w, y - x], [x, y], [w]).function("numpy")
    assert function([3.0], [[1.0, 2.0], [2.0, 5.0]]).tolist() == [[3.0, 3.0, 1.0], [6.0, 3.0, 3.0]]


def test_a_pure_function_without_inputs_counts_rows_once() -> None:
    w = Value(2.0)
    loss, gradient = micrograd.compile(w * w, [], [w]).function("numpy")([3.0], np.zeros((4, 0)))
    assert (loss, gradient.tolist()) == (9.0, [6.0])


class Written(Optimizer):
    """An optimizer whose rule is the one operation, of numbers from 1/4 to 3/4."""

    op: Op

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        operands = [0.5 + 0.25 * ops.tanh(number) for number in ([parameter, gradient] * 2)[: width(self.op)]]
        return self.op(*self.op.arguments(operands)), state


@every_op
def test_a_rule_may_be_made_of_every_operation(op: Op) -> None:
    rule = traced_rule(type("One", (Written,), {"op": op})([Value(1.0)], 0.1))
    for parameter, gradient in ((0.5, 0.25), (-0.25, 3.0)):
        (expected,) = rule.run([parameter, gradient, 1.0, 0.1], [])
        (got,) = updater(rule, "numpy")(np.full(3, parameter), np.full(3, gradient), 1.0, 0.1)
        assert np.broadcast_to(got, 3).tolist() == pytest.approx([expected] * 3, rel=1e-14)


def test_numbers_in_a_rule_keep_their_sign_and_their_size() -> None:
    class Odd(Optimizer):
        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
            return ops.minimum(parameter * -2.0 - gradient * 1e300, math.inf) - -0.5, state

    rule = traced_rule(Odd([Value(1.0)], 0.1))
    (got,) = updater(rule, "numpy")(np.array([3.0]), np.array([0.0]), 1.0, 0.1)
    assert got.tolist() == [-6.0 + 0.5]


def test_batches_are_those_of_the_other_targets_whatever_the_size() -> None:
    for size in (1, 3, 5, 100):
        results = []
        for target in ("python", "numpy"):
            model, program = network_and_program(target)
            results.append(program.train(rows_of(data_of()), SGD(model.parameters(), 0.1), 5, size, seed=7, progress=False))
        assert results[1] == pytest.approx(results[0], rel=1e-12)


# ---- bad input

CUBE = Op("my cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))


class Cubed(Optimizer):
    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return parameter - CUBE(gradient) * self.learning_rate, state


@pytest.mark.parametrize("target", ["numpy", "jax"])
def test_what_arrays_cannot_do_is_one_sentence(target: str) -> None:
    w, x = Value(2.0, "w"), Value(1.0, "x")
    with pytest.raises(ValueError, match=rf"^the {target} target cannot spell 'my cube', an operation of your own; use target="):
        micrograd.compile(CUBE(x), [x], target=target)
    with pytest.raises(ValueError, match=r"^the numpy target cannot spell 'my cube'"):
        micrograd.compile(CUBE(x), [x]).source("numpy")
    with pytest.raises(ValueError, match=rf"^the {target} target adds numbers in another order than eager code, so it is not"):
        micrograd.compile(w * x, [x], [w], target=target, exact=True)


def test_a_rule_of_ones_own_operations_is_refused() -> None:
    w, x = Value(2.0, "w"), Value(1.0, "x")
    program = micrograd.compile(w * x, [x], [w], target="numpy")
    with pytest.raises(ValueError, match=r"^arrays cannot run 'my cube', an operation of your own in an optimizer; use target="):
        program.train([[1.0]], Cubed([w], 0.1), 1)


@pytest.mark.parametrize("target", [None, "python", "llvm", "numpy"])
def test_single_precision_is_for_jax(target: str | None) -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match=r"^dtype is 'float64', or with target='jax' 'float32', got 'float32' for target="):
        micrograd.compile(x * x, [x], target=target, dtype="float32")


@pytest.mark.parametrize(
    ("missing", "target", "message"),
    [
        (
            "numpy",
            "numpy",
            r"^target='numpy' needs numpy: python -m pip install -e '\.\[arrays\]'; target='python' needs nothing$",
        ),
        ("jax", "jax", r"^target='jax' needs jax: python -m pip install -e '\.\[jax\]'; target='python' needs nothing$"),
        ("scipy", "numpy", r"^erf, erfc or gelu with target='numpy' needs scipy: python -m pip install -e '\.\[arrays\]'"),
    ],
)
def test_a_package_that_is_missing_is_named(missing: str, target: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))
    x = Value(1.0)
    with pytest.raises(ModuleNotFoundError, match=message):
        micrograd.compile(x.gelu(), [x], target=target)
    if missing == "scipy":
        assert micrograd.compile(x.tanh(), [x], target=target).evaluate([[0.0]]) == [0.0]


def test_rows_of_any_kind_are_read_alike() -> None:
    generator = random.Random(1)
    rows = [[generator.uniform(-1.0, 1.0) for _ in range(3)] for _ in range(5)]
    _, program = network_and_program("numpy")
    assert program.evaluate(rows) == program.evaluate(np.array(rows)) == program.evaluate(np.asfortranarray(rows))
