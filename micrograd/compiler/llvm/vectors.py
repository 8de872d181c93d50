"""So many numbers in LLVM's language, one per lane: their types, and instructions on them in a straight line."""

from __future__ import annotations

import platform
import struct
from collections.abc import Iterator, Sequence
from functools import cache

from micrograd.compiler.llvm.machine import binding


@cache
def fuses_on_this_machine() -> bool:
    """Whether this processor multiplies and adds in one instruction: on one that does not, `llvm.fma` is a slow call of libm."""
    if platform.machine() in ("aarch64", "arm64"):
        return True
    return platform.machine() in ("x86_64", "AMD64") and bool(binding().get_host_cpu_features().get("fma"))


def literal(number: float) -> str:
    """A double with every bit, as LLVM reads it."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


class Vector:
    """The words for a number, a truth value and an integer of 64 bits, of so many lanes each."""

    def __init__(self, lanes: int, fused: bool | None = None) -> None:
        self.lanes = lanes
        self.fused = fused
        self.number, self.truth, self.integer = (one if lanes == 1 else f"<{lanes} x {one}>" for one in ("double", "i1", "i64"))
        self.short = "f64" if lanes == 1 else f"v{lanes}f64"

    def constant(self, number: float) -> str:
        return literal(number) if self.lanes == 1 else f"splat (double {literal(number)})"

    def integer_constant(self, number: int) -> str:
        return f"{number}" if self.lanes == 1 else f"splat (i64 {number})"

    def call(self, function: str, *operands: str) -> str:
        return f"call {self.number} @{function}.{self.short}({', '.join(f'{self.number} {operand}' for operand in operands)})"

    def fma(self, a: str, b: str, c: str) -> str:
        """a * b + c, rounded once if this processor can."""
        fused = fuses_on_this_machine() if self.fused is None else self.fused
        return self.call("llvm.fma" if fused else "micrograd.fma", a, b, c)

    def intrinsics(self) -> Iterator[str]:
        """The functions of LLVM that any text calls, and the one in place of `llvm.fma`."""
        v, t = self.number, self.short
        for name in ("fabs", "sqrt", "roundeven"):
            yield f"declare {v} @llvm.{name}.{t}({v})"
        yield f"declare {v} @llvm.copysign.{t}({v}, {v})"
        yield f"declare {v} @llvm.fma.{t}({v}, {v}, {v})"
        lines = [f"%p = fmul {v} %a, %b", f"%r = fadd {v} %p, %c", f"ret {v} %r }}"]
        yield "\n".join([f"define internal {v} @micrograd.fma.{t}({v} %a, {v} %b, {v} %c) alwaysinline {{", *lines])


class Body:
    """Instructions in a straight line; an operand is the name of an earlier one, or a constant.

    >>> body = Body(Vector(lanes=1))
    >>> body.div(1.0, body.add(1.0, "%a")), *body.lines
    ('%n2', '%n1 = fadd double 0x3FF0000000000000, %a', '%n2 = fdiv double 0x3FF0000000000000, %n1')
    """

    def __init__(self, vector: Vector) -> None:
        self.vector = vector
        self.lines: list[str] = []

    def let(self, instruction: str) -> str:
        name = f"%n{len(self.lines) + 1}"
        self.lines.append(f"{name} = {instruction}")
        return name

    def text(self, operand: str | float) -> str:
        return operand if isinstance(operand, str) else self.vector.constant(operand)

    def two(self, instruction: str, a: str | float, b: str | float) -> str:
        return self.let(f"{instruction} {self.vector.number} {self.text(a)}, {self.text(b)}")

    def add(self, a: str | float, b: str | float) -> str:
        return self.two("fadd", a, b)

    def sub(self, a: str | float, b: str | float) -> str:
        return self.two("fsub", a, b)

    def mul(self, a: str | float, b: str | float) -> str:
        return self.two("fmul", a, b)

    def div(self, a: str | float, b: str | float) -> str:
        return self.two("fdiv", a, b)

    def neg(self, a: str) -> str:
        return self.let(f"fneg {self.vector.number} {a}")

    def fma(self, a: str | float, b: str | float, c: str | float) -> str:
        return self.let(self.vector.fma(self.text(a), self.text(b), self.text(c)))

    def call(self, function: str, *operands: str) -> str:
        return self.let(self.vector.call(function, *operands))

    def less(self, a: str | float, b: str | float) -> str:
        return self.two("fcmp olt", a, b)

    def equal(self, a: str | float, b: str | float) -> str:
        return self.two("fcmp oeq", a, b)

    def where(self, truth: str, a: str | float, b: str | float) -> str:
        v = self.vector.number
        return self.let(f"select {self.vector.truth} {truth}, {v} {self.text(a)}, {v} {self.text(b)}")

    def bits(self, number: str) -> str:
        return self.let(f"bitcast {self.vector.number} {number} to {self.vector.integer}")

    def number(self, bits: str) -> str:
        return self.let(f"bitcast {self.vector.integer} {bits} to {self.vector.number}")

    def integers(self, instruction: str, a: str | int, b: str | int) -> str:
        """An instruction on integers."""
        return self.let(f"{instruction} {self.vector.integer} {self.integer(a)}, {self.integer(b)}")

    def where_integers(self, truth: str, a: int, b: int) -> str:
        i = self.vector.integer
        return self.let(f"select {self.vector.truth} {truth}, {i} {self.integer(a)}, {i} {self.integer(b)}")

    def integer(self, operand: str | int) -> str:
        return operand if isinstance(operand, str) else self.vector.integer_constant(operand)

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """The sum of coefficients[k] * x**k, in Estrin's form: pairs, then pairs of pairs, so that few wait for one another."""
        terms: list[str | float] = list(coefficients)
        while len(terms) > 1:
            pairs = [self.fma(high, x, low) for low, high in zip(terms[::2], terms[1::2], strict=False)]
            terms = [*pairs, *terms[2 * len(pairs) :]]
            if len(terms) > 1:
                x = self.mul(x, x)
        return self.text(terms[0])
