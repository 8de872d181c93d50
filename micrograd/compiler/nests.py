"""Rows of numbers as a model and a loss take them: nests of lists, tuples and arrays.

>>> pair = [[1.0, 2.0], [3.0]]
>>> shape_of(pair), list(entries_in(pair)), list(paths_in(pair))
((2, ((2,), (1,))), [1.0, 2.0, 3.0], [(0, 0), (0, 1), (1, 0)])
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from numbers import Real
from typing import Any, TypeAlias

from micrograd.compiler.watching import WatchedClasses
from micrograd.losses import is_row
from micrograd.nn.inputs import as_nest
from micrograd.ops import as_float

PLAIN = {float, int, bool}

Path: TypeAlias = tuple[int, ...]  # from a nest to one of its numbers: an index for each level


def is_flat(entry: Any) -> bool:
    return isinstance(entry, (list, tuple)) and PLAIN.issuperset(map(type, entry))


def entries_in(entry: Any) -> Iterator[Any]:
    """The single numbers, or the leaves, of an entry: itself, or those within a row, however nested."""
    entry = as_nest(entry)
    if is_row(entry):
        for part in entry:
            yield from entries_in(part)
    else:
        yield entry


def numbers_in(entry: Any) -> list[float]:
    entry = as_nest(entry)
    return [float(number) for number in entry] if is_flat(entry) else [as_float(number) for number in entries_in(entry)]


def not_finite_in(entry: Any) -> Iterator[float]:
    """The numbers of an entry that are nan or infinite; it may hold other things too."""
    entry = as_nest(entry)
    if is_flat(entry):
        if not all(map(math.isfinite, entry)):
            yield from itertools.filterfalse(math.isfinite, entry)
    elif is_row(entry):
        for part in entry:
            yield from not_finite_in(part)
    elif isinstance(entry, Real) and not math.isfinite(entry):
        yield float(entry)


def paths_in(entry: Any, path: Path = ()) -> Iterator[Path]:
    """The paths to the numbers, in the order of `entries_in`."""
    entry = as_nest(entry)
    if is_row(entry):
        for index, part in enumerate(entry):
            yield from paths_in(part, (*path, index))
    else:
        yield path


def nearest_path(entry: Any, path: Path) -> Path | None:
    """The path itself, or in a shorter nest that to the same number of its last part; None where that is empty."""
    found, entry, wanted = [], as_nest(entry), iter(path)
    while is_row(entry):
        if not len(entry):
            return None
        index = min(next(wanted, 0), len(entry) - 1)
        found.append(index)
        entry = as_nest(entry[index])
    return tuple(found)


def mapped(entry: Any, change: Callable[[Any, Path], Any], path: Path = ()) -> Any:
    """The same nest, with what `change` makes of each number and its path."""
    if not is_row(entry):
        return change(entry, path)
    if hasattr(entry, "astype"):  # an array of NumPy
        array = entry.astype(object)
        array.flat = [change(number, (*path, *place)) for number, place in zip(entries_in(entry), paths_in(entry), strict=True)]
        return array
    parts = [mapped(part, change, (*path, index)) for index, part in enumerate(as_nest(entry))]
    return tuple(parts) if isinstance(entry, tuple) else WatchedClasses(parts) if isinstance(entry, WatchedClasses) else parts


def shape_of(entry: Any) -> Any:
    """The length of a row; of nested rows the shape of each."""
    if not is_row(entry):
        return ()
    entry = as_nest(entry)
    if is_flat(entry):
        return (len(entry),)
    parts = tuple(shape_of(part) for part in entry)
    return (len(parts), *(() if parts == ((),) * len(parts) else (parts,)))
