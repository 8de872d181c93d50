"""When `fit` trains in compiled code, and that it says and gives the same."""

import math
import re
from typing import Any

import numpy as np
import pytest

from micrograd import datasets, losses
from micrograd.__main__ import main
from micrograd.compiler import tracing
from micrograd.compiler.descent import Descent
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam
from micrograd.training import fit
from tests.compiler.networks import Interrupting, data_of, numbers


def fitted(loss: Any, data: Any, widths: list[int], eager: bool | None, **settings: Any) -> tuple[list[float], list[float]]:
    model = MLP(2, widths, "tanh", seed=0)
    history = fit(model, loss, data, Adam(model.parameters(), 0.05), epochs=40, progress=False, eager=eager, **settings)
    return history.losses, numbers(model)


INPUTS = data_of(9)[0]


FITTED: list[tuple[Any, Any, list[int]]] = [
    (losses.half_mean_squared_error, (INPUTS, [0.1 * i for i in range(9)]), [3, 1]),
    (losses.mean_squared_error, (INPUTS, [[0.1 * i, 1.0] for i in range(9)]), [3, 2]),
    (losses.binary_cross_entropy_with_logits, (INPUTS, [i % 2 for i in range(9)]), [3, 1]),
    (losses.hinge, (INPUTS, [1 - 2 * (i % 2) for i in range(9)]), [3, 1]),
    (losses.cross_entropy, (INPUTS, [i % 3 for i in range(9)]), [4, 3]),
    (losses.cross_entropy, (INPUTS, [float(i % 3) for i in range(9)]), [4, 3]),
    (losses.cross_entropy, (INPUTS, [[0.2, 0.3, 0.5]] * 9), [4, 3]),
    (losses.half_mean_squared_error, (np.array(INPUTS), np.array([0.1 * i for i in range(9)])), [3, 1]),
]


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize(("loss", "data", "widths"), FITTED)
def test_fit_gives_the_same_compiled_and_eager(
    loss: Any, data: Any, widths: list[int], batch_size: int | None, compiled: list[int]
) -> None:
    got = fitted(loss, data, widths, eager=None, batch_size=batch_size)
    assert compiled == [40]
    expected = fitted(loss, data, widths, eager=True, batch_size=batch_size)
    assert compiled == [40]
    for ours, theirs in zip(got, expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_fit_compiles_long_training_only(compiled: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "WORTHWHILE", 40 * 9 * 1000)
    fitted(*FITTED[0], eager=None)
    assert compiled == []


@pytest.mark.parametrize("batch_size", [None, 3])
def test_fit_names_what_is_not_finite_as_in_eager_training(batch_size: int | None, compiled: list[int]) -> None:
    told = []
    for eager in (None, True):
        model = MLP(2, [3, 1], "relu", seed=0)
        optimizer = SGD(model.parameters(), 1e60)
        with pytest.raises(FloatingPointError, match=r"^training stopped in epoch \d+: the (loss|gradient)") as caught:
            fit(
                model, losses.half_mean_squared_error, data_of(), optimizer,
                epochs=50, batch_size=batch_size, progress=False, eager=eager,
            )  # fmt: skip
        words = re.sub(r"-?\d+(\.\d+)?(e[+-]?\d+)?", "#", str(caught.value))
        told.append((words, numbers(model), optimizer.step_count))
    assert len(compiled) == 1
    assert told[0][0] == told[1][0]
    assert told[0][1] == pytest.approx(told[1][1], rel=1e-9)
    assert told[0][2] == told[1][2]


def test_a_last_step_of_fit_that_ruins_the_parameters_is_undone(compiled: list[int]) -> None:
    model = MLP(1, [1], seed=0)
    before = numbers(model)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: the loss is inf"):
        fit(
            model, losses.half_mean_squared_error, ([[1.0]], [50.0]), SGD(model.parameters(), 1e300),
            epochs=1, progress=False,
        )  # fmt: skip
    assert compiled == [0]
    assert numbers(model) == before


def test_fit_stops_at_the_target_in_the_same_epoch(compiled: list[int]) -> None:
    ours, theirs = (fitted_to_target(eager) for eager in (None, True))
    assert compiled == [len(ours)]
    assert ours == pytest.approx(theirs, rel=1e-9)


def fitted_to_target(eager: bool | None) -> list[float]:
    model = MLP(2, [4, 1], "tanh", seed=1)
    optimizer = SGD(model.parameters(), 0.4)
    history = fit(
        model, losses.half_mean_squared_error, datasets.xor(), optimizer,
        epochs=3000, target_loss=1e-3, progress=False, eager=eager,
    )  # fmt: skip
    assert history.stopped == "loss at most 0.001"
    return history.losses


def test_an_interrupt_of_fit_in_compiled_code_keeps_everything(compiled: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Descent.__init__

    monkeypatch.setattr("micrograd.compiler.descent.FIRST_STRETCH", 0)

    def interrupted(descent: Descent, *arguments: Any) -> None:
        plain(descent, *arguments)
        descent.loop = Interrupting(descent.loop, 4)

    monkeypatch.setattr(Descent, "__init__", interrupted)
    model = MLP(2, [3, 1], "tanh", seed=0)
    data = data_of()
    history = fit(model, losses.half_mean_squared_error, data, SGD(model.parameters(), 0.1), epochs=5000, progress=False)
    assert history.stopped == "interrupted"
    assert 0 < len(history.losses) < 5000
    twin = MLP(2, [3, 1], "tanh", seed=0)
    fit(
        twin, losses.half_mean_squared_error, data, SGD(twin.parameters(), 0.1),
        epochs=len(history.losses), progress=False, eager=True,
    )  # fmt: skip
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)


def test_without_llvmlite_fit_trains_as_python_and_says_once_what_would_be_faster(
    compiled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    tracing.advise_llvmlite.cache_clear()
    with pytest.warns(
        UserWarning,
        match=r"^training runs as compiled Python; python -m pip install -e '\.\[compile\]' makes a long one machine code",
    ):
        fitted(*FITTED[0], eager=None)
    fitted(*FITTED[0], eager=None)  # a second warning would be an error
    assert compiled == [40, 40]
    tracing.advise_llvmlite.cache_clear()
    monkeypatch.setattr("sys.platform", "emscripten")  # the browser's Python, for which there is no llvmlite
    tracing.advise_llvmlite()
    tracing.advise_llvmlite.cache_clear()


def test_the_command_trains_compiled_unless_told_otherwise(capsys: pytest.CaptureFixture[str], compiled: list[int]) -> None:
    assert main(["xor"]) == 0
    epochs = compiled[0]
    assert len(compiled) == 1
    assert f"{epochs} epochs (loss at most 1e-06)" in capsys.readouterr().out
    assert main(["xor", "--eager"]) == 0
    assert len(compiled) == 1
    assert f"{epochs} epochs (loss at most 1e-06)" in capsys.readouterr().out


def test_the_command_without_llvmlite_says_what_would_be_faster(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    tracing.advise_llvmlite.cache_clear()
    assert main(["xor"]) == 0
    assert "python -m pip install -e '.[compile]' makes a long one machine code" in " ".join(capsys.readouterr().out.split())
    tracing.advise_llvmlite.cache_clear()


def test_a_thousand_epochs_in_batches_equal_eager_ones() -> None:
    inputs = [[0.1 * i, 0.05 * i * i] for i in range(13)]
    data = inputs, [math.sin(row[0]) for row in inputs]
    results = []
    for eager in (False, True):
        model = MLP(2, [3, 1], "tanh", seed=1)
        fit(
            model,
            losses.mean_squared_error,
            data,
            SGD(model.parameters(), 0.02),
            epochs=400,
            batch_size=4,
            progress=False,
            eager=eager,
        )
        results.append([parameter.data for parameter in model.parameters()])
    assert results[0] == pytest.approx(results[1], rel=1e-9, abs=1e-12)


def test_what_is_wrapped_around_an_optimizer_keeps_training_eager() -> None:
    model = MLP(2, [4, 1], "tanh", seed=0)
    optimizer = SGD(model.parameters(), 0.1)
    steps = []
    plain = optimizer.step

    def step() -> None:
        steps.append(1)
        plain()

    optimizer.step = step  # type: ignore[method-assign]
    fit(model, losses.mean_squared_error, datasets.xor(), optimizer, epochs=2000, progress=False)
    assert len(steps) == 2000


def test_a_bad_target_in_a_late_row_is_refused_before_any_step() -> None:
    model = MLP(2, [4, 1], "tanh", seed=0)
    before = model.state_dict()
    inputs = [[float(i), 1.0] for i in range(50)]
    labels = [1] * 40 + [0] * 10
    with pytest.raises(ValueError, match="a label of hinge needs to be -1 or 1, got 0"):
        fit(model, losses.hinge, (inputs, labels), SGD(model.parameters(), 0.01), epochs=500, progress=False)
    assert model.state_dict() == before


@pytest.mark.parametrize("eager", [True, False])
def test_rows_of_truth_values_are_rows_of_ones_and_zeros(eager: bool) -> None:
    numbers_and_truths: list[Any] = [np.eye(3), np.eye(3) > 0.5, (np.eye(3) > 0.5).tolist()]
    trained = []
    for inputs in numbers_and_truths:
        model = MLP(3, [3, 1], "tanh", seed=0)
        optimizer = SGD(model.parameters(), 0.1)
        fit(model, losses.mean_squared_error, (inputs, [1.0, 2.0, 3.0]), optimizer, epochs=9, progress=False, eager=eager)
        trained.append(numbers(model))
    assert trained[0] == trained[1] == trained[2]
