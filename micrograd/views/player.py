"""`explore`: the player, one HTML page that steps through both sweeps of a graph. It needs no network and no server.

Everything is computed here, by a dry sweep, so that no `grad` is read or changed: the picture with its final numbers, which
stays where scripts are off, and every step as JSON. The folder `page` has the template, styles and script that show them.
"""

from __future__ import annotations

import base64
import html
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from micrograd import ops
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value
from micrograd.ops import Op
from micrograd.text.formulas import formula_lines, operation
from micrograd.text.naming import minus, shown, subscripted, uses
from micrograd.views.diagram import MAX_NODES, Diagram, Edge
from micrograd.views.layout.columns import Layout, lay_out
from micrograd.views.looks import graph_drawing
from micrograd.views.pages import file_text, framed, joined, page_of, safe_json, save_page
from micrograd.views.stepping import BackwardStep, one_value, warn_of_changes
from micrograd.views.svg import svg, svg_file

MOST_STEPS = 50_000
LONGEST_RULE = 60
PANEL_HEIGHT = 270  # pixels of the page that are not the picture
SCRIPTS = ("player/steps.js", "player/picture.js", "player/words.js", "player/player.js")  # one script, in this order


def explore(
    output: Value,
    *,
    title: str | None = None,
    names: Mapping[str, Any] | None = None,
    direction: str = "LR",
    collapse: str | None = "auto",
    max_nodes: int = MAX_NODES,
) -> Player:
    """The player of the graph below `output`: forward, then backward, one application of the chain rule at each step.

    A notebook shows it; `.save("player.html")` writes a page that opens from disk. A folded network plays every single
    step. The options are those of `draw`; a ValueError if there are still more than `max_nodes` cards.

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> explore((w * x).tanh())
    <Player of out: 4 nodes, 2 steps forward and 3 backward>
    """
    diagram = Diagram(one_value(output, "explore"), names=names, collapse=collapse, max_nodes=max_nodes)
    if diagram.hidden:
        nodes = f"{len(diagram.values):,} nodes"
        raise ValueError(f"the graph has {nodes}, and max_nodes={max_nodes} cards do not hold it; {diagram.remedy}")
    if len(diagram.values) + len(diagram.edges) > MOST_STEPS:
        raise ValueError(f"a graph of {len(diagram.values):,} nodes has too many steps to play; explore a part of it")
    warn_of_changes(diagram.order)
    name = subscripted(diagram.names[output])
    return Player(diagram, lay_out(diagram, direction), direction, printable(title, 200) if title else f"{name}, step by step")


class Player:
    """The page, ready to be saved or shown in a notebook."""

    def __init__(self, diagram: Diagram, layout: Layout, direction: str, title: str) -> None:
        self.diagram = diagram
        self.layout = layout
        self.direction = direction
        self.title = title
        self.html = self.page()  # now, since the Values may change

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, whole or not at all; give its path."""
        return save_page(self.html, path, "the player", "player")

    def page(self) -> str:
        """The template with styles, picture, steps and script."""
        return page_of(
            "player/player.html",
            script=joined(*SCRIPTS),
            title=html.escape(self.title),
            picture_style=file_text("shared/picture.css"),
            player_style=file_text("player/player.css"),
            picture=svg(self.diagram, self.layout, self.direction),
            steps=safe_json(steps_of(self.diagram, self.title)),
        )

    def _repr_html_(self) -> str:
        """The page in a frame of its own, and the picture behind it."""
        height = round(max(460, min(760, PANEL_HEIGHT + self.layout.height)))
        still = base64.b64encode(self.still_picture().encode()).decode()
        behind = f'<img alt="{html.escape(self.title)}" src="data:image/svg+xml;base64,{still}" style="max-width:100%">'
        return framed(self.html, self.title, behind, height)

    def still_picture(self) -> str:
        """The picture as an SVG file of its own, with its colours in it."""
        return svg_file(graph_drawing(self.diagram, self.layout, self.direction, swept=True), "auto").file()

    def __repr__(self) -> str:
        forward = sum(value.op is not None for value in self.diagram.values)
        name, backward = self.diagram.names[self.diagram.output], len(self.diagram.edges)
        return f"<Player of {name}: {len(self.diagram.values)} nodes, {forward} steps forward and {backward} backward>"


# --------------------------------------------------------------------------------------------------------------
# The steps
# --------------------------------------------------------------------------------------------------------------


Shape = tuple[Op, tuple[float | None, ...]]  # an operation, and those of its operands that are plain numbers


def steps_of(diagram: Diagram, title: str) -> dict[str, Any]:
    """What the page plays. Numbers travel as the text that is shown, since the page computes nothing."""
    shapes: dict[Shape, Value] = {}  # each with the first node that has it: the same words are written once
    for value in diagram.values:
        if value.op is not None:
            shapes.setdefault(shape_of(value.op, value), value)
    numbers = {shape: number for number, shape in enumerate(shapes)}
    line_of = {edge: number for number, line in enumerate(diagram.lines) for edge in line.edges}
    return {
        "version": 1,
        "title": title,
        "output": diagram.place[diagram.output],
        "largest": max([abs(gradient) for gradient in diagram.gradients if math.isfinite(gradient)], default=1.0),
        "cards": [
            {
                "name": card.full_name if card.kind == "group" else card.name,
                "main": -1 if card.main is None else card.main,
                "folded": card.kind == "group",
            }
            for card in diagram.cards
        ],
        "nodes": [node_data(diagram, place, numbers) for place in range(len(diagram.values))],
        "shapes": [{"terms": terms(op, value), "rules": rules(op, value)} for (op, _), value in shapes.items()],
        "edges": [edge_data(edge, line_of.get(number, -1)) for number, edge in enumerate(diagram.edges)],
        "forward": [place for place, value in enumerate(diagram.values) if value.op is not None],
        "backward": [step_data(edge, step) for edge, step in zip(swept(diagram.edges), diagram.steps, strict=True)],
    }


def shape_of(op: Op, value: Value) -> Shape:
    return op, tuple([parent.data if isinstance(parent, Constant) else None for parent in value.parents])


def node_data(diagram: Diagram, place: int, shapes: Mapping[Shape, int]) -> dict[str, Any]:
    value = diagram.values[place]
    data: dict[str, Any] = {
        "name": subscripted(diagram.names[value]),
        "kind": diagram.kinds[place],
        "card": diagram.card_of[place],
        "data": shown(value.data),
        "exactData": minus(repr(value.data)),
        "exactGrad": minus(repr(diagram.gradients[place])),
    }
    if value.op is not None:
        data["shape"] = shapes[shape_of(value.op, value)]
        data["parents"] = [diagram.place.get(parent, -1) for parent in value.parents]
        if any(marks := uses(value.parents)):
            data["uses"] = marks
    return data


def edge_data(edge: Edge, line: int) -> dict[str, Any]:
    return {
        "parent": edge.parent,
        "child": edge.child,
        "operand": edge.operand,
        "local": shown(edge.local_derivative),
        "line": line,
    }


def swept(edges: Sequence[Edge]) -> list[int]:
    """The numbers of the edges in the order of the sweep: the last node first, and its operands from the left."""
    return sorted(range(len(edges)), key=lambda number: -edges[number].child)


def step_data(edge: int, step: BackwardStep) -> dict[str, Any]:
    return {
        "edge": edge,
        "upstream": shown(step.upstream),
        "product": shown(step.product),
        "before": shown(step.grad_before) if step.contribution > 1 else None,
        "after": shown(step.grad_after),
        "part": step.contribution,
        "of": step.contributions,
    }


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
