"""Modules and functions one after the other."""

from typing import Any

import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.nn import AvgPool2d, Conv1d, Conv2d, Flatten, Layer, Sequential, Unflatten
from tests.nn.layers import numbers_in
from tests.nn.networks import gradients_of, set_parameters


def test_each_layer_reads_what_the_one_before_it_gives() -> None:
    model = Sequential(Layer(1, 2, "relu"), lambda hidden: [2.0 * value for value in hidden], Layer(2, 2, "linear"))
    set_parameters(model, 3.0, 0.0, -1.0, 0.0, 1.0, 10.0, 0.5, 100.0, 0.0, 0.0)
    first, second = model([2.0])
    assert [first.data, second.data] == [2.0 * (3.0 * 2.0) + 0.5, 100.0 * 2.0 * (3.0 * 2.0)]
    first.backward()
    assert gradients_of(model) == [2.0 * 2.0, 2.0, 0.0, 0.0, 2.0 * 6.0, 0.0, 1.0, 0.0, 0.0, 0.0]


def test_an_operation_on_a_list_stands_in_it_too() -> None:
    assert Sequential(Flatten(), ops.total)([[1.0], [2.0]]) == 3.0


@pytest.mark.parametrize("width", [1, 2])
def test_layers_chain_through_one_of_a_single_neuron_and_end_as_the_last_one_does(width: int) -> None:
    model = Sequential(Layer(2, 1, "tanh"), Layer(1, 1, "tanh"), Layer(1, width, "linear"))
    output = model([0.5, -1.0])
    assert isinstance(output, Value if width == 1 else list)  # by hand a layer of one neuron gives the bare Value
    by_hand = model.layers[0]([0.5, -1.0])
    for layer in model.layers[1:]:
        by_hand = layer([by_hand])
    assert numbers_in(output) == numbers_in(by_hand)


def test_a_list_of_one_is_not_taken_for_a_layer_of_one_neuron() -> None:
    assert numbers_in(Sequential(Unflatten(1, 1, 1), Flatten())([3.0])) == [3.0]
    frames = Sequential(Conv1d(1, 1, 2, "linear"), lambda frames: [frame[0] for frame in frames])([[1.0], [2.0]])
    assert isinstance(frames, list)


def test_a_whole_network_of_pictures_by_hand() -> None:
    model = Sequential(Unflatten(1, 3, 3), Conv2d(1, 1, 2, "relu"), AvgPool2d(2), Flatten(), Layer(1, 1, "linear"))
    set_parameters(model, 1.0, 0.0, 0.0, -1.0, 0.0, 2.0, 0.5)
    output = model([9.0, 0.0, 1.0, 0.0, 3.0, 0.0, 7.0, 0.0, 1.0])
    # The windows give 9 - 3, 0 - 0, 0 - 0 and 3 - 1; their mean is 8 / 4.
    assert output.data == 2.0 * (8.0 / 4.0) + 0.5
    output.backward()
    # Two windows are above 0; each has a quarter of 2, times 9 and 3 for the first weight, and 3 and 1 for the last.
    assert gradients_of(model) == [
        0.5 * (9.0 + 3.0),
        0.5 * (0.0 + 0.0),
        0.5 * (0.0 + 0.0),
        0.5 * (3.0 + 1.0),
        0.5 * 2.0,
        2.0,
        1.0,
    ]


def test_parts_are_numbered_functions_too() -> None:
    model = Sequential(Flatten(), Layer(1, 1), lambda x: x, Layer(1, 1))
    assert list(model.state_dict()) == ["layer2.neuron1.w1", "layer2.neuron1.b", "layer4.neuron1.w1", "layer4.neuron1.b"]
    assert repr(Sequential(Flatten(), Layer(1, 2))) == "Sequential(Flatten(), Layer(1, 2, 'relu'))"


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ((), ValueError, r"^a Sequential needs at least one layer, such as nn\.Layer\(2, 1\)$"),
        ((Flatten(), 3), TypeError, "^a Sequential needs modules and functions of what .*, and number 2 is 3$"),
        (([Flatten(), Flatten()],), TypeError, r"and number 1 is \[Flatten\(\), Flatten\(\)\]; write Sequential\(\*layers\)$"),
        ((Flatten,), TypeError, r"and number 1 is <class .*>; write its arguments behind it, such as Layer\(2, 1\)$"),
        ((Layer(2, 1), ops.tanh), TypeError, r'number 2 is <Op tanh>, of one number; write Layer\(2, 1, "tanh"\), or a function'),
    ],
)
def test_what_is_no_layer_is_refused(layers: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Sequential(*layers)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Sequential(Layer(2, 3), Layer(4, 1)), r"^layer2 needs 4 number\(s\), got 3"),
        (Sequential(Unflatten(1, 1, 2), Conv2d(1, 1, 2)), r"^layer2 reads windows of 2 x 2, and the picture is 1 x 2"),
        (Sequential(Unflatten(1, 1, 2), Layer(2, 1)), r"^layer2 needs .*, got 1 list\(s\) within a list; put nn\.Flatten"),
        (
            Sequential(lambda x: [[number] for number in x], Conv1d(1, 3, 1), Layer(6, 1)),
            r"^layer3 needs a list of 6 number\(s\), got 2 list\(s\) within a list; put nn\.Flatten\(\) before it$",
        ),
        (Sequential(Layer(2, 4), Conv2d(1, 1, 2)), r"^layer2 needs a picture, .*; nn\.Unflatten\(channels, rows, columns\)"),
        (Sequential(Unflatten(1, 2, 2)), r"^layer1 needs 4 number\(s\), got 2"),
    ],
)  # fmt: skip
def test_layers_that_do_not_fit_each_other_are_named(model: Sequential, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        model([1.0, 2.0])
