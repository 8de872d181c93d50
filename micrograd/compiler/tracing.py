"""From a model, a loss function and data to the graph of one row's loss, which a Program can train.

A loss is a function of a whole batch, and what Python does in it cannot be seen in a graph. So the graph of one row is
trusted only where its mean over rows is the loss of these rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from micrograd import losses
from micrograd.advice import warn
from micrograd.compiler.descent import Descent
from micrograd.compiler.llvm.machine import usable
from micrograd.compiler.program import Program
from micrograd.compiler.rows import Table
from micrograd.compiler.rule import has_known_rule, has_own_step
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value, topological_order
from micrograd.nn import MLP, Layer, Module, Neuron
from micrograd.ops import OPS
from micrograd.optim import Optimizer

Loss = Callable[[Sequence[Any], Sequence[Any]], Value]

# Functions that are known to do the same for every row and every number, so that compiling them is safe.
MEANS = (
    losses.half_mean_squared_error,
    losses.mean_squared_error,
    losses.binary_cross_entropy,
    losses.binary_cross_entropy_with_logits,
    losses.cross_entropy,
    losses.hinge,
)
WORTHWHILE = 50_000  # nodes to be made eagerly, from which compiling takes less time than it saves
COMPARED = 1000  # rows on which a loss that is not known is compared


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
        return self.loss([self.model(self.inputs[i]) for i in batch], [self.targets[i] for i in batch])

    def is_known(self) -> bool:
        """Whether all of it is our own code, which holds no Python `if` on a number."""
        return self.loss in MEANS and is_plain(self.model) and has_known_rule(self.optimizer)


class RowLoss:
    """The graph of one row's loss, and the numbers of each row that set its leaves."""

    def __init__(self, task: Task) -> None:
        model, loss, targets = task.model, task.loss, task.targets
        x = leaves("x", numbers_in(task.inputs[0]))
        output = model(x)
        self.classes = len(output) if loss is losses.cross_entropy and not losses.is_row(targets[0]) else None
        y = leaves("y", self.target_numbers(targets[0]))
        single = self.classes is None and not losses.is_row(targets[0])
        loss([output] * len(targets), targets)  # for its look at every target
        self.value = loss([output], [y[0] if single else y])
        self.leaves = [*x, *y]
        self.rows = [[*numbers_in(row), *self.target_numbers(target)] for row, target in zip(task.inputs, targets, strict=True)]

    def target_numbers(self, target: Any) -> list[float]:
        """The target as numbers: the index of a class as a weight for each class."""
        if self.classes is None:
            return numbers_in(target) if losses.is_row(target) else [float(target)]
        if target not in range(self.classes):
            raise ValueError(f"{target!r} is not the index of one of {self.classes} classes")
        return [float(index == target) for index in range(self.classes)]


def descent_of(task: Task, schedule: Schedule, *, always: bool) -> Descent | None:
    """The training in compiled code; None where it would not be the same, or (unless `always`) is not worth compiling."""
    if has_own_step(task.optimizer) or not (always or task.is_known()):
        return None
    try:
        row_loss = RowLoss(task)
        graph = topological_order(row_loss.value)
        if not always and schedule.epochs * len(task.inputs) * len(graph) < WORTHWHILE:
            return None
        program = Program(row_loss.value, row_loss.leaves, task.optimizer.parameters, None, False)
        if not is_mean(task, program, row_loss.rows[: COMPARED if always else 4]):
            return None
        table = Table(row_loss.rows, program.input_names)
        descent = program.descent(table, task.optimizer, schedule)
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
        return None  # eager training says what is wrong, or does not mind
    if program.target == "python" and not usable():
        advise_llvmlite()
    return descent


def is_mean(task: Task, program: Program, rows: Sequence[Sequence[float]]) -> bool:
    """Whether the eager loss of the first rows is the mean of the compiled losses of each."""
    listing = program.listing()
    numbers = [parameter.data for parameter in program.parameters]
    each = [listing.run(row, numbers)[0] for row in rows]
    return math.isclose(task.loss_of(range(len(rows))).data, math.fsum(each) / len(each), rel_tol=1e-9, abs_tol=1e-12)


@cache
def advise_llvmlite() -> None:
    """Said once."""
    warn("training runs as compiled Python; with llvmlite it runs as machine code, many times faster: pip install llvmlite")


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


def numbers_in(row: Any) -> list[float]:
    return [float(number) for number in row]
