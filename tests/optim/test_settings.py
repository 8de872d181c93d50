"""The settings of the optimizers: that each matters, and what they are unless told otherwise."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.engine import Value
from micrograd.optim import OPTIMIZERS, SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from tests.optim.valley import START, after, problem, trajectory


@pytest.mark.parametrize(
    ("make", "base", "changed"),
    [
        (SGD, {}, {"learning_rate": 0.0101}),
        (SGD, {}, {"momentum": 0.01}),
        (SGD, {"momentum": 0.5}, {"nesterov": True}),
        (SGD, {}, {"weight_decay": 0.01}),
        (AdaGrad, {}, {"learning_rate": 0.0101}),
        (AdaGrad, {}, {"epsilon": 1e-3}),
        (AdaGrad, {}, {"weight_decay": 0.01}),
        (RMSProp, {}, {"learning_rate": 0.0101}),
        (RMSProp, {}, {"decay": 0.98}),
        (RMSProp, {}, {"epsilon": 1e-3}),
        (RMSProp, {}, {"momentum": 0.01}),
        (RMSProp, {}, {"weight_decay": 0.01}),
        (Adam, {}, {"learning_rate": 0.00101}),
        (Adam, {}, {"betas": (0.91, 0.999)}),
        (Adam, {}, {"betas": (0.9, 0.998)}),
        (Adam, {}, {"epsilon": 1e-3}),
        (Adam, {}, {"weight_decay": 0.1}),
        (AdamW, {}, {"learning_rate": 0.00101}),
        (AdamW, {}, {"betas": (0.91, 0.999)}),
        (AdamW, {}, {"betas": (0.9, 0.998)}),
        (AdamW, {}, {"epsilon": 1e-3}),
        (AdamW, {}, {"weight_decay": 0.02}),
    ],
    ids=lambda item: item.__name__ if isinstance(item, type) else "-".join(item),
)
def test_every_setting_matters(make: type[Optimizer], base: dict[str, Any], changed: dict[str, Any]) -> None:
    without, with_it = trajectory(make, steps=20, **base), trajectory(make, steps=20, **base | changed)
    assert np.abs(without - with_it).max() > 1e-7


@pytest.mark.parametrize(
    ("make", "explicit"),
    [
        (SGD, {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}),
        (AdaGrad, {"learning_rate": 0.01, "epsilon": 1e-10, "weight_decay": 0.0}),
        (RMSProp, {"learning_rate": 0.01, "decay": 0.99, "epsilon": 1e-8, "momentum": 0.0, "weight_decay": 0.0}),
        (Adam, {"learning_rate": 0.001, "betas": (0.9, 0.999), "epsilon": 1e-8, "weight_decay": 0.0}),
        (AdamW, {"learning_rate": 0.001, "betas": (0.9, 0.999), "epsilon": 1e-8, "weight_decay": 0.01}),
    ],
)
def test_default_settings_are_those_of_the_papers_and_of_torch(make: type[Optimizer], explicit: dict[str, Any]) -> None:
    assert np.array_equal(trajectory(make, steps=10), trajectory(make, steps=10, **explicit))


def test_the_learning_rate_may_change_between_steps() -> None:
    optimizer = SGD([Value(1.0)], learning_rate=0.5)
    after(optimizer, 1.0)
    optimizer.learning_rate = 0.125
    assert after(optimizer, 1.0) == [0.5 - 0.125]


def test_a_learning_rate_of_zero_moves_nothing() -> None:
    assert [after(OPTIMIZERS[name]([Value(3.0)], learning_rate=0.0), 5.0, 5.0) for name in OPTIMIZERS] == [[3.0, 3.0]] * 7


def test_each_parameter_has_a_state_of_its_own() -> None:
    together = trajectory(Adam, steps=5, learning_rate=0.1)
    parameters = [Value(number) for number in START]
    optimizers = [Adam([parameter], learning_rate=0.1) for parameter in parameters]
    for _ in range(5):
        for optimizer in optimizers:
            optimizer.zero_grad()
        problem(parameters, micrograd.exp, micrograd.sin).backward()
        for optimizer in optimizers:
            optimizer.step()
    assert [parameter.data for parameter in parameters] == together[-1].tolist()


def test_steps_are_counted() -> None:
    optimizer = Adam([Value(1.0)])
    assert optimizer.step_count == 0
    after(optimizer, 1.0, 2.0, 3.0)
    assert optimizer.step_count == 3


def test_a_numpy_learning_rate_leaves_the_parameters_floats() -> None:
    np = pytest.importorskip("numpy")
    w = Value(1.0)
    for optimizer in (SGD([w], np.float32(0.1), momentum=np.float32(0.5)), Adam([w], 0.1)):
        optimizer.learning_rate = np.float32(0.5)
        w.grad = 1.0
        optimizer.step()
        assert type(w.data) is float


@pytest.mark.parametrize(
    ("optimizer", "text"),
    [
        (SGD([Value(1.0)]), "SGD(learning_rate=0.01)"),
        (SGD([Value(1.0)], 0.1, momentum=0.9), "SGD(learning_rate=0.1, momentum=0.9)"),
        (RMSProp([Value(1.0)], decay=0.5, epsilon=1), "RMSProp(learning_rate=0.01, decay=0.5, epsilon=1.0)"),
        (AdamW([Value(1.0)], betas=(0.5, 0.25)), "AdamW(learning_rate=0.001, betas=(0.5, 0.25))"),
        (Optimizer([Value(1.0)], 0.5), "Optimizer(learning_rate=0.5)"),
    ],
    ids=str,
)
def test_the_repr_of_an_optimizer_shows_its_learning_rate_and_what_is_not_the_default(optimizer: Optimizer, text: str) -> None:
    assert repr(optimizer) == text


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_equals_itself_only(name: str) -> None:
    parameters = [Value(1.0)]
    one, other = OPTIMIZERS[name](parameters, learning_rate=0.1), OPTIMIZERS[name](parameters, learning_rate=0.1)
    assert one != other
    assert len({one, other, one}) == 2


def test_only_the_parameters_and_the_learning_rate_are_taken_by_position() -> None:
    make: Callable[..., Optimizer] = SGD
    with pytest.raises(TypeError, match="positional argument"):
        make([Value(1.0)], 0.1, 0.9)


def test_any_setting_may_be_a_value_to_be_differentiated_by() -> None:
    momentum: Any = Value(0.5)
    optimizer = SGD([Value(1.0)], 0.25, momentum=momentum)
    moved, _ = optimizer.update(Value(1.0), Value(2.0), (4.0,), 1)  # 1 - 1/4 * (momentum * 4 + 2)
    moved.backward()
    assert (moved.data, momentum.grad) == (0.0, -1.0)
