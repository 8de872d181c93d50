"""Random graphs of every operation, and rows of numbers with nan, infinities and -0.0 among them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from micrograd.engine import Value, topological_order
from micrograd.gradients import gradient
from micrograd.ops import OPS, Reduction

SPECIAL = [math.nan, math.inf, -math.inf, -0.0, 0.0, 1.0, -1.0, 1e300, -1e-300, 40.0, -750.0]


def random_graph(generator: random.Random, leaves: Sequence[Value], size: int) -> Value:
    """That many operations, each drawn from the table, on leaves, numbers, and results of earlier ones."""
    nodes = list(leaves)
    while len(nodes) < len(leaves) + size:
        op = generator.choice(OPS)
        operands: list[Value | float] = list(generator.choices(nodes, k=3 * op.arity if isinstance(op, Reduction) else op.arity))
        if len(operands) > 1 and generator.random() < 0.2:
            operands[-1] = generator.choice([0.5, -1.0, 2.0, 3.0])
        try:
            node = op(*op.arguments(operands))
            slopes = gradient(node, list(leaves))
        except (ValueError, ArithmeticError):
            continue  # outside its domain here; another row may lead there all the same
        if math.isfinite(node.data) and all(math.isfinite(slope.data) for slope in slopes):
            nodes.append(node)
    return nodes[-1]


def random_row(generator: random.Random, width: int) -> list[float]:
    return [generator.choice(SPECIAL) if generator.random() < 0.25 else generator.uniform(-2.0, 2.0) for _ in range(width)]


def eagerly(outputs: Sequence[Value], leaves: Sequence[Value], row: Sequence[float]) -> list[float]:
    """The outputs with that row in the leaves, as eager code computes them; an error where an operation has no value."""
    known = dict(zip(leaves, row, strict=True))
    numbers: dict[Value, float] = {}
    for output in outputs:
        for node in topological_order(output, set(numbers)):
            if node not in numbers:
                operands = [numbers[parent] for parent in node.parents]
                numbers[node] = node.op.forward(*node.op.arguments(operands)) if node.op else known.get(node, node.data)
    return [numbers[output] for output in outputs]


def same_bits(got: Sequence[float], expected: Sequence[float]) -> bool:
    """Equal, zeros with their signs; one nan is like another."""
    return all(
        (a == b and math.copysign(1.0, a) == math.copysign(1.0, b)) or (a != a and b != b)
        for a, b in zip(got, expected, strict=True)
    )
