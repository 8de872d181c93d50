"""What other libraries call the parts of a network: it works, or the error has the right word."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd import nn
from micrograd.engine import Value
from micrograd.nn import MLP, Attention, Conv2d, Layer, LSTMCell, MaxPool2d, Module, Neuron
from micrograd.words import MODULE, NN

neuron: Any = Neuron
layer: Any = Layer
network: Any = MLP
conv: Any = Conv2d
pool: Any = MaxPool2d
cell: Any = LSTMCell
attention: Any = Attention


@pytest.mark.parametrize("name", NN)
def test_the_module_knows_the_words_of_others(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^micrograd.nn has no {name}: \\w+"):
        getattr(nn, name)


@pytest.mark.parametrize("name", MODULE)
def test_a_model_knows_the_words_of_others(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^MLP has no {name}: \\w+"):
        getattr(MLP(1, [1]), name)


def test_no_word_is_advised_against_that_works() -> None:
    assert not [name for name in NN if name in vars(nn)]
    assert not [name for name in MODULE if hasattr(Module, name)]


def test_what_a_model_does_not_have_is_an_attribute_error_as_ever() -> None:
    with pytest.raises(AttributeError, match=r"^'MLP' object has no attribute 'colour'$"):
        getattr(network(1, [1]), "colour")  # noqa: B009
    assert not hasattr(MLP(1, [1]), "colour")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: neuron(5, nonlin=False), '^Neuron has no nonlin: write activation="linear" for none'),
        (lambda: layer(2, 3, nonlin=True), '^Layer has no nonlin: write activation="linear" for none'),
        (lambda: network(2, [3, 1], nonlin=True), '^MLP has no nonlin: write activation="linear" for none'),
        (lambda: neuron(5, size=3), "^Neuron has no size: it takes inputs, activation, outputs, label, generator$"),
        (lambda: layer(in_features=2, out_features=3), "^Layer has no in_features: write inputs=2$"),
        (lambda: layer(2, 3, bias=False), "^Layer has no bias: every neuron has one; give the optimizer the other parameters"),
        (lambda: conv(in_channels=1), "^Conv2d has no in_channels: write channels=1$"),
        (lambda: conv(1, out_channels=8), "^Conv2d has no out_channels: write features=8$"),
        (lambda: conv(1, 8, kernel_size=3), "^Conv2d has no kernel_size: write size=3$"),
        (lambda: conv(1, 8, 3, padding=1), "^Conv2d has no padding: put rows and columns of 0 around the picture"),
        (lambda: conv(1, 8, 3, stride=2), "^Conv2d has no stride: a window of a convolution moves by 1"),
        (lambda: conv(1, 8, 3, dilation=2), "^Conv2d has no dilation: there is none; Conv1d alone has it$"),
        (lambda: pool(kernel_size=2), "^MaxPool2d has no kernel_size: write size=3$"),
        (lambda: pool(2, 2), "^MaxPool2d takes size, got 2: its squares lie side by side; leave the stride out$"),
        (lambda: cell(2, 3, "relu"), "^LSTMCell takes inputs and size, got 3$"),
        (lambda: cell(2, hidden_size=3), "^LSTMCell has no hidden_size: write size=16$"),
        (lambda: cell(2, 3, nonlinearity="relu"), "^LSTMCell has no nonlinearity: it is always tanh; leave it out$"),
        (lambda: cell(2, 3, num_layers=2), "^LSTMCell has no num_layers: write one cell for each layer"),
        (lambda: attention(8, num_heads=2), "^Attention has no num_heads: an Attention is one head; make several"),
    ],
)
def test_an_argument_that_there_is_not_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make()


def test_a_module_of_ones_own_takes_the_arguments_that_it_says() -> None:
    class Own(Module):
        def __init__(self, nonlin: bool, **others: int) -> None:
            self.nonlin, self.others = nonlin, others

    assert Own(nonlin=True, nin=3).others == {"nin": 3}


def test_whether_a_neuron_is_linear_is_no_boolean() -> None:
    with pytest.raises(ValueError, match=r'^there is no activation False; write "linear" for none, "relu" for max\(0, x\)$'):
        Neuron(5, False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("ReLU", "relu"), ("relU", "relu"), ("LeakyReLU", "leaky_relu"), ("GELU", "gelu"), ("Tanh", "tanh"), (None, "linear")],
)
def test_an_activation_is_known_however_it_is_spelled(spelled: str | None, name: str) -> None:
    assert repr(MLP(2, [3, 1], spelled)) == repr(MLP(2, [3, 1], name))


def test_w_and_b_are_the_names_of_micrograd_0_1_0() -> None:
    one = Neuron(2)
    assert one.w is one.weights
    assert one.b is one.bias
    assert len(one.parameters()) == 3


@pytest.mark.parametrize(
    "rows",
    [[[0.0, 1.0], [1.0, 0.0]], ((0.0, 1.0),), np.zeros((2, 2)), [np.zeros(2)], np.zeros((1, 2)), [[Value(0.0), Value(1.0)]]],
    ids=["lists", "tuples", "array", "list of arrays", "one row", "Values"],
)
@pytest.mark.parametrize("model", [Neuron(2), Layer(2, 2), MLP(2, [2, 1])], ids=["neuron", "layer", "network"])
def test_a_batch_is_told_to_be_given_row_by_row(rows: Any, model: Module) -> None:
    message = rf"^a model takes one row, and .* got a list of {len(rows)}; write \[model\(row\) for row in rows\]$"
    with pytest.raises(TypeError, match=message):
        model(rows)


@pytest.mark.parametrize(
    "row", [[True, False], np.array([True, False]), np.array([1.0, 0.0]) > 0.5], ids=["list", "array", "mask"]
)
def test_truth_values_are_ones_and_zeros(row: Any) -> None:
    model = MLP(2, [3, 1], seed=0)
    assert model(row).data == model([1.0, 0.0]).data


def test_a_state_of_many_strange_labels_is_a_short_error() -> None:
    state = dict.fromkeys(map(str, range(100_000)), 0.0)
    one = Neuron(1)
    with pytest.raises(ValueError, match=r"^the model has no parameter '0', '1', '2', '3' and 99996 more; load it into"):
        one.load_state_dict({**one.state_dict(), **state})
    with pytest.raises(ValueError, match=r"^the state has no number for 'neuron1.w1', .* and 196 more; load it into"):
        Layer(1, 100).load_state_dict({})
    with pytest.raises(ValueError, match=r"^the model has no parameter '\\x1b\[31mred'; load it into"):
        one.load_state_dict({**one.state_dict(), "\x1b[31mred": 0.0})
    with pytest.raises(ValueError, match="longlong") as caught:
        one.load_state_dict({**one.state_dict(), "long" * 1000: 0.0})
    assert len(str(caught.value)) < 200


def test_the_error_of_a_property_stays_what_it_is() -> None:
    class Scaled(Module):
        @property
        def scale(self) -> Any:
            return self.nowhere  # type: ignore[attr-defined]

    with pytest.raises(AttributeError, match=r"^'Scaled' object has no attribute 'nowhere'$"):
        Scaled().scale  # noqa: B018
