"""The network of neurons: `Neuron`, `Layer`, `MLP`.

>>> model = MLP(2, [3, 1], activation="tanh", seed=0)
>>> model
MLP(2, [3, 1], activation='tanh')
>>> len(model.parameters())
13
>>> model([0.5, -1.0]).backward()
>>> model.layers[0].neurons[0].bias.label
'layer1.neuron1.b'
"""

from __future__ import annotations

import math
import random
import reprlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from micrograd import ops
from micrograd.arguments import whole_number
from micrograd.display.characters import printable
from micrograd.engine import Value, node_of
from micrograd.nn.inputs import Row, input_values, wrong_length
from micrograd.nn.modules import Module
from micrograd.ops import Op
from micrograd.text.naming import inside

ACTIVATIONS: dict[str, Op | None] = {
    "linear": None,
    "relu": ops.relu,
    "leaky_relu": ops.leaky_relu,
    "gelu": ops.gelu,
    "silu": ops.silu,
    "softplus": ops.softplus,
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "sin": ops.sin,
}
RECTIFIERS = (ops.relu, ops.leaky_relu, ops.gelu, ops.silu, ops.softplus)

if TYPE_CHECKING:  # how many there are is a number, which no type knows: so a type checker lets them be used as either

    class Outputs(Value, list[Value]):  # type: ignore[misc]
        """What a layer gives: the Value of its one neuron, or the list of the Values of its neurons."""
else:
    Outputs = Value | list[Value]


class Neuron(Module):
    """activation(w1 x1 + w2 x2 + ... + b).

    The bias starts at 0. A weight is drawn evenly from -limit to limit, so that signals keep their size from layer
    to layer: limit = sqrt(6 / inputs) for relu and its relatives, sqrt(6 / (inputs + outputs)) for all others,
    where `outputs` is the number of neurons in the layer. Without a generator it is Python's `random` that draws.

    Source: He et al. 2015, equation 10; Glorot & Bengio 2010, equation 16.
    """

    def __init__(
        self,
        inputs: int,
        activation: str | Op | None = "relu",
        *,
        outputs: int = 1,
        label: str = "",
        generator: random.Random | None = None,
    ) -> None:
        inputs = whole_number(inputs, "the number of inputs")
        self.label = label
        self.activation: Op | None = activation_of(activation)
        limit = math.sqrt(6.0 / inputs if self.activation in RECTIFIERS else 6.0 / (inputs + outputs))
        draw = (generator or random).uniform
        weights = [Value(draw(-limit, limit), label=inside(label, f"w{i}")) for i in range(1, inputs + 1)]
        self.weights: Sequence[Value] = tuple(weights)
        self.bias: Value = Value(0.0, label=inside(label, "b"))

    def label_parts(self) -> None:
        """They are labelled already."""

    def __call__(self, x: Row) -> Value:
        return self.output(input_values(x, len(self.weights), self))

    def output(self, x: Sequence[Value]) -> Value:
        """The neuron's Value for inputs that are Values already: a layer looks at them once for all neurons."""
        weights, activation = self.weights, self.activation
        if len(x) != len(weights):
            raise wrong_length(self, len(weights), x)
        z = node_of(ops.dot, (*weights, *x)) + self.bias
        return z if activation is None else node_of(activation, (z,))

    @property
    def w(self) -> Sequence[Value]:
        """`weights`, as micrograd 0.1.0 calls them."""
        return self.weights

    @property
    def b(self) -> Value:
        """`bias`, likewise."""
        return self.bias

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)}, {name_of(self.activation)!r})"


class Layer(Module):
    """Neurons side by side, all reading the same inputs."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: str | Op | None = "relu",
        *,
        label: str = "",
        generator: random.Random | None = None,
    ) -> None:
        outputs = whole_number(outputs, f"the width of {printable(label) or 'a layer'}")
        self.label = label
        self.neurons: list[Neuron] = [
            Neuron(inputs, activation, outputs=outputs, label=inside(label, f"neuron{i}"), generator=generator)
            for i in range(1, outputs + 1)
        ]

    def __call__(self, x: Row) -> Outputs:
        """One Value for each neuron; the bare Value if there is one neuron."""
        return bare(self.outputs(input_values(x, len(self.neurons[0].weights), self)))

    def outputs(self, x: Sequence[Value]) -> list[Value]:
        return [neuron.output(x) for neuron in self.neurons]

    def __repr__(self) -> str:
        first = self.neurons[0]
        return f"Layer({len(first.weights)}, {len(self.neurons)}, {name_of(first.activation)!r})"


class MLP(Module):
    """A multilayer perceptron: layers one after the other, the last of them linear.

    `MLP(2, [16, 16, 1])` takes 2 numbers and gives 1. The same seed gives the same weights; without one they come
    from Python's `random`, and `random.seed` repeats them.
    """

    def __init__(
        self, inputs: int, widths: Sequence[int] = (), activation: str | Op | None = "relu", seed: int | None = None
    ) -> None:
        if not isinstance(widths, Sequence) or not widths or isinstance(inputs, (list, tuple)):
            raise ValueError(
                "an MLP needs the number of inputs and then a list with the width of each layer, such as MLP(2, [16, 16, 1]); "
                f"got MLP({inputs!r}, {widths!r})"
            )
        generator = None if seed is None else random.Random(whole_number(seed, "seed", least=None))
        last = len(widths)
        self.layers: list[Layer] = [
            Layer(before, width, "linear" if i == last else activation, label=f"layer{i}", generator=generator)
            for i, (before, width) in enumerate(zip([inputs, *widths], widths), start=1)
        ]
        self.activation: Op | None = activation_of(activation)

    def __call__(self, x: Row) -> Outputs:
        """One Value for each neuron of the last layer; the bare Value if there is one neuron."""
        first = self.layers[0]
        outputs = input_values(x, len(first.neurons[0].weights), first)
        for layer in self.layers:
            outputs = layer.outputs(outputs)
        return bare(outputs)

    def __repr__(self) -> str:
        inputs = len(self.layers[0].neurons[0].weights)
        widths = [len(layer.neurons) for layer in self.layers]
        return f"MLP({inputs}, {widths}, activation={name_of(self.activation)!r})"


def activation_of(activation: str | Op | None) -> Op | None:
    """The row of the table behind a name, however it is spelled, or the user's own row; None is no activation, "linear"."""
    if activation is None:
        return None
    if isinstance(activation, Op):
        if activation.arity != 1:
            raise ValueError(f"an activation takes one number, and {activation.symbol} takes {activation.arity}")
        return activation
    if isinstance(activation, str):
        for name, op in ACTIVATIONS.items():
            if bare_letters(name) == bare_letters(activation):
                return op
    need = 'write "linear" for none, "relu" for max(0, x)'
    if not isinstance(activation, bool):
        need = f"choose from {', '.join(ACTIVATIONS)}, or pass an Op"
    raise ValueError(f"there is no activation {reprlib.repr(activation)}; {need}")


def bare_letters(name: str) -> str:
    """The name without what people write in different ways: LeakyReLU, leaky-relu and leaky_relu are one."""
    return "".join(c for c in name.lower() if c not in "_- ")


def name_of(activation: Op | None) -> str:
    return activation.symbol if activation else "linear"


def bare(values: list[Value]) -> Outputs:
    outputs: Any = values[0] if len(values) == 1 else values
    return outputs
