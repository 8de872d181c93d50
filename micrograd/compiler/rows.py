"""Rows of numbers, column by column, and the state of a training: what the targets run on.

>>> table = Table([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], ["x", "y"])
>>> [list(column) for column in table.columns]
[[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]]
"""

from __future__ import annotations

import math
import reprlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from numbers import Real
from typing import Any, TypeAlias

from micrograd.ops import as_float

Row: TypeAlias = Sequence[float]


class Table:
    """Rows given as nested lists, an `array.array` of doubles or a 2-D NumPy array; one column per input.

    A ValueError names the first row that does not have one number per input.
    """

    def __init__(self, rows: Any, inputs: Sequence[str]) -> None:
        width = len(inputs)
        flat = flat_numbers(rows, width)
        if flat is None:
            checked = checked_rows(rows, inputs)
            self.rows = len(checked)
            flat = array("d", chain.from_iterable(checked))
        else:
            self.rows = len(flat) // width
        if not self.rows:
            raise ValueError("there are no rows; pass at least one, with one number per input")
        self.columns = [flat[column::width] for column in range(width)]

    def as_rows(self) -> list[Row]:
        return list(zip(*self.columns, strict=True)) if self.columns else [()] * self.rows

    def shares(self, weights: Sequence[float] | None) -> list[float]:
        """How much each row counts in a mean: its weight divided by their sum, or without weights the same for all."""
        if weights is None:
            return [1.0 / self.rows] * self.rows
        numbers = [as_float(weight) for weight in weights]
        if len(numbers) != self.rows:
            raise ValueError(f"gradient needs one weight per row, got {len(numbers)} weight(s) for {self.rows} row(s)")
        try:
            whole = math.fsum(numbers)
        except OverflowError:
            whole = math.inf
        if not math.isfinite(whole) or whole == 0.0:
            raise ValueError(f"the weights of a mean need a finite sum other than 0, got {whole}")
        return [number / whole for number in numbers]

    def packed(self, batches: Sequence[Sequence[int]], lanes: int, weights: Sequence[float] | None = None) -> Batches:
        """The rows of each batch, filled up to a multiple of `lanes` with its last row at weight 0, and their weights.

        Without weights each row of a batch counts the same.
        """
        numbers, shares = array("d"), array("d")
        for column in self.columns:
            for batch in batches:
                numbers.extend(column[batch.start : batch.stop] if isinstance(batch, range) else map(column.__getitem__, batch))
                numbers.extend([column[batch[-1]]] * (-len(batch) % lanes))
        for batch in batches:
            shares.extend([1.0 / len(batch)] * len(batch) if weights is None else [weights[row] for row in batch])
            shares.extend([0.0] * (-len(batch) % lanes))
        size = len(batches[0]) + -len(batches[0]) % lanes
        return Batches(numbers + shares, len(shares), size, array("d", [len(batch) / self.rows for batch in batches]))


@dataclass(frozen=True)
class Batches:
    """Columns one after the other, each `stride` long, the weights last; a batch is `size` of its entries, the last maybe fewer.

    `shares` tells how much of all rows each batch holds.
    """

    numbers: array[float]
    stride: int
    size: int
    shares: array[float]

    @property
    def address(self) -> int:
        return self.numbers.buffer_info()[0]


@dataclass(frozen=True)
class TrainingState:
    """The numbers of all parameters, those that are trained first; of these the optimizer's memories and the gradients."""

    parameters: array[float]
    memories: list[array[float]]
    gradients: array[float]
    step: int
    rate: float


def flat_numbers(rows: Any, width: int) -> array[float] | None:
    """All numbers, row by row, of an array of doubles; None for anything else."""
    if not width:
        return None
    try:
        view = memoryview(rows)
    except TypeError:
        return None
    if view.format != "d":
        return None
    if view.ndim == 1 and len(view) % width:
        raise ValueError(f"an array of {len(view)} numbers does not divide into rows of {width}, one number per input")
    if view.ndim == 0 or list(view.shape or ())[1:] not in ([], [width]):
        return None
    flat = array("d")
    flat.frombytes(view.tobytes())
    return flat


def checked_rows(rows: Any, inputs: Sequence[str]) -> list[list[float]]:
    if hasattr(rows, "tolist"):
        rows = rows.tolist()
    if not isinstance(rows, Sequence) or isinstance(rows, (str, bytes)):
        raise TypeError(f"rows are a list of rows, an array.array of doubles or a NumPy array, got {reprlib.repr(rows)}")
    return list(numbers_of_rows(rows, inputs))


def numbers_of_rows(rows: Sequence[Any], inputs: Sequence[str]) -> Iterator[list[float]]:
    needed = f"{len(inputs)} number(s), one per input ({', '.join(inputs)})" if inputs else "no number, since there are no inputs"
    for number, row in enumerate(rows, start=1):
        entries = row.tolist() if hasattr(row, "tolist") else row
        if not isinstance(entries, Sequence) or isinstance(entries, (str, bytes)):
            raise TypeError(f"row {number} needs to be a list of {needed}, got {reprlib.repr(row)}")
        if len(entries) != len(inputs):
            raise ValueError(f"row {number} needs {needed}, got {len(entries)}: {reprlib.repr(entries)}")
        for entry in entries:
            if not isinstance(entry, Real):
                raise TypeError(f"row {number} needs {needed}, and {reprlib.repr(entry)} is not a number")
        yield [float(entry) for entry in entries]
