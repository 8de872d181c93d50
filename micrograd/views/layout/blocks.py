"""Blocks: the cards of a diagram that are laid out together, and the columns that blocks stand in.

A block is a neuron, a layer of folded neurons, the inputs, or the rest of a computation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from micrograd.display.characters import printable
from micrograd.views.diagram import Card, Chart, Groups
from micrograd.views.layout.geometry import Box

INPUTS, OUTPUT = ("inputs",), ("output",)  # the groups of the two frames that no label tells of


@dataclass(eq=False)
class Block:
    """Cards that are laid out together. Ports are where lines come in from other blocks, or go out to them."""

    title: str
    groups: Groups
    cards: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    entries: dict[int, list[int]] = field(default_factory=dict)  # card outside -> the lines that come from it
    exits: list[int] = field(default_factory=list)  # cards that are read outside, and inside too
    column: int = 0
    box: Box = field(default_factory=lambda: Box(0.0, 0.0, 0.0, 0.0))

    @property
    def layer(self) -> Groups:
        """The group around the block, if there is one."""
        return self.groups[:-1]


def blocks_of(diagram: Chart) -> tuple[list[Block], dict[int, Block]]:
    """The blocks, each in its column, and the block of each card.

    Cards in a frame are a block. So are operations outside of all frames that hang together, and the leaves that frames
    read. Where blocks would read each other in a ring, or there are no frames, everything is one block.
    """
    if not any(in_group(card) for card in diagram.cards):
        return one_block(diagram)
    block_of = assigned(diagram)
    for number in range(len(diagram.cards)):
        block_of[number].cards.append(number)
    share_out_lines(diagram, block_of)
    blocks = list(dict.fromkeys(block_of[number] for number in range(len(diagram.cards))))
    if not set_columns(blocks, block_of):
        return one_block(diagram)
    output = block_of[diagram.output_card]
    if not output.title and len(output.cards) > 1 and diagram.title:
        output.title, output.groups = diagram.title, OUTPUT
    return blocks, block_of


def in_group(card: Card) -> bool:
    return bool(card.frame) or card.kind == "group"


def one_block(diagram: Chart) -> tuple[list[Block], dict[int, Block]]:
    block = Block("", (), list(range(len(diagram.cards))), list(range(len(diagram.lines))))
    return [block], dict.fromkeys(block.cards, block)


def assigned(diagram: Chart) -> dict[int, Block]:
    """A block for every card."""
    cards = diagram.cards
    readers: dict[int, list[int]] = {}
    for line in diagram.lines:
        readers.setdefault(line.tail, []).append(line.head)
    inputs = Block("inputs", INPUTS)
    framed: dict[Groups, Block] = {}
    block_of: dict[int, Block] = {}
    for number, card in enumerate(cards):
        if card.frame:
            block_of[number] = framed.setdefault(card.frame, Block(printable(card.frame[-1]), card.frame))
        elif card.kind == "group":  # a folded layer
            block_of[number] = Block("", ())
        elif card.kind != "op" and any(in_group(cards[reader]) for reader in readers.get(number, ())):
            block_of[number] = inputs
    rest = [number for number in range(len(cards)) if number not in block_of]
    for together in components(rest, readers):
        block_of |= dict.fromkeys(together, Block("", ()))
    return block_of


def components(numbers: Sequence[int], readers: Mapping[int, Sequence[int]]) -> Iterator[list[int]]:
    """The numbers in sets that hang together by lines among themselves."""
    neighbours: dict[int, list[int]] = {number: [] for number in numbers}
    for number in numbers:
        for reader in readers.get(number, ()):
            if reader in neighbours:
                neighbours[number].append(reader)
                neighbours[reader].append(number)
    seen: set[int] = set()
    for number in numbers:
        if number not in seen:
            found = [number]
            seen.add(number)
            for each in found:  # grows while it is read
                for neighbour in neighbours[each]:
                    if neighbour not in seen:
                        seen.add(neighbour)
                        found.append(neighbour)
            yield found


def share_out_lines(diagram: Chart, block_of: Mapping[int, Block]) -> None:
    """Give each block the lines within it, and the ports of those that come in and go out."""
    for number, line in enumerate(diagram.lines):
        source, target = block_of[line.tail], block_of[line.head]
        if source is target:
            source.lines.append(number)
        else:
            target.entries.setdefault(line.tail, []).append(number)
    read_inside = {line.tail for line in diagram.lines if block_of[line.tail] is block_of[line.head]}
    for target in dict.fromkeys(block_of.values()):
        for card in target.entries:
            if card in read_inside and card not in block_of[card].exits:
                block_of[card].exits.append(card)


def set_columns(blocks: Sequence[Block], block_of: Mapping[int, Block]) -> bool:
    """Put each block one column after the last block that it reads; False if blocks read each other in a ring."""
    reads = {block: {block_of[card] for card in block.entries} for block in blocks}
    waiting = list(blocks)
    done: set[Block] = set()
    while waiting:
        ready = [block for block in waiting if reads[block] <= done]
        if not ready:
            return False
        for block in ready:
            block.column = max((other.column + 1 for other in reads[block]), default=0)
        done.update(ready)
        waiting = [block for block in waiting if block not in done]
    return True
