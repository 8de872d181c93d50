"""Losses and gradients as eager code gives them, row by row, to hold others against."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from micrograd.engine import Value, topological_order
from micrograd.replay import recompute

Result: TypeAlias = "tuple[float, list[float]]"  # a loss, and its gradient by each parameter


def eager(
    loss: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    rows: Sequence[Sequence[float]],
    weights: Sequence[float] | None = None,
) -> Result:
    """The mean over the rows of the loss, and of its gradient by each parameter; with weights, the sums of all times these.

    >>> w, x = Value(2.0), Value(0.0)
    >>> eager(w * x * x, [x], [w], [[1.0], [3.0]])
    (10.0, [5.0])
    >>> eager(w * x * x, [x], [w], [[1.0], [3.0]], [1.0, 0.0])
    (2.0, [1.0])
    """
    results = of_rows(loss, inputs, parameters, rows, weights)
    return weighted_sum(results, [1.0] * len(rows), 1 if weights else len(rows))


def condition(loss: Value, inputs: Sequence[Value], parameters: Sequence[Value], rows: Sequence[Sequence[float]]) -> Result:
    """The means over the rows of the terms' sizes: how far roundings can move the loss, and each entry of its gradient.

    For the loss: the sum over all nodes of |number * derivative of the loss by it|. For a gradient: the sum over all paths
    of the absolute product along it.

    >>> w, x = Value(2.0), Value(0.0)
    >>> condition(w * x - w * x, [x], [w], [[1.0], [3.0]])
    (8.0, [4.0])
    """
    return weighted_sum(sizes_of_rows(loss, inputs, parameters, rows), [1.0] * len(rows), len(rows))


def of_rows(
    loss: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    rows: Sequence[Sequence[float]],
    weights: Sequence[float] | None = None,
) -> list[Result]:
    """The loss of each row, or its weight times the loss, and the gradient of that."""
    results = []
    for place, (output, leaves) in enumerate(replayed(loss, inputs, parameters, rows)):
        product = output if weights is None else weights[place] * output
        product.backward()
        results.append((product.data, [leaf.grad for leaf in leaves]))
    return results


def sizes_of_rows(
    loss: Value, inputs: Sequence[Value], parameters: Sequence[Value], rows: Sequence[Sequence[float]]
) -> list[Result]:
    """The sizes that `condition` adds up, of each row."""
    results = []
    for output, leaves in replayed(loss, inputs, parameters, rows):
        size = sizes(output)
        own = math.fsum(abs(node.data) * slope for node, slope in size.items() if node.op or node is output)
        results.append((own, [size.get(leaf, 0.0) for leaf in leaves]))
    return results


def weighted_sum(results: Sequence[Result], weights: Iterable[float], count: int = 1) -> Result:
    """Of a loss and a gradient for each row; divided by the count."""
    total, slopes = 0.0, [0.0] * len(results[0][1])
    for (loss, gradient), weight in zip(results, weights, strict=True):
        total += weight * loss
        slopes = [slope + weight * entry for slope, entry in zip(slopes, gradient, strict=True)]
    return total / count, [slope / count for slope in slopes]


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
