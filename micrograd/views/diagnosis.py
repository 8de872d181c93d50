"""Where a nan or an inf came from: the first node that was not finite, or the first such product of the sweep.

>>> x = Value(0.0, label="x")
>>> print(explain_non_finite(x.sqrt() ** 2))
the gradient of x is nan, since dout/dv1 · ∂v1/∂x = 0 · inf = nan, where v1 = sqrt(x) = sqrt(0) = 0
path: out → v1 → x
>>> print(explain_non_finite((x + 1e308) * 10 - 5))
out is inf, since v1=1e+308 * 10.0 is inf
path: out → v2 → v1 → x
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from micrograd.engine import Constant, Value, topological_order
from micrograd.views.stepping import BackwardStep, Names, dry_sweep, forward_step, one_value


@dataclass(frozen=True)
class Explanation:
    """What is not finite (the output, or a gradient), why, and the names from the output down to a leaf."""

    subject: str
    number: float
    reason: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        shown = self.path if len(self.path) <= 12 else (*self.path[:6], f"… {len(self.path) - 12} more …", *self.path[-6:])
        return f"{self.subject} is {self.number}, since {self.reason}\npath: {' → '.join(shown)}"


def explain_non_finite(output: Value, *, names: Mapping[str, Any] | None = None) -> Explanation | None:
    """Why the data of `output` or a gradient of its sweep is nan or inf; None if everything is finite.

    It names the first node that was not finite; where there is none, the first product of the chain rule that was not,
    such as 0 · inf. No gradient is changed.
    """
    order = topological_order(one_value(output, "explain_non_finite"))
    shared = Names(order, names)
    for node in order:  # parents come first: this is where it began
        if not math.isfinite(node.data):
            subject = output if not math.isfinite(output.data) else node
            reason = f"{cause(node, shared)} is {node.data}"
            return Explanation(shared.table[subject], subject.data, reason, path(order, [node], shared))
    step = first_non_finite_step(order)
    return None if step is None else explain_step(step._replace(names=shared), order)


def cause(node: Value, names: Names) -> str:
    """What made the node, with every digit: `log(x=-1.0)`, or the name of a leaf."""
    if node.op is None:
        return names.table[node] if node.label or node in names.named else "a number of the data"
    return node.op.written(operand_text(parent, names) for parent in node.parents)


def operand_text(operand: Value, names: Names) -> str:
    return f"{operand.data}" if isinstance(operand, Constant) else f"{names.table[operand]}={operand.data}"


def first_non_finite_step(order: list[Value]) -> BackwardStep | None:
    """The first step that made a gradient nan; where there is none, the first that made one infinite."""
    infinite: BackwardStep | None = None
    for step in dry_sweep(order):
        if math.isnan(step.grad_after):
            return step
        if infinite is None and math.isinf(step.grad_after):
            infinite = step
    return infinite


def explain_step(step: BackwardStep, order: list[Value]) -> Explanation:
    names, node = step.names, step.node
    product = step.product_text
    if not math.isnan(step.product) and step.grad_before:  # the sum is to blame: inf - inf, or too large
        product += f" was added to {step.grad_before:g}"
    made = forward_step(node, node.op, names) if node.op else ""
    subject = f"the gradient of {names.table[step.parent]}"
    return Explanation(subject, step.grad_after, f"{product}, where {made}", path(order, [node, step.parent], names))


def path(order: list[Value], middle: list[Value], names: Names) -> tuple[str, ...]:
    """The names from the output, the last of the order, down to the middle and on to a leaf."""
    child = {parent: node for node in order for parent in node.parents}
    above = [middle[0]]
    while above[-1] is not order[-1]:
        above.append(child[above[-1]])
    nodes = [*reversed(above), *middle[1:]]
    while nodes[-1].parents:  # on to an operand that is not finite, or else is 0, or else a Value rather than a number
        parents = nodes[-1].parents
        nodes.append(min(parents, key=lambda p: (math.isfinite(p.data), p.data != 0.0, isinstance(p, Constant))))
    return tuple([names.table[node] for node in nodes])
