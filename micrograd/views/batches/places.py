"""Where the cards, lines and chips of a batch go: cards in columns, each after those that it reads, and the loss last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.views.batches.cards import Link, RowsCard
from micrograd.views.batches.drawing import BatchLook
from micrograd.views.layout.geometry import Box, Curve, Point, middle, straight, swung

MOST_CHIPS = 6  # at one card: what more weights come to is left to the mouse


@dataclass(frozen=True)
class LinePlace:
    """A line from a card, or from nowhere, to the card `head`. `chip` is where its number stands."""

    tail: int | None
    head: int
    link: Link
    curve: Curve
    chip: Box | None


class Places:
    """All boxes and curves of a picture, y downwards. The loss is the last card."""

    def __init__(self, look: BatchLook) -> None:
        self.look = look
        self.sizes = look.sizes
        self.levels = card_levels(look.cards, look.outputs)
        self.card_width = self.sizes.card - (0.0 if look.swept else self.sizes.gradient + 3.0 * self.sizes.unit)
        self.heights = [self.card_height(card) for card in look.cards]
        self.loss_width = self.sizes.tile + self.sizes.unit * 15 + sum(column.width for column in look.loss.columns)
        self.tops = self.stacked()
        self.lefts, self.width = self.columns()
        shift = self.headroom - min([self.tops[number] for number in range(len(look.cards))] + [self.loss_top - self.sum_room])
        self.tops = [top + shift for top in self.tops]
        self.loss_shift = shift
        self.cards = [
            Box(left, top, left + self.card_width, top + height)
            for left, top, height in zip(self.card_lefts(), self.tops, self.heights, strict=True)
        ]
        self.loss = Box(
            self.width - self.sizes.margin - self.loss_width,
            self.loss_top + shift,
            self.width - self.sizes.margin,
            self.loss_top + shift + self.natural_height,
        )
        self.lines = [line for number in range(len(self.cards)) for line in self.lines_to(number)]
        self.ends = list(self.lines_to_loss())
        drawn = [
            point.v for curve in [*[line.curve for line in self.lines], *[curve for _, curve in self.ends]] for point in curve
        ]
        bottom = max([box.bottom for box in [*self.cards, self.loss]] + drawn)
        self.height = bottom + self.sizes.margin + (1.4 * self.sizes.small if look.scales else 0.0)

    # ---- cards

    @property
    def cell_pitch(self) -> float:
        """From row to row on a card of natural height."""
        return self.sizes.cells / self.look.shown_rows if self.look.in_strips else self.sizes.pitch

    @property
    def natural_height(self) -> float:
        """What the head and the rows take."""
        return self.sizes.head + self.cell_pitch * self.look.shown_rows + 2.0 * self.sizes.unit

    @property
    def headroom(self) -> float:
        """What stands above all cards: how many rows there are, and what is on the lines; and the names of layers."""
        titled = any(self.layer_titles())
        return 54.0 * self.sizes.unit + (1.5 * self.sizes.small if titled else 0.0)

    @property
    def sum_room(self) -> float:
        """What the mean takes above the card of the losses, which only it has."""
        return 1.8 * self.sizes.sum

    @property
    def loss_top(self) -> float:
        return -self.natural_height / 2.0

    @property
    def row_label_room(self) -> float:
        """What the names of the rows take, at the left of the inputs."""
        return (0.62 * self.sizes.small) * max(map(len, self.look.row_names)) + self.sizes.margin

    def card_height(self, card: RowsCard) -> float:
        """High enough for the rows, and for the chips that stand before it."""
        chips = len(card.links)
        if not has_chips(card):
            return self.natural_height
        return max(self.natural_height, self.chip_pitch(chips) * (chips - 1) + self.sizes.chip_height + 4.0 * self.sizes.unit)

    def chip_pitch(self, chips: int) -> float:
        """From chip to chip; closer where that keeps the card at its height."""
        if chips < 2:
            return self.sizes.chip_pitch
        room = self.natural_height - self.sizes.chip_height - 4.0 * self.sizes.unit
        return max(self.sizes.chip_least, min(self.sizes.chip_pitch, room / (chips - 1)))

    def stacked(self) -> list[float]:
        """The top of each card, the cards of a column around 0."""
        sums = [sum(self.heights[number] for number in level) + self.sizes.between * (len(level) - 1) for level in self.levels]
        tops = [0.0] * len(self.heights)
        for level, least in zip(self.levels, sums, strict=True):
            apart = min(self.sizes.apart, self.sizes.between + (max(sums) - least) / max(len(level), 1))
            top = -(least + (apart - self.sizes.between) * (len(level) - 1)) / 2.0
            for number in level:
                tops[number] = top
                top += self.heights[number] + apart
        return tops

    def columns(self) -> tuple[list[float], float]:
        """Where each column begins, and how wide all is."""
        left = self.sizes.margin + self.row_label_room
        lefts = []
        for number, level in enumerate(self.levels):
            if number:
                chips = any(has_chips(self.look.cards[card]) for card in level)
                left += (self.sizes.chip_gap if chips else self.sizes.gap) + self.turning_room(level)
            lefts.append(left)
            left += self.card_width
        return lefts, left + self.sizes.last_gap + self.turning_room([]) + self.loss_width + self.sizes.margin

    def turning_room(self, level: Sequence[int]) -> float:
        """What lines that come from far above or below need to turn; without a level those to the loss."""
        drops = [
            abs(self.tops[link.source] - self.tops[card])
            for card in level
            for link in self.look.cards[card].links
            if link.source is not None
        ] or [abs(self.tops[card] - self.loss_top) for card in self.look.outputs]
        return min(0.9 * self.sizes.card, max(0.0, 0.3 * (max(drops) - 0.4 * self.sizes.card)))

    def card_lefts(self) -> list[float]:
        left_of = {card: left for level, left in zip(self.levels, self.lefts, strict=True) for card in level}
        return [left_of[number] for number in range(len(self.look.cards))]

    def rows_of(self, box: Box) -> list[tuple[float, float]]:
        """Top and bottom of each row of cells on a card; a card that chips made higher has its rows further apart."""
        sizes, count = self.sizes, self.look.shown_rows
        pitch = (box.height - sizes.head - 2.0 * sizes.unit) / count
        gap = (1.0 if self.look.in_strips else 2.0) * sizes.unit
        tops = [box.top + sizes.head + pitch * row for row in range(count)]
        return [(top, top + pitch - gap) for top in tops]

    def layer_titles(self) -> list[str]:
        """The name over each column where several are hidden: that of the layer which all its parameters are of."""
        if len(self.levels) < 4:
            return [""] * len(self.levels)
        groups = [{self.look.cards[card].group for card in level} for level in self.levels]
        return [names.pop() if len(names) == 1 else "" for names in groups]

    # ---- lines

    def lines_to(self, head: int) -> list[LinePlace]:
        """What comes in at the left of a card, from above to below in the order of its operands."""
        card, box = self.look.cards[head], self.cards[head]
        chips = has_chips(card)
        count = len(card.links)
        pitch = self.chip_pitch(count) if chips else min(self.sizes.pitch, (box.height - self.sizes.head) / max(count, 1))
        found = []
        for slot, link in enumerate(card.links):
            v = middle(box).v + pitch * (slot - (count - 1) / 2.0)
            chip = self.chip_box(box.left, v) if chips and link.weight is not None else None
            room = self.sizes.chip + 8.0 * self.sizes.unit if chips else 0.0
            curve = self.curve_to(link.source, Point(box.left, v), room, card.level)
            found.append(LinePlace(link.source, head, link, curve, chip))
        return found

    def chip_box(self, left: float, v: float) -> Box:
        end, half = left - 8.0 * self.sizes.unit, self.sizes.chip_height / 2.0
        return Box(end - self.sizes.chip, v - half, end, v + half)

    def curve_to(self, tail: int | None, end: Point, level: float, column: int) -> Curve:
        """From the middle of the side of a card to a column, level for the last part; what comes from no card is short."""
        turned = Point(end.u - level, end.v)
        if tail is None:
            start = Point(end.u - (8.0 if level else 20.0) * self.sizes.unit, end.v)
            return [start, start, end, end]
        curve = [Point(self.cards[tail].right, middle(self.cards[tail]).v)]
        between = range(self.look.cards[tail].level + 1, column)
        if between:
            lane = self.lane(between, (curve[0].v + end.v) / 2.0)
            curve = swung(curve, Point(self.lefts[between[0]] - self.sizes.chip - 10.0 * self.sizes.unit, lane))
            curve = straight(curve, self.lefts[between[-1]] + self.card_width)
        curve = swung(curve, turned)
        return [*curve, turned, end, end] if level else curve

    def lane(self, between: Sequence[int], v: float) -> float:
        """Where a line passes all cards of these columns, above or below them, whichever is nearer."""
        boxes = [self.cards[card] for column in between for card in self.levels[column]]
        above, below = min(box.top for box in boxes), max(box.bottom for box in boxes)
        room = 1.2 * self.sizes.between
        return above - room if abs(v - above) < abs(v - below) else below + room

    def lines_to_loss(self) -> list[tuple[int, Curve]]:
        """From each output to the loss."""
        count = len(self.look.outputs)
        pitch = min(self.sizes.pitch, (self.loss.height - self.sizes.head) / max(count, 1))
        outputs = sorted(self.look.outputs, key=lambda card: self.tops[card])
        slots = [Point(self.loss.left, middle(self.loss).v + pitch * (slot - (count - 1) / 2.0)) for slot in range(count)]
        return [(card, self.curve_to(card, slot, 0.0, len(self.levels))) for card, slot in zip(outputs, slots, strict=True)]


def card_levels(cards: Sequence[RowsCard], outputs: Sequence[int]) -> list[list[int]]:
    """The cards of each column, the outputs in their order."""
    found: list[list[int]] = [[] for _ in range(max(card.level for card in cards) + 1)]
    for number, card in enumerate(cards):
        found[card.level].append(number)
    place = {number: order for order, number in enumerate(outputs)}
    return [sorted(level, key=lambda number: place.get(number, -1)) for level in found if level]


def has_chips(card: RowsCard) -> bool:
    """Whether the numbers of its weights stand before the card."""
    return len(card.links) <= MOST_CHIPS and any(link.weight is not None for link in card.links)
