"""Training that ends where the validation loss does not become lower, with the parameters of its lowest."""

from typing import Any

import pytest

from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam
from micrograd.training import Divergence, History, fit
from tests.training.watched import memory_of, numbers_of

every_way = pytest.mark.parametrize("eager", [True, False], ids=["eager", "compiled"])

# One linear neuron at w = 1/2, b = 0, of which w moves to 4: the rate 1/2 halves the way in each epoch.
DATA = [[1.0]], [4.0]
LEFT = [4.0 - 3.5 / 2**epoch for epoch in range(1, 20)]  # w after each epoch
BETWEEN = [[1.0]], [3.0]  # w passes 3 in the second epoch: 2.25, then 3.125, then 3.5625


def go(neuron: MLP, eager: bool, epochs: int = 19, validation: Any = BETWEEN, **settings: Any) -> History:
    optimizer = SGD(neuron.layers[0].neurons[0].weights, 0.5)
    return fit(
        neuron,
        half_mean_squared_error,
        DATA,
        optimizer,
        epochs=epochs,
        validation=validation,
        progress=False,
        eager=eager,
        **settings,
    )


def weight(neuron: MLP) -> float:
    return neuron.parameters()[0].data


@every_way
@pytest.mark.parametrize("patience", [1, 3])
def test_it_ends_after_so_many_epochs_without_a_lower_one_and_goes_back_to_the_lowest(
    neuron: MLP, patience: int, eager: bool
) -> None:
    history = go(neuron, eager, patience=patience)
    assert history.validation == pytest.approx([(w - 3.0) ** 2 / 2 for w in LEFT[: 2 + patience]])
    assert (history.best_epoch, len(history.losses)) == (2, 2 + patience)
    assert history.stopped == f"no lower validation loss for {patience} epoch{'s' if patience > 1 else ''}"
    assert weight(neuron) == pytest.approx(LEFT[1])


@every_way
def test_without_patience_it_goes_on_and_the_history_knows_the_lowest(neuron: MLP, eager: bool) -> None:
    history = go(neuron, eager)
    assert (history.best_epoch, len(history.losses), history.stopped) == (2, 19, "all epochs done")
    assert weight(neuron) == pytest.approx(LEFT[18])


@every_way
@pytest.mark.parametrize(
    ("settings", "stopped", "epochs"),
    [
        ({"epochs": 4}, "all epochs done", 4),
        ({"target_loss": 0.2}, "loss at most 0.2", 4),  # before the fourth epoch w is 3.5625
        ({"callback": lambda epoch, loss: epoch == 3}, "the callback ended it", 3),
    ],
)
def test_the_lowest_comes_back_however_training_ends(
    neuron: MLP, settings: dict[str, Any], stopped: str, epochs: int, eager: bool
) -> None:
    history = go(neuron, eager, patience=9, **settings)
    assert (history.stopped, len(history.losses), history.best_epoch) == (stopped, epochs, 2)
    assert weight(neuron) == pytest.approx(LEFT[1])


@every_way
def test_an_equal_loss_is_not_lower(neuron: MLP, eager: bool) -> None:
    """The one row of validation has x = 0, so that nothing that w does changes its loss."""
    history = go(neuron, eager, validation=([[0.0]], [1.0]), patience=4)
    assert (history.validation, history.best_epoch) == ([0.5] * 5, 1)
    assert weight(neuron) == pytest.approx(LEFT[0])


@every_way
def test_a_loss_that_becomes_lower_ever_again_is_waited_for(neuron: MLP, eager: bool) -> None:
    history = go(neuron, eager, validation=DATA, patience=1)
    assert (history.stopped, history.best_epoch) == ("all epochs done", 19)
    assert weight(neuron) == pytest.approx(LEFT[18])


@every_way
@pytest.mark.parametrize("batch_size", [None, 2])
def test_the_memory_of_the_optimizer_comes_back_with_the_parameters(batch_size: int | None, eager: bool) -> None:
    """As if training had ended at the best epoch, so that it can go on from there."""
    data = [[0.3 * i] for i in range(5)], [1.0, 0.5, -1.0, 0.0, 1.0]
    validation = [[0.15], [1.0]], [-1.0, 0.5]
    trained = []
    for stops in (True, False):
        model = MLP(1, [3, 1], "tanh", seed=1)
        optimizer = Adam(model.parameters(), 0.1)
        settings: dict[str, Any] = {"batch_size": batch_size, "progress": False, "eager": eager}
        if stops:
            history = fit(
                model, half_mean_squared_error, data, optimizer, epochs=200, validation=validation, patience=5, **settings
            )
            best = history.best_epoch or 0
            assert len(history.losses) == best + 5 < 200
        else:
            fit(model, half_mean_squared_error, data, optimizer, epochs=best, **settings)
        trained.append((numbers_of(model), memory_of(optimizer), optimizer.steps_taken))
    assert trained[0] == trained[1]


@every_way
def test_ctrl_c_brings_the_lowest_back_too(neuron: MLP, eager: bool) -> None:
    def interrupt(epoch: int, loss: float) -> None:
        if epoch == 4:
            raise KeyboardInterrupt

    history = go(neuron, eager, patience=9, callback=interrupt)
    assert (history.stopped, len(history.validation)) == ("interrupted", 4)
    assert weight(neuron) == pytest.approx(LEFT[1])


@every_way
def test_a_divergence_is_an_error_all_the_same(neuron: MLP, eager: bool) -> None:
    optimizer = SGD(neuron.parameters(), 1e60)
    with pytest.raises(Divergence, match="are back"):
        fit(
            neuron, half_mean_squared_error, DATA, optimizer, epochs=99, validation=BETWEEN, patience=99, progress=False,
            eager=eager,
        )  # fmt: skip


@pytest.mark.parametrize("patience", [0, -1, 1.5, "3"], ids=repr)
def test_patience_is_a_whole_number_from_one_upwards(neuron: MLP, patience: Any) -> None:
    with pytest.raises(ValueError, match=r"^patience needs to be a whole number from 1 upwards, got "):
        go(neuron, eager=True, patience=patience)


def test_patience_needs_validation(neuron: MLP) -> None:
    message = r"^patience waits for the loss of other rows to become lower; pass validation=\(inputs, targets\) too$"
    with pytest.raises(ValueError, match=message):
        go(neuron, eager=True, validation=None, patience=3)
