"""`dead_units`: the neurons that no gradient gets through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from micrograd.engine import Value
from micrograd.nn.inputs import called
from micrograd.nn.modules import Module, contents, values_within
from micrograd.nn.neurons import Neuron

ROWS_TO_SEE_ALL = 16  # a unit that none of so many rows shows, such as one without use, is not waited for


def dead_units(model: Module, inputs: Iterable[Any]) -> list[str]:
    """The neurons, by label, whose activation is flat on every row of inputs, so that no gradient gets through.

    >>> from micrograd.nn import MLP
    >>> model = MLP(1, [2, 1], seed=0)
    >>> model.layers[0].neurons[1].bias.data = -100.0
    >>> dead_units(model, [[-1.0], [1.0]])
    ['layer1.neuron2']
    """
    neurons = neurons_by_bias(model)
    expected = {bias for bias, neuron in neurons.items() if neuron.activation is not None}
    alive: set[Value] = set()
    flat: set[Value] = set()  # on every row so far
    for number, row in enumerate(inputs, start=1):
        for bias, node in activations(neurons, model(row)):
            if bias not in alive:
                (flat if node.local_derivatives == (0.0,) else alive).add(bias)
        flat -= alive
        if not flat and (expected <= alive or number >= ROWS_TO_SEE_ALL):  # no other row will tell anything new
            break
    return [called(neuron) for bias, neuron in neurons.items() if bias in flat]


def neurons_by_bias(model: Module) -> dict[Value, Neuron]:
    """A neuron is known in a graph by its bias, which no other one has."""
    return {item.bias: item for item in contents(model) if isinstance(item, Neuron)}


def activations(neurons: Mapping[Value, Neuron], outputs: Any) -> Iterator[tuple[Value, Value]]:
    """Each activation of a neuron in the graph of these outputs, behind the bias of that neuron."""
    for node in inner_nodes(values_within(outputs)):
        if len(node.parents) == 1 and node.parents[0].parents:  # it may be the activation of w . x + b
            bias = node.parents[0].parents[-1]
            if bias in neurons:
                yield bias, node


def inner_nodes(outputs: Iterable[Value]) -> Iterator[Value]:
    """All that the outputs were computed from, each once and in any order, without the leaves, which are most of a graph."""
    stack = [output for output in dict.fromkeys(outputs) if output.parents]
    seen = set(stack)
    while stack:
        node = stack.pop()
        yield node
        for parent in node.parents:
            if parent.parents and parent not in seen:
                seen.add(parent)
                stack.append(parent)
