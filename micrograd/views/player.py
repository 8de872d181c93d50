"""`explore`: the player, one HTML page that steps through both sweeps of a graph. It needs no network and no server.

No `grad` is read or changed. The page gets the picture with its final numbers, which stays where scripts are off; the graph
as JSON; and the graph as functions of JavaScript, so that a reader may move its leaves: the sweep is done there, in the
engine's order. The folder `page` has the template, styles and scripts.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd import ops
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value
from micrograd.ops import Op
from micrograd.text.formulas import formula_lines, operation
from micrograd.text.naming import shown, subscripted, uses
from micrograd.views.diagram import MAX_NODES, Diagram, Edge, Groups, check_direction
from micrograd.views.grids.explorer import NetworkPage, examples_of
from micrograd.views.layout.columns import Layout, lay_out
from micrograd.views.layout.geometry import Box
from micrograd.views.live import live_functions
from micrograd.views.looks import graph_drawing
from micrograd.views.pages import Page, file_text, joined, page_of, plain, safe_json, still_image
from micrograd.views.stepping import one_value, warn_of_changes
from micrograd.views.svg import HEAD, svg, svg_file

MOST_STEPS = 50_000
LONGEST_RULE = 60
PANEL_HEIGHT = 270  # pixels of the page that are not the picture
SCREEN = (2000, 1100)  # what a large screen shows of a picture before its digits are too small
MOST_NEURONS = 60  # cards of an overview
LEAST_HEIGHT = {True: 560, False: 460}  # of a notebook's frame: with the panel of what-if, and without
STYLES = ("shared/scrub.css", "player/player.css", "player/what_if.css")
SCRIPTS = (  # one script, in this order
    "shared/elements.js",
    "shared/numbers.js",
    "shared/scrub.js",
    "shared/theme.js",
    "shared/templates.js",
    "player/steps.js",
    "player/picture.js",
    "player/words.js",
    "player/view.js",
    "player/hand.js",
    "player/what_if.js",
    "player/player.js",
)


def explore(
    output: Value | Sequence[Value],
    *,
    title: str | None = None,
    titles: Sequence[str] | None = None,
    names: Mapping[str, Any] | None = None,
    direction: str = "LR",
    collapse: str | None = "auto",
    max_nodes: int = MAX_NODES,
    live: bool = True,
) -> Page:
    """The player of the graph below `output`: forward, then backward, one application of the chain rule at each step.

    Each leaf can be dragged, also in the middle of a sweep, and the page shows what follows; with `live=False`, or where
    JavaScript does not know an operation, it says that its numbers are fixed. A notebook shows it; `.show()` opens it in the
    browser; `.save("player.html")` writes a page that opens from disk. A folded network plays every single step. The other
    options are those of `draw`; a ValueError if there are still more than `max_nodes` cards.

    One row of a network in which neurons are used at several windows, as in a convolution or a recurrent cell, is shown by its
    maps: from the whole network to one map, and to one window number by number. A list of losses, one for each row that goes
    through the same network, is a page to choose among them, by their `titles`; of the options it takes title and names.

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> explore((w * x).tanh())
    <Player of out: 4 nodes, 2 steps forward and 3 backward; .show() opens it, .save("player.html") keeps it>
    """
    if collapse == "grids" or (collapse == "auto" and direction == "LR"):
        check_direction(direction, collapse)
        if examples := examples_of(output, names, collapse):
            return NetworkPage(examples, title, titles)
    if titles is not None:
        raise ValueError("titles are the names of several losses of a network with maps; for one picture there is title")
    diagram = Diagram(one_value(output, "explore"), names=names, collapse=collapse, max_nodes=max_nodes)
    if diagram.hidden:
        nodes = f"{len(diagram.values):,} nodes"
        raise ValueError(f"the graph has {nodes}, and max_nodes={max_nodes} cards do not hold it; {diagram.remedy}")
    if len(diagram.values) + len(diagram.edges) > MOST_STEPS:
        raise ValueError(f"a graph of {len(diagram.values):,} nodes has too many steps to play; explore a part of it")
    warn_of_changes(diagram.order)
    name = subscripted(diagram.names[diagram.output])
    whole_title = printable(str(title), 200) if title else f"{name}, step by step"
    layout = lay_out(diagram, direction)
    return Player(diagram, layout, direction, whole_title, live, overview_of(diagram, layout, names))


def overview_of(diagram: Diagram, layout: Layout, names: Mapping[str, Any] | None) -> Diagram | None:
    """Of a network that no screen shows whole: the picture with its neurons folded, or its layers if these are too many."""
    if diagram.fold or not diagram.groups or (layout.width <= SCREEN[0] and layout.height <= SCREEN[1]):
        return None
    by_neuron = Diagram(diagram.output, names=names, collapse="neuron")
    return by_neuron if len(by_neuron.cards) <= MOST_NEURONS else Diagram(diagram.output, names=names, collapse="layer")


class Player(Page):
    """The page of a graph."""

    what, name = "the player", "player"

    def __init__(
        self, diagram: Diagram, layout: Layout, direction: str, title: str, live: bool = True, overview: Diagram | None = None
    ) -> None:
        self.diagram = diagram
        self.layout = layout
        self.direction = direction
        self.title = title
        self.overview = overview
        self.live = live_functions(diagram, live)
        self.html = self.page()  # now, since the Values may change
        self.height = round(max(LEAST_HEIGHT[not self.live.fixed], min(760, PANEL_HEIGHT + layout.height)))

    def page(self) -> str:
        """The template with styles, pictures, graph and scripts."""
        seen = [(self.diagram, self.layout)]
        if self.overview is not None:
            seen.append((self.overview, lay_out(self.overview, self.direction)))
        data = graph_data(self.diagram, self.title, self.live.fixed)
        data["pictures"] = [picture_data(diagram, self.direction) for diagram, _ in seen]
        first, *others = [f"{svg(diagram, layout, self.direction)}</div>" for diagram, layout in seen]
        return page_of(
            "player/player.html",
            packed=f'"use strict";\n{joined(*SCRIPTS)}',
            title=html.escape(self.title),
            picture_style=file_text("shared/picture.css"),
            player_style=joined(*STYLES),
            picture=f'<div class="picture">{first}' + "".join(f'<div class="picture" hidden>{other}' for other in others),
            graph=safe_json(data),
            functions=self.live.functions,
        )

    @property
    def behind(self) -> str:
        return still_image(self.title, self.still_picture())

    def still_picture(self) -> str:
        """The picture as an SVG file of its own, with its colours in it."""
        return svg_file(graph_drawing(self.diagram, self.layout, self.direction, swept=True), "auto").file()

    def __repr__(self) -> str:
        forward = sum(value.op is not None for value in self.diagram.values)
        name, backward = self.diagram.names[self.diagram.output], len(self.diagram.edges)
        size = f"{len(self.diagram.values)} nodes, {forward} steps forward and {backward} backward"
        return f'<Player of {name}: {size}; .show() opens it, .save("player.html") keeps it>'


# --------------------------------------------------------------------------------------------------------------
# The graph as data
# --------------------------------------------------------------------------------------------------------------


Shape = tuple[Op, tuple[float | None, ...]]  # an operation, and those of its operands that are plain numbers


def graph_data(diagram: Diagram, title: str, fixed: str) -> dict[str, Any]:
    """What the page plays: numbers as numbers, which it writes as Python does. `fixed` says why they cannot be moved."""
    shapes: dict[Shape, Value] = {}  # each with the first node that has it: the same words are written once
    for value in diagram.values:
        if value.op is not None:
            shapes.setdefault(shape_of(value.op, value), value)
    numbers = {shape: number for number, shape in enumerate(shapes)}
    groups = {group: number for number, group in enumerate(dict.fromkeys(diagram.groups.values()))}
    return {
        "version": 2,
        "title": title,
        "fixed": fixed,
        "output": diagram.place[diagram.output],
        "groups": [printable(".".join(group)) for group in groups],
        "nodes": [node_data(diagram, place, numbers, groups) for place in range(len(diagram.values))],
        "shapes": [{"terms": terms(op, value), "rules": rules(op, value)} for (op, _), value in shapes.items()],
        "edges": list(map(edge_data, diagram.edges)),
        "backward": swept(diagram.edges),
        "head": HEAD,
    }


def picture_data(diagram: Diagram, direction: str) -> dict[str, Any]:
    """What the elements of a picture stand for; and, for screens that are narrow, where they are from top to bottom."""
    line_of = {edge: number for number, line in enumerate(diagram.lines) for edge in line.edges}
    return {
        "cards": [
            {
                "name": card.full_name if card.kind == "group" else card.name,
                "main": -1 if card.main is None else card.main,
                "folded": card.kind == "group",
            }
            for card in diagram.cards
        ],
        "cardOf": [diagram.card_of[place] for place in range(len(diagram.values))],
        "lineOf": [line_of.get(number, -1) for number in range(len(diagram.edges))],
        "tall": places(lay_out(diagram, "TB")) if direction == "LR" else None,
    }


def shape_of(op: Op, value: Value) -> Shape:
    return op, tuple([parent.data if isinstance(parent, Constant) else None for parent in value.parents])


def node_data(diagram: Diagram, place: int, shapes: Mapping[Shape, int], groups: Mapping[Groups, int]) -> dict[str, Any]:
    value = diagram.values[place]
    name, short = subscripted(diagram.names[value]), subscripted(diagram.name_in_group(value))
    data: dict[str, Any] = {"name": name, "kind": diagram.kinds[place], "data": plain(value.data)}
    if short != name:
        data["short"] = short
    if value in diagram.groups:
        data["group"] = groups[diagram.groups[value]]
    if value.op is not None:
        data["shape"] = shapes[shape_of(value.op, value)]
        data["parents"] = [diagram.place.get(parent, -1) for parent in value.parents]
        if any(marks := uses(value.parents)):
            data["uses"] = marks
    return data


def edge_data(edge: Edge) -> dict[str, Any]:
    return {
        "parent": edge.parent,
        "child": edge.child,
        "operand": edge.operand,
        "local": plain(edge.local_derivative),
    }


def swept(edges: Sequence[Edge]) -> list[int]:
    """The numbers of the edges in the order of the sweep: the last node first, and its operands from the left."""
    return sorted(range(len(edges)), key=lambda number: -edges[number].child)


def places(layout: Layout) -> dict[str, Any]:
    """Where everything of the picture is, in another layout of the same diagram."""
    return {
        "width": layout.width,
        "height": layout.height,
        "cards": [[round(box.left, 1), round(box.top, 1)] for box in layout.cards],
        "lines": [[round(number, 1) for point in curve for number in point] for curve in layout.lines],
        "frames": [box_data(frame.box) for frame in layout.frames],
        "chips": {chip.line: box_data(chip.box) for chip in layout.chips},
    }


def box_data(box: Box) -> list[float]:
    return [round(number, 1) for number in (box.left, box.top, box.width, box.height)]


# --------------------------------------------------------------------------------------------------------------
# The words for an operation
# --------------------------------------------------------------------------------------------------------------


def terms(op: Op, value: Value) -> list[str]:
    """The operation with {0}, {1}, ... for its operands: in one piece, or for a sum in as many as it has terms."""
    operands = [shown(p.data) if isinstance(p, Constant) else f"{{{i}}}" for i, p in enumerate(value.parents)]
    if op is ops.total:
        return operands
    if op is ops.dot:
        half = len(operands) // 2
        return [f"{a} × {b}" for a, b in zip(operands[:half], operands[half:], strict=True)]
    return [operation(op, operands, "symbols")]


def rules(op: Op, value: Value) -> list[str | None]:
    """For each operand the local derivative as the operation's own rule gives it, with {0}, {1}, ... and {out}.

    The rule is asked with Values for operands, and what it gives is written as a formula. None where that does not work
    (a rule of the user's may read floats only) or is too long to help.
    """
    operands = [p.data if isinstance(p, Constant) else Value(p.data, label=f"{{{i}}}") for i, p in enumerate(value.parents)]
    out = Value(value.data, label="{out}")
    try:
        derivatives: Sequence[Any] = op.derivatives(out, *op.arguments(operands))
        return [rule_text(derivative) for derivative in derivatives]
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return [None] * len(operands)


def rule_text(derivative: Value | float) -> str | None:
    if not isinstance(derivative, Value):
        return shown(derivative)
    *definitions, text = formula_lines(derivative, "symbols")
    if definitions:
        text += f", where {', '.join(definitions)}"
    return text if len(text) <= LONGEST_RULE else None
