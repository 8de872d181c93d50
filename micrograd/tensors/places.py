"""Regular sequences of places: on which axes, and with which strides, a sequence counts through an array.

>>> import numpy as np
>>> factors(np.array([0, 4, 8, 1, 5, 9]))
[(2, 1), (3, 4)]
>>> strides_on(np.array([0, 4, 8, 1, 5, 9]), (2, 3))
(0, (1, 4))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

Axes: TypeAlias = tuple[int, ...]
Places: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"


def contiguous(axes: Sequence[int]) -> Axes:
    """The strides of an array that lies in memory without gaps; 0 for an axis of length 1.

    >>> contiguous((2, 1, 3))
    (3, 0, 1)
    """
    strides, size = [], 1
    for length in reversed(axes):
        strides.append(size if length > 1 else 0)
        size *= length
    return tuple(reversed(strides))


def along(axis: int, axes: Sequence[int]) -> Axes:
    """The shape in which a sequence lies along one of the axes."""
    return tuple([-1 if k == axis else 1 for k in range(len(axes))])


def places_of(base: int, strides: Sequence[int], axes: Sequence[int]) -> Places:
    """The place base + stride * index of each element.

    >>> places_of(1, (2, 0), (3, 2)).tolist()
    [[1, 1], [3, 3], [5, 5]]
    """
    places: Any = np.int64(base)
    for axis, (length, stride) in enumerate(zip(axes, strides, strict=True)):
        places = places + stride * np.arange(length).reshape(along(axis, axes))
    return np.broadcast_to(places, tuple(axes))


def factors(places: Places) -> list[tuple[int, int]] | None:
    """(length, stride) of the nested axes on which the places are affine, the outermost first; None if there are none."""
    if len(places) == 1:
        return []
    steps = np.diff(places)
    changes = steps != steps[0]
    run = int(changes.argmax()) + 1
    if run == 1 and not changes[0]:
        return [(len(places), int(steps[0]))]
    if run == 1 or len(places) % run:
        return None
    blocks = places.reshape(-1, run)
    if not (blocks - blocks[:, :1] == blocks[0] - blocks[0, 0]).all():
        return None
    outer = factors(blocks[:, 0])
    return None if outer is None else [*outer, (run, int(steps[0]))]


def cuts_of(lengths: Iterable[int]) -> set[int]:
    """Where axes of these lengths cut a sequence: the sizes of their blocks."""
    cuts, size = set(), 1
    for length in reversed(list(lengths)):
        size *= length
        cuts.add(size)
    return cuts


def axes_of(columns: Sequence[Places | None], count: int, cuts: Iterable[int] = ()) -> tuple[Axes, list[bool]]:
    """Axes for so many elements on which as many of the columns of places as can be are affine, and which these are.

    The axes divide those that `cuts` stand for. A column of None is a number, which is everywhere the same.
    """
    chosen, affine = {*cuts, count}, []
    for column in columns:
        found = [] if column is None else factors(column)
        wanted = chosen if found is None else chosen | cuts_of([length for length, _ in found])
        divide = found is not None and all(large % small == 0 for small, large in pairwise(sorted(wanted)))
        if divide:
            chosen = wanted
        affine.append(divide)
    sizes = [1, *sorted(chosen - {1})]
    return tuple([large // small for small, large in pairwise(sizes)][::-1]), affine


def strides_on(places: Places, axes: Sequence[int]) -> tuple[int, Axes] | None:
    """Base and strides of the places on these axes, or None where they are not affine or one of them is -1, a zero."""
    table = places.reshape(tuple(axes))
    base = int(table.flat[0])
    strides = [int(table[tuple([int(k == axis) for k in range(len(axes))])]) - base if length > 1 else 0
               for axis, length in enumerate(axes)]  # fmt: skip
    same = bool((places_of(base, strides, axes) == table).all()) and int(table.min()) >= 0
    return (base, tuple(strides)) if same else None
