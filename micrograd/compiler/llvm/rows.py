"""A listing in LLVM's language, with the bits of eager code: one row after the other, and each number one double."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing
from micrograd.compiler.llvm.kernel import Kernel, Shape
from micrograd.compiler.llvm.spelling import Dialect
from micrograd.engine import Value

ROW = Shape(lanes=1)
BLOCK = 96  # instructions in a basic block; a quick translation of longer ones is up to 1.4 times slower, to make or to run


def sums_kernel(graph: Graph, trained: Sequence[Value]) -> Kernel:
    """The gradient by the trained parameters and the one output, times the weight of a row, added up row by row."""
    return kernel(graph, trained, graph.gradient_listing(trained), summed=True)


def outputs_kernel(graph: Graph) -> Kernel:
    """The outputs of each row."""
    return kernel(graph, (), graph.listing(), summed=False)


def kernel(graph: Graph, trained: Sequence[Value], listing: Listing, summed: bool) -> Kernel:
    """The parameters lie as they do in the listing: the trained ones first."""
    places = {parameter: place for place, parameter in enumerate(graph.in_order(trained))}
    width, count = len(listing.inputs), len(listing.outputs)
    return Kernel(
        FUNCTION.format(
            name="sums" if summed else "outputs",
            cleared=8 * count if summed else 0,
            advance=0 if summed else count,
            width=width,
            body="\n  ".join(RowText(listing, Dialect(1, graph.exact), summed).lines()),
        ),
        ops=frozenset(op for _, op, _ in listing.instructions),
        shape=ROW,
        columns=range(width),
        room=width,
        parameters=[places[parameter] for parameter in graph.parameters],
        moved=len(trained),
        size=len(places),
        memory=0,
        work=len(listing.instructions),
    )


class RowText:
    """What is done with a row. Leaves are loaded anew in each basic block."""

    def __init__(self, listing: Listing, dialect: Dialect, summed: bool) -> None:
        self.listing = listing
        self.dialect = dialect
        self.summed = summed
        self.leaves = {name: f"ptr %row, i64 {place}" for place, name in enumerate(listing.inputs)}
        self.leaves |= {name: f"ptr %parameters, i64 {place}" for place, name in enumerate(listing.parameters)}
        self.loaded: dict[str, str] = {}
        self.serial = 0

    def lines(self) -> Iterator[str]:
        results: dict[str, list[int]] = {}
        for place, name in enumerate(self.listing.outputs):
            results.setdefault(name, []).append(place)
        made = {instruction.name for instruction in self.listing.instructions}
        for name in results.keys() - made:
            yield from self.result(name, results[name])
        for number, (name, op, operands) in enumerate(self.listing.instructions, start=1):
            for operand in operands:
                yield from self.load(operand)
            yield f"%{name} = {self.dialect.spell(op, [self.text(operand) for operand in operands])}"
            yield from self.result(name, results.get(name, ()))
            if number % BLOCK == 0:
                yield f"br label %block{number}"
                yield f"block{number}:"
                self.loaded.clear()

    def load(self, name: str) -> Iterator[str]:
        if name in self.leaves and name not in self.loaded:
            self.serial += 1
            loaded = self.loaded[name] = f"%{name}.{self.serial}"
            yield f"{loaded}.p = getelementptr double, {self.leaves[name]}"
            yield f"{loaded} = load double, ptr {loaded}.p, align 8"

    def text(self, name: str) -> str:
        if name in self.listing.constants:
            return self.dialect.constant(self.listing.constants[name])
        return self.loaded.get(name, f"%{name}")

    def result(self, name: str, places: Sequence[int]) -> Iterator[str]:
        """Lines that store it at these places of the results, or add it to these sums."""
        if places:
            yield from self.load(name)
        for place in places:
            number = self.text(name)
            yield f"%r{place} = getelementptr double, ptr %results, i64 {place}"
            if self.summed:
                yield f"%r{place}.old = load double, ptr %r{place}, align 8"
                yield f"%r{place}.new = fadd double %r{place}.old, {number}"
                number = f"%r{place}.new"
            yield f"store double {number}, ptr %r{place}, align 8"


FUNCTION = """
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define void @{name}(ptr %data, i64 %panels, ptr %parameters, ptr %memory, ptr %first) {{
entry:
  call void @llvm.memset.p0.i64(ptr align 8 %first, i8 0, i64 {cleared}, i1 false)
  br label %loop
loop:
  %left = phi i64 [ %panels, %entry ], [ %left.next, %last ]
  %row = phi ptr [ %data, %entry ], [ %row.next, %last ]
  %results = phi ptr [ %first, %entry ], [ %results.next, %last ]
  br label %body
body:
  {body}
  br label %last
last:
  %row.next = getelementptr double, ptr %row, i64 {width}
  %results.next = getelementptr double, ptr %results, i64 {advance}
  %left.next = sub i64 %left, 1
  %more = icmp ne i64 %left.next, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}}"""
