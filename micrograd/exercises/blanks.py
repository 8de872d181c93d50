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

from dataclasses import dataclass

from micrograd.engine import Value
from micrograd.exercises.notation import Notation, operands_of
from micrograd.exercises.slips import Slip, agrees, gradient_slips, value_slips
from micrograd.views.diagram import Diagram
from micrograd.views.stepping import BackwardStep

VALUE, GRADIENT = "value", "gradient"


@dataclass(frozen=True)
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


def blanks_of(diagram: Diagram, values: bool) -> tuple[Blank, ...]:
    """In checking order: values forward if they are asked for, then gradients backward, but for the output's own 1."""
    notation = Notation(diagram)
    steps: dict[Value, list[BackwardStep]] = {}
    for step in diagram.steps:
        steps.setdefault(step.parent, []).append(step)
    inner = [value for value in diagram.values if value.op is not None] if values else []
    below = [value for value in reversed(diagram.values) if value is not diagram.output]
    forward = [value_blank(diagram, notation, value) for value in inner]
    return (*forward, *[gradient_blank(diagram, notation, value, steps[value]) for value in below])


def value_blank(diagram: Diagram, notation: Notation, value: Value) -> Blank:
    reads = tuple([diagram.place[operand] for operand in operands_of(value)])
    rule, numbers = notation.operation(value), notation.numbers(value)
    advice = f"{notation.name(value)} = {rule}: put in the numbers of what it reads."
    slips = value_slips(value, notation)
    return Blank(diagram.place[value], VALUE, notation.name(value), value.data, reads, rule, numbers, slips, advice)


def gradient_blank(diagram: Diagram, notation: Notation, value: Value, steps: list[BackwardStep]) -> Blank:
    place = diagram.place[value]
    reads = tuple(dict.fromkeys([diagram.place[step.node] for step in steps]))
    slips = gradient_slips(value, steps, notation)
    return Blank(
        place, GRADIENT, notation.gradient(value), diagram.gradients[place], reads,
        notation.product(steps), notation.product_in_numbers(steps), slips, gradient_advice(value, steps, notation),
    )  # fmt: skip


def gradient_advice(value: Value, steps: list[BackwardStep], notation: Notation) -> str:
    """How the gradient is found, in words, with no number that is not on a card already."""
    first, name = steps[0], notation.name(value)
    if len(steps) > 1:
        return f"{name} is used {times(len(steps))}: each line that leaves it brings back a share, and the shares add up."
    node = first.node
    formula = f"{notation.name(node)} = {notation.operation(node)}"
    return f"Start at {notation.gradient(node)} and multiply by {notation.local_derivative(first)}, where {formula}."


def times(count: int) -> str:
    """How often, as a word: a digit might be read as the answer."""
    words = ("never", "once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times")
    return words[count] if count < len(words) else "many times"
