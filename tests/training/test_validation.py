"""The loss of rows that are not trained on, after each epoch: eager and compiled."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

import micrograd
from micrograd.compiler.tracing import Compiled
from micrograd.engine import Value
from micrograd.losses import half_mean_squared_error, hinge, mean_squared_error
from micrograd.nn import MLP, Module
from micrograd.optim import SGD, Adam
from micrograd.training import Divergence, fit
from tests.training.watched import LINE, Curve, Watched, memory_of, numbers_of

OTHERS: tuple[list[list[float]], list[float]] = ([[0.5], [-1.0], [2.5]], [2.0, -1.0, 6.0])

every_way = pytest.mark.parametrize("eager", [True, False], ids=["eager", "compiled"])


@every_way
def test_it_is_the_loss_after_the_steps_of_the_epoch(neuron: MLP, eager: bool) -> None:
    data = [[1.0]], [1.5]
    optimizer = SGD(neuron.parameters(), 0.5)
    history = fit(
        neuron, half_mean_squared_error, data, optimizer, epochs=2, validation=([[3.0]], [0.0]), progress=False, eager=eager
    )
    # w = 1/2 and b = 0 give 1/2, an error of -1: both gain 1/2 in the first epoch, which is right, and nothing in the second
    assert neuron.state_dict() == {"layer1.neuron1.w1": 1.0, "layer1.neuron1.b": 0.5}
    assert history.losses == [0.5, 0.0]
    assert history.validation == [3.5**2 / 2] * 2


class Own(Module):
    """A network of one's own, which is compiled after it was watched."""

    def __init__(self) -> None:
        self.net = MLP(1, [3, 1], "tanh", seed=0)

    def __call__(self, x: Sequence[Any]) -> Value:
        out: Value = self.net(x)
        return out


def squares(outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    return mean_squared_error(outputs, targets)


@every_way
@pytest.mark.parametrize(
    ("make", "loss", "batch_size"), [(lambda: Own().net, mean_squared_error, None), (Own, squares, 2)], ids=["known", "own"]
)
def test_it_is_what_calls_of_one_epoch_would_have_measured(make: Any, loss: Any, batch_size: int | None, eager: bool) -> None:
    whole, parts = make(), make()
    settings: dict[str, Any] = {"batch_size": batch_size, "progress": False, "eager": eager}
    history = fit(whole, loss, LINE, Adam(whole.parameters(), 0.05), epochs=2, validation=OTHERS, **settings)
    optimizer, measured = Adam(parts.parameters(), 0.05), []
    for _ in range(2):
        fit(parts, loss, LINE, optimizer, epochs=1, **settings)
        measured.append(loss([parts(row) for row in OTHERS[0]], OTHERS[1]).data)
    assert history.validation == pytest.approx(measured, rel=1e-12)
    assert numbers_of(whole) == numbers_of(parts)


def test_it_changes_nothing_else() -> None:
    told, plain = Own().net, Own().net
    ours = fit(told, squares, LINE, Adam(told.parameters(), 0.05), epochs=5, batch_size=2, validation=OTHERS, progress=False)
    theirs = fit(plain, squares, LINE, Adam(plain.parameters(), 0.05), epochs=5, batch_size=2, progress=False)
    assert (ours.losses, theirs.validation, theirs.best_epoch) == (theirs.losses, [], None)
    assert numbers_of(told) == numbers_of(plain)


@every_way
def test_the_target_is_one_of_the_training_loss(neuron: MLP, eager: bool) -> None:
    there = [row[0] * 0.5 for row in OTHERS[0]]  # right from the beginning
    history = fit(
        neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 1e-3), epochs=3, target_loss=1e-6,
        validation=(OTHERS[0], there), progress=False, eager=eager,
    )  # fmt: skip
    assert (len(history.losses), history.stopped) == (3, "all epochs done")


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ([[0.0], [1.0]], r"^validation: every row of data needs to be a list of numbers, and row 1 is 0\.0"),
        (([[0.0]], []), r"^validation: data needs one target per row, got 1 row\(s\) and 0 target\(s\)$"),
        (([], []), r"^validation: data needs at least one row, got none$"),
        (([[0.0, 1.0]], [1.0]), r"^validation: layer1 needs 1 number\(s\), got 2: \[0\.0, 1\.0\]"),
        (([[0.0], [float("nan")]], [1.0, 2.0]), r"^validation: training needs finite numbers, and row 2 of the data has nan"),
        (([[0.0], ["1"]], [1.0, 1.0]), r"^validation: row 2 of the data: a Value holds one real number"),
        (([[0.0], [1.0]], [1.0, 0.0]), r"^validation: a label of hinge needs to be -1 or 1, got 0\.0"),
        (7, r"^validation: data needs to be a pair \(inputs, targets\)"),
    ],
)
def test_bad_rows_are_refused_before_the_first_step(neuron: MLP, validation: Any, message: str) -> None:
    before = numbers_of(neuron)
    data = LINE[0], [1, -1, 1, -1, 1]
    with pytest.raises((TypeError, ValueError), match=message):
        fit(neuron, hinge, data, SGD(neuron.parameters()), validation=validation, progress=False)
    assert numbers_of(neuron) == before


@every_way
def test_a_validation_loss_that_is_not_finite_ends_training_where_the_epoch_began(neuron: MLP, eager: bool) -> None:
    neuron.layers[0].neurons[0].weights[0].data = 0.0
    before = numbers_of(neuron)
    optimizer = SGD(neuron.parameters(), 1.0)
    far = [[1e160]], [0.0]  # w x is 0 at first, and after a step it has no square
    message = r"^training stopped in epoch 1: the validation loss is inf, since .* are back"
    with pytest.raises(Divergence, match=message):
        fit(neuron, half_mean_squared_error, ([[1.0]], [1.0]), optimizer, epochs=3, validation=far, progress=False, eager=eager)
    assert (numbers_of(neuron), optimizer.step_count) == (before, 0)


@every_way
def test_a_validation_loss_without_a_value_is_told_too(eager: bool) -> None:
    model = Curve(lambda z: z, w=0.5)
    optimizer = SGD(model.parameters(), 1.0)  # 1/2 - (-2) is no probability
    with pytest.raises(Divergence, match=r"^training stopped in epoch 1: .*log"):
        fit(
            model, lambda outputs, targets: -sum(out.log() for out in outputs) / len(outputs), ([[1.0]], [1.0]), optimizer,
            epochs=3, validation=([[1.0], [-1.0]], [1.0, 1.0]), progress=False, eager=eager,
        )  # fmt: skip
    assert model.w.data == 0.5


def test_ctrl_c_while_it_is_measured_takes_the_epoch_back() -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), 0.05)

    class Interrupted(Watched):
        def __call__(self, outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
            if len(self.batches) == 4:  # a first look at the rows, and then two for each epoch
                raise KeyboardInterrupt
            return super().__call__(outputs, targets)

    loss = Interrupted(model, optimizer)
    history = fit(model, loss, LINE, optimizer, epochs=9, validation=OTHERS, progress=False)
    assert (len(history.losses), len(history.validation), history.stopped) == (1, 1, "interrupted")
    loss.assert_back_at(3)


def test_ctrl_c_while_compiled_code_measures_it_takes_the_epoch_back(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[float] = []

    def interrupted(compiled: Compiled) -> float:
        if len(measured) == 2:
            raise KeyboardInterrupt
        measured.append(plain(compiled))
        return measured[-1]

    plain = Compiled.validation_loss
    model, twin = Own().net, Own().net
    optimizer, other = Adam(model.parameters(), 0.05), Adam(twin.parameters(), 0.05)
    monkeypatch.setattr(Compiled, "validation_loss", interrupted)
    history = fit(model, squares, LINE, optimizer, epochs=9, validation=OTHERS, progress=False, eager=False)
    assert (history.validation, history.stopped) == (measured, "interrupted")
    assert history.losses == fit(twin, squares, LINE, other, epochs=2, progress=False, eager=False).losses
    assert (numbers_of(model), memory_of(optimizer)) == (numbers_of(twin), memory_of(other))


def test_a_validation_loss_that_the_graph_of_a_row_does_not_give_makes_the_steps_eager() -> None:
    """The rows of validation are three, and a batch of three is treated another way."""

    def dearer(outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
        return mean_squared_error(outputs, targets) * (2.0 if len(outputs) == 3 else 1.0)

    trained = []
    for eager in (None, True):
        model = Own()
        history = fit(
            model, dearer, LINE, SGD(model.parameters(), 0.01), epochs=300, validation=OTHERS, progress=False, eager=eager
        )
        trained.append((history.validation, numbers_of(model)))
    assert trained[0] == trained[1]
    model = Own()
    with pytest.raises(ValueError, match=r"trained so, the validation loss of all rows is .*, and by the graph of one row it is"):
        fit(model, dearer, LINE, SGD(model.parameters(), 0.01), epochs=3, validation=OTHERS, progress=False, eager=False)


@every_way
def test_a_loss_that_has_no_value_before_the_first_epoch_may_have_one_after_it(eager: bool) -> None:
    model = Curve(micrograd.exp, w=1.0)
    data, validation = ([[1.0]], [0.0]), ([[1000.0]], [2.0])  # exp(1000) overflows
    history = fit(
        model, half_mean_squared_error, data, SGD(model.parameters(), 1.0), epochs=1, validation=validation, progress=False,
        eager=eager,
    )  # fmt: skip
    assert model.w.data == pytest.approx(1.0 - math.exp(2.0))  # the slope of exp(w)^2 / 2
    assert history.validation == [2.0]  # of exp(-6389), which is 0
