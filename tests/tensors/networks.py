"""Networks as graphs of single numbers: layers, images, sequences, and a loss that holds derivatives."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from micrograd import losses, ops
from micrograd.engine import Value
from micrograd.gradients import gradient
from micrograd.nn import MLP
from tests.tensors.pieces import (
    Example,
    Matrix,
    Vector,
    affine,
    class_rows,
    flat,
    matrix,
    normal_rows,
    product,
    side_by_side,
    softmax,
    vector,
)

# --------------------------------------------------------------------------------------------------------------
# Networks of layers
# --------------------------------------------------------------------------------------------------------------


def mlp(sizes: Sequence[int], loss: str = "half", activation: str = "relu", rows: int = 9, seed: int = 0) -> Example:
    """A network of the package under one of the losses; its biases are not 0."""
    generator = random.Random(seed)
    width, outputs = sizes[0], sizes[-1]
    model = MLP(width, sizes[1:], activation, seed=seed)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.bias.data = generator.uniform(-0.1, 0.1)
    x = vector(generator, width, "x")
    scores = flat([model(x)])
    points = normal_rows(generator, rows, width)
    if loss == "class":  # the same fixed class for every row
        return Example(losses.cross_entropy([scores], [outputs - 1]), x, model.parameters(), points)
    if loss == "classes":
        y = [Value(float(i == 0), f"y{i + 1}") for i in range(outputs)]
        wanted = class_rows(generator, rows, outputs)
        return Example(losses.cross_entropy([scores], [y]), [*x, *y], model.parameters(), side_by_side(points, wanted))
    if loss in ("half", "squares"):
        y, wanted = vector(generator, outputs, "y"), normal_rows(generator, rows, outputs)
        squares = losses.half_mean_squared_error if loss == "half" else losses.mean_squared_error
        output = squares([scores], [y])
    else:
        y, labels = [Value(1.0, "y")], (-1.0, 1.0) if loss == "hinge" else (0.0, 1.0)
        wanted = [[generator.choice(labels)] for _ in range(rows)]
        of_label = losses.hinge if loss == "hinge" else losses.binary_cross_entropy_with_logits
        output = of_label(scores, y)
    return Example(output, [*x, *y], model.parameters(), side_by_side(points, wanted))


def penalty() -> Example:
    """A network whose weights are held small: the parameters are in the loss of each row by themselves."""
    loss, inputs, parameters, rows = mlp([4, 6, 3], "classes", "tanh")
    return Example(loss + losses.l2_penalty(parameters, 0.01), inputs, parameters, rows)


def branches() -> Example:
    """Two networks of different widths on parts of the input, joined by a third."""
    generator = random.Random(1)
    left, right, top = MLP(2, [8, 4], "tanh", seed=1), MLP(3, [4, 4], "tanh", seed=2), MLP(8, [5, 1], "relu", seed=3)
    x, y = vector(generator, 5, "x"), Value(0.0, "y")
    output = top([*left(x[:2]), *right(x[2:])])
    parameters = [*left.parameters(), *right.parameters(), *top.parameters()]
    return Example(losses.half_mean_squared_error([output], [y]), [*x, y], parameters, normal_rows(generator, 9, 6))


def residual() -> Example:
    """Three blocks, each added to what goes into it."""
    generator = random.Random(2)
    x, y = vector(generator, 4, "x"), vector(generator, 4, "y")
    blocks = [MLP(4, [6, 4], "gelu", seed=seed) for seed in range(3)]
    h = x
    for block in blocks:
        h = [a + b for a, b in zip(h, block(h), strict=True)]
    parameters = flat([block.parameters() for block in blocks])
    return Example(losses.half_mean_squared_error([h], [y]), [*x, *y], parameters, normal_rows(generator, 9, 8))


def pruned(share: float = 0.4) -> Example:
    """An MLP without some of its weights, left out of the sums at random."""
    generator = random.Random(3)
    x, y = vector(generator, 6), vector(generator, 3)
    h: list[Any] = x
    parameters: Vector = []
    for height in (8, 8, 3):
        z = []
        for _ in range(height):
            kept = [a for a in h if generator.random() > share] or [h[0]]
            weights, bias = vector(generator, len(kept), scale=0.5), Value(generator.gauss(0.0, 0.1))
            parameters += [*weights, bias]
            z.append(ops.dot(weights, kept) + bias)
        h = [ops.tanh(a) for a in z] if height == 8 else z
    return Example(losses.half_mean_squared_error([h], [y]), [*x, *y], parameters, normal_rows(generator, 9, 9))


def unrolled(points: int = 20) -> Example:
    """A loss over all rows of data, written as one graph without inputs."""
    generator = random.Random(4)
    model = MLP(2, [8, 8, 1], "relu", seed=0)
    data = normal_rows(generator, points, 2)
    labels = [generator.choice((-1, 1)) for _ in data]
    return Example(losses.hinge([model(point) for point in data], labels), [], model.parameters(), [[]])


# --------------------------------------------------------------------------------------------------------------
# Images, sequences and physics
# --------------------------------------------------------------------------------------------------------------


def convolved(maps: Sequence[Sequence[Sequence[Any]]], kernels: Matrix, biases: Vector) -> list[list[list[Any]]]:
    """One map for each kernel of 3 by 3 places in every map, with relu; nothing is padded."""
    side = len(maps[0]) - 2

    def window(i: int, j: int) -> list[Any]:
        return [image[i + a][j + b] for image in maps for a in range(3) for b in range(3)]

    return [
        [[(ops.dot(kernel, window(i, j)) + bias).relu() for j in range(side)] for i in range(side)]
        for kernel, bias in zip(kernels, biases, strict=True)
    ]


def cnn(rows: int = 7, side: int = 8, channels: int = 4, layers: int = 1, classes: int = 3) -> Example:
    """Convolutions of 3 by 3 and one layer of classes."""
    generator = random.Random(11)
    x, y = vector(generator, side * side, "x"), [Value(float(i == 0), f"y{i + 1}") for i in range(classes)]
    maps: list[list[list[Any]]] = [[x[i * side : (i + 1) * side] for i in range(side)]]
    parameters: Vector = []
    for layer in range(layers):
        kernels = matrix(generator, channels, 9 * len(maps), f"K{layer + 1}.", 0.4)
        biases = vector(generator, channels, f"c{layer + 1}.", 0.1)
        maps = convolved(maps, kernels, biases)
        parameters += flat([kernels, biases])
    pixels = flat(maps)
    weights, biases = matrix(generator, classes, len(pixels), "W", 0.1), vector(generator, classes, "b", 0.1)
    loss = losses.cross_entropy([affine(weights, pixels, biases)], [y])
    data = side_by_side(normal_rows(generator, rows, side * side), class_rows(generator, rows, classes))
    return Example(loss, [*x, *y], [*parameters, *flat([weights, biases])], data)


def rnn(rows: int = 7, steps: int = 8, width: int = 3, hidden: int = 16) -> Example:
    """A recurrent network read at its last step; the first step has no state to read."""
    generator = random.Random(12)
    x, y = matrix(generator, steps, width), Value(0.0)
    by_input, by_state = matrix(generator, hidden, width, scale=0.5), matrix(generator, hidden, hidden, scale=0.2)
    biases, weights, bias = vector(generator, hidden, scale=0.1), vector(generator, hidden, scale=0.3), Value(0.1)
    h: Vector = []
    for step in x:
        z = affine(by_input, step, biases)
        h = [ops.tanh(a + b) for a, b in zip(z, product(by_state, h), strict=True)] if h else [ops.tanh(a) for a in z]
    loss = losses.half_mean_squared_error([ops.dot(weights, h) + bias], [y])
    parameters = flat([by_input, by_state, biases, weights, bias])
    return Example(loss, [*flat(x), y], parameters, normal_rows(generator, rows, steps * width + 1))


def lstm(rows: int = 5, steps: int = 4, width: int = 2, hidden: int = 5) -> Example:
    """A long short-term memory: the gates i, f, o and the new content g, on input and state side by side."""
    generator = random.Random(13)
    x, y = matrix(generator, steps, width, "x"), Value(0.0, "y")
    layers = {
        name: (matrix(generator, hidden, width + hidden, f"W{name}", 0.4), vector(generator, hidden, f"b{name}"))
        for name in "ifog"
    }
    readout = vector(generator, hidden, "v")
    h: list[Any] = [0.0] * hidden
    cells: list[Any] = [0.0] * hidden
    for step in x:
        i, f, o = ([ops.sigmoid(z) for z in affine(layers[name][0], [*step, *h], layers[name][1])] for name in "ifo")
        g = [ops.tanh(z) for z in affine(layers["g"][0], [*step, *h], layers["g"][1])]
        cells = [kept * c + taken * new for kept, c, taken, new in zip(f, cells, i, g, strict=True)]
        h = [shown * ops.tanh(c) for shown, c in zip(o, cells, strict=True)]
    loss = losses.half_mean_squared_error([ops.dot(readout, h)], [y])
    parameters = flat([list(layers.values()), readout])
    return Example(loss, [*flat(x), y], parameters, normal_rows(generator, rows, steps * width + 1))


def attention(causal: bool = False, length: int = 4, width: int = 6) -> Example:
    """One head over a sequence; a causal one looks at no later place."""
    generator = random.Random(14)
    x, y = matrix(generator, length, width, "x"), vector(generator, length, "y")
    by_query, by_key, by_content = (matrix(generator, width, width, name, 0.4) for name in ("Q", "K", "V"))
    readout = vector(generator, width, "o", 0.5)
    queries, keys, contents = ([product(weights, place) for place in x] for weights in (by_query, by_key, by_content))
    outputs = []
    for place, query in enumerate(queries):
        seen = place + 1 if causal else length
        shares = softmax([ops.dot(query, key) / math.sqrt(width) for key in keys[:seen]])
        mixed = [ops.dot(shares, [content[i] for content in contents[:seen]]) for i in range(width)]
        outputs.append(ops.dot(readout, mixed))
    loss = ops.total([(a - b) ** 2 for a, b in zip(outputs, y, strict=True)]) / length
    parameters = flat([by_query, by_key, by_content, readout])
    return Example(loss, [*flat(x), *y], parameters, normal_rows(generator, 5, length * width + length))


def transformer(length: int = 4, width: int = 8, heads: int = 2, letters: int = 7) -> Example:
    """One layer that predicts the next letter of one text, in + and * alone; 8, 16, 4, 27 give about 56,000 nodes."""
    generator = random.Random(15)
    shapes = {"letter": (letters, width), "place": (length, width), "query": (width, width), "key": (width, width)}
    shapes |= {"content": (width, width), "joined": (width, width), "wide": (4 * width, width), "narrow": (width, 4 * width)}
    weights = {name: matrix(generator, *shape, scale=0.08) for name, shape in (shapes | {"scores": (letters, width)}).items()}
    text = [generator.randrange(letters) for _ in range(length)]

    def linear(name: str, x: Sequence[Any]) -> list[Any]:
        return [sum(w * a for w, a in zip(row, x, strict=True)) for row in weights[name]]

    def shares(z: Sequence[Any]) -> list[Any]:
        largest = max(a.data for a in z)
        powers = [(a - largest).exp() for a in z]
        whole = sum(powers)
        return [power / whole for power in powers]

    def normalized(x: Sequence[Any]) -> list[Any]:
        scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
        return [a * scale for a in x]

    keys, contents, surprises = [], [], []
    for place, letter in enumerate(text[:-1]):
        x = normalized([a + b for a, b in zip(weights["letter"][letter], weights["place"][place], strict=True)])
        y = normalized(x)
        query = linear("query", y)
        keys.append(linear("key", y))
        contents.append(linear("content", y))
        mixed: list[Any] = []
        for head in range(heads):
            part = slice(head * width // heads, (head + 1) * width // heads)
            products = [sum(a * b for a, b in zip(query[part], key[part], strict=True)) for key in keys]
            taken = shares([a / math.sqrt(width / heads) for a in products])
            mixed += [sum(a * content[i] for a, content in zip(taken, contents, strict=True)) for i in range(width)[part]]
        x = [a + b for a, b in zip(linear("joined", mixed), x, strict=True)]
        inner = [a.relu() for a in linear("wide", normalized(x))]
        x = [a + b for a, b in zip(linear("narrow", inner), x, strict=True)]
        surprises.append(-shares(linear("scores", x))[text[place + 1]].log())
    return Example(sum(surprises) * (1.0 / len(surprises)), [], flat(list(weights.values())), [[]])


def physics() -> Example:
    """A network u(t) that is to obey u'' = -u: the loss holds derivatives."""
    generator = random.Random(16)
    t, model = Value(0.3, "t"), MLP(1, [6, 6, 1], "tanh", seed=5)
    u = model([t])
    (speed,) = gradient(u, [t])
    (acceleration,) = gradient(speed, [t])
    return Example((acceleration + u) ** 2, [t], model.parameters(), normal_rows(generator, 6, 1))
