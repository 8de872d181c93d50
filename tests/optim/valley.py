"""A valley to go down, and every optimizer with its settings."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.engine import Value
from micrograd.optim import OPTIMIZERS, SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp

STEPS = 100

START = [0.5, -1.5, 2.0]


def problem(parameters: Sequence[Any], exp: Any, sin: Any) -> Any:
    """A valley that is not quadratic, for Values and tensors; its gradient by hand is `slopes`."""
    u, v, w = parameters
    return exp(0.3 * u) + (u * v - 1.0) ** 2 + sin(w) + 0.1 * (v - w) ** 4


def slopes(parameters: np.ndarray) -> np.ndarray:
    u, v, w = parameters
    return np.array(
        [
            0.3 * np.exp(0.3 * u) + 2.0 * (u * v - 1.0) * v,
            2.0 * (u * v - 1.0) * u + 0.4 * (v - w) ** 3,
            np.cos(w) - 0.4 * (v - w) ** 3,
        ]
    )


def trajectory(make: Callable[..., Optimizer], steps: int = STEPS, **settings: Any) -> np.ndarray:
    """The parameters after each step down the valley, one row per step."""
    parameters = [Value(number) for number in START]
    optimizer = make(parameters, **settings)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        problem(parameters, micrograd.exp, micrograd.sin).backward()
        optimizer.step()
        rows.append([parameter.data for parameter in parameters])
    return np.array(rows)


def assert_equal_trajectories(ours: np.ndarray, theirs: np.ndarray) -> None:
    """To 1e-12 of the largest of the three parameters: one of them may pass through 0."""
    sizes = np.abs(theirs).max(axis=1, keepdims=True)
    assert ours.shape == theirs.shape == (STEPS, len(START))
    assert np.all(np.isfinite(ours))
    assert np.all(np.abs(ours - theirs) <= 1e-12 * sizes), np.abs((ours - theirs) / sizes).max()


def after(optimizer: Optimizer, *gradients: float) -> list[float]:
    """The parameter after steps with these gradients."""
    (parameter,) = optimizer.parameters
    numbers = []
    for gradient in gradients:
        parameter.grad = gradient
        optimizer.step()
        numbers.append(parameter.data)
    return numbers


def told(number: Any) -> str:
    """How an error names a setting that it refuses."""
    return f"got {number!r}" + ("; write it without quotes" if isinstance(number, str) else "")


CASES: list[tuple[type[Optimizer], str, dict[str, Any]]] = [
    (SGD, "SGD", {"learning_rate": 0.02}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7, "nesterov": True}),
    (SGD, "SGD", {"learning_rate": 0.02, "weight_decay": 0.1}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7, "weight_decay": 0.1}),
    (SGD, "SGD", {"learning_rate": 0.02, "momentum": 0.7, "nesterov": True, "weight_decay": 0.1}),
    (AdaGrad, "Adagrad", {"learning_rate": 0.2}),
    (AdaGrad, "Adagrad", {"learning_rate": 0.2, "epsilon": 0.5, "weight_decay": 0.1}),
    (RMSProp, "RMSprop", {"learning_rate": 0.01}),
    (RMSProp, "RMSprop", {"learning_rate": 0.01, "momentum": 0.5}),
    (RMSProp, "RMSprop", {"learning_rate": 0.01, "decay": 0.8, "epsilon": 0.1, "momentum": 0.5, "weight_decay": 0.1}),
    (Adam, "Adam", {"learning_rate": 0.02}),
    (Adam, "Adam", {"learning_rate": 0.02, "betas": (0.8, 0.95), "epsilon": 0.1, "weight_decay": 0.1}),
    (Adam, "Adam", {"learning_rate": 0.02, "betas": (0.0, 0.0)}),
    (AdamW, "AdamW", {"learning_rate": 0.02}),
    (AdamW, "AdamW", {"learning_rate": 0.02, "betas": (0.8, 0.95), "epsilon": 0.1, "weight_decay": 0.3}),
]

every_case = pytest.mark.parametrize(
    ("make", "name", "settings"),
    CASES,
    ids=[f"{name} {' '.join(f'{key}={number}' for key, number in settings.items())}" for _, name, settings in CASES],
)

every_optimizer = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
