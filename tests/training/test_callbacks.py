"""What `fit` calls after each epoch, and what may be done there: eager and compiled."""

from collections.abc import Callable
from typing import Any

import pytest

from micrograd.losses import half_mean_squared_error, mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam, Optimizer
from micrograd.training import fit
from tests.compiler.networks import numbers
from tests.training.watched import LINE, Curve, memory_of, numbers_of

every_way = pytest.mark.parametrize("eager", [True, False], ids=["eager", "compiled"])


def network() -> MLP:
    return MLP(1, [3, 1], "tanh", seed=0)


def train(model: MLP, optimizer: Optimizer, callback: Any, eager: bool, epochs: int = 6, batch_size: int | None = 2) -> Any:
    return fit(
        model, half_mean_squared_error, LINE, optimizer, epochs=epochs, batch_size=batch_size, callback=callback, progress=False,
        eager=eager,
    )  # fmt: skip


@pytest.mark.parametrize(("batch_size", "eager"), [(None, True), (2, True), (2, False)])
def test_it_is_called_after_each_epoch_with_all_up_to_date(batch_size: int | None, eager: bool) -> None:
    model, parts = network(), network()
    optimizer, other = Adam(model.parameters(), 0.05), Adam(parts.parameters(), 0.05)
    seen = []

    def look(epoch: int, loss: float) -> None:
        gradients = [float(parameter.grad) for parameter in model.parameters()]
        seen.append((epoch, loss, numbers_of(model), gradients, memory_of(optimizer)))

    history = train(model, optimizer, look, eager, 2, batch_size)
    assert [(epoch, loss) for epoch, loss, *_ in seen] == list(enumerate(history.losses, start=1))
    for epoch, loss, *state in seen:
        assert train(parts, other, None, eager, 1, batch_size).losses == [loss], epoch
        assert state == [numbers_of(parts), [float(parameter.grad) for parameter in parts.parameters()], memory_of(other)]


SCHEDULES: dict[str, Callable[[Optimizer], Callable[[int, float], None]]] = {
    "decay": lambda optimizer: lambda epoch, loss: setattr(optimizer, "learning_rate", 0.1 * 0.9**epoch),
    "steps": lambda optimizer: lambda epoch, loss: setattr(optimizer, "learning_rate", 0.1 if epoch < 3 else 0.01),
    "of the loss": lambda optimizer: lambda epoch, loss: setattr(optimizer, "learning_rate", min(0.1, 0.02 * loss)),
}


@pytest.mark.parametrize("which", SCHEDULES)
def test_it_may_set_the_learning_rate(which: str) -> None:
    trained = []
    for eager in (True, False):
        model = network()
        optimizer = SGD(model.parameters(), 0.1, momentum=0.5)
        history = train(model, optimizer, SCHEDULES[which](optimizer), eager)
        trained.append([*history.losses, *numbers(model)])
    assert trained[0] == pytest.approx(trained[1], rel=1e-9)
    model = network()
    constant = train(model, SGD(model.parameters(), 0.1, momentum=0.5), None, True)
    assert trained[0][0] == constant.losses[0]
    assert trained[0][5] != pytest.approx(constant.losses[5])


@every_way
def test_a_rate_set_after_an_epoch_is_that_of_the_next(neuron: MLP, eager: bool) -> None:
    optimizer = SGD(neuron.parameters(), 0.5)
    fit(
        neuron, half_mean_squared_error, ([[2.0], [-1.0]], [3.0, 0.0]), optimizer, epochs=9, progress=False, eager=eager,
        callback=lambda epoch, loss: setattr(optimizer, "learning_rate", 0.0),
    )  # fmt: skip
    assert neuron.state_dict() == {"layer1.neuron1.w1": 0.5 + 0.5 * 3.5 / 2, "layer1.neuron1.b": 0.5 * 2.5 / 2}


@every_way
@pytest.mark.parametrize(("returned", "epochs"), [(True, 2), (1, 6), (None, 6)])
def test_true_and_nothing_else_ends_training(returned: Any, epochs: int, eager: bool) -> None:
    model = network()
    history = train(model, SGD(model.parameters(), 0.1), lambda epoch, loss: returned if epoch == 2 else False, eager)
    assert len(history.losses) == epochs
    assert history.stopped == ("the callback ended it" if epochs == 2 else "all epochs done")


@every_way
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_in_it_is_its_own_and_leaves_the_parameters_of_its_epoch(error: type[BaseException], eager: bool) -> None:
    """Ctrl-C there ends training as elsewhere."""

    def fail(epoch: int, loss: float) -> None:
        if epoch == 3:
            raise error("mine")

    model, twin = network(), network()
    optimizer, other = Adam(model.parameters(), 0.05), Adam(twin.parameters(), 0.05)
    whole = train(twin, other, None, eager, epochs=3)
    if error is KeyboardInterrupt:
        history = train(model, optimizer, fail, eager)
        assert (history.losses, history.stopped) == (whole.losses, "interrupted")
    else:
        with pytest.raises(error, match=r"^'?mine'?$"):
            train(model, optimizer, fail, eager)
    assert (numbers_of(model), memory_of(optimizer)) == (numbers_of(twin), memory_of(other))


def double_first(model: MLP, optimizer: Optimizer) -> None:
    model.parameters()[0].data *= 2.0


def less_momentum(model: MLP, optimizer: Optimizer) -> None:
    optimizer.momentum = 0.1


@pytest.mark.parametrize(("change", "name"), [(double_first, r"layer1\.neuron1\.w1"), (less_momentum, "momentum")])
def test_compiled_steps_refuse_what_they_would_not_notice(change: Callable[[MLP, Optimizer], None], name: str) -> None:
    model, plain = network(), network()
    optimizer = SGD(model.parameters(), 0.1, momentum=0.5)
    message = (
        rf"^the callback has changed {name}, which compiled steps do not read again; it may set the learning rate, and with "
    )
    with pytest.raises(ValueError, match=message):
        train(model, optimizer, lambda epoch, loss: change(model, optimizer), eager=False)
    history = train(model, optimizer, lambda epoch, loss: change(model, optimizer), eager=True)
    assert history.losses[-1] != train(plain, SGD(plain.parameters(), 0.1, momentum=0.5), None, eager=True).losses[-1]


def test_it_is_not_told_of_epochs_that_are_done_again_in_eager_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen rows are compared before the steps, and of seventeen the loss is another one than that of the graph."""
    monkeypatch.setattr("micrograd.compiler.tracing.WORTHWHILE", 0)

    def dearer(outputs: Any, targets: Any) -> Any:
        return half_mean_squared_error(outputs, targets) * (2.0 if len(outputs) == 17 else 1.0)

    data = [[0.1 * i] for i in range(17)], [0.2 * i for i in range(17)]
    seen: list[int] = []
    model = network()
    optimizer = SGD(model.parameters(), 0.01)
    fit(model, dearer, data, optimizer, epochs=3, callback=lambda epoch, loss: seen.append(epoch), progress=False)
    assert seen == [1, 2, 3]


@pytest.mark.parametrize("ends", [False, True])
def test_it_is_told_once_of_an_epoch_that_eager_steps_do_again_to_find_what_failed(ends: bool) -> None:
    """A step multiplies w by about twice the rate: from 1 to 2e39, 4e88, 8e147 and 1.6e217, whose square is infinite."""

    def diverged(eager: bool) -> tuple[list[tuple[int, float]], str, float]:
        seen: list[tuple[int, float]] = []
        model = Curve(lambda z: z, 1.0)
        optimizer = SGD(model.parameters(), 1e39)

        def raise_rate(epoch: int, loss: float) -> bool:
            seen.append((epoch, optimizer.learning_rate))
            optimizer.learning_rate *= 1e10
            return ends and epoch == 4

        with pytest.raises(FloatingPointError) as caught:
            fit(
                model, mean_squared_error, ([[1.0]], [0.0]), optimizer, epochs=9, callback=raise_rate, progress=False, eager=eager
            )
        return seen, str(caught.value), model.w.data

    seen, error, w = diverged(eager=True)
    assert [epoch for epoch, _ in seen] == [1, 2, 3, 4]
    assert error.startswith(f"training stopped in epoch {4 if ends else 5}:")
    assert w == pytest.approx(-8e147)
    assert diverged(eager=False) == (seen, error, w)


def test_a_callback_is_a_function(neuron: MLP) -> None:
    with pytest.raises(TypeError, match=r"^callback needs to be a function of the epoch and its loss, got 3$"):
        train(neuron, SGD(neuron.parameters()), 3, eager=True)
