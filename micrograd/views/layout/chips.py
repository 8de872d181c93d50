"""Where the numbers on lines stand: each on its own line, where no other line, card or number is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from micrograd.views.diagram import Chart
from micrograd.views.layout.geometry import Box, Curve, Point
from micrograd.views.layout.measures import Measures

MOST_CHIPS = 300
LONGEST = 450_000.0  # of all lines together: what is farther apart than in a picture so large is not seen in one
CELL = 16.0  # of the grid in which boxes look for cards and lines
STEP = 3.0  # between samples of a line: a chip is higher, so that no line slips through
MOST_PLACES = 60  # that are tried for one chip
HALO = 1.0  # around a chip
UNDER = 4.0  # of a line beside its chip is still under it


@dataclass
class Chip:
    """The local derivative of a line, in a small box on it. `free` says that nothing else is there."""

    line: int
    text: str
    box: Box
    free: bool = True


def place_chips(
    diagram: Chart, fixed: Sequence[Box], lines: Sequence[Curve], borders: Sequence[Box], measures: Measures
) -> list[Chip]:
    """A chip for every line that has a text, slid along its line to a free place, the nearer the middle the better.

    If need be it stands beside the line, which then goes under its end.
    Who has the fewest places chooses first. Where there is none, the chip is not free: it stands where it is least in the
    way, for those who show one at a time. What is fixed are cards and titles; borders of frames are crossed if need be.
    """
    if len(diagram.lines) > MOST_CHIPS or diagram.crowded or sum(map(reach, lines)) > LONGEST:
        return []
    texts = {number: text for number, line in enumerate(diagram.lines) if (text := diagram.chip_text(line))}
    sampled = [sampled_curve(curve) for curve in lines]
    field = Field(fixed, sampled)
    places: dict[int, list[Box]] = {}
    for number, text in texts.items():
        places[number] = list(boxes_along(sampled[number], measures.chip_width(text), measures.chip_height))
    free = {number: [box for box in boxes if field.is_free(box, number)] for number, boxes in places.items()}
    chips: dict[int, Chip] = {}
    taken: list[Box] = []
    for number in sorted(texts, key=lambda number: len(free[number])):
        left = [box for box in free[number] if not any(map(box.meets, taken))]
        left = left or [box for box in beside(places[number]) if field.is_free(box, number) and not any(map(box.meets, taken))]
        if left:
            best = min(left, key=lambda box: any(map(box.straddles, borders)))
            taken.append(best.grown(HALO))
        else:
            best = min(places[number], key=lambda box: field.company(box, number))
        chips[number] = Chip(number, texts[number], best, free=bool(left))
    return [chips[number] for number in texts]


class Field:
    """What chips keep clear of, fixed boxes and lines, by the cells of a grid that it is in."""

    def __init__(self, fixed: Sequence[Box], sampled: Sequence[Sequence[Point]]) -> None:
        self.points: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
        self.fixed: dict[tuple[int, int], list[Box]] = {}
        for number, points in enumerate(sampled):
            for u, v in points:
                self.points.setdefault((int(u // CELL), int(v // CELL)), []).append((number, u, v))
        for other in fixed:
            for cell in cells(other):
                self.fixed.setdefault(cell, []).append(other)

    def is_free(self, box: Box, line: int) -> bool:
        """Whether nothing fixed and no other line comes near."""
        around = box.grown(HALO)
        left, top, right, bottom = around.left, around.top, around.right, around.bottom
        for cell in cells(around):
            if any(around.meets(other) for other in self.fixed.get(cell, ())):
                return False
            for number, u, v in self.points.get(cell, ()):
                if left < u < right and top < v < bottom and number != line:
                    return False
        return True

    def company(self, box: Box, line: int) -> int:
        """How many fixed boxes and other lines the box meets."""
        fixed = {id(other) for cell in cells(box) for other in self.fixed.get(cell, ()) if box.meets(other)}
        return len(fixed) + len(self.lines_in(box) - {line})

    def lines_in(self, box: Box) -> set[int]:
        """The lines that pass through a box."""
        points = [point for cell in cells(box) for point in self.points.get(cell, ())]
        return {number for number, u, v in points if box.left < u < box.right and box.top < v < box.bottom}


def cells(box: Box) -> Iterator[tuple[int, int]]:
    """The cells of the grid that the box reaches into."""
    for column in range(int(box.left // CELL), int(box.right // CELL) + 1):
        for row in range(int(box.top // CELL), int(box.bottom // CELL) + 1):
            yield column, row


def reach(curve: Curve) -> float:
    """The way from control point to control point, than which no curve is longer."""
    return sum(math.dist(one, other) for one, other in pairwise(curve))


def sampled_curve(curve: Curve) -> list[Point]:
    """Points along a curve, at most `STEP` apart as far as its control points tell."""
    points = []
    for first in range(0, len(curve) - 1, 3):
        a, b, c, d = curve[first : first + 4]
        count = math.ceil(reach([a, b, c, d]) / STEP) + 1
        for place in range(count):
            t = place / count
            p, q, r, s = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            points.append(Point(p * a.u + q * b.u + r * c.u + s * d.u, p * a.v + q * b.v + r * c.v + s * d.v))
    return [*points, curve[-1]]


def beside(boxes: Sequence[Box]) -> Iterator[Box]:
    """The boxes moved across the line, at the left of it, at the right, above and below."""
    for box in boxes:
        u, v = box.width / 2 - UNDER, box.height / 2 - UNDER
        for shift in ((-u, 0.0), (u, 0.0), (0.0, -v), (0.0, v)):
            yield box.moved(*shift)


def boxes_along(points: Sequence[Point], width: float, height: float) -> Iterator[Box]:
    """Boxes for a chip on a line, from the middle to both ends."""
    centre, step = len(points) // 2, max(1, len(points) // MOST_PLACES)
    for shift in range(0, centre, step):
        for place in dict.fromkeys((centre - shift, centre + shift)):
            if place < len(points):
                u, v = points[place]
                yield Box(u - width / 2, v - height / 2, u + width / 2, v + height / 2)
