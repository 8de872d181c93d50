"""Settings that an optimizer refuses."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from micrograd.engine import Value
from micrograd.optim import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from tests.optim.valley import told

REFUSED: list[Any] = [-0.1, math.nan, math.inf, "0.1", None]


@pytest.mark.parametrize("make", [SGD, AdaGrad, RMSProp, Adam, AdamW])
@pytest.mark.parametrize("name", ["learning_rate", "weight_decay"])
@pytest.mark.parametrize("number", REFUSED, ids=repr)
def test_a_rate_is_a_finite_number_from_zero_upwards(make: type[Optimizer], name: str, number: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} needs to be a finite number from 0 upwards, {told(number)}$"):
        make([Value(1.0)], **{name: number})


@pytest.mark.parametrize("make", [SGD, RMSProp])
@pytest.mark.parametrize("number", REFUSED, ids=repr)
def test_a_momentum_is_a_finite_number_from_zero_upwards(make: Callable[..., Optimizer], number: Any) -> None:
    with pytest.raises(ValueError, match=f"^momentum needs to be a finite number from 0 upwards, {told(number)}$"):
        make([Value(1.0)], momentum=number)


@pytest.mark.parametrize("make", [AdaGrad, RMSProp, Adam, AdamW])
@pytest.mark.parametrize("number", [0.0, 0, *REFUSED], ids=repr)
def test_epsilon_is_above_zero(make: Callable[..., Optimizer], number: Any) -> None:
    with pytest.raises(ValueError, match=f"^epsilon needs to be a finite number above 0, {told(number)}$"):
        make([Value(1.0)], epsilon=number)


@pytest.mark.parametrize("make", [Adam, AdamW])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("number", [1.0, 1, 1.5, *REFUSED], ids=repr)
def test_a_beta_is_below_one(make: Callable[..., Optimizer], place: int, number: Any) -> None:
    betas = (number, 0.5) if place == 0 else (0.5, number)
    with pytest.raises(
        ValueError, match=rf"^betas\[{place}\] needs to be a number from 0 up to, but not including, 1, {told(number)}$"
    ):
        make([Value(1.0)], betas=betas)


@pytest.mark.parametrize("number", [1.0, 1, 1.5, *REFUSED], ids=repr)
def test_the_decay_of_rmsprop_is_below_one(number: Any) -> None:
    with pytest.raises(ValueError, match=f"^decay needs to be a number from 0 up to, but not including, 1, {told(number)}$"):
        RMSProp([Value(1.0)], decay=number)


def test_nesterov_needs_momentum() -> None:
    with pytest.raises(ValueError, match=r"^nesterov looks ahead along the momentum, which is 0; set momentum as well$"):
        SGD([Value(1.0)], nesterov=True)


@pytest.mark.parametrize(
    ("name", "number", "message"),
    [
        ("learning_rate", -0.1, r"^learning_rate needs to be a finite number from 0 upwards, got -0\.1$"),
        ("weight_decay", math.nan, "^weight_decay needs to be a finite number from 0 upwards, got nan$"),
        ("epsilon", 0.0, r"^epsilon needs to be a finite number above 0, got 0\.0$"),
        ("betas", (0.9, 1.0), r"^betas\[1\] needs to be a number from 0 up to, but not including, 1, got 1\.0$"),
        ("betas", 0.9, r"^betas needs to be a pair of numbers, such as \(0\.9, 0\.999\), got 0\.9$"),
    ],
)
def test_a_setting_changed_between_steps_is_checked_too(name: str, number: Any, message: str) -> None:
    optimizer = Adam([Value(1.0)])
    before = optimizer.settings()
    with pytest.raises(ValueError, match=message):
        setattr(optimizer, name, number)
    assert optimizer.settings() == before
