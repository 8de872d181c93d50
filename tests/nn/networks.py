"""What the tests of networks set and read."""

import copy
import pickle
from typing import Any

import pytest

from micrograd.nn import Module
from micrograd.ops import Op

CUBE = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))  # an activation that the table does not have


def set_parameters(model: Module, *numbers: float) -> None:
    """Neuron by neuron, the weights and then the bias."""
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number


def numbers_of(model: Module) -> list[str]:
    """The parameters with every bit: -0.0 is not 0.0."""
    return [parameter.data.hex() for parameter in model.parameters()]


def gradients_of(model: Module) -> list[float]:
    return [parameter.grad for parameter in model.parameters()]


def pickled(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))  # noqa: S301  (we made these bytes)


every_copy = pytest.mark.parametrize("copied", [copy.deepcopy, pickled], ids=["deepcopy", "pickle"])
