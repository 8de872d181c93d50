"""Every layer against PyTorch in float64: what it gives, and the gradient by each parameter and each input."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from micrograd import ops
from micrograd.nn import softmax
from tests.nn.layers import CASES, every_layer, leaves, made, numbers_in, outputs_of
from tests.nn.networks import gradients_of


def weights_and_bias(neurons: Any, count: int) -> tuple[Any, Any]:
    """The rows of a layer's parameters: of each neuron the weights and then the bias."""
    rows = neurons.reshape(count, -1)
    return rows[:, :-1], rows[:, -1]


def layer(torch: Any, parameters: Any, x: Any, count: int) -> Any:
    return torch.nn.functional.linear(x, *weights_and_bias(parameters, count))


def conv2d(torch: Any, parameters: Any, x: Any, features: int, size: int) -> Any:
    weights, bias = weights_and_bias(parameters, features)
    return torch.nn.functional.conv2d(x[None], weights.reshape(features, -1, size, size), bias)[0]


def conv1d(torch: Any, parameters: Any, x: Any) -> Any:
    weights, bias = weights_and_bias(parameters, 3)
    by_channel = weights.reshape(3, 2, 2).transpose(1, 2)  # PyTorch's order is channel, time
    return torch.tanh(torch.nn.functional.conv1d(x.T[None], by_channel, bias, dilation=2)[0].T)


def cell(torch: Any, parameters: Any, x: Any, kind: str, gates: int) -> Any:
    """All states of PyTorch's cell, whose second bias is 0."""
    theirs = getattr(torch.nn, kind)(2, 3, dtype=torch.float64)
    weights, bias = weights_and_bias(parameters, gates * 3)
    if kind == "LSTMCell":  # PyTorch's order is input, forget, candidate, output
        order = [*range(3, 6), *range(3), *range(9, 12), *range(6, 9)]
        weights, bias = weights[order], bias[order]
    numbers = {"weight_ih": weights[:, :2], "weight_hh": weights[:, 2:], "bias_ih": bias, "bias_hh": torch.zeros_like(bias)}
    zeros = torch.zeros(3, dtype=torch.float64)
    state, states = (zeros, zeros) if kind == "LSTMCell" else zeros, []
    for frame in x:
        state = torch.func.functional_call(theirs, numbers, (frame, state))
        states.append(torch.cat(state) if kind == "LSTMCell" else state)
    return torch.cat(states)


def attention(torch: Any, parameters: Any, x: Any) -> Any:
    into, back = 2 * (4 + 1), 4 * (2 + 1)
    query, key, value, project = parameters.split([into, into, into, back])
    heads = (layer(torch, part, x, 2)[None] for part in (query, key, value))
    return layer(torch, project, torch.nn.functional.scaled_dot_product_attention(*heads, is_causal=True)[0], 4)


def sequential(torch: Any, parameters: Any, x: Any) -> Any:
    first, second, third = parameters.split([2 * (4 + 1), 2 + 1, 3 * (1 + 1)])
    maps = torch.tanh(conv2d(torch, first, x.reshape(1, 4, 4), 2, 2))
    pooled = torch.nn.functional.avg_pool2d(maps, 2).flatten()
    return layer(torch, third, torch.tanh(layer(torch, second, pooled, 1)), 3)


THEIRS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "Neuron": lambda torch, p, x: torch.tanh(layer(torch, p, x, 1)),
    "Layer": lambda torch, p, x: torch.tanh(layer(torch, p, x, 2)),
    "MLP": lambda torch, p, x: layer(torch, p[8:], torch.tanh(layer(torch, p[:8], x, 2)), 2),
    "Conv2d": lambda torch, p, x: torch.tanh(conv2d(torch, p, x, 3, 2)),
    "Conv1d": conv1d,
    "MaxPool2d": lambda torch, p, x: torch.nn.functional.max_pool2d(x, 2),
    "AvgPool2d": lambda torch, p, x: torch.nn.functional.avg_pool2d(x, 2),
    "Flatten": lambda torch, p, x: x.flatten(),
    "Unflatten": lambda torch, p, x: x.reshape(2, 2, 3),
    "RNNCell": lambda torch, p, x: cell(torch, p, x, "RNNCell", 1),
    "GRUCell": lambda torch, p, x: cell(torch, p, x, "GRUCell", 3),
    "LSTMCell": lambda torch, p, x: cell(torch, p, x, "LSTMCell", 4),
    "Embedding": lambda torch, p, x: x @ p.reshape(4, 3),
    "LayerNorm": lambda torch, p, x: torch.nn.functional.layer_norm(x, (4,), p[:4], p[4:]),
    "Attention": attention,
    "Sequential": sequential,
}


@every_layer
def test_a_layer_gives_what_torch_gives_and_so_do_its_gradients(name: str) -> None:
    torch = pytest.importorskip("torch")
    ours, x = made(name)
    parameters = torch.tensor([parameter.data for parameter in ours.parameters()], dtype=torch.float64, requires_grad=True)
    theirs_x = torch.tensor(numbers_in(x), dtype=torch.float64, requires_grad=True)
    outputs, theirs = outputs_of(ours, x), THEIRS[name](torch, parameters, theirs_x).flatten()
    assert [output.data for output in outputs] == pytest.approx(theirs.tolist(), rel=1e-13, abs=1e-15)
    shares = leaves([len(outputs)], random.Random(1))  # by which a mistake in one output shows
    ops.dot(outputs, [share.data for share in shares]).backward()
    torch.dot(theirs, torch.tensor(numbers_in(shares), dtype=torch.float64)).backward()
    if len(parameters):
        assert gradients_of(ours) == pytest.approx(parameters.grad.tolist(), rel=1e-12, abs=1e-15)
    by_input = [leaf.grad for leaf in flat(x)]
    assert by_input == pytest.approx(theirs_x.grad.flatten().tolist(), rel=1e-12, abs=1e-15)


def flat(nest: Any) -> list[Any]:
    return [leaf for part in nest for leaf in flat(part)] if isinstance(nest, list) else [nest]


def test_every_layer_has_its_like_in_torch() -> None:
    assert THEIRS.keys() == CASES.keys()


def test_softmax_is_that_of_torch() -> None:
    torch = pytest.importorskip("torch")
    logits = [700.0, -3.0, 698.5, 0.0]
    ours = leaves([4], random.Random(0))
    for leaf, logit in zip(ours, logits, strict=True):
        leaf.data = logit
    theirs = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    softmax(ours)[2].backward()
    torch.softmax(theirs, 0)[2].backward()
    assert numbers_in(softmax(ours)) == pytest.approx(torch.softmax(theirs, 0).tolist(), rel=1e-12)
    assert [leaf.grad for leaf in ours] == pytest.approx(theirs.grad.tolist(), rel=1e-12)
