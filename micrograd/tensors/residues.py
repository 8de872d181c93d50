"""The table of operations on integers modulo a prime: arithmetic is exact, and every other operation is drawn at random.

Equal terms give equal numbers there, however they are written; unequal ones give unequal numbers, but for a chance of about
one in 10^18 for each operation.

>>> field = OfPrime()
>>> x, y = Residue(3, field), Residue(5, field)
>>> ((x + y) * ops.tanh(x)).number == (x * ops.tanh(x) + y * ops.tanh(x)).number
True
>>> ops.tanh(x + y).number == ops.tanh(x).number
False
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from micrograd import ops
from micrograd.ops import Op

PRIME: Final = 2**61 - 1
SIMPLE: Final = 100_000  # fractions of a smaller denominator are simple
SYMMETRIC: Final = (ops.maximum, ops.minimum, ops.hypot)


def inverse(number: int) -> int:
    return pow(number, -1, PRIME) if number else 0


def whole(number: int) -> int | None:
    """A small integer, from its number in the field."""
    for candidate in (number, number - PRIME):
        if abs(candidate) < 64:
            return candidate
    return None


EXACT: Final[Mapping[Op, Callable[[int, int], int]]] = {
    ops.add: lambda a, b: a + b,
    ops.sub: lambda a, b: a - b,
    ops.mul: lambda a, b: a * b,
    ops.quiet_mul: lambda a, b: a * b,
    ops.div: lambda a, b: a * inverse(b),
    ops.quiet_div: lambda a, b: a * inverse(b),
}


class OfPrime:
    """The operations of the table in the field: arithmetic, powers of small integers, and functions drawn at random.

    Of logsumexp two things are kept: that it moves along with its numbers, and that its slopes exp(number - logsumexp) add up
    to 1. Folding relies on both.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.salts: dict[object, int] = {}
        self.shares = {0: 1}  # exp of the differences that are a number less the logsumexp that it is in

    def salt(self, name: object) -> int:
        if name not in self.salts:
            self.salts[name] = random.Random(f"{self.seed} {name}").randrange(PRIME)
        return self.salts[name]

    def number(self, number: float) -> int:
        """The float as a fraction: a simple one where that is as near as roundings. An infinity and nan are drawn at random."""
        if not math.isfinite(number):
            return self.salt(abs(number)) * (-1 if number < 0.0 else 1) % PRIME
        simple = Fraction(number).limit_denominator(SIMPLE)
        fraction = simple if abs(float(simple) - number) <= 4.0 * math.ulp(number) else Fraction(number)
        return fraction.numerator * inverse(fraction.denominator) % PRIME

    def value(self, op: Op, numbers: Sequence[int]) -> int:
        if op in EXACT:
            return EXACT[op](*numbers) % PRIME
        if op is ops.neg:
            return -numbers[0] % PRIME
        if op is ops.total:
            return sum(numbers) % PRIME
        if op is ops.dot:
            left, right = op.arguments(numbers)
            return sum(map(int.__mul__, left, right)) % PRIME
        if op is ops.logsumexp:
            return self.logsumexp(numbers)
        if op is ops.exp and numbers[0] in self.shares:
            return self.shares[numbers[0]]
        if op in (ops.pow, ops.quiet_pow):
            return self.power(*numbers)
        return self.drawn(op.symbol, sorted(numbers) if op in SYMMETRIC else numbers)

    def drawn(self, name: object, numbers: Iterable[int]) -> int:
        return hash((self.salt(name), *numbers)) % PRIME

    def power(self, base: int, exponent: int) -> int:
        times = whole(exponent)
        if times is None:
            return self.drawn("**", (base, exponent))
        return pow(base if times > 0 else inverse(base), abs(times), PRIME)

    def logsumexp(self, numbers: Sequence[int]) -> int:
        mean = sum(numbers) * inverse(len(numbers)) % PRIME
        distances = sorted([(number - mean) % PRIME for number in numbers])
        above = self.drawn("logsumexp", distances) if len(numbers) > 1 else 0
        weights = [self.drawn("share", (distance, above)) for distance in distances]
        scale = inverse(sum(weights))
        for distance, weight in zip(distances, weights, strict=True):
            self.shares[(distance - above) % PRIME] = weight * scale % PRIME
        return (mean + above) % PRIME


class Residue:
    """A number of the field, for the rules of the table. They read it as they read a Value; a plain float is one too."""

    __slots__ = ("field", "number")

    def __init__(self, number: int, field: OfPrime) -> None:
        self.number = number
        self.field = field

    def record(self, op: Op, operands: Sequence[Any]) -> Residue:
        return Residue(self.field.value(op, [residue(operand, self.field) for operand in operands]), self.field)

    # fmt: off
    def __add__(self, other: Any) -> Residue: return self.record(ops.add, (self, other))
    def __radd__(self, other: Any) -> Residue: return self.record(ops.add, (other, self))
    def __sub__(self, other: Any) -> Residue: return self.record(ops.sub, (self, other))
    def __rsub__(self, other: Any) -> Residue: return self.record(ops.sub, (other, self))
    def __mul__(self, other: Any) -> Residue: return self.record(ops.mul, (self, other))
    def __rmul__(self, other: Any) -> Residue: return self.record(ops.mul, (other, self))
    def __truediv__(self, other: Any) -> Residue: return self.record(ops.div, (self, other))
    def __rtruediv__(self, other: Any) -> Residue: return self.record(ops.div, (other, self))
    def __pow__(self, other: Any) -> Residue: return self.record(ops.pow, (self, other))
    def __rpow__(self, other: Any) -> Residue: return self.record(ops.pow, (other, self))
    def __neg__(self) -> Residue: return self.record(ops.neg, (self,))
    # fmt: on


def residue(number: Any, field: OfPrime) -> int:
    return number.number if isinstance(number, Residue) else field.number(number)
