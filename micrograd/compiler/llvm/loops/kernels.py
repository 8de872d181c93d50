"""The kernels of a graph as loops: of the gradient and the sum of its output over the rows, and of the outputs of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from micrograd.compiler.graph import Graph
from micrograd.compiler.llvm.kernel import Kernel, Shape
from micrograd.compiler.llvm.loops.elements import Elements
from micrograd.compiler.llvm.loops.memory import DATA, NUMBERS, SUMS, Memory, padded
from micrograd.compiler.llvm.loops.nests import Place, over_places, write
from micrograd.compiler.llvm.loops.plan import Plan, terms_of
from micrograd.compiler.llvm.loops.row_sums import Selection, write_row_sums
from micrograd.compiler.llvm.loops.text import Index, Text, along
from micrograd.compiler.llvm.loops.zeros import (
    LIST,
    OPEN,
    end_gate,
    gate_of,
    open_panels,
    write_finite_parameters,
    write_gate,
)
from micrograd.compiler.llvm.machine import ALIGNMENT
from micrograd.compiler.llvm.tiles import panels_of_strip
from micrograd.engine import Value
from micrograd.tensors.arrays import Array, ArrayProgram, View
from micrograd.tensors.places import contiguous
from micrograd.tensors.programs import gradient_program, value_program


def sums_kernel(graph: Graph, trained: Sequence[Value], shape: Shape) -> Kernel:
    def make() -> ArrayProgram:
        (output,) = graph.outputs
        return gradient_program(output, graph.inputs, graph.parameters, graph.constants, weighted=True)

    program = graph.once("weighted gradient", make)
    moving = set(trained)
    slopes = {
        array: slope if isinstance(slope, View) else View(None, array.shape, number=slope)
        for array, slope in zip(program.parameters, program.gradients, strict=True)
        if any(graph.parameters[number] in moving for number in array.members)
    }
    return SumsFunction(program, cast(View, program.loss), slopes, shape).kernel()


def outputs_kernel(graph: Graph, shape: Shape) -> Kernel:
    def make() -> ArrayProgram:
        return value_program(graph.outputs, graph.inputs, graph.parameters, graph.constants)

    return OutputsFunction(graph.once("values", make), shape).kernel()


class PanelFunction:
    """A function of panels, as it is written: of single numbers first, then of the rows of each panel."""

    def __init__(self, program: ArrayProgram, plan: Plan, shape: Shape, slopes: Mapping[Array, View]) -> None:
        self.plan = plan
        self.shape = shape
        self.memory = Memory(program, plan, shape, slopes)
        self.text = Text()
        self.rows = Elements(self.text, plan, self.memory, shape)
        self.singles = Elements(self.text, plan, self.memory, Shape(1))

    def write_panels(self, count: str | int) -> None:
        with self.text.loop(count) as turn:
            self.rows.panel = turn.index
            self.write_panel()
        self.rows.panel = Index()
        if count != 1:  # what was in registers is there no more
            self.rows.held.clear()

    def write_panel(self) -> None:
        for nest in self.plan.panels:
            write(self.rows, nest)

    def finished(self, name: str, results: str, what: str, panels: int) -> Kernel:
        """The kernel of what is written, which has so many panels at a time in memory, and their numbers in a list."""
        numbers = padded(panels * self.memory.panel * self.shape.rows, ALIGNMENT // 8)
        behind = numbers + self.memory.numbers
        arguments = f"ptr %data, i64 %panels, ptr %parameters, ptr %memory, ptr {results}"
        lines = [
            *[f"{table} = private constant {content}" for content, table in self.text.tables.items()],
            f"; {what}, {self.shape.lanes} rows to a vector.",
            f"; {results} is written. %data: for each panel of {self.shape.rows} rows one input after the other.",
            f"define void @{name}({arguments}) alignstack({ALIGNMENT}) {{",
            "entry:",
            f"{NUMBERS} = getelementptr double, ptr %memory, i64 {numbers}",
            f"{OPEN} = getelementptr double, ptr %memory, i64 {behind}",
            f"{LIST} = getelementptr double, ptr {OPEN}, i64 1",
            self.text.written(),
            "ret void",
            "never:",
            "ret void }",
        ]
        return Kernel(
            text="\n".join(lines),
            ops=frozenset(self.rows.ops),
            single=frozenset(self.singles.ops),
            shape=self.shape,
            columns=self.memory.columns,
            room=self.memory.room,
            parameters=self.memory.parameters,
            moved=self.memory.moved,
            size=self.memory.size,
            memory=behind + 1 + panels,
            work=sum(array.size * terms_of(array) for array in self.plan.arrays) // self.shape.lanes,
        )


class SumsFunction(PanelFunction):
    """`@sums`: the gradient and the output, summed over the rows.

    Where there are many panels, they are taken in strips of nearly one length, whose arrays stay in fast memory until the sums
    over the rows have read them.
    """

    def __init__(self, program: ArrayProgram, loss: View, slopes: Mapping[Array, View], shape: Shape) -> None:
        plan = Plan([loss, *slopes.values()])
        self.gate = None if shape.alone else gate_of(plan)
        if self.gate:
            plan.kept.add(self.gate.array)
        super().__init__(program, plan, shape, slopes)
        self.results = [(self.memory.homes[array].element, slope) for array, slope in slopes.items()]
        self.results.append((self.memory.moved, loss))

    def kernel(self) -> Kernel:
        most = panels_of_strip(self.shape)
        self.write_zeros()
        for nest in self.plan.before:
            write(self.singles, nest)
        if self.gate:
            write_finite_parameters(self.rows, self.memory.size)
        if self.shape.alone:
            self.text.line(f"{DATA} = getelementptr i8, ptr %data, i64 0")
            self.write_strip(1)
        else:
            self.write_strips(most)
        for nest in self.plan.after:
            write(self.singles, nest)
        for place, view in self.results:
            self.write_result(place, view)
        return self.finished("sums", SUMS, "The gradient and the output, summed over the rows", most)

    def write_zeros(self) -> None:
        lanes = self.shape.lanes

        def body(place: Place) -> None:
            address = self.text.address(SUMS, place[0] * (8 * lanes))
            self.text.line(f"store {self.rows.kind} {self.rows.zero}, ptr {address}, align {8 * lanes}")

        over_places(self.rows, (self.memory.moved // lanes + 1,), 1, body)
        for array in self.plan.sums:
            if self.memory.homes[array].base == NUMBERS:
                self.write_zero(array)

    def write_zero(self, array: Array) -> None:
        """A sum that is no result as it lies begins at 0 each time, in memory that is used again and again."""

        def body(place: Place) -> None:
            self.text.line(f"store double 0.0, ptr {self.singles.address(array, place[0])}, align 8")

        over_places(self.singles, (array.size,), 1, body)

    def write_strips(self, most: int) -> None:
        self.text.lines += [
            f"%strips.up = add i64 %panels, {most - 1}",
            f"%strips = udiv i64 %strips.up, {most}",
            "%even.up = add i64 %panels, %strips",
            "%even.down = sub i64 %even.up, 1",
            "%even = udiv i64 %even.down, %strips",
            "br label %strips.begin",
            "strips.begin:",
            "br label %strip",
            "strip:",
            "%begin = phi i64 [ 0, %strips.begin ], [ %begin.next, %strip.end ]",
            "%left = sub i64 %panels, %begin",
            "%is.last = icmp slt i64 %left, %even",
            "%count = select i1 %is.last, i64 %left, i64 %even",
            f"%skipped = mul i64 %begin, {self.memory.data_bytes}",
            f"{DATA} = getelementptr i8, ptr %data, i64 %skipped",
        ]
        self.write_strip("%count")
        self.text.lines += [
            "br label %strip.end",
            "strip.end:",
            "%begin.next = add i64 %begin, %even",
            "%again = icmp slt i64 %begin.next, %panels",
            "br i1 %again, label %strip, label %strips.end",
            "strips.end:",
        ]

    def write_strip(self, panels: str | int) -> None:
        if self.gate:
            self.text.line(f"store i64 0, ptr {OPEN}, align 8")
        self.write_panels(panels)
        skipped = self.gate.skipped if self.gate else frozenset()
        write_row_sums(self.rows, [array for array in self.plan.sums if array not in skipped], Selection(panels))
        if self.gate:
            with open_panels(self.rows) as count:
                write_row_sums(self.rows, [array for array in self.plan.sums if array in skipped], Selection(count, LIST))

    def write_panel(self) -> None:
        for number, nest in enumerate(self.plan.panels):
            write(self.rows, nest)
            if self.gate and number == self.gate.nest:
                write_gate(self.rows, self.gate)
        if self.gate:
            end_gate(self.rows)

    def write_result(self, place: int, view: View) -> None:
        """A result that was not computed in its place is copied there."""
        home = self.memory.homes.get(view.source) if view.source else None
        if (home is not None and home.base == SUMS) or view.number == 0.0:
            return

        def body(at: Place) -> None:
            address = self.text.address(SUMS, (along(contiguous(view.axes), at) + place) * 8)
            self.text.line(f"store double {self.singles.value(view, at, 0)}, ptr {address}, align 8")

        over_places(self.singles, view.axes, 1, body)


class OutputsFunction(PanelFunction):
    """`@outputs`: the outputs, panel after panel."""

    def __init__(self, program: ArrayProgram, shape: Shape) -> None:
        super().__init__(program, Plan(program.outputs), shape, {})
        self.outputs = program.outputs
        self.memory.panel_bytes = 0  # each panel is done with when the next one begins

    def kernel(self) -> Kernel:
        for nest in self.plan.before:
            write(self.singles, nest)
        self.text.line(f"{DATA} = getelementptr i8, ptr %data, i64 0")
        self.write_panels(1 if self.shape.alone else "%panels")
        return self.finished("outputs", "%results", "The outputs of each row", 1)

    def write_panel(self) -> None:
        super().write_panel()
        size = 8 * self.shape.rows
        for number, view in enumerate(self.outputs):
            for vector in range(self.shape.vectors):
                place = self.rows.panel * (size * len(self.outputs)) + (size * number + 8 * self.shape.lanes * vector)
                value = self.rows.value(view, [], vector)
                address = self.text.address("%results", place)
                self.text.line(f"store {self.rows.kind} {value}, ptr {address}, align {8 * self.shape.lanes}")
