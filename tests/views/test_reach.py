"""Which entries an entry is made of: a number that is not one shows where it went."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd import ops
from micrograd.folding import Folded, fold
from micrograd.tensors.dialects import functions
from micrograd.tensors.spelling import spelled
from micrograd.tensors.terms import (
    ROWS,
    Broadcast,
    Call,
    Concatenate,
    Contract,
    Index,
    Infix,
    Line,
    LogSumExp,
    MatMul,
    Name,
    Number,
    Pad,
    Permute,
    Placed,
    Reshape,
    RowCount,
    Scattered,
    Stack,
    Sum,
    Table,
    Take,
    Term,
    Windows,
    walk,
)
from micrograd.views.matrices import numbers_at
from micrograd.views.reach import NOWHERE, Follower, Reach, UnfollowedError, affine
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import Example
from tests.views.formulas import array, xor_formulas, xor_numbers

HIDES = {ops.step, ops.sign, ops.maximum, ops.minimum, ops.leaky_relu, ops.ahead}  # what gives a number for nan
SMALL = ["xor", "cnn", "rnn", "attention", "causal attention", "pruned", "gates", "centres", "loops", "branches"]


def folded(make: Callable[[], Example], rows: int = 2) -> Folded:
    example = make()
    return fold(example.loss, example.inputs, example.parameters, rows=example.rows[:rows])


def poisoned(line: Line, numbers: dict[str, Any], space: dict[str, Any], name: str, place: int) -> Any:
    """Where the line gives nan, with nan at that place of an array."""
    changed = np.array(numbers[name], float)
    changed.flat[place] = math.nan
    with np.errstate(all="ignore"):
        return np.isnan(eval(str(spelled(line.expression)), space, {**numbers, name: changed}))  # noqa: S307  # our own text


def readers(found: list[Reach], names: list[Name], name: str, place: int, shape: tuple[int, ...]) -> Any:
    """The entries that are said to read that place."""
    reads = np.zeros(shape, bool)
    for reach, term in zip(found, names, strict=True):
        if term.array.name == name:
            reads |= (reach.places == place).reshape(*shape, -1).any(axis=-1)
    return reads


@pytest.mark.parametrize("example", [name for name in SMALL if name in EXAMPLES])
def test_an_entry_reads_a_place_where_nan_comes_through_from_it(example: str) -> None:
    program = folded(EXAMPLES[example])
    numbers = numbers_at(program.formulas, program.rows, program.numbers)
    space = functions("numpy") | {table.name: table.places for table in program.formulas.tables}
    checked = 0
    for line in program.formulas.lines:
        terms = list(walk(line.expression))
        if any(isinstance(term, Call) and term.op in HIDES for term in terms) or any(isinstance(t, LogSumExp) for t in terms):
            continue
        names = [term for term in terms if isinstance(term, Name)]
        follower = Follower({name: array.shape for name, array in numbers.items()}, len(program.rows))
        try:
            found = follower.follow(line.expression)
        except UnfollowedError:
            continue
        for name in dict.fromkeys(term.array.name for term in names):
            size = np.size(numbers[name])
            for place in {0, size // 3, size - 1}:
                expected = poisoned(line, numbers, space, name, place)
                said = readers(found, names, name, place, np.shape(numbers[line.name]))
                assert (said == expected).all(), (line.name, name, place)
                checked += 1
    assert checked > 10


T3 = array("t", "parameter", (2, 3, 4))
U3 = array("u", "parameter", (4, 3, 2))
M2, V1 = array("m", "parameter", (3, 4)), array("v", "parameter", (4,))
ROWED = array("x", "input", (3,), rows=True)
t, u, m, v, x = (Name(one) for one in (T3, U3, M2, V1, ROWED))
NUMBERS: dict[str, Any] = {one.name: np.arange(1.0, 1.0 + one.size).reshape(one.shape) for one in (T3, U3, M2, V1)} | {
    "x": np.ones((2, 3))
}
WRITTEN = {
    "axes in another order": Contract(t, v, "ijk", "k", "ji"),
    "two letters summed": Contract(t, u, "ijk", "kji", "i"),
    "a letter in both and in the result": Contract(t, m, "ijk", "jk", "ji"),
    "a product of many matrices": MatMul(t, Permute(t, (0, 2, 1))),
    "a vector times a matrix": MatMul(v, Permute(m, (1, 0))),
    "a sum over two axes": Sum(Permute(t, (2, 0, 1)), (0, 2)),
    "parts": Index(t, (1, slice(None, None, -1), slice(1, 3))),
    "every pair": Infix("*", Index(v, (slice(None), None)), v),
    "side by side": Concatenate((Index(m, (slice(0, 1),)), Infix("+", m, v)), 0),
    "one on the other": Stack((v, Index(m, (2,)), Broadcast(Number(0.0), (4,), RowCount(None))), 1),
    "with zeros around": Pad(m, ((1, 0), (0, 2))),
    "windows": Sum(Windows(m, (0, 1), (2, 3)), (3,)),
    "windows of rows": Windows(x, (1,), (2,)),
    "put in place": Placed(v, (3, 4), 1, (2,)),
    "put in place in each row": Placed(x, (ROWS, 2, 3), 3, (1,)),
    "scattered": Scattered(v, (6,), Table("I1", np.array([5, 0, -1, 2]))),
    "taken": Take(m, Table("I2", np.array([[11, -1], [0, 5]])), rows=False),
    "taken in each row": Take(x, Table("I3", np.array([2, -1, 0])), rows=True),
    "reshaped": Permute(Reshape(t, (6, 4)), (1, 0)),
}


@pytest.mark.parametrize("term", WRITTEN.values(), ids=WRITTEN)
def test_each_kind_of_term_carries_places_as_it_carries_numbers(term: Term) -> None:
    names = [part for part in walk(term) if isinstance(part, Name)]
    tables = {part.table.name: part.table.places for part in walk(term) if isinstance(part, (Take, Scattered))}
    line = Line(array("out", "+", ()), term)
    space = functions("numpy") | tables
    shape = np.shape(eval(str(spelled(term)), space, dict(NUMBERS)))  # noqa: S307  # our own text
    found = Follower({name: numbers.shape for name, numbers in NUMBERS.items()}, 2).follow(term)
    for name in {part.array.name for part in names}:
        for place in range(NUMBERS[name].size):
            expected = poisoned(line, NUMBERS, space, name, place)
            assert (readers(found, names, name, place, shape) == expected).all(), (name, place)


@pytest.mark.parametrize("term", [term for term in WRITTEN.values() if isinstance(term, Contract)])
def test_two_factors_are_read_in_one_order(term: Contract) -> None:
    shapes = {name: numbers.shape for name, numbers in NUMBERS.items()}
    follower = Follower(shapes, 2)
    left, right = follower.follow(term)
    assert follower.products == [left.summed] == [right.summed]
    one, other = (NUMBERS[part.array.name] for part in term.parts if isinstance(part, Name))
    products = one.ravel()[left.places] * other.ravel()[right.places]
    expected = np.einsum(f"{term.left_axes},{term.right_axes}->{term.out}", one, other)
    assert (products.sum(axis=tuple(range(len(left.own()), products.ndim))) == expected).all()


def test_places_that_are_added_onto_each_other_are_not_followed() -> None:
    shapes = {name: numbers.shape for name, numbers in NUMBERS.items()}
    with pytest.raises(UnfollowedError):
        Follower(shapes, 2).follow(Placed(v, (3,), 1, (0,)))


def followed(number: int) -> list[Reach]:
    shapes = {name: array.shape for name, array in xor_numbers().items()}
    return Follower(shapes, 4).follow(xor_formulas().lines[number].expression)


def test_a_transposed_factor_is_read_column_by_column_and_both_sums_run_alike() -> None:
    turned, data = followed(7)  # dW1 = dz1.T @ x, of four rows
    assert affine(turned) == (0, [1, 0], [(4, 3)])  # column i of 4x3, down its rows
    assert affine(data) == (0, [0, 1], [(4, 2)])  # column j of 4x2
    assert turned.summed == data.summed


def test_a_number_by_number_operand_is_read_at_one_place() -> None:
    assert [affine(reach) for reach in followed(6)] == [(0, [3, 1], [])] * 2


def test_places_without_a_pattern_and_zeros_have_no_strides() -> None:
    assert affine(Reach(np.array([0, 2, 3]))) is None
    assert affine(Reach(np.array([NOWHERE, 0, 1]))) is None
