"""Losses: from a network's outputs and the targets to the one Value that training makes small.

Each takes one output and one target per row and gives the mean over the rows. Targets may be numbers or Values.

>>> half_mean_squared_error([Value(0.5), Value(1.0)], [1.0, 1.0]).data
0.0625
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

from micrograd import ops
from micrograd.engine import Value


def half_mean_squared_error(outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    """1/(2m) sum (output - target)^2 over m rows: the half cancels the 2 of the derivative.

    A row of several outputs counts as one row; their squares are added.
    """
    return squared_error(outputs, targets) / (2.0 * len(outputs))


def mean_squared_error(outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    """1/m sum (output - target)^2 over m rows; the squares of several outputs of a row are added.

    >>> mean_squared_error([Value(0.5), Value(1.0)], [1.0, 1.0]).data
    0.125
    """
    return squared_error(outputs, targets) / len(outputs)


def binary_cross_entropy(logits: Sequence[Value], targets: Sequence[Any]) -> Value:
    """Mean of -log(probability of the target), where sigmoid(logit) is the probability of 1; targets from 0 to 1.

    Written with softplus, so that it is finite and keeps its digits at any logit.

    >>> binary_cross_entropy([Value(0.0), Value(1000.0)], [1, 0]).data == (ops.softplus(0.0) + 1000.0) / 2
    True
    """
    check_lengths(logits, targets)
    check_single(logits, targets, "binary_cross_entropy")
    for target in targets:
        if isinstance(target, Real) and not 0.0 <= float(target) <= 1.0:
            raise ValueError(f"a target of binary_cross_entropy needs to be from 0 to 1, got {target!r}")
    return mean([y * ops.softplus(-z) + (1.0 - y) * ops.softplus(z) for z, y in zip(logits, targets, strict=True)])


def cross_entropy(logits: Sequence[Sequence[Value]], targets: Sequence[Any]) -> Value:
    """Mean of -log softmax(row)[target]; a target is the index of a class, or a weight for each class, such as its probability.

    >>> cross_entropy([[Value(1e4), Value(-1e4)]], [1]).data
    20000.0
    """
    check_lengths(logits, targets)
    for row in logits:
        if not isinstance(row, Sequence):
            raise TypeError(f"cross_entropy needs a list of logits per row, one per class, got {row!r}; use binary_cross_entropy")
    losses = []
    for row, target in zip(logits, targets, strict=True):
        if isinstance(target, Iterable):
            losses.append(ops.total(target) * ops.logsumexp(row) - ops.dot(row, target))
        elif isinstance(target, Integral) and 0 <= int(target) < len(row):
            losses.append(ops.logsumexp(row) - row[int(target)])
        else:
            raise ValueError(f"a target needs to be the index of one of {len(row)} classes, from 0, got {target!r}")
    return mean(losses)


def hinge(scores: Sequence[Value], labels: Sequence[Any]) -> Value:
    """Mean of max(0, 1 - label * score); labels are -1 or +1, one per score.

    >>> hinge([Value(0.5), Value(-2.0)], [1, -1]).data
    0.25
    """
    check_lengths(scores, labels)
    check_single(scores, labels, "hinge")
    for label in labels:
        if isinstance(label, Real) and label not in (-1, 1):
            raise ValueError(f"a label of hinge needs to be -1 or 1, got {label!r}; the data sets take labels=(-1, 1)")
    return mean([ops.relu(1.0 - label * score) for score, label in zip(scores, labels, strict=True)])


def l2_penalty(parameters: Sequence[Value], strength: float) -> Value:
    """strength * sum of the squares of the parameters, to be added to a loss; it holds the weights small.

    >>> l2_penalty([Value(3.0), Value(4.0)], 0.1).data
    2.5
    """
    return strength * ops.dot(parameters, parameters)


def squared_error(outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    check_lengths(outputs, targets)
    differences = []
    for output, target in zip(outputs, targets, strict=True):
        if isinstance(output, Value):
            check_single([output], [target], "a squared error of one output")
            differences.append(output - target)
        else:
            check_lengths(output, target)
            differences.extend(o - t for o, t in zip(output, target, strict=True))
    return ops.total([difference * difference for difference in differences])


def mean(losses: Sequence[Value]) -> Value:
    return ops.total(losses) / len(losses)


def check_single(outputs: Sequence[Any], targets: Sequence[Any], loss: str) -> None:
    for output, target in zip(outputs, targets, strict=True):
        if not isinstance(output, Value):
            raise TypeError(f"{loss} needs one Value per row, got {reprlib.repr(output)}; give the network one output")
        if not isinstance(target, (Real, Value)):
            raise TypeError(f"{loss} needs one number per row as the target, got {reprlib.repr(target)}")


def check_lengths(outputs: Sequence[Any], targets: Sequence[Any]) -> None:
    for given in (outputs, targets):
        if not hasattr(given, "__len__"):
            raise TypeError(f"outputs and targets are lists, and one is {reprlib.repr(given)}; write [output], [target]")
    if len(outputs) != len(targets):
        raise ValueError(f"a loss needs one target per output, got {len(outputs)} output(s) and {len(targets)} target(s)")
    if not len(outputs):
        raise ValueError("a loss needs at least one output, got none")
