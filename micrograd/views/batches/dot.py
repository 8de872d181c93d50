"""The picture of a batch in Graphviz's language, for PNG, PDF and all that is not SVG: every card is a table in its place."""

from __future__ import annotations

from collections.abc import Mapping

from micrograd.views.batches.drawing import BatchLook, CellLook, RowsLook, WeightLook
from micrograd.views.batches.places import LinePlace, Places
from micrograd.views.dot import font_text, mouse_text, plain_palette, text_table
from micrograd.views.layout.geometry import Box, Curve, middle
from micrograd.views.layout.measures import fitted, number_size
from micrograd.views.picture import Picture
from micrograd.views.themes import ink_on, mixed


class BatchDotWriter:
    """Writes the cards, lines and words into a Digraph."""

    def __init__(self, look: BatchLook, places: Places, theme: str) -> None:
        self.look = look
        self.places = places
        self.sizes = look.sizes
        self.unit = look.sizes.unit
        self.colours: Mapping[str, str] = plain_palette(theme)

    def paint(self, picture: Picture) -> None:
        look, places = self.look, self.places
        for number, (card, box) in enumerate(zip(look.cards, places.cards, strict=True)):
            self.paint_card(picture, f"n{number}", look.card(card), box)
            if not card.level:
                self.paint_row_names(picture, number, box)
        self.paint_card(picture, "loss", look.loss, places.loss)
        for number, line in enumerate(places.lines):
            self.paint_line(picture, number, line)
        for tail, curve in places.ends:
            picture.edge(f"n{tail}", "loss", pos=self.spline(curve), arrowhead="none", penwidth=f"{1.6 * self.sizes.stroke:.2f}")
        self.paint_headings(picture)

    def at(self, u: float, v: float) -> str:
        return f"{u:.1f},{self.places.height - v:.1f}"  # Graphviz counts upwards

    # ---- words

    def paint_headings(self, picture: Picture) -> None:
        sizes, places, look = self.sizes, self.places, self.look
        middle_of_sum = places.loss.top - 0.9 * sizes.sum
        half = places.width / 2.0
        self.paint_text(
            picture, "rows", Box(sizes.margin, 0.3 * sizes.sum, half, 1.7 * sizes.sum), f"{look.batch.rows} rows", sizes.sum
        )
        right = places.width - sizes.margin
        self.paint_text(picture, "note", Box(half, 0.3 * sizes.sum, right, 1.7 * sizes.sum), look.note, sizes.small, end=True)
        box = Box(places.loss.left - sizes.card, middle_of_sum - sizes.sum / 2, places.loss.right, middle_of_sum + sizes.sum / 2)
        self.paint_text(picture, "sum", box, look.sum_text, sizes.sum, end=True)
        if look.scales:
            box = Box(sizes.margin, places.height - 1.8 * sizes.small, right, places.height - 0.4 * sizes.small)
            self.paint_text(picture, "scales", box, look.scales, sizes.small)
        for number, (level, left, title) in enumerate(zip(places.levels, places.lefts, places.layer_titles(), strict=True)):
            if title:
                above = min(places.cards[card].top for card in level)
                box = Box(left, above - 1.5 * sizes.small, left + places.card_width, above - 0.2 * sizes.small)
                self.paint_text(picture, f"layer{number}", box, fitted(title, places.card_width, sizes.small), sizes.small)

    def paint_row_names(self, picture: Picture, card: int, box: Box) -> None:
        names = self.look.row_names
        for row, ((top, bottom), name) in enumerate(zip(self.places.rows_of(box), names, strict=True)):
            if not self.look.in_strips or name in (names[0], names[-1]):
                base, half = (top + bottom) / 2.0, self.sizes.small / 2.0
                around = Box(self.sizes.margin / 2.0, base - half, box.left - 10.0 * self.unit, base + half)
                self.paint_text(picture, f"row{card}.{row}", around, name, self.sizes.small, end=True)

    def paint_text(self, picture: Picture, name: str, box: Box, content: str, size: float, *, end: bool = False) -> None:
        """A line of text that begins at the left of a box, or ends at its right."""
        strong = size == self.sizes.sum
        written = font_text(content, size, self.colours["ink" if strong else "grey"], bold=strong)
        table = text_table(written, box.width, box.height, "RIGHT" if end else "LEFT")
        picture.node(name, label=table, pos=self.at(*middle(box)))

    # ---- lines

    def paint_line(self, picture: Picture, number: int, line: LinePlace) -> None:
        weight = line.link.weight
        look = WeightLook() if weight is None else self.look.weights[weight]
        style = self.line_style(look)
        chip = self.chip_table(look, line.chip) if line.chip else None
        if line.tail is None:
            self.paint_bias(picture, number, line, look, chip)
            picture.edge(f"bias{number}", f"n{line.head}", pos=self.spline(line.curve), **style)
        elif chip is None or line.chip is None:
            picture.edge(f"n{line.tail}", f"n{line.head}", pos=self.spline(line.curve), **style)
        else:
            place = self.at(*middle(line.chip))
            picture.edge(f"n{line.tail}", f"n{line.head}", pos=self.spline(line.curve), label=chip, lp=place, **style)

    def paint_bias(self, picture: Picture, number: int, line: LinePlace, look: WeightLook, chip: str | None) -> None:
        """Where a line begins that comes from no card: its number, and before that its name."""
        if chip is None or line.chip is None:
            picture.node(f"bias{number}", shape="point", style="invis", width="0", pos=self.at(*line.curve[0]))
            return
        picture.node(f"bias{number}", label=chip, pos=self.at(*middle(line.chip)), tooltip=mouse_text(look.tooltip))
        size, end = self.sizes.small, line.chip.left - 8.0 * self.unit
        box = Box(end - 2.4 * size, middle(line.chip).v - size / 2.0, end, middle(line.chip).v + size / 2.0)
        self.paint_text(picture, f"bias{number}.name", box, fitted(look.name, 2.4 * size, size), size, end=True)

    def line_style(self, look: WeightLook) -> dict[str, str]:
        style = {"arrowhead": "none", "penwidth": f"{self.sizes.stroke * (1.6 + 3.4 * look.strength):.2f}"}
        if look.tooltip:
            style["tooltip"] = mouse_text(look.tooltip)
        if not look.sign:
            return style | ({"style": "dotted"} if look.sign == 0 else {})
        colour = self.colours["positive" if look.sign > 0 else "negative"]
        return style | {"color": mixed(self.colours["paper"], colour, 0.45 + 0.4 * look.strength)}

    def chip_table(self, look: WeightLook, box: Box) -> str:
        size = number_size(look.text, self.sizes.chip_number, box.width - 8.0 * self.unit)
        table = f'BORDER="1" STYLE="ROUNDED" COLOR="{self.colours["border"]}" BGCOLOR="{self.colours["paper"]}"'
        cell = f'WIDTH="{box.width - 2:.0f}" HEIGHT="{box.height - 2:.0f}"'
        written = font_text(look.text, size, self.colours["ink"])
        return f'<<TABLE {table} CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD {cell}>{written}</TD></TR></TABLE>>'

    def spline(self, curve: Curve) -> str:
        return " ".join(self.at(*point) for point in curve)

    # ---- cards

    def paint_card(self, picture: Picture, name: str, look: RowsLook, box: Box) -> None:
        picture.node(name, label=self.card_table(look, box), pos=self.at(*middle(box)), tooltip=mouse_text(card_tooltip(look)))

    def card_table(self, look: RowsLook, box: Box) -> str:
        """The card as a table: the sign on its tile, the heads, and below them the rows."""
        sizes, colours = self.sizes, self.colours
        rows = self.places.rows_of(box)
        border = f'BORDER="{2 if look.output else 1}" COLOR="{colours["ink" if look.output else "border"]}"'
        tile = (  # as high as the rows come to: a height of its own would be shared out among them
            f'<TD ROWSPAN="{len(rows) + 1}" STYLE="ROUNDED" BGCOLOR="{colours[f"tile-{look.kind}"]}" '
            f'WIDTH="{sizes.tile:.0f}">{self.sign(look)}</TD>'
        )
        alone = box.width - sizes.tile - 10.0 * self.unit
        widths = [alone if len(look.columns) == 1 else column.width for column in look.columns]
        height = max(1, int((rows[-1][1] - rows[0][0]) / len(rows) - 0.5))  # Graphviz counts whole pixels, and one between cells
        lines = [f"<TR>{tile}{self.head(look, box.height - len(rows) * (height + 1) - 8 * self.unit)}</TR>"]
        for row in zip(*[column.cells for column in look.columns], strict=True):
            cells = [self.cell(cell, width, height) for cell, width in zip(row, widths, strict=True)]
            lines += ["<TR>", *cells, "</TR>"]
        return (
            f'<<TABLE {border} CELLBORDER="0" CELLSPACING="1" CELLPADDING="0" STYLE="ROUNDED" BGCOLOR="{colours["card"]}" '
            f'WIDTH="{box.width:.0f}" HEIGHT="{box.height:.0f}">{"".join(lines)}</TABLE>>'
        )

    def head(self, look: RowsLook, height: float) -> str:
        """The name, and what the columns are; as high as the rows leave room."""
        sizes = self.sizes
        cells = []
        for number, column in enumerate(look.columns):
            content, align = font_text(column.heading, sizes.small, self.colours["grey"]), "RIGHT"
            if not number and look.name:
                name = fitted(look.name, column.width, sizes.name)
                content, align = font_text(f"\N{NO-BREAK SPACE}{name}", sizes.name, self.colours["ink"], bold=True), "LEFT"
            elif column.heading == "∇":
                content = font_text("∇", sizes.small, self.colours["ink"])
            cells.append(f'<TD ALIGN="{align}" WIDTH="{column.width:.0f}" HEIGHT="{height:.0f}">{content}</TD>')
        return "".join(cells)

    def cell(self, look: CellLook, width: float, height: int) -> str:
        colour = self.colours["ink" if look.ink else "negative" if look.tint < 0.0 else "positive"]
        ground = mixed(self.colours["card"], colour, look.cover)
        size = number_size(look.text, 0.92 * self.sizes.number, width - 6.0 * self.unit)
        written = font_text(look.text, size, ink_on(ground) if look.cover else self.colours["ink"])
        return f'<TD ALIGN="RIGHT" BGCOLOR="{ground}" WIDTH="{width:.0f}" HEIGHT="{height}">{written}</TD>'

    def sign(self, look: RowsLook) -> str:
        """The sign of the operation; a word lies flat, for Graphviz turns no text."""
        sizes, ink = self.sizes, self.colours["ink"]
        size = min(sizes.glyph, sizes.tile / (0.66 * len(look.glyph)))
        sign = font_text(look.glyph, size, ink, bold=len(look.glyph) > 2 or look.output)
        above, below = (
            font_text(number, number_size(number, sizes.small, 0.8 * sizes.tile), ink) for number in (look.above, look.below)
        )
        return "<BR/>".join(part for part in (above, sign, below) if part)


def card_tooltip(look: RowsLook) -> str:
    """What the mouse reads on a card whose cells it cannot tell apart."""
    return "\n".join([look.tooltip, *[cell.tooltip for column in look.columns for cell in column.cells]])
