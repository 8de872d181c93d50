"""Sums of products of two views over axes and rows: what a reader writes as a matrix product, a sum, or `*`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias, cast

from micrograd import ops
from micrograd.engine import Constant
from micrograd.gradients import exact_product, sign_and_size, times
from micrograd.tensors.arrays import Array, View, made

Term: TypeAlias = Any  # a View, or a number that is everywhere the same


def contraction(a: Term, b: Term, gone: Collection[int], over_rows: bool, rows: Array) -> Term:
    """The sum of a * b over the axes `gone`, and over the rows of data, of which `rows` is the count.

    It is a dot, a total, or a product where nothing is left to sum. Numbers come to its front.
    """
    if a == 0.0 or b == 0.0:
        return 0.0
    number, factors = split_exactly(a, b)
    if not factors:
        return number
    axes = factors[0].axes
    rest = [k for k in range(len(axes)) if k not in gone]
    moving = set().union(*[view.moving() for view in factors])
    for k in set(gone) - moving:
        number *= axes[k]
    summed = sorted(moving.intersection(gone))
    sums = over_rows and any(view.rows for view in factors)
    if over_rows and not sums:
        factors = [View(rows, axes, 0, [0] * len(axes)), *factors]
    if not summed and not sums:
        product: Term = 1.0
        for view in factors:
            product = times(product, view)
        return times(number, product.keep(rest) if isinstance(product, View) else product)
    if over_rows and not sums:
        first, *others = factors
        number_of_rows = first.keep(rest)
        return times(number_of_rows, times(number, summed_product(others, rest, summed, moving, False)))
    return times(number, summed_product(factors, rest, summed, moving, sums))


def summed_product(factors: list[View], rest: list[int], summed: list[int], moving: set[int], sums: bool) -> View:
    """The dot of two views or the total of one, on the axes that are left; a product is taken apart into its two factors."""
    axes = factors[0].axes
    if len(factors) == 1 and factors[0].op is ops.mul:
        operands = factors[0].operands() or []
        factors = operands if all(view.source for view in operands) else factors
    kept = [k for k in rest if k in moving]
    op = ops.dot if len(factors) == 2 else ops.total
    views = [view.keep([*kept, *summed]) for view in factors]
    array = made(op.symbol, [axes[k] for k in kept], views, len(summed), op=op, sums=sums)
    return array.view().spread([axes[k] for k in rest], [rest.index(k) for k in kept])


def split(term: Term) -> tuple[float, View | None]:
    """A number and the rest: -2*x is (-2, x)."""
    if not isinstance(term, View):
        return term, None
    size: Any
    sign, size = sign_and_size(term)
    if isinstance(size, View) and size.op is ops.mul and isinstance(size.parents[0], Constant):
        return sign * size.parents[0].data, cast(View, size.parents[1])
    return sign, size


def split_exactly(a: Term, b: Term) -> tuple[float, list[View]]:
    """The number before a * b, as far as it needs no rounding, and the views that are left."""
    (n, x), (m, y) = split(a), split(b)
    if m != 1.0 and not exact_product(n, m):
        return split_exactly(a, 1.0)[0], [view for view in (x, b) if isinstance(view, View)]
    return n * m, [view for view in (x, y) if view is not None]
