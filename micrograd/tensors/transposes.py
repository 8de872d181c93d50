"""The transpose of a view: what comes back along it, put where it came from.

A slice gives a box with zeros around it, a permutation the inverse one, a table the inverse table, and windows that overlap
are added up, or are windows of a padded array with the kernel turned round.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd import ops
from micrograd.gradients import plus, times
from micrograd.tensors.arrays import Array, Target, View, made, shown
from micrograd.tensors.contractions import Term, contraction
from micrograd.tensors.places import Places, axes_of, cuts_of
from micrograd.tensors.windows import turned


@dataclass(frozen=True)
class Part:
    """What one view of an array adds to its adjoint: derivative * upstream on the axes of the view, from each row with `rows`."""

    view: View
    derivative: Term
    upstream: Term
    rows: bool


@dataclass(frozen=True)
class Share:
    """A term on the axes of a view of the array: to be added at the places that the view shows."""

    term: Term
    view: View

    @property
    def places(self) -> Places:
        return self.view.places()

    def hits(self) -> Any:
        """How often each place of the array is shown."""
        flat = self.places.ravel()
        return np.bincount(flat[flat >= 0], minlength=size_of(self.view))


@dataclass(frozen=True)
class Whole:
    """A term for every place of the array, in the order of `order` where there is one."""

    term: Term
    order: Places | None = None


def size_of(view: View) -> int:
    return view.source.size if view.source else 0


def summed(array: Array, parts: Sequence[Part], rows: Array) -> Term:
    """The adjoint of the array: the sum of its parts, each given back along its view, on axes of the array."""
    found = [as_whole(share) for share in shares(array, parts, rows)]
    partial = merged([share for share in found if isinstance(share, Share)])
    found = [share for share in found if isinstance(share, Whole)]
    found += [as_whole(turned_or_gathered(share, rows)) for share in partial]
    whole = [share for share in found if isinstance(share, Whole)]
    if placed := [share for share in found if isinstance(share, Share)]:
        view = one_view(placed, array.size)
        whole.append(Whole(all_placed(placed, array) if view is None else view))
    return added(array, whole)


def one_view(placed: Sequence[Share], size: int) -> View | None:
    """Parts of one array that fill the places between them, as a view of it; None for any other."""
    table = np.full(size, -1)
    sources = {share.term.source if isinstance(share.term, View) else None for share in placed}
    for share in placed if len(sources) == 1 and None not in sources else ():
        places = share.places
        if (places < 0).any() or (share.hits() > 1).any() or (table[places] >= 0).any():
            return None
        table[places] = share.term.places()
    return None if (table < 0).any() else shown(sources.pop(), table)


def all_placed(placed: Sequence[Share], array: Array) -> View:
    views = [share.term if isinstance(share.term, View) else View(None, share.view.axes, number=share.term) for share in placed]
    return made("place", array.shape, views, targets=[target_of(share.view) for share in placed]).view()


def shares(array: Array, parts: Iterable[Part], rows: Array) -> Iterable[Share]:
    """The parts summed over the axes along which their views repeat the array, equal ones counted together."""
    counts: dict[object, tuple[Part, int]] = {}
    for part in parts:
        key = part.view, frozenset([part.derivative, part.upstream]), part.rows
        counts[key] = part, counts.get(key, (part, 0))[1] + 1
    for part, count in counts.values():
        moving = part.view.moving()
        axes = part.view.axes
        gone = [k for k, length in enumerate(axes) if k not in moving and length > 1]
        rest = [k for k in range(len(axes)) if k not in gone]
        over_rows = part.rows and not array.rows
        derivative, upstream = part.derivative, part.upstream
        if not isinstance(derivative, View) and not isinstance(upstream, View):
            term: Term = derivative * upstream * math.prod([axes[k] for k in gone])
            if over_rows:
                term = times(term, View(rows, [axes[k] for k in rest], 0, [0] * len(rest)))
        else:
            term = contraction(derivative, upstream, gone, over_rows, rows)
        term = times(float(count), term)
        if term != 0.0:
            yield Share(term, part.view.keep(rest))


def as_whole(share: Share | Whole) -> Share | Whole:
    """The share of a view that shows each place once, as one of all places; any other as it is."""
    if isinstance(share, Whole):
        return share
    if share.view.whole:
        return Whole(share.term)
    flat = share.places.ravel()
    if len(flat) != size_of(share.view) or (flat < 0).any() or (share.hits() != 1).any():
        return share
    order = np.empty(len(flat), dtype=np.int64)
    order[flat] = np.arange(len(flat))
    return Whole(share.term, order)


def merged(partial: Sequence[Share]) -> list[Share]:
    """Shares of one view, but for the order of its axes, added up."""
    found: dict[View, Term] = {}
    for share in partial:
        term, view = share.term, share.view
        if view.strides is not None:
            order = sorted(range(len(view.axes)), key=lambda k: -(view.strides or ())[k])
            term, view = term.keep(order) if isinstance(term, View) else term, view.keep(order)
        found[view] = plus(found[view], term) if view in found else term
    return [Share(term, view) for view, term in found.items()]


def turned_or_gathered(share: Share, rows: Array) -> Share | Whole:
    """Windows that overlap as windows of a padded array, and a table as the inverse table; any other share as it is."""
    view, term = share.view, share.term
    if not isinstance(term, View):
        return share
    if view.strides is not None:
        found = turned(term, view) if share.hits().max() > 1 else None
        return Share(*found) if found else share
    hits = share.hits()
    many, size = int(hits.max()), len(hits)
    if many * size > 3 * share.places.size:
        return share
    flat = share.places.ravel()
    order = np.argsort(flat, kind="stable")[int((flat < 0).sum()) :]
    inverse = np.full((size, many), -1)
    inverse[flat[order], np.arange(len(order)) - np.repeat(np.cumsum(hits) - hits, hits)] = order
    if many == 1:
        return Whole(term.at(inverse[:, 0]))
    factors = term.operands() or [] if term.op is ops.mul else []
    a, b = factors if len(factors) == 2 and all(view.source for view in factors) else (1.0, term)
    return Whole(contraction(a if isinstance(a, float) else a.at(inverse), b.at(inverse), [1], False, rows))


def target_of(view: View) -> Target:
    return (view.base, view.strides) if view.strides is not None else view.places()


def added(array: Array, whole: Sequence[Whole]) -> Term:
    """Their sum, on axes of the array on which as many as can be are affine."""
    columns: list[Places | None] = []
    for share in whole:
        if isinstance(share.term, View):
            flat = share.term.places().ravel()
            columns.append(flat if share.order is None else flat[share.order])
        else:
            columns.append(None)
    regular = [column if column is not None and (column >= 0).all() else None for column in columns]
    axes, _ = axes_of(regular, array.size, cuts_of(array.shape))
    total: Term = 0.0
    for share, column in zip(whole, columns, strict=True):
        term = (
            share.term if column is None or not isinstance(share.term, View) else shown(share.term.source, column.reshape(axes))
        )
        total = plus(total, term)
    return total
