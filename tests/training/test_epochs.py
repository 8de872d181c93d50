"""Epochs: the steps that `fit` takes, the batches it makes, and the loss at which it ends."""

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pytest

from micrograd import datasets
from micrograd.engine import Value
from micrograd.losses import binary_cross_entropy_with_logits, cross_entropy, half_mean_squared_error, hinge, mean_squared_error
from micrograd.nn import MLP, Module
from micrograd.optim import OPTIMIZERS, SGD, Adam, Optimizer
from micrograd.training import fit
from tests.training.watched import LINE, Rows, Watched, memory_of, numbers_of


def separate(model: MLP, optimizer: Optimizer, inputs: Rows, targets: Sequence[float], batches: Sequence[Sequence[int]]) -> None:
    """One epoch written out: what `fit` does."""
    for batch in batches:
        optimizer.zero_grad()
        half_mean_squared_error([model(inputs[i]) for i in batch], [targets[i] for i in batch]).backward()
        optimizer.step()


def test_one_epoch_is_one_step_down_the_gradient_of_all_rows(neuron: MLP) -> None:
    history = fit(neuron, half_mean_squared_error, ([[2.0], [-1.0]], [3.0, 0.0]), SGD(neuron.parameters(), 0.5), epochs=1)
    # outputs 1 and -1/2, errors -2 and -1/2: dJ/dw = (-2 * 2 + 1/2) / 2, dJ/db = (-2 - 1/2) / 2
    assert neuron.state_dict() == {"layer1.neuron1.w1": 0.5 + 0.5 * 3.5 / 2, "layer1.neuron1.b": 0.5 * 2.5 / 2}
    assert history.losses == [(4.0 + 0.25) / 4]  # before the step


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_epochs_of_all_rows_are_the_loop_written_out(name: str) -> None:
    fitted, written = MLP(1, [3, 1], "tanh", seed=0), MLP(1, [3, 1], "tanh", seed=0)
    ours, theirs = (OPTIMIZERS[name](model.parameters(), learning_rate=0.05) for model in (fitted, written))
    fit(fitted, half_mean_squared_error, LINE, ours, epochs=7, progress=False)
    for _ in range(7):
        separate(written, theirs, *LINE, [range(5)])
    assert numbers_of(fitted) == numbers_of(written)
    assert memory_of(ours) == memory_of(theirs)


def test_a_second_call_goes_on_where_the_first_ended() -> None:
    once, twice = MLP(1, [3, 1], "tanh", seed=0), MLP(1, [3, 1], "tanh", seed=0)
    one, two = Adam(once.parameters(), 0.05), Adam(twice.parameters(), 0.05)
    whole = fit(once, half_mean_squared_error, LINE, one, epochs=10, progress=False)
    parts = [fit(twice, half_mean_squared_error, LINE, two, epochs=epochs, progress=False) for epochs in (4, 6)]
    assert numbers_of(once) == numbers_of(twice)
    assert [*parts[0].losses, *parts[1].losses] == whole.losses


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 100])
def test_an_epoch_in_batches_sees_every_row_once(batch_size: int) -> None:
    model = MLP(1, [1], seed=0)
    optimizer = SGD(model.parameters(), 0.001)
    loss = Watched(model, optimizer)
    fit(model, loss, LINE, optimizer, epochs=3, batch_size=batch_size, progress=False)
    batches = math.ceil(5 / batch_size)
    assert len(loss.batches) == 3 * batches + 1
    assert loss.batches[-1] == LINE[1]  # a last look, with no step after it
    for epoch in range(3):
        seen = loss.batches[epoch * batches : (epoch + 1) * batches]
        assert sorted(target for batch in seen for target in batch) == LINE[1]
        assert [len(batch) for batch in seen[:-1]] == [batch_size] * (batches - 1)
    assert optimizer.step_count == 3 * batches


def batches_seen(seed: int | None, batch_size: int | None = 2) -> list[list[float]]:
    model = MLP(1, [1], seed=0)
    optimizer = SGD(model.parameters(), 0.001)
    loss = Watched(model, optimizer)
    seeded: dict[str, Any] = {} if seed is None else {"seed": seed}
    fit(model, loss, LINE, optimizer, epochs=4, batch_size=batch_size, progress=False, **seeded)
    return loss.batches[:-1]  # without the last look at all rows


def test_batches_are_shuffled_anew_in_each_epoch_from_the_seed() -> None:
    assert batches_seen(seed=3) == batches_seen(seed=3)
    assert batches_seen(seed=3) != batches_seen(seed=4)
    assert batches_seen(seed=None) == batches_seen(seed=0)
    batches = batches_seen(seed=3)  # three an epoch
    assert len({tuple(chain.from_iterable(batches[start : start + 3])) for start in range(0, 12, 3)}) == 4


def test_without_a_batch_size_the_rows_keep_their_order() -> None:
    assert batches_seen(seed=3, batch_size=None) == [LINE[1]] * 4


def test_inputs_and_targets_are_shuffled_together() -> None:
    seen: list[tuple[float, float]] = []

    class Identity(Module):
        def __init__(self) -> None:
            self.w = Value(1.0)

        def __call__(self, x: Sequence[float]) -> Value:
            return self.w * x[0]

    def pairs(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        seen.extend((output.data, target) for output, target in zip(outputs, targets, strict=True))
        return half_mean_squared_error(outputs, targets)

    model = Identity()
    fit(model, pairs, LINE, SGD(model.parameters(), 0.0), epochs=2, batch_size=2, progress=False)
    assert [target for _, target in seen] == [2.0 * x + 1.0 for x, _ in seen]


def test_the_loss_of_an_epoch_is_the_mean_over_its_rows_not_over_its_batches(neuron: MLP) -> None:
    optimizer = SGD(neuron.parameters(), learning_rate=0.0)  # nothing moves, so every batch has the same parameters
    history = fit(neuron, mean_squared_error, LINE, optimizer, epochs=1, batch_size=3, progress=False)
    assert history.losses == [pytest.approx(sum((0.5 * x[0] - y) ** 2 for x, y in zip(*LINE, strict=True)) / 5, rel=1e-15)]


def test_gradients_left_from_before_are_not_added() -> None:
    fresh, used = MLP(1, [3, 1], "tanh", seed=0), MLP(1, [3, 1], "tanh", seed=0)
    used([1.0]).backward()
    for model in (fresh, used):
        fit(model, half_mean_squared_error, LINE, SGD(model.parameters(), 0.01), epochs=2, progress=False)
    assert numbers_of(fresh) == numbers_of(used)


# That it learns


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_loss_falls(name: str) -> None:
    model = MLP(1, [4, 1], "tanh", seed=0)
    optimizer = OPTIMIZERS[name](model.parameters(), learning_rate=0.05)
    losses = fit(model, half_mean_squared_error, LINE, optimizer, epochs=60, progress=False).losses
    assert len(losses) == 60
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("seed", range(8))
def test_xor_is_solved_from_any_seed(seed: int) -> None:
    model = MLP(2, [4, 1], "tanh", seed=seed)
    fit(
        model,
        half_mean_squared_error,
        datasets.xor(),
        SGD(model.parameters(), 0.4),
        epochs=3000,
        target_loss=1e-3,
        progress=False,
    )
    assert [round(model(row).data) for row in datasets.xor().inputs] == datasets.xor().targets


def test_a_line_is_found_exactly(neuron: MLP) -> None:
    history = fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), epochs=2000, progress=False)
    assert list(neuron.state_dict().values()) == pytest.approx([2.0, 1.0], abs=1e-12)
    assert history.losses[-1] < 1e-24


@pytest.mark.parametrize(
    ("loss", "labels"),
    [(binary_cross_entropy_with_logits, (0, 1)), (hinge, (-1, 1))],
    ids=["logits", "scores"],
)
def test_circles_are_told_apart_in_batches(loss: Callable[..., Value], labels: tuple[int, int]) -> None:
    data = datasets.circles(40, labels=labels)
    model = MLP(2, [8, 1], "tanh", seed=0)
    fit(model, loss, data, Adam(model.parameters(), 0.1), epochs=40, batch_size=10, progress=False)
    assert [model(row).data > 0.0 for row in data.inputs] == [target == labels[1] for target in data.targets]


def test_three_classes_are_told_apart() -> None:
    inputs, targets = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [1.0, 0.0], [4.0, 1.0], [1.0, 4.0]], [0, 1, 2, 0, 1, 2]
    model = MLP(2, [3])
    fit(model, cross_entropy, (inputs, targets), Adam(model.parameters(), 0.1), epochs=200, progress=False)
    logits = [[logit.data for logit in model(row)] for row in inputs]
    assert [row.index(max(row)) for row in logits] == targets


@pytest.mark.parametrize("loss", [half_mean_squared_error, cross_entropy], ids=["squares", "classes"])
def test_data_may_be_arrays_of_numpy(loss: Callable[..., Value]) -> None:
    inputs, classes = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1]
    lists_and_arrays: list[tuple[Any, Any]] = [(inputs, classes), (np.array(inputs), np.array(classes))]
    models = [MLP(2, [3, 2 if loss is cross_entropy else 1], "tanh", seed=0) for _ in range(2)]
    for model, data in zip(models, lists_and_arrays, strict=True):
        fit(model, loss, data, SGD(model.parameters(), 0.1), epochs=3, batch_size=2, progress=False)
    assert numbers_of(models[0]) == numbers_of(models[1])


def test_only_the_parameters_of_the_optimizer_move() -> None:
    model = MLP(1, [2, 1], "tanh", seed=0)
    first, last = model.layers
    before = numbers_of(first), numbers_of(last)
    fit(model, half_mean_squared_error, LINE, SGD(last.parameters(), 0.01), epochs=3, progress=False)
    assert numbers_of(first) == before[0]
    assert all(now != then for now, then in zip(numbers_of(last), before[1], strict=True))


# The target


def test_training_stops_after_the_first_epoch_at_the_target(neuron: MLP) -> None:
    twin = MLP(1, [1])
    twin.load_state_dict(neuron.state_dict())
    whole = fit(twin, half_mean_squared_error, LINE, SGD(twin.parameters(), 0.1), epochs=300, progress=False).losses
    history = fit(
        neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), epochs=300, target_loss=0.01, progress=False
    )
    assert history.losses == whole[: len(history.losses)]
    assert history.losses[-1] <= 0.01 < min(history.losses[:-1])
    assert history.stopped == "loss at most 0.01"


def test_a_loss_equal_to_the_target_has_reached_it(neuron: MLP) -> None:
    data = [[2.0], [-1.0]], [3.0, 0.0]
    optimizer = SGD(neuron.parameters(), 0.1)
    history = fit(neuron, half_mean_squared_error, data, optimizer, epochs=9, target_loss=(4.0 + 0.25) / 4, progress=False)
    assert len(history.losses) == 1


def test_it_is_the_whole_epoch_that_reaches_the_target_not_its_last_batch(neuron: MLP) -> None:
    data = [[2.0], [2.0]], [1.0, 5.0]  # the neuron gives 1: a batch has the loss 0 or 16
    optimizer = SGD(neuron.parameters(), learning_rate=0.0)
    history = fit(neuron, mean_squared_error, data, optimizer, epochs=8, batch_size=1, target_loss=0.5, progress=False)
    assert history.losses == [8.0] * 8


def test_a_target_of_zero_can_be_reached(neuron: MLP) -> None:
    data = [[2.0], [4.0]], [1.0, 2.0]  # the neuron is right already
    history = fit(neuron, half_mean_squared_error, data, SGD(neuron.parameters(), 0.1), epochs=9, target_loss=0.0, progress=False)
    assert history.losses == [0.0]
