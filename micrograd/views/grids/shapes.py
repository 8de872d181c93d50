"""Where the cells of a picture stand, found out from the windows that read it.

Leaves that are numbered by their labels are in reading order. Where they are not, windows that overlap tell the order: there is
a shape of the window with which each leaf has one place, and each place one leaf.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from micrograd.engine import Value
from micrograd.views.grids.neurons import is_learned

NUMBERS = re.compile(r"(\d+)")


class Shape(NamedTuple):
    """Cells are listed by channel, row and column. A sequence has its features as channels and one row, with time from left to
    right.
    """

    channels: int
    rows: int
    columns: int

    @property
    def size(self) -> int:
        return self.channels * self.rows * self.columns

    def place(self, cell: int) -> tuple[int, int, int]:
        """Channel, row and column of the cell with that number."""
        channel, rest = divmod(cell, self.rows * self.columns)
        return channel, *divmod(rest, self.columns)


class View(NamedTuple):
    """Windows on a picture, in reading order, and each of them in the order channel, row, column."""

    windows: list[list[int]]
    window: Shape
    dilation: tuple[int, int]
    rows: int
    columns: int
    places: list[int]  # which of the windows given stands at each place
    order: list[int]  # and which of its cells


Leaves = Sequence[Sequence[Value]]
Windows = Sequence[Sequence[int]]
Run = tuple[int, int]  # how many cells follow each other, and how far apart


# --------------------------------------------------------------------------------------------------------------
# The input: which leaf stands where
# --------------------------------------------------------------------------------------------------------------


def picture_of(windows: Leaves, names: Mapping[Value, str]) -> tuple[list[Value], Shape]:
    """The leaves in the order of their places, and the shape.

    Windows of no common form are frames of a sequence, and so are parameters, such as the numbers that stand for a letter.
    """
    order = list(dict.fromkeys(leaf for window in windows for leaf in window))
    if len(set(map(tuple, windows))) == len(windows) and not any(is_learned(leaf) for leaf in order):
        order = numbered(order, names) or overlapping(windows) or order
        number = {leaf: place for place, leaf in enumerate(order)}
        read = sorted([number[leaf] for leaf in window] for window in windows)
        if len({tuple([place - window[0] for place in window]) for window in read}) == 1:
            shape = shape_of([place - read[0][0] for place in read[0]], [window[0] for window in read], len(order))
            if isinstance(shape, Shape):
                return order, shape
            if shape:
                return [leaf for feature in range(shape) for leaf in order[feature::shape]], Shape(shape, 1, len(order) // shape)
    return [leaf for position in zip(*windows, strict=True) for leaf in position], Shape(len(windows[0]), 1, len(windows))


def shape_of(offsets: Sequence[int], starts: Sequence[int], count: int) -> Shape | int | None:
    """The shape of a picture of so many cells; or of a sequence, in which frame follows frame, the features of one."""
    runs = runs_of(offsets)
    step = math.gcd(*starts)
    if runs is None or len(runs) > 3:
        return None
    (width, apart), *outer = runs
    features = step if not outer else width
    if apart == 1 and features > 1 and step and not any(n % features for n in (step, count, width, *[far for _, far in outer])):
        contiguous = len(starts) == (count - offsets[-1] - 1) // features + 1
        if len(outer) < 2 and contiguous:
            return features
    if not outer:
        return Shape(1, 1, count)
    columns = outer[0][1] // apart
    size = outer[1][1] if len(outer) == 2 else count
    if outer[0][1] % apart or count % columns or size % columns or (width - 1) * apart >= columns:
        return None
    if len(outer) == 1 and outer[0][0] * columns == count and max(starts) < columns:
        return Shape(count // columns, 1, columns)  # features that stand one below the other
    return Shape(count // size, size // columns, columns)


def runs_of(offsets: Sequence[int]) -> list[Run] | None:
    """The offsets as runs of runs, the innermost first; None if they are not regular.

    >>> runs_of([0, 1, 2, 8, 9, 10, 16, 17, 18])
    [(3, 1), (3, 8)]
    """
    runs: list[Run] = []
    while len(offsets) > 1 or not runs:
        apart = offsets[1] - offsets[0] if len(offsets) > 1 else 1
        length = next((n for n in range(1, len(offsets)) if offsets[n] - offsets[n - 1] != apart), len(offsets))
        starts = offsets[::length]
        if apart < 1 or list(offsets) != [start + apart * n for start in starts for n in range(length)]:
            return None
        runs.append((length, apart))
        offsets = starts
    return runs


def numbered(leaves: Sequence[Value], names: Mapping[Value, str]) -> list[Value] | None:
    """The leaves by the numbers in their labels; None if these do not tell them apart."""
    parts = [NUMBERS.split(names[leaf]) for leaf in leaves]
    keys = {leaf: tuple(map(int, part[1::2])) for leaf, part in zip(leaves, parts, strict=True)}
    if len({tuple(part[::2]) for part in parts}) > 1 or len(set(keys.values())) < len(leaves):
        return None
    return sorted(leaves, key=keys.__getitem__)


def overlapping(windows: Leaves) -> list[Value] | None:
    """The leaves in the order that overlapping windows tell; None if they do not."""
    if len({leaf for window in windows for leaf in window}) == sum(map(len, windows)):
        return None
    shapes = window_shapes(len(windows[0]))  # of which more than one may do, and then all tell the same order
    return next((laid for shape in shapes if (laid := laid_out(windows, shape))), None)


def window_shapes(count: int) -> Iterator[Shape]:
    """Every shape that so many cells can have."""
    for channels in range(1, count + 1):
        for rows in range(1, count // channels + 1):
            if count % (channels * rows) == 0:
                yield Shape(channels, rows, count // (channels * rows))


def laid_out(windows: Leaves, shape: Shape) -> list[Value] | None:
    """The leaves in order if windows have this shape."""
    offsets = [shape.place(cell) for cell in range(shape.size)]
    readers: dict[Value, list[tuple[int, int]]] = {}
    for number, window in enumerate(windows):
        for position, leaf in enumerate(window):
            readers.setdefault(leaf, []).append((number, position))
    corners, places, waiting = {0: (0, 0)}, dict[Value, tuple[int, int, int]](), deque([0])
    while waiting:
        number = waiting.popleft()
        top, left = corners[number]
        for leaf, (channel, down, right) in zip(windows[number], offsets, strict=True):
            if places.setdefault(leaf, (channel, top + down, left + right)) != (channel, top + down, left + right):
                return None
            for other, position in readers.pop(leaf, ()):
                if other not in corners:
                    _, down_there, right_there = offsets[position]
                    corners[other] = (top + down - down_there, left + right - right_there)
                    waiting.append(other)
    if len(corners) < len(windows) or len(set(places.values())) < len(places):
        return None
    return sorted(places, key=places.__getitem__)


def least_step(numbers: Iterable[int]) -> int:
    return min([after - before for before, after in pairwise(sorted(set(numbers)))], default=0)


# --------------------------------------------------------------------------------------------------------------
# What reads cells that have their places
# --------------------------------------------------------------------------------------------------------------


def view_of(windows: Windows, shape: Shape) -> View | None:
    """The windows as rows and columns of equal ones; None if they are not."""
    first = [shape.place(cell) for cell in windows[0]]
    order = sorted(range(len(first)), key=first.__getitem__)
    corners: dict[tuple[int, int], int] = {}
    forms = set()
    for number, window in enumerate(windows):
        cells = [shape.place(window[position]) for position in order]
        top, left = min(row for _, row, _ in cells), min(column for _, _, column in cells)
        corners[top, left] = number
        forms.add(tuple([(channel, row - top, column - left) for channel, row, column in cells]))
    rows, columns = (sorted({corner[axis] for corner in corners}) for axis in (0, 1))
    if len(forms) > 1 or not len(rows) * len(columns) == len(corners) == len(windows):
        return None
    form = forms.pop()
    axes = [sorted({cell[axis] for cell in form}) for axis in range(3)]
    window = Shape(*map(len, axes)) if math.prod(map(len, axes)) == len(form) else Shape(1, 1, len(form))
    places = [corners[corner] for corner in sorted(corners)]
    reordered = [[windows[place][position] for position in order] for place in places]
    dilation = (max(1, least_step(axes[1])), max(1, least_step(axes[2])))
    return View(reordered, window, dilation, len(rows), len(columns), places, order)
