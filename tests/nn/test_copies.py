"""Copies of networks, by `deepcopy` and by `pickle`."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from micrograd.nn import ACTIVATIONS, MLP
from micrograd.optim import SGD
from tests.nn.networks import CUBE, every_copy, gradients_of, numbers_of


@every_copy
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_copy_of_a_model_computes_the_same_with_parameters_of_its_own(activation: str, copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], activation, seed=0)
    twin = copied(model)
    assert twin.state_dict() == model.state_dict()
    assert repr(twin) == repr(model)
    assert twin([0.3, -0.7]).data == model([0.3, -0.7]).data
    assert not set(twin.parameters()) & set(model.parameters())


@every_copy
def test_gradients_reach_the_parameters_of_a_copy_and_only_those(copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    twin = copied(model)
    twin([0.3, -0.7]).backward()
    assert gradients_of(model) == [0.0] * 13
    model([0.3, -0.7]).backward()
    assert gradients_of(twin) == gradients_of(model)
    assert all(gradient != 0.0 for gradient in gradients_of(twin))


@every_copy
def test_a_copy_moves_apart_from_its_model(copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], seed=0)
    before = numbers_of(model)
    twin = copied(model)
    for parameter in twin.parameters():
        parameter.data += 1.0
    assert numbers_of(model) == before


@every_copy
def test_a_model_and_its_optimizer_copied_together_stay_together(copied: Callable[[Any], Any]) -> None:
    model = MLP(1, [1], seed=0)
    twin, optimizer = copied((model, SGD(model.parameters(), learning_rate=1.0)))
    before = numbers_of(model)
    twin([2.0]).backward()
    optimizer.step()
    weight, bias = model.parameters()
    assert [p.data for p in twin.parameters()] == [weight.data - 2.0, bias.data - 1.0]
    assert numbers_of(model) == before


@every_copy
def test_a_copy_made_after_backward_keeps_the_gradients(copied: Callable[[MLP], MLP]) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    model([0.3, -0.7]).backward()
    assert gradients_of(copied(model)) == gradients_of(model)


def test_a_model_with_an_activation_of_ones_own_is_deepcopied() -> None:
    model = MLP(2, [3, 1], CUBE, seed=0)
    twin = copy.deepcopy(model)
    assert twin([0.3, -0.7]).data == model([0.3, -0.7]).data


def test_a_model_with_an_activation_of_ones_own_is_not_pickled_and_the_error_names_it() -> None:
    with pytest.raises(TypeError, match="'cube' is not in the table of operations"):
        pickle.dumps(MLP(2, [3, 1], CUBE))
