"""The target `c`: C99 source without dependencies but <math.h>, to embed wherever there is a C compiler."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from micrograd import ops
from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import FINITE_ADD, Listing
from micrograd.compiler.straight_line import SHARED, Dialect, called
from micrograd.ops import Op

# An expression, or the name of a function: of <math.h>, or below.
SPELLING: dict[Op, str] = SHARED | {
    ops.abs: "fabs({})", ops.pow: "pow({}, {})", ops.quiet_pow: "pow({}, {})",
    ops.ahead: "0.5 + 0.5 * compare({}, {})", ops.sign: "compare({}, 0.0)",
    ops.relu: "{0} <= 0.0 ? 0.0 : {0}",
    ops.leaky_relu: "{0} < 0.0 ? 0.01 * {0} : {0}",
    ops.step: "{0} > 0.0 ? 1.0 : {0} <= 0.0 ? 0.0 : {0}",
    ops.maximum: "{0} >= {1} || {0} != {0} ? {0} : {1}",
    ops.minimum: "{0} <= {1} || {0} != {0} ? {0} : {1}",
    ops.quiet_log: "{0} == 0.0 ? 0.0 : log({0})",
    FINITE_ADD: "isinf({0}) ? {0} : {0} + {1}",
}  # fmt: skip
SPELLING |= {
    op: called(op.symbol, op.arity)
    for op in (
        ops.exp, ops.expm1, ops.log, ops.log1p, ops.sqrt, ops.sin, ops.cos, ops.tan, ops.asin, ops.acos, ops.atan, ops.atan2,
        ops.hypot, ops.sinh, ops.cosh, ops.tanh, ops.erf, ops.erfc, ops.sigmoid, ops.softplus, ops.gelu, ops.silu, ops.quiet_mul,
        ops.bell, ops.sech2, ops.sigmoid_slope, ops.asin_slope, ops.atan_slope, ops.atan2_slope, ops.hypot_slope,
    )
}  # fmt: skip

PROLOGUE = """\
/* Compile it without -ffast-math and, for the same bits everywhere, with -ffp-contract=off. */
#include <math.h>

#if defined(__GNUC__)
#define MAY_BE_UNUSED __attribute__((unused))
#else
#define MAY_BE_UNUSED
#endif

MAY_BE_UNUSED static double compare(double a, double b) { return a != a || b != b ? NAN : (double)((a > b) - (a < b)); }
MAY_BE_UNUSED static double quiet_mul(double a, double b) { return (a != 0.0 && b != 0.0) || a != a || b != b ? a * b : 0.0; }
MAY_BE_UNUSED static double sigmoid(double a) {
    const double z = exp(-fabs(a));
    return (a >= 0.0 ? 1.0 : z) / (1.0 + z);
}
MAY_BE_UNUSED static double softplus(double a) { return (a <= 0.0 ? 0.0 : a) + log1p(exp(-fabs(a))); }
MAY_BE_UNUSED static double silu(double a) { return quiet_mul(a, sigmoid(a)); }
MAY_BE_UNUSED static double gelu(double a) { return quiet_mul(a, 0.5 * erfc(-a / 0x1.6a09e667f3bcdp+0)); }
MAY_BE_UNUSED static double sech2(double a) {
    const double z = exp(-2.0 * fabs(a));
    return 4.0 * z / ((1.0 + z) * (1.0 + z));
}
MAY_BE_UNUSED static double sigmoid_slope(double a) {
    const double z = exp(-fabs(a));
    return z / ((1.0 + z) * (1.0 + z));
}
MAY_BE_UNUSED static double asin_slope(double a) { return 1.0 / sqrt((1.0 - a) * (1.0 + a)); }
MAY_BE_UNUSED static double atan_slope(double a) { return 1.0 / (1.0 + a * a); }
MAY_BE_UNUSED static double atan2_slope(double a, double b) {
    const int is_larger = fabs(a) >= fabs(b);
    const double large = is_larger ? a : b, small = is_larger ? b : a, ratio = small / large;
    return large == 0.0 ? fabs(small) : (is_larger ? 1.0 : ratio) / (large + small * ratio);
}
MAY_BE_UNUSED static double hypot_slope(double a, double b) { return a / hypot(a, b); }
MAY_BE_UNUSED static double bell(double a) {
    if (!(fabs(a) < 40.0)) return a != a ? a : 0.0;
    const double head = nearbyint(a * 1024.0) / 1024.0;
    const double bulk = exp(-0.5 * head * head);
    return bulk + bulk * expm1(-0.5 * (a - head) * (a + head));
}
"""


def source(graph: Graph) -> str:
    """`evaluate`, and for one output `gradient`, which adds the derivatives, times the weight, to `gradients`."""
    listing = graph.listing()
    lines = [
        PROLOGUE,
        f"/* inputs: {C.described(listing, listing.inputs)}",
        f"   parameters: {C.described(listing, listing.parameters)} */",
    ]
    if len(graph.outputs) == 1:
        return "\n".join([*lines, *value_function(listing), *gradient_function(graph.gradient_listing()), ""])
    return "\n".join([*lines, *values_function(listing), ""])


def value_function(listing: Listing) -> list[str]:
    return [
        "double evaluate(const double *inputs, const double *parameters) {",
        *body(listing),
        f"    return {listing.outputs[0]};",
        "}",
    ]


def values_function(listing: Listing) -> list[str]:
    return [
        "void evaluate(const double *inputs, const double *parameters, double *outputs) {",
        *body(listing),
        *(f"    outputs[{index}] = {name};" for index, name in enumerate(listing.outputs)),
        "}",
    ]


def gradient_function(listing: Listing) -> list[str]:
    *slopes, value = listing.outputs
    return [
        "",
        "/* The output times the weight; its gradient by the parameters is added to `gradients`. */",
        "double gradient(const double *inputs, const double *parameters, double weight, double *gradients) {",
        "    (void)weight, (void)gradients;",
        *body(listing, weight="weight"),
        *(f"    gradients[{index}] += {name};" for index, name in enumerate(slopes)),
        f"    return {value};",
        "}",
    ]


def comment(text: str) -> str:
    """Text that cannot end a comment of C, nor be joined to the next line."""
    return re.sub(r"[^ -~]|[*/\\?]", "_", text)


def body(listing: Listing, weight: str | None = None) -> Iterator[str]:
    """A line for every number; `weight` is what the last input is called, if it is not in the array."""
    places = {name: f"inputs[{index}]" for index, name in enumerate(listing.inputs)}
    places |= {name: f"parameters[{index}]" for index, name in enumerate(listing.parameters)}
    if weight:
        places[listing.inputs[-1]] = weight
    yield "    (void)inputs, (void)parameters;"
    yield from (f"    {line}" for line in C.lines(listing, listing.instructions, places, listing.outputs))


def number_text(number: float) -> str:
    """A C constant with every bit: hexadecimal."""
    if math.isfinite(number):
        return number.hex()
    return "NAN" if math.isnan(number) else f"{'-' if number < 0.0 else ''}INFINITY"


C = Dialect("c", "const double {} = {};", " /* {} */", SPELLING, number_text, comment)
