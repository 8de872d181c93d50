"""Where arrays lie: apart from each other, in whole vectors where that counts, and at once where their numbers are to go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import pytest

from micrograd import ops
from micrograd.compiler.llvm.kernel import Shape
from micrograd.compiler.llvm.loops.memory import DATA, MEMORY, NUMBERS, PARAMETERS, SUMS, Home, Memory, inner_places, overlaps
from micrograd.compiler.llvm.loops.plan import Plan
from micrograd.tensors.arrays import Array, ArrayProgram, View
from micrograd.tensors.programs import gradient_program
from micrograd.tensors.scalars import Scalars
from tests.compiler.llvm.by_hand import inputs, over_rows, parameters, part, put, scattered, source
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import Example

SHAPE = Shape(4, 3)


def memory_of(
    moving: Sequence[tuple[View, View]],
    others: Sequence[View] = (),
    data: Sequence[View] = (),
    loss: View | None = None,
    share: View | None = None,
    shape: Shape = SHAPE,
) -> Memory:
    """For these parameters with the slopes by them, others, and inputs; their members are numbered in this order."""
    of_parameters = [source(view) for view in [*(parameter for parameter, _ in moving), *others]]
    of_inputs = [source(view) for view in data]
    shares = Array("share", (), share is not None) if share is None else source(share)
    count = 0
    for array in [*of_parameters, *of_inputs, shares]:
        array.members = np.arange(count, count + array.size)
        count += array.size
    rows = Array("rows", ())
    slopes = {source(parameter): slope for parameter, slope in moving}
    program = ArrayProgram(of_inputs, of_parameters, shares, rows, [], Scalars([], [], []), loss)
    return Memory(program, Plan([*([] if loss is None else [loss]), *slopes.values()]), shape, slopes)


def home(memory: Memory, view: View) -> tuple[str, int]:
    found = memory.homes[source(view)]
    return found.base, found.element


def constant(number: float, *axes: int) -> View:
    return View(None, axes, number=number)


# --------------------------------------------------------------------------------------------------------------
# Parameters and data
# --------------------------------------------------------------------------------------------------------------


def test_parameters_that_move_come_first_each_in_whole_vectors() -> None:
    """Of 4 lanes: 5 numbers in two vectors, 4 in one, and then 3 that stay in one; one vector of zeros ends it all."""
    still, five, four = parameters(3), parameters(5), parameters(2, 2)
    program = ArrayProgram([], [source(view) for view in (still, five, four)], Array("share", ()), Array("rows", ()), [], empty())
    for first, array in zip((0, 3, 8), program.parameters, strict=True):
        array.members = np.arange(first, first + array.size)
    slopes = {source(five): constant(1.0, 5), source(four): constant(1.0, 2, 2)}
    memory = Memory(program, Plan(list(slopes.values())), SHAPE, slopes)
    assert [memory.homes[array] for array in program.parameters] == [
        Home(PARAMETERS, 12, 16), Home(PARAMETERS, 0, 16), Home(PARAMETERS, 8, 16),
    ]  # fmt: skip
    assert (memory.moved, memory.size) == (12, 20)
    assert memory.parameters == [12, 13, 14, 0, 1, 2, 3, 4, 8, 9, 10, 11]


def empty() -> Scalars:
    return Scalars([], [], [])


def test_where_no_parameter_moves_none_is_summed_up() -> None:
    memory = memory_of([], [parameters(3)])
    assert (memory.moved, memory.size, memory.parameters) == (0, 8, [0, 1, 2])


def test_a_panel_of_data_is_the_inputs_the_share_and_a_zero() -> None:
    w, x, y = parameters(2), inputs(2), inputs(3)
    share = Array("share", (), rows=True).view()
    memory = memory_of([], [w], [y, x], share=share)
    assert [memory.homes[source(view)] for view in (y, x, share)] == [Home(DATA, 0, 6), Home(DATA, 3, 6), Home(DATA, 5, 6)]
    assert (memory.room, memory.columns) == (7, [0, 1, 2, 3, 4, 5])
    assert memory_of([], [w], [x]).room == 3  # a share that is the same for all rows is none of their numbers


def test_columns_are_in_the_order_of_the_inputs_wherever_their_arrays_lie() -> None:
    """Inputs 1 and 3 are one array, 2 the other."""
    x, y = inputs(2), inputs(1)
    source(x).members, source(y).members = np.array([0, 2]), np.array([1])
    program = ArrayProgram([source(x), source(y)], [], Array("share", ()), Array("rows", ()), [], empty())
    assert Memory(program, Plan([]), SHAPE, {}).columns == [0, 2, 1]


def test_bytes_of_a_panel() -> None:
    """Three numbers of 12 rows, a zero and a place to write to nobody; of data three and a zero."""
    x = inputs(3)
    memory = memory_of([], [], [x], loss=over_rows(ops.exp(x)))
    assert (memory.panel, memory.panel_bytes) == (3 + 2, (3 + 2) * 12 * 8)
    assert (memory.room, memory.data_bytes) == (3 + 1, (3 + 1) * 12 * 8)


# --------------------------------------------------------------------------------------------------------------
# Panels to work in
# --------------------------------------------------------------------------------------------------------------


def test_a_place_is_made_of_arrays_that_lie_in_it() -> None:
    """Three numbers at 1, and two at 5, in one of 8: no home of their own is needed."""
    a, b = ops.exp(inputs(3)), ops.tanh(inputs(2))
    joined = put(8, (a, 1), (b, 5))
    memory = memory_of([], loss=over_rows(joined * joined))
    assert memory.inside == {source(a): (source(joined), 1), source(b): (source(joined), 5)}
    first = home(memory, joined)[1]
    assert (home(memory, a), home(memory, b)) == ((MEMORY, first + 1), (MEMORY, first + 5))
    assert memory.panel == 8 + 8 + 2


def test_a_place_in_a_place_lies_where_that_lies() -> None:
    a = ops.exp(inputs(2))
    inner = put(4, (a, 1))
    outer = put(9, (inner, 3))
    memory = memory_of([], loss=over_rows(outer))
    assert [home(memory, view)[1] - home(memory, outer)[1] for view in (inner, a)] == [3, 4]
    assert memory.panel == 9 + 2


@pytest.mark.parametrize("kind", ["a part", "backwards", "a leaf", "by a table", "onto others"])
def test_what_a_place_does_not_take_as_it_lies_has_a_home_of_its_own(kind: str) -> None:
    a, x = ops.exp(inputs(3)), inputs(3)
    place = {
        "a part": lambda: put(8, (part(a, 0, 2), 1)),
        "backwards": lambda: put(8, (View(a.source, (3,), 2, (-1,)), 1)),
        "a leaf": lambda: put(8, (x, 1)),
        "by a table": lambda: scattered(8, a, [1, 2, 3]),
        "onto others": lambda: put(5, (a, 0), (ops.tanh(x), 2)),
    }[kind]()
    memory = memory_of([], data=[x], loss=over_rows(place))
    assert memory.inside == {}
    assert home(memory, place)[0] == MEMORY


def test_places_overlap_where_two_numbers_meet_and_not_where_none_is_put() -> None:
    a = ops.exp(inputs(3))
    assert not overlaps(source(scattered(8, a, [4, -1, -1])))
    assert overlaps(source(scattered(8, a, [4, -1, 4])))
    assert not overlaps(source(put(6, (a, 0), (a, 3))))
    assert overlaps(source(put(6, (a, 0), (a, 2))))


def test_what_lies_in_two_places_is_at_home_in_the_first() -> None:
    a = ops.exp(inputs(3))
    first, second = put(4, (a, 1)), put(6, (a, 2))
    assert inner_places([source(view) for view in (a, first, second)]) == {source(a): (source(first), 1)}


# --------------------------------------------------------------------------------------------------------------
# Single numbers, and results in their places
# --------------------------------------------------------------------------------------------------------------


def test_a_sum_that_is_a_slope_as_it_lies_is_summed_in_its_place() -> None:
    w, b, x = parameters(5), parameters(2), inputs(5)
    slope, other = over_rows(ops.exp(x)), over_rows(ops.tanh(inputs(2)))
    loss = over_rows(ops.exp(inputs()))
    memory = memory_of([(w, slope), (b, other)], loss=loss)
    assert [home(memory, view) for view in (slope, other, loss)] == [(SUMS, 0), (SUMS, 8), (SUMS, 12)]
    assert memory.numbers == 2


def test_other_results_are_made_apart_in_whole_vectors_and_copied() -> None:
    """A part of a sum, a sum that two parameters have, and one that something else is computed from."""
    w, b, c, x = parameters(2), parameters(5), parameters(5), inputs(5)
    long, twice, read = over_rows(ops.exp(x)), over_rows(ops.tanh(x)), over_rows(ops.exp(inputs()))
    memory = memory_of([(w, part(long, 3, 2)), (b, twice), (c, twice)])
    assert (home(memory, long), home(memory, twice)) == ((NUMBERS, 0), (NUMBERS, 8))
    assert memory.numbers == 16 + 2
    memory = memory_of([(parameters(), read)], loss=ops.sqrt(read))
    assert (home(memory, read), home(memory, ops.sqrt(read))) == ((NUMBERS, 0), (SUMS, 4))


def test_a_leaf_that_is_a_result_stays_where_it_is() -> None:
    w = parameters(3)
    memory = memory_of([(w, w)])
    assert home(memory, w) == (PARAMETERS, 0)
    assert memory.numbers == 2


# --------------------------------------------------------------------------------------------------------------
# All of it, for every kind of graph
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [EXAMPLES[name] for name in ("moons, hinge", "cnn", "penalty", "lstm", "pruned", "residual")])
def test_homes_lie_apart_and_zeros_and_nowhere_behind_them(make: Callable[[], Example]) -> None:
    loss, graph_inputs, graph_parameters, _ = make()
    program = gradient_program(loss, graph_inputs, graph_parameters, weighted=True)
    slopes = {
        array: slope if isinstance(slope, View) else constant(slope, *array.shape)
        for array, slope in zip(program.parameters, program.gradients, strict=True)
    }
    plan = Plan([cast(View, program.loss), *slopes.values()])
    memory = Memory(program, plan, SHAPE, slopes)
    sizes = {DATA: memory.room, PARAMETERS: memory.size, MEMORY: memory.panel, NUMBERS: memory.numbers, SUMS: memory.size}
    taken: dict[str, list[int]] = {base: [] for base in sizes}
    free: dict[str, set[int]] = {base: set() for base in sizes}
    for array, where in memory.homes.items():
        if array in memory.inside:
            place, start = memory.inside[array]
            assert where.element == memory.homes[place].element + start
            assert start + array.size <= place.size
        else:
            taken[where.base] += range(where.element, where.element + array.size)
        if where.base != SUMS:
            free[where.base].add(where.element + memory.zero(array))
        if where.base in (MEMORY, NUMBERS):
            free[where.base].add(where.element + memory.nowhere(array))
    for base, size in sizes.items():
        assert len(taken[base]) == len(set(taken[base]))
        assert free[base].isdisjoint(taken[base])
        assert max([*taken[base], *free[base]], default=-1) < size
    for base in (PARAMETERS, NUMBERS, SUMS):
        assert all(where.element % SHAPE.lanes == 0 for where in memory.homes.values() if where.base == base)
    assert plan.kept <= memory.homes.keys()


def test_the_zero_of_constants_is_behind_them() -> None:
    numbers = Array("numbers", (3,), numbers=[1.0, 2.0, 3.0])
    assert memory_of([]).zero(numbers) == 3
