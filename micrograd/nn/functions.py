"""What is made of the outputs of a network: `softmax`, `accuracy`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd import ops


def softmax(logits: Sequence[Any]) -> list[Any]:
    """exp(logit) / sum of exp(logit) of each: shares that add up to 1.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    whole = ops.logsumexp(logits)
    return [ops.exp(logit - whole) for logit in logits]


def accuracy(outputs: Sequence[Sequence[Any]], targets: Sequence[int]) -> float:
    """The share of rows whose largest output is that of the target, the index of a class.

    >>> accuracy([[0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], [1, 0, 0])
    0.6666666666666666
    """
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(f"accuracy needs one target per row of outputs, got {len(outputs)} and {len(targets)}")
    right = sum(max(range(len(row)), key=row.__getitem__) == target for row, target in zip(outputs, targets, strict=True))
    return right / len(targets)
