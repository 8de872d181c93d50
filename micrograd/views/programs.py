"""A program of arrays as `draw` shows it: one card an array, and on a line what part of the array the next one reads."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from micrograd import ops
from micrograd.text.naming import cut, minus, short, subscripted
from micrograd.tensors.arrays import Array, ArrayProgram, View, below
from micrograd.tensors.places import contiguous
from micrograd.views.diagram import Card, Chart, Groups, Line, glyph
from micrograd.views.drawing import BORDER, INK, MUTED, PAPER, TILES, Painter, glyph_text, html_text, new_picture
from micrograd.views.layout.columns import CARD_HEIGHT, CARD_WIDTH, Layout, lay_out
from micrograd.views.picture import Picture

FORWARD, BACKWARD = ("forward",), ("backward",)
LEAF_GLYPHS = {"parameter": "θ", "input": "x"}
TILE_OF = {"parameter": "parameter", "input": "input", "numbers": "constant", "rows": "constant", "share": "leaf", "direction": "leaf"}
LEAF_WORDS = {"numbers": "fixed numbers", "rows": "count of rows", "share": "share of a row", "place": "put in place"}
LONGEST = 15  # characters of a line on a card


@runtime_checkable
class Folded(Protocol):
    """A folded graph: it has a program of arrays."""

    @property
    def program(self) -> ArrayProgram: ...


def draw_program(program: ArrayProgram, direction: str = "LR") -> Picture:
    """The picture of all arrays that the loss and its gradients are computed from."""
    chart = ProgramChart(program)
    layout = lay_out(chart, direction)
    picture = new_picture(layout, f"the program of {len(chart.cards)} arrays")
    ProgramPainter(chart, layout, picture, direction).paint()
    return picture


class ProgramChart(Chart):
    """A card for each array, a line for each operand that is one."""

    def __init__(self, program: ArrayProgram) -> None:
        self.arrays = program.arrays
        goals = program.outputs if program.loss is None else [program.loss]
        ahead = set(below([view.source for view in goals if view.source is not None]))
        place = {array: number for number, array in enumerate(self.arrays)}
        self.cards = [array_card(array, number, FORWARD if array in ahead else BACKWARD) for array, number in place.items()]
        self.reads: dict[tuple[int, int], list[View]] = {}
        for head, array in enumerate(self.arrays):
            for view in array.operands:
                if view.source is not None:
                    self.reads.setdefault((place[view.source], head), []).append(view)
        self.lines = [Line(tail, head) for tail, head in self.reads]
        results = [*goals, *program.gradients]
        self.results = {place[view.source] for view in results if isinstance(view, View) and view.source is not None}
        self.output_card = min(self.results, default=len(self.cards) - 1)

    def chip_text(self, line: Line) -> str:
        """The parts that are read, each once."""
        reader = self.arrays[line.head]
        texts = [view_text(view, reader) for view in self.reads[line.tail, line.head]]
        return ", ".join(dict.fromkeys(filter(None, texts)))


def array_card(array: Array, number: int, half: Groups) -> Card:
    leaf = array.op is None and array.kind != "place"
    sign = LEAF_GLYPHS.get(array.kind, "•") if leaf else "⊞" if array.op is None else glyph(array.op)
    card = Card([number], None, array.name, sign, TILE_OF.get(array.kind, "op"), () if leaf else half)
    numbers = ["" if view.number is None else short(view.number) for view in array.operands]
    if len(numbers) == 2 and not array.reduced and not array.sums:
        card.before, card.after = numbers
    return card


def shape_text(array: Array) -> str:
    """The shape as in the text: `rows × 3`."""
    return " × ".join(["rows"] * array.rows + [str(length) for length in array.shape]) or "one number"


def operation_text(array: Array) -> str:
    """What the array is, in a word or two; where the rows are summed, that too."""
    word = LEAF_WORDS.get(array.kind, array.kind)
    if array.op is ops.total or array.op is ops.dot:
        word = "sum" if array.op is ops.total else "dot"
    return f"{word} over rows" if array.sums else word


def view_text(view: View, reader: Array) -> str:
    """What of its array a view shows, in a few characters; nothing where it is all of it, as it lies."""
    source = view.source
    if source is None:
        return ""
    if view.table is not None:
        return "gathered"
    moving = [(length, stride) for length, stride in zip(view.axes, view.strides or ()) if stride and length > 1]
    parts = slice_text(source, view.base, moving)
    strides = [stride for _, stride in moving]
    if parts is None:
        return "reversed" if min(strides, default=0) < 0 else "windows"
    turned = "transposed" if strides != sorted(strides, reverse=True) else ""
    each = "each row" if not source.rows and reader.rows else ""
    return " ".join(filter(None, [parts, turned])) or each


def slice_text(source: Array, base: int, moving: Sequence[tuple[int, int]]) -> str | None:
    """The part in brackets, as Python writes it; nothing for the whole, and None where it is no box of the array."""
    if not source.shape:
        return ""
    own, lengths = contiguous(source.shape), dict((stride, length) for length, stride in moving)
    whole = np.prod([length for length, _ in moving], dtype=int) == source.size and base == 0
    if len(lengths) < len(moving) or min(lengths, default=0) < 0:
        return None
    if whole:
        return ""
    if not set(lengths) <= set(own):
        return None
    starts = np.unravel_index(base, source.shape)
    texts = [":"] * source.rows
    for start, length, stride in zip(starts, source.shape, own, strict=True):
        taken = lengths.get(stride, 1) if stride else 1
        if start + taken > length:
            return None
        texts.append(":" if taken == length else f"{start}:{start + taken}" if taken > 1 else str(start))
    while texts and texts[-1] == ":":
        texts.pop()
    return f"[{', '.join(texts)}]" if texts else ""


class ProgramPainter(Painter):
    """Writes the cards of arrays: sign, name, shape and operation."""

    def __init__(self, chart: ProgramChart, layout: Layout, picture: Picture, direction: str) -> None:
        self.diagram = self.chart = chart
        self.layout = layout
        self.picture = picture
        self.direction = direction
        self.chips = {chip.line: chip for chip in layout.chips}
        self.swept = False

    def card_table(self, card: Card, output: bool) -> str:
        array = self.chart.arrays[card.nodes[0]]
        word = operation_text(array)
        name = html_text(cut(subscripted(array.name), 11), 11, INK, bold=True)
        border = f'BORDER="{2 if output else 1}" COLOR="{INK if output else BORDER}"'
        tint = TILES["group"] if card.frame == BACKWARD else TILES[card.kind]
        tile = f'STYLE="ROUNDED" BGCOLOR="{tint}" WIDTH="34" HEIGHT="{CARD_HEIGHT - 6:.0f}"'
        cell = f'ALIGN="LEFT" CELLPADDING="2" WIDTH="{CARD_WIDTH - 44:.0f}" HEIGHT="16"'
        return (
            f'<<TABLE {border} CELLBORDER="0" CELLSPACING="1" CELLPADDING="0" STYLE="ROUNDED" BGCOLOR="{PAPER}" '
            f'WIDTH="{CARD_WIDTH:.0f}" HEIGHT="{CARD_HEIGHT:.0f}">'
            f"<TR><TD ROWSPAN=\"3\" {tile}>{glyph_text(card)}</TD><TD {cell}>{name}</TD></TR>"
            f"<TR><TD {cell}>{html_text(shape_text(array), 10, INK)}</TD></TR>"
            f"<TR><TD {cell}>{html_text(cut(minus(word), LONGEST), 10, MUTED)}</TD></TR></TABLE>>"
        )

    def tooltip(self, card: Card) -> str:
        array = self.chart.arrays[card.nodes[0]]
        lines = [f"{array.name or operation_text(array)}: {operation_text(array)}", shape_text(array)]
        return html.escape("\n".join(lines)).replace("\\", "\N{SET MINUS}")  # as on the cards of single numbers

    def is_output(self, card: Card) -> bool:
        return card.nodes[0] in self.chart.results
