"""Which sums in a graph are neurons, where another one reads them, or the loss."""

from micrograd import losses, nn
from tests.views.grids.networks import found, numbers, shapes

PICTURE = [[numbers(3), numbers(3, 2), numbers(3, 3)]]


def test_a_filter_without_activation_that_one_neuron_reads_is_a_filter() -> None:
    model = nn.Sequential(nn.Conv2d(1, 1, 2, "linear"), nn.Flatten(), nn.Layer(4, 1, "tanh"), nn.Layer(1, 3, "linear"))
    grids = found(losses.cross_entropy([model(PICTURE)], [0]))
    assert shapes(grids) == [("input", (1, 3, 3)), ("filters", (1, 2, 2)), ("dense", (1, 1, 1)), ("dense", (3, 1, 1))]


def test_a_cell_that_is_an_output_too_is_read_by_the_other_outputs() -> None:
    cells = nn.Flatten()(nn.Conv2d(1, 1, 2, "linear")(PICTURE))
    grids = found(losses.cross_entropy([[*nn.Layer(4, 2, "linear")(cells), cells[0]]], [0]))
    assert shapes(grids) == [("input", (1, 3, 3)), ("filters", (1, 2, 2)), ("dense", (2, 1, 1))]
