"""Large graphs: folded by neuron and by layer, and what is said where that is not enough."""

import warnings

import pytest

import micrograd
from micrograd import Value, draw, losses, nn
from micrograd.engine import topological_order
from micrograd.views.diagram import Diagram
from tests.views.graphs import network_loss, texts


def test_a_network_folds_by_neuron_and_then_by_layer_as_far_as_it_must() -> None:
    loss = network_loss([16, 16, 1])  # 337 parameters and more
    assert Diagram(loss, max_nodes=1000).fold is None
    assert Diagram(loss).fold == "neuron"
    assert len(Diagram(loss).cards) == 2 + 33 + 4  # inputs, neurons, and - * total / of the loss
    assert Diagram(loss, max_nodes=20).fold == "layer"
    assert len(Diagram(loss, max_nodes=20).cards) == 2 + 3 + 4
    assert Diagram(loss, collapse="layer").fold == "layer"


def test_a_folded_neuron_shows_the_numbers_of_its_output() -> None:
    loss = network_loss([2, 1])
    loss.backward()
    (neuron, *_) = (card for card in Diagram(loss, collapse="neuron").cards if card.kind == "group")
    hidden = next(node for node in topological_order(loss) if node.op is micrograd.tanh)
    assert (neuron.name, Diagram(loss).values[neuron.main or 0].data) == ("neuron1", hidden.data)


def test_no_line_goes_from_a_folded_card_to_itself() -> None:
    for collapse in ("neuron", "layer"):
        assert all(line.tail != line.head for line in Diagram(network_loss([3, 2, 1]), collapse=collapse).lines)


def test_a_function_of_a_neurons_output_that_is_read_twice_is_no_activation() -> None:
    neuron = nn.Neuron(1, "linear", label="neuron1")
    z = neuron([2.0])
    alone, beside = Diagram(z.tanh()), Diagram(z.tanh() + z.exp())
    assert [card.frame for card in alone.cards if card.glyph == "tanh"] == [("neuron1",)]
    assert [card.frame for card in beside.cards if card.glyph == "tanh"] == [()]


def test_a_neuron_ends_with_one_activation_and_the_loss_behind_it_is_none_of_it() -> None:
    p = nn.Neuron(1, "sigmoid", label="neuron1")([2.0])
    frames = {card.glyph: card.frame for card in Diagram(-p.log()).cards}
    assert (frames["σ"], frames["log"]) == (("neuron1",), ())
    z = nn.Neuron(1, "linear", label="neuron1")([2.0])
    for target in (0.0, 1.0):  # softplus(z), softplus(-z)
        z.label = "z"
        loss = losses.binary_cross_entropy_with_logits([z], [target])
        diagram = Diagram(loss, collapse="neuron")
        (neuron,) = (card for card in diagram.cards if card.kind == "group")
        assert diagram.values[neuron.main or 0] is z


def test_what_folding_cannot_hold_is_left_out_and_said_with_what_to_do() -> None:
    x = Value(1.0, label="x")
    for _ in range(1000):
        x = x + 1.0
    with pytest.warns(UserWarning, match=r"701 of 1,001 nodes are not shown: those .* out; raise max_nodes, or take"):
        picture = draw(x)
    assert any("701 of 1,001 nodes are not shown" in text for text in texts(picture))
    assert "+" in texts(picture)


def test_a_network_that_could_be_folded_further_is_told_so() -> None:
    with pytest.warns(UserWarning, match=r'not shown: .*; fold it with collapse="layer", raise max_nodes, or take a part'):
        draw(network_loss([16, 16, 1]), collapse="neuron", max_nodes=20)


@pytest.mark.parametrize("wrong", ["all", "neurons", 3])
def test_an_unknown_way_to_fold_lists_those_that_exist(wrong: str) -> None:
    with pytest.raises(ValueError, match=r'collapse needs to be "auto", None, "neuron", "layer" or "grids", got'):
        draw(Value(1.0), collapse=wrong)


def test_a_chain_of_100_000_is_cut_without_recursion() -> None:
    x = Value(1.0, label="x")
    for _ in range(100_000):
        x = x + 1.0
    with pytest.warns(UserWarning, match=r"99,701 of 100,001 nodes are not shown"):
        draw(x)


def test_ten_thousand_nodes_are_drawn_without_delay() -> None:
    x = Value(0.5, label="x")
    y = x
    for _ in range(5000):  # x is read by every second node: lines across all ranks
        y = y * 0.5 + x
    with warnings.catch_warnings(action="ignore"):
        assert len(draw(y).source) > 1000
