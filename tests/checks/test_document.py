"""A well-known way to write down backpropagation for a 2-3-1 network, run here three ways; and its usual slips.

The network has a ReLU layer and a linear output, the loss is J = 1/(2m) sum (y - a2)^2, the data is XOR, and gradient
descent takes 10,000 steps at 0.01. In matrix form, with a row of the data in each row of X:

    z1 = W1 X^T + b1,  a1 = max(0, z1),  a2 = W2 a1 + b2
    delta2 = (a2 - y) / m,  delta1 = W2^T delta2 * (z1 > 0)
    dW2 = delta2 a1^T,  db2 = row sums of delta2,  dW1 = delta1 X,  db1 = row sums of delta1
"""

from typing import Any

import numpy as np
import pytest

from micrograd import Value, check, fit
from micrograd.datasets import xor
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD

X = np.array(xor().inputs)
Y = np.array(xor().targets)
M = len(X)


def drawn(seed: int) -> list[Any]:
    """W1, b1, W2, b2 from the standard normal distribution."""
    generator = np.random.default_rng(seed)
    return [generator.standard_normal(shape) for shape in [(3, 2), (3, 1), (1, 3), (1, 1)]]


def forward(parameters: list[Any], x: Any) -> tuple[Any, Any, Any]:
    """z1, a1 and a2, as written above: on numbers or on arrays of Values."""
    w1, b1, w2, b2 = parameters
    z1 = np.dot(w1, x.T) + b1
    a1 = np.maximum(0, z1)
    return z1, a1, np.dot(w2, a1) + b2


def deltas(parameters: list[Any]) -> list[Any]:
    """dW1, db1, dW2, db2."""
    z1, a1, a2 = forward(parameters, X)
    delta2 = (a2 - Y) / M
    delta1 = np.dot(parameters[2].T, delta2) * (z1 > 0)
    return [delta1 @ X, delta1.sum(axis=1, keepdims=True), delta2 @ a1.T, delta2.sum(axis=1, keepdims=True)]


def as_values(parameters: list[Any]) -> list[Any]:
    """The same arrays, of Values."""
    return [np.vectorize(Value, otypes=[object])(array) for array in parameters]


def loss_of_values(parameters: list[Any]) -> Value:
    *_, a2 = forward(parameters, X)
    loss: Value = ((a2 - Y) ** 2).sum() / (2 * M)
    return loss


def model_with(parameters: list[Any]) -> MLP:
    """Our network with those weights."""
    model = MLP(2, [3, 1], "relu", seed=0)
    for layer, w, b in zip(model.layers, parameters[::2], parameters[1::2], strict=True):
        for neuron, row, (bias,) in zip(layer.neurons, w, b, strict=True):
            neuron.bias.data = float(bias)
            for weight, number in zip(neuron.weights, row, strict=True):
                weight.data = float(number)
    return model


def flat(parameters: list[Any]) -> list[float]:
    """The numbers in the order of `MLP.parameters`: neuron by neuron, its weights and then its bias."""
    return [float(n) for w, b in zip(parameters[::2], parameters[1::2], strict=True) for row in np.hstack([w, b]) for n in row]


def gradients_of(arrays: list[Any]) -> list[Any]:
    return [np.vectorize(lambda value: value.grad, otypes=[float])(array) for array in arrays]


@pytest.mark.parametrize("seed", range(20))
def test_three_ways_to_the_gradient_agree(seed: int) -> None:
    """The formulas by hand, the same forward formulas on arrays of Values, and our own network."""
    parameters = drawn(seed)
    by_hand = flat(deltas(parameters))

    arrays = as_values(parameters)
    loss_of_values(arrays).backward()
    assert flat(gradients_of(arrays)) == pytest.approx(by_hand, rel=1e-12, abs=1e-13)

    model = model_with(parameters)
    half_mean_squared_error([model(row) for row in xor().inputs], xor().targets).backward()
    assert [parameter.grad for parameter in model.parameters()] == pytest.approx(by_hand, rel=1e-12, abs=1e-13)


def test_the_check_passes_the_formulas_array_by_array() -> None:
    parameters = drawn(1)
    arrays = as_values(parameters)
    report = check(loss_of_values(arrays), list(zip(arrays, deltas(parameters), strict=True)))
    assert report, str(report)
    assert len(report.rows) == 13


def test_training_by_the_formulas_and_by_values_ends_at_the_same_weights() -> None:
    parameters = drawn(1)
    model = model_with(parameters)
    history = fit(
        model, half_mean_squared_error, xor(), SGD(model.parameters(), learning_rate=0.01), epochs=10_000, progress=False
    )
    for _ in range(10_000):
        parameters = [array - 0.01 * slope for array, slope in zip(parameters, deltas(parameters), strict=True)]
    assert [parameter.data for parameter in model.parameters()] == pytest.approx(flat(parameters), rel=1e-12, abs=1e-12)
    assert history.losses[-1] < 1e-6
    assert [round(float(model(row).data), 2) for row in xor().inputs] == [0.0, 1.0, 1.0, 0.0]


# Slips, and the right form


def test_the_backward_pass_needs_the_hidden_activations_of_the_forward_pass() -> None:
    """A forward pass that returns a2 alone keeps a1 to itself: the backward pass finds no such name."""

    def forward_alone(parameters: list[Any]) -> Any:
        w1, b1, w2, b2 = parameters
        hidden = np.maximum(0, np.dot(w1, X.T) + b1)
        return np.dot(w2, hidden) + b2

    def backward(a2: Any) -> Any:
        return np.dot((a2 - Y) / M, a1.T)  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(NameError, match="a1"):
        backward(forward_alone(drawn(0)))
    _, hidden, a2 = forward(drawn(0), X)  # the right form hands it over
    assert ((a2 - Y) / M @ hidden.T).shape == (1, 3)


def test_an_update_assigns_to_names_of_its_own() -> None:
    """`W1 = W1 - ...` in a function makes W1 local, and it has no value yet; the right form takes and returns it."""
    weights = drawn(0)[0]

    def update(slope: Any) -> Any:
        weights = weights - 0.01 * slope  # noqa: F823 - this is the slip
        return weights  # noqa: RET504

    def updated(weights: Any, slope: Any) -> Any:
        return weights - 0.01 * slope

    with pytest.raises(UnboundLocalError):
        update(np.ones((3, 2)))
    assert np.array_equal(updated(weights, np.ones((3, 2))), weights - 0.01)


def test_a_times_delta_transposed_is_the_transpose_of_what_the_code_computes() -> None:
    """Often printed as dJ/dW = 1/m sum a delta^T, which has the shape of W^T."""
    parameters = drawn(2)
    z1, _, a2 = forward(parameters, X)
    delta1 = np.dot(parameters[2].T, a2 - Y) * (z1 > 0)  # the 1/m comes with the sum
    printed = np.sum([np.outer(X[i], delta1[:, i]) for i in range(M)], axis=0) / M
    computed = deltas(parameters)[0]
    assert (printed.shape, computed.shape) == ((2, 3), (3, 2))
    assert pytest.approx(computed, rel=1e-12) == printed.T
    arrays = as_values(parameters)
    with pytest.raises(ValueError, match=r"the shape of these Values, \(3, 2\), and has the shape \(2, 3\); it is transposed$"):
        check(loss_of_values(arrays), [(arrays[0], printed)])


def test_a_forgotten_1_over_m_is_named() -> None:
    parameters = drawn(1)
    arrays = as_values(parameters)
    report = check(loss_of_values(arrays), [(arrays[2], M * deltas(parameters)[2])])
    assert {row.hint for row in report.rows if row.verdict == "FAIL"} == {f"1/m missing (m = {M})"}


def test_some_seeds_die_in_relu() -> None:
    """A unit that is off on all four rows gets no gradient again; a seed with too few others does not learn XOR."""
    unsolved = 0
    for seed in range(40):
        parameters = drawn(seed)
        for _ in range(4000):
            parameters = [array - 0.05 * slope for array, slope in zip(parameters, deltas(parameters), strict=True)]
        *_, a2 = forward(parameters, X)
        if np.abs(a2 - Y).max() >= 0.5:
            unsolved += 1
            z1, *_ = forward(parameters, X)
            assert (z1.max(axis=1) <= 0.0).any() or np.linalg.norm(np.hstack([g.ravel() for g in deltas(parameters)])) < 0.05
    assert 5 <= unsolved <= 35
    dead = [np.array([[-1.0, -1.0]] * 3), np.array([[-1.0]] * 3), np.ones((1, 3)), np.zeros((1, 1))]
    assert all(not slope.any() for slope in deltas(dead)[:3])
