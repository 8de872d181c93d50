"""Rows of data in panels, as a kernel wants them: see `kernel`.

Where a batch does not fill its last panel its last row is there several times, and its weight is divided among these.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from micrograd.compiler.llvm.kernel import Kernel
from micrograd.compiler.llvm.machine import Doubles, Machine
from micrograd.compiler.rows import Table


class Panels:
    """The memory that the batches of one epoch after another are gathered in; each begins a new panel.

    `places` tells for each row of the panels where in the order of an epoch this row is, and `shares` how much of all rows
    each batch holds. A batch is `batch` panels; the last may be fewer. Its weights are given, or the same for all of its rows.
    """

    def __init__(
        self,
        kernel: Kernel,
        machine: Machine,
        table: Table,
        batch_size: int | None = None,
        weights: Sequence[float] | None = None,
    ) -> None:
        self.kernel = kernel
        self.machine = machine
        self.table = table
        side = kernel.shape.rows
        size = batch_size or table.rows
        order = array("q", range(table.rows))
        self.places, self.shares, own = array("q"), array("d"), array("d")
        for start in range(0, table.rows, size):
            count = min(size, table.rows - start)
            self.places += order[start : start + count]
            self.shares.append(count / table.rows)
            own += array("d", [1.0 / count]) * count if weights is None else array("d", weights)
            if fill := -count % side:
                self.places.extend([self.places[-1]] * fill)
                own[-1] /= 1 + fill
        self.batch = -(-size // side)
        self.count = len(self.places) // side
        self.elements = array("q", [side * column for column in kernel.columns])
        self.data = Doubles(self.count * kernel.room * side)
        self.put(table.numbers, order, 0, table.width)
        self.put(own, order, table.width, len(kernel.columns))

    def gather(self, rows: Sequence[int]) -> None:
        """Put the rows with these numbers, in this order, into their places; the weights stay where they are."""
        self.put(self.table.numbers, array("q", rows), 0, self.table.width)

    def put(self, numbers: array[float], order: array[int], begin: int, end: int) -> None:
        """Write the columns from `begin` to `end`, of which `numbers` has one row after the other."""
        self.machine.functions["gather"](
            numbers.buffer_info()[0],
            end - begin,
            order.buffer_info()[0],
            self.places.buffer_info()[0],
            self.count,
            self.elements.buffer_info()[0] + begin * self.elements.itemsize,
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


# The row order[places[p]] goes into row p of the panels: its number c to the place that is elements[c] behind the first.
GATHER = """
define void @gather(ptr %rows, i64 %width, ptr %order, ptr %places, i64 %panels, ptr %elements, ptr %data) {{
entry:
  %count = mul i64 %panels, {side}
  %none = icmp eq i64 %width, 0
  br i1 %none, label %done, label %place
place:
  %p = phi i64 [ 0, %entry ], [ %p.next, %place.end ]
  %turn.at = getelementptr i64, ptr %places, i64 %p
  %turn = load i64, ptr %turn.at, align 8
  %number.at = getelementptr i64, ptr %order, i64 %turn
  %number = load i64, ptr %number.at, align 8
  %begin = mul i64 %number, %width
  %row = getelementptr double, ptr %rows, i64 %begin
  %panel = udiv i64 %p, {side}
  %within = urem i64 %p, {side}
  %panel.at = getelementptr [{size} x double], ptr %data, i64 %panel
  %first = getelementptr double, ptr %panel.at, i64 %within
  br label %entries
entries:
  %c = phi i64 [ 0, %place ], [ %c.next, %entries ]
  %from = getelementptr double, ptr %row, i64 %c
  %x = load double, ptr %from, align 8
  %element.at = getelementptr i64, ptr %elements, i64 %c
  %element = load i64, ptr %element.at, align 8
  %to = getelementptr double, ptr %first, i64 %element
  store double %x, ptr %to, align 8
  %c.next = add i64 %c, 1
  %more = icmp slt i64 %c.next, %width
  br i1 %more, label %entries, label %place.end
place.end:
  %p.next = add i64 %p, 1
  %again = icmp slt i64 %p.next, %count
  br i1 %again, label %place, label %done
done:
  ret void
}}
"""


def gather(kernel: Kernel) -> str:
    side = kernel.shape.rows
    return GATHER.format(side=side, size=kernel.room * side)
