"""Scalars that are alike become one array, and where its operands stand in other arrays becomes a view of each.

A group is what has one colour; groups never depend on each other. Leaves that stand in one slot of one group are one array.
The place of each operand in its array is looked at as a sequence: where it is affine on common axes it is a slice, a
transpose, a broadcast or a window, and else a table. Nothing here looks at labels.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, TypeAlias

import numpy as np

from micrograd import ops
from micrograd.ops import Reduction
from micrograd.tensors.arrays import Array, ArrayProgram, View, known
from micrograd.tensors.places import Axes, Places, axes_of, contiguous, cuts_of, strides_on
from micrograd.tensors.scalars import Scalars
from micrograd.tensors.unions import Unions

MOST_PARTS: Final = 8
END: Final = -2  # fills up the sides of a shorter reduction: a zero

Resolved: TypeAlias = "tuple[Array | None, Any]"  # an array and the places of the operands in it; or None and a number


@dataclass
class Fit:
    """Views of the operands of a group on common axes, the last `reduced` of them summed."""

    views: list[View]
    axes: Axes
    reduced: int
    order: Places  # of the members

    @property
    def tables(self) -> int:
        return sum(view.table is not None for view in self.views)

    @property
    def backwards(self) -> int:
        return sum(1 for view in self.views if view.strides and min(view.strides) < 0)


class Groups:
    """The arrays made so far, and for each scalar its array and its place in it."""

    def __init__(self, scalars: Scalars) -> None:
        self.scalars = scalars
        self.arrays: list[Array] = []
        self.array_of = np.full(len(scalars.ops), -1)
        self.place_of = np.zeros(len(scalars.ops), dtype=np.int64)
        self.joined: dict[tuple[int, ...], Array] = {}
        self.is_constant = np.zeros(len(scalars.ops), dtype=bool)
        self.is_constant[list(scalars.numbers)] = True

    def add(self, array: Array) -> Array:
        self.array_of[array.members] = len(self.arrays)
        self.place_of[array.members] = np.arange(len(array.members))
        self.arrays.append(array)
        return array

    def view_of(self, scalar: int) -> View:
        if scalar in self.scalars.numbers:
            return View(None, (), number=self.scalars.numbers[scalar])
        return View(self.arrays[self.array_of[scalar]], (), int(self.place_of[scalar]), ())

    # ---- groups

    def found(self, outputs: Sequence[int]) -> list[list[int]]:
        """The groups of what the outputs need, each after those that it reads."""
        scalars = self.scalars
        needed, seen = bytearray(len(scalars.ops)), set()
        for output in outputs:
            needed[output] = 1
        groups: dict[int, list[int]] = defaultdict(list)
        for scalar in range(len(scalars.ops) - 1, scalars.leaves - 1, -1):
            if needed[scalar] and scalars.ops[scalar] is not None:
                groups[scalars.colours[scalar]].append(scalar)
                for side in scalars.sides[scalar]:
                    if len(side) == 1 or id(side) not in seen:
                        seen.add(id(side))
                        for operand in side:
                            needed[operand] = 1
        split = [part for members in groups.values() for part in self.by_length(members[::-1])]
        return sorted(split, key=lambda members: (scalars.heights[members[0]], members[0]))

    def by_length(self, members: list[int]) -> list[list[int]]:
        """Reductions of different lengths are apart, unless they share operands and padding costs at most 3 times as much."""
        sides = self.scalars.sides
        lengths: dict[int, list[int]] = defaultdict(list)
        for member in members:
            lengths[len(sides[member][0])].append(member)
        if len(lengths) == 1 or self.scalars.ops[members[0]] is ops.logsumexp:
            return list(lengths.values())
        padded = max(lengths) * len(members)
        real = sum(length * len(part) for length, part in lengths.items())
        if self.scalars.ops[members[0]] is ops.total:
            return [members] if padded <= 2 * real else list(lengths.values())
        read = [[set(chain.from_iterable(sides[m][k] for m in part)) for k in range(2)] for part in lengths.values()]
        shared = all(any(a & b for other in read if other is not mine for a, b in zip(mine, other, strict=True)) for mine in read)
        return [members] if shared and padded <= 3 * real else list(lengths.values())

    def columns(self, members: Sequence[int]) -> list[Places]:
        """For each operand the scalars of all members, one row each: a single one, or a sequence filled up to the longest."""
        columns = []
        for sides in zip(*[self.scalars.sides[member] for member in members], strict=True):
            longest = max(map(len, sides))
            if all(side is sides[0] for side in sides):
                columns.append(np.broadcast_to(np.array(sides[0]), (len(members), longest)))
            else:
                filled = sides if min(map(len, sides)) == longest else [(*s, *[END] * (longest - len(s))) for s in sides]
                flat = np.fromiter(chain.from_iterable(filled), dtype=np.int64, count=len(members) * longest)
                columns.append(flat.reshape(len(members), longest))
        return columns

    def group(self, members: Sequence[int], columns: Sequence[Places]) -> None:
        """Add the array of these members; or several, of those that nothing joins, where that makes them regular."""
        op = self.scalars.ops[members[0]]
        fit = self.best_fit(members, columns)
        if fit.tables and len(members) > 1 and (parts := self.regular_parts(members)):
            for part, its_columns in parts:
                self.group(part, its_columns)
            return
        assert op is not None  # noqa: S101
        rows = any(view.rows for view in fit.views)
        shape = fit.axes[: len(fit.axes) - fit.reduced]
        array = Array(op.symbol, shape, rows, fit.views, fit.reduced, op=op, members=np.array(members)[fit.order])
        known(array)  # to the rules, which may compute the same again
        self.add(array)

    def best_fit(self, members: Sequence[int], columns: Sequence[Places]) -> Fit:
        """The views in the order of the members in which the fewest are tables: that of creation, or one by the places."""
        reduction = isinstance(self.scalars.ops[members[0]], Reduction)
        if reduction and len(members) == 1:
            columns = self.by_array(columns)
        resolved: Sequence[Resolved] = [self.resolve(column) for column in columns]
        if reduction:
            resolved = in_ascending_order(resolved)
        count = len(members)
        keys = [places[:, 0] for source, places in resolved if source is not None]
        orders = [np.arange(count), *([np.lexsort(keys[::-1]), np.lexsort(keys)] if count > 1 and keys else [])]
        fits = []
        for order in orders:
            fits.append(fitted(resolved, order, columns[0].shape))
            if not fits[-1].tables and not fits[-1].backwards:
                break
        return min(fits, key=lambda fit: (fit.tables, fit.backwards, len(fit.axes)))

    def by_array(self, columns: Sequence[Places]) -> Sequence[Places]:
        """The terms of one sum over several arrays, array by array."""
        if not any(len(np.unique(self.array_of[column])) > 1 for column in columns):
            return columns
        keys = [key for column in columns for key in (self.array_of[column[0]], self.place_of[column[0]])]
        order = np.lexsort(keys[::-1])
        return [column[:, order] for column in columns]

    def regular_parts(self, members: Sequence[int]) -> list[tuple[list[int], list[Places]]] | None:
        """The members by what they share operands with, if each part is free of tables."""
        joined: Unions[int] = Unions()
        for member in members:
            for operand in chain.from_iterable(self.scalars.sides[member]):
                joined.unite(operand, member)  # which is never an operand of the others, since groups do not depend on themselves
        parts = joined.sets(members)
        if not 1 < len(parts) <= MOST_PARTS or min(map(len, parts)) == 1:
            return None
        found = [(part, self.columns(part)) for part in parts]
        regular = all(not fitted([*map(self.resolve, c)], np.arange(len(part)), c[0].shape).tables for part, c in found)
        return found if regular else None

    # ---- where operands stand

    def resolve(self, column: Places) -> Resolved:
        """The array of these scalars and their places in it. Several arrays are joined; one and the same constant is a number."""
        wide = column.strides[0] == 0 and len(column) > 1  # all members share one sequence
        flat = column[0] if wide else column.ravel()
        real = flat[flat != END]
        constant = self.is_constant[real]
        if constant.any():
            numbers = np.unique(real[constant]).tolist()
            if len(numbers) == 1 and constant.all() and len(real) == len(flat):
                return None, self.scalars.numbers[numbers[0]]
            if new := [scalar for scalar in numbers if self.array_of[scalar] < 0]:
                values = np.array([self.scalars.numbers[scalar] for scalar in new])
                self.add(Array("numbers", (len(new),), members=np.array(new), numbers=values))
        found = self.array_of[real]
        offsets = np.zeros(len(self.arrays), dtype=np.int64)
        if (found == found[0]).all():
            source = self.arrays[found[0]]
        else:
            key = tuple(dict.fromkeys(found.tolist()))
            sizes = [self.arrays[index].size for index in key]
            offsets[list(key)] = np.cumsum([0, *sizes[:-1]])
            if key not in self.joined:
                self.joined[key] = joined([self.arrays[index] for index in key])
            source = self.joined[key]
        places = np.full(len(flat), -1)
        places[flat != END] = self.place_of[real] + offsets[found]
        return source, np.broadcast_to(places, column.shape) if wide else places.reshape(column.shape)

    # ---- leaves

    def leaf_arrays(self, kind: str, leaves: Sequence[int], owners: Places) -> list[Array]:
        """The leaves by their owners; one that nothing reads goes with its neighbour."""
        owners = owners.copy()
        owned = owners[owners >= 0]
        for place in np.flatnonzero(owners < 0).tolist():
            owners[place] = owners[place - 1] if place else next(iter(owned.tolist()), -1)
        members = np.array(leaves, dtype=np.int64)
        arrays = []
        for owner in dict.fromkeys(owners.tolist()):
            mine = members[owners == owner]
            arrays.append(self.add(Array(kind, (len(mine),) if len(mine) > 1 else (), kind == "input", members=mine)))
        return arrays


def owners_of(slots: Sequence[tuple[Places, bool]], leaves: int) -> Places:
    """For each leaf the slot that it stands in: slots with a leaf in common are one. -1 for a leaf that stands in none.

    A weak slot, of one sum over everything such as a penalty, unites only what no other slot has.
    """
    joined: Unions[int] = Unions()
    owner = np.full(leaves, -1)
    for number, (column, weak) in enumerate(sorted(slots, key=lambda slot: slot[1])):
        column = column[0] if column.strides[0] == 0 else column.ravel()
        column = column[(column >= 0) & (column < leaves)]
        owners = [index for index in np.unique(owner[column]).tolist() if index >= 0]
        if weak and (len(owners) > 1 or (owners and (owner[column] < 0).any())):
            column = column[owner[column] < 0]
            owners = []
        for index in owners:
            joined.unite(number, index)
        owner[column] = number
    roots = np.array([joined.root(number) for number in range(len(slots))] + [-1])
    return roots[owner]


def joined(arrays: Sequence[Array]) -> Array:
    """One array that holds these, one after the other: a stack of those of one shape."""
    alike = len({array.shape for array in arrays}) == 1
    shape = (len(arrays), *arrays[0].shape) if alike else (sum(array.size for array in arrays),)
    starts = np.cumsum([0, *[array.size for array in arrays]]).tolist()
    targets = [(start, contiguous(array.shape)) for start, array in zip(starts, arrays)]
    rows = any(array.rows for array in arrays)
    return Array("place", shape, rows, [array.view() for array in arrays], targets=targets)


def in_ascending_order(resolved: Sequence[Resolved]) -> Sequence[Resolved]:
    """The terms of a sum in the order of their places, where the first member has them in another."""
    tables = [places for source, places in resolved if source is not None]
    if any((places < 0).any() for places in tables) or not any((np.diff(places[0]) < 0).any() for places in tables):
        return resolved
    order = np.lexsort([places[0] for places in tables])
    return [(source, places if source is None else places[:, order]) for source, places in resolved]


def fitted(resolved: Sequence[Resolved], order: Places, shape: tuple[int, ...]) -> Fit:
    """Views of the operands, the members in this order, on axes on which as many as can be are affine.

    The axes of the members and those of the terms are found apart: a matrix of places is affine on both if it is the sum of
    its first column and its first row, and these are.
    """
    count, terms = shape
    plain = bool((order == np.arange(count)).all())
    matrices = [None if source is None else places if plain or places.strides[0] == 0 else places[order]
                for source, places in resolved]  # fmt: skip
    split = [matrix is not None and is_outer_sum(matrix) for matrix in matrices]
    firsts = [matrix[:, 0] if matrix is not None and good else None for matrix, good in zip(matrices, split)]
    inners = [matrix[0] if matrix is not None and good else None for matrix, good in zip(matrices, split)]
    outer, good_outer = axes_of(firsts, count, natural_cuts(resolved, firsts))
    inner, good_inner = axes_of(inners, terms, natural_cuts(resolved, inners)) if terms > 1 else ((), split)
    axes = outer + inner
    views = []
    for (source, number), matrix, first, row, good in zip(
        resolved, matrices, firsts, inners, map(all, zip(split, good_outer, good_inner)), strict=True
    ):
        affine = None
        if matrix is None:
            views.append(View(None, axes, number=number))
            continue
        if good and first is not None and row is not None:
            over, within = strides_on(first, outer), strides_on(row, inner)
            affine = over and within and (over[0], over[1] + within[1])
        views.append(View(source, axes, *affine) if affine else View(source, axes, table=matrix.reshape(axes)))
    return Fit(views, axes, len(inner), order)


def is_outer_sum(places: Places) -> bool:
    """Whether each row is the first one, moved."""
    if places.strides[0] == 0 or places.shape[1] == 1:
        return bool((places[0] >= 0).all())
    return bool((places >= 0).all() and (places - places[:, :1] == places[0] - places[0, 0]).all())


def natural_cuts(resolved: Sequence[Resolved], columns: Sequence[Places | None]) -> set[int]:
    """The axes of a source that is read as a whole, in order: they are kept."""
    cuts: set[int] = set()
    for (source, _), column in zip(resolved, columns, strict=True):
        if source is None or column is None or source.size != len(column):
            continue
        if len(column) > 1 and (column == np.arange(len(column))).all():
            cuts |= cuts_of(source.shape)
    return cuts


def fold_scalars(scalars: Scalars, outputs: Sequence[int], parameters: int, inputs: int, weighted: bool = False) -> ArrayProgram:
    """The array program of the outputs; the first scalars are so many parameters, so many inputs, and then the share of a row.

    If the rows are weighted, each has a share of its own.
    """
    groups = Groups(scalars)
    found = [(members, groups.columns(members)) for members in groups.found(outputs)]
    slots = [(column, len(members) == 1 and isinstance(scalars.ops[members[0]], Reduction))
             for members, columns in found for column in columns]  # fmt: skip
    owners = owners_of(slots, scalars.leaves)
    program = ArrayProgram(
        parameters=groups.leaf_arrays("parameter", range(parameters), owners[:parameters]),
        inputs=groups.leaf_arrays("input", range(parameters, parameters + inputs), owners[parameters : parameters + inputs]),
        share=groups.add(Array("share", (), weighted, members=np.arange(parameters + inputs, scalars.leaves))),
        rows=Array("rows", ()),
        outputs=[],
        scalars=scalars,
    )
    for members, columns in found:
        groups.group(members, columns)
    for array in groups.arrays:
        for view in array.operands:
            give_natural_shape(view)
    program.outputs = [groups.view_of(output) for output in outputs]
    return program


def give_natural_shape(view: View) -> None:
    """A leaf gets the shape of the first view that shows all of it, in order but for a permutation of the axes."""
    leaf = view.source
    if leaf is None or leaf.kind not in ("parameter", "input") or len(leaf.shape) != 1 or not view.strides:
        return
    moving = sorted([(stride, length) for stride, length in zip(view.strides, view.axes, strict=True) if stride], reverse=True)
    shape = tuple([length for _, length in moving])
    strides = tuple([stride for stride, _ in moving])
    if len(shape) > 1 and math.prod(shape) == leaf.size and strides == contiguous(shape):
        leaf.shape = shape
