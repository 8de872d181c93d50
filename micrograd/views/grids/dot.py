"""The picture of a network in Graphviz's language, for PNG, PDF and all that is not SVG: every part is a node in its place."""

from __future__ import annotations

from collections.abc import Mapping

from micrograd.views.dot import font_text, mouse_text, plain_palette, text_table
from micrograd.views.grids.sheet import Face, Heat, HeatMap, Sheet, Stroke, Words
from micrograd.views.layout.geometry import Box, middle
from micrograd.views.layout.measures import extent, number_size
from micrograd.views.picture import Picture
from micrograd.views.themes import ink_on, mixed

POINTS = 72.0  # of an inch, in which Graphviz has the sizes of its nodes
ALIGNED = {"start": "LEFT", "middle": "CENTER", "end": "RIGHT"}


class SheetDotWriter:
    """Writes the parts of a picture into a Digraph."""

    def __init__(self, sheet: Sheet, theme: str) -> None:
        self.sheet = sheet
        self.colours: Mapping[str, str] = plain_palette(theme)

    def paint(self, picture: Picture) -> None:
        sheet = self.sheet
        picture.attr(outputorder="edgesfirst")
        for number, face in enumerate(sheet.faces):
            self.paint_face(picture, f"face{number}", face)
        for line in sheet.strokes:
            self.paint_line(picture, line)
        for number, shown in enumerate(sheet.maps):
            picture.node(f"map{number}", label=self.table(shown), pos=self.at(*middle(shown.box)))
        for number, bar in enumerate(sheet.bars):
            filled = Box(bar.box.left, bar.box.top, bar.box.left + bar.share * bar.box.width, bar.box.bottom)
            self.paint_box(picture, f"track{number}", bar.box, self.colours["tile-op"])
            self.paint_box(picture, f"bar{number}", filled, self.colours["ink"])
        for number, words in enumerate(sheet.words):
            self.paint_words(picture, f"words{number}", words)

    def at(self, u: float, v: float) -> str:
        return f"{u:.1f},{self.sheet.height - v:.1f}"  # Graphviz counts upwards

    def paint_face(self, picture: Picture, name: str, face: Face) -> None:
        if face.kind.startswith("tile-"):
            self.paint_box(picture, name, face.box, self.colours[face.kind])
            return
        border = self.colours["ink" if face.kind == "output" else "border"]
        self.paint_box(picture, name, face.box, self.colours["card"], border, face.tooltip)

    def paint_box(self, picture: Picture, name: str, box: Box, fill: str, border: str = "", tooltip: str = "") -> None:
        picture.node(
            name,
            label="",
            shape="box",
            style="rounded,filled",
            penwidth="1" if border else "0",
            fixedsize="true",
            width=f"{box.width / POINTS:.3f}",
            height=f"{box.height / POINTS:.3f}",
            fillcolor=fill,
            color=border or fill,
            pos=self.at(*middle(box)),
            tooltip=mouse_text(tooltip) or " ",
        )

    def paint_line(self, picture: Picture, line: Stroke) -> None:
        colour = self.colours["edge" if not line.sign else "positive" if line.sign > 0 else "negative"]
        picture.edge(
            "face0",
            f"face{len(self.sheet.faces) - 1}",
            pos=" ".join(self.at(*point) for point in line.curve),
            arrowhead="none",
            penwidth=f"{line.width:.2f}",
            color=mixed(self.colours["paper"], colour, line.opacity),
            tooltip=mouse_text(line.tooltip) or " ",
        )

    def table(self, shown: HeatMap) -> str:
        """The cells, in whole pixels as Graphviz counts them."""
        width, height = (max(1, int(side)) for side in (shown.box.width / shown.columns, shown.box.height / shown.rows))
        cells = [self.cell(heat, width, height, shown.size) for heat in shown.cells]
        lines = [f"<TR>{''.join(cells[start : start + shown.columns])}</TR>" for start in range(0, len(cells), shown.columns)]
        border = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" BGCOLOR="{self.colours["card"]}"'
        return f"<<TABLE {border}>{''.join(lines)}</TABLE>>"

    def cell(self, heat: Heat, width: int, height: int, size: float) -> str:
        ground = mixed(self.colours["card"], self.colours[heat.colour], heat.cover)
        ink = ink_on(ground) if heat.cover else self.colours["grey"]
        written = font_text(heat.text, number_size(heat.text, 0.92 * size, width - 3.0), ink)
        return f'<TD BGCOLOR="{ground}" FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}">{written}</TD>'

    def paint_words(self, picture: Picture, name: str, words: Words) -> None:
        """A line of text: its box reaches from its anchor as far as it may be long."""
        colour = self.colours["grey" if words.kind == "note" else "ink"]
        written = font_text(words.text, words.size, colour, bold=words.kind in ("heading", "loss"))
        width = extent(words.text) * words.size + 4.0
        left = words.u - {"start": 0.0, "middle": width / 2.0, "end": width}[words.anchor]
        table = text_table(written, width, 1.2 * words.size, ALIGNED[words.anchor])
        picture.node(name, label=table, pos=self.at(left + width / 2.0, words.v - 0.35 * words.size))
