"""A line to learn, a model of one parameter, and a loss that writes down what it is called with."""

from collections.abc import Callable, Sequence
from typing import Any

from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import Module
from micrograd.optim import Optimizer

Rows = Sequence[Sequence[float]]

LINE: tuple[Rows, Sequence[float]] = ([[0.0], [1.0], [2.0], [3.0], [4.0]], [1.0, 3.0, 5.0, 7.0, 9.0])  # y = 2 x + 1


class Curve(Module):
    """curve(w x), with one parameter."""

    def __init__(self, curve: Callable[[Value], Value], w: float) -> None:
        self.curve = curve
        self.w = Value(w, label="w")

    def __call__(self, x: Sequence[float]) -> Value:
        return self.curve(self.w * x[0])


def numbers_of(model: Module) -> list[str]:
    """The parameters with every bit."""
    return [parameter.data.hex() for parameter in model.parameters()]


def memory_of(optimizer: Optimizer) -> tuple[list[Any], int]:
    return list(optimizer.state), optimizer.step_count


class Watched:
    """A loss that writes down the parameters and the optimizer's memory at each call, and what it was called with."""

    def __init__(self, model: Module, optimizer: Optimizer, loss: Callable[..., Value] = half_mean_squared_error) -> None:
        self.model, self.optimizer, self.loss = model, optimizer, loss
        self.calls: list[tuple[list[str], tuple[list[Any], int]]] = []
        self.batches: list[list[float]] = []

    def __call__(self, outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
        self.calls.append((numbers_of(self.model), memory_of(self.optimizer)))
        self.batches.append(list(targets))
        return self.loss(outputs, targets)

    def assert_back_at(self, call: int) -> None:
        """The parameters and the memory are as they were at that call, bit for bit."""
        assert (numbers_of(self.model), memory_of(self.optimizer)) == self.calls[call]
