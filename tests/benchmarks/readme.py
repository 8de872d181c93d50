"""The tables of speed: one step of training by this engine and by others, in turns, on one core with one thread.

`python -m tests.benchmarks readme` measures in a process of its own, in about five minutes. It writes the tables, the machine
and the date into DESIGN.md, and one number into the README, each between the two comments that mark its place.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from importlib.metadata import version
from typing import NamedTuple

import numpy as np

from micrograd.datasets import Dataset
from micrograd.plots.bars import rough
from tests import readme
from tests.benchmarks.contestants import (
    Start,
    Training,
    compiled,
    eager,
    jax_calls,
    jax_loop,
    numpy_by_hand,
    torch_tensors,
)
from tests.benchmarks.eager import hinge_by_hand, step_by_hand
from tests.benchmarks.machine import description, on_one_core, with_one_thread
from tests.benchmarks.measure import ROUNDS, step_times
from tests.benchmarks.peers import karpathy_engine, karpathy_nn
from tests.benchmarks.tasks import TASKS

OURS = "**this engine, "
MACHINE_CODE = f"{OURS}compiled to machine code**"
SLOWEST = "karpathy/micrograd 0.1.0"
JAX_LOOP = "the whole loop compiled"
MOONS = "moons, 100 rows"
LARGE = ("64-64-64-10, 1,797 rows", "784-128-10, 2,000 rows")


class Runner(NamedTuple):
    """A line of the table; `steps` make a turn long enough to be timed, for each task that it can bear."""

    name: str
    package: str
    make: Callable[[Start], Training]
    steps: Mapping[str, int]


def run() -> bool:
    """Measure in a child process; say whether the tables were written."""
    return with_one_thread("tests.benchmarks.readme")


def karpathy(start: Start) -> Training:
    model = karpathy_nn(karpathy_engine()).MLP(2, [16, 16, 1])
    first = [parameter.data for parameter in start.example.parameters]
    x, y = start.network.data
    data = Dataset(x.tolist(), y[:, 0].tolist())

    def train(steps: int) -> float:
        for parameter, number in zip(model.parameters(), first, strict=True):
            parameter.data = number
        return [step_by_hand(model, hinge_by_hand, data, start.rate) for _ in range(steps)][-1]

    return train


# In plain Python: measured before the libraries, since JAX slows down every garbage collection once it is loaded.
ENGINES = (
    Runner(SLOWEST, "", karpathy, {MOONS: 3}),
    Runner(f"{OURS}eager**", "", eager, {MOONS: 30, LARGE[0]: 1}),
    Runner(f"{OURS}compiled to Python source**", "", partial(compiled, target="python"), {MOONS: 300, LARGE[0]: 1}),
)
COMPILED = (
    Runner("PyTorch {}, tensors", "torch", torch_tensors, {MOONS: 500}),
    Runner("JAX {}, one compiled call a step", "jax", jax_calls, {MOONS: 1000}),
    Runner("NumPy {}, gradients derived by hand", "numpy", numpy_by_hand, {MOONS: 1000, LARGE[0]: 20, LARGE[1]: 20}),
    Runner(f"JAX {{}}, {JAX_LOOP}", "jax", jax_loop, {MOONS: 3000, LARGE[0]: 20, LARGE[1]: 20}),
    Runner(
        MACHINE_CODE,
        "llvmlite",
        partial(compiled, target="llvm"),
        {MOONS: 10_000, LARGE[0]: 20, LARGE[1]: 20},
    ),
)


def measure(runners: Sequence[Runner], task: str, rounds: int) -> tuple[dict[str, float], float]:
    """By name the seconds of one step of those who can bear the task, and the loss after two steps, which needs to be one."""
    start = TASKS[task].start()
    able = [runner for runner in runners if task in runner.steps]
    trainings = [runner.make(start) for runner in able]
    losses = [train(3) for train in trainings]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-9)
    seconds = step_times(trainings, [runner.steps[task] for runner in able], rounds)
    names = [runner.name.format(runner.package and version(runner.package).partition("+")[0]) for runner in able]
    return dict(zip(names, seconds, strict=True)), losses[0]


def table(seconds: Mapping[str, float]) -> str:
    """The slowest first, and how many times as fast as that one each is."""
    slowest_first = sorted(seconds.items(), key=lambda item: -item[1])
    _, slowest = slowest_first[0]
    lines = ["| who | one step | times as fast |", "|---|---:|---:|"]
    factors = ["1", *(two_digits(slowest / own) for _, own in slowest_first[1:])]
    lines += [f"| {name} | {two_digits(own * 1e3)} ms | {factor} |" for (name, own), factor in zip(slowest_first, factors)]
    return "\n".join(lines)


def large_table(columns: Mapping[str, Mapping[str, float]]) -> str:
    """Larger networks side by side, in the order of the first; what nobody would wait for is left out."""
    first, *_ = columns.values()
    lines = [f"| who | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for name in sorted(first, key=lambda name: -first[name]):
        cells = [f"{two_digits(column[name] * 1e3)} ms" if name in column else "" for column in columns.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def two_digits(number: float) -> str:
    """The number in two digits, whether or not the second is a 0.

    >>> [two_digits(number) for number in (12345.0, 9.96, 1.0, 0.2, 0.00999)]
    ['12,000', '10', '1.0', '0.20', '0.010']
    """
    rounded = rough(number)
    return f"{rounded:,.0f}" if rounded >= 10.0 else f"{rounded:#.2g}"


def headline(ours: float, slowest: float, jax: float) -> str:
    """The one number for those who read no table, from the seconds of a step.

    >>> print(headline(0.0000037, 1.3, 0.000011).partition("takes ")[2].partition(" (")[0])
    0.0037 ms: 350,000 times as fast as in karpathy/micrograd 0.1.0, and 3.0 times as fast as in JAX
    """
    task = "Compiled to machine code, a step of training (337 parameters, 100 rows)"
    than_slowest, than_jax = (f"{two_digits(other / ours)} times as fast as in" for other in (slowest, jax))
    place = "([how it was measured](.github/DESIGN.md#how-fast))"
    return f"{task} takes {two_digits(ours * 1e3)} ms: {than_slowest} {SLOWEST}, and {than_jax} JAX {place}."


def sections() -> tuple[str, str]:
    """The one number, and the tables; plain Python is measured before the libraries are loaded."""
    engines = {task: measure(ENGINES, task, rounds) for task, rounds in ((MOONS, 3), (LARGE[0], 1))}
    seconds = {}
    for task in (MOONS, *LARGE):
        libraries, loss = measure(COMPILED, task, ROUNDS)
        own, own_loss = engines.get(task, ({}, loss))
        np.testing.assert_allclose(own_loss, loss, rtol=1e-9)
        seconds[task] = own | libraries
    [jax] = [own for name, own in seconds[MOONS].items() if name.startswith("JAX") and name.endswith(JAX_LOOP)]
    first = headline(seconds[MOONS][MACHINE_CODE], seconds[MOONS][SLOWEST], jax)
    moons = table(seconds.pop(MOONS))
    larger = "A step of larger networks, by 1,797 and 2,000 rows with their classes (ReLU, cross entropy):"
    return first, f"{moons}\n\n{larger}\n\n{large_table(seconds)}\n\n{description()}; {date.today().isoformat()}."


def main() -> int:
    packages = {runner.package for runner in COMPILED}
    if missing := sorted(package for package in packages if not importlib.util.find_spec(package)):
        print(f"The tables need {', '.join(missing)}: pip install '.[benchmark]' torch==2.13.0", file=sys.stderr)
        return 1
    on_one_core()
    first, tables = sections()
    for path, name, written in ((readme.PATH, "one number", first), (readme.DESIGN, "speed", tables)):
        path.write_text(readme.with_section(readme.text(path), name, written), encoding="utf-8")
        print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
