"""Points, boxes and curves, with `u` along the way of the computation and `v` across it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    u: float
    v: float


Curve = list[Point]  # Bézier segments: a point, then three more for each segment


@dataclass
class Box:
    """A rectangle, by its corners."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, u: float, v: float) -> Box:
        return Box(self.left + u, self.top + v, self.right + u, self.bottom + v)

    def grown(self, margin: float) -> Box:
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def meets(self, other: Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def straddles(self, border: Box) -> bool:
        """Whether this is neither inside the other box nor outside."""
        across = border.left <= self.left and self.right <= border.right
        down = border.top <= self.top and self.bottom <= border.bottom
        return self.meets(border) and not (across and down)

    def turned(self) -> Box:
        return Box(self.top, self.left, self.bottom, self.right)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def middle(box: Box) -> Point:
    return Point((box.left + box.right) / 2.0, (box.top + box.bottom) / 2.0)


def union(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def moved(curve: Curve, u: float, v: float) -> Curve:
    return [Point(point.u + u, point.v + v) for point in curve]


def straight(curve: Curve, u: float) -> Curve:
    """The curve, and a level line from its end on to `u`."""
    end = curve[-1]
    if abs(end.u - u) < 0.5:
        return curve
    return [*curve, Point(end.u + (u - end.u) / 3.0, end.v), Point(end.u + 2.0 * (u - end.u) / 3.0, end.v), Point(u, end.v)]


def swung(curve: Curve, to: Point) -> Curve:
    """The curve, and an S from its end to the point, level at both ends."""
    end = curve[-1]
    half = (end.u + to.u) / 2.0
    return [*curve, Point(half, end.v), Point(half, to.v), to]


def ease(curve: Curve, first: float, last: float) -> None:
    """Move the middle of a curve across, as its ends have been moved: so two that run side by side still do."""
    start, end = curve[0].u, curve[-1].u
    for number in range(2, len(curve) - 2):
        share = (curve[number].u - start) / (end - start)
        curve[number] = Point(curve[number].u, curve[number].v + first * (1.0 - share) + last * share)


def slots(box: Box, items: Sequence[int]) -> Iterator[tuple[int, float]]:
    """For each of the items a place of its own on the side of a card, in order."""
    room = min(0.62 * box.height, 0.3 * box.height * (len(items) - 1))  # chips on two lines side by side do not meet
    for place, item in enumerate(items):
        share = place / (len(items) - 1) - 0.5 if len(items) > 1 else 0.0
        yield item, middle(box).v + share * room


def along(curve: Curve, share: float) -> Point:
    """The point at a share of the way, each segment counted alike."""
    segments = (len(curve) - 1) // 3
    position = share * segments
    first = min(int(position), segments - 1)
    t = position - first
    a, b, c, d = curve[3 * first : 3 * first + 4]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return Point(
        sum(weight * point.u for weight, point in zip(weights, (a, b, c, d), strict=True)),
        sum(weight * point.v for weight, point in zip(weights, (a, b, c, d), strict=True)),
    )
