"""The parameters of a module: which they are, what they are called, and that they are found wherever it keeps them."""

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Module, Neuron
from tests.nn.networks import gradients_of


@pytest.mark.parametrize(
    ("inputs", "widths", "count"),
    [
        (2, [16, 16, 1], (2 + 1) * 16 + (16 + 1) * 16 + (16 + 1)),
        (1, [1], 2),
        (3, [5, 2], (3 + 1) * 5 + (5 + 1) * 2),
    ],
)
def test_a_network_has_a_weight_per_input_and_a_bias_per_neuron(inputs: int, widths: list[int], count: int) -> None:
    assert len(MLP(inputs, widths).parameters()) == count


def test_parameters_are_labelled_by_layer_neuron_and_weight_in_the_order_of_parameters() -> None:
    assert [parameter.label for parameter in MLP(2, [2, 1]).parameters()] == [
        "layer1.neuron1.w1",
        "layer1.neuron1.w2",
        "layer1.neuron1.b",
        "layer1.neuron2.w1",
        "layer1.neuron2.w2",
        "layer1.neuron2.b",
        "layer2.neuron1.w1",
        "layer2.neuron1.w2",
        "layer2.neuron1.b",
    ]


def test_a_neuron_or_layer_by_itself_has_labels_without_a_prefix() -> None:
    assert list(Neuron(2).named_parameters()) == ["w1", "w2", "b"]
    assert list(Layer(1, 2).named_parameters()) == ["neuron1.w1", "neuron1.b", "neuron2.w1", "neuron2.b"]


def test_zero_grad_sets_every_gradient_to_zero_so_that_backward_starts_afresh() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    model([0.5, -1.0]).backward()
    once = gradients_of(model)
    model.zero_grad()
    assert gradients_of(model) == [0.0] * 13
    model([0.5, -1.0]).backward()
    assert gradients_of(model) == once


class Everywhere(Module):
    """Parameters in every place where a module may keep them."""

    def __init__(self) -> None:
        self.name = "not a parameter"
        self.size = 3
        self.nothing = None
        self.attribute = Value(1.0, label="attribute")
        self.listed = [Value(2.0, label="list 1"), [Value(3.0, label="list in list")]]
        self.tupled = (Value(4.0, label="tuple"), "text", 5.0)
        self.mapped = {"a": Value(6.0, label="dict"), "b": {"c": [Value(7.0, label="list in dict in dict")]}}
        self.module = Neuron(1, label="neuron")
        self.modules = [Layer(1, 1, label="layer"), {"deep": Neuron(1, label="deep")}]
        self.again = self.attribute

    def __call__(self, x: Value) -> Value:
        return self.attribute * x


def test_parameters_are_found_in_attributes_lists_tuples_dictionaries_and_modules_each_once() -> None:
    assert [parameter.label for parameter in Everywhere().parameters()] == [
        "attribute",
        "list 1",
        "list in list",
        "tuple",
        "dict",
        "list in dict in dict",
        "neuron.w1",
        "neuron.b",
        "layer.neuron1.w1",
        "layer.neuron1.b",
        "deep.w1",
        "deep.b",
    ]


def test_a_module_of_ones_own_is_called_zeroed_saved_and_loaded_like_any_other() -> None:
    model, other = Everywhere(), Everywhere()
    model(Value(5.0)).backward()
    assert model.attribute.grad == 5.0
    model.zero_grad()
    assert model.attribute.grad == 0.0
    model.attribute.data = -8.0
    other.load_state_dict(model.state_dict())
    assert other.attribute.data == -8.0


def test_a_module_without_call_says_what_to_write() -> None:
    class Silent(Module):
        pass

    with pytest.raises(TypeError, match=r"^Silent needs a method __call__\(x\) that gives its output$"):
        Silent()([1.0])


def test_parameters_in_a_numpy_array_are_found() -> None:
    class Affine(Module):
        def __init__(self) -> None:
            self.weights = np.array([[Value(1.0, label="w1"), Value(2.0, label="w2")]])
            self.scale = np.float64(3.0)

    assert [parameter.label for parameter in Affine().parameters()] == ["w1", "w2"]


def test_a_module_may_know_the_one_that_holds_it() -> None:
    layer = Layer(1, 1)
    vars(layer.neurons[0])["home"] = layer
    assert len(layer.parameters()) == 2
