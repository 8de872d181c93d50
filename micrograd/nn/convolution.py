"""Layers that read windows: `Conv2d` and its pools over pictures, `Conv1d` over sequences; `Flatten` and `Unflatten` between.

A picture is a nest of numbers or Values by channel, row and column; a sequence is a list of frames, each a list.
"""

from __future__ import annotations

import random
import reprlib
from collections.abc import Sequence
from itertools import chain
from typing import Any

from micrograd import ops
from micrograd.arguments import whole_number
from micrograd.engine import Value
from micrograd.nn.modules import Module
from micrograd.nn.neurons import Layer, called, name_of
from micrograd.ops import Op

Picture = list[list[list[Value]]]


class Conv2d(Layer):
    """A layer of neurons that reads every window of size x size: the same weights at every place of a picture.

    picture[channel][row][column] -> map[feature][row][column], with size - 1 rows and columns less. The weights of a neuron
    stand in the order channel, row, column.

    Source: LeCun et al. 1989; as torch.nn.Conv2d without padding.

    >>> corner = Conv2d(1, 1, 2, "linear")
    >>> for weight, number in zip(corner.neurons[0].weights, [1.0, 0.0, 0.0, -1.0]):
    ...     weight.data = number
    >>> [[value.data for value in row] for row in corner([[[5, 0, 0], [0, 3, 0], [0, 0, 1]]])[0]]
    [[2.0, 0.0], [0.0, 2.0]]
    """

    def __init__(
        self,
        channels: int,
        features: int,
        size: int,
        activation: str | Op | None = "relu",
        *,
        label: str = "",
        generator: random.Random | None = None,
    ) -> None:
        self.channels = whole_number(channels, "the number of channels")
        self.size = whole_number(size, "the size of a window")
        super().__init__(channels * size * size, features, activation, label=label, generator=generator)

    def __call__(self, picture: Sequence[Any]) -> Picture:
        shown = picture_of(picture, self)
        if len(shown) != self.channels:
            raise ValueError(f"{called(self)} needs a picture of {self.channels} channel(s), got {len(shown)}")
        rows, columns = (length - self.size + 1 for length in (len(shown[0]), len(shown[0][0])))
        if rows < 1 or columns < 1:
            got = f"{len(shown[0])} x {len(shown[0][0])}"
            raise ValueError(f"{called(self)} reads windows of {self.size} x {self.size}, which a picture of {got} does not hold")
        read = [[self.outputs(window(shown, i, j, self.size)) for j in range(columns)] for i in range(rows)]
        return [[[values[feature] for values in line] for line in read] for feature in range(len(self.neurons))]

    def __repr__(self) -> str:
        activation = name_of(self.neurons[0].activation)
        return f"Conv2d({self.channels}, {len(self.neurons)}, {self.size}, {activation!r})"


class Conv1d(Layer):
    """A layer of neurons that reads every `size` frames of a sequence: a time-delay network.

    frames[time][feature] -> frames[time][feature], with (size - 1) * dilation frames less. Of every `dilation` frames of a window
    one is read. The weights of a neuron stand in the order time, feature.

    Source: Waibel et al. 1989; as torch.nn.Conv1d, which takes frames[feature][time].

    >>> change = Conv1d(1, 1, 2, "linear")
    >>> for weight, number in zip(change.neurons[0].weights, [-1.0, 1.0]):
    ...     weight.data = number
    >>> [frame[0].data for frame in change([[1], [4], [9]])]
    [3.0, 5.0]
    """

    def __init__(
        self,
        features: int,
        outputs: int,
        size: int,
        activation: str | Op | None = "relu",
        *,
        dilation: int = 1,
        label: str = "",
        generator: random.Random | None = None,
    ) -> None:
        self.features = whole_number(features, "the number of features")
        self.size = whole_number(size, "the size of a window")
        self.dilation = whole_number(dilation, "dilation")
        super().__init__(features * size, outputs, activation, label=label, generator=generator)

    def __call__(self, frames: Sequence[Any]) -> list[list[Value]]:
        heard = sequence_of(frames, self.features, self)
        reach = (self.size - 1) * self.dilation
        if len(heard) <= reach:
            raise ValueError(f"{called(self)} reads {reach + 1} frame(s) at once, and the sequence has {len(heard)}")
        return [
            self.outputs(list(chain.from_iterable(heard[time : time + reach + 1 : self.dilation])))
            for time in range(len(heard) - reach)
        ]

    def __repr__(self) -> str:
        activation = name_of(self.neurons[0].activation)
        dilation = f", dilation={self.dilation}" if self.dilation > 1 else ""
        return f"Conv1d({self.features}, {len(self.neurons)}, {self.size}, {activation!r}{dilation})"


class Pool2d(Module):
    """One number for each size x size square of each channel; a rest at the right and at the bottom is left out."""

    def __init__(self, size: int) -> None:
        self.size = whole_number(size, "the size of a square")

    def __call__(self, picture: Sequence[Any]) -> Picture:
        shown = picture_of(picture, self)
        rows, columns = len(shown[0]) // self.size, len(shown[0][0]) // self.size
        if not rows or not columns:
            got = f"{len(shown[0])} x {len(shown[0][0])}"
            raise ValueError(f"{called(self)} takes squares of {self.size} x {self.size}, which a picture of {got} does not hold")
        places = [[(i * self.size, j * self.size) for j in range(columns)] for i in range(rows)]
        return [[[self.of(window([channel], i, j, self.size)) for i, j in line] for line in places] for channel in shown]

    def of(self, values: list[Value]) -> Value:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.size})"


class MaxPool2d(Pool2d):
    """The largest number of each square. Equal ones share the gradient, as in torch.amax."""

    def of(self, values: list[Value]) -> Value:
        while len(values) > 1:  # in pairs, so that the graph is shallow
            pairs = zip(values[::2], values[1::2], strict=False)
            values = [ops.maximum(a, b) for a, b in pairs] + values[len(values) // 2 * 2 :]
        return values[0]


class AvgPool2d(Pool2d):
    """The mean of each square.

    >>> [[value.data for value in row] for row in AvgPool2d(2)([[[1, 2, 3], [3, 2, 3], [3, 3, 3]]])[0]]
    [[2.0]]
    """

    def of(self, values: list[Value]) -> Value:
        return ops.total(values) / len(values)


class Flatten(Module):
    """The numbers of a nest in a single list, in reading order."""

    def __call__(self, x: Any) -> list[Any]:
        flat, stack = [], [x]
        while stack:
            item = stack.pop()
            if isinstance(item, (list, tuple)):
                stack.extend(reversed(item))
            else:
                flat.append(item)
        return flat

    def __repr__(self) -> str:
        return "Flatten()"


class Unflatten(Module):
    """A list as a picture: so many channels, rows and columns, in reading order."""

    def __init__(self, channels: int, rows: int, columns: int) -> None:
        self.channels = whole_number(channels, "the number of channels")
        self.rows = whole_number(rows, "the number of rows")
        self.columns = whole_number(columns, "the number of columns")

    def __call__(self, x: Sequence[Any]) -> Picture:
        expected = self.channels * self.rows * self.columns
        if len(x) != expected:
            raise ValueError(f"{self!r} needs {expected} numbers, got {len(x)}: {reprlib.repr(x)}")
        values = values_of(x)
        lines = [values[start : start + self.columns] for start in range(0, expected, self.columns)]
        return [lines[start : start + self.rows] for start in range(0, len(lines), self.rows)]

    def __repr__(self) -> str:
        return f"Unflatten({self.channels}, {self.rows}, {self.columns})"


def window(picture: Sequence[Sequence[Sequence[Value]]], row: int, column: int, size: int) -> list[Value]:
    """What a square of the picture holds, in the order channel, row, column."""
    return [value for channel in picture for line in channel[row : row + size] for value in line[column : column + size]]


def values_of(numbers: Sequence[Any]) -> list[Value]:
    return [item if isinstance(item, Value) else Value(item, label=f"x{i}") for i, item in enumerate(numbers, start=1)]


def picture_of(picture: Any, owner: Any) -> Picture:
    """The picture with a Value in each place; an error unless it is channels of rows of equal lengths."""
    shown = picture.tolist() if hasattr(picture, "tolist") else picture
    if not is_nest(shown, 3):
        raise TypeError(f"{called(owner)} needs a picture, picture[channel][row][column], got {reprlib.repr(picture)}")
    shapes = {(len(channel), len(line)) for channel in shown for line in channel}
    if len(shapes) != 1:
        raise ValueError(f"{called(owner)} needs rows of one length in every channel, got {sorted(shapes)}")
    values = iter(values_of([item for channel in shown for line in channel for item in line]))
    return [[[next(values) for _ in line] for line in channel] for channel in shown]


def sequence_of(frames: Any, features: int, owner: Any) -> list[list[Value]]:
    """The frames with a Value in each place; an error unless each holds so many."""
    heard = frames.tolist() if hasattr(frames, "tolist") else frames
    if not is_nest(heard, 2):
        raise TypeError(f"{called(owner)} needs a sequence, frames[time][feature], got {reprlib.repr(frames)}")
    for number, frame in enumerate(heard, start=1):
        if len(frame) != features:
            raise ValueError(f"{called(owner)} needs frames of {features} number(s), and frame {number} has {len(frame)}")
    values = iter(values_of([item for frame in heard for item in frame]))
    return [[next(values) for _ in frame] for frame in heard]


def is_nest(x: Any, depth: int) -> bool:
    """Whether x is lists within lists, so deep, none of them empty."""
    if not isinstance(x, (list, tuple)) or not x:
        return False
    return depth == 1 or all(is_nest(item, depth - 1) for item in x)
