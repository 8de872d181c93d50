"""The examples themselves: seeded, finite, and as many as they say."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from micrograd.engine import topological_order
from tests.tensors.eager import condition, eager
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.pieces import Example


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_is_the_same_each_time_and_finite(make: Callable[[], Example]) -> None:
    example = make()
    assert all(len(row) == len(example.inputs) for row in example.rows)
    loss, slopes = eager(*example)
    assert (loss, slopes) == eager(*make())
    assert all(map(math.isfinite, [loss, *slopes]))


@pytest.mark.parametrize("seed", range(20))
def test_a_random_graph_is_finite_and_its_leaves_are_listed(seed: int) -> None:
    example = random_graph(seed)
    loss, slopes = eager(*example)
    assert all(map(math.isfinite, [loss, *slopes, *condition(*example)[1]]))
    leaves = {node for node in topological_order(example.loss) if node.op is None and node not in example.inputs}
    assert {leaf for leaf in leaves if type(leaf).__name__ == "Value"} <= set(example.parameters)
