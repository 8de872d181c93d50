"""Cells that read a sequence, one step after the other: `RNNCell`, `GRUCell`, `LSTMCell`.

A cell takes an input and a state and gives the next state; `start()` is the first, as it is for a cell that gets none.

>>> cell = RNNCell(1, 2, generator=random.Random(0))
>>> state = cell.start()
>>> for x in [[1.0], [0.5], [-1.0]]:
...     state = cell(x, state)
>>> len(state)
2
"""

from __future__ import annotations

import random
import reprlib
from abc import abstractmethod
from typing import Any

from micrograd import ops
from micrograd.arguments import whole_number
from micrograd.engine import Value
from micrograd.nn.inputs import Row, as_nest, called, input_values, is_list
from micrograd.nn.modules import Module
from micrograd.nn.neurons import Layer

State = list[Value]

GO_ON = "begin with cell.start(), and go on with what the cell gives"


class Cell(Module):
    """What the cells have in common: so many inputs, and a state of so many numbers, at first 0."""

    def __init__(self, inputs: int, size: int) -> None:
        self.inputs = whole_number(inputs, "the number of inputs")
        self.size = whole_number(size, "the size of the state")

    @abstractmethod
    def start(self) -> Any:
        """The first state, all 0."""

    def zeros(self) -> State:
        return [Value(0.0) for _ in range(self.size)]

    def gate(self, activation: str, generator: random.Random | None) -> Layer:
        """A layer that reads the input and the state."""
        return Layer(self.inputs + self.size, self.size, activation, generator=generator)

    def read(self, x: Any) -> State:
        """The numbers of an input as Values; an error unless they are as many as it needs."""
        x = as_nest(x)
        if is_list(x) and x and is_list(x[0]):
            need = f"{called(self)} reads one frame at a time, and got a list of {len(x)}"
            raise TypeError(f"{need}; write for frame in frames: state = cell(frame, state)")
        return input_values(x, self.inputs, self)

    def checked(self, h: Any, need: str = "") -> State:
        """The numbers of a state as Values; an error unless they are as many as it needs."""
        h = as_nest(h)
        if not is_list(h) or len(h) != self.size or any(map(is_list, h)):
            need = need or f"a state of {self.size} number(s)"
            raise ValueError(f"{called(self)} needs {need}, got {reprlib.repr(h)}; {GO_ON}")
        return [number if isinstance(number, Value) else Value(number) for number in h]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.inputs}, {self.size})"


class RNNCell(Cell):
    """h' = tanh(W [x, h] + b).

    x[inputs], h[size] -> h[size].

    Source: Elman 1990; as torch.nn.RNNCell, whose two biases are one here.

    >>> cell = RNNCell(1, 1)
    >>> by_input, by_state = cell.hidden.neurons[0].weights
    >>> by_input.data, by_state.data = 1.0, 0.5
    >>> [number.data for number in cell([2.0], [-4.0])]  # tanh(2 - 2)
    [0.0]
    """

    def __init__(self, inputs: int, size: int, *, generator: random.Random | None = None) -> None:
        super().__init__(inputs, size)
        self.hidden = self.gate("tanh", generator)

    def start(self) -> State:
        return self.zeros()

    def __call__(self, x: Row, h: Row | None = None) -> State:
        return self.hidden.outputs(self.read(x) + self.checked(self.start() if h is None else h))


class GRUCell(Cell):
    """h' = (1 - z) n + z h, where r, z = sigmoid(W [x, h] + b) and n = tanh(W x + r (U h) + b).

    x[inputs], h[size] -> h[size]. The gate r says how much of the state the candidate n hears, and z how much of it is kept.

    Source: Cho et al. 2014; as torch.nn.GRUCell, whose two biases are one here, which in n stands outside of the product.

    >>> cell = GRUCell(1, 2)
    >>> for parameter in cell.parameters():
    ...     parameter.data = 0.0
    >>> [number.data for number in cell([5.0], [1.0, -1.0])]  # z is 1/2, and n is 0
    [0.5, -0.5]
    """

    def __init__(self, inputs: int, size: int, *, generator: random.Random | None = None) -> None:
        super().__init__(inputs, size)
        self.reset = self.gate("sigmoid", generator)
        self.update = self.gate("sigmoid", generator)
        self.candidate = self.gate("tanh", generator)

    def start(self) -> State:
        return self.zeros()

    def __call__(self, x: Row, h: Row | None = None) -> State:
        seen, old = self.read(x), self.checked(self.start() if h is None else h)
        reset, update = self.reset.outputs(seen + old), self.update.outputs(seen + old)
        new = []
        for neuron, r, z, kept in zip(self.candidate.neurons, reset, update, old, strict=True):
            w, u = neuron.weights[: self.inputs], neuron.weights[self.inputs :]
            n = ops.tanh(ops.dot(w, seen) + r * ops.dot(u, old) + neuron.bias)
            new.append((1.0 - z) * n + z * kept)
        return new


class LSTMCell(Cell):
    """c' = f c + i g and h' = o tanh(c'), where f, i, o = sigmoid(W [x, h] + b) and g = tanh(W [x, h] + b).

    x[inputs], (h[size], c[size]) -> (h[size], c[size]). The biases of the forget gate f begin at 1, so that it remembers before
    it has learned to.

    Source: Hochreiter & Schmidhuber 1997; Gers et al. 2000; Jozefowicz et al. 2015 for the 1; as torch.nn.LSTMCell.

    >>> cell = LSTMCell(1, 1)
    >>> for parameter in cell.parameters():
    ...     parameter.data = 0.0
    >>> h, c = cell([5.0], ([0.0], [1.0]))  # all gates are 1/2, and g is 0
    >>> c[0].data, h[0].data == ops.tanh(0.5) / 2
    (0.5, True)
    """

    def __init__(self, inputs: int, size: int, *, generator: random.Random | None = None) -> None:
        super().__init__(inputs, size)
        self.forget = self.gate("sigmoid", generator)
        self.input = self.gate("sigmoid", generator)
        self.output = self.gate("sigmoid", generator)
        self.candidate = self.gate("tanh", generator)
        for neuron in self.forget.neurons:
            neuron.bias.data = 1.0

    def start(self) -> tuple[State, State]:
        return self.zeros(), self.zeros()

    def __call__(self, x: Row, state: tuple[Row, Row] | None = None) -> tuple[State, State]:
        state = self.start() if state is None else state
        need = f"a state (h, c), two lists of {self.size} number(s)"
        if not is_list(state) or len(state) != 2:
            raise ValueError(f"{called(self)} needs {need}, got {reprlib.repr(state)}; {GO_ON}")
        h, c = (self.checked(part, need) for part in state)
        seen = self.read(x) + h
        forget, take, show, new = (gate.outputs(seen) for gate in (self.forget, self.input, self.output, self.candidate))
        c = [f * kept + i * g for f, kept, i, g in zip(forget, c, take, new, strict=True)]
        return [o * ops.tanh(kept) for o, kept in zip(show, c, strict=True)], c
