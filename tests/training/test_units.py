"""The units that training leaves dead, of many rows: those that `dead_units` names, without making the graph of every row."""

import random
from typing import Any

import pytest

from micrograd import datasets, fit, losses, nn, optim
from micrograd.nn import MLP, Conv1d, Conv2d, Flatten, Layer, Module, Sequential, dead_units
from micrograd.training.units import LOOK, units_left_dead
from tests.nn.networks import set_parameters

ROWS = [[k / 100.0] for k in range(101)]


class Counted(Module):
    """Counts how often it is called."""

    def __init__(self, inner: Module) -> None:
        self.inner = inner
        self.calls = 0

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        return self.inner(x)


def test_a_unit_with_a_slope_on_one_row_of_many_is_alive() -> None:
    model = Counted(MLP(1, [3, 1], "relu"))
    # The sums x - 0.985, x - 2 and x are above 0 on the last two rows, on none and on all but one.
    set_parameters(model, 1.0, -0.985, 1.0, -2.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0)
    rows = ROWS[50:] + ROWS[:50]  # so that the two are in the midst of the others
    assert units_left_dead(model, rows, compiled=True) == ["inner.layer1.neuron2"] == dead_units(model, rows)
    model.calls = 0
    units_left_dead(model, rows, compiled=True)
    assert model.calls <= LOOK + 1
    model.calls = 0
    assert units_left_dead(model, rows, compiled=False) == ["inner.layer1.neuron2"]
    assert model.calls == len(rows)


@pytest.mark.parametrize("activation", nn.ACTIVATIONS)
def test_every_activation_is_judged_as_by_dead_units(activation: str) -> None:
    model = MLP(1, [4, 4, 1], activation, seed=0)
    for neuron, bias in zip(model.layers[0].neurons, (0.0, -1e4, 1e4, -40.0), strict=True):
        neuron.bias.data = bias
    assert units_left_dead(model, ROWS, compiled=True) == dead_units(model, ROWS)


def test_a_filter_that_reads_a_corner_of_the_picture_needs_no_other_pixel() -> None:
    class Corner(Module):
        def __init__(self) -> None:
            self.filters = Conv2d(1, 3, 2, "relu")
            self.read = Sequential(Flatten(), Layer(3, 1, "linear"))

        def __call__(self, picture: Any) -> Any:
            return self.read(self.filters([[row[:2] for row in picture[0][:2]]]))

    model, draw = Corner(), random.Random(0)
    pictures = [[[[draw.random() for _ in range(4)] for _ in range(4)]] for _ in range(30)]
    model.filters.neurons[1].bias.data = -1e3
    expected = dead_units(model, pictures)
    assert "filters.neuron2" in expected
    assert units_left_dead(model, pictures, compiled=True) == expected


def test_sequences_of_several_lengths_are_read_one_by_one() -> None:
    model = Conv1d(1, 2, 2, "relu", label="ear")
    set_parameters(model, 1.0, 1.0, -4.0, 1.0, -1.0, 0.0)
    quiet = [[[1.0], [2.0]]] * 15
    for last, expected in ((0.5, ["ear.neuron1"]), (1.5, [])):
        rows = [*quiet, [[3.0], [1.0], [last], [3.0]], *quiet]
        assert units_left_dead(model, rows, compiled=True) == expected == dead_units(model, rows)


def test_fit_names_the_units_that_are_dead_after_compiled_training() -> None:
    model = Counted(MLP(2, [3, 1], "relu", seed=0))
    model.inner.layers[0].neurons[1].bias.data = -1e3  # type: ignore[attr-defined]
    data, descent = datasets.moons(40), optim.SGD(model.parameters(), 0.1)
    history = fit(model, losses.binary_cross_entropy_with_logits, data, descent, epochs=3, progress=False, eager=False)
    assert history.dead_units == ["inner.layer1.neuron2"] == dead_units(model, data.inputs)
