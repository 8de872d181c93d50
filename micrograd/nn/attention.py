"""What a network that attends is made of: `Embedding`, `LayerNorm`, and one head of `Attention`."""

from __future__ import annotations

import math
import random
import reprlib

from micrograd import ops
from micrograd.arguments import not_negative, whole_number
from micrograd.engine import Value
from micrograd.nn.functions import softmax
from micrograd.nn.inputs import Frames, Nest, Row, as_nest, called, input_values, is_list, sequence_of
from micrograd.nn.modules import Module
from micrograd.nn.neurons import Layer
from micrograd.text.naming import inside


class Embedding(Module):
    """A row of `size` numbers for each of `count` things: by its index, or by a weight for each of them, as `one_hot` gives.

    index or weights[thing] -> row[size]. A compiled graph needs weights, since an index chooses a row when the graph is made.
    The first numbers are drawn from a normal distribution such that a row has a length of about 1.

    As torch.nn.Embedding, which takes an index alone.

    >>> table = Embedding(3, 2, generator=random.Random(0))
    >>> [a.data == b.data for a, b in zip(table(2), table([0.0, 0.0, 1.0]))]
    [True, True]
    """

    def __init__(self, count: int, size: int, *, generator: random.Random | None = None) -> None:
        count, size = whole_number(count, "the number of rows"), whole_number(size, "the size of a row")
        draw, spread = (generator or random).gauss, 1.0 / math.sqrt(size)
        self.rows = [
            [Value(draw(0.0, spread), label=inside(f"row{index}", f"w{i}")) for i in range(1, size + 1)] for index in range(count)
        ]

    def __call__(self, index: int | Row) -> list[Value]:
        chosen = as_nest(index)
        if isinstance(chosen, int):
            if chosen not in range(len(self.rows)):
                raise IndexError(f"{called(self)} has the rows 0 to {len(self.rows) - 1}, got {chosen}; make it with more rows")
            return list(self.rows[chosen])
        if not is_list(chosen):
            need = f"the index of a row, from 0 to {len(self.rows) - 1}, or a list of {len(self.rows)} weights"
            raise TypeError(f"{called(self)} needs {need}, got {reprlib.repr(index)}")
        if chosen and len(chosen) != len(self.rows) and all(isinstance(item, int) for item in chosen):
            what = f"the index of one row, or a weight for each of its {len(self.rows)} rows"
            raise ValueError(
                f"{called(self)} needs {what}, got {reprlib.repr(chosen)}; write [table(index) for index in indices]"
            )
        weights = input_values(chosen, len(self.rows), self)
        return [ops.dot(weights, column) for column in zip(*self.rows, strict=True)]

    def __repr__(self) -> str:
        return f"Embedding({len(self.rows)}, {len(self.rows[0])})"


class LayerNorm(Module):
    """(x - mean) / deviation * scale + shift: numbers[size] -> numbers[size], by the mean and the deviation of these numbers.

    The deviation is sqrt(variance + epsilon). At first every scale is 1 and every shift 0.

    Source: Ba et al. 2016; as torch.nn.LayerNorm.

    >>> [round(value.data, 3) for value in LayerNorm(2)([3.0, 5.0])]
    [-1.0, 1.0]
    """

    def __init__(self, size: int, epsilon: float = 1e-5) -> None:
        size = whole_number(size, "the size of a LayerNorm")
        self.scale = [Value(1.0, label=f"scale{i}") for i in range(1, size + 1)]
        self.shift = [Value(0.0, label=f"shift{i}") for i in range(1, size + 1)]
        self.epsilon = not_negative(epsilon, "epsilon")

    def __call__(self, x: Row) -> list[Value]:
        values = input_values(x, len(self.scale), self)
        mean = ops.total(values) / len(values)
        away = [value - mean for value in values]
        deviation = ops.sqrt(ops.dot(away, away) / len(away) + self.epsilon)
        return [gap / deviation * scale + shift for gap, scale, shift in zip(away, self.scale, self.shift, strict=True)]

    def __repr__(self) -> str:
        return f"LayerNorm({len(self.scale)})"


class Attention(Module):
    """One head that looks back: each place takes a mean of the values up to it, by how well its query and their keys agree.

    places[time][size] -> places[time][size]. `weights(places)` is the triangle of the shares: a row for each place, which adds
    up to 1. Queries, keys and values have `head` numbers, as many as a place unless it is given.

    Source: Vaswani et al. 2017, equation 1; as one head of torch.nn.MultiheadAttention with a causal mask.

    >>> look = Attention(2, generator=random.Random(0))
    >>> [len(row) for row in look.weights([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])]
    [1, 2, 3]
    """

    def __init__(self, size: int, head: int | None = None, *, generator: random.Random | None = None) -> None:
        self.size = whole_number(size, "the size of a place")
        self.head = whole_number(size if head is None else head, "the size of the head")
        self.query = Layer(size, self.head, "linear", generator=generator)
        self.key = Layer(size, self.head, "linear", generator=generator)
        self.value = Layer(size, self.head, "linear", generator=generator)
        self.project = Layer(self.head, size, "linear", generator=generator)

    def weights(self, places: Nest) -> Frames:
        seen = sequence_of(places, self.size, self)
        keys = [self.key.outputs(place) for place in seen]
        scale = math.sqrt(self.head)
        triangle = []
        for time, place in enumerate(seen, start=1):
            query = self.query.outputs(place)
            triangle.append(softmax([ops.dot(query, key) / scale for key in keys[:time]]))
        return triangle

    def __call__(self, places: Nest) -> Frames:
        seen = sequence_of(places, self.size, self)
        values = [self.value.outputs(place) for place in seen]
        means = [[ops.dot(row, column) for column in zip(*values[: len(row)], strict=True)] for row in self.weights(seen)]
        return [self.project.outputs(mean) for mean in means]

    def __repr__(self) -> str:
        return f"Attention({self.size}, {self.head})"
