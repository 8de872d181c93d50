"""A network's numbers as Python has them, and what tests of the page around it ask."""

import functools
from dataclasses import dataclass
from typing import Any

from micrograd import datasets, losses, nn, optim
from micrograd.engine import Value
from micrograd.text.naming import minus, short
from micrograd.views.laboratory.page import Lab, lab
from tests.views.browser.lab.rows_of_data import Laboratory, Page

RATE = 0.4


@dataclass(frozen=True)
class Swept:
    """Exclusive or, 2-3-1, at these parameters: one row's loss, forward and backward."""

    inputs: list[Value]
    hidden: list[Value]
    output: Value
    loss: Value

    def in_order(self) -> list[Value]:
        """As the cards of the page: inputs, hidden units, output, loss."""
        return [*self.inputs, *self.hidden, self.output, self.loss]


def network() -> nn.MLP:
    return nn.MLP(2, [3, 1], activation="tanh", seed=0)


def swept(model: nn.MLP, row: int) -> Swept:
    x, y = datasets.xor()
    inputs = [Value(number) for number in x[row]]
    hidden = [neuron(inputs) for neuron in model.layers[0].neurons]
    output = model.layers[1].neurons[0](hidden)
    loss = losses.half_mean_squared_error([output], [y[row]])
    model.zero_grad()
    loss.backward()
    return Swept(inputs, hidden, output, loss)


def mean_loss(model: nn.MLP) -> Value:
    """Of all rows, swept backwards."""
    x, y = datasets.xor()
    loss = losses.half_mean_squared_error([model(row) for row in x], y)
    model.zero_grad()
    loss.backward()
    return loss


@functools.cache
def folded() -> Lab:
    """More units than are drawn one by one."""
    model = nn.MLP(2, [19, 18, 1], activation="tanh", seed=0)
    optimizer = optim.SGD(model.parameters(), 0.1)
    return lab(model, losses.binary_cross_entropy_with_logits, datasets.moons(12), optimizer, title="2-19-18-1")


@functools.cache
def eights() -> Lab:
    """The network of the laboratory's picture."""
    model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=0)
    optimizer = optim.Adam(model.parameters(), 0.01)
    tests = datasets.moons(100, noise=0.2, seed=1)
    return lab(model, losses.binary_cross_entropy_with_logits, datasets.moons(100), optimizer, test=tests, title="moons, 2-8-8-1")


@functools.cache
def with_starts() -> Lab:
    """Exclusive or from three starts, in batches of two, with a momentum to turn."""
    model = network()
    others = {f"model {seed}": nn.MLP(2, [3, 1], activation="tanh", seed=seed) for seed in (1, 2)}
    optimizer = optim.SGD(model.parameters(), RATE, momentum=0.5)
    return lab(model, losses.half_mean_squared_error, datasets.xor(), optimizer, starts=others, batch_size=2, title="xor")


def short_text(number: float, digits: int = 4) -> str:
    return minus(short(number, digits))


def texts(page: Page, selector: str) -> list[str]:
    return list(
        page.evaluate("selector => [...document.querySelectorAll(selector)].map((element) => element.textContent)", selector)
    )


def until(page: Page, condition: str) -> None:
    """Wait for it. The page's policy lets nothing be evaluated in it, so it is asked from here."""
    for _ in range(500):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(10)
    raise AssertionError(f"still not so: {condition}")


def settled(page: Page) -> None:
    """What a hand has moved is drawn with the next frame, and well when it rests."""
    until(page, "!isShowDue && !sideMoves")


def parameter(page: Page, place: int) -> float:
    return float(page.evaluate("place => training.p[place]", place))


def middle_of(page: Page, element: str) -> tuple[float, float]:
    """Of what the expression gives, in the window."""
    x, y = page.evaluate(f"(() => {{ const box = ({element}).getBoundingClientRect();"
                         " return [(box.left + box.right) / 2, (box.top + box.bottom) / 2]; })()")  # fmt: skip
    return x, y


def copy_of(laboratory: Laboratory) -> Any:
    """A model with the numbers that the page began with."""
    model = network()
    model.load_state_dict(laboratory.model.state_dict())
    return model
