"""Views put at their places in an array as a reader writes it: stacked, joined, padded; else added onto zeros."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from micrograd.tensors.arrays import Array, View
from micrograd.tensors.places import Axes, contiguous
from micrograd.tensors.slices import Tables, reshape
from micrograd.tensors.terms import ROWS, Concatenate, Infix, Pad, Placed, Scattered, Stack, Term


class Part(NamedTuple):
    """A view on all of its axes as a term, and where it goes: to base + strides * index."""

    term: Term
    axes: Axes
    base: int
    strides: Axes


def placed(array: Array, filled: Callable[[View], Term], tables: Tables) -> Term:
    """The operands of the array at their targets. `filled` makes a term that has every axis of a view."""
    terms = [filled(view) for view in array.operands]
    targets = list(zip(terms, array.operands, array.targets, strict=True))
    parts = [Part(term, view.axes, *target) for term, view, target in targets if isinstance(target, tuple)]
    if len(parts) == len(targets):
        parts.sort(key=lambda part: part.base)
        joined = side_by_side(array, parts) or one_after_the_other(array, parts)
        if joined is not None:
            return joined
    shape = (*[ROWS] * array.rows, *array.shape)
    added: list[Term] = []
    for term, view, target in targets:
        if isinstance(target, tuple):
            added.append(padded(array, Part(term, view.axes, *target)) or Placed(term, shape, *target))
        else:
            added.append(Scattered(term, shape, tables.table(target)))
    total = added[0]
    for term in added[1:]:
        total = Infix("+", total, term)
    return total


def on_shape(term: Term, shape: Sequence[int], array: Array) -> Term:
    return term if tuple(shape) == array.shape else reshape(term, (*[ROWS] * array.rows, *array.shape))


def side_by_side(array: Array, parts: Sequence[Part]) -> Term | None:
    """Parts of one shape at equal distances that fill the array: stacked along a new axis, or joined along one of theirs."""
    first = parts[0]
    gaps = {after.base - before.base for before, after in pairwise(parts)}
    if len(gaps) != 1 or first.base or len({(part.axes, part.strides) for part in parts}) > 1 or 1 in first.axes:
        return None
    axes = sorted([*zip(first.strides, first.axes, range(len(first.axes)), strict=True), (*gaps, len(parts), -1)], reverse=True)
    shape = [length for _, length, _ in axes]
    order = [axis for _, _, axis in axes]
    inner = [axis for axis in order if axis >= 0]
    if inner != sorted(inner) or math.prod(shape) != array.size or [s for s, _, _ in axes] != list(contiguous(shape)):
        return None
    at = order.index(-1)
    terms = tuple([part.term for part in parts])
    along = [*shape[:at], len(parts) * shape[at + 1], *shape[at + 2 :]] if at + 1 < len(shape) else []
    if tuple(along) == array.shape:
        return Concatenate(terms, array.rows + at)
    return on_shape(Stack(terms, array.rows + at), shape, array)


def one_after_the_other(array: Array, parts: Sequence[Part]) -> Term | None:
    """Parts that lie in the array one after the other and fill it."""
    end = 0
    for part in parts:
        if part.base != end or part.strides != contiguous(part.axes):
            return None
        end += math.prod(part.axes)
    if end != array.size:
        return None
    alike = all(part.axes and part.axes[1:] == array.shape[1:] for part in parts)
    lead = (ROWS,) * array.rows
    terms = [part.term if alike or len(part.axes) == 1 else reshape(part.term, (*lead, math.prod(part.axes))) for part in parts]
    return on_shape(Concatenate(tuple(terms), int(array.rows)), array.shape if alike else (end,), array)


def padded(array: Array, part: Part) -> Term | None:
    """A box with zeros around it."""
    if len(part.axes) != len(array.shape) or part.strides != contiguous(array.shape):
        return None
    low = [int(place) for place in np.unravel_index(part.base, array.shape)]
    high = [whole - start - length for whole, start, length in zip(array.shape, low, part.axes, strict=True)]
    if min(high, default=0) < 0:
        return None
    return Pad(part.term, (*[(0, 0)] * array.rows, *zip(low, high, strict=True)))
