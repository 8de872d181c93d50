"""Losses: from a network's outputs and the targets to the one Value that training makes small.

Each takes one output and one target per row and gives the mean over the rows. Outputs and targets may be numbers or Values,
and of numbers alone the loss is a number. Where a row has one number, a list of that one is the same.

>>> half_mean_squared_error([Value(0.5), Value(1.0)], [1.0, 1.0]).data
0.0625
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from micrograd import advice, ops, words
from micrograd.engine import Value
from micrograd.ops import DomainError, as_float

Numbers: TypeAlias = Sequence[float] | Sequence[Sequence[float]]  # of each row one, or some
Targets: TypeAlias = Collection[float] | Collection[Collection[float]]  # NumPy's arrays too
Rows: TypeAlias = Sequence[Value | float] | Sequence[Sequence[Value | float]]

WHOLE = 1e-6  # how far the sum of probabilities may be from 1: they may come from a float of 32 bits


@overload
def half_mean_squared_error(outputs: Numbers, targets: Targets) -> float: ...
@overload
def half_mean_squared_error(outputs: Rows, targets: Collection[Any]) -> Value: ...
def half_mean_squared_error(outputs: Sequence[Any], targets: Collection[Any]) -> Value | float:
    """1/(2m) sum (output - target)^2 over m rows: the half cancels the 2 of the derivative.

    A row of several outputs counts as one row; their squares are added.
    """
    return squared_error(outputs, targets) / (2.0 * len(outputs))


@overload
def mean_squared_error(outputs: Numbers, targets: Targets) -> float: ...
@overload
def mean_squared_error(outputs: Rows, targets: Collection[Any]) -> Value: ...
def mean_squared_error(outputs: Sequence[Any], targets: Collection[Any]) -> Value | float:
    """1/m sum (output - target)^2 over m rows; the squares of several outputs of a row are added.

    >>> mean_squared_error([Value(0.5), Value(1.0)], [1.0, 1.0]).data
    0.125
    """
    return squared_error(outputs, targets) / len(outputs)


@overload
def binary_cross_entropy_with_logits(logits: Numbers, targets: Targets) -> float: ...
@overload
def binary_cross_entropy_with_logits(logits: Rows, targets: Collection[Any]) -> Value: ...
def binary_cross_entropy_with_logits(logits: Sequence[Any], targets: Collection[Any]) -> Value | float:
    """Mean of -log(probability of the target), where sigmoid(logit) is the probability of 1; targets from 0 to 1.

    Written with softplus, so that it is finite and keeps its digits at any logit.

    >>> binary_cross_entropy_with_logits([Value(0.0), Value(1000.0)], [1, 0]).data == (ops.softplus(0.0) + 1000.0) / 2
    True
    """
    rows = one_per_row("binary_cross_entropy_with_logits", "logit", logits, targets)
    if any(made_by_sigmoid(logit) for logit, _ in rows):
        advice.warn("binary_cross_entropy_with_logits got the output of a sigmoid, where it takes what goes into one, the logit")
    return mean([surprise_of_logit(logit, probability(target)) for logit, target in rows])


@overload
def binary_cross_entropy(outputs: Numbers, targets: Targets) -> float: ...
@overload
def binary_cross_entropy(outputs: Rows, targets: Collection[Any]) -> Value: ...
def binary_cross_entropy(outputs: Sequence[Any], targets: Collection[Any]) -> Value | float:
    """Mean of -log(probability of the target), where each output is the probability of 1, as in PyTorch.

    `binary_cross_entropy_with_logits` keeps more digits and needs no sigmoid. It had this name before, so a Value that no
    sigmoid made is still read as a logit here, and a FutureWarning says so. A probability of 0 for what came true has an
    infinite loss, which is a DomainError; PyTorch makes it 100.

    >>> binary_cross_entropy([ops.sigmoid(Value(0.0))], [1]).data == binary_cross_entropy([0.5], [1]) == ops.log(2.0)
    True
    """
    rows = one_per_row("binary_cross_entropy", "probability", outputs, targets)
    if any(is_old_logit(output) for output, _ in rows):
        advice.warn(
            "binary_cross_entropy reads a Value that no sigmoid made as a logit, and will read a probability, as PyTorch does: "
            "write binary_cross_entropy_with_logits for logits, and give this one the outputs of a sigmoid",
            FutureWarning,
        )
    return mean([(surprise_of_logit if is_old_logit(p) else surprise)(p, probability(target)) for p, target in rows])


@overload
def cross_entropy(logits: Sequence[Sequence[float]], targets: Collection[int] | Collection[Collection[float]]) -> float: ...
@overload
def cross_entropy(logits: Sequence[Sequence[Value | float]], targets: Collection[Any]) -> Value: ...
def cross_entropy(logits: Sequence[Sequence[Any]], targets: Collection[Any]) -> Value | float:
    """Mean of -log softmax(row of logits)[target]; a target is the index of a class, or the probability of each class.

    All logits are taken relative to one of them, so that it keeps its digits at any common offset and at any confidence.

    >>> cross_entropy([[Value(1e4), Value(-1e4)]], [1]).data
    20000.0
    """
    check_lengths(logits, targets)
    rows = [logits_of(row) for row in logits]
    return mean([surprise_of_class(row, class_or_shares(t, len(row))) for row, t in zip(rows, targets, strict=True)])


@overload
def hinge(scores: Numbers, labels: Targets) -> float: ...
@overload
def hinge(scores: Rows, labels: Collection[Any]) -> Value: ...
def hinge(scores: Sequence[Any], labels: Collection[Any]) -> Value | float:
    """Mean of max(0, 1 - label * score); labels are -1 or +1, one per score.

    >>> hinge([Value(0.5), Value(-2.0)], [1, -1]).data
    0.25
    """
    rows = one_per_row("hinge", "score", scores, labels)
    for _, label in rows:
        if not isinstance(label, Value) and label not in (-1.0, 1.0):
            raise ValueError(f"a label of hinge needs to be -1 or 1, got {label!r}; the data sets take labels=(-1, 1)")
    return mean([ops.relu(1.0 - label * score) for score, label in rows])


@overload
def l2_penalty(parameters: Sequence[float], strength: float) -> float: ...  # type: ignore[overload-overlap]  # of numbers alone it is a number
@overload
def l2_penalty(parameters: Sequence[Value | float], strength: float) -> Value: ...
def l2_penalty(parameters: Sequence[Any], strength: float) -> Value | float:
    """strength * sum of the squares of the parameters, to be added to a loss; it holds the weights small.

    >>> l2_penalty([Value(3.0), Value(4.0)], 0.1).data
    2.5
    """
    return strength * ops.dot(parameters, parameters)


if not TYPE_CHECKING:
    __getattr__ = advice.for_names(__name__, words.LOSSES)


# --------------------------------------------------------------------------------------------------------------
# The loss of one row
# --------------------------------------------------------------------------------------------------------------


def squared_error(outputs: Sequence[Any], targets: Collection[Any]) -> Any:
    """The sum over all rows."""
    check_lengths(outputs, targets)
    differences = []
    for output, target in zip(outputs, targets, strict=True):
        row, wanted = ([*entry] if is_row(entry) else [entry] for entry in (output, target))
        check_lengths(row, wanted)
        differences.extend([number(a) - number(b) for a, b in zip(row, wanted, strict=True)])
    return ops.total([difference * difference for difference in differences])


def expected(target: Any, if_one: Callable[[], Any], if_zero: Callable[[], Any]) -> Any:
    """The mean of the two losses, where the target is the probability of 1; that of an impossible case may be infinite."""
    if not isinstance(target, Value) and target in (0.0, 1.0):
        return if_one() if target else if_zero()
    return target * if_one() + (1.0 - target) * if_zero()


def surprise_of_logit(logit: Any, target: Any) -> Any:
    return expected(target, lambda: ops.softplus(-logit), lambda: ops.softplus(logit))


def surprise(p: Any, target: Any) -> Any:
    chance = p.data if isinstance(p, Value) else p
    if not 0.0 <= chance <= 1.0:
        need = "for logits write binary_cross_entropy_with_logits"
        raise ValueError(f"binary_cross_entropy needs probabilities, from 0 to 1, got {chance}; {need}")
    if (chance == 0.0 and target != 0.0) or (chance == 1.0 and target != 1.0):
        need = "give the logit itself to binary_cross_entropy_with_logits"
        raise DomainError(f"the loss of a probability of {chance} is infinite for the target {target}; {need}")
    return expected(target, lambda: -ops.log(p), lambda: -ops.log1p(-p))


def surprise_of_class(row: Sequence[Any], target: int | Sequence[Any]) -> Any:
    """log(sum of exp(logit)) - the logit of the class, or the mean of that by the probability of each class.

    Relative to the largest logit neither of the two is large where their difference is small, and both its slopes and
    theirs are sums of one sign. In a compiled graph it is the logit that was the largest here: any other costs digits alone.
    """
    gaps = ops.relative(row, max(range(len(row)), key=row.__getitem__))
    if isinstance(target, int):
        return ops.logsumexp(gaps) - gaps[target]
    return ops.total(target) * ops.logsumexp(gaps) - ops.dot(target, gaps)


def mean(losses: Sequence[Any]) -> Any:
    return ops.total(losses) / len(losses)


# --------------------------------------------------------------------------------------------------------------
# What is taken for an output and for a target
# --------------------------------------------------------------------------------------------------------------


def is_row(entry: Any) -> bool:
    return hasattr(entry, "__len__") and not isinstance(entry, str) and getattr(entry, "shape", None) != ()


def number(entry: Any) -> Any:
    """A Value as it is, and anything else as a float."""
    return entry if isinstance(entry, Value) else as_float(entry)


def one_per_row(loss: str, noun: str, outputs: Sequence[Any], targets: Collection[Any]) -> list[tuple[Any, Any]]:
    """The output and the target of each row, of which it has one."""
    check_lengths(outputs, targets)
    pairs = []
    for output, target in zip(outputs, targets, strict=True):
        if is_row(output) and len(output) != 1:
            raise TypeError(f"{loss} needs one {noun} per row, got {reprlib.repr(output)}; give the network one output")
        if is_row(target) and len(target) != 1:
            raise TypeError(f"{loss} needs one number per row as the target, got {reprlib.repr(target)}")
        pairs.append((number(output[0] if is_row(output) else output), number(target[0] if is_row(target) else target)))
    return pairs


def made_by_sigmoid(output: Any) -> bool:
    return isinstance(output, Value) and output.op is ops.sigmoid


def is_old_logit(output: Any) -> bool:
    return isinstance(output, Value) and output.op is not ops.sigmoid


def probability(target: Any) -> Any:
    if not isinstance(target, Value) and not 0.0 <= target <= 1.0:
        raise ValueError(
            f"a target of a binary cross-entropy needs to be from 0 to 1, got {target!r}; the data sets take labels=(0, 1)"
        )
    return target


def class_or_shares(target: Any, classes: int) -> int | list[Any]:
    """The index of the class that is certain, or else the probability of each class: none below 0, and 1 in all."""
    if is_row(target) and len(target) == 1:
        (target,) = target
    if not is_row(target):
        if target in range(classes):  # as 1.0 is, and True
            return int(target)
        raise ValueError(f"a target needs to be the index of one of {classes} classes, from 0, got {reprlib.repr(target)}")
    shares = [number(entry) for entry in target]
    numbers = [share.data if isinstance(share, Value) else share for share in shares]
    given = reprlib.repr(numbers)
    if len(numbers) != classes:
        raise ValueError(f"a target needs a probability for each of {classes} classes, got {len(numbers)}: {given}")
    if min(numbers) < 0.0 or not math.isclose(sum(numbers), 1.0, rel_tol=WHOLE):
        raise ValueError(
            f"the probabilities of a target are at least 0 and add up to 1, got {given} with the sum {sum(numbers):.6g}; "
            "divide each by their sum, or give the index of one class"
        )
    is_class = shares.count(1.0) == 1 and shares.count(0.0) == classes - 1  # a Value, which may move, equals no number
    return shares.index(1.0) if is_class else shares


def logits_of(row: Any) -> list[Any]:
    if not is_row(row):
        need = "use binary_cross_entropy_with_logits for one logit per row"
        raise TypeError(f"cross_entropy needs a list of logits per row, one per class, got {reprlib.repr(row)}; {need}")
    if len(row) and is_row(row[0]):
        need = "where a model gives logits at each step, write a loss that adds up cross_entropy(steps, classes) of each row"
        raise TypeError(f"cross_entropy needs a list of logits per row, and one is a list of {len(row)} such lists; {need}")
    if len(row) < 2:
        need = "use binary_cross_entropy_with_logits for one"
        raise ValueError(f"cross_entropy needs the logits of two classes or more, got {len(row)}: {reprlib.repr(row)}; {need}")
    return [number(logit) for logit in row]


def check_lengths(outputs: Sequence[Any], targets: Collection[Any]) -> None:
    for given in (outputs, targets):
        if not hasattr(given, "__len__"):
            raise TypeError(f"outputs and targets are lists, and one is {reprlib.repr(given)}; write [output], [target]")
    if len(outputs) != len(targets):
        raise ValueError(f"a loss needs one target per output, got {len(outputs)} output(s) and {len(targets)} target(s)")
    if not len(outputs):
        raise ValueError("a loss needs at least one output, got none")
