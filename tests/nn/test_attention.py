"""Embedding, normalization and attention."""

import random
from typing import Any

import numpy as np
import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.nn import Attention, Embedding, LayerNorm
from tests.nn.layers import leaves, made, numbers_in
from tests.nn.networks import gradients_of, set_parameters


def test_an_index_chooses_a_row_and_only_its_numbers_get_a_gradient() -> None:
    table = Embedding(3, 2)
    set_parameters(table, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    first, second, third = table(1), table(1), table(2)
    assert numbers_in([first, third]) == [[3.0, 4.0], [5.0, 6.0]]
    (first[0] + 10.0 * second[0] + third[1]).backward()
    assert gradients_of(table) == [0.0, 0.0, 11.0, 0.0, 0.0, 1.0]


def test_weights_choose_a_mean_of_rows() -> None:
    table = Embedding(3, 2)
    set_parameters(table, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    first, second = table([0.5, 0.0, 0.25])
    assert [first.data, second.data] == [0.5 * 1.0 + 0.25 * 5.0, 0.5 * 2.0 + 0.25 * 6.0]
    second.backward()
    assert gradients_of(table) == [0.0, 0.5, 0.0, 0.0, 0.0, 0.25]
    assert numbers_in(table([0.0, 1.0, 0.0])) == numbers_in(table(1))


@pytest.mark.parametrize("index", [1, True, np.int64(1), np.array(1)], ids=lambda index: type(index).__name__)
def test_an_index_is_a_whole_number(index: Any) -> None:
    table = Embedding(2, 2)
    assert table(index) == table.rows[1]


def test_what_an_embedding_gives_is_a_list_of_its_own() -> None:
    table = Embedding(2, 2)
    table(0).append(Value(1.0))
    assert len(table(0)) == 2


@pytest.mark.parametrize("index", [3, -1, 10**9])
def test_an_index_outside_of_the_rows_is_refused(index: int) -> None:
    with pytest.raises(IndexError, match=rf"^Embedding\(3, 2\) has the rows 0 to 2, got {index}; make it with more rows$"):
        Embedding(3, 2)(index)


@pytest.mark.parametrize("index", [1.0, np.float64(1.0), Value(1.0), "abc", None], ids=repr)
def test_what_is_neither_an_index_nor_a_list_of_weights_is_refused(index: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^Embedding\(3, 2\) needs the index of a row, from 0 to 2, or a list of 3 weights, got "
    ):
        Embedding(3, 2)(index)


def test_a_wrong_number_of_weights_names_the_embedding() -> None:
    with pytest.raises(ValueError, match=r"^Embedding\(3, 2\) needs 3 number\(s\), got 2"):
        Embedding(3, 2)([0.0, 1.0])


def test_a_list_of_indices_is_told_to_be_given_one_by_one() -> None:
    need = r"^Embedding\(3, 2\) needs the index of one row, or a weight for each of its 3 rows"
    with pytest.raises(ValueError, match=rf"{need}, got \[0, 2\]; write \[table\(index\) for index in indices\]$"):
        Embedding(3, 2)([0, 2])


def test_rows_begin_with_a_length_of_about_one() -> None:
    rows = numbers_in(Embedding(200, 16, generator=random.Random(0)).rows)
    mean = sum(number**2 for row in rows for number in row) / len(rows)
    assert mean == pytest.approx(1.0, abs=4.0 * (2.0 / (200 * 16)) ** 0.5)  # four deviations of a mean of squares
    assert [parameter.label for parameter in Embedding(2, 2).parameters()] == ["row0.w1", "row0.w2", "row1.w1", "row1.w2"]


def test_two_numbers_are_normalized_to_minus_one_and_one_whatever_they_are() -> None:
    norm = LayerNorm(2, epsilon=0.0)
    set_parameters(norm, 2.0, 3.0, 0.5, -0.5)
    x = [Value(1.25), Value(-4.0)]
    first, second = norm(x)
    assert [first.data, second.data] == [2.0 * 1.0 + 0.5, 3.0 * -1.0 - 0.5]
    (10.0 * first + second).backward()
    assert gradients_of(norm) == [10.0 * 1.0, 1.0 * -1.0, 10.0, 1.0]
    assert [value.grad for value in x] == pytest.approx([0.0, 0.0], abs=1e-15)


def test_epsilon_holds_equal_numbers_finite() -> None:
    assert numbers_in(LayerNorm(3)([2.0, 2.0, 2.0])) == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="epsilon needs to be a finite number from 0 upwards, got -1"):
        LayerNorm(3, epsilon=-1.0)
    with pytest.raises(ValueError, match=r"^LayerNorm\(3\) needs 3 number\(s\), got 2"):
        LayerNorm(3)([1.0, 2.0])


def test_where_no_query_prefers_a_key_a_place_takes_the_mean_of_what_is_up_to_it() -> None:
    look = Attention(1)
    set_parameters(look, 0.0, 0.0, 1.0, 0.0, 5.0, 0.5, 3.0, 0.25)  # query, key, value, project: a weight and a bias each
    x = [Value(1.0), Value(2.0), Value(6.0)]
    assert numbers_in(look.weights([[value] for value in x])) == [[1.0], [0.5, 0.5], pytest.approx([1.0 / 3.0] * 3)]
    outputs = look([[value] for value in x])
    values = [5.0 * value.data + 0.5 for value in x]
    assert [place[0].data for place in outputs] == pytest.approx([3.0 * sum(values[:t]) / t + 0.25 for t in (1, 2, 3)])
    outputs[1][0].backward()
    mean = (x[0].data + x[1].data) / 2.0
    assert gradients_of(look)[4:] == pytest.approx([3.0 * mean, 3.0, 5.0 * mean + 0.5, 1.0])
    assert [value.grad for value in x] == pytest.approx([3.0 * 5.0 / 2.0, 3.0 * 5.0 / 2.0, 0.0])


def test_the_shares_of_a_place_add_up_to_one_and_none_is_of_a_later_place() -> None:
    look, places = made("Attention")
    triangle = numbers_in(look.weights(places))  # type: ignore[attr-defined]
    assert [len(row) for row in triangle] == [1, 2, 3]
    assert [sum(row) for row in triangle] == pytest.approx([1.0] * 3, rel=1e-15)
    for time, outputs in enumerate(look(places)):
        fresh = leaves((3, 4), random.Random(2))
        ops.total(look(fresh)[time]).backward()
        assert [any(leaf.grad for leaf in place) for place in fresh] == [earlier <= time for earlier in range(3)]
        assert len(outputs) == 4


@pytest.mark.parametrize(
    ("places", "error", "message"),
    [
        ([], ValueError, r"^Attention\(2, 2\) needs a sequence, .*, got \[\]; an empty list has nothing to read$"),
        (
            [[1.0, 2.0], [3.0]],
            ValueError,
            r"of frames with 2 number\(s\) each, and frame 2 is \[3\.0\]; give every frame as many$",
        ),
        ([1.0, 2.0], TypeError, "put each frame in brackets$"),
    ],
)
def test_places_are_lists_of_one_length(places: Any, error: type[Exception], message: str) -> None:
    look = Attention(2)
    for read in (look, look.weights):
        with pytest.raises(error, match=message):
            read(places)
