"""What the stages of a network are called in pictures."""

from __future__ import annotations

from micrograd.display.characters import printable
from micrograd.text.naming import subscripted
from micrograd.views.diagram import glyph
from micrograd.views.grids.finding import Grids
from micrograd.views.grids.stages import Stage

BEFORE = "ₜ₋₁"  # after the name of what a step reads of the one before


def noun_of(stage: Stage) -> str:
    """What the cells of a stage are called."""
    if stage.kind == "input":
        return stage.name or "input"
    if stage.kind == "filters":
        return "maps" if stage.shape.rows > 1 else stage.name.rpartition(".")[2] or "features"
    if stage.kind == "pool":
        return {"mean": "means", "max": "largest", "sum": "sums"}[stage.text]
    return stage.name.rpartition(".")[2] or "outputs"


def one_of(stage: Stage) -> str:
    """What one of its cells is called."""
    noun = noun_of(stage)
    return noun[:-1] if noun in ("maps", "means", "sums", "features", "outputs") else noun


def cell_names(stage: Stage) -> list[str]:
    """What each cell of a stage is called where the mouse is: `map 2, row 1, column 3`; counted from 1, outputs from 0."""
    noun = one_of(stage)
    names = []
    for channel, row, column in map(stage.shape.place, range(stage.shape.size)):
        name = f"{noun} {channel + (noun != 'output')}"
        if stage.shape.rows > 1:
            name += f", row {row + 1}, column {column + 1}"
        elif stage.shape.columns > 1:
            name += f", step {column + 1}"
        names.append(name)
    return names


def pool_word(stage: Stage) -> str:
    return {"mean": "mean", "max": "largest", "sum": "sum"}[stage.text]


def words_for(stage: Stage) -> str:
    """What a heading says of a stage."""
    channels, function = stage.shape.channels, f", {glyph(stage.activation)}" if stage.activation else ""
    if stage.kind == "filters" and stage.shape.rows > 1:
        end = "s" if channels > 1 else ""
        return f"{channels} filter{end} → {channels} map{end}"
    if stage.kind == "pool":
        window = stage.window[0]
        size = f"{window.rows}×{window.columns}" if stage.shape.rows > 1 else f"{window.columns} in time"
        return {"mean": f"means of {size}", "max": f"largest of {size}", "sum": f"sums of {size}"}[stage.text]
    if stage.kind == "formula":
        return stage.name
    name = stage.name.rpartition(".")[2]
    return f"{name}: " * bool(name) + f"{channels} neuron{'s' if channels > 1 else ''}{function}"


def loss_name(grids: Grids) -> str:
    """The label of the loss, or its letter."""
    return subscripted(printable(grids.output.label or "L"))


def short_words(stage: Stage, *, is_last: bool) -> str:
    """A stage in a list of them: `8 maps of 6 × 6`, `hidden of 4 × 12`, `10 outputs`."""
    channels, rows, columns = stage.shape
    if stage.kind == "input":
        return " × ".join(str(length) for length in stage.shape if length > 1)
    noun = noun_of(stage) if channels > 1 else one_of(stage)
    if rows > 1:
        return f"{channels} {noun} of {rows} × {columns}"
    if stage.kind == "dense":
        return f"{channels} {'output' if is_last else 'neuron'}{'s' if channels > 1 else ''}"
    return f"{channels} {stage.name.rpartition('.')[2] or noun}" + (f" in {columns} steps" if columns > 1 else "")


def formula_words(stage: Stage) -> str:
    """What is computed cell by cell: `forget × cₜ₋₁ + input × candidate`."""
    return stage.text.format(*operand_names(stage))


def operand_names(stage: Stage) -> list[str]:
    """What the operands of a formula are called: the stages, and those of the step before."""
    last = stage.shape.size - 1
    ends = [sum(read.shape.size for read in stage.reads[: number + 1]) for number in range(len(stage.reads))]
    found = []
    for cell in stage.windows[last]:
        number = next(number for number, end in enumerate(ends) if cell < end)
        read = stage.reads[number]
        name = printable(read.name.rpartition(".")[2]) or f"stage {number + 1}"
        is_beside = cell - ends[number] + read.shape.size == last
        found.append(name if is_beside else name + BEFORE)
    return found
