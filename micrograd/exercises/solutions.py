"""Exercises solved: each step of both sweeps with its rule, its numbers and why; and hints, which stop before the result."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from micrograd import ops
from micrograd.engine import Value
from micrograd.exercises.confusions import RULES
from micrograd.exercises.notation import Notation
from micrograd.exercises.slips import times
from micrograd.text.naming import shown
from micrograd.views.diagram import Diagram
from micrograd.views.stepping import BackwardStep


class Worked(NamedTuple):
    """One step: a value, or one share of a gradient, which is number `part` of `parts`."""

    kind: str  # "value" or "gradient"
    name: str
    rule: str
    numbers: str
    result: float
    why: str
    part: int = 1
    parts: int = 1
    total: float = 0.0  # of the shares so far

    @property
    def sign(self) -> str:
        return "+=" if self.part > 1 else "="

    @property
    def remark(self) -> str:
        """`2 of 2, now 8` for a share, and why the factor is what it is."""
        now = f", now {shown(self.total)}" if self.part > 1 else ""
        share = f"{self.part} of {self.parts}{now}" if self.parts > 1 else ""
        return "; ".join(filter(None, [share, self.why]))

    def __str__(self) -> str:
        """The step in one line: `∇b += ∇s × ∂s/∂b = 3 × 1 = 3  (2 of 2, now 8)`."""
        remark = f"  ({self.remark})" if self.remark else ""
        return f"{self.name} {self.sign} {self.rule} = {self.numbers} = {shown(self.result)}{remark}"


@dataclass(frozen=True)
class Solution:
    """Every step of an exercise, worked."""

    start: str  # the gradient of the output by itself
    forward: tuple[Worked, ...]
    backward: tuple[Worked, ...]

    def __str__(self) -> str:
        forward = ["forward: every value from its operands", *map(str, self.forward)] if self.forward else []
        backward = ["backward: every gradient by the chain rule", self.start, *map(str, self.backward)]
        return "\n".join(["\n  ".join(part) for part in (forward, backward) if part])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lists = [
            f"<p style='margin:6px 0 2px'>{title}</p><ol style='margin:0;line-height:1.7'>{''.join(items)}</ol>"
            for title, items in (
                ("Forward: every value from its operands", list(map(item, self.forward))),
                ("Backward: every gradient by the chain rule", [f"<li>{self.start}</li>", *map(item, self.backward)]),
            )
            if title.startswith("Backward") or items
        ]
        return "".join(lists)


def item(step: Worked) -> str:
    """The step as an entry of a list: its result is bold, and what explains it stands behind."""
    text = html.escape(f"{step.name} {step.sign} {step.rule} = {step.numbers}")
    remark = f' <small style="opacity:.7">{html.escape(step.remark)}</small>' if step.remark else ""
    return f"<li>{text} = <b>{html.escape(shown(step.result))}</b>{remark}</li>"


def solution_of(diagram: Diagram, notation: Notation, values: bool) -> Solution:
    """The worked steps: forward if values are asked for, backward in the order of the engine's sweep."""
    forward = [
        Worked("value", notation.name(node), notation.operation(node), notation.numbers(node), node.data, "")
        for node in (diagram.values if values else ())
        if node.op is not None
    ]
    backward = [
        Worked(
            "gradient", notation.gradient(step.parent), notation.product([step]), notation.product_in_numbers([step]),
            step.product, why(step, notation), step.contribution, step.contributions, step.grad_after,
        )
        for step in diagram.steps
    ]  # fmt: skip
    return Solution(f"{notation.gradient(diagram.output)} = 1", tuple(forward), tuple(backward))


def why(step: BackwardStep, notation: Notation) -> str:
    """What the local derivative is, in symbols; nothing where it is a number of its own."""
    if step.node.op is ops.relu:
        return f"{notation.name(step.parent)} {'>' if step.parent.data > 0.0 else '<' if step.parent.data else '='} 0"
    slope = notation.slope(step)
    is_number = not any(character.isalpha() for character in slope)
    return "" if is_number else f"{notation.local_derivative(step)} = {slope}"


class Note(str):
    """A sentence that a notebook shows without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def hints_for_value(node: Value, notation: Notation) -> tuple[Note, ...]:
    """The rule in words, in symbols, and in numbers without the result."""
    name, operands = notation.name(node), [notation.name(parent) for parent in dict.fromkeys(node.parents)]
    return (
        Note(f"Next is the value of {name}. It is computed from {' and '.join(operands)}: the tile says how."),
        Note(f"{name} = {notation.operation(node)}"),
        Note(f"{name} = {notation.operation(node)} = {notation.numbers(node)}"),
    )


def hints_for_gradient(node: Value, steps: Sequence[BackwardStep], notation: Notation) -> tuple[Note, ...]:
    """The rule in words, in symbols, and in numbers without the result."""
    name, gradient = notation.name(node), notation.gradient(node)
    readers = " and ".join(dict.fromkeys([notation.name(step.node) for step in steps]))
    used = f"used {times(len(steps))}, by {readers}: the shares of its uses add up" if len(steps) > 1 else f"used by {readers}"
    rules = dict.fromkeys([rule_in_words(step, notation) for step in steps])
    factors = [text for step in steps if (text := why(step, notation))]
    symbols = f"{gradient} = {notation.product(steps)}"
    return (
        Note(" ".join(filter(None, [f"Next is {gradient}. {name} is {used}.", *rules]))),
        Note(symbols + (f", where {', '.join(factors)}" if factors else "")),
        Note(f"{symbols} = {notation.product_in_numbers(steps)}"),
    )


def rule_in_words(step: BackwardStep, notation: Notation) -> str:
    """How what comes back goes through the operation to this operand; nothing for an operation of one's own."""
    rules = RULES.get(step.node.op, ("",)) if step.node.op else ("",)
    words = rules[min(step.operand, len(rules) - 1)]
    return words.format(out=notation.name(step.node), operand=notation.name(step.parent))
