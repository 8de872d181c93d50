"""Compiled work: whole trainings against NumPy, torch, JAX and CasADi, one thread each, and what compiling costs.

All of it runs in a process of its own, on one core and with one thread for every library. Each contestant trains from
the same weights, and all end with the same parameters, which is checked before they are timed.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from micrograd.compiler.program import Program
from micrograd.compiler.program import compile as compile_graph
from micrograd.datasets import Dataset, moons, xor
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error, hinge
from micrograd.nn import MLP
from micrograd.optim import SGD
from tests.benchmarks.contestants import CONTESTANTS, RATE, Contestant, Work
from tests.benchmarks.measure import Row, comparison, median_ratio, milliseconds, show, turns

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_ENABLE_X64": "1",
    "JAX_PLATFORMS": "cpu",
}
SLOW_ON_LARGE_DATA = ("CasADi SX",)  # it unrolls the data: minutes to build for 10,000 points


def run() -> bool:
    """Measure in a child process; say whether every floor is met."""
    return with_one_thread("tests.benchmarks.compiled")


def with_one_thread(module: str) -> bool:
    """Run a module in a child process in which every library has one thread; say whether its exit status is 0."""
    hidden = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # a setting of the machine would slow NumPy down
    environment = {name: text for name, text in os.environ.items() if name not in hidden} | ONE_THREAD
    command = [sys.executable, "-m", module]
    return subprocess.run(command, env=environment, check=False).returncode == 0  # noqa: S603 - all of it is written above


def on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def measure() -> bool:
    on_one_core()
    missing = sorted({package for package, _ in CONTESTANTS.values() if not importlib.util.find_spec(package)})
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}. pip install '.[benchmark]' torch==2.13.0")
    first_use = compile_seconds(MLP(2, [3, 1], seed=0), half_mean_squared_error, xor())  # loads and starts LLVM
    rows = [
        *compile_rows(first_use),
        *training_rows("moons, 100 points, a step", moons_work(100, 3000), {"JAX, fori_loop": 1 / 0.6, "NumPy by hand": 8.0}),
        *training_rows("moons, 10,000 points, a step", moons_work(10_000, 100), {"JAX, fori_loop": 1 / 0.7}),
        *training_rows("xor, ReLU, 10,000 epochs", xor_work("relu"), {"JAX, fori_loop": 4.0}, whole=True),
        *training_rows("xor, tanh, 10,000 epochs", xor_work("tanh"), {"JAX, fori_loop": 1 / 0.6}, whole=True),
        *python_rows(),
        *unrolled_rows(),
    ]
    return show("Compiled work, one thread", rows)


def moons_work(points: int, steps: int) -> Work:
    data = moons(points, labels=(-1, 1))
    return Work(MLP(2, [16, 16, 1], seed=0), data.inputs, data.targets, "hinge", steps)


def xor_work(activation: str) -> Work:
    data = xor()
    return Work(MLP(2, [3, 1], activation, seed=0), data.inputs, data.targets, "squares", 10_000)


# Training


def row_loss(model: MLP, loss: Callable[..., Value]) -> tuple[Value, list[Value]]:
    """The loss of one row, and its leaves."""
    x1, x2, y = Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "y")
    return loss([model([x1, x2])], [y]), [x1, x2, y]


def program_of(work: Work, target: str) -> Program:
    output, leaves = row_loss(work.model, hinge if work.loss == "hinge" else half_mean_squared_error)
    return compile_graph(output, leaves, work.model.parameters(), target=target)


def ours(work: Work, target: str) -> Contestant:
    program = program_of(work, target)
    rows = np.column_stack([np.array(work.inputs), np.array(work.targets, dtype=float)])
    parameters = work.model.parameters()
    start = [parameter.data for parameter in parameters]

    def train() -> Any:
        for parameter, number in zip(parameters, start, strict=True):
            parameter.data = number
        program.train(rows, SGD(parameters, RATE), work.steps, progress=False)
        trained = np.array([parameter.data for parameter in parameters])
        for parameter, number in zip(parameters, start, strict=True):
            parameter.data = number
        return trained

    return train


def training_rows(name: str, work: Work, floors: dict[str, float], *, whole: bool = False) -> list[Row]:
    """Our training against that of everyone who is installed; the time of a step, or of the `whole` training."""
    present = {
        other: make(work)
        for other, (package, make) in CONTESTANTS.items()
        if importlib.util.find_spec(package) and not (other in SLOW_ON_LARGE_DATA and len(work.inputs) > 1000)
    }
    contestants = [ours(work, "llvm"), *present.values()]
    trained = [train() for train in contestants]
    for numbers in trained[1:]:
        np.testing.assert_allclose(numbers, trained[0], rtol=1e-6, atol=1e-9)
    own, *others = turns(contestants, rounds=9, repeats=1)
    steps = 1 if whole else work.steps
    rows = []
    for other, times in zip(present, others, strict=True):
        mine, theirs, ratio = median_ratio([t / steps for t in own], [t / steps for t in times])
        rows.append(comparison(name, other, mine, theirs, ratio, floors.get(other)))
    return rows


# Compiling


def compile_seconds(model: MLP, loss: Callable[..., Value], data: Dataset) -> float:
    """From the graph of one row to the end of the first epoch of training."""
    rows = [[*row, target] for row, target in zip(data.inputs, data.targets, strict=True)]
    begin = time.perf_counter()
    output, leaves = row_loss(model, loss)
    compile_graph(output, leaves, model.parameters(), target="llvm").train(rows, SGD(model.parameters(), RATE), 1)
    return time.perf_counter() - begin


def compile_rows(first_use: float) -> list[Row]:
    seconds = {
        "xor": [compile_seconds(MLP(2, [3, 1], seed=0), half_mean_squared_error, xor()) for _ in range(5)],
        "moons": [compile_seconds(MLP(2, [16, 16, 1], seed=0), hinge, moons(100, labels=(-1, 1))) for _ in range(3)],
    }
    return [
        Row("loading LLVM, once in a process", milliseconds(first_use), "", ""),
        limit("compile xor", statistics.median(seconds["xor"]), 0.05),
        limit("compile moons", statistics.median(seconds["moons"]), 0.4),
    ]


def limit(work: str, seconds: float, most: float) -> Row:
    return Row(work, milliseconds(seconds), "", "", floor=f"<= {milliseconds(most)}", met=seconds <= most)


# The target python


def python_rows() -> list[Row]:
    """The target that needs nothing installed, against eager training."""
    rows = []
    for name, work in (("xor, tanh", xor_work("tanh")), ("moons, 100 points", moons_work(100, 3))):
        loss = hinge if work.loss == "hinge" else half_mean_squared_error
        epochs, eager_epochs = (2000, 200) if name.startswith("xor") else (500, 3)
        compiled = partial(train_compiled, program_of(work, "python"), work, epochs)
        eager = partial(train_eagerly, work.model, loss, work, eager_epochs)
        own, theirs = turns([compiled, eager], rounds=9, repeats=1)
        times = median_ratio([t / epochs for t in own], [t / eager_epochs for t in theirs])
        rows.append(comparison(f"{name}, a step, target python", "eager", *times, floor=15.0))
    return rows


def train_compiled(program: Program, work: Work, epochs: int) -> None:
    rows = [[*row, target] for row, target in zip(work.inputs, work.targets, strict=True)]
    program.train(rows, SGD(work.model.parameters(), 0.0), epochs, progress=False)


def train_eagerly(model: MLP, loss: Callable[..., Value], work: Work, epochs: int) -> None:
    optimizer = SGD(model.parameters(), 0.0)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss([model(row) for row in work.inputs], work.targets).backward()
        optimizer.step()


# A loss written as a Python loop over the whole data set


def unrolled_rows() -> list[Row]:
    """The moons loss over all points as one graph, in a process of its own, since its memory is measured."""
    with get_context("spawn").Pool(1) as pool:
        nodes, seconds, step, megabytes = pool.apply(unrolled)
    work = f"moons unrolled, {nodes:,} instructions"
    memory = Row(f"{work}: memory", f"{megabytes:.0f} MB", "", "", floor="<= 1000 MB", met=megabytes <= 1000.0)
    return [limit(f"{work}: compile", seconds, 8.0), limit(f"{work}: a step", step, 0.25e-3), memory]


def unrolled() -> tuple[int, float, float, float]:
    work = moons_work(100, 200)
    begin = time.perf_counter()
    loss = hinge([work.model(row) for row in work.inputs], work.targets)
    program = compile_graph(loss, [], work.model.parameters(), target="llvm")
    program.train([[]], SGD(work.model.parameters(), RATE), 1, progress=False)
    seconds = time.perf_counter() - begin
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        program.train([[]], SGD(work.model.parameters(), RATE), work.steps, progress=False)
        times.append((time.perf_counter() - begin) / work.steps)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return len(program.gradient_listing().instructions), seconds, statistics.median(times), megabytes


def main(arguments: Sequence[str] = ()) -> int:
    return 0 if measure() else 1


if __name__ == "__main__":
    sys.exit(main())
