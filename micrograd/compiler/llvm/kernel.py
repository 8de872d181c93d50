"""What adds up or evaluates rows of data in machine code: a text, and how it wants its numbers laid out.

A batch of rows lies in panels: `shape.rows` rows side by side, element after element, so that `lanes` rows are one vector.
The last rows of a panel that a batch does not fill are its last row again, whose weight is then divided among them all: a
weight of 0 would make nan of infinity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.ops import Op


@dataclass(frozen=True)
class Shape:
    """A panel has `vectors` times `lanes` rows; `alone` promises that a batch is one panel."""

    lanes: int
    vectors: int = 1
    alone: bool = False

    @property
    def rows(self) -> int:
        return self.lanes * self.vectors


@dataclass(frozen=True)
class Kernel:
    """A function in LLVM's language, over panels [element][row of the panel] of doubles.

    `@sums(ptr data, i64 panels, ptr parameters, ptr memory, ptr sums)` writes the gradient of the weighted sum over the rows,
    one number for each of the first `moved` places of the parameters, and after them a vector whose first number is the sum.
    `@outputs(ptr data, i64 panels, ptr parameters, ptr memory, ptr results)` writes panels of results, one element for each
    output. Every address is a multiple of `machine.ALIGNMENT` bytes; what is between and behind the numbers is 0.0 at first. The
    memory may be that of an earlier call.
    """

    text: str
    ops: frozenset[Op]  # those whose small functions of `Dialect.functions` the text calls
    shape: Shape
    columns: Sequence[int]  # for each input, and for sums last for the weight of a row, its element in a panel of data
    room: int  # elements of a panel of data
    parameters: Sequence[int]  # for each parameter of the graph its place in a vector of all; holes between them hold 0.0
    moved: int  # those that training moves are among the first so many, a multiple of the lanes
    size: int  # doubles of that vector
    memory: int  # doubles to compute in
    work: int  # about how many operations a row takes
    single: frozenset[Op] = frozenset()  # those of single numbers, where other functions are of vectors
