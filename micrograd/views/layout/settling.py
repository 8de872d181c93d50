"""Where the stops of each rank stand across: near those that they are joined with, as far as their order lets them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from micrograd.views.layout.ranks import Ranks

SWEEPS = 8  # to and fro, to the mean of what a stop is joined with
LAST_SWEEPS = 2  # and to the median, which makes level what is nearly so
PULLS = (1.0, 2.0, 8.0)  # of a line between two cards, a card and a lane, two lanes: long lines run straight
STAY = 0.01  # what the place of a stop counts that is joined with none

Wish = tuple[float, float]  # a place, and how much it counts
Middle = Callable[[list[Wish]], float]


def settled(ranks: Ranks, breadth: float, between: float) -> list[float]:
    """The middle of each stop across. Cards have that breadth, and there is that much room between two stops."""
    settling = Settling(ranks, breadth, between)
    to = range(len(ranks.order))
    fro = to[::-1]
    settling.sweep(to, [ranks.before], mean)
    settling.sweep(fro, [ranks.after], mean)
    for middle in [mean] * SWEEPS + [median] * LAST_SWEEPS:
        settling.sweep(to, [ranks.before, ranks.after], middle)
        settling.sweep(fro, [ranks.before, ranks.after], middle)
    for run in sorted(runs_of(ranks), key=len, reverse=True):
        settling.straighten(run)
    return settling.across


def runs_of(ranks: Ranks) -> list[list[int]]:
    """All stops, in runs: each but the last is joined with the next one alone, and that with it alone. Lanes are in such."""
    runs: list[list[int]] = []
    run_of: dict[int, list[int]] = {}
    for order in ranks.order:
        for stop in order:
            one = ranks.before[stop][0] if len(set(ranks.before[stop])) == 1 else None
            if one is not None and len(set(ranks.after[one])) == 1:
                run = run_of[one]
            else:
                runs.append(run := [])
            run.append(stop)
            run_of[stop] = run
    return runs


class Settling:
    """The places across, and by how much those of each rank differ at least from that of its first stop."""

    def __init__(self, ranks: Ranks, breadth: float, between: float) -> None:
        self.ranks = ranks
        self.across = [0.0] * len(ranks.before)
        half = [breadth / 2.0] * ranks.cards + [0.0] * (len(ranks.before) - ranks.cards)
        self.above: dict[int, tuple[int, float]] = {}  # for a stop the next one in its rank, and how far away it is at least
        self.below: dict[int, tuple[int, float]] = {}
        self.offsets: list[list[float]] = []
        for order in ranks.order:
            steps = [half[upper] + between + half[lower] for upper, lower in pairwise(order)]
            for (upper, lower), step in zip(pairwise(order), steps, strict=True):
                self.above[lower], self.below[upper] = (upper, step), (lower, step)
            offsets = list(accumulate(steps, initial=0.0))
            for stop, offset in zip(order, offsets, strict=True):
                self.across[stop] = offset - offsets[-1] / 2.0
            self.offsets.append(offsets)

    def sweep(self, numbers: Sequence[int], sides: Sequence[Sequence[Sequence[int]]], middle: Middle) -> None:
        """Move the stops of one rank after the other to the middle of what they are joined with on these sides."""
        for number in numbers:
            order, offsets = self.ranks.order[number], self.offsets[number]
            wishes = [self.wishes(stop, sides, offset) for stop, offset in zip(order, offsets, strict=True)]
            for stop, offset, place in zip(order, offsets, rising(wishes, middle), strict=True):
                self.across[stop] = place + offset

    def wishes(self, stop: int, sides: Sequence[Sequence[Sequence[int]]], offset: float) -> list[Wish]:
        """Where the first stop of the rank would be for this one to be level with each of those that it is joined with."""
        cards, across = self.ranks.cards, self.across
        lane = stop >= cards
        joined = [(across[other] - offset, PULLS[lane + (other >= cards)]) for side in sides for other in side[stop]]
        return joined or [(across[stop] - offset, STAY)]

    def straighten(self, run: Sequence[int]) -> None:
        """Make stops level, as many after each other at once as those above and below leave room for."""
        level: list[int] = []
        top, bottom = -math.inf, math.inf
        for stop in run:
            highest, lowest = self.room(stop)
            if max(top, highest) > min(bottom, lowest):
                self.put(level, top, bottom)
                level, top, bottom = [], -math.inf, math.inf
            level.append(stop)
            top, bottom = max(top, highest), min(bottom, lowest)
        self.put(level, top, bottom)

    def room(self, stop: int) -> tuple[float, float]:
        """How far up and down a stop may move."""
        upper, over = self.above.get(stop, (None, 0.0))
        lower, under = self.below.get(stop, (None, 0.0))
        highest = -math.inf if upper is None else self.across[upper] + over
        return highest, math.inf if lower is None else self.across[lower] - under

    def put(self, level: Sequence[int], top: float, bottom: float) -> None:
        """Move these to the middle of where they are, or as near to it as there is room."""
        if level:
            middle = sum([self.across[stop] for stop in level]) / len(level)
            for stop in level:
                self.across[stop] = min(max(middle, top), bottom)


def rising(wishes: Sequence[list[Wish]], middle: Middle) -> list[float]:
    """The places nearest to the wishes of each that do not fall: those that would are pooled (isotonic regression)."""
    pools: list[tuple[float, list[Wish], int]] = []
    for own in wishes:
        place, pool, count = middle(own), own, 1
        while pools and pools[-1][0] > place:
            _, others, more = pools.pop()
            pool, count = others + pool, count + more
            place = middle(pool)
        pools.append((place, pool, count))
    return [place for place, _, count in pools for _ in range(count)]


def mean(wishes: list[Wish]) -> float:
    return sum([place * weight for place, weight in wishes]) / sum([weight for _, weight in wishes])


def median(wishes: list[Wish]) -> float:
    """The place with as much above as below; between two such, halfway."""
    wishes = sorted(wishes)
    half = sum([weight for _, weight in wishes]) / 2.0
    passed = 0.0
    for number, (place, weight) in enumerate(wishes):
        passed += weight
        if passed == half:
            return (place + wishes[number + 1][0]) / 2.0
        if passed > half:
            return place
    return wishes[-1][0]
