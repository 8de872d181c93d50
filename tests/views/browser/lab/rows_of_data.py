"""Laboratories for each kind of data, made once, and what tests of the right side ask of their pages."""

import functools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd import datasets, losses, nn, optim
from micrograd.views.laboratory.page import Lab, lab

Page = Any  # Playwright's; it may be absent
OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Laboratory:
    """A page, and the model as it was when the page was made."""

    page: Lab
    model: nn.MLP
    data: tuple[Sequence[Any], Sequence[Any]]

    def gives(self, *x: float) -> list[float]:
        """The model's outputs."""
        made = self.model(x)
        return [value.data for value in made] if isinstance(made, list) else [made.data]


def made(sizes: Sequence[int], loss: Any, data: Any, rate: float = 0.05, **options: Any) -> Laboratory:
    model = nn.MLP(sizes[0], sizes[1:], activation="tanh", seed=0)
    return Laboratory(lab(model, loss, data, optim.SGD(model.parameters(), rate), **options), model, data)


@functools.cache
def exclusive_or() -> Laboratory:
    return made([2, 3, 1], losses.half_mean_squared_error, datasets.xor(), 0.4)


@functools.cache
def moons() -> Laboratory:
    tests = datasets.moons(10, noise=0.2, seed=1)
    return made([2, 4, 1], losses.binary_cross_entropy_with_logits, datasets.moons(30), 0.5, test=tests)


@functools.cache
def many_moons() -> Laboratory:
    return made([2, 3, 1], losses.binary_cross_entropy_with_logits, datasets.moons(2000), 0.5)


@functools.cache
def wave() -> Laboratory:
    """One input, and a number as target."""
    xs = [[k / 5 - 2.0] for k in range(21)]
    return made([1, 4, 1], losses.mean_squared_error, (xs, [math.sin(2.0 * x) for (x,) in xs]), 0.1)


@functools.cache
def hills() -> Laboratory:
    """Two inputs, and a number as target."""
    xs = [[k % 6 - 2.5, k // 6 - 2.5] for k in range(36)]
    return made([2, 4, 1], losses.mean_squared_error, (xs, [a * b / 4.0 for a, b in xs]))


@functools.cache
def three_classes(inputs: int = 2) -> Laboratory:
    """A cloud of points for each class, about corners of a triangle."""
    draw = random.Random(0)
    corners = [(0.0, 0.0), (2.0, 0.0), (1.0, 1.7)]
    classes = [k % 3 for k in range(30)]
    xs = [[*(draw.gauss(c, 0.3) for c in corners[k]), *(draw.gauss(k, 0.3) for _ in range(inputs - 2))] for k in classes]
    return made([inputs, 4, 3], losses.cross_entropy, (xs, classes), 0.3)


KINDS: dict[str, Callable[[], Laboratory]] = {
    "exclusive or": exclusive_or,
    "moons": moons,
    "one input": wave,
    "regression": hills,
    "three classes": three_classes,
    "four inputs": functools.partial(three_classes, 4),
    "2,000 rows": many_moons,
}


def pixels_at(page: Page, row: int) -> tuple[float, float]:
    """Where the point of a row is in the window."""
    x, y = page.evaluate(
        """row => {
            const box = points.host.getBoundingClientRect(), [x, y] = points.placeOf(training.rows, row);
            return [box.left + points.host.clientLeft + x, box.top + points.host.clientTop + y];
        }""",
        row,
    )
    return x, y


def choose(page: Page, row: int) -> None:
    page.evaluate("row => chooseRow(row)", row)


def entry(page: Page, row: int, column: int) -> float:
    return float(page.evaluate("([row, column]) => training.rows[row * training.width + column]", [row, column]))


def drag(page: Page, row: int, right: float, down: float) -> None:
    """Take the point of a row with the mouse and let it go so many pixels away."""
    x, y = pixels_at(page, row)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)
    page.mouse.up()
