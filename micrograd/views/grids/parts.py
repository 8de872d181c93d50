"""What the cells of a network are: the uses of a layer, pools of its cells, and what is computed cell by cell, as in an LSTM.

A part has channels (of a layer the neurons) and places (the windows at which they are used); each of its cells is one node.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from micrograd import ops
from micrograd.engine import Constant, Value
from micrograd.ops import Op
from micrograd.views.batches.finding import scaling
from micrograd.views.grids.neurons import Layer, Readers, is_learned, sources_of

POOLS: dict[Op | None, str] = {ops.add: "sum", ops.total: "sum", ops.maximum: "max"}


@dataclass(eq=False)
class Part:
    """`nodes` holds the cell of each channel at each place."""

    nodes: dict[tuple[int, int], Value] = field(default_factory=dict)
    channels: int = 0
    places: int = 0

    def put(self, node: Value, channel: int, place: int) -> None:
        self.nodes[channel, place] = node
        self.channels, self.places = max(self.channels, channel + 1), max(self.places, place + 1)

    @property
    def is_complete(self) -> bool:
        return len(self.nodes) == self.channels * self.places


@dataclass(eq=False)
class LayerPart(Part):
    layer: Layer = field(default_factory=lambda: Layer([]))


@dataclass(eq=False)
class PoolPart(Part):
    """The mean, the sum or the largest of some places of each channel of another part."""

    op: str = ""
    source: Part = field(default_factory=Part)
    windows: dict[tuple[int, ...], int] = field(default_factory=dict)  # the number of each place, by those that it pools


@dataclass(eq=False)
class FormulaPart(Part):
    """One operation on cells of the same channel: at the same place, or earlier ones."""

    op: Op = ops.add
    nested: bool = False  # whether it only is a step within the one that reads it


class Cell(NamedTuple):
    part: Part
    channel: int
    place: int


class Tracer:
    """Finds the parts, each step linear in the nodes and edges of the graph."""

    def __init__(self, order: Sequence[Value], readers: Readers, layers: Sequence[Layer], inside: set[Value]) -> None:
        self.order = order
        self.readers = readers
        self.inside = set(inside)
        self.cells: dict[Value, Cell] = {}
        self.pooled: dict[Value, tuple[str, Part, int]] = {}
        self.layers = [self.layer_part(layer) for layer in layers]
        self.pools: dict[tuple[str, Part], PoolPart] = {}
        self.formulas: dict[Hashable, FormulaPart] = {}
        self.wanted = sources_of(order, [node for layer in layers for window in layer.windows for node in window])

    def layer_part(self, layer: Layer) -> LayerPart:
        part = LayerPart(layer=layer)
        number = {key: place for place, key in enumerate(layer.neurons[0].uses)}
        for channel, neuron in enumerate(layer.neurons):
            for key, use in neuron.uses.items():
                self.put(use.after, part, channel, number[key])
        return part

    def put(self, node: Value, part: Part, channel: int, place: int) -> None:
        part.put(node, channel, place)
        self.cells[node] = Cell(part, channel, place)

    def traced(self) -> list[Part]:
        """The parts in the order in which their first cell was computed."""
        for node in self.order:
            pooled = self.pool_of(node) if node not in self.inside else None
            if pooled is not None:
                self.pooled[node] = pooled
                continue
            for parent in node.parents:
                if parent in self.pooled:
                    self.end_pool(parent)
            if node.op is not None and node not in self.cells and node not in self.inside:
                self.add_formula(node, node.op)
        if self.order[-1] in self.pooled:
            self.end_pool(self.order[-1])
        self.drop_unread()
        age = {node: number for number, node in enumerate(self.order)}
        parts = [*self.layers, *self.pools.values(), *self.formulas.values()]
        return sorted(parts, key=lambda part: min(age[node] for node in part.nodes.values()))

    # ---- pools

    def pool_of(self, node: Value) -> tuple[str, Part, int] | None:
        """The kind of pool that a node is, or a step of; and the part and the channel that it pools."""
        kind = POOLS.get(node.op)
        if kind is None or len(node.parents) < 2:
            return None
        found = set()
        for parent in node.parents:
            if parent in self.cells:
                found.add((kind, self.cells[parent].part, self.cells[parent].channel))
            elif parent in self.pooled and len(self.readers[parent]) == 1:
                found.add(self.pooled[parent])
            else:
                return None
        (pooled,) = found if len(found) == 1 else (None,)
        places = [self.cells[parent].place for parent in node.parents if parent in self.cells]
        return pooled if pooled and pooled[0] == kind and len(set(places)) == len(places) else None

    def end_pool(self, root: Value) -> None:
        """Make a cell of a pool that goes no further, or of the mean that follows."""
        kind, source, channel = self.pooled[root]
        places, stack = [], [root]
        while stack:
            node = stack.pop()
            if self.pooled.pop(node, None):
                self.inside.add(node)
                stack.extend(reversed(node.parents))
            else:
                places.append(self.cells[node].place)
        mean = self.mean_of(root, len(places)) if kind == "sum" else None
        end, op = (root, kind) if mean is None else (mean, "mean")
        self.inside.discard(end)
        part = self.pools.setdefault((op, source), PoolPart(op=op, source=source))
        self.put(end, part, channel, part.windows.setdefault(tuple(sorted(places)), len(part.windows)))

    def mean_of(self, root: Value, count: int) -> Value | None:
        """The node that makes a sum of so many the mean."""
        readers = self.readers.get(root, ())
        if len(readers) != 1:
            return None
        scaled = scaling(readers[0])
        return readers[0] if scaled and scaled[0] is root and abs(scaled[1] * count - 1.0) < 1e-9 else None

    # ---- cell by cell

    def add_formula(self, node: Value, op: Op) -> None:
        """Put the node into a part, if it is one operation on cells of one channel."""
        read = [self.cells[parent] for parent in node.parents if parent in self.cells]
        channels, latest = {cell.channel for cell in read}, max([cell.place for cell in read], default=-1)
        if len(channels) != 1 or any(parent.op is not None and parent not in self.cells for parent in node.parents):
            return
        key = (op, tuple([self.operand(parent, latest) for parent in node.parents]))
        part = self.formulas.setdefault(key, FormulaPart(op=op))
        self.put(node, part, channels.pop(), latest)

    def operand(self, parent: Value, latest: int) -> Hashable:
        """What an operand is, alike at all places: a part here, what was there before, a parameter, or a number."""
        if type(parent) is Constant:
            return parent.data
        if is_learned(parent):
            return "parameter"
        cell = self.cells.get(parent)
        return cell.part if cell and cell.place == latest else "earlier"

    def drop_unread(self) -> None:
        """Leave the formulas that no layer reads to the loss, and put those together that are the steps of one."""
        self.formulas = {key: part for key, part in self.formulas.items() if not self.dropped(part)}
        kept = set[Part](self.layers).union(self.formulas.values())
        for key, pool in list(self.pools.items()):  # a pool comes after what it pools
            if pool.source in kept:
                kept.add(pool)
            else:
                self.drop(pool)
                del self.pools[key]
        for part in self.formulas.values():
            readers = self.parts_of(reader for node in part.nodes.values() for reader in self.readers.get(node, ()))
            part.nested = len(readers) == 1 and isinstance(readers.pop(), FormulaPart) and self.is_read_in_place(part)

    def dropped(self, part: Part) -> bool:
        """Whether no layer reads the part, which is then dropped."""
        unread = self.wanted.isdisjoint(part.nodes.values())
        if unread:
            self.drop(part)
        return unread

    def drop(self, part: Part) -> None:
        for node in part.nodes.values():
            del self.cells[node]

    def parts_of(self, nodes: Iterable[Value]) -> set[Part | None]:
        return {self.cells[node].part if node in self.cells else None for node in nodes}

    def is_read_in_place(self, part: Part) -> bool:
        return all(
            self.cells[reader][1:] == (channel, place)
            for (channel, place), node in part.nodes.items()
            for reader in self.readers.get(node, ())
        )


def readers_of(order: Iterable[Value]) -> Mapping[Value, list[Value]]:
    """The nodes that read each node, once for each use."""
    found: dict[Value, list[Value]] = {}
    for node in order:
        for parent in node.parents:
            found.setdefault(parent, []).append(node)
    return found
