"""Where cards, lines, frames and numbers stand in a picture."""

import shutil
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

import micrograd
from micrograd import Value, draw, nn
from micrograd.views.diagram import Diagram
from micrograd.views.layout import graphviz as placing
from micrograd.views.layout import inside
from micrograd.views.layout.chips import Chip
from micrograd.views.layout.columns import Layout, lay_out
from micrograd.views.layout.geometry import Box, along
from micrograd.views.layout.measures import LARGE, NORMAL, SIZES
from tests.views.graphs import attention, network_loss, product_and_sum

GRAPHS: dict[str, Callable[[], Value]] = {
    "expression": lambda: micrograd.parse("tanh(w*x + b)", w=0.5, x=2, b=1),
    "shared": product_and_sum,
    "network": lambda: network_loss([3, 1]),
    "deep": lambda: network_loss([3, 3, 1]),
    "batch": lambda: network_loss([3, 1], rows=3),
    "folded": lambda: network_loss([16, 16, 1]),
    "skip": lambda: skip(),
    "attention": attention,
}


def skip() -> Value:
    """An input that the loss reads too, past both layers."""
    model = nn.MLP(1, [2, 1], seed=0)
    x = Value(0.5, label="x1")
    return (model([x]) - x) ** 2


def laid_out(name: str, direction: str, size: str = "normal") -> tuple[Diagram, Layout]:
    """The picture of that graph, made once for all tests that look at it."""
    return laid_out_by(shutil.which("dot"), name, direction, size)


@cache
def laid_out_by(graphviz: str | None, name: str, direction: str, size: str) -> tuple[Diagram, Layout]:
    diagram = Diagram(GRAPHS[name]())
    return diagram, lay_out(diagram, direction, SIZES[size])


@pytest.mark.usefixtures("any_layout")
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_no_two_cards_overlap_and_all_stand_in_the_picture(name: str, direction: str) -> None:
    _, layout = laid_out(name, direction)
    for number, box in enumerate(layout.cards):
        assert 0.0 <= box.left < box.right <= layout.width
        assert 0.0 <= box.top < box.bottom <= layout.height
        assert not any(box.meets(other) for other in layout.cards[:number])


@pytest.mark.usefixtures("any_layout")
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


@pytest.mark.usefixtures("any_layout")
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
    far = inside.far_lines(200, hub + chain)
    crossed = sum(head - tail - 1 for number, (tail, head) in enumerate(hub + chain) if number not in far)
    assert crossed <= inside.MOST_CROSSED
    assert far == set(range(199 - len(far), 199))  # the lines to the far end of the chain, and no others
    assert inside.far_lines(2, [(0, 1), (0, 1)]) == set()


def test_lines_that_cross_no_rank_are_graphvizs_however_many() -> None:
    assert inside.far_lines(90, [(leaf, total) for leaf in range(60) for total in range(60, 90)]) == set()


def test_of_too_many_lines_every_card_keeps_one_that_holds_it_in_its_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "MOST_LINES", 0)
    far = inside.far_lines(5, [(0, 2), (1, 2), (0, 3), (2, 3), (1, 4), (3, 4)])
    assert far == {1, 2, 4}  # 0 -> 2 -> 3 -> 4 is left


@pytest.mark.usefixtures("any_layout")
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_a_sum_of_sums_of_the_same_leaves_is_laid_out(direction: str) -> None:
    leaves = [Value(float(i)) for i in range(60)]
    diagram = Diagram(micrograd.total([micrograd.total(leaves) for _ in range(30)]))
    layout = lay_out(diagram, direction)
    assert len(layout.lines) == 60 * 30 + 30
    leaf, total, output = (layout.cards[number] for number in (0, 60, 90))
    ends = [(box.left, box.right) if direction == "LR" else (box.top, box.bottom) for box in (leaf, total, output)]
    assert ends[0][1] < ends[1][0] < ends[1][1] < ends[2][0]


def test_the_longest_lines_are_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "MOST_CROSSED", 30)
    x = Value(0.5, label="x")
    y = x
    for _ in range(10):  # the lines from x cross 0 + 1 + 3 + ... + 19 ranks
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


# Chips


STRIP = 50.0


def strips_of(layout: Layout) -> dict[int, list[tuple[int, float, float]]]:
    """Points on all lines, each with the number of its line, by the strip of the picture that they are in."""
    strips: dict[int, list[tuple[int, float, float]]] = {}
    for line, curve in enumerate(layout.lines):
        for share in range(301):
            u, v = along(curve, share / 300.0)
            strips.setdefault(int(u // STRIP), []).append((line, u, v))
    return strips


def lines_through(strips: dict[int, list[tuple[int, float, float]]], box: Box) -> set[int]:
    near = range(int(box.left // STRIP), int(box.right // STRIP) + 1)
    points = [point for strip in near for point in strips.get(strip, ())]
    return {line for line, u, v in points if box.left < u < box.right and box.top < v < box.bottom}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", ["shared", "deep", "attention"])
def test_a_chip_that_is_shown_stands_on_its_line_and_on_nothing_else(name: str, direction: str, size: str) -> None:
    _, layout = laid_out(name, direction, size)
    strips = strips_of(layout)
    shown = [chip for chip in layout.chips if chip.free]
    for number, chip in enumerate(shown):
        assert lines_through(strips, chip.box) == {chip.line}
        assert not any(chip.box.meets(card) for card in layout.cards)
        assert not any(chip.box.meets(other.box) for other in shown[:number])


@pytest.mark.parametrize("size", SIZES)
def test_each_of_two_lines_side_by_side_has_a_chip(size: str) -> None:
    x = Value(-0.745, label="x")
    chips = lay_out(Diagram(x * x), "LR", SIZES[size]).chips
    assert [(chip.text, chip.free) for chip in chips] == [("-0.745", True)] * 2


def test_the_numbers_on_two_lines_that_cross_stand_where_each_is_alone() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    chips = lay_out(Diagram((a * b) * (a + b)), "LR").chips
    assert [chip.free for chip in chips] == [True] * 6


def test_most_lines_of_a_network_have_their_chips_and_none_is_lost() -> None:
    diagram, layout = laid_out("deep", "LR")
    assert [chip.line for chip in layout.chips] == list(range(len(diagram.lines)))
    assert sum(chip.free for chip in layout.chips) > 0.9 * len(diagram.lines)


def test_a_chip_with_a_number_fits_between_two_ranks_and_has_room_for_its_text() -> None:
    for measures in (NORMAL, LARGE):
        assert measures.chip_width("-1.23e-300") < measures.gaps["LR"]
        assert measures.chip_width("1") < measures.chip_width("0.501")


def test_a_picture_too_large_to_be_seen_has_no_chips() -> None:
    leaves = [Value(float(i)) for i in range(250)]
    assert lay_out(Diagram(micrograd.total(leaves))).chips == []


def test_what_is_moved_into_the_corner_takes_its_chips_along() -> None:
    _, layout = laid_out("shared", "TB")
    assert all(isinstance(chip, Chip) and chip.box.left > 0.0 and chip.box.right < layout.width for chip in layout.chips)
