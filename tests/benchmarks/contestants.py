"""Whole trainings of the same network by others: NumPy with gradients derived by hand, torch, JAX and CasADi.

Each is a function of the weights, the data and a number of steps that gives back a call without arguments. The call
trains from the same weights by gradient descent, in float64, and gives all parameters in our order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd.nn import MLP

Contestant = Callable[[], "np.ndarray[Any, Any]"]
RATE = 0.05


@dataclass(frozen=True)
class Work:
    """A network, its data, and how many steps of descent on which loss ("hinge" or "squares")."""

    model: MLP
    inputs: Sequence[Sequence[float]]
    targets: Sequence[float]
    loss: str
    steps: int

    @property
    def weights(self) -> list[tuple[Any, Any]]:
        """A matrix and a vector for each layer."""
        return [
            (
                np.array([[weight.data for weight in neuron.weights] for neuron in layer.neurons]),
                np.array([neuron.bias.data for neuron in layer.neurons]),
            )
            for layer in self.model.layers
        ]

    @property
    def activation(self) -> str:
        return self.model.activation.symbol if self.model.activation else ""

    @property
    def x(self) -> Any:
        return np.array(self.inputs).T.copy()

    @property
    def y(self) -> Any:
        return np.array([self.targets], dtype=float)


def in_our_order(layers: Sequence[tuple[Any, Any]]) -> Any:
    """Neuron by neuron: its weights, then its bias."""
    return np.concatenate([np.column_stack([np.asarray(w), np.asarray(b).reshape(-1)]).ravel() for w, b in layers])


def numpy_by_hand(work: Work) -> Contestant:
    x, y, relu, hinge, start = work.x, work.y, work.activation == "relu", work.loss == "hinge", work.weights
    rows = x.shape[1]

    def train() -> Any:
        layers = [(w.copy(), b.copy()) for w, b in start]
        for _ in range(work.steps):
            activations = [x]
            for w, b in layers[:-1]:
                z = w @ activations[-1] + b[:, None]
                activations.append(np.maximum(z, 0.0) if relu else np.tanh(z))
            w, b = layers[-1]
            output = w @ activations[-1] + b[:, None]
            delta = np.where(1.0 - y * output > 0.0, -y, 0.0) / rows if hinge else (output - y) / rows
            for number in range(len(layers) - 1, -1, -1):
                w, b = layers[number]
                a = activations[number]
                by_weight, by_bias = delta @ a.T, delta.sum(axis=1)
                if number:
                    back = w.T @ delta
                    delta = np.where(a > 0.0, back, 0.0) if relu else back * (1.0 - a * a)
                w -= RATE * by_weight
                b -= RATE * by_bias
        return in_our_order(layers)

    return train


def torch_tensors(work: Work) -> Contestant:
    import torch

    torch.set_num_threads(1)
    x, y = torch.tensor(work.x), torch.tensor(work.y)
    function = torch.relu if work.activation == "relu" else torch.tanh

    def train() -> Any:
        layers = [(torch.tensor(w, requires_grad=True), torch.tensor(b[:, None], requires_grad=True)) for w, b in work.weights]
        parameters = [tensor for layer in layers for tensor in layer]
        for _ in range(work.steps):
            a = x
            for w, b in layers[:-1]:
                a = function(w @ a + b)
            output = layers[-1][0] @ a + layers[-1][1]
            loss = torch.relu(1.0 - y * output).mean() if work.loss == "hinge" else ((output - y) ** 2).mean() / 2.0
            gradients = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                for parameter, slope in zip(parameters, gradients, strict=True):
                    parameter -= RATE * slope
        return in_our_order([(w.detach().numpy(), b.detach().numpy()) for w, b in layers])

    return train


def jax_step(work: Work) -> tuple[Any, Any]:
    """The function of one step, and the layers to begin with."""
    import jax
    import jax.numpy as jnp

    x, y = jnp.array(work.x), jnp.array(work.y)
    function = jax.nn.relu if work.activation == "relu" else jnp.tanh

    def loss(layers: Any) -> Any:
        a = x
        for w, b in layers[:-1]:
            a = function(w @ a + b)
        output = layers[-1][0] @ a + layers[-1][1]
        return jnp.maximum(1.0 - y * output, 0.0).mean() if work.loss == "hinge" else ((output - y) ** 2).mean() / 2.0

    def step(layers: Any) -> Any:
        return jax.tree.map(lambda parameter, slope: parameter - RATE * slope, layers, jax.grad(loss)(layers))

    return step, [(jnp.array(w), jnp.array(b[:, None])) for w, b in work.weights]


def jax_jit_per_step(work: Work) -> Contestant:
    import jax

    step, start = jax_step(work)
    compiled = jax.jit(step)

    def train() -> Any:
        layers = start
        for _ in range(work.steps):
            layers = compiled(layers)
        return in_our_order(layers)

    return train


def jax_fori_loop(work: Work) -> Contestant:
    import jax

    step, start = jax_step(work)
    compiled = jax.jit(lambda layers: jax.lax.fori_loop(0, work.steps, lambda _, current: step(current), layers))
    return lambda: in_our_order(compiled(start))


def casadi_sx(work: Work) -> Contestant:
    import casadi

    x, y = casadi.DM(work.x), casadi.DM(work.y)
    symbols = [(casadi.SX.sym("w", *w.shape), casadi.SX.sym("b", len(b))) for w, b in work.weights]
    a = casadi.SX(x)
    for w, b in symbols[:-1]:
        z = w @ a + casadi.repmat(b, 1, x.shape[1])
        a = z * (z > 0.0) if work.activation == "relu" else casadi.tanh(z)
    output = symbols[-1][0] @ a + casadi.repmat(symbols[-1][1], 1, x.shape[1])
    losses = casadi.fmax(1.0 - y * output, 0.0) if work.loss == "hinge" else (output - y) ** 2 / 2.0
    loss = casadi.sum2(losses) / x.shape[1]
    flat = casadi.vertcat(*[casadi.vec(symbol) for layer in symbols for symbol in layer])
    step = casadi.Function("step", [flat], [flat - RATE * casadi.gradient(loss, flat)])
    start = casadi.DM(np.concatenate([np.concatenate([w.ravel(order="F"), b]) for w, b in work.weights]))

    def train() -> Any:
        current = start
        for _ in range(work.steps):
            current = step(current)
        numbers, layers, place = np.array(current).ravel(), [], 0
        for w, b in work.weights:
            layers.append(
                (numbers[place : place + w.size].reshape(w.shape, order="F"), numbers[place + w.size : place + w.size + b.size])
            )
            place += w.size + b.size
        return in_our_order(layers)

    return train


CONTESTANTS: dict[str, tuple[str, Callable[[Work], Contestant]]] = {
    "NumPy by hand": ("numpy", numpy_by_hand),
    "torch": ("torch", torch_tensors),
    "JAX, jit per step": ("jax", jax_jit_per_step),
    "JAX, fori_loop": ("jax", jax_fori_loop),
    "CasADi SX": ("casadi", casadi_sx),
}
