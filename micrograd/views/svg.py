"""The picture of a graph as SVG, with its final numbers: in the player's page, and as a file of its own."""

from __future__ import annotations

import html

from micrograd.text.naming import cut, minus, shown, subscripted
from micrograd.views.diagram import Card, Diagram
from micrograd.views.layout.columns import CARD_HEIGHT, CARD_WIDTH, Layout
from micrograd.views.layout.geometry import Box, Curve

HEAD = (7.0, 3.2)  # length and half the width of an arrow head


def svg(diagram: Diagram, layout: Layout, direction: str, style: str = "") -> str:
    """The picture. Classes and data attributes are what the page's script takes hold of; with a style it is a whole file."""
    size = f'width="{layout.width:.0f}" height="{layout.height:.0f}" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}"'
    label = f"graph of {len(diagram.values)} nodes and {len(diagram.edges)} edges"
    namespace, styled = (' xmlns="http://www.w3.org/2000/svg"', f"<style>{style}</style>") if style else ("", "")
    kind = "graph crowded" if diagram.crowded else "graph"
    parts = [f'<svg class="{kind}" {size} role="img" aria-label="{label}"{namespace}>{styled}<g aria-hidden="true">']
    for frame in layout.frames:
        title = text("", frame.box.left + 11, frame.box.top + 16, frame.title)
        parts.append(f'<g class="frame depth{len(frame.groups) > 1:d}">{rect("", frame.box, 10)}{title}</g>')
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
            text("name", 43, 17, cut(subscripted(card.name), 10)),
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
