"""The `History` that `fit` gives back."""

import json

from micrograd.losses import half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.training import History, fit
from tests.training.watched import LINE, numbers_of


def test_history_holds_the_loss_of_each_epoch_and_what_stopped_it(neuron: MLP) -> None:
    history = fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=False)
    assert isinstance(history, History)
    assert len(history.losses) == 3
    assert history.losses[0] > history.losses[1] > history.losses[2]
    assert history.stopped == "all epochs done"
    assert history.dead_units == []


def test_history_in_one_line() -> None:
    assert str(History([2.0, 0.5])) == "2 epochs (all epochs done), loss 2 -> 0.5"
    assert str(History([1 / 3], "interrupted")) == "1 epoch (interrupted), loss 0.333333 -> 0.333333"
    dead = ["layer1.neuron2", "layer2.neuron1"]
    assert str(History([2.0, 0.5], dead_units=dead)).endswith("-> 0.5; dead units: layer1.neuron2, layer2.neuron1")
    assert str(History()) == "0 epochs (all epochs done)"


def test_the_repr_of_a_history_is_one_line_with_the_count_and_the_first_and_last_loss() -> None:
    assert repr(History([2.0, 1.0, 0.5])) == "<History of 3 epochs (all epochs done), loss 2 -> 0.5>"
    assert repr(History()) == "<History of 0 epochs (all epochs done)>"


def test_history_as_csv_keeps_every_digit() -> None:
    losses = [1 / 3, 1e-300, 2.0]
    text = History(losses).csv()
    header, *lines = text.splitlines()
    assert text.endswith("\n")
    assert header == "epoch,loss"
    assert [line.split(",")[0] for line in lines] == ["1", "2", "3"]
    assert [float(line.split(",")[1]) for line in lines] == losses
    assert History().csv() == "epoch,loss\n"


def test_validation_is_told_with_its_lowest_loss_and_the_epoch_after_which_it_was() -> None:
    history = History([2.0, 1.0, 0.5], dead_units=["layer1.neuron2"], validation=[1.5, 1.25, 1.25])
    assert history.best_epoch == 2  # the first of two
    told = "3 epochs (all epochs done), loss 2 -> 0.5, validation 1.5 -> 1.25, lowest 1.25 in epoch 2; dead units: layer1.neuron2"
    assert str(history) == told
    assert history.csv() == "epoch,loss,validation\n1,2.0,1.5\n2,1.0,1.25\n3,0.5,1.25\n"
    assert History([1.0]).best_epoch is None


def test_no_epochs_change_nothing(neuron: MLP) -> None:
    before = numbers_of(neuron)
    optimizer = SGD(neuron.parameters(), 0.1)
    history = fit(neuron, half_mean_squared_error, LINE, optimizer, epochs=0, progress=False)
    assert history == History([], "all epochs done", [])
    assert numbers_of(neuron) == before
    assert optimizer.step_count == 0


def test_a_hundred_epochs_unless_told_otherwise(neuron: MLP) -> None:
    assert len(fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), progress=False).losses) == 100


def test_dead_units_are_reported() -> None:
    model = MLP(1, [3, 1], "relu", seed=0)
    model.layers[0].neurons[1].bias.data = -1e3
    history = fit(model, half_mean_squared_error, LINE, SGD(model.parameters(), 1e-3), epochs=2, progress=False)
    assert "layer1.neuron2" in history.dead_units
    assert "layer1.neuron2" in str(history)
    model.layers[0].neurons[1].weights[0].data, model.layers[0].neurons[1].bias.data = 0.1, 0.1
    history = fit(model, half_mean_squared_error, LINE, SGD(model.parameters(), 1e-3), epochs=2, progress=False)
    assert "layer1.neuron2" not in history.dead_units


def test_the_history_can_be_written_as_json(neuron: MLP) -> None:
    history = fit(neuron, half_mean_squared_error, LINE, SGD(neuron.parameters(), 0.01), epochs=3, progress=False)
    assert json.loads(json.dumps(vars(history))) == vars(history)
