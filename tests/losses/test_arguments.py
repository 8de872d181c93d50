"""The outputs and targets that a loss takes, and those that it refuses."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_mean_squared_error,
    hinge,
    mean_squared_error,
)
from micrograd.nn import MLP
from tests.losses.rows import one_hot, table, values

LOSSES = [half_mean_squared_error, mean_squared_error, binary_cross_entropy_with_logits, cross_entropy, hinge]

every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)


def outputs_for(loss: Callable[..., Value], rows: int) -> list[Any]:
    return table([[0.5, 1.5]] * rows) if loss is cross_entropy else values([0.5] * rows)


@every_loss
@pytest.mark.parametrize(("rows", "targets"), [(2, 1), (1, 2), (3, 0), (0, 3)])
def test_a_loss_needs_one_target_per_output(loss: Callable[..., Value], rows: int, targets: int) -> None:
    message = rf"^a loss needs one target per output, got {rows} output\(s\) and {targets} target\(s\)$"
    with pytest.raises(ValueError, match=message):
        loss(outputs_for(loss, rows), [1] * targets)


@every_loss
def test_a_loss_needs_an_output(loss: Callable[..., Value]) -> None:
    with pytest.raises(ValueError, match=r"^a loss needs at least one output, got none$"):
        loss([], [])


@every_loss
def test_an_output_or_a_target_alone_is_to_be_put_in_a_list(loss: Callable[..., Value]) -> None:
    advice = r"; write \[output\], \[target\]$"
    with pytest.raises(TypeError, match=r"^outputs and targets are lists, and one is Value\(data=0\.5\)" + advice):
        loss(Value(0.5), 1)
    with pytest.raises(TypeError, match=r"^outputs and targets are lists, and one is 1" + advice):
        loss(outputs_for(loss, 1), 1)


@pytest.mark.parametrize("loss", [mean_squared_error, half_mean_squared_error])
@pytest.mark.parametrize("target", [[1.0], [1.0, 2.0, 3.0]], ids=len)
def test_a_row_of_outputs_needs_as_many_targets(loss: Callable[..., Value], target: list[float]) -> None:
    with pytest.raises(ValueError, match=rf"got 2 output\(s\) and {len(target)} target\(s\)$"):
        loss(table([[1.0, 2.0]]), [target])


@every_loss
def test_targets_may_come_from_numpy(loss: Callable[..., Value]) -> None:
    targets = [1.0, -1.0 if loss is hinge else 0.0, 1.0]
    rows = [one_hot(int(target), 2) for target in targets] if loss is cross_entropy else targets
    assert loss(outputs_for(loss, 3), np.array(rows)).data == loss(outputs_for(loss, 3), rows).data


@every_loss
def test_a_loss_is_one_value_whose_gradient_reaches_every_parameter(loss: Callable[..., Value]) -> None:
    model = MLP(2, [3, 2 if loss is cross_entropy else 1], "tanh", seed=0)
    loss([model([0.5, -1.0]), model([1.0, 0.25])], [1, 1 if loss is hinge else 0]).backward()  # 1 and -1 would cancel in the bias
    assert all(parameter.grad != 0.0 for parameter in model.parameters())


@pytest.mark.parametrize("label", [0, 2, 0.5, math.nan])
def test_hinge_refuses_a_label_that_would_have_no_gradient(label: float) -> None:
    with pytest.raises(ValueError, match=r"^a label of hinge needs to be -1 or 1, got .*labels=\(-1, 1\)$"):
        hinge([Value(0.5), Value(0.5)], [1, label])


@pytest.mark.parametrize("target", [-1, 1.5, math.nan])
def test_binary_cross_entropy_refuses_what_is_no_probability(target: float) -> None:
    with pytest.raises(ValueError, match=r"^a target of a binary cross-entropy needs to be from 0 to 1, got .*labels=\(0, 1\)$"):
        binary_cross_entropy_with_logits([Value(0.5), Value(0.5)], [1, target])


@every_loss
def test_of_plain_numbers_a_loss_is_a_plain_number(loss: Callable[..., Any]) -> None:
    outputs: list[Any] = [[0.5, 1.5]] * 2 if loss is cross_entropy else [0.5, 0.25]
    lifted = table(outputs) if loss is cross_entropy else values(outputs)
    assert type(loss(outputs, [1, 1])) is float
    assert loss(outputs, [1, 1]) == loss(np.array(outputs), np.array([1, 1])) == loss(lifted, [1, 1]).data


@pytest.mark.parametrize("loss", [binary_cross_entropy_with_logits, hinge, half_mean_squared_error, mean_squared_error])
def test_one_number_in_a_list_counts_as_the_number(loss: Any) -> None:
    wanted = loss(values([0.5, 2.0]), [1.0, 1.0]).data
    for outputs in (values([0.5, 2.0]), table([[0.5], [2.0]])):
        for targets in ([1.0, 1.0], [[1.0], [1.0]], np.ones((2, 1))):
            assert loss(outputs, targets).data == wanted


@pytest.mark.parametrize("loss", [binary_cross_entropy_with_logits, hinge])
def test_several_targets_of_one_output_are_refused(loss: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{loss.__name__} needs one number per row as the target, got \[0, 1\]$"):
        loss(values([0.5]), [[0, 1]])


@pytest.mark.parametrize(("loss", "noun"), [(binary_cross_entropy_with_logits, "logit"), (hinge, "score")])
def test_several_outputs_where_one_is_needed_are_refused(loss: Any, noun: str) -> None:
    with pytest.raises(TypeError, match=rf"^{loss.__name__} needs one {noun} per row, got .*; give the network one output$"):
        loss([values([0.5, 0.5])], [1])


@every_loss
def test_text_is_refused(loss: Callable[..., Value]) -> None:
    with pytest.raises(TypeError, match=r"^a Value holds one real number, got '0\.5' \(str\); convert the text first"):
        loss([["0.5", "1"]] if loss is cross_entropy else ["0.5"], [1])


def test_cross_entropy_of_sequences_is_told_to_be_added_up() -> None:
    steps: Any = [values([0.5, 1.0]), values([1.0, 0.5])]
    with pytest.raises(
        TypeError, match=r"per row, and one is a list of 2 such lists; .* cross_entropy\(steps, classes\) of each row$"
    ):
        cross_entropy([steps], [[0, 1]])


def test_cross_entropy_of_bare_logits_points_to_the_binary_one() -> None:
    logits: Any = values([0.5])
    with pytest.raises(
        TypeError, match=r"^cross_entropy needs a list of logits per row.*; use binary_cross_entropy_with_logits "
    ):
        cross_entropy(logits, [0])
    with pytest.raises(ValueError, match=r"^cross_entropy needs the logits of two classes or more, got 1.*; use binary_"):
        cross_entropy([logits], [0])
