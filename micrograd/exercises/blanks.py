"""The blanks of an exercise: each number to be found by hand, how it is made, and what goes wrong on the way to it.

>>> from micrograd.text.expressions import parse
>>> diagram = Diagram(parse("(a + b)*b", a=2, b=3), collapse=None)
>>> for blank in blanks_of(diagram, values=False):
...     print(f"{blank.name} = {blank.rule} = {blank.numbers} = {blank.true:g}")
∇v₁ = ∇out × ∂out/∂v₁ = 1 × 3 = 3
∇b = ∇out × ∂out/∂b + ∇v₁ × ∂v₁/∂b = 1 × 5 + 3 × 1 = 8
∇a = ∇v₁ × ∂v₁/∂a = 3 × 1 = 3
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from micrograd.engine import Value
from micrograd.exercises.chains import factor_slips
from micrograd.exercises.mirrors import Layers
from micrograd.exercises.notation import Notation
from micrograd.exercises.slips import (
    Slip,
    Surroundings,
    agrees,
    distinct_slips,
    gradient_candidates,
    times,
    value_candidates,
)
from micrograd.views.diagram import Diagram
from micrograd.views.stepping import BackwardStep

VALUE, GRADIENT = "value", "gradient"


@dataclass(frozen=True, repr=False)
class Blank:
    """One number that is asked for.

    `place` is that of its node in `diagram.values`, `reads` are those of the nodes it is computed from. `rule` says in
    symbols how, `numbers` in numbers, without the result. `slips` are in the order in which they are tried.
    """

    place: int
    kind: str
    name: str
    true: float
    reads: tuple[int, ...]
    rule: str
    numbers: str
    slips: tuple[Slip, ...]
    advice: str  # for an answer that no slip explains

    def right(self, answer: float) -> bool:
        return agrees(answer, self.true)

    def __repr__(self) -> str:
        """How it is made, without the answer."""
        return f"<Blank {self.name} = {self.rule}>"


def blanks_of(diagram: Diagram, values: bool) -> tuple[Blank, ...]:
    """In checking order: values forward if they are asked for, then gradients backward, but for the output's own 1."""
    notation = Notation(diagram)
    steps: dict[Value, list[BackwardStep]] = {}
    for step in diagram.steps:
        steps.setdefault(step.parent, []).append(step)
    gradients = dict(zip(diagram.values, diagram.gradients, strict=True))
    factors = factor_slips(diagram.steps, gradients, diagram.place, notation)
    around = Surroundings(notation, Layers(diagram.order), gradients, factors)
    inner = [value for value in diagram.values if value.op is not None] if values else []
    below = [value for value in reversed(diagram.values) if value is not diagram.output]
    forward = [value_blank(diagram, value, notation) for value in inner]
    return (*forward, *[gradient_blank(diagram, value, steps[value], around) for value in below])


def value_blank(diagram: Diagram, value: Value, notation: Notation) -> Blank:
    name, rule = notation.name(value), notation.operation(value)
    return Blank(
        diagram.place[value], VALUE, name, value.data, places(diagram, value.parents), rule, notation.numbers(value),
        slips=distinct_slips(value_candidates(value, notation), value.data),
        advice=f"{name} = {rule}: put in the numbers of what it reads.",
    )  # fmt: skip


def gradient_blank(diagram: Diagram, value: Value, steps: list[BackwardStep], around: Surroundings) -> Blank:
    notation, true = around.notation, around.gradients[value] + 0.0  # which makes a 0 of -0
    return Blank(
        diagram.place[value], GRADIENT, notation.gradient(value), true, places(diagram, [step.node for step in steps]),
        notation.product(steps), notation.product_in_numbers(steps),
        slips=distinct_slips(gradient_candidates(value, steps, around), true),
        advice=gradient_advice(value, steps, notation),
    )  # fmt: skip


def places(diagram: Diagram, nodes: Iterable[Value]) -> tuple[int, ...]:
    """Those of the nodes that have a card, each once."""
    return tuple([diagram.place[node] for node in dict.fromkeys(nodes) if node in diagram.place])


def gradient_advice(value: Value, steps: list[BackwardStep], notation: Notation) -> str:
    """How the gradient is found, in words, with no number that is not on a card already."""
    first, name = steps[0], notation.name(value)
    if len(steps) > 1:
        return f"{name} is used {times(len(steps))}: each line that leaves it brings back a share, and the shares add up."
    formula = f"{notation.name(first.node)} = {notation.operation(first.node)}"
    return f"Start at {notation.gradient(first.node)} and multiply by {notation.local_derivative(first)}, where {formula}."
