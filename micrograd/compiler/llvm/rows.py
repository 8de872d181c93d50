"""A listing in LLVM's language: what is done with a row, the loop over rows, and the sums over rows and lanes.

A number of the listing becomes a vector of `lanes` numbers, one per row. Inputs are read column by column, parameters
are spread from memory over the lanes, and each result that is summed over the rows has one accumulator as wide as a
vector, whose lanes are added up at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from micrograd import ops
from micrograd.compiler.listing import Instruction, Listing
from micrograd.compiler.llvm.machine import ALIGNMENT
from micrograd.compiler.llvm.spelling import Dialect

# Sizes, found by measuring. Within a basic block and within a function, LLVM's work grows faster than the length.
BLOCK = 96  # instructions in a basic block
PART = 1500  # instructions in a function; a longer listing becomes several functions, which share memory
FEW = 24  # sums that are kept in registers throughout
TILE = 22  # sums of late products that are added up at a time, in registers
STRIP = 16  # vectors of rows whose factors wait to be multiplied, in fast memory

ALIGNED = f"alignstack({ALIGNMENT})"  # else a vector that finds no register may lie across two lines of fast memory


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
    """The functions of a module in LLVM's language: what is done with a row, and the loop over rows.

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
            inlined = "alwaysinline" if len(self.parts) == 1 else f"noinline {ALIGNED}"
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
        linkage, how = ("", ALIGNED) if self.kind == "column" else ("internal ", "alwaysinline")
        yield ROWS.format(
            linkage=linkage,
            how=how,
            calls="\n".join(f"call void @part{number}({self.ARGUMENTS})" for number in range(len(self.parts))),
            lanes=self.dialect.lanes,
            v=self.dialect.number,
            advance=len(self.listing.outputs) if self.products else 0,
        )

    def add_products(self) -> Iterator[str]:
        """`@add`: the products of the factors of so many blocks of rows, added to their sums, or to 0 if these are `%fresh`."""
        v, zero = self.dialect.number, self.dialect.constant(0.0)
        for first in range(0, self.count, TILE):
            tile = self.products[first : first + TILE]
            yield f"define internal void @add{first}(ptr %factors, i64 %blocks, ptr %sums, i1 %fresh) {{"
            yield "entry:"
            for i in range(len(tile)):
                yield f"%p{i} = getelementptr {v}, ptr %sums, i64 {first + i}"
            yield "br i1 %fresh, label %loop, label %go.on"
            yield "go.on:"
            for i in range(len(tile)):
                yield f"%old{i} = load {v}, ptr %p{i}, align 8"
            yield "br label %loop"
            yield "loop:"
            yield "%block = phi i64 [ 0, %entry ], [ 0, %go.on ], [ %next, %loop ]"
            for i in range(len(tile)):
                yield f"%s{i} = phi {v} [ {zero}, %entry ], [ %old{i}, %go.on ], [ %t{i}, %loop ]"
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
        few = are_few(self.count, lanes)
        yield "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)"
        yield "define void @sums(ptr %columns, i64 %stride, i64 %begin, i64 %end, ptr %parameters, ptr %all, ptr %memory,"
        yield f"ptr %sums) {'alwaysinline' if few else ALIGNED} {{"
        yield "entry:"
        if few:  # in registers, where each has a name of its own
            yield f"%wide = alloca [{count} x {v}], align {ALIGNMENT}"
        else:
            yield "%wide = getelementptr double, ptr %all, i64 0"
        if self.products:
            arguments = "ptr %factors, i64 %blocks, ptr %wide, i1 %strip.fresh"
            calls = (f"call void @add{first}({arguments})" for first in range(0, self.count, TILE))
            yield STRIPS.format(v=v, count=count, strip=STRIP * lanes, lanes=lanes, calls="\n".join(calls))
        else:
            yield f"call void @llvm.memset.p0.i64(ptr align {ALIGNMENT} %wide, i8 0, i64 {count * lanes * 8}, i1 false)"
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
define {linkage}void @rows(ptr %columns, i64 %stride, i64 %begin, i64 %end, ptr %parameters, ptr %first, ptr %memory) {how} {{
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
  %strip.fresh = icmp eq i64 %strip.begin, %begin
  %blocks = sdiv exact i64 %strip.rows, {lanes}
  call void @rows(ptr %columns, i64 %stride, i64 %strip.begin, i64 %strip.end, ptr %parameters, ptr %factors, ptr %memory)
  {calls}
  %strip.more = icmp slt i64 %strip.end, %end
  br i1 %strip.more, label %strip, label %whole
whole:"""


def are_late(listing: Listing, lanes: int) -> bool:
    """Whether sums are many and the rows that they are over too, so that forming products late pays off."""
    return lanes > 1 and not are_few(len(listing.outputs), lanes)


def are_few(sums: int, lanes: int) -> bool:
    """Whether so many sums fit into registers."""
    return padded(sums, lanes) <= FEW


def factors_and_products(listing: Listing) -> tuple[Listing, list[tuple[int, ...]]]:
    """The listing that ends where the outputs are products still to be formed, and each output by the places of its factors."""
    uses = Counter(chain(listing.outputs, *(operands for _, _, operands in listing.instructions)))
    fixed, outputs = {*listing.constants, *listing.parameters}, set(listing.outputs)
    late = {
        name: operands
        for name, op, operands in listing.instructions
        if op is ops.mul and uses[name] == 1 and name in outputs and fixed.isdisjoint(operands)
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
