"""What a neuron, a layer and a network compute."""

import math
import random
from typing import Any

import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Module, Neuron
from micrograd.ops import Op
from tests.nn.networks import CUBE, gradients_of, set_parameters


def test_a_neuron_is_the_activation_of_the_weighted_sum_plus_the_bias() -> None:
    neuron = Neuron(2, "tanh")
    set_parameters(neuron, -3.0, 0.5, 1.25)
    output = neuron([2.0, 8.0])
    output.backward()
    z = -3.0 * 2.0 + 0.5 * 8.0 + 1.25  # -0.75
    slope = 1.0 / math.cosh(z) ** 2
    assert output.data == pytest.approx(math.tanh(z), rel=1e-15)
    assert gradients_of(neuron) == pytest.approx([slope * 2.0, slope * 8.0, slope], rel=1e-14)


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("linear", -2.0),
        ("relu", 0.0),
        ("leaky_relu", -0.02),
        ("gelu", -2.0 * 0.5 * math.erfc(2.0 / math.sqrt(2.0))),
        ("silu", -2.0 / (1.0 + math.exp(2.0))),
        ("softplus", math.log(1.0 + math.exp(-2.0))),
        ("sigmoid", 1.0 / (1.0 + math.exp(2.0))),
        ("tanh", math.tanh(-2.0)),
        ("sin", math.sin(-2.0)),
    ],
)
def test_activation_at_minus_two(activation: str, expected: float) -> None:
    neuron = Neuron(1, activation)
    set_parameters(neuron, -1.0, 0.0)
    assert neuron([2.0]).data == pytest.approx(expected, rel=1e-14)


def test_a_layer_gives_one_value_per_neuron_all_from_the_same_inputs() -> None:
    layer = Layer(2, 2, "relu")
    set_parameters(layer, 1.0, 2.0, 0.5, -1.0, -1.0, 1.0)
    outputs = layer([3.0, 4.0])
    assert isinstance(outputs, list)
    assert [output.data for output in outputs] == [1.0 * 3.0 + 2.0 * 4.0 + 0.5, 0.0]


def test_the_last_layer_is_linear_and_the_ones_before_are_not() -> None:
    model = MLP(1, [1, 1], "relu")
    set_parameters(model, -1.0, 0.0, -2.0, -3.0)
    assert model([-5.0]).data == -2.0 * 5.0 - 3.0  # below 0, where relu would give 0
    assert model([5.0]).data == -3.0  # the hidden neuron gives relu(-5) = 0


def test_a_network_of_three_layers_by_hand() -> None:
    model = MLP(2, [2, 2, 2], "relu")
    set_parameters(
        model,
        *(1.0, 1.0, 0.0, 1.0, -1.0, 0.5),  # relu(x1 + x2), relu(x1 - x2 + 1/2)
        *(2.0, 0.0, -1.0, 1.0, 1.0, -9.0),  # relu(2 h1 - 1), relu(h1 + h2 - 9)
        *(1.0, 4.0, 0.0, -1.0, 0.0, 0.25),  # g1 + 4 g2, 1/4 - g1
    )
    outputs = model([3.0, 2.0])
    h1, h2 = 5.0, 1.5
    g1, g2 = 2.0 * h1 - 1.0, 0.0  # h1 + h2 - 9 = -2.5
    assert h2 > 0.0
    assert [output.data for output in outputs] == [g1 + 4.0 * g2, 0.25 - g1]


def test_a_layer_of_one_neuron_gives_the_bare_value() -> None:
    assert isinstance(Layer(3, 1)([1.0, 2.0, 3.0]), Value)
    assert isinstance(MLP(3, [2, 1])([1.0, 2.0, 3.0]), Value)
    assert isinstance(MLP(3, [2, 2])([1.0, 2.0, 3.0]), list)


@pytest.mark.parametrize("widths", [[1], [1, 1], [1, 1, 1], [3, 1, 2], [1, 4]])
def test_inner_layers_of_one_neuron_work(widths: list[int]) -> None:
    model = MLP(2, widths, "tanh", seed=3)
    output = model([0.5, -1.0])
    outputs = [output] if widths[-1] == 1 else output
    assert len(outputs) == widths[-1]
    for number in outputs:
        number.backward()
    assert all(parameter.grad != 0.0 for parameter in model.parameters())


@pytest.mark.parametrize(("activation", "name"), [("relu", "relu"), ("linear", "linear"), (ops.tanh, "tanh"), (CUBE, "cube")])
def test_repr_is_the_shape_with_the_name_of_the_activation(activation: str | Op, name: str) -> None:
    assert repr(Neuron(2, activation)) == f"Neuron(2, '{name}')"
    assert repr(Layer(2, 3, activation)) == f"Layer(2, 3, '{name}')"
    assert repr(MLP(2, (3, 1), activation)) == f"MLP(2, [3, 1], activation='{name}')"
    assert repr(MLP(3, [1], activation)) == f"MLP(3, [1], activation='{name}')"


def test_the_training_loop_of_micrograd_0_1_0_runs_as_it_is() -> None:
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    rows, labels = [[-1.0, 0.5], [1.0, 0.5], [0.5, -1.0], [-0.5, -1.0]], [-1, 1, 1, -1]
    losses = []
    for k in range(20):
        inputs = [list(map(Value, row)) for row in rows]
        scores = list(map(model, inputs))
        data_loss: Any = sum((1 + -yi * scorei).relu() for yi, scorei in zip(labels, scores, strict=True)) * (1.0 / len(rows))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(total_loss.data)
    assert len(model.parameters()) == 337
    assert all((yi > 0) == (model(row).data > 0) for yi, row in zip(labels, rows, strict=True))
    assert losses[-1] < 0.1 < losses[0]


def test_a_neuron_and_a_layer_take_their_sizes_by_position() -> None:
    assert isinstance(Neuron(2)([1.0, 2.0]), Value)
    assert len(Layer(2, 3).parameters()) == 9
    assert all(issubclass(kind, Module) for kind in (Neuron, Layer, MLP))
