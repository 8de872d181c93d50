"""Targets that are no numbers of the graph: they chose which operations the loss of a row is made of, as in `losses`."""

from __future__ import annotations

from typing import NamedTuple

from micrograd import ops
from micrograd.engine import Value


class Target(NamedTuple):
    """What a loss wants of the outputs: the number of one class, or a probability."""

    targets: tuple[float, ...]
    outputs: tuple[Value, ...]  # in the order of the classes


def certain_target(loss: Value) -> Target | None:
    """The target of the loss of one row, if its operations are those of a cross-entropy or of a hinge.

    >>> from micrograd.losses import cross_entropy
    >>> logits = [Value(1.0), Value(3.0), Value(2.0)]
    >>> mean = cross_entropy([logits], [2])
    >>> certain_target(mean.parents[0].parents[0]).targets
    (2.0,)
    """
    if loss.op is ops.sub:
        return target_class(loss)
    if loss.op is ops.add:
        return weighted_target(loss)
    if loss.op is ops.relu:
        return label(loss)
    return certain_outcome(loss)


def certain_outcome(loss: Value) -> Target | None:
    """softplus(-logit) and -log(p) for the target 1, softplus(logit) and -log(1 - p) for 0."""
    if loss.op is ops.softplus:
        logit = loss.parents[0]
        return Target((1.0,), logit.parents) if logit.op is ops.neg else Target((0.0,), (logit,))
    if loss.op is ops.neg:
        logarithm = loss.parents[0]
        if logarithm.op is ops.log:
            return Target((1.0,), logarithm.parents)
        if logarithm.op is ops.log1p and logarithm.parents[0].op is ops.neg:
            return Target((0.0,), logarithm.parents[0].parents)
    return None


def label(loss: Value) -> Target | None:
    """That of max(0, 1 - label * score), and of 1 + (-label) * score, where its sign stands in the number."""
    margin = loss.parents[0]
    if margin.op not in (ops.add, ops.sub) or margin.parents[1].op is not ops.mul:
        return None
    left, right = margin.parents[1].parents
    number, score = (left, right) if left.op is None else (right, left)
    one = margin.parents[0]
    if one.op is not None or number.op is not None or (one.data, abs(number.data)) != (1.0, 1.0):
        return None  # some other function, such as max(0, target - 2 * output)
    return Target((number.data if margin.op is ops.sub else 0.0 - number.data,), (score,))


def weighted_target(loss: Value) -> Target | None:
    """The loss for 1 times the target, and that for 0 times the rest."""
    products = loss.parents
    if any(product.op is not ops.mul for product in products):
        return None
    one, zero = [certain_outcome(product.parents[1]) for product in products]
    if one is None or zero is None or (one.targets, zero.targets) != ((1.0,), (0.0,)) or one.outputs != zero.outputs:
        return None
    return Target((products[0].parents[0].data,), one.outputs)


def target_class(loss: Value) -> Target | None:
    """logsumexp(gaps) - gap of the class, or less the mean of the gaps by the probability of each class.

    The gaps are the logits less one of them, whose own gap is the number 0.
    """
    whole, less = loss.parents
    if whole.op is ops.mul:
        whole = whole.parents[1]
    if whole.op is not ops.logsumexp:
        return None
    gaps = whole.parents
    references = {gap.parents[1] for gap in gaps if gap.op is ops.sub}
    if len(references) != 1 or sum(gap.op is None for gap in gaps) != 1:
        return None
    reference = references.pop()
    logits = tuple([reference if gap.op is None else gap.parents[0] for gap in gaps])
    if less.op is ops.dot:
        return Target(tuple([share.data for share in less.parents[: len(gaps)]]), logits)
    if less.op is None or less in gaps:
        return Target((float(logits.index(reference) if less.op is None else gaps.index(less)),), logits)
    return None
