"""The order of the stops in each rank, so that few lines cross."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from micrograd.views.layout.ranks import Ranks

MOST_SWEEPS = 24
PATIENCE = 6  # sweeps that bring nothing


def put_in_order(ranks: Ranks) -> None:
    """Sweep to and fro, and once more beginning at the far end; the order with the fewest crossings stays.

    It may stand on its head: then first operands are at the top.
    """
    declared = copied(ranks.order)
    found = []
    for begin in (0, 1):
        ranks.order[:] = copied(declared)
        found.append(swept(ranks, begin))
    best = min(found, key=lambda order_and_count: order_and_count[1])[0]
    mirrored = [rank[::-1] for rank in best]
    ranks.order[:] = min(best, mirrored, key=lambda order: sum(out_of_turn(rank, ranks) for rank in order))


def out_of_turn(rank: Sequence[int], ranks: Ranks) -> int:
    """How many pairs of cards and ports stand the other way round than they are read."""
    seen: list[int] = []
    count = 0
    for stop in rank:
        if stop < ranks.cards + ranks.ports:
            count += len(seen) - bisect_right(seen, stop)
            insort(seen, stop)
    return count


def copied(order: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(rank) for rank in order]


def swept(ranks: Ranks, begin: int) -> tuple[list[list[int]], int]:
    """The best order on the way, and its crossings. Each sweep is the middle for each stop, then exchanges side by side."""
    where = [0] * len(ranks.before)
    for rank in ranks.order:
        number(rank, where)
    best, fewest, idle = copied(ranks.order), crossings(ranks, where), 0
    for sweep in range(begin, begin + MOST_SWEEPS):
        if not fewest or idle == PATIENCE:
            break
        forward = sweep % 2 == 0
        for rank in ranks.order if forward else reversed(ranks.order):
            into_the_middle(rank, ranks.before if forward else ranks.after, where, turn=sweep % 4 >= 2)
        exchange(ranks, where)
        count = crossings(ranks, where)
        idle += 1
        if count < fewest:
            best, fewest, idle = copied(ranks.order), count, 0
    return best, fewest


def number(rank: Sequence[int], where: list[int]) -> None:
    for place, stop in enumerate(rank):
        where[stop] = place


def into_the_middle(rank: list[int], neighbours: Sequence[Sequence[int]], where: list[int], *, turn: bool) -> None:
    """Sort a rank by the mean place of each stop's neighbours; a stop without any keeps its own place.

    Those with one mean stay as they are, or turn round: what stays between two others finds its way out so.
    """
    joined = [stop for stop in rank if neighbours[stop]]
    mean = {stop: sum(where[other] for other in neighbours[stop]) / len(neighbours[stop]) for stop in joined}
    in_order = iter(sorted(reversed(joined) if turn else joined, key=mean.__getitem__))
    rank[:] = [next(in_order) if neighbours[stop] else stop for stop in rank]
    number(rank, where)


def exchange(ranks: Ranks, where: list[int]) -> None:
    """Exchange stops side by side as long as that takes crossings away."""
    waiting = set(range(len(ranks.order)))
    while waiting:
        for rank in sorted(waiting):
            waiting.discard(rank)
            if exchanged(ranks.order[rank], ranks.before, ranks.after, where):
                waiting |= {rank - 1, rank + 1} & set(range(len(ranks.order)))


def exchanged(rank: list[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]], where: list[int]) -> bool:
    """Exchange in one rank; whether there was anything to exchange."""
    places = {stop: [sorted([where[other] for other in side[stop]]) for side in (before, after)] for stop in rank}
    better, again = False, True
    while again:
        again = False
        for place in range(len(rank) - 1):
            one, other = places[rank[place]], places[rank[place + 1]]
            if (now := crossed(one, other)) and crossed(other, one) < now:
                rank[place], rank[place + 1] = rank[place + 1], rank[place]
                better = again = True
    number(rank, where)
    return better


def crossed(upper: Sequence[Sequence[int]], lower: Sequence[Sequence[int]]) -> int:
    """How many lines cross of two stops, one above the other, by the places to which they go on either side."""
    count = 0
    for one, other in zip(upper, lower, strict=True):
        if one and other and one[-1] > other[0]:
            count += sum([bisect_left(other, place) for place in one])
    return count


def crossings(ranks: Ranks, where: Sequence[int]) -> int:
    """How many lines cross in the whole block."""
    count = 0
    for rank in ranks.order:
        seen: list[int] = []
        for stop in rank:
            places = sorted(where[other] for other in ranks.after[stop])
            count += sum(len(seen) - bisect_right(seen, place) for place in places)
            for place in places:
                insort(seen, place)
    return count
