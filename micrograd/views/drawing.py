"""`draw`: the graph below a Value as a picture, an ordinary `graphviz.Digraph`.

Each node is a card: its operation, its name, its number, and after a sweep its gradient (∇). Each line carries the local
derivative. Orange is a positive gradient and purple a negative one, strong where it is large; the sign is written too.
"""

from __future__ import annotations

import html
import math
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from micrograd.engine import NoGradient, Value
from micrograd.text.naming import cut, minus, short, subscripted
from micrograd.views.diagram import MAX_NODES, Card, Chart, Diagram, Groups, Line
from micrograd.views.layout.blocks import INPUTS, OUTPUT
from micrograd.views.layout.columns import CARD_HEIGHT, CARD_WIDTH, Frame, Layout, lay_out
from micrograd.views.layout.geometry import Box, Curve
from micrograd.views.stepping import one_value, warn_of_changes

if TYPE_CHECKING:
    import graphviz

    from micrograd.tensors.arrays import Array, ArrayProgram
    from micrograd.views.picture import Picture
    from micrograd.views.programs import ProgramChart

INK, MUTED, EDGE, BORDER, PAPER = "#1c2128", "#59636e", "#7a8593", "#c6cdd5", "#ffffff"
POSITIVE, NEGATIVE = "#e66101", "#6a46a8"  # apart for every kind of colour vision, and in grey by the sign that is written
TILES = {
    "input": "#d6e9f5",
    "parameter": "#dcefd9",
    "leaf": "#eef0f2",
    "constant": "#f6f8fa",
    "op": "#e4e9ef",
    "group": "#e9e4f3",
}
FRAMES = ("#eef2f6", "#f8fafb")  # a layer, a neuron
FONT = "Helvetica,Arial,sans-serif"
ARROW = 7.0
DECADES = 4.0  # how far below the largest gradient the tint fades out


@runtime_checkable
class Folded(Protocol):
    """A folded graph: a program of arrays, and these under their names."""

    @property
    def program(self) -> ArrayProgram: ...

    @property
    def arrays(self) -> Sequence[Array]: ...


def draw(
    output: Value | Folded,
    *,
    names: Mapping[str, Any] | None = None,
    direction: str = "LR",
    collapse: str | None = "auto",
    max_nodes: int = MAX_NODES,
    show_constants: bool = False,
) -> Picture:
    """The graph below `output` as a `graphviz.Digraph`: `.render("graph", format="svg")`, `.pipe("png")`, `.source`.

    `names=locals()` names the Values that it finds there. The direction is "LR" (left to right) or "TB" (top to bottom).
    Neurons and layers, which the labels of parameters tell of, are framed, and folded into cards with
    `collapse="neuron"` or `"layer"`; "auto" folds what has more than `max_nodes` cards. What is still too much is left
    out, with a warning.

    Gradients are shown after `output.backward()`: those of a whole sweep of this output alone, whatever else was added to
    `grad`. Of a folded graph the picture has a card for each array, and on a line the part of it that is read; of the
    options it takes the direction.

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> picture = draw((w * x).tanh())
    >>> "w" in picture.source and picture.pipe("svg")[:5]
    b'<?xml'
    """
    if isinstance(output, Folded):
        return draw_program(output, direction)
    diagram = Diagram(
        one_value(output, "draw"), names=names, collapse=collapse, max_nodes=max_nodes, show_constants=show_constants
    )
    warn_of_changes(diagram.order)
    layout = lay_out(diagram, direction)
    if diagram.advice:
        warnings.warn(diagram.advice, stacklevel=2)
    comment = f"the graph of {len(diagram.values)} nodes below {subscripted(diagram.names[output])}"
    picture = new_picture(layout, comment)
    GraphPainter(diagram, layout, picture, direction).paint()
    return picture


def draw_program(folded: Folded, direction: str) -> Picture:
    """The picture of all arrays that the loss and its gradients are computed from."""
    from micrograd.views.programs import ProgramChart

    chart = ProgramChart(folded.program)
    layout = lay_out(chart, direction)
    picture = new_picture(layout, f"the program of {len(chart.cards)} arrays")
    ProgramPainter(chart, layout, picture, direction).paint()
    return picture


def new_picture(layout: Layout, comment: str) -> Picture:
    """An empty picture of the size of the layout."""
    from micrograd.views.picture import Picture

    return Picture(
        "micrograd",
        comment=comment.replace("\n", " "),
        graph_attr={
            "layout": "nop2",
            "bb": f"0,0,{layout.width},{layout.height}",
            "bgcolor": PAPER,
            "fontname": FONT,
            "pad": "0.1",
        },
        node_attr={"shape": "plain", "fontname": FONT, "fontcolor": INK},
        edge_attr={"fontname": FONT, "color": EDGE, "arrowsize": "0.55", "penwidth": "1.1"},
    )


class Painter:
    """Writes cards, lines and frames into a Digraph; what stands on the cards is for each kind of chart to say."""

    def __init__(self, diagram: Chart, layout: Layout, picture: Picture, direction: str) -> None:
        self.diagram = diagram
        self.layout = layout
        self.picture = picture
        self.direction = direction
        self.chips = {chip.line: chip for chip in layout.chips}

    def paint(self) -> None:
        self.paint_frames(self.picture, ())
        for number, card in enumerate(self.diagram.cards):
            self.paint_card(number, card)
        for number in range(len(self.diagram.lines)):
            self.paint_line(number)
        if self.diagram.advice:
            place = self.at(self.layout.width / 2, -12.0)
            self.picture.node("advice", f"<{html_text(self.diagram.advice, 13, MUTED)}>", pos=place)

    def at(self, u: float, v: float) -> str:
        return f"{u:.1f},{self.layout.height - v:.1f}"  # Graphviz counts upwards

    def paint_frames(self, parent: graphviz.Digraph, around: Groups) -> None:
        """The frames that stand directly in the one around, as clusters, and the nodes in each."""
        for number, frame in enumerate(self.layout.frames):
            if outer_groups(frame, self.layout.frames) != around:
                continue
            box = frame.box
            with parent.subgraph(name=f"cluster_{number}") as cluster:
                cluster.attr(
                    label=f"<{html_text(frame.title, 11, MUTED, bold=True)}>",
                    lp=self.at(box.left + 10 + 3.2 * len(frame.title), box.top + 12),
                    bb=f"{self.at(box.left, box.bottom)},{self.at(box.right, box.top)}",
                    style="rounded,filled",
                    fillcolor=FRAMES[bool(around) or len(frame.groups) > 1],
                    color="#d5dbe2",
                )
                for card in self.cards_in(frame):
                    cluster.node(f"n{card}")
                self.paint_frames(cluster, frame.groups)

    def cards_in(self, frame: Frame) -> list[int]:
        """The cards that stand in this frame and in none within it."""
        if frame.groups in (INPUTS, OUTPUT):
            boxes = self.layout.cards
            return [number for number, card in enumerate(self.diagram.cards) if not card.frame and frame.box.meets(boxes[number])]
        return [number for number, card in enumerate(self.diagram.cards) if card.frame == frame.groups]

    def paint_card(self, number: int, card: Card) -> None:
        box = self.layout.cards[number]
        self.picture.node(
            f"n{number}",
            label=self.card_table(card, self.is_output(card)),
            pos=self.at((box.left + box.right) / 2, (box.top + box.bottom) / 2),
            tooltip=self.tooltip(card),
        )

    def paint_line(self, number: int) -> None:
        line, curve = self.diagram.lines[number], self.layout.lines[number]
        attributes = {"pos": self.spline(curve)} | self.line_style(line)
        if self.diagram.crowded:
            attributes |= {"penwidth": "0.7", "arrowhead": "none"}
        if number in self.chips:
            chip = self.chips[number]
            attributes["label"] = chip_table(minus(chip.text), chip.box)
            attributes["lp"] = self.at((chip.box.left + chip.box.right) / 2, (chip.box.top + chip.box.bottom) / 2)
        self.picture.edge(f"n{line.tail}", f"n{line.head}", **attributes)

    def spline(self, curve: Curve) -> str:
        """The curve as Graphviz writes one, its end drawn back by the length of the arrow head."""
        if self.diagram.crowded:
            return " ".join(self.at(*point) for point in curve)
        tip, along_u = curve[-1], self.direction == "LR"
        back = (ARROW, 0.0) if along_u else (0.0, ARROW)
        end = (tip.u - back[0], tip.v - back[1])
        control = (min(curve[-2].u, end[0]), curve[-2].v) if along_u else (curve[-2].u, min(curve[-2].v, end[1]))
        return " ".join([f"e,{self.at(*tip)}", *(self.at(*point) for point in curve[:-2]), self.at(*control), self.at(*end)])

    def is_output(self, card: Card) -> bool:
        """Whether the card has the thick border of a result."""
        raise NotImplementedError

    def card_table(self, card: Card, output: bool) -> str:
        """The card as one of Graphviz's tables, of a fixed size."""
        raise NotImplementedError

    def tooltip(self, card: Card) -> str:
        """More about the card, for the mouse."""
        raise NotImplementedError

    def line_style(self, line: Line) -> dict[str, str]:
        """How a line differs from others."""
        return {}


class GraphPainter(Painter):
    """Writes the cards of single numbers, with their gradients after a sweep."""

    diagram: Diagram

    def __init__(self, diagram: Diagram, layout: Layout, picture: Picture, direction: str) -> None:
        super().__init__(diagram, layout, picture, direction)
        self.swept = not isinstance(diagram.output.grad, NoGradient)
        finite = [abs(gradient) for gradient in diagram.gradients if math.isfinite(gradient)] if self.swept else []
        self.largest = max(finite, default=0.0)

    def is_output(self, card: Card) -> bool:
        return self.diagram.place[self.diagram.output] in card.nodes

    def card_table(self, card: Card, output: bool) -> str:
        """The card as one of Graphviz's tables, of a fixed size."""
        data, gradient, tint = "", "", PAPER
        if card.main is None:
            data = f"{len(card.nodes)} nodes"
        else:
            data = short(self.diagram.values[card.main].data)
            if self.swept and card.kind != "constant":
                slope = self.diagram.gradients[card.main]
                gradient = f"∇ {short(slope)}"
                tint = tinted(slope, self.largest)
        named = not self.diagram.automatic(card)
        name = html_text(cut(subscripted(card.name), 11), 11, INK if named else MUTED, bold=named)
        right = f'ALIGN="RIGHT" CELLPADDING="2" WIDTH="{CARD_WIDTH - 44:.0f}" HEIGHT="16"'
        rows = (
            ('ALIGN="LEFT" CELLPADDING="2"', name),
            (right, html_text(minus(data), 12, INK)),
            (f'{right} STYLE="ROUNDED" BGCOLOR="{tint}"', html_text(minus(gradient), 12, INK)),
        )
        return card_frame(card, output, TILES[card.kind], rows)

    def tooltip(self, card: Card) -> str:
        """Everything with all digits, for the mouse."""
        lines = [f"{card.full_name}: {len(card.nodes)} nodes"] if card.main is None else self.digits(card.main)
        return html.escape("\n".join(lines)).replace("\\", "\N{SET MINUS}")  # Graphviz would take \N for the name of its node

    def digits(self, place: int) -> list[str]:
        value = self.diagram.values[place]
        lines = [f"{self.diagram.names[value]} = {float(value.data)!r}"]
        if self.swept:
            own = float(self.diagram.gradients[place])
            lines.append(f"gradient {own!r}")
            if value.op is None and value.grad != own and not math.isnan(own):
                lines.append(f"grad holds {float(value.grad)!r}, which is not from one sweep of this output alone")
        return lines

    def line_style(self, line: Line) -> dict[str, str]:
        """Colour and width for what the line passed on."""
        if not self.swept:
            return {}
        edges = [self.diagram.edges[edge] for edge in line.edges]
        passed = sum(edge.local_derivative * self.diagram.gradients[edge.child] for edge in edges)
        strength = tint_strength(passed, self.largest)
        style = {"color": line_colour(passed, strength), "penwidth": f"{1.0 + 1.8 * strength:.2f}"}
        return style | ({"style": "dotted"} if passed == 0.0 else {})


class ProgramPainter(Painter):
    """Writes the cards of arrays: sign, name, shape and operation."""

    diagram: ProgramChart

    def is_output(self, card: Card) -> bool:
        return card.nodes[0] in self.diagram.results

    def card_table(self, card: Card, output: bool) -> str:
        name, shape, operation = self.diagram.texts(card)
        cell = f'ALIGN="LEFT" CELLPADDING="2" WIDTH="{CARD_WIDTH - 44:.0f}" HEIGHT="16"'
        rows = (
            html_text(cut(name, 11), 11, INK, bold=True),
            html_text(cut(shape, 15), 10, INK),
            html_text(cut(operation, 15), 10, MUTED),
        )
        return card_frame(
            card, output, TILES["group" if card.frame == ("backward",) else card.kind], [(cell, row) for row in rows]
        )

    def tooltip(self, card: Card) -> str:
        name, shape, operation = self.diagram.texts(card)
        return html.escape(f"{name or operation}: {operation}\n{shape}").replace("\\", "\N{SET MINUS}")  # as above


def card_frame(card: Card, output: bool, tile: str, rows: Sequence[tuple[str, str]]) -> str:
    """A card of a fixed size: at the left its sign on a tile, and three rows, each with attributes and content."""
    border = f'BORDER="{2 if output else 1}" COLOR="{INK if output else BORDER}"'
    left = f'<TD ROWSPAN="3" STYLE="ROUNDED" BGCOLOR="{tile}" WIDTH="34" HEIGHT="{CARD_HEIGHT - 6:.0f}">{glyph_text(card)}</TD>'
    cells = [f"<TD {attributes}>{content}</TD>" for attributes, content in rows]
    return (
        f'<<TABLE {border} CELLBORDER="0" CELLSPACING="1" CELLPADDING="0" STYLE="ROUNDED" BGCOLOR="{PAPER}" '
        f'WIDTH="{CARD_WIDTH:.0f}" HEIGHT="{CARD_HEIGHT:.0f}">'
        f"<TR>{left}{cells[0]}</TR><TR>{cells[1]}</TR><TR>{cells[2]}</TR></TABLE>>"
    )


def outer_groups(frame: Frame, frames: list[Frame]) -> Groups:
    """The groups of the frame around this one, or nothing."""
    return frame.groups[:-1] if frame.groups[:-1] in {other.groups for other in frames} else ()


def glyph_text(card: Card) -> str:
    """The sign of the operation, with the number that is its operand above or below."""
    size = {1: 18, 2: 16, 3: 14}.get(len(card.glyph), 11)
    sign = html_text(card.glyph, size, INK)
    above, below = (html_text(minus(cut(number, 6)), 10, INK) for number in (card.before, card.after))
    return "<BR/>".join(part for part in (above, sign, below) if part)


def chip_table(text: str, box: Box) -> str:
    table = f'BORDER="1" STYLE="ROUNDED" COLOR="{BORDER}" BGCOLOR="{PAPER}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
    cell = f'WIDTH="{box.width - 2:.0f}" HEIGHT="{box.height - 4:.0f}"'
    return f"<<TABLE {table}><TR><TD {cell}>{html_text(text, 9, MUTED)}</TD></TR></TABLE>>"


def html_text(text: str, size: int, colour: str, *, bold: bool = False) -> str:
    if not text:
        return ""
    escaped = html.escape(text)
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{f"<B>{escaped}</B>" if bold else escaped}</FONT>'


def tint_strength(gradient: float, largest: float) -> float:
    """From 0 to 1 for the size of a gradient beside the largest, on a logarithmic scale of four decades."""
    if gradient == 0.0 or math.isnan(gradient) or not largest:
        return 0.0
    return max(0.0, min(1.0, 1.0 + (math.log10(abs(gradient)) - math.log10(largest)) / DECADES))  # a quotient may be 0


def tinted(gradient: float, largest: float) -> str:
    """The colour behind a gradient: paper for 0, towards orange or purple with its size."""
    strength = 0.45 * tint_strength(gradient, largest)
    return mixed(PAPER, POSITIVE if gradient > 0.0 else NEGATIVE, strength)


def line_colour(gradient: float, strength: float) -> str:
    if gradient == 0.0 or math.isnan(gradient):
        return EDGE
    return mixed(PAPER, POSITIVE if gradient > 0.0 else NEGATIVE, 0.45 + 0.4 * strength)


def mixed(one: str, other: str, share: float) -> str:
    channels = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)
