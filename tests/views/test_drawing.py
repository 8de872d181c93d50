"""What a picture shows: cards, lines, numbers, names, colours and frames."""

import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import micrograd
from micrograd import Value, draw, explore, gradient, nn
from micrograd.engine import NoGradient, topological_order
from micrograd.text.naming import inside
from micrograd.views.diagram import Diagram
from micrograd.views.layout.columns import lay_out
from micrograd.views.layout.measures import SIZES
from micrograd.views.themes import STRONGEST, mixed, palette, tint_strength
from tests.views.graphs import (
    attention,
    elements,
    network_loss,
    player_of,
    product_and_sum,
    texts,
    tooltips,
    tooltips_of_graphviz,
)


def test_a_card_has_operation_name_data_and_after_a_sweep_the_gradient() -> None:
    f = product_and_sum()
    assert texts(draw(f)).count("×") == 2
    assert not any("∇" in text for text in texts(draw(f)))
    f.backward()
    written = texts(draw(f))
    assert {"a", "b", "v₁", "v₂", "f", "•", "×", "+", "−2", "3", "−6", "1"} <= set(written)
    gradients = [number for sign, number in pairwise(written) if sign == "∇"]
    assert sorted(gradients) == sorted(["−3", "−8", "1", "1", "−6"])  # of a, b, a*b, f, a+b


def test_leftovers_of_training_are_not_taken_for_gradients_of_a_probe() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    for parameter in model.parameters():
        parameter.grad = 123.0
    probe = model([1.0, 2.0])
    assert not any("∇" in text for text in texts(draw(probe)))  # it has not been swept
    probe.backward()
    assert "123" not in texts(draw(probe))
    assert "which is not from one sweep of this output alone" in draw(probe).source
    assert model.parameters()[0].grad != Diagram(probe).gradients[0]


def test_drawing_leaves_every_gradient_as_it_is() -> None:
    loss = network_loss([2, 1])
    loss.backward()
    before = [node.grad for node in topological_order(loss)]
    draw(loss)
    assert [node.grad for node in topological_order(loss)] == before


def test_a_line_carries_the_local_derivative() -> None:
    x = Value(4.0, label="x")
    assert "0.25" in texts(draw(micrograd.sqrt(x)))  # 1 / (2 sqrt(4))


def test_both_lines_of_a_value_used_twice_are_there() -> None:
    a = Value(3.0, label="a")
    assert draw(a + a).source.count("n0 -> n1") == 2
    assert draw(a * a).source.count("n0 -> n1") == 2


def test_numbers_that_were_operands_are_written_on_the_card() -> None:
    x = Value(3.0, label="x")
    y = 2.0 * x
    assert "2" in texts(draw(y))
    assert len(Diagram(y).cards) == 2
    assert len(Diagram(y, show_constants=True).cards) == 3
    assert {card.kind for card in Diagram(y, show_constants=True).cards} == {"input", "constant", "op"}
    assert (Diagram(y).cards[-1].before, Diagram(y - 5.0).cards[-1].after) == ("2", "5")
    assert Diagram(micrograd.total([x, 1.0, 7.0])).cards[-1].after == "1, 7"


def test_a_picture_says_in_words_what_it_shows() -> None:
    assert repr(draw(Value(2.0, label="x").exp())) == (
        '<Picture of the graph of 2 nodes below out; .show() opens it, .save("graph.svg") keeps it>'
    )


def test_names_are_found_in_a_namespace() -> None:
    unnamed = Value(1.0)
    result = unnamed * 2.0 + 1.0
    assert {"unnamed", "result"} <= set(texts(draw(result, names=locals())))


def test_parameters_inputs_and_other_leaves_look_different() -> None:
    w, x, c = Value(1.0, label="w1"), Value(2.0, label="x1"), Value(3.0, label="c")
    assert [card.glyph for card in Diagram(w * x + c).cards if card.kind != "op"] == ["θ", "x", "•"]


def test_b_is_a_parameter_beside_a_w_only() -> None:
    assert Diagram(product_and_sum()).kinds[:2] == ["leaf", "leaf"]
    w, b = Value(1.0, label="w"), Value(2.0, label="b")
    assert Diagram(w + b).kinds[:2] == ["parameter", "parameter"]


def test_colour_tells_sign_and_size_and_the_sign_is_written_too() -> None:
    f = product_and_sum()
    f.backward()
    for theme in ("light", "dark"):
        source, colours = draw(f, theme=theme).source, palette(theme)
        assert mixed(colours["card"], colours["negative"], STRONGEST) in source  # of b, -8
        assert mixed(colours["card"], colours["positive"], STRONGEST * tint_strength(1.0, 8.0)) in source
    assert tint_strength(8.0, 8.0) == 1.0 > tint_strength(0.8, 8.0) > tint_strength(8e-5, 8.0) == 0.0


def test_neurons_and_layers_are_clusters_that_hold_their_nodes() -> None:
    source = draw(network_loss([3, 1])).source
    for title, times in (
        ("layer1", 1),
        ("layer2", 1),
        ("neuron1", 2),
        ("neuron2", 1),
        ("neuron3", 1),
        ("inputs", 1),
        ("loss", 1),
    ):
        assert source.count(f"<B>{title}</B>") == times + (title == "loss")  # the output's card has that name as well
    neuron = re.search(r"subgraph cluster_\d+ \{[^{}]*neuron2[^{}]*\}", source)
    assert neuron is not None
    assert len(re.findall(r"^\s+n\d+$", neuron[0], re.MULTILINE)) == 6  # w1 w2 b and dot + tanh


def test_a_neuron_is_framed_whatever_its_label_is_made_of() -> None:
    neuron = nn.Neuron(1, label="</TABLE>> & a.b\x00")
    title = r"</TABLE>> & a.b\x00"
    for collapse in (None, "neuron"):
        assert title[:6] in "".join(texts(draw(neuron([2.0]), collapse=collapse)))
    assert title in texts(draw(neuron([2.0])))


def test_hostile_labels_are_letters(tmp_path: Path) -> None:
    label = '</TABLE>><script>&"\\N\x00\u202e'
    x = Value(1.0, label=label)
    y = micrograd.Op("<b>&\\", lambda a: a, lambda out, a: (1.0,))(x)
    drawn = draw(y + x)
    assert ElementTree.fromstring(drawn.pipe("svg")) is not None  # noqa: S314 - it parses as XML
    assert "</TABLE>>…" in texts(drawn)
    drawn.render(outfile=str(tmp_path / "hostile.png"), cleanup=True)


@pytest.mark.usefixtures("any_graphviz")
def test_the_mouse_reads_a_label_as_letters_with_a_backslash_that_is_none_for_graphviz() -> None:
    label = '\\N\\\\G<b>&amp;"\\'
    picture = draw(Value(1.0, label=label))
    assert f"{label} = 1.0".replace("\\", "\N{SET MINUS}") in tooltips_of_graphviz(picture)
    assert f"{label} = 1.0" in tooltips(picture)  # ours needs no other letter


@pytest.mark.usefixtures("any_graphviz")
def test_the_mouse_reads_the_groups_of_a_folded_card_as_letters() -> None:
    neurons = [nn.Neuron(1, label=inside("<l>\\N\x1b", name)) for name in ("n1", "n2")]
    layer = micrograd.total([neuron([2.0]) for neuron in neurons])
    assert "<l>\N{SET MINUS}N\N{SET MINUS}x1b: 10 nodes" in tooltips_of_graphviz(draw(layer, collapse="layer"))


@pytest.mark.parametrize(("wrong", "advice"), [([], "an empty list"), (3, "the number 3"), ("f", "'f'")])
def test_what_is_not_a_value_is_refused(wrong: object, advice: str) -> None:
    with pytest.raises(TypeError, match=f"draw needs one Value, got {advice}"):
        draw(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["RL", "lr", None, ["LR"]])
def test_an_unknown_direction_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=rf"direction needs to be .*, got {re.escape(repr(wrong))}"):
        draw(Value(1.0), direction=wrong)


def test_a_leaf_alone_is_a_picture_too() -> None:
    leaf = Value(2.0, label="x")
    assert isinstance(leaf.grad, NoGradient)
    assert {"x", "2"} <= set(texts(draw(leaf)))


def test_the_gradient_of_a_product_with_a_number_can_be_drawn_and_played() -> None:
    x = Value(2.0, label="x")
    (slope,) = gradient(3 * x, [x])  # a plain number
    assert "3" in draw(slope).source
    assert explore(slope).html


def test_gradients_at_the_ends_of_the_floats_have_colours() -> None:
    x, y = Value(1e-200, label="x"), Value(1e200, label="y")
    output = x * y
    output.backward()
    assert draw(output).source


def test_a_sum_of_many_and_a_sum_of_sums_are_drawn_and_played() -> None:
    x = Value(0.5, label="x")
    wide = micrograd.total([(x * 2.0).tanh() for _ in range(501)])
    with pytest.warns(UserWarning, match="704 of 1,004 nodes are not shown"):
        assert texts(draw(wide)).count("tanh") == 299
    assert len(player_of(wide, max_nodes=1004).layout.cards) == 1004
    leaves = [Value(float(i)) for i in range(60)]
    sums = micrograd.total([micrograd.total(leaves) for _ in range(30)])
    assert texts(draw(sums)).count("Σ") == len([card for card in player_of(sums).diagram.cards if card.glyph == "Σ"]) == 31


# Numbers and names that fit


@pytest.mark.parametrize("size", SIZES)
def test_every_number_takes_the_room_of_its_characters_and_a_longer_one_is_smaller(size: str) -> None:
    a, b = Value(-1.2345678e-157, label="a"), Value(9.87654321e120, label="b")
    output = (a * b).tanh()
    output.backward()
    measures = SIZES[size]
    numbers = [e for e in elements(draw(output, size=size).pipe("svg")) if e.get("class") in ("data", "gradient")]
    assert len(numbers) == 8
    for number in numbers:
        taken, type_size = float(number.get("textLength", "nan")), float(number.get("font-size", "nan"))
        assert taken == pytest.approx(0.6 * type_size * len(number.text or ""), abs=0.06)
        assert taken <= measures.number_room + 0.06
        assert type_size == measures.number or taken == pytest.approx(measures.number_room, abs=0.3)
    assert {len(number.text or "") for number in numbers} >= {1, 10}  # 1, and -1.23e-157


@pytest.mark.parametrize(
    ("name", "size", "shown"),
    [
        ("w", 22.0, "w"),
        ("hidden", 22.0, "hidden"),  # 5 letters of at most 0.73 em and an i of 0.40: 89 of 105
        ("neuron1", 21.51, "neuron1"),  # 6 of 0.73 and an r of 0.50: 105 / 4.88
        ("layer12.weights", 16.5, "layer12.…"),  # not by more than a quarter
    ],
)
def test_a_longer_name_is_smaller_and_then_cut(name: str, size: float, shown: str) -> None:
    (drawn,) = (e for e in elements(draw(Value(1.0, label=name), size="large").pipe("svg")) if e.get("class") == "name")
    assert drawn.text == shown
    assert float(drawn.get("font-size", "nan")) == size


def test_a_number_without_a_free_place_is_on_no_line_but_the_mouse_reads_it() -> None:
    output = attention()
    diagram = Diagram(output)
    hidden = [chip for chip in lay_out(diagram).chips if not chip.free]
    drawn = draw(output)
    chips = [e for e in elements(drawn.pipe("svg")) if e.get("class") == "chip"]
    assert hidden
    assert len(chips) == len(diagram.lines) - len(hidden)
    told = tooltips(drawn)
    for edge in diagram.edges:
        assert f"local derivative {edge.local_derivative!r}" in told
    assert explore(output).html.count('class="chip struck"') == len(hidden)


def test_a_line_tells_the_mouse_what_it_adds_to_the_gradient() -> None:
    f = product_and_sum()
    f.backward()
    assert "local derivative 3.0\nadds 3.0 to the gradient" in tooltips(draw(f))  # of a, by b: (a + b) = 1 times b = 3
