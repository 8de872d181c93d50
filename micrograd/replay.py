"""A recorded graph run again, forward only: at other numbers, on numbers of another kind, or as a new graph.

>>> x = Value(3.0, label="x")
>>> y = x * x + 1
>>> Replay(y)({x: 4.0}), Replay(y)({x: 3 + 1j})
(17.0, (9+6j))
>>> x.data = 5.0
>>> outdated(topological_order(y))
'x=5.0 * x=5.0 was 9.0 when it was computed and is 25.0 now, so a leaf has changed since'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from micrograd.engine import Value, topological_order, written
from micrograd.ops import Op

Functions: TypeAlias = Mapping[Op, Callable[..., Any]]


class Replay:
    """The graph below a Value as a list of calls, to run it again and again.

    An operation calls the one of `functions` that stands for it: without them its own `forward`.
    """

    def __init__(self, output: Value, functions: Functions | None = None) -> None:
        self.order = topological_order(output)
        self.place = {node: index for index, node in enumerate(self.order)}
        self.calls = [
            (
                index,
                node.op.forward if functions is None else functions[node.op],
                node.op.arguments([self.place[p] for p in node.parents]),
            )
            for index, node in enumerate(self.order)
            if node.op is not None
        ]

    def __call__(self, leaves: Mapping[Value, Any], convert: Callable[[float], Any] = lambda number: number) -> Any:
        """The output for those numbers at the leaves; a leaf without one has its own, converted."""
        numbers: list[Any] = [
            None if node.op is not None else leaves[node] if node in leaves else convert(node.data) for node in self.order
        ]
        for index, function, places in self.calls:
            numbers[index] = function(
                *[numbers[place] if isinstance(place, int) else [numbers[i] for i in place] for place in places]
            )
        return numbers[-1]


def can_replay(output: Value, functions: Functions) -> bool:
    return all(node.op is None or node.op in functions for node in topological_order(output))


def recompute(order: Sequence[Value], anew: dict[Value, Value]) -> None:
    """Add to `anew` a new node for each of the order that it has none for: the same operation, on the new parents.

    A leaf that it has none for stands for itself. What an operation raises, this raises.
    """
    for node in order:
        if node in anew:
            continue
        if node.op is None:
            anew[node] = node
        else:
            anew[node] = node.op.applied([anew[parent] for parent in node.parents])
            anew[node].label = node.label


def outdated(order: Sequence[Value]) -> str | None:
    """Which number no longer follows from those that it was computed from, in words; None if all do."""
    for node in order:
        if node.op is None:
            continue
        try:
            now = node.op.forward(*node.op.arguments([parent.data for parent in node.parents]))
        except (ValueError, ArithmeticError):
            now = None
        if now != node.data and not (now is not None and math.isnan(now) and math.isnan(node.data)):
            today = "has no value" if now is None else f"is {now!r}"
            was = f"{written(node.op, node.parents)} was {node.data!r} when it was computed"
            return f"{was} and {today} now, so a leaf has changed since"
    return None
