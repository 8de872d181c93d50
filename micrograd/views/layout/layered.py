"""One block of cards, placed by ourselves where there is no Graphviz, as in the browser's Python.

A rank for each card, an order in each rank, a place across, and a curve for each line: the method of Sugiyama, Tagawa and
Toda 1981.
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.views.layout.geometry import Box, Curve, Point, middle, straight, swung
from micrograd.views.layout.inside import BETWEEN, PORT_ROOM, Inside, Sizes, far_lines
from micrograd.views.layout.ordering import put_in_order
from micrograd.views.layout.ranks import Ranks, ranks_of, with_lanes
from micrograd.views.layout.settling import settled

MOST_SPREAD = 60.0  # by which the gap between two ranks grows where many lines meet


def placed_in_ranks(
    count: int,
    inner: Sequence[tuple[int, int]],
    entries: Sequence[tuple[int, ...]],
    exits: Sequence[int],
    sizes: Sizes,
) -> Inside:
    """One block. A port is a stop before all cards or after them."""
    far = far_lines(count, inner)
    near = [number for number in range(len(inner)) if number not in far]
    rank = [each + bool(entries) for each in ranks_of(count, inner)]
    rank += [0] * len(entries) + [max(rank) + 1] * len(exits)
    coming = [(port, head) for port, heads in enumerate(entries, count) for head in heads]
    going = [(card, port) for port, card in enumerate(exits, count + len(entries))]
    ranks = with_lanes(count, rank, [*(inner[number] for number in near), *coming, *going])
    put_in_order(ranks)
    across = settled(ranks, sizes.breadth, BETWEEN)
    boxes = boxes_of(ranks, across, sizes)
    cards = boxes[:count]
    curves = [curve_through([boxes[stop] for stop in way]) for way in ranks.ways]
    lines = [curve_through([cards[tail], cards[head]]) for tail, head in inner]
    for number, curve in zip(near, curves, strict=False):
        lines[number] = curve
    rest = iter(curves[len(near) :])
    return Inside(
        cards,
        lines,
        [[next(rest) for _ in heads] for heads in entries],
        list(rest),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def boxes_of(ranks: Ranks, across: Sequence[float], sizes: Sizes) -> list[Box]:
    """The box of every stop, the corner of all at (0, 0); a lane is as long as a card, and has no breadth."""
    half = [sizes.breadth / 2.0 if stop < ranks.cards else 0.0 for stop in range(len(across))]
    top = min(place - room for place, room in zip(across, half, strict=True))
    boxes = [Box(0.0, 0.0, 0.0, 0.0)] * len(across)
    u = 0.0
    for order in ranks.order:
        length = 0.0 if is_port_rank(ranks, order) else sizes.length
        for stop in order:
            boxes[stop] = Box(u, across[stop] - half[stop] - top, u + length, across[stop] + half[stop] - top)
        u += length + gap_after(ranks, order, sizes)
    return boxes


def is_port_rank(ranks: Ranks, order: Sequence[int]) -> bool:
    return ranks.cards <= order[0] < ranks.cards + ranks.ports


def gap_after(ranks: Ranks, order: Sequence[int], sizes: Sizes) -> float:
    """The room behind a rank: many lines at one card need some to turn."""
    nearest = [other for stop in order for other in ranks.after[stop]]
    if not nearest:
        return 0.0
    if is_port_rank(ranks, order) or is_port_rank(ranks, nearest):
        return PORT_ROOM
    most = max(*(len(ranks.after[stop]) for stop in order), *(len(ranks.before[stop]) for stop in nearest))
    return sizes.gap + min(MOST_SPREAD, 6.0 * max(0, most - 2))


def curve_through(boxes: Sequence[Box]) -> Curve:
    """Out of the first box, level through those between, and into the last."""
    curve = [Point(boxes[0].right, middle(boxes[0]).v)]
    for box in boxes[1:-1]:
        curve = straight(swung(curve, Point(box.left, box.top)), box.right)
    return swung(curve, Point(boxes[-1].left, middle(boxes[-1]).v))
