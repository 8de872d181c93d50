"""How JavaScript spells the operations, a number and a comment.

What ECMAScript has no function for, or one with other limits than C and Python, is a helper: a script holds those that it
uses, and those that they use.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from micrograd import numerics, ops
from micrograd.compiler.listing import FINITE_ADD, Instruction
from micrograd.compiler.straight_line import SHARED, Dialect, called
from micrograd.ops import Op


class Helper(NamedTuple):
    """The text of a function, and the helpers that it calls."""

    text: str
    needs: tuple[str, ...] = ()


# The operations that are functions of Math, by its names for them.
OF_MATH: dict[Op, str] = {
    op: f"Math.{op.symbol}"
    for op in (
        ops.exp, ops.expm1, ops.log, ops.log1p, ops.sqrt, ops.sin, ops.cos, ops.tan, ops.asin, ops.acos, ops.atan, ops.atan2,
        ops.hypot, ops.sinh, ops.cosh, ops.tanh, ops.abs,
    )
}  # fmt: skip

# Those that are helpers, by the names of these.
BY_HELPER: dict[Op, str] = {ops.pow: "power", ops.quiet_pow: "power"} | {
    op: op.symbol
    for op in (
        ops.sigmoid, ops.softplus, ops.gelu, ops.silu, ops.erf, ops.erfc, ops.sign, ops.ahead, ops.quiet_mul, ops.quiet_log,
        ops.bell, ops.sech2, ops.sigmoid_slope, ops.asin_slope, ops.atan_slope, ops.atan2_slope, ops.hypot_slope,
    )
} | {FINITE_ADD: FINITE_ADD.symbol}  # fmt: skip

SPELLING: dict[Op, str] = {
    **SHARED,
    **{op: called(name, op.arity) for op, name in {**OF_MATH, **BY_HELPER}.items()},
    ops.relu: "{0} <= 0 ? 0 : {0}",
    ops.leaky_relu: "{0} < 0 ? 0.01 * {0} : {0}",
    ops.step: "{0} > 0 ? 1 : {0} <= 0 ? 0 : {0}",
    ops.maximum: "{0} >= {1} || {0} !== {0} ? {0} : {1}",
    ops.minimum: "{0} <= {1} || {0} !== {0} ? {0} : {1}",
}

HELPERS: dict[str, Helper] = {
    "compare": Helper("""\
function compare(a, b) {
  return a !== a || b !== b ? NaN : Number(a > b) - Number(a < b);
}"""),
    "sign": Helper("""\
function sign(a) {
  return compare(a, 0);
}""", ("compare",)),
    "ahead": Helper("""\
function ahead(a, b) {
  return 0.5 + 0.5 * compare(a, b);
}""", ("compare",)),
    "finite_add": Helper("""\
function finite_add(a, b) {
  return Math.abs(a) === Infinity ? a : a + b;
}"""),
    "quiet_mul": Helper("""\
function quiet_mul(a, b) { // 0 * Infinity is 0
  return (a !== 0 && b !== 0) || a !== a || b !== b ? a * b : 0;
}"""),
    "quiet_log": Helper("""\
function quiet_log(a) {
  return a === 0 ? 0 : Math.log(a);
}"""),
    "power": Helper("""\
function power(a, b) { // 1 where C has 1 and ECMAScript NaN; a whole power is rounded once, in any browser, as nearly always in C
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  if (b === 2) return a * a;
  const plain = a ** b, size = Math.abs(plain);
  return Number.isInteger(b) && b > 2 && b < 1e6 && size > 1e-140 && size < 1e140 ? whole_power(a, b) : plain;
}""", ("whole_power",)),
    # Source: Dekker 1971, A floating-point technique for extending the available precision.
    "whole_power": Helper("""\
function head_of(a) { // the first half of its bits
  const c = 134217729 * a;
  return c - (c - a);
}
function pair_product(a, b) { // of two sums of a number and what its rounding has lost
  const product = a[0] * b[0], aHead = head_of(a[0]), bHead = head_of(b[0]), aTail = a[0] - aHead, bTail = b[0] - bHead;
  const lost = aHead * bHead - product + aHead * bTail + aTail * bHead + aTail * bTail + (a[0] * b[1] + a[1] * b[0]);
  return [product + lost, lost - (product + lost - product)];
}
function whole_power(a, b) { // by squares
  let power = [1, 0], square = [a, 0];
  for (let rest = b; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = pair_product(power, square);
    if (rest > 1) square = pair_product(square, square);
  }
  return power[0];
}"""),
    "sigmoid": Helper("""\
function sigmoid(a) {
  const z = Math.exp(-Math.abs(a));
  return (a >= 0 ? 1 : z) / (1 + z);
}"""),
    "softplus": Helper("""\
function softplus(a) {
  return (a <= 0 ? 0 : a) + Math.log1p(Math.exp(-Math.abs(a)));
}"""),
    "silu": Helper("""\
function silu(a) {
  return quiet_mul(a, sigmoid(a));
}""", ("quiet_mul", "sigmoid")),
    "gelu": Helper(f"""\
function gelu(a) {{
  return quiet_mul(a, 0.5 * erfc(-a / {numerics.SQRT_2!r}));
}}""", ("quiet_mul", "erfc")),
    "sech2": Helper("""\
function sech2(a) {
  const z = Math.exp(-2 * Math.abs(a));
  return 4 * z / ((1 + z) * (1 + z));
}"""),
    "sigmoid_slope": Helper("""\
function sigmoid_slope(a) {
  const z = Math.exp(-Math.abs(a));
  return z / ((1 + z) * (1 + z));
}"""),
    "asin_slope": Helper("""\
function asin_slope(a) {
  return 1 / Math.sqrt((1 - a) * (1 + a));
}"""),
    "atan_slope": Helper("""\
function atan_slope(a) {
  return 1 / (1 + a * a);
}"""),
    "atan2_slope": Helper("""\
function atan2_slope(a, b) {
  const isLarger = Math.abs(a) >= Math.abs(b);
  const large = isLarger ? a : b, small = isLarger ? b : a, ratio = small / large;
  return large === 0 ? Math.abs(small) : (isLarger ? 1 : ratio) / (large + small * ratio);
}"""),
    "hypot_slope": Helper("""\
function hypot_slope(a, b) {
  return a / Math.hypot(a, b);
}"""),
    "gauss": Helper("""\
function gauss(a, factor, more) { // exp(more - factor * a * a): head has an exact square, while a * a is rounded by many ulp
  const head = (a * 1024 + 6755399441055744 - 6755399441055744) / 1024;
  const bulk = Math.exp(-factor * head * head);
  return bulk + bulk * Math.expm1(more - factor * (a - head) * (a + head));
}"""),
    "bell": Helper("""\
function bell(a) {
  return Math.abs(a) >= 40 ? 0 : gauss(a, 0.5, 0);
}""", ("gauss",)),
    "polynomial": Helper("""\
function polynomial(coefficients, a) { // the highest power first
  let sum = 0;
  for (let i = 0; i < coefficients.length; i += 1) sum = sum * a + coefficients[i];
  return sum;
}"""),
    "erf_near": Helper("""\
const ERF_NEAR = [ // of erf(a) / a in a * a, up to 1/4: a Chebyshev series, written in powers
  -1.4621341491012844e-07, 1.6371282597755977e-06, -1.4923005626894847e-05, 0.00012055286259121393, -0.0008548326511566567,
  0.005223977622024224, -0.026866170645000076, 0.1128379167095487, -0.3761263890318375, 1.1283791670955126,
];
function erf_near(a) { // erf(a) from -0.5 to 0.5
  return a * polynomial(ERF_NEAR, a * a);
}""", ("polynomial",)),
    # Source: Shepherd & Laframboise 1981, Chebyshev approximation of (1 + 2x) exp(x^2) erfc x in 0 <= x < infinity. Here it is
    # that of the logarithm: an exponential takes it in without a rounding of its own.
    "erf_tail": Helper("""\
const ERF_TAIL = [ // of log((1 + 2 * a) * exp(a * a) * erfc(a)) in (a - 2) / (a + 2), a from 0.5 to 27.3: likewise
  7.173805587017274e-08, -6.547843319275823e-07, 2.0053998503863012e-06, -2.251615621888727e-06, 1.4071113443868835e-06,
  -6.487524290710947e-06, 1.3091537306615604e-05, -9.327191907118778e-06, 3.1191103402636456e-05, -8.607584091593455e-05,
  6.871332851352391e-05, -0.00011001528797058153, 0.0005041217202187164, -0.0006983944960277114, 0.0004460646726011793,
  -0.0022457670463173884, 0.006344898260800888, -0.006017066433703058, 0.006727061440859419, -0.042272689366593896,
  0.11889561023121739, -0.13265669315809364, -0.07264322397765698, 0.2444966478174628,
];
function erf_tail(a) { // erfc(a) from 0.5 upwards
  return a > 27.3 ? 0 : gauss(a, 1, polynomial(ERF_TAIL, (a - 2) / (a + 2))) / (1 + 2 * a);
}""", ("gauss", "polynomial")),
    "erf": Helper("""\
function erf(a) {
  if (Math.abs(a) < 0.5) return erf_near(a);
  return a < 0 ? erf_tail(-a) - 1 : 1 - erf_tail(a);
}""", ("erf_near", "erf_tail")),
    "erfc": Helper("""\
function erfc(a) {
  if (Math.abs(a) < 0.5) return 1 - erf_near(a);
  return a < 0 ? 2 - erf_tail(-a) : erf_tail(a);
}""", ("erf_near", "erf_tail")),
}  # fmt: skip


def helpers_of(instructions: Iterable[Instruction]) -> set[str]:
    """The names of the helpers that these instructions call."""
    return {BY_HELPER[op] for _, op, _ in instructions if op in BY_HELPER}


def helper_texts(names: Iterable[str]) -> list[str]:
    """The texts of these helpers and of those that they need, each once."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        found |= waiting
        waiting = set(chain.from_iterable(HELPERS[name].needs for name in waiting)) - found
    return [helper.text for name, helper in HELPERS.items() if name in found]


def comment(text: str) -> str:
    """Text that ends neither its line, as control characters may, nor the script, as </script> and <!-- do."""
    return "".join(character if character.isprintable() and character not in "<>" else "_" for character in text)


def number_text(number: float) -> str:
    """The fewest digits that give every bit, as in Python."""
    if math.isfinite(number):
        return repr(number)
    return "NaN" if math.isnan(number) else f"{'-' if number < 0.0 else ''}Infinity"


JAVASCRIPT = Dialect("javascript", "const {} = {};", " // {}", SPELLING, number_text, comment)
