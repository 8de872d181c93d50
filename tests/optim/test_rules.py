"""One update rule for numbers and for Values, and rules of one's own."""

import math
from typing import Any

import pytest

from micrograd.engine import Value
from micrograd.optim import SGD, Optimizer
from tests.optim.valley import (
    after,
    every_case,
)


@every_case
def test_the_rule_gives_the_same_numbers_on_values_bit_for_bit(
    make: type[Optimizer], name: str, settings: dict[str, Any]
) -> None:
    optimizer = make([Value(0.0)], **settings)
    number, state = 0.7, optimizer.initial_state()
    value: Any = Value(number)
    value_state: tuple[Any, ...] = tuple(Value(entry) for entry in state)
    for step, gradient in enumerate([0.3, -1.7, 1e-9, 0.0, 123.456], start=1):
        number, state = optimizer.update(number, gradient, state, step)
        value, value_state = optimizer.update(value, Value(gradient), value_state, Value(step))
        assert type(number) is float
        assert isinstance(value, Value)
        assert value.data.hex() == number.hex()
        assert [entry.data.hex() for entry in value_state] == [entry.hex() for entry in state]


def test_a_step_of_values_can_be_differentiated() -> None:
    rate, w = Value(0.25), Value(3.0)
    optimizer = SGD([w])
    optimizer.learning_rate = rate  # type: ignore[assignment]
    moved, _ = optimizer.update(w, 2.0 * w, (0.0,), 1)  # one step down w * w: w - rate * 2 w
    moved.backward()
    assert (moved.data, rate.grad, w.grad) == (3.0 - 0.25 * 6.0, -6.0, 1.0 - 0.25 * 2.0)


def test_an_optimizer_of_ones_own_needs_only_an_update() -> None:
    class SignDescent(Optimizer):
        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
            return parameter - self.learning_rate * math.copysign(1.0, gradient), state

    optimizer = SignDescent([Value(1.0)], 0.25)
    assert after(optimizer, 7.0, -0.1) == [0.75, 1.0]
    assert optimizer.state == [()]  # a rule with no memory


def test_an_optimizer_without_an_update_says_what_to_write() -> None:
    optimizer = Optimizer([parameter := Value(1.0)], 0.1)
    parameter.grad = 1.0
    with pytest.raises(TypeError, match=r"^Optimizer needs a method update\(parameter, gradient, state, step\)$"):
        optimizer.step()
