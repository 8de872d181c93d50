"""A view as a reader writes it: slices, steps, windows and transposes of its array; else what a table of places takes.

>>> from micrograd.tensors.arrays import Array, View
>>> from micrograd.tensors.terms import Name
>>> matrix = Array("parameter", (4, 3))
>>> column = read(View(matrix, (4,), 1, (3,)), Name(matrix), Tables())
>>> column.term.places, column.axes
((slice(None, None, None), 1), (0,))
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from micrograd.tensors.arrays import View
from micrograd.tensors.places import Axes, Places
from micrograd.tensors.terms import ROWS, Broadcast, Index, Number, Permute, Place, Reshape, Table, Take, Term, Windows

WHOLE = slice(None)


class Reading(NamedTuple):
    """A view as a term, and which axis of the view each axis of the term is; ROWS is that of the rows.

    It has only the axes along which the view changes.
    """

    term: Term
    axes: tuple[int, ...]


class Moving(NamedTuple):
    """An axis of a view along which it changes."""

    axis: int
    length: int
    stride: int


@dataclass
class Tables:
    """The tables of places that a text needs, each once: I1, I2, ..."""

    tables: list[Table] = field(default_factory=list)

    def table(self, places: Places) -> Table:
        for known in self.tables:
            if np.array_equal(known.places, places):
                return known
        self.tables.append(Table(f"I{len(self.tables) + 1}", np.array(places)))
        return self.tables[-1]


def read(view: View, source: Term, tables: Tables) -> Reading:
    """The view of the array that `source` is a term of."""
    array = view.source
    if array is None:
        return Reading(Number(view.number or 0.0), ())
    kept = sorted(view.moving())
    if view.strides is None:
        return Reading(Take(source, tables.table(view.keep(kept).places()), array.rows), (*[ROWS] * array.rows, *kept))
    moving = [Moving(axis, view.axes[axis], view.strides[axis]) for axis in kept]
    backwards = [one.axis for one in moving if one.stride < 0]
    base = view.base + sum((one.length - 1) * one.stride for one in moving if one.stride < 0)
    moving = sorted([one._replace(stride=abs(one.stride)) for one in moving], key=lambda one: -one.stride)
    layouts = [(g, start, on_grid(g, base - start, moving)) for g, start in grids(array.shape, base, moving)]
    for grid, start, layout in sorted(layouts, key=lambda found: bool(found[2] and found[2].windows)):
        if layout is not None:
            found = laid_out(reshaped(source, array.shape, array.rows, grid, start), layout, array.rows)
            turned = tuple([slice(None, None, -1) if axis in backwards else WHOLE for axis in found.axes])
            return Reading(index(found.term, turned), found.axes)
    return Reading(Take(source, tables.table(view.keep(kept).places()), array.rows), (*[ROWS] * array.rows, *kept))


# ---------------------------------------------------------------------------------------------- the grid behind the strides


def grids(shape: Axes, base: int, moving: Sequence[Moving]) -> Iterator[tuple[Axes, int]]:
    """Axes to lay the array out on, and from which place: its own; those that the strides tell of; one long axis."""
    yield shape, 0
    size = math.prod(shape)
    strides = sorted({one.stride for one in moving}, reverse=True)
    # A stride that another axis steps over is not of the grid: it is a step.
    strides = [s for s in strides if not any(m.stride < s <= (m.length - 1) * m.stride for m in moving)]
    if strides and all(large % small == 0 for large, small in pairwise(strides)):
        inner = (*[large // small for large, small in pairwise(strides)], *[strides[-1]] * (strides[-1] > 1))
        if size % strides[0] == 0:
            yield (size // strides[0], *inner), 0
        longest = max(one.length for one in moving if one.stride == strides[0])
        if base + longest * strides[0] <= size:
            yield (longest, *inner), base
    yield (size,), 0


class Layout(NamedTuple):
    """What of each axis of a grid is read, which axis of the view that is, and which windows there are."""

    places: tuple[Place, ...]
    axes: tuple[int, ...]
    windows: tuple[Window, ...]


class Window(NamedTuple):
    """A window of so many numbers along an axis, started at every step; `axis` is that of the view along the window."""

    along: int
    size: int
    step: int
    axis: int


def on_grid(grid: Axes, base: int, moving: Sequence[Moving]) -> Layout | None:
    """How the view lies on the grid; None if it does not."""
    steps = [math.prod(grid[k + 1 :]) for k in range(len(grid))]
    chosen: list[list[Moving]] = [[] for _ in grid]
    for one in moving:
        at = next((k for k, step in enumerate(steps) if step <= one.stride and grid[k] > 1), None)
        if at is None or one.stride % steps[at]:
            return None
        chosen[at].append(one._replace(stride=one.stride // steps[at]))
    places: list[Place] = []
    axes: list[int] = []
    windows: list[Window] = []
    for length, step, those in zip(grid, steps, chosen, strict=True):
        start, base = divmod(base, step)
        if not those:
            places.append(start)
            continue
        place, *offsets = sorted(those, key=lambda one: (-one.stride, -one.length))
        span = (place.length - 1) * place.stride + 1
        if offsets:
            (offset,) = offsets if len(offsets) == 1 else (None,)
            if offset is None or offset.stride != 1:
                return None
            span += offset.length - 1
            windows.append(Window(len(axes), offset.length, place.stride, offset.axis))
        if start + span > length:
            return None
        step = 1 if offsets else place.stride
        ends = start + span + step - 1 >= length
        places.append(slice(start or None, None if ends else start + span, None if step == 1 else step))
        axes.append(place.axis)
    return Layout(tuple(places), tuple(axes), tuple(windows))


def reshape(term: Term, shape: tuple[int, ...]) -> Term:
    """The term on other axes; of one number everywhere that is the number on these."""
    if isinstance(term, Broadcast) and isinstance(term.of, Number):
        return Broadcast(term.of, shape, term.count)
    return Reshape(term.of if isinstance(term, Reshape) else term, shape)


def reshaped(source: Term, shape: Axes, rows: bool, grid: Axes, start: int) -> Term:
    """The array, or its part from that place on, on the axes of the grid."""
    if grid == shape:
        return source
    size, wanted = math.prod(shape), math.prod(grid)
    lead = (ROWS,) * rows
    if wanted == size:
        return reshape(source, (*lead, *grid))
    flat = source if len(shape) == 1 else reshape(source, (*lead, size))
    stop = None if start + wanted == size else start + wanted
    part = index(flat, (*[WHOLE] * rows, slice(start or None, stop)))
    return part if len(grid) == 1 else reshape(part, (*lead, *grid))


def laid_out(grid: Term, layout: Layout, rows: bool) -> Reading:
    """What the layout reads of the array on its grid."""
    term = index(grid, (*[WHOLE] * rows, *layout.places))
    axes = (*[ROWS] * rows, *layout.axes)
    if layout.windows:
        along = tuple([rows + window.along for window in layout.windows])
        term = Windows(term, along, tuple([window.size for window in layout.windows]))
        steps = {rows + window.along: window.step for window in layout.windows if window.step > 1}
        term = index(term, tuple([slice(None, None, steps[k]) if k in steps else WHOLE for k in range(len(axes))]))
        axes = (*axes, *[window.axis for window in layout.windows])
    return Reading(term, axes)


# ---------------------------------------------------------------------------------------------- other axes


def index(term: Term, places: tuple[Place, ...]) -> Term:
    """Those places of the term: nothing is written for whole axes at the end, and one index for two."""
    while places and places[-1] == WHOLE:
        places = places[:-1]
    if not places:
        return term
    if isinstance(term, Index) and all(place is None or place == WHOLE for place in places):
        return Index(term.of, joined(term.places, places))
    return Index(term, places)


def joined(first: Sequence[Place], second: Sequence[Place]) -> tuple[Place, ...]:
    """An index, and one after it that only puts new axes in between."""
    left, places = list(first), list[Place]()
    for place in second:
        if place is None:
            places.append(place)
            continue
        while left and isinstance(left[0], int):
            places.append(left.pop(0))
        places.append(left.pop(0) if left else WHOLE)
    return (*places, *left)


def ordered(reading: Reading, wanted: Sequence[int]) -> Term:
    """The term with its axes in this order."""
    if reading.axes == tuple(wanted):
        return reading.term
    return Permute(reading.term, tuple([reading.axes.index(axis) for axis in wanted]))


def spread(reading: Reading, axes: Sequence[int]) -> Term:
    """The term on these axes, those that it does not have of length 1; such axes in front are left out."""
    kept = [axis for axis in axes if axis in reading.axes]
    term = ordered(reading, kept)
    if not kept:
        return term
    behind = axes[list(axes).index(kept[0]) :]
    return index(term, tuple([WHOLE if axis in kept else None for axis in behind]))
