"""A graph as a function of arrays, and where its parameters and inputs stand in these."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

import numpy as np

from micrograd.compiler.graph import Graph
from micrograd.compiler.rows import Table, TrainingState
from micrograd.engine import Value
from micrograd.tensors.arrays import ArrayProgram
from micrograd.tensors.dialects import functions
from micrograd.tensors.lines import gradient_formulas, output_formulas
from micrograd.tensors.names import give_names
from micrograd.tensors.programs import gradient_program, value_program
from micrograd.tensors.spelling import runnable, script
from micrograd.tensors.terms import Formulas

Numbers: TypeAlias = Any  # an array of NumPy or of JAX


@dataclass(frozen=True)
class Layout:
    """The formulas of a graph; a vector of parameters holds one array after the other.

    `order` has for each number of that vector which of the graph's parameters it is.
    """

    formulas: Formulas
    order: Numbers
    cuts: Sequence[int]
    columns: Sequence[Any]

    def arrays_of(self, vector: Numbers) -> list[Numbers]:
        """The parameters in their arrays: of NumPy, views of the vector."""
        shapes = [array.shape for array in self.formulas.parameters]
        return [vector[start:end].reshape(shape) for (start, end), shape in zip(pairwise(self.cuts), shapes, strict=True)]

    def inputs_of(self, rows: Numbers) -> list[Numbers]:
        """The columns of the rows in their arrays."""
        shapes = [array.shape for array in self.formulas.inputs]
        return [rows[:, columns].reshape(-1, *shape) for columns, shape in zip(self.columns, shapes, strict=True)]

    def inverse(self) -> Numbers:
        """For each of the graph's parameters its place in the vector."""
        return np.argsort(self.order)


class Order:
    """From the state of a training, where the trained parameters come first, to a vector of all, array after array, and back.

    Memories and gradients are of the trained parameters alone, which are `moved` in the vector; `back` puts them in the order
    of the state.
    """

    def __init__(self, layout: Layout, graph: Graph, trained: Sequence[Value]) -> None:
        at = dict(zip(graph.parameters, layout.inverse().tolist(), strict=True))
        self.places = np.array([at[parameter] for parameter in graph.in_order(trained)], dtype=np.intp)
        own = self.places[: len(trained)]
        self.back = np.argsort(np.argsort(own))
        self.moved = slice(None) if len(own) == len(self.places) else np.sort(own)

    def saved(self, vector: Numbers, memories: Sequence[Numbers], gradient: Numbers, step: int, rate: float) -> TrainingState:
        of_trained = [doubles(np.broadcast_to(numbers, gradient.shape)[self.back]) for numbers in (*memories, gradient)]
        return TrainingState(doubles(np.asarray(vector)[self.places]), of_trained[:-1], of_trained[-1], step, rate)

    def restored(self, state: TrainingState) -> tuple[Numbers, list[Numbers], Numbers]:
        """All parameters, the memories and the gradient."""
        vector, forth = np.empty(len(self.places)), np.argsort(self.back)
        vector[self.places] = state.parameters
        return vector, [np.array(memory)[forth] for memory in state.memories], np.array(state.gradients)[forth]


def doubles(numbers: Numbers) -> array[float]:
    return array("d", np.asarray(numbers, dtype=float).tobytes())


def layout(program: ArrayProgram, formulas: Formulas) -> Layout:
    labels = {scalar: value.label for value, scalar in program.scalars.ids.items() if value.label}
    give_names(program, formulas, labels)
    members = [np.asarray(array.members).ravel() for array in formulas.parameters]
    cuts = list(accumulate(map(len, members), initial=0))
    order = np.concatenate([np.zeros(0, dtype=np.intp), *members])
    return Layout(formulas, order, cuts, [run(np.asarray(array.members).ravel() - cuts[-1]) for array in formulas.inputs])


def run(places: Numbers) -> Any:
    """The places as a slice, where one follows the other."""
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1) if np.array_equal(places, np.arange(first, last + 1)) else places


def of_outputs(graph: Graph) -> Layout:
    """All outputs, of each row."""

    def make() -> Layout:
        program = value_program(graph.outputs, graph.inputs, graph.parameters, graph.constants)
        return layout(program, output_formulas(program))

    return graph.once("array outputs", make)


def of_gradient(graph: Graph, weighted: bool, trained: Collection[Value] | None = None) -> Layout:
    """The one output times a share, summed over the rows, and its gradient; 0 by arrays with none of the `trained` parameters."""
    chosen = None if trained is None or len(trained) == len(graph.parameters) else frozenset(trained)

    def make() -> Layout:
        (output,) = graph.outputs
        program = gradient_program(output, graph.inputs, graph.parameters, graph.constants, weighted)
        if chosen is not None:
            moves = [any(graph.parameters[i] in chosen for i in array.members) for array in program.parameters]
            slopes = [slope if moving else 0.0 for slope, moving in zip(program.gradients, moves, strict=True)]
            program = replace(program, gradients=slopes)
        return layout(program, gradient_formulas(program))

    return graph.once(("array gradient", weighted, chosen), make)


def of_text(graph: Graph) -> tuple[str, Layout]:
    """What is shown: the gradient of one output, and of several the outputs."""
    return ("gradient", of_gradient(graph, weighted=False)) if len(graph.outputs) == 1 else ("evaluate", of_outputs(graph))


def source(graph: Graph, dialect: str) -> str:
    """All that a file needs that is to hold the function."""
    title, known = of_text(graph)
    return script(known.formulas, dialect, title)


def function(graph: Graph, dialect: str) -> Callable[..., Any]:
    """A pure function of the parameters and the rows: loss and gradient, or of several outputs their values."""
    title, known = of_text(graph)
    run_text, xp, inverse = runnable(known.formulas, dialect, title), functions(dialect)["np"], known.inverse()

    def arguments(parameters: Numbers, rows: Numbers) -> list[Numbers]:
        return [*known.inputs_of(rows), *known.arrays_of(parameters[known.order])]

    def gradient(parameters: Numbers, rows: Numbers) -> tuple[Numbers, Numbers]:
        """The mean of the output over the rows, and its gradient by the parameters."""
        parameters, rows = xp.asarray(parameters), xp.asarray(rows)
        kind = xp.result_type(parameters, 1.0)
        loss, *slopes = run_text(*arguments(parameters, rows), 1.0 / len(rows) if graph.inputs else 1.0)
        return xp.asarray(loss, kind), joined(xp, slopes, kind)[inverse]

    def evaluate(parameters: Numbers, rows: Numbers) -> Numbers:
        """A row of numbers, one for each output, for each row of data."""
        parameters, rows = xp.asarray(parameters), xp.asarray(rows)
        outputs = run_text(*arguments(parameters, rows))
        return xp.stack([xp.broadcast_to(output, len(rows)) for output in outputs], axis=-1)

    return gradient if title == "gradient" else evaluate


def joined(xp: Any, arrays: Sequence[Numbers], kind: Any = None) -> Numbers:
    """All numbers of the arrays in one vector."""
    return xp.concatenate([xp.zeros(0, kind), *[xp.ravel(xp.asarray(array, kind)) for array in arrays]])


def matrix(table: Table) -> Numbers:
    """The rows of a table as they lie."""
    return np.frombuffer(table.numbers).reshape(table.rows, table.width)
