"""Slips further up a chain, seen at its end: what a gradient becomes if an earlier one went wrong and all else is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from micrograd.engine import Constant, Value, topological_order
from micrograd.exercises import confusions as kinds
from micrograd.exercises.notation import Notation
from micrograd.exercises.slips import Slip
from micrograd.views.stepping import BackwardStep, dry_gradients


def slopes_below(node: Value) -> dict[Value, float]:
    """The derivative of a node by each one below it: a gradient is linear in the gradients after it."""
    found = dry_gradients(topological_order(node))
    return {below: slope for below, slope in found.items() if below is not node and type(below) is not Constant}


def factor_slips(
    steps: Sequence[BackwardStep], gradients: Mapping[Value, float], place: Mapping[Value, int], notation: Notation
) -> dict[Value, list[Slip]]:
    """For each node what comes of a factor that is missing earlier in its chain, the nearest first."""
    found: dict[Value, list[Slip]] = {}
    for step in reversed(steps):
        if step.parent.op is not None and step.local_derivative != 1.0:
            change = step.upstream * (1.0 - step.local_derivative)
            words = f"One factor of the chain is missing: {notation.local_derivative(step)}."
            for below, slope in slopes_below(step.parent).items():
                number = gradients[below] + change * slope
                found.setdefault(below, []).append(Slip(kinds.FORGOTTEN_FACTOR, number, words, at=place[step.parent]))
    return found
