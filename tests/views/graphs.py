"""Graphs to look at, and what is written in a picture of one."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from typing import Any

import micrograd
from micrograd import Value, nn
from micrograd.losses import half_mean_squared_error
from micrograd.views.layout.graphviz import run_graphviz
from micrograd.views.picture import Picture
from micrograd.views.player import Player


def product_and_sum() -> Value:
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    f = (a * b) * (a + b)
    f.label = "f"
    return f


def network_loss(widths: Sequence[int] = (3, 1), rows: int = 1) -> Value:
    model = nn.MLP(2, widths, activation="tanh", seed=0)
    inputs = [[1.0, -0.5], [0.5, 2.0], [-1.0, 0.25]][:rows]
    loss = half_mean_squared_error([model(row) for row in inputs], [1.0, 0.0, 1.0][:rows])
    loss.label = "loss"
    return loss


def attention() -> Value:
    """Queries and keys that all read each other: many lines that cross."""
    queries, keys = ([[Value(0.1 * i + 0.3 * j) for j in range(2)] for i in range(3)] for _ in range(2))
    weights = [[micrograd.dot(query, key).exp() for key in keys] for query in queries]
    return micrograd.total([micrograd.dot([w / micrograd.total(row) for w in row], [q for q, _ in queries]) for row in weights])


def player_of(output: Value, **options: Any) -> Player:
    """What explore gives of a graph without maps."""
    player = micrograd.explore(output, **options)
    assert isinstance(player, Player)
    return player


def texts(picture: Picture) -> list[str]:
    """What is written in the SVG, in order."""
    return ["".join(element.itertext()) for element in elements(picture.pipe("svg")) if element.tag.endswith("}text")]


def tooltips(picture: Picture) -> list[str]:
    """What the mouse finds in the SVG, in order."""
    return [element.text or "" for element in elements(picture.pipe("svg")) if element.tag.endswith("}title")]


def tooltips_of_graphviz(picture: Picture) -> list[str]:
    """And in the one that Graphviz makes of the source."""
    made = elements(run_graphviz(picture.source, "svg"))
    return [title for element in made if (title := element.get("{http://www.w3.org/1999/xlink}title"))]


def elements(svg: bytes) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(svg).iter()  # noqa: S314 - it is our own
