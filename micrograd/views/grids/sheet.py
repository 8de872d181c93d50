"""What a picture of a network is made of, before it is SVG or DOT: faces, heat maps, words, bars and lines, each in its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from micrograd.views.batches.cells import cell_texts
from micrograd.views.batches.drawing import STRONGEST_ALONE, largest, strength_of
from micrograd.views.layout.geometry import Box, Curve, Point
from micrograd.views.layout.measures import DIGIT

LEGIBLE = 30.0  # from this width on a cell has its number
INK = "ink"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Heat(NamedTuple):
    """A cell: a colour by its name, how much of it, and a number or nothing."""

    colour: str
    cover: float
    text: str = ""
    tooltip: str = ""


class Face(NamedTuple):
    """A card, or the tile on one."""

    box: Box
    kind: str  # "card", "output", or a tile by its colour
    tooltip: str = ""


class HeatMap(NamedTuple):
    box: Box
    columns: int
    cells: Sequence[Heat]
    size: float  # of the numbers

    @property
    def rows(self) -> int:
        return len(self.cells) // self.columns

    def boxes(self) -> list[Box]:
        """The box of each cell, with a gap to the next."""
        width, height = self.box.width / self.columns, self.box.height / self.rows
        gap = min(1.0, 0.08 * min(width, height))
        return [
            Box(left, top, left + width - gap, top + height - gap)
            for top in [self.box.top + height * row for row in range(self.rows)]
            for left in [self.box.left + width * column for column in range(self.columns)]
        ]


class Words(NamedTuple):
    """A line of text that begins, ends or has its middle at a point of its base line."""

    u: float
    v: float
    text: str
    size: float
    kind: str = "note"  # "heading", "note", "name", "number" or "glyph"
    anchor: str = "start"


class Bar(NamedTuple):
    box: Box
    share: float


class Stroke(NamedTuple):
    """A line between two points: its sign and its strength from 0 to 1; without a sign it says nothing but the way."""

    curve: Curve
    sign: int | None = None
    strength: float = 0.0
    faint: bool = False
    tooltip: str = ""
    unit: float = 1.0  # what a line of one pixel is here

    @property
    def width(self) -> float:
        return self.unit * (1.0 if self.sign is None else 0.6 + (1.4 if self.faint else 4.4) * self.strength)

    @property
    def opacity(self) -> float:
        return 0.22 if self.faint else 0.3 + 0.55 * self.strength if self.sign else 0.7


@dataclass
class Sheet:
    """A picture, y downwards; what comes later stands above."""

    width: float = 0.0
    height: float = 0.0
    title: str = ""
    strokes: list[Stroke] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    maps: list[HeatMap] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)

    def enlarged(self, factor: float) -> Sheet:
        """The same picture so much larger, with its type."""

        def larger(box: Box) -> Box:
            return Box(*[factor * side for side in (box.left, box.top, box.right, box.bottom)])

        return Sheet(
            factor * self.width,
            factor * self.height,
            self.title,
            [line._replace(curve=[Point(factor * u, factor * v) for u, v in line.curve], unit=factor) for line in self.strokes],
            [face._replace(box=larger(face.box)) for face in self.faces],
            [shown._replace(box=larger(shown.box), size=factor * shown.size) for shown in self.maps],
            [bar._replace(box=larger(bar.box)) for bar in self.bars],
            [line._replace(u=factor * line.u, v=factor * line.v, size=factor * line.size) for line in self.words],
        )


class Scale(NamedTuple):
    """What the full colour of a kind of number stands for. Numbers from 0 to 1 of an input are ink, which has no sign."""

    name: str
    most: float
    ink: bool = False

    def heats(self, numbers: Sequence[float], names: Iterable[str], width: float, size: float) -> list[Heat]:
        """Cells so wide, with their numbers if there is room for those."""
        room = int((width - 2.0) / (DIGIT * size))
        written = [number * 10.0**-self.power for number in numbers]
        texts = cell_texts(written, 2, room) if width >= LEGIBLE else [""] * len(numbers)
        return [
            Heat(
                self.colour(number),
                self.cover(number),
                text,
                f"{name} = {number!r}" if name else "",
            )
            for number, text, name in zip(numbers, texts, names, strict=True)
        ]

    @property
    def power(self) -> int:
        """The power of ten that numbers in cells are multiples of, so that they are short."""
        size = math.floor(math.log10(self.most)) if self.most else 0
        return 0 if -1 <= size <= 2 else 3 * (size // 3)

    @property
    def unit(self) -> str:
        """What the numbers are multiples of, after a name: nothing, or × 10⁻³."""
        return f" × 10{str(self.power).translate(RAISED)}" if self.power else ""

    def colour(self, number: float) -> str:
        return INK if self.ink else "negative" if number < 0.0 else "positive"

    def cover(self, number: float) -> float:
        return strength_of(number, self.most) * (1.0 if self.ink else STRONGEST_ALONE)


def scale_of(name: str, numbers: Iterable[float], *, ink: bool = False) -> Scale:
    return Scale(name, 1.0 if ink else largest(numbers), ink)


def fitting(rows: int, columns: int, width: float, height: float, most: float = math.inf) -> float:
    """The side of the square cells of a map that is to fit into a box."""
    return min(width / columns, height / rows, most)
