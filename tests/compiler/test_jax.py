"""JAX: the same numbers, in a loop that is compiled once."""

from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.compiler.rows import Table
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.optim import SGD, Adam
from tests.compiler import test_reached
from tests.compiler.eager_numbers import check_numbers
from tests.compiler.networks import data_of, network_and_program, numbers, rows_of
from tests.compiler.targets import needs_jax
from tests.tensors.examples import EXAMPLES

pytestmark = needs_jax

CHOSEN = (
    "mlp of gelu", "moons, hinge", "fixed class", "penalty", "pruned", "loops", "centres", "tied", "cnn", "gates",
    "causal attention", "itself",
)  # fmt: skip


@pytest.mark.parametrize("name", CHOSEN)
def test_loss_and_gradient_are_those_of_eager_code(name: str) -> None:
    check_numbers(EXAMPLES[name](), "jax")


def test_a_loop_is_compiled_once_for_a_loss_a_rule_and_a_number_of_rows() -> None:
    model, program = network_and_program("jax")
    for rate, epochs in ((0.1, 3), (0.01, 7)):
        program.train(rows_of(data_of()), SGD(model.parameters(), rate), epochs, progress=False)
    table = Table(rows_of(data_of()), program.input_names)
    loop: Any = program.descent(table, SGD(model.parameters(), 0.1), Schedule(table.rows, 1)).loop
    assert loop.by.run._cache_size() == 1


def test_parameters_may_have_taken_different_numbers_of_steps() -> None:
    test_reached.test_parameters_that_have_taken_different_numbers_of_steps_go_on_from_these(Adam, "jax")
    test_reached.test_a_parameter_that_is_not_in_the_graph_stays_with_its_memory(Adam, "jax")


def test_more_epochs_than_one_call_gives_back_are_trained_in_several() -> None:
    """Each step takes a hundredth off w = 1."""
    w, x = Value(1.0), Value(1.0)
    program = micrograd.compile(w * w * x, [x], [w], target="jax")
    trained = program.train([[1.0]], SGD([w], 0.0005), 5000, progress=False)
    assert len(trained) == 5000
    assert trained[-1] == pytest.approx(0.999 ** (2 * 4999), rel=1e-9)


def test_double_precision_is_for_the_program_alone() -> None:
    import jax

    x = Value(1.0)
    for _ in range(2):
        assert jax.numpy.ones(1).dtype == np.float32
        assert micrograd.compile(x / 3.0, [x], target="jax").evaluate([[1.0]]) == [1.0 / 3.0]


def test_single_precision_is_what_was_asked_for() -> None:
    model, program = network_and_program("jax")
    x1, x2, y = program.inputs
    single = micrograd.compile(program.graph.outputs[0], [x1, x2, y], model.parameters(), target="jax", dtype="float32")
    rows = rows_of(data_of())
    expected, got = program.evaluate(rows), single.evaluate(rows)
    assert got == pytest.approx(expected, rel=1e-5, abs=1e-7)
    assert got == [float(np.float32(number)) for number in got]
    start = numbers(model)
    trained = [list(program.train(rows, SGD(model.parameters(), 0.1), 20, progress=False))]
    for parameter, number in zip(model.parameters(), start, strict=True):
        parameter.data = number
    trained.append(list(single.train(rows, SGD(model.parameters(), 0.1), 20, progress=False)))
    assert trained[1] == pytest.approx(trained[0], rel=1e-4)
    assert numbers(model) == [float(np.float32(number)) for number in numbers(model)]


def function_of_a_square() -> Any:
    """The mean of (w x)^2, of one parameter."""
    w, x = Value(0.0, "w"), Value(0.0, "x")
    return micrograd.compile((w * x) ** 2, [x], [w]).function("jax")


def test_a_pure_function_goes_into_jit_vmap_and_jacfwd() -> None:
    """At x = 1, 3 the loss is 5 w^2, its gradient 10 w and its second derivative 10."""
    import jax

    function, rows = function_of_a_square(), np.array([[1.0], [3.0]], dtype=np.float32)
    loss, gradient = jax.jit(function)(np.array([2.0], dtype=np.float32), rows)
    assert (float(loss), gradient.tolist()) == (20.0, [20.0])
    losses, gradients = jax.vmap(function, in_axes=(0, None))(np.array([[1.0], [2.0]], dtype=np.float32), rows)
    assert (losses.tolist(), gradients.tolist()) == ([5.0, 20.0], [[10.0], [20.0]])
    second = jax.jacfwd(lambda vector: function(vector, rows)[1])(np.array([2.0], dtype=np.float32))
    assert second.tolist() == [[10.0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_pure_function_computes_in_the_kind_of_number_of_the_parameters(dtype: str) -> None:
    import jax

    example = EXAMPLES["pruned"]()  # with tables of constants
    function = micrograd.compile(example.loss, example.inputs, example.parameters).function("jax")
    with jax.enable_x64(True):
        vector = jax.numpy.array([parameter.data for parameter in example.parameters], dtype)
        loss, gradient = jax.jit(function)(vector, jax.numpy.array(example.rows, dtype))
    assert (loss.dtype, gradient.dtype) == (dtype, dtype)


def test_the_text_stands_alone() -> None:
    import jax

    w, x = Value(2.0, "w"), Value(3.0, "x")
    space: dict[str, Any] = {}
    exec(micrograd.compile((w * x).relu(), [x], [w]).source("jax"), space)  # noqa: S102 - our own
    loss, slope = jax.jit(space["gradient"])(np.array([1.0, -1.0, 3.0]), 2.0, 1.0 / 3.0)
    assert (float(loss), float(slope)) == pytest.approx((8.0 / 3.0, 4.0 / 3.0))
