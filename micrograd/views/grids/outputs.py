"""The last blocks of a picture of a network: layers without windows, the outputs and the loss."""

from __future__ import annotations

import math

from micrograd.engine import Value
from micrograd.text.naming import shown, subscripted
from micrograd.views.grids.blocks import NOTE, Block, Numbers, Ports
from micrograd.views.grids.sheet import Bar, Face, HeatMap, Scale, Sheet, Words, scale_of
from micrograd.views.grids.stages import Stage
from micrograd.views.grids.words import loss_name, words_for
from micrograd.views.layout.geometry import Box, Point, middle

NUMBER, GLYPH = 12.0, 17.0
MOST_CARDS = 16


class CardsBlock(Block):
    """A card for each output: its number, its probability where the loss has one, and its gradient."""

    def __init__(self, numbers: Numbers, stage: Stage) -> None:
        super().__init__(numbers, [stage])
        count = len(stage.cells)
        self.heading = f"{count} outputs" if count > 1 else "output"
        self.note = f"{len(stage.order)} weights each" if stage.order else words_for(stage)
        self.chances = self.probabilities()
        self.pitch = 52.0
        self.width = 206.0 if self.chances else 130.0
        self.body = self.pitch * count

    def probabilities(self) -> list[float]:
        """Those of the cells, in their order, if the loss is a cross-entropy of them."""
        grids = self.numbers.grids
        if grids.probabilities is None or set(grids.outputs) != set(self.stage.cells):
            return []
        chance = dict(zip(grids.outputs, grids.probabilities, strict=True))
        return [chance[cell] for cell in self.stage.cells]

    def put(self, sheet: Sheet, left: float, top: float) -> Ports:
        self.title(sheet, left, top)
        ports = Ports([], [], Box(left, top + self.head, left + self.width, top + self.height))
        for number, cell in enumerate(self.stage.cells):
            line = top + self.head + self.pitch * number
            face = Box(left, line, left + self.width, line + self.pitch - 6.0)
            wanted = self.wanted
            sheet.faces.append(Face(face, "output" if number == wanted else "card", self.tooltip(number, cell)))
            sheet.faces.append(Face(Box(face.left + 3.0, face.top + 3.0, face.left + 37.0, face.bottom - 3.0), "tile-op"))
            label = str(number) if self.chances else subscripted(f"o{number + 1}" if len(self.stage.cells) > 1 else "o")
            sheet.words.append(Words(face.left + 20.0, middle(face).v + 6.0, label, GLYPH, "glyph", "middle"))
            self.put_numbers(sheet, cell, Box(face.left + 42.0, face.top, face.left + 122.0, face.bottom))
            if self.chances:
                self.put_chance(sheet, number, Box(face.left + 130.0, face.top, face.right - 10.0, face.bottom))
            ports.entries.append(Point(face.left, middle(face).v))
            ports.exits.append(Point(face.right, middle(face).v))
        return ports

    @property
    def wanted(self) -> int | None:
        """The number of the wanted output among the cells."""
        grids = self.numbers.grids
        return None if grids.target is None or not self.chances else self.stage.cells.index(grids.outputs[grids.target])

    def tooltip(self, number: int, cell: Value) -> str:
        lines = [f"output {number} = {cell.data!r}"]
        if self.chances:
            lines.append(f"probability {self.chances[number]!r}")
        if self.numbers.swept:
            lines.append(f"∇output {number} = {self.numbers.gradients[cell]!r}")
        return "\n".join(lines)

    def put_numbers(self, sheet: Sheet, cell: Value, room: Box) -> None:
        put_value_and_gradient(sheet, cell, self.numbers, self.numbers.slopes.get(self.stage), room)

    def put_chance(self, sheet: Sheet, number: int, room: Box) -> None:
        chance = self.chances[number]
        said = chance == max(self.chances)
        mark = "true" if number == self.wanted else "said" if said else ""
        if mark:
            sheet.words.append(Words(room.left, middle(room).v - 3.0, mark, NOTE, "heading"))
        sheet.words.append(Words(room.right, middle(room).v - 3.0, shown(round(chance, 2)), NUMBER, "number", "end"))
        sheet.bars.append(Bar(Box(room.left, middle(room).v + 5.0, room.right, middle(room).v + 13.0), chance))


class CellsBlock(Block):
    """A hidden layer without windows, or many outputs: a cell for each neuron."""

    def __init__(self, numbers: Numbers, stage: Stage) -> None:
        super().__init__(numbers, [stage])
        count = len(stage.cells)
        name, _, neurons = words_for(stage).rpartition(": ")
        self.heading = name or "layer"
        self.note = f"{neurons}; {len(stage.order)} weights each" if stage.order else neurons
        self.columns = 1 if count <= MOST_CARDS else math.ceil(count / MOST_CARDS)
        self.rows = math.ceil(count / self.columns)
        self.cell = (36.0, 24.0) if self.columns == 1 else (max(12.0, 36.0 / self.columns * 1.5), 20.0)
        self.inside = self.layers * (self.columns * self.cell[0] + 6.0) - 6.0
        self.width = max(16.0 + self.inside, 130.0)
        self.body = 16.0 + self.rows * self.cell[1]

    def put(self, sheet: Sheet, left: float, top: float) -> Ports:
        self.title(sheet, left, top)
        face = Box(left, top + self.head, left + self.width, top + self.height)
        sheet.faces.append(Face(face, "card", f"{self.heading}: {self.note}"))
        start = left + (self.width - self.inside) / 2.0
        for gradient in (False, True)[: self.layers]:
            for row in range(self.rows):
                cells = self.stage.cells[row * self.columns : (row + 1) * self.columns]
                v = face.top + 8.0 + row * self.cell[1]
                box = Box(start, v, start + len(cells) * self.cell[0], v + self.cell[1])
                sheet.maps.append(self.maps_of(self.stage, cells, box, len(cells), gradient))
            start += self.columns * self.cell[0] + 6.0
        point = middle(face)
        return Ports([Point(face.left, point.v)], [Point(face.right, point.v)], face)


class LossBlock(Block):
    """The loss, and its formula where that is known."""

    def __init__(self, numbers: Numbers) -> None:
        super().__init__(numbers, [], "loss")
        self.width, self.body = 138.0, 62.0
        grids = numbers.grids
        self.lines: list[str] = []
        if grids.probabilities is not None and grids.target is not None:
            self.lines = [f"−log p({grids.target})", f"= −log {chance_words(grids.probabilities[grids.target])}"]

    def put(self, sheet: Sheet, left: float, top: float) -> Ports:
        output = self.numbers.grids.output
        self.title(sheet, left, top)
        face = Box(left, top + self.head, left + self.width, top + self.head + 62.0)
        sheet.faces.append(Face(face, "output", f"{loss_name(self.numbers.grids)} = {output.data!r}"))
        sheet.faces.append(Face(Box(face.left + 3.0, face.top + 3.0, face.left + 37.0, face.bottom - 3.0), "tile-op"))
        sheet.words.append(Words(face.left + 20.0, middle(face).v + 8.0, "L", 24.0, "loss", "middle"))
        put_value_and_gradient(
            sheet,
            output,
            self.numbers,
            scale_of("", [1.0]) if self.numbers.swept else None,
            Box(face.left + 42.0, face.top + 8.0, face.right - 4.0, face.bottom - 8.0),
        )
        for number, line in enumerate(self.lines):
            sheet.words.append(Words(left, face.bottom + 18.0 + 16.0 * number, line, NOTE + 1.0))
        return Ports([Point(face.left, middle(face).v)], [], face)


def chance_words(chance: float) -> str:
    """A probability that is written as 1 only where it is 1.

    >>> chance_words(0.25), chance_words(1.0 - 2.0**-20), chance_words(1.0)
    ('0.25', '(1 − 9.54e−7)', '1')
    """
    words = shown(chance)
    return f"(1 − {shown(1.0 - chance)})" if words == "1" and chance < 1.0 else words


def put_value_and_gradient(sheet: Sheet, node: Value, numbers: Numbers, slopes: Scale | None, room: Box) -> None:
    """The number of a node, and below it its gradient on its colour."""
    v = middle(room).v
    if slopes is None:
        sheet.words.append(Words(room.right - 4.0, v + 4.5, shown(node.data), NUMBER, "number", "end"))
        return
    sheet.words.append(Words(room.right - 4.0, v - 4.0, shown(node.data), NUMBER, "number", "end"))
    box = Box(room.left, v + 1.0, room.right, v + 18.0)
    slope = numbers.gradients[node]
    cell = slopes.heats([slope], [""], 0.0, NUMBER)[0]._replace(text=f"∇ {shown(slope)}")
    sheet.maps.append(HeatMap(box, 1, [cell], NUMBER))
