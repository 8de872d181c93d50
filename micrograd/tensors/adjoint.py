"""Derivatives of array programs: the rules of the table run on views, and what a view shows given back transposed.

A rule reads views as it reads Values, so beyond the table there is one rule alone: the adjoint of a view is its transpose.
What was copied gives a sum, a slice is put in its place, a transpose is transposed back.

>>> from micrograd.tensors.contractions import contraction
>>> x, w = Array("input", (3,), rows=True), Array("parameter", (2, 3))
>>> views = [x.view().spread((2, 3), (1,)), w.view()]
>>> z = Array("dot", (2,), True, views, 1, op=ops.dot)
>>> rows = Array("rows", ())
>>> loss = contraction(1.0, z.view(), [0], over_rows=True, rows=rows)
>>> (by_w,) = derivatives(loss, [w], rows)
>>> by_w.source
<Array total (3,)>
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from micrograd import gradients, ops
from micrograd.ops import Op
from micrograd.tensors.arrays import Array, View, below, serial
from micrograd.tensors.contractions import Term
from micrograd.tensors.places import contiguous
from micrograd.tensors.transposes import Part, summed

# The slopes of logsumexp. The table's own rule looks for the largest number, of which an array has one in each row. This one
# has the digits of z - logsumexp(z): of numbers around 1e5 it loses five. At an infinity it is nan, as the softmax of PyTorch.
RULES: Final[dict[Op, Callable[..., tuple[Any, ...]]]] = {ops.logsumexp: lambda out, a: tuple([ops.exp(z - out) for z in a])}


def derivatives(output: View, wanted: Sequence[Array], rows: Array) -> list[Term]:
    """The derivative of one number by each of the arrays, of its shape. `rows` is the array of their count."""
    if output.source is None:
        return [0.0] * len(wanted)
    order = below([output.source])
    on_path = depending_on(wanted, order)
    parts: dict[Array, list[Part]] = {output.source: [Part(output, 1.0, 1.0, False)]}
    adjoints: dict[Array, Term] = {}
    for array in reversed(order):
        if array not in on_path or array not in parts:
            continue
        begin = next(serial)
        adjoint = adjoints[array] = summed(array, parts.pop(array), rows)
        if isinstance(adjoint, View) and adjoint.whole and adjoint.source and adjoint.source.number > begin:
            adjoint.source.adjoint_of = array
        if adjoint != 0.0:
            for part in parts_of(array, adjoint):
                source = part.view.source
                if source is not None and source in on_path:
                    parts.setdefault(source, []).append(part)
    return [in_shape(adjoints.get(array, 0.0), array) for array in wanted]


def depending_on(wanted: Iterable[Array], order: Iterable[Array]) -> set[Array]:
    found = set(wanted)
    for array in order:
        if any(view.source in found for view in array.operands):
            found.add(array)
    return found


def in_shape(adjoint: Term, array: Array) -> Term:
    if not isinstance(adjoint, View) or adjoint.axes == array.shape:
        return adjoint
    return adjoint.at(np.arange(array.size).reshape(array.shape))


def parts_of(array: Array, adjoint: Term) -> Iterator[Part]:
    """What each operand of the array gets of its adjoint."""
    if array.kind == "place":
        for view, places in array.placed():
            yield Part(view, 1.0, adjoint.at(places) if isinstance(adjoint, View) else adjoint, array.rows)
    if array.op is None:
        return
    shape = adjoint.axes if isinstance(adjoint, View) else array.shape
    axes = shape + array.operands[0].axes[len(array.shape) :]
    own = range(len(shape))
    upstream = adjoint.spread(axes, own) if isinstance(adjoint, View) else adjoint
    out = View(array, shape, 0, contiguous(shape)).spread(axes, own)
    views = [view.refine(axes) for view in array.operands]
    terms = [view if view.number is None else view.number for view in views]
    slopes = RULES.get(array.op, array.op.derivatives)(out, *array.op.arguments(terms))
    for view, slope in zip(views, gradients.folded_slopes(slopes, [out, *views]), strict=True):
        if view.source is not None:
            yield Part(view, slope, upstream, array.rows or array.sums)
