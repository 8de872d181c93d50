"""The adjoint of a view is its transpose; and the rules run once more on what they wrote."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from micrograd import Value, gradient, ops
from micrograd.tensors.adjoint import derivatives
from micrograd.tensors.arrays import Array, ArrayProgram, View, below, made
from micrograd.tensors.contractions import contraction
from micrograd.tensors.places import contiguous, places_of
from micrograd.tensors.programs import gradient_program, hessian_program
from tests.tensors.eager import condition, eager
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.interpreter import run
from tests.tensors.pieces import Example

TABLE = np.array([[0, 4, -1], [5, 0, 2]])


@pytest.mark.parametrize(
    "view",
    [
        lambda a: View(a, (6,), 0, (1,)),
        lambda a: View(a, (3, 2), 0, (1, 3)),  # a transpose
        lambda a: View(a, (2,), 1, (3,)),  # a slice
        lambda a: View(a, (4, 6), 0, (0, 1)),  # a copy
        lambda a: View(a, (4, 3), 0, (1, 1)),  # windows that overlap
        lambda a: View(a, (6,), 5, (-1,)),  # turned round
        lambda a: View(a, (2, 3), table=TABLE),
    ],
    ids=["whole", "transpose", "slice", "copy", "windows", "turned", "table"],
)
def test_the_transpose_of_a_view(view: Callable[[Array], View]) -> None:
    """Of sum(c * view): each place gets the sum of the c that were read from it."""
    leaf = Array("parameter", (6,), members=np.arange(6))
    shown = view(leaf)
    weights = Array("numbers", shown.axes, numbers=1.0 + np.arange(shown.places().size) ** 2)
    output = contraction(shown, weights.view(), range(len(shown.axes)), False, Array("rows", ()))
    (adjoint,) = derivatives(output, [leaf], Array("rows", ()))
    wanted = np.zeros(6)
    for place, weight in zip(shown.places().ravel().tolist(), weights.numbers.tolist(), strict=True):
        if place >= 0:
            wanted[place] += weight
    assert values(adjoint, [leaf]) == wanted.tolist()


def values(view: View, leaves: Sequence[Array]) -> list[float]:
    program = ArrayProgram([], list(leaves), Array("share", ()), Array("rows", ()), [], None)  # type: ignore[arg-type]
    (found,) = run(program, [[]], [0.0] * sum(leaf.size for leaf in leaves), [view])
    return np.asarray(found).ravel().tolist()


def test_overlapping_windows_are_windows_of_the_padded_image_with_the_kernel_turned_round() -> None:
    """The backward pass of a convolution is a convolution."""
    example = EXAMPLES["cnn of two layers"]()
    program = gradient_program(*example[:3])
    turned = [view for array in program.arrays for view in array.operands if view.strides and min(view.strides) < 0]
    (dot,) = [array for array in program.arrays if not turned or turned[0] in array.operands]
    kernel, image = sorted(dot.operands, key=lambda view: view.rows)
    assert kernel.source in program.parameters
    assert image.source is not None
    assert image.source.kind == "place"
    (padded,) = image.source.operands
    assert [n + 2 * 2 for n in padded.axes[-2:]] == list(image.source.shape[-2:])  # a 3 x 3 kernel reaches 2 over each edge


def test_a_table_is_given_back_by_its_inverse() -> None:
    leaf = Array("parameter", (4,), members=np.arange(4))
    picked = View(leaf, (3,), table=np.array([3, 0, 3]))
    weights = Array("numbers", (3,), numbers=np.array([1.0, 10.0, 100.0]))
    output = contraction(picked, weights.view(), [0], False, Array("rows", ()))
    (adjoint,) = derivatives(output, [leaf], Array("rows", ()))
    assert values(adjoint, [leaf]) == [10.0, 0.0, 0.0, 101.0]
    assert all(array.kind != "place" for array in below([adjoint.source]))


def test_equal_arrays_are_one() -> None:
    leaf = Array("parameter", (2, 3))
    one, other = [made("tanh", (2, 3), [View(leaf, (2, 3), 0, contiguous((2, 3)))], op=ops.tanh) for _ in range(2)]
    assert one is other
    assert made("tanh", (3, 2), [View(leaf, (3, 2), 0, (1, 3))], op=ops.tanh) is not one


def test_a_view_can_be_refined_and_spread() -> None:
    leaf = Array("parameter", (12,))
    view = View(leaf, (6, 2), 0, (1, 6))
    assert (view.refine((2, 3, 2)).places().ravel() == view.places().ravel()).all()
    assert (view.spread((6, 5, 2), (0, 2)).places()[:, 3] == view.places()).all()
    assert (view.keep([1, 0]).places() == view.places().T).all()
    assert (places_of(0, (1, 6), (6, 2)) == view.places()).all()


# --------------------------------------------------------------------------------------------------------------
# Second derivatives: the Hessian times a direction is the gradient of gradient . direction
# --------------------------------------------------------------------------------------------------------------


def hessian_error(example: Example, generator: random.Random) -> float:
    """How far the Hessian times a direction is from the one of scalar graphs, in units of what roundings may move."""
    loss, inputs, parameters, rows = example
    direction = [generator.gauss(0.0, 1.0) for _ in parameters]
    program = hessian_program(gradient_program(loss, inputs, parameters))
    numbers: list[float] = [parameter.data for parameter in parameters]
    results = run(program, rows, numbers, [program.loss, *program.gradients], direction)
    found: Any = np.zeros(len(parameters))
    for array, claimed in zip(program.parameters, results[1:], strict=True):
        found[array.members] = np.ravel(claimed)
    along = ops.total([slope * number for slope, number in zip(gradient(loss, parameters), direction, strict=True)])
    _, wanted = eager(along, inputs, parameters, rows)
    _, sizes = condition(along, inputs, parameters, rows)
    return float(np.abs(found - wanted).max()) / max([*sizes, 1e-300])


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in ("transformer", "plain")])
def test_the_hessian_of_an_example(name: str) -> None:
    assert hessian_error(EXAMPLES[name](), random.Random(name)) < 1e-12


@pytest.mark.parametrize("seed", range(40))
def test_the_hessian_of_an_irregular_graph(seed: int) -> None:
    assert hessian_error(random_graph(seed), random.Random(seed)) < 1e-12


def test_a_leaf_that_the_loss_does_not_read_has_derivative_0() -> None:
    w, unused, x = Value(2.0), [Value(3.0), Value(5.0)], Value(1.0)
    program = gradient_program(ops.tanh(w * x), [x], [w, *unused])
    results = run(program, [[0.0]], [2.0, 3.0, 5.0], program.gradients)
    found = np.full(3, np.nan)
    for array, claimed in zip(program.parameters, results, strict=True):
        found[array.members] = np.ravel(claimed)
    assert found.tolist() == [0.0, 0.0, 0.0]  # x is 0 in the one row
