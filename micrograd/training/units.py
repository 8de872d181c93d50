"""The units that training has left dead, looked for by compiled code where rows are many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from micrograd import ops
from micrograd.compiler.nests import entries_in, mapped, numbers_in, shape_of
from micrograd.compiler.program import Program
from micrograd.compiler.tracing import spread
from micrograd.engine import Value
from micrograd.nn import Module, dead_units
from micrograd.nn.dead import activations, neurons_by_bias
from micrograd.nn.inputs import called

LOOK = 16  # rows that are looked at eagerly: nearly every unit is seen alive there


def units_left_dead(model: Module, rows: Sequence[Any], compiled: bool) -> list[str]:
    """What `dead_units` gives for all rows; `compiled` says that one graph stands for the model, whatever the numbers of a row.

    >>> from micrograd import nn
    >>> model = nn.MLP(1, [2, 1], seed=0)
    >>> model.layers[0].neurons[1].bias.data = -100.0
    >>> units_left_dead(model, [[k / 100.0] for k in range(-100, 101)], compiled=True)
    ['layer1.neuron2']
    """
    if not compiled or len(rows) <= LOOK or len({shape_of(row) for row in rows}) > 1:
        return dead_units(model, rows)
    flat = dead_units(model, [rows[i] for i in spread(len(rows), LOOK)])
    return flat_on_all(model, rows, flat) if flat else []


def flat_on_all(model: Module, rows: Sequence[Any], units: Collection[str]) -> list[str]:
    """Those of the units whose activation has no slope on any row, by the graph of the first."""
    x = mapped(rows[0], lambda number, path: Value(number))
    neurons = neurons_by_bias(model)
    slopes: dict[Value, list[Any]] = {}
    for bias, node in activations(neurons, model(x)):
        if node.op is not None and called(neurons[bias]) in units:
            slopes.setdefault(bias, [Value(0.0)]).extend(map(ops.abs, node.op.derivatives(node, *node.parents)))
    outputs = [ops.total(column) for column in slopes.values()]
    program = Program(outputs, list(entries_in(x)), (), None, exact=True)  # a slope is 0 or it is not
    columns = zip(*program.evaluate([numbers_in(row) for row in rows]), strict=True)
    flat = {bias for bias, column in zip(slopes, columns, strict=True) if not any(column)}
    return [called(neuron) for bias, neuron in neurons.items() if bias in flat]
