"""The picture of a batch as SVG."""

from __future__ import annotations

import html

from micrograd.views.batches.drawing import BatchLook, CellLook, ColumnLook, RowsLook, WeightLook
from micrograd.views.batches.places import LinePlace, Places
from micrograd.views.batches.sizes import LARGE
from micrograd.views.layout.geometry import Box, Curve, middle
from micrograd.views.layout.measures import DIGIT, extent, fitted, number_size
from micrograd.views.svg import SvgFile, class_of, rect, svg_document, text

STYLES = ["shared/cells.css", "shared/batch.css"]  # beside those of every picture


def batch_svg(look: BatchLook, places: Places, theme: str) -> SvgFile:
    """The picture as a file."""
    parts, large = BatchWriter(look, places).parts(), look.sizes is LARGE
    return svg_document(places.width, places.height, look.title, theme, parts, large=large, styles=STYLES)


class BatchWriter:
    """Writes the elements of the picture, those below first."""

    def __init__(self, look: BatchLook, places: Places) -> None:
        self.look = look
        self.places = places
        self.sizes = look.sizes
        self.unit = look.sizes.unit

    def parts(self) -> list[str]:
        look, places = self.look, self.places
        return [
            '<g class="batch">\n',
            *self.headings(),
            *(self.line(line) for line in places.lines),
            *(f'<g class="line">{self.stroke(curve, WeightLook())}</g>\n' for _, curve in places.ends),
            *(self.card(look.card(card), box) for card, box in zip(look.cards, places.cards, strict=True)),
            self.card(look.loss, places.loss),
            *(self.row_names(box) for card, box in zip(look.cards, places.cards, strict=True) if not card.level),
            *(self.chip(line) for line in places.lines),
            "</g>\n",
        ]

    # ---- around the cards

    def headings(self) -> list[str]:
        """How many rows there are, what is on the lines, the names of the layers, and what the losses come to."""
        sizes, places, look = self.sizes, self.places, self.look
        top, right = 1.3 * sizes.sum, places.width - sizes.margin
        found = [
            text("heading", sizes.margin, top, f"{look.batch.rows} rows", sizes.sum),
            text("note end", right, top, look.note, sizes.small),
            self.number("sum", places.loss.right, places.loss.top - 0.6 * sizes.sum, look.sum_text, sizes.sum),
        ]
        if look.scales:
            found.append(text("note", sizes.margin, places.height - 0.8 * sizes.small, look.scales, sizes.small))
        for level, left, title in zip(places.levels, places.lefts, places.layer_titles(), strict=True):
            above = min(places.cards[card].top for card in level) - 0.5 * sizes.small
            found.append(text("note", left, above, fitted(title, places.card_width, sizes.small), sizes.small) if title else "")
        return [f"{part}\n" for part in found if part]

    def row_names(self, box: Box) -> str:
        """What stands beside the cells of an input: in strips the first and the last alone."""
        sizes, names = self.sizes, self.look.row_names
        written = []
        for (top, bottom), name in zip(self.places.rows_of(box), names, strict=True):
            if not self.look.in_strips or name in (names[0], names[-1]):
                base = (top + bottom) / 2.0 + 0.36 * sizes.small
                written.append(text("note end", box.left - 10.0 * self.unit, base, name, sizes.small))
        return "".join(written) + "\n"

    # ---- lines

    def line(self, place: LinePlace) -> str:
        weight = place.link.weight
        look = WeightLook() if weight is None else self.look.weights[weight]
        sign = "" if look.sign is None else ("zero", "plus", "minus")[look.sign]
        return f"<g{class_of('line', sign)}>{tooltip(look.tooltip)}{self.stroke(place.curve, look)}</g>\n"

    def stroke(self, curve: Curve, look: WeightLook) -> str:
        start, points = curve[0], " ".join(f"{p.u:.1f},{p.v:.1f}" for p in curve[1:])
        width = self.sizes.stroke * (1.6 + 3.4 * look.strength)
        opacity = f' stroke-opacity="{0.45 + 0.4 * look.strength:.2f}"' if look.sign else ""
        return f'<path class="stroke" d="M{start.u:.1f},{start.v:.1f}C{points}" stroke-width="{width:.2f}"{opacity}/>'

    def chip(self, place: LinePlace) -> str:
        """The number on a line; and before it the name of a parameter that no line leads to."""
        weight, box = place.link.weight, place.chip
        if weight is None or box is None:
            return ""
        look, sizes = self.look.weights[weight], self.sizes
        size = number_size(look.text, sizes.chip_number, box.width - 8.0 * self.unit)
        number = self.number("", middle(box).u, middle(box).v + 0.36 * size, look.text, size)
        name = ""
        if place.tail is None:
            short = fitted(look.name, 2.4 * sizes.small, sizes.small)
            name = text("note end halo", box.left - 8.0 * self.unit, middle(box).v + 0.33 * sizes.small, short, sizes.small)
        return f'{name}<g class="chip">{tooltip(look.tooltip)}{rect("", box, box.height / 2.0)}{number}</g>\n'

    # ---- cards

    def card(self, look: RowsLook, box: Box) -> str:
        sizes, unit = self.sizes, self.unit
        tile = Box(box.left + 4 * unit, box.top + 4 * unit, box.left + 4 * unit + sizes.tile, box.bottom - 4 * unit)
        state = "output" if look.output else ""
        return "".join(
            [
                f"<g{class_of('card', look.kind, state)}>{tooltip(look.tooltip)}",
                rect("face", box, 12 * unit),
                rect("tile", tile, 9 * unit),
                *self.sign(look, tile),
                self.name(look, box),
                *self.columns(look, box),
                "</g>\n",
            ]
        )

    def name(self, look: RowsLook, box: Box) -> str:
        sizes = self.sizes
        left = box.left + sizes.tile + 12 * self.unit
        room = sizes.value + (0.0 if len(look.columns) < 2 else sizes.gradient - 1.2 * sizes.name)
        return text("name", left, box.top + 27 * self.unit, fitted(look.name, room, sizes.name), sizes.name) if look.name else ""

    def sign(self, look: RowsLook, tile: Box) -> list[str]:
        """What stands on the tile; a word stands upright there."""
        sizes = self.sizes
        across, down = middle(tile)
        word = len(look.glyph) > 2
        size = sizes.name if word else sizes.glyph
        room = (tile.height if word else tile.width) - 8.0 * self.unit
        squeezed = room if extent(look.glyph) * size > room else None
        kind = "glyph loss" if look.glyph == "L" and look.output else f"glyph {'small' if word else 'large'}"
        sign = text(kind, 0.0 if word else across, 0.0 if word else down + 0.34 * size, look.glyph, size, squeezed)
        if word:
            sign = f'<g transform="translate({across + 0.34 * size:.1f},{down:.1f}) rotate(-90)">{sign}</g>'
        shifts = ((look.above, tile.top + 1.1 * sizes.small), (look.below, tile.bottom - 0.5 * sizes.small))
        return [
            sign,
            *(
                text("operand", across, base, number, number_size(number, sizes.small, tile.width - 4.0 * self.unit))
                for number, base in shifts
                if number
            ),
        ]

    def columns(self, look: RowsLook, box: Box) -> list[str]:
        """The cells, from the right edge to the left."""
        right = box.right - 4.0 * self.unit
        written = []
        for column in reversed(look.columns):
            left = right - column.width
            written += self.column(column, left, right, box)
            right = left - 3.0 * self.unit
        return written

    def column(self, column: ColumnLook, left: float, right: float, box: Box) -> list[str]:
        sizes = self.sizes
        size = sizes.name if column.heading == "∇" else sizes.small
        heading = text(f"{'nabla' if column.heading == '∇' else 'note'} end", right - 4 * self.unit, box.top + 26 * self.unit,
                       column.heading, size) if column.heading else ""  # fmt: skip
        rows = self.places.rows_of(box)
        return [
            heading,
            *(self.cell(cell, Box(left, *row[:1], right, row[1])) for cell, row in zip(column.cells, rows, strict=True)),
        ]

    def cell(self, look: CellLook, box: Box) -> str:
        cover = look.cover
        kind = "ink" if look.ink else "minus" if look.tint < 0.0 else "plus"
        more = f' fill-opacity="{cover:.3f}"'
        radius = 0.0 if self.look.in_strips else 5.0 * self.unit
        size = number_size(look.text, self.sizes.number, box.width - 6.0 * self.unit)
        base = middle(box).v + 0.35 * size
        number = (
            self.number("gradient" if cover else "data", box.right - 4.0 * self.unit, base, look.text, size) if look.text else ""
        )
        return f"<g>{tooltip(look.tooltip)}{rect(f'cell {kind}', box, radius, more)}{number}</g>"

    def number(self, name: str, x: float, y: float, content: str, size: float) -> str:
        """A number that takes the same room in every font."""
        return text(name, x, y, content, size, DIGIT * size * len(content))


def tooltip(content: str) -> str:
    return f"<title>{html.escape(content)}</title>" if content else ""
