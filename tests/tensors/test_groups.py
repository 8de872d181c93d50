"""What is found in a graph of single numbers: arrays of these shapes, read through these views."""

import random
from collections.abc import Callable

import pytest

from micrograd import Value, losses, nn, ops
from micrograd.tensors.arrays import Array, ArrayProgram
from micrograd.tensors.programs import gradient_program, value_program
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import Example

# Those whose operands stand in no regular order; all others are found to be affine throughout.
IRREGULAR = {"pruned", "unrolled", "bilinear", "causal attention", "transformer"}


def of_kind(program: ArrayProgram, kind: str) -> list[Array]:
    return [array for array in program.arrays if array.kind == kind]


def test_a_layer_is_a_matrix_and_a_vector() -> None:
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    x, y = [Value(1.0), Value(2.0)], Value(0.0)
    program = gradient_program(losses.half_mean_squared_error([model(x)], [y]), [*x, y], model.parameters())
    assert [array.shape for array in program.parameters] == [(3, 2), (3,), (3,), ()]
    assert [array.shape for array in program.inputs] == [(2,), ()]
    assert all(array.rows for array in program.inputs)
    first = of_kind(program, "dot")[0]
    image, matrix = first.operands
    assert (image.strides, matrix.strides) == ((0, 1), (2, 1))  # x is read anew by each neuron, W row by row
    assert (first.shape, first.reduced, first.rows, first.sums) == ((3,), 1, True, False)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in IRREGULAR])
def test_what_is_regular_needs_no_tables(name: str) -> None:
    loss, inputs, parameters, _ = EXAMPLES[name]()
    program = gradient_program(loss, inputs, parameters)
    assert not [array for array in program.arrays for view in array.operands if view.table is not None]


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_labels_are_not_looked_at(make: Callable[[], Example]) -> None:
    loss, inputs, parameters, _ = make()
    labelled = shapes(gradient_program(loss, inputs, parameters))
    for leaf in [*inputs, *parameters]:
        leaf.label = f"z{random.Random(0).random()}"
    assert shapes(gradient_program(loss, inputs, parameters)) == labelled


def shapes(program: ArrayProgram) -> list[object]:
    return [(array.kind, array.shape, array.rows, [view.strides for view in array.operands]) for array in program.arrays]


def test_a_convolution_reads_windows() -> None:
    loss, inputs, parameters, _ = EXAMPLES["cnn"]()
    program = gradient_program(loss, inputs, parameters)
    convolution = of_kind(program, "dot")[0]
    image, kernel = convolution.operands
    assert convolution.shape == (4, 6, 6)  # channels, rows and columns where a window of 3 x 3 stands in 8 x 8
    assert image.strides == (0, 8, 1, 8, 1)
    assert kernel.strides == (9, 0, 0, 3, 1)


def test_a_graph_without_parameters_or_inputs_is_folded() -> None:
    x, w = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    assert gradient_program(ops.dot(w, x), x, []).gradients == []
    assert len(gradient_program(ops.dot(w, x), [], w).gradients) == 1
    assert gradient_program(ops.dot(w, x), [], []).loss is not None


def test_a_leaf_that_nothing_reads_stays_with_its_neighbour() -> None:
    w, x = [Value(float(number)) for number in range(4)], [Value(1.0), Value(2.0)]
    program = gradient_program(ops.dot([w[0], w[2]], x), x, w)
    assert sorted(member for array in program.parameters for member in array.members.tolist()) == [0, 1, 2, 3]


def test_several_outputs_share_their_arrays() -> None:
    model = nn.MLP(3, [5, 2], activation="relu", seed=0)
    x = [Value(1.0) for _ in range(3)]
    outputs = model(x)
    program = value_program(outputs, x, model.parameters())
    assert len({view.source for view in program.outputs}) == 1
    assert [view.base for view in program.outputs] == [0, 1]


def test_an_output_may_be_a_leaf_or_a_constant() -> None:
    x, w = Value(1.0), Value(2.0)
    program = value_program([x, w, Value(7.0)], [x], [w])
    assert [view.source and view.source.kind for view in program.outputs] == ["input", "parameter", None]
    assert program.outputs[2].number == 7.0
