"""The first steps of each optimizer, by hand: in numbers that binary fractions hold exactly where the rule has no root."""

import math

import pytest

from micrograd.engine import Value
from micrograd.optim import OPTIMIZERS, SGD, AdaGrad, Adam, AdamW, RMSProp
from tests.optim.valley import (
    after,
)


def test_gradient_descent_subtracts_the_learning_rate_times_the_gradient() -> None:
    assert after(SGD([Value(1.0)], 0.5), 2.0, -3.0) == [0.0, 1.5]


def test_momentum_adds_a_part_of_the_last_velocity() -> None:
    # velocity: 2; 1/4 * 2 + 4 = 4.5; 1/4 * 4.5 + 0 = 1.125
    assert after(SGD([Value(1.0)], 0.5, momentum=0.25), 2.0, 4.0, 0.0) == [0.0, -2.25, -2.8125]


def test_nesterov_looks_one_velocity_ahead() -> None:
    # direction: gradient + 1/4 velocity = 2 + 0.5; 4 + 1/4 * 4.5
    assert after(SGD([Value(1.0)], 0.5, momentum=0.25, nesterov=True), 2.0, 4.0) == [-0.25, -0.25 - 0.5 * 5.125]


def test_weight_decay_pulls_a_parameter_with_no_gradient_towards_zero() -> None:
    assert after(SGD([Value(8.0)], 0.5, weight_decay=0.25), 0.0, 0.0) == [8.0 * 0.875, 8.0 * 0.875**2]


def test_weight_decay_joins_the_gradient_before_the_momentum() -> None:
    # velocity: 1 + 1/4 * 8 = 3; parameter 6.5; velocity: 1/2 * 3 + 1/4 * 6.5 = 3.125
    assert after(SGD([Value(8.0)], 0.5, momentum=0.5, weight_decay=0.25), 1.0, 0.0) == [6.5, 6.5 - 0.5 * 3.125]


def test_adagrad_divides_by_the_root_of_the_sum_of_squares() -> None:
    # sums: 9, 9 + 16, 25 + 144
    expected = [1.0 - 0.5 * 3.0 / 3.0, 0.5 - 0.5 * 4.0 / 5.0, 0.1 - 0.5 * -12.0 / 13.0]
    assert after(AdaGrad([Value(1.0)], 0.5), 3.0, 4.0, -12.0) == pytest.approx(expected, abs=1e-9)  # epsilon is 1e-10


def test_adagrad_adds_epsilon_to_the_root_and_the_decay_to_the_gradient() -> None:
    assert after(AdaGrad([Value(8.0)], 0.5, epsilon=1.0, weight_decay=0.25), 1.0) == [8.0 - 0.5 * 3.0 / (3.0 + 1.0)]


def test_rmsprop_divides_by_the_root_of_the_running_mean_of_squares() -> None:
    # means: 1/4 * 16 = 4; 3/4 * 4 + 1/4 * 4 = 4
    optimizer = RMSProp([Value(1.0)], 0.5, decay=0.75, epsilon=2.0)
    assert after(optimizer, 4.0, -2.0) == [1.0 - 0.5 * 4.0 / (2.0 + 2.0), 0.5 + 0.5 * 2.0 / (2.0 + 2.0)]


def test_rmsprop_carries_on_with_momentum_and_adds_the_decay_to_the_gradient() -> None:
    optimizer = RMSProp([Value(8.0)], 0.5, decay=0.75, epsilon=2.0, momentum=0.5, weight_decay=0.25)
    # gradient 2 + 2 = 4, mean 4, velocity 4 / 4 = 1; gradient -1.875 + 7.5 / 4 = 0, velocity 1/2
    assert after(optimizer, 2.0, -1.875) == [7.5, 7.25]


@pytest.mark.parametrize("gradient", [1e-3, -5.0, 1e6])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_size_of_the_gradient(gradient: float) -> None:
    (moved,) = after(Adam([Value(1.0)], 0.25, epsilon=1e-30), gradient)
    assert moved == pytest.approx(1.0 - math.copysign(0.25, gradient), rel=1e-15)


def test_adam_by_hand() -> None:
    optimizer = Adam([Value(1.0)], 0.5, betas=(0.5, 0.75), epsilon=2.0)
    # means: 1/2 * 4 = 2, over 1 - 1/2 is 4; 1/2 * 2 + 1/2 * -4 = -1, over 1 - 1/4 is -4/3
    # squares: 1/4 * 16 = 4, over 1 - 3/4 is 16; 3/4 * 4 + 1/4 * 16 = 7, over 1 - 9/16 is 16
    expected = [1.0 - 0.5 * 4.0 / (4.0 + 2.0), 1.0 - 0.5 * 4.0 / 6.0 + 0.5 * (4.0 / 3.0) / (4.0 + 2.0)]
    assert after(optimizer, 4.0, -4.0) == pytest.approx(expected, rel=1e-15)


def test_the_weight_decay_of_adam_joins_the_gradient_and_is_divided_like_it() -> None:
    (moved,) = after(Adam([Value(8.0)], 0.5, weight_decay=0.25, epsilon=1e-30), 0.0)
    assert moved == pytest.approx(8.0 - 0.5, rel=1e-15)  # the learning rate, however small the decay


def test_the_weight_decay_of_adamw_shrinks_the_parameter_itself() -> None:
    assert after(AdamW([Value(8.0)], 0.5, weight_decay=0.25), 0.0, 0.0) == [8.0 * 0.875, 8.0 * 0.875**2]
    (moved,) = after(AdamW([Value(8.0)], 0.5, weight_decay=0.25, epsilon=1e-30), 3.0)
    assert moved == pytest.approx(8.0 * 0.875 - 0.5, rel=1e-15)


def test_adamw_decays_by_a_hundredth_unless_told_otherwise() -> None:
    assert after(AdamW([Value(8.0)], 0.5), 0.0) == [8.0 * (1.0 - 0.5 * 0.01)]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_steps_go_downhill(name: str) -> None:
    for slope in (1.0, -1.0):
        (moved,) = after(OPTIMIZERS[name]([Value(3.0)], learning_rate=0.01), slope)
        assert (moved < 3.0) == (slope > 0.0)
        assert moved != 3.0


def test_every_rule_has_a_name_and_momentum_by_name_is_nine_tenths() -> None:
    made = {name: make([Value(0.0)], learning_rate=0.01) for name, make in OPTIMIZERS.items()}
    assert {name: type(optimizer) for name, optimizer in made.items()} == {
        "sgd": SGD,
        "momentum": SGD,
        "nesterov": SGD,
        "adagrad": AdaGrad,
        "rmsprop": RMSProp,
        "adam": Adam,
        "adamw": AdamW,
    }
    settings = {name: (rule.momentum, rule.nesterov) for name, rule in made.items() if isinstance(rule, SGD)}
    assert settings == {"sgd": (0.0, False), "momentum": (0.9, False), "nesterov": (0.9, True)}
