"""What the laboratory trains: the loss of a row as a graph, the rule of the optimizer, and the numbers that they begin with.

Everything is read and nothing changed: model and optimizer stay as they are.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from micrograd import ops
from micrograd.arguments import as_float, whole_number
from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing
from micrograd.compiler.llvm import target as llvm
from micrograd.compiler.llvm.machine import usable
from micrograd.compiler.python import target as python
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.rule import Setting, numbers_of_rule, traced_rule
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.task import Loss, Refusal, Task, check_task, checked_data, is_plain
from micrograd.compiler.tracing import RowLoss, entries_in, traced
from micrograd.engine import Constant, Value
from micrograd.losses import is_row
from micrograd.nn import MLP, RECTIFIERS, Module, values_within
from micrograd.ops import DomainError
from micrograd.optim import Optimizer

MOST_INSTRUCTIONS = 6_000  # of the gradient of a row: with more, a page computes fewer epochs a second than a reader waits for
LOOKS = (1, 10, 100, 1000)  # the epochs after which Python's own loss is noted down
PATIENCE = 40_000_000  # instructions that Python itself runs for that: a second or two
NAMES = {"learning_rate": "learning rate"}


class Experiment:
    """A model, its loss and its data, as graphs of a row; `parameters` are those that the optimizer moves."""

    def __init__(
        self,
        model: Module,
        loss: Loss,
        data: tuple[Sequence[Any], Sequence[Any]],
        optimizer: Optimizer,
        test: tuple[Sequence[Any], Sequence[Any]] | None = None,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        self.task = Task(model, loss, *checked_data(data, numbers=is_plain(model)), optimizer)
        check_task(self.task)
        self.batch_size = None if batch_size is None else whole_number(batch_size, "batch_size")
        self.seed = whole_number(seed, "seed", least=None)
        self.row_loss = traced_row(self.task)
        self.rows = self.row_loss.rows
        self.outputs, self.loss = outputs_and_loss(self.row_loss)
        reached = set(Graph([self.loss], [], []).nodes())
        self.places = [place for place, parameter in enumerate(optimizer.parameters) if parameter in reached]
        if not self.places:
            raise ValueError("the loss does not depend on any parameter that the optimizer moves; give it model.parameters()")
        self.parameters = [optimizer.parameters[place] for place in self.places]
        self.graph = Graph([self.loss], self.row_loss.leaves, self.parameters, exact=True)
        self.test = [] if test is None else self.test_rows(test)

    # What a row is

    @property
    def inputs(self) -> list[Value]:
        return list(entries_in(self.row_loss.x))

    @property
    def targets(self) -> list[Value]:
        return list(entries_in(self.row_loss.y))

    @cached_property
    def kind(self) -> str:
        """What the plane shows: "two" classes, "classes", "regression", or "several" outputs that are no classes."""
        columns = len(self.inputs)
        targets = [row[columns:] for row in self.rows]
        if len(self.outputs) == 1:
            return "two" if len({tuple(target) for target in targets}) == 2 else "regression"
        one_hot = [0.0] * (len(self.outputs) - 1) + [1.0]
        return "classes" if all(sorted(target) == one_hot for target in targets) else "several"

    def test_rows(self, test: tuple[Sequence[Any], Sequence[Any]]) -> list[list[float]]:
        """Rows that are not trained on; a ValueError unless they are like those of the data."""
        task = self.task
        inputs, targets = checked_data(test, numbers=is_plain(task.model))
        rows = RowLoss(Task(task.model, task.loss, inputs, targets, task.optimizer), self.row_loss.classes).rows
        if len(inputs[0]) != len(task.inputs[0]) or len(rows[0]) != len(self.rows[0]):
            width, wanted = len(inputs[0]), len(task.inputs[0])
            what = "targets" if width == wanted else f"{width} numbers"
            raise ValueError(
                f"the rows of test have {what} unlike those of data, which have {wanted} numbers and "
                f"{len(self.rows[0]) - len(self.inputs)} in the target; cut test from the same table"
            )
        return rows

    # What can be turned

    @property
    def counting(self) -> bool:
        """Whether parameters have taken different numbers of steps, so that each counts its own."""
        return len({self.task.optimizer.steps_taken[place] for place in self.places}) > 1

    @cached_property
    def rule_and_settings(self) -> tuple[Listing, list[Setting]]:
        """The update rule with its settings as inputs; without them where it does more with them than compute."""
        optimizer = self.task.optimizer
        settings = numbers_of_rule(optimizer)
        try:
            return traced_rule(optimizer, counting=self.counting, settings=settings), settings
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # it is anyone's rule
            return traced_rule(optimizer, counting=self.counting), []

    @property
    def memories(self) -> list[list[float]]:
        """Those of the optimizer, and if each parameter counts its own steps the count."""
        states = [self.task.optimizer.state[place] for place in self.places]
        memories = [[float(state[k]) for state in states] for k in range(len(states[0]))]
        if self.counting:
            memories.append([float(self.task.optimizer.steps_taken[place]) for place in self.places])
        return memories

    @property
    def numbers(self) -> list[float]:
        return [parameter.data for parameter in self.parameters]

    def boundary(self) -> float | None:
        """The output at which either of two targets costs the same; None where there are not two."""
        if self.kind != "two":
            return None
        columns = len(self.inputs)
        low, high = sorted({row[columns] for row in self.rows})
        middle = (low + high) / 2.0
        return next((output for output in (0.0, middle) if self.costs_the_same(output, low, high)), middle)

    def costs_the_same(self, output: float, low: float, high: float) -> bool:
        try:
            one, other = (float(self.task.loss([Value(output)], [target]).data) for target in (low, high))
        except (ArithmeticError, DomainError, TypeError, ValueError):
            return False
        return math.isclose(one, other, rel_tol=1e-12)

    # Starts

    def start_of(self, start: Any) -> list[float]:
        """The numbers to begin with: those of a model like this one, or one for each parameter of the optimizer."""
        optimizer, model = self.task.optimizer, self.task.model
        parameters: Sequence[Value] = optimizer.parameters
        if hasattr(start, "parameters"):
            known = model.parameters()
            numbers = [parameter.data for parameter in start.parameters()]
            if len(numbers) != len(known):
                raise ValueError(
                    f"a start needs a model of the same shape, with {len(known)} parameters, and this one has {len(numbers)}"
                )
            given = dict(zip(known, numbers, strict=True))
            return [given.get(parameter, parameter.data) for parameter in self.parameters]
        if not is_row(start):
            raise TypeError(f"a start is a model, or a list of numbers, one for each parameter, got {start!r}")
        numbers = [number.data if isinstance(number, Value) else as_float(number) for number in start]
        if len(numbers) != len(parameters):
            raise ValueError(
                f"a start needs one number for each parameter that the optimizer moves, {len(parameters)}; this one has {len(numbers)}"
            )
        if not all(map(math.isfinite, numbers)):
            raise ValueError("a start needs finite numbers, and one of these is not; leave it out")
        return [numbers[place] for place in self.places]

    def starts(self, others: Mapping[str, Any] | Sequence[Any] | None) -> list[dict[str, Any]]:
        """The model as it is, and the others, by name or numbered from 2."""
        named = (
            others.items() if isinstance(others, Mapping) else [(f"start {i}", s) for i, s in enumerate(others or [], start=2)]
        )
        return [
            {"name": "as given", "numbers": self.numbers},
            *({"name": str(name), "numbers": self.start_of(start)} for name, start in named),
        ]

    def limits(self) -> list[list[float]] | None:
        """Between which numbers an `MLP` draws each parameter, in its order; None of other models: then no seed can be drawn."""
        model = self.task.model
        if type(model) is not MLP or not is_plain(model) or self.parameters != model.parameters():
            return None
        found = []
        for layer in model.layers:
            for neuron in layer.neurons:
                inputs = len(neuron.weights)
                both = inputs if neuron.activation in RECTIFIERS else inputs + len(layer.neurons)
                limit = math.sqrt(6.0 / both)
                found += [[-limit, limit]] * inputs + [[0.0, 0.0]]
        return found

    # What Python makes of it

    def python_losses(self) -> dict[str, float]:
        """The loss of all rows after 1, 10, 100 and 1000 epochs of Python's own training, as far as that is quick."""
        optimizer = self.task.optimizer
        rule = traced_rule(optimizer, counting=self.counting)
        steps_taken = optimizer.steps_taken[self.places[0]]
        size = len(self.gradient.instructions) * len(self.rows)
        machine = LOOKS[-1] * size > PATIENCE and usable(True)
        trainer = (llvm if machine else python).trainer(self.graph, self.parameters, rule)
        looks = LOOKS if machine else [epochs for epochs in LOOKS if epochs * size <= PATIENCE]
        table = Table(self.rows, [f"x{i}" for i in range(len(self.rows[0]))])
        schedule = Schedule(len(self.rows), LOOKS[-1], self.batch_size, self.seed, first_step=optimizer.step_count)
        memories = [array("d", numbers) for numbers in self.memories]
        numbers = array("d", self.numbers)
        state = TrainingState(numbers, memories, array("d", numbers), steps_taken, optimizer.learning_rate)
        loop, losses, done = trainer.start(table, schedule, state), {}, 0
        for epochs in looks:
            _, finite = loop.train(done, epochs - done, -math.inf)
            loss = loop.look()[-1]
            if not finite or not math.isfinite(loss):
                break
            losses[str(epochs)], done = loss, epochs
        return losses

    @cached_property
    def gradient(self) -> Listing:
        """Of the loss times the weight of a row by every parameter, and then the loss."""
        return self.graph.gradient_listing(self.parameters)


def traced_row(task: Task) -> RowLoss:
    """The loss of a row, where a graph can stand for it; the reason is the one that `fit` gives."""
    try:
        found = traced(task, task.model(task.inputs[0]), asked=True)
    except Refusal as error:
        raise ValueError(f"the lab cannot run this training: {error.reason}; fit trains it in eager steps") from error
    if found is None:
        raise ValueError(
            "the lab needs a finite loss to begin with, and the loss of data is not; explain_non_finite(loss) says why"
        )
    return found[0]


def outputs_and_loss(row_loss: RowLoss) -> tuple[list[Value], Value]:
    """What the model gives for a row of leaves, and the loss of it: one graph."""
    output = row_loss.task.model(row_loss.x)
    loss = without_mean(row_loss.task.loss([output], [row_loss.y]))
    return list(dict.fromkeys(values_within(output))), loss


def without_mean(loss: Value) -> Value:
    """What the mean over one row is the mean of: the same number, with fewer words around it."""
    if loss.op is ops.div and loss.parents[1].data == 1.0 and isinstance(loss.parents[1], Constant):
        loss = loss.parents[0]
    if loss.op is ops.total and len(loss.parents) == 1:
        loss = loss.parents[0]
    return loss
