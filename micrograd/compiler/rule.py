"""An optimizer's update rule as a listing, traced on Values like any other graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

from micrograd.compiler.listing import Listing, flatten
from micrograd.compiler.watching import Watch
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
        """As people say it: weight decay, beta 1."""
        words = self.attribute.replace("_", " ")
        return words if self.place is None else f"{words.removesuffix('s')} {self.place + 1}"


def numbers_of_rule(optimizer: Optimizer) -> list[Setting]:
    """Every finite float among the attributes of the optimizer, alone or in a tuple of such floats, but the learning rate.

    >>> from micrograd.optim import Adam
    >>> [(setting.name, setting.number) for setting in numbers_of_rule(Adam([Value(0.0)]))]
    [('beta 1', 0.9), ('beta 2', 0.999), ('epsilon', 1e-08), ('weight decay', 0.0)]
    """
    found = []
    for name, number in vars(optimizer).items():
        if name != "learning_rate" and is_finite_float(number):
            found.append(Setting(name, None, number))
        elif type(number) is tuple and all(map(is_finite_float, number)):
            found += [Setting(name, place, part) for place, part in enumerate(number)]
    return found


def is_finite_float(number: Any) -> bool:
    """False for the inf with which a rule says "no limit": no other number is beside it, to be turned to."""
    return type(number) is float and math.isfinite(number)


def traced_rule(optimizer: Optimizer, *, counting: bool = False, settings: Sequence[Setting] = ()) -> Listing:
    """The optimizer's own update rule, run on Values: from parameter, gradient, memories, step and learning rate.

    With `counting` each parameter counts its own steps: the steps it has taken are its last memory, and `step` is not read.
    The `settings` are inputs too, after the learning rate; then a rule of one's own may look at no number. It is traced at
    several points: a ValueError if that gives several rules, or numbers other than those of the rule itself, because it has a
    Python `if` on them or reads what is no argument.
    """
    rules = [traced_at(optimizer, probe, counting, settings) for probe in PROBES]
    name = type(optimizer).__name__
    if any((rule.instructions, rule.outputs, rule.constants) != (rules[0].instructions, rules[0].outputs, rules[0].constants)
           for rule in rules):  # fmt: skip
        raise ValueError(
            f"the update rule of {name} cannot be compiled: traced on Values it is not the same everywhere; "
            "write its choices with operations such as maximum, not with a Python if"
        )
    turned = [setting._replace(number=setting.number / 2.0 or 0.25) for setting in settings]
    for numbers in (settings, turned) if settings else ((),):
        with in_place(optimizer, numbers, [setting.number for setting in numbers]):
            for probe in PROBES:
                check_numbers(optimizer, rules[0], probe, counting, [setting.number for setting in numbers])
    return rules[0]


def check_numbers(optimizer: Optimizer, rule: Listing, probe: Probe, counting: bool, settings: Sequence[float]) -> None:
    """A ValueError unless the traced rule gives what the optimizer's own gives for numbers."""
    number, slope, step, _ = probe
    state = (abs(number),) * len(optimizer.state[0])
    moved, memories = optimizer.update(number, slope, state, int(step))
    taken = [step - 1.0] if counting else []
    got = rule.run([number, slope, *state, *taken, step, optimizer.learning_rate, *settings], [])
    if not all(map(math.isclose, got, (moved, *memories))):
        raise ValueError(
            f"the update rule of {type(optimizer).__name__} cannot be compiled: traced on Values it gives {got[0]!r}, "
            f"run on numbers {moved!r}; write its choices with operations such as maximum, not with a Python if"
        )


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
    leaves = [Value(setting.number, setting.name) for setting in settings]
    before = optimizer.learning_rate, optimizer.step_count, optimizer.steps_taken
    try:
        optimizer.learning_rate = rate  # type: ignore[assignment]
        optimizer.step_count, optimizer.steps_taken = probe.step_count, [probe.step_count] * len(optimizer.parameters)
        watched = settings and not has_known_rule(optimizer)
        with in_place(optimizer, settings, leaves), Watch(leaves, []) if watched else nullcontext() as watch:
            moved, new_memories = optimizer.update(parameter, slope, tuple(memories), own_step)
    finally:
        optimizer.learning_rate, optimizer.step_count, optimizer.steps_taken = before
    if watch and watch.looks:  # a setting may be turned to any number, and the choice be another one there
        raise ValueError(f"{watch.looks[0]} looks at a number; write it with operations such as maximum, not with a Python if")
    outputs = [moved, *new_memories]
    if counting:
        memories.append(taken)
        outputs.append(own_step)
    results = [output if isinstance(output, Value) else Value(as_float(output)) for output in outputs]
    return flatten(results, [parameter, slope, *memories, step, rate, *leaves], [], finite=True)


@contextmanager
def in_place(optimizer: Optimizer, settings: Sequence[Setting], others: Sequence[Any]) -> Iterator[None]:
    """Others in place of these numbers meanwhile, past the checks of the optimizer, which let no Value into a tuple."""
    kept = {setting.attribute: vars(optimizer)[setting.attribute] for setting in settings}
    changed: dict[str, Any] = {}
    for setting, other in zip(settings, others, strict=True):
        changed[setting.attribute] = other if setting.place is None else (*changed.get(setting.attribute, ()), other)
    try:
        vars(optimizer).update(changed)
        yield
    finally:
        vars(optimizer).update(kept)


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
