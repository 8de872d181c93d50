"""Training in several calls is the same as in one: eager and compiled, in batches and not."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

from micrograd.compiler.schedule import Schedule
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, SGD, Adam
from micrograd.training import fit
from tests.compiler.networks import data_of, network_and_program, numbers, rows_of
from tests.compiler.targets import every_target
from tests.training.watched import LINE, Watched, numbers_of


def trained_by_fit(parts: list[int], **settings: Any) -> tuple[list[str], list[float]]:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)
    losses = [
        fit(model, half_mean_squared_error, LINE, optimizer, epochs=epochs, progress=False, **settings).losses for epochs in parts
    ]
    return numbers_of(model), list(chain.from_iterable(losses))


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("batch_size", [None, 2])
def test_fit_in_parts_is_fit_in_one(batch_size: int | None, eager: bool) -> None:
    whole = trained_by_fit([6], batch_size=batch_size, seed=3, eager=eager)
    assert trained_by_fit([1] * 6, batch_size=batch_size, seed=3, eager=eager) == whole
    assert trained_by_fit([2, 0, 4], batch_size=batch_size, seed=3, eager=eager) == whole


@every_target
@pytest.mark.parametrize("callback", [None, lambda epoch, loss: None])
def test_a_program_trained_in_parts_is_trained_in_one(callback: Callable[[int, float], None] | None, target: str) -> None:
    results = []
    for parts in ([6], [1] * 6, [2, 4]):
        model, program = network_and_program(target)
        optimizer = SGD(model.parameters(), 0.1, momentum=0.9)
        for epochs in parts:
            program.train(rows_of(data_of()), optimizer, epochs, 4, seed=3, progress=False, callback=callback)
        results.append(numbers(model))
    assert results[0] == results[1] == results[2]


def test_one_epoch_after_the_other_sees_the_rows_in_another_order() -> None:
    model = MLP(1, [1], seed=0)
    optimizer = SGD(model.parameters(), 0.001)
    loss = Watched(model, optimizer)
    for _ in range(4):
        fit(model, loss, LINE, optimizer, epochs=1, batch_size=2, progress=False)
    epochs = [tuple(chain.from_iterable(loss.batches[first : first + 3])) for first in range(0, 16, 4)]  # and a look each
    assert len(set(epochs)) == 4


def test_the_order_of_an_epoch_depends_on_the_seed_and_the_steps_before_it() -> None:
    whole, rest = (Schedule(rows=20, epochs=9, batch_size=6, seed=1, first_step=step) for step in (0, 8))
    other = Schedule(rows=20, epochs=9, batch_size=6, seed=2)
    assert whole.batches(2) == rest.batches(0)  # an epoch has four steps
    assert whole.batches(0) != whole.batches(1)
    assert whole.batches(0) != other.batches(0)


@pytest.mark.parametrize("seed", ["a", None, 1.5])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    model = MLP(1, [1])
    with pytest.raises(ValueError, match=r"^seed needs to be a whole number, got "):
        fit(model, half_mean_squared_error, LINE, SGD(model.parameters()), seed=seed, progress=False)
    with pytest.raises(ValueError, match=r"^seed needs to be a whole number, got "):
        Schedule(rows=5, epochs=1, seed=seed)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("eager", [True, False])
def test_no_epochs_leave_everything_as_it_was(name: str, eager: bool) -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    model([1.0]).backward()
    before = numbers_of(model), [parameter.grad for parameter in model.parameters()]
    optimizer = OPTIMIZERS[name](model.parameters(), learning_rate=0.1)
    fit(model, half_mean_squared_error, LINE, optimizer, epochs=0, progress=False, eager=eager)
    assert (numbers_of(model), [parameter.grad for parameter in model.parameters()]) == before
    assert optimizer.step_count == 0
