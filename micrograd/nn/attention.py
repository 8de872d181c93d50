"""What a network that attends is made of: `Embedding`, `LayerNorm`, and one head of `Attention`."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from micrograd import ops
from micrograd.arguments import whole_number
from micrograd.engine import Value
from micrograd.nn.functions import softmax
from micrograd.nn.modules import Module
from micrograd.nn.neurons import Layer, input_values
from micrograd.text.naming import inside


class Embedding(Module):
    """A row of `size` numbers for each of `count` things: by its index, or by a weight for each of them (one-hot).

    A graph that is compiled needs the weights: an index chooses a row when the graph is made. The rows are normal numbers,
    their length about 1.

    >>> table = Embedding(3, 2, generator=random.Random(0))
    >>> [a.data == b.data for a, b in zip(table(2), table([0.0, 0.0, 1.0]))]
    [True, True]
    """

    def __init__(self, count: int, size: int, *, generator: random.Random | None = None) -> None:
        draw = (generator or random).gauss
        spread = 1.0 / math.sqrt(whole_number(size, "the size of an embedding"))
        self.rows = [
            [Value(draw(0.0, spread), label=inside(f"row{index}", f"w{i}")) for i in range(1, size + 1)]
            for index in range(whole_number(count, "the number of rows"))
        ]

    def __call__(self, index: int | Sequence[Value | float]) -> list[Value]:
        if isinstance(index, int):
            if index not in range(len(self.rows)):
                raise IndexError(f"{self!r} has the rows 0 to {len(self.rows) - 1}, and was asked for row {index}")
            return self.rows[index]
        weights = input_values(index, len(self.rows), self)
        return [ops.dot(weights, column) for column in zip(*self.rows, strict=True)]

    def __repr__(self) -> str:
        return f"Embedding({len(self.rows)}, {len(self.rows[0])})"


class LayerNorm(Module):
    """(x - mean) / deviation * scale + shift, over the numbers of one list; the deviation is sqrt(variance + epsilon).

    Source: Ba et al. 2016; as torch.nn.LayerNorm.
    """

    def __init__(self, size: int, epsilon: float = 1e-5) -> None:
        size = whole_number(size, "the size of a LayerNorm")
        self.scale = [Value(1.0, label=f"scale{i}") for i in range(1, size + 1)]
        self.shift = [Value(0.0, label=f"shift{i}") for i in range(1, size + 1)]
        self.epsilon = epsilon

    def __call__(self, x: Sequence[Value | float]) -> list[Value]:
        values = input_values(x, len(self.scale), self)
        mean = ops.total(values) / len(values)
        away = [value - mean for value in values]
        deviation = ops.sqrt(ops.dot(away, away) / len(away) + self.epsilon)
        return [gap / deviation * scale + shift for gap, scale, shift in zip(away, self.scale, self.shift, strict=True)]

    def __repr__(self) -> str:
        return f"LayerNorm({len(self.scale)})"


class Attention(Module):
    """One head that looks back: at each place the mean of the values up to it, by how well query and key agree.

    xs[time][size] -> [time][size]. `weights(xs)` is the triangle of shares: a row for each place, which adds up to 1.

    Source: Vaswani et al. 2017, equation 1; as one head of torch.nn.MultiheadAttention with a causal mask.
    """

    def __init__(self, size: int, head: int | None = None, *, generator: random.Random | None = None) -> None:
        self.size = whole_number(size, "the size of a place")
        self.head = whole_number(size if head is None else head, "the size of the head")
        self.query = Layer(size, self.head, "linear", generator=generator)
        self.key = Layer(size, self.head, "linear", generator=generator)
        self.value = Layer(size, self.head, "linear", generator=generator)
        self.project = Layer(self.head, size, "linear", generator=generator)

    def weights(self, xs: Sequence[Sequence[Any]]) -> list[list[Value]]:
        places = [input_values(x, self.size, self) for x in xs]
        keys = [self.key.outputs(x) for x in places]
        scale = math.sqrt(self.head)
        return [
            softmax([ops.dot(self.query.outputs(x), key) / scale for key in keys[: time + 1]]) for time, x in enumerate(places)
        ]

    def __call__(self, xs: Sequence[Sequence[Any]]) -> list[list[Value]]:
        places = [input_values(x, self.size, self) for x in xs]
        values = [self.value.outputs(x) for x in places]
        means = [
            [ops.dot(shares, column) for column in zip(*values[: len(shares)], strict=True)] for shares in self.weights(places)
        ]
        return [self.project.outputs(mean) for mean in means]

    def __repr__(self) -> str:
        return f"Attention({self.size}, {self.head})"
