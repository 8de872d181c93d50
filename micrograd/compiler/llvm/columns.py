"""Rows of data as machine code reads them: column after column, each batch filled up to whole vectors.

A batch ends with its last row, repeated at weight 0 until it fills the lanes: a row of zeros could give nan.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.compiler.rows import Table
from micrograd.compiler.schedule import Schedule


@dataclass(frozen=True)
class Columns:
    """Columns one after the other, each `stride` long, and last the weights of the rows."""

    numbers: array[float]
    stride: int

    @property
    def address(self) -> int:
        return self.numbers.buffer_info()[0]


def whole(table: Table, lanes: int, weights: Sequence[float] | None = None) -> Columns:
    """All rows as one batch; without weights each counts the same in a mean."""
    fill = -table.rows % lanes
    numbers = array("d")
    for column in table.columns():
        numbers += column
        numbers.extend([column[-1]] * fill)
    numbers.extend(table.shares(None) if weights is None else weights)
    numbers.extend([0.0] * fill)
    return Columns(numbers, table.rows + fill)


class Batches:
    """The memory that the batches of one epoch after another are gathered in, and what is the same in each of them.

    `places` tells for each row of it where in the order of an epoch this row is, and `shares` how much of all rows each
    batch holds. A batch is `size` rows of it; the last may be fewer.
    """

    def __init__(self, table: Table, schedule: Schedule, lanes: int) -> None:
        self.table = table
        self.places, self.shares, weights = array("q"), array("d"), array("d")
        for start in range(0, table.rows, schedule.batch_size):
            count = min(schedule.batch_size, table.rows - start)
            fill = -count % lanes
            self.places.extend([*range(start, start + count), *[start + count - 1] * fill])
            weights.extend([*[1.0 / count] * count, *[0.0] * fill])
            self.shares.append(count / table.rows)
        self.size = schedule.batch_size + -schedule.batch_size % lanes
        stride = len(self.places)
        self.columns = Columns(array("d", [0.0]) * (stride * table.width) + weights, stride)
