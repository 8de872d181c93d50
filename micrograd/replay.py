"""A recorded graph run again, forward only: at other numbers, on numbers of another kind, or as a new graph.

>>> x = Value(3.0, label="x")
>>> y = x * x + 1
>>> Replay(y)({x: 4.0}), Replay(y)({x: 3 + 1j})
(17.0, (9+6j))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from micrograd.engine import Value, topological_order
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
