"""Compiled layers compute what eager ones do, `fit` trains them so, and `fold` finds their arrays."""

import random

import pytest

import micrograd
from micrograd import fit, fold, losses, ops, optim
from micrograd.nn import AvgPool2d, Conv2d, Flatten, Layer, Sequential, Unflatten, values_within
from tests.nn.layers import every_layer, made, outputs_of


@every_layer
def test_a_compiled_layer_gives_the_very_bits_of_the_eager_one(name: str) -> None:
    layer, x = made(name)
    outputs, inputs = outputs_of(layer, x), list(values_within(x))
    program = micrograd.compile(outputs, inputs, layer.parameters(), target="python", exact=True)
    other, y = made(name, seed=1)
    for parameter, moved in zip(layer.parameters(), other.parameters(), strict=True):
        parameter.data = moved.data
    assert program.evaluate([[leaf.data for leaf in values_within(y)]]) == [[output.data for output in outputs_of(other, y)]]


@pytest.mark.parametrize("name", ["Sequential", "Conv1d", "RNNCell", "GRUCell", "LSTMCell", "Attention"])
def test_the_arrays_of_a_layer_are_found_and_proved(name: str) -> None:
    layer, x = made(name)
    outputs = outputs_of(layer, x)
    folded = fold(ops.dot(outputs, outputs), list(values_within(x)), layer.parameters())
    assert folded.verify()
    assert len(str(folded).splitlines()) < 60  # of some hundred nodes


def network() -> Sequential:
    draw = random.Random(0)
    seeing = [Unflatten(1, 4, 4), Conv2d(1, 2, 2, "tanh", generator=draw), AvgPool2d(2), Flatten()]
    return Sequential(*seeing, Layer(2, 3, "linear", generator=draw))


def test_fit_trains_a_sequential_in_compiled_code_as_in_eager_steps() -> None:
    draw = random.Random(1)
    inputs, targets = [[draw.random() for _ in range(16)] for _ in range(8)], [draw.randrange(3) for _ in range(8)]
    trained = []
    for eager in (False, True):
        model = network()
        descent = optim.Adam(model.parameters(), 0.05)
        history = fit(
            model, losses.cross_entropy, (inputs, targets), descent, epochs=5, batch_size=4, progress=False, eager=eager
        )
        trained.append([*history.losses, *model.state_dict().values()])
    assert trained[0] == pytest.approx(trained[1], rel=1e-9)
    assert trained[0][4] < trained[0][0]
