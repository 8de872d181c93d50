"""The progress bar of `fit`."""

import sys
import threading
import time
from collections.abc import Sequence

import pytest
from rich.progress import Progress

from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam
from micrograd.training import fit
from tests.training.watched import LINE, numbers_of


def test_without_progress_nothing_is_printed(neuron: MLP, capfd: pytest.CaptureFixture[str]) -> None:
    fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=False)
    assert capfd.readouterr() == ("", "")


def test_progress_shows_the_epochs_and_the_loss(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    history = fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=True)
    printed = capsys.readouterr().out
    assert "training" in printed
    assert "3/3" in printed
    assert f"loss {history.losses[-1]:.3e}" in printed


def test_progress_is_shown_unless_told_otherwise(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3)
    assert "3/3" in capsys.readouterr().out


def test_progress_is_full_where_training_ends_at_its_target(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    optimizer = SGD(neuron.parameters(), 0.1)
    history = fit(neuron, half_mean_squared_error, LINE, optimizer, epochs=300, target_loss=0.5, progress=True)
    assert 1 < len(history.losses) < 300
    printed = capsys.readouterr().out
    assert f"{len(history.losses)}/{len(history.losses)} loss {history.losses[-1]:.3e}" in " ".join(printed.split())


def test_progress_is_drawn_at_most_ten_times_a_second_and_at_the_end(neuron: MLP, monkeypatch: pytest.MonkeyPatch) -> None:
    now, drawn = 100.0, []

    def slow(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        nonlocal now
        now += 1 / 16
        return half_mean_squared_error(outputs, targets)

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(Progress, "update", lambda bar, task, completed, **options: drawn.append(completed))
    fit(neuron, slow, LINE, SGD(neuron.parameters(), 0.01), epochs=10, progress=True)
    assert drawn == [1, 3, 5, 7, 9, 10]


def test_progress_is_shown_where_there_are_no_threads(
    neuron: MLP, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(sys, "platform", "emscripten")  # the browser's Python
    fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=True)
    assert "3/3" in capsys.readouterr().out


def test_progress_of_no_epochs_does_not_fail(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    assert fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=0, progress=True).losses == []
    assert "0/0" in capsys.readouterr().out


def test_progress_does_not_change_the_training() -> None:
    shown, silent = MLP(1, [3, 1], "tanh", seed=0), MLP(1, [3, 1], "tanh", seed=0)
    for model, progress in ((shown, True), (silent, False)):
        fit(model, half_mean_squared_error, LINE, Adam(model.parameters(), 0.05), epochs=5, batch_size=2, progress=progress)
    assert numbers_of(shown) == numbers_of(silent)


def test_progress_of_a_training_that_was_interrupted_stays_where_it_was(neuron: MLP, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return half_mean_squared_error(outputs, targets)

    calls: list[int] = []
    fit(neuron, interrupted, LINE, SGD(neuron.parameters(), 0.01), epochs=5)
    assert "2/5" in capsys.readouterr().out
