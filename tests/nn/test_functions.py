"""Shares and right answers of a network's outputs."""

import math
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.nn import accuracy, softmax


def test_softmax_gives_shares_and_their_gradients() -> None:
    logits = [Value(math.log(1.0)), Value(math.log(2.0)), Value(math.log(5.0))]
    shares = softmax(logits)
    assert [share.data for share in shares] == pytest.approx([1.0 / 8.0, 2.0 / 8.0, 5.0 / 8.0], rel=1e-15)
    shares[1].backward()
    own, first, last = 2.0 / 8.0, 1.0 / 8.0, 5.0 / 8.0
    assert [logit.grad for logit in logits] == pytest.approx([-own * first, own * (1.0 - own), -own * last], rel=1e-14)


def test_softmax_of_numbers_is_numbers_however_large_they_are() -> None:
    assert softmax([1e4, 1e4, -1e4]) == pytest.approx([0.5, 0.5, 0.0])
    array: Any = np.array([0.0, 0.0])
    assert softmax(array) == softmax((0, 0)) == [0.5, 0.5]
    assert [type(share) for share in softmax([Value(0.0), 1.0])] == [Value, Value]
    assert softmax([3.0]) == [1.0]


@pytest.mark.parametrize("logits", [[], (), np.array([]), 3.0, Value(3.0), None], ids=repr)
def test_softmax_needs_a_list_with_a_logit(logits: Any) -> None:
    with pytest.raises(ValueError, match=r"^softmax needs a list with one logit or more, got "):
        softmax(logits)


@pytest.mark.parametrize(
    ("outputs", "targets", "expected"),
    [
        ([[0.2, 0.8], [0.6, 0.4]], [1, 0], 1.0),
        ([[0.2, 0.8], [0.6, 0.4]], [0, 1], 0.0),
        ([[Value(0.2), Value(0.8)], [Value(0.6), 0.4]], [1, 1], 0.5),
        ([[0.0, 0.0]], [0], 1.0),  # the first of equal ones
        (np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([1, 1]), 0.5),
        ([np.array([0.2, 0.8])], [np.int64(1)], 1.0),
        ([(1.0, 2.0, 3.0)], [[0.0, 0.0, 1.0]], 1.0),
        ([[1.0, 2.0], [2.0, 1.0]], [[0.9, 0.1], [1.0, 0.0]], 0.5),
        ([[1.0, 2.0]], [1.0], 1.0),
    ],
    ids=["all", "none", "Values", "equal", "arrays", "mixed", "one-hot", "shares", "float"],
)
def test_accuracy_is_the_share_of_rows_whose_largest_output_is_that_of_the_target(
    outputs: Any, targets: Any, expected: float
) -> None:
    assert accuracy(outputs, targets) == expected


@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        (
            [[1.0, 2.0]],
            [1, 0],
            r"^accuracy needs rows of outputs and a target for each, as two lists of one length, got 1 and 2$",
        ),
        ([], [], "as two lists of one length, got 0 and 0$"),
        ([[1.0, 2.0]], 1, "got 1 and 1$"),
        ([1.0], [1], r"needs a row of outputs, one for each of two or more classes, and row 1 is 1\.0; for one output"),
        ([[1.0, 2.0], [3.0]], [0, 1], r"and row 2 is \[3\.0\]"),
        (
            [[1.0, 2.0], [3.0, 4.0]],
            [0, 2],
            r"the index of one of 2 classes, from 0, or a weight for each, and that of row 2 is 2$",
        ),
        ([[1.0, 2.0]], [-1], "and that of row 1 is -1$"),
        ([[1.0, 2.0]], [[0.0, 1.0, 0.0]], "and that of row 1 is "),
        ([[1.0, 2.0]], ["1"], "and that of row 1 is '1'"),
    ],
)
def test_accuracy_needs_a_row_of_classes_and_a_target_that_is_one_of_them(outputs: Any, targets: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        accuracy(outputs, targets)
