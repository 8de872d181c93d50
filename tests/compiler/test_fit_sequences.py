"""Rows of several shapes, such as sequences of several lengths: compiled by a part of the graph for each shape, and exact."""

import math
import random
from typing import Any

import numpy as np
import pytest

from micrograd import losses, ops
from micrograd.engine import Value
from micrograd.nn import Conv1d, Layer, Module, RNNCell
from micrograd.optim import Adam
from micrograd.training import fit
from tests.compiler.networks import numbers


class Classifier(Module):
    """A recurrent network that reads frames of two numbers and gives three logits at the end."""

    def __init__(self) -> None:
        generator = random.Random(0)
        self.cell = RNNCell(2, 3, generator=generator)
        self.head = Layer(3, 3, "linear", generator=generator)

    def __call__(self, frames: Any) -> list[Value]:
        state = self.cell.start()
        for frame in frames:
            state = self.cell(frame, state)
        return self.head.outputs(state)


class TimeDelay(Module):
    """Windows of two frames, and the mean of their evidence over time."""

    def __init__(self) -> None:
        self.windows = Conv1d(2, 3, 2, "tanh", generator=random.Random(0))

    def __call__(self, frames: Any) -> list[Value]:
        return [ops.total(evidence) / len(evidence) for evidence in zip(*self.windows(frames), strict=True)]


class Letters(Module):
    """A recurrent network that gives three logits after each frame."""

    def __init__(self) -> None:
        generator = random.Random(0)
        self.cell = RNNCell(3, 2, generator=generator)
        self.head = Layer(2, 3, "linear", generator=generator)

    def __call__(self, frames: Any) -> list[list[Value]]:
        state = self.cell.start()
        outputs = []
        for frame in frames:
            state = self.cell(frame, state)
            outputs.append(self.head.outputs(state))
        return outputs


class Bag(Module):
    """It reads parts of any length within a row, and has two heads."""

    def __init__(self) -> None:
        self.w, self.b = Value(0.5, label="w"), Value(0.1, label="b")

    def __call__(self, x: Any) -> tuple[Value, list[Value]]:
        terms = [self.w * number + self.b for part in x for number in part]
        return ops.total(terms), [terms[0].tanh(), terms[-1]]


def of_letters(outputs: Any, targets: Any) -> Value:
    """The mean over the words of the total over their letters."""
    words = [losses.cross_entropy(output, target) * len(output) for output, target in zip(outputs, targets, strict=True)]
    return ops.total(words) / len(words)


def of_heads(outputs: Any, targets: Any) -> Value:
    ends = losses.mean_squared_error([ends for _, ends in outputs], [target[1] for target in targets])
    return losses.mean_squared_error([whole for whole, _ in outputs], [target[0] for target in targets]) + ends


def frames(row: int, length: int, width: int = 2) -> list[list[float]]:
    return [[math.sin(row + 1.7 * time + 0.6 * k) for k in range(width)] for time in range(length)]


LENGTHS = [3, 2, 5, 3, 4, 2, 5, 6, 3, 2, 4]
SPEECH = [frames(row, length) for row, length in enumerate(LENGTHS)], [row % 3 for row in range(11)]
WORDS = [[(row * time + time) % 3 for time in range(length + 1)] for row, length in enumerate(LENGTHS)]
ONE_HOT = [[[float(letter == k) for k in range(3)] for letter in word] for word in WORDS]
NESTED = [[[0.5, -0.2], [0.3]], [[0.1], [0.2, 0.4]], [[0.7, 0.1, 0.9]], [[-0.3], [0.8], [0.6, 0.2]], [[0.4, 0.5], [-0.1]]]

SEQUENCES: dict[str, tuple[type[Module], Any, Any]] = {
    "a recurrent network": (Classifier, losses.cross_entropy, SPEECH),
    "windows": (TimeDelay, losses.cross_entropy, SPEECH),
    "arrays": (Classifier, losses.cross_entropy, ([np.array(x) for x in SPEECH[0]], np.array(SPEECH[1]))),
    "letters by their index": (Letters, of_letters, ([word[:-1] for word in ONE_HOT], [word[1:] for word in WORDS])),
    "letters one-hot": (Letters, of_letters, ([word[:-1] for word in ONE_HOT], [word[1:] for word in ONE_HOT])),
    "nests and two heads": (Bag, of_heads, (NESTED, [(0.1 * row, [0.2, 0.3]) for row in range(5)])),
}


def trained(which: str, eager: bool | None, **settings: Any) -> list[float]:
    make, loss, data = SEQUENCES[which]
    model = make()
    history = fit(model, loss, data, Adam(model.parameters(), 0.02), epochs=8, progress=False, eager=eager, **settings)
    return [*history.losses, *history.validation, *numbers(model)]


@pytest.mark.parametrize("which", SEQUENCES)
def test_training_in_batches_is_that_of_eager_steps(which: str, compiled: list[int]) -> None:
    expected = trained(which, eager=True, batch_size=4)
    assert compiled == []
    assert trained(which, eager=None, batch_size=4) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert compiled == [8]


def test_validation_may_have_lengths_that_the_data_has_not(compiled: list[int]) -> None:
    other = [frames(row, length) for row, length in enumerate([1, 7, 3])], [0, 2, 1]
    expected = trained("a recurrent network", eager=True, validation=other)
    assert trained("a recurrent network", eager=False, validation=other) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert compiled == [8]
