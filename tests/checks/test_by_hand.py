"""The delta rule on plain numbers, against `backward` and against differences; and that comparing them means something."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from micrograd import ops
from micrograd.checks import by_hand
from micrograd.checks.by_hand import FUNCTIONS_AND_SLOPES, delta_rule
from micrograd.losses import half_mean_squared_error
from micrograd.nn import ACTIVATIONS, MLP
from micrograd.ops import Op

SHAPES = [(2, [3, 1]), (2, [4, 3, 1]), (1, [1]), (3, [5, 2]), (2, [2, 2, 2]), (2, [1, 1, 1]), (4, [3])]
CURVED = [name for name in ACTIVATIONS if name != "linear"]

every_shape = pytest.mark.parametrize(("inputs", "widths"), SHAPES, ids=lambda sizes: str(sizes))
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)


def task(inputs: int, widths: Sequence[int], activation: str, rows: int = 4) -> tuple[MLP, list[list[float]], list[Any]]:
    """A network with weights and biases away from 0, and data for it; the targets are vectors if it has several outputs."""
    generator = random.Random(f"{inputs} {widths} {activation}")
    model = MLP(inputs, widths, activation, seed=1)
    for parameter in model.parameters():
        parameter.data = generator.gauss(0.0, 1.0)
    data = [[generator.gauss(0.0, 1.0) for _ in range(inputs)] for _ in range(rows)]
    vectors = [[generator.gauss(0.0, 1.0) for _ in range(widths[-1])] for _ in range(rows)]
    return model, data, [vector[0] for vector in vectors] if widths[-1] == 1 else vectors


def by_backward(model: MLP, inputs: Sequence[Sequence[float]], targets: Sequence[Any]) -> dict[str, float]:
    model.zero_grad()
    half_mean_squared_error([model(row) for row in inputs], targets).backward()
    return {label: parameter.grad for label, parameter in model.named_parameters().items()}


def by_differences(model: MLP, inputs: Sequence[Sequence[float]], targets: Sequence[Any]) -> dict[str, float]:
    """(J(w + h) - J(w - h)) / 2h at h = 1e-5: the error of the formula is near h^2, that of rounding near 1e-16 / h."""
    slopes = {}
    for label, parameter in model.named_parameters().items():
        here, losses = parameter.data, []
        for there in (here + 1e-5, here - 1e-5):
            parameter.data = there
            losses.append(half_mean_squared_error([model(row) for row in inputs], targets).data)
        parameter.data = here
        slopes[label] = (losses[0] - losses[1]) / 2e-5
    return slopes


def agree(one: dict[str, float], other: dict[str, float], tolerance: float) -> bool:
    """Whether both give the same parameters, and gradients that differ by no more than that part of the largest."""
    largest = max(map(abs, one.values()))
    return list(one) == list(other) and all(abs(one[label] - other[label]) <= tolerance * largest for label in one)


# By hand, in numbers


def test_one_neuron_and_two_rows() -> None:
    model = MLP(1, [1])
    model.load_state_dict({"layer1.neuron1.w1": 3.0, "layer1.neuron1.b": 0.5})
    # outputs 6.5 and -2.5, errors 0.5 and -1.5; dJ/dw = (0.5 * 2 - 1.5 * -1) / 2, dJ/db = (0.5 - 1.5) / 2
    assert delta_rule(model, [[2.0], [-1.0]], [6.0, -1.0]) == {"layer1.neuron1.w1": 1.25, "layer1.neuron1.b": -0.5}


def test_a_hidden_layer_of_two_neurons_and_one_row() -> None:
    model = MLP(1, [2, 1], "tanh")
    for parameter, number in zip(model.parameters(), [0.5, 0.25, -1.0, 0.75, 2.0, 3.0, -0.5], strict=True):
        parameter.data = number
    x, y = 0.3, 1.0
    h1, h2 = math.tanh(0.5 * x + 0.25), math.tanh(-1.0 * x + 0.75)
    delta = 2.0 * h1 + 3.0 * h2 - 0.5 - y
    delta1, delta2 = delta * 2.0 * (1.0 - h1 * h1), delta * 3.0 * (1.0 - h2 * h2)
    expected = [delta1 * x, delta1, delta2 * x, delta2, delta * h1, delta * h2, delta]
    assert list(delta_rule(model, [[x]], [y]).values()) == pytest.approx(expected, rel=1e-14)


def test_gradients_are_listed_by_label_in_the_order_of_the_parameters() -> None:
    model, inputs, targets = task(3, [5, 2], "tanh")
    assert list(delta_rule(model, inputs, targets)) == list(model.named_parameters())


# Against the engine and against differences


@every_shape
@every_activation
def test_the_delta_rule_equals_backward(inputs: int, widths: list[int], activation: str) -> None:
    given = task(inputs, widths, activation)
    assert agree(delta_rule(*given), by_backward(*given), 1e-12)


@every_shape
@every_activation
def test_the_delta_rule_equals_central_differences(inputs: int, widths: list[int], activation: str) -> None:
    given = task(inputs, widths, activation)
    assert agree(delta_rule(*given), by_differences(*given), 1e-8)


@every_shape
def test_one_row_is_enough(inputs: int, widths: list[int]) -> None:
    given = task(inputs, widths, "tanh", rows=1)
    assert agree(delta_rule(*given), by_backward(*given), 1e-12)


def test_targets_in_lists_of_one_are_the_targets() -> None:
    model, inputs, targets = task(2, [3, 1], "tanh")
    lists: list[Any] = [[target] for target in targets]
    tuples: list[Any] = [(target,) for target in targets]
    assert delta_rule(model, inputs, lists) == delta_rule(model, inputs, tuples) == delta_rule(model, inputs, targets)


def test_an_activation_may_be_the_row_of_the_table() -> None:
    model, inputs, targets = task(2, [3, 1], "tanh")
    same = MLP(2, [3, 1], ops.tanh)
    same.load_state_dict(model.state_dict())
    assert delta_rule(same, inputs, targets) == delta_rule(model, inputs, targets)


def test_the_model_is_left_as_it_was() -> None:
    model, inputs, targets = task(2, [3, 1], "tanh")
    gradients, state = by_backward(model, inputs, targets), model.state_dict()
    delta_rule(model, inputs, targets)
    assert model.state_dict() == state
    assert {label: parameter.grad for label, parameter in model.named_parameters().items()} == gradients


def test_every_activation_is_written_here_once_more() -> None:
    assert set(FUNCTIONS_AND_SLOPES) == set(ACTIVATIONS)


@every_activation
@pytest.mark.parametrize("z", [-3.0, -0.5, -1e-3, 1e-3, 0.7, 4.0])
def test_each_slope_is_that_of_its_function(activation: str, z: float) -> None:
    function, slope = FUNCTIONS_AND_SLOPES[activation]
    op = ACTIVATIONS[activation]
    h = 1e-4 * abs(z)
    assert slope(z) == pytest.approx((function(z + h) - function(z - h)) / (2.0 * h), rel=1e-6, abs=1e-9)
    assert function(z) == pytest.approx(z if op is None else op(z), rel=1e-14)


@pytest.mark.parametrize(("activation", "slope_at_kink"), [("relu", 0.0), ("leaky_relu", 0.01)])
def test_the_slope_at_a_kink_is_the_engine_s(activation: str, slope_at_kink: float) -> None:
    model = MLP(1, [1, 1], activation)
    for parameter, number in zip(model.parameters(), [1.0, -2.0, 3.0, 0.0], strict=True):
        parameter.data = number
    given = model, [[2.0]], [-1.0]  # the hidden sum is 2 - 2, the output 0, the error 1
    expected = [3.0 * slope_at_kink * 2.0, 3.0 * slope_at_kink, 0.0, 1.0]
    assert list(delta_rule(*given).values()) == list(by_backward(*given).values()) == expected


# That comparing means something


@every_shape
@every_activation
def test_one_gradient_bent_by_a_thousandth_is_noticed(inputs: int, widths: list[int], activation: str) -> None:
    given = task(inputs, widths, activation)
    right = delta_rule(*given)
    for label, gradient in right.items():
        if gradient != 0.0:  # behind a relu that is off
            assert not agree(right | {label: gradient * 1.001}, by_backward(*given), 1e-12)


@pytest.mark.parametrize("activation", CURVED)
@pytest.mark.parametrize(
    "bend",
    [lambda slope: -slope, lambda slope: 2.0 * slope, lambda slope: 1.001 * slope, lambda slope: slope + 1e-6, lambda slope: 1.0],
)
def test_a_slope_bent_by_hand_is_noticed(
    activation: str, bend: Callable[[float], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = task(2, [4, 3, 1], activation)
    function, slope = FUNCTIONS_AND_SLOPES[activation]
    monkeypatch.setitem(by_hand.FUNCTIONS_AND_SLOPES, activation, (function, lambda z: bend(slope(z))))
    assert not agree(delta_rule(*given), by_backward(*given), 1e-12)


@pytest.mark.parametrize("activation", CURVED)
def test_a_rule_bent_in_the_engine_is_noticed(activation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, inputs, targets = task(2, [4, 3, 1], activation)
    row = ACTIVATIONS[activation]
    assert row is not None
    bent = Op(row.symbol, row.forward, lambda out, a: (1.001 * row.derivatives(out, a)[0],))
    for layer in model.layers[:-1]:
        for neuron in layer.neurons:
            neuron.activation = bent
    assert not agree(delta_rule(model, inputs, targets), by_backward(model, inputs, targets), 1e-12)


@every_shape
def test_a_target_moved_by_a_millionth_is_noticed(inputs: int, widths: list[int]) -> None:
    model, data, targets = task(inputs, widths, "tanh")
    moved = [*targets[:-1], targets[-1] + 1e-6 if widths[-1] == 1 else [targets[-1][0] + 1e-6, *targets[-1][1:]]]
    assert not agree(delta_rule(model, data, moved), by_backward(model, data, targets), 1e-12)


# What it refuses


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        ([[1.0, 2.0]], [1.0, 0.0]),
        ([[1.0, 2.0], [3.0, 4.0]], [1.0]),
        ([[1.0, 2.0], [3.0]], [1.0, 0.0]),
        ([[1.0, 2.0], [3.0, 4.0, 5.0]], [1.0, 0.0]),
        ([[1.0], [3.0]], [1.0, 0.0]),
        ([[1.0, 2.0, 3.0]], [1.0]),
        ([[1.0, 2.0]], [[1.0, 0.0]]),
        ([[1.0, 2.0], [3.0, 4.0]], [[1.0], [1.0, 0.0]]),
        ([], []),
    ],
    ids=[
        "too many targets",
        "too few",
        "a row too short",
        "a row too long",
        "short rows",
        "long rows",
        "vector for one output",
        "a target too long",
        "nothing",
    ],
)
def test_data_that_does_not_fit_the_network_is_refused(inputs: list[list[float]], targets: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"^the delta rule needs rows|number\(s\), and (row|target) \d has \d$"):
        delta_rule(MLP(2, [3, 1], seed=0), inputs, targets)


def test_an_activation_without_a_slope_by_hand_is_refused() -> None:
    impostor = Op("tanh", math.sin, lambda out, a: (1.0,))
    for activation in (impostor, Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))):
        with pytest.raises(ValueError, match=rf"^no slope has been derived by hand for the activation '{activation.symbol}'"):
            delta_rule(MLP(1, [2, 1], activation), [[1.0]], [1.0])
