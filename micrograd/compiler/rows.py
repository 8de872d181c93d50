"""Rows of numbers, and the state of a training: what the targets run on.

>>> table = Table([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], ["x", "y"])
>>> list(table.numbers), [list(column) for column in table.columns()]
([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]])
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

PLAIN = frozenset([float, int, bool])  # the numbers that most tables are made of: a look at the class is quick


class Table:
    """Rows given as nested lists, an `array.array` of doubles or a 2-D NumPy array; one column per input.

    `numbers` are those of all rows, row after row; of an array of doubles they are copied as they lie in memory.
    A ValueError names the first row that does not have one number per input.
    """

    def __init__(self, rows: Any, inputs: Sequence[str]) -> None:
        self.inputs = inputs
        self.width = len(inputs)
        flat = flat_numbers(rows, self.width)
        if flat is None:
            checked = checked_rows(rows, inputs)
            self.rows = len(checked)
            flat = array("d", chain.from_iterable(checked))
        else:
            self.rows = len(flat) // self.width
        self.numbers = flat
        if not self.rows:
            raise ValueError("there are no rows; pass at least one, with one number per input")

    def row(self, number: int) -> Row:
        return self.numbers[number * self.width : (number + 1) * self.width]

    def part(self, rows: Sequence[int]) -> Table:
        """The table of the rows with these numbers."""
        if not self.width:
            return Table([()] * len(rows), ())
        return Table(array("d", chain.from_iterable(map(self.row, rows))), self.inputs)

    def columns(self) -> list[array[float]]:
        return [self.numbers[column :: self.width] for column in range(self.width)]

    def as_rows(self) -> list[Row]:
        return list(zip(*[iter(self.numbers)] * self.width, strict=True)) if self.width else [()] * self.rows

    def shares(self, weights: Sequence[float] | None) -> array[float]:
        """How much each row counts in a mean: its weight divided by their sum, or without weights the same for all."""
        if weights is None:
            return array("d", [1.0 / self.rows]) * self.rows
        numbers = [as_float(weight) for weight in weights]
        if len(numbers) != self.rows:
            raise ValueError(f"gradient needs one weight per row, got {len(numbers)} weight(s) for {self.rows} row(s)")
        try:
            whole = math.fsum(numbers)
        except OverflowError:
            whole = math.inf
        if not math.isfinite(whole) or whole == 0.0:
            raise ValueError(f"the weights of a mean need a finite sum other than 0, got {whole}")
        return array("d", [number / whole for number in numbers])


@dataclass(frozen=True)
class TrainingState:
    """The numbers of all parameters, those that are trained first; of these the optimizer's memories and the gradients."""

    parameters: array[float]
    memories: list[array[float]]
    gradients: array[float]
    step: int
    rate: float


def flat_numbers(rows: Any, width: int) -> array[float] | None:
    """All numbers, row by row, of an array of doubles, or of other numbers in NumPy; None for anything else."""
    if not width:
        return None
    if hasattr(rows, "mask"):
        raise TypeError("rows are numbers, and a masked array leaves some out; fill them in, or leave their rows out")
    if getattr(getattr(rows, "dtype", None), "kind", None) in ("f", "i", "u", "b"):
        rows = rows.astype("d")
    try:
        view = memoryview(rows)
    except (TypeError, ValueError):
        return None
    if view.format != "d":
        return None
    if view.ndim == 1 and len(view) % width:
        raise ValueError(f"an array of {len(view)} numbers does not divide into rows of {width}, one number per input")
    if view.ndim == 0 or list(view.shape or ())[1:] not in ([], [width]):
        return None
    flat = array("d")
    flat.frombytes(view.cast("B") if view.c_contiguous and view.nbytes else view.tobytes())
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
        if not PLAIN.issuperset(map(type, entries)):
            for entry in entries:
                if not isinstance(entry, Real):
                    raise TypeError(f"row {number} needs {needed}, and {reprlib.repr(entry)} is not a number")
        yield list(map(float, entries))
