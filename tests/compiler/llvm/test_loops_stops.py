"""What ends a training in loops over panels of rows: a number that is not finite, which is named, and Ctrl-C."""

from __future__ import annotations

import math
import random
import signal
from array import array
from typing import Any

import pytest

import micrograd
from micrograd import losses, ops
from micrograd.compiler.descent import Descent
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, SGD, Adam
from micrograd.training import fit
from tests.compiler.networks import data_of, network_and_program, numbers, rows_of
from tests.tensors.pieces import vector

# --------------------------------------------------------------------------------------------------------------
# The row and the operation of the first number that is not finite
# --------------------------------------------------------------------------------------------------------------


def network_with_a_root() -> tuple[MLP, micrograd.Program]:
    """The squared error of a row, and the square root of its fourth number beside it."""
    model, program = network_and_program("llvm", layers=(5, 1))
    inputs = [*program.inputs, Value(1.0, "z")]
    loss = program.graph.outputs[0] + ops.sqrt(inputs[-1])
    return model, micrograd.compile(loss, inputs, model.parameters(), target="llvm")


@pytest.mark.parametrize("batch_size", [None, 10, 13, 25])
@pytest.mark.parametrize("place", [0, 7, 8, 11, 12, 24, 36, 63, 95, 96])
def test_the_row_that_has_no_value_is_named_wherever_it_is(place: int, batch_size: int | None) -> None:
    model, program = network_with_a_root()
    before = numbers(model)
    rows = [[*row, 1.0 + number] for number, row in enumerate(rows_of(data_of(97)))]
    rows[place][-1] = -4.0
    message = (
        rf"^training stopped in epoch 1: row {place + 1}: sqrt\(z=-4\.0\) has no value: sqrt needs a number from 0 upwards; "
    )
    with pytest.raises(FloatingPointError, match=message):
        program.train(rows, SGD(model.parameters(), 0.0), 5, batch_size, progress=False)
    assert numbers(model) == before


@pytest.mark.parametrize(("first", "second"), [(0, 1), (3, 96), (11, 12), (50, 51)])
def test_of_several_rows_without_a_value_the_first_is_named(first: int, second: int) -> None:
    model, program = network_with_a_root()
    rows = [[*row, 1.0] for row in rows_of(data_of(97))]
    rows[first][-1], rows[second][-1] = -4.0, -9.0
    with pytest.raises(FloatingPointError, match=rf"^training stopped in epoch 1: row {first + 1}: sqrt\(z=-4\.0\) has no value"):
        program.train(rows, SGD(model.parameters(), 0.1), 5, progress=False)


def test_rows_that_are_infinite_and_rows_without_a_value_are_told_apart() -> None:
    """inf is no number to take the root of either way: sqrt(inf) is inf, and named as what it is."""
    model, program = network_with_a_root()
    rows = [[*row, 1.0] for row in rows_of(data_of(13))]
    rows[12][-1] = math.inf
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: row 13: z is inf; no step had been taken"):
        program.train(rows, SGD(model.parameters(), 0.1), 5, progress=False)


@pytest.mark.parametrize("rows", [1, 3, 8, 13, 97])
def test_a_step_that_goes_too_far_is_taken_back(rows: int) -> None:
    """Five w at 1 under log(w x) + 3 w, x = 2: the slopes are 4, and a step of 1/2 leads to -1."""
    weights, x = vector(random.Random(0), 5, "w"), Value(1.0, "x")
    for weight in weights:
        weight.data = 1.0
    program = micrograd.compile(ops.total([ops.log(w * x) + 3.0 * w for w in weights]), [x], weights, target="llvm")
    optimizer = SGD(weights, 0.5, momentum=0.5)
    message = r"^training stopped in epoch 2: row 1: log\(-(2\.0|1\.9)\d*\) has no value.*; the parameters that gave .* are back"
    with pytest.raises(FloatingPointError, match=message):
        program.train([[2.0]] * rows, optimizer, 100, progress=False)
    assert ([w.data for w in weights], optimizer.step_count, optimizer.state) == ([1.0] * 5, 0, [(0.0,)] * 5)


@pytest.mark.parametrize("batch_size", [None, 13, 40])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_loss_that_grows_beyond_all_floats_ends_where_the_eager_loop_ends(name: str, batch_size: int | None) -> None:
    trained = []
    for eager in (True, False):
        model = MLP(2, [5, 1], "relu", seed=0)
        optimizer = OPTIMIZERS[name](model.parameters(), learning_rate=1e100)
        settings: dict[str, Any] = {"epochs": 1000, "batch_size": batch_size, "progress": False, "eager": eager}
        with pytest.raises(FloatingPointError, match=r"^training stopped in epoch \d+: "):
            fit(model, losses.half_mean_squared_error, data_of(97), optimizer, **settings)
        trained.append((numbers(model), optimizer.step_count))
    assert trained[1][0] == pytest.approx(trained[0][0], rel=1e-9)
    assert trained[1][1] == trained[0][1]


@pytest.mark.parametrize("place", range(5))
def test_a_gradient_that_is_not_finite_names_its_parameter_in_the_array(place: int) -> None:
    weights, x = vector(random.Random(0), 5, "w"), Value(1.0, "x")
    for number, weight in enumerate(weights):
        weight.data = 0.0 if number == place else 1.0
    program = micrograd.compile(ops.total([ops.sqrt(w) * x for w in weights]), [x], weights, target="llvm")
    message = rf"^training stopped in epoch 1: the gradient of w{place + 1} is inf; no step had been taken"
    with pytest.raises(FloatingPointError, match=message):
        program.train([[1.0]] * 13, SGD(weights, 0.1), 5, progress=False)
    assert [w.data for w in weights] == [0.0 if number == place else 1.0 for number in range(5)]


def test_a_slope_of_0_times_an_infinite_input_stops_training() -> None:
    """The one row is beyond its margin, so the loss is 0 and finite; the slope by the weight is 0 * inf."""
    weight, bias, x = Value(1.0, "w"), Value(0.0, "b"), Value(1.0, "x")
    program = micrograd.compile(losses.hinge([weight * x + bias], [1]), [x], [weight, bias], target="llvm")
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: the gradient of w is nan; no step had been"):
        program.train([[2.0]] * 20 + [[math.inf]], SGD([weight, bias], 0.1), 5, progress=False)
    assert (weight.data, bias.data) == (1.0, 0.0)


def test_a_last_step_that_ruins_the_parameters_does_not_pass_for_success() -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    program = micrograd.compile((ops.exp(w) - x) ** 2.0, [x], [w], target="llvm")
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: row 1: exp\(w=.*\) is too large for a float"):
        program.train([[50.0]] * 13, SGD([w], 1e4), 1, progress=False)
    assert w.data == 0.0


# --------------------------------------------------------------------------------------------------------------
# Ctrl-C
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "batch_size"), [(5, None), (13, None), (97, None), (97, 25)])
def test_an_interrupt_ends_training_at_the_end_of_an_epoch(
    rows: int, batch_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes while the third stretch is under way, which is then taken back."""
    calls: list[int] = []
    plain = Descent.advance

    def interrupted(descent: Descent, epochs: int, target: float = -math.inf) -> tuple[array[float], bool]:
        result = plain(descent, epochs, target)
        calls.append(epochs)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return result

    model, program = network_and_program("llvm", layers=(5, 1))
    optimizer = Adam(model.parameters(), 0.02)
    monkeypatch.setattr("micrograd.compiler.descent.FIRST_STRETCH", 0)
    monkeypatch.setattr("micrograd.compiler.descent.STRETCH", 0.0)
    monkeypatch.setattr(Descent, "advance", interrupted)
    got = program.train(rows_of(data_of(rows)), optimizer, 1000, batch_size, progress=False)
    monkeypatch.undo()
    assert (calls, len(got)) == ([1, 1, 1], 2)

    twin, other = network_and_program("llvm", layers=(5, 1))
    theirs = Adam(twin.parameters(), 0.02)
    assert other.train(rows_of(data_of(rows)), theirs, 2, batch_size, progress=False) == got
    assert (numbers(model), optimizer.state) == (numbers(twin), theirs.state)
    rest = program.train(rows_of(data_of(rows)), optimizer, 3, batch_size, progress=False)  # and on as if nothing had been
    assert other.train(rows_of(data_of(rows)), theirs, 3, batch_size, progress=False) == rest
    assert numbers(model) == numbers(twin)


def test_an_interrupt_in_a_callback_keeps_the_epochs_that_are_done() -> None:
    model, program = network_and_program("llvm", layers=(5, 1))

    def interrupt(epoch: int, loss: float) -> None:
        if epoch == 3:
            signal.raise_signal(signal.SIGINT)

    got = program.train(rows_of(data_of(13)), SGD(model.parameters(), 0.1), 10, callback=interrupt, progress=False)
    twin, other = network_and_program("llvm", layers=(5, 1))
    assert other.train(rows_of(data_of(13)), SGD(twin.parameters(), 0.1), 3, progress=False) == got
    assert numbers(model) == numbers(twin)
