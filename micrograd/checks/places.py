"""Where a check looks: the graph as it was recorded, and made anew from other numbers at its leaves."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from micrograd.checks.instrument import Instrument
from micrograd.checks.running_error import Sweep
from micrograd.checks.slopes import Slope, at_a_kink, exactly
from micrograd.engine import Constant, Value, topological_order
from micrograd.replay import recompute


@dataclass(frozen=True)
class Place:
    """The graph of `output` as it is at other leaves: `moved` has for each node of the original the node here."""

    output: Value
    moved: Mapping[Value, Value]

    def number(self, node: Value) -> float:
        return self.moved[node].data


def place_at(order: Sequence[Value], leaves: Mapping[Value, float]) -> Place:
    """The graph made anew with those numbers at its leaves; what the operations raise, it raises."""
    moved = {node: type(node)(leaves.get(node, node.data), node.label) for node in order if node.op is None}
    recompute(order, moved)
    return Place(moved[order[-1]], moved)


def other_places(order: Sequence[Value], count: int, seed: int) -> Iterator[Place]:
    """Places around the recorded one: each leaf moved by up to 30 % and 0.3, or less where that leaves the domain."""
    generator = random.Random(seed)
    for _ in range(count):
        moves = {
            leaf: generator.uniform(-0.3, 0.3) * leaf.data + generator.uniform(-0.3, 0.3)
            for leaf in order
            if leaf.op is None and not isinstance(leaf, Constant)
        }
        for halvings in range(0, 24, 2):
            try:
                yield place_at(order, {leaf: leaf.data + move / 2.0**halvings for leaf, move in moves.items()})
                break
            except (ValueError, ArithmeticError):
                continue


class Survey:
    """A place with the sweep there and the instrument to measure slopes with: made once for all that is looked at.

    Values are those of the recorded graph.
    """

    def __init__(self, place: Place, instrument: Instrument) -> None:
        order = topological_order(place.output)
        self.place = place
        self.instrument = instrument
        self.sweep = Sweep(order)
        self.kinked = any(map(at_a_kink, order))
        self.graphs: dict[Value, Value] = dict(place.moved)  # what the claims of this place have in common

    def slope(self, value: Value) -> Slope:
        """The slope by a leaf, 1 for the output itself, 0 where there is no path."""
        leaf = self.place.moved.get(value, value)
        if leaf is self.place.output or leaf not in self.sweep.gradient:
            return exactly(Fraction(leaf is self.place.output))
        return self.instrument.slope(leaf, self.sweep)

    def rounding(self, value: Value) -> float:
        """A bound on the rounding of the gradient by the value in the sweep."""
        return self.sweep.error.get(self.place.moved.get(value, value), 0.0)
