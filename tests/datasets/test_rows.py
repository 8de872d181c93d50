"""Data sets: a pair of lists, its rows, and the two parts that `split` makes of it."""

import copy
import pickle
import random
import re
from typing import Any

import pytest

from micrograd import losses, nn, optim
from micrograd.datasets import Dataset, moons, one_hot, split, xor
from micrograd.training import fit

TEN = Dataset([[float(number)] for number in range(10)], list("abcdefghij"))


def test_the_rows_of_a_data_set_are_inputs_with_their_targets() -> None:
    assert Dataset([[1.0, 2.0], [3.0, 4.0]], [5, 6]).rows == [([1.0, 2.0], 5), ([3.0, 4.0], 6)]
    assert Dataset([], []).rows == []


def test_rows_of_one_list_alone_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^data needs one target per row, got 2 row\(s\) and 1 target\(s\)$"):
        Dataset([[1.0], [2.0]], [0]).rows  # noqa: B018


@pytest.mark.parametrize(
    ("place", "written"),
    [
        (0, "0"),
        (-1, "-1"),
        (slice(2), ":2"),
        (slice(3, None), "3:"),
        (slice(1, -1), "1:-1"),
        (slice(None, None, 2), "::2"),
        ("x", "x"),
    ],
)
def test_a_place_in_a_data_set_could_be_meant_three_ways(place: Any, written: str) -> None:
    words = f"write data.rows[{written}], data.inputs[{written}] or data.targets[{written}]"
    with pytest.raises(TypeError, match=f"^a Dataset is a pair, inputs and targets, and not a list of rows; {re.escape(words)}$"):
        xor()[place]


def test_a_data_set_of_many_rows_shows_itself_in_one_line() -> None:
    assert repr(Dataset([[0.0] * 64] * 1797, [7] * 1797)) == "<Dataset of 1797 rows; .rows[0] is ([0.0, 0.0, 0.0, ...], 7)>"
    frames = "[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], ...]"
    assert repr(Dataset([[[1.0, 2.0]] * 9], [8])) == f"<Dataset of 1 row; .rows[0] is ({frames}, 8)>"
    assert repr(Dataset([[1.0]], [])) == "<Dataset of 1 row>"
    assert repr(Dataset([], [])) == "<Dataset of 0 rows>"


def test_a_data_set_is_a_pair() -> None:
    inputs, targets = data = xor()
    assert (data.inputs, data.targets) == (inputs, targets) == data
    assert len(data) == 2
    assert [list(pair) for pair in zip(*data, strict=True)] == [list(row) for row in data.rows]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda data: pickle.loads(pickle.dumps(data))])  # noqa: S301
def test_a_data_set_is_copied_and_pickled(again: Any) -> None:
    assert again(TEN) == TEN
    assert type(again(TEN)) is Dataset


@pytest.mark.parametrize("eager", [True, None])
def test_a_data_set_trains_as_its_two_lists_do(eager: bool | None) -> None:
    fallen = []
    for data in (xor(), (xor().inputs, xor().targets)):
        model = nn.MLP(2, [2, 1], seed=0)
        history = fit(
            model, losses.mean_squared_error, data, optim.SGD(model.parameters(), 0.1), epochs=3, eager=eager, progress=False
        )
        fallen.append(history.losses)
    assert fallen[0] == fallen[1]


# Two parts


@pytest.mark.parametrize(("share", "count"), [(0.2, 2), (0.5, 5), (0.26, 3), (0.24, 2), (0.9, 9), (0.06, 1)])
def test_the_second_part_is_the_share_rounded_to_whole_rows(share: float, count: int) -> None:
    train, test = split(TEN, share)
    assert (len(train.rows), len(test.rows)) == (10 - count, count)


def test_every_row_is_in_one_part_with_its_target() -> None:
    train, test = split(TEN, 0.3)
    assert sorted(train.rows + test.rows) == TEN.rows
    assert {type(part) for part in (train, test)} == {Dataset}


def test_rows_are_taken_at_random_and_a_seed_repeats_it() -> None:
    assert split(TEN, seed=1) == split(TEN, seed=1)
    assert split(TEN) == split(TEN, seed=0)
    assert split(TEN, seed=1) != split(TEN, seed=2)
    assert split(TEN, 0.5)[1].inputs not in (TEN.inputs[:5], TEN.inputs[5:])


def test_a_split_leaves_the_data_and_the_random_module_as_they_were() -> None:
    data, state = copy.deepcopy(TEN), random.getstate()
    split(data)
    assert data == TEN
    assert random.getstate() == state


def test_sequences_and_pairs_are_split_too() -> None:
    frames = [[[0.0]], [[1.0], [2.0]], [[3.0]], [[4.0]]]
    train, test = split((frames, [0, 1, 2, 3]), 0.25)
    assert [frames[target] for target in train.targets + test.targets] == train.inputs + test.inputs


@pytest.mark.parametrize("share", [0, 1, 0.0, 1.0, -0.1, 1.5, 20, float("nan"), "half", True, None], ids=str)
def test_a_share_is_between_0_and_1(share: Any) -> None:
    with pytest.raises(ValueError, match=r"^share needs to be a number between 0 and 1, the part of the rows to test with, got "):
        split(TEN, share)


@pytest.mark.parametrize(("rows", "share"), [(10, 0.04), (10, 0.96), (1, 0.5), (0, 0.5)])
def test_a_part_without_rows_is_refused(rows: int, share: float) -> None:
    message = f"a share of {share} of {rows} row(s) leaves one part empty; choose another share, or take more rows"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        split(Dataset(TEN.inputs[:rows], TEN.targets[:rows]), share)


@pytest.mark.parametrize("data", [5, [[0.0], [1.0], [2.0]], (5, 6), None], ids=str)
def test_only_a_pair_is_split(data: Any) -> None:
    with pytest.raises(ValueError, match=r"^split needs data, a pair \(inputs, targets\) such as datasets.xor\(\), got "):
        split(data)


def test_the_lists_of_a_pair_are_of_one_length_and_a_seed_is_whole() -> None:
    with pytest.raises(ValueError, match=r"^data needs one target per row, got 3 row\(s\) and 2 target\(s\)$"):
        split(Dataset([[0.0], [1.0], [2.0]], [0, 1]))
    with pytest.raises(ValueError, match=r"^seed needs to be a whole number from 0 upwards, got -1$"):
        split(moons(10), seed=-1)


# One of many


@pytest.mark.parametrize(("index", "count", "expected"), [(0, 1, [1.0]), (0, 3, [1.0, 0.0, 0.0]), (2, 3, [0.0, 0.0, 1.0])])
def test_one_hot_is_1_in_one_place(index: int, count: int, expected: list[float]) -> None:
    assert one_hot(index, count) == expected
    assert {type(number) for number in one_hot(index, count)} == {float}


@pytest.mark.parametrize("index", [3, -1, 1.0, "a", None], ids=str)
def test_one_hot_needs_a_place_among_those_that_there_are(index: Any) -> None:
    with pytest.raises(ValueError, match=r"^one_hot\(index, 3\) needs an index from 0 to 2, got "):
        one_hot(index, 3)


def test_one_hot_needs_a_place() -> None:
    with pytest.raises(ValueError, match=r"^count needs to be a whole number from 1 upwards, got 0$"):
        one_hot(0, 0)
