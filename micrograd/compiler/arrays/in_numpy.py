"""The target `numpy`: a step is a handful of calls of NumPy."""

from __future__ import annotations

import inspect
import math
from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from micrograd.compiler.arrays.layout import Layout, Numbers, Order, joined, matrix, of_gradient, of_outputs
from micrograd.compiler.arrays.rule import updater
from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.tensors.spelling import runnable


def evaluator(graph: Graph) -> NumpyEvaluator:
    return NumpyEvaluator(of_outputs(graph))


def summer(graph: Graph) -> NumpySummer:
    return NumpySummer(of_gradient(graph, weighted=True))


def trainer(graph: Graph, trained: Sequence[Value], rule: Listing) -> NumpyTrainer:
    return NumpyTrainer(graph, trained, rule)


class NumpyEvaluator:
    """The outputs of each row."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.function = runnable(layout.formulas, title="evaluate")

    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        vector = np.array(parameters, dtype=float)[self.layout.order]
        outputs = self.function(*self.layout.inputs_of(matrix(table)), *self.layout.arrays_of(vector))
        return [np.broadcast_to(output, table.rows).tolist() for output in outputs]


class NumpySummer:
    """The gradient and the output, summed over weighted rows."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.inverse = layout.inverse()
        self.function = runnable(layout.formulas)

    def __call__(self, table: Table, parameters: Sequence[float], weights: array[float]) -> list[float]:
        vector = np.array(parameters, dtype=float)[self.layout.order]
        inputs, arrays = self.layout.inputs_of(matrix(table)), self.layout.arrays_of(vector)
        loss, *slopes = self.function(*inputs, *arrays, np.array(weights, dtype=float))
        return [*joined(np, slopes)[self.inverse].tolist(), float(loss)]


class NumpyTrainer:
    """The whole of training."""

    def __init__(self, graph: Graph, trained: Sequence[Value], rule: Listing) -> None:
        self.graph = graph
        self.trained = trained
        self.rule = rule
        self.size = 1000 + len(graph.nodes())  # a call of NumPy takes its time, however few the numbers are
        self.layout = of_gradient(graph, weighted=False, trained=trained)
        self.function = inspect.unwrap(runnable(self.layout.formulas))  # warnings are off around the whole loop
        self.update = updater(rule, "numpy")
        self.order = Order(self.layout, graph, trained)

    def start(self, table: Table, schedule: Schedule, state: TrainingState) -> NumpyLoop:
        return NumpyLoop(self, table, schedule, state)


class NumpyLoop:
    """One training: the numbers that it moves.

    `vector` has all parameters, array after array, and `arrays` are views of it. Memories and gradients are of those that
    are trained, in the same order.
    """

    vector: Numbers
    memories: list[Numbers]
    gradient: Numbers
    step: float
    rate: float

    def __init__(self, trainer: NumpyTrainer, table: Table, schedule: Schedule, state: TrainingState) -> None:
        self.trainer = trainer
        self.schedule = schedule
        self.rows = table.rows
        self.inputs = [np.ascontiguousarray(part) for part in trainer.layout.inputs_of(matrix(table))]
        self.restore(state)

    def train(self, first: int, epochs: int, target: float) -> tuple[array[float], bool]:
        losses, finite = array("d"), True
        kept = None if self.schedule.shuffles else list(self.batches(first))
        with np.errstate(all="ignore"):
            while finite and len(losses) < epochs and not (losses and losses[-1] <= target):
                loss, finite = self.epoch(kept or self.batches(first + len(losses)))
                losses.append(loss)
        return losses, finite

    def batches(self, epoch: int) -> Iterator[tuple[int, list[Numbers]]]:
        """How many rows each batch has, and the inputs of these."""
        if self.schedule.steps == 1:
            yield self.rows, self.inputs
            return
        size, order = self.schedule.batch_size, np.array(self.schedule.order(epoch))
        for batch in [order[start : start + size] for start in range(0, self.rows, size)]:
            yield len(batch), [part[batch] for part in self.inputs]

    def epoch(self, batches: Iterable[tuple[int, list[Numbers]]]) -> tuple[float, bool]:
        """A step for each batch; the mean loss before the steps, and whether all was finite."""
        total, moved = 0.0, self.trainer.order.moved
        for rows, inputs in batches:
            loss, gradient = self.sums(rows, inputs)
            total += loss * (rows / self.rows)
            self.gradient = gradient = gradient[moved]
            if not math.isfinite(total + np.add.reduce(gradient)) and not (math.isfinite(total) and np.isfinite(gradient).all()):
                return total, False
            self.step += 1.0
            new, *self.memories = self.trainer.update(
                self.vector[moved], gradient, *self.memories, np.float64(self.step), np.float64(self.rate)
            )
            self.vector[moved] = new
        return total, True

    def sums(self, rows: int, inputs: Sequence[Numbers]) -> tuple[float, Numbers]:
        """The mean of the output over the rows, and its gradient by all parameters."""
        loss, *slopes = self.trainer.function(*inputs, *self.arrays, 1.0 / rows if inputs else 1.0)
        return float(loss), np.concatenate(slopes, axis=None)

    def look(self) -> list[float]:
        with np.errstate(all="ignore"):
            loss, gradient = self.sums(self.rows, self.inputs)
        return [*gradient[self.trainer.order.moved][self.trainer.order.back].tolist(), loss]

    def pace(self, rate: float) -> None:
        self.rate = rate

    def save(self) -> TrainingState:
        return self.trainer.order.saved(self.vector, self.memories, self.gradient, int(self.step), self.rate)

    def restore(self, state: TrainingState) -> None:
        self.vector, self.memories, self.gradient = self.trainer.order.restored(state)
        self.arrays = self.trainer.layout.arrays_of(self.vector)
        self.step, self.rate = float(state.step), state.rate
