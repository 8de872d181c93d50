"""The player's page without a browser: what it holds, how large it is, where it is written, and what is refused."""

import base64
import copy
import html
import json
import pickle
import re
import webbrowser
import xml.etree.ElementTree as ElementTree
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import micrograd
from micrograd import Op, Value, explore, nn
from micrograd.engine import NoGradient, topological_order
from micrograd.ops import OPS
from micrograd.text.naming import inside
from micrograd.views.diagram import Diagram
from micrograd.views.live import leaves_of, live_functions
from micrograd.views.numbers import every_number
from micrograd.views.player import Player
from tests.test_ops import call, points
from tests.views.graphs import network_loss, player_of, product_and_sum


def graph_in(player: Player) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', player.html, re.DOTALL)
    assert found is not None
    graph: dict[str, Any] = json.loads(found[1])
    return graph


def test_the_page_holds_the_graph_and_the_order_of_its_sweep() -> None:
    data = graph_in(player_of(product_and_sum()))
    names = [node["name"] for node in data["nodes"]]
    assert names == ["a", "b", "v₁", "v₂", "f"]
    assert [node["data"] for node in data["nodes"]] == [-2.0, 3.0, -6.0, 1.0, -6.0]
    swept = [data["edges"][edge] for edge in data["backward"]]
    # f = v1 * v2, then v2 = a + b, then v1 = a * b: each operand in turn, with the other one for its local derivative.
    assert [(names[edge["child"]], names[edge["parent"]], edge["local"]) for edge in swept] == [
        ("f", "v₁", 1.0),
        ("f", "v₂", -6.0),
        ("v₂", "a", 1.0),
        ("v₂", "b", 1.0),
        ("v₁", "a", 3.0),
        ("v₁", "b", -2.0),
    ]


def test_a_folded_network_has_every_step_that_the_full_one_has() -> None:
    loss = network_loss([3, 2, 1])
    full, folded = (graph_in(player_of(loss, collapse=collapse)) for collapse in (None, "layer"))
    assert folded["backward"] == full["backward"]
    cards = [len(data["pictures"][0]["cards"]) for data in (folded, full)]
    assert cards[0] < cards[1] == len(full["nodes"])


def test_the_last_gradients_are_those_of_backward_and_nothing_is_changed() -> None:
    loss = network_loss([3, 1])
    player = player_of(loss)
    assert all(isinstance(node.grad, NoGradient) for node in topological_order(loss))
    loss.backward()
    swept = [float(v.grad) for v in topological_order(loss) if not isinstance(v, micrograd.engine.Constant)]
    assert player.diagram.gradients == swept


def why(output: Value) -> list[str | None]:
    """For each operand of the output, why its local derivative is what it is."""
    data = graph_in(player_of(output))
    rules: list[str | None] = data["shapes"][data["nodes"][data["output"]]["shape"]]["rules"]
    return rules


def test_the_reason_for_a_local_derivative_comes_from_the_operations_own_rule() -> None:
    x, y = Value(0.5, label="x"), Value(2.0, label="y")
    assert why(x * y) == ["{1}", "{0}"]
    assert why(x + y) == ["1", "1"]
    assert why(x / y) == ["1 / {1}", "−{out} / {1}"]
    assert why(x**3)[0] == "3 × {0}²"
    assert why(x**2)[0] == "2 × {0}"
    assert why(micrograd.tanh(x)) == ["1 − tanh({0})²"]
    assert why(micrograd.exp(x)) == ["{out}"]
    assert why(micrograd.sigmoid(x)) == ["σ({0}) × (1 − σ({0}))"]
    assert why(micrograd.dot([x, 3.0], [y, x])) == ["{2}", "{3}", "{0}", "3"]
    assert why(Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))(x)) == ["3 × {0} × {0}"]


def test_a_rule_that_reads_floats_only_gives_no_reason() -> None:
    import math

    assert why(Op("mine", math.sin, lambda out, a: (math.cos(a),))(Value(1.0))) == [None]


def test_a_sum_is_told_term_by_term() -> None:
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    data = graph_in(player_of(micrograd.dot([w, 5.0], [x, w])))
    assert data["shapes"][0]["terms"] == ["{0} × {2}", "5 × {3}"]
    assert graph_in(player_of(micrograd.total([w, x, 1.0])))["shapes"][0]["terms"] == ["{0}", "{1}", "1"]


def test_numbers_that_are_not_finite_are_words() -> None:
    x = Value(0.0, label="x")
    data = graph_in(player_of(micrograd.sqrt(x) * float("nan")))
    assert [node["data"] for node in data["nodes"]] == [0.0, 0.0, "NaN"]
    assert graph_in(player_of(micrograd.sqrt(x)))["edges"][0]["local"] == "Infinity"


HOSTILE = '</script><img src=x onerror="window.hurt=1">'


def test_hostile_text_ends_no_element_of_the_page() -> None:
    x = Value(1.0, label=HOSTILE)
    page = player_of(Op(HOSTILE, lambda a: a, lambda out, a: (1.0,))(x) + x, title=HOSTILE).html
    assert "<img" not in page
    assert page.count("</script>") == 4  # the graph, its functions, the player packed, and what unpacks it
    data = re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert not set("<>&\u2028\u2029") & set(data[1])


def test_half_a_character_in_the_name_of_an_operation_can_be_saved(tmp_path: Path) -> None:
    half = Op("\ud800", lambda a: a, lambda out, a: (1.0,))
    assert player_of(half(Value(1.0))).save(tmp_path / "player.html").exists()


def test_the_groups_of_a_folded_card_are_legible() -> None:
    neurons = [nn.Neuron(1, label=inside("<l>\x1b", name)) for name in ("n1", "n2")]
    data = graph_in(player_of(micrograd.total([neuron([2.0]) for neuron in neurons]), collapse="neuron"))
    assert [card["name"] for card in data["pictures"][0]["cards"] if card["folded"]] == [
        "<l>\\x1b.n1",
        "<l>\\x1b.n2",
    ]


def test_the_page_loads_nothing_and_admits_its_own_script_only() -> None:
    page = player_of(product_and_sum()).html
    assert not re.search(r"\b(src|href)=|@import|url\(|https?://(?!www\.w3\.org)", page)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_the_still_picture_is_xml_with_the_final_gradients() -> None:
    picture = player_of(product_and_sum()).still_picture()
    words = [element.text for element in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert {"−3", "−8", "f", "v₁"} <= set(words)


def test_a_notebook_gets_a_frame_apart_with_the_picture_behind_it() -> None:
    player = player_of(product_and_sum())
    shown = player._repr_html_()
    frame = re.search(r"<iframe [^>]*sandbox=\"allow-scripts\"[^>]* srcdoc='([^']*)'>", shown, re.DOTALL)
    assert frame is not None
    assert html.unescape(frame[1]) == html.unescape(player.html)
    still = re.search(r'<img [^>]*src="data:image/svg\+xml;base64,([^"]*)"', shown)
    assert still is not None
    assert base64.b64decode(still[1]).decode() == player.still_picture()


def test_two_hundred_nodes_make_a_page_under_400_kb() -> None:
    x = Value(0.5, label="x")
    y = x
    for _ in range(100):
        y = (y * 0.9).tanh() + x
    player = player_of(y, max_nodes=1000)
    assert len(player.diagram.values) > 200
    assert len(player.html.encode()) * 200 / len(player.diagram.values) < 400_000


def test_save_writes_the_page_whole(tmp_path: Path) -> None:
    player = player_of(product_and_sum(), title="f & g")
    path = player.save(tmp_path / "player.html")
    assert path.read_text(encoding="utf-8") == player.html
    assert "<title>f &amp; g</title>" in player.html
    assert [file.name for file in tmp_path.iterdir()] == ["player.html"]


def test_save_refuses_another_suffix_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    player = player_of(product_and_sum())
    with pytest.raises(ValueError, match=r"'f\.pdf' does not end in \.html; save it as f\.html"):
        player.save(tmp_path / "f.pdf")
    with pytest.raises(ValueError, match=r"'f' does not end in \.html; save it as f\.html"):
        player.save(tmp_path / "f")
    with pytest.raises(OSError, match=r"can't write .*none/player\.html: No such file or directory; choose a folder that exists"):
        player.save(tmp_path / "none" / "player.html")
    (tmp_path / "taken.html").mkdir()
    with pytest.raises(OSError, match=r"can't write .*taken\.html: Is a directory"):
        player.save(tmp_path / "taken.html")
    assert [file.name for file in tmp_path.iterdir()] == ["taken.html"]


def test_a_player_is_copied_and_pickled() -> None:
    player = player_of(product_and_sum())
    for other in (copy.deepcopy(player), pickle.loads(pickle.dumps(player))):  # noqa: S301 - it is our own
        assert (repr(other), other.html, other.still_picture()) == (repr(player), player.html, player.still_picture())


def test_a_graph_that_no_page_holds_is_refused_with_what_to_do() -> None:
    x = Value(1.0)
    for _ in range(1000):
        x = x + 1.0
    with pytest.raises(ValueError, match=r"has 1,001 nodes, and max_nodes=300 cards do not hold it; raise max_nodes, or take"):
        player_of(x)


@pytest.mark.parametrize(("wrong", "advice"), [([], "an empty list"), (3, "the number 3"), ("f", "'f'")])
def test_what_is_not_a_value_is_refused(wrong: object, advice: str) -> None:
    with pytest.raises(TypeError, match=f"explore needs one Value, got {advice}"):
        explore(wrong)  # type: ignore[arg-type]


def test_names_are_short_in_their_neuron_and_full_beside() -> None:
    data = graph_in(player_of(network_loss([2, 1])))
    weight = next(node for node in data["nodes"] if node["name"] == "layer1.neuron2.w₁")
    assert (weight["short"], data["groups"][weight["group"]]) == ("w₁", "layer1.neuron2")
    assert all("short" not in node for node in data["nodes"] if "group" not in node)


# Numbers that can be moved


def test_a_live_page_computes_every_node_and_every_local_derivative() -> None:
    player = player_of(product_and_sum())
    assert player.live.fixed == graph_in(player)["fixed"] == ""
    numbers = every_number(player.diagram, leaves_of(player.diagram), []).run([-2.0, 3.0], [])
    assert numbers == [-2.0, 3.0, -6.0, 1.0, -6.0] + [edge.local_derivative for edge in player.diagram.edges]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
def test_every_operation_can_be_moved(op: Op) -> None:
    """At another point than the one that the graph was made at, the listing has the numbers of a graph made there."""
    here, there = (call(op, list(map(Value, numbers))) for numbers in islice(points(op, far=False), 2))
    diagram, moved = Diagram(here), Diagram(there)
    assert live_functions(diagram, True).fixed == ""
    numbers = every_number(diagram, leaves_of(diagram), []).run([leaf.data for leaf in leaves_of(moved)], [])
    expected = [value.data for value in moved.values] + [edge.local_derivative for edge in moved.edges]
    rounding = 1e-13 if op is micrograd.logsumexp else 0.0  # its rule counts from what is the largest at the first point
    assert numbers == pytest.approx(expected, rel=rounding, abs=0.0)


def test_a_page_says_why_its_numbers_are_fixed() -> None:
    cube = Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))
    x = Value(2.0, label="x")
    assert player_of(x * x, live=False).live == ("", "The numbers on this page are fixed: it was made with live=False.")
    assert player_of(cube(x)).live.fixed == "The numbers on this page are fixed: JavaScript has no cube."
    long = x
    for _ in range(4000):
        long = long + x
    assert "12,001 are too many" in live_functions(Diagram(long, max_nodes=5000), True).fixed
    assert graph_in(player_of(cube(x)))["fixed"] == player_of(cube(x)).live.fixed
    assert "graphNumbers(" not in player_of(cube(x)).live.functions


def test_a_narrow_screen_gets_places_of_its_own() -> None:
    player = player_of(network_loss())
    tall = graph_in(player)["pictures"][0]["tall"]
    assert tall["height"] > tall["width"] < player.layout.width
    assert len(tall["cards"]) == len(player.diagram.cards)
    assert len(tall["lines"]) == len(player.diagram.lines)
    assert graph_in(player_of(network_loss(), direction="TB"))["pictures"][0]["tall"] is None


def test_a_network_that_no_screen_holds_has_an_overview_with_its_neurons_folded() -> None:
    large, small = player_of(network_loss([8, 8, 1])), player_of(network_loss([1]))
    assert large.overview is not None
    assert sum(card.kind == "group" for card in large.overview.cards) == 17
    assert small.overview is None
    assert player_of(network_loss([8, 8, 1]), collapse="layer").overview is None
    assert [len(graph_in(player)["pictures"]) for player in (large, small)] == [2, 1]


def test_show_opens_the_page_in_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_address(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", open_address)
    player = player_of(product_and_sum())
    path = player.show()
    assert path.name == "player.html"
    assert opened == [path.as_uri()]
    assert path.read_text(encoding="utf-8") == player.html
    size = "5 nodes, 3 steps forward and 6 backward"
    assert repr(player) == f'<Player of f: {size}; .show() opens it, .save("player.html") keeps it>'
