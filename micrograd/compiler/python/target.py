"""The target `python`: straight-line Python, for a machine with nothing else installed."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from micrograd import numerics
from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing, finite_add
from micrograd.compiler.python.spelling import header, names_of_functions, sums_source, update_source, values_source
from micrograd.compiler.rows import Row, Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.ops import Op


def source(graph: Graph) -> str:
    """`evaluate`, and for one output `gradient`, as a Python module."""
    listing = graph.listing()
    if len(graph.outputs) > 1:
        functions = names_of_functions(listing.instructions)
        return "\n".join([*header(functions), *values_source(listing, functions)])
    gradient = graph.gradient_listing()
    functions = names_of_functions([*listing.instructions, *gradient.instructions])
    return "\n".join([*header(functions), *values_source(listing, functions), *sums_source(gradient, functions)])


def loaded(name: str, write: Callable[[Listing, Mapping[Op, str]], list[str]], listing: Listing) -> Callable[..., Any]:
    """The function of that name that `write` makes of the listing."""
    functions = names_of_functions(listing.instructions)
    namespace: dict[str, Any] = {**vars(math), **vars(numerics), "finite_add": finite_add}
    namespace |= {called: op.forward for op, called in functions.items()}
    text = "\n".join(write(listing, functions))
    exec(compile(text, f"<micrograd {name}>", "exec"), namespace)  # noqa: S102 - written right here
    return namespace[name]


def check(graph: Graph) -> None:
    """Python runs everywhere, and what it cannot spell it calls."""


def evaluator(graph: Graph) -> PythonEvaluator:
    return PythonEvaluator(graph.listing())


def summer(graph: Graph) -> PythonSummer:
    return PythonSummer(graph.gradient_listing())


def trainer(graph: Graph, trained: Sequence[Value], rule: Listing) -> PythonTrainer:
    return PythonTrainer(graph, trained, rule)


class PythonEvaluator:
    """The outputs of each row."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.function = loaded("evaluate", values_source, listing)

    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        rows = table.as_rows()
        try:
            values = self.function(rows, parameters)
        except (ValueError, ArithmeticError):
            values = [self.quietly(row, parameters) for row in rows]
        return [list(column) for column in zip(*values, strict=True)]

    def quietly(self, row: Row, parameters: Sequence[float]) -> Sequence[float]:
        """The outputs of one row; where an operation has no value, by the number of IEEE 754."""
        try:
            return self.function([row], parameters)[0]
        except (ValueError, ArithmeticError):
            return self.listing.run(row, parameters)


class PythonSummer:
    """The outputs summed over the rows; the last input is the weight of a row."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.function = loaded("gradient", sums_source, listing)

    def __call__(self, table: Table, parameters: Sequence[float], weights: array[float]) -> list[float]:
        return self.sums(list(zip(*table.columns(), weights, strict=True)), parameters)

    def sums(self, rows: Sequence[Row], parameters: Sequence[float]) -> list[float]:
        try:
            sums: list[float] = self.function(rows, parameters)
        except (ValueError, ArithmeticError):
            results = [self.listing.run(row, parameters) for row in rows]
            sums = [numerics.total([0.0, *column]) for column in zip(*results, strict=True)]
        return sums


class PythonTrainer:
    """The whole of training."""

    def __init__(self, graph: Graph, trained: Sequence[Value], rule: Listing) -> None:
        self.graph = graph
        self.trained = trained
        self.rule = rule
        listing = graph.gradient_listing(trained)
        self.size = len(listing.instructions)
        self.summer = PythonSummer(listing)
        self.update = loaded("update", update_source, rule)

    def start(self, table: Table, schedule: Schedule, state: TrainingState) -> PythonLoop:
        return PythonLoop(self, table, schedule, state)


class PythonLoop:
    """One training: the numbers that it moves."""

    def __init__(self, trainer: PythonTrainer, table: Table, schedule: Schedule, state: TrainingState) -> None:
        self.trainer = trainer
        self.rows = table.as_rows()
        self.schedule = schedule
        self.restore(state)

    def weighted(self, batch: Sequence[int]) -> list[Row]:
        """The rows of a batch, each with its share in their mean."""
        share = 1.0 / len(batch)
        return [(*self.rows[number], share) for number in batch]

    def train(self, first: int, epochs: int, target: float) -> tuple[array[float], bool]:
        losses, finite = array("d"), True
        batches = [self.weighted(batch) for batch in self.schedule.batches(first)]
        while finite and len(losses) < epochs and not (losses and losses[-1] <= target):
            if losses and self.schedule.shuffles:
                batches = [self.weighted(batch) for batch in self.schedule.batches(first + len(losses))]
            loss, finite = self.epoch(batches)
            losses.append(loss)
        return losses, finite

    def epoch(self, batches: Sequence[Sequence[Row]]) -> tuple[float, bool]:
        """A step for each batch; the mean loss before the steps, and whether all was finite."""
        loss = 0.0
        for rows in batches:
            *gradients, value = self.trainer.summer.sums(rows, self.parameters)
            loss += value * (len(rows) / len(self.rows))
            self.gradients = gradients
            if not math.isfinite(loss + sum(gradients)) and not all(map(math.isfinite, [loss, *gradients])):
                return loss, False
            self.step += 1
            try:
                self.trainer.update(self.parameters, gradients, self.memories, float(self.step), self.rate)
            except (ValueError, ArithmeticError):
                return math.nan, False
        return loss, True

    def look(self) -> list[float]:
        return self.trainer.summer.sums(self.weighted(range(len(self.rows))), self.parameters)

    def pace(self, rate: float) -> None:
        self.rate = rate

    def save(self) -> TrainingState:
        memories = [array("d", numbers) for numbers in self.memories]
        return TrainingState(array("d", self.parameters), memories, array("d", self.gradients), self.step, self.rate)

    def restore(self, state: TrainingState) -> None:
        self.parameters, self.gradients = list(state.parameters), list(state.gradients)
        self.memories = [list(numbers) for numbers in state.memories]
        self.step, self.rate = state.step, state.rate
