"""What is not finite: loops over panels of rows give nan and infinities where eager code does, and nowhere else."""

import math
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import micrograd
from micrograd import losses, ops
from micrograd.engine import Value, topological_order
from micrograd.nn import MLP
from micrograd.ops import DomainError
from tests.tensors.eager import eager
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import Example, vector

inf, nan = math.inf, math.nan
COUNTS = [*range(1, 10), 13, 25, 97]


def alike(got: float, expected: float) -> bool:
    """The same infinity, or both nan, or close."""
    return math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-9) or (got != got and expected != expected)


def check_kinds(example: Example, weights: list[float] | None = None) -> None:
    """The mean and its gradient are finite, infinite or nan as in eager code."""
    program = micrograd.compile(example.loss, example.inputs, example.parameters, target="llvm")
    check_kinds_of(program, example, weights)


def check_kinds_of(program: micrograd.Program, example: Example, weights: list[float] | None) -> None:
    mean = program.gradient(example.rows, weights)
    count = len(example.rows)
    shares = [1.0 / count] * count if weights is None else [weight / math.fsum(weights) for weight in weights]
    expected, slopes = eager(*example, shares)
    assert alike(mean, expected), f"{mean} instead of {expected}"
    for place, (parameter, slope) in enumerate(zip(example.parameters, slopes, strict=True)):
        assert alike(parameter.grad, slope), f"parameter {place + 1}: {parameter.grad} instead of {slope}"


# --------------------------------------------------------------------------------------------------------------
# Anywhere in a network
# --------------------------------------------------------------------------------------------------------------


def sums_are_in_order(make: Callable[[], Example]) -> bool:
    """Not bilinear, where products may be taken in another order; no logsumexp, whose slope at inf only floats make nan."""
    return make is not EXAMPLES["bilinear"] and all(node.op is not ops.logsumexp for node in topological_order(make().loss))


@pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in EXAMPLES.items() if sums_are_in_order(make)])
def test_infinities_in_inputs_and_parameters_lead_where_they_lead_in_eager_code(make: Callable[[], Example]) -> None:
    loss, inputs, parameters, data = make()
    program = micrograd.compile(loss, inputs, parameters, target="llvm")
    before = [parameter.data for parameter in parameters]
    for count in (4, 13) if inputs else (1,):
        generator = random.Random(count)
        for _ in range(4):
            rows = [list(data[place % len(data)]) for place in range(count)]
            for row in generator.sample(rows, min(2, len(rows))) if inputs else ():
                row[generator.randrange(len(row))] = generator.choice([inf, -inf, nan, 0.0, 1.0])
            for parameter, number in zip(parameters, before, strict=True):
                parameter.data = number
            if parameters:
                generator.choice(parameters).data = generator.choice([inf, -inf, nan, 0.0, 1.0])
            weights = [1.0] + [generator.choice([0.0, 1.0, 2.0]) for _ in rows[1:]] if generator.random() < 0.5 else None
            with suppress(DomainError, ZeroDivisionError):  # where eager code has no value
                check_kinds_of(program, Example(loss, inputs, parameters, rows), weights)


# --------------------------------------------------------------------------------------------------------------
# Rows whose slope is 0, beside infinities: 0 * inf is nan
# --------------------------------------------------------------------------------------------------------------


def neurons(activation: str = "relu", width: int = 5) -> tuple[MLP, list[Value], Value]:
    """A network of one input under hinge, all weights 1 and all biases 0: the score is `width` times the activation."""
    model = MLP(1, [width, 1], activation, seed=0)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.bias.data = 0.0
            for weight in neuron.weights:
                weight.data = 1.0
    x, y = Value(1.0, "x"), Value(1.0, "y")
    return model, [x, y], losses.hinge([model([x])], [y])


def far(count: int) -> list[list[float]]:
    """Rows beyond their margin: the scores are above 5, and 1 is wanted."""
    return [[2.0 + place / count, 1.0] for place in range(count)]


@pytest.mark.parametrize("count", COUNTS)
def test_rows_beyond_their_margin_have_no_slope(count: int) -> None:
    model, inputs, loss = neurons()
    program = micrograd.compile(loss, inputs, model.parameters(), target="llvm")
    assert program.gradient(far(count)) == 0.0
    assert [parameter.grad for parameter in model.parameters()] == [0.0] * 16
    for place in {0, count // 2, count - 1}:  # one row alone is within: 1 - 5 * 1/8 is 3/8, and its slope by a bias -1
        rows = far(count)
        rows[place] = [0.125, 1.0]
        assert program.gradient(rows) == pytest.approx(0.375 / count, rel=1e-14)
        hidden, top = model.layers
        assert [neuron.bias.grad for neuron in hidden.neurons] == pytest.approx([-1.0 / count] * 5, rel=1e-14)
        assert [weight.grad for weight in top.neurons[0].weights] == pytest.approx([-0.125 / count] * 5, rel=1e-14)


@pytest.mark.parametrize("count", COUNTS)
def test_an_infinite_activation_beyond_the_margin_makes_nan_of_the_slopes_by_its_weights(count: int) -> None:
    """The score is inf and the loss 0; the slope by a weight is 0 times the activation, by a bias 0 times a weight."""
    model, inputs, loss = neurons()
    program = micrograd.compile(loss, inputs, model.parameters(), target="llvm")
    hidden, top = model.layers
    for place in {0, count // 2, count - 1}:
        rows = far(count)
        rows[place][0] = inf
        assert program.gradient(rows) == 0.0
        assert all(math.isnan(weight.grad) for weight in top.neurons[0].weights)
        assert all(math.isnan(neuron.weights[0].grad) for neuron in hidden.neurons)  # times x
        assert [neuron.bias.grad for neuron in [*hidden.neurons, *top.neurons]] == [0.0] * 6
        check_kinds(Example(loss, inputs, model.parameters(), rows))


@pytest.mark.parametrize("count", COUNTS)
def test_an_infinite_weight_above_rows_beyond_their_margin_makes_nan_of_the_slopes_below(count: int) -> None:
    """All scores are inf and the losses 0; the slope by the third neuron is 0 times its weight."""
    model, inputs, loss = neurons()
    hidden, top = model.layers
    top.neurons[0].weights[2].data = inf
    program = micrograd.compile(loss, inputs, model.parameters(), target="llvm")
    assert program.gradient(far(count)) == 0.0
    assert [math.isnan(neuron.bias.grad) for neuron in hidden.neurons] == [False, False, True, False, False]
    assert [math.isnan(neuron.weights[0].grad) for neuron in hidden.neurons] == [False, False, True, False, False]
    assert [weight.grad for weight in top.neurons[0].weights] == [0.0] * 5
    check_kinds(Example(loss, inputs, model.parameters(), far(count)))


@pytest.mark.parametrize("count", COUNTS)
def test_a_saturated_neuron_of_an_infinite_input_makes_nan_of_the_slope_by_its_weight(count: int) -> None:
    """tanh(inf) is 1 and its slope 0, whatever comes from above; the slope by the weight is 0 times the input."""
    model, inputs, loss = neurons("tanh")
    program = micrograd.compile(loss, inputs, model.parameters(), target="llvm")
    for x in (inf, -inf):  # beyond the margin, and within
        rows = far(count)
        rows[-1][0] = x
        mean = program.gradient(rows)
        assert mean == pytest.approx(0.0 if x > 0.0 else 6.0 / count)
        assert all(math.isnan(neuron.weights[0].grad) for neuron in model.layers[0].neurons)
        assert all(neuron.bias.grad == 0.0 for neuron in model.layers[0].neurons)


@pytest.mark.parametrize("count", COUNTS)
def test_an_infinite_slope_times_the_step_of_a_dead_unit_is_nan(count: int) -> None:
    """sqrt(relu(w x)) is 0 where w x is negative, and its slope inf * 0."""
    weights, x = vector(random.Random(0), 5), Value(1.0)
    for weight in weights:
        weight.data = 1.0
    loss = ops.total([ops.sqrt(ops.relu(weight * x)) for weight in weights])
    program = micrograd.compile(loss, [x], weights, target="llvm")
    rows = [[4.0]] * (count - 1) + [[-4.0]]
    assert program.gradient(rows) == pytest.approx(5.0 * 2.0 * (count - 1) / count)
    assert all(math.isnan(weight.grad) for weight in weights)


MASKS: dict[str, tuple[Callable[[Any], Any], bool]] = {  # and whether it has a slope
    "relu": (ops.relu, True),
    "leaky_relu": (ops.leaky_relu, True),
    "maximum": (lambda a: ops.maximum(a, 0.0), True),
    "step": (ops.step, False),
    "ahead": (lambda a: ops.ahead(a, 0.0), False),
}


@pytest.mark.parametrize(("mask", "has_slope"), MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("count", [1, 13])
def test_a_mask_of_0_times_an_infinite_weight_is_nan(mask: Callable[[Any], Any], has_slope: bool, count: int) -> None:
    """Five neurons that are one array, and one by one too: a nan would hide the others."""
    weights, biases, x = vector(random.Random(0), 5), vector(random.Random(1), 5), Value(1.0)
    for number, weight, bias in zip([inf, -inf, nan, 0.0, 1.0], weights, biases, strict=True):
        weight.data, bias.data = number, 0.0
    moved = [*weights, *(biases if has_slope else [])]
    terms = [weight * mask(x + bias) for weight, bias in zip(weights, biases, strict=True)]
    for loss in [ops.total(terms), *terms]:
        program = micrograd.compile(loss, [x], moved, target="llvm")
        for last in (-2.0, 0.0, 2.0, inf, -inf, nan):
            check_kinds_of(program, Example(loss, [x], moved, [[1.0]] * (count - 1) + [[last]]), None)


# --------------------------------------------------------------------------------------------------------------
# Rows that fill up a panel, and rows of weight 0
# --------------------------------------------------------------------------------------------------------------


def bumps() -> tuple[list[Value], Value, Value]:
    """The sum of exp(w x) for five w of 1: at x = 1000 it is inf, and so is its slope."""
    weights, x = vector(random.Random(0), 5), Value(1.0)
    for weight in weights:
        weight.data = 1.0
    return weights, x, ops.total([ops.exp(weight * x) for weight in weights])


@pytest.mark.parametrize("count", [*range(1, 14), 25, 33, 97, 1000])
def test_an_infinite_last_row_gives_inf_and_not_nan(count: int) -> None:
    weights, x, loss = bumps()
    program = micrograd.compile(loss, [x], weights, target="llvm")
    rows = [[0.0]] * (count - 1) + [[1000.0]]
    assert program.gradient(rows) == inf
    assert [weight.grad for weight in weights] == [inf] * 5
    assert program.gradient(rows, [1.0] * count) == inf
    assert program.gradient(rows, [1.0] * (count - 1) + [1e-200]) == inf
    assert [weight.grad for weight in weights] == [inf] * 5
    assert program.evaluate(rows) == pytest.approx([5.0] * (count - 1) + [inf])


@pytest.mark.parametrize("count", [*range(2, 14), 25, 97])
def test_a_weight_of_0_times_an_infinite_loss_is_nan_and_beside_one_it_is_nothing(count: int) -> None:
    weights, x, loss = bumps()
    program = micrograd.compile(loss, [x], weights, target="llvm")
    for place in {0, count // 2, count - 1}:
        rows = [[0.0]] * count
        rows[place] = [1000.0]
        shares = [1.0] * count
        shares[place] = 0.0
        assert math.isnan(program.gradient(rows, shares))
        assert all(math.isnan(weight.grad) for weight in weights)
        shares = [0.0] * count
        shares[place] = 1.0
        assert program.gradient(rows, shares) == inf
        assert [weight.grad for weight in weights] == [inf] * 5
        rows[place] = [0.0]
        assert program.gradient(rows, shares) == pytest.approx(5.0, rel=1e-14)
        assert [weight.grad for weight in weights] == [0.0] * 5


@pytest.mark.parametrize("count", COUNTS)
def test_infinities_of_both_signs_make_nan_of_the_mean_alone(count: int) -> None:
    """w x at x = inf and -inf; of one sign the mean is that infinity, and a parameter apart has its own slope."""
    w, b, x = Value(1.0), Value(2.0), Value(1.0)
    program = micrograd.compile(w * x + b, [x], [w, b], target="llvm")
    for infinities, expected in (([inf], inf), ([-inf], -inf), ([inf, -inf], nan), ([nan], nan)):
        rows = [[1.0]] * count + [[number] for number in infinities]
        mean = program.gradient(rows)
        assert alike(mean, expected)
        assert alike(w.grad, expected)
        assert b.grad == pytest.approx(1.0, rel=1e-14)
        values = program.evaluate(rows)
        assert values[:count] == [3.0] * count
        assert all(map(alike, values[count:], infinities))
