"""Checking gradients, and building them as graphs: how long it takes, against the limits set for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from micrograd import engine
from micrograd.checks import check
from micrograd.datasets import moons
from micrograd.engine import topological_order
from micrograd.gradients import gradient
from micrograd.losses import hinge
from micrograd.nn import MLP
from tests.benchmarks.eager import hinge_by_hand, with_weights
from tests.benchmarks.measure import Row, limited, milliseconds, show
from tests.benchmarks.peers import karpathy_nn


def run() -> bool:
    """Measure, print the table, and say whether every limit is kept."""
    return show("Checks and gradients as graphs", [*check_rows(), gradient_row()])


def check_rows() -> list[Row]:
    """The moons network on one row: all 337 parameters one by one, and along 3 random directions."""
    data = moons(100, labels=(-1, 1))
    model = MLP(2, [16, 16, 1], seed=0)

    def loss() -> engine.Value:
        return hinge([model(data.inputs[0])], data.targets[:1])

    def sweep() -> None:
        loss().backward()

    one_by_one = seconds(lambda: check(loss(), inputs=model.parameters()))
    along = seconds(lambda: check(loss(), inputs=model.parameters(), directions=3))
    once = seconds(sweep)
    return [
        limited("check of 337 parameters by complex step", one_by_one, 2.0),
        Row(
            "check along 3 random directions",
            milliseconds(along),
            "forward and sweep",
            milliseconds(once),
            once / along,
        ),
    ]


def gradient_row() -> Row:
    """The gradient, as a graph, of the moons loss written out in * and +."""
    data = moons(100, labels=(-1, 1))
    model = with_weights(karpathy_nn(engine).MLP(2, [16, 16, 1]), MLP(2, [16, 16, 1], seed=0))
    loss = hinge_by_hand([model(row) for row in data.inputs], data.targets)
    nodes = len(topological_order(loss))
    return limited(f"gradient of a graph of {nodes:,} nodes", seconds(lambda: gradient(loss, model.parameters())), 1.5)


def seconds(call: Callable[[], Any], repeats: int = 5) -> float:
    """The least of several times: what the work takes when the machine does nothing else."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)
