"""The axes that an expression has, with ROWS for the axis of rows: what a printer needs to know of its parts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from micrograd.tensors.places import Axes
from micrograd.tensors.terms import (
    ROWS,
    Broadcast,
    Call,
    Concatenate,
    Contract,
    Index,
    Infix,
    LogSumExp,
    MatMul,
    Name,
    Negative,
    Pad,
    Permute,
    Placed,
    Power,
    Reshape,
    Scattered,
    Stack,
    Sum,
    Take,
    Term,
    Windows,
)  # fmt: skip


def shape_of(term: Term) -> Axes:
    """The lengths of its axes.

    >>> from micrograd.tensors.arrays import Array
    >>> x, w = Name(Array("input", (2,), True)), Name(Array("parameter", (3, 2)))
    >>> shape_of(MatMul(x, Permute(w, (1, 0)))), shape_of(Sum(x, (0,))), shape_of(Index(x, (slice(None), None)))
    ((-1, 3), (2,), (-1, 1, 2))
    """
    match term:
        case Name(array):
            return (ROWS,) * array.rows + array.shape
        case Index(of, places):
            return tuple(indexed(shape_of(of), places))
        case Reshape(shape=shape) | Broadcast(shape=shape) | Placed(shape=shape) | Scattered(shape=shape):
            return shape
        case Permute(of, axes):
            shape = shape_of(of)
            return tuple([shape[axis] for axis in axes])
        case Windows(of, axes, sizes):
            starts = list(shape_of(of))
            for axis, size in zip(axes, sizes, strict=True):
                starts[axis] -= size - 1
            return (*starts, *sizes)
        case Take(table=table, rows=rows):
            return (ROWS,) * rows + table.places.shape
        case Sum(of, axes):
            shape = shape_of(of)
            return () if axes is None else without(shape, axes)
        case LogSumExp(of, axes):
            return without(shape_of(of), axes)
        case MatMul(left, right):
            return product_shape(shape_of(left), shape_of(right))
        case Contract(left, right, left_axes, right_axes, out):
            lengths = dict(zip(left_axes + right_axes, shape_of(left) + shape_of(right), strict=True))
            return tuple([lengths[letter] for letter in out])
        case Stack(terms, axis):
            shape = shape_of(terms[0])
            return (*shape[:axis], len(terms), *shape[axis:])
        case Concatenate(terms, axis):
            shapes = [shape_of(part) for part in terms]
            return (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])
        case Pad(of, widths):
            return tuple([n if n == ROWS else n + sum(width) for n, width in zip(shape_of(of), widths, strict=True)])
        case Negative() | Infix() | Power() | Call():
            return stretched(shape_of(part) for part in term.parts)
    return ()  # one number


def indexed(shape: Axes, places: Iterable[object]) -> Iterable[int]:
    """The axes that are left of `shape` with a place for the first of them each."""
    lengths = iter(shape)
    for place in places:
        if place is None:
            yield 1
        elif isinstance(place, slice):
            length = next(lengths)
            yield length if length == ROWS else len(range(*place.indices(length)))
        else:
            next(lengths)
    yield from lengths


def without(shape: Axes, axes: Axes) -> Axes:
    return tuple([length for axis, length in enumerate(shape) if axis not in axes])


def product_shape(left: Axes, right: Axes) -> Axes:
    """Of a matrix product. Of three axes the first counts matrices."""
    count = left[:-2] or right[:-2]
    return (*count, *left[-2:-1], *right[-1:] * (len(right) > 1))


def stretched(shapes: Iterable[Axes]) -> Axes:
    """The shape to which operands of an operation number by number are stretched."""
    from_behind = itertools.zip_longest(*[shape[::-1] for shape in shapes], fillvalue=1)
    return tuple([next((n for n in lengths if n != 1), 1) for lengths in from_behind])[::-1]
