"""From a model, a loss function and data to the graph of one row's loss, which a Program can train.

Python code is called for each row of each batch and may do another thing each time; a graph cannot. So a graph stands for
code of one's own only where that was watched and does nothing but make this graph, and where the loss of rows spread over
the data is the mean of what the graph gives for each of them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from micrograd.advice import warn
from micrograd.compiler.descent import Descent
from micrograd.compiler.llvm.machine import usable
from micrograd.compiler.program import Program
from micrograd.compiler.refusals import Refusal
from micrograd.compiler.row_loss import RowLoss, classes_of
from micrograd.compiler.rows import Table
from micrograd.compiler.rule import has_known_rule, has_own_step
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.target import Loop
from micrograd.compiler.task import Task
from micrograd.compiler.watching import Watch, chance
from micrograd.engine import Value, topological_order
from micrograd.gradients import gradient
from micrograd.nn import values_within
from micrograd.ops import OPS, DomainError

WORTHWHILE = 50_000  # nodes to be made eagerly, from which compiling takes less time than it saves
LONG = 20_000_000  # nodes, from which eager training takes half a minute
LARGEST = 1_000_000  # nodes in the graphs of all shapes of rows, which take a few seconds to make and to be watched
COMPARED, COMPARED_IF_KNOWN = 16, 4  # rows on which the graph is compared with eager code


@dataclass(frozen=True)
class Compiled:
    """A training in compiled code, the program of the loss of a row, the rows of validation, and a loop over these."""

    descent: Descent
    program: Program
    validation: Table | None
    others: Loop | None

    def validation_loss(self) -> float:
        """The mean over the rows of validation at the present parameters; nan without any.

        It is a look at their gradient too, by the code that trains: to compile code for the loss alone would take longer.
        """
        if self.others is None:
            return math.nan
        self.others.restore(self.descent.loop.save())
        return self.others.look()[-1]


def compiled_of(task: Task, schedule: Schedule, validation: Task | None = None, *, asked: bool) -> Compiled | None:
    """The training in compiled code; None where that would not be the same, or is not worth it.

    If it was `asked` for, a ValueError says why it would not be the same, and None is only for numbers that are not finite.
    """
    nodes = 0
    try:
        output = task.model(task.inputs[0])
        nodes = schedule.epochs * len(task.inputs) * size_of(output)
        if not asked and (nodes < WORTHWHILE or not has_known_rule(task.optimizer)):
            return None
        return compiled(task, schedule, validation, output, asked)
    except (ArithmeticError, DomainError):
        return None  # eager steps find and name them
    except Exception as error:
        if asked:
            raise
        if isinstance(error, Refusal) and nodes > LONG:
            warn(f"training runs in eager steps, which takes long: {error.reason}; eager=True says that it is meant to")
        return None  # eager training says what is wrong, or does not mind


def compiled(task: Task, schedule: Schedule, validation: Task | None, output: Any, asked: bool) -> Compiled | None:
    if (found := traced(task, output, asked, validation)) is None:
        return None
    row_loss, program = found
    descent = program.descent(Table(row_loss.rows, program.input_names), task.optimizer, schedule)
    if program.target == "python" and not usable():
        advise_llvmlite()
    if validation is None:
        return Compiled(descent, program, None, None)
    others = Table(row_loss.validation, program.input_names)
    once = Schedule(others.rows, 1, schedule.batch_size, shuffle=False)
    return Compiled(descent, program, others, descent.trainer.start(others, once, descent.loop.save()))


def traced(task: Task, output: Any, asked: bool, validation: Task | None = None) -> tuple[RowLoss, Program] | None:
    """The graph of a row's loss, compiled and compared with eager code; None where the loss of the data is not finite.

    `output` is what the model gives for the first row.
    """
    if has_own_step(task.optimizer):
        raise Refusal(f"{type(task.optimizer).__name__} has a step() of its own, which compiled code would leave out")
    rows = spread(len(task.inputs), COMPARED_IF_KNOWN if task.is_known() else COMPARED)
    expected = task.loss_of(rows).data
    if not math.isfinite(expected):
        return None
    task.look_at_targets(output)
    row_loss = RowLoss(task, classes_of(task, output), validation)
    program = Program(row_loss.joined(graphs_of(row_loss, asked)), row_loss.leaves, task.optimizer.parameters, None, False)
    if others := [row for row in row_loss.firsts if row < len(task.inputs) and row not in rows]:  # one row at least of each shape
        rows += others
        expected = task.loss_of(rows).data
    check_mean(task, rows, expected, row_losses(program, [row_loss.rows[i] for i in rows]))
    return row_loss, program


def size_of(output: Any) -> int:
    seen: set[Value] = set()
    return sum(len(topological_order(value, seen)) for value in values_within(output))


def spread(rows: int, most: int) -> list[int]:
    """The numbers of at most so many rows, from the first to the last.

    >>> spread(3, 4), spread(100, 4)
    ([0, 1, 2], [0, 33, 66, 99])
    """
    chosen = min(rows, most)
    return [i * (rows - 1) // max(chosen - 1, 1) for i in range(chosen)]


# --------------------------------------------------------------------------------------------------------------
# The graph of one row
# --------------------------------------------------------------------------------------------------------------


def graphs_of(row_loss: RowLoss, asked: bool) -> list[Value]:
    """The graph of a row's loss for each shape, none of them too large to be looked at beside the others."""
    graphs: list[Value] = []
    nodes = 0
    for shape, _ in enumerate(row_loss.shapes):
        graphs.append(row_loss.graph(shape) if row_loss.task.is_known() else watched_graph(row_loss, shape, asked))
        nodes += len(topological_order(graphs[-1]))
        if shape and nodes > LARGEST:
            raise Refusal(f"the graphs for its {len(row_loss.shapes)} shapes of rows have more than {LARGEST} nodes together")
    return graphs


def watched_graph(row_loss: RowLoss, shape: int, asked: bool) -> Value:
    """The graph of a row's loss, if the code that makes it looks at no number and makes the same graph again.

    What is not `asked` for may not change anything within its reach either: from what a call remembers, a later one may do
    another thing.
    """
    task = row_loss.task
    rows = [1] if shape else [2, 1]  # two rows, for what the loss does where there are several
    graph, watch = seen_making(row_loss, shape, rows)
    luck, before = chance(), None if asked else watch.memory([task.model, task.loss])
    again, _ = seen_making(row_loss, shape, [1])
    if chance() != luck or not is_same(graph, again, {*row_loss.leaves, *task.optimizer.parameters}):
        raise Refusal("called twice for one row, the model or the loss makes another graph: it draws at random, or counts")
    if before is not None and watch.memory([task.model, task.loss]) != before:
        raise Refusal("a call of the model or the loss changes what it can reach")
    return graph


def seen_making(row_loss: RowLoss, shape: int, rows: Sequence[int]) -> tuple[Value, Watch]:
    """The graph of the loss of so many rows, the last of these, and what was seen of the code that made it."""
    parameters = row_loss.task.optimizer.parameters
    watch = Watch(parameters, row_loss.leaves)
    what = "the model or the loss"
    try:
        with watch:
            for times in rows:
                graph = row_loss.graph(shape, times)
            own = [node.op.symbol for node in topological_order(graph) if node.op is not None and node.op not in OPS]
            if own:
                what = f"the rule of {own[0]}"
                gradient(graph, parameters)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise Refusal(f"with Values in place of the numbers of a row, {what} stops: {said}") from error
    if watch.looks:
        need = "a Python if or the like, which a graph does not hold; write it with operations, such as relu, maximum and step"
        raise Refusal(f"{watch.looks[0]} looks at a number, for {need}")
    return graph, watch


def is_same(a: Value, b: Value, leaves: set[Value]) -> bool:
    """Whether both are made by the same operations, of the same leaves and of constants with the same numbers."""
    orders = topological_order(a), topological_order(b)
    partner = dict(zip(*orders))
    return len(orders[0]) == len(orders[1]) and all(
        x is y
        or (x not in leaves and x.op is y.op and x.data == y.data and tuple(partner[parent] for parent in x.parents) == y.parents)
        for x, y in partner.items()
    )


def row_losses(program: Program, rows: Sequence[Sequence[float]]) -> list[float]:
    listing = program.listing()
    numbers = [parameter.data for parameter in program.parameters]
    return [listing.run(row, numbers)[0] for row in rows]


def check_mean(task: Task, rows: Sequence[int], expected: float, each: Sequence[float]) -> None:
    """A ValueError unless the loss of the rows together, `expected`, is the mean of what the graph gives for each."""
    mean = sum(each) / len(each)
    if close(expected, mean):
        return
    for row, number in zip(rows, each, strict=True):
        alone = task.loss_of([row]).data
        if not close(alone, number):
            raise Refusal(f"the loss of row {row + 1} is {alone!r}, and by the graph of a row it is {number!r}")
    raise Refusal(
        f"the loss of {len(rows)} rows together is {expected!r}, and the mean of the loss of each is {mean!r}; "
        "divide by the number of rows"
    )


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


@cache
def advise_llvmlite() -> None:
    """Said once, where there is one to install."""
    if sys.platform != "emscripten":
        install = "python -m pip install -e '.[compile]'"
        warn(f"training runs as compiled Python; {install} makes a long one machine code, many times faster")
