"""Where the cards and lines of a diagram go. Graphviz places; this module asks it, block by block, and puts blocks in columns.

A block is a neuron, a layer of folded neurons, the inputs, or the rest of a computation. Each is laid out alone, once
for each shape, and then the blocks stand in columns from the inputs to the output. So a network reads as in a textbook,
and the time grows with the number of blocks only. Everything is computed from left to right, along `u` (across is `v`);
from top to bottom is the same picture with the two exchanged.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from micrograd.diagram import Diagram, Line, Path
from micrograd.naming import short

CARD_WIDTH, CARD_HEIGHT = 120.0, 62.0
CHIP_HEIGHT = 16.0
MARGIN = 16.0
INPUTS, OUTPUT = ("inputs",), ("output",)  # paths of the two frames that no label tells of
PADDING = 14.0  # between a frame and what is in it
TITLE = 22.0  # the height of a frame's title
MOST_CROSSED = 1500  # ranks that all lines of a block together may cross
PORT_ROOM = 30.0
SECONDS = 60  # for an installed Graphviz to answer
POINTS = 72.0  # to the inch, Graphviz's unit of size


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

    def turned(self) -> Box:
        return Box(self.top, self.left, self.bottom, self.right)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass
class Frame:
    """The border around a neuron or a layer; outer frames come first."""

    title: str
    path: Path
    box: Box


@dataclass
class Chip:
    """The local derivative of a line, in a small box on it."""

    line: int
    text: str
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


@dataclass(eq=False)
class Block:
    """Cards that are laid out together. Ports are where lines come in from other blocks, or go out to them."""

    title: str
    path: Path
    cards: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    entries: dict[int, list[int]] = field(default_factory=dict)  # card outside -> the lines that come from it
    exits: list[int] = field(default_factory=list)  # cards that are read outside, and inside too
    column: int = 0
    box: Box = field(default_factory=lambda: Box(0.0, 0.0, 0.0, 0.0))


def lay_out(diagram: Diagram, direction: str = "LR") -> Layout:
    """Place everything: inputs at the left (or at the top, for direction "TB"), the output at the far end."""
    if direction not in ("LR", "TB"):
        raise ValueError(f'direction needs to be "LR" or "TB", got {direction!r}')
    size = (CARD_WIDTH, CARD_HEIGHT) if direction == "LR" else (CARD_HEIGHT, CARD_WIDTH)
    placed = Placement(diagram, size, gap=64.0 if direction == "LR" else 56.0)
    cards, lines, frames = placed.cards, placed.lines, placed.frames
    if direction == "TB":
        cards = [box.turned() for box in cards]
        lines = [[Point(v, u) for u, v in curve] for curve in lines]
        frames = [replace(frame, box=frame.box.turned()) for frame in frames]
    chips = place_chips(diagram, cards, lines)
    return in_the_corner(Layout(cards, lines, frames, chips, 0.0, 0.0))


class Placement:
    """The two levels: every block by Graphviz, then the blocks in columns."""

    def __init__(self, diagram: Diagram, size: tuple[float, float], gap: float) -> None:
        self.diagram = diagram
        self.length, self.breadth = size
        self.gap = gap
        self.titled_above = size[0] < size[1]  # seen from top to bottom, a title takes room along u
        self.cards: list[Box] = [Box(0.0, 0.0, 0.0, 0.0)] * len(diagram.cards)
        self.lines: list[Curve] = [[] for _ in diagram.lines]
        self.frames: list[Frame] = []
        self.exit_curves: dict[int, Curve] = {}
        self.known: dict[Any, Inside] = {}
        blocks, self.block_of = blocks_of(diagram)
        insides = [self.inside(block) for block in blocks]
        self.stack(blocks, insides)
        for block, inside in zip(blocks, insides, strict=True):
            self.put(block, inside)
        self.spread_ends()
        self.connect(blocks)

    def inside(self, block: Block) -> Inside:
        """The layout of one block; blocks of the same shape share it."""
        local = {card: number for number, card in enumerate(block.cards)}
        lines = [self.diagram.lines[line] for line in block.lines]
        inner = tuple([(local[line.tail], local[line.head]) for line in lines])
        if not inner:
            block.entries, block.exits = {}, []
        entries = tuple([tuple([local[self.diagram.lines[n].head] for n in into]) for into in block.entries.values()])
        exits = tuple([local[card] for card in block.exits])
        shape = (len(local), inner, entries, exits)
        if shape not in self.known:
            self.known[shape] = column_of(shape[0], self) if not inner else ask_graphviz(*shape, self)
        return self.known[shape]

    def stack(self, blocks: list[Block], insides: list[Inside]) -> None:
        """Give every block its box: columns along u, each centred on v = 0, layers together."""
        crossing = Counter(self.block_of[line.head].column for line in self.diagram.lines if self.crosses(line))
        u = 0.0
        for column in range(max(block.column for block in blocks) + 1):
            members = [(block, inside) for block, inside in zip(blocks, insides, strict=True) if block.column == column]
            outer = {block.path[:-1] for block, _ in members if len(block.path) > 1}
            width = max(inside.width + self.before(block) + self.after(block) for block, inside in members)
            v, boxes = 0.0, []
            for position, (block, inside) in enumerate(members):
                layer = block.path[:-1]
                starts_layer = bool(layer) and (position == 0 or members[position - 1][0].path[:-1] != layer)
                ends_layer = position > 0 and members[position - 1][0].path[:-1] not in ((), layer)
                v += self.across(starts_layer) + (PADDING if ends_layer else 0.0) + (18.0 if position else 0.0)
                height = inside.height + self.above(block) + self.below(block)
                boxes.append(Box(0.0, v, width, v + height))
                v += height
            indent = PADDING + (TITLE if self.titled_above else 0.0) if outer else 0.0
            for (block, inside), box in zip(members, boxes, strict=True):
                own = inside.width + self.before(block) + self.after(block)
                start = u + indent + (width - own) / 2.0
                block.box = Box(start, box.top - v / 2.0, start + own, box.bottom - v / 2.0)
            self.outline_layers(members, outer)
            crowd = min(160.0, 1.2 * crossing[column + 1])  # many lines need room to turn
            u += indent + width + (PADDING if outer else 0.0) + self.gap + crowd

    def crosses(self, line: Line) -> bool:
        return self.block_of[line.tail] is not self.block_of[line.head]

    # What a frame takes around a block: its padding, and the title where the title is.
    def before(self, block: Block) -> float:
        return (PADDING + (TITLE - 6.0 if self.titled_above else 0.0)) if block.title else 0.0

    def after(self, block: Block) -> float:
        return PADDING if block.title else 0.0

    def above(self, block: Block) -> float:
        return (PADDING + (0.0 if self.titled_above else TITLE - 6.0)) if block.title else 0.0

    def below(self, block: Block) -> float:
        return PADDING if block.title else 0.0

    def across(self, starts_layer: bool) -> float:
        return (PADDING + (0.0 if self.titled_above else TITLE)) if starts_layer else 0.0

    def outline_layers(self, members: Sequence[tuple[Block, Inside]], layers: Iterable[Path]) -> None:
        for layer in sorted(layers):
            boxes = [block.box for block, _ in members if block.path[:-1] == layer]
            box = union(boxes).grown(PADDING)
            if self.titled_above:
                box.left -= TITLE
            else:
                box.top -= TITLE
            self.frames.append(Frame(".".join(layer), layer, box))

    def put(self, block: Block, inside: Inside) -> None:
        """Move what Graphviz placed alone to where the block stands."""
        u, v = block.box.left + self.before(block), block.box.top + self.above(block)
        v += (block.box.height - self.above(block) - self.below(block) - inside.height) / 2.0
        for card, box in zip(block.cards, inside.cards, strict=True):
            self.cards[card] = box.moved(u, v)
        for line, curve in zip(block.lines, inside.lines, strict=True):
            self.lines[line] = moved(curve, u, v)
        for curves, lines in zip(inside.entries, block.entries.values(), strict=True):
            for line, curve in zip(lines, curves, strict=True):
                self.lines[line] = moved(curve, u, v)
        for card, curve in zip(block.exits, inside.exits, strict=True):
            self.exit_curves[card] = moved(curve, u, v)
        if block.title:
            self.frames.append(Frame(block.title, block.path, block.box))

    def connect(self, blocks: list[Block]) -> None:
        """Draw the lines between blocks: out of the one, across, and into the other; over the columns between them."""
        crossing = [number for number, line in enumerate(self.diagram.lines) if self.crosses(line)]
        starts, ends = self.direct_ends(crossing)
        lane = min(block.box.top for block in blocks) - (TITLE + 2 * PADDING if self.frames else 0.0)
        for number in crossing:
            line = self.diagram.lines[number]
            source, target = self.block_of[line.tail], self.block_of[line.head]
            out = [starts[number]] if number in starts else self.exit_curves[line.tail]
            into = [ends[number]] if number in ends else self.lines[number]
            curve = straight(out, source.box.right)
            if target.column - source.column > 1:
                lane -= 12.0
                between = [block.box for block in blocks if source.column < block.column < target.column]
                curve = swung(curve, Point(min(box.left for box in between) - 10.0, lane))
                curve = straight(curve, max(box.right for box in between) + 10.0)
            entry = Point(min(target.box.left, into[0].u), into[0].v)
            self.lines[number] = swung(curve, entry)[:-1] + straight([entry], into[0].u)[:-1] + into

    def spread_ends(self) -> None:
        """Where several of Graphviz's curves meet at a card, let each have a place of its own."""
        leaving: dict[int, list[Curve]] = {}
        coming: dict[int, list[Curve]] = {}
        for line, curve in zip(self.diagram.lines, self.lines, strict=True):
            if curve:
                coming.setdefault(line.head, []).append(curve)
                if not self.crosses(line):
                    leaving.setdefault(line.tail, []).append(curve)
        for card, curve in self.exit_curves.items():
            leaving[card].append(curve)
        for card, curves in leaving.items():
            curves.sort(key=lambda curve: (curve[2].v, curve[-1].v))
            for place, v in slots(self.cards[card], range(len(curves))):
                shift = v - curves[place][0].v
                curves[place][:2] = moved(curves[place][:2], 0.0, shift)
        for card, curves in coming.items():
            curves.sort(key=lambda curve: (curve[-3].v, curve[0].v))
            for place, v in slots(self.cards[card], range(len(curves))):
                shift = v - curves[place][-1].v
                curves[place][-2:] = moved(curves[place][-2:], 0.0, shift)

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


@dataclass
class Inside:
    """The layout of one block, its corner at (0, 0)."""

    cards: list[Box]
    lines: list[Curve]
    entries: list[list[Curve]]
    exits: list[Curve]
    width: float
    height: float


def blocks_of(diagram: Diagram) -> tuple[list[Block], dict[int, Block]]:
    """The blocks, with the column of each, and the block of each card.

    Cards in a frame are a block. So are operations outside of all frames that hang together, and the leaves that frames
    read. Where blocks would read each other in a ring, or there are no frames, everything is one block.
    """
    cards, lines = diagram.cards, diagram.lines
    if not any(card.frame or card.kind == "group" for card in cards):
        return one_block(diagram)
    block_of: dict[int, Block] = {}
    by_frame: dict[Path, Block] = {}
    readers: dict[int, list[int]] = {}
    parents: dict[int, list[int]] = {}
    for line in lines:
        readers.setdefault(line.tail, []).append(line.head)
        parents.setdefault(line.head, []).append(line.tail)
    inputs = Block("inputs", INPUTS)
    loose: list[int] = []
    for number, card in enumerate(cards):
        framed = bool(card.frame)
        if framed:
            block_of[number] = by_frame.setdefault(card.frame, Block(".".join(card.frame), card.frame))
        elif card.kind == "group":  # a layer of its own
            block_of[number] = by_frame.setdefault((f"layer {number}",), Block("", ()))
        else:
            loose.append(number)
    for number in loose:
        outside = {reader for reader in readers.get(number, ()) if cards[reader].frame or cards[reader].kind == "group"}
        if cards[number].kind not in ("op", "group") and outside:
            block_of[number] = inputs
    rest = [number for number in loose if number not in block_of]
    for together in components(rest, readers):
        block = Block("", ())
        for number in together:
            block_of[number] = block
    ordered = list(dict.fromkeys(block_of[number] for number in range(len(cards))))
    for number in range(len(cards)):
        block_of[number].cards.append(number)
    for number, line in enumerate(lines):
        source, target = block_of[line.tail], block_of[line.head]
        if source is target:
            source.lines.append(number)
        else:
            target.entries.setdefault(line.tail, []).append(number)
            if line.tail not in source.exits and any(block_of[reader] is source for reader in readers[line.tail]):
                source.exits.append(line.tail)
    if not set_columns(ordered, block_of):
        return one_block(diagram)
    for block in ordered:
        if len(block.path) > 1:
            block.title = block.path[-1]
    output = block_of[diagram.card_of[diagram.place[diagram.output]]]
    if not output.title and len(output.cards) > 1 and diagram.output.label:
        output.title, output.path = diagram.names[diagram.output], OUTPUT
    return ordered, block_of


def one_block(diagram: Diagram) -> tuple[list[Block], dict[int, Block]]:
    block = Block("", (), list(range(len(diagram.cards))), list(range(len(diagram.lines))))
    return [block], dict.fromkeys(block.cards, block)


def components(numbers: Sequence[int], readers: dict[int, list[int]]) -> Iterator[list[int]]:
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


def set_columns(blocks: list[Block], block_of: dict[int, Block]) -> bool:
    """Put each block one column after the last block that it reads; False if blocks read each other in a ring."""
    reads = {block: {block_of[tail] for tail in block.entries} for block in blocks}
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


def column_of(count: int, placement: Placement) -> Inside:
    """Cards that no line joins, one under the other."""
    step = placement.breadth + 12.0
    cards = [Box(0.0, i * step, placement.length, i * step + placement.breadth) for i in range(count)]
    return Inside(cards, [], [], [], placement.length, count * step - 12.0)


def ask_graphviz(
    count: int,
    inner: Sequence[tuple[int, int]],
    entries: Sequence[tuple[int, ...]],
    exits: Sequence[int],
    placement: Placement,
) -> Inside:
    """One block by `dot`. A port is a node of no size at the edge of the picture, so that its line finds a way in."""
    far = far_lines(count, inner)
    degrees = Counter([tail for tail, _ in inner]) | Counter([head for _, head in inner])
    gap = placement.gap + min(60.0, 6.0 * (max(degrees.values()) - 2))  # many lines at one card need room to turn
    size = f"width={placement.length / POINTS:.4f} height={placement.breadth / POINTS:.4f}"
    source = [
        f"digraph {{ rankdir=LR nodesep=.17 ranksep={gap / POINTS:.3f} edge [dir=none]",
        f'node [shape=box fixedsize=true label="" {size}]',
        *(f"c{card}" for card in range(count)),
        "node [width=.02 height=.02]",
    ]
    if entries:
        source.append(f"{{ rank=source {' '.join(f'i{port}' for port in range(len(entries)))} }}")
    if exits:
        source.append(f"{{ rank=sink {' '.join(f'o{port}' for port in range(len(exits)))} }}")
    source += [f"c{tail}:e -> c{head}:w [id=l{number}]" for number, (tail, head) in enumerate(inner) if number not in far]
    source += [f"i{port} -> c{head}:w [id=i{port}_{k}]" for port, heads in enumerate(entries) for k, head in enumerate(heads)]
    source += [f"c{card}:e -> o{port} [id=o{port}]" for port, card in enumerate(exits)]
    answer = json.loads(run_graphviz("\n".join([*source, "}"]), "json0"))
    _, _, width, height = map(float, answer["bb"].split(","))

    def point(text: str) -> Point:
        u, v = map(float, text.split(","))
        return Point(u, height - v)  # Graphviz counts upwards

    boxes: dict[str, Box] = {}
    for item in answer["objects"]:
        if "pos" in item:
            centre = point(item["pos"])
            u, v = float(item["width"]) * POINTS / 2.0, float(item["height"]) * POINTS / 2.0
            boxes[item["name"]] = Box(centre.u - u, centre.v - v, centre.u + u, centre.v + v)
    curves = {item["id"]: [point(pair) for pair in item["pos"].split()] for item in answer["edges"]}
    for number in far:
        tail, head = (boxes[f"c{card}"] for card in inner[number])
        curves[f"l{number}"] = swung([Point(tail.right, middle(tail).v)], Point(head.left, middle(head).v))
    inside = Inside(
        [boxes[f"c{card}"] for card in range(count)],
        [curves[f"l{number}"] for number in range(len(inner))],
        [[curves[f"i{port}_{k}"] for k in range(len(heads))] for port, heads in enumerate(entries)],
        [curves[f"o{port}"] for port in range(len(exits))],
        width,
        height,
    )
    return tightened(inside)


def far_lines(count: int, inner: Sequence[tuple[int, int]]) -> set[int]:
    """The longest lines, beyond what Graphviz finds a way for in an instant: they are drawn straight across.

    Its time grows with the ranks that all lines together cross. Cards come in topological order.
    """
    rank = [0] * count
    for tail, head in sorted(inner, key=lambda line: line[1]):
        rank[head] = max(rank[head], rank[tail] + 1)
    length = [rank[head] - rank[tail] for tail, head in inner]
    far: set[int] = set()
    crossed = sum(length)
    for number in sorted(range(len(inner)), key=lambda number: -length[number]):
        if crossed <= MOST_CROSSED:
            break
        far.add(number)
        crossed -= length[number] - 1
    return far


def tightened(inside: Inside) -> Inside:
    """The same with less room between the ports and the cards, where no card stands among the ports."""
    left, right = min(box.left for box in inside.cards), max(box.right for box in inside.cards)
    first = min((curve[0].u for curves in inside.entries for curve in curves), default=left)
    last = max((curve[-1].u for curve in inside.exits), default=right)
    before = PORT_ROOM / max(left - first, PORT_ROOM)  # what the room shrinks by
    after = PORT_ROOM / max(last - right, PORT_ROOM)

    def place(u: float) -> float:
        return before * (min(u, left) - left) + (max(left, min(u, right)) - left) + after * (max(u, right) - right)

    start = min(place(first), 0.0)

    def squeezed(curve: Curve) -> Curve:
        return [Point(place(u) - start, v) for u, v in curve]

    return Inside(
        [box.moved(-left - start, 0.0) for box in inside.cards],
        [squeezed(curve) for curve in inside.lines],
        [[squeezed(curve) for curve in curves] for curves in inside.entries],
        [squeezed(curve) for curve in inside.exits],
        place(max(last, right)) - start,
        inside.height,
    )


def run_graphviz(source: str, target: str) -> bytes:
    """What Graphviz makes of DOT source: with an installed `dot`, or else with the one inside pygraphviz."""
    program = shutil.which("dot")
    if program:
        command = [program, f"-T{target}"]
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        if done.returncode:
            raise ValueError(f"Graphviz could not make {target} of the graph: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout
    try:
        import pygraphviz
    except ImportError:
        raise ModuleNotFoundError(
            "a picture needs Graphviz to lay it out, and there is none: pip install pygraphviz, or install Graphviz; "
            "transcript() works without"
        ) from None
    graph = pygraphviz.AGraph(string=source)
    try:
        made: bytes = graph.draw(format=target, prog="dot")
    finally:
        graph.close()
    return made


# Curves


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


def slots(box: Box, items: Sequence[int]) -> Iterator[tuple[int, float]]:
    """For each of the items a place of its own on the side of a card, in order."""
    room = min(0.62 * box.height, box.height / 5.0 * (len(items) - 1))
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


def place_chips(diagram: Diagram, cards: Sequence[Box], lines: Sequence[Curve]) -> list[Chip]:
    """A chip on every line that is one edge, slid along the line to a place that is free."""
    taken = [box.grown(1.0) for box in cards]
    chips = []
    for number, line in enumerate(diagram.lines):
        if len(line.edges) != 1 or len(diagram.lines) > MOST_CHIPS or diagram.crowded:
            continue
        text = short(diagram.edges[line.edges[0]].local_derivative, digits=3)
        width = 5.8 * len(text) + 9.0
        places = [along(lines[number], 0.5 + shift) for shift in SLIDES]
        boxes = [Box(u - width / 2, v - CHIP_HEIGHT / 2, u + width / 2, v + CHIP_HEIGHT / 2) for u, v in places]
        best = min(boxes, key=lambda box: sum(box.meets(other) for other in taken))
        taken.append(best)
        chips.append(Chip(number, text, best))
    return chips


SLIDES = [side * shift / 100.0 for shift in range(0, 45, 4) for side in (1, -1)]
MOST_CHIPS = 200


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
