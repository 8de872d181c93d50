"""Random graphs for the tests, and their derivatives by dual numbers."""

import math
import random
from collections.abc import Callable

import micrograd
from micrograd import Value
from micrograd.engine import topological_order

GROWTH: tuple[Callable[[Value, Value, Value], Value], ...] = (
    lambda a, b, c: a + b,
    lambda a, b, c: a - b,
    lambda a, b, c: a * b,
    lambda a, b, c: (a * a * b).tanh(),
    lambda a, b, c: a / (b * b + 1.0),
    lambda a, b, c: micrograd.dot([a, b], [b, c]).sin(),
    lambda a, b, c: micrograd.logsumexp([a, b, c]),
    lambda a, b, c: micrograd.total([a, a, c]) * 0.3,
    lambda a, b, c: (a * a + 0.5) ** b.tanh(),
    lambda a, b, c: micrograd.maximum(a, b) - c.relu(),
)


def random_graph(generator: random.Random, leaves: int, size: int) -> tuple[Value, list[Value]]:
    """Nodes on operands drawn from all that came before, so that most are shared; none grows beyond 1000."""
    roots = [Value(generator.uniform(-2.0, 2.0)) for _ in range(leaves)]
    nodes = list(roots)
    while len(nodes) < leaves + size:
        node = generator.choice(GROWTH)(*generator.choices(nodes, k=3))
        if abs(node.data) < 1000.0:
            nodes.append(node)
    return micrograd.total(nodes[-5:]), roots


def by_dual_numbers(output: Value, leaf: Value) -> tuple[float, float]:
    """Forward mode over the recorded graph, and the sum of the absolute terms, which bounds the rounding."""
    derivative: dict[Value, float] = {}
    size: dict[Value, float] = {}
    for node in topological_order(output):
        edges = list(zip(node.parents, node.local_derivatives, strict=True))
        derivative[node] = 1.0 if node is leaf else math.fsum(d * derivative[p] for p, d in edges)
        size[node] = 1.0 if node is leaf else math.fsum(abs(d) * size[p] for p, d in edges)
    return derivative[output], size[output]
