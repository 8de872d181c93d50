"""How LLVM spells each operation: on one number, or on a vector of numbers, one per lane.

>>> Dialect(lanes=4, exact=True).spell(ops.mul, ["%a", "%b"])
'fmul <4 x double> %a, %b'

With `exact` nothing here reorders or fuses arithmetic, every function is the one that `math` calls, and each number has the bits
of eager code. Otherwise exp, log and what is made of them are functions of our own, which fuse; sin and its like come from
libmvec, the vector part of glibc, where there is one, within 4 ulp; and powers with simple exponents are products and roots.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence

from micrograd import numerics, ops
from micrograd.compiler.listing import FINITE_ADD
from micrograd.compiler.llvm.functions import OWN, POWERS, Function
from micrograd.compiler.llvm.machine import binding, lanes_of_this_machine
from micrograd.compiler.llvm.vectors import Body, Vector
from micrograd.ops import Op

# An operation is one instruction, or else a call of the small function below. {v} is the type of a number and {t} its short
# name, {m} the type of a truth value, {k:2.0} the number 2.
SPELLING: dict[Op, str] = {
    ops.add: "fadd {v} {0}, {1}",
    ops.sub: "fsub {v} {0}, {1}",
    ops.mul: "fmul {v} {0}, {1}",
    ops.div: "fdiv {v} {0}, {1}",
    ops.quiet_div: "fdiv {v} {0}, {1}",
    ops.neg: "fneg {v} {0}",
    ops.abs: "call {v} @llvm.fabs.{t}({v} {0})",
    ops.sqrt: "call {v} @llvm.sqrt.{t}({v} {0})",
}

# The body of a function of %a, or of %a and %b. {exp} is the name of another one, which `CALLS` lists.
FUNCTION: dict[Op, str] = {
    ops.relu: """
        %m = fcmp ole {v} %a, {k:0.0}
        %r = select {m} %m, {v} {k:0.0}, {v} %a""",
    ops.leaky_relu: """
        %m = fcmp olt {v} %a, {k:0.0}
        %s = fmul {v} {k:0.01}, %a
        %r = select {m} %m, {v} %s, {v} %a""",
    # The second comparison is of %s, which is relu of %a: of the two, that one is at hand anyway.
    ops.step: """
        %n = fcmp ole {v} %a, {k:0.0}
        %s = select {m} %n, {v} {k:0.0}, {v} %a
        %m = fcmp ogt {v} %s, {k:0.0}
        %r = select {m} %m, {v} {k:1.0}, {v} %s""",
    ops.ahead: """
        %g = fcmp ogt {v} %a, %b
        %l = fcmp olt {v} %a, %b
        %n = fcmp uno {v} %a, %b
        %s = select {m} %n, {v} {k:nan}, {v} {k:0.5}
        %t = select {m} %l, {v} {k:0.0}, {v} %s
        %r = select {m} %g, {v} {k:1.0}, {v} %t""",
    ops.sign: """
        %g = fcmp ogt {v} %a, {k:0.0}
        %l = fcmp olt {v} %a, {k:0.0}
        %n = fcmp uno {v} %a, %a
        %s = select {m} %n, {v} {k:nan}, {v} {k:0.0}
        %t = select {m} %l, {v} {k:-1.0}, {v} %s
        %r = select {m} %g, {v} {k:1.0}, {v} %t""",
    ops.maximum: """
        %g = fcmp oge {v} %a, %b
        %n = fcmp uno {v} %a, %a
        %m = or {m} %g, %n
        %r = select {m} %m, {v} %a, {v} %b""",
    ops.minimum: """
        %l = fcmp ole {v} %a, %b
        %n = fcmp uno {v} %a, %a
        %m = or {m} %l, %n
        %r = select {m} %m, {v} %a, {v} %b""",
    ops.quiet_mul: """
        %p = fmul {v} %a, %b
        %x = fcmp oeq {v} %a, {k:0.0}
        %y = fcmp oeq {v} %b, {k:0.0}
        %z = or {m} %x, %y
        %o = fcmp ord {v} %a, %b
        %m = and {m} %z, %o
        %r = select {m} %m, {v} {k:0.0}, {v} %p""",
    ops.quiet_log: """
        %l = call {v} {log}({v} %a)
        %m = fcmp oeq {v} %a, {k:0.0}
        %r = select {m} %m, {v} {k:0.0}, {v} %l""",
    FINITE_ADD: """
        %s = fadd {v} %a, %b
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %m = fcmp oeq {v} %f, {k:inf}
        %r = select {m} %m, {v} %a, {v} %s""",
    ops.sigmoid: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %n = fneg {v} %f
        %z = call {v} {exp}({v} %n)
        %m = fcmp oge {v} %a, {k:0.0}
        %u = select {m} %m, {v} {k:1.0}, {v} %z
        %w = fadd {v} {k:1.0}, %z
        %r = fdiv {v} %u, %w""",
    ops.softplus: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %n = fneg {v} %f
        %z = call {v} {exp}({v} %n)
        %l = call {v} {log1p}({v} %z)
        %m = call {v} {relu}({v} %a)
        %r = fadd {v} %m, %l""",
    ops.silu: """
        %s = call {v} {sigmoid}({v} %a)
        %r = call {v} {quiet_mul}({v} %a, {v} %s)""",
    ops.gelu: """
        %n = fneg {v} %a
        %q = fdiv {v} %n, {root2}
        %c = call {v} {erfc}({v} %q)
        %h = fmul {v} {k:0.5}, %c
        %r = call {v} {quiet_mul}({v} %a, {v} %h)""",
    ops.sech2: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %n = fmul {v} {k:-2.0}, %f
        %z = call {v} {exp}({v} %n)
        %u = fmul {v} {k:4.0}, %z
        %w = fadd {v} {k:1.0}, %z
        %s = fmul {v} %w, %w
        %r = fdiv {v} %u, %s""",
    ops.sigmoid_slope: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %n = fneg {v} %f
        %z = call {v} {exp}({v} %n)
        %w = fadd {v} {k:1.0}, %z
        %s = fmul {v} %w, %w
        %r = fdiv {v} %z, %s""",
    ops.asin_slope: """
        %x = fsub {v} {k:1.0}, %a
        %y = fadd {v} {k:1.0}, %a
        %p = fmul {v} %x, %y
        %q = call {v} @llvm.sqrt.{t}({v} %p)
        %r = fdiv {v} {k:1.0}, %q""",
    ops.atan_slope: """
        %p = fmul {v} %a, %a
        %q = fadd {v} {k:1.0}, %p
        %r = fdiv {v} {k:1.0}, %q""",
    ops.atan2_slope: """
        %x = call {v} @llvm.fabs.{t}({v} %a)
        %y = call {v} @llvm.fabs.{t}({v} %b)
        %m = fcmp oge {v} %x, %y
        %large = select {m} %m, {v} %a, {v} %b
        %small = select {m} %m, {v} %b, {v} %a
        %ratio = fdiv {v} %small, %large
        %p = fmul {v} %small, %ratio
        %q = fadd {v} %large, %p
        %u = select {m} %m, {v} {k:1.0}, {v} %ratio
        %s = fdiv {v} %u, %q
        %z = fcmp oeq {v} %large, {k:0.0}
        %w = select {m} %m, {v} %y, {v} %x
        %r = select {m} %z, {v} %w, {v} %s""",
    ops.hypot_slope: """
        %h = call {v} {hypot}({v} %a, {v} %b)
        %r = fdiv {v} %a, %h""",
    ops.bell: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %q = fmul {v} %a, {k:1024.0}
        %w = call {v} @llvm.roundeven.{t}({v} %q)
        %h = fdiv {v} %w, {k:1024.0}
        %u = fmul {v} {k:-0.5}, %h
        %x = fmul {v} %u, %h
        %bulk = call {v} {exp}({v} %x)
        %d = fsub {v} %a, %h
        %s = fadd {v} %a, %h
        %y = fmul {v} {k:-0.5}, %d
        %z = fmul {v} %y, %s
        %c = call {v} {expm1}({v} %z)
        %g = fmul {v} %bulk, %c
        %t = fadd {v} %bulk, %g
        %near = fcmp ult {v} %f, {k:40.0}
        %r = select {m} %near, {v} %t, {v} {k:0.0}""",
}

# Whose functions these call, by the symbols in their braces.
CALLS: dict[Op, tuple[Op, ...]] = {
    ops.quiet_log: (ops.log,),
    ops.sigmoid: (ops.exp,),
    ops.softplus: (ops.exp, ops.log1p, ops.relu),
    ops.silu: (ops.sigmoid, ops.quiet_mul),
    ops.gelu: (ops.erfc, ops.quiet_mul),
    ops.sech2: (ops.exp,),
    ops.sigmoid_slope: (ops.exp,),
    ops.hypot_slope: (ops.hypot,),
    ops.bell: (ops.exp, ops.expm1),
}

# Functions of libm, by their names there.
LIBRARY: dict[Op, str] = {
    ops.exp: "exp", ops.expm1: "expm1", ops.log: "log", ops.log1p: "log1p", ops.sin: "sin", ops.cos: "cos", ops.tan: "tan",
    ops.asin: "asin", ops.acos: "acos", ops.atan: "atan", ops.sinh: "sinh", ops.cosh: "cosh", ops.tanh: "tanh",
    ops.erf: "erf", ops.erfc: "erfc", ops.pow: "pow", ops.quiet_pow: "pow", ops.atan2: "atan2", ops.hypot: "hypot",
}  # fmt: skip
POWER_OPS = (ops.pow, ops.quiet_pow)
BINARY = {name for op, name in LIBRARY.items() if op.arity == 2}

# libmvec's names begin with the vector: AVX-512, AVX2 and SSE of x86-64, and Advanced SIMD of ARM.
VECTOR_NAMES = {("x86_64", 8): "_ZGVeN8", ("x86_64", 4): "_ZGVdN4", ("x86_64", 2): "_ZGVbN2", ("aarch64", 2): "_ZGVnN2"}
VECTORIZED = {"sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "erf", "pow", "atan2", "hypot"}


class Dialect(Vector):
    """The words for a number and a truth value of so many lanes; `fused` overrides what this processor can."""

    def __init__(self, lanes: int, exact: bool, fused: bool | None = None) -> None:
        super().__init__(lanes, fused)
        self.exact = exact
        self.powers = {self.constant(exponent): f"micrograd.{function.__name__}" for exponent, function in POWERS.items()}

    def __format__(self, number: str) -> str:
        return self.constant(float(number))

    def fill(self, template: str, *operands: str, **functions: str) -> str:
        root2 = self.constant(numerics.SQRT_2)
        return template.format(*operands, v=self.number, m=self.truth, t=self.short, k=self, root2=root2, **functions)

    def is_own(self, op: Op) -> bool:
        """Whether the function is one of ours, and not of libm."""
        return op in OWN and not self.exact

    def function(self, op: Op) -> str:
        """The name of the small function: one of libm's is called for each lane."""
        name = f"{LIBRARY[op]}.each" if op in LIBRARY and not self.is_own(op) else f"micrograd.{op.symbol}"
        return f"@{name}.{self.short}"

    def spell(self, op: Op, operands: Sequence[str]) -> str:
        if op in POWER_OPS and not self.exact:
            if operands[1] == self.constant(2.0):
                op, operands = ops.mul, [operands[0], operands[0]]  # rounded better than by `pow`, and in a fiftieth of the time
            elif operands[1] in self.powers:
                return self.call(self.powers[operands[1]], operands[0])
        if op in SPELLING:
            return self.fill(SPELLING[op], *operands)
        arguments = ", ".join(f"{self.number} {operand}" for operand in operands)
        return f"call {self.number} {self.function(op)}({arguments})"

    def spread(self, name: str, number: str) -> Iterator[str]:
        """Lines that make `name` this one double, in every lane."""
        v = self.number
        if self.lanes == 1:
            yield f"{name} = bitcast double {number} to double"
        else:
            yield f"{name}.first = insertelement {v} poison, double {number}, i32 0"
            yield f"{name} = shufflevector {v} {name}.first, {v} poison, <{self.lanes} x i32> zeroinitializer"

    def functions(self, ops: Iterable[Op]) -> Iterator[str]:
        """The small functions that the ops call, those that these call, and the ones of libm: each whole, or its declaration."""
        waiting = list(dict.fromkeys(ops))
        known, libraries = set(waiting), dict[str, None]()
        while waiting:
            op = waiting.pop()
            if self.is_own(op):
                yield self.own(self.function(op), OWN[op])
                continue
            calls = CALLS.get(op, ())
            if op in FUNCTION:
                body = self.fill(FUNCTION[op], **{called.symbol: self.function(called) for called in calls})
                yield self.define(self.function(op), ["%a", "%b"][: op.arity], [body])
            elif op in LIBRARY:
                libraries[LIBRARY[op]] = None
            waiting.extend(called for called in calls if called not in known)
            known |= set(calls)
        if known.intersection(POWER_OPS) and not self.exact:
            for function in POWERS.values():
                yield self.own(f"@micrograd.{function.__name__}.{self.short}", function)
        for name in libraries:
            yield from self.library(name)
        yield from self.intrinsics()

    def define(self, name: str, operands: Sequence[str], lines: Iterable[str], result: str = "%r") -> str:
        arguments = ", ".join(f"{self.number} {operand}" for operand in operands)
        first = f"define internal {self.number} {name}({arguments}) alwaysinline {{"
        return "\n".join([first, *lines, f"ret {self.number} {result} }}"])

    def own(self, name: str, function: Function) -> str:
        body = Body(self)
        result = function(body, "%a")
        return self.define(name, ["%a"], body.lines, result)

    def library(self, name: str) -> Iterator[str]:
        """A function of libm for every lane: a vector function of the same name, or one call after the other."""
        letters = ["%a", "%b"] if name in BINARY else ["%a"]
        vector = self.vector_name(name)
        called = vector or ("micrograd_hypot" if name == "hypot" and self.exact else name)
        kind = self.number if vector else "double"
        if kind == self.number:
            lines = [f"%r = call {kind} @{called}({', '.join(f'{kind} {letter}' for letter in letters)})"]
        else:
            lines = list(self.lane_by_lane(called, letters))
        yield self.define(f"@{name}.each.{self.short}", letters, lines)
        yield f"declare {kind} @{called}({', '.join([kind] * len(letters))}) memory(none) nounwind willreturn"

    def lane_by_lane(self, name: str, letters: Sequence[str]) -> Iterator[str]:
        last = "poison"
        for lane in range(self.lanes):
            for letter in letters:
                yield f"{letter}{lane} = extractelement {self.number} {letter}, i32 {lane}"
            yield f"%c{lane} = call double @{name}({', '.join(f'double {letter}{lane}' for letter in letters)})"
            result = "%r" if lane == self.lanes - 1 else f"%r{lane}"
            yield f"{result} = insertelement {self.number} {last}, double %c{lane}, i32 {lane}"
            last = result

    def vector_name(self, name: str) -> str | None:
        prefix = VECTOR_NAMES.get((platform.machine(), self.lanes))
        if self.exact or prefix is None or name not in VECTORIZED or self.lanes > lanes_of_this_machine():
            return None
        vector = f"{prefix}{'vv' if name in BINARY else 'v'}_{name}"
        return vector if binding().address_of_symbol(vector) else None
