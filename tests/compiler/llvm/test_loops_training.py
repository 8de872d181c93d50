"""Training in loops over panels of rows: the steps of the eager loop, in any batches, of any part of the parameters."""

import math
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import micrograd
from micrograd import losses, ops
from micrograd.compiler.llvm.tiles import Processor
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from micrograd.training import fit
from tests.compiler.networks import check_training, data_of, network_and_program, numbers, rows_of
from tests.tensors.pieces import vector

RULES: dict[str, Callable[..., Optimizer]] = {
    **OPTIMIZERS,
    "sgd, decay": partial(SGD, weight_decay=0.1),
    "momentum, decay": partial(SGD, momentum=0.5, weight_decay=0.1),
    "nesterov, decay": partial(SGD, momentum=0.5, nesterov=True, weight_decay=0.1),
    "adagrad, decay": partial(AdaGrad, epsilon=0.1, weight_decay=0.1),
    "rmsprop, momentum": partial(RMSProp, decay=0.9, epsilon=0.01, momentum=0.5),
    "rmsprop, decay": partial(RMSProp, decay=0.0, epsilon=0.1, weight_decay=0.1),
    "adam, decay": partial(Adam, betas=(0.8, 0.95), weight_decay=0.1),
    "adam without memory": partial(Adam, betas=(0.0, 0.0), epsilon=0.1),
    "adamw, decay": partial(AdamW, weight_decay=0.3, epsilon=1e-3),
    "adamw without decay": partial(AdamW, weight_decay=0.0),
}
RATES = {"rmsprop": 0.002, "rmsprop, momentum": 0.002, "adam, decay": 0.002}  # above it jumps to and fro, and any rounding grows


@pytest.mark.parametrize(("batch_size", "epochs"), [(None, 200), (4, 60)])
@pytest.mark.parametrize("name", RULES)
def test_200_epochs_by_every_rule_are_those_of_the_eager_loop(name: str, batch_size: int | None, epochs: int) -> None:
    """And 180 steps of three batches an epoch."""
    check_training("llvm", partial(RULES[name], learning_rate=RATES.get(name, 0.02)), data_of(9), epochs, batch_size)


def test_a_learning_rate_of_0_moves_nothing_but_the_memory() -> None:
    check_training("llvm", partial(OPTIMIZERS["momentum"], learning_rate=0.0), data_of(9), 5)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 6, 7, 11, 12, 100])
def test_batches_that_divide_the_data_and_others(batch_size: int) -> None:
    check_training("llvm", partial(OPTIMIZERS["momentum"], learning_rate=0.02), data_of(12), 30, batch_size)


@pytest.mark.parametrize("layers", [(5, 4, 1), (1, 1), (1,)])
@pytest.mark.parametrize(("rows", "batch_size"), [(1, None), (13, None), (97, None), (97, 13), (97, 25), (97, 64), (300, 96)])
def test_rows_that_fill_no_panel_train_alike(rows: int, batch_size: int | None, layers: tuple[int, ...]) -> None:
    check_training("llvm", partial(Adam, learning_rate=0.02), data_of(rows), 3, batch_size, layers)


def test_batches_of_several_strips() -> None:
    check_training("llvm", partial(Adam, learning_rate=0.02), data_of(2600), 2, 1100)


@pytest.mark.parametrize("batch_size", [None, 5, 24])
def test_panels_of_other_processors_train_alike(batch_size: int | None, any_processor: Processor) -> None:
    check_training("llvm", partial(Adam, learning_rate=0.02), data_of(29), 4, batch_size, (5, 4, 1))


# --------------------------------------------------------------------------------------------------------------
# A part of the parameters
# --------------------------------------------------------------------------------------------------------------

PARTS: dict[str, Callable[[list[Value]], list[Value]]] = {  # of a network of 2, 5, 4 and 1: 15, 24 and 5 parameters
    "one": lambda parameters: parameters[7:8],
    "a neuron": lambda parameters: parameters[3:6],
    "the first weight of each neuron": lambda parameters: parameters[:15:3],
    "the biases of two": lambda parameters: [parameters[5], parameters[11]],
    "all but one": lambda parameters: parameters[:20] + parameters[21:],
    "the last layer": lambda parameters: parameters[39:],
    "every other one": lambda parameters: parameters[1::2],
    "backwards": lambda parameters: parameters[::-1],
    "in any order": lambda parameters: random.Random(1).sample(parameters, 31),
}


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_any_part_of_the_parameters_may_be_trained(part: Callable[[list[Value]], list[Value]], batch_size: int | None) -> None:
    """The others keep their very numbers."""
    check_training("llvm", lambda parameters: Adam(part(parameters), 0.05), data_of(13), 20, batch_size, (5, 4, 1))
    model, program = network_and_program("llvm", layers=(5, 4, 1))
    before, moved = numbers(model), set(part(model.parameters()))
    program.train(rows_of(data_of(13)), Adam(list(moved), 0.05), 3, batch_size, progress=False)
    assert [now != then for now, then in zip(numbers(model), before, strict=True)] == [p in moved for p in model.parameters()]


@pytest.mark.parametrize("name", ["momentum", "adam", "adamw"])
def test_parameters_of_one_array_may_have_taken_different_numbers_of_steps(name: str) -> None:
    def make(parameters: list[Value]) -> Optimizer:
        optimizer = OPTIMIZERS[name](parameters, learning_rate=0.02)
        for steps in (2, 3):  # every sixth takes two steps of its own, every second or third three
            for place, parameter in enumerate(parameters):
                if place % steps == 0:
                    parameter.grad = 0.125 * (place % 5 - 2)
            optimizer.step()
            optimizer.zero_grad()
        return optimizer

    check_training("llvm", make, data_of(13), 20, 5, (5, 4, 1))


def test_parameters_that_are_not_moved_may_have_a_gradient_that_is_not_finite() -> None:
    """The sum of sqrt(w) x over five w in one array, of which 0 stays: the slope of each other is x / (2 sqrt(w))."""
    weights, x = vector(random.Random(0), 5), Value(1.0)
    for weight, number in zip(weights, [4.0, 0.0, 1.0, 16.0, 0.25], strict=True):
        weight.data = number
    program = micrograd.compile(ops.total([ops.sqrt(weight) * x for weight in weights]), [x], weights, target="llvm")
    trained = [weight for weight in weights if weight.data]
    got = program.train([[1.0]] * 13, SGD(trained, 0.125), 1, progress=False)
    assert list(got) == pytest.approx([2.0 + 0.0 + 1.0 + 4.0 + 0.5])
    assert [weight.data for weight in weights] == pytest.approx([4.0 - 0.03125, 0.0, 1.0 - 0.0625, 16.0 - 0.015625, 0.25 - 0.125])


# --------------------------------------------------------------------------------------------------------------
# One training after another
# --------------------------------------------------------------------------------------------------------------


def test_one_program_trains_on_one_table_after_another() -> None:
    """Of numbers of rows for which other machine code is made; the optimizer goes on."""
    model, program = network_and_program("llvm", layers=(5, 4, 1))
    twin = MLP(2, [5, 4, 1], "tanh", seed=0)
    ours, theirs = Adam(model.parameters(), 0.02), Adam(twin.parameters(), 0.02)
    for rows, batch_size in ((13, None), (97, 10), (1, None), (300, None), (13, 2), (13, None)):
        data = data_of(rows)
        got = program.train(rows_of(data), ours, 2, batch_size, progress=False)
        history = fit(
            twin, losses.half_mean_squared_error, data, theirs, epochs=2, batch_size=batch_size, progress=False, eager=True
        )
        assert got == pytest.approx(history.losses, rel=1e-9)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)


@pytest.mark.parametrize("batch_size", [5, 13, 24])
def test_without_shuffle_batches_keep_their_order(batch_size: int) -> None:
    model, program = network_and_program("llvm", layers=(5, 1))
    twin = MLP(2, [5, 1], "tanh", seed=0)
    inputs, targets = data_of(40)
    got = program.train(rows_of((inputs, targets)), SGD(model.parameters(), 0.1), 3, batch_size, shuffle=False, progress=False)
    optimizer, means = SGD(twin.parameters(), 0.1), []
    for _ in range(3):
        terms = []
        for start in range(0, 40, batch_size):
            places = range(start, min(start + batch_size, 40))
            optimizer.zero_grad()
            loss = losses.half_mean_squared_error([twin(inputs[i]) for i in places], [targets[i] for i in places])
            loss.backward()
            optimizer.step()
            terms.append(loss.data * len(places))
        means.append(math.fsum(terms) / 40.0)
    assert got == pytest.approx(means, rel=1e-12)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12)


@pytest.mark.parametrize("rows", [1, 5, 13, 97])
def test_two_trainings_of_the_same_data_are_the_same_to_the_last_bit(rows: int) -> None:
    results = []
    for _ in range(2):
        model, program = network_and_program("llvm", layers=(5, 4, 1))
        trained = program.train(rows_of(data_of(rows)), Adam(model.parameters(), 0.05), 20, 10, progress=False)
        results.append((list(trained), numbers(model)))
    assert results[0] == results[1]


def test_a_graph_without_inputs_trains_on_any_number_of_empty_rows() -> None:
    """Each step halves w, from 8 on, whatever the rows."""
    for rows in (1, 3, 13):
        w = Value(8.0)
        got = micrograd.compile(w * w, [], [w], target="llvm").train([[]] * rows, SGD([w], 0.25), 3, progress=False)
        assert list(got) == pytest.approx([64.0, 16.0, 4.0], rel=1e-14)
        assert w.data == pytest.approx(1.0, rel=1e-14)


def test_a_loss_of_parameters_alone_trains_beside_inputs_that_it_does_not_use() -> None:
    weights, x = vector(random.Random(2), 7), Value(1.0)
    before = [weight.data for weight in weights]
    program = micrograd.compile(ops.total([weight * weight for weight in weights]), [x], weights, target="llvm")
    program.train([[1.0]] * 11, SGD(weights, 0.25), 2, 4, progress=False)  # three batches an epoch, each of which halves all
    assert [weight.data for weight in weights] == pytest.approx([number / 64.0 for number in before], rel=1e-12)


# --------------------------------------------------------------------------------------------------------------
# Callbacks and target losses
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "batch_size"), [(5, None), (13, 4), (97, None), (97, 25)])
def test_a_callback_may_set_the_learning_rate_and_end_training(rows: int, batch_size: int | None) -> None:
    model, program = network_and_program("llvm", layers=(5, 1))
    twin = MLP(2, [5, 1], "tanh", seed=0)
    ours, theirs = (SGD(m.parameters(), 0.1, momentum=0.5) for m in (model, twin))
    seen: list[Any] = []

    def callback(epoch: int, loss: float) -> bool:
        seen.append((epoch, loss, numbers(model)))
        ours.learning_rate *= 0.5
        return epoch == 4

    got = program.train(rows_of(data_of(rows)), ours, 10, batch_size, callback=callback, progress=False)
    assert [(epoch, loss) for epoch, loss, _ in seen] == list(enumerate(got, start=1))
    for _, _, parameters in seen:
        fit(
            twin,
            losses.half_mean_squared_error,
            data_of(rows),
            theirs,
            epochs=1,
            batch_size=batch_size,
            progress=False,
            eager=True,
        )
        assert parameters == pytest.approx(numbers(twin), rel=1e-9)
        theirs.learning_rate *= 0.5
    assert (len(seen), numbers(model)) == (4, seen[-1][2])


@pytest.mark.parametrize(("rows", "batch_size"), [(5, None), (13, 4), (97, None), (97, 25)])
def test_training_ends_at_the_epoch_whose_loss_is_at_most_the_target(rows: int, batch_size: int | None) -> None:
    histories, trained = [], []
    for eager in (True, False):
        model = MLP(2, [5, 1], "tanh", seed=0)
        settings: dict[str, Any] = {"batch_size": batch_size, "progress": False, "eager": eager}
        optimizer = SGD(model.parameters(), 0.02)
        reached = fit(model, losses.half_mean_squared_error, data_of(rows), optimizer, epochs=8, **settings).losses[-1]
        model = MLP(2, [5, 1], "tanh", seed=0)
        optimizer = SGD(model.parameters(), 0.02)
        settings["target_loss"] = reached * (1.0 + 1e-9)
        histories.append(fit(model, losses.half_mean_squared_error, data_of(rows), optimizer, epochs=100, **settings))
        trained.append(numbers(model))
    assert len(histories[0].losses) <= 8
    assert [history.stopped for history in histories] == [histories[0].stopped] * 2
    assert histories[1].losses == pytest.approx(histories[0].losses, rel=1e-9)
    assert trained[1] == pytest.approx(trained[0], rel=1e-9)
