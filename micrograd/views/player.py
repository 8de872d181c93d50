"""`explore`: the player, one HTML page that steps through both sweeps of a graph. It needs no network and no server.

Everything is computed here, by replay, so that no `grad` is read or changed: the picture with its final numbers, which
stays where scripts are off, and every step as JSON. `player.html`, its two styles and its script show them.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import os
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from micrograd import ops
from micrograd.display.files import write_whole
from micrograd.engine import Constant, Value
from micrograd.ops import Op
from micrograd.text.formulas import formula, operation
from micrograd.text.naming import cut, legible, minus, short, typeset, uses
from micrograd.views.diagram import MAX_NODES, Card, Diagram
from micrograd.views.layout.columns import CARD_HEIGHT, CARD_WIDTH, Layout, lay_out
from micrograd.views.layout.geometry import Box, Curve
from micrograd.views.stepping import one_value, warn_of_changes

MOST_STEPS = 50_000
LONGEST_RULE = 60
HEAD = (7.0, 3.2)  # length and half the width of an arrow head
PANEL_HEIGHT = 270  # pixels of the page that are not the picture


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
    name = typeset(diagram.names[output])
    return Player(diagram, lay_out(diagram, direction), direction, legible(title, 200) if title else f"{name}, step by step")


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
        target = Path(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"the player is a page, and {target.name!r} does not end in .html; save it as player.html")
        write_whole(target, self.html)
        return target

    def page(self) -> str:
        """The template with styles, picture, steps and script; its policy lets no script run but the one of this digest."""
        script = file_text("player.js")
        return Template(file_text("player.html")).substitute(
            digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            title=html.escape(self.title),
            picture_style=file_text("picture.css"),
            player_style=file_text("player.css"),
            picture=svg(self.diagram, self.layout, self.direction),
            steps=safe_json(steps_of(self.diagram, self.title)),
            script=script,
        )

    def _repr_html_(self) -> str:
        """A frame of its own for the page, so that page and notebook cannot disturb each other; a picture behind it.

        The picture is what remains where a notebook is not trusted, or is shown on the web without scripts.
        """
        height = round(max(460, min(760, PANEL_HEIGHT + self.layout.height)))
        source = self.html.replace("&", "&amp;").replace("'", "&#39;")
        still = base64.b64encode(self.still_picture().encode()).decode()
        return (
            f'<div style="position:relative;height:{height}px;overflow:auto">'
            f'<img alt="{html.escape(self.title)}" src="data:image/svg+xml;base64,{still}" style="max-width:100%">'
            f'<iframe title="{html.escape(self.title)}" sandbox="allow-scripts" '
            f"style=\"position:absolute;inset:0;width:100%;height:{height}px;border:0;background:Canvas\" srcdoc='{source}'>"
            "</iframe></div>"
        )

    def still_picture(self) -> str:
        """The picture as an SVG file of its own, with its colours in it."""
        picture = svg(self.diagram, self.layout, self.direction)
        return picture.replace(">", f' xmlns="http://www.w3.org/2000/svg"><style>{file_text("picture.css")}</style>', 1)

    def __repr__(self) -> str:
        forward = sum(value.op is not None for value in self.diagram.values)
        name, backward = self.diagram.names[self.diagram.output], len(self.diagram.edges)
        return f"<Player of {name}: {len(self.diagram.values)} nodes, {forward} steps forward and {backward} backward>"


def file_text(name: str) -> str:
    """The text of a file that stands beside this one."""
    return resources.files("micrograd.views").joinpath(name).read_text(encoding="utf-8")


# --------------------------------------------------------------------------------------------------------------
# The steps
# --------------------------------------------------------------------------------------------------------------


def steps_of(diagram: Diagram, title: str) -> dict[str, Any]:
    """What the page plays. Numbers travel as the text that is shown, since the page computes nothing."""
    shapes: list[dict[str, Any]] = []
    known: dict[Any, int] = {}
    nodes = []
    edges_into: list[list[int]] = [[] for _ in diagram.values]
    for number, edge in enumerate(diagram.edges):
        edges_into[edge.child].append(number)
    for place, value in enumerate(diagram.values):
        node: dict[str, Any] = {
            "name": typeset(diagram.names[value]),
            "kind": diagram.kinds[place],
            "card": diagram.card_of[place],
            "data": shown(value.data),
            "exactData": minus(repr(value.data)),
            "exactGrad": minus(repr(diagram.gradients[place])),
        }
        if value.op is not None:
            key = (value.op, tuple([p.data if isinstance(p, Constant) else None for p in value.parents]))
            if key not in known:
                known[key] = len(shapes)
                shapes.append({"terms": terms(value.op, value), "rules": rules(value.op, value)})
            node |= {"shape": known[key], "parents": [diagram.place.get(parent, -1) for parent in value.parents]}
            if any(marks := uses(value.parents)):
                node["uses"] = marks
        nodes.append(node)
    line_of = {edge: number for number, line in enumerate(diagram.lines) for edge in line.edges}
    edges = [
        {
            "parent": e.parent,
            "child": e.child,
            "operand": e.operand,
            "local": shown(e.local_derivative),
            "line": line_of.get(n, -1),
        }
        for n, e in enumerate(diagram.edges)
    ]
    order = [edge for child in reversed(range(len(diagram.values))) for edge in edges_into[child]]
    backward = [
        {
            "edge": edge,
            "upstream": shown(step.upstream),
            "product": shown(step.product),
            "before": shown(step.grad_before) if step.contribution > 1 else None,
            "after": shown(step.grad_after),
            "part": step.contribution,
            "of": step.contributions,
        }
        for edge, step in zip(order, diagram.steps, strict=True)
    ]
    finite = [abs(gradient) for gradient in diagram.gradients if math.isfinite(gradient)]
    return {
        "version": 1,
        "title": title,
        "output": diagram.place[diagram.output],
        "largest": max(finite, default=1.0),
        "cards": [
            {"name": full_name(card), "main": -1 if card.main is None else card.main, "folded": card.kind == "group"}
            for card in diagram.cards
        ],
        "nodes": nodes,
        "shapes": shapes,
        "edges": edges,
        "forward": [place for place, value in enumerate(diagram.values) if value.op is not None],
        "backward": backward,
    }


def shown(number: float) -> str:
    return minus(short(number))


def full_name(card: Card) -> str:
    return ".".join([*card.frame, card.name]) if card.kind == "group" else card.name


def terms(op: Op, value: Value) -> list[str]:
    """The operation with {0}, {1}, ... for its operands: in one piece, or for a sum in as many as it has terms."""
    operands = [minus(short(p.data)) if isinstance(p, Constant) else f"{{{i}}}" for i, p in enumerate(value.parents)]
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
    *definitions, text = formula(derivative, "symbols").split("\n")
    if definitions:
        text += f", where {', '.join(definitions)}"
    return text if len(text) <= LONGEST_RULE else None


def safe_json(data: Any) -> str:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


# --------------------------------------------------------------------------------------------------------------
# The picture
# --------------------------------------------------------------------------------------------------------------


def svg(diagram: Diagram, layout: Layout, direction: str) -> str:
    """The picture, with the final numbers. Classes and data attributes are what the page's script takes hold of."""
    size = f'width="{layout.width:.0f}" height="{layout.height:.0f}" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}"'
    label = f"graph of {len(diagram.values)} nodes and {len(diagram.edges)} edges"
    parts = [f'<svg class="graph{" crowded" * diagram.crowded}" {size} role="img" aria-label="{label}"><g aria-hidden="true">']
    for frame in layout.frames:
        title = text("", frame.box.left + 11, frame.box.top + 16, frame.title)
        parts.append(f'<g class="frame depth{len(frame.path) > 1:d}">{rect("", frame.box, 10)}{title}</g>')
    parts += [line_svg(number, curve, direction) for number, curve in enumerate(layout.lines)]
    parts.append('<path class="spotlight"/>')
    for chip in layout.chips:
        centre = (chip.box.left + chip.box.right) / 2, chip.box.bottom - 4.6
        parts.append(f'<g class="chip" data-line="{chip.line}">{rect("", chip.box, 8)}{text("", *centre, minus(chip.text))}</g>')
    parts += [card_svg(number, card, layout.cards[number], diagram) for number, card in enumerate(diagram.cards)]
    return "".join([*parts, "</g></svg>"])


def card_svg(number: int, card: Card, box: Box, diagram: Diagram) -> str:
    data, gradient = (f"{len(card.nodes)} nodes", "") if card.main is None else numbers_of(card.main, diagram)
    output = diagram.place[diagram.output] in card.nodes
    classes = f"card {card.kind}{' output' if output else ''}{' automatic' if diagram.automatic(card) else ''}"
    size = "large" if len(card.glyph) == 1 else "small"
    middle = CARD_HEIGHT / 2 + (6 if len(card.glyph) == 1 else 4)
    above, below = minus(cut(card.before, 6)), minus(cut(card.after, 6))
    shift = 6.0 if above else -5.0 if below else 0.0
    return "".join(
        [
            f'<g class="{classes}" data-card="{number}" transform="translate({box.left:.1f},{box.top:.1f})">',
            rect("face", Box(0, 0, CARD_WIDTH, CARD_HEIGHT), 9),
            rect("tile", Box(3, 3, 37, CARD_HEIGHT - 3), 7),
            text(f"glyph {size}", 20, middle + shift, card.glyph),
            text("operand", 20, 19, above) if above else "",
            text("operand", 20, CARD_HEIGHT - 11, below) if below else "",
            text("name", 43, 17, cut(typeset(card.name), 10)),
            text("data", CARD_WIDTH - 8, 35, data),
            rect("tint", Box(40, 40, CARD_WIDTH - 4, CARD_HEIGHT - 4), 6),
            text("nabla", 44, 53.5, "∇"),
            text("gradient", CARD_WIDTH - 8, 53.5, gradient),
            "</g>",
        ]
    )


def numbers_of(place: int, diagram: Diagram) -> tuple[str, str]:
    return shown(diagram.values[place].data), shown(diagram.gradients[place])


def line_svg(number: int, curve: Curve, direction: str) -> str:
    """The curve with a head at each end: the script shows the one that the sweep goes to."""
    start, end = curve[0], curve[-1]
    points = " ".join(f"{p.u:.1f},{p.v:.1f}" for p in curve[1:])
    return (
        f'<g class="line" data-line="{number}"><path class="stroke" d="M{start.u:.1f},{start.v:.1f}C{points}"/>'
        f'<path class="head forward" d="{head(*end, 1, direction)}"/>'
        f'<path class="head backward" d="{head(*start, -1, direction)}"/></g>'
    )


def head(u: float, v: float, way: int, direction: str) -> str:
    length, half = HEAD[0] * way, HEAD[1]
    if direction == "LR":
        return f"M{u:.1f},{v:.1f}L{u - length:.1f},{v - half:.1f}V{v + half:.1f}Z"
    return f"M{u:.1f},{v:.1f}L{u - half:.1f},{v - length:.1f}H{u + half:.1f}Z"


def rect(name: str, box: Box, radius: float) -> str:
    place = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect{class_of(name)} {place} rx="{radius}"/>'


def text(name: str, x: float, y: float, content: str) -> str:
    return f'<text{class_of(name)} x="{x:.1f}" y="{y:.1f}">{html.escape(content)}</text>'


def class_of(name: str) -> str:
    return f' class="{name}"' if name else ""
