"""Training in compiled code: the steps of the eager loop, what stops it, and when `fit` uses it."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from rich.progress import Progress

import micrograd
from micrograd import datasets, losses
from micrograd.__main__ import main
from micrograd.compiler import tracing
from micrograd.compiler.descent import Descent
from micrograd.compiler.program import Program
from micrograd.compiler.rule import traced_rule
from micrograd.engine import UsedGradient, Value
from micrograd.nn import MLP, Layer, Module
from micrograd.optim import OPTIMIZERS, SGD, Adam, Optimizer
from micrograd.training import fit

every_target = pytest.mark.parametrize("target", ["python", "llvm"])


def network_and_program(target: str, seed: int = 0, activation: str = "tanh", exact: bool = False) -> tuple[MLP, Program]:
    """A network, and the squared error of one row, x1, x2 and y, as a Program."""
    model = MLP(2, [3, 1], activation, seed=seed)
    x1, x2, y = Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "y")
    loss = losses.half_mean_squared_error([model([x1, x2])], [y])
    return model, micrograd.compile(loss, [x1, x2, y], model.parameters(), target=target, exact=exact)


def data_of(points: int = 11) -> tuple[list[list[float]], list[float]]:
    inputs = [[math.sin(1.0 + 3.0 * i), math.cos(2.0 * i)] for i in range(points)]
    return inputs, [x1 * x2 for x1, x2 in inputs]


def rows_of(data: tuple[Sequence[Sequence[float]], Sequence[float]]) -> list[list[float]]:
    return [[*row, target] for row, target in zip(*data, strict=True)]


def numbers(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


# The steps of the eager loop


@every_target
@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_200_epochs_are_those_of_the_eager_loop(name: str, batch_size: int | None, target: str) -> None:
    data = data_of()
    model, program = network_and_program(target)
    twin = MLP(2, [3, 1], "tanh", seed=0)
    ours, theirs = (OPTIMIZERS[name](m.parameters(), learning_rate=0.02) for m in (model, twin))
    got = program.train(rows_of(data), ours, 200, batch_size, seed=3, progress=False)
    history = fit(
        twin, losses.half_mean_squared_error, data, theirs, epochs=200, batch_size=batch_size, seed=3, progress=False, eager=True
    )
    assert got == pytest.approx(history.losses, rel=1e-9, abs=1e-12)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9, abs=1e-9)
    assert ours.step_count == theirs.step_count
    for state, other in zip(ours.state, theirs.state, strict=True):
        assert state == pytest.approx(other, rel=1e-7, abs=1e-9)
    grads, others = ([p.grad for p in m.parameters()] for m in (model, twin))
    assert grads == pytest.approx(others, rel=1e-7, abs=1e-9)
    assert all(type(grad) is UsedGradient for grad in grads)


@pytest.mark.parametrize("settings", [{"weight_decay": 0.1}, {"weight_decay": 0.1, "momentum": 0.9, "nesterov": True}])
def test_settings_are_part_of_the_compiled_rule(settings: dict[str, Any]) -> None:
    data = data_of()
    model, program = network_and_program("llvm")
    twin = MLP(2, [3, 1], "tanh", seed=0)
    for rate in (0.1, 0.01):  # the second time with the same code and another learning rate
        program.train(rows_of(data), SGD(model.parameters(), rate, **settings), 50, progress=False)
        fit(twin, losses.half_mean_squared_error, data, SGD(twin.parameters(), rate, **settings), epochs=50, eager=True)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)


def test_exact_training_has_the_same_bits_on_both_targets() -> None:
    trained = []
    for target in ("python", "llvm"):
        model, program = network_and_program(target, exact=True)
        trained_losses = program.train(rows_of(data_of()), Adam(model.parameters(), 0.05), 50, 4, progress=False)
        trained.append([*numbers(model), *trained_losses])
    assert trained[0] == trained[1]


@every_target
def test_training_goes_on_where_it_ended(target: str) -> None:
    (once, program), (twice, other) = network_and_program(target), network_and_program(target)
    one, two = Adam(once.parameters(), 0.05), Adam(twice.parameters(), 0.05)
    whole = program.train(rows_of(data_of()), one, 10, progress=False)
    parts = [other.train(rows_of(data_of()), two, epochs, progress=False) for epochs in (4, 6)]
    assert parts[0] + parts[1] == whole
    assert numbers(once) == numbers(twice)


@every_target
def test_only_the_parameters_of_the_optimizer_move(target: str) -> None:
    model, program = network_and_program(target)
    first, last = model.layers
    before = numbers(first), numbers(last)
    program.train(rows_of(data_of()), SGD(last.parameters(), 0.1), 5, progress=False)
    assert numbers(first) == before[0]
    assert all(now != then for now, then in zip(numbers(last), before[1], strict=True))
    twin = MLP(2, [3, 1], "tanh", seed=0)
    optimizer = SGD(twin.layers[1].parameters(), 0.1)
    fit(twin, losses.half_mean_squared_error, data_of(), optimizer, epochs=5, progress=False, eager=True)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12)


def test_without_shuffle_batches_keep_their_order() -> None:
    model, program = network_and_program("llvm")
    twin = MLP(2, [3, 1], "tanh", seed=0)
    inputs, targets = data_of(7)
    program.train(rows_of((inputs, targets)), SGD(model.parameters(), 0.1), 3, 3, shuffle=False, progress=False)
    optimizer = SGD(twin.parameters(), 0.1)
    for _ in range(3):
        for batch in (range(3), range(3, 6), range(6, 7)):
            optimizer.zero_grad()
            losses.half_mean_squared_error([twin(inputs[i]) for i in batch], [targets[i] for i in batch]).backward()
            optimizer.step()
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12)


def test_no_epochs_change_nothing() -> None:
    model, program = network_and_program("llvm")
    before = numbers(model)
    assert program.train(rows_of(data_of()), SGD(model.parameters(), 0.1), 0).tolist() == []
    assert numbers(model) == before


@every_target
def test_a_loss_over_the_whole_data_set_as_one_graph_trains_too(target: str) -> None:
    data = data_of(5)
    model, twin = MLP(2, [3, 1], "tanh", seed=0), MLP(2, [3, 1], "tanh", seed=0)
    loss = losses.half_mean_squared_error([model(row) for row in data[0]], data[1])
    program = micrograd.compile(loss, [], model.parameters(), target=target)
    program.train([[]], SGD(model.parameters(), 0.1), 30, progress=False)
    fit(twin, losses.half_mean_squared_error, data, SGD(twin.parameters(), 0.1), epochs=30, progress=False, eager=True)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)


# Callback, progress, Ctrl-C


@every_target
def test_the_callback_sees_each_epoch_with_the_parameters_up_to_date_and_may_stop(target: str) -> None:
    model, program = network_and_program(target)
    seen: list[tuple[int, float, float]] = []

    def callback(epoch: int, loss: float) -> bool:
        seen.append((epoch, loss, numbers(model)[0]))
        return epoch == 4

    trained = program.train(rows_of(data_of()), SGD(model.parameters(), 0.1), 10, callback=callback)
    assert [(epoch, loss) for epoch, loss, _ in seen] == list(enumerate(trained, start=1))
    assert len({number for _, _, number in seen}) == 4


@every_target
def test_the_callback_may_set_the_learning_rate(target: str) -> None:
    w = Value(8.0)
    optimizer = SGD([w], 0.5)

    def halve(epoch: int, loss: float) -> None:
        optimizer.learning_rate /= 2.0

    micrograd.compile(w * 1.0, [], [w], target=target).train([[]], optimizer, 3, callback=halve)
    assert w.data == 8.0 - 0.5 - 0.25 - 0.125


def test_a_bar_shows_long_training(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("micrograd.compiler.program.time.monotonic", lambda: float(next(clock)))
    drawn: list[int] = []
    monkeypatch.setattr(Progress, "update", lambda bar, task, completed, loss: drawn.append(completed))
    model, program = network_and_program("llvm")
    program.train(rows_of(data_of()), SGD(model.parameters(), 0.1), 50_000)
    assert drawn[-1] == 50_000


class Interrupting:
    """A loop whose training is interrupted in the call with that number."""

    def __init__(self, loop: Any, call: int) -> None:
        self.loop, self.call, self.calls = loop, call, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loop, name)

    def train(self, *arguments: Any) -> Any:
        self.calls += 1
        result = self.loop.train(*arguments)
        if self.calls == self.call:
            raise KeyboardInterrupt
        return result


@every_target
@pytest.mark.parametrize("batch_size", [None, 4])
def test_an_interrupt_stops_at_the_end_of_an_epoch_with_everything_kept(
    batch_size: int | None, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, program = network_and_program(target)
    optimizer = Adam(model.parameters(), 0.05)
    plain = Descent.__init__

    monkeypatch.setattr("micrograd.compiler.descent.FIRST_STRETCH", 0)

    def interrupted(descent: Descent, *arguments: Any) -> None:
        plain(descent, *arguments)
        descent.loop = Interrupting(descent.loop, 3)

    monkeypatch.setattr(Descent, "__init__", interrupted)
    got = program.train(rows_of(data_of()), optimizer, 1000, batch_size, progress=False)
    monkeypatch.undo()
    twin, other = network_and_program(target)
    expected = other.train(rows_of(data_of()), Adam(twin.parameters(), 0.05), len(got), batch_size, progress=False)
    assert 0 < len(got) < 1000
    assert got == expected
    assert numbers(model) == numbers(twin)
    assert optimizer.step_count == len(got) * (3 if batch_size else 1)


# Numbers that are not finite


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
def test_a_gradient_that_is_not_finite_names_its_parameter(target: str) -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    program = micrograd.compile(micrograd.sqrt(w) * x, [x], [w], target=target)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: the gradient of w is inf; no step had been"):
        program.train([[1.0]], SGD([w], 0.1), 5, progress=False)
    assert w.data == 0.0


@every_target
def test_a_last_step_that_ruins_the_parameters_does_not_pass_for_success(target: str) -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    program = micrograd.compile((micrograd.exp(w) - x) ** 2.0, [x], [w], target=target)
    with pytest.raises(FloatingPointError, match=r"^training stopped in epoch 1: row 1: exp\(w=.*\) is too large for a float"):
        program.train([[50.0]], SGD([w], 1e4), 1, progress=False)
    assert w.data == 0.0


# What it refuses


def test_bad_input_is_one_clear_sentence() -> None:
    model, compiled_graph = network_and_program("python")
    program: Any = compiled_graph
    optimizer = SGD(model.parameters(), 0.1)
    rows = rows_of(data_of())
    stranger = SGD([Value(1.0, "stranger")], 0.1)
    calls: list[tuple[Callable[[], Any], type[Exception], str]] = [
        (lambda: program.train([], optimizer, 5), ValueError, r"^there are no rows; pass at least one"),
        (
            lambda: program.train([[1.0]], optimizer, 5),
            ValueError,
            r"^row 1 needs 3 number\(s\), one per input \(x1, x2, y\), got 1",
        ),
        (
            lambda: program.train(rows, optimizer, 5, 0),
            ValueError,
            r"^batch_size needs to be a whole number from 1 up.*got 0$",
        ),
        (lambda: program.train(rows, optimizer, -1), ValueError, r"^epochs needs to be a whole number from 0 upwards, got -1$"),
        (
            lambda: program.train(rows, "sgd", 5),
            TypeError,
            r"^train needs an optimizer such as SGD\(parameters, 0\.1\), got 'sgd'$",
        ),
        (
            lambda: program.train(rows, stranger, 5),
            ValueError,
            r"^the optimizer moves stranger, which is not among",
        ),
    ]
    for call, kind, message in calls:
        with pytest.raises(kind, match=message):
            call()


class Clipped(Optimizer):
    """A rule with a Python `if` on a number."""

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return (parameter - gradient if gradient > 0.0 else parameter), state


class Signed(Optimizer):
    """A rule of one's own that is all operations."""

    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return parameter - self.learning_rate * micrograd.sign(gradient), state


def test_a_rule_with_a_python_if_is_refused() -> None:
    model, program = network_and_program("python")
    with pytest.raises(ValueError, match=r"^the update rule of Clipped cannot be compiled: traced on Values it .* a Python if$"):
        program.train(rows_of(data_of()), Clipped(model.parameters(), 0.1), 5)


def test_a_step_of_ones_own_is_refused() -> None:
    model, program = network_and_program("python")
    with pytest.raises(
        ValueError, match=r"^Clipping has a step\(\) of its own, which compiled training would leave out; train with"
    ):
        program.train(rows_of(data_of()), Clipping(model.parameters(), 0.1), 5)


@every_target
def test_a_rule_of_ones_own_is_compiled_as_it_is_written(target: str) -> None:
    model, program = network_and_program(target)
    before = numbers(model)
    program.train(rows_of(data_of()), Signed(model.parameters(), 0.25), 1, progress=False)
    assert {abs(now - then) for now, then in zip(numbers(model), before, strict=True)} == {0.25}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_tracing_leaves_the_optimizer_as_it_was(name: str) -> None:
    optimizer = OPTIMIZERS[name]([Value(1.0)], learning_rate=0.125)
    state = list(optimizer.state)
    traced_rule(optimizer)
    assert (optimizer.learning_rate, optimizer.state, optimizer.step_count) == (0.125, state, 0)


# fit


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs that each use of compiled code has trained; every training is worth it."""
    epochs: list[int] = []
    plain = Descent.write_back

    def noted(descent: Descent) -> None:
        epochs.append(len(descent.losses))
        plain(descent)

    monkeypatch.setattr(Descent, "write_back", noted)
    monkeypatch.setattr(tracing, "WORTHWHILE", 0)
    return epochs


def fitted(loss: Any, data: Any, widths: list[int], eager: bool | None, **settings: Any) -> tuple[list[float], list[float]]:
    model = MLP(2, widths, "tanh", seed=0)
    history = fit(model, loss, data, Adam(model.parameters(), 0.05), epochs=40, progress=False, eager=eager, **settings)
    return history.losses, numbers(model)


INPUTS = data_of(9)[0]
FITTED: list[tuple[Any, Any, list[int]]] = [
    (losses.half_mean_squared_error, (INPUTS, [0.1 * i for i in range(9)]), [3, 1]),
    (losses.mean_squared_error, (INPUTS, [[0.1 * i, 1.0] for i in range(9)]), [3, 2]),
    (losses.binary_cross_entropy, (INPUTS, [i % 2 for i in range(9)]), [3, 1]),
    (losses.hinge, (INPUTS, [1 - 2 * (i % 2) for i in range(9)]), [3, 1]),
    (losses.cross_entropy, (INPUTS, [i % 3 for i in range(9)]), [4, 3]),
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


class Scaled(MLP):
    """A model whose code is not known: it has a Python `if` on a number."""

    def __call__(self, x: Sequence[Any]) -> Any:
        output = super().__call__(x)
        return output * 2.0 if output.data > 0.0 else output


def test_fit_stays_eager_for_models_and_losses_that_it_does_not_know(compiled: list[int]) -> None:
    model = Scaled(2, [3, 1], "tanh", seed=0)
    fit(model, losses.half_mean_squared_error, data_of(), SGD(model.parameters(), 0.1), epochs=5, progress=False)
    fitted(lambda outputs, targets: losses.hinge(outputs, targets), (INPUTS, [1] * 9), [3, 1], eager=None)
    assert compiled == []


class Clipping(SGD):
    """An optimizer whose step does more than its rule."""

    def step(self) -> None:
        for parameter in self.parameters:
            parameter.grad = max(-0.01, min(0.01, parameter.grad))
        super().step()


@pytest.mark.parametrize("eager", [None, False])
def test_fit_stays_eager_for_an_optimizer_with_a_step_of_its_own(eager: bool | None, compiled: list[int]) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    before = numbers(model)
    fit(
        model, losses.half_mean_squared_error, data_of(), Clipping(model.parameters(), 1.0),
        epochs=1, progress=False, eager=eager,
    )  # fmt: skip
    assert compiled == []
    assert all(abs(now - then) < 0.011 for now, then in zip(numbers(model), before, strict=True))


def with_penalty(outputs: Any, targets: Any) -> Value:
    return losses.half_mean_squared_error(outputs, targets) * 3.0


def summed(outputs: Any, targets: Any) -> Value:
    return losses.half_mean_squared_error(outputs, targets) * len(outputs)


def test_fit_compiles_what_it_does_not_know_if_asked_to_and_if_it_is_a_mean(compiled: list[int]) -> None:
    data = data_of(9)
    got = fitted(with_penalty, data, [3, 1], eager=False)
    assert compiled == [40]
    assert got[1] == pytest.approx(fitted(with_penalty, data, [3, 1], eager=True)[1], rel=1e-9)
    assert fitted(summed, data, [3, 1], eager=False) == fitted(summed, data, [3, 1], eager=True)
    assert compiled == [40]


def test_fit_asked_to_compile_a_python_if_on_a_number_stays_eager(compiled: list[int]) -> None:
    trained = []
    for eager in (False, True):
        model = Scaled(2, [3, 1], "tanh", seed=0)
        fit(model, losses.half_mean_squared_error, data_of(), SGD(model.parameters(), 0.1), epochs=5, progress=False, eager=eager)
        trained.append(numbers(model))
    assert compiled == []
    assert trained[0] == trained[1]


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
    with pytest.warns(UserWarning, match=r"^training runs as compiled Python; with llvmlite it runs as machine code"):
        fitted(*FITTED[0], eager=None)
    fitted(*FITTED[0], eager=None)  # a second warning would be an error
    assert compiled == [40, 40]
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
    assert "python -m pip install -e '.[compile]'." in capsys.readouterr().out.replace("\n", " ")
    tracing.advise_llvmlite.cache_clear()


@pytest.mark.parametrize("target", ["python", "llvm"])
def test_a_thousand_epochs_with_a_callback_run_through(target: str) -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    epochs = []
    program = micrograd.compile((w - x) ** 2, [x], [w], target=target)
    program.train([[1.0]], SGD([w], 0.01), 1000, callback=lambda epoch, loss: epochs.append(epoch), progress=False)
    assert epochs == list(range(1, 1001))


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


class WarmUp(SGD):
    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        share = step / 20.0
        return parameter - self.learning_rate * (share if share < 1.0 else 1.0) * gradient, state


class Counting(SGD):
    def update(self, parameter: Any, gradient: Any, state: Any, step: Any) -> tuple[Any, Any]:
        return parameter - self.learning_rate / (1.0 + self.step_count) * gradient, state


@pytest.mark.parametrize("kind", [WarmUp, Counting])
def test_a_rule_that_is_not_the_same_everywhere_is_refused(kind: type[SGD]) -> None:
    with pytest.raises(ValueError, match=r"cannot be compiled: traced on Values it is not the same everywhere"):
        traced_rule(kind([Value(1.0)], 0.1))


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


def test_a_layer_of_ones_own_keeps_training_eager() -> None:
    class Doubled(Layer):
        def outputs(self, x: Sequence[Value]) -> list[Value]:
            return [value if value.data < 0.6 else value * 0.5 for value in super().outputs(x)]

    model = MLP(2, [4, 1], "tanh", seed=0)
    model.layers[0].__class__ = Doubled
    assert not tracing.is_plain(model)


def test_a_bad_target_in_a_late_row_is_refused_before_any_step() -> None:
    model = MLP(2, [4, 1], "tanh", seed=0)
    before = model.state_dict()
    inputs = [[float(i), 1.0] for i in range(50)]
    labels = [1] * 40 + [0] * 10
    with pytest.raises(ValueError, match="a label of hinge needs to be -1 or 1, got 0"):
        fit(model, losses.hinge, (inputs, labels), SGD(model.parameters(), 0.01), epochs=500, progress=False)
    assert model.state_dict() == before


@pytest.mark.parametrize("target", ["python", "llvm"])
def test_filled_up_lanes_leave_an_infinity_as_it_is(target: str) -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = micrograd.compile((w * x).exp(), [x], [w], target=target)
    assert program.gradient([[1.0], [2.0], [1000.0]]) == math.inf
    assert w.grad == math.inf
