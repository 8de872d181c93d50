"""Functions of our own, for any number of lanes, without branches: exp and log, and what is made of them.

Functions of one operand that are made of the same exponential, as tanh and sech2, spell it in the same words: inlined into
one basic block, LLVM's code generator computes it once. Where they are made of normal numbers, log is right to 1 ulp, exp to
1.1, expm1, log1p, sigmoid, softplus and bell to 2, tanh, sech2 and sigmoid_slope to 2.5, and subnormal results to a few last
places. Eager code, with the exp of glibc, is right to 4.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from micrograd import ops
from micrograd.compiler.llvm.vectors import Body
from micrograd.ops import Op

# log(2) in two parts: the first ends in 21 zeros, so that whole multiples of it are exact. Source: fdlibm, e_exp.c.
LOG2_HIGH = float.fromhex("0x1.62e42feep-1")
LOG2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
ROUNDER = 1.5 * 2.0**52  # added to a number, it leaves the nearest integer in the last bits
ONE = 1023 << 52  # the bits of 1.0; those of 2.0 are 1 << 52 more
BIAS = 2.0**52 + 1023.0
MANTISSA = (1 << 52) - 1
HALF_ROOT = 0x3FE6A09E667F3BCD  # the bits of sqrt(1/2)


def numbers(digits: str) -> tuple[float, ...]:
    return tuple(map(float.fromhex, digits.split()))


# (exp(r) - 1 - r) / r**2 for r up to log(2) / 2: of degree 9 the best polynomial, found by Remez' algorithm, with which
# exp(r) - 1 is right to 2**-55.
EXPONENTIAL = numbers("""
    0x1.0000000000005p-1  0x1.555555555555cp-3  0x1.55555555520f4p-5  0x1.111111110e6e2p-7  0x1.6c16c17f375c2p-10
    0x1.a01a01b5d3078p-13 0x1.a019a6861b79dp-16 0x1.71ddea11bf0e0p-19 0x1.28a2ab3af9f52p-22 0x1.af769764c6224p-26""")

# (log(1 + f) / s - 2) / s**2 by powers of s**2, where s = f / (2 + f); right to 2**-58. Source: fdlibm, e_log.c.
LOGARITHM = numbers("""
    0x1.5555555555593p-1 0x1.999999997fa04p-2 0x1.2492494229359p-2 0x1.c71c51d8e78afp-3
    0x1.7466496cb03dep-3 0x1.39a09d078c69fp-3 0x1.2f112df3e5244p-3""")


# Parts. A comparison with nan is false, so that nan stays nan.
def at_most(body: Body, x: str, limit: float) -> str:
    return body.where(body.less(limit, x), limit, x)


def at_least(body: Body, x: str, limit: float) -> str:
    return body.where(body.less(x, limit), limit, x)


def minus_size(body: Body, x: str) -> str:
    return body.neg(body.call("llvm.fabs", x))


def bent(body: Body, r: str) -> str:
    """exp(r) - 1 - r, for r up to log(2) / 2."""
    return body.mul(body.polynomial(r, EXPONENTIAL), body.mul(r, r))


def split_power(body: Body, x: str, careful: bool = True) -> tuple[str, str]:
    """p and n, where exp(x) = (1 + p) * 2**n, and n lies in the upper 12 bits of an integer."""
    turns = body.fma(x, 1.0 / math.log(2.0), ROUNDER)
    n = body.sub(turns, ROUNDER)
    high = body.fma(n, -LOG2_HIGH, x)
    r = body.fma(n, -LOG2_LOW, high)
    if careful:  # r is rounded, which would cost exp(x) - 1 a third of an ulp
        p = body.add(high, body.fma(n, -LOG2_LOW, bent(body, r)))
    else:
        p = body.fma(body.polynomial(r, EXPONENTIAL), body.mul(r, r), r)
    return p, body.integers("shl", body.bits(turns), 52)


def scale(body: Body, n: str, far: str, exponent: int, otherwise: int = 0) -> tuple[str, str]:
    """2**(n + exponent) where `far`, else 2**(n + otherwise), and what takes the rest back: 2**n may be no normal number."""
    shift = body.where_integers(far, ONE + (exponent << 52), ONE + (otherwise << 52))
    return body.number(body.integers("add", n, shift)), body.number(body.integers("sub", 2 * ONE, shift))


def falling(body: Body, x: str) -> tuple[str, str, str]:
    """exp(x), exp(x) - 1 and exp(x) + 1 for x <= 0; that takes no more than what is used of it."""
    x = at_least(body, x, -746.0)  # half of the smallest number is exp(-745.13)
    p, n = split_power(body, x)
    power, back = scale(body, n, body.less(x, -700.0), 100)
    whole = body.mul(body.fma(power, p, power), back)
    return whole, body.fma(power, p, body.sub(power, 1.0)), body.fma(power, p, body.add(power, 1.0))


def split_number(body: Body, x: str) -> tuple[str, str, str]:
    """k + BIAS, the bits of 2**k, and m, where x = m * 2**k and m lies between the roots of 1/2 and 2."""
    bits = body.integers("add", body.bits(x), ONE - HALF_ROOT)
    m = body.number(body.integers("add", body.integers("and", bits, MANTISSA), HALF_ROOT))
    biased = body.number(body.integers("or", body.integers("lshr", bits, 52), 0x433 << 52))  # from 2**52 on units are last bits
    return biased, body.integers("and", bits, 0x7FF << 52), m


def with_ends(body: Body, k: str, x: str) -> str:
    """k; and where x has no logarithm that is a number, instead of k what gives it: -inf of 0, inf of inf, nan below 0."""
    outside = body.where(body.equal(x, 0.0), -math.inf, math.nan)
    return body.where(body.less(0.0, x), body.where(body.less(x, math.inf), k, x), outside)


def joined_logarithm(body: Body, k: str, f: str) -> str:
    """k log(2) + log(1 + f), for 1 + f between the roots of 1/2 and 2. Source: fdlibm, e_log.c."""
    s = body.div(f, body.add(2.0, f))
    square = body.mul(s, s)
    half = body.mul(f, body.mul(0.5, f))
    curve = body.fma(square, body.polynomial(square, LOGARITHM), half)
    small = body.fma(k, LOG2_LOW, body.mul(s, curve))
    return body.fma(k, LOG2_HIGH, body.sub(f, body.sub(half, small)))


# Functions of the table.
def relu(body: Body, x: str) -> str:
    """One instruction, the larger of two; that of -0.0 is -0.0."""
    return body.where(body.less(x, 0.0), 0.0, x)


def exp(body: Body, x: str) -> str:
    x = at_least(body, at_most(body, x, 710.0), -746.0)
    p, n = split_power(body, x, careful=False)
    power, back = scale(body, n, body.less(x, -700.0), 100, -1)
    return body.mul(body.fma(power, p, power), back)


def expm1(body: Body, x: str) -> str:
    inner = at_least(body, at_most(body, x, 710.0), -40.0)
    p, n = split_power(body, inner)
    power, back = scale(body, n, body.less(700.0, inner), -1)
    result = body.mul(body.fma(power, p, body.sub(power, 1.0)), back)
    return body.call("llvm.copysign", result, x)  # for -0.0


def log(body: Body, x: str) -> str:
    tiny = body.less(x, 2.0**-1022)
    biased, _, m = split_number(body, body.where(tiny, body.mul(x, 2.0**54), x))
    k = body.sub(biased, body.where(tiny, BIAS + 54.0, BIAS))
    return joined_logarithm(body, with_ends(body, k, x), body.sub(m, 1.0))


def log1p(body: Body, x: str) -> str:
    total = body.add(1.0, x)
    lost = body.sub(at_most(body, x, 1.0), body.sub(total, at_least(body, x, 1.0)))  # 1 + x is both. Source: Dekker 1971
    biased, power, m = split_number(body, total)
    rest = body.mul(lost, body.number(body.integers("sub", 2 * ONE, power)))
    rest = body.where(body.less(x, 2.0**54), rest, 0.0)  # beyond, it has no digit in the sum; at the end it would be nan
    result = joined_logarithm(body, with_ends(body, body.sub(biased, BIAS), total), body.add(body.sub(m, 1.0), rest))
    return body.call("llvm.copysign", result, x)  # for -0.0


def tanh(body: Body, x: str) -> str:
    _, less, more = falling(body, body.mul(-2.0, body.call("llvm.fabs", x)))
    return body.call("llvm.copysign", body.div(less, more), x)


def sech2(body: Body, x: str) -> str:
    z, _, _ = falling(body, body.mul(-2.0, body.call("llvm.fabs", x)))
    return body.div(body.mul(4.0, z), body.fma(z, body.add(2.0, z), 1.0))


def sigmoid(body: Body, x: str) -> str:
    """From 0 upwards 1 - z / (1 + z), and below z - z**2 / (1 + z): the quotient's errors are small where z is."""
    z, _, more = falling(body, minus_size(body, x))
    base = body.where(body.less(x, 0.0), z, 1.0)
    return body.fma(body.neg(body.div(z, more)), base, base)


def sigmoid_slope(body: Body, x: str) -> str:
    z, _, _ = falling(body, minus_size(body, x))
    return body.div(z, body.fma(z, body.add(2.0, z), 1.0))


def softplus(body: Body, x: str) -> str:
    z, _, _ = falling(body, minus_size(body, x))
    large = body.less(math.sqrt(2.0) - 1.0, z)  # there, 1 + z is 2 (1 + f)
    f = body.where(large, body.fma(0.5, z, -0.5), z)
    return body.add(body.where(body.less(x, 0.0), 0.0, x), joined_logarithm(body, body.where(large, 1.0, 0.0), f))


def bell(body: Body, x: str) -> str:
    """As in numerics; the head is x rounded to a multiple of 2**-10."""
    x = at_most(body, body.call("llvm.fabs", x), 40.0)
    head = body.sub(body.add(x, ROUNDER / 1024.0), ROUNDER / 1024.0)
    bulk, _, _ = falling(body, body.mul(body.mul(-0.5, head), head))
    rest = body.mul(body.mul(-0.5, body.sub(x, head)), body.add(x, head))
    return body.fma(bulk, body.add(rest, bent(body, rest)), bulk)


Function = Callable[[Body, str], str]
OWN: dict[Op, Function] = {
    ops.relu: relu, ops.exp: exp, ops.expm1: expm1, ops.log: log, ops.log1p: log1p, ops.tanh: tanh, ops.sech2: sech2,
    ops.sigmoid: sigmoid, ops.sigmoid_slope: sigmoid_slope, ops.softplus: softplus, ops.bell: bell,
}  # fmt: skip


# Powers.
def cube(body: Body, x: str) -> str:
    return body.mul(body.mul(x, x), x)


def inverse(body: Body, x: str) -> str:
    return body.div(1.0, x)


def inverse_square(body: Body, x: str) -> str:
    y = inverse(body, x)
    return body.mul(y, y)  # and not 1 / (x * x), since x * x may overflow or vanish where its inverse does not


def root(body: Body, x: str) -> str:
    """The power 1/2. The square root differs from it at -0.0, where the power is 0.0, and at -inf, where it is inf."""
    return body.where(body.equal(x, -math.inf), math.inf, body.call("llvm.sqrt", body.add(x, 0.0)))


def inverse_root(body: Body, x: str) -> str:
    return inverse(body, root(body, x))


# Exponents with which a power takes a few instructions, right to 2 ulp, and is what `pow` gives at 0, inf and nan.
POWERS: dict[float, Function] = {-2.0: inverse_square, -1.0: inverse, -0.5: inverse_root, 0.5: root, 3.0: cube}
