"""Numbers that are not finite: what is named, and which parameters come back."""

import math
import re
from collections.abc import Callable, Sequence

import pytest

import micrograd
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, SGD, Adam
from micrograd.training import fit
from tests.training.watched import LINE, Curve, Rows, Watched, memory_of

STOPPED = r"^training stopped in epoch {epoch}: {reason}.*; the parameters that gave the last finite loss are back"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_loss_that_grows_beyond_all_floats_puts_the_last_finite_parameters_back(name: str) -> None:
    model = MLP(1, [3, 1], "relu", seed=0)
    optimizer = OPTIMIZERS[name](model.parameters(), learning_rate=1e100)
    loss = Watched(model, optimizer)
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=r"\d+", reason=r"the (loss|gradient)")) as caught:
        fit(model, loss, LINE, optimizer, epochs=1000, progress=False)
    epoch = int(re.findall(r"in epoch (\d+):", str(caught.value))[0])
    loss.assert_back_at(epoch - 2)  # where the epoch before began
    assert all(math.isfinite(parameter.data) for parameter in model.parameters())


def test_a_huge_learning_rate_by_hand(neuron: MLP) -> None:
    optimizer = SGD(neuron.parameters(), learning_rate=2.0**700, momentum=0.5)
    # Epoch 1: output 1, error -2, gradients -4 and -2; epoch 2: output 2 * 2**702 + 2**701, whose square is no float.
    far = re.escape(str(2.0**703 + 2.0**701))
    with pytest.raises(
        FloatingPointError, match=STOPPED.format(epoch=2, reason=rf"the loss is inf, since v3={far} \* v3={far} is inf")
    ):
        fit(neuron, half_mean_squared_error, ([[2.0]], [3.0]), optimizer, epochs=5, progress=False)
    assert neuron.state_dict() == {"layer1.neuron1.w1": 0.5, "layer1.neuron1.b": 0.0}
    assert memory_of(optimizer) == ([(0.0,), (0.0,)], 0)


@pytest.mark.parametrize(
    ("inputs", "targets", "number"),
    [
        ([[1.0], [math.nan]], [1.0, 2.0], "nan"),
        ([[1.0], [2.0]], [1.0, math.nan], "nan"),
        ([[1.0], [math.inf]], [1.0, 2.0], "inf"),
        ([[1.0], [2.0]], [1.0, -math.inf], "-inf"),
    ],
    ids=["nan in a row", "nan target", "inf in a row", "inf target"],
)
def test_data_that_is_not_finite_is_named(neuron: MLP, inputs: Rows, targets: Sequence[float], number: str) -> None:
    with pytest.raises(ValueError, match=rf"^training needs finite numbers, and row 2 of the data has {number}; mend it"):
        fit(neuron, half_mean_squared_error, (inputs, targets), SGD(neuron.parameters(), 0.1), epochs=5, progress=False)


def test_a_parameter_that_is_not_finite_is_named(neuron: MLP) -> None:
    neuron.layers[0].neurons[0].bias.data = math.nan
    with pytest.raises(
        FloatingPointError,
        match=r"^training stopped in epoch 1: the loss is nan, since layer1\.neuron1\.b is nan; no step had been taken",
    ):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), epochs=5, progress=False)


def test_a_logarithm_that_leaves_its_domain_is_named_and_undone() -> None:
    model = Curve(micrograd.log, w=1.0)
    optimizer = SGD(model.parameters(), 1.0, momentum=0.5)
    loss = Watched(model, optimizer)
    # log(1) is 3 above -3 and its slope is 1: the first step leads to 1 - 3.
    message = STOPPED.format(epoch=2, reason=r"log\(-2\.0\) has no value: log needs a number above 0")
    with pytest.raises(FloatingPointError, match=message) as caught:
        fit(model, loss, ([[1.0]], [-3.0]), optimizer, epochs=5, progress=False)
    loss.assert_back_at(0)
    assert model.w.data == 1.0
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_division_by_zero_is_named_and_undone() -> None:
    model = Curve(lambda z: 1.0 / z, w=1.0)
    optimizer = SGD(model.parameters(), 1.0)
    # 1 / 1 is 1 below 2 and its slope is -1: the first step leads to 1 - 1 * -1 * -1.
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=2, reason=r"1\.0 / 0\.0 has no value")):
        fit(model, half_mean_squared_error, ([[1.0]], [2.0]), optimizer, epochs=5, progress=False)
    assert model.w.data == 1.0


def test_an_exponential_that_overflows_is_named_and_undone() -> None:
    model = Curve(micrograd.exp, w=0.0)
    optimizer = Adam(model.parameters(), 1000.0)
    loss = Watched(model, optimizer)
    # The first step of Adam is the learning rate, but for its epsilon.
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=2, reason=r"exp\(999\.9+\d*\) is too large for a float")):
        fit(model, loss, ([[1.0]], [2.0]), optimizer, epochs=5, progress=False)
    loss.assert_back_at(0)
    assert memory_of(optimizer) == ([(0.0, 0.0)], 0)


def test_a_gradient_that_is_not_finite_below_a_loss_that_is_has_its_parameter_named() -> None:
    model = Curve(micrograd.sqrt, w=0.0)
    optimizer = SGD(model.parameters(), 0.1, momentum=0.9)
    with pytest.raises(FloatingPointError, match=r"epoch 1: the gradient of w is -inf, since .*; no step had been taken"):
        fit(model, half_mean_squared_error, ([[1.0]], [2.0]), optimizer, epochs=5, progress=False)
    assert model.w.data == 0.0
    assert memory_of(optimizer) == ([(0.0,)], 0)


def test_a_gradient_that_is_not_finite_puts_the_parameters_before_it_back() -> None:
    model = Curve(micrograd.sqrt, w=1.0)
    optimizer = SGD(model.parameters(), 1.0, momentum=0.5)
    loss = Watched(model, optimizer)
    # sqrt(1) is 2 above -1 and its slope is 1/2: the first step leads to 1 - 1, where the slope is infinite.
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=2, reason="the gradient of w is inf")):
        fit(model, loss, ([[1.0]], [-1.0]), optimizer, epochs=5, progress=False)
    loss.assert_back_at(0)
    assert memory_of(optimizer) == ([(0.0,)], 0)


def test_a_finite_loss_above_a_number_that_is_not_is_fine() -> None:
    model = Curve(lambda z: 1.0 / (z * 1e308), w=100.0)  # 1 / inf is 0, and so are its slopes
    history = fit(model, half_mean_squared_error, ([[1.0]], [3.0]), SGD(model.parameters(), 0.1), epochs=2, progress=False)
    assert history.losses == [4.5, 4.5]


def test_a_parameter_without_a_label_is_called_a_parameter() -> None:
    model = Curve(micrograd.sqrt, w=0.0)
    model.w.label = None
    with pytest.raises(FloatingPointError, match="the gradient of a parameter is -inf"):
        fit(model, half_mean_squared_error, ([[1.0]], [2.0]), SGD(model.parameters(), 0.1), epochs=5, progress=False)


@pytest.mark.parametrize("bad_call", [2, 3, 4, 5, 6, 7])
def test_in_batches_the_parameters_at_the_beginning_of_the_last_epoch_that_was_finite_are_put_back(bad_call: int) -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)

    def bad(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        value = half_mean_squared_error(outputs, targets)
        return value * math.inf if len(loss.calls) == bad_call else value

    loss = Watched(model, optimizer, bad)
    epoch = (bad_call - 1) // 3 + 1  # three batches an epoch
    with pytest.raises(FloatingPointError, match=STOPPED.format(epoch=epoch, reason="the loss is inf")):
        fit(model, loss, LINE, optimizer, epochs=9, batch_size=2, progress=False)
    loss.assert_back_at(3 * max(epoch - 2, 0))


def test_after_a_failure_training_goes_on_with_a_smaller_learning_rate() -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = SGD(model.parameters(), 1e300)
    with pytest.raises(FloatingPointError, match="go on from there with a smaller learning rate"):
        fit(model, half_mean_squared_error, LINE, optimizer, epochs=100, progress=False)
    optimizer.learning_rate = 0.01
    losses = fit(model, half_mean_squared_error, LINE, optimizer, epochs=50, progress=False).losses
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize(
    ("curve", "w", "rate"),
    [(lambda z: +z, 1.0, 1e308), (micrograd.exp, 0.0, 1e4), (micrograd.sin, 1.0, math.nextafter(math.inf, 0.0))],
    ids=["inf", "overflow", "sin of inf"],
)
def test_a_last_step_that_ruins_the_parameters_does_not_pass_for_success(
    curve: Callable[[Value], Value], w: float, rate: float, batch_size: int | None
) -> None:
    model = Curve(curve, w)
    optimizer = SGD(model.parameters(), rate)
    with pytest.raises(FloatingPointError, match="training stopped in epoch 1: "):
        fit(model, half_mean_squared_error, ([[1.0]], [50.0]), optimizer, epochs=1, batch_size=batch_size, progress=False)
    assert model.w.data == w


def test_an_epoch_that_ends_in_ruin_is_undone_though_it_began_well() -> None:
    """The last step of the first epoch makes the loss of the fourth row overflow: the parameters before it come back."""
    model = Curve(micrograd.exp, w=0.0)
    data = ([[1.0], [1.0], [1.0], [-3000.0]], [1.0, 1.0, 1.0, 2.0])
    with pytest.raises(FloatingPointError, match="go on from there with a smaller learning rate"):
        fit(model, half_mean_squared_error, data, SGD(model.parameters(), 0.5), epochs=9, batch_size=1, progress=False)
    assert model.w.data == 0.0
    fit(model, half_mean_squared_error, data, SGD(model.parameters(), 1e-12), epochs=1, progress=False)
