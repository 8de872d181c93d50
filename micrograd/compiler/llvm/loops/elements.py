"""Single elements of arrays, as vectors of rows: read from memory, computed from one another, and kept.

An element of an array with rows is `vectors` vectors, one after the other in its panel. An array without rows has one number
for all, which is spread over the lanes; where only such numbers are computed, a vector is a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias, cast

import numpy as np

from micrograd import ops
from micrograd.compiler.llvm.kernel import Shape
from micrograd.compiler.llvm.loops.memory import DATA, Home, Memory
from micrograd.compiler.llvm.loops.plan import Plan
from micrograd.compiler.llvm.loops.text import Index, Text, along
from micrograd.compiler.llvm.spelling import Dialect
from micrograd.compiler.llvm.vectors import literal
from micrograd.ops import Op
from micrograd.tensors.arrays import Array, View
from micrograd.tensors.places import Places, contiguous

Found: TypeAlias = dict[Array, str]  # the vectors of an element that is being computed, by the arrays that they are of
HELD = 4  # vectors of an array that stay in registers, where its elements are computed in a straight line


class Elements:
    """What is done with elements, in the text of one function."""

    def __init__(self, text: Text, plan: Plan, memory: Memory, shape: Shape) -> None:
        self.text = text
        self.plan = plan
        self.memory = memory
        self.shape = shape
        self.dialect = Dialect(shape.lanes, exact=False)
        self.kind = self.dialect.number
        self.zero = self.dialect.constant(0.0)
        self.panel = Index()  # the one that is worked on
        self.held: dict[tuple[Array, int, int], str] = {}
        self.tables: dict[object, str] = {}  # their names, so that each is spelled once
        self.ops: set[Op] = set()

    # ---- instructions

    def apply(self, op: Op, *operands: str) -> str:
        self.ops.add(op)
        return self.text.let(self.dialect.spell(op, operands))

    def add(self, a: str, b: str) -> str:
        return self.apply(ops.add, a, b)

    def add_product(self, a: str, b: str, total: str) -> str:
        return self.text.let(self.dialect.fma(a, b, total))

    def accumulated(self, operands: Sequence[str], total: str) -> str:
        """The total, and one number or the product of two."""
        if total == self.zero:
            return operands[0] if len(operands) == 1 else self.apply(ops.mul, *operands)
        return self.add(total, operands[0]) if len(operands) == 1 else self.add_product(operands[0], operands[1], total)

    def choose(self, condition: str, a: str, b: str) -> str:
        return self.text.let(f"select {self.dialect.truth} {condition}, {self.kind} {a}, {self.kind} {b}")

    def is_positive(self, number: str) -> str:
        return self.text.let(f"fcmp ogt {self.kind} {number}, {self.zero}")

    # ---- memory

    def address(self, array: Array, index: Index, vector: int = 0) -> str:
        if array.kind == "numbers":
            return self.text.address(self.constants(array), index * 8)
        home = self.memory.homes[array]
        return self.text.address(home.base, self.offset(home, array, index, vector))

    def offset(self, home: Home, array: Array, index: Index, vector: int) -> Index:
        """In bytes from the beginning of its region."""
        if not array.rows:
            return (index + home.element) * 8
        panel = self.panel * (self.memory.data_bytes if home.base == DATA else self.memory.panel_bytes)
        return (index + home.element) * (8 * self.shape.rows) + panel + 8 * vector * self.shape.lanes

    def load(self, array: Array, index: Index, vector: int) -> str:
        if not index.factors and (held := self.held.get((array, index.constant, vector))):
            return held
        if array.rows:
            return self.text.let(f"load {self.kind}, ptr {self.address(array, index, vector)}, align {8 * self.shape.lanes}")
        return self.spread(self.text.let(f"load double, ptr {self.address(array, index)}, align 8"))

    def spread(self, number: str) -> str:
        name = self.text.name()
        self.text.lines += self.dialect.spread(name, number)
        return name

    def store(self, number: str, array: Array, index: Index, vector: int) -> None:
        align = 8 * self.shape.lanes if array.rows else 8
        self.text.line(f"store {self.kind} {number}, ptr {self.address(array, index, vector)}, align {align}")

    def constants(self, array: Array) -> str:
        """The table of an array of constants, with a zero behind them."""
        if array not in self.tables:
            numbers = ", ".join(f"double {literal(number)}" for number in [*np.ravel(array.numbers).tolist(), 0.0])
            self.tables[array] = self.text.table(f"[{array.size + 1} x double] [{numbers}]")
        return self.tables[array]

    # ---- views

    def index(self, view: View, place: Sequence[Index]) -> Index:
        """Where in its array an element of a view is."""
        if view.table is None or view.source is None:
            return along(view.strides or (), place, view.base)
        zero = self.memory.zero(self.plan.plain(view.source))
        return self.looked_up(view.table, zero, along(contiguous(view.axes), place))

    def looked_up(self, table: Places, nowhere: int, flat: Index) -> Index:
        if not flat.factors:
            place = int(table.flat[flat.constant])
            return Index(nowhere if place < 0 else place)
        key = table.tobytes(), nowhere
        if key not in self.tables:
            places = ", ".join(f"i64 {place}" for place in np.where(table < 0, nowhere, table).ravel().tolist())
            self.tables[key] = self.text.table(f"[{table.size} x i64] [{places}]")
        address = self.text.address(self.tables[key], flat * 8)
        return Index(factors={self.text.let(f"load i64, ptr {address}, align 8"): 1})

    def value(self, view: View, place: Sequence[Index], vector: int, found: Found | None = None) -> str:
        """A vector of what the view shows at a place; of an array that is being computed, the one that was found."""
        if view.source is None:
            return self.dialect.constant(float(view.number or 0.0))
        source, layers = view.source, list[Array]()
        while (below := self.plan.below(source)) is not None:
            layers.append(source)
            source = below
        at_hand = found.get(source) if found and view.whole else None
        number = at_hand or self.load(source, self.index(view, place), vector)
        for layer in reversed(layers):
            number = self.apply(ops.neg, number) if layer in self.plan.signs else self.step(number)
        return number

    def step(self, number: str) -> str:
        """Of a relu: 1 where it is positive, and else the 0 or nan that it is."""
        return self.choose(self.is_positive(number), self.dialect.constant(1.0), number)

    # ---- elements that are computed

    def computed(self, array: Array, place: Sequence[Index], vector: int, found: Found) -> str:
        if array.op is ops.mul:
            for view, other in (array.operands, array.operands[::-1]):
                if view.source is not None and (relu := self.plan.masks.get(view.source)):
                    return self.masked(*[self.value(one, place, vector, found) for one in (replaced(view, relu), other)])
        return self.apply(cast(Op, array.op), *[self.value(view, place, vector, found) for view in array.operands])

    def masked(self, relu: str, number: str) -> str:
        """number * step(relu): 0 times infinity is nan here too."""
        return self.choose(self.is_positive(relu), number, self.apply(ops.mul, number, relu))

    def follow(self, arrays: Iterable[Array], place: Sequence[Index], vector: int, found: Found) -> None:
        """Compute what is not found yet of an element of each array, and keep what is to be kept."""
        for array in arrays:
            if array not in found:
                found[array] = self.computed(array, place, vector, found)
            if array in self.plan.kept:
                index = along(contiguous(array.shape), place)
                self.store(found[array], array, index, vector)
                if not index.factors and array.size * self.shape.vectors <= HELD:
                    self.held[array, index.constant, vector] = found[array]


class Operands:
    """The operands of several elements of an array at one place of its terms: what several read is loaded once."""

    def __init__(self, elements: Elements, array: Array) -> None:
        self.elements = elements
        self.moving = [(view, [k for k in range(len(array.shape)) if moves(view, k)]) for view in array.operands]
        self.known: dict[object, str] = {}

    def at(self, place: Sequence[Index], term: Sequence[Index], vector: int) -> list[str]:
        found = []
        for number, (view, axes) in enumerate(self.moving):
            key = number, vector if view.rows else 0, *[place[k] for k in axes]
            if key not in self.known:
                self.known[key] = self.elements.value(view, [*place, *term], vector)
            found.append(self.known[key])
        return found


def moves(view: View, axis: int) -> bool:
    return view.source is not None and (view.strides is None or view.strides[axis] != 0)


def replaced(view: View, source: Array) -> View:
    """The same places of another array of the same shape."""
    return View(source, view.axes, view.base, view.strides, view.table)
