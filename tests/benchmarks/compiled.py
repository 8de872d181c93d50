"""Machine code against JAX and NumPy by hand, its share of what the core can do at most, and what making it costs.

CPU time, the least of nine, in a process of its own, on one core and with one thread for every library; contestants take
turns. Before they are timed, all are checked to come to the same loss after three steps.
"""

from __future__ import annotations

import gc
import importlib.util
import math
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context

import numpy as np

from micrograd import ops
from micrograd.compiler.program import compile as compile_graph
from micrograd.datasets import moons
from micrograd.losses import hinge
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.tensors.programs import gradient_program
from tests.benchmarks.contestants import compiled, eager, jax_loop, numpy_by_hand
from tests.benchmarks.machine import description, has_one_thread, most_memory, on_one_core, peak, with_one_thread
from tests.benchmarks.measure import Row, at_most, comparison, least_times, limited, milliseconds, show, step_times, wanted
from tests.benchmarks.tasks import RATE, TASKS, Task, moons_example, xor_example
from tests.tensors.networks import mlp
from tests.tensors.pieces import Example

LIMITS: dict[str, tuple[float, float | None]] = {  # the greatest ratios of our time to JAX's and NumPy's
    "moons, 100 rows": (0.33, 0.09),
    "moons, 10,000 rows": (0.40, 0.20),
    "64-32-10, 1,797 rows": (0.60, 0.45),
    "64-64-64-10, 1,797 rows": (0.65, 0.60),
    "784-128-10, 2,000 rows": (0.75, 0.90),
    "cnn, 1,000 rows": (0.10, 0.10),
    "rnn, 1,000 rows": (0.65, 0.25),
    "xor, relu, 10,000 epochs": (0.12, None),
    "xor, tanh, 10,000 epochs": (0.25, None),
    "trained moons, 100 rows": (0.15, None),
    "trained moons, 10,000 rows": (0.20, None),
}
MADE: dict[str, tuple[Callable[[], Example], float]] = {  # and the seconds that it may take
    "xor": (partial(xor_example, "tanh"), 0.04),
    "moons": (partial(moons_example, 100), 0.15),
    "64-64-64-10": (partial(mlp, [64, 64, 64, 10], "classes", rows=1797), 0.3),
    "784-128-10": (partial(mlp, [784, 128, 10], "classes", rows=2000), 0.35),
    "six layers of 32": (partial(mlp, [32] * 7, "half", rows=1000), 0.6),
}


def run(names: Sequence[str] = ()) -> bool:
    """Measure in a child process; say whether every limit is kept."""
    return with_one_thread("tests.benchmarks.compiled", names)


def measure(names: Sequence[str]) -> bool:
    """All of it, or the lines in whose name one of these is. JAX comes last: loaded, it slows down Python's collector."""
    on_one_core()
    rows = [*loading_rows(), *made_rows(names), *python_rows(names), *unrolled_rows(names)]
    at_best = peak()
    if importlib.util.find_spec("jax"):
        rows += [row for name, task in TASKS.items() if wanted(name, names) for row in training_rows(task, at_best)]
    else:
        print("Not installed, so training is not measured: jax. pip install '.[benchmark]'")
    return show(f"Machine code, one thread of {description()}, at most {at_best * 1e-9:.1f} GFLOP/s", rows)


# Training


def training_rows(task: Task, at_best: float) -> list[Row]:
    """A step of ours, or the whole training, against JAX and against NumPy."""
    start = task.start()
    trainings = [compiled(start, "llvm"), jax_loop(start), numpy_by_hand(start)]
    losses = [train(3) for train in trainings]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-9)
    if task.whole:
        ours, *theirs = least_times([partial(train, task.steps) for train in trainings], warm=True)
    else:
        ours, *theirs = step_times(trainings, task.steps)
    share = operations(start.example) * (task.steps if task.whole else 1) / ours / at_best
    peers = zip(("JAX, fori_loop", "NumPy by hand"), theirs, LIMITS[task.name], (share, None), strict=True)
    return [at_most(task.name, ours, peer, own, most, of_peak) for peer, own, most, of_peak in peers]


def operations(example: Example) -> float:
    """Multiplications and additions of a step, as far as they are in sums of products."""
    program = gradient_program(example.loss, example.inputs, example.parameters, weighted=True)
    products = [array.operands[0] for array in program.arrays if array.op is ops.dot and (array.rows or array.sums)]
    return 2.0 * len(example.rows) * sum(math.prod(view.axes) for view in products)


# Making


def loading_rows() -> list[Row]:
    return [Row("loading LLVM, once in a process", milliseconds(made_seconds(partial(xor_example, "relu"), times=1)), "", "")]


def made_rows(names: Sequence[str]) -> list[Row]:
    works = {f"made: {name}": case for name, case in MADE.items()}
    return [limited(work, made_seconds(make), most) for work, (make, most) in works.items() if wanted(work, names)]


def made_seconds(make: Callable[[], Example], times: int = 5) -> float:
    """The least CPU time from a finished graph to the end of the first epoch of training; the graph is a fresh one."""
    seconds = []
    for _ in range(times):
        example = make()
        rows = np.array(example.rows)
        gc.collect()
        begin = time.process_time()
        program = compile_graph(example.loss, example.inputs, example.parameters, target="llvm")
        program.train(rows, SGD(example.parameters, RATE), 1, progress=False)
        seconds.append(time.process_time() - begin)
    return min(seconds)


# The target python


def python_rows(names: Sequence[str]) -> list[Row]:
    """The target that needs nothing installed, against eager training."""
    rows = []
    for name, steps in (("xor, tanh, 10,000 epochs", (2000, 200)), ("moons, 100 rows", (60, 3))):
        work = f"target python: {name.removesuffix(', 10,000 epochs')}"
        if wanted(work, names):
            start = TASKS[name].start()
            trainings = [compiled(start, "python"), eager(start)]
            losses = [train(3) for train in trainings]
            np.testing.assert_allclose(losses, losses[0], rtol=1e-9)
            own, theirs = step_times(trainings, steps)
            rows.append(comparison(work, "eager", own, theirs, theirs / own, floor=15.0))
    return rows


# A loss written as a Python loop over the whole data set


def unrolled_rows(names: Sequence[str]) -> list[Row]:
    """The moons loss over all points as one graph, in a process of its own, since its memory is measured."""
    if not wanted("moons unrolled", names):
        return []
    with get_context("spawn").Pool(1) as pool:
        nodes, seconds, step, megabytes = pool.apply(unrolled)
    work = "moons unrolled"
    memory = Row(f"{work}: memory", f"{megabytes:.0f} MB", "", "", floor="<= 1000 MB", met=megabytes <= 1000.0)
    return [limited(f"{work}: {nodes:,} nodes made", seconds, 8.0), limited(f"{work}: a step", step, 0.25e-3), memory]


def unrolled() -> tuple[int, float, float, float]:
    on_one_core()
    data, model = moons(100, labels=(-1, 1)), MLP(2, [16, 16, 1], seed=0)
    begin = time.process_time()
    loss = hinge([model(row) for row in data.inputs], data.targets)
    program = compile_graph(loss, [], model.parameters(), target="llvm")

    def train(steps: int) -> None:
        program.train([[]], SGD(model.parameters(), RATE), steps, progress=False)

    train(1)
    seconds = time.process_time() - begin
    (step,) = step_times([train], 200)
    return len(program.gradient_listing().instructions), seconds, step, most_memory()


if __name__ == "__main__":
    sys.exit(0 if (measure if has_one_thread() else run)(sys.argv[1:]) else 1)
