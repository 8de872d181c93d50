"""Folded graphs compute what eager code does: loss and gradient, of every example and of irregular graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
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
    """The function that is printed; JAX compiles it as a whole."""
    call, share = texts.function(folded, dialect), np.float64(1.0 / len(rows))
    if dialect == "jax":
        import jax

        call = jax.jit(call)
    loss, gradients = call(texts.inputs(folded, rows), texts.parameters(folded), share)
    assert [np.shape(gradient) for gradient in gradients] == [array.shape for array in folded.program.parameters]
    return float(loss), gradients


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


@pytest.fixture
def doubles() -> Iterator[None]:
    """JAX with floats of 64 bits."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.usefixtures("doubles")
@pytest.mark.parametrize("name", ["classes", "cnn of two layers", "causal attention", "physics"])
def test_an_example_in_jax(name: str) -> None:
    assert error(EXAMPLES[name](), partial(by_text, dialect="jax")) < 1e-12


def test_the_mean_of_rows_is_that_of_their_losses_and_gradients() -> None:
    """By hand: w * x**2 at w = 2 for x = 1 and 3 is 2 and 18, and its derivatives are 1 and 9."""
    w, x = Value(2.0), Value(0.0)
    assert by_text(fold(w * x**2, [x], [w]), [[1.0], [3.0]]) == (10.0, [5.0])


@pytest.mark.parametrize("name", ["plain", "itself", "valley", "unused"])
def test_graphs_without_inputs_or_parameters_fold(name: str) -> None:
    loss, inputs, parameters, rows = EXAMPLES[name]()
    value, slopes = eager(loss, inputs, parameters, rows)
    folded = fold(loss, inputs, parameters)
    assert by_text(folded, rows)[0] == pytest.approx(value, rel=1e-15)
    assert sum(np.size(gradient) for gradient in by_text(folded, rows)[1]) == len(slopes)
    assert folded.verify()
