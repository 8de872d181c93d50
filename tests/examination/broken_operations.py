"""Engines in which one operation is wrong, or what a Value is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from micrograd.examination import bugs
from tests.examination.engines import Broken, Right, noting

BROKEN: Broken = []
broken = noting(BROKEN)


@broken(bugs.START, "a new Value")
class StartsAtOne(Right):
    def __init__(self, data: float) -> None:
        super().__init__(data)
        self.grad = 1.0


@broken(bugs.NO_NUMBER, "a + b")
class BeginsWithNone(Right):
    def __init__(self, data: float) -> None:
        super().__init__(data)
        self.grad = None

    def begin(self, order: Sequence[Any]) -> None:
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
