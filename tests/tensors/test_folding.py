"""Folded graphs compute what eager code does: loss and gradient, of every example and of irregular graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd.folding import Folded, fold
from tests.tensors import texts
from tests.tensors.eager import condition, eager
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.interpreter import run
from tests.tensors.pieces import Example, Rows

Run = Callable[[Folded, Rows], "tuple[float, list[Any]]"]


def by_places(folded: Folded, rows: Rows) -> tuple[float, list[Any]]:
    """The arrays, place by place."""
    loss, *gradients = run(folded.program, rows, folded.numbers, [folded.program.loss, *folded.program.gradients])
    return float(loss[0]), gradients


def by_text(folded: Folded, rows: Rows, dialect: str = "numpy") -> tuple[float, list[Any]]:
    """The function that is printed."""
    call, share = texts.function(folded, dialect), np.float64(1.0 / len(rows))
    loss, gradients = call(texts.inputs(folded, rows), texts.parameters(folded), share)
    assert [np.shape(gradient) for gradient in gradients] == [array.shape for array in folded.program.parameters]
    return float(loss), gradients


def by_jax(folded: Folded, rows: Rows) -> tuple[float, list[Any]]:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return by_text(folded, rows, "jax")


def error(example: Example, run: Run) -> float:
    """How far loss and gradient are from those of eager code, in units of what roundings may move."""
    loss, slopes = eager(*example)
    size, sizes = condition(*example)
    folded = fold(*example[:3])
    got, gradients = run(folded, example.rows)
    found = np.zeros(len(slopes))
    for array, claimed in zip(folded.program.parameters, gradients, strict=True):
        found[array.members] = np.ravel(claimed)
    furthest = max(np.abs(found - slopes), default=0.0) / max([*sizes, 1e-300])
    return max(abs(got - loss) / max(size, abs(loss), 1e-300), float(furthest))


@pytest.mark.parametrize("run", [by_places, by_text])
@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example(make: Callable[[], Example], run: Run) -> None:
    assert error(make(), run) < 1e-12


@pytest.mark.parametrize("seed", range(100))
def test_an_irregular_graph(seed: int) -> None:
    assert error(random_graph(seed), by_text) < 1e-12
