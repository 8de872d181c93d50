"""The losses and their gradients against PyTorch, in float64."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from micrograd.engine import Value
from micrograd.losses import (
    binary_cross_entropy,
    cross_entropy,
    half_mean_squared_error,
    hinge,
    mean_squared_error,
)
from tests.losses.rows import drawn, gradients, table, values


def torch_agrees(loss: Value, leaves: Sequence[Value], torch_loss: Any, torch_leaves: Any) -> bool:
    loss.backward()
    torch_loss.backward()
    theirs = torch_leaves.grad.flatten().tolist()
    assert loss.data == pytest.approx(torch_loss.item(), rel=1e-14, abs=1e-14)
    assert gradients(leaves) == pytest.approx(theirs, rel=1e-13, abs=1e-16)
    return any(theirs)


@pytest.mark.parametrize("seed", range(3))
def test_squared_errors_agree_with_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    outputs, targets = drawn(5, 3, seed=seed), drawn(5, 3, seed=seed + 100)
    for loss, factor in ((mean_squared_error, 1.0), (half_mean_squared_error, 0.5)):
        ours = table(outputs)
        theirs = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
        summed = torch.nn.functional.mse_loss(theirs, torch.tensor(targets, dtype=torch.float64), reduction="sum")
        assert torch_agrees(loss(ours, targets), [leaf for row in ours for leaf in row], factor * summed / 5, theirs)


@pytest.mark.parametrize("seed", range(3))
def test_binary_cross_entropy_agrees_with_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    (logits,), targets = drawn(1, 8, seed=seed), [0.0, 1.0, 0.25, 0.5, 1.0, 0.0, 1e-3, 0.75]
    logits = [*logits[:6], 1e4 * logits[6], 100.0 * logits[7]]
    ours = values(logits)
    theirs = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(theirs, torch.tensor(targets, dtype=torch.float64))
    assert torch_agrees(binary_cross_entropy(ours, targets), ours, expected, theirs)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("probabilities", [False, True], ids=["classes", "probabilities"])
def test_cross_entropy_agrees_with_torch(seed: int, probabilities: bool) -> None:
    torch = pytest.importorskip("torch")
    logits = [*drawn(5, 4, seed=seed), [1e4, -1e4, 0.0, 3.0]]
    classes = [0, 3, 1, 2, 2, 1]
    targets: list[Any] = [[0.125, 0.5, 0.0, 0.375]] * 6 if probabilities else classes
    ours = table(logits)
    theirs = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    wanted = torch.tensor(targets, dtype=torch.float64 if probabilities else torch.int64)
    expected = torch.nn.functional.cross_entropy(theirs, wanted)
    assert torch_agrees(cross_entropy(ours, targets), [leaf for row in ours for leaf in row], expected, theirs)


@pytest.mark.parametrize("seed", range(3))
def test_hinge_agrees_with_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    (scores,), labels = drawn(1, 6, seed=seed), [1, -1, 1, -1, -1, 1]
    ours = values(scores)
    theirs = torch.tensor(scores, dtype=torch.float64, requires_grad=True)
    # margin_ranking_loss(a, 0, y, margin) is the mean of max(0, margin - y a)
    expected = torch.nn.functional.margin_ranking_loss(theirs, torch.zeros(6), torch.tensor(labels), margin=1.0)
    assert torch_agrees(hinge(ours, labels), ours, expected, theirs)


def test_cross_entropy_of_weights_that_do_not_sum_to_1_is_that_of_torch() -> None:
    # -(1 * log(1/2) + 1 * log(1/2)), since both logits are the same
    assert cross_entropy(table([[5.0, 5.0]]), [[1.0, 1.0]]).data == pytest.approx(2.0 * math.log(2.0), rel=1e-15)
