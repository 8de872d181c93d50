"""A program of arrays as `draw` shows it: one card an array, and on a line what part of the array the next one reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from micrograd import ops
from micrograd.ops import Op
from micrograd.tensors.arrays import Array, ArrayProgram, View, below
from micrograd.tensors.places import contiguous
from micrograd.text.naming import short, subscripted
from micrograd.views.diagram import Card, Chart, Groups, Line, glyph

FORWARD, BACKWARD = ("forward",), ("backward",)
SHORT: dict[Op, str] = {ops.logsumexp: "lse"}
LEAF_GLYPHS = {"parameter": "θ", "input": "x"}
TILE_OF = {
    "parameter": "parameter",
    "input": "input",
    "numbers": "constant",
    "rows": "constant",
    "share": "leaf",
    "direction": "leaf",
}
WORDS = {
    "numbers": "fixed numbers", "rows": "count of rows", "share": "weight of a row", "place": "put in place",
    ops.add: "plus", ops.sub: "minus", ops.mul: "times", ops.div: "divided by", ops.neg: "minus", ops.pow: "to a power",
    ops.quiet_mul: "times", ops.quiet_div: "divided by", ops.quiet_pow: "to a power", ops.total: "sum",
}  # fmt: skip


class ProgramChart(Chart):
    """A card for each array, a line for each operand that is one."""

    def __init__(self, program: ArrayProgram) -> None:
        goals = program.outputs if program.loss is None else [program.loss]
        results = [view for view in [*goals, *program.gradients] if isinstance(view, View) and view.source is not None]
        self.arrays = below([view.source for view in results if view.source is not None])
        ahead = set(below([view.source for view in goals if view.source is not None]))
        place = {array: number for number, array in enumerate(self.arrays)}
        self.cards = [array_card(array, number, FORWARD if array in ahead else BACKWARD) for array, number in place.items()]
        self.reads: dict[tuple[int, int], list[View]] = {}
        for head, array in enumerate(self.arrays):
            for view in array.operands:
                if view.source is not None:
                    self.reads.setdefault((place[view.source], head), []).append(view)
        self.lines = [Line(tail, head) for tail, head in self.reads]
        self.results = {place[view.source] for view in results if view.source is not None}
        self.output_card = min(self.results, default=len(self.cards) - 1)

    def texts(self, card: Card) -> tuple[str, str, str]:
        """What stands on a card: the name, which may be none, the shape, and the operation in a word or two."""
        array = self.arrays[card.nodes[0]]
        return subscripted(array.name), shape_text(array), operation_text(array)

    def chip_text(self, line: Line) -> str:
        """The parts that are read, each once."""
        reader = self.arrays[line.head]
        texts = [view_text(view, reader) for view in self.reads[line.tail, line.head]]
        return ", ".join(dict.fromkeys(filter(None, texts)))


def array_card(array: Array, number: int, half: Groups) -> Card:
    leaf = array.op is None and array.kind != "place"
    sign = LEAF_GLYPHS.get(array.kind, "•") if leaf else "⊞" if array.op is None else SHORT.get(array.op) or glyph(array.op)
    card = Card([number], None, array.name, sign, TILE_OF.get(array.kind, "op"), () if leaf else half)
    numbers = ["" if view.number is None else short(view.number) for view in array.operands]
    if len(numbers) == 2 and not array.reduced and not array.sums:
        card.before, card.after = numbers
    return card


def shape_text(array: Array) -> str:
    """The shape: `rows×3`."""
    return "×".join(["rows"] * array.rows + [str(length) for length in array.shape]) or "one number"


def operation_text(array: Array) -> str:
    """What the array is, in a word or two; where the rows are summed, that too."""
    word = WORDS.get(array.op or array.kind, array.kind)
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
    own, lengths = contiguous(source.shape), {stride: length for length, stride in moving}
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
