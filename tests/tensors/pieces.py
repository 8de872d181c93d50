"""What the example graphs are made of: leaves in lists, layers on them, and rows of data."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from micrograd import ops
from micrograd.engine import Value

Vector: TypeAlias = "list[Value]"
Matrix: TypeAlias = "list[list[Value]]"
Rows: TypeAlias = "list[list[float]]"


class Example(NamedTuple):
    """The loss of one row, its leaves, and the numbers of the inputs row by row; `[[]]` for a graph without inputs."""

    loss: Value
    inputs: list[Value]
    parameters: list[Value]
    rows: Rows


def vector(generator: random.Random, length: int, label: str = "", scale: float = 1.0) -> Vector:
    """Leaves labelled `x1`, `x2`, ...; without a label, without labels."""
    return [Value(generator.gauss(0.0, scale), f"{label}{i + 1}" if label else None) for i in range(length)]


def matrix(generator: random.Random, height: int, width: int, label: str = "", scale: float = 1.0) -> Matrix:
    """A list of rows of leaves, labelled `W1,1`, `W1,2`, ..."""
    return [vector(generator, width, f"{label}{i + 1}," if label else "", scale) for i in range(height)]


def flat(nest: Sequence[Any]) -> Vector:
    """All Values of a nest of lists, in order."""
    return [value for item in nest for value in (flat(item) if isinstance(item, (list, tuple)) else [item])]


def affine(weights: Matrix, x: Sequence[Any], biases: Sequence[Any]) -> Vector:
    return [ops.dot(row, x) + bias for row, bias in zip(weights, biases, strict=True)]


def product(weights: Matrix, x: Sequence[Any]) -> Vector:
    return [ops.dot(row, x) for row in weights]


def softmax(z: Sequence[Any]) -> Vector:
    normalizer = ops.logsumexp(z)
    return [ops.exp(a - normalizer) for a in z]


def normal_rows(generator: random.Random, rows: int, width: int) -> Rows:
    return [[generator.gauss(0.0, 1.0) for _ in range(width)] for _ in range(rows)]


def class_rows(generator: random.Random, rows: int, classes: int) -> Rows:
    """In each row a 1 at the place of its class."""
    drawn = [generator.randrange(classes) for _ in range(rows)]
    return [[float(place == own) for place in range(classes)] for own in drawn]


def side_by_side(left: Rows, right: Rows) -> Rows:
    return [a + b for a, b in zip(left, right, strict=True)]
