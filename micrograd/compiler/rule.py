"""An optimizer's update rule as a listing, traced on Values like any other graph."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from micrograd.compiler.listing import Listing, flatten
from micrograd.engine import Value
from micrograd.ops import as_float
from micrograd.optim import Optimizer, is_ours


class Setting(NamedTuple):
    """A number that an update rule is made of: an attribute of the optimizer, and its place where that is a tuple."""

    attribute: str
    place: int | None
    number: float

    @property
    def name(self) -> str:
        """As people say it: weight decay, betas 1."""
        return self.attribute.replace("_", " ") + ("" if self.place is None else f" {self.place + 1}")


def numbers_of_rule(optimizer: Optimizer) -> list[Setting]:
    """Every float among the attributes of the optimizer, alone or in a tuple of floats, but the learning rate.

    >>> from micrograd.optim import Adam
    >>> [(setting.name, setting.number) for setting in numbers_of_rule(Adam([Value(0.0)]))]
    [('betas 1', 0.9), ('betas 2', 0.999), ('epsilon', 1e-08), ('weight decay', 0.0)]
    """
    found = []
    for name, number in vars(optimizer).items():
        if name != "learning_rate" and type(number) is float:
            found.append(Setting(name, None, number))
        elif type(number) is tuple and number and all(type(part) is float for part in number):
            found += [Setting(name, place, part) for place, part in enumerate(number)]
    return found


def traced_rule(optimizer: Optimizer, *, counting: bool = False, settings: Sequence[Setting] = ()) -> Listing:
    """The optimizer's own update rule, run on Values: from parameter, gradient, memories, step and learning rate.

    With `counting` each parameter counts its own steps: the steps it has taken are its last memory, and `step` is not read.
    The `settings` are inputs too, after the learning rate. It is traced at several points. A ValueError if that gives several rules, or numbers other than those of the rule itself,
    because it has a Python `if` on them or reads what is no argument of it.
    """
    rules = [traced_at(optimizer, probe, counting, settings) for probe in PROBES]
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
        uniform = [step, optimizer.learning_rate, *[setting.number for setting in settings]]
        got = rules[0].run([number, slope, *state, *taken, *uniform], [])
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


def traced_at(optimizer: Optimizer, probe: Probe, counting: bool, settings: Sequence[Setting]) -> Listing:
    parameter, slope = Value(probe.parameter, "parameter"), Value(probe.gradient, "gradient")
    step, rate = Value(probe.step, "step"), Value(0.1, "learning_rate")
    memories = [Value(abs(probe.parameter), f"memory{number}") for number, _ in enumerate(optimizer.state[0], start=1)]
    taken = Value(probe.step - 1.0, "steps taken")
    own_step = taken + 1.0 if counting else step
    turned = [Value(setting.number, setting.name) for setting in settings]
    before = optimizer.learning_rate, optimizer.step_count, optimizer.steps_taken
    kept = {setting.attribute: vars(optimizer)[setting.attribute] for setting in settings}
    try:
        vars(optimizer).update(in_place_of(settings, turned))
        optimizer.learning_rate = rate  # type: ignore[assignment]
        optimizer.step_count, optimizer.steps_taken = probe.step_count, [probe.step_count] * len(optimizer.parameters)
        moved, new_memories = optimizer.update(parameter, slope, tuple(memories), own_step)
    finally:
        vars(optimizer).update(kept)
        optimizer.learning_rate, optimizer.step_count, optimizer.steps_taken = before
    outputs = [moved, *new_memories]
    if counting:
        memories.append(taken)
        outputs.append(own_step)
    results = [output if isinstance(output, Value) else Value(as_float(output)) for output in outputs]
    return flatten(results, [parameter, slope, *memories, step, rate, *turned], [], finite=True)


def in_place_of(settings: Sequence[Setting], leaves: Sequence[Value]) -> dict[str, Any]:
    """The attributes with leaves in place of their numbers."""
    attributes: dict[str, Any] = {}
    for setting, leaf in zip(settings, leaves, strict=True):
        alone = setting.place is None
        attributes[setting.attribute] = leaf if alone else (*attributes.get(setting.attribute, ()), leaf)
    return attributes


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
