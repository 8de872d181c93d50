"""What is trained, on what data and by which rule: looked at before the first step.

>>> from micrograd import datasets, nn, optim
>>> model = nn.MLP(2, [4, 1])
>>> task = Task(model, losses.mean_squared_error, *datasets.xor(), optim.SGD(model.parameters(), learning_rate=0.1))
>>> task.is_known()
True
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd import losses
from micrograd.compiler.nests import not_finite_in, shape_of
from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Module, Neuron
from micrograd.ops import OPS, as_float
from micrograd.optim import Optimizer

Loss = Callable[[Any, Any], Value]  # of the outputs and the targets of some rows

# Functions that are known to do the same for every row and every number, so that compiling them is safe.
MEANS = (
    losses.half_mean_squared_error,
    losses.mean_squared_error,
    losses.binary_cross_entropy,
    losses.binary_cross_entropy_with_logits,
    losses.cross_entropy,
    losses.hinge,
)


@dataclass(frozen=True)
class Task:
    """What is trained, on what, and by which rule."""

    model: Module
    loss: Loss
    inputs: Sequence[Any]
    targets: Sequence[Any]
    optimizer: Optimizer

    def loss_of(self, rows: Iterable[int]) -> Value:
        """The loss of the rows with these numbers, as eager code computes it."""
        batch = list(rows)
        loss = self.loss([self.model(self.inputs[i]) for i in batch], [self.targets[i] for i in batch])
        if not isinstance(loss, Value):
            raise TypeError(f"a loss function needs to return one Value, got {loss!r}")
        return loss

    def look_at_targets(self, output: Any) -> None:
        """Let the loss function look at every target that is nested as the first, for which the model gives this output."""
        shape = shape_of(self.targets[0])
        targets = [target for target in self.targets if shape_of(target) == shape]
        self.loss([output] * len(targets), targets)

    def is_known(self) -> bool:
        """Whether model and loss are our own code, which holds no Python `if` on a number."""
        return self.loss in MEANS and is_plain(self.model)


def is_plain(model: Module) -> bool:
    """Whether the model is an MLP, a Layer or a Neuron itself, with activations of the table."""
    layers: Sequence[Layer] = model.layers if type(model) is MLP else [model] if type(model) is Layer else []
    neurons = [model] if type(model) is Neuron else [neuron for layer in layers for neuron in layer.neurons]
    return bool(neurons) and all(type(layer) is Layer for layer in layers) and all(map(is_plain_neuron, neurons))


def is_plain_neuron(neuron: Neuron) -> bool:
    known = type(neuron) is Neuron and (neuron.activation is None or neuron.activation in OPS)
    return known and all(value.op is None for value in (*neuron.weights, neuron.bias))


def check_task(task: Task, reader: str = "fit") -> None:
    """Raise an error that says what the reader of a task needs."""
    if not callable(task.loss):
        raise TypeError(f"{reader} needs a function as its loss, such as losses.mean_squared_error, got {task.loss!r}")
    if not isinstance(task.optimizer, Optimizer):
        raise TypeError(f"{reader} needs an optimizer such as SGD(model.parameters(), 0.1), got {task.optimizer!r}")
    if not (callable(task.model) and hasattr(task.model, "parameters")):
        raise TypeError(
            f"{reader} needs a model that is called with a row and has parameters(), such as nn.MLP, got {task.model!r}"
        )
    if set(task.model.parameters()).isdisjoint(task.optimizer.parameters):
        raise ValueError("the optimizer moves no parameter of this model; make it with model.parameters()")


def checked_data(data: tuple[Any, Any], numbers: bool) -> tuple[Sequence[Any], Sequence[Any]]:
    """The inputs and the targets; an error unless there is one target per row, and every number is finite.

    With `numbers` the rows have to hold as many numbers or Values, as an MLP needs; without it they may be of
    several lengths, but none may be empty where others are not.
    """
    if not isinstance(data, Sequence) or len(data) != 2 or not all(hasattr(part, "__len__") for part in data):
        raise ValueError(f"data needs to be a pair (inputs, targets), such as datasets.xor(), got {reprlib.repr(data)}")
    inputs, targets = data
    if len(inputs) != len(targets):
        raise ValueError(f"data needs one target per row, got {len(inputs)} row(s) and {len(targets)} target(s)")
    if not len(inputs):
        raise ValueError("data needs at least one row, got none")
    for number, row in enumerate(inputs, start=1):
        if not hasattr(row, "__len__"):
            need = f"every row of data needs to be a list of numbers, and row {number} is {row!r}; put it in brackets"
            raise TypeError(f"{need}, where data is a Dataset or a pair (inputs, targets)")
        if numbers:
            check_numbers(row, number, len(inputs[0]))
    lengths = [len(row) for row in inputs]
    if 0 in lengths and any(lengths):
        raise ValueError(f"row {lengths.index(0) + 1} of the data is empty, and others are not; leave it out")
    for number, row in enumerate(zip(inputs, targets, strict=True), start=1):
        for entry in not_finite_in(row):
            raise ValueError(f"training needs finite numbers, and row {number} of the data has {entry}; mend it or leave it out")
    return inputs, targets


def check_numbers(row: Sequence[Any], number: int, width: int) -> None:
    if len(row) != width:
        raise ValueError(f"every row of data needs as many numbers as row 1, {width}; row {number} has {len(row)}")
    try:
        for entry in row.tolist() if hasattr(row, "tolist") else row:
            if not isinstance(entry, Value):
                as_float(entry)
    except TypeError as error:
        raise TypeError(f"row {number} of the data: {error}") from None
