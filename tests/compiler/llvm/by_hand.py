"""Arrays written by hand, of which the tests of the modules of loops make their plans."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from micrograd import ops
from micrograd.tensors.arrays import Array, View, made
from micrograd.tensors.places import contiguous


def inputs(*shape: int) -> View:
    return Array("input", shape, rows=True).view()


def parameters(*shape: int) -> View:
    return Array("parameter", shape).view()


def source(view: View) -> Array:
    assert view.source is not None
    return view.source


def product(matrix: View, x: View) -> View:
    """Of a matrix and a vector."""
    return made("dot", matrix.axes[:1], [matrix, x.spread(matrix.axes, [1])], 1, op=ops.dot).view()


def total(view: View) -> View:
    """Of all numbers of a view."""
    return made("total", (), [view], len(view.axes), op=ops.total).view()


def logsumexp(view: View) -> View:
    return made("logsumexp", (), [view], len(view.axes), op=ops.logsumexp).view()


def over_rows(*views: View) -> View:
    """The sum over the rows of one view, or of the product of two."""
    op = ops.total if len(views) == 1 else ops.dot
    return made(op.symbol, views[0].axes, views, op=op, sums=True).view()


def part(view: View, first: int, length: int) -> View:
    return View(view.source, (length,), first, (1,))


def put(length: int, *parts: tuple[View, int]) -> View:
    """A vector in which each view begins at its place, as it lies; 0 elsewhere."""
    views = [view for view, _ in parts]
    return made("place", (length,), views, targets=[(start, contiguous(view.axes)) for view, start in parts]).view()


def kinds(arrays: Iterable[Array]) -> list[str]:
    return [array.kind for array in arrays]


def scattered(length: int, view: View, places: list[int]) -> View:
    """A vector in which each number of a view is added at a place of its own, where -1 is none."""
    return made("place", (length,), [view], targets=[np.array(places)]).view()
