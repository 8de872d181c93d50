"""Sums that stay in registers: which axis of a product is a tile's, and how many numbers its loops carry."""

import random
import re

import pytest

from micrograd import losses, ops
from micrograd.compiler.graph import Graph
from micrograd.compiler.llvm.kernel import Shape
from micrograd.compiler.llvm.loops import kernels, nests, row_sums
from micrograd.compiler.llvm.loops.nests import shared_axis
from micrograd.compiler.llvm.loops.row_sums import Sides, sides_of
from micrograd.compiler.llvm.tiles import Processor
from micrograd.tensors.arrays import View, made
from tests.compiler.llvm.by_hand import inputs, over_rows, parameters, product, source
from tests.tensors.pieces import affine, flat, matrix, vector


def test_a_tile_is_along_the_axis_on_which_an_operand_with_rows_stays_as_it_is() -> None:
    assert shared_axis(source(product(parameters(5, 3), inputs(3)))) == 0
    assert shared_axis(source(product(inputs(5, 3), inputs(3)))) == 0
    assert shared_axis(source(product(inputs(5, 3), parameters(3)))) is None  # what stays is read from one place anyway
    assert shared_axis(source(product(parameters(1, 3), inputs(3)))) is None
    moving = made("dot", (5,), [inputs(5, 3), inputs(5, 3)], 1, op=ops.dot)
    assert shared_axis(moving) is None


def test_of_several_axes_it_is_the_longest() -> None:
    x = inputs(3)
    for shape, longest in (((4, 6), 1), ((6, 4), 0)):
        head = made("dot", shape, [parameters(*shape, 3), x.spread((*shape, 3), [2])], 1, op=ops.dot)
        assert shared_axis(head) == longest


def outer(left: View, right: View) -> View:
    """The sum over the rows of each number of one times each of the other."""
    shape = (*left.axes, *right.axes)
    return over_rows(left.spread(shape, [0]), right.spread(shape, [1]))


def test_a_tile_of_sums_over_the_rows_has_a_side_for_each_operand() -> None:
    """The long one is of whole vectors, if an axis has a multiple of four elements; then of neighbours, then the longer one."""
    assert sides_of(source(outer(inputs(6), inputs(5)))) == Sides(long=1, short=0)
    assert sides_of(source(outer(inputs(8), inputs(5)))) == Sides(long=0, short=1)
    assert sides_of(source(outer(inputs(8), inputs(4)))) == Sides(long=1, short=0)
    assert sides_of(source(outer(inputs(1), inputs(5)))) == Sides(long=1, short=None)
    assert sides_of(source(over_rows(inputs(5), inputs(5)))) == Sides(long=None, short=None)
    assert sides_of(source(over_rows(inputs(5)))) == Sides(long=0, short=None)


# --------------------------------------------------------------------------------------------------------------
# A layer of 10 neurons with 20 inputs
# --------------------------------------------------------------------------------------------------------------


def carried(shape: Shape) -> list[int]:
    """How many vectors each loop of the gradient carries, in the order of the text."""
    generator = random.Random(0)
    x, y, weights, biases = vector(generator, 20), vector(generator, 10), matrix(generator, 10, 20), vector(generator, 10)
    loss = losses.half_mean_squared_error([affine(weights, x, biases)], [y])
    graph = Graph([loss], [*x, *y], flat([weights, biases]))
    blocks = re.split(r"\n(?=\S+:\n)", kernels.sums_kernel(graph, graph.parameters, shape).text)
    return [count for block in blocks if (count := block.count("= phi <"))]


def test_with_16_registers_tiles_are_3_vectors_by_4_or_3_outputs_and_3_by_4_sums_over_the_rows(avx2: Processor) -> None:
    """10 outputs are 4 + 3 + 3, and not 5 times 2, which is less than 8 at a time; 10 by 20 slopes are 3 + 3 + 2 + 2 by 4."""
    counts = carried(Shape(4, 3))
    assert counts[:2] == [3 * 4, 3 * 3]
    assert (counts[-3:-1], max(counts)) == ([3 * 4, 2 * 4], 12)


def test_with_32_registers_of_8_lanes_all_outputs_are_one_tile_and_sums_over_the_rows_3_by_8(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """20 are 8 + 8 + 4, and beside 4 there is room for 6 of the 10, which are then 5 + 5."""
    for module in (nests, row_sums):
        monkeypatch.setattr(module, "processor", lambda: Processor(8, 32, spreads=True))
    counts = carried(Shape(8, 1))
    assert counts[0] == 10
    assert (counts[-4:-1], max(counts)) == ([3 * 8, 2 * 8, 5 * 4], 24)
