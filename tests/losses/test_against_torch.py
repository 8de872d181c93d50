"""The losses and their gradients against PyTorch, in float64."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from micrograd import logsumexp
from micrograd.engine import Value
from micrograd.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
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
    assert torch_agrees(binary_cross_entropy_with_logits(ours, targets), ours, expected, theirs)


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


@pytest.mark.parametrize("seed", range(3))
def test_binary_cross_entropy_of_sigmoids_agrees_with_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    (logits,), targets = drawn(1, 6, seed=seed), [0.0, 1.0, 0.25, 0.5, 1.0, 0.0]
    logits = [logit / 4.0 for logit in logits]  # 1 - p has few digits where p is nearly 1
    ours = values(logits)
    theirs = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    expected = torch.nn.functional.binary_cross_entropy(torch.sigmoid(theirs), torch.tensor(targets, dtype=torch.float64))
    assert torch_agrees(binary_cross_entropy([logit.sigmoid() for logit in ours], targets), ours, expected, theirs)


@pytest.mark.parametrize("offset", [1e8, 1e15])
@pytest.mark.parametrize("target", [0, 1, 2])
def test_cross_entropy_agrees_with_torch_at_a_common_offset(offset: float, target: int) -> None:
    torch = pytest.importorskip("torch")
    logits = [offset, offset + 3.0, offset - 2.0]
    ours = values(logits)
    theirs = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(theirs, torch.tensor([target]))
    assert torch_agrees(cross_entropy([ours], [target]), ours, expected, theirs)


def test_the_slopes_of_logsumexp_are_those_of_torch_where_these_are_numbers() -> None:
    torch = pytest.importorskip("torch")
    for row in ([1.0, math.inf], [-math.inf, 1.0], [-math.inf, 2.0, 2.0]):
        theirs = torch.tensor(row, dtype=torch.float64, requires_grad=True)
        torch.logsumexp(theirs, 0).backward()
        slopes = logsumexp(values(row)).local_derivatives
        for slope, wanted in zip(slopes, theirs.grad.tolist(), strict=True):
            assert slope == pytest.approx(wanted, rel=1e-15) or (wanted != wanted and slope == 1.0)
