"""Pictures: what is drawn, where it stands, who lays it out, and what is said about graphs that are too large."""

import os
import re
import shutil
import warnings
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import graphviz
import pytest

import micrograd
from micrograd import Value, draw, explore, gradient, nn
from micrograd.display.charts import log_chart_svg
from micrograd.engine import NoGradient, topological_order
from micrograd.losses import half_mean_squared_error
from micrograd.text.naming import node_names
from micrograd.views.diagram import Diagram
from micrograd.views.drawing import NEGATIVE, POSITIVE, mixed, tint_strength
from micrograd.views.layout import graphviz as placing
from micrograd.views.layout.columns import Layout, lay_out, lines_by_cell, lines_in
from micrograd.views.layout.geometry import along
from micrograd.views.picture import Picture


@pytest.fixture
def without_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no Graphviz is installed."""
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.fixture(params=["installed", "in the wheel"])
def any_graphviz(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to Graphviz, one after the other."""
    if request.param == "in the wheel":
        monkeypatch.setattr(shutil, "which", lambda name: None)
    elif shutil.which("dot") is None:
        pytest.skip("no Graphviz is installed: apt-get install graphviz")


def product_and_sum() -> Value:
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    f = (a * b) * (a + b)
    f.label = "f"
    return f


def network_loss(widths: list[int], rows: int = 1) -> Value:
    model = nn.MLP(2, widths, activation="tanh", seed=0)
    inputs = [[1.0, -0.5], [0.5, 2.0], [-1.0, 0.25]][:rows]
    loss = half_mean_squared_error([model(row) for row in inputs], [1.0, 0.0, 1.0][:rows])
    loss.label = "loss"
    return loss


def texts(picture: Picture) -> list[str]:
    """What is written in the SVG, in order."""
    svg = ElementTree.fromstring(picture.pipe("svg"))  # noqa: S314 - it is our own
    return ["".join(element.itertext()) for element in svg.iter("{http://www.w3.org/2000/svg}text")]


# What is drawn


def test_a_card_has_operation_name_data_and_after_a_sweep_the_gradient() -> None:
    f = product_and_sum()
    assert texts(draw(f)).count("×") == 2
    assert not any("∇" in text for text in texts(draw(f)))
    f.backward()
    written = texts(draw(f))
    assert {"a", "b", "v₁", "v₂", "f", "•", "×", "+", "−2", "3", "−6", "1"} <= set(written)
    assert {"∇ −3", "∇ −8", "∇ 1", "∇ −6"} <= set(written)


def test_leftovers_of_training_are_not_taken_for_gradients_of_a_probe() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    for parameter in model.parameters():
        parameter.grad = 123.0
    probe = model([1.0, 2.0])
    assert not any("∇" in text for text in texts(draw(probe)))  # it has not been swept
    probe.backward()
    assert "∇ 123" not in texts(draw(probe))
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
    assert repr(draw(Value(2.0, label="x").exp())) == "<Picture of the graph of 2 nodes below out>"


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
    source = draw(f).source
    largest = mixed("#ffffff", NEGATIVE, 0.45)  # of b, -8
    assert largest in source
    assert mixed("#ffffff", POSITIVE, 0.45 * tint_strength(1.0, 8.0)) in source
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


def test_hostile_labels_are_letters(tmp_path: Path) -> None:
    label = '</TABLE>><script>&"\\N\x00\u202e'
    x = Value(1.0, label=label)
    y = micrograd.Op("<b>&\\", lambda a: a, lambda out, a: (1.0,))(x)
    drawn = draw(y + x)
    assert ElementTree.fromstring(drawn.pipe("svg")) is not None  # noqa: S314 - it parses as XML
    assert "</TABLE>><…" in texts(drawn)
    drawn.render(outfile=str(tmp_path / "hostile.png"), cleanup=True)


# Where it stands


GRAPHS: dict[str, Callable[[], Value]] = {
    "expression": lambda: micrograd.parse("tanh(w*x + b)", w=0.5, x=2, b=1),
    "shared": product_and_sum,
    "network": lambda: network_loss([3, 1]),
    "deep": lambda: network_loss([3, 3, 1]),
    "batch": lambda: network_loss([3, 1], rows=3),
    "folded": lambda: network_loss([16, 16, 1]),
    "skip": lambda: skip(),
}


def skip() -> Value:
    """An input that the loss reads too, past both layers."""
    model = nn.MLP(1, [2, 1], seed=0)
    x = Value(0.5, label="x1")
    return (model([x]) - x) ** 2


def laid_out(name: str, direction: str) -> tuple[Diagram, Layout]:
    diagram = Diagram(GRAPHS[name]())
    return diagram, lay_out(diagram, direction)


@pytest.mark.usefixtures("any_graphviz")
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_no_two_cards_overlap_and_all_stand_in_the_picture(name: str, direction: str) -> None:
    _, layout = laid_out(name, direction)
    for number, box in enumerate(layout.cards):
        assert 0.0 <= box.left < box.right <= layout.width
        assert 0.0 <= box.top < box.bottom <= layout.height
        assert not any(box.meets(other) for other in layout.cards[:number])


@pytest.mark.usefixtures("any_graphviz")
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_every_line_joins_the_facing_sides_of_its_cards_and_runs_forward(name: str, direction: str) -> None:
    diagram, layout = laid_out(name, direction)
    for line, curve in zip(diagram.lines, layout.lines, strict=True):
        tail, head = layout.cards[line.tail], layout.cards[line.head]
        start, end = curve[0], curve[-1]
        if direction == "LR":
            assert [start.u, end.u] == pytest.approx([tail.right, head.left], abs=0.1)
            assert tail.top <= start.v <= tail.bottom
            assert head.top <= end.v <= head.bottom
        else:
            assert [start.v, end.v] == pytest.approx([tail.bottom, head.top], abs=0.1)
            assert tail.left <= start.u <= tail.right
        assert len(curve) % 3 == 1


@pytest.mark.usefixtures("any_graphviz")
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "folded"])
def test_no_line_runs_over_a_card(name: str, direction: str) -> None:
    diagram, layout = laid_out(name, direction)
    for line, curve in zip(diagram.lines, layout.lines, strict=True):
        others = [box.grown(-3.0) for card, box in enumerate(layout.cards) if card not in (line.tail, line.head)]
        points = [along(curve, share / 60.0) for share in range(61)]
        assert not any(box.left < u < box.right and box.top < v < box.bottom for box in others for u, v in points)


def test_neurons_stand_in_columns_from_the_inputs_to_the_loss_in_natural_order() -> None:
    diagram, layout = laid_out("network", "LR")
    frames = {frame.groups: frame.box for frame in layout.frames}
    column = [frames["layer1", f"neuron{i}"] for i in (1, 2, 3)]
    assert column[0].bottom < column[1].top < column[1].bottom < column[2].top
    assert frames["inputs",].right < column[0].left
    assert column[0].right < frames["layer2", "neuron1"].left < frames["output",].left
    for card, box in zip(diagram.cards, layout.cards, strict=True):
        if card.frame:
            frame = frames[card.frame]
            assert frame.left < box.left < box.right < frame.right


def test_lines_that_meet_at_a_card_have_places_of_their_own_in_the_order_they_come_from() -> None:
    diagram, layout = laid_out("network", "LR")
    for head in range(len(diagram.cards)):
        coming = [curve for line, curve in zip(diagram.lines, layout.lines, strict=True) if line.head == head]
        ends = [curve[-1].v for curve in coming]
        assert len({round(v, 1) for v in ends}) == len(ends)
    dots = [number for number, card in enumerate(diagram.cards) if card.glyph == "Σ w·x"]
    first = [curve[-1].v for line, curve in zip(diagram.lines, layout.lines, strict=True) if line.head == dots[0]]
    assert first == sorted(first)  # w1, w2, x1, x2, from the top


def test_a_block_begins_close_behind_its_frame() -> None:
    diagram, layout = laid_out("network", "LR")
    (frame,) = (frame.box for frame in layout.frames if frame.title == "loss")
    inside = [box for card, box in zip(diagram.cards, layout.cards, strict=True) if frame.left < box.left]
    assert min(box.left for box in inside) - frame.left < 50.0


def test_the_longest_lines_of_a_tangle_are_not_left_to_graphviz() -> None:
    hub = [(0, head) for head in range(1, 200)]
    chain = [(tail, tail + 1) for tail in range(1, 199)]
    far = placing.far_lines(200, hub + chain)
    crossed = sum(head - tail for number, (tail, head) in enumerate(hub + chain) if number not in far)
    assert crossed <= placing.MOST_CROSSED
    assert far == set(range(199 - len(far), 199))  # the lines to the far end of the chain, and no others
    assert placing.far_lines(2, [(0, 1), (0, 1)]) == set()


def test_the_longest_lines_are_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "MOST_CROSSED", 30)
    x = Value(0.5, label="x")
    y = x
    for _ in range(10):  # the lines from x cross 2 + 4 + ... + 20 ranks
        y = y.tanh() + x
    asked: list[str] = []
    real = placing.run_graphviz

    def watched(source: str, target: str) -> bytes:
        asked.append(source)
        return real(source, target)

    monkeypatch.setattr(placing, "run_graphviz", watched)
    diagram = Diagram(y)
    layout = lay_out(diagram)
    assert asked[0].count("->") < len(diagram.lines) == 30
    assert all(len(curve) >= 4 for curve in layout.lines)


def test_neurons_of_one_shape_are_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Counter[str]()
    real = placing.run_graphviz

    def counted(source: str, target: str) -> bytes:
        asked[source] += 1
        return real(source, target)

    monkeypatch.setattr(placing, "run_graphviz", counted)
    lay_out(Diagram(network_loss([8, 1])))
    assert len(asked) == 3  # the neurons of layer 1, that of layer 2, the loss
    assert set(asked.values()) == {1}


def test_groups_that_read_each_other_in_a_ring_are_laid_out_as_one() -> None:
    a, b = nn.Neuron(1, label="a"), nn.Neuron(1, label="b")
    output = a([b([a([Value(1.0, label="x")])])])
    diagram = Diagram(output)
    assert lay_out(diagram).frames == []
    assert draw(output).pipe("svg")


# Large graphs


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
    with pytest.raises(ValueError, match=r'collapse needs to be "auto", None, "neuron" or "layer", got'):
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


# The Digraph


def test_it_is_an_ordinary_digraph() -> None:
    picture = draw(product_and_sum())
    assert isinstance(picture, graphviz.Digraph)
    assert picture.source.startswith("// the graph of 5 nodes below f")
    assert "image/svg+xml" in picture._repr_mimebundle_()


@pytest.mark.parametrize(("format", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("SVG", b"<?xml")])
def test_it_renders_where_no_graphviz_is_installed(without_dot: None, tmp_path: Path, format: str, magic: bytes) -> None:  # noqa: A002
    picture = draw(product_and_sum())
    assert picture.pipe(format).startswith(magic)
    path = Path(picture.render(str(tmp_path / "graph"), format=format, cleanup=True))
    assert path.read_bytes().startswith(magic)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert Path(picture.render(outfile=tmp_path / f"other.{format}")).read_bytes().startswith(magic)
    assert (tmp_path / "other.gv").read_text() == picture.source


@pytest.mark.parametrize(
    ("name", "magic"),
    [("g.svg", b"<?xml"), ("g.png", b"\x89PNG"), ("g.pdf", b"%PDF"), ("g.gif", b"GIF8"), ("g.jpg", b"\xff\xd8")],
)
def test_a_file_that_is_called_like_a_picture_is_the_picture(tmp_path: Path, name: str, magic: bytes) -> None:
    picture = draw(Value(1.0) + 2.0)
    for write in (picture.save, picture.render):
        folder = tmp_path / write.__name__
        assert write(folder / name) == str(folder / name)
        assert (folder / name).read_bytes().startswith(magic)
        assert [path.name for path in folder.iterdir()] == [name]


def test_the_source_is_saved_under_a_name_of_a_source_or_without_a_suffix(tmp_path: Path) -> None:
    picture = draw(Value(1.0) + 2.0)
    assert picture.save("g.gv", directory=tmp_path) == str(tmp_path / "g.gv")
    assert (tmp_path / "g.gv").read_text() == picture.source
    assert picture.save("g", directory=tmp_path) == str(tmp_path / "g")
    assert (tmp_path / "g").read_text() == picture.source
    assert picture.render(tmp_path / "g.svg", format="png") == str(tmp_path / "g.svg.png")  # as graphviz has it


@pytest.mark.usefixtures("any_graphviz")
@pytest.mark.parametrize(("format", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_network_is_written_in_every_format(tmp_path: Path, format: str, magic: bytes) -> None:  # noqa: A002
    picture = draw(network_loss([3, 1]))
    assert picture.pipe(format).startswith(magic)
    assert Path(picture.render(str(tmp_path / "graph"), format=format)).read_bytes().startswith(magic)


def test_a_notebook_gets_a_picture_that_fits_its_cell() -> None:
    svg = draw(network_loss([3, 3, 1]))._repr_mimebundle_()["image/svg+xml"]
    assert re.search(r'<svg width="800" height="\d+"', svg)


@pytest.mark.usefixtures("without_dot")
def test_the_wheels_graphviz_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    draw(network_loss([3, 1])).pipe("png")
    assert capfd.readouterr() == ("", "")
    os.write(2, b"others still do")
    assert capfd.readouterr().err == "others still do"


@pytest.mark.usefixtures("without_dot")
def test_an_unknown_format_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    picture = draw(product_and_sum())
    with pytest.raises(ValueError, match="Graphviz writes no 'doc'; choose svg, png or pdf"):
        picture.render(outfile=tmp_path / "graph.doc")
    with pytest.raises(ValueError, match=r"end it in \.svg, \.png or \.pdf"):
        picture.render(outfile=tmp_path / "graph")
    for write in (picture.save, picture.render):
        with pytest.raises(ValueError, match="Graphviz writes no 'doc'; choose svg, png or pdf"):
            write(tmp_path / "graph.doc")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("without_dot")
def test_without_any_graphviz_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install pygraphviz, or install Graphviz; transcript\(\) works without"):
        draw(product_and_sum())


@pytest.mark.parametrize(("wrong", "advice"), [([], "an empty list"), (3, "the number 3"), ("f", "'f'")])
def test_what_is_not_a_value_is_refused(wrong: object, advice: str) -> None:
    with pytest.raises(TypeError, match=f"draw needs one Value, got {advice}"):
        draw(wrong)  # type: ignore[arg-type]


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(ValueError, match=r"direction needs to be .*, got 'RL'"):
        draw(Value(1.0), direction="RL")


def test_a_leaf_alone_is_a_picture_too() -> None:
    leaf = Value(2.0, label="x")
    assert isinstance(leaf.grad, NoGradient)
    assert {"x", "2"} <= set(texts(draw(leaf)))


# The loss curve


def test_the_loss_curve_is_an_svg_with_a_decade_for_each_line() -> None:
    svg = log_chart_svg([1.0, 0.1, 0.01], title="<loss>")
    root = ElementTree.fromstring(svg)  # noqa: S314 - it is our own
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["<loss>", "0.01", "0.1", "1", "1", "2", "3", "epoch"]
    points = root.find("{http://www.w3.org/2000/svg}polyline")
    assert points is not None
    # The plot is 556 wide from 64 and 236 high from 44: a decade is half of it.
    assert points.get("points") == "64.0,44.0 342.0,162.0 620.0,280.0 620.0,280.0"


def test_a_long_loss_curve_is_thinned_and_numbers_that_have_no_logarithm_are_left_out() -> None:
    svg = log_chart_svg([1.0 / n for n in range(1, 10_001)] + [0.0, float("nan")], title="loss")
    assert 300 < svg.count(",") < 1000
    assert "nan" not in svg
    assert "</svg>" in log_chart_svg([], title="nothing")


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


def test_ten_thousand_nodes_of_one_label_are_told_apart_in_linear_time() -> None:
    node = Value(0.0)
    for _ in range(10_000):
        node = node + 1.0
        node.label = "s"
    names = node_names(topological_order(node))
    assert len(set(names.values()) - {"1"}) == 10_001


def test_the_numbers_on_two_lines_that_cross_stand_where_each_is_alone() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    diagram = Diagram((a * b) * (a + b))
    layout = lay_out(diagram, "LR")
    passing = lines_by_cell(layout.lines)
    assert len(layout.chips) == 6
    assert all(lines_in(passing, chip.box) <= {chip.line} for chip in layout.chips)
