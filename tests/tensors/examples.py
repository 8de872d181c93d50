"""Graphs of single numbers in which there are arrays to find: networks, loops written by hand, and irregular ones.

Each is a function that gives the graph of one row of data, its leaves and the rows, all drawn from one seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from micrograd import losses, ops
from micrograd.engine import Value, topological_order
from micrograd.nn import ACTIVATIONS
from tests.tensors.networks import (
    attention,
    branches,
    cnn,
    lstm,
    mlp,
    penalty,
    physics,
    pruned,
    residual,
    rnn,
    transformer,
    unrolled,
)
from tests.tensors.pieces import Example, affine, flat, matrix, normal_rows, product, vector

# --------------------------------------------------------------------------------------------------------------
# Loops written by hand, without labels
# --------------------------------------------------------------------------------------------------------------


def loops() -> Example:
    """Two layers in nested lists, with + and * and sum."""
    generator = random.Random(5)
    weights1, biases1 = matrix(generator, 5, 4), vector(generator, 5)
    weights2, biases2 = matrix(generator, 3, 5), vector(generator, 3)
    x, y = vector(generator, 4), vector(generator, 3)
    h = [(sum(w * a for w, a in zip(row, x, strict=True)) + b).tanh() for row, b in zip(weights1, biases1, strict=True)]
    z = [sum(a * w for w, a in zip(row, h, strict=True)) + b for row, b in zip(weights2, biases2, strict=True)]
    loss = sum(((a - b) ** 2 for a, b in zip(z, y, strict=True)), Value(0.0)) * (1.0 / 3.0)
    return Example(loss, [*x, *y], flat([weights1, biases1, weights2, biases2]), normal_rows(generator, 9, 7))


def written_out() -> Example:
    """w1 * x1 + w2 * x2 + b, three times, and their sum by three more weights."""
    generator = random.Random(6)
    w, b, v, c, x = (vector(generator, length) for length in (6, 3, 3, 1, 3))
    h = [(w[2 * i] * x[0] + w[2 * i + 1] * x[1] + b[i]).relu() for i in range(3)]
    difference = v[0] * h[0] + v[1] * h[1] + v[2] * h[2] + c[0] - x[2]
    return Example(0.5 * difference * difference, x, [*w, *b, *v, *c], normal_rows(generator, 9, 3))


def gates() -> Example:
    """Each output is one of two layers weighed by the sigmoid of a third."""
    generator = random.Random(7)
    x, y = vector(generator, 5), vector(generator, 4)
    layers = [(matrix(generator, 4, 5), vector(generator, 4)) for _ in range(3)]
    a, b, z = (affine(weights, x, biases) for weights, biases in layers)
    gate = [ops.sigmoid(entry) for entry in z]
    mixed = [g * one.tanh() + (1.0 - g) * other for g, one, other in zip(gate, a, b, strict=True)]
    return Example(losses.mean_squared_error([mixed], [y]), [*x, *y], flat(layers), normal_rows(generator, 9, 9))


def centres() -> Example:
    """The sum of bumps at centres: exp of the squared distance to each, by a width of its own."""
    generator = random.Random(8)
    x, y = vector(generator, 3, "x"), Value(0.0, "y")
    places, widths = matrix(generator, 7, 3, "c"), [Value(generator.uniform(0.5, 2.0), f"s{i + 1}") for i in range(7)]
    heights = vector(generator, 7, "w")
    distances = [sum((a - c) ** 2 for a, c in zip(x, centre, strict=True)) for centre in places]
    bumps = [ops.exp(-distance / width) for distance, width in zip(distances, widths, strict=True)]
    output = ops.dot(heights, bumps)
    parameters = flat([places, widths, heights])
    return Example(losses.half_mean_squared_error([output], [y]), [*x, y], parameters, normal_rows(generator, 9, 4))


def bilinear() -> Example:
    """x' M z with a symmetric matrix: M[i][j] and M[j][i] are one leaf."""
    generator = random.Random(9)
    upper = {(i, j): Value(generator.gauss(0.0, 1.0), f"M{i + 1},{j + 1}") for i in range(4) for j in range(i, 4)}
    x, z, y = vector(generator, 4, "x"), vector(generator, 4, "z"), Value(0.0, "y")
    form = sum(x[i] * upper[min(i, j), max(i, j)] * z[j] for i in range(4) for j in range(4))
    loss = losses.half_mean_squared_error([form], [y])
    return Example(loss, [*x, *z, y], list(upper.values()), normal_rows(generator, 9, 9))


def tied() -> Example:
    """An autoencoder that reads out by the same matrix that it reads in by, transposed."""
    generator = random.Random(10)
    weights, biases, x = matrix(generator, 3, 6, "W", 0.4), vector(generator, 3, "b"), vector(generator, 6, "x")
    h = [ops.tanh(z) for z in affine(weights, x, biases)]
    again = product([list(column) for column in zip(*weights, strict=True)], h)
    return Example(losses.mean_squared_error([again], [x]), x, flat([weights, biases]), normal_rows(generator, 9, 6))


# --------------------------------------------------------------------------------------------------------------
# Little graphs, and irregular ones
# --------------------------------------------------------------------------------------------------------------


def valley() -> Example:
    """Rosenbrock's function of two parameters: no inputs."""
    a, b = Value(-1.2, "a"), Value(1.0, "b")
    return Example((1.0 - a) ** 2 + 100.0 * (b - a * a) ** 2, [], [a, b], [[]])


def plain() -> Example:
    """A function of inputs alone, one of them unused: no parameters."""
    x = vector(random.Random(17), 3, "x")
    return Example(ops.sin(x[0]) * x[2], x, [], normal_rows(random.Random(18), 4, 3))


def unused() -> Example:
    """One parameter and one input that the loss does not depend on."""
    generator = random.Random(19)
    w, x = vector(generator, 3, "w"), vector(generator, 2, "x")
    return Example((w[0] * x[1] - w[2]) ** 2, x, w, normal_rows(generator, 4, 2))


def itself() -> Example:
    """The loss is the parameter."""
    w = Value(0.5, "w")
    return Example(w, [], [w], [[]])


INWARD: tuple[Callable[[Any], Any], ...] = (  # each has a value wherever it may be asked for one
    ops.tanh,
    ops.sigmoid,
    ops.relu,
    ops.leaky_relu,
    ops.sin,
    ops.cos,
    ops.gelu,
    ops.silu,
    ops.softplus,
    ops.neg,
    ops.atan,
    ops.abs,
    ops.erf,
    ops.erfc,
    ops.sign,
    ops.step,
    lambda a: ops.exp(ops.tanh(a)),
    lambda a: ops.expm1(ops.tanh(a)),
    lambda a: ops.cosh(ops.tanh(a)),
    lambda a: ops.sinh(ops.tanh(a)),
    lambda a: ops.tan(ops.tanh(a)),
    lambda a: ops.asin(0.9 * ops.tanh(a)),
    lambda a: ops.acos(0.9 * ops.tanh(a)),
    lambda a: ops.log(ops.exp(ops.tanh(a)) + 0.5),
    lambda a: ops.log1p(a * a),
    lambda a: ops.sqrt(a * a + 1.0),
    lambda a: a**2,
    lambda a: ops.tanh(a) ** 3,
    lambda a: (a * a + 0.5) ** -0.5,
)
OF_TWO: tuple[Callable[[Any, Any], Any], ...] = (
    ops.add,
    ops.sub,
    ops.mul,
    ops.add,
    ops.sub,
    ops.mul,
    ops.maximum,
    ops.minimum,
    lambda a, b: a / ops.exp(ops.tanh(b)),
    lambda a, b: ops.hypot(a, ops.exp(ops.tanh(b))),
    lambda a, b: ops.atan2(a, ops.exp(ops.tanh(b))),
    lambda a, b: ops.exp(ops.tanh(a)) ** ops.tanh(b),
)


def random_graph(seed: int, rows: int = 4) -> Example:
    """Up to sixty operations of the table, each on leaves, numbers and results of earlier ones."""
    generator = random.Random(seed)
    x, parameters = ([Value(generator.uniform(-1, 1)) for _ in range(generator.randint(*few))] for few in ((1, 6), (2, 12)))
    pool: list[Any] = [*x, *parameters]

    def pick() -> Any:
        return generator.choice(pool[-12:] if generator.random() < 0.6 else pool)

    def picks(most: int) -> list[Any]:
        return [pick() for _ in range(most)]

    for _ in range(generator.randint(5, 60)):
        kind, length = generator.random(), generator.randint(1, 7)
        if kind < 0.3:
            node = generator.choice(INWARD)(pick())
        elif kind < 0.65:
            node = generator.choice(OF_TWO)(pick(), pick())
        elif kind < 0.72:
            node = 2.0 * pick() + generator.uniform(-1, 1)
        elif kind < 0.85:
            node = ops.dot(picks(length), picks(length))
        elif kind < 0.93:
            node = ops.total(picks(length))
        else:
            node = ops.logsumexp(picks(length))
        pool.append(ops.tanh(node) if generator.random() < 0.5 or abs(node.data) > 4.0 else node)
    loss = ops.total([ops.tanh(node) for node in pool[-generator.randint(1, 9) :]])
    used = set(topological_order(loss))
    inputs = [leaf for leaf in x if leaf in used]
    data = [[generator.uniform(-1, 1) for _ in inputs] for _ in range(rows if inputs else 1)]
    return Example(loss, inputs, parameters, data)


EXAMPLES: dict[str, Callable[[], Example]] = {
    **{f"mlp of {name}": partial(mlp, [3, 7, 5, 2], "half", name) for name in ACTIVATIONS},
    "xor": partial(mlp, [2, 3, 1], rows=4),
    "moons, hinge": partial(mlp, [2, 16, 16, 1], "hinge"),
    "logits": partial(mlp, [2, 5, 1], "logits", "tanh"),
    "squares": partial(mlp, [4, 6, 3], "squares", "silu"),
    "classes": partial(mlp, [6, 9, 4], "classes"),
    "fixed class": partial(mlp, [5, 8, 3], "class", "tanh"),
    "1-1-1": partial(mlp, [1, 1, 1]),
    "1-8-1": partial(mlp, [1, 8, 1], "half", "tanh"),
    "8-1-8-3": partial(mlp, [8, 1, 8, 3], "classes", "tanh"),
    "4-4-4-4": partial(mlp, [4, 4, 4, 4], "classes", "tanh"),
    "penalty": penalty,
    "branches": branches,
    "residual": residual,
    "pruned": pruned,
    "unrolled": unrolled,
    "loops": loops,
    "written out": written_out,
    "gates": gates,
    "centres": centres,
    "bilinear": bilinear,
    "tied": tied,
    "cnn": cnn,
    "cnn of two layers": partial(cnn, channels=2, layers=2),
    "rnn": rnn,
    "lstm": lstm,
    "attention": attention,
    "causal attention": partial(attention, causal=True),
    "transformer": transformer,
    "physics": physics,
    "valley": valley,
    "plain": plain,
    "unused": unused,
    "itself": itself,
}
