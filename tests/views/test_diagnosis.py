"""The explanation of numbers that are not finite."""

import math
import re

import pytest

import micrograd
from micrograd import Value, explain_non_finite, nn
from micrograd.engine import NoGradient
from micrograd.losses import half_mean_squared_error
from tests.views.graphs import product_and_sum


def test_everything_finite_needs_no_explanation() -> None:
    assert explain_non_finite(product_and_sum()) is None


def test_the_first_node_that_became_infinite_is_named_with_its_numbers_and_the_path() -> None:
    x = Value(1e200, label="x")
    square = x * x
    out = micrograd.tanh(square - 1.0) + 2.0 * square
    explanation = explain_non_finite(out, names={"square": square, "out": out})
    assert str(explanation).splitlines() == [
        "out is inf, since x=1e+200 * x=1e+200 is inf",
        "path: out → v3 → square → x",
    ]


def test_a_leaf_that_was_never_finite_is_named() -> None:
    x = Value(math.nan, label="x")
    assert str(explain_non_finite(x + 1.0)) == "out is nan, since x is nan\npath: out → x"
    assert "a number of the data is inf" in str(explain_non_finite(Value(1.0) * math.inf))


def test_zero_times_infinity_in_the_sweep_is_named_with_the_path_to_the_leaf() -> None:
    x = Value(0.0, label="x")
    root = micrograd.sqrt(x)
    explanation = explain_non_finite(root**2, names={"root": root})
    # d root**2 / d root = 2 root = 0, and d root / d x = 1 / (2 root) = inf.
    assert str(explanation).splitlines() == [
        "the gradient of x is nan, since dout/droot · ∂root/∂x = 0 · inf = nan, where root = sqrt(x) = sqrt(0) = 0",
        "path: out → root → x",
    ]
    assert isinstance(x.grad, NoGradient)


def test_an_infinite_gradient_below_a_finite_output_is_named() -> None:
    x = Value(0.0, label="x")
    explanation = explain_non_finite(micrograd.sqrt(x))
    assert explanation is not None
    assert (explanation.subject, explanation.number) == ("the gradient of x", math.inf)


def test_infinities_that_cancel_in_a_sum_are_named() -> None:
    x = Value(0.0, label="x")
    explanation = explain_non_finite(micrograd.sqrt(x) - micrograd.sqrt(x))
    assert re.search(r"the gradient of x is nan, since .* was added to -?inf", str(explanation))


def test_the_path_through_a_long_chain_is_cut_in_the_middle() -> None:
    y = Value(1e308, label="x") * 10.0
    for _ in range(5000):
        y = y + 1.0
    assert "… 4990 more …" in str(explain_non_finite(y)).splitlines()[1]


def test_a_training_that_fails_says_where_it_began() -> None:
    model = nn.MLP(1, [1], seed=0)
    model.layers[0].neurons[0].weights[0].data = math.inf
    with pytest.raises(FloatingPointError, match=r"the loss is inf, since layer1\.neuron1\.w1 is inf"):
        micrograd.fit(model, half_mean_squared_error, ([[1.0]], [1.0]), micrograd.optim.SGD(model.parameters()), progress=False)
