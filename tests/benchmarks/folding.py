"""Folding: how long it takes, and a step of training by the array programs against NumPy and JAX written by hand.

CPU time, the least of nine, on one core and with one thread for every library; contestants take turns in one process.
Before they are timed, all are checked to come to the same loss after three steps.
"""

from __future__ import annotations

import gc
import importlib.util
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler.program import compile as compile_graph
from micrograd.folding import Folded, fold
from micrograd.optim import SGD
from tests.benchmarks import array_networks
from tests.benchmarks.array_networks import RATE, Network, Training
from tests.benchmarks.compiled import on_one_core, with_one_thread
from tests.benchmarks.measure import Row, milliseconds, show
from tests.benchmarks.readme import machine
from tests.tensors import texts
from tests.tensors.networks import cnn, mlp, rnn, transformer
from tests.tensors.pieces import Example

ROUNDS = 9
LARGE = (784, 512, 10)


class Task(NamedTuple):
    """A training, how many steps of it make a turn, and how many times as long as by hand a step may take."""

    name: str
    example: Callable[[], Example]
    by_hand: Callable[[Example], Network]
    steps: int
    most: float


def layers(name: str, sizes: Sequence[int], loss: str, rows: int, steps: int) -> Task:
    by_hand = partial(array_networks.mlp, sizes=sizes, loss=loss)
    return Task(f"{name}, {rows:,} rows", partial(mlp, sizes, loss, rows=rows), by_hand, steps, 1.25)


FOLDED: dict[str, tuple[Callable[[], Example], float]] = {  # and the seconds that it may take
    "2-16-16-1": (partial(mlp, [2, 16, 16, 1], "hinge"), 0.03),
    "64-64-64-10": (partial(mlp, [64, 64, 64, 10], "classes"), 0.04),
    "784-128-10": (partial(mlp, [784, 128, 10], "classes"), 0.15),
    "a transformer": (partial(transformer, 8, 16, 4, 27), 0.5),
}
TASKS = (
    layers("moons", [2, 16, 16, 1], "hinge", 100, 500),
    layers("moons", [2, 16, 16, 1], "hinge", 10_000, 40),
    layers("64-32-10", [64, 32, 10], "classes", 1797, 60),
    layers("64-64-64-10", [64, 64, 64, 10], "classes", 1797, 20),
    layers("784-128-10", [784, 128, 10], "classes", 2000, 3),
    Task("cnn, 1,000 rows", partial(cnn, 1000), array_networks.cnn, 20, 1.5),
    Task("rnn, 1,000 rows", partial(rnn, 1000), array_networks.rnn, 30, 1.5),
)


def run() -> bool:
    """Measure in a child process; say whether every limit is kept."""
    return with_one_thread("tests.benchmarks.folding")


def measure(names: Sequence[str]) -> bool:
    """All of it, or the lines in whose name one of these is."""
    on_one_core()
    rows = [folding_row(name, *case) for name, case in FOLDED.items() if wanted(name, names)]
    if wanted("784-512-10", names):
        with get_context("spawn").Pool(1) as pool:  # a process of its own, since its memory is measured
            rows += pool.apply(large_rows)
    if importlib.util.find_spec("jax"):
        rows += [row for task in TASKS if wanted(task.name, names) for row in training_rows(task)]
    else:
        print("Not installed, so training is not measured: jax. pip install '.[benchmark]'")
    return show(f"Folding, one thread of {machine()}", rows)


def wanted(name: str, names: Sequence[str]) -> bool:
    return not names or any(part in name for part in names)


# Folding


def folded(example: Example) -> Folded:
    return fold(example.loss, inputs=example.inputs, parameters=example.parameters)


def fold_text(example: Example) -> str:
    return str(folded(example))


def folding_row(name: str, make: Callable[[], Example], most: float) -> Row:
    example = make()
    (seconds,) = least_times([partial(fold_text, example)])
    return limit(f"fold {name}, text included", milliseconds(seconds), f"<= {milliseconds(most)}", seconds <= most)


def large_rows() -> list[Row]:
    """Time and memory of the largest network; the memory holds the graph itself too."""
    on_one_core()
    time_taken = folding_row("784-512-10", partial(mlp, LARGE, "classes", rows=1), 0.7)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return [time_taken, limit("fold 784-512-10, memory", f"{megabytes:.0f} MB", "< 1500 MB", megabytes < 1500.0)]


def limit(work: str, measured: str, floor: str, met: bool) -> Row:
    return Row(work, measured, "", "", floor=floor, met=met)


# Training


def training_rows(task: Task) -> list[Row]:
    """The text of the folded graph in a loop by hand, and the compiled graph: NumPy against NumPy, JAX against JAX."""
    example = task.example()
    by_hand = array_networks.trainings(task.by_hand(example))
    ours = {f"{make.__name__}, {target}": make(example, target) for target in by_hand for make in (printed, compiled)}
    trainings = {**by_hand, **ours}
    losses = [train(3) for train in trainings.values()]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-9)
    seconds = dict(zip(trainings, step_times([*trainings.values()], task.steps), strict=True))
    rows = []
    for name in ours:
        target = name.rpartition(" ")[2]
        ratio = seconds[name] / seconds[target]
        times_shown = milliseconds(seconds[name]), f"{target} by hand", milliseconds(seconds[target])
        rows.append(Row(f"{task.name}: {name}", *times_shown, ratio, f"<= {task.most:g}x", ratio <= task.most))
    return rows


def step_times(trainings: Sequence[Training], steps: int) -> list[float]:
    """Of a step: what a training takes longer than one of a single step, so that reading the rows is not in it."""
    once = [partial(train, 1) for train in trainings]
    times = least_times([*once, *[partial(train, 1 + steps) for train in trainings]])
    return [(long - short) / steps for short, long in zip(times, times[len(once) :])]


def printed(example: Example, dialect: str) -> Training:
    """Descent by the printed function of the folded graph."""
    found = folded(example)
    call, share = texts.function(found, dialect), np.float64(1.0 / len(example.rows))
    data, start = texts.inputs(found, example.rows), texts.parameters(found)
    if dialect == "jax":
        return array_networks.jax_training(start, data, lambda parameters, data: call(data, parameters, share))
    return array_networks.numpy_training(start, lambda parameters: call(data, parameters, share))


def compiled(example: Example, target: str) -> Training:
    """Descent by the compiled graph, always from the same weights."""
    program = compile_graph(example.loss, example.inputs, example.parameters, target=target)
    start = [parameter.data for parameter in example.parameters]
    rows = np.array(example.rows)

    def train(steps: int) -> float:
        for parameter, number in zip(example.parameters, start, strict=True):
            parameter.data = number
        return program.train(rows, SGD(example.parameters, RATE), steps, progress=False)[-1]

    return train


def least_times(calls: Sequence[Callable[[], Any]]) -> list[float]:
    """For each the least CPU time of nine calls, by turns, after one that does not count."""
    for call in calls:
        call()
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, own in zip(calls, times, strict=True):
            gc.collect()
            begin = time.process_time()
            call()
            own.append(time.process_time() - begin)
    return [min(own) for own in times]


if __name__ == "__main__":
    sys.exit(0 if measure(sys.argv[1:]) else 1)
