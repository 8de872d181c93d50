"""Neurons that no gradient gets through."""

from typing import Any

import pytest

from micrograd.engine import Value
from micrograd.nn import MLP, Conv1d, Conv2d, Flatten, GRUCell, Layer, LSTMCell, MaxPool2d, Module, Neuron, Sequential, dead_units
from tests.nn.networks import gradients_of, numbers_of, set_parameters


def test_a_unit_is_dead_if_its_activation_is_flat_on_every_row() -> None:
    model = MLP(1, [3, 1], "relu")
    set_parameters(model, 1.0, -10.0, 1.0, 0.0, 1.0, -2.0, 1.0, 1.0, 1.0, 0.0)
    rows = [[-3.0], [1.0], [3.0]]
    # Sums: x - 10 is below 0 on all rows, x is above 0 on two of them, x - 2 on one.
    assert dead_units(model, rows) == ["layer1.neuron1"]
    assert dead_units(model, rows[:2]) == ["layer1.neuron1", "layer1.neuron3"]
    assert dead_units(model, rows[:1]) == ["layer1.neuron1", "layer1.neuron2", "layer1.neuron3"]
    assert dead_units(model, rows[::-1]) == ["layer1.neuron1"]
    assert dead_units(model, []) == []


def test_a_unit_at_the_kink_of_relu_is_dead() -> None:
    model = MLP(1, [1, 1], "relu")
    set_parameters(model, 1.0, 0.0, 1.0, 0.0)
    assert dead_units(model, [[0.0]]) == ["layer1.neuron1"]


@pytest.mark.parametrize("activation", ["linear", "leaky_relu", "gelu", "silu", "softplus", "sigmoid", "tanh", "sin"])
def test_a_unit_with_a_small_slope_is_not_dead(activation: str) -> None:
    model = MLP(1, [2, 1], activation)
    set_parameters(model, 1.0, -10.0, 1.0, -10.0, 1.0, 1.0, 0.0)
    assert dead_units(model, [[-1.0], [1.0]]) == []


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_unit_so_far_out_that_its_slope_is_zero_is_dead(activation: str) -> None:
    model = MLP(1, [2, 1], activation)
    set_parameters(model, 1.0, -1e4, 1.0, 0.0, 1.0, 1.0, 0.0)
    assert dead_units(model, [[-1.0], [1.0]]) == ["layer1.neuron1"]


def test_dead_units_are_found_in_every_layer_before_every_output() -> None:
    model = MLP(1, [2, 2, 2], "relu")
    set_parameters(model, 1.0, 0.0, -1.0, -5.0, 1.0, 1.0, 0.0, 1.0, 1.0, -9.0, *(1.0, 0.0, 0.0), *(0.0, 1.0, 0.0))
    assert dead_units(model, [[1.0], [2.0]]) == ["layer1.neuron2", "layer2.neuron2"]


def test_looking_for_dead_units_changes_neither_parameters_nor_gradients() -> None:
    model = MLP(2, [3, 1], seed=0)
    model([0.3, -0.7]).backward()
    before = numbers_of(model), gradients_of(model)
    dead_units(model, [[1.0, 2.0]])
    assert (numbers_of(model), gradients_of(model)) == before


def test_a_layer_or_neuron_by_itself_is_named_as_in_errors() -> None:
    layer, neuron = Layer(1, 2), Neuron(1)
    set_parameters(layer, 1.0, -10.0, 1.0, 0.0)
    set_parameters(neuron, 1.0, -10.0)
    assert dead_units(layer, [[1.0]]) == ["neuron1"]
    assert dead_units(neuron, [[1.0]]) == ["Neuron(1, 'relu')"]


def test_neurons_are_told_by_what_they_are_and_not_by_the_label_of_a_bias() -> None:
    class Shifted(Module):
        def __init__(self) -> None:
            self.inner = MLP(1, [1], "relu")
            self.shift = Value(-10.0, label="shift.b")

        def __call__(self, x: Any) -> Value:
            return (self.inner(x) + self.shift).relu()

    model = Shifted()
    set_parameters(model.inner, 1.0, 0.0)
    assert dead_units(model, [[1.0]]) == []
    hidden = MLP(1, [1, 1], "relu")
    set_parameters(hidden, 1.0, -10.0, 1.0, 0.0)
    for parameter in hidden.parameters():
        parameter.label = None
    assert dead_units(hidden, [[1.0]]) == ["layer1.neuron1"]


def test_no_row_is_read_once_every_unit_was_seen_alive() -> None:
    model = MLP(1, [2, 1], "relu")
    set_parameters(model, 1.0, 0.0, -1.0, 0.0, 1.0, 1.0, 0.0)  # relu(x) and relu(-x)
    rows = iter([[1.0], [2.0], [-1.0], [3.0], [4.0]])
    assert dead_units(model, rows) == []
    assert list(rows) == [[3.0], [4.0]]


def test_a_unit_that_no_row_shows_is_waited_for_in_a_few_rows_only() -> None:
    class Half(Module):
        def __init__(self) -> None:
            self.used, self.unused = Neuron(1, "relu"), Neuron(1, "relu")

        def __call__(self, x: Any) -> Value:
            return self.used(x)

    model = Half()
    set_parameters(model.used, 1.0, 0.0)
    rows = iter([[1.0]] * 20)
    assert dead_units(model, rows) == []
    assert len(list(rows)) == 20 - 16
    assert dead_units(model, [*[[-1.0]] * 20, [1.0]]) == []  # what is flat so far is waited for
    assert dead_units(model, [[-1.0]] * 20) == ["used"]


def test_a_linear_neuron_may_get_its_activation_outside() -> None:
    class Gate(Module):
        def __init__(self) -> None:
            self.layer = Layer(1, 2, "linear")

        def __call__(self, x: Any) -> list[Value]:
            return [z.relu() for z in self.layer(x)]

    model = Gate()
    set_parameters(model, 1.0, 0.0, 1.0, -10.0)
    assert dead_units(model, [[-1.0], [1.0], [2.0]]) == ["layer.neuron2"]


def test_a_neuron_used_twice_in_a_row_is_alive_if_one_use_is() -> None:
    class Twice(Module):
        def __init__(self) -> None:
            self.neuron = Neuron(1, "relu", label="neuron")

        def __call__(self, x: Any) -> Value:
            return self.neuron([self.neuron(x)])

    model = Twice()
    set_parameters(model, -1.0, 0.5)  # relu(0.5 - relu(0.5 - x))
    assert dead_units(model, [[1.0]]) == []
    assert dead_units(model, [[-1.0]]) == []
    set_parameters(model, 1.0, -2.0)
    assert dead_units(model, [[1.0]]) == ["neuron"]


def test_a_filter_is_dead_if_it_is_flat_in_every_window_of_every_picture() -> None:
    model = Sequential(Conv2d(1, 3, 1, "relu"), MaxPool2d(2), Flatten(), Layer(3, 1, "linear"))
    set_parameters(model, 1.0, -10.0, 1.0, -3.5, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0)
    dim, bright = [[[0.0, 1.0], [2.0, 3.0]]], [[[4.0, 0.0], [0.0, 0.0]]]
    # x - 10 is below 0 in all windows, x - 3.5 is above 0 in one window of the second picture.
    assert dead_units(model, [dim]) == ["layer1.neuron1", "layer1.neuron2"]
    assert dead_units(model, [dim, bright]) == dead_units(model, [bright]) == ["layer1.neuron1"]


def test_a_filter_of_a_sequence_may_be_dead_whatever_its_length() -> None:
    model = Conv1d(1, 2, 2, "relu", label="ear")
    set_parameters(model, 1.0, 1.0, -4.0, 1.0, -1.0, 0.0)
    assert dead_units(model, [[[1.0], [2.0]], [[3.0], [1.0], [0.0]]]) == ["ear.neuron1"]
    assert dead_units(model, [[[1.0], [2.0]], [[3.0], [1.0], [1.0], [4.0]]]) == []


@pytest.mark.parametrize(("kind", "gate"), [(GRUCell, "candidate"), (LSTMCell, "candidate"), (LSTMCell, "output")])
def test_a_gate_so_far_out_at_every_step_that_its_slope_is_zero_is_dead(kind: Any, gate: str) -> None:
    class Reader(Module):
        def __init__(self) -> None:
            self.cell = kind(1, 2)

        def __call__(self, frames: Any) -> Any:
            state = self.cell.start()
            for frame in frames:
                state = self.cell(frame, state)
            return state

    model = Reader()
    assert dead_units(model, [[[0.5], [-0.5]], [[1.0]]]) == []
    getattr(model.cell, gate).neurons[1].bias.data = -1e4
    assert dead_units(model, [[[0.5], [-0.5]], [[1.0]]]) == [f"cell.{gate}.neuron2"]
