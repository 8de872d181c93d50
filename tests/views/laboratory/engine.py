"""Trainings to look at, what Python itself makes of them, and the laboratory's engine in a page that has nothing else."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import micrograd
from micrograd import Value, datasets, losses, nn, ops, optim
from micrograd.compiler.task import Task, checked_data
from micrograd.optim import Optimizer
from micrograd.views.laboratory.experiment import Experiment
from micrograd.views.laboratory.network import Network
from micrograd.views.laboratory.page import functions_of
from micrograd.views.laboratory.payload import payload
from micrograd.views.pages import joined, safe_json

SCRIPTS = ("shared/numbers.js", "shared/random.js", "lab/training.js", "lab/look.js")
AS_TEXT = "(key, x) => typeof x === 'number' && !isFinite(x) ? String(x) : ArrayBuffer.isView(x) ? Array.from(x) : x"


@dataclass(frozen=True)
class Case:
    """A training: each call makes it anew. `columns` are the targets of a row as numbers, where a class is one-hot."""

    model: Callable[[], Any]
    loss: Any
    data: tuple[Sequence[Any], Sequence[Any]]
    optimizer: Callable[[list[Value]], Optimizer]
    batch_size: int | None = None

    def experiment(self, **options: Any) -> Experiment:
        model = self.model()
        return experiment(model, self.loss, self.data, self.optimizer(model.parameters()), batch_size=self.batch_size, **options)


def experiment(model: Any, loss: Any, data: Any, optimizer: Optimizer, **options: Any) -> Experiment:
    return Experiment(Task(model, loss, *checked_data(data, numbers=True), optimizer), **options)


class Featured(nn.Module):
    """A model of one's own: products of the inputs beside them, a layer, a neuron."""

    def __init__(self) -> None:
        draw = random.Random(1)
        self.layer = nn.Layer(5, 3, "tanh", label="layer1", generator=draw)
        self.last = nn.Neuron(3, None, label="last", generator=draw)

    def __call__(self, x: Any) -> Value:
        a, b = x
        return self.last(self.layer([a, b, a * a, b * b, a * b]))


def smooth(outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    """A loss of one's own."""
    parts = [ops.sqrt(1.0 + (output - target) * (output - target)) - 1.0 for output, target in zip(outputs, targets, strict=True)]
    return ops.total(parts) / len(parts)


class SignDescent(Optimizer):
    """A rule of one's own, with a setting."""

    def __init__(self, parameters: list[Value], learning_rate: float) -> None:
        super().__init__(parameters, learning_rate)
        self.softness = 1e-6

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
        return parameter - self.learning_rate * gradient / ops.sqrt(gradient * gradient + self.softness), state


def ball(rows: int) -> tuple[list[list[float]], list[int]]:
    draw = random.Random(0)
    inputs = [[draw.uniform(-1.0, 1.0) for _ in range(3)] for _ in range(rows)]
    return inputs, [1 if sum(x * x for x in row) < 0.8 else -1 for row in inputs]


CASES = {
    "squares": Case(
        lambda: nn.MLP(2, [4, 4, 1], "relu", seed=1), losses.mean_squared_error, datasets.moons(20), lambda p: optim.Adam(p, 0.02)
    ),
    "xor": Case(
        lambda: nn.MLP(2, [4, 1], "tanh", seed=0), losses.half_mean_squared_error, datasets.xor(), lambda p: optim.SGD(p, 0.4)
    ),
    "moons": Case(
        lambda: nn.MLP(2, [4, 4, 1], "tanh", seed=0),
        losses.binary_cross_entropy_with_logits,
        datasets.moons(20),
        lambda p: optim.Adam(p, 0.05),
    ),
    "batches": Case(
        lambda: nn.MLP(3, [4, 1], "relu", seed=3),
        losses.hinge,
        ball(22),
        lambda p: optim.SGD(p, 0.05, momentum=0.9),
        batch_size=8,
    ),
    "classes": Case(
        lambda: nn.MLP(2, [5, 3], "tanh", seed=0), losses.cross_entropy, datasets.spirals(30), lambda p: optim.RMSProp(p, 0.01)
    ),
    "own": Case(Featured, smooth, datasets.circles(20), lambda p: SignDescent(p, 0.05)),
}


def in_python(case: Case, epochs: Sequence[int], seed: int = 0) -> dict[int, list[float]]:
    """The parameters after so many epochs each, by the target python: as a reader would write it, without the laboratory."""
    model = case.model()
    optimizer = case.optimizer(model.parameters())
    inputs, targets = case.data
    classes = len(set(targets)) if case.loss is losses.cross_entropy else 0
    x = [Value(0.0) for _ in inputs[0]]
    y = [Value(float(k == 0)) for k in range(classes)] if classes else Value(0.0)
    leaves = y if isinstance(y, list) else [y]
    program = micrograd.compile(case.loss([model(x)], [y]), [*x, *leaves], model.parameters(), target="python", exact=True)
    wanted = [[float(k == target) for k in range(classes)] if classes else [float(target)] for target in targets]
    rows = [[*row, *target] for row, target in zip(inputs, wanted, strict=True)]
    found, done = {}, 0
    for count in epochs:
        program.train(rows, optimizer, count - done, case.batch_size, seed=seed, progress=False)
        found[count] = [parameter.data for parameter in model.parameters()]
        done = count
    return found


def data_of(experiment: Experiment, starts: Any = None) -> dict[str, Any]:
    """What the page reads."""
    return payload(experiment, Network(experiment), "a title", starts, experiment.boundary())


def engine(experiment: Experiment, starts: Any = None) -> str:
    """A page that does nothing by itself."""
    data, functions = safe_json(data_of(experiment, starts)), functions_of(experiment, Network(experiment))
    scripts = "".join(f"<script>{text}</script>" for text in (functions, joined(*SCRIPTS)))
    return f'<!DOCTYPE html><meta charset="utf-8"><body><script type="application/json">{data}</script>{scripts}'


def exactly(page: Any, expression: str) -> Any:
    """What the expression gives in the page, every number with all its digits; where it is not finite, its name."""
    return json.loads(page.evaluate(f"() => JSON.stringify({expression}, {AS_TEXT})"))
