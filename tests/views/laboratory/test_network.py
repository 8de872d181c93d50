"""The network as cards, lines and columns, and the listings that compute it."""

import random
from typing import Any

import pytest

from micrograd import Value, datasets, losses, nn, ops, optim
from micrograd.engine import node_of, topological_order
from micrograd.views.laboratory.experiment import Experiment
from micrograd.views.laboratory.network import Network
from micrograd.views.laboratory.payload import listings
from tests.views.laboratory.engine import CASES, data_of, experiment


class Own(nn.Module):
    """Leaves that stand alone, a unit that is one product, one that is a function, and two outputs, one in the other's way."""

    def __init__(self) -> None:
        self.slope, self.shift = Value(0.5, label="slope"), Value(-0.25, label="shift")

    def __call__(self, x: Any) -> list[Value]:
        first = ops.tanh(self.slope * x[0] + self.shift)
        return [first, first * x[1]]


def weighted(outputs: Any, targets: Any) -> Value:
    return ops.total([(a - s) * (a - s) + b * b for (a, b), (s, _) in zip(outputs, targets, strict=True)]) / len(outputs)


def network(made: Experiment) -> Network:
    return Network(made)


def own() -> Experiment:
    model = Own()
    return experiment(model, weighted, ([[1.0, 2.0], [3.0, 4.0]], [[0.5, 0.0], [0.25, 0.0]]), optim.SGD(model.parameters(), 0.1))


def shape(made: Experiment) -> list[tuple[str, str, int]]:
    return [(card.name, card.kind, card.column) for card in network(made).cards]


def test_a_network_has_a_card_for_each_input_and_neuron_and_one_for_the_loss() -> None:
    made = CASES["xor"].experiment()
    assert shape(made) == [
        ("x₁", "input", 0),
        ("x₂", "input", 0),
        *[(f"neuron{k}", "neuron", 1) for k in (1, 2, 3, 4)],
        ("neuron1", "neuron", 2),
        ("loss", "loss", 3),
    ]
    drawn = network(made)
    assert [card.group for card in drawn.cards] == ["", "", *["layer1"] * 4, "layer2", ""]
    assert [drawn.cards[number].kind for number in drawn.surface_cards()] == ["input"] * 2 + ["neuron"] * 5
    assert sorted(node for card in drawn.cards for node in card.nodes) == list(range(len(drawn.values)))  # each on one card


def test_a_line_has_the_weight_that_it_multiplies_by() -> None:
    made = CASES["xor"].experiment()
    drawn = network(made)
    lines = {(line.tail, line.head): line.parameter for line in drawn.lines}
    weights = [3 * neuron + k for neuron in range(4) for k in range(2)]  # two weights and a bias for each neuron
    assert [lines[k, 2 + neuron] for neuron in range(4) for k in range(2)] == weights
    assert [lines[2 + neuron, 6] for neuron in range(4)] == [12, 13, 14, 15]
    assert lines[6, 7] == -1
    assert len(lines) == 8 + 4 + 1


def test_nodes_have_names_that_are_short_within_their_card() -> None:
    data = data_of(CASES["xor"].experiment())
    names = [[data["nodes"][node]["name"] for node in card["nodes"]] for card in data["cards"]]
    assert names[2] == ["w₁", "w₂", "s", "b", "z", "h₁,₁"]
    assert names[6] == ["w₁", "w₂", "w₃", "w₄", "s", "b", "out"]
    assert names[7][0] == "y"
    assert names[7][-1] == "loss"
    assert data["parameters"][:3] == ["layer1.neuron1.w₁", "layer1.neuron1.w₂", "layer1.neuron1.b"]


def test_outputs_stand_in_their_order_whichever_the_loss_reads_first() -> None:
    model = nn.MLP(2, [3, 3], "tanh", seed=0)
    rows = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    drawn = network(experiment(model, losses.cross_entropy, (rows, [2, 0, 1]), optim.SGD(model.parameters(), 0.1)))
    assert [card.name for card in drawn.cards[5:]] == ["neuron1", "neuron2", "neuron3", "loss"]
    assert drawn.data()["outputCards"] == [5, 6, 7]


def test_in_a_model_of_ones_own_a_feature_is_a_unit_called_by_its_formula() -> None:
    assert shape(CASES["own"].experiment()) == [
        ("x₁", "input", 0),
        ("x₂", "input", 0),
        ("x₁ × x₁", "neuron", 1),
        ("x₂ × x₂", "neuron", 1),
        ("x₁ × x₂", "neuron", 1),
        ("neuron1", "neuron", 2),
        ("neuron2", "neuron", 2),
        ("neuron3", "neuron", 2),
        ("last", "neuron", 3),
        ("loss", "loss", 4),
    ]


def test_a_leaf_stands_beside_what_reads_it_and_each_output_has_a_card() -> None:
    drawn = network(own())
    cards = {card.name: (card.kind, card.column) for card in drawn.cards}
    assert cards["slope"] == ("leaf", 0)
    assert cards["slope × x₁"] == ("neuron", 1)
    assert cards["shift"] == ("leaf", 1)  # it is read in column 2
    outputs = [drawn.cards[drawn.card_of[node]] for node in drawn.outputs]
    assert [card.main for card in outputs] == drawn.outputs
    assert [drawn.name_of(card.main) for card in outputs] == ["out₁", "out₂"]
    assert [card.column for card in outputs] == [3, 4]
    assert drawn.cards[-1].column == 5


def test_a_penalty_on_weights_belongs_to_the_loss() -> None:
    model = nn.MLP(2, [2, 1], "tanh", seed=0)

    def penalized(outputs: Any, targets: Any) -> Value:
        return losses.mean_squared_error(outputs, targets) + losses.l2_penalty(model.layers[0].neurons[0].weights, 0.1)

    drawn = network(experiment(model, penalized, datasets.xor(), optim.SGD(model.parameters(), 0.1)))
    assert [card.kind for card in drawn.cards] == ["input", "input", "neuron", "neuron", "neuron", "loss"]
    unit = drawn.cards[2]
    assert drawn.values[unit.main].op is ops.tanh
    assert (2, 5) in [(line.tail, line.head) for line in drawn.lines]


@pytest.mark.parametrize("made", [*[case.experiment for case in CASES.values()], own], ids=[*CASES, "two outputs"])
def test_every_function_of_the_page_gives_the_numbers_of_a_fresh_graph(made: Any) -> None:
    """Of other leaves than those that the graph was recorded with."""
    made = made()
    drawn = network(made)
    draw = random.Random(8)
    numbers = [draw.uniform(-1.0, 1.0) for _ in made.parameters]
    for parameter, number in zip(made.parameters, numbers, strict=True):
        parameter.data = number
    row = made.rows[-1]
    for leaf, number in zip(made.row_loss.leaves, row, strict=True):
        leaf.data = number
    fresh: dict[Value, Value] = {}
    for node in topological_order(made.loss):
        fresh[node] = node if node.op is None else node_of(node.op, tuple([fresh[parent] for parent in node.parents]))
    functions = listings(made, drawn)
    values = [fresh[value] for value in drawn.values]
    slopes = [values[edge.child].local_derivatives[edge.operand] for edge in drawn.diagram.edges]
    expected = [value.data for value in values] + slopes
    assert functions["rowNumbers"].run(row, numbers) == expected
    assert functions["surface"].run(row, numbers) == [values[drawn.cards[k].main].data for k in drawn.surface_cards()]
    assert functions["rowLoss"].run(row, numbers) == [values[-1].data]
