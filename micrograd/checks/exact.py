"""Derivatives in fractions: no rounding at all, for graphs of + - * / and whole powers.

The recorded graph is run on pairs of a number and its slope, forward only, by the rules of arithmetic for such pairs.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from micrograd import ops
from micrograd.checks.arithmetic import ARITHMETIC
from micrograd.checks.instrument import Instrument
from micrograd.checks.running_error import Sweep
from micrograd.checks.slopes import Slope, exactly
from micrograd.engine import Constant, Value, topological_order
from micrograd.replay import Functions, Replay

LARGEST_EXACT = 20_000  # digits, in base 2: each product of fractions has those of both


class Dual(NamedTuple):
    """A number and its derivative, in fractions: arithmetic on both at once."""

    number: Fraction
    slope: Fraction

    def __add__(self, other: Dual) -> Dual:  # type: ignore[override]  # it adds, and does not chain tuples
        return Dual(self.number + other.number, self.slope + other.slope)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.number - other.number, self.slope - other.slope)

    def __mul__(self, other: Dual) -> Dual:  # type: ignore[override]
        return Dual(self.number * other.number, self.slope * other.number + self.number * other.slope)

    def __truediv__(self, other: Dual) -> Dual:
        quotient = self.number / other.number
        return Dual(quotient, (self.slope - quotient * other.slope) / other.number)

    def __neg__(self) -> Dual:
        return Dual(-self.number, -self.slope)

    def __pow__(self, exponent: Dual) -> Dual:
        whole = int(exponent.number)
        if not whole:
            return Dual(Fraction(1), Fraction(0))
        return Dual(self.number**whole, whole * self.number ** (whole - 1) * self.slope)


class Exact(Instrument):
    """Measures in fractions, with no error."""

    said = "in fractions"

    @staticmethod
    def functions() -> Functions:
        return ARITHMETIC

    @classmethod
    def can_measure(cls, output: Value) -> bool:
        return is_rational(output)

    def slope(self, leaf: Value, sweep: Sweep) -> Slope:
        return exactly(exact_dual(self.replay, leaf).slope)


def exact_dual(replay: Replay, leaf: Value | None = None) -> Dual:
    """The output of a replay in `ARITHMETIC`, and its derivative by the leaf. A float is taken as the exact number that it is."""
    moved = {} if leaf is None else {leaf: Dual(Fraction(leaf.data), Fraction(1))}
    dual: Dual = replay(moved, lambda number: Dual(Fraction(number), Fraction(0)))
    return dual


def is_rational(output: Value) -> bool:
    """Whether the graph is made of + - * / and whole constant powers only, and its fractions stay small enough."""
    bits: dict[Value, int] = {}
    for node in topological_order(output):
        if not math.isfinite(node.data):
            return False
        if node.op is None:
            bits[node] = Fraction(node.data).denominator.bit_length() + 53
            continue
        if node.op not in ARITHMETIC:
            return False
        bits[node] = sum(bits[parent] for parent in node.parents) + 1
        if node.op in (ops.pow, ops.quiet_pow):
            if not is_whole_constant(node.parents[1]):
                return False
            bits[node] = bits[node.parents[0]] * max(1, int(abs(node.parents[1].data)))
        if bits[node] > LARGEST_EXACT:
            return False
    return True


def is_whole_constant(value: Value) -> bool:
    return isinstance(value, Constant) and value.data.is_integer() and abs(value.data) <= 64.0
