"""How far rounding can have carried a gradient: the sweep with an error bound at each step.

Each operation is right to a few units of its last digit, and passes on the errors of its operands by the chain rule, so
that a bound can be followed alongside the numbers. Source: running error analysis, Wilkinson 1963.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence

from micrograd import ops
from micrograd.engine import Value, topological_order
from micrograd.ops import Op

ROUNDING = 2.0**-53  # the largest relative error of one rounding
OPERATION = 4.0 * ROUNDING  # the error of one operation of the table, relative to its result
SMALLEST_FLOAT = math.ulp(0.0)
VANISHING = sys.float_info.min  # the smallest float with all its digits: a bar below it hides nothing
EXACT = (ops.neg, ops.relu, ops.abs, ops.sign, ops.step, ops.maximum, ops.minimum, ops.ahead)  # they do not round


class Sweep:
    """The reverse sweep with a bound on its rounding: `gradient[v]` is right to `error[v]`, to first order, and exact at 0.

    `forward_error[v]` bounds the rounding of the same slope computed from the leaf up to the output, as a measurement does.
    `uses[v]` has the contribution of each edge to v, `noise` bounds the rounding of the output, and `carried` what an error
    of 1 in every node would make of it.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        self.order = order
        noise = forward_errors(order)
        self.noise = noise[order[-1]]
        self.gradient = dict.fromkeys(order, 0.0)
        self.error = dict.fromkeys(order, 0.0)
        self.forward_error = dict.fromkeys(order, 0.0)
        self.uses: dict[Value, list[float]] = {node: [] for node in order}
        self.gradient[order[-1]] = 1.0
        for node in reversed(order):
            if node.op is None:
                continue
            upstream, upstream_error = self.gradient[node], self.error[node]
            errors = slope_errors(node, node.op, noise)
            for parent, derivative, error in zip(node.parents, node.local_derivatives, errors, strict=True):
                contribution, before = derivative * upstream, self.gradient[parent]
                self.uses[parent].append(contribution)
                self.gradient[parent] = before + contribution
                self.error[parent] += abs(derivative) * upstream_error + abs(upstream) * error
                self.error[parent] += lost_by_product(derivative, upstream) + lost_by_sum(before, contribution)
                size = abs(upstream) + upstream_error
                self.forward_error[parent] += abs(derivative) * (self.forward_error[node] + OPERATION * size) + size * error
        self.carried = sum(abs(gradient) for gradient in self.gradient.values() if math.isfinite(gradient))


def lost_by_product(a: float, b: float) -> float:
    """A bound on the rounding of a * b."""
    if not a or not b or abs(a) == 1.0 or abs(b) == 1.0:
        return 0.0
    return ROUNDING * abs(a * b) + (SMALLEST_FLOAT if abs(a * b) < VANISHING else 0.0)


def lost_by_sum(a: float, b: float) -> float:
    """The rounding of a + b, exactly. Source: Knuth, The Art of Computer Programming, vol. 2, 4.2.2, theorem B."""
    whole = a + b
    part = whole - a
    return abs((a - (whole - part)) + (b - part))


def forward_errors(order: Sequence[Value], known: Mapping[Value, float] | None = None) -> dict[Value, float]:
    """For each node, and each of the `known` below, a bound on how far rounding has carried it from exact arithmetic."""
    errors = dict(known or {})
    for node in order:
        errors[node] = 0.0
        if node.op is not None:
            carried = [abs(d) * errors[parent] for parent, d in zip(node.parents, node.local_derivatives) if errors[parent]]
            errors[node] = rounding_of(node) + sum(carried)
    return errors


def rounding_of(node: Value) -> float:
    """What the operation itself may have lost: digits, or all of a number below the smallest float."""
    if node.op in EXACT:
        return 0.0
    if node.op in (ops.add, ops.sub):
        a, b = node.parents
        return lost_by_sum(a.data, b.data if node.op is ops.add else -b.data)
    small = abs(node.data) < VANISHING and node.op is not ops.total and all(parent.data for parent in node.parents)
    return OPERATION * abs(node.data) + (SMALLEST_FLOAT if small else 0.0)


def slope_errors(node: Value, op: Op, noise: Mapping[Value, float]) -> list[float]:
    """For each local derivative of the node a bound on its error.

    A rule on Values is a graph, whose rounding is followed like that of any other, with the noise of the operands; a plain
    number in it is exact.
    """
    known = {parent: noise.get(parent, 0.0) for parent in node.parents}
    known[node] = max(noise.get(node, 0.0), OPERATION * abs(node.data))
    try:
        rule = op.derivatives(node, *op.arguments(list(node.parents)))
    except TypeError:  # a user's rule of functions that take plain numbers
        return moved_errors(node, op, noise)
    seen, errors = set(known), []
    for derivative in rule:
        if isinstance(derivative, Value):
            known = forward_errors(topological_order(derivative, seen), known)
        errors.append(known[derivative] if isinstance(derivative, Value) else 0.0)
    return errors


def moved_errors(node: Value, op: Op, noise: Mapping[Value, float]) -> list[float]:
    """The same from the rule on numbers: what it changes by if the operands are moved by their noise."""
    errors = [OPERATION * abs(derivative) for derivative in node.local_derivatives]
    for sign in (1.0, -1.0):
        steps = [sign * noise.get(parent, 0.0) for parent in node.parents]
        out = node.data + sum(d * step for d, step in zip(node.local_derivatives, steps, strict=True) if step)
        numbers = [parent.data + step for parent, step in zip(node.parents, steps, strict=True)]
        try:
            moved = op.derivatives(out, *op.arguments(numbers))
        except (ValueError, ArithmeticError):
            return [math.inf] * len(errors)
        errors = [max(error, abs(d - there)) for error, d, there in zip(errors, node.local_derivatives, moved, strict=True)]
    return errors
