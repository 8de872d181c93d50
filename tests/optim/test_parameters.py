"""The parameters that an optimizer takes."""

from collections.abc import Callable
from typing import Any

import pytest

from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import SGD, Optimizer
from tests.optim.valley import every_optimizer


@every_optimizer
def test_an_optimizer_needs_a_parameter(make: Callable[..., Optimizer]) -> None:
    with pytest.raises(ValueError, match=r"^an optimizer needs at least one parameter, got none; pass model\.parameters\(\)$"):
        make([])


@every_optimizer
def test_an_optimizer_needs_each_parameter_once(make: Callable[..., Optimizer]) -> None:
    w = Value(1.0, label="w")
    with pytest.raises(ValueError, match=r"^an optimizer needs each parameter once"):
        make([w, Value(2.0), w])


@every_optimizer
@pytest.mark.parametrize(
    "stranger", [1.0, "w", None, [Value(1.0)], Value(1.0) * 2.0], ids=["number", "text", "none", "list", "inner node"]
)
def test_an_optimizer_moves_leaf_values_only(make: Callable[..., Optimizer], stranger: Any) -> None:
    with pytest.raises(TypeError, match=r"^an optimizer takes leaf Values, got .*; pass model\.parameters\(\)$"):
        make([Value(1.0), stranger])


@every_optimizer
def test_an_optimizer_takes_its_parameters_from_an_iterator(make: Callable[..., Optimizer]) -> None:
    model = MLP(1, [2, 1], seed=0)
    assert make(iter(model.parameters())).parameters == model.parameters()


def test_a_model_is_no_list_of_parameters() -> None:
    model: Any = MLP(1, [1])
    with pytest.raises(TypeError, match=r"got MLP\(1, \[1\], activation='relu'\); pass model.parameters\(\)$"):
        SGD(model)
