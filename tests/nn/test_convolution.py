"""Layers that read windows, and what stands between them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.nn import AvgPool2d, Conv1d, Conv2d, Flatten, Layer, MaxPool2d, Module, Unflatten, values_within
from tests.nn.layers import numbers_in
from tests.nn.networks import gradients_of, set_parameters


def leaves_of(nest: Any) -> Any:
    return [leaves_of(part) for part in nest] if isinstance(nest, list) else Value(nest)


def gradients_in(nest: Any) -> Any:
    return [gradients_in(part) for part in nest] if isinstance(nest, list) else nest.grad


def test_a_window_gives_its_weighted_sum_and_a_weight_has_a_share_of_the_gradient_from_each() -> None:
    conv = Conv2d(1, 1, 2, "linear")
    set_parameters(conv, 1.0, 2.0, 3.0, 4.0, 0.5)
    picture = leaves_of([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    ((left, right),) = conv(picture)[0]
    assert left.data == 1.0 * 1.0 + 2.0 * 2.0 + 3.0 * 4.0 + 4.0 * 5.0 + 0.5
    assert right.data == 1.0 * 2.0 + 2.0 * 3.0 + 3.0 * 5.0 + 4.0 * 6.0 + 0.5
    (10.0 * left + right).backward()
    shares = [10.0 * 1.0 + 2.0, 10.0 * 2.0 + 3.0, 10.0 * 4.0 + 5.0, 10.0 * 5.0 + 6.0]
    assert gradients_of(conv) == [*shares, 10.0 + 1.0]
    assert gradients_in(picture) == [[[10.0, 20.0 + 1.0, 2.0], [30.0, 40.0 + 3.0, 4.0]]]


def test_parameters_are_listed_feature_by_feature_in_the_order_channel_row_column_and_then_the_bias() -> None:
    conv = Conv2d(2, 2, 2, "linear")
    assert len(conv.parameters()) == 2 * (2 * 2 * 2 + 1)
    set_parameters(conv, *[0.0] * 9, *[10.0**place for place in range(8)], 0.0)
    picture = [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]
    assert numbers_in(conv(picture)) == [[[0.0]], [[87654321.0]]]
    labels = [parameter.label for parameter in conv.parameters()]
    assert labels == [f"neuron{i}.{name}" for i in (1, 2) for name in [*(f"w{k}" for k in range(1, 9)), "b"]]


def test_a_convolution_is_one_layer_moved_over_the_picture() -> None:
    conv, layer = Conv2d(1, 3, 2, "tanh"), Layer(4, 3, "tanh")
    layer.load_state_dict(conv.state_dict())
    picture = [[0.5, -1.0, 2.0], [1.5, 0.0, -0.5], [-2.0, 1.0, 0.25]]
    maps = numbers_in(conv([picture]))
    for i in range(2):
        for j in range(2):
            seen = [picture[i][j], picture[i][j + 1], picture[i + 1][j], picture[i + 1][j + 1]]
            assert [feature[i][j] for feature in maps] == numbers_in(layer(seen))


def test_a_sequence_is_read_by_windows_of_frames_that_are_a_dilation_apart() -> None:
    conv = Conv1d(1, 1, 2, "linear", dilation=2)
    set_parameters(conv, 5.0, 7.0, 0.5)
    first, second = conv([[1.0], [2.0], [3.0], [4.0]])
    assert [first[0].data, second[0].data] == [5.0 * 1.0 + 7.0 * 3.0 + 0.5, 5.0 * 2.0 + 7.0 * 4.0 + 0.5]
    (first[0] + 10.0 * second[0]).backward()
    assert gradients_of(conv) == [1.0 + 10.0 * 2.0, 3.0 + 10.0 * 4.0, 1.0 + 10.0]


def test_the_weights_of_a_window_of_frames_stand_in_the_order_time_channel() -> None:
    conv = Conv1d(2, 1, 2, "linear")
    set_parameters(conv, 1.0, 10.0, 100.0, 1000.0, 0.0)
    assert numbers_in(conv([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])) == [[4321.0], [6543.0]]


def test_shifted_sound_gives_shifted_evidence() -> None:
    conv, sound = Conv1d(1, 2, 2, "tanh"), [[0.1], [0.7], [-0.3]]
    silence = [[0.0]] * 2
    assert numbers_in(conv(sound)) == numbers_in(conv([*silence, *sound]))[2:]


def test_a_square_gives_its_mean_and_a_rest_is_left_out() -> None:
    picture = leaves_of([[[1.0, 2.0, 9.0], [3.0, 6.0, 9.0], [9.0, 9.0, 9.0]]])
    ((output,),) = AvgPool2d(2)(picture)[0]
    assert output.data == (1.0 + 2.0 + 3.0 + 6.0) / 4.0
    output.backward()
    assert gradients_in(picture) == [[[0.25, 0.25, 0.0], [0.25, 0.25, 0.0], [0.0, 0.0, 0.0]]]


@pytest.mark.parametrize(
    ("square", "shares"),
    [
        ([1.0, 4.0, 2.0, 3.0], [0.0, 1.0, 0.0, 0.0]),
        ([4.0, 4.0, 2.0, 3.0], [0.5, 0.5, 0.0, 0.0]),
        ([1.0, 4.0, 2.0, 4.0], [0.0, 0.5, 0.0, 0.5]),
        ([4.0, 4.0, 4.0, 3.0], [0.25, 0.25, 0.5, 0.0]),  # in halves, pair by pair
        ([0.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]),
    ],
    ids=str,
)
def test_the_largest_of_a_square_has_the_gradient_and_equal_ones_share_it(square: list[float], shares: list[float]) -> None:
    picture = leaves_of([[square[:2], square[2:]]])
    ((output,),) = MaxPool2d(2)(picture)[0]
    assert output.data == max(square)
    output.backward()
    assert gradients_in(picture) == [[shares[:2], shares[2:]]]


def test_the_largest_of_a_large_square_is_found_by_a_shallow_tree() -> None:
    picture = [[[float(7 * (3 * row + column) % 11) for column in range(3)] for row in range(3)]]
    ((output,),) = MaxPool2d(3)(picture)[0]
    assert output.data == 10.0
    depth = 0
    while output.parents:
        output, depth = output.parents[0], depth + 1
    assert depth == 4  # 9, 5, 3, 2, 1


def test_each_channel_is_pooled_by_itself() -> None:
    assert numbers_in(MaxPool2d(1)([[[1, 2]], [[3, 4]]])) == [[[1.0, 2.0]], [[3.0, 4.0]]]
    assert numbers_in(AvgPool2d(2)([[[1, 1], [1, 1]], [[2, 2], [4, 4]]])) == [[[1.0]], [[3.0]]]


def test_flattening_and_unflattening_keep_the_values_themselves_in_reading_order() -> None:
    values = [Value(float(k)) for k in range(12)]
    picture = Unflatten(2, 3, 2)(values)
    assert numbers_in(picture) == [[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], [[6.0, 7.0], [8.0, 9.0], [10.0, 11.0]]]
    assert Flatten()(picture) == values
    assert Flatten()([1.0, [values[0], [[2.0]], []], (np.array([[3.0, 4.0]]),)]) == [1.0, values[0], 2.0, 3.0, 4.0]


PICTURE: list[Any] = [[[1.0, 2.0, 0.0], [3.0, 4.0, 5.0]]]


@pytest.mark.parametrize(
    "picture",
    [
        PICTURE,
        np.array(PICTURE),
        [np.array(PICTURE[0])],
        [[np.array(row) for row in PICTURE[0]]],
        (tuple(map(tuple, PICTURE[0])),),
        leaves_of(PICTURE),
        [[[1, Value(2.0), False], [3.0, 4.0, np.float32(5.0)]]],
    ],
    ids=["lists", "array", "list of arrays", "rows of arrays", "tuples", "Values", "mixed"],
)
def test_a_picture_is_a_nest_or_an_array_of_numbers_and_values(picture: Any) -> None:
    conv = Conv2d(1, 1, 2, "linear")
    set_parameters(conv, 1.0, 10.0, 100.0, 1000.0, 0.0)
    assert numbers_in(conv(picture)) == [[[4321.0, 5402.0]]]
    assert numbers_in(MaxPool2d(2)(picture)) == [[[4.0]]]


def test_the_numbers_of_a_picture_are_labelled_in_reading_order() -> None:
    ((output,),) = AvgPool2d(2)([[[1.0, Value(2.0, label="pixel")], [3.0, 4.0]]])[0]
    assert [parent.label for parent in output.parents[0].parents] == ["x1", "pixel", "x3", "x4"]


GRID: list[Any] = [[0.0] * 4] * 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2d(1, 2, 3)([GRID, GRID]), r"^Conv2d.* needs a picture of 1 channel\(s\), got 2; give it as many$"),
        (lambda: Conv2d(1, 2, 5)([GRID]), r"reads windows of 5 x 5, and the picture is 4 x 4; make the windows smaller$"),
        (lambda: Conv2d(1, 2, 2, label="eye")([GRID[:1]]), r"^eye reads windows of 2 x 2, and the picture is 1 x 4"),
        (lambda: MaxPool2d(5)([GRID]), r"^MaxPool2d\(5\) reads windows of 5 x 5, and the picture is 4 x 4"),
        (lambda: AvgPool2d(2)([[[1.0, 2.0], [3.0]]]), r"row 2 of channel 1 is \[3\.0\]; give it 2 number\(s\), as the first "),
        (lambda: AvgPool2d(2)([GRID, [[0.0] * 4] * 3]), r"channel 2 is .*; give it 4 row\(s\), as channel 1 has$"),
        (lambda: AvgPool2d(2)([[[1.0, 2.0], 3.0]]), r"row 2 of channel 1 is 3\.0; give it 2 number"),
        (lambda: AvgPool2d(2)([]), r"^AvgPool2d\(2\) needs a picture, .*, got \[\]; an empty list has nothing to read$"),
        (lambda: AvgPool2d(2)([[[]]]), r"an empty list has nothing to read$"),
        (lambda: Conv1d(1, 2, 3, dilation=2)([[0.0]] * 4), "needs 5 frames or more, got 4; give it a longer sequence"),
        (lambda: Conv1d(2, 1, 1)([[1.0, 2.0], [3.0]]), r"with 2 number\(s\) each, and frame 2 is \[3\.0\]; give every"),
        (lambda: Conv1d(2, 1, 1)([[1.0, 2.0], 3.0]), r"with 2 number\(s\) each, and frame 2 is 3\.0; give every frame"),
        (lambda: Conv1d(2, 1, 1)([]), r"^Conv1d.* needs a sequence, .*, got \[\]; an empty list has nothing"),
        (lambda: Unflatten(1, 2, 2)([0.0] * 5), r"^Unflatten\(1, 2, 2\) needs 4 number\(s\), got 5: "),
        (lambda: Conv2d(1, 2, 0), r"^the size of a window needs to be a whole number from 1 upwards, got 0$"),
        (lambda: Conv2d(1.5, 2, 3), r"^the number of channels needs to be a whole number"),  # type: ignore[arg-type]
        (lambda: Conv1d(1, 2, 3, dilation=0), r"^dilation needs to be a whole number from 1 upwards, got 0$"),
        (lambda: Unflatten(1, 0, 3), r"^the number of rows needs to be a whole number"),
    ],
)  # fmt: skip
def test_a_size_that_does_not_fit_names_the_layer_and_what_to_do(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "x", "advice"),
    [
        (Conv2d(1, 1, 2), GRID, r"a picture of one channel is \[rows\]$"),
        (Conv2d(1, 1, 2), [0.0] * 16, r"nn\.Unflatten\(channels, rows, columns\) before it makes a picture of a list$"),
        (Conv2d(1, 1, 2), [[GRID], [GRID]], r"a model takes one picture: write \[model\(picture\) for picture in pictures\]$"),
        (AvgPool2d(2), 3.0, "got 3.0; put it in brackets$"),
        (AvgPool2d(2), "picture", "got 'picture'; put it in brackets$"),
        (AvgPool2d(2), [[[GRID]]], r"needs a picture, picture\[channel\]\[row\]\[column\], got \[\[\[\[\["),
        (Conv1d(1, 1, 2), [1.0, 2.0], "put each frame in brackets$"),
        (Conv1d(1, 1, 2), [[[1.0]], [[2.0]]], r"a model takes one sequence: write \[model\(frames\) for frames in sequences\]$"),
        (Layer(16, 1), [GRID], r"needs a list of 16 number\(s\), got 1 list\(s\) within a list; put nn\.Flatten\(\) before it$"),
        (Unflatten(1, 4, 4), GRID, r"^a model takes one row, and Unflatten\(1, 4, 4\) got a list of 4; write "),
        (AvgPool2d(2), [[["a", 1.0], [1.0, 1.0]]], "a Value holds one real number, got 'a'"),
    ],
)  # fmt: skip
def test_a_nest_that_is_not_as_deep_as_needed_is_told_what_to_do(layer: Module, x: Any, advice: str) -> None:
    with pytest.raises(TypeError, match=advice):
        layer(x)


def test_gradients_reach_every_number_of_a_picture_through_two_convolutions() -> None:
    picture = leaves_of([[[0.1 * (row + column) for column in range(4)] for row in range(4)]])
    first, second = Conv2d(1, 2, 2, "tanh"), Conv2d(2, 1, 2, "tanh")
    ops.total(list(values_within(second(first(picture))))).backward()
    assert all(leaf.grad != 0.0 for leaf in values_within(picture))
    assert all(gradient != 0.0 for gradient in [*gradients_of(first), *gradients_of(second)])
