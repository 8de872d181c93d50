"""What the layout of one block is, and what both ways to it share: by Graphviz, and by ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from micrograd.views.layout.geometry import Box, Curve

BETWEEN = 12.0  # cards of a column
PORT_ROOM = 30.0  # between a port and the first card
MOST_CROSSED = 1500  # ranks that all lines of a block together may cross
MOST_LINES = 5000  # of a block


class Sizes(NamedTuple):
    """Of a card along and across, and the least room between two ranks of cards."""

    length: float
    breadth: float
    gap: float


@dataclass
class Inside:
    """The layout of one block, its corner at (0, 0)."""

    cards: list[Box]
    lines: list[Curve]
    entries: list[list[Curve]]
    exits: list[Curve]
    width: float
    height: float


def column_of(count: int, sizes: Sizes) -> Inside:
    """Cards that no line joins, one under the other."""
    step = sizes.breadth + BETWEEN
    cards = [Box(0.0, i * step, sizes.length, i * step + sizes.breadth) for i in range(count)]
    return Inside(cards, [], [], [], sizes.length, count * step - BETWEEN)


def far_lines(count: int, inner: Sequence[tuple[int, int]]) -> set[int]:
    """The longest lines, beyond what finds its way between the cards in an instant: they are drawn straight across.

    The time grows with the lines, and with the ranks that all of them together cross. Every card keeps a line from the
    rank before its own, which holds it in its place. Cards come in topological order.
    """
    rank = [0] * count
    holding = [-1] * count  # for each card the line that holds it
    for number, (tail, head) in sorted(enumerate(inner), key=lambda line: line[1][1]):
        if rank[tail] >= rank[head]:
            rank[head], holding[head] = rank[tail] + 1, number
    crosses = [rank[head] - rank[tail] - 1 for tail, head in inner]
    longest = sorted(set(range(len(inner))) - set(holding), key=lambda number: (-crosses[number], number))
    crossed, given = sum(crosses), len(inner)
    far: set[int] = set()
    for number in longest:
        if crossed <= MOST_CROSSED and given <= MOST_LINES:
            break
        far.add(number)
        crossed, given = crossed - crosses[number], given - 1
    return far
