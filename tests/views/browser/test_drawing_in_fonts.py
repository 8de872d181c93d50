"""The picture of `draw` in a browser: dark where the reader's system is, and every text on its card in whatever font is there."""

from collections.abc import Callable
from typing import Any

import pytest

from micrograd import Value, draw
from micrograd.views.layout.measures import SIZES
from micrograd.views.picture import Picture
from micrograd.views.themes import palette
from tests.views.graphs import network_loss, product_and_sum

FONTS = ("system-ui", "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "a font that is missing")

OUTSIDE = """(font) => {
    const style = document.head.appendChild(document.createElement("style"));
    style.textContent = `svg.graph.graph text { font-family: "${font}" !important; }`;
    const outside = [];
    const check = (text, room) => {
        const box = text.getBBox();
        const out = text.getScreenCTM().a * Math.max(room.x - box.x, box.x + box.width - room.x - room.width);  // in pixels
        if (out > 0.5) outside.push([text.textContent, Math.round(out * 10) / 10]);
    };
    for (const card of document.querySelectorAll(".card")) {
        const face = card.querySelector(".face").getBBox(), tile = card.querySelector(".tile").getBBox();
        const right = { x: tile.x + tile.width, width: face.x + face.width - tile.x - tile.width };
        for (const text of card.querySelectorAll("text")) check(text, text.matches(".glyph, .operand") ? tile : right);
        const nabla = card.querySelector(".nabla"), gradient = card.querySelector(".gradient");
        if (nabla && nabla.getBBox().x + nabla.getBBox().width > gradient.getBBox().x) outside.push("nabla");
    }
    for (const part of document.querySelectorAll(".chip, .frame")) {
        check(part.querySelector("text"), part.querySelector("rect").getBBox());
    }
    style.remove();
    return outside;
}"""


def wild() -> Value:
    """Names and numbers that take much room."""
    a, b = Value(-1.2345678e-57, label="WWWWWWWWWWWW"), Value(-123456.789, label="layer12.neuron10.weights1")
    c, d = Value(9.8765e99, label="漢字漢字漢字漢字"), Value(-9.9994e-5, label="mmmmmmmm %")
    output = ((a * b) * c * d).tanh() / 1234.5678
    output.backward()
    return output


def page_of(*pictures: Picture) -> str:
    parts = [picture.pipe("svg", encoding="utf-8").partition("\n")[2] for picture in pictures]
    return f"<!doctype html><meta charset=utf-8><title>p</title><body>{''.join(parts)}"


@pytest.mark.parametrize("size", SIZES)
def test_no_text_leaves_its_card_in_any_font(size: str, open_page: Callable[..., Any]) -> None:
    network = network_loss([3, 1])
    network.backward()
    page = open_page(page_of(draw(wild(), size=size), draw(network, size=size)))
    assert {font: page.evaluate(OUTSIDE, font) for font in FONTS} == {font: [] for font in FONTS}


COLOURS = """() => Object.fromEntries([...document.querySelectorAll("svg.graph")].map((svg) => [svg.classList[1], {
    ground: getComputedStyle(svg.querySelector(".ground")).fill,
    card: getComputedStyle(svg.querySelector(".face")).fill,
    ink: getComputedStyle(svg.querySelector(".data")).fill,
    number: getComputedStyle(svg.querySelector(".gradient")).fill,
    negative: getComputedStyle(svg.querySelector(".card.negative .tint")).fill,
    line: getComputedStyle(svg.querySelector(".line.minus .stroke")).stroke,
}]))"""
NAMES = {"ground": "paper", "card": "card", "ink": "ink", "number": "on-tint", "negative": "negative", "line": "negative"}


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_auto_follows_the_readers_system_and_the_other_themes_do_not(scheme: str, open_page: Callable[..., Any]) -> None:
    output = product_and_sum()
    output.backward()
    themes = {"auto": scheme, "light": "light", "dark": "dark"}
    page = open_page(page_of(*(draw(output, theme=theme) for theme in themes)), color_scheme=scheme)
    expected = {theme: {part: rgb(palette(seen)[name]) for part, name in NAMES.items()} for theme, seen in themes.items()}
    assert page.evaluate(COLOURS) == expected
