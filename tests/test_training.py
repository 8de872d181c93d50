"""Training: what `fit` does in an epoch, what it tells, what stops it, and what it leaves behind when it fails."""

import json
import math
import re
import time
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pytest
from rich.progress import Progress

import micrograd
from micrograd import datasets
from micrograd.engine import Value
from micrograd.losses import binary_cross_entropy, cross_entropy, half_mean_squared_error, hinge, mean_squared_error
from micrograd.nn import MLP, Module
from micrograd.optim import OPTIMIZERS, SGD, Adam, Optimizer
from micrograd.training import History, fit

Rows = Sequence[Sequence[float]]
LINE: tuple[Rows, Sequence[float]] = ([[0.0], [1.0], [2.0], [3.0], [4.0]], [1.0, 3.0, 5.0, 7.0, 9.0])  # y = 2 x + 1


@pytest.fixture
def neuron() -> MLP:
    """One linear neuron, w x + b, at w = 1/2 and b = 0."""
    model = MLP(1, [1])
    model.load_state_dict({"layer1.neuron1.w1": 0.5, "layer1.neuron1.b": 0.0})
    return model


class Curve(Module):
    """curve(w x), with one parameter."""

    def __init__(self, curve: Callable[[Value], Value], w: float) -> None:
        self.curve = curve
        self.w = Value(w, label="w")

    def __call__(self, x: Sequence[float]) -> Value:
        return self.curve(self.w * x[0])


def numbers_of(model: Module) -> list[str]:
    """The parameters with every bit."""
    return [parameter.data.hex() for parameter in model.parameters()]


def memory_of(optimizer: Optimizer) -> tuple[list[Any], int]:
    return list(optimizer.state), optimizer.step_count


class Watched:
    """A loss that writes down the parameters and the optimizer's memory at each call, and what it was called with."""

    def __init__(self, model: Module, optimizer: Optimizer, loss: Callable[..., Value] = half_mean_squared_error) -> None:
        self.model, self.optimizer, self.loss = model, optimizer, loss
        self.calls: list[tuple[list[str], tuple[list[Any], int]]] = []
        self.batches: list[list[float]] = []

    def __call__(self, outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
        self.calls.append((numbers_of(self.model), memory_of(self.optimizer)))
        self.batches.append(list(targets))
        return self.loss(outputs, targets)

    def assert_back_at(self, call: int) -> None:
        """The parameters and the memory are as they were at that call, bit for bit."""
        assert (numbers_of(self.model), memory_of(self.optimizer)) == self.calls[call]


def separate(model: MLP, optimizer: Optimizer, inputs: Rows, targets: Sequence[float], batches: Sequence[Sequence[int]]) -> None:
    """One epoch written out: what `fit` does."""
    for batch in batches:
        optimizer.zero_grad()
        half_mean_squared_error([model(inputs[i]) for i in batch], [targets[i] for i in batch]).backward()
        optimizer.step()


# What an epoch does


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
    ("loss", "labels"), [(binary_cross_entropy, (0, 1)), (hinge, (-1, 1))], ids=["binary_cross_entropy", "hinge"]
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


# What it tells


def test_history_holds_the_loss_of_each_epoch_and_what_stopped_it(neuron: MLP) -> None:
    history = fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=False)
    assert isinstance(history, History)
    assert len(history.losses) == 3
    assert history.losses[0] > history.losses[1] > history.losses[2]
    assert history.stopped == "all epochs done"
    assert history.dead_units == []


def test_history_in_one_line() -> None:
    assert str(History([2.0, 0.5])) == "2 epochs (all epochs done), loss 2 -> 0.5"
    assert str(History([1 / 3], "interrupted")) == "1 epoch (interrupted), loss 0.333333 -> 0.333333"
    dead = ["layer1.neuron2", "layer2.neuron1"]
    assert str(History([2.0, 0.5], dead_units=dead)).endswith("-> 0.5; dead units: layer1.neuron2, layer2.neuron1")
    assert str(History()) == "0 epochs (all epochs done)"


def test_history_as_csv_keeps_every_digit() -> None:
    losses = [1 / 3, 1e-300, 2.0]
    text = History(losses).csv()
    header, *lines = text.splitlines()
    assert text.endswith("\n")
    assert header == "epoch,loss"
    assert [line.split(",")[0] for line in lines] == ["1", "2", "3"]
    assert [float(line.split(",")[1]) for line in lines] == losses
    assert History().csv() == "epoch,loss\n"


def test_no_epochs_change_nothing(neuron: MLP) -> None:
    before = numbers_of(neuron)
    optimizer = SGD(neuron.parameters(), 0.1)
    history = fit(neuron, half_mean_squared_error, LINE, optimizer, epochs=0, progress=False)
    assert history == History([], "all epochs done", [])
    assert numbers_of(neuron) == before
    assert optimizer.step_count == 0


def test_a_hundred_epochs_unless_told_otherwise(neuron: MLP) -> None:
    assert len(fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), progress=False).losses) == 100


def test_dead_units_are_reported() -> None:
    model = MLP(1, [3, 1], "relu", seed=0)
    model.layers[0].neurons[1].bias.data = -1e3
    history = fit(model, half_mean_squared_error, LINE, SGD(model.parameters(), 1e-3), epochs=2, progress=False)
    assert "layer1.neuron2" in history.dead_units
    assert "layer1.neuron2" in str(history)
    model.layers[0].neurons[1].weights[0].data, model.layers[0].neurons[1].bias.data = 0.1, 0.1
    history = fit(model, half_mean_squared_error, LINE, SGD(model.parameters(), 1e-3), epochs=2, progress=False)
    assert "layer1.neuron2" not in history.dead_units


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


# Ctrl-C


class Interrupted(Watched):
    """Ctrl-C in the call with that number, from 1."""

    def __init__(self, model: Module, optimizer: Optimizer, call: int) -> None:
        super().__init__(model, optimizer)
        self.call = call

    def __call__(self, outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
        value = super().__call__(outputs, targets)
        if len(self.calls) == self.call:
            raise KeyboardInterrupt
        return value


@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize(("call", "epochs_done"), [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (9, 2), (12, 3)])
def test_an_interrupt_ends_training_with_the_parameters_of_the_begin_of_the_epoch(
    call: int, epochs_done: int, progress: bool
) -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)
    loss = Interrupted(model, optimizer, call)
    history = fit(model, loss, LINE, optimizer, epochs=10, batch_size=2, progress=progress)  # three batches an epoch
    assert history.stopped == "interrupted"
    loss.assert_back_at(3 * epochs_done)

    twin = MLP(1, [3, 1], "tanh", seed=0)
    whole = fit(
        twin, half_mean_squared_error, LINE, Adam(twin.parameters(), 0.05), epochs=epochs_done, batch_size=2, progress=False
    )
    assert history.losses == whole.losses
    assert numbers_of(model) == numbers_of(twin)


def test_an_interrupt_in_the_middle_of_a_step_undoes_the_step() -> None:
    class InterruptedDescent(SGD):
        updates = 0

        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
            self.updates += 1
            if self.updates == 14:  # ten parameters: the second step, when three have moved
                raise KeyboardInterrupt
            return super().update(parameter, gradient, state, step)

    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = InterruptedDescent(model.parameters(), 0.05, momentum=0.9)
    loss = Watched(model, optimizer)
    history = fit(model, loss, LINE, optimizer, epochs=10, progress=False)
    assert len(history.losses) == 1
    loss.assert_back_at(1)


def test_an_interrupt_in_the_last_look_takes_the_last_epoch_back() -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)
    loss = Interrupted(model, optimizer, 4)  # three epochs of one batch, then the look after the last step
    history = fit(model, loss, LINE, optimizer, epochs=3, progress=False)
    assert len(history.losses) == 2
    assert history.stopped == "interrupted"
    loss.assert_back_at(2)


def test_an_interrupt_just_after_a_step_that_ruined_the_parameters_still_returns_the_history() -> None:
    def exponential(z: Value) -> Value:
        calls.append(z.data)
        if len(calls) == 2:  # the first look after the step: exp(w) would overflow
            raise KeyboardInterrupt
        return micrograd.exp(z)

    calls: list[float] = []
    model = Curve(exponential, w=0.0)
    history = fit(model, half_mean_squared_error, ([[1.0]], [50.0]), SGD(model.parameters(), 1e4), epochs=3, progress=False)
    assert history.stopped == "interrupted"
    assert model.w.data == 0.0


def test_after_an_interrupt_training_goes_on_as_if_nothing_had_been() -> None:
    model, twin = MLP(1, [3, 1], "tanh", seed=0), MLP(1, [3, 1], "tanh", seed=0)
    optimizer, other = Adam(model.parameters(), 0.05), Adam(twin.parameters(), 0.05)
    history = fit(model, Interrupted(model, optimizer, 5), LINE, optimizer, epochs=9, progress=False)
    rest = fit(model, half_mean_squared_error, LINE, optimizer, epochs=9 - len(history.losses), progress=False)
    whole = fit(twin, half_mean_squared_error, LINE, other, epochs=9, progress=False)
    assert history.losses + rest.losses == whole.losses
    assert numbers_of(model) == numbers_of(twin)


# Numbers that are not finite


STOPPED = r"^training stopped in epoch {epoch}: {reason}.*; the parameters that gave the last finite loss are back"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_loss_that_grows_beyond_all_floats_puts_the_last_finite_parameters_back(name: str) -> None:
    model = MLP(1, [3, 1], "relu", seed=0)
    optimizer = OPTIMIZERS[name](model.parameters(), learning_rate=1e100)
    loss = Watched(model, optimizer)
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=r"\d+", reason=r"the (loss|gradient)")) as caught:
        fit(model, loss, LINE, optimizer, epochs=1000, progress=False)
    stopped_in_loss = "the loss is" in str(caught.value)
    loss.assert_back_at(-2 if stopped_in_loss else -1)  # the call before the one that was not finite
    assert f"in epoch {len(loss.calls)}:" in str(caught.value)
    assert all(math.isfinite(parameter.data) for parameter in model.parameters())


def test_a_huge_learning_rate_by_hand(neuron: MLP) -> None:
    optimizer = SGD(neuron.parameters(), learning_rate=2.0**700, momentum=0.5)
    # Epoch 1: output 1, error -2, gradients -4 and -2; epoch 2: output 2 * 2**702 + 2**701, whose square is no float.
    far = re.escape(str(2.0**703 + 2.0**701))
    with pytest.raises(
        FloatingPointError, match=STOPPED.format(epoch=2, reason=rf"the loss is inf, since v3={far} \* v3={far} is inf")
    ):
        fit(neuron, half_mean_squared_error, ([[2.0]], [3.0]), optimizer, epochs=5, progress=False)
    assert neuron.state_dict() == {"layer1.neuron1.w1": 0.5, "layer1.neuron1.b": 0.0}
    assert memory_of(optimizer) == ([(0.0,), (0.0,)], 0)


@pytest.mark.parametrize(
    ("inputs", "targets", "number"),
    [
        ([[1.0], [math.nan]], [1.0, 2.0], "nan"),
        ([[1.0], [2.0]], [1.0, math.nan], "nan"),
        ([[1.0], [math.inf]], [1.0, 2.0], "inf"),
        ([[1.0], [2.0]], [1.0, -math.inf], "-inf"),
    ],
    ids=["nan in a row", "nan target", "inf in a row", "inf target"],
)
def test_data_that_is_not_finite_is_named(neuron: MLP, inputs: Rows, targets: Sequence[float], number: str) -> None:
    with pytest.raises(ValueError, match=rf"^training needs finite numbers, and row 2 of the data has {number}; mend it"):
        fit(neuron, half_mean_squared_error, (inputs, targets), SGD(neuron.parameters(), 0.1), epochs=5, progress=False)


def test_a_parameter_that_is_not_finite_is_named(neuron: MLP) -> None:
    neuron.layers[0].neurons[0].bias.data = math.nan
    with pytest.raises(
        FloatingPointError,
        match=r"^training stopped in epoch 1: the loss is nan, since layer1\.neuron1\.b is nan; no step had been taken",
    ):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), epochs=5, progress=False)


def test_a_logarithm_that_leaves_its_domain_is_named_and_undone() -> None:
    model = Curve(micrograd.log, w=1.0)
    optimizer = SGD(model.parameters(), 1.0, momentum=0.5)
    loss = Watched(model, optimizer)
    # log(1) is 3 above -3 and its slope is 1: the first step leads to 1 - 3.
    message = STOPPED.format(epoch=2, reason=r"log\(-2\.0\) has no value: log needs a number above 0")
    with pytest.raises(FloatingPointError, match=message) as caught:
        fit(model, loss, ([[1.0]], [-3.0]), optimizer, epochs=5, progress=False)
    loss.assert_back_at(0)
    assert model.w.data == 1.0
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_division_by_zero_is_named_and_undone() -> None:
    model = Curve(lambda z: 1.0 / z, w=1.0)
    optimizer = SGD(model.parameters(), 1.0)
    # 1 / 1 is 1 below 2 and its slope is -1: the first step leads to 1 - 1 * -1 * -1.
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=2, reason=r"1\.0 / 0\.0 has no value")):
        fit(model, half_mean_squared_error, ([[1.0]], [2.0]), optimizer, epochs=5, progress=False)
    assert model.w.data == 1.0


def test_an_exponential_that_overflows_is_named_and_undone() -> None:
    model = Curve(micrograd.exp, w=0.0)
    optimizer = Adam(model.parameters(), 1000.0)
    loss = Watched(model, optimizer)
    # The first step of Adam is the learning rate, but for its epsilon.
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=2, reason=r"exp\(999\.9+\d*\) is too large for a float")):
        fit(model, loss, ([[1.0]], [2.0]), optimizer, epochs=5, progress=False)
    loss.assert_back_at(0)
    assert memory_of(optimizer) == ([(0.0, 0.0)], 0)


def test_a_gradient_that_is_not_finite_below_a_loss_that_is_has_its_parameter_named() -> None:
    model = Curve(micrograd.sqrt, w=0.0)
    optimizer = SGD(model.parameters(), 0.1, momentum=0.9)
    with pytest.raises(FloatingPointError, match=r"epoch 1: the gradient of w is -inf, since .*; no step had been taken"):
        fit(model, half_mean_squared_error, ([[1.0]], [2.0]), optimizer, epochs=5, progress=False)
    assert model.w.data == 0.0
    assert memory_of(optimizer) == ([(0.0,)], 0)


def test_a_gradient_that_is_not_finite_leaves_the_parameters_that_gave_its_loss() -> None:
    model = Curve(micrograd.sqrt, w=1.0)
    optimizer = SGD(model.parameters(), 1.0, momentum=0.5)
    loss = Watched(model, optimizer)
    # sqrt(1) is 2 above -1 and its slope is 1/2: the first step leads to 1 - 1, where the slope is infinite.
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=2, reason="the gradient of w is inf")):
        fit(model, loss, ([[1.0]], [-1.0]), optimizer, epochs=5, progress=False)
    loss.assert_back_at(1)
    assert memory_of(optimizer) == ([(1.0,)], 1)


def test_a_finite_loss_above_a_number_that_is_not_is_fine() -> None:
    model = Curve(lambda z: 1.0 / (z * 1e308), w=100.0)  # 1 / inf is 0, and so are its slopes
    history = fit(model, half_mean_squared_error, ([[1.0]], [3.0]), SGD(model.parameters(), 0.1), epochs=2, progress=False)
    assert history.losses == [4.5, 4.5]


def test_a_parameter_without_a_label_is_called_a_parameter() -> None:
    model = Curve(micrograd.sqrt, w=0.0)
    model.w.label = None
    with pytest.raises(FloatingPointError, match="the gradient of a parameter is -inf"):
        fit(model, half_mean_squared_error, ([[1.0]], [2.0]), SGD(model.parameters(), 0.1), epochs=5, progress=False)


@pytest.mark.parametrize("bad_call", [2, 3, 4, 5, 6, 7])
def test_in_batches_the_parameters_at_the_beginning_of_the_last_epoch_that_was_finite_are_put_back(bad_call: int) -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)

    def bad(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        value = half_mean_squared_error(outputs, targets)
        return value * math.inf if len(loss.calls) == bad_call else value

    loss = Watched(model, optimizer, bad)
    epoch = (bad_call - 1) // 3 + 1  # three batches an epoch
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=epoch, reason="the loss is inf")):
        fit(model, loss, LINE, optimizer, epochs=9, batch_size=2, progress=False)
    loss.assert_back_at(3 * max(epoch - 2, 0))


def test_after_a_failure_training_goes_on_with_a_smaller_learning_rate() -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = SGD(model.parameters(), 1e300)
    with pytest.raises(FloatingPointError, match="go on from there with a smaller learning rate"):
        fit(model, half_mean_squared_error, LINE, optimizer, epochs=100, progress=False)
    optimizer.learning_rate = 0.01
    losses = fit(model, half_mean_squared_error, LINE, optimizer, epochs=50, progress=False).losses
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize(
    ("curve", "w", "rate"),
    [(lambda z: +z, 1.0, 1e308), (micrograd.exp, 0.0, 1e4), (micrograd.sin, 1.0, math.nextafter(math.inf, 0.0))],
    ids=["inf", "overflow", "sin of inf"],
)
def test_a_last_step_that_ruins_the_parameters_does_not_pass_for_success(
    curve: Callable[[Value], Value], w: float, rate: float, batch_size: int | None
) -> None:
    model = Curve(curve, w)
    optimizer = SGD(model.parameters(), rate)
    with pytest.raises(FloatingPointError, match="training stopped in epoch 1: "):
        fit(model, half_mean_squared_error, ([[1.0]], [50.0]), optimizer, epochs=1, batch_size=batch_size, progress=False)
    assert model.w.data == w


# What it refuses


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (([], []), r"^data needs at least one row, got none$"),
        (([[1.0], [2.0]], [1.0]), r"^data needs one target per row, got 2 row\(s\) and 1 target\(s\)$"),
        (([[1.0]], [1.0, 2.0]), r"^data needs one target per row, got 1 row\(s\) and 2 target\(s\)$"),
        (([], [1.0]), r"^data needs one target per row, got 0 row\(s\) and 1 target\(s\)$"),
        (([[1.0], [2.0, 3.0]], [1.0, 2.0]), r"^every row of data needs as many numbers as row 1, 1; row 2 has 2$"),
        (([[1.0, 2.0], [1.0, 2.0], []], [1.0, 2.0, 3.0]), r"^every row of data needs as many numbers as row 1, 2; row 3 has 0$"),
        (([[1.0]],), r"^data needs to be a pair \(inputs, targets\), such as datasets\.xor\(\)$"),
        (([[1.0]], [1.0], [1.0]), r"^data needs to be a pair"),
        ({"inputs": [[1.0]], "targets": [1.0]}, r"^data needs to be a pair"),
        (iter([[[1.0]], [1.0]]), r"^data needs to be a pair"),
    ],
    ids=[
        "no rows",
        "few targets",
        "many targets",
        "only targets",
        "ragged",
        "empty row",
        "alone",
        "three",
        "mapping",
        "iterator",
    ],
)
def test_data_of_the_wrong_shape_is_refused(neuron: MLP, data: Any, message: str) -> None:
    before = numbers_of(neuron)
    with pytest.raises(ValueError, match=message):
        fit(neuron, half_mean_squared_error, data, SGD(neuron.parameters(), 0.1), progress=False)
    assert numbers_of(neuron) == before


def test_rows_that_do_not_fit_the_model_name_its_layer(neuron: MLP) -> None:
    with pytest.raises(ValueError, match=r"^layer1 needs 1 number\(s\), got 2: \[1\.0, 2\.0\]"):
        fit(neuron, half_mean_squared_error, ([[1.0, 2.0]], [1.0]), SGD(neuron.parameters(), 0.1), progress=False)


@pytest.mark.parametrize("epochs", [-1, 1.5, 10.0, "10", None], ids=repr)
def test_epochs_are_a_whole_number_from_zero_upwards(neuron: MLP, epochs: Any) -> None:
    with pytest.raises(ValueError, match=f"^epochs needs to be a whole number from 0 upwards, got {epochs!r}$"):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), epochs=epochs, progress=False)


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, 2.0, "2"], ids=repr)
def test_a_batch_size_is_a_whole_number_from_one_upwards(neuron: MLP, batch_size: Any) -> None:
    with pytest.raises(ValueError, match=f"^batch_size needs to be a whole number from 1 upwards, got {batch_size!r}$"):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), batch_size=batch_size, progress=False)


@pytest.mark.parametrize(
    "returned",
    [0.5, None, [Value(1.0)], np.float64(0.5), (Value(1.0), Value(2.0))],
    ids=["number", "none", "list", "numpy", "tuple"],
)
def test_a_loss_that_is_not_one_value_is_refused(neuron: MLP, returned: Any) -> None:
    with pytest.raises(TypeError, match=r"^a loss function needs to return one Value, got "):
        fit(neuron, lambda outputs, targets: returned, LINE, SGD(neuron.parameters(), 0.1), progress=False)


def test_an_error_of_the_loss_function_itself_passes_through(neuron: MLP) -> None:
    def broken(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        raise LookupError("no such column")

    with pytest.raises(LookupError, match="no such column"):
        fit(neuron, broken, LINE, SGD(neuron.parameters(), 0.1), progress=False)


# Progress


def test_without_progress_nothing_is_printed(neuron: MLP, capfd: pytest.CaptureFixture[str]) -> None:
    fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=False)
    assert capfd.readouterr() == ("", "")


def test_progress_shows_the_epochs_and_the_loss(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    history = fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=True)
    printed = capsys.readouterr().out
    assert "training" in printed
    assert "3/3" in printed
    assert f"loss {history.losses[-1]:.3e}" in printed


def test_progress_is_shown_unless_told_otherwise(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3)
    assert "3/3" in capsys.readouterr().out


def test_progress_ends_at_the_epoch_that_reached_the_target(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    optimizer = SGD(neuron.parameters(), 0.1)
    history = fit(neuron, half_mean_squared_error, LINE, optimizer, epochs=300, target_loss=0.5, progress=True)
    assert 1 < len(history.losses) < 300
    printed = capsys.readouterr().out
    assert f"{len(history.losses)}/300 loss {history.losses[-1]:.3e}" in " ".join(printed.split())


def test_progress_is_drawn_at_most_ten_times_a_second_and_at_the_end(neuron: MLP, monkeypatch: pytest.MonkeyPatch) -> None:
    now, drawn = 100.0, []

    def slow(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        nonlocal now
        now += 1 / 16
        return half_mean_squared_error(outputs, targets)

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(Progress, "update", lambda bar, task, completed, loss: drawn.append(completed))
    fit(neuron, slow, LINE, SGD(neuron.parameters(), 0.01), epochs=10, progress=True)
    assert drawn == [1, 3, 5, 7, 9, 10]


def test_progress_of_no_epochs_does_not_fail(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    assert fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=0, progress=True).losses == []
    assert "0/0" in capsys.readouterr().out


def test_progress_does_not_change_the_training() -> None:
    shown, silent = MLP(1, [3, 1], "tanh", seed=0), MLP(1, [3, 1], "tanh", seed=0)
    for model, progress in ((shown, True), (silent, False)):
        fit(model, half_mean_squared_error, LINE, Adam(model.parameters(), 0.05), epochs=5, batch_size=2, progress=progress)
    assert numbers_of(shown) == numbers_of(silent)


def test_the_history_can_be_written_as_json(neuron: MLP) -> None:
    history = fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=False)
    assert json.loads(json.dumps(vars(history))) == vars(history)


def test_the_optimizer_of_another_model_is_refused(neuron: MLP) -> None:
    other = SGD(MLP(1, [1], seed=0).parameters(), 0.1)
    with pytest.raises(ValueError, match=r"^the optimizer moves no parameter of this model; make it with model\.parameters\(\)$"):
        fit(neuron, half_mean_squared_error, LINE, other, progress=False)


def test_a_target_loss_of_nan_is_refused(neuron: MLP) -> None:
    with pytest.raises(ValueError, match=r"^target_loss needs to be a number or None, got nan$"):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters()), target_loss=math.nan, progress=False)


def test_an_epoch_that_ends_in_ruin_is_undone_though_it_began_well() -> None:
    """The last step of the first epoch makes the loss of the fourth row overflow: the parameters before it come back."""
    model = Curve(micrograd.exp, w=0.0)
    data = ([[1.0], [1.0], [1.0], [-3000.0]], [1.0, 1.0, 1.0, 2.0])
    with pytest.raises(FloatingPointError, match="go on from there with a smaller learning rate"):
        fit(model, half_mean_squared_error, data, SGD(model.parameters(), 0.5), epochs=9, batch_size=1, progress=False)
    assert model.w.data == 0.0
    fit(model, half_mean_squared_error, data, SGD(model.parameters(), 1e-12), epochs=1, progress=False)


def test_a_loss_that_ignores_the_outputs_is_refused(neuron: MLP) -> None:
    with pytest.raises(ValueError, match=r"^the loss does not depend on any parameter"):
        fit(neuron, lambda outputs, targets: Value(1.0), LINE, SGD(neuron.parameters(), 0.1), progress=False)


@pytest.mark.parametrize("data", [([0.0, 1.0], [0.0, 1.0]), [[0.0, 1.0], [2.0, 3.0]]], ids=["a pair", "rows alone"])
def test_rows_that_are_numbers_are_told_to_be_put_in_brackets(neuron: MLP, data: Any) -> None:
    message = r"^every row of data needs to be a list of numbers, and row 1 is 0\.0; put it in brackets, where data is a Dataset"
    with pytest.raises(TypeError, match=message):
        fit(neuron, half_mean_squared_error, data, SGD(neuron.parameters(), 0.1), progress=False)


def test_a_loss_is_a_function(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    bad: Any = "mse"
    with pytest.raises(TypeError, match=r"^fit needs a function as its loss, such as losses\.mean_squared_error, got 'mse'$"):
        fit(neuron, bad, LINE, SGD(neuron.parameters(), 0.1))
    assert capsys.readouterr() == ("", "")


def test_an_optimizer_is_needed(neuron: MLP) -> None:
    bad: Any = "sgd"
    with pytest.raises(TypeError, match=r"^fit needs an optimizer such as SGD\(model.parameters\(\), 0.1\), got 'sgd'$"):
        fit(neuron, half_mean_squared_error, LINE, bad, progress=False)
