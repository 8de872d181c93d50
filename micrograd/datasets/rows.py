"""`Dataset`: rows, and one target per row; `split` takes some of them away for testing."""

from __future__ import annotations

import random
import reprlib
from collections.abc import Collection, Sequence
from numbers import Integral, Real
from typing import Any, NamedTuple, NoReturn, TypeAlias

from micrograd.arguments import got, whole_number

Data: TypeAlias = tuple[Collection[Any], Collection[Any]]  # inputs and targets, in lists or arrays

SHORT = reprlib.Repr()
SHORT.maxlist = 3  # numbers of a row, and frames of a sequence


class Dataset(NamedTuple):
    """Inputs, and one target for each: the pair of lists that `inputs, targets = data` takes apart.

    An input is a list of numbers, or a list of frames where it goes on in time.

    >>> data = Dataset([[0.0, 0.5], [1.0, 0.5]], [0, 1])
    >>> data.rows[1]
    ([1.0, 0.5], 1)
    >>> data
    <Dataset of 2 rows; .rows[0] is ([0.0, 0.5], 0)>
    """

    inputs: list[Any]
    targets: list[Any]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Each input with its target."""
        if len(self.inputs) != len(self.targets):
            raise ValueError(f"data needs one target per row, got {len(self.inputs)} row(s) and {len(self.targets)} target(s)")
        return list(zip(self.inputs, self.targets, strict=True))

    def __repr__(self) -> str:
        """The first row alone: of real data all of them fill many screens."""
        pairs = list(zip(self.inputs[:1], self.targets[:1], strict=False))
        first = f"; .rows[0] is {SHORT.repr(pairs[0])}" if pairs else ""
        return f"<Dataset of {len(self.inputs)} row{'' if len(self.inputs) == 1 else 's'}{first}>"

    def __getitem__(self, place: Any) -> NoReturn:
        if isinstance(place, slice):
            parts = [place.start, place.stop, *[place.step] * (place.step is not None)]
            place = ":".join("" if part is None else repr(part) for part in parts)
        words = f"write data.rows[{place}], data.inputs[{place}] or data.targets[{place}]"
        raise TypeError(f"a Dataset is a pair, inputs and targets, and not a list of rows; {words}")


def split(data: Data, share: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
    """The rows in random order, in two data sets: the first to train on, the second, a share of all the rows, to test with.

    >>> train, test = split(Dataset([[1.0], [2.0], [3.0], [4.0], [5.0]], [1, 2, 3, 4, 5]))
    >>> len(train.rows), len(test.rows)
    (4, 1)
    """
    if not isinstance(data, Sequence) or len(data) != 2 or not all(hasattr(part, "__len__") for part in data):
        raise ValueError(f"split needs data, a pair (inputs, targets) such as datasets.xor(), got {reprlib.repr(data)}")
    if not isinstance(share, Real) or not 0.0 < share < 1.0:
        raise ValueError(f"share needs to be a number between 0 and 1, the part of the rows to test with, {got(share)}")
    rows = Dataset(*map(list, data)).rows
    testing = round(share * len(rows))
    if not 0 < testing < len(rows):
        raise ValueError(
            f"a share of {share} of {len(rows)} row(s) leaves one part empty; choose another share, or take more rows"
        )
    random.Random(whole_number(seed, "seed", least=0)).shuffle(rows)
    return of_rows(rows[:-testing]), of_rows(rows[-testing:])


def of_rows(rows: list[tuple[Any, Any]]) -> Dataset:
    return Dataset([row for row, _ in rows], [target for _, target in rows])


def one_hot(index: int, count: int) -> list[float]:
    """So many numbers, 1 in the place of the index and 0 elsewhere.

    >>> one_hot(2, 4)
    [0.0, 0.0, 1.0, 0.0]
    """
    if not isinstance(index, Integral) or not 0 <= index < whole_number(count, "count"):
        raise ValueError(f"one_hot(index, {count}) needs an index from 0 to {count - 1}, {got(index)}")
    return [float(place == index) for place in range(count)]
