"""The README's table of speed: one step of training by this engine and by others, in turns, on one core with one thread.

`python -m tests.benchmarks readme` measures in a process of its own, in about two minutes, and writes the table, the
machine and the date into README.md, between the two comments that mark their place.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from micrograd.datasets import Dataset
from micrograd.losses import hinge
from micrograd.optim import SGD
from micrograd.plots import rough
from tests import readme
from tests.benchmarks.compiled import moons_work, on_one_core, ours, with_one_thread
from tests.benchmarks.contestants import RATE, Contestant, Work, jax_fori_loop, jax_jit_per_step, numpy_by_hand, torch_tensors
from tests.benchmarks.eager import hinge_by_hand, own_step, step_by_hand, with_weights
from tests.benchmarks.measure import turns
from tests.benchmarks.peers import karpathy_engine, karpathy_nn

OURS = "**this engine, "


class Runner(NamedTuple):
    """A line of the table; `steps` make a turn long enough to be timed."""

    name: str
    package: str
    steps: int
    make: Callable[[Work], Contestant]


def run() -> bool:
    """Measure in a child process; say whether the table was written."""
    return with_one_thread("tests.benchmarks.readme")


def eager(work: Work) -> Contestant:
    step = partial(own_step, work.model, SGD(work.model.parameters(), RATE), hinge, moons_data(work))
    return repeated(work, work.model, step)


def karpathy(work: Work) -> Contestant:
    model = with_weights(karpathy_nn(karpathy_engine()).MLP(2, [16, 16, 1]), work.model)
    return repeated(work, model, partial(step_by_hand, model, hinge_by_hand, moons_data(work)))


def moons_data(work: Work) -> Dataset:
    return Dataset([list(row) for row in work.inputs], list(work.targets))


def repeated(work: Work, model: Any, step: Callable[[], float]) -> Contestant:
    """A training that takes `step` again and again, from the same weights at every call."""
    parameters = model.parameters()
    start = [parameter.data for parameter in parameters]

    def train() -> Any:
        for parameter, number in zip(parameters, start, strict=True):
            parameter.data = number
        for _ in range(work.steps):
            step()
        return np.array([parameter.data for parameter in parameters])

    return train


# In plain Python: measured before the libraries are loaded, since JAX slows down every garbage collection.
ENGINES = (
    Runner("karpathy/micrograd 0.1.0", "", 3, karpathy),
    Runner(f"{OURS}eager**", "", 30, eager),
    Runner(f"{OURS}compiled to Python source**", "", 60, partial(ours, target="python")),
)
COMPILED = (
    Runner("PyTorch {}, tensors", "torch", 1000, torch_tensors),
    Runner("JAX {}, one compiled call a step", "jax", 3000, jax_jit_per_step),
    Runner("NumPy {}, gradients derived by hand", "numpy", 3000, numpy_by_hand),
    Runner("JAX {}, the whole loop compiled", "jax", 10_000, jax_fori_loop),
    Runner(f"{OURS}compiled to machine code**", "llvmlite", 10_000, partial(ours, target="llvm")),
)


def measure(runners: Sequence[Runner], expected: Any = None) -> tuple[dict[str, float], Any]:
    """By name the seconds of one step, and the parameters after three, which need to be as `expected`."""
    trained = [runner.make(moons_work(100, 3))() for runner in runners]
    for numbers in trained:
        np.testing.assert_allclose(numbers, trained[0] if expected is None else expected, rtol=1e-6, atol=1e-9)
    times = turns([runner.make(moons_work(100, runner.steps)) for runner in runners], rounds=9, repeats=1)
    names = [runner.name.format(runner.package and version(runner.package).partition("+")[0]) for runner in runners]
    seconds = [statistics.median(own) / runner.steps for runner, own in zip(runners, times, strict=True)]
    return dict(zip(names, seconds, strict=True)), trained[0]


def table(seconds: Mapping[str, float]) -> str:
    """The slowest first, and how many times as fast as that one each is."""
    slowest_first = sorted(seconds.items(), key=lambda item: -item[1])
    _, slowest = slowest_first[0]
    lines = ["| who | one step | times as fast |", "|---|---:|---:|"]
    factors = ["1", *(two_digits(slowest / own) for _, own in slowest_first[1:])]
    lines += [f"| {name} | {two_digits(own * 1e3)} ms | {factor} |" for (name, own), factor in zip(slowest_first, factors)]
    return "\n".join(lines)


def two_digits(number: float) -> str:
    """The number in two digits, whether or not the second is a 0.

    >>> [two_digits(number) for number in (12345.0, 9.96, 1.0, 0.2, 0.00999)]
    ['12,000', '10', '1.0', '0.20', '0.010']
    """
    rounded = rough(number)
    return f"{rounded:,.0f}" if rounded >= 10.0 else f"{rounded:#.2g}"


def machine() -> str:
    """This processor, how many cores of it, and this Python."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main() -> int:
    packages = {runner.package for runner in COMPILED}
    if missing := sorted(package for package in packages if not importlib.util.find_spec(package)):
        print(f"The table needs {', '.join(missing)}: pip install '.[benchmark]' torch==2.13.0", file=sys.stderr)
        return 1
    on_one_core()
    engines, trained = measure(ENGINES)
    compiled, _ = measure(COMPILED, expected=trained)
    section = f"{table(engines | compiled)}\n\n{machine()}; {date.today().isoformat()}."
    readme.PATH.write_text(readme.with_section(readme.text(), "speed", section), encoding="utf-8")
    print(section)
    return 0


if __name__ == "__main__":
    sys.exit(main())
