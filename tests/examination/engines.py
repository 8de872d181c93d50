"""Right engines, of which those that are broken have one method bent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.examination.bugs import Bug


class Right:
    """The least that an engine needs, in small methods, so that each can be bent."""

    def __init__(self, data: float) -> None:
        self.data = data
        self.grad: Any = 0.0
        self.parents: Any = ()
        self.local_derivatives: Any = ()

    def made(self, data: float, parents: Sequence[Any], local_derivatives: Sequence[float]) -> Any:
        node = type(self)(data)
        node.parents, node.local_derivatives = tuple(parents), tuple(local_derivatives)
        return node

    def operand(self, other: Any) -> Any:
        return other if isinstance(other, Right) else type(self)(other)

    def __add__(self, other: Any) -> Any:
        other = self.operand(other)
        return self.made(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Any:
        other = self.operand(other)
        return self.made(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n: float) -> Any:
        return self.made(self.data**n, (self,), (n * self.data ** (n - 1),))

    def __neg__(self) -> Any:
        return self * -1.0

    def __sub__(self, other: Any) -> Any:
        return self + -self.operand(other)

    def __truediv__(self, other: Any) -> Any:
        return self * self.operand(other) ** -1

    def __radd__(self, other: float) -> Any:
        return self.operand(other) + self

    def __rmul__(self, other: float) -> Any:
        return self.operand(other) * self

    def __rsub__(self, other: float) -> Any:
        return self.operand(other) - self

    def __rtruediv__(self, other: float) -> Any:
        return self.operand(other) / self

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return self.made(out, (self,), (1.0 - out**2,))

    def relu(self) -> Any:
        return self.made(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def order(self) -> list[Any]:
        order, seen, path = [], {self}, [(self, iter(self.parents))]
        while path:
            node, parents = path[-1]
            for parent in parents:
                if parent not in seen:
                    seen.add(parent)
                    path.append((parent, iter(parent.parents)))
                    break
            else:
                order.append(node)
                path.pop()
        return order

    def pay(self) -> None:
        for parent, derivative in zip(self.parents, self.local_derivatives):
            parent.grad += derivative * self.grad

    def begin(self, order: Sequence[Any]) -> None:
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0

    def backward(self) -> None:
        order = self.order()
        self.begin(order)
        for node in reversed(order):
            node.pay()


class HandsOnByFunctions(Right):
    """Right too, but that functions know the old Values in a copy of the graph."""

    def made(self, data: float, parents: Sequence[Any], local_derivatives: Sequence[float]) -> Any:
        node = super().made(data, parents, local_derivatives)
        node.pay = lambda: Right.pay(node)
        return node


Broken = list[tuple[type, Bug, str]]  # engines, each with its bug, and the case that shows it first


def noting(found: Broken) -> Callable[[Bug, str], Callable[[type], type]]:
    """A decorator for engines that are to be found, with their bug and that case."""

    def broken(bug: Bug, examined: str) -> Callable[[type], type]:
        def note(engine: type) -> type:
            found.append((engine, bug, examined))
            return engine

        return note

    return broken
