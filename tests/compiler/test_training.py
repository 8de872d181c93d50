"""Training in compiled code: the steps of the eager loop, and what stops it."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from rich.progress import Progress

import micrograd
from micrograd import losses
from micrograd.compiler.descent import Descent
from micrograd.compiler.llvm import training as llvm_training
from micrograd.compiler.rows import Table
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, SGD, Adam
from micrograd.training import fit
from tests.compiler.networks import Interrupting, check_training, data_of, network_and_program, numbers, rows_of
from tests.compiler.targets import every_target


@every_target
@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_200_epochs_are_those_of_the_eager_loop(name: str, batch_size: int | None, target: str) -> None:
    check_training(target, partial(OPTIMIZERS[name], learning_rate=0.02), data_of(), batch_size=batch_size)


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


in_registers_or_in_a_loop = pytest.mark.parametrize("few", [0, llvm_training.FEW])


@in_registers_or_in_a_loop
@pytest.mark.parametrize("batch_size", [None, 3, 10])
def test_machine_code_moves_many_parameters_in_a_loop_and_few_in_registers(
    few: int, batch_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llvm_training, "FEW", few)
    (model, program), (twin, other) = network_and_program("llvm"), network_and_program("python")
    ours, theirs = Adam(model.parameters(), 0.05), Adam(twin.parameters(), 0.05)
    got = program.train(rows_of(data_of()), ours, 50, batch_size, progress=False)
    expected = other.train(rows_of(data_of()), theirs, 50, batch_size, progress=False)
    assert got == pytest.approx(expected, rel=1e-9)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-9)
    assert ours.state == [pytest.approx(state, rel=1e-9) for state in theirs.state]


@in_registers_or_in_a_loop
@pytest.mark.parametrize("exact", [False, True])
def test_a_parameter_that_is_not_trained_keeps_its_bits_beside_one_that_is(
    few: int, exact: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """a x + b y + c z + d t, of which only b and d move: by 1/4 of the mean of y, and of t. The slope by c is infinite."""
    monkeypatch.setattr(llvm_training, "FEW", few)
    parameters = [Value(number, name) for name, number in (("a", 0.1), ("b", 2.0), ("c", -0.0), ("d", 3.0))]
    a, b, c, d = parameters
    inputs = [Value(1.0) for _ in range(4)]
    output = micrograd.dot([a, b, c.sqrt(), d], inputs)
    program = micrograd.compile(output, inputs, parameters, target="llvm", exact=exact)
    rows = [[1.0, 2.0, 0.5, 4.0], [1.0, 4.0, 0.5, 8.0], [1.0, 6.0, 0.5, 12.0]]
    program.train(rows, SGD([d, b], 0.25, weight_decay=0.0), 1, progress=False)
    assert [p.data for p in parameters] == [0.1, 2.0 - 1.0, 0.0, 3.0 - 2.0]
    assert math.copysign(1.0, c.data) == -1.0
    program.train(rows, Adam([d, b], 0.25), 20, batch_size=2, progress=False)
    assert (a.data, c.data, math.copysign(1.0, c.data)) == (0.1, 0.0, -1.0)


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
    monkeypatch.setattr(Progress, "update", lambda bar, task, completed, loss, total=None, refresh=False: drawn.append(completed))
    model, program = network_and_program("llvm")
    program.train(rows_of(data_of()), SGD(model.parameters(), 0.1), 50_000)
    assert drawn[-1] == 50_000


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


@pytest.mark.parametrize("target", ["python", "llvm"])
def test_a_thousand_epochs_with_a_callback_run_through(target: str) -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    epochs = []
    program = micrograd.compile((w - x) ** 2, [x], [w], target=target)
    program.train([[1.0]], SGD([w], 0.01), 1000, callback=lambda epoch, loss: epochs.append(epoch), progress=False)
    assert epochs == list(range(1, 1001))


@every_target
def test_a_stretch_ends_at_the_target_loss_and_where_a_number_is_not_finite(target: str) -> None:
    """Each step halves w, from 8 on."""
    w, x = Value(8.0, "w"), Value(1.0, "x")
    program = micrograd.compile(w * w * x, [x], [w], target=target)
    training = program.descent(Table([[1.0]], ["x"]), SGD([w], 0.25), Schedule(rows=1, epochs=10))
    assert training.stretch(10, target=4.0)
    assert (list(training.losses), training.failed, training.loop.look()[-1]) == ([64.0, 16.0, 4.0], None, 1.0)
    training = program.descent(Table([[math.inf]], ["x"]), SGD([w], 0.25), Schedule(rows=1, epochs=10))
    assert not training.stretch(10)
    assert (list(training.losses), training.failed) == ([], math.inf)


@every_target
def test_a_row_without_a_value_leaves_alone_the_gradients_that_do_not_depend_on_it(target: str) -> None:
    w, x = Value(0.5, "w"), Value(1.0, "x")
    program = micrograd.compile(w * x + x.log(), [x], [w], target=target)
    assert math.isnan(program.gradient([[2.0], [-1.0]]))
    assert w.grad == (2.0 - 1.0) / 2.0


@every_target
def test_epochs_that_are_done_again_have_the_learning_rates_that_they_had(target: str) -> None:
    w = Value(0.0)
    optimizer = SGD([w], 1.0)
    training = micrograd.compile(-w, [], [w], target=target).descent(Table([[]], []), optimizer, Schedule(rows=1, epochs=99))
    for epoch in range(99):
        assert training.stretch(1)
        optimizer.learning_rate = 2.0 + epoch // 2
    for epochs in (71, 50, 3):
        training.rewind(epochs, lambda: True)
        training.write_back()
        assert w.data == sum([1.0, *[2.0 + epoch // 2 for epoch in range(98)]][:epochs])
