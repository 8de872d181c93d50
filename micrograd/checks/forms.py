"""The operations of the table on other kinds of numbers: complex ones, fractions with their slopes, those of mpmath.

They are written from the definition of each function, not from the rules of the table, so that a derivative measured
with them says something about the rules.
"""

from __future__ import annotations

import cmath
import functools
import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from micrograd import ops
from micrograd.engine import Value
from micrograd.replay import Functions


def total(terms: Sequence[Any]) -> Any:
    """The sum, from left to right, of any kind of number: no 0 of another kind begins it."""
    return functools.reduce(operator.add, terms)


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return total(list(map(operator.mul, left, right)))


# What every kind of number can do by itself.
ARITHMETIC: Functions = {
    ops.add: operator.add,
    ops.sub: operator.sub,
    ops.mul: operator.mul,
    ops.div: operator.truediv,
    ops.neg: operator.neg,
    ops.pow: operator.pow,
    ops.total: total,
    ops.dot: dot,
    ops.quiet_mul: operator.mul,
    ops.quiet_div: operator.truediv,
    ops.quiet_pow: operator.pow,
}

# --------------------------------------------------------------------------------------------------------------
# Complex numbers, whose imaginary part is a step too small to change the real one
# --------------------------------------------------------------------------------------------------------------


def above(a: complex, b: complex) -> bool:
    """Whether a is the larger: by the real part and, where that is the same, by where the step leads."""
    return (a.real, a.imag) > (b.real, b.imag)


def complex_power(a: complex, b: complex) -> complex:
    if b.imag == 0.0 and (b.real.is_integer() or (a.real == 0.0 and b.real > 1.0)):
        slope = b.real * math.pow(a.real, b.real - 1.0) if b.real else 0.0
        return complex(math.pow(a.real, b.real), slope * a.imag)
    return a**b if a.real > 0.0 else complex(math.nan, math.nan)


def complex_log(a: complex) -> complex:
    return cmath.log(a) if a.real > 0.0 else complex(math.nan, math.nan)


def complex_expm1(a: complex) -> complex:
    return complex(math.expm1(a.real), math.exp(a.real) * a.imag)


def complex_log1p(a: complex) -> complex:
    return complex(math.log1p(a.real), math.atan2(a.imag, 1.0 + a.real))


def complex_sigmoid(a: complex) -> complex:
    if a.real >= 0.0:
        return 1.0 / (1.0 + cmath.exp(-a))
    power = cmath.exp(a)
    return power / (1.0 + power)


def complex_softplus(a: complex) -> complex:
    return a + complex_log1p(cmath.exp(-a)) if a.real > 0.0 else complex_log1p(cmath.exp(a))


def complex_bell(a: complex) -> complex:
    """exp(-a**2 / 2), along a short step. The real part is split so that its square is not rounded."""
    if abs(a.real) > 40.0:
        return 0j
    head = round(a.real * 1024.0) / 1024.0
    size = math.exp(-0.5 * head * head) * math.exp(-0.5 * (a.real - head) * (a.real + head))
    return complex(size, -a.real * size * a.imag)


def complex_erf(a: complex) -> complex:
    """erf is the integral of 2/sqrt(pi) exp(-t**2), and along a short step the integrand times the step."""
    return complex(math.erf(a.real), 2.0 / math.sqrt(math.pi) * complex_bell(a).real ** 2 * a.imag)


def complex_erfc(a: complex) -> complex:
    return complex(math.erfc(a.real), -complex_erf(a).imag)


def complex_gelu(a: complex) -> complex:
    """a times the normal distribution function, the integral of the normal density."""
    density = complex_bell(a).real / math.sqrt(2.0 * math.pi)
    return a * complex(0.5 * math.erfc(-a.real / math.sqrt(2.0)), density * a.imag)


def complex_atan2(a: complex, b: complex) -> complex:
    """The angle of the point (b, a): it turns by the part of the step across the radius."""
    radius = math.hypot(a.real, b.real)
    turn = (a.imag * (b.real / radius) - b.imag * (a.real / radius)) / radius if radius else 0.0
    return complex(math.atan2(a.real, b.real), turn)


def complex_hypot(a: complex, b: complex) -> complex:
    largest = max(abs(a.real), abs(b.real))
    if largest == 0.0:
        return complex(0.0, math.hypot(a.imag, b.imag))
    return largest * cmath.sqrt((a / largest) ** 2 + (b / largest) ** 2)


def complex_tanh(a: complex) -> complex:
    z = cmath.exp(-2.0 * a if a.real >= 0.0 else 2.0 * a)
    return complex(math.tanh(a.real), 4.0 * abs(z) / (1.0 + abs(z)) ** 2 * a.imag)


def complex_sech2(a: complex) -> complex:
    """1 - tanh(a)**2, whose real part would have lost its digits far out."""
    return complex(ops.sech2.forward(a.real), (-(complex_tanh(a) ** 2)).imag)


def complex_relu(a: complex) -> complex:
    return a if above(a, 0j) else 0j


def complex_quiet_mul(a: complex, b: complex) -> complex:
    return 0j if (a == 0.0 and math.isinf(b.real)) or (b == 0.0 and math.isinf(a.real)) else a * b


def complex_quiet_div(a: complex, b: complex) -> complex:
    return a / b if b else complex(ops.quiet_div(a.real, b.real), math.nan)


def complex_logsumexp(numbers: Sequence[complex]) -> complex:
    largest = max(number.real for number in numbers)
    return largest + cmath.log(sum(cmath.exp(number - largest) for number in numbers))


def on_real_parts(function: Callable[..., float]) -> Callable[..., complex]:
    """A function that is constant but for its jumps."""
    return lambda *operands: complex(function(*(operand.real for operand in operands)))


COMPLEX: Functions = {
    **ARITHMETIC,
    ops.pow: complex_power,
    ops.exp: cmath.exp,
    ops.expm1: complex_expm1,
    ops.log: complex_log,
    ops.log1p: complex_log1p,
    ops.sqrt: cmath.sqrt,
    ops.sin: cmath.sin,
    ops.cos: cmath.cos,
    ops.tan: cmath.tan,
    ops.asin: cmath.asin,
    ops.acos: cmath.acos,
    ops.atan: cmath.atan,
    ops.atan2: complex_atan2,
    ops.hypot: complex_hypot,
    ops.sinh: cmath.sinh,
    ops.cosh: cmath.cosh,
    ops.tanh: cmath.tanh,
    ops.sigmoid: complex_sigmoid,
    ops.softplus: complex_softplus,
    ops.relu: complex_relu,
    ops.leaky_relu: lambda a: a if above(a, 0j) else 0.01 * a,
    ops.gelu: complex_gelu,
    ops.silu: lambda a: a * complex_sigmoid(a),
    ops.erf: complex_erf,
    ops.erfc: complex_erfc,
    ops.abs: lambda a: a if above(a, 0j) else -a,
    ops.sign: on_real_parts(ops.sign.forward),
    ops.step: on_real_parts(ops.step.forward),
    ops.ahead: on_real_parts(ops.ahead.forward),
    ops.maximum: lambda a, b: a if above(a, b) else b,
    ops.minimum: lambda a, b: b if above(a, b) else a,
    ops.logsumexp: complex_logsumexp,
    ops.quiet_mul: complex_quiet_mul,
    ops.quiet_div: complex_quiet_div,
    ops.quiet_pow: complex_power,
    ops.quiet_log: lambda a: complex_log(a) if a.real else 0j,
    ops.bell: complex_bell,
    ops.sech2: complex_sech2,
}

KINKS = (ops.relu, ops.leaky_relu, ops.abs, ops.maximum, ops.minimum)


def at_a_kink(node: Value) -> bool:
    """Whether the node is a function with a corner, and its operands are at the corner."""
    if node.op not in KINKS:
        return False
    first, *others = [parent.data for parent in node.parents]
    return all(first == other for other in others or [0.0])


# --------------------------------------------------------------------------------------------------------------
# Fractions
# --------------------------------------------------------------------------------------------------------------


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


EXACT: Functions = ARITHMETIC  # a Dual does all of it, and a graph of nothing else is exact


# --------------------------------------------------------------------------------------------------------------
# mpmath
# --------------------------------------------------------------------------------------------------------------


def mpmath_functions() -> Functions:
    try:
        from mpmath import mp
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the method 'mpmath' needs mpmath: pip install mpmath; the others work without") from None

    def sigmoid(a: Any) -> Any:
        return 1 / (1 + mp.exp(-a))

    def normal_below(a: Any) -> Any:
        return mp.erfc(-a / mp.sqrt(2)) / 2

    by_name = {op: getattr(mp, op.symbol) for op in ops.OPS if op.symbol.isidentifier() and hasattr(mp, op.symbol)}
    return {
        **by_name,
        **ARITHMETIC,
        ops.abs: abs,
        ops.sigmoid: sigmoid,
        ops.softplus: lambda a: mp.log1p(mp.exp(a)),
        ops.relu: lambda a: max(a, 0),
        ops.leaky_relu: lambda a: a if a > 0 else mp.mpf(0.01) * a,
        ops.gelu: lambda a: a * normal_below(a),
        ops.silu: lambda a: a * sigmoid(a),
        ops.step: lambda a: mp.mpf(a > 0),
        ops.ahead: lambda a, b: (1 + mp.sign(a - b)) / 2,
        ops.maximum: max,
        ops.minimum: min,
        ops.logsumexp: lambda numbers: mp.log(sum(map(mp.exp, numbers))),
        ops.quiet_log: mp.log,
        ops.bell: lambda a: mp.exp(-a * a / 2),
        ops.sech2: lambda a: mp.sech(a) ** 2,
    }
