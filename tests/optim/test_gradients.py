"""The gradients that a step follows: zeroed, added up, forgotten."""

import warnings
from collections.abc import Callable

import pytest

from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, SGD, Optimizer
from tests.optim.valley import after


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_forgetting_zero_grad_warns_at_the_line_of_step(name: str) -> None:
    w = Value(1.0)
    optimizer = OPTIMIZERS[name]([w], learning_rate=0.1)
    (w * w).backward()
    optimizer.step()
    (w * w).backward()
    with pytest.warns(UserWarning, match=r"follows gradients that it has followed before.*call zero_grad\(\)") as caught:
        optimizer.step()
    assert [warning.filename for warning in caught] == [__file__]


def test_forgetting_zero_grad_still_adds_the_gradients_up() -> None:
    w = Value(1.0)
    optimizer = SGD([w], learning_rate=0.25)
    (w * w).backward()
    optimizer.step()
    (w * w).backward()
    assert w.grad == 2.0 * 1.0 + 2.0 * 0.5


def zeroed_by_the_optimizer(model: MLP, optimizer: Optimizer) -> None:
    optimizer.zero_grad()


def zeroed_by_the_model(model: MLP, optimizer: Optimizer) -> None:
    model.zero_grad()


def zeroed_one_by_one(model: MLP, optimizer: Optimizer) -> None:
    for parameter in model.parameters():
        parameter.grad = 0.0


@pytest.mark.parametrize("zero", [zeroed_by_the_optimizer, zeroed_by_the_model, zeroed_one_by_one])
def test_zeroing_the_gradients_in_any_way_does_not_warn(zero: Callable[[MLP, Optimizer], None]) -> None:
    model = MLP(1, [2, 1], "tanh", seed=0)
    optimizer = SGD(model.parameters(), learning_rate=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            zero(model, optimizer)
            assert [parameter.grad for parameter in model.parameters()] == [0.0] * 7
            model([0.5]).backward()
            optimizer.step()


def test_adding_gradients_up_over_several_backward_before_a_step_does_not_warn() -> None:
    w = Value(1.0)
    optimizer = SGD([w], learning_rate=0.25)
    optimizer.zero_grad()
    (w * 2.0).backward()
    (w * 3.0).backward()
    optimizer.step()
    assert w.data == 1.0 - 0.25 * 5.0


def test_a_used_gradient_is_still_there_to_be_read() -> None:
    w = Value(1.0)
    optimizer = SGD([w], learning_rate=0.25)
    after(optimizer, 5.0)
    assert w.grad == 5.0
    assert w.grad + 1.0 == 6.0


def test_a_step_without_a_gradient_says_so() -> None:
    with pytest.warns(UserWarning, match=r"^step\(\) has no gradient to follow; call backward\(\) on the loss first$"):
        SGD([Value(1.0)]).step()
