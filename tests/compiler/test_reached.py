"""Compiled training moves the parameters that the graph holds, each by the count of its own steps: as eager steps do."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

import micrograd
from micrograd.engine import NoGradient, Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD, AdamW, Optimizer
from micrograd.training import fit
from tests.compiler.networks import data_of, network_and_program, numbers, rows_of
from tests.compiler.targets import quick_target
from tests.optim.valley import every_optimizer


@quick_target
@every_optimizer
def test_a_parameter_that_is_not_in_the_graph_stays_with_its_memory(make: Callable[..., Optimizer], target: str) -> None:
    model, program = network_and_program(target)
    before, unused, after = Value(1.0, "before"), Value(2.0, "unused"), Value(3.0, "after")
    first, *rest = model.parameters()
    program = micrograd.compile(program.graph.outputs[0], program.inputs, [before, first, unused, *rest, after], target=target)
    optimizer = make([before, first, unused, *rest, after], learning_rate=0.02)
    twin, other_program = network_and_program(target)
    other = make(twin.parameters(), learning_rate=0.02)
    unused.grad = 5.0
    assert list(program.train(rows_of(data_of()), optimizer, 20, 4, progress=False)) == list(
        other_program.train(rows_of(data_of()), other, 20, 4, progress=False)
    )
    assert numbers(model) == numbers(twin)
    assert [before.data, unused.data, after.data] == [1.0, 2.0, 3.0]
    assert optimizer.step_count == other.step_count == 60
    assert optimizer.steps_taken == [0, 60, 0, *[60] * len(rest), 0]
    assert [optimizer.state[i] for i in (1, *range(3, 3 + len(rest)))] == other.state
    assert {optimizer.state[i] for i in (0, 2, -1)} == {optimizer.initial_state()}
    assert all(type(unused.grad) is NoGradient for unused in (before, unused, after))
    assert not any(isinstance(parameter.grad, NoGradient) for parameter in model.parameters())


@pytest.mark.parametrize("eager", [True, False])
def test_fit_does_not_decay_what_the_loss_does_not_use(eager: bool) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    unused = Value(1.0)
    optimizer = AdamW([*model.parameters(), unused], 0.1)
    fit(model, half_mean_squared_error, data_of(), optimizer, epochs=3, progress=False, eager=eager)
    assert unused.data == 1.0
    assert optimizer.steps_taken == [3] * 13 + [0]


@quick_target
@every_optimizer
def test_parameters_that_have_taken_different_numbers_of_steps_go_on_from_these(
    make: Callable[..., Optimizer], target: str
) -> None:
    model, _ = network_and_program(target)
    optimizer = make(model.parameters(), learning_rate=0.02)
    for parameter in model.parameters()[::2]:  # every other one is a step ahead
        (parameter * 2.0).backward()
    optimizer.step()
    twin, other = copy.deepcopy((model, optimizer))
    x1, x2, y = Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "y")
    loss = half_mean_squared_error([model([x1, x2])], [y])
    program = micrograd.compile(loss, [x1, x2, y], model.parameters(), target=target)
    for epochs in (20, 5):
        program.train(rows_of(data_of()), optimizer, epochs, 4, progress=False)
    fit(twin, half_mean_squared_error, data_of(), other, epochs=25, batch_size=4, progress=False, eager=True)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)
    assert optimizer.steps_taken == other.steps_taken
    assert set(optimizer.steps_taken) == {75, 76}
    for state, expected in zip(optimizer.state, other.state, strict=True):
        assert state == pytest.approx(expected, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("eager", [True, False])
def test_the_gradient_of_a_frozen_parameter_does_not_build_up(eager: bool) -> None:
    gradients = []
    for epochs in (1, 8):
        model = MLP(2, [3, 1], "tanh", seed=0)
        frozen, moved = model.layers
        optimizer = SGD(moved.parameters(), 0.0)
        fit(model, half_mean_squared_error, data_of(), optimizer, epochs=epochs, progress=False, eager=eager)
        gradients.append([parameter.grad for parameter in frozen.parameters()])
    assert gradients[0] == gradients[1]


def test_a_loss_that_no_parameter_of_the_optimizer_is_in_is_refused() -> None:
    w, other, x = Value(1.0, "w"), Value(1.0, "other"), Value(1.0, "x")
    program: Any = micrograd.compile(w * x, [x], [w, other])
    with pytest.raises(ValueError, match=r"^the output does not depend on any parameter that the optimizer moves; compile"):
        program.train([[1.0]], SGD([other], 0.1), 5)
