"""What stands on each card of a picture and how each line looks, as data: SVG and DOT are written from the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from micrograd.engine import NoGradient
from micrograd.text.naming import minus, short, subscripted
from micrograd.views.diagram import Card, Chart, Diagram, Line
from micrograd.views.layout.columns import Layout
from micrograd.views.layout.measures import NORMAL, Measures
from micrograd.views.themes import tint_strength

if TYPE_CHECKING:
    from micrograd.views.programs import ProgramChart  # which needs NumPy


@dataclass(frozen=True)
class CardLook:
    """A tile with a sign, a name, and below it number and gradient, or remarks."""

    kind: str  # of tile
    glyph: str
    name: str
    above: str = ""  # numbers on the tile, above and below the sign
    below: str = ""
    automatic: bool = False  # whether nobody gave the name
    output: bool = False
    data: str = ""
    gradient: str = ""
    tint: float = 0.0  # behind the gradient, from -1 to 1
    remarks: tuple[str, ...] = ()
    tooltip: str = ""


@dataclass(frozen=True)
class LineLook:
    """What a line passed back: its sign, and from 0 to 1 its strength; no sign before a sweep."""

    sign: int | None = None
    strength: float = 0.0
    tooltip: str = ""


@dataclass(frozen=True)
class Drawing:
    """All that a picture is written from."""

    chart: Chart
    layout: Layout
    direction: str
    cards: Sequence[CardLook]
    lines: Sequence[LineLook]
    title: str
    measures: Measures = NORMAL


def graph_drawing(
    diagram: Diagram, layout: Layout, direction: str, measures: Measures = NORMAL, *, swept: bool | None = None
) -> Drawing:
    """The picture of single numbers, with their gradients if there was a sweep, or as it is said here."""
    if swept is None:
        swept = not isinstance(diagram.output.grad, NoGradient)
    finite = [abs(gradient) for gradient in diagram.gradients if math.isfinite(gradient)] if swept else []
    largest = max(finite, default=0.0)
    nodes = "1 node" if len(diagram.values) == 1 else f"{len(diagram.values)} nodes"
    return Drawing(
        diagram,
        layout,
        direction,
        [graph_card(card, diagram, swept, largest, measures.digits) for card in diagram.cards],
        [graph_line(line, diagram, swept, largest) for line in diagram.lines],
        f"the graph of {nodes} below {subscripted(diagram.names[diagram.output])}",
        measures,
    )


def graph_card(card: Card, diagram: Diagram, swept: bool, largest: float, digits: int) -> CardLook:
    data, gradient, tint = f"{len(card.nodes)} nodes", "", 0.0
    tooltip = f"{card.full_name}: {data}"
    if card.main is not None:
        data = minus(short(diagram.values[card.main].data, digits))
        tooltip = "\n".join(all_digits(card.main, diagram, swept))
        if swept and card.kind != "constant":
            slope = diagram.gradients[card.main]
            gradient = minus(short(slope, digits))
            tint = math.copysign(tint_strength(slope, largest), slope)
    return CardLook(
        card.kind,
        card.glyph,
        subscripted(card.name),
        minus(card.before),
        minus(card.after),
        automatic=diagram.automatic(card),
        output=diagram.place[diagram.output] in card.nodes,
        data=data,
        gradient=gradient,
        tint=tint,
        tooltip=tooltip,
    )


def all_digits(place: int, diagram: Diagram, swept: bool) -> list[str]:
    """The numbers of a node as they are, for the mouse."""
    value = diagram.values[place]
    lines = [f"{diagram.names[value]} = {float(value.data)!r}"]
    if swept:
        own = float(diagram.gradients[place])
        lines.append(f"gradient {own!r}")
        if value.op is None and value.grad != own and not math.isnan(own):
            lines.append(f"grad holds {float(value.grad)!r}, which is not from one sweep of this output alone")
    return lines


def graph_line(line: Line, diagram: Diagram, swept: bool, largest: float) -> LineLook:
    edges = [diagram.edges[edge] for edge in line.edges]
    told = [f"local derivative {float(edges[0].local_derivative)!r}" if len(edges) == 1 else f"{len(edges)} lines"]
    if not swept:
        return LineLook(tooltip=told[0])
    passed = sum(edge.local_derivative * diagram.gradients[edge.child] for edge in edges)
    told.append(f"adds {float(passed)!r} to the gradient" + ("" if len(edges) == 1 else "s together"))
    return LineLook((passed > 0.0) - (passed < 0.0), tint_strength(passed, largest), "\n".join(told))


def program_drawing(chart: ProgramChart, layout: Layout, direction: str, measures: Measures = NORMAL) -> Drawing:
    """The picture of arrays: their names, shapes and operations."""
    return Drawing(
        chart,
        layout,
        direction,
        [program_card(card, chart) for card in chart.cards],
        [LineLook(tooltip=chart.chip_text(line)) for line in chart.lines],
        f"the program of {len(chart.cards)} arrays",
        measures,
    )


def program_card(card: Card, chart: ProgramChart) -> CardLook:
    name, shape, operation = chart.texts(card)
    return CardLook(
        "group" if card.frame == ("backward",) else card.kind,
        card.glyph,
        name,
        minus(card.before),
        minus(card.after),
        output=card.nodes[0] in chart.results,
        remarks=(shape, operation),
        tooltip=f"{name or operation}: {operation}\n{shape}",
    )
