"""An optimizer's update rule as a listing, traced on Values like any other graph."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from micrograd.compiler.listing import Listing, flatten
from micrograd.engine import Value
from micrograd.ops import as_float
from micrograd.optim import Optimizer, is_ours


def traced_rule(optimizer: Optimizer, *, counting: bool = False) -> Listing:
    """The optimizer's own update rule, run on Values: from parameter, gradient, memories, step and learning rate.

    With `counting` each parameter counts its own steps: the steps it has taken are its last memory, and `step` is not read.
    It is traced at several points. A ValueError if that gives several rules, or numbers other than those of the rule itself,
    because it has a Python `if` on them or reads what is no argument of it.
    """
    rules = [traced_at(optimizer, probe, counting) for probe in PROBES]
    name = type(optimizer).__name__
    if any((rule.instructions, rule.outputs, rule.constants) != (rules[0].instructions, rules[0].outputs, rules[0].constants)
           for rule in rules):  # fmt: skip
        raise ValueError(
            f"the update rule of {name} cannot be compiled: traced on Values it is not the same everywhere; "
            "write its choices with operations such as maximum, not with a Python if"
        )
    for number, slope, step, _ in PROBES:
        state = (abs(number),) * len(optimizer.state[0])
        moved, memories = optimizer.update(number, slope, state, int(step))
        taken = [step - 1.0] if counting else []
        got = rules[0].run([number, slope, *state, *taken, step, optimizer.learning_rate], [])
        if not all(map(math.isclose, got, (moved, *memories))):
            raise ValueError(
                f"the update rule of {name} cannot be compiled: traced on Values it gives {got[0]!r}, "
                f"run on numbers {moved!r}; write its choices with operations such as maximum, not with a Python if"
            )
    return rules[0]


class Probe(NamedTuple):
    """Where a rule is looked at; `step_count` is what the optimizer has counted, which the rule should not read."""

    parameter: float
    gradient: float
    step: float
    step_count: int


PROBES = (Probe(1.0, 1.0, 1.0, 0), Probe(-1e6, -1e6, 1e6, 10**6), Probe(1e-3, 0.0, 2.0, 7), Probe(0.0, 1e6, 1e3, 999))


def traced_at(optimizer: Optimizer, probe: Probe, counting: bool) -> Listing:
    parameter, slope = Value(probe.parameter, "parameter"), Value(probe.gradient, "gradient")
    step, rate = Value(probe.step, "step"), Value(0.1, "learning_rate")
    memories = [Value(abs(probe.parameter), f"memory{number}") for number, _ in enumerate(optimizer.state[0], start=1)]
    taken = Value(probe.step - 1.0, "steps taken")
    own_step = taken + 1.0 if counting else step
    before = optimizer.learning_rate, optimizer.step_count, optimizer.steps_taken
    try:
        optimizer.learning_rate = rate  # type: ignore[assignment]
        optimizer.step_count, optimizer.steps_taken = probe.step_count, [probe.step_count] * len(optimizer.parameters)
        moved, new_memories = optimizer.update(parameter, slope, tuple(memories), own_step)
    finally:
        optimizer.learning_rate, optimizer.step_count, optimizer.steps_taken = before
    outputs = [moved, *new_memories]
    if counting:
        memories.append(taken)
        outputs.append(own_step)
    results = [output if isinstance(output, Value) else Value(as_float(output)) for output in outputs]
    return flatten(results, [parameter, slope, *memories, step, rate], [], finite=True)


def settings_of(optimizer: Optimizer) -> Any:
    """What the update rule is made of; for an optimizer that is not one of ours, nothing equals it."""
    if not has_known_rule(optimizer):
        return object()
    return type(optimizer), tuple(repr(number) for name, number in optimizer.settings().items() if name != "learning_rate")


def has_known_rule(optimizer: Optimizer) -> bool:
    """Whether its update rule is one of optim.py itself."""
    return is_ours(optimizer) and "update" not in vars(optimizer)


def has_own_step(optimizer: Optimizer) -> bool:
    """Whether the optimizer does more at a step than its update rule says."""
    return "step" in vars(optimizer) or type(optimizer).step is not Optimizer.step
