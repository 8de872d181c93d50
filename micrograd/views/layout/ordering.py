"""The order of the stops in each rank, so that few lines cross."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from micrograd.views.layout.ranks import Ranks

MOST_SWEEPS = 24
PATIENCE = 4  # sweeps that bring nothing


def put_in_order(ranks: Ranks) -> None:
    """Sweep to and fro: put each stop in the middle of its neighbours, then exchange those side by side; keep the best order."""
    where = [0] * len(ranks.before)
    for rank in ranks.order:
        number(rank, where)
    best, fewest, idle = [rank[:] for rank in ranks.order], crossings(ranks, where), 0
    for sweep in range(MOST_SWEEPS):
        if not fewest or idle == PATIENCE:
            break
        forward = sweep % 2 == 0
        neighbours = ranks.before if forward else ranks.after
        for rank in ranks.order if forward else reversed(ranks.order):
            into_the_middle(rank, neighbours, where)
        exchange(ranks, where)
        count = crossings(ranks, where)
        idle += 1
        if count < fewest:
            best, fewest, idle = [rank[:] for rank in ranks.order], count, 0
    ranks.order[:] = best


def number(rank: Sequence[int], where: list[int]) -> None:
    for place, stop in enumerate(rank):
        where[stop] = place


def into_the_middle(rank: list[int], neighbours: Sequence[Sequence[int]], where: list[int]) -> None:
    """Sort a rank by the mean place of each stop's neighbours; a stop without any keeps its own place."""
    joined = [stop for stop in rank if neighbours[stop]]
    mean = {stop: sum(where[other] for other in neighbours[stop]) / len(neighbours[stop]) for stop in joined}
    in_order = iter(sorted(joined, key=mean.__getitem__))
    rank[:] = [next(in_order) if neighbours[stop] else stop for stop in rank]
    number(rank, where)


def exchange(ranks: Ranks, where: list[int]) -> None:
    """Exchange stops side by side as long as that takes crossings away."""
    better = True
    while better:
        better = False
        for rank in ranks.order:
            places = {
                stop: [sorted(where[other] for other in side[stop]) for side in (ranks.before, ranks.after)] for stop in rank
            }
            for place in range(len(rank) - 1):
                upper, lower = rank[place], rank[place + 1]
                now = sum(map(crossed, places[upper], places[lower]))
                if now and sum(map(crossed, places[lower], places[upper])) < now:
                    rank[place], rank[place + 1] = lower, upper
                    better = True
            number(rank, where)


def crossed(upper: Sequence[int], lower: Sequence[int]) -> int:
    """How many lines cross that go from two stops, one above the other, to these places."""
    return sum(bisect_left(lower, place) for place in upper)


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
