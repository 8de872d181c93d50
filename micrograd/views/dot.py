"""The picture of a graph in Graphviz's language, from which PNG, PDF and all but SVG are made: every node has its place."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from micrograd.text.naming import cut, minus
from micrograd.views.diagram import Groups
from micrograd.views.layout.blocks import INPUTS, OUTPUT
from micrograd.views.layout.columns import Frame
from micrograd.views.layout.geometry import Box, Curve
from micrograd.views.layout.measures import REGULAR, fitted, name_size, number_size
from micrograd.views.looks import CardLook, Drawing, LineLook
from micrograd.views.picture import Picture
from micrograd.views.themes import STRONGEST, mixed, palette

if TYPE_CHECKING:
    import graphviz

FONT = "Helvetica,Arial,sans-serif"
ARROW = 7.0


def new_picture(width: float, height: float, title: str, theme: str) -> Picture:
    """An empty picture of that size: its nodes need places. Graphviz knows one set of colours, that of "auto" is light."""
    colours = plain_palette(theme)
    return Picture(
        "micrograd",
        comment=title.replace("\n", " "),
        graph_attr={
            "layout": "nop2",
            "bb": f"0,0,{width},{height}",
            "bgcolor": colours["paper"],
            "fontname": FONT,
            "pad": "0.1",
        },
        node_attr={"shape": "plain", "fontname": FONT, "fontcolor": colours["ink"]},
        edge_attr={"fontname": FONT, "color": colours["edge"], "arrowsize": "0.55", "penwidth": "1.1"},
    )


def font_text(content: str, size: float, colour: str, *, bold: bool = False) -> str:
    """The text as Graphviz's HTML."""
    if not content:
        return ""
    escaped = html.escape(content)
    return f'<FONT POINT-SIZE="{size:.4g}" COLOR="{colour}">{f"<B>{escaped}</B>" if bold else escaped}</FONT>'


def text_table(written: str, width: float, height: float, align: str) -> str:
    """A line of text in a box of that size, at its "LEFT", its "RIGHT" or in its "CENTER"."""
    cell = f'<TD WIDTH="{width:.0f}" HEIGHT="{height:.0f}" ALIGN="{align}">{written}</TD>'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cell}</TR></TABLE>>'


def mouse_text(content: str) -> str:
    return html.escape(content).replace("\\", "\N{SET MINUS}")  # Graphviz would take \N for the name of its node


def plain_palette(theme: str) -> Mapping[str, str]:
    return palette("dark" if theme == "dark" else "light")


class DotWriter:
    """Writes cards, lines and frames into a Digraph."""

    def __init__(self, drawing: Drawing, theme: str) -> None:
        self.drawing = drawing
        self.layout = drawing.layout
        self.measures = drawing.measures
        self.colours = plain_palette(theme)
        self.chips = {chip.line: chip for chip in drawing.layout.chips if chip.free}

    def paint(self, picture: Picture) -> None:
        self.paint_frames(picture, ())
        for number in range(len(self.drawing.cards)):
            self.paint_card(picture, number)
        for number in range(len(self.drawing.lines)):
            self.paint_line(picture, number)
        if advice := self.drawing.chart.advice:
            place = self.at(self.layout.width / 2, -12.0)
            picture.node("advice", f"<{self.text(advice, 13, 'grey')}>", pos=place)

    def at(self, u: float, v: float) -> str:
        return f"{u:.1f},{self.layout.height - v:.1f}"  # Graphviz counts upwards

    def paint_frames(self, parent: graphviz.Digraph, around: Groups) -> None:
        """The frames that stand directly in the one around, as clusters, and the nodes in each."""
        size = self.measures.title - 0.5
        for number, frame in enumerate(self.layout.frames):
            if outer_groups(frame, self.layout.frames) != around:
                continue
            box = frame.box
            title = fitted(frame.title, box.width - 22.0, size)
            with parent.subgraph(name=f"cluster_{number}") as cluster:
                cluster.attr(
                    label=f"<{self.text(title, size, 'grey', bold=True)}>",
                    lp=self.at(box.left + 10 + 0.29 * size * len(title), box.top + 1.1 * size),
                    bb=f"{self.at(box.left, box.bottom)},{self.at(box.right, box.top)}",
                    style="rounded,filled",
                    fillcolor=self.colours["neuron" if around or len(frame.groups) > 1 else "layer"],
                    color=self.colours["frame-border"],
                )
                for card in self.cards_in(frame):
                    cluster.node(f"n{card}")
                self.paint_frames(cluster, frame.groups)

    def cards_in(self, frame: Frame) -> list[int]:
        """The cards that stand in this frame and in none within it."""
        cards, boxes = self.drawing.chart.cards, self.layout.cards
        if frame.groups in (INPUTS, OUTPUT):
            return [number for number, card in enumerate(cards) if not card.frame and frame.box.meets(boxes[number])]
        return [number for number, card in enumerate(cards) if card.frame == frame.groups]

    def paint_card(self, picture: Picture, number: int) -> None:
        box, look = self.layout.cards[number], self.drawing.cards[number]
        picture.node(
            f"n{number}",
            label=self.card_table(look),
            pos=self.at((box.left + box.right) / 2, (box.top + box.bottom) / 2),
            tooltip=mouse_text(look.tooltip),
        )

    def paint_line(self, picture: Picture, number: int) -> None:
        line, curve = self.drawing.chart.lines[number], self.layout.lines[number]
        attributes = {"pos": self.spline(curve)} | self.line_style(self.drawing.lines[number])
        if self.drawing.chart.crowded:
            attributes |= {"penwidth": "0.7", "arrowhead": "none"}
        if number in self.chips:
            chip = self.chips[number]
            attributes["label"] = self.chip_table(minus(chip.text), chip.box)
            attributes["lp"] = self.at((chip.box.left + chip.box.right) / 2, (chip.box.top + chip.box.bottom) / 2)
        picture.edge(f"n{line.tail}", f"n{line.head}", **attributes)

    def spline(self, curve: Curve) -> str:
        """The curve as Graphviz writes one, its end drawn back by the length of the arrow head."""
        if self.drawing.chart.crowded:
            return " ".join(self.at(*point) for point in curve)
        tip, along_u = curve[-1], self.drawing.direction == "LR"
        back = (ARROW, 0.0) if along_u else (0.0, ARROW)
        end = (tip.u - back[0], tip.v - back[1])
        control = (min(curve[-2].u, end[0]), curve[-2].v) if along_u else (curve[-2].u, min(curve[-2].v, end[1]))
        return " ".join([f"e,{self.at(*tip)}", *(self.at(*point) for point in curve[:-2]), self.at(*control), self.at(*end)])

    def line_style(self, look: LineLook) -> dict[str, str]:
        """Colour and width for what the line passed on."""
        width = (
            {}
            if look.sign is None and self.measures.stroke == 1.0
            else {"penwidth": f"{self.measures.stroke * (1.0 + 1.8 * look.strength):.2f}"}
        )
        if not look.sign:
            return width | ({"style": "dotted"} if look.sign == 0 else {})
        colour = self.colours["positive" if look.sign > 0 else "negative"]
        return width | {"color": mixed(self.colours["paper"], colour, 0.45 + 0.4 * look.strength)}

    def card_table(self, look: CardLook) -> str:
        """A card of a fixed size: at the left its sign on a tile, and three rows."""
        sizes, colours = self.measures, self.colours
        border = f'BORDER="{2 if look.output else 1}" COLOR="{colours["ink" if look.output else "border"]}"'
        left = (
            f'<TD ROWSPAN="3" STYLE="ROUNDED" BGCOLOR="{colours[f"tile-{look.kind}"]}" WIDTH="{sizes.tile:.0f}" '
            f'HEIGHT="{sizes.card_height - 6:.0f}">{self.glyph_text(look)}</TD>'
        )
        cells = [f"<TD {attributes}>{content}</TD>" for attributes, content in self.rows(look)]
        return (
            f'<<TABLE {border} CELLBORDER="0" CELLSPACING="1" CELLPADDING="0" STYLE="ROUNDED" BGCOLOR="{colours["card"]}" '
            f'WIDTH="{sizes.card_width:.0f}" HEIGHT="{sizes.card_height:.0f}">'
            f"<TR>{left}{cells[0]}</TR><TR>{cells[1]}</TR><TR>{cells[2]}</TR></TABLE>>"
        )

    def rows(self, look: CardLook) -> Sequence[tuple[str, str]]:
        """Attributes and content of each row."""
        sizes = self.measures
        size = f'CELLPADDING="2" WIDTH="{sizes.card_width - sizes.tile - 10:.0f}" HEIGHT="{sizes.pill - 2:.0f}"'
        bold = not look.automatic
        name = self.fitted(look.name, sizes.name_room, sizes.name - 1.0, "ink" if bold else "grey", bold=bold)
        first = 'ALIGN="LEFT" CELLPADDING="2"', name
        if look.remarks:
            room = sizes.name_room / REGULAR
            colours = zip(look.remarks, ("ink", "grey"), strict=True)
            texts = [self.fitted(remark, room, sizes.operand, colour) for remark, colour in colours]
            return (first, *((f'ALIGN="LEFT" {size}', content) for content in texts))
        gradient = f"∇ {look.gradient}" if look.gradient else ""
        return (
            first,
            (f'ALIGN="RIGHT" {size}', self.number(look.data, "ink")),
            (f'ALIGN="RIGHT" {size} STYLE="ROUNDED" BGCOLOR="{self.tinted(look.tint)}"', self.number(gradient, "on-tint")),
        )

    def fitted(self, content: str, room: float, size: float, colour: str, *, bold: bool = False) -> str:
        """A text that is smaller if it is long, and cut where it is too long."""
        size = name_size(content, size, room)
        return self.text(fitted(content, room, size), size, colour, bold=bold)

    def number(self, content: str, colour: str) -> str:
        sizes = self.measures
        room = sizes.number_room + 0.8 * sizes.nabla
        return self.text(content, number_size(content, sizes.number - 0.5, room), colour)

    def tinted(self, tint: float) -> str:
        """The colour behind a gradient: the card's for 0, towards orange or purple with its size."""
        return mixed(self.colours["card"], self.colours["negative" if tint < 0.0 else "positive"], STRONGEST * abs(tint))

    def glyph_text(self, look: CardLook) -> str:
        """The sign of the operation, with the number that is its operand above or below."""
        sizes = self.measures
        size = {1: sizes.glyph - 1.0, 2: 0.84 * sizes.glyph, 3: 0.74 * sizes.glyph}.get(len(look.glyph), sizes.word)
        sign = self.text(look.glyph, size, "ink")
        above, below = (self.text(cut(number, 6), sizes.operand, "ink") for number in (look.above, look.below))
        return "<BR/>".join(part for part in (above, sign, below) if part)

    def chip_table(self, content: str, box: Box) -> str:
        colours, sizes = self.colours, self.measures
        table = f'BORDER="1" STYLE="ROUNDED" COLOR="{colours["border"]}" BGCOLOR="{colours["paper"]}"'
        cell = f'WIDTH="{box.width - 2:.0f}" HEIGHT="{box.height - 4:.0f}"'
        written = self.text(content, number_size(content, sizes.chip - 0.5, box.width - 0.3 * box.height), "grey")
        return f'<<TABLE {table} CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD {cell}>{written}</TD></TR></TABLE>>'

    def text(self, content: str, size: float, colour: str, *, bold: bool = False) -> str:
        """The text in a colour by its name."""
        return font_text(content, size, self.colours[colour], bold=bold)


def outer_groups(frame: Frame, frames: Sequence[Frame]) -> Groups:
    """The groups of the frame around this one, or nothing."""
    return frame.groups[:-1] if frame.groups[:-1] in {other.groups for other in frames} else ()
