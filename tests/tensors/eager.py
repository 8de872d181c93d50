"""Losses and gradients as eager code gives them, row by row, to hold others against."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from micrograd.engine import Value, topological_order
from micrograd.replay import recompute


def eager(
    loss: Value, inputs: Sequence[Value], parameters: Sequence[Value], rows: Sequence[Sequence[float]]
) -> tuple[float, list[float]]:
    """The mean over the rows of the loss, and of its gradient by each parameter.

    >>> w, x = Value(2.0), Value(0.0)
    >>> eager(w * x * x, [x], [w], [[1.0], [3.0]])
    (10.0, [5.0])
    """
    total, slopes = 0.0, [0.0] * len(parameters)
    for output, leaves in replayed(loss, inputs, parameters, rows):
        output.backward()
        total += output.data
        slopes = [slope + leaf.grad for slope, leaf in zip(slopes, leaves, strict=True)]
    return total / len(rows), [slope / len(rows) for slope in slopes]


def condition(
    loss: Value, inputs: Sequence[Value], parameters: Sequence[Value], rows: Sequence[Sequence[float]]
) -> tuple[float, list[float]]:
    """The means over the rows of the terms' sizes: how far roundings can move the loss, and each entry of its gradient.

    For the loss: the sum over all nodes of |number * derivative of the loss by it|. For a gradient: the sum over all paths
    of the absolute product along it.

    >>> w, x = Value(2.0), Value(0.0)
    >>> condition(w * x - w * x, [x], [w], [[1.0], [3.0]])
    (8.0, [4.0])
    """
    total, slopes = 0.0, [0.0] * len(parameters)
    for output, leaves in replayed(loss, inputs, parameters, rows):
        size = sizes(output)
        total += math.fsum(abs(node.data) * own for node, own in size.items() if node.op is not None)
        slopes = [slope + size.get(leaf, 0.0) for slope, leaf in zip(slopes, leaves, strict=True)]
    return total / len(rows), [slope / len(rows) for slope in slopes]


def replayed(
    loss: Value, inputs: Sequence[Value], parameters: Sequence[Value], rows: Sequence[Sequence[float]]
) -> Iterator[tuple[Value, list[Value]]]:
    """For each row the graph anew on leaves of its own: the loss, and the new parameters."""
    order = topological_order(loss)
    for row in rows:
        anew = {leaf: Value(leaf.data) for leaf in [*order, *parameters] if leaf.op is None}
        anew |= {leaf: Value(number) for leaf, number in zip(inputs, row, strict=True)}
        recompute(order, anew)
        yield anew[loss], [anew[parameter] for parameter in parameters]


def sizes(output: Value) -> dict[Value, float]:
    """For each node the sum over all paths from it to the output of the absolute product of derivatives."""
    order = topological_order(output)
    size = dict.fromkeys(order, 0.0)
    size[output] = 1.0
    for node in reversed(order):
        for parent, derivative in zip(node.parents, node.local_derivatives, strict=True):
            size[parent] += abs(derivative) * size[node]
    return size
