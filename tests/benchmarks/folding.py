"""Folding: how long it takes, and a step of training by the array programs against NumPy and JAX written by hand.

CPU time, the least of nine, on one core and with one thread for every library; contestants take turns in one process.
Before they are timed, all are checked to come to the same loss after three steps.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context

import numpy as np

from micrograd.folding import Folded, fold
from tests.benchmarks.contestants import Start, Training, compiled, jax_loop, jax_training, numpy_by_hand, numpy_training
from tests.benchmarks.machine import description, has_one_thread, most_memory, on_one_core, with_one_thread
from tests.benchmarks.measure import Row, at_most, least_times, limited, show, step_times, wanted
from tests.benchmarks.tasks import TASKS
from tests.tensors import texts
from tests.tensors.networks import mlp, transformer
from tests.tensors.pieces import Example

LARGE = (784, 512, 10)
FOLDED: dict[str, tuple[Callable[[], Example], float]] = {  # and the seconds that it may take
    "2-16-16-1": (partial(mlp, [2, 16, 16, 1], "hinge"), 0.03),
    "64-64-64-10": (partial(mlp, [64, 64, 64, 10], "classes"), 0.04),
    "784-128-10": (partial(mlp, [784, 128, 10], "classes"), 0.15),
    "a transformer": (partial(transformer, 8, 16, 4, 27), 0.5),
}
LIMITS = {  # how many times as long as by hand a step may take
    "moons, 100 rows": 1.25,
    "moons, 10,000 rows": 1.25,
    "64-32-10, 1,797 rows": 1.25,
    "64-64-64-10, 1,797 rows": 1.25,
    "784-128-10, 2,000 rows": 1.25,
    "cnn, 1,000 rows": 1.5,
    "rnn, 1,000 rows": 1.5,
}


def run(names: Sequence[str] = ()) -> bool:
    """Measure in a child process; say whether every limit is kept."""
    return with_one_thread("tests.benchmarks.folding", names)


def measure(names: Sequence[str]) -> bool:
    """All of it, or the lines in whose name one of these is."""
    on_one_core()
    rows = [folding_row(name, *case) for name, case in FOLDED.items() if wanted(name, names)]
    if wanted("784-512-10", names):
        with get_context("spawn").Pool(1) as pool:  # a process of its own, since its memory is measured
            rows += pool.apply(large_rows)
    if importlib.util.find_spec("jax"):
        rows += [row for name, most in LIMITS.items() if wanted(name, names) for row in training_rows(name, most)]
    else:
        print("Not installed, so training is not measured: jax. pip install '.[benchmark]'")
    return show(f"Folding, one thread of {description()}", rows)


# Folding


def folded(example: Example) -> Folded:
    return fold(example.loss, inputs=example.inputs, parameters=example.parameters)


def fold_text(example: Example) -> str:
    return str(folded(example))


def folding_row(name: str, make: Callable[[], Example], most: float) -> Row:
    example = make()
    (seconds,) = least_times([partial(fold_text, example)])
    return limited(f"fold {name}, text included", seconds, most)


def large_rows() -> list[Row]:
    """Time and memory of the largest network; the memory holds the graph itself too."""
    on_one_core()
    time_taken = folding_row("784-512-10", partial(mlp, LARGE, "classes", rows=1), 0.7)
    megabytes = most_memory()
    memory = Row("fold 784-512-10, memory", f"{megabytes:.0f} MB", "", "", floor="< 1500 MB", met=megabytes < 1500.0)
    return [time_taken, memory]


# Training


def training_rows(name: str, most: float) -> list[Row]:
    """The text of the folded graph in a loop by hand, and the compiled graph: NumPy against NumPy, JAX against JAX."""
    start, steps = TASKS[name].start(), TASKS[name].steps
    by_hand = {"numpy": numpy_by_hand(start), "jax": jax_loop(start)}
    ours = {f"{make.__name__}, {target}": make(start, target) for target in by_hand for make in (printed, compiled)}
    trainings = {**by_hand, **ours}
    losses = [train(3) for train in trainings.values()]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-9)
    seconds = dict(zip(trainings, step_times([*trainings.values()], steps), strict=True))
    targets = {work: work.rpartition(" ")[2] for work in ours}
    return [
        at_most(f"{name}: {work}", seconds[work], f"{target} by hand", seconds[target], most) for work, target in targets.items()
    ]


def printed(start: Start, dialect: str) -> Training:
    """Descent by the printed function of the folded graph."""
    example = start.example
    found = folded(example)
    call, share = texts.function(found, dialect), np.float64(1.0 / len(example.rows))
    data, first = texts.inputs(found, example.rows), texts.parameters(found)
    if dialect == "jax":
        return jax_training(first, data, lambda parameters, data: call(data, parameters, share), start.rate)
    return numpy_training(first, lambda parameters: call(data, parameters, share), start.rate)


if __name__ == "__main__":
    sys.exit(0 if (measure if has_one_thread() else run)(sys.argv[1:]) else 1)
