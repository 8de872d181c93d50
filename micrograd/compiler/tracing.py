"""From a model, a loss function and data to the graph of one row's loss, which a Program can train.

A loss is a function of a whole batch, and what Python does in it cannot be seen in a graph. So the graph of one row is
trusted only where its mean over rows is the loss of these rows.
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from numbers import Integral
from typing import Any

from micrograd import losses
from micrograd.compiler.descent import Descent
from micrograd.compiler.llvm.machine import usable
from micrograd.compiler.program import Program
from micrograd.compiler.rows import Table
from micrograd.compiler.rule import has_own_step
from micrograd.engine import Value, topological_order
from micrograd.nn import MLP, Layer, Module, Neuron
from micrograd.ops import OPS
from micrograd.optim import Optimizer

# Functions that are known to do the same for every row and every number, so that compiling them is safe.
MEANS = (
    losses.half_mean_squared_error,
    losses.mean_squared_error,
    losses.binary_cross_entropy,
    losses.cross_entropy,
    losses.hinge,
)
WORTHWHILE = 50_000  # nodes to be made eagerly, from which compiling takes less time than it saves
COMPARED = 1000  # rows on which a loss that is not known is compared


class Traced:
    """The graph of one row's loss, and the rows that set its leaves."""

    def __init__(self, model: Module, loss: Callable[..., Any], inputs: Sequence[Any], targets: Sequence[Any]) -> None:
        self.model = model
        self.loss = loss
        self.inputs = inputs
        self.targets = targets
        x = leaves("x", numbers_in(inputs[0]))
        output = model(x)
        self.classes = len(output) if loss is losses.cross_entropy and isinstance(targets[0], Integral) else None
        y = leaves("y", self.target_numbers(targets[0]))
        single = self.classes is None and not is_row(targets[0])
        loss([output] * len(targets), targets)  # for its look at every target
        self.row_loss = loss([output], [y[0] if single else y])
        self.leaves = [*x, *y]

    def target_numbers(self, target: Any) -> list[float]:
        """The target as numbers: the index of a class as a weight for each class."""
        if self.classes is None:
            return numbers_in(target) if is_row(target) else [float(target)]
        if not isinstance(target, Integral) or not 0 <= int(target) < self.classes:
            raise ValueError(f"{target!r} is not the index of one of {self.classes} classes")
        return [float(index == target) for index in range(self.classes)]

    def rows(self) -> Iterator[list[float]]:
        for row, target in zip(self.inputs, self.targets, strict=True):
            yield [*numbers_in(row), *self.target_numbers(target)]

    def program(self, optimizer: Optimizer) -> Program:
        return Program(self.row_loss, self.leaves, optimizer.parameters, None, False)

    def is_mean(self, program: Program, rows: Sequence[Sequence[float]]) -> bool:
        """Whether the eager loss of some rows is the mean of the compiled losses of each."""
        outputs = [self.model(row) for row in self.inputs[: len(rows)]]
        eager = self.loss(outputs, self.targets[: len(rows)]).data
        listing = program.listing()
        numbers = [parameter.data for parameter in program.parameters]
        each = [listing.run(row, numbers)[0] for row in rows]
        return math.isclose(eager, math.fsum(each) / len(each), rel_tol=1e-9, abs_tol=1e-12)


def descent_of(
    model: Module,
    loss: Callable[..., Any],
    data: tuple[Sequence[Any], Sequence[Any]],
    optimizer: Optimizer,
    *,
    epochs: int,
    batch_size: int,
    order: list[int],
    generator: random.Random,
    always: bool,
) -> Descent | None:
    """The training in compiled code; None where it would not be the same, or (unless `always`) is not worth compiling."""
    if has_own_step(optimizer):
        return None
    known_rule = type(optimizer).__module__ == Optimizer.__module__ and "update" not in vars(optimizer)
    if not always and not (loss in MEANS and is_plain(model) and known_rule):
        return None
    inputs, targets = data
    try:
        traced = Traced(model, loss, inputs, targets)
        nodes = len(topological_order(traced.row_loss))
        if not always and epochs * len(inputs) * nodes < WORTHWHILE:
            return None
        program = traced.program(optimizer)
        rows = list(traced.rows())
        if not traced.is_mean(program, rows[: COMPARED if always else 4]):
            return None
        if set(optimizer.parameters).isdisjoint(topological_order(traced.row_loss)):
            return None
        batches = generator if batch_size < len(rows) else None
        table = Table(rows, program.input_names)
        descent = program.descent(table, optimizer, min(batch_size, len(rows)), batches, order)
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
        return None  # eager training says what is wrong, or does not mind
    if program.target == "python" and not usable():
        advise_llvmlite()
    return descent


@cache
def advise_llvmlite() -> None:
    """Said once."""
    warnings.warn(
        "training runs as compiled Python; with llvmlite it runs as machine code, many times faster: "
        "python -m pip install -e '.[compile]'",
        stacklevel=4,
    )


def is_plain(model: Module) -> bool:
    """Whether the model is a network of nn.py itself, with activations of the table."""
    layers: Sequence[Layer] = model.layers if type(model) is MLP else [model] if type(model) is Layer else []
    neurons = [model] if type(model) is Neuron else [neuron for layer in layers for neuron in layer.neurons]
    return bool(neurons) and all(type(layer) is Layer for layer in layers) and all(map(is_plain_neuron, neurons))


def is_plain_neuron(neuron: Neuron) -> bool:
    known = type(neuron) is Neuron and (neuron.activation is None or neuron.activation in OPS)
    return known and all(value.op is None for value in (*neuron.weights, neuron.bias))


def leaves(letter: str, numbers: Sequence[float]) -> list[Value]:
    return [Value(number, label=f"{letter}{i}") for i, number in enumerate(numbers, start=1)]


def is_row(entry: Any) -> bool:
    return hasattr(entry, "__len__")


def numbers_in(row: Any) -> list[float]:
    return [float(number) for number in row]
