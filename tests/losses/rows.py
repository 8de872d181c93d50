"""Rows of outputs for the losses."""

import random
from collections.abc import Sequence

from micrograd.engine import Value


def values(numbers: Sequence[float]) -> list[Value]:
    return [Value(number) for number in numbers]


def table(rows: Sequence[Sequence[float]]) -> list[list[Value]]:
    return [values(row) for row in rows]


def gradients(leaves: Sequence[Value]) -> list[float]:
    return [leaf.grad for leaf in leaves]


def drawn(rows: int, columns: int, *, seed: int) -> list[list[float]]:
    generator = random.Random(seed)
    return [[generator.gauss(0.0, 3.0) for _ in range(columns)] for _ in range(rows)]


def one_hot(index: int, classes: int) -> list[float]:
    return [float(place == index) for place in range(classes)]
