"""The picture of a graph as SVG: a file of its own, in light and dark, and the living one in the player's page.

We write it ourselves, with Graphviz left for what is not SVG: only so can a picture follow the reader's colours, and keep
its numbers on their cards whatever the fonts are, by `textLength`.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.text.naming import cut, minus
from micrograd.views.diagram import Diagram
from micrograd.views.layout.chips import Chip
from micrograd.views.layout.columns import Layout
from micrograd.views.layout.geometry import Box, Curve
from micrograd.views.layout.measures import DIGIT, LARGE, REGULAR, extent, fitted, name_size, number_size
from micrograd.views.looks import CardLook, Drawing, LineLook, graph_drawing
from micrograd.views.pages import page_of
from micrograd.views.themes import STRONGEST, palette, style

WIDEST = 800  # pixels: what a notebook shows without cutting
LEAST = 0.5  # of its size is a picture at least that fills a window
HEAD = (7.0, 3.2)  # length and half the width of an arrow head
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class SvgFile:
    """A picture on a ground of its own, to be written for a file, a notebook or a page."""

    width: float
    height: float
    title: str
    theme: str
    inside: str  # style and elements
    crowded: bool = False
    large: bool = False
    widest: float = WIDEST  # of a file that is not large

    def file(self) -> str:
        """As a file: of its own size if it is large, else no wider than it may be."""
        return DECLARATION + self.element(self.width if self.large else min(self.width, self.widest))

    def cell(self) -> str:
        """For a notebook's cell."""
        return DECLARATION + self.element(min(self.width, WIDEST))

    def element(self, width: float) -> str:
        """So wide."""
        height = self.height * width / self.width
        size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {self.width:.0f} {self.height:.0f}"'
        classes = class_of("graph", self.theme, "crowded" if self.crowded else "")
        label = f'role="img" aria-label="{html.escape(self.title)}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg"{classes} {size} {label}>\n{self.inside}</svg>\n'

    def page(self) -> str:
        """A page that it fills."""
        light, dark = (palette(scheme)["paper"] for scheme in ("light", "dark"))
        return page_of(
            "picture/picture.html",
            title=html.escape(self.title),
            scheme="light dark" if self.theme == "auto" else self.theme,
            light=light,
            dark=dark,
            least_width=f"{LEAST * self.width:.0f}",
            least_height=f"{LEAST * self.height:.0f}",
            picture=self.element(self.width),
        )


def svg_file(drawing: Drawing, theme: str) -> SvgFile:
    """The picture with all its numbers and colours, and what the mouse reads; light and dark with the theme "auto"."""
    layout, crowded, large = drawing.layout, drawing.chart.crowded, drawing.measures is LARGE
    parts = Writer(drawing).parts()
    return svg_document(layout.width, layout.height, drawing.title, theme, parts, crowded=crowded, large=large)


def svg_document(
    width: float,
    height: float,
    title: str,
    theme: str,
    parts: Sequence[str],
    *,
    crowded: bool = False,
    large: bool = False,
    styles: Sequence[str] = (),
) -> SvgFile:
    """A picture of these parts. Beside the styles of all pictures there may be others, by the names of their files."""
    ground = f'<rect class="ground" width="{width:.0f}" height="{height:.0f}" rx="10"/>\n'
    inside = f"<style>\n{style(theme, *styles)}</style>\n{ground}{''.join(parts)}"
    return SvgFile(width, height, title, theme, inside, crowded, large)


def svg(diagram: Diagram, layout: Layout, direction: str) -> str:
    """The living picture. Classes and data attributes are what the page's script takes hold of."""
    size = f'width="{layout.width:.0f}" height="{layout.height:.0f}" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}"'
    label = f"graph of {len(diagram.values)} nodes and {len(diagram.edges)} edges"
    kind = "graph crowded" if diagram.crowded else "graph"
    parts = LivingWriter(graph_drawing(diagram, layout, direction, swept=True)).parts()
    return "".join([f'<svg class="{kind}" {size} role="img" aria-label="{label}"><g aria-hidden="true">', *parts, "</g></svg>"])


class Writer:
    """Writes the elements of a picture, those below first."""

    all_cells = False  # of gradients, also where there is none
    all_chips = False  # also those that are in the way

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.measures = drawing.measures
        self.swept = any(look.gradient for look in drawing.cards)

    def parts(self) -> list[str]:
        """Frames, lines, chips and cards, as elements."""
        layout = self.drawing.layout
        return [
            *(self.frame(frame.title, frame.box, len(frame.groups)) for frame in layout.frames),
            *(self.line(number, curve) for number, curve in enumerate(layout.lines)),
            *(self.chip(chip) for chip in layout.chips if chip.free or self.all_chips),
            *(self.card(number, box) for number, box in enumerate(layout.cards)),
            self.advice(),
        ]

    def frame(self, title: str, box: Box, depth: int) -> str:
        size = self.measures.title
        written = text("", box.left + 11, box.top + 1.4 * size, fitted(title, box.width - 22.0, size), size)
        return f'<g class="frame depth{depth > 1:d}">{rect("", box, 10)}{written}</g>\n'

    def line(self, number: int, curve: Curve) -> str:
        look = self.drawing.lines[number]
        head = f'<path class="head forward" d="{self.head(curve, 1)}"/>'
        return f"<g{class_of('line', sign_class(look))}>{self.tooltip(look.tooltip)}{self.stroke(curve, look)}{head}</g>\n"

    def stroke(self, curve: Curve, look: LineLook) -> str:
        """The curve, as thick and as strong as what it passed on."""
        start, points = curve[0], " ".join(f"{p.u:.1f},{p.v:.1f}" for p in curve[1:])
        width = f'stroke-width="{self.measures.stroke * (1.3 + 1.8 * look.strength):.2f}"'
        opacity = f' stroke-opacity="{0.45 + 0.4 * look.strength:.2f}"' if look.sign else ""
        return f'<path class="stroke" d="M{start.u:.1f},{start.v:.1f}C{points}" {width}{opacity}/>'

    def head(self, curve: Curve, way: int) -> str:
        """The arrow head at the end of a curve, or with -1 at its start."""
        u, v = curve[-1] if way > 0 else curve[0]
        length, half = HEAD[0] * way * self.measures.stroke, HEAD[1] * self.measures.stroke
        if self.drawing.direction == "LR":
            return f"M{u:.1f},{v:.1f}L{u - length:.1f},{v - half:.1f}V{v + half:.1f}Z"
        return f"M{u:.1f},{v:.1f}L{u - half:.1f},{v - length:.1f}H{u + half:.1f}Z"

    def chip(self, chip: Chip) -> str:
        box, content = chip.box, minus(chip.text)
        size = number_size(content, self.measures.chip, box.width - 0.4 * box.height)
        written = self.number("", (box.left + box.right) / 2, (box.top + box.bottom) / 2 + 0.36 * size, content, size)
        classes = class_of("chip", "" if chip.free else "struck")
        tooltip = self.tooltip(self.drawing.lines[chip.line].tooltip)
        return f"<g{classes}{self.mark('line', chip.line)}>{tooltip}{rect('', box, box.height / 2)}{written}</g>\n"

    def card(self, number: int, box: Box) -> str:
        look, sizes = self.drawing.cards[number], self.measures
        classes = class_of("card", look.kind, *self.states(look))
        face, tile = Box(0, 0, box.width, box.height), Box(3, 3, 3 + sizes.tile, box.height - 3)
        size = name_size(look.name, sizes.name, sizes.name_room)
        name = text("name", sizes.text_left, sizes.baselines[0], fitted(look.name, sizes.name_room, size), size)
        return "".join(
            [
                f'<g{classes}{self.mark("card", number)} transform="translate({box.left:.1f},{box.top:.1f})">',
                self.tooltip(look.tooltip),
                rect("face", face, 9),
                rect("tile", tile, 7),
                *self.sign(look, box),
                name,
                *(self.remarks(look) if look.remarks else self.numbers(look)),
                "</g>\n",
            ]
        )

    def states(self, look: CardLook) -> list[str]:
        """The classes of a card beside its kind."""
        states = {"output": look.output, "automatic": look.automatic, "negative": look.tint < 0.0}
        return [name for name, holds in states.items() if holds]

    def tooltip(self, words: str) -> str:
        """What the mouse reads, with all digits."""
        return f"<title>{html.escape(words)}</title>" if words else ""

    def sign(self, look: CardLook, box: Box) -> list[str]:
        """What stands on the tile: the sign of the operation, and the number that is its operand above or below."""
        sizes = self.measures
        single = len(look.glyph) == 1
        size = sizes.glyph if single else sizes.word
        scale, across, room = box.height / 62.0, 3 + sizes.tile / 2, 0.87 * sizes.tile
        shift = 6.0 if look.above else -5.0 if look.below else 0.0
        squeezed = room if extent(look.glyph) * size > room else None
        middle = box.height / 2 + 0.33 * size + shift * scale
        above, below = cut(look.above, 6), cut(look.below, 6)
        return [
            text(f"glyph {'large' if single else 'small'}", across, middle, look.glyph, size, squeezed),
            self.number("operand", across, 19 * scale, above, sizes.operand, room) if above else "",
            self.number("operand", across, box.height - 11 * scale, below, sizes.operand, room) if below else "",
        ]

    def numbers(self, look: CardLook) -> list[str]:
        """The number, and the gradient on its tint."""
        sizes = self.measures
        _, data, gradient = sizes.baselines
        if not (self.swept or self.all_cells):
            data = (data + gradient) / 2  # in the middle of the room below the name
        right, height = sizes.text_right, sizes.card_height
        written = [self.number("data", right, data, look.data, sizes.number, sizes.number_room)]
        if look.gradient or self.all_cells:
            cell = Box(sizes.tile + 6, height - sizes.pill - 4, sizes.card_width - 4, height - 4)
            nabla = text("nabla", sizes.tile + 9.5, gradient, "∇", sizes.nabla)
            written += [
                self.tint(look, cell),
                nabla,
                self.number("gradient", right, gradient, look.gradient, sizes.number, sizes.number_room),
            ]
        return written

    def tint(self, look: CardLook, cell: Box) -> str:
        return rect("tint", cell, 6, f' fill-opacity="{STRONGEST * abs(look.tint):.3f}"') if look.tint else ""

    def remarks(self, look: CardLook) -> list[str]:
        sizes, room = self.measures, self.measures.name_room / REGULAR
        written = []
        for name, base, remark in zip(("", "remark"), sizes.baselines[1:], look.remarks, strict=True):
            size = name_size(remark, sizes.operand, room)
            written.append(text(name, sizes.text_left, base, fitted(remark, room, size), size))
        return written

    def number(self, name: str, x: float, y: float, content: str, size: float, room: float = math.inf) -> str:
        """A number that takes the same room in every font."""
        size = number_size(content, size, room)
        return text(name, x, y, content, size, DIGIT * size * len(content))

    def advice(self) -> str:
        advice, layout = self.drawing.chart.advice, self.drawing.layout
        return f'<g class="advice">{text("", 16.0, layout.height - 6.0, advice, self.measures.title)}</g>\n' if advice else ""

    def mark(self, kind: str, number: int) -> str:
        """How a script finds the element: no script looks for it in a file."""
        return ""


class LivingWriter(Writer):
    """Writes the picture of a page whose script changes numbers, colours and heads, and shows the mouse no number too early."""

    all_cells = all_chips = True

    def parts(self) -> list[str]:
        parts = super().parts()
        lines = len(self.drawing.layout.frames) + len(self.drawing.layout.lines)
        return [*parts[:lines], '<path class="spotlight"/>', *parts[lines:]]

    def line(self, number: int, curve: Curve) -> str:
        heads = [f'<path class="head {name}" d="{self.head(curve, way)}"/>' for name, way in (("forward", 1), ("backward", -1))]
        return f'<g class="line"{self.mark("line", number)}>{self.stroke(curve, LineLook())}{"".join(heads)}</g>'

    def states(self, look: CardLook) -> list[str]:
        return [state for state in super().states(look) if state != "negative"]

    def tooltip(self, words: str) -> str:
        return ""

    def tint(self, look: CardLook, cell: Box) -> str:
        return rect("tint", cell, 6)

    def number(self, name: str, x: float, y: float, content: str, size: float, room: float = math.inf) -> str:
        return text(name, x, y, content, size)

    def mark(self, kind: str, number: int) -> str:
        return f' data-{kind}="{number}"'


# Elements


def rect(name: str, box: Box, radius: float, more: str = "") -> str:
    place = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect{class_of(name)} {place} rx="{radius:g}"{more}/>'


def text(name: str, x: float, y: float, content: str, size: float, length: float | None = None) -> str:
    """A line of text; with a length it takes that, whatever the font is."""
    fit = "" if length is None else f' textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text{class_of(name)} x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{fit}>{html.escape(content)}</text>'


def class_of(*names: str) -> str:
    written = " ".join(filter(None, names))
    return f' class="{written}"' if written else ""


def sign_class(look: LineLook) -> str:
    return "" if look.sign is None else ("zero", "plus", "minus")[look.sign]
