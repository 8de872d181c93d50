"""Where each array lies that has a place in memory, and where the parameters of a graph do.

Numbers of the rows are in panels, [element][row of the panel]; there are panels of data and, for one strip of them, panels to
work in. Single numbers lie one after the other. In each of these regions one number is 0.0 and stays so: what a view shows of
an array at the place -1. The number after it is written to where nothing is to be written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from micrograd.compiler.llvm.kernel import Shape
from micrograd.compiler.llvm.loops.plan import Plan
from micrograd.tensors.arrays import LEAVES, Array, ArrayProgram, Target, View
from micrograd.tensors.places import contiguous

DATA, PARAMETERS, MEMORY, NUMBERS, SUMS = "%here", "%parameters", "%memory", "%numbers", "%sums"


@dataclass(frozen=True)
class Home:
    """`element` of the region `base`, in panels where the array has rows, and the element there that is a zero."""

    base: str
    element: int
    zero: int


def padded(count: int, lanes: int) -> int:
    return -(-count // lanes) * lanes


class Memory:
    """The homes of all arrays that have one, and the sizes of the regions.

    The parameters of which there are `slopes` come first, each array padded to whole vectors; the slopes are summed in the
    same places.
    """

    def __init__(self, program: ArrayProgram, plan: Plan, shape: Shape, slopes: Mapping[Array, View]) -> None:
        self.plan = plan
        self.homes: dict[Array, Home] = {}
        self.inside = inner_places([array for array in plan.arrays if array.rows and array in plan.kept])
        self.moved, self.size, self.parameters = self.place_parameters(program.parameters, shape.lanes, slopes)
        self.room, self.columns = self.place_data(program)
        self.panel = self.place_panels()
        self.numbers = self.place_numbers(self.ends(program.loss, slopes), shape.lanes)
        self.panel_bytes, self.data_bytes = 8 * self.panel * shape.rows, 8 * self.room * shape.rows

    def place_parameters(self, arrays: Iterable[Array], lanes: int, moving: Collection[Array]) -> tuple[int, int, list[int]]:
        at, moved = 0, 0
        places: dict[int, int] = {}
        for array in sorted(arrays, key=lambda array: array not in moving):
            self.homes[array] = Home(PARAMETERS, at, 0)
            places |= dict(zip(array.members.tolist(), range(at, at + array.size), strict=True))
            at += padded(array.size, lanes)
            if array in moving:
                moved = at
        for array in arrays:
            self.homes[array] = replace(self.homes[array], zero=at)
        return moved, at + lanes, [places[number] for number in range(len(places))]

    def place_data(self, program: ArrayProgram) -> tuple[int, list[int]]:
        count, at, columns = len(self.parameters), 0, dict[int, int]()
        leaves = [*program.inputs, *([program.share] if program.share.rows else [])]
        zero = sum(array.size for array in leaves)
        for array in leaves:
            self.homes[array] = Home(DATA, at, zero)
            columns |= {number - count: at + k for k, number in enumerate(array.members.tolist())}
            at += array.size
        return zero + 1, [columns[number] for number in sorted(columns)]

    def place_panels(self) -> int:
        arrays = [array for array in self.plan.arrays if array.rows and array in self.plan.kept]
        zero = sum(array.size for array in arrays if array not in self.inside)
        at = 0
        for array in arrays:
            if array not in self.inside:
                self.homes[array] = Home(MEMORY, at, zero)
                at += array.size
        for array in reversed(arrays):  # a place may lie in another one, which is made later
            if array in self.inside:
                place, start = self.inside[array]
                self.homes[array] = Home(MEMORY, self.homes[place].element + start, zero)
        return zero + 2

    def place_numbers(self, ends: Mapping[Array, int], lanes: int) -> int:
        arrays = [array for array in self.plan.arrays if not array.rows and array in self.plan.kept]
        zero = sum(padded(array.size, lanes) for array in arrays if array not in ends)
        at = 0
        for array in arrays:
            if array in ends:
                self.homes[array] = Home(SUMS, ends[array], 0)
            else:
                self.homes[array] = Home(NUMBERS, at, zero)
                at += padded(array.size, lanes)
        return zero + 2

    def ends(self, loss: View | None, slopes: Mapping[Array, View]) -> dict[Array, int]:
        """The arrays that are a result as they lie, and nothing else: they are summed in its place."""
        places = [(view, self.homes[array].element) for array, view in slopes.items()]
        if loss is not None:
            places.append((loss, self.moved))
        results = Counter([view.source for view, _ in places])
        read = {read for array in self.plan.arrays for read in self.plan.read_by(array)}
        return {
            view.source: place
            for view, place in places
            if view.source is not None and view.whole and results[view.source] == 1 and view.source not in read
            and view.source.kind not in LEAVES
        }  # fmt: skip

    def zero(self, array: Array) -> int:
        """The index in it that shows a number which is always 0.0."""
        home = self.homes.get(array)
        return home.zero - home.element if home else array.size

    def nowhere(self, array: Array) -> int:
        """The index in it at which may be written what nobody reads."""
        return self.zero(array) + 1


def inner_places(arrays: Sequence[Array]) -> dict[Array, tuple[Array, int]]:
    """The arrays that a place puts somewhere as they are, with that place and where: they are computed there at once."""
    found: dict[Array, tuple[Array, int]] = {}
    own = set(arrays)
    for array in arrays:
        if array.kind == "place" and not overlaps(array):
            for view, target in zip(array.operands, array.targets, strict=True):
                start = start_of(view, target)
                if start is not None and view.source in own:
                    found.setdefault(view.source, (array, start))
    return found


def start_of(view: View, target: Target) -> int | None:
    """Where in a place all of an array begins that is put there as it lies."""
    as_it_lies = view.whole and isinstance(target, tuple) and target[1] == contiguous(view.axes)
    return target[0] if as_it_lies else None


def overlaps(array: Array) -> bool:
    """Whether a place puts several numbers in one element, where they are added up."""
    shown = np.concatenate([places[places >= 0] for _, places in array.placed()])
    return len(np.unique(shown)) < len(shown)
