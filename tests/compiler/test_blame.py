"""Numbers that are not finite: which row and operation an error names, and what is put back."""

import math

import pytest

import micrograd
from micrograd import losses
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.ops import Op
from micrograd.optim import OPTIMIZERS, SGD
from micrograd.training import fit
from tests.compiler.networks import data_of, network_and_program, numbers, rows_of
from tests.compiler.targets import every_target


@every_target
def test_a_loss_that_is_not_finite_puts_the_last_finite_parameters_back_and_names_row_and_operation(target: str) -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = micrograd.compile(micrograd.log(w * x) + 3.0 * w, [x], [w], target=target)
    # The slope at w = 1 is 1 + 3: the first step leads to 1 - 4 / 2 = -1, and log(-1 * 2) is asked for in row 1.
    message = (
        r"^training stopped in epoch 2: row 1: log\(-2\.0\) has no value: log needs a number above 0; "
        r"the parameters that gave the last finite loss are back, so go on from there with a smaller learning rate$"
    )
    optimizer = SGD([w], 0.5, momentum=0.5)
    with pytest.raises(FloatingPointError, match=message):
        program.train([[2.0], [1.0]], optimizer, 100, progress=False)
    assert (w.data, optimizer.step_count, optimizer.state) == (1.0, 0, [(0.0,)])


@every_target
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_loss_that_grows_beyond_all_floats(name: str, target: str) -> None:
    model, program = network_and_program(target, activation="relu")
    optimizer = OPTIMIZERS[name](model.parameters(), learning_rate=1e100)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch \d+: (row \d+: .* is -?inf|the gradient of .* is)"):
        program.train(rows_of(data_of()), optimizer, 1000, progress=False)
    twin = MLP(2, [3, 1], "relu", seed=0)
    other = OPTIMIZERS[name](twin.parameters(), learning_rate=1e100)
    with pytest.raises(FloatingPointError):
        fit(twin, losses.half_mean_squared_error, data_of(), other, epochs=1000, progress=False, eager=True)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)
    assert optimizer.step_count == other.step_count


@every_target
def test_the_row_is_named_in_shuffled_batches(target: str) -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = micrograd.compile(w * micrograd.sqrt(x), [x], [w], target=target)
    rows = [[1.0]] * 9
    rows[6] = [-4.0]
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: row 7: sqrt\(x=-4\.0\) has no value"):
        program.train(rows, SGD([w], 0.1), 5, 2, progress=False)
    assert w.data == 1.0


@every_target
@pytest.mark.parametrize("place", range(7))
def test_the_first_row_without_a_value_is_found_wherever_it_is(place: int, target: str) -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = micrograd.compile(w * micrograd.sqrt(x), [x], [w], target=target)
    rows = [[1.0]] * place + [[-4.0]] + [[-9.0]] * (6 - place)
    with pytest.raises(FloatingPointError, match=rf"^training stopped in epoch 1: row {place + 1}: sqrt\(x=-4\.0\)"):
        program.train(rows, SGD([w], 0.1), 5, progress=False)


@every_target
def test_an_infinity_that_a_finite_loss_is_made_of_is_not_to_blame(target: str) -> None:
    w, x, y = Value(1.0, "w"), Value(1.0, "x"), Value(1.0, "y")
    program = micrograd.compile(w * micrograd.minimum(x.exp(), 5.0) + y.sqrt(), [x, y], [w], target=target)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: row 2: sqrt\(y=-7\.0\) has no value"):
        program.train([[1000.0, 4.0], [1.0, -7.0]], SGD([w], 0.1), 5, progress=False)


@every_target
def test_a_gradient_that_is_not_finite_names_its_parameter(target: str) -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    program = micrograd.compile(micrograd.sqrt(w) * x, [x], [w], target=target)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: the gradient of w is inf; no step had been"):
        program.train([[1.0]], SGD([w], 0.1), 5, progress=False)
    assert w.data == 0.0


def test_a_label_in_an_error_is_short_and_seen() -> None:
    w, x = Value(0.0, "\x1b[2J" + "w" * 1_000_000), Value(1.0, "x")
    program = micrograd.compile(micrograd.sqrt(w) * x, [x], [w])
    with pytest.raises(FloatingPointError, match=r"the gradient of \\x1b\[2Jw+\.\.\.w+ is inf; ") as caught:
        program.train([[1.0]], SGD([w], 0.1), 5, progress=False)
    assert len(str(caught.value)) < 200


@every_target
def test_a_last_step_that_ruins_the_parameters_does_not_pass_for_success(target: str) -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    program = micrograd.compile((micrograd.exp(w) - x) ** 2.0, [x], [w], target=target)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: row 1: exp\(w=.*\) is too large for a float"):
        program.train([[50.0]], SGD([w], 1e4), 1, progress=False)
    assert w.data == 0.0


def test_an_operation_of_ones_own_is_named_with_its_symbol() -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    factorial = Op("!", lambda a: math.gamma(a + 1.0), lambda out, a: (1.0 * a,))
    program = micrograd.compile(factorial(w * x) * w, [x], [w])
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: row 2: !\(-3\.0\) has no value"):
        program.train([[1.0], [-3.0]], SGD([w], 0.1), 5, progress=False)
    assert w.data == 1.0


@every_target
def test_a_gradient_that_is_not_finite_puts_the_parameters_before_it_back(target: str) -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = micrograd.compile((micrograd.sqrt(w * x) + 1.0) ** 2 / 2.0, [x], [w], target=target)
    # sqrt(1) + 1 is 2 and the slope of sqrt is 1/2: the first step leads to 1 - 1, where the slope is infinite.
    optimizer = SGD([w], 1.0)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 2: the gradient of w is inf; .* are back"):
        program.train([[1.0]], optimizer, 5, progress=False)
    assert (w.data, optimizer.step_count) == (1.0, 0)
