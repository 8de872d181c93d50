"""Gradients and trainings whose numbers do not depend on how many devices share the rows. As a script it prints them as JSON."""

import json
from typing import Any

import micrograd
from micrograd.compiler.program import Program
from micrograd.compiler.rows import Table
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.optim import SGD, Adam
from tests.tensors.examples import EXAMPLES

NAMES = ("xor", "penalty")  # of 4 and 9 rows


def results() -> dict[str, Any]:
    """For each example values, loss and gradient, and the losses and numbers of a training in batches of five."""
    found: dict[str, Any] = {}
    for name in NAMES:
        loss, inputs, parameters, rows = EXAMPLES[name]()
        program = micrograd.compile(loss, inputs, parameters, target="jax")
        mean = program.gradient(rows, [float(number % 3 + 1) for number in range(len(rows))])
        slopes = [parameter.grad for parameter in parameters]
        losses = program.train(rows, Adam(parameters, 0.01), 10, 5, seed=1, progress=False)
        numbers = [parameter.data for parameter in parameters]
        found[name] = [*program.evaluate(rows), mean, *slopes, *losses, *numbers]
    return found


def infinite_results() -> dict[str, Any]:
    """Where a value or a slope is infinite: times a share of 0 it would be nan."""
    w, x = Value(0.0, "w"), Value(1.0, "x")
    found: dict[str, Any] = {}
    for name, output in {"root": micrograd.sqrt(w * x), "log": micrograd.log(x) + w}.items():
        program = micrograd.compile(output, [x], [w], target="jax")
        found[name] = [program.gradient([[1.0], [4.0], [4.0 * (name == "root")]]), w.grad]
    return found


def collectives() -> dict[str, dict[str, int]]:
    """How often the compiled step of a training asks the devices to exchange numbers."""
    found = {}
    for name in NAMES:
        loss, inputs, parameters, rows = EXAMPLES[name]()
        text = step_text(micrograd.compile(loss, inputs, parameters, target="jax"), rows, SGD(parameters, 0.1))
        kinds = ("all-reduce", "all-gather", "all-to-all", "collective-permute", "reduce-scatter")
        found[name] = {kind: text.count(f" {kind}(") for kind in kinds}
    return found


def step_text(program: Program, rows: Any, optimizer: SGD) -> str:
    table = Table(rows, program.input_names)
    loop: Any = program.descent(table, optimizer, Schedule(table.rows, 1)).loop
    with loop.trainer.on.precision():
        return str(loop.by.run.lower(*loop.arguments(loop.kept, 1, 0.0)).compile().as_text())


if __name__ == "__main__":
    import jax

    every = {"devices": len(jax.devices()), "results": results(), "infinite": infinite_results(), "collectives": collectives()}
    print(json.dumps(every))
