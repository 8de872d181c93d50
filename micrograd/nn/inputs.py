"""What layers read: a list of numbers, a sequence or a picture, with a Value in each place; or an error that names the layer."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, Protocol, TypeAlias

from micrograd.display.characters import printable
from micrograd.engine import Value
from micrograd.nn.modules import Module

Frames = list[list[Value]]
Picture = list[list[list[Value]]]


class ArrayLike(Protocol):
    """A NumPy array, or what else can say its numbers as lists."""

    def __len__(self) -> int: ...
    def tolist(self) -> Any: ...


Row: TypeAlias = Sequence[Value | float] | ArrayLike
Nest: TypeAlias = Sequence[Any] | ArrayLike


# What to do for a nest that is not as deep as it needs to be: by the depth that it needs to have, and the one that it has.
ADVICE = {
    (2, 0): "put it in brackets",
    (2, 1): "put each frame in brackets",
    (2, 3): "a model takes one sequence: write [model(frames) for frames in sequences]",
    (3, 0): "put it in brackets",
    (3, 1): "nn.Unflatten(channels, rows, columns) before it makes a picture of a list",
    (3, 2): "a picture of one channel is [rows]",
    (3, 4): "a model takes one picture: write [model(picture) for picture in pictures]",
}


def called(part: Module) -> str:
    """What an error calls it: its label, or what makes one like it."""
    return printable(part.label) or repr(part)


def values_of(numbers: Sequence[Any]) -> list[Value]:
    """Values as they are, and numbers as leaves labelled x1, x2, ... by their place."""
    return [item if isinstance(item, Value) else Value(item, label=f"x{i}") for i, item in enumerate(numbers, start=1)]


# --------------------------------------------------------------------------------------------------------------
# A list
# --------------------------------------------------------------------------------------------------------------


def input_values(x: Any, expected: int, owner: Module) -> list[Value]:
    """The inputs as Values; an error that names the owner if it is no list of so many numbers."""
    x = as_nest(x)
    if isinstance(x, (Value, Real)):
        raise TypeError(f"{called(owner)} needs a list of {expected} number(s), got {x!r}; put it in brackets")
    if not hasattr(x, "__len__") or not hasattr(x, "__getitem__") or isinstance(x, (str, Mapping)):
        raise TypeError(f"{called(owner)} needs a list of {expected} number(s), got {reprlib.repr(x)} ({type(x).__name__})")
    depth, first = depth_of(x)
    if depth > 2 or (depth == 2 and isinstance(first, Value) and first.parents):  # not data: what another layer gave
        given = f"{len(x)} list(s) within a list"
        raise TypeError(f"{called(owner)} needs a list of {expected} number(s), got {given}; put nn.Flatten() before it")
    if len(x) and hasattr(x[0], "__len__") and not isinstance(x[0], str):
        raise TypeError(f"a model takes one row, and {called(owner)} got a list of {len(x)}; write [model(row) for row in rows]")
    if len(x) != expected:
        raise wrong_length(owner, expected, x)
    return values_of(x)


def wrong_length(owner: Module, expected: int, x: Sequence[Value | float]) -> ValueError:
    given = "" if any(isinstance(item, Value) for item in x) else f": {reprlib.repr(x)}"  # Values are what another layer gave
    return ValueError(f"{called(owner)} needs {expected} number(s), got {len(x)}{given}; pass one per input")


# --------------------------------------------------------------------------------------------------------------
# A sequence, a picture
# --------------------------------------------------------------------------------------------------------------


def sequence_of(frames: Any, width: int, owner: Module) -> Frames:
    """The frames as Values; an error unless there is one or more, and each has so many numbers."""
    need = f"{called(owner)} needs a sequence, a list of frames with {width} number(s) each"
    heard = as_nest(frames, depth=2)
    check_depth(heard, 2, need)
    for number, frame in enumerate(heard, start=1):
        if not is_list(frame) or len(frame) != width:
            raise ValueError(f"{need}, and frame {number} is {reprlib.repr(frame)}; give every frame as many")
    values = iter(values_of([item for frame in heard for item in frame]))
    return [[next(values) for _ in frame] for frame in heard]


def picture_of(picture: Any, owner: Module) -> Picture:
    """The picture as Values; an error unless each channel has as many rows, and each row as many numbers."""
    need = f"{called(owner)} needs a picture, picture[channel][row][column]"
    shown = as_nest(picture, depth=3)
    check_depth(shown, 3, need)
    rows, columns = len(shown[0]), len(shown[0][0])
    for number, channel in enumerate(shown, start=1):
        if not is_list(channel) or len(channel) != rows:
            raise ValueError(f"{need}, and channel {number} is {reprlib.repr(channel)}; give it {rows} row(s), as channel 1 has")
        for place, row in enumerate(channel, start=1):
            if not is_list(row) or len(row) != columns:
                where, advice = f"row {place} of channel {number}", f"give it {columns} number(s), as the first row has"
                raise ValueError(f"{need}, and {where} is {reprlib.repr(row)}; {advice}")
    values = iter(values_of([item for channel in shown for row in channel for item in row]))
    return [[[next(values) for _ in row] for row in channel] for channel in shown]


def check_depth(nest: Any, depth: int, need: str) -> None:
    found, first = depth_of(nest)
    if is_list(first):
        raise ValueError(f"{need}, got {reprlib.repr(nest)}; an empty list has nothing to read")
    if found != depth:
        advice = ADVICE.get((depth, found))
        raise TypeError(f"{need}, got {reprlib.repr(nest)}{f'; {advice}' if advice else ''}")


def as_nest(x: Any, depth: int = 1) -> Any:
    """The same with a list in place of an array, so deep."""
    x = x.tolist() if hasattr(x, "tolist") else x
    return [as_nest(item, depth - 1) for item in x] if depth > 1 and is_list(x) else x


def depth_of(nest: Any) -> tuple[int, Any]:
    """How many lists stand within each other, by the first entry of each, and what stands in the last; that may be an empty list.

    >>> depth_of(3.0), depth_of([[3.0], [4.0]]), depth_of([[]])
    ((0, 3.0), (2, 3.0), (1, []))
    """
    depth = 0
    while is_list(nest) and nest:
        nest, depth = nest[0], depth + 1
    return depth, nest


def is_list(x: Any) -> bool:
    return isinstance(x, (list, tuple))
