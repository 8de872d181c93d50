"""The stages of a network, each made of one part of the graph: its cells, where they stand, and what each of them reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from micrograd.engine import Constant, Value
from micrograd.ops import Op
from micrograd.text.formulas import ATOM, number_text, operation_text, typeset
from micrograd.text.naming import Label
from micrograd.views.grids.neurons import Neuron, Window, is_learned
from micrograd.views.grids.parts import Cell, FormulaPart, LayerPart, Part, PoolPart
from micrograd.views.grids.shapes import Shape, View, picture_of, view_of

NOTHING = -1  # the cell read where a 0 stands: the state before the first step


class NoGridsError(Exception):
    """Why a graph has no stages, as the end of a sentence."""


@dataclass(eq=False)
class Stage:
    """Cells by channel, row and column.

    `windows` has the cells that are read at each place, in the order of `window`, counted through all stages that are read;
    a pool reads the same places of each channel, and a formula has one window for each cell. A cell is NOTHING where a 0
    stands in its stead.
    """

    kind: str  # "input", "filters", "dense", "pool" or "formula"
    name: str
    shape: Shape
    cells: list[Value]
    reads: list[Stage] = field(default_factory=list)
    windows: list[list[int]] = field(default_factory=list)
    window: list[Shape] = field(default_factory=list)
    dilation: tuple[int, int] = (1, 1)
    neurons: list[Neuron] = field(default_factory=list)
    order: list[int] = field(default_factory=list)  # which of a neuron's weights stands at each cell of the window
    before: list[Value] = field(default_factory=list)  # the sums ahead of the activation
    activation: Op | None = None
    parameters: list[Value] = field(default_factory=list)  # that a formula reads beside cells
    text: str = ""  # which pool it is; or the formula, with {0} in the place of the first cell of a window

    def weights(self, neuron: Neuron) -> list[Value]:
        """The weights of a neuron as the cells of a window stand."""
        return [neuron.weights[position] for position in self.order]


class Slot(NamedTuple):
    """The positions of a window that read one part, or the input; and how they read it."""

    source: Part | Stage
    positions: list[int]
    view: View


class Formula(NamedTuple):
    """Its nodes, each before those that it reads; what it is applied to, as it is read; and the number of each operand there."""

    steps: list[Value]
    operands: list[Value]
    number: dict[tuple[Value, int], int]  # by the node that reads it, and its place among the parents of that


class Builder:
    """Makes the stages of the parts, in their order, the inputs first."""

    def __init__(self, parts: Sequence[Part], cells: Mapping[Value, Cell], made: set[Value], given: Mapping[Value, str]) -> None:
        self.parts = [part for part in parts if not (isinstance(part, FormulaPart) and part.nested)]
        self.cells = cells
        self.made = made  # all that is computed by neurons
        self.names = {leaf: given.get(leaf) or leaf.label or "" for leaf in leaves_of(parts)}
        self.inputs: list[Stage] = []
        self.frames: dict[tuple[Window, ...], tuple[Stage, list[list[int]]]] = {}  # what has been looked up of the inputs
        self.stages: dict[Part, Stage] = {}
        self.places: dict[Part, list[int]] = {}  # for each place of a part the one of its stage
        self.read: dict[Stage, list[Part | Stage]] = {}

    def built(self) -> list[Stage]:
        for part in self.parts:
            if not part.is_complete:
                raise NoGridsError("its neurons are not all used at the same places")
        layers = [part for part in self.parts if isinstance(part, LayerPart)]
        for layer in sorted(layers, key=lambda part: -part.places):  # what is read at most places has its form known
            self.add_input(layer)
        for part in self.parts:
            if isinstance(part, LayerPart):
                self.add_layer(part)
            elif isinstance(part, PoolPart):
                self.add_pool(part)
            elif isinstance(part, FormulaPart):
                self.add_formula(part)
        for stage, sources in self.read.items():
            stage.reads = [self.stages[source] if isinstance(source, Part) else source for source in sources]
        self.give_names()
        return [*self.inputs, *self.stages.values()]

    def give_names(self) -> None:
        """Call the state that layers read h, and what else is kept c; tell the halves of one layer apart by what they read."""
        states = {source for stage in self.read if stage.kind in ("filters", "dense") for source in stage.reads}
        names = Counter(stage.name for stage in self.stages.values() if stage.neurons)
        for stage in self.stages.values():
            if stage.kind == "formula":
                stage.name = "h" if stage in states else "c"
        for stage in self.stages.values():
            if stage.name and names[stage.name] > 1:
                stage.name = f"{stage.name} {stage.reads[0].name}".strip()

    # ---- inputs

    def input_positions(self, windows: Sequence[Window]) -> list[int]:
        """The positions at which nothing but input is read."""
        return [place for place, column in enumerate(zip(*windows, strict=True)) if self.cells.keys().isdisjoint(column)]

    def add_input(self, part: LayerPart) -> None:
        """Let the leaves that a layer reads be an input, unless they are cells of one already."""
        windows = part.layer.windows
        positions = self.input_positions(windows)
        leaves = tuple([tuple([window[position] for position in positions]) for window in windows])
        if not positions or leaves in self.frames:
            return
        if any(leaf in self.made for window in leaves for leaf in window):
            raise NoGridsError("a neuron reads what is no cell of a layer")
        for stage in self.inputs:
            number = {leaf: place for place, leaf in enumerate(stage.cells)}
            if len(number) == len(stage.cells) and all(leaf in number for window in leaves for leaf in window):
                self.frames[leaves] = stage, [[number[leaf] for leaf in window] for window in leaves]
                return
        cells, shape = picture_of(leaves, self.names)
        number = {leaf: place for place, leaf in enumerate(cells)}
        read = [[number[leaf] for leaf in window] for window in leaves]
        if len(number) < len(cells):  # the same leaf in several frames, as a letter has the same numbers each time
            read = [[position * len(leaves) + time for position in range(len(positions))] for time in range(len(leaves))]
        stage = Stage("input", self.input_name(cells), shape, cells)
        self.inputs.append(stage)
        self.frames[leaves] = stage, read

    def input_name(self, cells: Sequence[Value]) -> str:
        names = {self.names[cell].rstrip("0123456789") for cell in cells}
        return names.pop() if len(names) == 1 else ""

    # ---- layers

    def add_layer(self, part: LayerPart) -> None:
        windows, layer = part.layer.windows, part.layer
        slots = list(self.slots(part))
        places = slots[0].view.places
        rows, columns = slots[0].view.rows, slots[0].view.columns
        if any((slot.view.rows, slot.view.columns, slot.view.places) != (rows, columns, places) for slot in slots):
            raise NoGridsError("a layer reads at places that do not go together")
        stage = self.new_stage(part, "dense" if len(windows) == 1 else "filters", layer.name, places, rows, columns)
        stage.neurons, stage.activation = layer.neurons, layer.activation
        keys = list(layer.neurons[0].uses)
        stage.before = [neuron.uses[keys[place]].before for neuron in layer.neurons for place in places]
        stage.order = [slot.positions[position] for slot in slots for position in slot.view.order]
        stage.window = [slot.view.window for slot in slots]
        stage.dilation = slots[0].view.dilation
        self.read[stage] = [slot.source for slot in slots]
        self.join_windows(stage, [slot.view.windows for slot in slots], [self.size_of(slot.source) for slot in slots])

    def new_stage(self, part: Part, kind: str, name: str, places: Sequence[int], rows: int, columns: int) -> Stage:
        if len(places) != part.places:
            raise NoGridsError("what is computed cell by cell is not computed at all places")
        cells = [part.nodes[channel, place] for channel in range(part.channels) for place in places]
        stage = self.stages[part] = Stage(kind, name, Shape(part.channels, rows, columns), cells)
        self.places[part] = sorted(range(len(places)), key=places.__getitem__)
        return stage

    def size_of(self, source: Part | Stage) -> int:
        return len(source.nodes) if isinstance(source, Part) else len(source.cells)

    def join_windows(self, stage: Stage, views: Sequence[Sequence[Sequence[int]]], sizes: Sequence[int]) -> None:
        """Count the cells of the windows through all stages that are read."""
        starts = [sum(sizes[:number]) for number in range(len(sizes))]
        stage.windows = [
            [cell if cell == NOTHING else start + cell for start, cells in zip(starts, parts, strict=True) for cell in cells]
            for parts in zip(*views, strict=True)
        ]

    def slots(self, part: LayerPart) -> Sequence[Slot]:
        """How a layer reads: what it reads at one place each time has a view, and what was there before it a state."""
        windows = part.layer.windows
        found: list[Slot] = []
        positions = self.input_positions(windows)
        if positions:
            leaves = tuple([tuple([window[position] for position in positions]) for window in windows])
            stage, read = self.frames[leaves]
            found.append(Slot(stage, positions, self.checked(view_of(read, stage.shape))))
        by_source: dict[Part, list[int]] = {}
        for position, column in enumerate(zip(*windows, strict=True)):
            sources = {self.cells[node].part for node in column if node in self.cells}
            if len(sources) > 1:
                raise NoGridsError("a neuron reads at one place what is of several layers")
            for source in sources:
                by_source.setdefault(source, []).append(position)
        for source, own in by_source.items():
            is_state = source not in self.stages or any(window[own[0]] not in self.cells for window in windows)
            view = self.state_view(windows, own, source) if is_state else self.view_on(windows, own, source)
            found.append(Slot(source, own, self.checked(view)))
        return found

    def checked(self, view: View | None) -> View:
        if view is None:
            raise NoGridsError("the windows of its neurons are not alike, in rows and columns")
        return view

    def view_on(self, windows: Sequence[Window], positions: Sequence[int], source: Part) -> View | None:
        shape = self.stages[source].shape
        return view_of([[self.cell_number(window[position]) for position in positions] for window in windows], shape)

    def cell_number(self, node: Value) -> int:
        part, channel, place = self.cells[node]
        return channel * part.places + self.places[part][place]

    def state_view(self, windows: Sequence[Window], positions: Sequence[int], source: Part) -> View | None:
        """What the step before left: at the first step zeros."""
        count = len(windows)
        if source.places != count:
            return None
        read = [[self.state_cell(window[position], time, count) for position in positions] for time, window in enumerate(windows)]
        channels = [cell - cell % count for cell in read[-1]]
        if read[1:] != [[cell + time for cell in channels] for time in range(count - 1)]:
            return None
        if set(read[0]) != {NOTHING}:
            return None
        order = sorted(range(len(channels)), key=channels.__getitem__)
        ordered = [[line[position] for position in order] for line in read]
        return View(ordered, Shape(len(channels), 1, 1), (1, 1), 1, count, list(range(count)), order)

    def state_cell(self, node: Value, time: int, count: int) -> int:
        if node in self.cells:
            return self.cells[node].channel * count + self.cells[node].place
        if time or node.data:
            raise NoGridsError("the state before the first step is not 0")
        return NOTHING

    # ---- pools and formulas

    def add_pool(self, part: PoolPart) -> None:
        source = self.stages.get(part.source)
        if source is None:
            raise NoGridsError("a sum is taken over several steps of a state")
        place = self.places[part.source]
        view = self.checked(view_of([[place[at] for at in window] for window in part.windows], source.shape._replace(channels=1)))
        stage = self.new_stage(part, "pool", "", view.places, view.rows, view.columns)
        stage.windows, stage.window, stage.text = view.windows, [view.window], part.op
        self.read[stage] = [part.source]

    def add_formula(self, part: FormulaPart) -> None:
        """A stage of the same places as what it reads there."""
        last = part.nodes[0, part.places - 1]
        beside = [self.cells[operand].part for operand in self.read_by(last).operands if self.is_beside(operand, last)]
        if not beside or beside[0] not in self.stages:
            raise NoGridsError("what is computed cell by cell reads no layer")
        shape, at = self.stages[beside[0]].shape, self.places[beside[0]]
        stage = self.new_stage(part, "formula", "", sorted(range(len(at)), key=at.__getitem__), shape.rows, shape.columns)
        stage.text = formula_text(self.read_by(last))
        steps = [step for node in stage.cells for step in self.read_by(node).steps]
        stage.parameters = list(dict.fromkeys(leaf for step in steps for leaf in step.parents if is_learned(leaf)))
        read = [[self.state_or_cell(operand) for operand in self.read_by(node).operands] for node in stage.cells]
        sources = list(dict.fromkeys(cell.part for line in read for cell in line if cell))
        starts = {source: sum(len(before.nodes) for before in sources[:number]) for number, source in enumerate(sources)}
        stage.windows = [
            [NOTHING if cell is None else starts[cell.part] + self.number_of(cell) for cell in line] for line in read
        ]
        self.read[stage] = list(sources)

    def is_beside(self, operand: Value, node: Value) -> bool:
        return operand in self.cells and self.cells[operand].place == self.cells[node].place

    def state_or_cell(self, operand: Value) -> Cell | None:
        if operand not in self.cells and operand.data:
            raise NoGridsError("the state before the first step is not 0")
        return self.cells.get(operand)

    def number_of(self, cell: Cell) -> int:
        """The number of a cell in its stage; a stage that is not made yet has its places in the order of their steps."""
        at = self.places.get(cell.part)
        return cell.channel * cell.part.places + (at[cell.place] if at else cell.place)

    def is_step(self, node: Value) -> bool:
        """Whether the node is only a step within a formula."""
        part = self.cells[node].part if node in self.cells else None
        return isinstance(part, FormulaPart) and part.nested

    def read_by(self, root: Value) -> Formula:
        """What a formula is made of."""
        steps: list[Value] = []
        operands: list[Value] = []
        number: dict[tuple[Value, int], int] = {}
        stack = [(root, root, 0)]
        while stack:
            node, reader, position = stack.pop()
            if node is root or self.is_step(node):
                steps.append(node)
                stack += [(parent, node, place) for place, parent in reversed([*enumerate(node.parents)])]
            elif type(node) is not Constant and not is_learned(node):
                number[reader, position] = len(operands)
                operands.append(node)
        return Formula(steps, operands, number)


def leaves_of(parts: Iterable[Part]) -> set[Value]:
    return {leaf for part in parts if isinstance(part, LayerPart) for window in part.layer.windows for leaf in window}


def formula_text(formula: Formula) -> str:
    """In symbols, with {0} in the place of the first operand."""
    written: dict[Value, tuple[str, int]] = {}
    for step, op in [(step, step.op) for step in reversed(formula.steps) if step.op]:
        operands = []
        for place, parent in enumerate(step.parents):
            if (step, place) in formula.number:
                operands.append((f"{{{formula.number[step, place]}}}", ATOM))
            else:
                operands.append(written.get(parent) or constant_text(parent))
        written[step] = operation_text(op, operands, "symbols")
    return typeset(written[formula.steps[0]][0], "symbols")


def constant_text(leaf: Value) -> tuple[str, int]:
    """A number as it is, and a parameter by its name, which is the same at all places."""
    return (leaf.label.name, ATOM) if isinstance(leaf.label, Label) else number_text(leaf.data, latex=False)
