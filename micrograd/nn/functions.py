"""What is made of the outputs of a network: `softmax`, `accuracy`."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from typing import Any, overload

from micrograd import ops
from micrograd.engine import Value
from micrograd.nn.inputs import as_nest, is_list


@overload
def softmax(logits: Sequence[float]) -> list[float]: ...  # type: ignore[overload-overlap]  # of numbers alone they are numbers
@overload
def softmax(logits: Sequence[Value | float]) -> list[Value]: ...
def softmax(logits: Sequence[Any]) -> list[Value] | list[float]:
    """exp(logit) / sum of exp(logit) for each logit: shares that add up to 1; of numbers alone they are numbers.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    row = as_nest(logits)
    if not is_list(row) or not row:
        raise ValueError(f"softmax needs a list with one logit or more, got {reprlib.repr(logits)}")
    whole = ops.logsumexp(row)
    return [ops.exp(logit - whole) for logit in row]


def accuracy(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """The share of rows whose largest output, the first of equal ones, is that of the target.

    outputs[row][class]; a target is the index of a class, or a weight for each class, of which the largest counts.

    >>> accuracy([[0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], [1, 0, 0])
    0.6666666666666666
    """
    rows, wanted = as_nest(outputs, depth=2), as_nest(targets, depth=2)
    if not is_list(rows) or not is_list(wanted) or not rows or len(rows) != len(wanted):
        given = " and ".join(str(len(part)) if is_list(part) else reprlib.repr(part) for part in (rows, wanted))
        raise ValueError(f"accuracy needs rows of outputs and a target for each, as two lists of one length, got {given}")
    pairs = enumerate(zip(rows, wanted, strict=True), start=1)
    return sum(is_right(row, target, number) for number, (row, target) in pairs) / len(rows)


def is_right(row: Any, target: Any, number: int) -> bool:
    if not is_list(row) or len(row) < 2:
        need = "accuracy needs a row of outputs, one for each of two or more classes"
        raise ValueError(f"{need}, and row {number} is {reprlib.repr(row)}; for one output compare its sign, or count by hand")
    if is_list(target) and len(target) == len(row):
        target = largest(target)
    if is_list(target) or target not in range(len(row)):
        need = f"a target needs to be the index of one of {len(row)} classes, from 0, or a weight for each"
        raise ValueError(f"{need}, and that of row {number} is {reprlib.repr(target)}")
    return largest(row) == target


def largest(row: Sequence[Any]) -> int:
    return max(range(len(row)), key=row.__getitem__)
