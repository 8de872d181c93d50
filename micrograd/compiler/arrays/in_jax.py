"""The target `jax`: epochs and batches in one compiled loop, on all devices that JAX has."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from micrograd.compiler.arrays.devices import Data, Devices, devices
from micrograd.compiler.arrays.layout import Layout, Numbers, Order, doubles, joined, of_gradient, of_outputs
from micrograd.compiler.arrays.rule import updater
from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.tensors.spelling import runnable

CAPACITY = 4096  # losses that come back from one call


def evaluator(graph: Graph) -> JaxEvaluator:
    return JaxEvaluator(graph)


def summer(graph: Graph) -> JaxSummer:
    return JaxSummer(graph)


def trainer(graph: Graph, trained: Sequence[Value], rule: Listing) -> JaxTrainer:
    return JaxTrainer(graph, trained, rule)


class JaxEvaluator:
    """The outputs of each row."""

    def __init__(self, graph: Graph) -> None:
        self.on = on = devices(graph.dtype)
        self.layout = layout = of_outputs(graph)
        text, xp = runnable(layout.formulas, "jax", "evaluate"), on.jax.numpy

        def outputs(vector: Numbers, inputs: Sequence[Numbers], shares: Numbers) -> Numbers:
            return xp.stack([xp.broadcast_to(output, shares.shape) for output in text(*inputs, *layout.arrays_of(vector))])

        self.function = on.jax.jit(on.sharded(outputs, ["all", "rows", "rows"], "outputs"))

    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        with self.on.precision():
            data = self.on.data(self.layout, table, range(table.rows), table.rows)
            vector = self.on.put(np.array(parameters, dtype=float)[self.layout.order])
            outputs = self.function(vector, [part[0] for part in data.inputs], data.shares[0])
            return self.on.whole(outputs)[:, : table.rows].tolist()


def sums_of(layout: Layout, on: Devices) -> Callable[..., Numbers]:
    """The gradient by all parameters and then the output, summed over weighted rows: each device sums its own, and then all."""
    text = runnable(layout.formulas, "jax")

    def sums(vector: Numbers, inputs: Sequence[Numbers], shares: Numbers) -> Numbers:
        loss, *slopes = text(*inputs, *layout.arrays_of(vector), shares)
        return on.total(joined(on.jax.numpy, [*slopes, loss], vector.dtype))

    return on.sharded(sums, ["all", "rows", "rows"], "all")


class JaxSummer:
    """The gradient and the output, summed over weighted rows."""

    def __init__(self, graph: Graph) -> None:
        self.on = devices(graph.dtype)
        self.layout = of_gradient(graph, weighted=True)
        self.function = self.on.jax.jit(sums_of(self.layout, self.on))

    def __call__(self, table: Table, parameters: Sequence[float], weights: array[float]) -> list[float]:
        with self.on.precision():
            data = self.on.data(self.layout, table, range(table.rows), table.rows, weights)
            vector = self.on.put(np.array(parameters, dtype=float)[self.layout.order])
            sums = np.asarray(self.function(vector, [part[0] for part in data.inputs], data.shares[0]), dtype=float)
        return [*sums[:-1][self.layout.inverse()].tolist(), float(sums[-1])]


class JaxTrainer:
    """The whole of training, compiled once for each number of rows and batches."""

    def __init__(self, graph: Graph, trained: Sequence[Value], rule: Listing) -> None:
        self.graph = graph
        self.trained = trained
        self.rule = rule
        self.size = 8 + len(graph.nodes()) // 64  # operations on arrays are that much faster, and each takes its time
        self.on = devices(graph.dtype)
        self.made: dict[bool, Descender] = {}

    def start(self, table: Table, schedule: Schedule, state: TrainingState) -> JaxLoop:
        return JaxLoop(self, table, schedule, state)

    def descender(self, schedule: Schedule) -> Descender:
        """With one share for all rows, where every batch fills up its places; it takes a twentieth less time."""
        weighted = self.on.count > 1 or schedule.rows % schedule.batch_size > 0 or not self.graph.inputs
        if weighted not in self.made:
            layout = of_gradient(self.graph, weighted, self.trained)
            self.made[weighted] = Descender(layout, Order(layout, self.graph, self.trained), self.on, updater(self.rule, "jax"))
        return self.made[weighted]


class Descender:
    """The loop of a training, for parameters in this order."""

    def __init__(self, layout: Layout, order: Order, on: Devices, update: Callable[..., Any]) -> None:
        self.layout = layout
        self.order = order
        self.run = on.jax.jit(self.descent(sums_of(layout, on), update, on))

    def descent(self, sums: Callable[..., Numbers], update: Callable[..., Any], on: Devices) -> Callable[..., Any]:
        """Steps until so many are done, a number is not finite, or the loss of an epoch has reached the target."""
        xp, lax, moved = on.jax.numpy, on.jax.lax, self.order.moved

        def run(state: State, data: Any, steps: Numbers, rate: Numbers, target: Numbers) -> Any:
            inputs, shares, parts = data
            batches = len(parts)

            def going(carry: Any) -> Numbers:
                done, ended, *_ = carry
                return (done < steps) & ~ended

            def step(carry: Any) -> Any:
                done, _, _, loss, losses, (vector, memories, _, taken) = carry
                batch = 0 if batches == 1 else done % batches
                of_batch = [part[0] if batches == 1 else part[batch] for part in (*inputs, shares)]
                found = sums(vector, of_batch[:-1], of_batch[-1])
                gradient = found[:-1][moved]
                loss = found[-1] if batches == 1 else xp.where(batch == 0, 0.0, loss) + found[-1] * parts[batch]
                finite = xp.isfinite(loss) & xp.isfinite(gradient).all()
                new, *kept = update(vector[moved], gradient, *memories, taken + 1.0, rate)
                vector = new if isinstance(moved, slice) else vector.at[moved].set(new)
                memories = [xp.broadcast_to(xp.asarray(memory, vector.dtype), gradient.shape) for memory in kept]
                ended = ~finite | ((batch == batches - 1) & (loss <= target))
                losses = losses.at[done // batches].set(loss)
                return done + 1, ended, finite, loss, losses, (vector, memories, gradient, taken + 1.0)

            zero = xp.zeros((), shares.dtype)
            first = (0, False, True, zero, xp.zeros(CAPACITY, shares.dtype), state)
            done, _, finite, _, losses, state = lax.while_loop(going, step, first)
            return done, finite, losses, state

        return run


State = Any  # all parameters; of those that are trained the memories and the gradient; the steps taken


class JaxLoop:
    """One training: the numbers that it moves."""

    def __init__(self, trainer: JaxTrainer, table: Table, schedule: Schedule, state: TrainingState) -> None:
        self.trainer = trainer
        self.by = trainer.descender(schedule)
        self.table = table
        self.schedule = schedule
        self.kept = None if schedule.shuffles else self.data(schedule.order(0), schedule.batch_size)
        self.restore(state)

    def data(self, order: Sequence[int], size: int) -> Data:
        trainer = self.trainer
        with trainer.on.precision():
            return trainer.on.data(self.by.layout, self.table, order, size)

    def train(self, first: int, epochs: int, target: float) -> tuple[array[float], bool]:
        losses, finite = array("d"), True
        while finite and len(losses) < epochs and not (losses and losses[-1] <= target):
            data = self.kept or self.data(self.schedule.order(first + len(losses)), self.schedule.batch_size)
            count = min(epochs - len(losses), CAPACITY) if self.kept else 1
            found, finite, self.state = self.epochs(data, count, target)
            losses += found
        return losses, finite

    def epochs(self, data: Data, epochs: int, target: float) -> tuple[array[float], bool, State]:
        """The losses, whether all was finite, and the state after so many epochs of the same batches."""
        batches = len(data.parts)
        with self.trainer.on.precision():
            done, finite, losses, state = self.by.run(*self.arguments(data, epochs, target))
            return doubles(np.asarray(losses, dtype=float)[: -(-int(done) // batches)]), bool(finite), state

    def arguments(self, data: Data, epochs: int, target: float) -> tuple[Any, ...]:
        return self.state, (data.inputs, data.shares, data.parts), epochs * len(data.parts), self.rate, target

    def look(self) -> list[float]:
        whole = self.kept if self.schedule.steps == 1 and self.kept else self.data(range(self.table.rows), self.table.rows)
        (loss,), _, (_, _, gradient, _) = self.epochs(whole, 1, -math.inf)
        return [*np.asarray(gradient, dtype=float)[self.by.order.back].tolist(), loss]

    def pace(self, rate: float) -> None:
        self.rate = rate

    def save(self) -> TrainingState:
        vector, memories, gradient, taken = self.state
        return self.by.order.saved(vector, memories, gradient, int(taken), self.rate)

    def restore(self, state: TrainingState) -> None:
        on = self.trainer.on
        vector, memories, gradient = self.by.order.restored(state)
        with on.precision():
            self.state = on.put(vector), [on.put(memory) for memory in memories], on.put(gradient), on.put(state.step)
        self.rate = state.rate
