"""Functions of our own, straight lines of instructions for any number of lanes: exp and log, and what is made of them.

Two of one operand that are made of the same exponential, as tanh and sech2, spell it in the same words; where both are
inlined LLVM computes it once. They are right to 2 ulp, subnormal results to their last place.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from micrograd import ops
from micrograd.compiler.llvm.vectors import Body
from micrograd.ops import Op

# log(2) in two parts: the first has 21 zeros at its end, so that whole multiples of it are exact. Source: fdlibm, e_exp.c.
LOG2_HIGH = float.fromhex("0x1.62e42feep-1")
LOG2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
ROUNDER = 1.5 * 2.0**52  # added to a number, it leaves the nearest integer in the last bits
ONE = 1023 << 52  # the bits of 1.0; 1 << 52 more are those of 2.0

# (exp(r) - 1 - r) / r**2 for r up to log(2) / 2, right to 2**-55 of exp(r) - 1: the best polynomial of degree 9, by Remez.
EXPONENTIAL = [
    float.fromhex(digits)
    for digits in (
        "0x1.0000000000005p-1", "0x1.555555555555cp-3", "0x1.55555555520f4p-5", "0x1.111111110e6e2p-7", "0x1.6c16c17f375c2p-10",
        "0x1.a01a01b5d3078p-13", "0x1.a019a6861b79dp-16", "0x1.71ddea11bf0e0p-19", "0x1.28a2ab3af9f52p-22", "0x1.af769764c6224p-26",
    )
]  # fmt: skip

# (log(1 + f) - log(1 - f)) / f - 2 by powers of f**2, from the first on; right to 2**-58. Source: fdlibm, e_log.c.
LOGARITHM = [
    float.fromhex(digits)
    for digits in (
        "0x1.5555555555593p-1", "0x1.999999997fa04p-2", "0x1.2492494229359p-2", "0x1.c71c51d8e78afp-3",
        "0x1.7466496cb03dep-3", "0x1.39a09d078c69fp-3", "0x1.2f112df3e5244p-3",
    )
]  # fmt: skip
ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of sqrt(1/2)


def split_power(body: Body, x: str) -> tuple[str, str]:
    """exp(x) is (1 + p) * 2**n: p, and n in the upper 12 bits of an integer."""
    turns = body.fma(x, 1.0 / math.log(2.0), ROUNDER)
    n = body.sub(turns, ROUNDER)
    high = body.fma(n, -LOG2_HIGH, x)
    r = body.fma(n, -LOG2_LOW, high)
    p = body.add(high, body.fma(n, -LOG2_LOW, bent(body, r)))  # and not r + bent(r), since r is rounded
    return p, body.whole("shl", body.bits(turns), 52)


def bent(body: Body, r: str) -> str:
    """exp(r) - 1 - r, for r up to log(2) / 2."""
    return body.mul(body.polynomial(r, EXPONENTIAL), body.mul(r, r))


def scaled(body: Body, n: str, far: str, exponent: int, otherwise: int = 0) -> tuple[str, str]:
    """2**(n + exponent) where `far`, and what to multiply by afterwards: 2**n itself may be no normal number."""
    shift = body.where_whole(far, ONE + (exponent << 52), ONE + (otherwise << 52))
    return body.number(body.whole("add", n, shift)), body.number(body.whole("sub", 2 * ONE, shift))


def at_most(body: Body, x: str, limit: float) -> str:
    return body.where(body.less(limit, x), limit, x)  # nan stays nan


def at_least(body: Body, x: str, limit: float) -> str:
    return body.where(body.less(x, limit), limit, x)


def exp(body: Body, x: str) -> str:
    x = at_least(body, at_most(body, x, 710.0), -746.0)
    p, n = split_power(body, x)
    scale, back = scaled(body, n, body.less(x, -700.0), 100, -1)
    return body.mul(body.fma(scale, p, scale), back)


def expm1(body: Body, x: str) -> str:
    y = at_least(body, at_most(body, x, 710.0), -40.0)
    p, n = split_power(body, y)
    scale, back = scaled(body, n, body.less(700.0, y), -1)
    result = body.mul(body.fma(scale, p, body.sub(scale, 1.0)), back)
    return body.call("llvm.copysign", result, x)


def falling(body: Body, x: str) -> tuple[str, str, str]:
    """exp(x), exp(x) - 1 and exp(x) + 1 for x <= 0."""
    x = at_least(body, x, -746.0)
    p, n = split_power(body, x)
    scale, back = scaled(body, n, body.less(x, -700.0), 100)
    z = body.mul(body.fma(scale, p, scale), back)
    return z, body.fma(scale, p, body.sub(scale, 1.0)), body.fma(scale, p, body.add(scale, 1.0))


def tanh(body: Body, x: str) -> str:
    _, e, w = falling(body, body.mul(-2.0, body.call("llvm.fabs", x)))
    return body.call("llvm.copysign", body.div(e, w), x)


def sech2(body: Body, x: str) -> str:
    z, _, _ = falling(body, body.mul(-2.0, body.call("llvm.fabs", x)))
    return body.div(body.mul(4.0, z), body.fma(z, body.add(2.0, z), 1.0))


def sigmoid(body: Body, x: str) -> str:
    z, _, w = falling(body, body.neg(body.call("llvm.fabs", x)))
    share = body.div(z, w)
    upper = body.where(body.less(x, 0.0), z, 1.0)
    return body.fma(body.neg(share), upper, upper)


def sigmoid_slope(body: Body, x: str) -> str:
    z, _, _ = falling(body, body.neg(body.call("llvm.fabs", x)))
    return body.div(z, body.fma(z, body.add(2.0, z), 1.0))


def log(body: Body, x: str) -> str:
    tiny = body.less(x, 2.0**-1022)
    y = body.where(tiny, body.mul(x, 2.0**54), x)
    k, m, _ = split_logarithm(body, y)
    k = body.sub(k, body.where(tiny, 54.0, 0.0))
    return joined_logarithm(body, ends(body, x, k), body.sub(m, 1.0))


def log1p(body: Body, x: str) -> str:
    u = body.add(1.0, x)
    smaller, larger = at_most(body, x, 1.0), at_least(body, x, 1.0)
    lost = body.sub(smaller, body.sub(u, larger))  # 1 + x is u + lost. Source: Dekker's sum
    k, m, power = split_logarithm(body, u)
    rest = body.where(body.less(x, 2.0**54), body.mul(lost, body.number(body.whole("sub", 2 * ONE, power))), 0.0)
    result = joined_logarithm(body, ends(body, u, k), body.add(body.sub(m, 1.0), rest))
    return body.call("llvm.copysign", result, x)


def split_logarithm(body: Body, x: str) -> tuple[str, str, str]:
    """k, m and the bits of 2**k, where x is m * 2**k and m lies between the roots of 1/2 and 2."""
    bits = body.whole("add", body.bits(x), ONE - ROOT_HALF)
    power = body.whole("and", bits, 0x7FF << 52)
    m = body.number(body.whole("add", body.whole("and", bits, (1 << 52) - 1), ROOT_HALF))
    k = body.number(body.whole("or", body.whole("lshr", bits, 52), 0x433 << 52))  # 2**52 + 1023 + k
    return body.sub(k, 2.0**52 + 1023.0), m, power


def ends(body: Body, x: str, k: str) -> str:
    """k, or what gives the logarithms of numbers that have no such power of 2: inf, 0, and below."""
    outside = body.where(body.equal(x, 0.0), -math.inf, math.nan)
    below = body.where(body.less(x, math.inf), k, x)
    return body.where(body.less(0.0, x), below, outside)


def joined_logarithm(body: Body, k: str, f: str) -> str:
    """k log(2) + log(1 + f), by s = f / (2 + f). Source: fdlibm, e_log.c."""
    s = body.div(f, body.add(2.0, f))
    z = body.mul(s, s)
    half = body.mul(f, body.mul(0.5, f))
    curve = body.fma(z, body.polynomial(z, LOGARITHM), half)
    small = body.fma(k, LOG2_LOW, body.mul(s, curve))
    return body.fma(k, LOG2_HIGH, body.sub(f, body.sub(half, small)))


def softplus(body: Body, x: str) -> str:
    z, _, _ = falling(body, body.neg(body.call("llvm.fabs", x)))
    large = body.less(math.sqrt(2.0) - 1.0, z)  # 1 + z = 2 (1 + f) then, else 1 + f
    f = body.where(large, body.fma(0.5, z, -0.5), z)
    return body.add(body.where(body.less(x, 0.0), 0.0, x), joined_logarithm(body, body.where(large, 1.0, 0.0), f))


def bell(body: Body, x: str) -> str:
    """exp(-head**2 / 2) exp(-(x - head) (x + head) / 2), where head is x rounded to a multiple of 2**-10: its square is exact."""
    x = at_most(body, body.call("llvm.fabs", x), 40.0)
    head = body.sub(body.add(x, ROUNDER / 1024.0), ROUNDER / 1024.0)
    bulk, _, _ = falling(body, body.mul(body.mul(-0.5, head), head))
    rest = body.mul(body.mul(-0.5, body.sub(x, head)), body.add(x, head))
    return body.fma(bulk, body.add(rest, bent(body, rest)), bulk)


OWN: dict[Op, Callable[[Body, str], str]] = {
    ops.exp: exp, ops.expm1: expm1, ops.log: log, ops.log1p: log1p, ops.tanh: tanh, ops.sech2: sech2,
    ops.sigmoid: sigmoid, ops.sigmoid_slope: sigmoid_slope, ops.softplus: softplus, ops.bell: bell,
}  # fmt: skip


def cube(body: Body, x: str) -> str:
    return body.mul(body.mul(x, x), x)


def inverse(body: Body, x: str) -> str:
    return body.div(1.0, x)


def inverse_square(body: Body, x: str) -> str:
    y = inverse(body, x)
    return body.mul(y, y)  # in this order, since x * x may overflow or vanish where its inverse does not


def root(body: Body, x: str) -> str:
    """The power 1/2, where that differs from the square root: it is 0.0 at -0.0, and inf at -inf."""
    result = body.call("llvm.sqrt", body.add(x, 0.0))
    return body.where(body.equal(x, -math.inf), math.inf, result)


def inverse_root(body: Body, x: str) -> str:
    return inverse(body, root(body, x))


# The powers whose exponent makes them cheap, as right as `pow` or nearly so, and the same as it at the ends.
POWERS: dict[float, Callable[[Body, str], str]] = {
    -2.0: inverse_square, -1.0: inverse, -0.5: inverse_root, 0.5: root, 3.0: cube,
}  # fmt: skip
