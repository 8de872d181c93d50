"""A network, its loss as a Program, and what the tests of compiled training train it with."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import micrograd
from micrograd import losses
from micrograd.compiler.program import Program
from micrograd.engine import Gradient, Value
from micrograd.nn import MLP, Module
from micrograd.optim import SGD, Optimizer
from micrograd.training import fit


def network_and_program(
    target: str, seed: int = 0, activation: str = "tanh", exact: bool = False, layers: Sequence[int] = (3, 1)
) -> tuple[MLP, Program]:
    """A network, and the squared error of one row, x1, x2 and y, as a Program."""
    model = MLP(2, layers, activation, seed=seed)
    x1, x2, y = Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "y")
    loss = losses.half_mean_squared_error([model([x1, x2])], [y])
    return model, micrograd.compile(loss, [x1, x2, y], model.parameters(), target=target, exact=exact)


def data_of(points: int = 11) -> tuple[list[list[float]], list[float]]:
    inputs = [[math.sin(1.0 + 3.0 * i), math.cos(2.0 * i)] for i in range(points)]
    return inputs, [x1 * x2 for x1, x2 in inputs]


def rows_of(data: tuple[Sequence[Sequence[float]], Sequence[float]]) -> list[list[float]]:
    return [[*row, target] for row, target in zip(*data, strict=True)]


def numbers(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def check_training(
    target: str,
    make: Callable[[list[Value]], Optimizer],
    data: tuple[Sequence[Sequence[float]], Sequence[float]],
    epochs: int = 200,
    batch_size: int | None = None,
    layers: Sequence[int] = (3, 1),
) -> None:
    """The losses, numbers, gradients and the optimizer's memories of that training are those of the eager loop."""
    (model, program), twin = network_and_program(target, layers=layers), MLP(2, layers, "tanh", seed=0)
    ours, theirs = make(model.parameters()), make(twin.parameters())
    got = program.train(rows_of(data), ours, epochs, batch_size, seed=3, progress=False)
    history = fit(
        twin,
        losses.half_mean_squared_error,
        data,
        theirs,
        epochs=epochs,
        batch_size=batch_size,
        seed=3,
        progress=False,
        eager=True,
    )
    assert got == pytest.approx(history.losses, rel=1e-9, abs=1e-12)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9, abs=1e-9)
    assert (ours.step_count, ours.steps_taken) == (theirs.step_count, theirs.steps_taken)
    for state, other in zip(ours.state, theirs.state, strict=True):
        assert state == pytest.approx(other, rel=1e-7, abs=1e-9)
    grads, others = ([parameter.grad for parameter in optimizer.parameters] for optimizer in (ours, theirs))
    assert grads == pytest.approx(others, rel=1e-7, abs=1e-9)
    assert all(type(grad) is Gradient for grad in grads)


class Interrupting:
    """A loop whose training is interrupted in the call with that number."""

    def __init__(self, loop: Any, call: int) -> None:
        self.loop, self.call, self.calls = loop, call, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loop, name)

    def train(self, *arguments: Any) -> Any:
        self.calls += 1
        result = self.loop.train(*arguments)
        if self.calls == self.call:
            raise KeyboardInterrupt
        return result


class Clipping(SGD):
    """An optimizer whose step does more than its rule."""

    def step(self) -> None:
        for parameter in self.parameters:
            parameter.grad = max(-0.01, min(0.01, parameter.grad))
        super().step()
