"""The picture of a batch as data: what stands in each cell and on each line, and where. SVG and DOT are written from it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from micrograd.engine import Constant, NoGradient, Value
from micrograd.text.naming import shown, subscripted
from micrograd.views.batches.cards import RowsCard, rows_cards
from micrograd.views.batches.cells import cell_texts
from micrograd.views.batches.finding import Batch
from micrograd.views.batches.sizes import Sizes
from micrograd.views.themes import STRONGEST

WITH_NUMBERS = 6  # rows that are written out
IN_STRIPS = 16  # and that are shown as colours; of more the least, the median and the largest stand for all
STRONGEST_ALONE = 0.85  # what the colour of the largest number covers, where it is not written
MOST_TARGETS = 3  # columns of targets, which would else push the loss away
SUMMARY = ("min", "median", "max")


@dataclass(frozen=True)
class CellLook:
    """One cell: a number or nothing on a colour. `ink` fills it with grey, for what has no sign to show."""

    text: str
    tint: float = 0.0  # from -1 to 1
    ink: float = 0.0
    tooltip: str = ""

    @property
    def cover(self) -> float:
        """The share of its colour: less where a number stands on it."""
        return (STRONGEST if self.text else STRONGEST_ALONE) * (abs(self.tint) or self.ink)


@dataclass(frozen=True)
class ColumnLook:
    """The cells of a card that stand under one heading."""

    heading: str
    width: float
    cells: tuple[CellLook, ...]


@dataclass(frozen=True)
class RowsLook:
    """A card. The loss has no name; its columns have headings."""

    kind: str
    glyph: str
    name: str
    above: str
    below: str
    columns: tuple[ColumnLook, ...]
    tooltip: str
    output: bool = False


@dataclass(frozen=True)
class WeightLook:
    """What stands on a line: the gradient of its weight, or without a sweep the weight; nothing on a line without one."""

    text: str = ""
    name: str = ""  # of a parameter that no card leads to
    sign: int | None = None
    strength: float = 0.0
    tooltip: str = ""


class BatchLook:
    """The cards and lines of a batch, with their numbers."""

    def __init__(self, batch: Batch, sizes: Sizes) -> None:
        self.batch = batch
        self.sizes = sizes
        self.cards, self.outputs = rows_cards(batch)
        self.swept = not isinstance(batch.output.grad, NoGradient)
        self.gradients = batch.gradients() if self.swept else {}
        own = [self.gradients[node] for card in self.cards for node in card.column] if self.swept else []
        self.steepest = largest(own)
        self.greatest = largest([node.data for card in self.cards if card.kind == "op" for node in card.column])

    @cached_property
    def inputs(self) -> list[float]:
        return [node.data for card in self.cards if card.kind == "input" for node in card.column]

    @cached_property
    def in_strips(self) -> bool:
        """Whether cells are colours alone."""
        return WITH_NUMBERS < self.batch.rows <= IN_STRIPS

    @cached_property
    def in_summary(self) -> bool:
        """Whether three numbers stand for all rows."""
        return self.batch.rows > IN_STRIPS

    @property
    def row_names(self) -> tuple[str, ...]:
        """What stands beside the rows."""
        if self.in_summary:
            return SUMMARY
        return tuple([str(row) for row in range(1, self.batch.rows + 1)])

    @property
    def shown_rows(self) -> int:
        return len(self.row_names)

    # ---- cards

    def card(self, card: RowsCard) -> RowsLook:
        """The look of a card: values at the left and gradients at the right."""
        numbers = [node.data for node in card.column]
        plain = card.kind == "input"
        name = subscripted(card.name)
        columns = [
            ColumnLook(
                "",
                self.sizes.value,
                self.cells(numbers, name, 2, 4, 0.0 if plain else self.greatest, ink=self.inputs if plain else ()),
            )
        ]
        if self.swept and not all(isinstance(node, Constant) for node in card.column):
            slopes = [self.gradients[node] for node in card.column]
            columns.append(ColumnLook("∇", self.sizes.gradient, self.cells(slopes, f"∇{name}", 3, 5, self.steepest)))
        what = f"{name}: {self.batch.rows} rows" if plain else f"{name}, {card.glyph}: {self.batch.rows} rows"
        return RowsLook(card.kind, card.glyph, name, card.before, card.after, tuple(columns), what)

    @property
    def loss(self) -> RowsLook:
        """The look of the card of the losses, beside the targets."""
        losses = self.batch.losses
        columns = [
            ColumnLook(heading, self.sizes.target, self.cells(numbers, heading, 2, 4, 0.0, ink=numbers))
            for heading, numbers in self.target_columns()
        ]
        columns.append(ColumnLook("loss", self.sizes.loss, self.cells(losses, "loss", 4, 6, largest(losses))))
        return RowsLook("op", "L", "", "", "", tuple(columns), f"loss: {self.batch.rows} rows, {self.sum_text}", output=True)

    def target_columns(self) -> list[tuple[str, Sequence[float]]]:
        """Headings and numbers of the targets, as far as they can be shown."""
        targets = self.batch.targets
        if len(targets) == 1:
            return [("class" if self.batch.has_classes else "target", targets[0])]
        if len(targets) > MOST_TARGETS:
            rows = list(zip(*targets, strict=True))
            one_hot = all(sorted(row) == [0.0] * (len(row) - 1) + [1.0] for row in rows)
            return [("class", [float(row.index(1.0)) for row in rows])] if one_hot else []
        return [(subscripted(f"t{number}"), column) for number, column in enumerate(targets, 1)]

    def cells(
        self,
        numbers: Sequence[float],
        name: str,
        decimals: int,
        room: int,
        most: float,
        *,
        ink: Sequence[float] = (),
    ) -> tuple[CellLook, ...]:
        """The cells of a column; `most` has the full colour. In strips those with `ink` are grey, by their place among it."""
        tooltips = [f"row {row}: {name} = {number!r}" for row, number in enumerate(numbers, 1)]
        if self.in_summary:
            numbers, tooltips = summary(numbers, name)
        texts = [""] * len(numbers) if self.in_strips else cell_texts(numbers, decimals, room)
        strengths = [strength_of(number, most) for number in numbers]
        inks = inks_of(numbers, ink) if self.in_strips else [0.0] * len(numbers)
        return tuple([
            CellLook(text, math.copysign(strength, number), grey, tooltip)
            for text, strength, number, grey, tooltip in zip(texts, strengths, numbers, inks, tooltips, strict=True)
        ])  # fmt: skip

    # ---- lines

    @cached_property
    def weights(self) -> dict[Value, WeightLook]:
        """The look of the line of each parameter."""
        found = list(dict.fromkeys(link.weight for card in self.cards for link in card.links if link.weight is not None))
        numbers = [self.gradients[weight] if self.swept else weight.data for weight in found]
        texts, most = cell_texts(numbers, 3 if self.swept else 2, 5), largest(numbers)
        return {
            weight: WeightLook(
                text,
                self.own_name(weight),
                (number > 0.0) - (number < 0.0),
                strength_of(number, most),
                self.weight_tooltip(weight),
            )
            for weight, text, number in zip(found, texts, numbers, strict=True)
        }

    def own_name(self, weight: Value) -> str:
        """The last part of the name, without its groups."""
        return subscripted(self.batch.names[weight].rpartition(".")[2])

    def weight_tooltip(self, weight: Value) -> str:
        lines = [f"{self.batch.names[weight]} = {float(weight.data)!r}"]
        if self.swept:
            lines.append(f"gradient {float(self.gradients[weight])!r}, the sum over {self.batch.rows} rows")
        return "\n".join(lines)

    # ---- words

    @property
    def sum_text(self) -> str:
        """What the losses come to, above their card."""
        total = shown(self.batch.output.data - self.batch.rest)
        word = "mean" if self.batch.is_mean else "total"
        if not self.batch.rest:
            return f"{word} {total}"
        sign = "+" if self.batch.rest > 0.0 else "−"
        return f"{word} {total} {sign} {shown(abs(self.batch.rest))}"

    @property
    def note(self) -> str:
        """What the numbers on the lines are."""
        return "on the lines: ∇ of each weight" if self.swept else "on the lines: the weights"

    @property
    def scales(self) -> str:
        """What the full colour stands for, where cells have no numbers."""
        if not self.in_strips:
            return ""
        parts = [f"inputs from {shown(min(self.inputs))} to {shown(max(self.inputs))}", f"values to ±{shown(self.greatest)}"]
        return ", ".join(parts + ([f"∇ to ±{shown(self.steepest)}"] if self.swept else []))

    @property
    def title(self) -> str:
        name = subscripted(self.batch.names[self.batch.output])
        return f"a batch of {self.batch.rows} rows, the graph of {len(self.batch.order)} nodes below {name}"


def largest(numbers: Iterable[float]) -> float:
    return max([abs(number) for number in numbers if math.isfinite(number)], default=0.0)


def strength_of(number: float, most: float) -> float:
    """From 0 to 1 for the size of a number beside the largest, in even steps: rows are compared. Only 0 has no colour."""
    if number == 0.0 or not most or math.isnan(number):
        return 0.0
    return 0.04 + 0.96 * min(1.0, abs(number) / most)


def inks_of(numbers: Sequence[float], among: Sequence[float]) -> list[float]:
    """From 0 for the least of those among which they are, to 1 for the largest."""
    finite = [number for number in among if math.isfinite(number)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return [(number - low) / (high - low) if high > low and math.isfinite(number) else 0.0 for number in numbers]


def summary(numbers: Sequence[float], name: str) -> tuple[list[float], list[str]]:
    """The least, the median and the largest, and what the mouse reads on each."""
    if any(math.isnan(number) for number in numbers):
        found = [math.nan] * 3
    else:
        found = [min(numbers), statistics.median(numbers), max(numbers)]
    rows = [f", in row {numbers.index(number) + 1}" if number in numbers else "" for number in found]
    return found, [f"{word} of {name} = {number!r}{row}" for word, number, row in zip(SUMMARY, found, rows, strict=True)]
