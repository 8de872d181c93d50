"""Gates: the number of a row of which all that comes later is a multiple, and panels that are passed over where it is 0."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from micrograd import losses, ops
from micrograd.compiler.graph import Graph
from micrograd.compiler.llvm.doubles import Doubles
from micrograd.compiler.llvm.kernel import Shape
from micrograd.compiler.llvm.loops.plan import Plan
from micrograd.compiler.llvm.loops.zeros import Gate, gate_of
from micrograd.compiler.llvm.panels import Panels
from micrograd.compiler.llvm.target import Code
from micrograd.compiler.llvm.tiles import panels_of_strip
from micrograd.compiler.rows import Table
from micrograd.engine import Value
from micrograd.tensors.arrays import Array, View
from tests.compiler.llvm.by_hand import inputs, over_rows, parameters, part, product, put, source, total

# --------------------------------------------------------------------------------------------------------------
# Which number of each row is a gate, for plans written by hand
# --------------------------------------------------------------------------------------------------------------


def opening() -> tuple[View, View]:
    """The loss of a row, and its slope: share where the margin is not kept, else 0."""
    margin, share = 1.0 - inputs(), inputs()
    return ops.relu(margin) * share, ops.step(margin) * share


def three(number: View) -> View:
    """It three times, which is read in a nest of its own."""
    return number.spread((3,), [])


def gate_before(later: Callable[[View], View]) -> Gate | None:
    """Of a loss, and the sum over the rows of what is made of three times its slope."""
    loss, slope = opening()
    return gate_of(Plan([over_rows(loss), over_rows(later(three(slope)))]))


def test_the_slope_of_a_hinge_is_a_gate_and_the_sum_of_the_loss_is_not_behind_it() -> None:
    loss, slope = opening()
    mean, gradient = over_rows(loss), over_rows(parameters(3) * three(slope), inputs(3))
    gate = gate_of(Plan([mean, gradient]))
    assert gate == Gate(source(slope), 0, frozenset({source(gradient)}))


MULTIPLES: dict[str, Callable[[View], View]] = {
    "times numbers": lambda z: parameters(3) * z,
    "numbers times it": lambda z: z * inputs(3),
    "minus a part": lambda z: -part(parameters(3) * z, 1, 2),
    "divided by 2": lambda z: z * parameters(3) / 2.0,
    "a sum of two": lambda z: z * parameters(3) + z * inputs(3),
    "a difference": lambda z: z * parameters(3) - z * inputs(3),
    "a dot": lambda z: product(parameters(2, 3), z),
    "a total": lambda z: total(parameters(3) * z),
    "a place": lambda z: put(8, (parameters(3) * z, 1), (z, 5)),
    "a multiple of a multiple": lambda z: parameters(3) * (parameters(3) * z),
}
OTHERS: dict[str, Callable[[View], View]] = {
    "one that is not": lambda z: ops.exp(inputs(3)) * inputs(3),
    "with a number added": lambda z: z + 1.0,
    "a sum with one that is not": lambda z: z * parameters(3) + inputs(3),
    "a place with one that is not": lambda z: put(8, (parameters(3) * z, 1), (inputs(3), 5)),
    "divided by 0": lambda z: z * parameters(3) / 0.0,
    "divided by numbers": lambda z: z / parameters(3),
    "a number divided by it": lambda z: 1.0 / z,
    "exp": ops.exp,
    "its relu": lambda z: ops.relu(parameters(3) * z),
    "its square": lambda z: z**2.0,
    "the larger one": lambda z: ops.maximum(z, z * 2.0),
    "times inf": lambda z: z * math.inf,
    "times a table with nan": lambda z: z * Array("numbers", (3,), numbers=[1.0, math.nan, 2.0]).view(),
    "times what is computed before the rows": lambda z: z * ops.exp(parameters(3)),
}


@pytest.mark.parametrize("later", MULTIPLES.values(), ids=MULTIPLES)
def test_multiples_of_a_gate_may_come_later(later: Callable[[View], View]) -> None:
    gate = gate_before(later)
    assert gate is not None
    assert (gate.array.kind, len(gate.skipped)) == ("*", 1)


@pytest.mark.parametrize("later", OTHERS.values(), ids=OTHERS)
def test_before_anything_else_there_is_no_gate(later: Callable[[View], View]) -> None:
    assert gate_before(later) is None


def test_what_is_computed_before_the_gate_or_beside_it_need_not_be_a_multiple() -> None:
    before = ops.exp(inputs(3))
    loss, slope = opening()
    mean, other, gradient = over_rows(loss), over_rows(before), over_rows(three(slope) * before)
    gate = gate_of(Plan([mean, other, over_rows(ops.sqrt(loss)), gradient]))
    assert gate is not None
    assert gate.skipped == {source(gradient)}


def test_only_a_single_number_of_each_row_is_a_gate() -> None:
    z = inputs(3)
    assert gate_of(Plan([over_rows(ops.relu(z)), over_rows(ops.step(z) * parameters(3))])) is None
    w = parameters()
    assert gate_of(Plan([over_rows(ops.step(w) * ops.exp(w) * inputs())])) is None


def test_without_a_sum_behind_it_there_is_no_gate() -> None:
    loss, slope = opening()
    assert gate_of(Plan([over_rows(loss), slope])) is None


def test_a_multiple_of_a_step_is_a_gate_where_the_step_times_a_share_is_none() -> None:
    """The step times its share is added to something, which is then multiplied by the step again."""
    margin, share = inputs(), inputs()
    step = ops.step(margin)
    slope = (step * share + 1.0) * step
    gate = gate_of(Plan([over_rows(ops.relu(margin)), over_rows(three(slope) * parameters(3))]))
    assert gate is not None
    assert gate.array is source(slope)


def test_a_multiple_of_a_multiple_of_a_step_is_a_gate() -> None:
    """The steps are three, and one of them times a share is the number of which the rest is made."""
    margins = inputs(3)
    slope = part(ops.step(margins) * inputs(3), 1, 1) * inputs(1)
    gate = gate_of(Plan([over_rows(ops.relu(margins)), over_rows(View(slope.source, (3,), 0, (0,)) * parameters(3))]))
    assert gate is not None
    assert gate.array is source(slope)


# --------------------------------------------------------------------------------------------------------------
# Panels passed over, in machine code
# --------------------------------------------------------------------------------------------------------------

SIDES = [Shape(2), Shape(1, 2), Shape(2, 3)]  # two rows in a panel, and six
FAR, NEAR = 2.0, 0.5


@pytest.fixture(params=SIDES, ids=["one vector", "two of one row", "three"])
def shape(request: pytest.FixtureRequest) -> Shape:
    return request.param


@cache
def hinge(shape: Shape) -> Code:
    """max(0, 1 - w relu(v x)) where w and v are 1: nothing is to be done of a row with x above 1."""
    w, v, x = Value(1.0), Value(1.0), Value(1.0)
    return Code(Graph([losses.hinge([w * ops.relu(v * x)], [1])], [x], [w, v]), [w, v], None, shape)


def opened(
    shape: Shape, numbers: Sequence[float], weights: Sequence[float] | None = None, w: float = 1.0, v: float = 1.0
) -> list[int]:
    """The panels of the last strip in which something was left to do, as their list is left behind in memory."""
    code, table = hinge(shape), Table([[number] for number in numbers], ["x"])
    panels = Panels(code.kernel, table, weights=None if weights is None else array("d", weights))
    vector, memory, sums = code.vector([w, v]), Doubles(code.kernel.memory), code.room_for_sums()
    code.machine.functions["sums"](panels.data.address, panels.count, vector.address, memory.address, sums.address)
    count, *listed = memory.view[code.kernel.memory - 1 - panels_of_strip(shape) :].cast("B").cast("q").tolist()
    return listed[:count]


def with_others(shape: Shape, number: float, *places: tuple[int, int]) -> list[float]:
    """Ten panels of rows beyond their margin, but for this number at places (panel, row of it)."""
    rows = [FAR] * (10 * shape.rows)
    for panel, row in places:
        rows[panel * shape.rows + row] = number
    return rows


def test_panels_in_which_all_rows_keep_their_margin_are_passed_over(shape: Shape) -> None:
    last = shape.rows - 1
    assert opened(shape, with_others(shape, FAR)) == []
    assert opened(shape, with_others(shape, NEAR, (1, last), (4, 0), (4, 1), (9, 0))) == [1, 4, 9]
    for row in range(shape.rows):
        assert opened(shape, with_others(shape, NEAR, (3, row))) == [3]
    assert opened(shape, [NEAR] * (10 * shape.rows)) == list(range(10))


def test_each_strip_has_a_list_of_its_own(shape: Shape) -> None:
    """Two strips of one length: what the first has opened is forgotten, and the second one counts its panels from 0."""
    strip = shape.rows * panels_of_strip(shape)
    assert opened(shape, [NEAR] * strip + [FAR] * strip) == []
    begin = with_others(shape, NEAR, (0, 0), (2, 1))
    assert opened(shape, [FAR] * strip + begin + [FAR] * (strip - len(begin))) == [0, 2]


def test_a_row_without_weight_opens_nothing(shape: Shape) -> None:
    rows = with_others(shape, NEAR, (1, 1), (4, 0))
    weights = [0.0 if place == shape.rows + 1 else 1.0 for place in range(len(rows))]
    assert opened(shape, rows, weights) == [4]


def test_what_is_not_finite_is_looked_at_whatever_the_margin(shape: Shape) -> None:
    """Of the data, of the parameters, and of what is computed before: relu(1e10 * 1e300) is inf, and 0 times it nan."""
    rows, last = with_others(shape, FAR), shape.rows - 1
    for number in (math.inf, math.nan):
        assert opened(shape, with_others(shape, number, (3, 0))) == opened(shape, with_others(shape, number, (3, last))) == [3]
    assert opened(shape, rows, w=math.inf) == opened(shape, rows, v=math.inf) == list(range(10))
    for row in range(shape.rows):
        assert opened(shape, with_others(shape, 1e300, (6, row)), v=1e10) == [6]
    assert opened(shape, with_others(shape, 1e300, (6, 0))) == []
