"""What `fit` refuses before it takes a step."""

import inspect
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP, Module
from micrograd.optim import SGD
from micrograd.training import fit
from micrograd.words import FIT
from tests.optim.valley import told
from tests.training.watched import LINE, numbers_of


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (([], []), r"^data needs at least one row, got none$"),
        (([[1.0], [2.0]], [1.0]), r"^data needs one target per row, got 2 row\(s\) and 1 target\(s\)$"),
        (([[1.0]], [1.0, 2.0]), r"^data needs one target per row, got 1 row\(s\) and 2 target\(s\)$"),
        (([], [1.0]), r"^data needs one target per row, got 0 row\(s\) and 1 target\(s\)$"),
        (([[1.0], [2.0, 3.0]], [1.0, 2.0]), r"^every row of data needs as many numbers as row 1, 1; row 2 has 2$"),
        (([[1.0, 2.0], [1.0, 2.0], []], [1.0, 2.0, 3.0]), r"^every row of data needs as many numbers as row 1, 2; row 3 has 0$"),
        (([[1.0]],), r"^data needs to be a pair \(inputs, targets\), such as datasets\.xor\(\), got \(\[\[1\.0\]\],\)$"),
        (([[1.0]], [1.0], [1.0]), r"^data needs to be a pair"),
        ({"inputs": [[1.0]], "targets": [1.0]}, r"^data needs to be a pair"),
        (iter([[[1.0]], [1.0]]), r"^data needs to be a pair"),
    ],
    ids=[
        "no rows",
        "few targets",
        "many targets",
        "only targets",
        "ragged",
        "empty row",
        "alone",
        "three",
        "mapping",
        "iterator",
    ],
)
def test_data_of_the_wrong_shape_is_refused(neuron: MLP, data: Any, message: str) -> None:
    before = numbers_of(neuron)
    with pytest.raises(ValueError, match=message):
        fit(neuron, half_mean_squared_error, data, SGD(neuron.parameters(), 0.1), progress=False)
    assert numbers_of(neuron) == before


def test_rows_that_do_not_fit_the_model_name_its_layer(neuron: MLP) -> None:
    with pytest.raises(ValueError, match=r"^layer1 needs 1 number\(s\), got 2: \[1\.0, 2\.0\]"):
        fit(neuron, half_mean_squared_error, ([[1.0, 2.0]], [1.0]), SGD(neuron.parameters(), 0.1), progress=False)


@pytest.mark.parametrize("epochs", [-1, 1.5, 10.0, "10", None], ids=repr)
def test_epochs_are_a_whole_number_from_zero_upwards(neuron: MLP, epochs: Any) -> None:
    with pytest.raises(ValueError, match=f"^epochs needs to be a whole number from 0 upwards, {told(epochs)}$"):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), epochs=epochs, progress=False)


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, 2.0, "2"], ids=repr)
def test_a_batch_size_is_a_whole_number_from_one_upwards(neuron: MLP, batch_size: Any) -> None:
    with pytest.raises(ValueError, match=f"^batch_size needs to be a whole number from 1 upwards, {told(batch_size)}$"):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), batch_size=batch_size, progress=False)


@pytest.mark.parametrize(
    "returned",
    [0.5, None, [Value(1.0)], np.float64(0.5), (Value(1.0), Value(2.0))],
    ids=["number", "none", "list", "numpy", "tuple"],
)
def test_a_loss_that_is_not_one_value_is_refused(neuron: MLP, returned: Any) -> None:
    with pytest.raises(TypeError, match=r"^a loss function needs to return one Value, got "):
        fit(neuron, lambda outputs, targets: returned, LINE, SGD(neuron.parameters(), 0.1), progress=False)


def test_an_error_of_the_loss_function_itself_passes_through(neuron: MLP) -> None:
    def broken(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        raise LookupError("no such column")

    with pytest.raises(LookupError, match="no such column"):
        fit(neuron, broken, LINE, SGD(neuron.parameters(), 0.1), progress=False)


def test_the_optimizer_of_another_model_is_refused(neuron: MLP) -> None:
    other = SGD(MLP(1, [1], seed=0).parameters(), 0.1)
    with pytest.raises(ValueError, match=r"^the optimizer moves no parameter of this model; make it with model\.parameters\(\)$"):
        fit(neuron, half_mean_squared_error, LINE, other, progress=False)


def test_a_target_loss_of_nan_is_refused(neuron: MLP) -> None:
    with pytest.raises(ValueError, match=r"^target_loss needs to be a number or None, got nan$"):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters()), target_loss=math.nan, progress=False)


def test_a_loss_that_ignores_the_outputs_is_refused(neuron: MLP) -> None:
    with pytest.raises(ValueError, match=r"^the loss does not depend on any parameter"):
        fit(neuron, lambda outputs, targets: Value(1.0), LINE, SGD(neuron.parameters(), 0.1), progress=False)


@pytest.mark.parametrize("data", [([0.0, 1.0], [0.0, 1.0]), [[0.0, 1.0], [2.0, 3.0]]], ids=["a pair", "rows alone"])
def test_rows_that_are_numbers_are_told_to_be_put_in_brackets(neuron: MLP, data: Any) -> None:
    message = r"^every row of data needs to be a list of numbers, and row 1 is 0\.0; put it in brackets, where data is a Dataset"
    with pytest.raises(TypeError, match=message):
        fit(neuron, half_mean_squared_error, data, SGD(neuron.parameters(), 0.1), progress=False)


def test_a_loss_is_a_function(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    bad: Any = "mse"
    with pytest.raises(TypeError, match=r"^fit needs a function as its loss, such as losses\.mean_squared_error, got 'mse'$"):
        fit(neuron, bad, LINE, SGD(neuron.parameters(), 0.1))
    assert capsys.readouterr() == ("", "")


def test_an_optimizer_is_needed(neuron: MLP) -> None:
    bad: Any = "sgd"
    with pytest.raises(TypeError, match=r"^fit needs an optimizer such as SGD\(model.parameters\(\), 0.1\), got 'sgd'$"):
        fit(neuron, half_mean_squared_error, LINE, bad, progress=False)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lr": 0.1}, r"^fit has no lr: write it into the optimizer: SGD\(model\.parameters\(\), learning_rate=0\.1\)$"),
        ({"learning_rate": 0.1}, r"^fit has no learning_rate: write it into the optimizer: "),
        ({"verbose": 0}, r"^fit has no verbose: write progress=False to hide the bar$"),
        ({"batch": 8}, r"^fit has no batch: write batch_size=8$"),
        ({"n_epochs": 8}, r"^fit has no n_epochs: write epochs=100$"),
        ({"X": 8}, r"^fit has no X: write data=\(inputs, targets\)$"),
        ({"validation_data": 8}, r"^fit has no validation_data: write validation=\(inputs, targets\)$"),
        (
            {"speed": 8},
            r"^fit has no speed: it takes model, loss, data, optimizer, epochs, batch_size, target_loss, validation, callback, ",
        ),
    ],
    ids=lambda given: "".join(given) if isinstance(given, dict) else "",
)
def test_an_argument_of_another_library_has_its_right_word(neuron: MLP, given: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.1), **given)


def test_no_argument_of_fit_is_advised_against() -> None:
    assert set(inspect.signature(fit).parameters).isdisjoint(FIT)


@pytest.mark.parametrize("entry", ["1.0", None, [1.0], 1j], ids=repr)
@pytest.mark.parametrize("eager", [True, False])
def test_a_row_that_does_not_hold_numbers_is_named(neuron: MLP, entry: Any, eager: bool) -> None:
    rows = [[0.0], [1.0], [entry]]
    with pytest.raises(TypeError, match=r"^row 3 of the data: a Value holds one real number, got .*; "):
        fit(neuron, half_mean_squared_error, (rows, [1.0] * 3), SGD(neuron.parameters(), 0.1), progress=False, eager=eager)


def test_a_model_of_ones_own_may_read_rows_of_text() -> None:
    class Letters(Module):
        def __init__(self) -> None:
            self.weight_of = {letter: Value(0.0, label=letter) for letter in "abc"}

        def __call__(self, x: str) -> Value:
            return micrograd.total(self.weight_of[letter] for letter in x)

    model = Letters()
    optimizer = SGD(model.parameters(), 0.5)
    fit(model, half_mean_squared_error, (["ab", "ca", "aa"], [1.0, 0.0, 1.0]), optimizer, epochs=300, progress=False)
    assert [round(model(word).data, 3) for word in ("ab", "ca", "aa")] == [1.0, 0.0, 1.0]
