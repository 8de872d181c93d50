"""A right engine, and engines that each have one bug: the right one with one method bent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.examination import bugs
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


BROKEN: list[tuple[type, Bug, str]] = []  # each with its bug, and the case that shows it first


def broken(bug: Bug, examined: str) -> Callable[[type], type]:
    def note(engine: type) -> type:
        BROKEN.append((engine, bug, examined))
        return engine

    return note


@broken(bugs.START, "a new Value")
class StartsAtOne(Right):
    def __init__(self, data: float) -> None:
        super().__init__(data)
        self.grad = 1.0


@broken(bugs.SEED, "the gradient of the output")
class WithoutSeed(Right):
    def begin(self, order: Sequence[Any]) -> None: ...


@broken(bugs.FORWARD, "the number of a + b")
class AddsOneMore(Right):
    def __add__(self, other: Any) -> Any:
        other = self.operand(other)
        return self.made(self.data + other.data + 1.0, (self, other), (1.0, 1.0))


@broken(bugs.NOT_A_VALUE, "the number of a * b")
class MultipliesToAFloat(Right):
    def __mul__(self, other: Any) -> Any:
        return self.data * self.operand(other).data


@broken(bugs.NOT_WRAPPED, "the number of a + 1")
class AddsOnlyValues(Right):
    def __add__(self, other: Any) -> Any:
        return self.made(self.data + other.data, (self, other), (1.0, 1.0))


@broken(bugs.COPIED_OPERAND, "a + b")
class CopiesItsOperand(Right):
    def operand(self, other: Any) -> Any:
        return type(self)(getattr(other, "data", other))


@broken(bugs.TURNED, "the number of 1 - a")
class TurnsTheDifference(Right):
    def __rsub__(self, other: float) -> Any:
        return self - other


@broken(bugs.TURNED, "the number of 2 / a")
class TurnsTheQuotient(Right):
    def __rtruediv__(self, other: float) -> Any:
        return self / other


@broken(bugs.FORWARD, "a quotient of whole numbers")
class RoundsItsQuotients(Right):
    def __truediv__(self, other: Any) -> Any:
        node: Any = super().__truediv__(other)
        if isinstance(self.data, int) and isinstance(getattr(other, "data", other), int):
            node.data = int(node.data)
        return node


@broken(bugs.CHANGES_OPERAND, "the number of a + b")
class AddsToItself(Right):
    def __add__(self, other: Any) -> Any:
        self.data += self.operand(other).data
        return self


@broken(bugs.IN_PLACE, "a sum that grows")
class AddsInPlace(Right):
    def __iadd__(self, other: Any) -> Any:
        self.data += self.operand(other).data
        return self


@broken(bugs.CHANGES_DATA, "the numbers after backward")
class StepsInTheSweep(Right):
    def pay(self) -> None:
        super().pay()
        for parent in self.parents:
            parent.data -= 0.1 * parent.grad


@broken(bugs.GRADIENT_IS_A_VALUE, "a * b")
class MultipliesByValues(Right):
    def __mul__(self, other: Any) -> Any:
        other = self.operand(other)
        node = self.made(self.data * other.data, (self, other), ())
        node.local_derivatives = (other, self)
        return node


@broken(bugs.OWN_FACTOR, "a * b")
class HandsEachFactorItself(Right):
    def __mul__(self, other: Any) -> Any:
        other = self.operand(other)
        return self.made(self.data * other.data, (self, other), (self.data, other.data))


@broken(bugs.SIGN, "a - b")
class SubtractsWithAPlus(Right):
    def __sub__(self, other: Any) -> Any:
        other = self.operand(other)
        return self.made(self.data - other.data, (self, other), (1.0, 1.0))


@broken(bugs.POWER_FACTOR, "a ** 3")
class LosesTheExponent(Right):
    def __pow__(self, n: float) -> Any:
        return self.made(self.data**n, (self,), (self.data ** (n - 1),))


@broken(bugs.POWER_NOT_LOWERED, "a ** 3")
class KeepsThePower(Right):
    def __pow__(self, n: float) -> Any:
        return self.made(self.data**n, (self,), (n * self.data**n,))


@broken(bugs.DIVIDED_BY_OPERAND, "the number of a ** 2")
class DividesByTheOperand(Right):
    def __pow__(self, n: float) -> Any:
        return self.made(self.data**n, (self,), (n * self.data**n / self.data,))


@broken(bugs.SQUARE_MISSING, "a.tanh()")
class LosesTheSquare(Right):
    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return self.made(out, (self,), (1.0 - out,))


@broken(bugs.INPUT_FOR_OUTPUT, "a.tanh()")
class SquaresTheInput(Right):
    def tanh(self) -> Any:
        return self.made(math.tanh(self.data), (self,), (1.0 - self.data**2,))


@broken(bugs.SHUT_RELU, "a.relu() left of 0")
class LeavesReluOpen(Right):
    def relu(self) -> Any:
        return self.made(max(0.0, self.data), (self,), (1.0,))


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
