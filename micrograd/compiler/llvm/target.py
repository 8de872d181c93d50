"""The target `llvm`: machine code for this processor, made by LLVM, several rows at a time."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence

from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing
from micrograd.compiler.llvm.columns import Batches, Columns, whole
from micrograd.compiler.llvm.machine import Doubles, Machine, binding, lanes_of_this_machine
from micrograd.compiler.llvm.rows import STRIP, Text, are_late, factors_and_products, padded, parts_of, shared
from micrograd.compiler.llvm.spelling import FUNCTION, LIBRARY, SPELLING, Dialect
from micrograd.compiler.llvm.training import GATHER, train, update
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.ops import Op

LARGE = 20_000  # instructions, or a fifth where rows come one by one, from which a quick translation is better than a good one


def check(graph: Graph) -> None:
    """Raise an error with advice if llvmlite is missing, or one of the operations is none that LLVM can spell."""
    binding()
    check_spelled(graph.own_operations())


def check_spelled(ops: Iterable[Op]) -> None:
    for op in ops:
        if op not in SPELLING and op not in FUNCTION and op not in LIBRARY:
            raise ValueError(f"the llvm target cannot spell {op.symbol!r}, an operation of your own; use target='python'")


def module_text(listing: Listing, lanes: int, exact: bool, summed: bool, trained: int, rule: Listing | None) -> str:
    """The whole module in LLVM's language."""
    ops = [op for _, op, _ in [*listing.instructions, *(rule.instructions if rule else ())]]
    check_spelled(ops)
    dialect = Dialect(lanes, exact)
    room = padded(trained, lanes)
    parameters = [*range(trained), *range(room, room + len(listing.parameters) - trained)]
    lines = [*dialect.functions(ops), *Text(listing, parameters, dialect, summed).lines()]
    if rule:
        lines += [GATHER, *update(rule, trained, dialect), *train(trained, lanes)]
    return "\n".join(lines)


def source(graph: Graph) -> str:
    """The module that sums a gradient over rows, in LLVM's language; of several outputs the one that computes them."""
    summed = len(graph.outputs) == 1
    listing = graph.gradient_listing() if summed else graph.listing()
    return module_text(listing, lanes_of_this_machine(), graph.exact, summed, len(graph.parameters), None)


def evaluator(graph: Graph) -> LlvmEvaluator:
    return LlvmEvaluator(graph.listing(), graph.exact)


def summer(graph: Graph) -> LlvmSummer:
    return LlvmSummer(graph.gradient_listing(), graph.exact)


def trainer(graph: Graph, trained: Sequence[Value], rule: Listing) -> LlvmTrainer:
    return LlvmTrainer(graph, trained, rule)


class Machines:
    """A listing in machine code, for as many lanes as its rows fill."""

    def __init__(self, listing: Listing, exact: bool, lanes: int | None, summed: bool) -> None:
        self.listing = listing
        self.exact = exact
        self.lanes = lanes
        self.summed = summed
        self.known_sizes: dict[bool, tuple[int, int]] = {}
        self.made: dict[int, Machine] = {}

    def lanes_for(self, rows: int) -> int:
        if self.lanes:
            return self.lanes
        return 1 if self.exact else min(lanes_of_this_machine(), 1 << (rows - 1).bit_length())

    def of(self, lanes: int, trained: int = 0, rule: Listing | None = None) -> Machine:
        if lanes not in self.made:
            text = module_text(self.listing, lanes, self.exact, self.summed, trained, rule)
            self.made[lanes] = Machine(text, quick=len(self.listing.instructions) > (LARGE if lanes > 1 else LARGE // 5))
        return self.made[lanes]

    def memory(self, lanes: int) -> Doubles:
        return Doubles(self.sizes(lanes)[0] * lanes)

    def accumulators(self, lanes: int) -> Doubles:
        """Memory for the sums, and for the factors of a strip of rows."""
        return Doubles(self.sizes(lanes)[1] * lanes)

    def sizes(self, lanes: int) -> tuple[int, int]:
        """How many vectors the parts share, and how many sums and factors there are."""
        late = self.summed and are_late(self.listing, lanes)
        if late not in self.known_sizes:
            early = factors_and_products(self.listing)[0] if late else self.listing
            self.known_sizes[late] = len(shared(parts_of(early.instructions))), STRIP * len(early.outputs) if late else 0
        places, factors = self.known_sizes[late]
        return places, padded(len(self.listing.outputs), lanes) + factors


class LlvmEvaluator(Machines):
    """The outputs of each row."""

    def __init__(self, listing: Listing, exact: bool = False, lanes: int | None = None) -> None:
        super().__init__(listing, exact, lanes, summed=False)

    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        lanes = self.lanes_for(table.rows)
        columns = whole(table, lanes)
        width = len(self.listing.outputs)
        numbers, results, memory = Doubles(len(parameters), parameters), Doubles(width * columns.stride), self.memory(lanes)
        self.of(lanes).functions["rows"](
            columns.address, columns.stride, 0, columns.stride, numbers.address, results.address, memory.address
        )
        return [results.read(i * columns.stride, table.rows).tolist() for i in range(width)]


class LlvmSummer(Machines):
    """The outputs summed over the rows; the last input is the weight of a row."""

    def __init__(self, listing: Listing, exact: bool = False, lanes: int | None = None) -> None:
        super().__init__(listing, exact, lanes, summed=True)

    def __call__(self, table: Table, parameters: Sequence[float], weights: Sequence[float]) -> list[float]:
        lanes = self.lanes_for(table.rows)
        sums = self.totals(table, parameters, weights, lanes)
        if table.rows % lanes and not all(map(math.isfinite, sums)):  # a filled-up lane of weight 0 makes nan of infinity
            return self.totals(table, parameters, weights, 1)
        return sums

    def totals(self, table: Table, parameters: Sequence[float], weights: Sequence[float], lanes: int) -> list[float]:
        columns = whole(table, lanes, weights)
        numbers, sums = Doubles(len(parameters), parameters), Doubles(padded(len(self.listing.outputs), lanes))
        wide, memory = self.accumulators(lanes), self.memory(lanes)
        self.of(lanes).functions["sums"](
            columns.address, columns.stride, 0, columns.stride, numbers.address, wide.address, memory.address, sums.address
        )
        return sums.read(0, len(self.listing.outputs)).tolist()


class LlvmTrainer(Machines):
    """The whole of training: rows, sums, updates and epochs."""

    def __init__(self, graph: Graph, trained: Sequence[Value], rule: Listing) -> None:
        super().__init__(graph.gradient_listing(trained), graph.exact, None, summed=True)
        self.graph = graph
        self.trained = trained
        self.rule = rule
        self.size = len(self.listing.instructions)

    def start(self, table: Table, schedule: Schedule, state: TrainingState) -> LlvmLoop:
        return LlvmLoop(self, self.lanes_for(schedule.batch_size), table, schedule, state)


class LlvmLoop:
    """One training: the numbers that it moves, where the machine code finds them."""

    def __init__(self, trainer: LlvmTrainer, lanes: int, table: Table, schedule: Schedule, state: TrainingState) -> None:
        self.table = table
        self.schedule = schedule
        self.lanes = lanes
        self.trained = len(state.gradients)
        self.memories = len(state.memories)
        self.rest = state.parameters[self.trained :]
        self.machine = trainer.of(lanes, self.trained, trainer.rule)
        self.room = padded(self.trained, lanes)
        self.parameters = Doubles(self.room + len(self.rest))
        self.state = Doubles(self.room * self.memories)
        self.wide = trainer.accumulators(lanes)
        self.sums = Doubles(padded(self.trained + 1, lanes))
        self.memory = trainer.memory(lanes)
        self.step, self.rate = Doubles(1), Doubles(1)
        self.batches = Batches(table, schedule, lanes)
        if not schedule.shuffles:
            self.gather(epoch=0)
        self.restore(state)

    def gather(self, epoch: int) -> None:
        """Put the rows in the places that they have in that epoch."""
        order = array("q", self.schedule.order(epoch))
        rows, places, columns = self.table.numbers, self.batches.places, self.batches.columns
        self.machine.functions["gather"](
            rows.buffer_info()[0],
            self.table.width,
            order.buffer_info()[0],
            places.buffer_info()[0],
            columns.stride,
            columns.address,
        )

    def train(self, first: int, epochs: int, target: float) -> tuple[array[float], bool]:
        if not self.schedule.shuffles:
            return self.epochs(epochs, target)
        losses, finite = array("d"), True
        while finite and len(losses) < epochs and not (losses and losses[-1] <= target):
            self.gather(first + len(losses))
            loss, finite = self.epochs(1, target)
            losses += loss
        return losses, finite

    def epochs(self, epochs: int, target: float) -> tuple[array[float], bool]:
        """So many epochs of the same batches."""
        losses, batches, columns = array("d", [0.0]) * epochs, self.batches, self.batches.columns
        done = self.machine.functions["train"](
            columns.address, columns.stride, columns.stride, batches.size, batches.shares.buffer_info()[0],
            self.parameters.address, self.state.address, self.wide.address, self.memory.address, self.sums.address,
            losses.buffer_info()[0], epochs, self.step.address, self.rate.address, target,
        )  # fmt: skip
        finite = done == epochs or (done > 0 and losses[done - 1] <= target)
        return losses[: done if finite else done + 1], finite

    def pace(self, rate: float) -> None:
        self.rate.write(0, [rate])

    def look(self) -> list[float]:
        columns: Columns = self.batches.columns if self.schedule.steps == 1 else whole(self.table, self.lanes)
        sums = Doubles(padded(self.trained + 1, self.lanes))
        self.machine.functions["sums"](
            columns.address, columns.stride, 0, columns.stride, self.parameters.address, self.wide.address, self.memory.address,
            sums.address,
        )  # fmt: skip
        return sums.read(0, self.trained + 1).tolist()

    def save(self) -> TrainingState:
        parameters = self.parameters.read(0, self.trained) + self.rest
        memories = [self.state.read(i * self.room, self.trained) for i in range(self.memories)]
        gradients = self.sums.read(0, self.trained)
        return TrainingState(parameters, memories, gradients, int(self.step.view[0]), self.rate.view[0])

    def restore(self, state: TrainingState) -> None:
        self.parameters.write(0, state.parameters[: self.trained])
        self.parameters.write(self.room, self.rest)
        for i, numbers in enumerate(state.memories):
            self.state.write(i * self.room, numbers)
        self.sums.write(0, state.gradients)
        self.step.write(0, [state.step])
        self.pace(state.rate)
