"""The blocks of a picture of a network: the input, a card for each filter, a sequence. Each draws itself where it is put."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from micrograd.engine import Value
from micrograd.text.naming import subscripted
from micrograd.views.diagram import glyph
from micrograd.views.grids.finding import Grids
from micrograd.views.grids.sheet import LEGIBLE, Face, HeatMap, Scale, Sheet, Words, fitting, scale_of
from micrograd.views.grids.stages import Stage
from micrograd.views.grids.words import cell_names, formula_words, noun_of, pool_word, words_for
from micrograd.views.layout.geometry import Box, Point, middle
from micrograd.views.layout.measures import REGULAR, extent, fitted

HEADING, NOTE = 12.0, 10.5
ASIDE = 24.0  # by how much words above a block may be wider than it
SIDE = 52.0  # of a map on a card of a filter
WIDEST = 272.0  # of an input or a sequence
LEAST_WIDTH = 170.0  # of a sequence
OPERATION = 54.0  # the way from map to map, where it says what is done
MOST_FILTERS = 24
LOWEST = 16.0  # cells with numbers


class Numbers:
    """The numbers of a network, and what the full colour stands for in each stage."""

    def __init__(self, grids: Grids, gradients: Mapping[Value, float]) -> None:
        self.grids = grids
        self.gradients = gradients
        self.values = {stage: self.scale(stage, [cell.data for cell in stage.cells]) for stage in grids.stages}
        self.slopes = {stage: self.scale(stage, self.of(stage.cells), "∇") for stage in grids.stages} if gradients else {}
        self.weights = {stage: self.weight_scale(stage) for stage in grids.stages if stage.neurons}

    @property
    def swept(self) -> bool:
        return bool(self.gradients)

    def of(self, nodes: Sequence[Value]) -> list[float]:
        return [self.gradients[node] for node in nodes]

    def scale(self, stage: Stage, numbers: Sequence[float], mark: str = "") -> Scale:
        ink = stage.kind == "input" and not mark and all(0.0 <= number <= 1.0 for number in numbers)
        return scale_of(f"{mark}{noun_of(stage)}", numbers, ink=ink)

    def weight_scale(self, stage: Stage) -> tuple[Scale, Scale]:
        weights = [weight for neuron in stage.neurons for weight in neuron.weights]
        slopes = [self.gradients.get(weight, 0.0) for weight in weights]
        return scale_of("weights", [weight.data for weight in weights]), scale_of("∇weights", slopes)

    @cached_property
    def cell_names(self) -> dict[Value, str]:
        """The names of inputs, and where each other cell stands."""
        found: dict[Value, str] = {}
        for stage in self.grids.stages:
            names = [self.name(cell) for cell in stage.cells] if stage.kind == "input" else cell_names(stage)
            found |= dict(zip(stage.cells, names, strict=True))
        return found

    def name(self, node: Value) -> str:
        return subscripted(self.grids.names[node])


@dataclass(eq=False)
class Block:
    """A part of the picture. `put` gives the points at its right from which lines go on, one for each card or one for all."""

    numbers: Numbers
    stages: list[Stage]  # what it shows: a layer and the pool after it are one
    heading: str = ""
    note: str = ""
    cell: tuple[float, float] = (0.0, 0.0)
    width: float = 0.0
    body: float = 0.0  # how high it is without the words above

    @property
    def stage(self) -> Stage:
        return self.stages[0]

    @property
    def is_legible(self) -> bool:
        """Whether its cells have numbers."""
        return self.cell[0] >= LEGIBLE and self.cell[1] >= LOWEST

    @property
    def layers(self) -> int:
        """Values, and with a sweep gradients."""
        return 2 if self.numbers.swept else 1

    def put(self, sheet: Sheet, left: float, top: float) -> Ports:
        raise NotImplementedError

    @property
    def note_lines(self) -> list[str]:
        return wrapped(self.note, (self.width + ASIDE) / REGULAR, NOTE)

    @property
    def head(self) -> float:
        """What the words above take."""
        return 20.0 + 14.0 * len(self.note_lines)

    @property
    def height(self) -> float:
        return self.head + self.body

    def title(self, sheet: Sheet, left: float, top: float) -> None:
        heading = fitted(self.heading, self.width + ASIDE, HEADING)
        sheet.words.append(Words(left, top + 12.0, heading, HEADING, "heading"))
        for number, line in enumerate(self.note_lines):
            sheet.words.append(Words(left, top + 26.0 + 14.0 * number, line, NOTE))

    def unit(self, gradient: bool) -> str:
        """What the numbers of the first stage are multiples of, if they are shown."""
        scales = self.numbers.slopes if gradient else self.numbers.values
        return scales[self.stage].unit if self.is_legible else ""

    def maps_of(self, stage: Stage, cells: Sequence[Value], box: Box, columns: int, gradient: bool) -> HeatMap:
        scale = self.numbers.slopes[stage] if gradient else self.numbers.values[stage]
        found = self.numbers.of(cells) if gradient else [cell.data for cell in cells]
        mark = "∇" if gradient else ""
        return self.heat_map(scale, found, [f"{mark}{self.numbers.cell_names[cell]}" for cell in cells], box, columns)

    def heat_map(self, scale: Scale, found: Sequence[float], names: Sequence[str], box: Box, columns: int) -> HeatMap:
        width, height = box.width / columns, box.height * columns / len(found)
        size = min(11.5, 0.62 * height)
        return HeatMap(box, columns, scale.heats(found, names, width if height >= LOWEST else 0.0, size), size)


@dataclass
class Ports:
    """Where lines come in at the left of a block and go out at its right: for each channel, or one point for all."""

    entries: list[Point]
    exits: list[Point]
    box: Box


class InputBlock(Block):
    """The picture, and below it the gradient of each of its numbers."""

    def __init__(self, numbers: Numbers, stage: Stage) -> None:
        super().__init__(numbers, [stage])
        shape = stage.shape
        self.name = stage.name or "input"
        self.note = f"{len(stage.cells)} numbers"
        self.rows = shape.rows if shape.rows > 1 else shape.channels
        self.maps = shape.channels if shape.rows > 1 else 1
        most = 544.0 / (self.maps * self.layers)
        self.side = fitting(self.rows, shape.columns, WIDEST, most, 34.0)
        if shape.rows == 1:  # frames may be narrow and low
            self.cell = max(6.0, min(34.0, WIDEST / shape.columns)), max(6.0, min(20.0, most / self.rows))
        else:
            self.cell = self.side, self.side
        self.heading = f"{self.name}{self.unit(False)}"
        self.map_height = self.cell[1] * self.rows
        self.width = max(self.cell[0] * shape.columns + 16.0, 90.0)
        self.body = self.layers * self.maps * (self.map_height + 8.0) + (self.layers - 1) * 20.0 + 8.0

    def put(self, sheet: Sheet, left: float, top: float) -> Ports:
        self.title(sheet, left, top)
        face = Box(left, top + self.head, left + self.width, top + self.height)
        sheet.faces.append(Face(face, "card", f"{self.heading}: {self.note}"))
        columns = self.stage.shape.columns
        v = face.top + 8.0
        for gradient in (False, True)[: self.layers]:
            if gradient:
                sheet.words.append(Words(left + 8.0, v + 12.0, f"∇{self.name}{self.unit(True)}", HEADING, "heading"))
                v += 20.0
            count = len(self.stage.cells) // self.maps
            for number in range(self.maps):
                box = Box(left + 8.0, v, left + 8.0 + self.cell[0] * columns, v + self.map_height)
                cells = self.stage.cells[number * count : (number + 1) * count]
                sheet.maps.append(self.maps_of(self.stage, cells, box, columns, gradient))
                v += self.map_height + 8.0
        point = Point(face.right, face.top + 8.0 + self.map_height * self.maps / 2.0)
        return Ports([], [point], face)


class FiltersBlock(Block):
    """A card for each filter: its weights, how often it is used, its map, and what a pool makes of that."""

    def __init__(self, numbers: Numbers, stages: list[Stage]) -> None:
        super().__init__(numbers, stages)
        count = self.stage.shape.channels
        self.shown = min(count, MOST_FILTERS)
        self.pitch = max(44.0, min(65.0, 560.0 / self.shown))
        self.side = min(SIDE, self.pitch - 11.0)
        parts = len(stages) + bool(self.stage.neurons)
        self.heading = " → ".join(map(words_for, stages))
        self.note = self.notes()
        self.width = 14.0 + parts * self.layers * (self.side + 5.0) + (parts - 1) * OPERATION
        self.body = self.pitch * self.shown

    def notes(self) -> str:
        parts = []
        if self.stage.neurons:
            window = self.stage.window[0]
            size = f"{window.rows}×{window.columns}" + (f"×{window.channels}" if window.channels > 1 else "")
            parts.append(f"{size} weights each, the same at {len(self.stage.windows)} places")
        if self.shown < self.stage.shape.channels:
            parts.append(f"the first {self.shown} of {self.stage.shape.channels}")
        if self.numbers.swept:
            parts.append("right of each its ∇")
        return "; ".join(parts)

    def put(self, sheet: Sheet, left: float, top: float) -> Ports:
        self.title(sheet, left, top)
        ports = Ports([], [], Box(left, top + self.head, left + self.width, top + self.height))
        for channel in range(self.shown):
            line = top + self.head + self.pitch * channel
            face = Box(left, line, left + self.width, line + self.pitch - 5.0)
            sheet.faces.append(Face(face, "card", self.tooltip(channel)))
            self.put_card(sheet, channel, face)
            ports.entries.append(Point(face.left, middle(face).v))
            ports.exits.append(Point(face.right, middle(face).v))
        return ports

    def tooltip(self, channel: int) -> str:
        uses = f", used {len(self.stage.windows)} times" if self.stage.neurons else ""
        return f"{self.stage.name or 'channel'} {channel + 1}{uses}"

    def put_card(self, sheet: Sheet, channel: int, face: Box) -> None:
        left = face.left + 7.0
        top = middle(face).v - self.side / 2.0
        if self.stage.neurons:
            tile = Box(face.left + 3.0, face.top + 3.0, left + self.layers * (self.side + 5.0) - 1.0, face.bottom - 3.0)
            sheet.faces.append(Face(tile, "tile-parameter"))
            for gradient in (False, True)[: self.layers]:
                self.put_weights(sheet, channel, Box(left, top, left + self.side, top + self.side), gradient)
                left += self.side + 5.0
            uses = len(self.stage.windows)
            self.put_operation(sheet, left, middle(face).v, f"{uses} uses", self.activation_words())
            left += OPERATION
        for number, stage in enumerate(self.stages):
            if number:
                self.put_operation(sheet, left, middle(face).v, pool_word(stage), "")
                left += OPERATION
            shape = stage.shape
            count = shape.rows * shape.columns
            cells = stage.cells[channel * count : (channel + 1) * count]
            side = fitting(shape.rows, shape.columns, self.side, self.side)
            for gradient in (False, True)[: self.layers]:
                inset = (self.side - side * shape.columns) / 2.0, (self.side - side * shape.rows) / 2.0
                box = Box(left + inset[0], top + inset[1], left + self.side - inset[0], top + self.side - inset[1])
                sheet.maps.append(self.maps_of(stage, cells, box, shape.columns, gradient))
                left += self.side + 5.0

    def activation_words(self) -> str:
        return glyph(self.stage.activation) if self.stage.activation else ""

    def put_operation(self, sheet: Sheet, left: float, v: float, above: str, below: str) -> None:
        """An arrow, and what it does."""
        u = left - 2.5 + OPERATION / 2.0
        sheet.words.append(Words(u, v + 4.5, "→", 15.0, "note", "middle"))
        for words, base in ((above, v - 7.0), (below, v + 15.5)):
            if words:
                sheet.words.append(Words(u, base, fitted(words, OPERATION - 4.0, 9.5), 9.5, "note", "middle"))

    def put_weights(self, sheet: Sheet, channel: int, room: Box, gradient: bool) -> None:
        """The weights of a filter, each channel that it reads on a square of its own."""
        window, neuron = self.stage.window[0], self.stage.neurons[channel]
        weights = self.stage.weights(neuron)
        across = math.ceil(math.sqrt(window.channels))
        down = math.ceil(window.channels / across)
        share = room.width / across, room.height / down
        side = fitting(window.rows, window.columns, share[0] - 1.0, share[1] - 1.0)
        count = window.rows * window.columns
        scale = self.numbers.weights[self.stage][gradient]
        for number in range(window.channels):
            row, column = divmod(number, across)
            width, height = side * window.columns, side * window.rows
            left = room.left + share[0] * column + (share[0] - width) / 2.0
            top = room.top + share[1] * row + (share[1] - height) / 2.0
            part = weights[number * count : (number + 1) * count]
            found = self.numbers.of(part) if gradient else [weight.data for weight in part]
            mark = "∇" if gradient else ""
            names = [f"{mark}{self.numbers.name(weight)}" for weight in part]
            sheet.maps.append(self.heat_map(scale, found, names, Box(left, top, left + width, top + height), window.columns))


class RowsBlock(Block):
    """Channels from above to below, time from left to right; below the values the gradients, and before them the weights."""

    def __init__(self, numbers: Numbers, stage: Stage) -> None:
        super().__init__(numbers, [stage])
        shape = stage.shape
        self.rows = shape.channels * shape.rows
        self.cell = max(6.0, min(34.0, WIDEST / shape.columns)), max(5.0, min(20.0, 200.0 / (self.rows * self.layers)))
        self.weights = len(stage.order)
        self.weight_width = max(1.5, min(12.0, 90.0 / self.weights)) if self.weights else 0.0
        self.room = self.weights * self.weight_width + (18.0 if self.weights else 0.0)
        self.heading, self.note = words_for(stage), self.notes()
        self.width = max(16.0 + self.room + self.cell[0] * shape.columns, LEAST_WIDTH)
        self.body = 16.0 + self.layers * self.rows * self.cell[1] + (self.layers - 1) * 20.0

    def notes(self) -> str:
        if self.stage.kind == "formula":
            return formula_words(self.stage)
        if not self.weights:
            return ""
        stages = self.numbers.grids.stages
        before = [read.name or "itself" for read in self.stage.reads if stages.index(read) >= stages.index(self.stage)]
        state = f", reads {before[0]} of the step before" if before else ""
        return f"{self.weights} weights each, used {len(self.stage.windows)} times{state}"

    def put(self, sheet: Sheet, left: float, top: float) -> Ports:
        self.title(sheet, left, top)
        face = Box(left, top + self.head, left + self.width, top + self.height)
        sheet.faces.append(Face(face, "card", f"{self.heading}: {self.note}"))
        height = self.rows * self.cell[1]
        v = face.top + 8.0
        for gradient in (False, True)[: self.layers]:
            if gradient:
                sheet.words.append(Words(left + 8.0, v + 12.0, f"∇{self.unit(True)}", HEADING, "heading"))
                v += 20.0
            if self.weights:
                self.put_weights(sheet, Box(left + 8.0, v, left + 8.0 + self.weights * self.weight_width, v + height), gradient)
            start = left + 8.0 + self.room
            box = Box(start, v, start + self.cell[0] * self.stage.shape.columns, v + height)
            sheet.maps.append(self.maps_of(self.stage, self.stage.cells, box, self.stage.shape.columns, gradient))
            v += height
        v = face.top + 8.0 + height / 2.0
        return Ports([Point(face.left, v)], [Point(face.right, v)], face)

    def put_weights(self, sheet: Sheet, box: Box, gradient: bool) -> None:
        tile = box.grown(4.0)
        sheet.faces.append(Face(tile, "tile-parameter"))
        weights = [weight for neuron in self.stage.neurons for weight in self.stage.weights(neuron)]
        found = self.numbers.of(weights) if gradient else [weight.data for weight in weights]
        names = [f"{'∇' if gradient else ''}{self.numbers.name(weight)}" for weight in weights]
        sheet.maps.append(self.heat_map(self.numbers.weights[self.stage][gradient], found, names, box, self.weights))


def wrapped(text: str, room: float, size: float) -> list[str]:
    """The text in lines that are no longer than the room."""
    lines: list[str] = []
    for word in text.split():
        if lines and extent(f"{lines[-1]} {word}") * size <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
