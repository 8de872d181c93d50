"""Networks on arrays as they are written by hand: NumPy with gradients derived on paper, and the loss for JAX.

Each is made from the example whose graph of single numbers this engine gets, and begins with the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from tests.tensors.pieces import Example


class Layers(NamedTuple):
    """A network of layers: how many numbers go in and come out of each, and the loss: "hinge", "classes" or "half"."""

    sizes: Sequence[int]
    loss: str
    activation: str = "relu"


@dataclass(frozen=True)
class Network:
    """Arrays to begin with; loss and gradients by NumPy, and the loss for JAX, of parameters and data."""

    parameters: Sequence[Any]
    data: Sequence[Any]
    step: Callable[..., tuple[Any, Sequence[Any]]]
    jax_data: Sequence[Any]
    jax_loss: Callable[..., Any]
    layers: Layers | None = None


def numbers(example: Example) -> tuple[Any, Any]:
    """The parameters in one vector, and the rows of data."""
    return np.array([parameter.data for parameter in example.parameters]), np.array(example.rows)


# --------------------------------------------------------------------------------------------------------------
# Layers under hinge, half of the squared error, or the cross-entropy of classes
# --------------------------------------------------------------------------------------------------------------


def mlp(example: Example, layers: Layers) -> Network:
    """Parameters: a matrix and a vector for each layer."""
    own, rows = numbers(example)
    parameters: list[Any] = []
    for width, height in pairwise(layers.sizes):
        neurons, own = own[: height * (width + 1)].reshape(height, width + 1), own[height * (width + 1) :]
        parameters += [neurons[:, :-1].copy(), neurons[:, -1].copy()]
    data = rows[:, : layers.sizes[0]].copy(), rows[:, layers.sizes[0] :].copy()
    of_output, for_jax = LOSSES[layers.loss]
    relu = layers.activation == "relu"

    def step(parameters: Sequence[Any], x: Any, y: Any) -> tuple[Any, Sequence[Any]]:
        *inner, last = zip(parameters[::2], parameters[1::2], strict=True)
        activations = [x]
        for weights, biases in inner:
            z = activations[-1] @ weights.T + biases
            activations.append(np.maximum(z, 0.0) if relu else np.tanh(z))
        value, delta = of_output(activations[-1] @ last[0].T + last[1], y)
        slopes: list[Any] = []
        for (weights, _), activation in zip(reversed([*inner, last]), reversed(activations), strict=True):
            slopes = [delta.T @ activation, delta.sum(axis=0), *slopes]
            if activation is not x:
                delta = (delta @ weights) * (activation > 0.0 if relu else 1.0 - activation * activation)
        return value, slopes

    def jax_loss(parameters: Sequence[Any], x: Any, y: Any) -> Any:
        import jax

        *inner, last = zip(parameters[::2], parameters[1::2], strict=True)
        for weights, biases in inner:
            z = x @ weights.T + biases
            x = jax.nn.relu(z) if relu else jax.numpy.tanh(z)
        return for_jax(x @ last[0].T + last[1], y)

    return Network(parameters, data, step, data, jax_loss, layers)


def hinge_of(z: Any, y: Any) -> tuple[Any, Any]:
    """The loss, and its derivative by z."""
    margin = 1.0 - y * z
    return np.maximum(margin, 0.0).sum() / len(y), np.where(margin > 0.0, -y, 0.0) / len(y)


def half_of(z: Any, y: Any) -> tuple[Any, Any]:
    """Half of the squared error, of networks of one output."""
    error = z - y
    return 0.5 * (error * error).sum() / len(y), error / len(y)


def classes_of(z: Any, y: Any) -> tuple[Any, Any]:
    z = z - z.max(axis=1, keepdims=True)
    powers = np.exp(z)
    sums = powers.sum(axis=1, keepdims=True)
    return (np.log(sums)[:, 0] - (y * z).sum(axis=1)).sum() / len(y), (powers / sums - y) / len(y)


def hinge_jax(z: Any, y: Any) -> Any:
    import jax

    return jax.nn.relu(1.0 - y * z).sum() / len(y)


def half_jax(z: Any, y: Any) -> Any:
    return 0.5 * ((z - y) ** 2).sum() / len(y)


def classes_jax(z: Any, y: Any) -> Any:
    import jax

    return (jax.scipy.special.logsumexp(z, axis=1) - (y * z).sum(axis=1)).sum() / len(y)


LOSSES = {"hinge": (hinge_of, hinge_jax), "half": (half_of, half_jax), "classes": (classes_of, classes_jax)}


# --------------------------------------------------------------------------------------------------------------
# Images and sequences, of the sizes of the examples
# --------------------------------------------------------------------------------------------------------------


def cnn(example: Example, side: int = 8, channels: int = 4, classes: int = 3) -> Network:
    """NumPy multiplies the windows, which are laid out once, by the kernels; JAX has a convolution."""
    own, rows = numbers(example)
    kept, pixels = side - 2, channels * (side - 2) ** 2
    kernels, biases, weights, last = np.split(own, np.cumsum([9 * channels, channels, classes * pixels]))
    parameters = kernels.reshape(channels, 9), biases, weights.reshape(classes, pixels), last
    images, y = rows[:, : side * side].reshape(-1, side, side), rows[:, side * side :].copy()
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2)).reshape(-1, 9)

    def step(parameters: Sequence[Any], windows: Any, y: Any) -> tuple[Any, Sequence[Any]]:
        kernels, biases, weights, last = parameters
        z = windows @ kernels.T + biases
        h = np.maximum(z, 0.0).reshape(len(y), -1, channels).transpose(0, 2, 1).reshape(len(y), -1)
        loss, delta = classes_of(h @ weights.T + last, y)
        back = (delta @ weights).reshape(len(y), channels, -1).transpose(0, 2, 1).reshape(-1, channels) * (z > 0.0)
        return loss, [back.T @ windows, back.sum(axis=0), delta.T @ h, delta.sum(axis=0)]

    def jax_loss(parameters: Sequence[Any], images: Any, y: Any) -> Any:
        import jax

        kernels, biases, weights, last = parameters
        maps = jax.lax.conv_general_dilated(images[:, None], kernels.reshape(channels, 1, 3, 3), (1, 1), "VALID")
        h = jax.nn.relu(maps + biases[:, None, None]).reshape(len(y), channels * kept * kept)
        return classes_jax(h @ weights.T + last, y)

    return Network(parameters, (windows, y), step, (images, y), jax_loss)


def rnn(example: Example, steps: int = 8, width: int = 3, hidden: int = 16) -> Network:
    """Back through time, step by step."""
    own, rows = numbers(example)
    by_input, by_state, biases, readout, last = np.split(own, np.cumsum([hidden * width, hidden * hidden, hidden, hidden]))
    parameters = by_input.reshape(hidden, width), by_state.reshape(hidden, hidden), biases, readout, last.reshape(())
    data = rows[:, :-1].reshape(-1, steps, width).transpose(1, 0, 2).copy(), rows[:, -1].copy()

    def step(parameters: Sequence[Any], x: Any, y: Any) -> tuple[Any, Sequence[Any]]:
        by_input, by_state, biases, readout, last = parameters
        states = [np.tanh(x[0] @ by_input.T + biases)]
        for now in x[1:]:
            states.append(np.tanh(now @ by_input.T + biases + states[-1] @ by_state.T))
        error = states[-1] @ readout + last - y
        delta = error / len(y)
        back = delta[:, None] * readout
        slopes = [np.zeros_like(by_input), np.zeros_like(by_state), np.zeros_like(biases)]
        for time in reversed(range(steps)):
            back = back * (1.0 - states[time] ** 2)
            slopes[0] += back.T @ x[time]
            slopes[2] += back.sum(axis=0)
            if time:
                slopes[1] += back.T @ states[time - 1]
                back = back @ by_state
        return 0.5 * (error * error).sum() / len(y), [*slopes, states[-1].T @ delta, delta.sum()]

    def jax_loss(parameters: Sequence[Any], x: Any, y: Any) -> Any:
        import jax.numpy as jnp

        by_input, by_state, biases, readout, last = parameters
        h = jnp.tanh(x[0] @ by_input.T + biases)
        for time in range(1, steps):
            h = jnp.tanh(x[time] @ by_input.T + h @ by_state.T + biases)
        return 0.5 * ((h @ readout + last - y) ** 2).sum() / len(y)

    return Network(parameters, data, step, data, jax_loss)
