"""Sums over the rows: of an array, or of the products of two, in tiles whose sums stay in registers over all panels of a strip.

Only at the end are the lanes of a sum added up, those of as many sums at a time as a vector has lanes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

import numpy as np

from micrograd.compiler.llvm.loops.elements import Elements, Operands, moves
from micrograd.compiler.llvm.loops.nests import Place, over_places, over_terms, sequences, size_of, tiles
from micrograd.compiler.llvm.loops.plan import term_axes, terms_of
from micrograd.compiler.llvm.loops.text import Index, Turn, along
from micrograd.compiler.llvm.tiles import IN_FLIGHT, STRAIGHT, gradient_tile, processor
from micrograd.tensors.arrays import Array
from micrograd.tensors.places import contiguous

FEW = 8  # sums of one operand alone that are added up at a time


@dataclass(frozen=True)
class Sides:
    """The axes of a tile: `long` ones are neighbours in memory where that can be, `short` ones belong to the other operand."""

    long: int | None
    short: int | None


def sides_of(array: Array) -> Sides:
    """The longest axes along which one operand moves alone; what is loaded of the other one then serves a whole tile."""
    strides, count = contiguous(array.shape), len(array.shape)
    alone = [
        [k for k in range(count) if array.shape[k] > 1 and all(moves(other, k) == (other is view) for other in array.operands)]
        for view in array.operands
    ]

    def merit(axis: int) -> tuple[bool, bool, int]:
        return array.shape[axis] % 4 == 0, strides[axis] == 1, array.shape[axis]

    long = max([k for axes in alone for k in axes], key=merit, default=None)
    others = [k for axes in alone if long not in axes for k in axes]
    return Sides(long, max(others, key=lambda k: array.shape[k], default=None))


@dataclass(frozen=True)
class Selection:
    """So many panels: all of a strip, or those whose numbers are in a list."""

    count: str | int
    listed: str = ""

    @contextmanager
    def turn(self, elements: Elements, carried: list[str]) -> Iterator[Turn]:
        """A loop over them; elements are then those of its panel."""
        before = elements.panel
        with elements.text.loop(self.count, elements.kind, carried) as turn:
            if self.listed:
                place = elements.text.address(self.listed, turn.index * 8)
                with elements.text.scope(elements.text.let(f"load i64, ptr {place}, align 8")) as elements.panel:
                    yield turn
            else:
                elements.panel = turn.index
                yield turn
        elements.panel = before


def write_row_sums(elements: Elements, arrays: Iterable[Array], panels: Selection) -> None:
    """Add each sum to what is at home; where there is one panel alone, it is written there. Small ones share a loop."""
    together: list[tuple[Array, Place]] = []
    for array in arrays:
        if array.size > FEW or terms_of(array) > 1:
            write_row_sum(elements, array, panels)
            continue
        if len(together) + array.size > FEW:
            write_together(elements, together, panels)
            together = []
        together += [(array, [Index(k) for k in place]) for place in np.ndindex(*array.shape)]
    if together:
        write_together(elements, together, panels)


def write_together(elements: Elements, spots: Sequence[tuple[Array, Place]], panels: Selection) -> None:
    elements.text.rest()
    elements.text.line(f"; summed over the rows: {', '.join(array.kind for array in dict.fromkeys(array for array, _ in spots))}")
    totals = summed(elements, spots, panels)
    for array in dict.fromkeys(array for array, _ in spots):
        mine = [number for number, (other, _) in enumerate(spots) if other is array]
        places, sums = [spots[number][1] for number in mine], [totals[number] for number in mine]
        finish(elements, array, places, sums, alone=panels.count == 1)


def write_row_sum(elements: Elements, array: Array, panels: Selection) -> None:
    elements.text.rest()
    elements.text.line(f"; summed over the rows: {array.kind}, {size_of(array.shape)}")
    sides = sides_of(array)
    height, width = gradient_tile(processor())
    most = width if sides.short is not None else FEW
    straight = array.size * terms_of(array) * elements.shape.vectors <= STRAIGHT
    outer = tuple([1 if k in (sides.long, sides.short) else length for k, length in enumerate(array.shape)])

    def body(place: Place) -> None:
        for longs in sequences(elements, blocks(length_of(array, sides.long), most), straight):
            beside = max(1, height * width // len(longs))
            for shorts in sequences(elements, tiles(length_of(array, sides.short), beside, beside), straight):
                places = [put(put(place, sides.long, long), sides.short, short) for long, short in product(longs, shorts)]
                totals = summed(elements, [(array, place) for place in places], panels)
                finish(elements, array, places, totals, alone=panels.count == 1)

    over_places(elements, outer, 1 if straight else STRAIGHT + 1, body)


def blocks(length: int, size: int) -> list[tuple[int, int, int]]:
    """(where it begins, how many, of which size): as many of the full size as there are, and what is left."""
    count, rest = divmod(length, size)
    return [block for block in ((0, count, size), (count * size, 1, rest)) if block[1] and block[2]]


def length_of(array: Array, axis: int | None) -> int:
    return 1 if axis is None else array.shape[axis]


def put(place: Place, axis: int | None, index: Index) -> Place:
    return place if axis is None else [*place[:axis], index, *place[axis + 1 :]]


def summed(elements: Elements, spots: Sequence[tuple[Array, Place]], panels: Selection) -> list[str]:
    """A vector for each place of an array, in which the lanes are still to be added up. All have the same axes of terms."""
    vectors, count = elements.shape.vectors, len(spots)
    chains = max(1, min(vectors, IN_FLIGHT // count))

    def term(at: Place, totals: list[str]) -> list[str]:
        totals = list(totals)
        operands = {array: Operands(elements, array) for array, _ in spots}
        for vector in range(vectors):
            for number, (array, place) in enumerate(spots, start=vector % chains * count):
                totals[number] = elements.accumulated(operands[array].at(place, at, vector), totals[number])
        return totals

    with panels.turn(elements, [elements.zero] * (count * chains)) as turn:
        turn.next = over_terms(elements, term_axes(spots[0][0]), turn.carried, term)
    totals = turn.result[:count]
    for first in range(count, count * chains, count):
        totals = [elements.add(total, other) for total, other in zip(totals, turn.result[first:], strict=False)]
    return totals


# ---- lanes


def finish(elements: Elements, array: Array, places: Sequence[Place], sums: Sequence[str], alone: bool) -> None:
    """The lanes added up: of neighbours in memory all at once, and so at the end of an array, behind which there are zeros."""
    lanes, axes = elements.shape.lanes, contiguous(array.shape)
    spots = sorted(
        [(along(axes, place), total) for place, total in zip(places, sums, strict=True)], key=lambda spot: spot[0].constant
    )
    while spots:
        index = spots[0][0]
        run = [total for k, (other, total) in enumerate(spots[:lanes]) if other.constant == index.constant + k]
        is_end = not index.factors and index.constant % lanes == 0 and index.constant + len(run) == array.size
        whole = is_end or len(run) == lanes
        if not whole:
            run = run[:1]
        del spots[: len(run)]
        total = lane_sums(elements, run + [elements.zero] * (lanes - len(run)) if whole else run * lanes)
        if not whole and lanes > 1:
            total = elements.text.let(f"extractelement {elements.kind} {total}, i32 0")
        kind = elements.kind if whole else "double"
        address = elements.address(array, index)
        if not alone:
            old = elements.text.let(f"load {kind}, ptr {address}, align 8")
            total = elements.text.let(f"fadd {kind} {old}, {total}")
        elements.text.line(f"store {kind} {total}, ptr {address}, align 8")


def lane_sums(elements: Elements, vectors: Sequence[str]) -> str:
    """From as many vectors as they have lanes to the one vector of their sums.

    Two vectors become one by adding neighbours: of (a, b, c, d) and (A, B, C, D) first (a+b, A+B, c+d, C+D), then pairs.
    """
    lanes, kind, half = elements.shape.lanes, elements.kind, 1
    while half < lanes:
        low = [side + begin + k for begin in range(0, lanes, 2 * half) for side in (0, lanes) for k in range(half)]
        masks = [f"<{lanes} x i32> <{', '.join(f'i32 {place + move}' for place in low)}>" for move in (0, half)]
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [
            elements.zero
            if a == b == elements.zero
            else elements.add(*[elements.text.let(f"shufflevector {kind} {a}, {kind} {b}, {mask}") for mask in masks])
            for a, b in pairs
        ]
        half *= 2
    return vectors[0]
