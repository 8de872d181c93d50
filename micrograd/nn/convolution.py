"""Layers that read windows: `Conv2d` and its pools over pictures, `Conv1d` over sequences; `Flatten` and `Unflatten` between.

A picture is a nest of numbers or Values by channel, row and column; a sequence is a list of frames, each a list.
"""

from __future__ import annotations

import random
from abc import abstractmethod
from itertools import chain
from typing import Any

from micrograd import ops
from micrograd.arguments import whole_number
from micrograd.engine import Value
from micrograd.nn.inputs import Frames, Nest, Picture, Row, as_nest, called, input_values, is_list, picture_of, sequence_of
from micrograd.nn.modules import Module
from micrograd.nn.neurons import Layer, name_of
from micrograd.ops import Op


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
        super().__init__(self.channels * self.size**2, features, activation, label=label, generator=generator)

    def __call__(self, picture: Nest) -> Picture:  # type: ignore[override]  # a picture of outputs
        shown = picture_of(picture, self)
        if len(shown) != self.channels:
            raise ValueError(f"{called(self)} needs a picture of {self.channels} channel(s), got {len(shown)}; give it as many")
        rows, columns = (length - self.size + 1 for length in (len(shown[0]), len(shown[0][0])))
        if rows < 1 or columns < 1:
            raise too_small(self, shown)
        read = [[self.outputs(window(shown, i, j, self.size)) for j in range(columns)] for i in range(rows)]
        return [[[values[feature] for values in row] for row in read] for feature in range(len(self.neurons))]

    def __repr__(self) -> str:
        activation = name_of(self.neurons[0].activation)
        return f"Conv2d({self.channels}, {len(self.neurons)}, {self.size}, {activation!r})"


class Conv1d(Layer):
    """A layer of neurons that reads every `size` frames of a sequence: a time-delay network.

    frames[time][channel] -> frames[time][feature], with (size - 1) * dilation frames less: the frames of a window are
    `dilation` apart. The weights of a neuron stand in the order time, channel.

    Source: Waibel et al. 1989; as torch.nn.Conv1d without padding, which takes frames[channel][time].

    >>> change = Conv1d(1, 1, 2, "linear")
    >>> for weight, number in zip(change.neurons[0].weights, [-1.0, 1.0]):
    ...     weight.data = number
    >>> [frame[0].data for frame in change([[1], [4], [9]])]
    [3.0, 5.0]
    """

    def __init__(
        self,
        channels: int,
        features: int,
        size: int,
        activation: str | Op | None = "relu",
        *,
        dilation: int = 1,
        label: str = "",
        generator: random.Random | None = None,
    ) -> None:
        self.channels = whole_number(channels, "the number of channels")
        self.size = whole_number(size, "the size of a window")
        self.dilation = whole_number(dilation, "dilation")
        super().__init__(self.channels * self.size, features, activation, label=label, generator=generator)

    def __call__(self, frames: Nest) -> Frames:  # type: ignore[override]  # outputs in a row
        heard = sequence_of(frames, self.channels, self)
        reach = (self.size - 1) * self.dilation
        if len(heard) <= reach:
            need = f"{called(self)} needs {reach + 1} frames or more, got {len(heard)}"
            raise ValueError(f"{need}; give it a longer sequence, or make its windows smaller")
        windows = (heard[time : time + reach + 1 : self.dilation] for time in range(len(heard) - reach))
        return [self.outputs(list(chain.from_iterable(frames))) for frames in windows]

    def __repr__(self) -> str:
        activation = name_of(self.neurons[0].activation)
        dilation = f", dilation={self.dilation}" if self.dilation > 1 else ""
        return f"Conv1d({self.channels}, {len(self.neurons)}, {self.size}, {activation!r}{dilation})"


class Pool2d(Module):
    """What the pools have in common: squares side by side, in each channel by itself."""

    def __init__(self, size: int) -> None:
        self.size = whole_number(size, "the size of a window")

    def __call__(self, picture: Nest) -> Picture:
        shown, size = picture_of(picture, self), self.size
        rows, columns = (range(0, length - size + 1, size) for length in (len(shown[0]), len(shown[0][0])))
        if not rows or not columns:
            raise too_small(self, shown)
        return [[[self.pooled(window([channel], i, j, size)) for j in columns] for i in rows] for channel in shown]

    @abstractmethod
    def pooled(self, values: list[Value]) -> Value:
        """The number for those of a square."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.size})"


class MaxPool2d(Pool2d):
    """The largest number of each square of size x size, in each channel by itself.

    picture[channel][row][column] -> picture[channel][row][column]; rows and columns that fill no square are left out. Two equal
    numbers share the gradient in halves, as in torch.maximum; torch.nn.MaxPool2d gives all of it to the first.

    >>> [[value.data for value in row] for row in MaxPool2d(2)([[[1, 2, 3], [5, 2, 3], [3, 3, 3]]])[0]]
    [[5.0]]
    """

    def pooled(self, values: list[Value]) -> Value:
        while len(values) > 1:  # in pairs, so that the graph is shallow
            pairs = zip(values[::2], values[1::2], strict=False)
            values = [ops.maximum(a, b) for a, b in pairs] + values[len(values) // 2 * 2 :]
        return values[0]


class AvgPool2d(Pool2d):
    """The mean of each square of size x size, in each channel by itself.

    picture[channel][row][column] -> picture[channel][row][column]; rows and columns that fill no square are left out.

    >>> [[value.data for value in row] for row in AvgPool2d(2)([[[1, 2, 3], [3, 2, 3], [3, 3, 3]]])[0]]
    [[2.0]]
    """

    def pooled(self, values: list[Value]) -> Value:
        return ops.total(values) / len(values)


class Flatten(Module):
    """A nest of any depth -> the list of its numbers, in reading order.

    >>> Flatten()([[[1.0, 2.0]], [[3.0, 4.0]]])
    [1.0, 2.0, 3.0, 4.0]
    """

    def __call__(self, x: Any) -> list[Any]:
        flat, stack = [], [x]
        while stack:
            item = as_nest(stack.pop())
            if is_list(item):
                stack.extend(reversed(item))
            else:
                flat.append(item)
        return flat

    def __repr__(self) -> str:
        return "Flatten()"


class Unflatten(Module):
    """A list of channels * rows * columns numbers, in reading order -> picture[channel][row][column].

    >>> [[[value.data for value in row] for row in channel] for channel in Unflatten(1, 2, 2)([1, 2, 3, 4])]
    [[[1.0, 2.0], [3.0, 4.0]]]
    """

    def __init__(self, channels: int, rows: int, columns: int) -> None:
        self.channels = whole_number(channels, "the number of channels")
        self.rows = whole_number(rows, "the number of rows")
        self.columns = whole_number(columns, "the number of columns")

    def __call__(self, x: Row) -> Picture:
        values = input_values(x, self.channels * self.rows * self.columns, self)
        rows = [values[start : start + self.columns] for start in range(0, len(values), self.columns)]
        return [rows[start : start + self.rows] for start in range(0, len(rows), self.rows)]

    def __repr__(self) -> str:
        return f"Unflatten({self.channels}, {self.rows}, {self.columns})"


def window(picture: Picture, row: int, column: int, size: int) -> list[Value]:
    """What a square of the picture holds, in the order channel, row, column."""
    return [value for channel in picture for line in channel[row : row + size] for value in line[column : column + size]]


def too_small(owner: Conv2d | Pool2d, picture: Picture) -> ValueError:
    size, given = owner.size, f"{len(picture[0])} x {len(picture[0][0])}"
    return ValueError(f"{called(owner)} reads windows of {size} x {size}, and the picture is {given}; make the windows smaller")
