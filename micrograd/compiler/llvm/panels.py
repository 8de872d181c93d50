"""Rows of data in panels, as a kernel wants them: see `kernel`.

Where a batch does not fill its last panel its last row is there several times, and its weight is divided among these.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from micrograd.compiler.llvm.doubles import Doubles, address_of, gather
from micrograd.compiler.llvm.kernel import Kernel
from micrograd.compiler.rows import Table


class Panels:
    """The memory that the batches of one epoch after another are gathered in; each begins a new panel.

    A batch is `batch` panels; the last may be fewer. `shares` tells how much of all rows each batch holds. Its weights are
    given, or the same for all of its rows.
    """

    def __init__(self, kernel: Kernel, table: Table, batch_size: int | None = None, weights: array[float] | None = None) -> None:
        self.kernel = kernel
        self.table = table
        self.size = batch_size or table.rows
        side = kernel.shape.rows
        self.count, self.shares, own = 0, array("d"), array("d")
        for start in range(0, table.rows, self.size):
            rows = min(self.size, table.rows - start)
            self.shares.append(rows / table.rows)
            own += array("d", [1.0 / rows]) * rows if weights is None else weights
            own[-1] /= 1 + -rows % side
            self.count += -(-rows // side)
        self.batch = -(-self.size // side)
        self.elements = array("q", [side * column for column in kernel.columns])
        self.data = Doubles(self.count * kernel.room * side)
        self.put(table.numbers, None, 0, table.width)
        self.put(own, None, table.width, len(kernel.columns))

    def gather(self, rows: Sequence[int]) -> None:
        """Put the rows with these numbers, in this order, into their places; the weights stay where they are."""
        self.put(self.table.numbers, array("q", rows), 0, self.table.width)

    def put(self, numbers: array[float], order: array[int] | None, begin: int, end: int) -> None:
        """Write the columns from `begin` to `end`, of which `numbers` has one row after the other."""
        side = self.kernel.shape.rows
        gather(
            address_of(numbers),
            end - begin,
            None if order is None else address_of(order),
            self.table.rows,
            self.size,
            address_of(self.elements) + begin * self.elements.itemsize,
            side,
            self.kernel.room * side,
            self.data.address,
        )


def rows_of(results: Doubles, kernel: Kernel, outputs: int, rows: int) -> list[list[float]]:
    """From panels of results, for each output its number for each row."""
    side = kernel.shape.rows
    found = []
    for output in range(outputs):
        numbers: Any = memoryview(array("d", [0.0]) * (-(-rows // side) * side))
        for row in range(side):
            numbers[row::side] = results.view[output * side + row :: outputs * side]
        found.append(numbers[:rows].tolist())
    return found
