"""What the page is told: every number is one of the graph, and each cell is what its window says."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

import micrograd
from micrograd import Value, losses, nn
from micrograd.views.grids.finding import Grids
from micrograd.views.grids.payload import payload_of
from tests.views.grids.networks import cell_loss, found, frames, numbers, picture_loss, picture_network
from tests.views.grids.windows import check_cells, read


def time_delay_loss() -> Value:
    generator = random.Random(0)
    first, second = nn.Conv1d(3, 4, 2, dilation=2, generator=generator), nn.Conv1d(4, 2, 2, "linear", generator=generator)
    return losses.cross_entropy([[micrograd.total(c) / 4 for c in zip(*second(first(frames(7, 3))), strict=True)]], [0])


NETWORKS: dict[str, Callable[[], Value]] = {
    "means": picture_loss,
    "largest": lambda: picture_loss(picture_network(nn.MaxPool2d)),
    "time delay": time_delay_loss,
    "RNN": lambda: cell_loss(nn.RNNCell(2, 3, generator=random.Random(0))),
    "GRU": lambda: cell_loss(nn.GRUCell(2, 3, generator=random.Random(0))),
    "LSTM": lambda: cell_loss(nn.LSTMCell(2, 3, generator=random.Random(0))),
}


def payload(loss: Value) -> tuple[Grids, dict[str, Any]]:
    grids = found(loss)
    return grids, json.loads(json.dumps(payload_of([grids], "a title", ["one"])))


@pytest.mark.parametrize("name", NETWORKS)
def test_each_cell_is_what_its_window_says(name: str) -> None:
    check_cells(payload(NETWORKS[name]())[1])


def test_a_formula_has_a_window_for_each_cell() -> None:
    grids, data = payload(NETWORKS["LSTM"]())
    kept, state = [stage for stage in data["stages"] if stage["kind"] == "formula"]
    assert (kept["text"], kept["parts"]) == ("{0} × {1} + {2} × {3}", ["forget", "cₜ₋₁", "input", "candidate"])
    (example,) = data["examples"]
    values = read(kept, example)
    shown = example["stages"][data["stages"].index(kept)]["values"]
    for (forget, old, take, new), value in zip(kept["windows"], shown, strict=True):
        assert values[forget] * values[old] + values[take] * values[new] == pytest.approx(value)
    assert data["stages"].index(kept) in kept["reads"]
    assert grids.stages[data["stages"].index(state)].name == "h"


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_are_those_of_a_sweep_that_changes_no_grad(name: str) -> None:
    loss = NETWORKS[name]()
    grids, data = payload(loss)
    assert all(parameter.grad == 0.0 for parameter in grids.parameters)
    loss.backward()
    (example,) = data["examples"]
    for number, stage in enumerate(grids.stages):
        assert example["stages"][number]["gradients"] == [cell.grad for cell in stage.cells]
        if stage.neurons:
            assert example["stages"][number]["beforeGradients"] == [node.grad for node in stage.before]
            weights = [[weight.grad for weight in stage.weights(neuron)] for neuron in stage.neurons]
            assert example["weightGradients"][number] == weights
            biases = [neuron.bias.grad for neuron in stage.neurons if neuron.bias is not None]
            assert (example["biasGradients"][number] or []) == biases


def test_what_the_loss_wants_is_told_and_names_are_those_of_the_graph() -> None:
    _, data = payload(picture_loss(target=2))
    (example,) = data["examples"]
    assert (data["title"], data["parameters"], data["loss"]) == ("a title", 2 * 10 + 3 * 9, {"name": "L", "text": "−log p(2)"})
    assert (example["title"], example["target"]) == ("one", 2)
    assert example["loss"] == pytest.approx(picture_loss(target=2).data)
    assert sum(example["probabilities"]) == pytest.approx(1.0)
    assert data["stages"][0]["cells"][:2] == ["x₁", "x₂"]
    assert data["stages"][1]["weightNames"][1][8] == "w₉"
    assert data["stages"][0]["ink"] is True


def test_numbers_that_json_has_not_travel_as_words_and_other_losses_have_no_target() -> None:
    outputs = nn.Conv1d(1, 1, 2, "linear", generator=random.Random(0))([[1.0], [-2.0], [float("inf")]])
    _, data = payload(losses.mean_squared_error([[frame[0] for frame in outputs]], [[0.0, 0.0]]))
    (example,) = data["examples"]
    assert example["stages"][0]["values"] == [1.0, -2.0, "Infinity"]
    assert (example["target"], example["probabilities"], data["loss"]["text"], data["stages"][0]["ink"]) == (
        None,
        None,
        "",
        False,
    )


def test_an_output_that_is_a_cell_has_no_loss() -> None:
    model = picture_network()
    _, data = payload(model(numbers(36))[1])
    assert data["loss"] is None
    assert data["stages"][-1]["channels"] == 1


def test_several_rows_of_one_network_have_its_stages_once() -> None:
    model = picture_network()
    rows = [found(picture_loss(model, target, seed)) for target, seed in ((0, 1), (2, 2))]
    data = payload_of(rows, "", ["0", "2"])
    assert [example["target"] for example in data["examples"]] == [0, 2]
    assert data["loss"]["text"] == "−log p(target)"
    assert data["examples"][0]["stages"][0]["values"] == numbers(36, 1)
    assert data["examples"][1]["stages"][0]["values"] == numbers(36, 2)


def test_rows_of_other_networks_are_refused() -> None:
    rows = [found(picture_loss()), found(picture_loss())]
    with pytest.raises(ValueError, match="rows that go through the same network, and number 2 takes another way than the first"):
        payload_of(rows, "", ["0", "1"])
