"""Rows of several shapes, such as sequences of several lengths: compiled by a part of the graph for each shape, and exact."""

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from micrograd import losses, ops
from micrograd.compiler import row_loss, tracing
from micrograd.compiler.row_loss import Filling, RowLoss, merged
from micrograd.compiler.task import Task
from micrograd.engine import Value, topological_order
from micrograd.nn import Conv1d, Layer, Module, RNNCell
from micrograd.optim import SGD, Adam
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


LENGTHS = [3, 2, 4, 3, 2, 4, 3]
SPEECH = [frames(row, length) for row, length in enumerate(LENGTHS)], [row % 3 for row in range(7)]
WORDS = [[(row * time + time) % 3 for time in range(length + 1)] for row, length in enumerate(LENGTHS)]
ONE_HOT = [[[float(letter == k) for k in range(3)] for letter in word] for word in WORDS]
NESTED = [[[0.5, -0.2], [0.3]], [[0.1], [0.2, 0.4]], [[0.7, 0.1, 0.9]], [[-0.3], [0.8], [0.6, 0.2]], [[0.4, 0.5], [-0.1]]]

SEQUENCES: dict[str, tuple[type[Module], Any, Any]] = {
    "a recurrent network": (Classifier, losses.cross_entropy, SPEECH),
    "windows": (TimeDelay, losses.cross_entropy, SPEECH),
    "arrays": (Classifier, losses.cross_entropy, ([np.array(x) for x in SPEECH[0]], np.array(SPEECH[1]))),
    "letters by their index": (Letters, of_letters, ([word[:-1] for word in ONE_HOT], [word[1:] for word in WORDS])),
    "nests and two heads": (Bag, of_heads, (NESTED, [(0.1 * row, [0.2, 0.3]) for row in range(5)])),
}


def trained(which: str, eager: bool | None, **settings: Any) -> list[float]:
    make, loss, data = SEQUENCES[which]
    model = make()
    history = fit(model, loss, data, Adam(model.parameters(), 0.02), epochs=4, progress=False, eager=eager, **settings)
    return [*history.losses, *history.validation, *numbers(model)]


@pytest.mark.parametrize("which", SEQUENCES)
def test_training_in_batches_is_that_of_eager_steps(which: str, compiled: list[int]) -> None:
    expected = trained(which, eager=True, batch_size=3)
    assert compiled == []
    assert trained(which, eager=None, batch_size=3) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert compiled == [4]


def test_validation_may_have_lengths_that_the_data_has_not(compiled: list[int]) -> None:
    """Those of the targets, which are lists of as many letters, one-hot, too."""
    other = [word[:-1] for word in ONE_HOT[:3]] + [[*ONE_HOT[0], *ONE_HOT[1]]], [word[1:] for word in WORDS[:3]] + [[0] * 7]
    which = "letters by their index"
    expected = trained(which, eager=True, validation=other)
    assert trained(which, eager=False, validation=other) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert compiled == [4]


def test_the_leaves_are_shared_and_a_row_sets_its_own_and_its_shape() -> None:
    model = Classifier()
    data = [[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]], [0, 2]
    rows = RowLoss(Task(model, losses.cross_entropy, *data, SGD(model.parameters())), classes=3)
    assert [leaf.label for leaf in rows.leaves] == ["x1", "x2", "x3", "x4", "y1", "y2", "y3", "shape1", "shape2"]
    (short, _), (long, _) = rows.shapes
    assert short == long[:1]
    assert rows.rows == [
        [1.0, 2.0, 1.0, 2.0, 1.0, 0.0, 0.0, 1.0, 0.0],  # its last frame once more
        [3.0, 4.0, 5.0, 6.0, 0.0, 0.0, 1.0, 0.0, 1.0],
    ]


def test_what_a_row_does_not_reach_is_filled_with_numbers_for_which_the_graph_has_a_value(compiled: list[int]) -> None:
    """The logarithm of a 0 times 0 would not be a number."""

    class Logarithms(Module):
        def __init__(self) -> None:
            self.w = Value(0.5, label="w")

        def __call__(self, x: Any) -> Value:
            return self.w * ops.total([ops.log(number) for number in x])

    data = [[1.0, 2.0], [3.0], [4.0, 0.5, 2.5]], [1.0, 2.0, 0.0]
    model, twin = Logarithms(), Logarithms()
    for each, eager in ((model, False), (twin, True)):
        fit(each, losses.mean_squared_error, data, SGD(each.parameters(), 0.01), epochs=5, progress=False, eager=eager)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)
    assert compiled == [5]


def test_the_parts_of_the_graph_share_what_they_compute_alike() -> None:
    def nodes(lengths: Sequence[int]) -> int:
        model = Classifier()
        data = [frames(row, length) for row, length in enumerate(lengths)], [0] * len(lengths)
        rows = RowLoss(Task(model, losses.cross_entropy, *data, SGD(model.parameters())), classes=3)
        return len(topological_order(rows.joined([rows.graph(shape) for shape, _ in enumerate(lengths)])))

    one_more = nodes([20, 2, 1]) - nodes([20, 1])  # its logits, its loss and its mask
    assert one_more < 20
    assert nodes(range(20, 0, -1)) == nodes([20, 1]) + 18 * one_more


def test_merged_nodes_are_the_same_operation_of_the_same_operands() -> None:
    x, y = Value(2.0), Value(2.0)
    output = (x * y + x * y) * (y * x) * 3.0 + x * 3.0
    one = merged(output, {x, y})
    assert one.data == output.data == 102.0
    assert len([node for node in topological_order(output) if node.op is not None]) == 8
    assert len([node for node in topological_order(one) if node.op is not None]) == 7  # x * y once; y * x is another
    assert len([node for node in topological_order(one) if node.op is None]) == 3  # x and y stay two; the 3 is one
    apart = x * y
    assert merged(apart, {x, y}) is apart


@pytest.mark.parametrize("wrong", [[1.0, 0.0, 0.0], [0.0] * 3, [1.0] * 3], ids=["another", "none", "all"])
def test_a_wrong_mask_would_be_noticed_before_the_first_step(wrong: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Filling.numbers
    monkeypatch.setattr(Filling, "numbers", lambda filling, row: [*plain(filling, row)[: -len(wrong)], *wrong])
    with pytest.raises(ValueError, match=r"the loss of row \d+ is .*, and by the graph of a row it is "):
        trained("a recurrent network", eager=False)


def test_a_row_of_each_shape_is_compared_where_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Filling.numbers
    monkeypatch.setattr(Filling, "numbers", lambda filling, row: [*plain(filling, row)[:-1], 0.0])
    data = [frames(row, 3 if row == 1 else 2) for row in range(34)], [0] * 34  # the second of 34 is none of 16
    model = Classifier()
    with pytest.raises(ValueError, match=r"the loss of row 2 is .*, and by the graph of a row it is "):
        fit(model, losses.cross_entropy, data, SGD(model.parameters()), epochs=2, progress=False, eager=False)


# --------------------------------------------------------------------------------------------------------------
# What is refused
# --------------------------------------------------------------------------------------------------------------


def test_too_many_shapes_and_too_large_graphs_take_eager_steps(monkeypatch: pytest.MonkeyPatch, compiled: list[int]) -> None:
    expected = trained("a recurrent network", eager=True)
    for name, most, reason in (
        (row_loss, "MOST_SHAPES", r"its rows have 3 shapes, more than 2; cut some of them to the same length"),
        (tracing, "LARGEST", r"the graphs for its 3 shapes of rows have more than 2 nodes together"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(name, most, 2)
            with pytest.raises(
                ValueError, match=f"^fit cannot compile this training: {reason}; without eager=False it runs in eager"
            ):
                trained("a recurrent network", eager=False)
            assert trained("a recurrent network", eager=None) == expected
    assert compiled == []


def test_chance_in_long_sequences_alone_is_found_too(compiled: list[int]) -> None:
    class Noisy(Classifier):
        def __call__(self, frames: Any) -> list[Value]:
            logits = super().__call__(frames)
            return [logit * random.random() for logit in logits] if len(frames) == 4 else logits

    model = Noisy()
    with pytest.raises(ValueError, match="called twice for one row, the model or the loss makes another graph"):
        fit(model, losses.cross_entropy, SPEECH, SGD(model.parameters()), epochs=2, progress=False, eager=False)
    assert compiled == []


def test_a_mean_over_all_letters_is_not_a_mean_over_the_rows(compiled: list[int]) -> None:
    def over_all(outputs: Any, targets: Any) -> Value:
        letters = [letter for output in outputs for letter in output]
        return losses.cross_entropy(letters, [letter for target in targets for letter in target])

    _, _, data = SEQUENCES["letters by their index"]
    model = Letters()
    with pytest.raises(ValueError, match=r"the loss of \d+ rows together is .*, and the mean of the loss of each is "):
        fit(model, over_all, data, SGD(model.parameters()), epochs=2, progress=False, eager=False)
    assert compiled == []


@pytest.mark.parametrize("eager", [True, False])
def test_an_empty_sequence_is_named(eager: bool) -> None:
    model = Classifier()
    data = [*SPEECH[0][:3], []], [0, 1, 2, 0]
    with pytest.raises(ValueError, match=r"^row 4 of the data is empty, and others are not; leave it out$"):
        fit(model, losses.cross_entropy, data, SGD(model.parameters()), progress=False, eager=eager)


@pytest.mark.parametrize("eager", [True, False])
def test_a_number_deep_in_a_sequence_that_is_not_finite_is_named(eager: bool) -> None:
    model = Classifier()
    data = [*SPEECH[0][:2], [[0.0, 1.0], [math.inf, 0.0]]], [0, 1, 2]
    with pytest.raises(
        ValueError, match=r"^training needs finite numbers, and row 3 of the data has inf; mend it or leave it out$"
    ):
        fit(model, losses.cross_entropy, data, SGD(model.parameters()), progress=False, eager=eager)
