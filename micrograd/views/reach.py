"""Which entries of its operands each entry of a result is made of: what the page frames.

An expression is run on places in the stead of numbers, by the same NumPy: a transpose turns the places, a slice takes some of
them, and a sum keeps them side by side.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from micrograd.tensors.places import Places, places_of
from micrograd.tensors.shapes import shape_of
from micrograd.tensors.terms import (
    ROWS,
    Broadcast,
    Concatenate,
    Contract,
    Index,
    LogSumExp,
    MatMul,
    Name,
    Pad,
    Permute,
    Placed,
    Reshape,
    Scattered,
    Stack,
    Sum,
    Take,
    Term,
    Windows,
)  # fmt: skip

NOWHERE = -1  # the place of a zero that is in no array
MOST = 400_000  # places that are followed
Shapes: TypeAlias = "Mapping[str, tuple[int, ...]]"


class Reach(NamedTuple):
    """The places that are read of one operand: axes of the result, then for each letter one over which the result is a sum."""

    places: Places
    summed: tuple[int, ...] = ()

    def own(self) -> tuple[int, ...]:
        """The shape without the axes that are summed."""
        return self.places.shape[: self.places.ndim - len(self.summed)]


class Affine(NamedTuple):
    """The same places, as base + strides * index along the axes of the result and along those that are summed."""

    base: int
    strides: list[int]
    summed: list[tuple[int, int]]


class UnfollowedError(Exception):
    """The places are too many, or one entry is added to by several."""


class Follower:
    """Follows the operands of one expression, on as many rows as the arrays have."""

    def __init__(self, shapes: Shapes, rows: int) -> None:
        self.shapes = shapes
        self.rows = rows
        self.letters = itertools.count()
        self.products: list[tuple[int, ...]] = []  # the letters of sums over products of two arrays as they are

    def follow(self, term: Term) -> list[Reach]:
        """One for each name in the term, from left to right; all on the axes of the term."""
        match term:
            case Name(array):
                shape = self.shapes[array.name]
                return [Reach(np.arange(math.prod(shape)).reshape(shape))]
            case Sum(of, axes) | LogSumExp(of, axes):
                gone = range(len(shape_of(of))) if axes is None else axes
                letters = [next(self.letters) for _ in gone]
                return [self.summed(reach, gone, letters) for reach in self.follow(of)]
            case MatMul(left, right):
                return self.product(left, right)
            case Contract(left, right, left_axes, right_axes, out):
                return self.contraction(left, right, left_axes, right_axes, out)
            case Stack(terms, axis):
                return self.together(terms, axis, np.stack)
            case Concatenate(terms, axis):
                return self.together(terms, axis, np.concatenate)
            case Placed() | Scattered():
                return [self.put(reach, term) for reach in self.follow(term.of)]
            case Index() | Reshape() | Permute() | Broadcast() | Windows() | Take() | Pad():
                return [self.moved(reach, term) for reach in self.follow(term.of)]
        return [self.stretched(reach, self.shape(term)) for part in term.parts for reach in self.follow(part)]

    # ---- the same places on other axes

    def moved(self, reach: Reach, term: Term) -> Reach:
        places, behind = reach.places, reach.places.shape[len(reach.own()) :]
        match term:
            case Index(_, parts):
                return reach._replace(places=places[parts])
            case Reshape(_, shape):
                return reach._replace(places=places.reshape(self.counted(shape) + behind))
            case Permute(_, axes):
                return reach._replace(places=places.transpose((*axes, *range(len(axes), places.ndim))))
            case Broadcast(_, shape):
                return self.stretched(reach, self.counted(shape))
            case Windows(_, axes, sizes):
                windows = np.lib.stride_tricks.sliding_window_view(places, sizes, axis=axes)
                last = range(windows.ndim - len(sizes), windows.ndim)
                return reach._replace(
                    places=np.moveaxis(windows, tuple(last), tuple(range(len(reach.own()), len(reach.own()) + len(sizes))))
                )
            case Take(_, table, rows):
                flat = places.reshape((self.rows,) * rows + (-1,) + behind)
                taken = flat[:, table.places] if rows else flat[table.places]
                gone = table.places < 0
                taken[(slice(None), gone) if rows else gone] = NOWHERE
                return reach._replace(places=taken)
            case Pad(_, widths):
                return reach._replace(places=np.pad(places, (*widths, *[(0, 0)] * len(behind)), constant_values=NOWHERE))
        raise TypeError(f"{type(term).__name__} moves no places")

    def counted(self, shape: Sequence[int]) -> tuple[int, ...]:
        return tuple([self.rows if length == ROWS else length for length in shape])

    def stretched(self, reach: Reach, shape: tuple[int, ...]) -> Reach:
        own, behind = reach.own(), reach.places.shape[len(reach.own()) :]
        places = reach.places.reshape((1,) * (len(shape) - len(own)) + reach.places.shape)
        return reach._replace(places=np.broadcast_to(places, shape + behind))

    def put(self, reach: Reach, term: Placed | Scattered) -> Reach:
        """Into zeros. Where two come to one place, the places of a sum are not followed."""
        own, behind = reach.own(), reach.places.shape[len(reach.own()) :]
        rows = term.shape[:1] == (ROWS,)
        shape = term.shape[rows:]
        inner = own[1:] if rows else own
        table = places_of(term.base, term.strides, inner) if isinstance(term, Placed) else term.table.places
        kept = table.ravel() >= 0
        if len(set(table.ravel()[kept].tolist())) < kept.sum():
            raise UnfollowedError
        lead = own[:1] if rows else ()
        flat = np.full((*lead, math.prod(shape), *behind), NOWHERE)
        source = reach.places.reshape((*lead, -1, *behind))
        if rows:
            flat[:, table.ravel()[kept]] = source[:, kept]
        else:
            flat[table.ravel()[kept]] = source[kept]
        return reach._replace(places=flat.reshape((*lead, *shape, *behind)))

    # ---- sums

    def summed(self, reach: Reach, gone: Sequence[int], letters: Sequence[int]) -> Reach:
        """The axes that are gone put behind the others, in the order of their letters."""
        every = (*reach.summed, *letters)
        places = np.moveaxis(reach.places, tuple(gone), tuple(range(reach.places.ndim - len(gone), reach.places.ndim)))
        first = len(reach.own()) - len(gone)
        order = sorted(range(len(every)), key=every.__getitem__)
        return Reach(places.transpose((*range(first), *[first + k for k in order])), tuple(sorted(every)))

    def product(self, left: Term, right: Term) -> list[Reach]:
        one, other = len(shape_of(left)), len(shape_of(right))
        count = "b" if max(one, other) > 2 else ""
        left_axes = "k" if one == 1 else f"{count if one > 2 else ''}ik"
        right_axes = "k" if other == 1 else f"{count if other > 2 else ''}kj"
        return self.contraction(left, right, left_axes, right_axes, count + "i" * (one > 1) + "j" * (other > 1))

    def contraction(self, left: Term, right: Term, left_axes: str, right_axes: str, out: str) -> list[Reach]:
        lengths = dict(zip(left_axes + right_axes, self.shape(left) + self.shape(right), strict=True))
        gone = {letter: next(self.letters) for letter in lengths if letter not in out}
        if math.prod(lengths.values()) > MOST:
            raise UnfollowedError
        if is_part(left) and is_part(right):
            self.products.append(tuple(gone.values()))
        found = []
        for term, axes in ((left, left_axes), (right, right_axes)):
            lost, kept = ([letter for letter in axes if (letter in gone) is is_gone] for is_gone in (True, False))
            order = [kept.index(letter) for letter in out if letter in kept]
            for reach in self.follow(term):
                summed = self.summed(reach, [axes.index(letter) for letter in lost], [gone[letter] for letter in lost])
                places = summed.places.transpose((*order, *range(len(kept), summed.places.ndim)))
                spread = tuple([slice(None) if letter in kept else None for letter in out])
                found.append(self.stretched(summed._replace(places=places[spread]), tuple([lengths[letter] for letter in out])))
        return found

    def together(self, parts: Sequence[Term], axis: int, join: Any) -> list[Reach]:
        """Side by side: where another part stands, an operand is not read."""
        found = []
        for number, part in enumerate(parts):
            for reach in self.follow(part):
                behind = reach.places.shape[len(reach.own()) :]
                pieces = [
                    reach.places if k == number else np.full(self.shape(other) + behind, NOWHERE) for k, other in enumerate(parts)
                ]
                found.append(reach._replace(places=join(pieces, axis=axis)))
        return found

    def shape(self, term: Term) -> tuple[int, ...]:
        return self.counted(shape_of(term))


def is_part(term: Term) -> bool:
    """Whether it is an array, or a part of one, as it is."""
    while isinstance(term, (Index, Reshape, Permute, Windows)):
        term = term.of
    return isinstance(term, Name)


def affine(reach: Reach) -> Affine | None:
    """The places by strides, where they are regular."""
    places = reach.places
    base = int(places.flat[0])
    strides = [int(places[corner(axis, places.ndim)]) - base if length > 1 else 0 for axis, length in enumerate(places.shape)]
    if base == NOWHERE or not (places_of(base, strides, places.shape) == places).all():
        return None
    own = len(reach.own())
    return Affine(base, strides[:own], list(zip(places.shape[own:], strides[own:], strict=True)))


def corner(axis: int, axes: int) -> tuple[int, ...]:
    """The index of the second place along an axis."""
    return tuple([int(k == axis) for k in range(axes)])
