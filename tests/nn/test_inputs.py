"""What a network takes as its inputs, and what it says of others."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Neuron
from tests.nn.networks import set_parameters


@pytest.mark.parametrize(
    "inputs",
    [
        [1.0, -2.0],
        (1, -2),
        [Value(1.0), Value(-2.0)],
        [Value(1.0), -2.0],
        [Fraction(1), Fraction(-2)],
        np.array([1.0, -2.0]),
        np.array([1, -2]),
        np.array([1.0, -2.0], dtype=np.float32),
        np.array([[1.0, -2.0]])[0],
        np.array([Value(1.0), Value(-2.0)]),
    ],
    ids=lambda inputs: f"{type(inputs).__name__} of {type(inputs[0]).__name__} {type(inputs[1]).__name__}",
)
def test_inputs_are_numbers_values_or_arrays(inputs: Any) -> None:
    model = MLP(2, [2, 1])
    set_parameters(model, 1.0, 1.0, 4.0, 0.0, -1.0, 0.0, 10.0, 100.0, 1.0)
    assert model(inputs).data == 10.0 * 3.0 + 100.0 * 2.0 + 1.0


def test_gradients_reach_the_inputs_that_are_values() -> None:
    neuron = Neuron(2, "linear")
    set_parameters(neuron, 3.0, -0.5, 1.0)
    inputs = [Value(1.0), Value(2.0)]
    neuron(inputs).backward()
    assert [value.grad for value in inputs] == [3.0, -0.5]


def test_inputs_that_are_numbers_are_labelled_by_their_place() -> None:
    output = Neuron(2, "linear")([1.0, Value(2.0, label="height")])
    weighted = output.parents[0]
    assert [parent.label for parent in weighted.parents] == ["w1", "w2", "x1", "height"]


@pytest.mark.parametrize("inputs", [[], [1.0], [1.0, 2.0, 3.0], np.zeros(3)], ids=len)
def test_a_wrong_number_of_inputs_names_the_layer_what_it_needs_and_what_it_got(inputs: Sequence[float]) -> None:
    with pytest.raises(ValueError, match=rf"^layer1 needs 2 number\(s\), got {len(inputs)}: .*pass one per input$"):
        MLP(2, [3, 1])(inputs)


def test_a_wrong_number_of_values_is_counted_and_not_listed() -> None:
    with pytest.raises(ValueError, match=r"^layer1 needs 2 number\(s\), got 3; pass one per input$"):
        MLP(2, [3, 1])([Value(1.0), Value(2.0), Value(3.0)])


def test_a_wrong_number_of_inputs_names_a_neuron_or_layer_by_its_label_or_its_shape() -> None:
    with pytest.raises(ValueError, match=r"^layer2\.neuron1 needs 3 number\(s\), got 1: \[7\.0\]"):
        MLP(2, [3, 1]).layers[1].neurons[0]([7.0])
    with pytest.raises(ValueError, match=r"^Neuron\(2, 'relu'\) needs 2 number\(s\), got 1"):
        Neuron(2)([7.0])
    with pytest.raises(ValueError, match=r"^Layer\(2, 3, 'relu'\) needs 2 number\(s\), got 1"):
        Layer(2, 3)([7.0])


@pytest.mark.parametrize("x", [3.0, Value(3.0)], ids=repr)
def test_an_input_without_brackets_is_told_so(x: Any) -> None:
    with pytest.raises(TypeError, match=r"^layer1 needs a list of 1 number\(s\), got .*put it in brackets$"):
        MLP(1, [1])(x)


@pytest.mark.parametrize("x", [["1", "2"], [None, 1.0], [1.0, [2.0]], [1j, 2.0]], ids=repr)
def test_an_input_that_is_not_a_number_is_a_type_error_with_advice(x: Any) -> None:
    with pytest.raises(TypeError, match=r"a Value holds one real number, got .*; "):
        MLP(2, [1])(x)


@pytest.mark.parametrize("x", [None, {1.0}, {0: 1.0}, "1"], ids=repr)
def test_an_input_that_is_no_list_is_refused(x: Any) -> None:
    with pytest.raises(TypeError, match=r"^layer1 needs a list of 1 number\(s\), got .* \(\w+\)$"):
        MLP(1, [1])(x)


def test_an_inner_layer_of_the_wrong_width_is_named() -> None:
    model = MLP(2, [4, 1], seed=0)
    model.layers[1] = Layer(3, 1, "linear", label="other")
    with pytest.raises(ValueError, match=r"^other.neuron1 needs 3 number\(s\), got 4"):
        model([1.0, 2.0])
