"""Batches to look at, and what is written in the picture of one."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from micrograd import Value, losses, nn
from micrograd.views.picture import Picture
from tests.views import graphs

INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TARGETS = [0.0, 1.0, 1.0, 0.0]
POINTS = [(1.0, 2.0), (2.0, 3.0), (3.0, 5.5)]  # of a line
TITLE, TEXT = "{http://www.w3.org/2000/svg}title", "{http://www.w3.org/2000/svg}text"

Loss = Callable[[Sequence[Any], Sequence[Any]], Value]


def network(widths: Sequence[int] = (3, 1), activation: str = "tanh") -> nn.MLP:
    """A network with biases that are not 0."""
    model = nn.MLP(2, widths, activation, seed=1)
    for number, parameter in enumerate(model.parameters()):
        parameter.data += 0.01 * (number + 1)
    return model


def network_batch(loss: Loss = losses.half_mean_squared_error, widths: Sequence[int] = (3, 1), rows: int = 4) -> Value:
    """The loss of a network over rows that are those of XOR, and from then on points between them."""
    inputs = INPUTS + [[row / rows, (row * row % rows) / rows] for row in range(4, rows)]
    model = network(widths)
    return loss([model(row) for row in inputs[:rows]], (TARGETS * rows)[:rows])


def line_squares(w: Value, b: Value) -> list[Value]:
    """The squared errors of a line, by hand."""
    return [(w * x + b - y) ** 2 for x, y in POINTS]


def mean(terms: Sequence[Value]) -> Value:
    """By plus, and a division."""
    return sum(terms[1:], terms[0]) / len(terms)


def mouse_numbers(picture: Picture) -> dict[str, float]:
    """What the mouse finds, with all digits: "row 2: h₁" -> 0.25."""
    found = re.findall(r"^(.+) = (-?[\d.e+-]+|nan|inf)$", "\n".join(graphs.tooltips(picture)), re.MULTILINE)
    return {name: float(number) for name, number in found}


def weight_gradients(picture: Picture) -> dict[str, float]:
    """The gradient of each parameter, as the mouse finds it on a line."""
    found = [re.fullmatch(r"(.+) = .+\ngradient (.+), the sum over \d+ rows", title) for title in graphs.tooltips(picture)]
    return {match[1]: float(match[2]) for match in found if match}


def elements(picture: Picture) -> Iterator[ElementTree.Element]:
    return graphs.elements(picture.pipe("svg"))


def cell_text(picture: Picture, tooltip: str) -> str:
    """What is written in the cell on which the mouse reads this name, such as "row 2: ∇h₁"."""
    for group in elements(picture):
        title = group.find(TITLE)
        if title is not None and (title.text or "").startswith(f"{tooltip} = "):
            return "".join(text.text or "" for text in group.findall(TEXT))
    raise LookupError(tooltip)


def sizes_of_type(picture: Picture) -> set[float]:
    return {float(element.get("font-size", "0")) for element in elements(picture) if element.tag == TEXT}
