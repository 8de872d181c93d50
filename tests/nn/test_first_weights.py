"""The weights with which a network begins."""

import math
import random

import pytest

from micrograd.nn import MLP, Layer, Neuron
from micrograd.ops import Op
from tests.nn.networks import CUBE, numbers_of


def test_the_same_seed_gives_the_same_weights() -> None:
    assert numbers_of(MLP(2, [3, 1], seed=7)) == numbers_of(MLP(2, [3, 1], seed=7))
    assert numbers_of(MLP(2, [3, 1], seed=0)) == numbers_of(MLP(2, [3, 1], seed=0))
    assert numbers_of(MLP(2, [3, 1], seed=7)) != numbers_of(MLP(2, [3, 1], seed=8))


def test_no_weight_is_drawn_twice() -> None:
    parameters = MLP(2, [2, 2, 2], "linear", seed=0).parameters()  # every layer has the same shape and limit
    assert len({parameter.data for parameter in parameters}) == 3 * 4 + 1  # the biases are all 0


def test_a_seed_neither_reads_nor_moves_the_generator_of_the_random_module() -> None:
    random.seed(1)
    first = numbers_of(MLP(2, [3, 1], seed=0))
    after = random.random()
    random.seed(1)
    assert random.random() == after
    assert numbers_of(MLP(2, [3, 1], seed=0)) == first


def test_without_a_seed_random_seed_repeats_the_weights() -> None:
    random.seed(5)
    first, second = numbers_of(MLP(2, [3, 1])), numbers_of(MLP(2, [3, 1]))
    random.seed(5)
    assert numbers_of(MLP(2, [3, 1])) == first
    assert first != second


def test_biases_begin_at_zero_and_weights_do_not() -> None:
    named = MLP(3, [4, 4, 2], seed=0).named_parameters()
    assert all((parameter.data == 0.0) == label.endswith(".b") for label, parameter in named.items())


def drawn_at_the_top(low: float, high: float) -> float:
    """In place of `uniform`: every weight is the limit it is drawn within."""
    assert low == -high
    return high


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "gelu", "silu", "softplus"])
def test_weights_of_rectifiers_stay_within_the_limit_of_he(activation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", drawn_at_the_top)
    layer = Layer(24, 5, activation)
    assert {weight.data for neuron in layer.neurons for weight in neuron.weights} == {0.5}  # sqrt(6 / 24)


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "sin", CUBE], ids=str)
def test_weights_of_all_others_stay_within_the_limit_of_glorot(activation: str | Op, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", drawn_at_the_top)
    layer = Layer(19, 5, activation)
    assert {weight.data for neuron in layer.neurons for weight in neuron.weights} == {0.5}  # sqrt(6 / (19 + 5))
    assert [weight.data for weight in Neuron(5, activation).weights] == [1.0] * 5  # sqrt(6 / (5 + 1))


def test_the_last_layer_has_the_limit_of_a_linear_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", drawn_at_the_top)
    first, last = MLP(6, [20, 4], "relu").layers
    assert {weight.data for neuron in first.neurons for weight in neuron.weights} == {1.0}  # sqrt(6 / 6)
    assert {weight.data for neuron in last.neurons for weight in neuron.weights} == {0.5}  # sqrt(6 / (20 + 4))


def test_weights_are_drawn_evenly() -> None:
    weights = [weight.data for neuron in Layer(24, 200, generator=random.Random(0)).neurons for weight in neuron.weights]
    count, limit = 24 * 200, 0.5
    assert max(weights) <= limit
    assert min(weights) >= -limit
    mean, mean_square = sum(weights) / count, sum(weight * weight for weight in weights) / count
    # An even distribution has the mean 0, the variance limit^2 / 3; five standard errors of each.
    assert abs(mean) < 5.0 * limit / math.sqrt(3.0 * count)
    assert abs(mean_square - limit**2 / 3.0) < 5.0 * limit**2 * math.sqrt(4.0 / 45.0 / count)
