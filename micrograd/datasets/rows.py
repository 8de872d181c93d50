"""`Dataset`: rows, and one target per row; `split` takes some of them away for testing."""

from __future__ import annotations

import random
import reprlib
from numbers import Real
from typing import Any, NamedTuple, NoReturn

from micrograd.arguments import whole_number


class Dataset(NamedTuple):
    """Inputs, and one target for each: a pair of lists, which `inputs, targets = data` takes apart.

    An input is a list of numbers, or of frames where the data is a sequence.

    >>> data = Dataset([[0.0, 0.5], [1.0, 0.5]], [0, 1])
    >>> data.rows[1]
    ([1.0, 0.5], 1)
    """

    inputs: list[Any]
    targets: list[Any]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Each input with its target."""
        if len(self.inputs) != len(self.targets):
            raise ValueError(f"data needs one target per row, got {len(self.inputs)} row(s) and {len(self.targets)} target(s)")
        return list(zip(self.inputs, self.targets, strict=True))

    def __getitem__(self, place: Any) -> NoReturn:
        if isinstance(place, slice):
            place = ":".join("" if end is None else repr(end) for end in (place.start, place.stop))
        words = f"write data.rows[{place}], data.inputs[{place}] or data.targets[{place}]"
        raise TypeError(f"a Dataset is the pair (inputs, targets), not a list of rows; {words}")


def split(data: Dataset, share: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
    """The rows in random order, in two parts: those to train on, and a share of them to test with.

    >>> train, test = split(Dataset([[1.0], [2.0], [3.0], [4.0], [5.0]], [1, 2, 3, 4, 5]))
    >>> len(train.rows), len(test.rows)
    (4, 1)
    """
    if not isinstance(share, Real) or not 0.0 < share < 1.0:
        raise ValueError(
            f"share needs to be a number between 0 and 1, the part of the rows to test with, got {reprlib.repr(share)}"
        )
    rows = list(Dataset(*data).rows)
    count = round(share * len(rows))
    if not 0 < count < len(rows):
        raise ValueError(
            f"a share of {share} of {len(rows)} row(s) leaves a part without any; split more rows, or by another share"
        )
    random.Random(whole_number(seed, "seed", least=0)).shuffle(rows)
    return collected(rows[:-count]), collected(rows[-count:])


def collected(rows: list[tuple[Any, Any]]) -> Dataset:
    return Dataset([row for row, _ in rows], [target for _, target in rows])


def one_hot(index: int, count: int) -> list[float]:
    """`count` numbers, 1 in the place of the index and 0 elsewhere.

    >>> one_hot(2, 4)
    [0.0, 0.0, 1.0, 0.0]
    """
    if not 0 <= index < count:
        raise ValueError(f"one_hot needs an index from 0 to {count - 1}, got {index}")
    return [float(place == index) for place in range(count)]
