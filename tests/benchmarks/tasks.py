"""What is trained: graphs of one row, their rows of data, and the same networks on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from micrograd.compiler.program import compile as compile_graph
from micrograd.datasets import Dataset, moons, xor
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error, hinge
from micrograd.nn import MLP
from micrograd.optim import SGD
from tests.benchmarks import array_networks
from tests.benchmarks.array_networks import Layers, Network
from tests.benchmarks.contestants import Start
from tests.tensors.networks import cnn, mlp, rnn
from tests.tensors.pieces import Example

RATE = 1e-3
MOONS = Layers([2, 16, 16, 1], "hinge")


class Task(NamedTuple):
    """A training, and how many steps of it make a turn: long enough to be timed."""

    name: str
    example: Callable[[], Example]
    network: Callable[[Example], Network]
    steps: int
    whole: bool = False  # all of the training is timed, not a step

    def start(self, rate: float = RATE) -> Start:
        example = self.example()
        return Start(example, self.network(example), rate)


def of_points(model: MLP, loss: Callable[..., Value], data: Dataset) -> Example:
    """The network and its loss on one row of the data."""
    x, y = [Value(0.5, f"x{i + 1}") for i in range(len(data.inputs[0]))], Value(1.0, "y")
    rows = [[*row, float(target)] for row, target in zip(data.inputs, data.targets, strict=True)]
    return Example(loss([model(x)], [y]), [*x, y], model.parameters(), rows)


def moons_example(points: int) -> Example:
    return of_points(MLP(2, [16, 16, 1], seed=0), hinge, moons(points, labels=(-1, 1)))


def trained_moons(points: int) -> Example:
    """After 200 steps at a rate that leaves few rows inside the margin: 1.8 % of 10,000, and of 100 rows none."""
    example = moons_example(points)
    program = compile_graph(example.loss, example.inputs, example.parameters, target="numpy")
    program.train(example.rows, SGD(example.parameters, 0.5), 200, progress=False)
    return example


def xor_example(activation: str) -> Example:
    return of_points(MLP(2, [3, 1], activation, seed=0), half_mean_squared_error, xor())


def of_layers(name: str, make: Callable[[], Example], layers: Layers, steps: int, whole: bool = False) -> Task:
    return Task(name, make, partial(array_networks.mlp, layers=layers), steps, whole)


def classes(sizes: Sequence[int], rows: int, steps: int) -> Task:
    name = f"{'-'.join(map(str, sizes))}, {rows:,} rows"
    return of_layers(name, partial(mlp, sizes, "classes", rows=rows), Layers(sizes, "classes"), steps)


TASKS = {
    task.name: task
    for task in (
        of_layers("moons, 100 rows", partial(moons_example, 100), MOONS, 2000),
        of_layers("moons, 10,000 rows", partial(moons_example, 10_000), MOONS, 40),
        classes([64, 32, 10], 1797, 60),
        classes([64, 64, 64, 10], 1797, 20),
        classes([784, 128, 10], 2000, 4),
        Task("cnn, 1,000 rows", partial(cnn, 1000), array_networks.cnn, 40),
        Task("rnn, 1,000 rows", partial(rnn, 1000), array_networks.rnn, 40),
        *[
            of_layers(f"xor, {name}, 10,000 epochs", partial(xor_example, name), Layers([2, 3, 1], "half", name), 10_000, True)
            for name in ("relu", "tanh")
        ],
        of_layers("trained moons, 100 rows", partial(trained_moons, 100), MOONS, 4000),
        of_layers("trained moons, 10,000 rows", partial(trained_moons, 10_000), MOONS, 80),
    )
}
