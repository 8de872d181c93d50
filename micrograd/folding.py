"""`fold`: the arrays in a graph of single numbers, and backpropagation through it in matrix form."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd.compiler.graph import check_leaves, input_names
from micrograd.compiler.rows import Table
from micrograd.display.characters import printable
from micrograd.engine import Value, topological_order
from micrograd.gradients import gradient
from micrograd.ops import dot

if TYPE_CHECKING:
    from micrograd.tensors.arrays import Array, ArrayProgram, View
    from micrograd.tensors.entries import Entry, Place

MOST_ROWS = 8  # of the data are shown on the page


def fold(
    loss: Value, inputs: Sequence[Value] = (), parameters: Sequence[Value] = (), *, rows: Sequence[Sequence[float]] | None = None
) -> Folded:
    """The array program of a loss and of its gradient by the parameters: the matrices in a graph of single numbers.

    `inputs` are set anew by each row of data; every other leaf is a constant. Nothing is looked up in labels or layers: `W @ x`
    is found in loops over single numbers too. `rows` are the data that the picture shows, without them the numbers that the
    inputs have. It needs NumPy.

    >>> from micrograd import losses, nn
    >>> model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    >>> x, y = [Value(1.0, label="x1"), Value(0.0, label="x2")], Value(1.0, label="y")
    >>> loss = losses.half_mean_squared_error([model(x)], [y])
    >>> print(fold(loss, inputs=[*x, y], parameters=model.parameters()))
    def gradient(x, y, W1, b1, w2, b2, share):
        z1 = x @ W1.T + b1                    # rows, 3
        h1 = tanh(z1)                         # rows, 3
        v1 = h1 @ w2 + b2 - y                 # rows
        loss = share * (v1 * v1 / 2.0).sum()  # one number
        dv1 = v1 * share                      # rows
        dh1 = w2 * dv1[:, None]               # rows, 3
        dz1 = sech2(z1) * dh1                 # rows, 3
        dW1 = dz1.T @ x                       # 3, 2
        db1 = dz1.sum(axis=0)                 # 3
        dw2 = h1.T @ dv1                      # 3
        db2 = dv1.sum()                       # one number
        return loss, dW1, db1, dw2, db2
    """
    try:
        import numpy as np
    except ModuleNotFoundError:
        raise ModuleNotFoundError("fold needs NumPy: python -m pip install -e '.[arrays]'; compile works without it") from None
    if not isinstance(loss, Value):
        raise TypeError(
            f"fold takes the Value at the end of a graph, got {reprlib.repr(loss)}; call the function on Values first"
        )
    check_leaves(inputs, parameters, "fold")
    table = Table([[leaf.data for leaf in inputs]] if rows is None else rows, input_names(inputs))
    from micrograd.tensors.programs import gradient_program
    from micrograd.tensors.proof import check_structure

    program = gradient_program(loss, inputs, parameters)
    check_structure(program)
    data = np.array(table.numbers).reshape(table.rows, len(inputs))
    return Folded(loss, tuple(inputs), tuple(parameters), data, program)


class Folded:
    """An array program, with the numbers that the leaves had when it was folded.

    As text it is a function of NumPy; `latex()` is its mathematics, and a notebook shows it as matrices.
    """

    def __init__(
        self, loss: Value, inputs: tuple[Value, ...], parameters: tuple[Value, ...], rows: Any, program: ArrayProgram
    ) -> None:
        from micrograd.tensors.lines import gradient_formulas
        from micrograd.tensors.names import give_names

        self.loss = loss
        self.inputs = inputs
        self.parameters = parameters
        self.rows = rows
        self.program = program
        self.numbers = [parameter.data for parameter in parameters]
        numbers, ids = program.scalars.numbers, program.scalars.ids
        self.constants = {node: numbers[scalar] for node, scalar in ids.items() if node.op is None and scalar in numbers}
        self.title = "hessian_product" if program.directions else "gradient"
        labels = {scalar: value.label for value, scalar in program.scalars.ids.items() if value.label}
        self.formulas = gradient_formulas(program)  # its lines as trees, of which text, mathematics and page are printed
        give_names(program, self.formulas, labels)

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All arrays, each after those that it reads: kind, shape, operands as views, and a name where it has a line."""
        return tuple(self.program.arrays)

    def __str__(self) -> str:
        from micrograd.tensors.spelling import source

        return source(self.formulas, self.title).rstrip()

    def source(self, target: str = "numpy") -> str:
        """A file with the function and all that it calls, for "numpy" or, to be run on GPUs or many devices, for "jax"."""
        from micrograd.tensors.spelling import script

        if target not in ("numpy", "jax"):
            raise ValueError(f"a folded graph is written for 'numpy' or 'jax', got {target!r}")
        try:
            return script(self.formulas, target, self.title)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"the text for {target} needs {error.name}: python -m pip install -e '.[jax]'") from None

    def latex(self) -> str:
        """Its lines as displayed mathematics."""
        from micrograd.tensors.latex import displayed

        return displayed(self.formulas)

    # ---- as matrices

    @cached_property
    def html(self) -> str:
        """The page: every line beside its matrices, at the first rows, and the answer to "why the transpose?" for each entry."""
        from micrograd.views.matrices import numbers_at, page

        numbers = numbers_at(self.formulas, self.rows[:MOST_ROWS], self.numbers)
        nodes, lines = len(topological_order(self.loss)), len(self.formulas.lines)
        count = len(self.rows)
        part = f"; of {count} rows the first {MOST_ROWS} alone" if count > MOST_ROWS else ""
        part += "; the direction is that of the parameters" if self.program.directions else ""
        return page(self.formulas, numbers, note=f"{nodes:,} nodes in {lines} lines{part}")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, whole or not at all; give its path."""
        from micrograd.views.pages import save_page

        return save_page(self.html, path, "the matrix form", "matrices")

    def _repr_html_(self) -> str:
        from micrograd.views.matrices import in_notebook

        return in_notebook(self.html, self.formulas)

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def hessian_product(self) -> Folded:
        """The same once more: the slope of the loss along a direction, and the Hessian times that direction.

        Its function takes an array of directions for each of the parameters: `vW1` for W1. No Hessian is ever made.

        >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
        >>> print(fold((w * x).sin(), [x], [w]).hessian_product())
        def hessian_product(x, w, vw, share):
            v1 = x * w                     # rows
            dv1 = cos(v1) * share          # rows
            slope = x @ dv1 * vw           # one number
            h1 = sin(v1)                   # rows
            dv1_ = -(h1 * share * x * vw)  # rows
            ddw = x @ dv1_                 # one number
            return slope, ddw
        """
        from micrograd.tensors.programs import hessian_program

        if self.program.directions:
            raise ValueError("this is a Hessian product already; for higher derivatives fold a loss made of gradient(...)")
        return Folded(self.loss, self.inputs, self.parameters, self.rows, hessian_program(self.program))

    def __reduce__(self) -> tuple[Any, ...]:
        return folded_anew, (self.loss, self.inputs, self.parameters, self.rows.tolist(), bool(self.program.directions))

    # ---- from scalars to places, and back

    def where(self, value: Value) -> Place:
        """The array and the place in it that a value of the graph went to.

        A ValueError if it is none of the graph, or a term of a sum that became one line.

        >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
        >>> print(fold((w * x).tanh(), [x], [w]).where(w))
        w
        """
        if not isinstance(value, Value):
            raise TypeError(f"where takes a Value of the graph, got {value!r}")
        if place := self.places.get(self.program.scalars.ids.get(value, -1)):
            return place
        why = "it is not in the graph that was folded"
        if value in self.constants:
            why = "it is a constant, with the number that it had"
        elif value in topological_order(self.loss):
            why = "it is a term of a sum that became one line"
        raise ValueError(f"{printable(value.label or repr(value))} stands in no array: {why}")

    @cached_property
    def places(self) -> dict[int, Place]:
        from micrograd.tensors.entries import places_of_scalars

        return places_of_scalars(self.program)

    def scalars(self, name: str, *index: int) -> Entry:
        """Which numbers made this entry of an array: the terms of its sum, or its operands.

        >>> w, x = [Value(2.0), Value(1.0)], [Value(3.0), Value(4.0)]
        >>> print(fold((w[0] * x[0] + w[1] * x[1]).tanh(), x, w).scalars("dw1", 1))
        dw1[1] = the sum over the rows of x[1] * dz1
        """
        from micrograd.tensors.entries import entry

        known = self.views
        if name not in known:
            raise ValueError(f"there is no array {reprlib.repr(name)}; there are {', '.join(known)}")
        return entry(known[name], name, index)

    @cached_property
    def views(self) -> dict[str, View]:
        """What has a name: leaves, lines, and the derivative by each parameter."""
        from micrograd.tensors.arrays import View

        known = {array.name: array.view() for array in self.arrays if array.name}
        for goal, slope in zip(self.formulas.goals[1:], self.program.gradients, strict=True):
            known.setdefault(goal.name, slope if isinstance(slope, View) else View(None, goal.shape, number=slope))
        return known

    def verify(self) -> bool:
        """Whether graph and arrays are one function, with one gradient.

        Both are computed in a finite field at random numbers, with random functions in place of all but + - * /, and the
        gradient against a sweep through the single numbers. Two that differ would agree with a chance of about 1 in 10^12.
        """
        from micrograd.tensors.proof import differences

        directions = [Value(1.0) for _ in self.parameters if self.program.directions]
        output = dot(gradient(self.loss, self.parameters), directions) if directions else self.loss
        return not differences(self.program, [output], self.inputs, self.parameters, directions, self.constants)

    def __repr__(self) -> str:
        nodes, arrays = len(topological_order(self.loss)), len(self.formulas.lines)
        return f"<Folded: {nodes} nodes of the scalar graph, {arrays} lines of arrays>"


def folded_anew(
    loss: Value, inputs: tuple[Value, ...], parameters: tuple[Value, ...], rows: list[list[float]], once_more: bool
) -> Folded:
    """The copy of a folded graph, by the numbers that the leaves have now."""
    folded = fold(loss, inputs, parameters, rows=rows)
    return folded.hessian_product() if once_more else folded
