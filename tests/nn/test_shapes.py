"""The widths and activations of which a network is made."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

from micrograd import ops
from micrograd.nn import MLP, Conv1d, Layer, Module, Neuron
from micrograd.ops import Op
from tests.nn.networks import CUBE, gradients_of, set_parameters


@pytest.mark.parametrize("width", [0, -1, 2.0, "3", None], ids=repr)
def test_a_width_that_is_not_a_whole_number_from_one_upwards_is_refused(width: Any) -> None:
    with pytest.raises(ValueError, match=f"the number of inputs needs to be a whole number from 1 upwards, got {width!r}"):
        MLP(width, [1])
    with pytest.raises(ValueError, match=f"the width of layer2 needs to be a whole number from 1 upwards, got {width!r}"):
        MLP(1, [2, width, 1])


@pytest.mark.parametrize("widths", [[], (), 4, None], ids=repr)
def test_a_network_needs_the_widths_of_its_layers(widths: Any) -> None:
    with pytest.raises(
        ValueError, match=r"then a list with the width of each layer, such as MLP\(2, \[16, 16, 1\]\); got MLP\(2, "
    ):
        MLP(2, widths)


def test_widths_without_the_number_of_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"needs the number of inputs and then a list .*; got MLP\(\[2, 3, 1\], \(\)\)"):
        MLP([2, 3, 1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda name: Neuron(2, name),
        lambda name: Layer(2, 2, name),
        lambda name: MLP(2, [2, 1], name),
        lambda name: MLP(2, [1], name),
    ],
    ids=["neuron", "layer", "network", "network of one linear layer"],
)
def test_an_unknown_activation_lists_those_that_exist(make: Callable[[str], Module]) -> None:
    names = "linear, relu, leaky_relu, gelu, silu, softplus, sigmoid, tanh, sin"
    with pytest.raises(ValueError, match=f"^there is no activation 'rellu'; choose from {names}, or pass an Op$"):
        make("rellu")


@pytest.mark.parametrize("op", [ops.add, ops.atan2], ids=lambda op: op.symbol)
def test_an_activation_takes_one_number(op: Op) -> None:
    with pytest.raises(ValueError, match=rf"an activation takes one number, and {re.escape(op.symbol)} takes 2"):
        Neuron(2, op)


def test_an_op_of_ones_own_is_an_activation() -> None:
    neuron = Neuron(2, CUBE)
    set_parameters(neuron, 1.0, -2.0, 3.0)
    output = neuron([4.0, 2.5])
    output.backward()
    z = 1.0 * 4.0 - 2.0 * 2.5 + 3.0  # 2
    assert output.data == z**3
    assert gradients_of(neuron) == [3.0 * z * z * 4.0, 3.0 * z * z * 2.5, 3.0 * z * z]


def test_an_activation_may_be_named_or_passed_as_its_row() -> None:
    assert MLP(1, [3, 1], "sin", seed=0)([0.5]).data == MLP(1, [3, 1], ops.sin, seed=0)([0.5]).data


def test_numpy_integers_are_whole_numbers() -> None:
    np = pytest.importorskip("numpy")
    assert repr(MLP(np.int64(2), [np.int64(3), 1], seed=np.int64(0))) == "MLP(2, [3, 1], activation='relu')"


def test_help_shows_the_arguments_of_a_layer() -> None:
    taken = str(inspect.signature(Conv1d))
    assert taken.startswith("(channels: 'int', features: 'int', size: 'int', activation: 'str | Op | None' = 'relu', *, dilation")
    assert str(inspect.signature(Module)) == "()"
