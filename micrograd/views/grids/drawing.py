"""The picture of a network: its blocks from left to right, what goes from one to the next, and the scales of the colours."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd.engine import NoGradient
from micrograd.text.naming import shown, subscripted
from micrograd.views.batches.drawing import largest, strength_of
from micrograd.views.grids.blocks import NOTE, Block, FiltersBlock, InputBlock, Numbers, Ports, RowsBlock, wrapped
from micrograd.views.grids.finding import Grids
from micrograd.views.grids.outputs import MOST_CARDS, CardsBlock, CellsBlock, LossBlock
from micrograd.views.grids.sheet import Sheet, Stroke, Words
from micrograd.views.grids.stages import Stage
from micrograd.views.layout.geometry import Point, swung
from micrograd.views.layout.measures import REGULAR

MARGIN = 20.0
BETWEEN = 22.0  # blocks of a column
GAPS = {True: 96.0, False: 48.0}  # before a block: where lines fan out to the cards of outputs, and else


def sheet_of(grids: Grids, *, swept: bool | None = None) -> Sheet:
    """All that is to be seen, with gradients if there was a sweep, or as it is said here."""
    if swept is None:
        swept = not isinstance(grids.output.grad, NoGradient)
    return Arrangement(Numbers(grids, grids.gradients() if swept else {})).sheet


class Arrangement:
    """Puts the blocks into columns, each after those that it reads."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.grids = numbers.grids
        self.sheet = Sheet(title=self.title)
        self.blocks = list(self.all_blocks())
        self.block_of = {stage: block for block in self.blocks for stage in block.stages}
        self.columns = self.levels()
        self.ports: dict[Block, Ports] = {}
        self.put_blocks()
        for block in self.blocks:
            self.put_lines(block)
        self.put_scales()

    @property
    def title(self) -> str:
        name = subscripted(self.grids.names[self.grids.output])
        return f"a network of {len(self.grids.parameters)} parameters, the graph of {len(self.grids.order)} nodes below {name}"

    # ---- blocks

    def all_blocks(self) -> Iterator[Block]:
        """One for each stage, with a pool on the cards of the maps that it pools; and the loss."""
        pooled: dict[Stage, Stage] = {}
        for stage in self.grids.stages:
            readers = [other for other in self.grids.stages if stage in other.reads]
            if stage.shape.rows > 1 and len(readers) == 1 and readers[0].kind == "pool" and stage.kind != "input":
                pooled[stage] = readers[0]
        for stage in self.grids.stages:
            if stage in pooled.values():
                continue
            group = [stage]
            while group[-1] in pooled:
                group.append(pooled[group[-1]])
            yield self.block(group)
        if not self.grids.ends_in_cell:
            yield LossBlock(self.numbers)

    def block(self, group: list[Stage]) -> Block:
        stage, shape = group[0], group[0].shape
        if stage.kind == "input":
            return InputBlock(self.numbers, stage)
        if shape.rows > 1:
            return FiltersBlock(self.numbers, group)
        if shape.columns > 1:
            return RowsBlock(self.numbers, stage)
        is_last = not any(stage in other.reads for other in self.grids.stages)
        return (CardsBlock if is_last and shape.channels <= MOST_CARDS else CellsBlock)(self.numbers, stage)

    def levels(self) -> list[list[Block]]:
        """The blocks of each column; what a step reads of the one before it does not count."""
        level: dict[Stage, int] = {}
        for stage in self.grids.stages:
            group = self.block_of[stage].stages
            level[stage] = (
                level[group[0]]
                if stage in group[1:]
                else 1 + max([level[read] for read in stage.reads if read in level], default=-1)
            )
            if stage.kind != "input":
                level[stage] = max(level[stage], 1)
        last = max(level.values())
        columns: list[list[Block]] = [[] for _ in range(last + 2)]
        for block in self.blocks:
            columns[level[block.stage] if block.stages else last + 1].append(block)
        return [column for column in columns if column]

    def put_blocks(self) -> None:
        heights = [sum(block.height for block in column) + BETWEEN * (len(column) - 1) for column in self.columns]
        left = MARGIN
        for number, (column, height) in enumerate(zip(self.columns, heights, strict=True)):
            if number:
                left += GAPS[isinstance(column[0], CardsBlock)]
            top = MARGIN + (max(heights) - height) / 2.0
            for block in column:
                self.ports[block] = block.put(self.sheet, left, top)
                top += block.height + BETWEEN
            left += max(block.width for block in column)
        self.sheet.width = left + MARGIN
        self.sheet.height = max(heights) + 2.0 * MARGIN

    # ---- lines

    def put_lines(self, block: Block) -> None:
        """What comes to a block from the left: from each card what it adds to an output, and else the way alone."""
        entries = self.ports[block].entries
        if isinstance(block, LossBlock):
            for other in self.blocks:
                if other.stages and not any(stage in reader.reads for reader in self.grids.stages for stage in other.stages):
                    self.fan(self.ports[other].exits, entries)
            return
        for source in dict.fromkeys(self.block_of[read] for stage in block.stages for read in stage.reads):
            exits = self.ports[source].exits
            if source is block or exits[0].u > self.ports[block].box.left:
                continue
            if isinstance(block, CardsBlock) and block.stage.neurons:
                self.contributions(block.stage, source, exits, entries)
            else:
                self.fan(exits, entries)

    def fan(self, exits: list[Point], entries: list[Point]) -> None:
        self.sheet.strokes += [Stroke(swung([start], end), faint=len(exits) > 1) for start in exits for end in entries]

    def contributions(self, stage: Stage, source: Block, exits: list[Point], entries: list[Point]) -> None:
        """What each map adds to an output, or after a sweep what each output sends back to it."""
        cells = [cell for read in stage.reads for cell in read.cells]
        owner = {cell: channel for channel, line in enumerate(self.channels(source)) for cell in line}
        window = [cells[number] for number in stage.windows[0]]
        sums: dict[tuple[int, int], float] = {}
        for channel, neuron in enumerate(stage.neurons):
            slope = self.numbers.gradients.get(stage.before[channel])
            for cell, weight in zip(window, stage.weights(neuron), strict=True):
                if cell in owner:
                    key = (owner[cell] if len(exits) > 1 else 0, channel)
                    sums[key] = sums.get(key, 0.0) + weight.data * (cell.data if slope is None else slope)
        most = largest(sums.values())
        for (tail, head), number in sums.items():
            if tail < len(exits):
                told = "adds" if not self.numbers.swept else "gets back"
                self.sheet.strokes.append(
                    Stroke(
                        swung([exits[tail]], entries[head]),
                        (number > 0.0) - (number < 0.0),
                        strength_of(number, most),
                        not self.numbers.swept and head != self.chosen(stage),
                        f"{told} {number!r}",
                    )
                )

    def channels(self, block: Block) -> list[list[object]]:
        """The cells of each card of a block."""
        stage = block.stages[-1]
        count = stage.shape.rows * stage.shape.columns
        return [list(stage.cells[start : start + count]) for start in range(0, len(stage.cells), count)]

    def chosen(self, stage: Stage) -> int:
        """The output whose lines are strong: the wanted one, or else the largest."""
        grids = self.grids
        if grids.target is not None and grids.outputs[grids.target] in stage.cells:
            return stage.cells.index(grids.outputs[grids.target])
        return max(range(len(stage.cells)), key=lambda number: stage.cells[number].data)

    # ---- words

    def put_scales(self) -> None:
        """What the full colours stand for, below all."""
        parts = []
        for stage in self.grids.stages:
            if stage.kind == "dense" and not isinstance(self.block_of[stage], CellsBlock):
                continue
            scale = self.numbers.values[stage]
            parts.append(f"{scale.name} 0 to 1" if scale.ink else f"{scale.name} ±{shown(scale.most)}")
            if self.numbers.swept:
                parts.append(f"∇ ±{shown(self.numbers.slopes[stage].most)}")
            if stage in self.numbers.weights and stage.kind == "filters":
                weights, slopes = self.numbers.weights[stage]
                parts.append(f"its weights ±{shown(weights.most)}" + (f", ∇ ±{shown(slopes.most)}" if self.numbers.swept else ""))
        for line in [
            *wrapped("full colours: " + "; ".join(parts), (self.sheet.width - 2.0 * MARGIN) / REGULAR, NOTE),
            self.legend,
        ]:
            self.sheet.words.append(Words(MARGIN, self.sheet.height + 6.0, line, NOTE))
            self.sheet.height += 17.0

    @property
    def legend(self) -> str:
        cards = [block for block in self.blocks if isinstance(block, CardsBlock) and block.stage.neurons]
        if not cards:
            return "orange is above 0, purple below"
        lines = "what each output sends back" if self.numbers.swept else "what is added to each output"
        return f"orange is above 0, purple below; lines: {lines}"
