"""Small networks that read windows, their losses and the pages of them, and what tests ask of such a page."""

import functools
import random
from dataclasses import dataclass
from typing import Any

from micrograd import losses, nn
from micrograd.engine import Value
from micrograd.text.naming import minus, short
from micrograd.views.grids.finding import found_grids
from micrograd.views.grids.page import page
from micrograd.views.grids.payload import payload_of

Page = Any  # Playwright's; it may be absent
SIDE, SIZE, FILTERS, CLASSES = 5, 2, 2, 3
PLACES = [(row, column) for row in range(SIDE - SIZE + 1) for column in range(SIDE - SIZE + 1)]  # of a window

# What the panel says of each cell: its title, the numbers of each figure by the figure's title, and the words.
TOLD = """(cells) => cells.map((cell) => {
    Object.assign(now, cell);
    paintPanel();
    const textsOf = (element, selector) => [...element.querySelectorAll(selector)].map((part) => part.textContent);
    const figures = [...panel.querySelectorAll("figure")].map((one) =>
        [...textsOf(one, "figcaption"), textsOf(one, "title, .data")]);
    return {
        title: find("h2", panel).textContent, figures: Object.fromEntries(figures), words: find("p", panel).textContent,
        slope: find(".slope", panel)?.textContent ?? "", terms: hasNeurons(now.stage) ? termsOf(now) : {},
    };
})"""


@dataclass(frozen=True)
class Panel:
    """What the panel says of a cell, and the numbers of the page behind it."""

    title: str
    figures: dict[str, list[str]]
    words: str
    slope: str
    terms: dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A network of one convolution and of means, swept for one picture, and its page, where this is the first of two."""

    filters: list[nn.Neuron]
    pixels: list[Value]
    outputs: list[Value]
    loss: Value
    html: str

    def window(self, row: int, column: int) -> list[Value]:
        return [self.pixels[SIDE * (row + i) + column + j] for i in range(SIZE) for j in range(SIZE)]

    def before(self, channel: int, place: tuple[int, int]) -> float:
        """The sum at a window, ahead of the activation."""
        neuron = self.filters[channel]
        bias = neuron.bias.data if neuron.bias is not None else 0.0
        return sum([w.data * x.data for w, x in zip(neuron.weights, self.window(*place), strict=True)]) + bias


@functools.cache
def pictures() -> Seen:
    generator = random.Random(3)
    convolution = nn.Conv2d(1, FILTERS, SIZE, generator=generator)
    dense = nn.Layer(8, CLASSES, None, generator=generator)
    for neuron in [*convolution.neurons, *dense.neurons]:
        assert neuron.bias is not None
        neuron.bias.data = generator.uniform(-0.3, 0.3)
    model = nn.Sequential(nn.Unflatten(1, SIDE, SIDE), convolution, nn.AvgPool2d(2), nn.Flatten(), dense)
    rows = [[generator.choice([0.0, 0.25, 0.5, 1.0]) for _ in range(SIDE * SIDE)] for _ in range(2)]
    pixels = [[Value(number, label=f"x{k}") for k, number in enumerate(row, start=1)] for row in rows]
    outputs = [model(row) for row in pixels]
    lost = [losses.cross_entropy([made], [target]) for made, target in zip(outputs, [1, 2], strict=True)]
    html = page(payload_of([found_grids(loss, None) for loss in lost], "Two pictures", ["one", "two"]), "Two pictures")
    lost[0].backward()
    return Seen(convolution.neurons, pixels[0], outputs[0], lost[0], html)


def flat_picture() -> str:
    """The page of two filters on 3 x 3 pixels, of which the last alone has ink, and of the largest of each map.

    The first shuts for every window; the second has its largest sum at the last one.
    """
    convolution = nn.Conv2d(1, 2, 2)
    for neuron, numbers in zip(convolution.neurons, [[-1.0] * 4, [0.0, 0.0, 0.0, 2.0]], strict=True):
        for weight, number in zip(neuron.weights, numbers, strict=True):
            weight.data = number
    pooled = nn.MaxPool2d(2)(convolution([[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]]))
    outputs = nn.Layer(2, 2, None, generator=random.Random(0))(nn.Flatten()(pooled))
    return page(payload_of([found_grids(losses.cross_entropy([outputs], [0]), None)], "flat", ["a row"]), "flat")


@functools.cache
def recurrent(kind: str) -> str:
    """The page of a cell of four units that reads three numbers at each of five times, and of a read-out at the end."""
    generator = random.Random(0)
    cell = {"RNN": nn.RNNCell, "LSTM": nn.LSTMCell}[kind](3, 4, generator=generator)
    read = nn.Layer(4, 2, None, generator=generator)
    state = cell.start()
    for _ in range(5):
        state = cell([Value(generator.gauss(0.0, 1.0)) for _ in range(3)], state)
    outputs = read(state[0] if kind == "LSTM" else state)
    return page(payload_of([found_grids(losses.mean_squared_error(outputs, [1.0, -1.0]), None)], kind, ["a row"]), kind)


def shown(number: float) -> str:
    return minus(short(number))


def look_at(opened: Page, stage: int, channel: int, place: int, **more: Any) -> None:
    opened.evaluate(
        "cell => { Object.assign(now, cell); paint(); }", {"stage": stage, "channel": channel, "place": place, **more}
    )


def told(opened: Page, cells: list[tuple[int, int, int]], *, gradients: bool = False) -> list[Panel]:
    """Of each cell, by its stage, channel and place."""
    asked = [{"stage": stage, "channel": channel, "place": place, "gradients": gradients} for stage, channel, place in cells]
    return [Panel(**panel) for panel in opened.evaluate(TOLD, asked)]
