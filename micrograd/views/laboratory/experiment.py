"""What the laboratory trains: the loss of a row as a graph, the rule of the optimizer, and the numbers that they begin with.

Everything is read and nothing changed: model and optimizer stay as they are.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from micrograd import ops
from micrograd.arguments import as_float, whole_number
from micrograd.compiler.graph import Graph
from micrograd.compiler.javascript.functions import unspelled
from micrograd.compiler.listing import Listing
from micrograd.compiler.llvm import target as llvm
from micrograd.compiler.llvm.machine import usable
from micrograd.compiler.nests import entries_in
from micrograd.compiler.python import target as python
from micrograd.compiler.refusals import Refusal
from micrograd.compiler.row_loss import RowLoss
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.rule import Setting, numbers_of_rule, traced_rule
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.task import Task, check_task, checked_data, is_plain
from micrograd.compiler.tracing import traced
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value, topological_order
from micrograd.losses import is_row
from micrograd.nn import MLP, RECTIFIERS, values_within
from micrograd.ops import DomainError

MOST_INSTRUCTIONS = 6_000  # of the gradient of a row: with more, a page computes fewer epochs a second than a reader waits for
MOST_ROWS = 2_000  # of data, and of test
LONGEST_NAME = 40  # of a column
LOOKS = (1, 10, 100, 1000)  # the epochs after which Python's own loss is noted down
PATIENCE = 40_000_000  # instructions that Python itself runs for that: a second or two
FASTER = 25  # machine code
SMALLER = "make it smaller, or train it with fit, or with Program.train of a compiled graph"


class Experiment:
    """A model, its loss and its data, as graphs of a row; `parameters` are those that the optimizer moves.

    `names` are those of the columns: of the inputs, and then of the target or of each class.
    """

    def __init__(
        self,
        task: Task,
        test: tuple[Any, Any] | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        names: Sequence[str] | None = None,
    ) -> None:
        check_task(task, "lab")
        self.task = task
        self.batch_size = None if batch_size is None else whole_number(batch_size, "batch_size")
        self.seed = whole_number(seed, "seed", least=None)
        output = task.model(task.inputs[0])
        check_instructions(forward_size(output), "at least ")
        self.row_loss = traced_row(task, output)
        self.rows = self.row_loss.rows
        check_rows(len(self.rows), "data")
        self.name_columns(names)
        self.outputs, self.loss = outputs_and_loss(self.row_loss)
        reached = set(topological_order(self.loss))
        self.places = [place for place, parameter in enumerate(task.optimizer.parameters) if parameter in reached]
        if not self.places:
            raise ValueError("the loss does not depend on any parameter that the optimizer moves; give it model.parameters()")
        self.parameters = [task.optimizer.parameters[place] for place in self.places]
        self.graph = Graph([self.loss], self.row_loss.leaves, self.parameters, exact=True)
        check_instructions(len(self.gradient.instructions))
        self.test = [] if test is None else self.test_rows(test)

    # What a row is

    @property
    def inputs(self) -> list[Value]:
        return list(entries_in(self.row_loss.x))

    @property
    def targets(self) -> list[Value]:
        return list(entries_in(self.row_loss.y))

    def name_columns(self, names: Sequence[str] | None) -> None:
        """Of the inputs and then of the target or the classes; without names x1, x2, ... and y."""
        inputs, targets = self.inputs, self.targets
        columns = [f"x{k}" for k in range(1, len(inputs) + 1)] + [f"y{k}" for k in range(1, len(targets) + 1)]
        if len(targets) == 1:
            columns[-1] = "y"
        for leaf, name in zip([*inputs, *targets], names or columns, strict=True):
            leaf.label = printable(name, LONGEST_NAME)

    @cached_property
    def kind(self) -> str:
        """What the plane shows: "two" classes, "classes", "regression", or "several" outputs that are no classes."""
        columns = len(self.inputs)
        targets = [row[columns:] for row in self.rows]
        if len(self.outputs) == 1:
            return "two" if len(self.targets) == 1 and len({number for (number,) in targets}) == 2 else "regression"
        one_hot = [0.0] * (len(self.outputs) - 1) + [1.0]
        return "classes" if all(sorted(target) == one_hot for target in targets) else "several"

    def test_rows(self, test: tuple[Any, Any]) -> list[list[float]]:
        """Rows that are not trained on; a ValueError unless they are like those of the data."""
        task = self.task
        try:
            inputs, targets = checked_data(test, numbers=is_plain(task.model))
        except (TypeError, ValueError) as error:
            raise type(error)(f"test: {error}") from None
        row_loss = RowLoss(Task(task.model, task.loss, inputs, targets, task.optimizer), self.row_loss.classes)
        check_one_shape(row_loss, "test")
        rows = row_loss.rows
        widths = len(inputs[0]), len(task.inputs[0])
        if widths[0] != widths[1]:
            raise ValueError(
                f"the rows of test have {widths[0]} numbers and those of data {widths[1]}; cut both from the same table"
            )
        own, others = len(self.rows[0]) - len(self.inputs), len(rows[0]) - len(self.inputs)
        if own != others:
            raise ValueError(f"the targets of test have {others} numbers and those of data {own}; cut both from the same table")
        check_rows(len(rows), "test")
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
            given = dict(zip(known, checked_start(numbers), strict=True))
            return [given.get(parameter, parameter.data) for parameter in self.parameters]
        if not is_row(start):
            raise TypeError(f"a start is a model, or a list of numbers, one for each parameter, got {start!r}")
        numbers = [number.data if isinstance(number, Value) else as_float(number) for number in start]
        if len(numbers) != len(parameters):
            raise ValueError(
                f"a start needs {len(parameters)} numbers, one for each parameter that the optimizer moves, and this one has "
                f"{len(numbers)}"
            )
        checked_start(numbers)
        return [numbers[place] for place in self.places]

    def starts(self, others: Mapping[str, Any] | Sequence[Any] | None) -> list[dict[str, Any]]:
        """The model as it is, and the others, by name or numbered from 2."""
        if others is not None and not isinstance(others, Iterable):
            raise TypeError(f"starts are a list of models, or a dictionary that names them, got {others!r}; put it into a list")
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
        patience = FASTER * PATIENCE if machine else PATIENCE
        looks = [epochs for epochs in LOOKS if epochs * size <= patience]
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


def checked_start(numbers: list[float]) -> list[float]:
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a start needs finite numbers, and one of these is not; leave it out")
    return numbers


def forward_size(output: Any) -> int:
    """The instructions of what the model gives, but for those that it repeats: a sum of products is written out."""
    nodes = {node for value in values_within(output) for node in topological_order(value) if node.op is not None}
    return sum(max(1, len(node.parents) - 1) for node in nodes)


def check_instructions(count: int, bound: str = "") -> None:
    if count > MOST_INSTRUCTIONS:
        raise ValueError(
            f"the lab takes up to {MOST_INSTRUCTIONS:,} instructions for the gradient of a row, and this network needs "
            f"{bound}{count:,}; {SMALLER}"
        )


def check_rows(count: int, name: str) -> None:
    if count > MOST_ROWS:
        raise ValueError(f"the lab draws up to {MOST_ROWS:,} rows, and {name} has {count:,}; give it a part of them")


def check_operations(listing: Listing) -> None:
    if unknown := unspelled(listing):
        raise ValueError(
            f"the lab cannot run {unknown[0]!r}, an operation of your own, in a browser; write it with operations of the table, "
            "such as exp, maximum or *, or train with fit"
        )


def traced_row(task: Task, output: Any) -> RowLoss:
    """The loss of a row, where a graph can stand for it; the reason why not is the one that `fit` gives."""
    try:
        found = traced(task, output, asked=True)
    except Refusal as error:
        raise ValueError(f"the lab cannot run this training: {error.reason}; fit trains it in eager steps") from error
    if found is None:
        raise ValueError(
            "the lab needs a finite loss to begin with, and the loss of data is not; explain_non_finite(loss) says why"
        )
    check_one_shape(found[0], "data")
    return found[0]


def check_one_shape(row_loss: RowLoss, name: str) -> None:
    if (count := len(row_loss.shapes)) > 1:
        raise ValueError(f"the lab needs rows of one shape, and those of {name} have {count}; fit trains with them")


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
