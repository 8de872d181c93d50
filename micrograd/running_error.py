"""How far rounding can have carried a gradient: the sweep with an error bound at each step.

Each operation is right to a few units of its last digit, and passes on the errors of its operands by the chain rule, so
that a bound can be followed alongside the numbers. Source: running error analysis, Wilkinson 1963.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from micrograd.engine import Constant, Op, Value

ROUNDING = 2.0**-53  # the largest relative error of one rounding
OPERATION = 4.0 * ROUNDING  # the error of one operation of the table, relative to its result


class Sweep:
    """The reverse sweep with a bound on its rounding: `gradient[v]` is right to `error[v]`, to first order.

    `uses[v]` has the contribution of each edge to v, by which a gradient that forgot one is recognized, and `divisors`
    the whole numbers above 2 that the graph divides by, or their halves: the m of a mean.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        noise = forward_errors(order)
        self.gradient = dict.fromkeys(order, 0.0)
        self.error = dict.fromkeys(order, 0.0)
        self.uses: dict[Value, list[float]] = {node: [] for node in order}
        self.noise = noise[order[-1]]
        constants = {abs(node.data) for node in order if isinstance(node, Constant) and node.data}
        candidates = {number for c in constants for number in (c, c / 2.0, 1.0 / c)}
        self.divisors = sorted(m for m in candidates if m.is_integer() and m > 2.0)
        self.gradient[order[-1]] = 1.0
        for node in reversed(order):
            if node.op is None:
                continue
            upstream, upstream_error = self.gradient[node], self.error[node]
            errors = slope_errors(node, node.op, noise)
            for parent, derivative, error in zip(node.parents, node.local_derivatives, errors, strict=True):
                contribution = derivative * upstream
                self.uses[parent].append(contribution)
                self.gradient[parent] += contribution
                self.error[parent] += abs(derivative) * upstream_error + abs(upstream) * error
                self.error[parent] += ROUNDING * (abs(contribution) + abs(self.gradient[parent]))


def forward_errors(order: Sequence[Value]) -> dict[Value, float]:
    """For each node a bound on how far rounding has carried its number from that of exact arithmetic."""
    errors: dict[Value, float] = {}
    for node in order:
        errors[node] = 0.0
        if node.op is not None:
            carried = [abs(d) * errors[parent] for parent, d in zip(node.parents, node.local_derivatives) if errors[parent]]
            errors[node] = OPERATION * abs(node.data) + sum(carried)
    return errors


def slope_errors(node: Value, op: Op, noise: Mapping[Value, float]) -> list[float]:
    """For each local derivative of the node a bound on its error: that of its rule, and what the noise of the operands does."""
    errors = [OPERATION * abs(derivative) for derivative in node.local_derivatives]
    if not any(noise[parent] for parent in node.parents):
        return errors
    for sign in (1.0, -1.0):
        steps = [sign * noise[parent] for parent in node.parents]
        out = node.data + sum(d * step for d, step in zip(node.local_derivatives, steps, strict=True) if step)
        numbers = [parent.data + step for parent, step in zip(node.parents, steps, strict=True)]
        try:
            moved = op.derivatives(out, *op.arguments(numbers))
        except (ValueError, ArithmeticError):
            return [math.inf] * len(errors)
        errors = [max(error, abs(d - there)) for error, d, there in zip(errors, node.local_derivatives, moved, strict=True)]
    return errors
