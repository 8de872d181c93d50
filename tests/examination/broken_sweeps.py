"""Engines whose gradients go astray on the way back, and those that stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.examination import bugs
from tests.examination.engines import Broken, HandsOnByFunctions, Right, noting

BROKEN: Broken = []
broken = noting(BROKEN)


@broken(bugs.SEEDED_AGAIN, "a * b")
class SeedsEveryNode(Right):
    def backward(self) -> None:
        self.grad = 1.0
        for parent in self.parents:
            parent.backward()


@broken(bugs.HANDING_ON, "a + b")
class AddsTheFactors(Right):
    def pay(self) -> None:
        for parent, derivative in zip(self.parents, self.local_derivatives):
            parent.grad += derivative + self.grad


@broken(bugs.NOTHING_BACK, "a * b")
class KeepsNoDerivatives(Right):
    def __mul__(self, other: Any) -> Any:
        other = self.operand(other)
        return self.made(self.data * other.data, (self, other), ())


@broken(bugs.FORGOTTEN_UPSTREAM, "a ** 3, then a product")
class ForgetsTheUpstreamOfPowers(HandsOnByFunctions):
    def __pow__(self, n: float) -> Any:
        node: Any = super().__pow__(n)

        def pay() -> None:
            self.grad += node.local_derivatives[0]

        node.pay = pay
        return node


@broken(bugs.NOT_REACHED, "a product with a sum on the right")
class KeepsOneFactor(HandsOnByFunctions):
    def __mul__(self, other: Any) -> Any:
        node: Any = super().__mul__(other)
        walked, pay = node.parents[:1], node.pay

        def pay_both() -> None:
            node.parents = both
            pay()
            node.parents = walked

        both, node.parents, node.pay = node.parents, walked, pay_both
        return node


@broken(bugs.FORGOTTEN_UPSTREAM, "a * b, then a product")
class HandsOnTheLocalDerivative(Right):
    def pay(self) -> None:
        for parent, derivative in zip(self.parents, self.local_derivatives):
            parent.grad += derivative


@broken(bugs.NOT_REACHED, "a * b, then a product")
class StopsAfterOneStep(Right):
    def backward(self) -> None:
        self.begin(self.order())
        self.pay()


@broken(bugs.NOT_REACHED, "a * b, then a product")
class WalksLeavesFirst(Right):
    def backward(self) -> None:
        order = self.order()
        self.begin(order)
        for node in order:
            node.pay()


@broken(bugs.ASSIGNED, "a + a")
class Assigns(Right):
    def pay(self) -> None:
        for parent, derivative in zip(self.parents, self.local_derivatives):
            parent.grad = derivative * self.grad


@broken(bugs.ASSIGNED, "a * b, and a once more")
class AssignsInProducts(HandsOnByFunctions):
    def __mul__(self, other: Any) -> Any:
        node: Any = super().__mul__(other)

        def pay() -> None:
            for parent, derivative in zip(node.parents, node.local_derivatives):
                parent.grad = derivative * node.grad

        node.pay = pay
        return node


@broken(bugs.ASSIGNED, "a.tanh(), and a once more")
class AssignsInTanh(HandsOnByFunctions):
    def tanh(self) -> Any:
        node: Any = super().tanh()

        def pay() -> None:
            self.grad = node.local_derivatives[0] * node.grad

        node.pay = pay
        return node


@broken(bugs.PAYS_AGAIN, "a part that is used twice")
class VisitsEveryUse(Right):
    def order(self) -> list[Any]:
        return [node for parent in self.parents for node in parent.order()] + [self]


@broken(bugs.SET_OF_PARENTS, "a + a")
class KeepsParentsAsKeys(Right):
    def made(self, data: float, parents: Sequence[Any], local_derivatives: Sequence[float]) -> Any:
        edges = dict(zip(parents, local_derivatives))
        return super().made(data, tuple(edges), tuple(edges.values()))


@broken(bugs.PAYS_AGAIN, "a part that is used twice")
class Recurses(Right):
    def backward(self) -> None:
        self.begin(self.order())
        self.pay_below()

    def pay_below(self) -> None:
        for parent, derivative in zip(self.parents, self.local_derivatives):
            parent.grad += derivative * self.grad
            parent.pay_below()


@broken(bugs.TOO_EARLY, "a part that is used twice")
class WalksBreadthFirst(Right):
    def order(self) -> list[Any]:
        order = [self]
        for node in order:
            order += [parent for parent in dict.fromkeys(node.parents) if parent not in order]
        return order[::-1]


@broken(bugs.TOO_EARLY, "the same part, its uses exchanged")
class WalksDepthFirst(Right):
    def order(self) -> list[Any]:
        order, stack = [], [self]
        while stack:
            node = stack.pop()
            if node not in order:
                order.append(node)
                stack += node.parents
        return order[::-1]


@broken(bugs.EQUAL_NUMBERS, "two parts with one number")
class ComparesNumbers(Right):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Right) and self.data == other.data

    def order(self) -> list[Any]:
        order: list[Any] = []

        def visit(node: Any) -> None:
            if node not in order:
                for parent in node.parents:
                    visit(parent)
                if node not in order:
                    order.append(node)

        visit(self)
        return order


@broken(bugs.EVERY_PATH, "sixty doublings")
class WalksEveryPath(Right):
    def backward(self) -> None:
        self.begin(self.order())
        self.grad -= 1.0
        self.arrive(1.0)

    def arrive(self, share: float) -> None:
        self.grad += share
        for parent, derivative in zip(self.parents, self.local_derivatives):
            parent.arrive(derivative * share)


@broken(bugs.KEPT_ORDER, "two outputs of one leaf")
class KeepsItsOrder(Right):
    def order(self, order: list[Any] = []) -> list[Any]:  # noqa: B006 - this is the bug
        order += [node for node in super().order() if node not in order]
        return order

    def begin(self, order: Sequence[Any]) -> None:
        self.grad = 1.0


@broken(bugs.CLEARED, "two outputs of one leaf")
class ClearsItsLeaves(Right):
    def begin(self, order: Sequence[Any]) -> None:
        for node in order:
            node.grad = 0.0
        self.grad = 1.0


@broken(bugs.LEFTOVER, "a second backward, the leaf cleared")
class LeavesGradientsInside(Right):
    def begin(self, order: Sequence[Any]) -> None:
        self.grad = 1.0


@broken(bugs.LEFTOVER, "a second backward, the leaf cleared")
class AddsTheSeedToWhatIsThere(Right):
    def begin(self, order: Sequence[Any]) -> None:
        self.grad += 1.0


@broken(bugs.MARKED_FOR_EVER, "a second backward, the leaf cleared")
class MarksNodesForEver(Right):
    marked = False

    def order(self) -> list[Any]:
        order = [node for node in super().order() if not node.marked]
        for node in order:
            node.marked = True
        return order


@broken(bugs.MOVED, "a leaf that moves before backward")
class ReadsOperandsLate(Right):
    def pay(self) -> None:
        if len(self.parents) == 2 and self.local_derivatives != (1.0, 1.0):
            self.local_derivatives = (self.parents[1].data, self.parents[0].data)
        super().pay()


@broken(bugs.ENDLESS, "the gradient of the output")
class NeverEnds(Right):
    def order(self) -> list[Any]:
        waiting = [self]
        while waiting:
            try:
                waiting = [*waiting]
            except Exception:  # noqa: S112 - what stops it is no Exception
                continue
        return waiting


@broken(bugs.ENDLESS, "the gradient of the output")
class CallsItself(Right):
    def backward(self) -> None:
        self.backward()


@broken(bugs.RAISES, "the number of a * b")
class HasATypo(Right):
    def __mul__(self, other: Any) -> Any:
        return self.made(self.date * other.data, (self, other), (other.data, self.data))  # type: ignore[attr-defined]


@broken(bugs.RAISES, "the gradient of the output")
class Exits(Right):
    def backward(self) -> None:
        raise SystemExit(1)


@broken(bugs.RAISES, "a new Value")
class GuardsItsGradient(Right):
    @property
    def grad(self) -> Any:
        if not self.parents:
            raise LookupError("a leaf has no gradient yet")
        return 0.0

    @grad.setter
    def grad(self, number: float) -> None: ...
