"""The target `llvm`: machine code for this processor, made by LLVM, several rows at a time.

A number of the listing becomes a vector of `lanes` numbers, one per row. Inputs are read column by column, parameters
are spread from memory over the lanes, and each result that is summed over the rows has one accumulator as wide as a
vector, whose lanes are added up at the end. Nothing here reorders or fuses arithmetic: with `exact`, every function
is the one that `math` calls, and each number has the bits of eager code. Otherwise tanh, exp and their like come
from libmvec, the vector part of glibc, where there is one; they are within 4 ulp.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import math
import platform
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

from micrograd import engine as e
from micrograd import numerics
from micrograd.compiler.listing import FINITE_ADD, Instruction, Listing
from micrograd.compiler.rows import Batches, Table, TrainingState
from micrograd.engine import Op

# Sizes, found by measuring. Within a basic block and within a function, LLVM's work grows faster than the length.
BLOCK = 96  # instructions in a basic block
PART = 1500  # instructions in a function; a longer listing becomes several functions, which share memory
LARGE = 20_000  # instructions, or a fifth where rows come one by one, from which a quick translation is better than a good one
FEW = 24  # sums that are kept in registers throughout
TILE = 24  # sums of late products that are added up at a time, in registers
STRIP = 16  # vectors of rows whose factors wait to be multiplied, in fast memory

# An operation is one instruction, or else a call of the small function below. {v} is the type of a number and {t} its short
# name, {m} the type of a truth value, {k:2.0} the number 2.
SPELLING: dict[Op, str] = {
    e.ADD: "fadd {v} {0}, {1}",
    e.SUB: "fsub {v} {0}, {1}",
    e.MUL: "fmul {v} {0}, {1}",
    e.DIV: "fdiv {v} {0}, {1}",
    e.QUIET_DIV: "fdiv {v} {0}, {1}",
    e.NEG: "fneg {v} {0}",
    e.ABS: "call {v} @llvm.fabs.{t}({v} {0})",
    e.SQRT: "call {v} @llvm.sqrt.{t}({v} {0})",
}

# The body of a function of %a, or of %a and %b. `@exp.each` calls exp for every lane.
FUNCTION: dict[Op, str] = {
    e.RELU: """
        %m = fcmp ole {v} %a, {k:0.0}
        %r = select {m} %m, {v} {k:0.0}, {v} %a""",
    e.LEAKY_RELU: """
        %m = fcmp olt {v} %a, {k:0.0}
        %s = fmul {v} {k:0.01}, %a
        %r = select {m} %m, {v} %s, {v} %a""",
    e.STEP: """
        %m = fcmp ogt {v} %a, {k:0.0}
        %n = fcmp ole {v} %a, {k:0.0}
        %s = select {m} %n, {v} {k:0.0}, {v} %a
        %r = select {m} %m, {v} {k:1.0}, {v} %s""",
    e.AHEAD: """
        %g = fcmp ogt {v} %a, %b
        %l = fcmp olt {v} %a, %b
        %n = fcmp uno {v} %a, %b
        %s = select {m} %n, {v} {k:nan}, {v} {k:0.5}
        %t = select {m} %l, {v} {k:0.0}, {v} %s
        %r = select {m} %g, {v} {k:1.0}, {v} %t""",
    e.SIGN: """
        %g = fcmp ogt {v} %a, {k:0.0}
        %l = fcmp olt {v} %a, {k:0.0}
        %n = fcmp uno {v} %a, %a
        %s = select {m} %n, {v} {k:nan}, {v} {k:0.0}
        %t = select {m} %l, {v} {k:-1.0}, {v} %s
        %r = select {m} %g, {v} {k:1.0}, {v} %t""",
    e.MAXIMUM: """
        %g = fcmp oge {v} %a, %b
        %n = fcmp uno {v} %a, %a
        %m = or {m} %g, %n
        %r = select {m} %m, {v} %a, {v} %b""",
    e.MINIMUM: """
        %l = fcmp ole {v} %a, %b
        %n = fcmp uno {v} %a, %a
        %m = or {m} %l, %n
        %r = select {m} %m, {v} %a, {v} %b""",
    e.QUIET_MUL: """
        %p = fmul {v} %a, %b
        %x = fcmp oeq {v} %a, {k:0.0}
        %y = fcmp oeq {v} %b, {k:0.0}
        %z = or {m} %x, %y
        %o = fcmp ord {v} %a, %b
        %m = and {m} %z, %o
        %r = select {m} %m, {v} {k:0.0}, {v} %p""",
    e.QUIET_LOG: """
        %l = call {v} @log.each.{t}({v} %a)
        %m = fcmp oeq {v} %a, {k:0.0}
        %r = select {m} %m, {v} {k:0.0}, {v} %l""",
    FINITE_ADD: """
        %s = fadd {v} %a, %b
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %m = fcmp oeq {v} %f, {k:inf}
        %r = select {m} %m, {v} %a, {v} %s""",
    e.SIGMOID: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %n = fneg {v} %f
        %z = call {v} @exp.each.{t}({v} %n)
        %m = fcmp oge {v} %a, {k:0.0}
        %u = select {m} %m, {v} {k:1.0}, {v} %z
        %w = fadd {v} {k:1.0}, %z
        %r = fdiv {v} %u, %w""",
    e.SOFTPLUS: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %n = fneg {v} %f
        %z = call {v} @exp.each.{t}({v} %n)
        %l = call {v} @log1p.each.{t}({v} %z)
        %m = call {v} @micrograd.relu.{t}({v} %a)
        %r = fadd {v} %m, %l""",
    e.SILU: """
        %s = call {v} @micrograd.sigmoid.{t}({v} %a)
        %r = call {v} @micrograd.quiet_mul.{t}({v} %a, {v} %s)""",
    e.GELU: """
        %n = fneg {v} %a
        %q = fdiv {v} %n, {root2}
        %c = call {v} @erfc.each.{t}({v} %q)
        %h = fmul {v} {k:0.5}, %c
        %r = call {v} @micrograd.quiet_mul.{t}({v} %a, {v} %h)""",
    e.SECH2: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %n = fmul {v} {k:-2.0}, %f
        %z = call {v} @exp.each.{t}({v} %n)
        %u = fmul {v} {k:4.0}, %z
        %w = fadd {v} {k:1.0}, %z
        %s = fmul {v} %w, %w
        %r = fdiv {v} %u, %s""",
    e.BELL: """
        %f = call {v} @llvm.fabs.{t}({v} %a)
        %q = fmul {v} %a, {k:1024.0}
        %w = call {v} @llvm.roundeven.{t}({v} %q)
        %h = fdiv {v} %w, {k:1024.0}
        %u = fmul {v} {k:-0.5}, %h
        %x = fmul {v} %u, %h
        %bulk = call {v} @exp.each.{t}({v} %x)
        %d = fsub {v} %a, %h
        %s = fadd {v} %a, %h
        %y = fmul {v} {k:-0.5}, %d
        %z = fmul {v} %y, %s
        %c = call {v} @expm1.each.{t}({v} %z)
        %g = fmul {v} %bulk, %c
        %t = fadd {v} %bulk, %g
        %near = fcmp ult {v} %f, {k:40.0}
        %r = select {m} %near, {v} %t, {v} {k:0.0}""",
}

# Functions of libm, by their names there.
LIBRARY: dict[Op, str] = {
    e.EXP: "exp", e.EXPM1: "expm1", e.LOG: "log", e.LOG1P: "log1p", e.SIN: "sin", e.COS: "cos", e.TAN: "tan", e.ASIN: "asin",
    e.ACOS: "acos", e.ATAN: "atan", e.SINH: "sinh", e.COSH: "cosh", e.TANH: "tanh", e.ERF: "erf", e.ERFC: "erfc",
    e.POW: "pow", e.QUIET_POW: "pow", e.ATAN2: "atan2", e.HYPOT: "hypot",
}  # fmt: skip
SPELLING |= {
    op: f"call {{v}} @{name}.each.{{t}}({', '.join(['{v} {0}', '{v} {1}'][: op.arity])})" for op, name in LIBRARY.items()
}
BINARY = {name for op, name in LIBRARY.items() if op.arity == 2}

# libmvec's names begin with the vector: AVX-512, AVX2 and SSE of x86-64, and Advanced SIMD of ARM.
VECTOR_NAMES = {("x86_64", 8): "_ZGVeN8", ("x86_64", 4): "_ZGVdN4", ("x86_64", 2): "_ZGVbN2", ("aarch64", 2): "_ZGVnN2"}
VECTORIZED = {"exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "expm1", "log1p", "erf", "pow",
              "atan2", "hypot"}  # fmt: skip


def literal(number: float) -> str:
    """A double with every bit, as LLVM reads it."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


class Dialect:
    """The words for a number and a truth value of so many lanes."""

    def __init__(self, lanes: int, exact: bool) -> None:
        self.lanes = lanes
        self.exact = exact
        self.number = "double" if lanes == 1 else f"<{lanes} x double>"
        self.truth = "i1" if lanes == 1 else f"<{lanes} x i1>"
        self.short = "f64" if lanes == 1 else f"v{lanes}f64"

    def __format__(self, number: str) -> str:
        return self.constant(float(number))

    def constant(self, number: float) -> str:
        return literal(number) if self.lanes == 1 else f"splat (double {literal(number)})"

    def fill(self, template: str, *operands: str) -> str:
        root2 = self.constant(numerics.SQRT_2)
        return template.format(*operands, v=self.number, m=self.truth, t=self.short, k=self, root2=root2)

    def spell(self, op: Op, operands: Sequence[str]) -> str:
        if op in SPELLING:
            return self.fill(SPELLING[op], *operands)
        arguments = ", ".join(f"{self.number} {operand}" for operand in operands)
        return f"call {self.number} @micrograd.{op.symbol}.{self.short}({arguments})"

    def load(self, name: str, place: str) -> Iterator[str]:
        """Lines that make `name` the one double at a place, in every lane."""
        if self.lanes == 1:
            yield f"{name} = load double, ptr {place}, align 8"
        else:
            yield f"{name}.one = load double, ptr {place}, align 8"
            yield from self.spread(name, f"{name}.one")

    def spread(self, name: str, number: str) -> Iterator[str]:
        v = self.number
        yield f"{name}.first = insertelement {v} poison, double {number}, i32 0"
        yield f"{name} = shufflevector {v} {name}.first, {v} poison, <{self.lanes} x i32> zeroinitializer"

    def functions(self, ops: Iterable[Op]) -> Iterator[str]:
        """The small functions that the ops call, those that these call, and the ones of libm."""
        symbols = {op.symbol: op for op in FUNCTION}
        waiting = list(dict.fromkeys(ops))
        known, libraries = set(waiting), dict[str, None]()
        while waiting:
            op = waiting.pop()
            text = self.fill(FUNCTION[op]) if op in FUNCTION else SPELLING[op]
            if op in FUNCTION:
                arguments = ", ".join([f"{self.number} %a", f"{self.number} %b"][: op.arity])
                yield f"define internal {self.number} @micrograd.{op.symbol}.{self.short}({arguments}) alwaysinline {{ {text}"
                yield f"ret {self.number} %r }}"
            libraries |= dict.fromkeys(re.findall(r"@(\w+)\.each", text))
            called = {symbols[symbol]: None for symbol in re.findall(r"@micrograd\.(\w+)", text)}
            waiting.extend(other for other in called if other not in known)
            known |= called.keys()
        for name in libraries:
            yield from self.library(name)
        for name in ("fabs", "sqrt", "roundeven"):
            yield f"declare {self.number} @llvm.{name}.{self.short}({self.number})"

    def library(self, name: str) -> Iterator[str]:
        """A function of libm for every lane: a vector function of the same name, or one call after the other."""
        letters = ["%a", "%b"] if name in BINARY else ["%a"]
        arguments = ", ".join(f"{self.number} {letter}" for letter in letters)
        yield f"define internal {self.number} @{name}.each.{self.short}({arguments}) alwaysinline {{"
        if vector := self.vector_name(name):
            yield f"%r = call {self.number} @{vector}({arguments})"
            yield f"ret {self.number} %r }}"
            yield f"declare {self.number} @{vector}({', '.join([self.number] * len(letters))}) memory(none) nounwind willreturn"
            return
        single = "micrograd_hypot" if name == "hypot" and self.exact else name
        if self.lanes == 1:
            yield f"%r = call double @{single}({arguments})"
        else:
            last = "poison"
            for lane in range(self.lanes):
                for letter in letters:
                    yield f"{letter}{lane} = extractelement {self.number} {letter}, i32 {lane}"
                yield f"%c{lane} = call double @{single}({', '.join(f'double {letter}{lane}' for letter in letters)})"
                result = "%r" if lane == self.lanes - 1 else f"%r{lane}"
                yield f"{result} = insertelement {self.number} {last}, double %c{lane}, i32 {lane}"
                last = result
        yield f"ret {self.number} %r }}"
        yield f"declare double @{single}({', '.join(['double'] * len(letters))}) memory(none) nounwind willreturn"

    def vector_name(self, name: str) -> str | None:
        prefix = VECTOR_NAMES.get((platform.machine(), self.lanes))
        if self.exact or prefix is None or name not in VECTORIZED or self.lanes > lanes_of_this_machine():
            return None
        vector = f"{prefix}{'vv' if name in BINARY else 'v'}_{name}"
        return vector if binding().address_of_symbol(vector) else None


def parts_of(instructions: Sequence[Instruction]) -> list[Sequence[Instruction]]:
    return [instructions[start : start + PART] for start in range(0, len(instructions), PART)] or [()]


def shared(parts: Sequence[Sequence[Instruction]]) -> dict[str, int]:
    """A place in memory for each number that a part makes and another one reads."""
    part_of = {instruction.name: part for part, among in enumerate(parts) for instruction in among}
    places: dict[str, int] = {}
    for part, among in enumerate(parts):
        for _, _, operands in among:
            for operand in operands:
                if part_of.get(operand, part) != part:
                    places.setdefault(operand, len(places))
    return places


class Part:
    """Instructions that become one function; numbers that other parts need go through memory."""

    def __init__(self, dialect: Dialect, listing: Listing, places: dict[str, int], parameters: Sequence[int]) -> None:
        self.dialect = dialect
        self.listing = listing
        self.places = places  # in the memory that the parts share
        self.columns = {name: column for column, name in enumerate(listing.inputs)}
        self.parameters = dict(zip(listing.parameters, parameters, strict=True))
        self.here: set[str] = set()
        self.loaded: dict[str, str] = {}  # leaves in this block, and numbers of other parts
        self.serial = 0

    def operand(self, name: str) -> Iterator[str]:
        """Lines that load what is not at hand; `self.loaded` or the name itself then stands for it."""
        v = self.dialect.number
        if name in self.here or name in self.loaded or name in self.listing.constants:
            return
        self.serial += 1
        loaded = self.loaded[name] = f"%{name}.{self.serial}"
        if name in self.columns:
            yield f"{loaded}.c = mul i64 %stride, {self.columns[name]}"
            yield f"{loaded}.i = add i64 {loaded}.c, %row"
            yield f"{loaded}.p = getelementptr double, ptr %columns, i64 {loaded}.i"
            yield f"{loaded} = load {v}, ptr {loaded}.p, align 8"
        elif name in self.parameters:
            yield f"{loaded}.p = getelementptr double, ptr %parameters, i64 {self.parameters[name]}"
            yield from self.dialect.load(loaded, f"{loaded}.p")
        else:
            yield f"{loaded}.p = getelementptr {v}, ptr %memory, i64 {self.places[name]}"
            yield f"{loaded} = load {v}, ptr {loaded}.p, align 8"

    def text(self, name: str) -> str:
        if name in self.listing.constants:
            return self.dialect.constant(self.listing.constants[name])
        return self.loaded.get(name, f"%{name}")

    def result(self, index: int, name: str, kind: str) -> Iterator[str]:
        """Lines that store the result in its column or beside the other factors, or add it to its accumulator."""
        v = self.dialect.number
        yield from self.operand(name)
        self.serial += 1
        place = f"%r{self.serial}"
        if kind == "column":
            yield f"{place}.c = mul i64 %stride, {index}"
            yield f"{place}.i = add i64 {place}.c, %row"
            yield f"{place} = getelementptr double, ptr %results, i64 {place}.i"
        else:
            yield f"{place} = getelementptr {v}, ptr %results, i64 {index}"
        number = self.text(name)
        if kind == "sum":
            yield f"{place}.old = load {v}, ptr {place}, align 8"
            yield f"{place}.new = fadd {v} {place}.old, {number}"
            number = f"{place}.new"
        yield f"store {v} {number}, ptr {place}, align 8"

    def lines(self, instructions: Sequence[Instruction], results: dict[str, list[int]], kind: str) -> Iterator[str]:
        v = self.dialect.number
        for number, (name, op, operands) in enumerate(instructions, start=1):
            for operand in operands:
                yield from self.operand(operand)
            yield f"%{name} = {self.dialect.spell(op, [self.text(operand) for operand in operands])}"
            self.here.add(name)
            if name in self.places:
                yield f"%{name}.place = getelementptr {v}, ptr %memory, i64 {self.places[name]}"
                yield f"store {v} %{name}, ptr %{name}.place, align 8"
            for index in results.get(name, ()):
                yield from self.result(index, name, kind)
            if number % BLOCK == 0:
                yield f"br label %block{number}"
                yield f"block{number}:"
                for leaf in [*self.columns, *self.parameters]:
                    self.loaded.pop(leaf, None)


class Text:
    """The module in LLVM's language: what is done with a row, and the loop over rows.

    The results of a row are stored in columns, or summed over the rows. Of many sums, those that end in a product are
    formed late: a first loop stores the factors of a few rows, a second one multiplies and adds them up in registers.
    """

    ARGUMENTS = "ptr %columns, i64 %stride, i64 %row, ptr %parameters, ptr %results, ptr %memory"

    def __init__(self, listing: Listing, parameters: Sequence[int], dialect: Dialect, summed: bool) -> None:
        self.count = len(listing.outputs)
        self.kind = "sum" if summed else "column"
        self.products: list[tuple[int, ...]] = []
        if summed and are_late(listing, dialect.lanes):
            self.kind = "factor"
            listing, self.products = factors_and_products(listing)
        self.listing = listing
        self.dialect = dialect
        self.parts = parts_of(listing.instructions)
        self.places = shared(self.parts)
        self.parameters = parameters

    def lines(self) -> Iterator[str]:
        yield from self.dialect.functions(instruction.op for instruction in self.listing.instructions)
        yield from self.row_functions()
        yield from self.rows()
        if self.products:
            yield from self.add_products()
        if self.kind != "column":
            yield from self.sums()

    def row_functions(self) -> Iterator[str]:
        results: dict[str, list[int]] = {}
        for index, name in enumerate(self.listing.outputs):
            results.setdefault(name, []).append(index)
        made = {instruction.name for instruction in self.listing.instructions}
        for number, instructions in enumerate(self.parts):
            inlined = "alwaysinline" if len(self.parts) == 1 else "noinline"
            part = Part(self.dialect, self.listing, self.places, self.parameters)
            yield f"define internal void @part{number}({self.ARGUMENTS}) {inlined} {{"
            if number == 0:
                for name in results.keys() - made:
                    for index in results[name]:
                        yield from part.result(index, name, self.kind)
            yield from part.lines(instructions, results, self.kind)
            yield "ret void }"

    def rows(self) -> Iterator[str]:
        """`@rows`: the loop from row %begin to row %end."""
        linkage, inlined = ("", "") if self.kind == "column" else ("internal ", "alwaysinline")
        yield ROWS.format(
            linkage=linkage,
            inlined=inlined,
            calls="\n".join(f"call void @part{number}({self.ARGUMENTS})" for number in range(len(self.parts))),
            lanes=self.dialect.lanes,
            v=self.dialect.number,
            advance=len(self.listing.outputs) if self.products else 0,
        )

    def add_products(self) -> Iterator[str]:
        """`@add`: the products of the factors of so many blocks of rows, added to their sums."""
        v = self.dialect.number
        for first in range(0, self.count, TILE):
            tile = self.products[first : first + TILE]
            yield f"define internal void @add{first}(ptr %factors, i64 %blocks, ptr %sums) {{"
            yield "entry:"
            for i in range(len(tile)):
                yield f"%p{i} = getelementptr {v}, ptr %sums, i64 {first + i}"
                yield f"%first{i} = load {v}, ptr %p{i}, align 8"
            yield "br label %loop"
            yield "loop:"
            yield "%block = phi i64 [ 0, %entry ], [ %next, %loop ]"
            for i in range(len(tile)):
                yield f"%s{i} = phi {v} [ %first{i}, %entry ], [ %t{i}, %loop ]"
            yield f"%offset = mul i64 %block, {len(self.listing.outputs)}"
            yield f"%here = getelementptr {v}, ptr %factors, i64 %offset"
            loaded: set[int] = set()
            for i, (a, *b) in enumerate(tile):
                for factor in {a, *b} - loaded:
                    yield f"%q{factor} = getelementptr {v}, ptr %here, i64 {factor}"
                    yield f"%f{factor} = load {v}, ptr %q{factor}, align 8"
                    loaded.add(factor)
                term = f"%f{a}"
                if b:
                    yield f"%m{i} = fmul {v} %f{a}, %f{b[0]}"
                    term = f"%m{i}"
                yield f"%t{i} = fadd {v} %s{i}, {term}"
            yield "%next = add i64 %block, 1"
            yield "%more = icmp slt i64 %next, %blocks"
            yield "br i1 %more, label %loop, label %done"
            yield "done:"
            for i in range(len(tile)):
                yield f"store {v} %t{i}, ptr %p{i}, align 8"
            yield "ret void }"

    def sums(self) -> Iterator[str]:
        """`@sums`: the rows from %begin to %end, and their results added up over rows and lanes."""
        lanes, v = self.dialect.lanes, self.dialect.number
        count = padded(self.count, lanes)
        few = count <= FEW
        yield "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)"
        yield "define void @sums(ptr %columns, i64 %stride, i64 %begin, i64 %end, ptr %parameters, ptr %all, ptr %memory,"
        yield f"ptr %sums) {'alwaysinline' if few else ''} {{"
        yield "entry:"
        if few:  # in registers, where each has a name of its own
            yield f"%wide = alloca [{count} x {v}], align 64"
        else:
            yield "%wide = getelementptr double, ptr %all, i64 0"
        yield f"call void @llvm.memset.p0.i64(ptr align 64 %wide, i8 0, i64 {count * lanes * 8}, i1 false)"
        if self.products:
            calls = (f"call void @add{first}(ptr %factors, i64 %blocks, ptr %wide)" for first in range(0, self.count, TILE))
            yield STRIPS.format(v=v, count=count, strip=STRIP * lanes, lanes=lanes, calls="\n".join(calls))
        else:
            yield "call void @rows(ptr %columns, i64 %stride, i64 %begin, i64 %end, ptr %parameters, ptr %wide, ptr %memory)"
            yield "br label %whole"
            yield "whole:"
        if few:
            for first in range(0, count, lanes):
                yield from group_sum(str(first), f"g{first}.", lanes, v)
            yield "ret void }"
            return
        yield "br label %loop"
        yield "loop:"
        yield "%first = phi i64 [ 0, %whole ], [ %next, %loop ]"
        yield from group_sum("%first", "", lanes, v)
        yield f"%next = add i64 %first, {lanes}"
        yield f"%more = icmp slt i64 %next, {count}"
        yield "br i1 %more, label %loop, label %done"
        yield "done:"
        yield "ret void }"


ROWS = """
define {linkage}void @rows(ptr %columns, i64 %stride, i64 %begin, i64 %end, ptr %parameters, ptr %first, ptr %memory) {inlined} {{
entry:
  br label %loop
loop:
  %row = phi i64 [ %begin, %entry ], [ %next, %after ]
  %results = phi ptr [ %first, %entry ], [ %results.next, %after ]
  br label %body
body:
  {calls}
  br label %after
after:
  %results.next = getelementptr {v}, ptr %results, i64 {advance}
  %next = add i64 %row, {lanes}
  %more = icmp slt i64 %next, %end
  br i1 %more, label %loop, label %done
done:
  ret void
}}"""

STRIPS = """
  %factors = getelementptr {v}, ptr %wide, i64 {count}
  br label %strip
strip:
  %strip.begin = phi i64 [ %begin, %entry ], [ %strip.end, %strip ]
  %strip.full = add i64 %strip.begin, {strip}
  %strip.short = icmp slt i64 %strip.full, %end
  %strip.end = select i1 %strip.short, i64 %strip.full, i64 %end
  %strip.rows = sub i64 %strip.end, %strip.begin
  %blocks = sdiv exact i64 %strip.rows, {lanes}
  call void @rows(ptr %columns, i64 %stride, i64 %strip.begin, i64 %strip.end, ptr %parameters, ptr %factors, ptr %memory)
  {calls}
  %strip.more = icmp slt i64 %strip.end, %end
  br i1 %strip.more, label %strip, label %whole
whole:"""


def are_late(listing: Listing, lanes: int) -> bool:
    """Whether sums are many and the rows that they are over too, so that forming products late pays off."""
    return lanes > 1 and padded(len(listing.outputs), lanes) > FEW


def factors_and_products(listing: Listing) -> tuple[Listing, list[tuple[int, ...]]]:
    """The listing that ends where the outputs are products still to be formed, and each output by the places of its factors."""
    uses = Counter(chain(listing.outputs, *(operands for _, _, operands in listing.instructions)))
    fixed, outputs = {*listing.constants, *listing.parameters}, set(listing.outputs)
    late = {
        name: operands
        for name, op, operands in listing.instructions
        if op is e.MUL and uses[name] == 1 and name in outputs and fixed.isdisjoint(operands)
    }
    pairs = [late.get(name, (name,)) for name in listing.outputs]
    places = {name: place for place, name in enumerate(dict.fromkeys(chain.from_iterable(pairs)))}
    early = tuple(instruction for instruction in listing.instructions if instruction.name not in late)
    return replace(listing, instructions=early, outputs=tuple(places)), [tuple(places[name] for name in pair) for pair in pairs]


def group_sum(first: str, prefix: str, lanes: int, v: str) -> Iterator[str]:
    """From `lanes` accumulators, the one numbered `first` and those after it, to the one vector of their sums.

    Two vectors become one by adding neighbours: of (a, b, c, d) and (A, B, C, D) first (a+b, A+B, c+d, C+D), then pairs.
    """
    name = f"%{prefix}w"
    for lane in range(lanes):
        yield f"{name}0_{lane}.i = add i64 {first}, {lane}"
        yield f"{name}0_{lane}.p = getelementptr {v}, ptr %wide, i64 {name}0_{lane}.i"
        yield f"{name}0_{lane} = load {v}, ptr {name}0_{lane}.p, align 8"
    for level in range(1, lanes.bit_length()):
        half = 1 << (level - 1)
        blocks = range(0, lanes, 2 * half)
        low = [source + lane for block in blocks for source in (block, lanes + block) for lane in range(half)]
        lows = ", ".join(f"i32 {lane}" for lane in low)
        highs = ", ".join(f"i32 {lane + half}" for lane in low)
        for i in range(lanes >> level):
            pair = f"{v} {name}{level - 1}_{2 * i}, {v} {name}{level - 1}_{2 * i + 1}"
            yield f"{name}{level}_{i}.l = shufflevector {pair}, <{lanes} x i32> <{lows}>"
            yield f"{name}{level}_{i}.h = shufflevector {pair}, <{lanes} x i32> <{highs}>"
            yield f"{name}{level}_{i} = fadd {v} {name}{level}_{i}.l, {name}{level}_{i}.h"
    yield f"{name}.place = getelementptr double, ptr %sums, i64 {first}"
    yield f"store {v} {name}{lanes.bit_length() - 1}_0, ptr {name}.place, align 8"


def padded(count: int, lanes: int) -> int:
    return -(-count // lanes) * lanes


def update(rule: Listing, trained: int, dialect: Dialect) -> Iterator[str]:
    """`@update`: an optimizer's rule for all trained parameters; true if a gradient was not finite.

    What depends on the step and the learning rate alone is computed once, before the loop.
    """
    v, lanes = dialect.number, dialect.lanes
    *varying, step, rate = rule.inputs
    in_loop = rule.depending_on(varying)

    def spelled(instructions: Iterable[Instruction]) -> Iterator[str]:
        for name, op, operands in instructions:
            yield f"%{name} = {dialect.spell(op, [text(operand) for operand in operands])}"

    def text(name: str) -> str:
        return dialect.constant(rule.constants[name]) if name in rule.constants else f"%{name}"

    def place(column: int) -> tuple[str, int]:
        return ("%parameters", "%sums", "%state")[min(column, 2)], max(column - 2, 0) * padded(trained, lanes)

    yield "define internal i1 @update(ptr %parameters, ptr %sums, ptr %state, ptr %step, ptr %rate) alwaysinline {"
    yield "entry:"
    yield from dialect.load(f"%{step}", "%step")
    yield from dialect.load(f"%{rate}", "%rate")
    yield from spelled(instruction for instruction in rule.instructions if instruction.name not in in_loop)
    yield "br label %loop"
    yield "loop:"
    yield "%i = phi i64 [ 0, %entry ], [ %next, %loop ]"
    yield f"%bad = phi {v} [ {dialect.constant(0.0)}, %entry ], [ %worse, %loop ]"
    for column, name in enumerate(varying):
        source, offset = place(column)
        yield f"%i.{name} = add i64 %i, {offset}"
        yield f"%p.{name} = getelementptr double, ptr {source}, i64 %i.{name}"
        yield f"%{name} = load {v}, ptr %p.{name}, align 8"
    yield from spelled(instruction for instruction in rule.instructions if instruction.name in in_loop)
    parameter, gradient, *state = varying
    for name, output in zip([parameter, *state], rule.outputs, strict=True):
        yield f"store {v} {text(output)}, ptr %p.{name}, align 8"
    yield f"%difference = fsub {v} %{gradient}, %{gradient}"  # nan unless it is finite
    yield f"%worse = fadd {v} %bad, %difference"
    yield f"%next = add i64 %i, {lanes}"
    yield f"%more = icmp slt i64 %next, {trained}"
    yield "br i1 %more, label %loop, label %done"
    yield "done:"
    yield f"%nan = fcmp uno {v} %worse, %worse"
    if lanes == 1:
        yield "ret i1 %nan }"
    else:
        yield f"%any = call i1 @llvm.vector.reduce.or.v{lanes}i1({dialect.truth} %nan)"
        yield "ret i1 %any }"
        yield f"declare i1 @llvm.vector.reduce.or.v{lanes}i1({dialect.truth})"


TRAIN = """
define i64 @train(ptr %columns, i64 %stride, i64 %rows, i64 %batch, ptr %shares, ptr %parameters, ptr %state, ptr %wide,
                  ptr %memory, ptr %sums, ptr %losses, i64 %epochs, ptr %step, ptr %rate, double %target) {{
entry:
  br label %epoch
epoch:
  %done = phi i64 [ 0, %entry ], [ %done.next, %epoch.end ]
  %place = getelementptr double, ptr %losses, i64 %done
  br label %step.begin
step.begin:
  %begin = phi i64 [ 0, %epoch ], [ %end, %step.end ]
  %number = phi i64 [ 0, %epoch ], [ %number.next, %step.end ]
  %loss = phi double [ 0.0, %epoch ], [ %loss.next, %step.end ]
  %full = add i64 %begin, %batch
  %short = icmp slt i64 %full, %rows
  %end = select i1 %short, i64 %full, i64 %rows
  call void @sums(ptr %columns, i64 %stride, i64 %begin, i64 %end, ptr %parameters, ptr %wide, ptr %memory, ptr %sums)
  %value.place = getelementptr double, ptr %sums, i64 {trained}
  %value = load double, ptr %value.place, align 8
  %share.place = getelementptr double, ptr %shares, i64 %number
  %share = load double, ptr %share.place, align 8
  %part = fmul double %value, %share
  %loss.next = fadd double %loss, %part
  %difference = fsub double %loss.next, %loss.next
  %finite = fcmp ord double %difference, 0.0
  br i1 %finite, label %move, label %failed
move:
  %step.old = load double, ptr %step, align 8
  %step.new = fadd double %step.old, 1.0
  store double %step.new, ptr %step, align 8
  %bad = call i1 @update(ptr %parameters, ptr %sums, ptr %state, ptr %step, ptr %rate)
  br i1 %bad, label %failed, label %step.end
step.end:
  %number.next = add i64 %number, 1
  %again = icmp slt i64 %end, %rows
  br i1 %again, label %step.begin, label %epoch.end
epoch.end:
  store double %loss.next, ptr %place, align 8
  %done.next = add i64 %done, 1
  %reached = fcmp ole double %loss.next, %target
  %over = icmp sge i64 %done.next, %epochs
  %stop = or i1 %reached, %over
  br i1 %stop, label %finished, label %epoch
finished:
  ret i64 %done.next
failed:
  store double %loss.next, ptr %place, align 8
  ret i64 %done
}}
"""


def usable() -> bool:
    """Whether llvmlite is installed, and reads the instructions that are written here: from 0.45 on."""
    if importlib.util.find_spec("llvmlite") is None:
        return False
    major, minor, *_ = importlib.metadata.version("llvmlite").split(".")
    return (int(major), int(minor)) >= (0, 45)


@cache
def binding() -> Any:
    """llvmlite, ready for this machine."""
    if not usable():
        raise ModuleNotFoundError(
            "target='llvm' needs llvmlite 0.45 or later; pip install -U llvmlite, or use target='python', which needs nothing"
        )
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    with suppress(RuntimeError):  # not glibc: libm is called lane by lane
        llvm.load_library_permanently("libmvec.so.1")
    llvm.add_symbol("micrograd_hypot", ctypes.cast(python_hypot(), ctypes.c_void_p).value)
    return llvm


@cache
def python_hypot() -> Any:
    """Python's own hypot as a C function, since the one of libm rounds otherwise; kept, since machine code calls it."""
    return ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(math.hypot)


@cache
def lanes_of_this_machine() -> int:
    """How many doubles a vector register of this processor holds."""
    features = binding().get_host_cpu_features()
    if features.get("avx512f"):
        return 8
    if features.get("avx2"):
        return 4
    return 2 if platform.machine() in ("x86_64", "AMD64", "aarch64", "arm64") else 1


def check_spelled(ops: Iterable[Op]) -> None:
    for op in ops:
        if op not in SPELLING and op not in FUNCTION:
            raise ValueError(f"the llvm target cannot spell {op.symbol!r}, an operation of your own; use target='python'")


def module_text(listing: Listing, lanes: int, exact: bool, summed: bool, trained: int, rule: Listing | None) -> str:
    """The whole module in LLVM's language."""
    check_spelled(op for _, op, _ in [*listing.instructions, *(rule.instructions if rule else ())])
    dialect = Dialect(lanes, exact)
    room = padded(trained, lanes)
    parameters = [*range(trained), *range(room, room + len(listing.parameters) - trained)]
    lines = [*Text(listing, parameters, dialect, summed).lines()]
    if rule:
        lines += dialect.functions(instruction.op for instruction in rule.instructions)
        lines += [*update(rule, trained, dialect), TRAIN.format(trained=trained)]
    return "\n".join(once(lines))


def once(lines: Iterable[str]) -> Iterator[str]:
    """The lines, of equal declarations and of equal small functions the first only."""
    known: set[str] = set()
    skipping = False
    for line in lines:
        declares = line.startswith(("declare", "define internal"))
        if declares and line in known:
            skipping = not line.startswith("declare")
            continue
        if declares:
            known.add(line)
            skipping = False
        if not skipping:
            yield line
        elif line.endswith("}"):
            skipping = False


Pointer = ctypes.c_void_p
Integer = ctypes.c_int64
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "rows": (None, Pointer, Integer, Integer, Integer, Pointer, Pointer, Pointer),
    "sums": (None, Pointer, Integer, Integer, Integer, Pointer, Pointer, Pointer, Pointer),
    "train": (Integer, Pointer, Integer, Integer, Integer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Integer,
              Pointer, Pointer, ctypes.c_double),
}  # fmt: skip


class Machine:
    """A module in machine code; its functions take addresses of doubles."""

    def __init__(self, text: str, quick: bool) -> None:
        llvm = binding()
        target = llvm.Target.from_default_triple()
        self.target_machine = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=0 if quick else 1, jit=True
        )
        module = llvm.parse_assembly(text)
        builder = llvm.create_pass_builder(self.target_machine, llvm.create_pipeline_tuning_options(speed_level=1))
        passes = llvm.create_new_module_pass_manager()
        passes.add_always_inliner_pass()
        passes.add_global_dead_code_eliminate_pass()
        passes.add_sroa_pass()
        passes.run(module, builder)
        self.engine = llvm.create_mcjit_compiler(module, self.target_machine)
        self.engine.finalize_object()

    def function(self, name: str) -> Any:
        return ctypes.CFUNCTYPE(*SIGNATURES[name])(self.engine.get_function_address(name))


def doubles(numbers: Sequence[float], count: int) -> Any:
    """A block of doubles that begins at a multiple of a vector's size."""
    raw = (ctypes.c_double * (count + 8))()
    offset = -ctypes.addressof(raw) % 64
    block = (ctypes.c_double * count).from_buffer(raw, offset)
    block[: len(numbers)] = list(numbers)
    return block


class Machines:
    """A listing in machine code, for as many lanes as its rows fill."""

    def __init__(self, listing: Listing, exact: bool, lanes: int | None, summed: bool) -> None:
        self.listing = listing
        self.exact = exact
        self.lanes = lanes
        self.summed = summed
        self.known_sizes: dict[bool, tuple[int, int]] = {}
        self.made: dict[int, Machine] = {}

    def lanes_for(self, rows: int) -> int:
        if self.lanes:
            return self.lanes
        return 1 if self.exact else min(lanes_of_this_machine(), 1 << (rows - 1).bit_length())

    def of(self, lanes: int, trained: int = 0, rule: Listing | None = None) -> Machine:
        if lanes not in self.made:
            text = module_text(self.listing, lanes, self.exact, self.summed, trained, rule)
            self.made[lanes] = Machine(text, quick=len(self.listing.instructions) > (LARGE if lanes > 1 else LARGE // 5))
        return self.made[lanes]

    def memory(self, lanes: int) -> Any:
        return doubles((), self.sizes(lanes)[0] * lanes)

    def accumulators(self, lanes: int) -> Any:
        """Memory for the sums, and for the factors of a strip of rows."""
        return doubles((), self.sizes(lanes)[1] * lanes)

    def sizes(self, lanes: int) -> tuple[int, int]:
        """How many vectors the parts share, and how many sums and factors there are."""
        late = self.summed and are_late(self.listing, lanes)
        if late not in self.known_sizes:
            early = factors_and_products(self.listing)[0] if late else self.listing
            self.known_sizes[late] = len(shared(parts_of(early.instructions))), STRIP * len(early.outputs) if late else 0
        places, factors = self.known_sizes[late]
        return places, padded(len(self.listing.outputs), lanes) + factors


class Evaluator(Machines):
    """The outputs of each row."""

    def __init__(self, listing: Listing, exact: bool = False, lanes: int | None = None) -> None:
        super().__init__(listing, exact, lanes, summed=False)

    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        lanes = self.lanes_for(table.rows)
        batches = table.packed([range(table.rows)], lanes)
        width = len(self.listing.outputs)
        results = doubles((), width * batches.stride)
        rows = self.of(lanes).function("rows")
        rows(
            batches.address, batches.stride, 0, batches.stride, doubles(parameters, len(parameters)), results, self.memory(lanes)
        )
        return [results[i * batches.stride : i * batches.stride + table.rows] for i in range(width)]


class Summer(Machines):
    """The outputs summed over the rows; the last input is the weight of a row."""

    def __init__(self, listing: Listing, exact: bool = False, lanes: int | None = None) -> None:
        super().__init__(listing, exact, lanes, summed=True)

    def __call__(self, table: Table, parameters: Sequence[float], weights: Sequence[float]) -> list[float]:
        lanes = self.lanes_for(table.rows)
        sums = self.totals(table, parameters, weights, lanes)
        if table.rows % lanes and not all(map(math.isfinite, sums)):  # a filled-up lane of weight 0 makes nan of infinity
            return self.totals(table, parameters, weights, 1)
        return sums

    def totals(self, table: Table, parameters: Sequence[float], weights: Sequence[float], lanes: int) -> list[float]:
        batches = table.packed([range(table.rows)], lanes, weights)
        width = padded(len(self.listing.outputs), lanes)
        sums = doubles((), width)
        wide, memory = self.accumulators(lanes), self.memory(lanes)
        numbers = doubles(parameters, len(parameters))
        self.of(lanes).function("sums")(batches.address, batches.stride, 0, batches.stride, numbers, wide, memory, sums)
        return list(sums[: len(self.listing.outputs)])


class Trainer(Machines):
    """The whole of training: rows, sums, updates and epochs. The listing's outputs are the gradients and then the loss."""

    def __init__(self, listing: Listing, rule: Listing, exact: bool = False, lanes: int | None = None) -> None:
        super().__init__(listing, exact, lanes, summed=True)
        self.rule = rule

    def start(self, batch_size: int, state: TrainingState) -> Loop:
        return Loop(self, self.lanes_for(batch_size), state)


class Loop:
    """One training: the numbers that it moves, where the machine code finds them."""

    def __init__(self, trainer: Trainer, lanes: int, state: TrainingState) -> None:
        self.lanes = lanes
        self.trained = len(state.gradients)
        self.memories = len(state.memories)
        self.rest = state.parameters[self.trained :]
        self.machine = trainer.of(lanes, self.trained, trainer.rule)  # held, since its code lives as long as it does
        self.train_epochs, self.sum_rows = self.machine.function("train"), self.machine.function("sums")
        self.room = padded(self.trained, lanes)
        self.parameters = doubles((), self.room + len(self.rest))
        self.state = doubles((), max(1, self.room * self.memories))
        self.wide = trainer.accumulators(lanes)
        self.sums = doubles((), padded(self.trained + 1, lanes))
        self.memory = trainer.memory(lanes)
        self.step, self.rate = doubles((), 1), doubles((), 1)
        self.restore(state)

    def train(self, batches: Batches, epochs: int, target: float) -> tuple[list[float], bool]:
        """The mean losses of the epochs done, and whether all was finite; if not, the last loss is of an epoch not done."""
        losses = doubles((), epochs)
        shares = doubles(batches.shares, len(batches.shares))
        done = self.train_epochs(
            batches.address, batches.stride, batches.stride, batches.size, shares, self.parameters, self.state, self.wide,
            self.memory, self.sums, losses, epochs, self.step, self.rate, target,
        )  # fmt: skip
        finite = done == epochs or (done > 0 and losses[done - 1] <= target)
        return losses[: done if finite else done + 1], finite

    def pace(self, rate: float) -> None:
        """The learning rate from now on."""
        self.rate[0] = rate

    def look(self, batches: Batches) -> float:
        """The loss at the present parameters."""
        sums = doubles((), len(self.sums))
        self.sum_rows(batches.address, batches.stride, 0, batches.stride, self.parameters, self.wide, self.memory, sums)
        return float(sums[self.trained])

    def save(self) -> TrainingState:
        parameters = [*self.parameters[: self.trained], *self.rest]
        memories = [self.state[i * self.room : i * self.room + self.trained] for i in range(self.memories)]
        return TrainingState(parameters, memories, self.sums[: self.trained], int(self.step[0]), self.rate[0])

    def restore(self, state: TrainingState) -> None:
        self.parameters[: self.trained] = state.parameters[: self.trained]
        self.parameters[self.room :] = self.rest
        for i, numbers in enumerate(state.memories):
            self.state[i * self.room : i * self.room + self.trained] = numbers
        self.sums[: self.trained] = state.gradients
        self.step[0] = state.step
        self.pace(state.rate)


def program_source(listing: Listing, gradient: Listing, exact: bool) -> str:
    """The module that sums a gradient over rows, in LLVM's language."""
    return module_text(gradient, lanes_of_this_machine(), exact, True, len(gradient.parameters), None)
