"""The target `llvm`: machine code for this processor, made by LLVM.

With `exact` it is written from the listing, row by row; otherwise from the arrays in the graph, as loops over several rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace

from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import FINITE_ADD, Listing
from micrograd.compiler.llvm import rows as listed
from micrograd.compiler.llvm import tiles
from micrograd.compiler.llvm.doubles import Doubles, Places, address_of
from micrograd.compiler.llvm.kernel import Kernel, Shape
from micrograd.compiler.llvm.machine import Machine, check_usable
from micrograd.compiler.llvm.panels import Panels, rows_of
from micrograd.compiler.llvm.spelling import Dialect
from micrograd.compiler.llvm.training import Update, train
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.ops import OPS, Op

MANY = 1000  # rows that fill panels of any shape
LARGE = 1000  # instructions of a listing, from which a quick translation is better: 10 times as quick, and a tenth slower to run


def check(graph: Graph) -> None:
    """Raise an error with advice if a package is missing, or one of the operations is none that LLVM can spell."""
    check_usable(graph.exact)
    check_spelled(graph.own_operations())


def check_spelled(ops: Iterable[Op]) -> None:
    for op in ops:
        if op not in OPS and op is not FINITE_ADD:
            raise ValueError(f"the llvm target cannot spell {op.symbol!r}, an operation of your own; use target='python'")


def source(graph: Graph) -> str:
    """The module that sums a gradient over rows, in LLVM's language; of several outputs the one that computes them."""
    check(graph)
    trained = graph.parameters if len(graph.outputs) == 1 else None
    shape = shape_for(graph, MANY)
    return kernel_text(kernel_of(graph, trained, shape), graph.exact)


def evaluator(graph: Graph) -> LlvmEvaluator:
    return LlvmEvaluator(graph)


def summer(graph: Graph) -> LlvmSummer:
    return LlvmSummer(graph)


def trainer(graph: Graph, trained: Sequence[Value], rule: Listing) -> LlvmTrainer:
    check_spelled(op for _, op, _ in rule.instructions)
    return LlvmTrainer(graph, trained, rule)


def shape_for(graph: Graph, rows: int) -> Shape:
    return listed.ROW if graph.exact else tiles.shape_for(rows)


def kernel_of(graph: Graph, trained: Sequence[Value] | None, shape: Shape) -> Kernel:
    """Of the gradient by the trained parameters and the one output, summed; or of all outputs, if `trained` is None."""
    if graph.exact:
        return listed.outputs_kernel(graph) if trained is None else listed.sums_kernel(graph, trained)
    from micrograd.compiler.llvm.loops import kernels  # loads NumPy

    return kernels.outputs_kernel(graph, shape) if trained is None else kernels.sums_kernel(graph, trained, shape)


def kernel_text(kernel: Kernel, exact: bool, rule: Listing | None = None) -> str:
    """The kernel with the small functions that it calls, and those that an optimizer's rule calls."""
    ops = kernel.ops.union(op for _, op, _ in rule.instructions) if rule else kernel.ops
    used = {1: kernel.single, kernel.shape.lanes: ops | kernel.single if kernel.shape.lanes == 1 else ops}
    functions = [
        function
        for lanes, mine in used.items()
        for function in Dialect(lanes, exact).functions(sorted(mine, key=lambda op: op.symbol))
    ]
    return "\n".join([kernel.text, *dict.fromkeys(functions)])


def module_text(kernel: Kernel, exact: bool, rule: Listing | None, kept: Sequence[int]) -> str:
    """The whole module in LLVM's language; with an optimizer's rule it trains the parameters, but those at the places `kept`."""
    dialect = Dialect(kernel.shape.lanes, exact)
    lines = [kernel_text(kernel, exact, rule)]
    if rule:
        lines += [*Update(rule, kernel, kept, dialect).lines(), train(kernel)]
    return "\n".join(lines)


class Code:
    """A kernel in machine code. The parameters come and go in an order in which those that are trained are the first."""

    def __init__(self, graph: Graph, trained: Sequence[Value] | None, rule: Listing | None, shape: Shape) -> None:
        self.kernel = kernel_of(graph, trained, shape)
        at = dict(zip(graph.parameters, self.kernel.parameters, strict=True))
        places = [at[parameter] for parameter in graph.in_order(trained or ())]
        own = places[: len(trained or ())]
        kept = [place for place in places[len(own) :] if place < self.kernel.moved]
        self.parameters, self.trained = Places(places), Places(own)
        self.mask = Doubles(self.kernel.moved)
        self.trained.write(self.mask, array("d", [1.0]) * len(own))
        text = module_text(self.kernel, graph.exact, rule, kept)
        self.machine = Machine(text, quick=graph.exact and self.kernel.work > LARGE)

    def vector(self, parameters: Sequence[float]) -> Doubles:
        vector = Doubles(self.kernel.size)
        self.parameters.write(vector, array("d", parameters))
        return vector

    def room_for_sums(self) -> Doubles:
        return Doubles(self.kernel.moved + self.kernel.shape.lanes)

    def sums(self, panels: Panels, vector: Doubles) -> list[float]:
        """The gradient by the trained parameters and the output, summed."""
        memory, sums = Doubles(self.kernel.memory), self.room_for_sums()
        self.machine.functions["sums"](panels.data.address, panels.count, vector.address, memory.address, sums.address)
        return [*self.trained.read(sums), sums.view[self.kernel.moved]]


class Codes:
    """A graph in machine code: for each shape of the panels one, made when there are rows for it, and kept."""

    def __init__(self, graph: Graph, trained: Sequence[Value] | None, rule: Listing | None = None) -> None:
        self.graph = graph
        self.trained = trained
        self.rule = rule
        self.made: dict[Shape, Code] = {}

    def of(self, shape: Shape) -> Code:
        if shape not in self.made:
            self.made[shape] = Code(self.graph, self.trained, self.rule, shape)
        return self.made[shape]

    def for_rows(self, rows: int) -> Code:
        return self.of(shape_for(self.graph, rows))


class LlvmEvaluator:
    """The outputs of each row."""

    def __init__(self, graph: Graph) -> None:
        self.codes = Codes(graph, None)
        self.outputs = len(graph.outputs)

    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        code = self.codes.for_rows(table.rows)
        kernel, panels, vector = code.kernel, Panels(code.kernel, table), code.vector(parameters)
        memory, results = Doubles(kernel.memory), Doubles(panels.count * kernel.shape.rows * self.outputs)
        code.machine.functions["outputs"](panels.data.address, panels.count, vector.address, memory.address, results.address)
        return rows_of(results, kernel, self.outputs, table.rows)


class LlvmSummer:
    """The gradient and the output, summed over weighted rows."""

    def __init__(self, graph: Graph) -> None:
        self.codes = Codes(graph, graph.parameters)

    def __call__(self, table: Table, parameters: Sequence[float], weights: array[float]) -> list[float]:
        code = self.codes.for_rows(table.rows)
        return code.sums(Panels(code.kernel, table, weights=weights), code.vector(parameters))


class LlvmTrainer(Codes):
    """The whole of training: sums, updates and epochs."""

    graph: Graph
    trained: Sequence[Value]
    rule: Listing
    size = 0  # known when the first training begins

    def start(self, table: Table, schedule: Schedule, state: TrainingState) -> LlvmLoop:
        shape = shape_for(self.graph, schedule.batch_size)
        code = self.of(shape if schedule.steps == 1 else replace(shape, alone=False))  # it also looks at all rows together
        self.size = code.kernel.work
        return LlvmLoop(code, table, schedule, state)


class LlvmLoop:
    """One training: the numbers that it moves, where the machine code finds them."""

    def __init__(self, code: Code, table: Table, schedule: Schedule, state: TrainingState) -> None:
        self.code = code
        self.table = table
        self.schedule = schedule
        kernel = code.kernel
        self.panels = Panels(kernel, table, schedule.batch_size)
        self.parameters = Doubles(kernel.size)
        self.memory = Doubles(kernel.memory)
        self.sums = code.room_for_sums()
        self.state = Doubles(kernel.moved * len(state.memories))
        self.restore(state)

    def train(self, first: int, epochs: int, target: float) -> tuple[array[float], bool]:
        if not self.schedule.shuffles:
            return self.epochs(epochs, target)
        losses, finite = array("d"), True
        while finite and len(losses) < epochs and not (losses and losses[-1] <= target):
            self.panels.gather(self.schedule.order(first + len(losses)))
            loss, finite = self.epochs(1, target)
            losses += loss
        return losses, finite

    def epochs(self, epochs: int, target: float) -> tuple[array[float], bool]:
        """So many epochs of the same batches."""
        losses, panels = array("d", [0.0]) * epochs, self.panels
        done = self.code.machine.functions["train"](
            panels.data.address, panels.count, panels.batch, address_of(panels.shares), self.parameters.address,
            self.memory.address, self.sums.address, self.state.address, self.code.mask.address, address_of(losses), epochs,
            self.step, self.rate, target,
        )  # fmt: skip
        self.step += done * self.schedule.steps
        finite = done == epochs or (done > 0 and losses[done - 1] <= target)
        del losses[done if finite else done + 1 :]
        return losses, finite

    def pace(self, rate: float) -> None:
        self.rate = rate

    def look(self) -> list[float]:
        panels = self.panels if self.schedule.steps == 1 else Panels(self.code.kernel, self.table)
        return self.code.sums(panels, self.parameters)

    def save(self) -> TrainingState:
        trained, moved = self.code.trained, self.code.kernel.moved
        memories = [trained.read(self.state, first) for first in range(0, len(self.state.view), moved)]
        parameters, gradients = self.code.parameters.read(self.parameters), trained.read(self.sums)
        return TrainingState(parameters, memories, gradients, self.step, self.rate)

    def restore(self, state: TrainingState) -> None:
        trained, moved = self.code.trained, self.code.kernel.moved
        self.code.parameters.write(self.parameters, state.parameters)
        for i, numbers in enumerate(state.memories):
            trained.write(self.state, numbers, i * moved)
        trained.write(self.sums, state.gradients)
        self.step = state.step
        self.pace(state.rate)
