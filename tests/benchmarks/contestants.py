"""Whole trainings of the same network: this engine's, and those of others by hand. Each begins with the same numbers.

A training takes so many steps of gradient descent, in float64 and always from the first numbers, and gives the last loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from micrograd import losses
from micrograd.compiler.program import compile as compile_graph
from micrograd.compiler.task import Loss
from micrograd.nn import MLP
from micrograd.optim import SGD
from tests.benchmarks.array_networks import Network
from tests.tensors.pieces import Example

Training: TypeAlias = Callable[[int], float]


class Start(NamedTuple):
    """Where all begin: the graph of a row, the same network on arrays, and the learning rate."""

    example: Example
    network: Network
    rate: float


# NumPy, JAX and torch


def numpy_by_hand(start: Start) -> Training:
    network = start.network
    return numpy_training(network.parameters, lambda parameters: network.step(parameters, *network.data), start.rate)


def numpy_training(first: Sequence[Any], step: Callable[[Sequence[Any]], tuple[Any, Sequence[Any]]], rate: float) -> Training:
    """Descent by a step that gives the loss and the gradients."""

    def train(steps: int) -> float:
        parameters = [np.array(array) for array in first]
        loss = np.nan
        for _ in range(steps):
            loss, slopes = step(parameters)
            for array, slope in zip(parameters, slopes, strict=True):
                array -= rate * slope
        return float(loss)

    return train


def jax_loop(start: Start) -> Training:
    """The whole loop is compiled."""
    network = start.network
    return jax_training(network.parameters, network.jax_data, jax_step(network), start.rate)


def jax_step(network: Network) -> Callable[..., tuple[Any, Sequence[Any]]]:
    import jax

    with_gradients = jax.value_and_grad(network.jax_loss)
    return lambda parameters, data: with_gradients(parameters, *data)


def jax_training(
    first: Sequence[Any], data: Sequence[Any], step: Callable[..., tuple[Any, Sequence[Any]]], rate: float
) -> Training:
    """Descent in one compiled loop, by a step of parameters and data that gives the loss and the gradients."""
    import jax
    import jax.numpy as jnp

    @jax.jit
    def loop(steps: Any, parameters: Any, data: Any) -> Any:
        def body(_: Any, state: Any) -> Any:
            loss, slopes = step(state[1], data)
            return loss, [array - rate * slope for array, slope in zip(state[1], slopes, strict=True)]

        return jax.lax.fori_loop(0, steps, body, (jnp.float64(0.0), parameters))

    begin, arrays = [jnp.array(array) for array in first], [jnp.array(array) for array in data]
    return lambda steps: float(loop(steps, begin, arrays)[0])


def jax_calls(start: Start) -> Training:
    """A compiled step, called from Python."""
    import jax
    import jax.numpy as jnp

    with_gradients = jax_step(start.network)

    @jax.jit
    def step(parameters: Any, data: Any) -> Any:
        loss, slopes = with_gradients(parameters, data)
        return loss, [array - start.rate * slope for array, slope in zip(parameters, slopes, strict=True)]

    begin, data = ([jnp.array(array) for array in arrays] for arrays in (start.network.parameters, start.network.jax_data))

    def train(steps: int) -> float:
        loss, parameters = jnp.nan, begin
        for _ in range(steps):
            loss, parameters = step(parameters, data)
        return float(loss)

    return train


def torch_tensors(start: Start) -> Training:
    """Layers with relu under hinge."""
    import torch

    torch.set_num_threads(1)
    x, y = (torch.tensor(array) for array in start.network.data)

    def train(steps: int) -> float:
        parameters = [torch.tensor(array, requires_grad=True) for array in start.network.parameters]
        loss = torch.tensor(np.nan)
        for _ in range(steps):
            *inner, (weights, biases) = zip(parameters[::2], parameters[1::2], strict=True)
            a = x
            for own_weights, own_biases in inner:
                a = torch.relu(a @ own_weights.T + own_biases)
            loss = torch.relu(1.0 - y * (a @ weights.T + biases)).mean()
            slopes = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                for parameter, slope in zip(parameters, slopes, strict=True):
                    parameter -= start.rate * slope
        return float(loss.detach())

    return train


# This engine


def compiled(start: Start, target: str) -> Training:
    example = start.example
    program = compile_graph(example.loss, example.inputs, example.parameters, target=target)
    first = [parameter.data for parameter in example.parameters]
    rows = np.array(example.rows)

    def train(steps: int) -> float:
        for parameter, number in zip(example.parameters, first, strict=True):
            parameter.data = number
        return program.train(rows, SGD(example.parameters, start.rate), steps, progress=False)[-1]

    return train


LOSSES: dict[str, Loss] = {"hinge": losses.hinge, "half": losses.half_mean_squared_error, "classes": losses.cross_entropy}


def eager(start: Start) -> Training:
    """As users of this package write it: a graph of all rows in each step."""
    layers, first = start.network.layers, [parameter.data for parameter in start.example.parameters]
    assert layers, "eager code is written here for layers only"
    model, loss_of = MLP(layers.sizes[0], layers.sizes[1:], layers.activation, seed=0), LOSSES[layers.loss]
    x, y = (array.tolist() for array in start.network.data)
    targets = y if layers.loss == "classes" else [target for (target,) in y]

    def train(steps: int) -> float:
        for parameter, number in zip(model.parameters(), first, strict=True):
            parameter.data = number
        optimizer, number = SGD(model.parameters(), start.rate), np.nan
        for _ in range(steps):
            optimizer.zero_grad()
            loss = loss_of([model(row) for row in x], targets)
            loss.backward()
            optimizer.step()
            number = loss.data
        return number

    return train
