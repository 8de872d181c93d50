"""The state of an optimizer as plain JSON, saved and loaded."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam, Optimizer
from micrograd.training import fit
from tests.optim.valley import every_optimizer
from tests.training.watched import LINE, numbers_of


def network() -> MLP:
    return MLP(1, [3, 1], "tanh", seed=0)


def goes_on(make: Callable[..., Optimizer], eager: bool) -> None:
    """Two epochs, saved, and two more: the same numbers from a fresh optimizer that has loaded the state."""
    settings: dict[str, Any] = {"epochs": 2, "batch_size": 2, "progress": False, "eager": eager}
    whole = network()
    optimizer = make(whole.parameters(), learning_rate=0.05, weight_decay=0.01)
    fit(whole, half_mean_squared_error, LINE, optimizer, **settings)
    saved = json.dumps([whole.state_dict(), optimizer.state_dict()])
    fit(whole, half_mean_squared_error, LINE, optimizer, **settings)

    model = network()
    fresh = make(model.parameters(), learning_rate=0.7)
    numbers, state = json.loads(saved)
    model.load_state_dict(numbers)
    fresh.load_state_dict(state)
    fit(model, half_mean_squared_error, LINE, fresh, **settings)
    assert numbers_of(model) == numbers_of(whole)
    assert repr(fresh) == repr(optimizer)
    assert fresh.state_dict() == optimizer.state_dict()


@every_optimizer
def test_training_goes_on_to_the_bit_in_a_fresh_optimizer(make: Callable[..., Optimizer]) -> None:
    goes_on(make, eager=True)


def test_compiled_training_goes_on_to_the_bit_in_a_fresh_optimizer() -> None:
    goes_on(Adam, eager=False)


def test_a_state_holds_the_settings_the_steps_and_the_memory_of_each_parameter() -> None:
    model = MLP(1, [1])
    optimizer = Adam(model.parameters(), 0.1, betas=(0.5, 0.75))
    _, bias = optimizer.parameters
    bias.grad = 2.0
    optimizer.step()
    assert optimizer.state_dict() == {
        "optimizer": "Adam",
        "settings": {"learning_rate": 0.1, "betas": [0.5, 0.75], "epsilon": 1e-8, "weight_decay": 0.0},
        "step_count": 1,
        "steps_taken": [0, 1],
        "state": [[0.0, 0.0], [1.0, 1.0]],  # of a gradient of 2 the means (1 - 0.5) 2 and (1 - 0.75) 4
    }


def test_a_state_is_a_copy() -> None:
    optimizer = SGD(MLP(1, [1]).parameters(), momentum=0.9)
    saved = optimizer.state_dict()
    saved["state"][0][0] = saved["steps_taken"][0] = 7
    assert (optimizer.state[0], optimizer.steps_taken[0]) == ((0.0,), 0)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda state: state.pop("state"), ValueError, r"the state of an optimizer has 'optimizer', 'settings', 'step_count', "),
        (lambda state: state.update(groups=[]), ValueError, r"the state of an optimizer has .*, as state_dict\(\) gives it"),
        (lambda state: state.update(settings=0.1), ValueError, r"the state of an optimizer has "),
        (
            lambda state: state.update(optimizer="Adam"),
            ValueError,
            r"the state is of Adam and the optimizer is SGD; load it into",
        ),
        (lambda state: state["settings"].pop("momentum"), ValueError, r"SGD has the settings 'learning_rate', 'momentum', "),
        (
            lambda state: state["settings"].update(momentum=-1.0),
            ValueError,
            r"momentum needs to be a finite number from 0 upwards",
        ),
        (lambda state: state["state"].pop(), ValueError, r"the optimizer has 2 parameter\(s\), and state in the state is for 1$"),
        (
            lambda state: state.update(steps_taken=3),
            ValueError,
            r"the optimizer has 2 parameter\(s\), and steps_taken in .* for 3$",
        ),
        (
            lambda state: state["state"][1].append(0.0),
            ValueError,
            r"SGD remembers 1 number\(s\) .* has \[0\.25, 0\.0\] for parameter 2$",
        ),
        (lambda state: state["state"][1].append(state["state"][1].pop() * math.inf), ValueError, r"the state has \[inf\] for "),
        (lambda state: state["state"].insert(1, [str(state["state"].pop())]), TypeError, r"a Value holds one real number, got "),
        (
            lambda state: state["steps_taken"].insert(0, -state["steps_taken"].pop()),
            ValueError,
            r"a number of steps taken in the ",
        ),
        (lambda state: state.update(step_count=1.5), ValueError, r"step_count in the state needs to be a whole number from 0"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(
    change: Callable[[dict[str, Any]], object], error: type[Exception], message: str
) -> None:
    other = SGD(MLP(1, [1]).parameters(), 0.5, momentum=0.9)
    for parameter in other.parameters:
        parameter.grad = 0.25
    other.step()
    state = other.state_dict()
    change(state)
    optimizer = SGD(MLP(1, [1]).parameters(), 0.1)
    before = optimizer.state_dict()
    with pytest.raises(error, match=f"^{message}"):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


def test_a_state_is_a_dictionary() -> None:
    bad: Any = [1.0]
    with pytest.raises(TypeError, match=r"^a state is a dictionary, as state_dict\(\) of an optimizer gives it, got \[1\.0\]$"):
        SGD(MLP(1, [1]).parameters()).load_state_dict(bad)
