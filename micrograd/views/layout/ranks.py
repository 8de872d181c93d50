"""The ranks of a block, and the stops in each: what a line is drawn through when no Graphviz finds the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass
class Ranks:
    """Stops by rank, each rank from the top, and what each stop is joined with in the ranks beside its own.

    A stop is a card, a port, or a lane, in which a line passes a rank between its ends. They are numbered in that order.
    """

    cards: int
    ports: int
    order: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]
    ways: list[list[int]]  # for each line the stops that it joins


def ranks_of(count: int, lines: Sequence[tuple[int, int]]) -> list[int]:
    """Each card as near to its readers as can be, and one with more operands than readers as near to these.

    Cards come in topological order. What nothing reads is in the last rank, and the longest path takes all of them.
    """
    reads: list[list[int]] = [[] for _ in range(count)]
    readers: list[list[int]] = [[] for _ in range(count)]
    for tail, head in lines:
        reads[head].append(tail)
        readers[tail].append(head)
    to_go = [0] * count  # ranks to the last one
    for card in reversed(range(count)):
        to_go[card] = max((to_go[reader] + 1 for reader in readers[card]), default=0)
    rank = [max(to_go, default=0) - each for each in to_go]
    for card in range(count):
        if len(reads[card]) > len(readers[card]):
            rank[card] = max(rank[operand] + 1 for operand in reads[card])
    return rank


def with_lanes(cards: int, rank: Sequence[int], lines: Sequence[tuple[int, int]]) -> Ranks:
    """The stops of cards and ports, whose ranks are given, and a lane for each line in each rank that it passes."""
    order: list[list[int]] = [[] for _ in range(max(rank) + 1)]
    passing: dict[int, list[list[int]]] = {}  # by the card where the lines end
    ways = []
    stops = len(rank)
    for tail, head in lines:
        lanes = range(stops, stops + rank[head] - rank[tail] - 1)
        stops += len(lanes)
        ways.append([tail, *lanes, head])
        passing.setdefault(head, []).append(ways[-1])
    for stop in range(len(rank)):
        for way in passing.get(stop, ()):  # a line first stands where its reader does
            for place, lane in enumerate(way[1:-1], rank[way[0]] + 1):
                order[place].append(lane)
        order[rank[stop]].append(stop)
    before: list[list[int]] = [[] for _ in range(stops)]
    after: list[list[int]] = [[] for _ in range(stops)]
    for way in ways:
        for one, other in pairwise(way):
            before[other].append(one)
            after[one].append(other)
    return Ranks(cards, len(rank) - cards, order, before, after, ways)
