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
from micrograd.tensors.terms import Call, Line, LogSumExp, Name, walk
from micrograd.views.matrices import numbers_at
from micrograd.views.reach import NOWHERE, Follower, Reach, UnfollowedError, affine
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import Example
from tests.views.formulas import xor_formulas, xor_numbers

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
