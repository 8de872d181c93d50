"""Weights that stand opposite each other in a layer: the one from x₁ to the second unit, and that from x₂ to the first.

Layers are read from the graph, not from names: a weight is a leaf that is used once, as a factor of an input that is used in
several units; a unit is the sum that its product goes into, and a layer are the units that read the same inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micrograd import ops
from micrograd.engine import Constant, Value

SUMS = (ops.add, ops.total)


class Product(NamedTuple):
    weight: Value
    entry: Value
    node: Value  # the operation that multiplies them


class Layers:
    """The square parts of the layers of a graph: `opposite` has for a weight the one at the mirrored place."""

    def __init__(self, order: Sequence[Value]) -> None:
        uses = Counter([parent for node in order for parent in node.parents])
        self.reader = {parent: node for node in order for parent in node.parents if uses[parent] == 1}
        units: dict[Value, list[Product]] = {}
        for product in products(order, uses):
            units.setdefault(self.unit_of(product.node), []).append(product)
        layers: dict[tuple[Value, ...], list[list[Product]]] = {}
        for row in units.values():
            layers.setdefault(tuple([product.entry for product in row]), []).append(row)
        self.opposite: dict[Value, Value] = {}
        self.by_entry: dict[Value, list[tuple[Value, Value]]] = {}  # for an input: each product, and the mirrored weight
        for rows in layers.values():
            self.mirror(rows)

    def unit_of(self, node: Value) -> Value:
        """The sum at the end of the additions that the product goes into."""
        while (reader := self.reader.get(node)) is not None and reader.op in SUMS:
            node = reader
        return node

    def mirror(self, rows: list[list[Product]]) -> None:
        size = min(len(rows), len(rows[0]))
        if size < 2:
            return
        for i in range(size):
            for j in range(size):
                self.opposite[rows[i][j].weight] = rows[j][i].weight
        if len(rows) == len(rows[0]):
            for j, product in enumerate(rows[0]):
                self.by_entry[product.entry] = [(rows[i][j].node, rows[j][i].weight) for i in range(size)]


def products(order: Sequence[Value], uses: Counter[Value]) -> Iterator[Product]:
    for node in order:
        if node.op in (ops.mul, ops.dot):
            half = len(node.parents) // 2
            for pair in zip(node.parents[:half], node.parents[half:], strict=True):
                for weight, entry in (pair, pair[::-1]):
                    if weight.op is None and uses[weight] == 1 and uses[entry] > 1 and Constant not in map(type, pair):
                        yield Product(weight, entry, node)
