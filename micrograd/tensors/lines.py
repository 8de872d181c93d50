"""From arrays to lines: what is written once is written where it is read, and everything that has a name gets a line."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Sequence

from micrograd import ops
from micrograd.ops import OPS, Op
from micrograd.tensors.arrays import LEAVES, Array, ArrayProgram, View
from micrograd.tensors.joins import placed
from micrograd.tensors.products import contraction, repeated, summed
from micrograd.tensors.slices import Reading, Tables, read, spread
from micrograd.tensors.terms import (
    ROWS,
    Broadcast,
    Call,
    Contract,
    Formulas,
    Index,
    Infix,
    Line,
    LogSumExp,
    MatMul,
    Name,
    Negative,
    Number,
    Power,
    Result,
    RowCount,
    Term,
    Windows,
    walk,
)  # fmt: skip

LONGEST = 11  # terms of an expression that is written where it is read
LONGEST_SUM = 60  # and of a sum that is part of a sum

# What a reader looks for in a line of its own.
ACTIVATIONS = (ops.relu, ops.tanh, ops.sigmoid, ops.gelu, ops.silu, ops.softplus, ops.leaky_relu, ops.sin)
SIGNS = {ops.add: "+", ops.sub: "-", ops.mul: "*", ops.div: "/", ops.quiet_div: "/"}


def gradient_formulas(program: ArrayProgram) -> Formulas:
    """The loss, and its derivative by each of the parameters."""
    loss = Result((), rows=False, name="slope" if program.directions else "loss")
    goals = [loss, *[Result(array.shape, rows=False, adjoint_of=array) for array in program.parameters]]
    views = [0.0 if program.loss is None else program.loss, *program.gradients]
    return Writer(program).formulas(goals, views, program.share)


def output_formulas(program: ArrayProgram) -> Formulas:
    """The outputs of the graph, of each row."""
    goals = [Result(view.axes, view.rows) for view in program.outputs]
    return Writer(program).formulas(goals, program.outputs, None)


def in_demand(roots: Iterable[Array]) -> Iterator[Array]:
    """The arrays and all that they are computed from, each just before the first that needs it."""
    seen: set[Array] = set()
    for root in roots:
        path = [(root, iter(root.operands))] if root not in seen else []
        seen.add(root)
        while path:
            array, operands = path[-1]
            for view in operands:
                if view.source is not None and view.source not in seen:
                    seen.add(view.source)
                    path.append((view.source, iter(view.source.operands)))
                    break
            else:
                yield array
                path.pop()


class Writer:
    """Writes the lines that some views of a program need."""

    def __init__(self, program: ArrayProgram) -> None:
        self.program = program
        with_rows = [array for array in (*program.inputs, program.share) if array.rows]
        self.count = RowCount(with_rows[0] if with_rows else None)
        self.tables = Tables()
        self.constants: list[Array] = []
        self.own: dict[Op, str] = {}
        self.terms: dict[Array, Term] = {}
        self.lines: list[Line] = []
        self.roots: list[Array] = []
        self.readers: dict[Array, list[tuple[Array, View]]] = {}

    def formulas(self, goals: Sequence[Result], views: Sequence[View | float], share: Array | None) -> Formulas:
        self.roots = [view.source for view in views if isinstance(view, View) and view.source is not None]
        order = list(in_demand(self.roots))
        for array in order:
            for view in array.operands:
                if view.source is not None:
                    self.readers.setdefault(view.source, []).append((array, view))
        for array in order:
            self.terms[array] = self.written(array)
        results = [self.result(goal, view) for goal, view in zip(goals, views, strict=True)]
        program = self.program
        return Formulas(
            tuple(program.inputs), tuple(program.parameters), tuple(program.directions), share,
            tuple(self.lines), tuple(results), tuple(goals), tuple(self.constants), tuple(self.tables.tables),
        )  # fmt: skip

    def written(self, array: Array) -> Term:
        """What stands for the array where it is read: its name, or all of its expression."""
        if array.kind == "rows":
            return self.count
        if array.kind == "numbers":
            self.constants.append(array)
        if array.kind in LEAVES:
            return Name(array)
        term = self.expression(array)
        if self.is_written_where_read(array, term):
            return term
        self.lines.append(Line(array, term))
        return Name(array)

    def is_written_where_read(self, array: Array, term: Term) -> bool:
        """Whether one array alone reads it, as it lies, and the expression is short; a derivative has its own line."""
        readers = self.readers.get(array, [])
        if array in self.roots or len(readers) != 1 or array.kind == "place" or array.op in ACTIVATIONS:
            return False
        ((reader, view),) = readers
        if array.adjoint_of is not None and (array.size > 1 or reader.op is ops.dot):
            return False
        if array.op in (ops.dot, ops.total) and (reader.op not in (*SIGNS, ops.neg) or len(view.moving()) < len(array.shape)):
            return False
        longest = LONGEST_SUM if array.op is ops.add and reader.op is ops.add else LONGEST
        return (view.whole or not array.shape) and sum(1 for _ in walk(term)) <= longest

    def result(self, goal: Result, view: View | float) -> Term:
        """The result on its shape: a number, the name of an array, or the name of a line that is made for it."""
        term = self.filled(view, goal.shape, goal.rows) if isinstance(view, View) else stretched(Number(view), goal, self.count)
        if isinstance(term, Name) or goal.adjoint_of is None:
            return term
        self.lines.append(Line(goal, term))
        return Name(goal)

    # ---- expressions

    def reading(self, view: View) -> Reading:
        found = read(view, Number(view.number or 0.0) if view.source is None else self.terms[view.source], self.tables)
        if not isinstance(found.term, Windows):
            return found
        shape = tuple([view.axes[axis] for axis in found.axes if axis != ROWS])
        return Reading(self.windows(found.term, Result(shape, view.rows)), found.axes)

    def windows(self, term: Windows, result: Result) -> Name:
        """The name of the line of these windows, which most often a gradient reads again."""
        for line in self.lines:
            if line.expression == term:
                return Name(line.array)
        self.lines.append(Line(result, term))
        return Name(result)

    def filled(self, view: View, shape: tuple[int, ...], rows: bool) -> Term:
        """The view with every axis of it, also where nothing changes along it."""
        reading = self.reading(view)
        axes = (*[ROWS] * rows, *range(len(shape)))
        term = spread(reading, axes)
        is_full = len(reading.axes) == len(axes)
        return term if is_full else Broadcast(term, (*[ROWS] * rows, *shape), self.count)

    def expression(self, array: Array) -> Term:
        axes = (*[ROWS] * array.rows, *range(len(array.shape)))
        op = array.op
        if op is None:
            return placed(array, lambda view: self.filled(view, view.axes, array.rows), self.tables)
        if op in (ops.dot, ops.total):
            return self.sum(array, axes)
        if op is ops.logsumexp:
            return self.logsumexp(array, axes)
        terms = [spread(self.reading(view), axes) for view in array.operands]
        if op is ops.add and last(terms[0]) > last(terms[1]):
            terms.reverse()
        if op in SIGNS or (op is ops.quiet_mul and any(isinstance(term, Number) and term.value for term in terms)):
            return Infix(SIGNS.get(op, "*"), *terms)
        if op is ops.neg:
            return Negative(terms[0])
        if op in (ops.pow, ops.quiet_pow):
            return terms[0] if terms[1] == Number(1.0) else Power(*terms)
        return Call(op, tuple(terms), self.function(op))

    def function(self, op: Op) -> str:
        """What an operation is called in a text: one of one's own has a number where its symbol is no name."""
        if op in OPS:
            return op.symbol
        taken = {*keyword.kwlist, *[row.symbol for row in OPS], *self.own.values()}
        plain = op.symbol.isidentifier() and op.symbol not in taken
        return self.own.setdefault(op, op.symbol if plain else f"own{len(self.own) + 1}")

    def sum(self, array: Array, axes: tuple[int, ...]) -> Term:
        readings = [self.reading(view) for view in array.operands]
        lengths = array.operands[0].axes
        moving = {axis for reading in readings for axis in reading.axes}
        still = [lengths[axis] for axis in range(len(array.shape), len(lengths)) if axis not in moving]
        left, right = readings[0], readings[-1]
        return repeated(summed(left, axes) if len(readings) == 1 else contraction(left, right, axes), still)

    def logsumexp(self, array: Array, axes: tuple[int, ...]) -> Term:
        (view,) = array.operands
        every = (*[ROWS] * view.rows, *range(len(view.axes)))
        term = self.filled(view, view.axes, view.rows)
        return LogSumExp(term, tuple([place for place, axis in enumerate(every) if axis not in axes]))


def stretched(number: Number, goal: Result, count: RowCount) -> Term:
    return Broadcast(number, goal.shape, count) if goal.shape else number


def last(term: Term) -> int:
    """What stands in front in a sum: products of matrices, and behind all a parameter, such as the bias."""
    while isinstance(term, Index):
        term = term.of
    if isinstance(term, Name) and isinstance(term.array, Array) and term.array.kind == "parameter":
        return 2
    return 0 if any(isinstance(part, (MatMul, Contract)) for part in walk(term)) else 1
