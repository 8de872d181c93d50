"""Where the cards and lines of a diagram go: every block alone, by Graphviz or in ranks, and then the blocks in columns.

Blocks of one shape are laid out once, so the time grows with the number of shapes, and a network reads as in a textbook.
Everything is computed from left to right; from top to bottom is the same picture with the two axes exchanged.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from micrograd.display.characters import printable
from micrograd.views.diagram import Chart, Groups, Line
from micrograd.views.layout.blocks import Block, blocks_of
from micrograd.views.layout.chips import Chip, place_chips
from micrograd.views.layout.geometry import Box, Curve, Point, ease, middle, moved, slots, straight, swung, union
from micrograd.views.layout.graphviz import graphviz_is_here, placed_by_graphviz
from micrograd.views.layout.inside import Inside, Sizes, column_of
from micrograd.views.layout.layered import placed_in_ranks
from micrograd.views.layout.measures import NORMAL, Measures, extent

PADDING = 14.0  # between a frame and what is in it
BETWEEN_BLOCKS = 18.0
MARGIN = 16.0


@dataclass
class Frame:
    """The border around a neuron or a layer; outer frames come first."""

    title: str
    groups: Groups
    box: Box


@dataclass
class Layout:
    """The picture in points, y downwards: boxes of the cards, curves of the lines, frames, and chips."""

    cards: list[Box]
    lines: list[Curve]
    frames: list[Frame]
    chips: list[Chip]
    width: float
    height: float


def lay_out(diagram: Chart, direction: str = "LR", measures: Measures = NORMAL) -> Layout:
    """Place everything: inputs at the left (or at the top, for direction "TB"), the output at the far end."""
    if direction not in tuple(measures.gaps):  # which may be a list, say
        raise ValueError(f'direction needs to be "LR" or "TB", got {direction!r}')
    card = measures.card_width, measures.card_height
    sizes = Sizes(*(card if direction == "LR" else card[::-1]), measures.gaps[direction])
    columns = Columns(diagram, sizes, measures.title_room, title_along=direction == "TB")
    cards, lines, frames = columns.cards, columns.lines, columns.frames
    if direction == "TB":
        cards = [box.turned() for box in cards]
        lines = [[Point(v, u) for u, v in curve] for curve in lines]
        frames = [replace(frame, box=frame.box.turned()) for frame in frames]
    borders = [frame.box for frame in frames]
    kept_clear = [*cards, *(title_box(frame, measures) for frame in frames)]
    chips = place_chips(diagram, kept_clear, lines, borders, measures)
    return in_the_corner(Layout(cards, lines, frames, chips, 0.0, 0.0))


def title_box(frame: Frame, measures: Measures) -> Box:
    left, top = frame.box.left + 11.0, frame.box.top
    return Box(left, top, left + extent(frame.title) * measures.title, top + measures.title_room)


class Columns:
    """The blocks in columns. `title_along` says that the title of a frame takes its room along, not across."""

    def __init__(self, diagram: Chart, sizes: Sizes, title: float, *, title_along: bool) -> None:
        self.diagram = diagram
        self.sizes = sizes
        self.title_along, self.title_across = (title, 0.0) if title_along else (0.0, title)
        self.cards = [Box(0.0, 0.0, 0.0, 0.0)] * len(diagram.cards)
        self.lines: list[Curve] = [[] for _ in diagram.lines]
        self.exit_curves: dict[int, Curve] = {}  # from a card that is read inside and outside to the end of its block
        self.frames: list[Frame] = []
        self.blocks, self.block_of = blocks_of(diagram)
        self.known: dict[object, Inside] = {}
        insides = {block: self.inside(block) for block in self.blocks}
        self.stack(insides)
        for block, inside in insides.items():
            self.put(block, inside)
        self.spread_ends()
        self.connect()

    def inside(self, block: Block) -> Inside:
        """The layout of one block; blocks of one shape share it."""
        local = {card: number for number, card in enumerate(block.cards)}
        lines = [self.diagram.lines[line] for line in block.lines]
        inner = tuple([(local[line.tail], local[line.head]) for line in lines])
        if not inner:
            block.entries, block.exits = {}, []  # lines reach the cards of a plain column directly
        entries = tuple([tuple([local[self.diagram.lines[n].head] for n in into]) for into in block.entries.values()])
        exits = tuple([local[card] for card in block.exits])
        shape = (len(local), inner, entries, exits)
        if shape not in self.known:
            placed = placed_by_graphviz if graphviz_is_here() else placed_in_ranks
            self.known[shape] = placed(*shape, self.sizes) if inner else column_of(len(local), self.sizes)
        return self.known[shape]

    def stack(self, insides: dict[Block, Inside]) -> None:
        """Give every block its box: column after column, the blocks of a column one under the other around v = 0."""
        coming = Counter(self.block_of[line.head].column for line in self.diagram.lines if self.crosses(line))
        u = 0.0
        for column in range(max(block.column for block in self.blocks) + 1):
            members = [block for block in self.blocks if block.column == column]
            if any(block.layer for block in members):
                u += PADDING + self.title_along
            width = max(self.framed_size(block, insides[block])[0] for block in members)
            self.pile_up(members, insides, u + width / 2.0)
            self.frame_layers(members)
            u += width + (PADDING if any(block.layer for block in members) else 0.0)
            u += self.sizes.gap + min(160.0, 1.2 * coming[column + 1])  # many lines need room to turn

    def pile_up(self, members: Sequence[Block], insides: dict[Block, Inside], u: float) -> None:
        """Put the blocks of a column one under the other, with room for the frames of layers, centred on (u, 0)."""
        v = 0.0
        layer: Groups = ()
        for block in members:
            if block.layer != layer:
                v += (PADDING if layer else 0.0) + (PADDING + self.title_across if block.layer else 0.0)
                layer = block.layer
            width, height = self.framed_size(block, insides[block])
            block.box = Box(u - width / 2.0, v, u + width / 2.0, v + height)
            v += height + BETWEEN_BLOCKS
        middle_of_all = middle(union([block.box for block in members])).v
        for block in members:
            block.box = block.box.moved(0.0, -middle_of_all)

    def framed_size(self, block: Block, inside: Inside) -> tuple[float, float]:
        if not block.title:
            return inside.width, inside.height
        return inside.width + 2.0 * PADDING + self.title_along, inside.height + 2.0 * PADDING + self.title_across

    def frame_layers(self, members: Sequence[Block]) -> None:
        for layer in dict.fromkeys(block.layer for block in members if block.layer):
            box = union([block.box for block in members if block.layer == layer]).grown(PADDING)
            box = Box(box.left - self.title_along, box.top - self.title_across, box.right, box.bottom)
            self.frames.append(Frame(printable(".".join(layer)), layer, box))

    def put(self, block: Block, inside: Inside) -> None:
        """Move what was placed alone to where the block stands."""
        u, v = block.box.left, block.box.top
        if block.title:
            u, v = u + PADDING + self.title_along, v + PADDING + self.title_across
            self.frames.append(Frame(block.title, block.groups, block.box))
        for card, box in zip(block.cards, inside.cards, strict=True):
            self.cards[card] = box.moved(u, v)
        for line, curve in zip(block.lines, inside.lines, strict=True):
            self.lines[line] = moved(curve, u, v)
        for lines, curves in zip(block.entries.values(), inside.entries, strict=True):
            for line, curve in zip(lines, curves, strict=True):
                self.lines[line] = moved(curve, u, v)
        for card, curve in zip(block.exits, inside.exits, strict=True):
            self.exit_curves[card] = moved(curve, u, v)

    def crosses(self, line: Line) -> bool:
        """Whether the line goes from one block to another."""
        return self.block_of[line.tail] is not self.block_of[line.head]

    def connect(self) -> None:
        """Draw the lines between blocks: out of the one, across, and into the other; over the columns between them."""
        crossing = [number for number, line in enumerate(self.diagram.lines) if self.crosses(line)]
        starts, ends = self.direct_ends(crossing)
        lane = min(block.box.top for block in self.blocks) - (
            self.title_along + self.title_across + 2.0 * PADDING if self.frames else 0.0
        )
        for number in crossing:
            line = self.diagram.lines[number]
            source, target = self.block_of[line.tail], self.block_of[line.head]
            out = [starts[number]] if number in starts else self.exit_curves[line.tail]
            into = [ends[number]] if number in ends else self.lines[number]
            curve = straight(out, source.box.right)
            if target.column - source.column > 1:
                lane -= 12.0
                between = [block.box for block in self.blocks if source.column < block.column < target.column]
                curve = swung(curve, Point(min(box.left for box in between) - 10.0, lane))
                curve = straight(curve, max(box.right for box in between) + 10.0)
            entry = Point(min(target.box.left, into[0].u), into[0].v)
            self.lines[number] = swung(curve, entry)[:-1] + straight([entry], into[0].u)[:-1] + into

    def spread_ends(self) -> None:
        """Where several curves meet at a card, let each have a place of its own."""
        leaving: dict[int, list[Curve]] = {}
        coming: dict[int, list[Curve]] = {}
        for line, curve in zip(self.diagram.lines, self.lines, strict=True):
            if curve:
                coming.setdefault(line.head, []).append(curve)
                if not self.crosses(line):
                    leaving.setdefault(line.tail, []).append(curve)
        for card, curve in self.exit_curves.items():
            leaving[card].append(curve)
        first: dict[int, float] = {}  # by how much the start of each curve is moved
        for card, curves in leaving.items():
            curves.sort(key=lambda curve: (curve[2].v, curve[-1].v))
            for place, v in slots(self.cards[card], range(len(curves))):
                curve = curves[place]
                first[id(curve)] = shift = v - curve[0].v
                curve[:2] = moved(curve[:2], 0.0, shift)
        for card, curves in coming.items():
            curves.sort(key=lambda curve: (curve[-3].v, curve[0].v))
            for place, v in slots(self.cards[card], range(len(curves))):
                curve = curves[place]
                shift = v - curve[-1].v
                curve[-2:] = moved(curve[-2:], 0.0, shift)
                if curve[-1].u - curve[0].u < 2.0 * self.sizes.gap:  # no card is in between
                    ease(curve, first.get(id(curve), 0.0), shift)

    def direct_ends(self, crossing: Sequence[int]) -> tuple[dict[int, Point], dict[int, Point]]:
        """Where lines that need no port leave their cards and reach them: spread over the side, in the order of the far ends."""
        lines = self.diagram.lines
        leaving: dict[int, list[int]] = {}
        coming: dict[int, list[int]] = {}
        for number in crossing:
            if lines[number].tail not in self.exit_curves:
                leaving.setdefault(lines[number].tail, []).append(number)
            if not self.lines[number]:
                coming.setdefault(lines[number].head, []).append(number)

        def far_end(number: int) -> float:
            return self.lines[number][0].v if self.lines[number] else middle(self.cards[lines[number].head]).v

        def near_end(number: int) -> float:
            return middle(self.cards[lines[number].tail]).v

        starts = {
            number: Point(self.cards[card].right, v)
            for card, numbers in leaving.items()
            for number, v in slots(self.cards[card], sorted(numbers, key=far_end))
        }
        ends = {
            number: Point(self.cards[card].left, v)
            for card, numbers in coming.items()
            for number, v in slots(self.cards[card], sorted(numbers, key=near_end))
        }
        return starts, ends


def in_the_corner(layout: Layout) -> Layout:
    """The same picture with its corner at (0, 0)."""
    ends = [Box(p.u, p.v, p.u, p.v) for curve in layout.lines for p in curve]
    whole = union([*layout.cards, *(frame.box for frame in layout.frames), *(chip.box for chip in layout.chips), *ends])
    u, v = MARGIN - whole.left, MARGIN - whole.top
    return Layout(
        [box.moved(u, v) for box in layout.cards],
        [moved(curve, u, v) for curve in layout.lines],
        [replace(frame, box=frame.box.moved(u, v)) for frame in layout.frames],
        [replace(chip, box=chip.box.moved(u, v)) for chip in layout.chips],
        math.ceil(whole.width + 2 * MARGIN),
        math.ceil(whole.height + 2 * MARGIN),
    )
