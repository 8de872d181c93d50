"""Nests of loops over the elements of arrays: products, sums, places, and what follows from them number by number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TypeAlias

import numpy as np

from micrograd import ops
from micrograd.compiler.listing import FINITE_ADD
from micrograd.compiler.llvm.loops.elements import Elements, Operands, moves
from micrograd.compiler.llvm.loops.memory import overlaps, start_of
from micrograd.compiler.llvm.loops.plan import Nest, Plan, is_quick, term_axes, terms_of
from micrograd.compiler.llvm.loops.text import Index, along
from micrograd.compiler.llvm.tiles import IN_FLIGHT, STRAIGHT, TURN, UNROLLED, outputs_beside, processor
from micrograd.tensors.arrays import Array, Target, View
from micrograd.tensors.places import Axes, contiguous

Place: TypeAlias = "list[Index]"
Terms: TypeAlias = "Callable[[Place, list[str]], list[str]]"  # what is carried, after one more term
SLOW = 6  # a function of libm's kind takes as long as so many multiply-adds


def write(elements: Elements, nest: Nest) -> None:
    head = nest.head
    elements.text.rest()
    elements.text.line(f"; {', '.join(array.kind for array in nest.arrays)}: {size_of(nest.shape)}")
    if head is None:
        write_elementwise(elements, nest)
    elif head.kind == "place":
        write_place(elements, head)
    elif head.op is ops.logsumexp:
        write_logsumexp(elements, nest, head)
    else:
        write_sum(elements, nest, head)


def size_of(shape: Axes) -> str:
    return " by ".join(map(str, shape)) or "one number"


# ---- loops


def over_places(elements: Elements, axes: Axes, cost: int, body: Callable[[Place], None]) -> None:
    """The body for each place of the axes: in a straight line if all that it costs is little."""
    if math.prod(axes) * cost <= STRAIGHT:
        for numbers in np.ndindex(*axes):
            body([Index(k) for k in numbers])
        return
    with ExitStack() as stack:
        place = [stack.enter_context(elements.text.loop(length)).index for length in axes[:-1]]
        last = axes[-1] if axes else 1
        together = max(n for n in range(1, last + 1) if last % n == 0 and (n == 1 or n * cost <= TURN))
        turn = stack.enter_context(elements.text.loop(last // together))
        for k in range(together):
            body([*place, turn.index * together + k][: len(axes)])


def over_terms(
    elements: Elements, axes: Sequence[int], carried: list[str], term: Terms, place: Sequence[Index] = ()
) -> list[str]:
    """What is carried, after the terms at all places of the axes; the last few of them are in a straight line."""
    if math.prod(axes) <= UNROLLED:
        for rest in np.ndindex(*axes):
            carried = term([*place, *[Index(k) for k in rest]], carried)
        return carried
    length, *inner = axes
    together = max(1, UNROLLED // math.prod(inner))
    with elements.text.loop(length // together, elements.kind, carried) as turn:
        turn.next = turn.carried
        for k in range(together):
            turn.next = over_terms(elements, inner, turn.next, term, [*place, turn.index * together + k])
    carried = turn.result
    for k in range(length // together * together, length):
        carried = over_terms(elements, inner, carried, term, [*place, Index(k)])
    return carried


def tiles(length: int, most: int, least: int) -> list[tuple[int, int, int]]:
    """(where it begins, how many, of which size): tiles of one size, from the least on, or of two that differ by one."""
    size = max([n for n in range(least, most + 1) if length % n == 0], default=0)
    if size:
        return [(0, length // size, size)]
    count = -(-length // most)
    size, larger = divmod(length, count)
    found = [(0, larger, size + 1), (larger * (size + 1), count - larger, size)]
    return [tile for tile in found if tile[1]]


def sequences(elements: Elements, tiles: Iterable[tuple[int, int, int]], straight: bool) -> Iterator[list[Index]]:
    """The places of each tile along an axis; in loops, unless all is written in a straight line."""
    for first, count, size in tiles:
        if straight:
            for begin in range(first, first + count * size, size):
                yield [Index(begin + k) for k in range(size)]
        else:
            with elements.text.loop(count) as turn:
                yield [turn.index * size + (first + k) for k in range(size)]


# ---- number by number


def write_elementwise(elements: Elements, nest: Nest) -> None:
    vectors = elements.shape.vectors
    cost = vectors * sum(1 if is_quick(array) else SLOW for array in nest.arrays)

    def body(place: Place) -> None:
        for vector in range(vectors):
            elements.follow(nest.arrays, place, vector, {})

    over_places(elements, nest.shape, cost, body)


def write_place(elements: Elements, array: Array) -> None:
    """What the operands show, each in its places; nothing else is ever written to the others, which are 0.0."""
    adds = overlaps(array)
    if adds:
        over_places(elements, (array.size,), elements.shape.vectors, lambda place: store_all(elements, array, place[0]))
    for (view, places), target in zip(array.placed(), array.targets, strict=True):
        inside = view.source and elements.memory.inside.get(view.source)
        if inside is None or inside != (array, start_of(view, target)):
            write_operand(elements, array, view, target if isinstance(target, tuple) else places, adds)


def write_operand(elements: Elements, array: Array, view: View, target: Target, adds: bool) -> None:
    axes = contiguous(view.axes)

    def body(place: Place) -> None:
        if isinstance(target, tuple):
            index = along(target[1], place, target[0])
        else:
            index = elements.looked_up(target, elements.memory.nowhere(array), along(axes, place))
        store_all(elements, array, index, lambda vector: elements.value(view, place, vector), adds)

    over_places(elements, view.axes, elements.shape.vectors, body)


def store_all(
    elements: Elements, array: Array, index: Index, value: Callable[[int], str] | None = None, adds: bool = False
) -> None:
    """Every vector of an element: zero, the value, or what is there and the value."""
    for vector in range(elements.shape.vectors):
        number = value(vector) if value else elements.zero
        if adds:
            number = elements.apply(ops.add, elements.load(array, index, vector), number)
        elements.store(number, array, index, vector)


# ---- sums over axes of an array, and products


def write_sum(elements: Elements, nest: Nest, head: Array) -> None:
    """Tiles of outputs by vectors of rows, with their sums in registers; along the axis of a tile an operand stays as it is."""
    axis = shared_axis(head)
    vectors = elements.shape.vectors
    if axis is None:
        cost = vectors * terms_of(head)
        over_places(elements, head.shape, cost, lambda place: write_tile(elements, nest, head, [place]))
        return
    others = tuple([1 if k == axis else length for k, length in enumerate(head.shape)])
    straight = head.size * terms_of(head) * vectors <= STRAIGHT
    most = outputs_beside(vectors, processor())
    least = max(most // 2, -(-IN_FLIGHT // vectors))

    def body(place: Place) -> None:
        for beside in sequences(elements, tiles(head.shape[axis], most, least), straight):
            write_tile(elements, nest, head, [[*place[:axis], index, *place[axis + 1 :]] for index in beside])

    over_places(elements, others, head.shape[axis] * terms_of(head) * vectors, body)


def shared_axis(head: Array) -> int | None:
    """The longest axis along which an operand with rows stays as it is, so that what was loaded of it serves a whole tile."""
    staying = [
        k for k, length in enumerate(head.shape) if length > 1 and any(view.rows and not moves(view, k) for view in head.operands)
    ]
    return max(staying, key=lambda k: head.shape[k], default=None)


def write_tile(elements: Elements, nest: Nest, head: Array, places: list[Place]) -> None:
    terms = term_axes(head)
    each = [(place, vector) for place in places for vector in range(elements.shape.vectors)]
    chains = max(1, min(UNROLLED, IN_FLIGHT // len(each))) if terms_of(head) >= UNROLLED else 1
    addend = addend_of(nest, elements.plan)
    first, *later = nest.arrays if addend is None else nest.arrays[1:]
    begin = [elements.zero if addend is None else elements.value(addend, place, vector) for place, vector in each]
    turn = 0

    def term(at: Place, totals: list[str]) -> list[str]:
        nonlocal turn
        totals = list(totals)
        chain = turn % chains * len(each)
        turn += 1
        operands = Operands(elements, head)
        for number, (place, vector) in enumerate(each, start=chain):
            totals[number] = elements.accumulated(operands.at(place, at, vector), totals[number])
        return totals

    totals = over_terms(elements, terms, begin + [elements.zero] * (len(each) * (chains - 1)), term)
    for number, (place, vector) in enumerate(each):
        total = totals[number]
        for other in totals[number + len(each) :: len(each)]:
            total = elements.add(total, other)
        elements.follow([first, *later], place, vector, {first: total})


def addend_of(nest: Nest, plan: Plan) -> View | None:
    """What is added to a sum, and only then read, such as a bias: the sum may begin with it."""
    head, *others = nest.arrays
    if head in plan.kept or not others or others[0].op is not ops.add or any(head in plan.read_by(array) for array in others[1:]):
        return None
    mine = [view for view in others[0].operands if view.source is not head]
    is_known = len(mine) == 1 and (mine[0].source is None or plan.plain(mine[0].source) is not head)
    return mine[0] if is_known else None


def write_logsumexp(elements: Elements, nest: Nest, head: Array) -> None:
    """The largest number, and log1p of what the powers of the others add up to, beside its own: as in `numerics`."""
    (view,) = head.operands
    terms, vectors = term_axes(head), elements.shape.vectors
    least = elements.dialect.constant(-math.inf)

    def body(place: Place) -> None:
        def largest(at: Place, found: list[str]) -> list[str]:
            return [elements.apply(ops.maximum, one, elements.value(view, [*place, *at], k)) for k, one in enumerate(found)]

        def others(at: Place, found: list[str]) -> list[str]:
            after = []
            for k, (one, total) in enumerate(zip(found[:vectors], found[vectors:], strict=True)):
                number = elements.value(view, [*place, *at], k)
                smaller = elements.apply(ops.minimum, one, number)
                power = elements.apply(ops.exp, elements.apply(ops.sub, smaller, most[k]))
                after.append((elements.apply(ops.maximum, one, number), elements.add(total, power)))
            return [number for number, _ in after] + [total for _, total in after]

        most = over_terms(elements, terms, [least] * vectors, largest)
        totals = over_terms(elements, terms, [least] * vectors + [elements.zero] * vectors, others)[vectors:]
        for vector, (one, total) in enumerate(zip(most, totals, strict=True)):
            result = elements.apply(FINITE_ADD, one, elements.apply(ops.log1p, total))
            elements.follow(nest.arrays, place, vector, {head: result})

    over_places(elements, head.shape, vectors * terms_of(head) * SLOW, body)
