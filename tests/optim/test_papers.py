"""A hundred steps of each optimizer, by the formulas of the papers on arrays and by PyTorch."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from micrograd.optim import SGD, Adam, Optimizer
from tests.optim.valley import START, STEPS, assert_equal_trajectories, every_case, problem, slopes, trajectory


def sgd_of_the_paper(
    rate: float, momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0
) -> Iterator[np.ndarray]:
    theta, velocity = np.array(START), np.zeros(3)
    while True:
        g = slopes(theta) + weight_decay * theta
        velocity = momentum * velocity + g
        theta = theta - rate * (g + momentum * velocity if nesterov else velocity)
        yield theta


def nesterov_of_the_paper(rate: float, momentum: float) -> Iterator[np.ndarray]:
    """Sutskever et al., equations 3 and 4: the slope is taken ahead, at theta + momentum * velocity.

    Ours keeps the point ahead, phi = theta + momentum * velocity, as PyTorch does.
    """
    theta, velocity = np.array(START), np.zeros(3)
    while True:
        velocity = momentum * velocity - rate * slopes(theta + momentum * velocity)
        theta = theta + velocity
        yield theta + momentum * velocity


def adagrad_of_the_paper(rate: float, epsilon: float = 1e-10, weight_decay: float = 0.0) -> Iterator[np.ndarray]:
    theta, seen = np.array(START), []
    while True:
        seen.append(slopes(theta) + weight_decay * theta)
        theta = theta - rate * seen[-1] / (np.linalg.norm(seen, axis=0) + epsilon)
        yield theta


def rmsprop_of_the_lecture(
    rate: float, decay: float = 0.99, epsilon: float = 1e-8, momentum: float = 0.0, weight_decay: float = 0.0
) -> Iterator[np.ndarray]:
    theta, mean_square, velocity = np.array(START), np.zeros(3), np.zeros(3)
    while True:
        g = slopes(theta) + weight_decay * theta
        mean_square = decay * mean_square + (1.0 - decay) * g**2
        velocity = momentum * velocity + g / (np.sqrt(mean_square) + epsilon)
        theta = theta - rate * velocity
        yield theta


def adam_of_the_paper(
    rate: float,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: float = 0.0,
) -> Iterator[np.ndarray]:
    """Kingma & Ba, algorithm 1, with its moments written out as the weighted sums that equation 1 says they are."""
    theta, seen = np.array(START), []
    while True:
        seen.append(slopes(theta) + weight_decay * theta)
        t = len(seen)
        weights = [[(1.0 - beta) * beta ** (t - i) / (1.0 - beta**t) for i in range(1, t + 1)] for beta in betas]
        mean, mean_square = np.dot(weights[0], seen), np.dot(weights[1], np.square(seen))
        theta = theta - rate * decoupled * theta - rate * mean / (np.sqrt(mean_square) + epsilon)
        yield theta


def adamw_of_the_paper(rate: float, weight_decay: float = 0.01, **settings: Any) -> Iterator[np.ndarray]:
    return adam_of_the_paper(rate, decoupled=weight_decay, **settings)


PAPERS: dict[str, Callable[..., Iterator[np.ndarray]]] = {
    "SGD": sgd_of_the_paper,
    "Adagrad": adagrad_of_the_paper,
    "RMSprop": rmsprop_of_the_lecture,
    "Adam": adam_of_the_paper,
    "AdamW": adamw_of_the_paper,
}


@every_case
def test_a_hundred_steps_follow_the_formulas_of_the_papers(make: type[Optimizer], name: str, settings: dict[str, Any]) -> None:
    others = {key: number for key, number in settings.items() if key != "learning_rate"}
    steps = PAPERS[name](settings["learning_rate"], **others)
    assert_equal_trajectories(trajectory(make, **settings), np.array([next(steps) for _ in range(STEPS)]))


def test_nesterov_takes_the_slope_ahead_as_in_the_paper() -> None:
    steps = nesterov_of_the_paper(0.02, 0.7)
    ours = trajectory(SGD, learning_rate=0.02, momentum=0.7, nesterov=True)
    assert_equal_trajectories(ours, np.array([next(steps) for _ in range(STEPS)]))


@every_case
def test_a_hundred_steps_equal_those_of_torch(make: type[Optimizer], name: str, settings: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    spelled = {"learning_rate": "lr", "epsilon": "eps", "decay": "alpha"}
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START]
    optimizer = getattr(torch.optim, name)(theirs, **{spelled.get(key, key): number for key, number in settings.items()})
    rows = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        problem(theirs, torch.exp, torch.sin).backward()
        optimizer.step()
        rows.append([parameter.item() for parameter in theirs])
    assert_equal_trajectories(trajectory(make, **settings), np.array(rows))


def test_a_learning_rate_bent_by_a_part_in_a_thousand_million_is_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_equal_trajectories(trajectory(Adam, learning_rate=0.02), trajectory(Adam, learning_rate=0.02 * (1.0 + 1e-9)))
