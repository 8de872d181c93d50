"""Every layer with an input for it, small enough to be compared number by number."""

import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from micrograd.engine import Value
from micrograd.nn import (
    MLP,
    Attention,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Embedding,
    Flatten,
    GRUCell,
    Layer,
    LayerNorm,
    LSTMCell,
    MaxPool2d,
    Module,
    Neuron,
    RNNCell,
    Sequential,
    Unflatten,
    values_within,
)
from micrograd.nn.recurrent import Cell


class Case(NamedTuple):
    make: Callable[[random.Random], Module]
    shape: tuple[int, ...]  # of the input


CASES = {
    "Neuron": Case(lambda draw: Neuron(3, "tanh", generator=draw), (3,)),
    "Layer": Case(lambda draw: Layer(3, 2, "tanh", generator=draw), (3,)),
    "MLP": Case(lambda draw: MLP(3, [2, 2], "tanh", seed=draw.randrange(100)), (3,)),
    "Conv2d": Case(lambda draw: Conv2d(2, 3, 2, "tanh", generator=draw), (2, 4, 3)),
    "Conv1d": Case(lambda draw: Conv1d(2, 3, 2, "tanh", dilation=2, generator=draw), (5, 2)),
    "MaxPool2d": Case(lambda draw: MaxPool2d(2), (2, 4, 5)),
    "AvgPool2d": Case(lambda draw: AvgPool2d(2), (2, 4, 5)),
    "Flatten": Case(lambda draw: Flatten(), (2, 2, 3)),
    "Unflatten": Case(lambda draw: Unflatten(2, 2, 3), (12,)),
    "RNNCell": Case(lambda draw: RNNCell(2, 3, generator=draw), (3, 2)),
    "GRUCell": Case(lambda draw: GRUCell(2, 3, generator=draw), (3, 2)),
    "LSTMCell": Case(lambda draw: LSTMCell(2, 3, generator=draw), (3, 2)),
    "Embedding": Case(lambda draw: Embedding(4, 3, generator=draw), (4,)),
    "LayerNorm": Case(lambda draw: LayerNorm(4), (4,)),
    "Attention": Case(lambda draw: Attention(4, 2, generator=draw), (3, 4)),
    "Sequential": Case(
        lambda draw: Sequential(
            Unflatten(1, 4, 4),
            Conv2d(1, 2, 2, "tanh", generator=draw),
            AvgPool2d(2),
            Flatten(),
            Layer(2, 1, "tanh", generator=draw),
            Layer(1, 3, "linear", generator=draw),
        ),
        (16,),
    ),
}

every_layer = pytest.mark.parametrize("name", CASES)


def made(name: str, seed: int = 0) -> tuple[Module, Any]:
    """The layer, no parameter of which is 0 or 1, and a nest of leaves as its input."""
    draw = random.Random(seed)
    layer = CASES[name].make(draw)
    for parameter in layer.parameters():
        parameter.data = draw.uniform(-1.0, 1.0)
    return layer, leaves(CASES[name].shape, draw)


def leaves(shape: Sequence[int], draw: random.Random) -> Any:
    if not shape:
        return Value(draw.uniform(-1.0, 1.0))
    return [leaves(shape[1:], draw) for _ in range(shape[0])]


def outputs_of(layer: Module, x: Any) -> list[Value]:
    """All that it gives, in reading order; of a cell the states of all steps."""
    if not isinstance(layer, Cell):
        return list(values_within(layer(x)))
    state, states = layer.start(), []
    for frame in x:
        state = layer(frame, state)
        states.append(state)
    return list(values_within(states))


def numbers_in(nest: Any) -> Any:
    """The same nest of plain numbers."""
    return nest.data if isinstance(nest, Value) else [numbers_in(part) for part in nest]
