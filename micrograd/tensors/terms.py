"""An array program as a reader writes it: lines `name = expression`, each expression a small tree.

Nothing here is text. The source, the mathematics and the page are printers of the same trees, so that none has to read
what another has printed. Names stand in the arrays and are given last: a tree is the same before and after.

In every tree the rows of data, where there are any, are the first axis, and operands of unlike axes are stretched as
NumPy stretches them: from the last axis backwards, and an axis of length 1 to any length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    from micrograd.ops import Op
    from micrograd.tensors.arrays import Array

ROWS: Final = -1  # in a shape: as many as there are rows of data

Place: TypeAlias = slice | int | None  # of one axis: a part of it, one place (the axis is gone), or a new axis of length 1


class Term:
    """An expression. What it is made of stands in its fields."""

    @property
    def parts(self) -> tuple[Term, ...]:
        """The terms in it, from left to right."""
        found: list[Term] = []
        for one in fields(self):  # type: ignore[arg-type]  # every term is a dataclass
            content = getattr(self, one.name)
            found += [content] if isinstance(content, Term) else [part for part in listed(content) if isinstance(part, Term)]
        return tuple(found)


def listed(content: object) -> Sequence[object]:
    return content if isinstance(content, tuple) else ()


def walk(term: Term) -> Iterator[Term]:
    """The term and all terms in it, each before its parts."""
    yield term
    for part in term.parts:
        yield from walk(part)


# ---------------------------------------------------------------------------------------------- names and numbers


@dataclass(frozen=True)
class Name(Term):
    """The array under its name: an argument of the function, a table of constants, or what an earlier line has made."""

    array: Array | Result


@dataclass(frozen=True)
class Number(Term):
    """One number everywhere."""

    value: float


@dataclass(frozen=True)
class RowCount(Term):
    """How many rows of data there are: `len(x)`, where x is the first argument that has rows; 1 where `array` is None."""

    array: Array | None


# ---------------------------------------------------------------------------------------------- reading parts of an array


@dataclass(frozen=True)
class Index(Term):
    """Parts of the array: `x[:, 1:3]`, `W[0]`, `b[:, None]`, `K[:, ::-1]`. Axes after the last place are whole."""

    of: Term
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Reshape(Term):
    """The same numbers in the same order on other axes; ROWS stands for the axis of rows."""

    of: Term
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Permute(Term):
    """Axis k of it is axis `axes[k]` of the array. Two axes: the transpose."""

    of: Term
    axes: tuple[int, ...]


@dataclass(frozen=True)
class Broadcast(Term):
    """The array stretched to the shape; ROWS stands for the axis of rows, whose number is `count`."""

    of: Term
    shape: tuple[int, ...]
    count: RowCount


@dataclass(frozen=True)
class Windows(Term):
    """All windows of these sizes along these axes: the places of a window come last, `x[.., i + a, j + b]` on .., i, j, a, b.

    An axis of length n becomes one of length n - size + 1: where the window starts.
    """

    of: Term
    axes: tuple[int, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Take(Term):
    """The numbers at the places in a table, counted through the array (or through each row of it); at -1 there is a 0."""

    of: Term
    table: Table
    rows: bool


@dataclass(frozen=True, eq=False)
class Table:
    """A table of places, under its name in the text."""

    name: str
    places: np.ndarray


# ---------------------------------------------------------------------------------------------- number by number


@dataclass(frozen=True)
class Negative(Term):
    """Minus the term."""

    of: Term


@dataclass(frozen=True)
class Infix(Term):
    """left + right, left - right, left * right or left / right, number by number."""

    sign: str
    left: Term
    right: Term


@dataclass(frozen=True)
class Power(Term):
    """base to the power exponent, number by number."""

    base: Term
    exponent: Term


@dataclass(frozen=True)
class Call(Term):
    """A row of the table of operations, number by number: relu(z), maximum(a, b).

    `function` is its name in a text: the symbol of the row, but for an operation of one's own, which may have any symbol.
    """

    op: Op
    operands: tuple[Term, ...]
    function: str


# ---------------------------------------------------------------------------------------------- sums and products


@dataclass(frozen=True)
class Sum(Term):
    """The sum over these axes, which are gone then; over all of them where `axes` is None."""

    of: Term
    axes: tuple[int, ...] | None


@dataclass(frozen=True)
class LogSumExp(Term):
    """log(exp(a) + exp(b) + ...) over these axes, which are gone then."""

    of: Term
    axes: tuple[int, ...]


@dataclass(frozen=True)
class MatMul(Term):
    """The matrix product. A vector on the left is a row, on the right a column; of three axes the first counts matrices."""

    left: Term
    right: Term


@dataclass(frozen=True)
class Contract(Term):
    """The sum of left * right over the letters that are not in `out`: `contract("bik,jk->bij", left, right)`.

    Each axis has a letter; `b` is the rows. It is what einsum makes of two operands.
    """

    left: Term
    right: Term
    left_axes: str
    right_axes: str
    out: str


# ---------------------------------------------------------------------------------------------- putting parts in their places


@dataclass(frozen=True)
class Stack(Term):
    """Arrays of one shape along a new axis."""

    terms: tuple[Term, ...]
    axis: int


@dataclass(frozen=True)
class Concatenate(Term):
    """Arrays one after the other along an axis that they have."""

    terms: tuple[Term, ...]
    axis: int


@dataclass(frozen=True)
class Pad(Term):
    """The array with zeros around it: as many before and behind along each axis."""

    of: Term
    widths: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Placed(Term):
    """Zeros of that shape, onto which the array is added at the places base + sum of stride * index (in each row)."""

    of: Term
    shape: tuple[int, ...]
    base: int
    strides: tuple[int, ...]


@dataclass(frozen=True)
class Scattered(Term):
    """Zeros of that shape, onto which the array is added at the places in the table (in each row); not where that has -1."""

    of: Term
    shape: tuple[int, ...]
    table: Table


# ---------------------------------------------------------------------------------------------- lines


@dataclass(eq=False)
class Result:
    """A result, or windows: what has a line though it is no array of the program, but a part, a transpose or a stretch of one."""

    shape: tuple[int, ...]
    rows: bool
    adjoint_of: Array | None = None
    name: str = ""


@dataclass(frozen=True)
class Line:
    """`array.name = expression`."""

    array: Array | Result
    expression: Term

    @property
    def name(self) -> str:
        return self.array.name

    @property
    def shape(self) -> str:
        """The shape in words, for a comment: `rows, 3`, `2, 3`, `one number`."""
        return ", ".join(["rows"] * self.array.rows + [str(length) for length in self.array.shape]) or "one number"


@dataclass(frozen=True)
class Formulas:
    """A function of arrays: its arguments, its lines in the order in which they run, and its results.

    `goals` say of each result what it is (the loss, the derivative by a parameter, an output) and how it is called.
    `constants` are the arrays of fixed numbers, and `tables` the tables of places, that the lines name. The arguments are
    the inputs, the parameters, directions of as many, and the share that each row has of the loss, where these are asked for.
    """

    inputs: tuple[Array, ...]
    parameters: tuple[Array, ...]
    directions: tuple[Array, ...]
    share: Array | None
    lines: tuple[Line, ...]
    results: tuple[Term, ...]
    goals: tuple[Result, ...]
    constants: tuple[Array, ...]
    tables: tuple[Table, ...]

    @property
    def arguments(self) -> tuple[Array, ...]:
        return (*self.inputs, *self.parameters, *self.directions, *([] if self.share is None else [self.share]))

    def terms(self) -> Iterator[Term]:
        """Every term in the lines and results, each before its parts."""
        for root in [*(line.expression for line in self.lines), *self.results]:
            yield from walk(root)
