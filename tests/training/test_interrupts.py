"""Ctrl-C: training ends where an epoch began, and can go on from there."""

import signal
import threading
from collections.abc import Sequence
from typing import Any

import pytest

import micrograd
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP, Module
from micrograd.optim import SGD, Adam, Optimizer
from micrograd.training import fit
from micrograd.training.checkpoints import Checkpoint
from tests.training.watched import LINE, Curve, Watched, memory_of, numbers_of


class Interrupted(Watched):
    """Ctrl-C in the call with that number, from 1."""

    def __init__(self, model: Module, optimizer: Optimizer, call: int) -> None:
        super().__init__(model, optimizer)
        self.call = call

    def __call__(self, outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
        value = super().__call__(outputs, targets)
        if len(self.calls) == self.call:
            raise KeyboardInterrupt
        return value


@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize(("call", "epochs_done"), [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (9, 2), (12, 3)])
def test_an_interrupt_ends_training_with_the_parameters_of_the_begin_of_the_epoch(
    call: int, epochs_done: int, progress: bool
) -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)
    loss = Interrupted(model, optimizer, call)
    history = fit(model, loss, LINE, optimizer, epochs=10, batch_size=2, progress=progress)  # three batches an epoch
    assert history.stopped == "interrupted"
    loss.assert_back_at(3 * epochs_done)

    twin = MLP(1, [3, 1], "tanh", seed=0)
    whole = fit(
        twin, half_mean_squared_error, LINE, Adam(twin.parameters(), 0.05), epochs=epochs_done, batch_size=2, progress=False
    )
    assert history.losses == whole.losses
    assert numbers_of(model) == numbers_of(twin)


def test_an_interrupt_in_the_middle_of_a_step_undoes_the_step() -> None:
    class InterruptedDescent(SGD):
        updates = 0

        def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> Any:
            self.updates += 1
            if self.updates == 14:  # ten parameters: the second step, when three have moved
                raise KeyboardInterrupt
            return super().update(parameter, gradient, state, step)

    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = InterruptedDescent(model.parameters(), 0.05, momentum=0.9)
    loss = Watched(model, optimizer)
    history = fit(model, loss, LINE, optimizer, epochs=10, progress=False)
    assert len(history.losses) == 1
    loss.assert_back_at(1)


def test_an_interrupt_in_the_last_look_takes_the_last_epoch_back() -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)
    loss = Interrupted(model, optimizer, 4)  # three epochs of one batch, then the look after the last step
    history = fit(model, loss, LINE, optimizer, epochs=3, progress=False)
    assert len(history.losses) == 2
    assert history.stopped == "interrupted"
    loss.assert_back_at(2)


def test_an_interrupt_just_after_a_step_that_ruined_the_parameters_still_returns_the_history() -> None:
    def exponential(z: Value) -> Value:
        calls.append(z.data)
        if len(calls) == 2:  # the first look after the step: exp(w) would overflow
            raise KeyboardInterrupt
        return micrograd.exp(z)

    calls: list[float] = []
    model = Curve(exponential, w=0.0)
    history = fit(model, half_mean_squared_error, ([[1.0]], [50.0]), SGD(model.parameters(), 1e4), epochs=3, progress=False)
    assert history.stopped == "interrupted"
    assert model.w.data == 0.0


def test_after_an_interrupt_training_goes_on_as_if_nothing_had_been() -> None:
    model, twin = MLP(1, [3, 1], "tanh", seed=0), MLP(1, [3, 1], "tanh", seed=0)
    optimizer, other = Adam(model.parameters(), 0.05), Adam(twin.parameters(), 0.05)
    history = fit(model, Interrupted(model, optimizer, 5), LINE, optimizer, epochs=9, progress=False)
    rest = fit(model, half_mean_squared_error, LINE, optimizer, epochs=9 - len(history.losses), progress=False)
    whole = fit(twin, half_mean_squared_error, LINE, other, epochs=9, progress=False)
    assert history.losses + rest.losses == whole.losses
    assert numbers_of(model) == numbers_of(twin)


def raise_interrupt(*arguments: Any, **keywords: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "where",
    [
        "micrograd.compiler.tracing.RowLoss.__init__",
        "micrograd.compiler.tracing.check_mean",
        "micrograd.compiler.program.traced_rule",
        "micrograd.tensors.programs.derivatives",
        "micrograd.compiler.llvm.loops.kernels.sums_kernel",
        "micrograd.compiler.llvm.target.module_text",
        "micrograd.compiler.llvm.machine.Machine.__init__",
        "micrograd.compiler.descent.Descent.__init__",
        "micrograd.compiler.descent.Descent.stretch",
        "micrograd.training.fitting.CompiledTraining.run",
        "micrograd.training.fitting.progress_bar",
        "rich.progress.Progress.__enter__",
        "rich.progress.Progress.update",
    ],
)
def test_an_interrupt_before_the_first_epoch_leaves_everything_as_it_was(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)
    before = numbers_of(model), memory_of(optimizer)
    monkeypatch.setattr(where, raise_interrupt)
    history = fit(
        model, half_mean_squared_error, LINE, optimizer, epochs=5, eager=False, progress="rich" in where or "bar" in where
    )
    assert history.stopped == "interrupted"
    if not where.endswith("update"):  # the bar is drawn for the first time when an epoch is done
        assert history.losses == []
        assert (numbers_of(model), memory_of(optimizer)) == before
    monkeypatch.undo()
    twin = MLP(1, [3, 1], "tanh", seed=0)
    rest = fit(model, half_mean_squared_error, LINE, optimizer, epochs=5 - len(history.losses), eager=False, progress=False)
    whole = fit(twin, half_mean_squared_error, LINE, Adam(twin.parameters(), 0.05), epochs=5, eager=False, progress=False)
    assert [*history.losses, *rest.losses] == whole.losses


def test_an_interrupt_while_dead_units_are_looked_for_leaves_them_out(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MLP(1, [3, 1], "relu", seed=0)
    monkeypatch.setattr("micrograd.training.fitting.units_left_dead", raise_interrupt)
    history = fit(model, half_mean_squared_error, LINE, SGD(model.parameters(), 0.01), epochs=3, progress=False)
    assert (len(history.losses), history.stopped, history.dead_units) == (3, "all epochs done", [])


@pytest.mark.parametrize("eager", [True, False])
def test_a_second_interrupt_does_not_keep_the_numbers_from_being_put_back(eager: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)
    before = numbers_of(model), memory_of(optimizer)
    plain = Checkpoint.restore

    def interrupted_restore(checkpoint: Checkpoint) -> None:
        signal.raise_signal(signal.SIGINT)
        plain(checkpoint)

    def interrupted(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("Ctrl-C comes first")

    monkeypatch.setattr(Checkpoint, "restore", interrupted_restore)
    monkeypatch.setattr("micrograd.training.eager.Training.epoch", interrupted)
    monkeypatch.setattr("micrograd.compiler.descent.Descent.advance", interrupted)
    history = fit(model, half_mean_squared_error, LINE, optimizer, epochs=3, progress=False, eager=eager)
    assert (history.losses, history.stopped) == ([], "interrupted")
    assert (numbers_of(model), memory_of(optimizer)) == before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)  # it is heard again


def test_training_in_another_thread_works_as_in_the_main_one() -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = SGD(model.parameters(), 0.05)
    settings: dict[str, Any] = {"epochs": 3, "progress": False, "eager": False}
    thread = threading.Thread(target=fit, args=(model, half_mean_squared_error, LINE, optimizer), kwargs=settings)
    thread.start()
    thread.join()
    assert optimizer.step_count == 3


@pytest.mark.parametrize("target", ["python", "llvm"])
def test_an_interrupt_while_a_program_compiles_its_training_leaves_everything_as_it_was(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    w, x = Value(1.0), Value(1.0)
    program = micrograd.compile(w * x, [x], [w], target=target)
    monkeypatch.setattr("micrograd.compiler.program.traced_rule", raise_interrupt)
    assert list(program.train([[1.0]], SGD([w], 0.1), 5)) == []
    assert w.data == 1.0


@pytest.mark.parametrize("rate", [0.05, 1e60])
def test_an_interrupt_while_the_compiled_steps_are_looked_at_keeps_what_they_did(
    rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, twin = MLP(1, [3, 1], "relu", seed=0), MLP(1, [3, 1], "relu", seed=0)
    optimizer = SGD(model.parameters(), rate)
    for reader in ("compiled", "eager"):
        monkeypatch.setattr(f"micrograd.training.{reader}.check_loss", raise_interrupt)
    history = fit(model, half_mean_squared_error, LINE, optimizer, epochs=50, progress=False, eager=False)
    monkeypatch.undo()
    assert history.stopped == "interrupted"
    done = len(history.losses)
    assert done == optimizer.step_count
    assert done == 50 if rate < 1.0 else done < 50
    fit(twin, half_mean_squared_error, LINE, SGD(twin.parameters(), rate), epochs=done, progress=False, eager=False)
    assert numbers_of(model) == numbers_of(twin)
