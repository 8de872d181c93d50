"""The cards of a batch: one for what each row computes at the same place, and what goes from card to card.

A weighted sum is one card, with the function that it goes through: it reads its inputs each by a weight, and a bias by none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from micrograd import ops
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value
from micrograd.ops import Op, Reduction
from micrograd.text.naming import Label, short
from micrograd.views.batches.finding import DIGITS, Batch, Column, is_number
from micrograd.views.diagram import glyph

SUMS = (ops.add, ops.sub, ops.total)


class Link(NamedTuple):
    """What a card reads: another card, through a weight or bare; or a parameter alone, such as a bias."""

    source: int | None
    weight: Value | None


@dataclass
class RowsCard:
    """One place of the batch. `column` has its nodes, one for each row."""

    column: Column
    kind: str  # "input" or "op"
    name: str
    glyph: str
    before: str = ""  # a number that is the operation's operand
    after: str = ""
    links: list[Link] = field(default_factory=list)
    level: int = 0  # how many cards stand on the longest way to it

    @property
    def group(self) -> str:
        """The layer that all its parameters are of, by their labels."""
        labels = [link.weight.label for link in self.links if link.weight is not None]
        groups = {label.groups[:1] if isinstance(label, Label) else () for label in labels}
        return printable(groups.pop()[0]) if len(groups) == 1 and () not in groups else ""


def rows_cards(batch: Batch) -> tuple[list[RowsCard], list[int]]:
    """The cards, each after those that it reads, and which of them the loss reads."""
    maker = CardMaker(batch)
    cards = maker.cards()
    outputs = [maker.card_of[place] for place in batch.outputs]
    give_names(cards, outputs, first=0 if batch.has_classes else 1)
    return cards, outputs


class CardMaker:
    """Puts the places of a batch on cards."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.shape = batch.shape
        self.numbers = [op is None and is_number(column) for (op, _), column in zip(batch.shape, batch.columns, strict=True)]
        self.card_of: dict[int, int] = {}
        readers = [(place, operand) for place, (_, operands) in enumerate(batch.shape) for operand in operands]
        self.uses = Counter([operand for _, operand in readers if isinstance(operand, int)]) + Counter(batch.outputs)
        self.reader = {operand: place for place, operand in readers if isinstance(operand, int)}
        self.plain_inputs: dict[object, int] = {}  # the card of numbers that each use has made a leaf of
        self.weighted: list[bool] = []
        for place in range(len(self.shape)):
            self.weighted.append(self.is_weighted_sum(place))

    def is_weighted_sum(self, place: int) -> bool:
        """Whether the place holds a sum of products with parameters, or a part of one."""
        op, operands = self.shape[place]
        shared = [isinstance(operand, Value) for operand in operands]
        if op is ops.mul:
            return sum(shared) == 1
        if op is ops.dot:
            return any(shared)
        if op not in SUMS or any(isinstance(operand, int) and self.numbers[operand] for operand in operands):
            return False
        return any(isinstance(operand, Value) or (self.uses[operand] == 1 and self.weighted[operand]) for operand in operands)

    def is_inside(self, place: int) -> bool:
        """Whether the place is only a step within the card of its reader: a part of the sum, or what a function is applied to."""
        if self.uses[place] != 1 or not self.weighted[place] or place not in self.reader:
            return False
        op, operands = self.shape[self.reader[place]]
        return (op in SUMS and self.weighted[self.reader[place]]) or len(operands) == 1

    def cards(self) -> list[RowsCard]:
        cards: list[RowsCard] = []
        for place, (op, _) in enumerate(self.shape):
            if self.numbers[place] or self.is_inside(place):
                continue
            column = self.batch.columns[place]
            if op is None and (known := self.plain_inputs.setdefault(self.plain_numbers(place), len(cards))) < len(cards):
                self.card_of[place] = known
                continue
            name = common_name(column)
            card = RowsCard(column, "input", name, "x") if op is None else self.op_card(place, op, name)
            card.level = max([cards[link.source].level + 1 for link in card.links if link.source is not None], default=0)
            card.level = max(card.level, int(op is not None))
            self.card_of[place] = len(cards)
            cards.append(card)
        return cards

    def plain_numbers(self, place: int) -> object:
        """What tells the numbers of one input from those of others where they are plain: the numbers."""
        column = self.batch.columns[place]
        return tuple([node.data for node in column]) if all(isinstance(node, Constant) for node in column) else place

    def op_card(self, place: int, op: Op, name: str) -> RowsCard:
        operands = self.shape[place][1]
        body = operands[0] if len(operands) == 1 and isinstance(operands[0], int) and self.is_inside(operands[0]) else place
        card = RowsCard(self.batch.columns[place], "op", name, glyph(op))
        if self.weighted[body]:
            card.glyph = "Σ" if op in (*SUMS, ops.dot) else card.glyph
            card.links = sorted(self.links_of_sum(body), key=lambda link: link.source is None)  # a bias last
        else:
            card.links = [self.link(operand) for operand in operands if isinstance(operand, Value) or not self.numbers[operand]]
        if op is not ops.dot:
            self.write_numbers(card, operands, isinstance(op, Reduction))
        return card

    def write_numbers(self, card: RowsCard, operands: Sequence[int | Value], many: bool) -> None:
        """Write operands that are numbers on the card."""
        texts = [
            short(self.batch.columns[operand][0].data) if isinstance(operand, int) and self.numbers[operand] else ""
            for operand in operands
        ]
        if len(texts) == 2 and not many:
            card.before, card.after = texts
        else:
            card.after = ", ".join(filter(None, texts))

    def links_of_sum(self, body: int) -> Iterator[Link]:
        """What a weighted sum reads, in the order in which it is written."""
        stack: list[int | Value] = [body]
        while stack:
            part = stack.pop()
            if isinstance(part, Value) or (part != body and not self.is_inside(part)):
                yield self.link(part)
                continue
            op, operands = self.shape[part]
            if op in SUMS:
                stack.extend(reversed(operands))
                continue
            half = len(operands) // 2
            for pair in zip(operands[:half], operands[half:], strict=True):
                yield from self.links_of_product(*pair)

    def links_of_product(self, left: int | Value, right: int | Value) -> Iterator[Link]:
        if isinstance(left, Value) == isinstance(right, Value):
            yield self.link(left)
            yield self.link(right)
            return
        weight, place = (left, right) if isinstance(left, Value) else (right, left)
        yield Link(self.card_of.get(place), weight) if isinstance(weight, Value) and isinstance(place, int) else self.link(place)

    def link(self, operand: int | Value) -> Link:
        return Link(None, operand) if isinstance(operand, Value) else Link(self.card_of.get(operand), None)


def common_name(column: Column) -> str:
    """The label of the nodes of a column, without their numbers where these count the rows; or nothing."""
    labels = {node.label or "" for node in column}
    if len(labels) > 1:
        labels = {DIGITS.sub("", label) for label in labels}
    return printable(labels.pop()) if len(labels) == 1 else ""


def give_names(cards: Sequence[RowsCard], outputs: Sequence[int], first: int) -> None:
    """Names as books write them for cards that have none: x for inputs, h for what is hidden, o for outputs.

    The outputs are counted in the order of the classes, which begin with 0; all others from 1.
    """
    unnamed = [number for number, card in enumerate(cards) if not card.name]
    ends = [number for number in dict.fromkeys(outputs) if number in unnamed and cards[number].kind == "op"]
    count_names("o", [cards[number] for number in ends], first)
    count_names("x", [cards[number] for number in unnamed if cards[number].kind == "input"], 1)
    hidden = [card for number, card in enumerate(cards) if number not in ends and not card.name]
    if all(card.group for card in hidden):  # which stands above them
        for level in dict.fromkeys(card.level for card in hidden):
            count_names("h", [card for card in hidden if card.level == level], 1)
    else:
        count_names("h", hidden, 1)


def count_names(letter: str, cards: Sequence[RowsCard], first: int) -> None:
    for number, card in enumerate(cards, start=first):
        card.name = f"{letter}{number}" if len(cards) > 1 else letter
