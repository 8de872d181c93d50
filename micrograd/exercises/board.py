"""An exercise as a picture to write in: the cards of `draw` with what is asked left out, and the fields in its place.

The picture is laid out twice, from left to right and, for narrow screens, from top to bottom; the page shows one of them.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from micrograd.exercises.blanks import Blank
from micrograd.text.naming import minus, shown, subscripted
from micrograd.views.diagram import Diagram
from micrograd.views.layout.chips import Chip
from micrograd.views.layout.columns import MARGIN, Layout, lay_out
from micrograd.views.layout.geometry import Box
from micrograd.views.layout.measures import DIGIT, Measures, number_size
from micrograd.views.looks import CardLook, LineLook, graph_drawing
from micrograd.views.svg import LivingWriter, Writer, rect

PAGE_WIDTH = 718.0  # pixels between the margins of A4, of 10 mm; Letter has 22 more
HALF_WIDTH = 347.0  # of each of two pictures side by side
HIGH, SMALLER = 280.0, 0.9  # pixels, and how much smaller a picture of that height is in print
READ = 0.8  # of its size is a picture in print in which nobody writes
BESIDE = HALF_WIDTH / SMALLER  # the widest picture that may stand beside another
ROOMS = [
    *((HALF_WIDTH, gap) for gap in (64.0, 46.0, 34.0)),
    (BESIDE, 34.0),
    *((PAGE_WIDTH, gap) for gap in (64.0, 46.0, 34.0, 26.0, 18.0)),
]
LEAST_TYPE = 9.0  # pixels on paper
MOST_GROWTH = 1.25  # of type: more has no room on a card
CROPPED = MARGIN - 5.0  # of the layout's margin, which needs room for a frame around a card and for a tick
FRAMES = {"value": Box(32.0, 19.0, -3.0, 41.0), "gradient": Box(32.0, 43.0, -3.0, 65.0)}  # on a card, from its right edge
LEAST_NUMBER = 11.5  # pixels: for longer numbers the cards of a picture are wider
SIZES = Measures(
    card_width=88.0,
    card_height=68.0,
    gaps=MappingProxyType({"LR": 64.0, "TB": 30.0}),
    tile=27.0,
    pill=21.0,
    baselines=(14.0, 34.5, 58.5),
    name=12.5,
    number=13.0,
    nabla=10.5,
    glyph=18.0,
    word=9.5,
    operand=11.0,
    digits=4,
    chip=10.0,
    chip_height=16.0,
    title=11.5,
    title_room=22.0,
    stroke=1.0,
)


@dataclass(frozen=True)
class Board:
    """The picture of a diagram with fields for these blanks; without any, all its numbers are there."""

    diagram: Diagram
    blanks: Sequence[Blank] = ()
    alone: bool = False  # on its page

    @cached_property
    def wide(self) -> Layout:
        """From left to right: on a sheet narrow enough for two in a row, or else with the widest gaps that there is room for."""
        ranks = ranks_of(self.diagram)
        cards = ranks * self.measures.card_width
        for room, gap in ROOMS:
            if self.alone and room < PAGE_WIDTH:
                continue
            if (room, gap) == ROOMS[-1] or cards + (ranks - 1) * gap <= room:  # else it need not be tried
                layout = self.laid_out("LR", gap)
                if width_of(layout) <= room:
                    break
        return layout

    @cached_property
    def tall(self) -> Layout:
        """From top to bottom, unless that is wider."""
        layout = self.laid_out("TB", 64.0)
        return layout if layout.width < self.wide.width else self.wide

    @property
    def zoom(self) -> float:
        """The size in print: smaller where a picture is too wide even so, where two would not go on a page, or nobody writes."""
        largest = READ if not self.blanks else 1.0 if height_of(self.wide) < HIGH else SMALLER
        return min(largest, (HALF_WIDTH if self.is_half else PAGE_WIDTH) / width_of(self.wide))

    @property
    def is_half(self) -> bool:
        """Whether there is room for another one beside it."""
        return not self.alone and width_of(self.wide) <= BESIDE

    @cached_property
    def sizes(self) -> Measures:
        """Of the type: what would be too small in print is larger."""
        least = LEAST_TYPE / self.zoom
        kinds = ("name", "number", "nabla", "word", "operand", "chip", "title")
        sizes = {kind: getattr(SIZES, kind) for kind in kinds}
        return replace(self.measures, **{kind: max(size, min(least, MOST_GROWTH * size)) for kind, size in sizes.items()})

    @cached_property
    def measures(self) -> Measures:
        """Cards in which the longest number has room."""
        numbers = [*(value.data for value in self.diagram.values), *self.diagram.gradients]
        room = DIGIT * LEAST_NUMBER * max(len(shown(number)) for number in numbers)
        return replace(SIZES, card_width=SIZES.card_width + max(0.0, math.ceil(room - SIZES.number_room)))

    def laid_out(self, direction: str, gap: float) -> Layout:
        gaps = MappingProxyType({**SIZES.gaps, "LR": gap})
        return lay_out(self.diagram, direction, replace(self.measures, gaps=gaps))

    @cached_property
    def html(self) -> str:
        """Both pictures and, in the order in which they are filled in, the fields over them."""
        wide, tall = self.wide, self.tall
        sizes = [
            f"--wide: {width_of(wide):.0f}px; --wide-high: {height_of(wide):.0f}px",
            f"--tall: {width_of(tall):.0f}px; --tall-high: {height_of(tall):.0f}px",
            f"--zoom: {self.zoom:.3f}",
        ]
        return "\n".join(
            [
                f'<div class="board" style="{"; ".join(sizes)}">',
                self.picture(wide, "LR", "wide"),
                self.picture(tall, "LR" if tall is wide else "TB", "tall"),
                *map(self.field, self.blanks, self.frames(wide), self.frames(tall)),
                "</div>",
            ]
        )

    def picture(self, layout: Layout, direction: str, name: str) -> str:
        """One of the pictures. Screen readers read the fields, and what is given in words."""
        width, height = width_of(layout), height_of(layout)
        size = f'width="{width:.0f}" height="{height:.0f}" viewBox="{CROPPED:g} {CROPPED:g} {width:.0f} {height:.0f}"'
        return f'<svg class="graph {name}" {size} aria-hidden="true">{"".join(self.parts(layout, direction))}</svg>'

    def parts(self, layout: Layout, direction: str) -> list[str]:
        """The elements of a picture: with nothing where a field is."""
        drawing = graph_drawing(self.diagram, layout, direction, self.sizes, swept=True)
        if not self.blanks:
            return AnsweringWriter(replace(drawing, layout=replace(layout, chips=[*filter(self.legible, layout.chips)]))).parts()
        looks = [self.asked(number, look) for number, look in enumerate(drawing.cards)]
        lines = [LineLook()] * len(drawing.lines)
        bare = replace(layout, chips=[])  # which say the local derivatives
        return AskingWriter(replace(drawing, layout=bare, cards=looks, lines=lines)).parts()

    def legible(self, chip: Chip) -> bool:
        """Whether the number on a line is not too small in print, for want of room."""
        return self.zoom * number_size(minus(chip.text), self.sizes.chip, chip.box.width - 0.4 * chip.box.height) >= LEAST_TYPE

    def asked(self, number: int, look: CardLook) -> CardLook:
        """What stands on a card while its fields are empty."""
        kinds = {blank.kind for blank in self.blanks if blank.place == self.diagram.cards[number].main}
        data = "" if "value" in kinds else look.data
        gradient = "" if "gradient" in kinds else look.gradient
        return replace(look, data=data, gradient=gradient, tint=0.0, tooltip="")

    def frames(self, layout: Layout) -> list[Box]:
        """Where the fields of a picture are."""
        cards = [(layout.cards[self.diagram.card_of[blank.place]], FRAMES[blank.kind]) for blank in self.blanks]
        return [
            Box(card.left + frame.left, card.top + frame.top, card.right + frame.right, card.top + frame.bottom)
            for card, frame in cards
        ]

    def field(self, blank: Blank, wide: Box, tall: Box) -> str:
        """The field of a blank, with its places in both pictures."""
        places = [
            f"--x: {wide.left - CROPPED:.1f}px; --y: {wide.top - CROPPED:.1f}px",
            f"--u: {tall.left - CROPPED:.1f}px; --v: {tall.top - CROPPED:.1f}px",
            f"width: {wide.width:g}px; height: {wide.height:g}px",
        ]
        what = f"{blank.kind} of {subscripted(self.diagram.names[self.diagram.values[blank.place]])}"
        return (
            f'<div class="field {blank.kind}" style="{"; ".join(places)}">'
            f'<input type="text" aria-label="{html.escape(what)}" autocomplete="off" autocapitalize="off" spellcheck="false" '
            'maxlength="40"><span class="mark" aria-hidden="true"></span></div>'
        )


class AskingWriter(LivingWriter):
    """Writes cards and lines that the script of the page can take hold of, each number in as much room as it has."""

    all_cells = False
    number = Writer.number
    tint = Writer.tint

    def parts(self) -> list[str]:
        return Writer.parts(self)


class AnsweringWriter(Writer):
    """Writes the picture with all its numbers; the steps beside it say where each comes from."""

    def tooltip(self, words: str) -> str:
        return ""

    def tint(self, look: CardLook, cell: Box) -> str:
        return rect("tint", cell, 6, f' style="--tint: {abs(look.tint):.3f}"')


def ranks_of(diagram: Diagram) -> int:
    """How many nodes come one after the other on the longest way to the output."""
    rank = [1] * len(diagram.values)
    for edge in diagram.edges:  # in the order of their children
        rank[edge.child] = max(rank[edge.child], rank[edge.parent] + 1)
    return max(rank)


def width_of(layout: Layout) -> float:
    return layout.width - 2.0 * CROPPED


def height_of(layout: Layout) -> float:
    return layout.height - 2.0 * CROPPED
