"""Folded graphs compute what eager code does: loss and gradient, of every example and of irregular graphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from micrograd.tensors.arrays import ArrayProgram
from micrograd.tensors.programs import gradient_program
from tests.tensors.eager import condition, eager
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.interpreter import run
from tests.tensors.pieces import Example, Rows

Run = Callable[[ArrayProgram, Rows, Sequence[float]], "tuple[float, list[Any]]"]


def by_places(program: ArrayProgram, rows: Rows, numbers: Sequence[float]) -> tuple[float, list[Any]]:
    loss, *gradients = run(program, rows, numbers, [program.loss, *program.gradients])
    return float(loss[0]), gradients


def error(example: Example, run: Run) -> float:
    """How far loss and gradient are from those of eager code, in units of what roundings may move."""
    loss, slopes = eager(*example)
    size, sizes = condition(*example)
    program = gradient_program(*example[:3])
    got, gradients = run(program, example.rows, [parameter.data for parameter in example.parameters])
    found = np.zeros(len(slopes))
    for array, claimed in zip(program.parameters, gradients, strict=True):
        found[array.members] = np.ravel(claimed)
    furthest = max(np.abs(found - slopes), default=0.0) / max([*sizes, 1e-300])
    return max(abs(got - loss) / max(size, abs(loss), 1e-300), float(furthest))


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example(make: Callable[[], Example]) -> None:
    assert error(make(), by_places) < 1e-12


@pytest.mark.parametrize("seed", range(100))
def test_an_irregular_graph(seed: int) -> None:
    assert error(random_graph(seed), by_places) < 1e-12
