"""A step moves the parameters that a gradient has reached, and leaves the others as they are: as PyTorch does."""

from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.engine import Value
from micrograd.optim import OPTIMIZERS, SGD, Adam, AdamW, Optimizer
from tests.optim.valley import START, assert_equal_trajectories, every_case, every_optimizer

# Which of three parameters the loss of a step depends on, over and over.
USES = ((0, 1, 2), (0,), (0, 2), (1,), (0, 1))


def valley(parameters: list[Any], uses: tuple[int, ...], exp: Any) -> Any:
    return sum((exp(0.3 * parameters[i]) + (parameters[i] - i) ** 4 for i in uses[1:]), exp(-parameters[uses[0]]))


@every_case
def test_a_hundred_steps_with_some_of_the_parameters_equal_those_of_torch(
    make: type[Optimizer], name: str, settings: dict[str, Any]
) -> None:
    torch = pytest.importorskip("torch")
    spelled = {"learning_rate": "lr", "epsilon": "eps", "decay": "alpha"}
    ours = [Value(number) for number in START]
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START]
    optimizer = make(ours, **settings)
    other = getattr(torch.optim, name)(theirs, **{spelled.get(key, key): number for key, number in settings.items()})
    rows: list[list[list[float]]] = [[], []]
    for step in range(100):
        uses = USES[step % len(USES)]
        for opt, parameters, exp in ((optimizer, ours, micrograd.exp), (other, theirs, torch.exp)):
            opt.zero_grad()
            valley(parameters, uses, exp).backward()
            opt.step()
        rows[0].append([parameter.data for parameter in ours])
        rows[1].append([parameter.item() for parameter in theirs])
    assert_equal_trajectories(*map(np.array, rows))


@every_optimizer
@pytest.mark.parametrize("no_gradient", [None, "zero_grad"])
def test_a_parameter_that_no_gradient_reached_stays_with_its_memory(make: Any, no_gradient: str | None) -> None:
    used, unused = Value(1.0), Value(1.0)
    optimizer: Optimizer = make([used, unused], learning_rate=0.1)
    before = optimizer.state[1]
    for _ in range(3):
        optimizer.zero_grad()
        if no_gradient is None:
            unused.grad = None  # type: ignore[assignment]  # as in PyTorch
        (used * used).backward()
        optimizer.step()
    assert used.data < 1.0
    assert (unused.data, optimizer.state[1]) == (1.0, before)
    assert (optimizer.step_count, optimizer.steps_taken) == (3, [3, 0])


def test_neither_weight_decay_nor_momentum_moves_it() -> None:
    decayed, carried = Value(1.0), Value(1.0)
    decaying, carrying = AdamW([decayed, Value(0.0)]), SGD([carried, Value(0.0)], 0.1, momentum=0.9)
    (carried * 2.0).backward()
    carrying.step()
    for optimizer in (decaying, carrying):
        for _ in range(3):
            optimizer.zero_grad()
            (optimizer.parameters[1] * 1.0).backward()
            optimizer.step()
    assert (decayed.data, carried.data) == (1.0, 1.0 - 0.1 * 2.0)


def test_the_first_step_of_adam_is_its_learning_rate_however_late_it_comes() -> None:
    early, late = Value(1.0), Value(1.0)
    optimizer = Adam([early, late], 0.25, epsilon=1e-30)
    for parameter in (early, early, early, late):
        optimizer.zero_grad()
        (parameter * 3.0).backward()
        optimizer.step()
    assert late.data == pytest.approx(1.0 - 0.25, rel=1e-15)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_gradient_of_zero_is_a_gradient(name: str) -> None:
    reached = Value(1.0)
    optimizer = OPTIMIZERS[name]([reached], learning_rate=0.1)
    (reached * 0.0).backward()
    optimizer.step()
    assert optimizer.steps_taken == [1]
