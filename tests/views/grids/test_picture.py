"""The picture of a network with maps, and the page of one: what is written, what the mouse reads, what is refused."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from micrograd import Value, draw, explore, losses, nn
from micrograd.views.grids.drawing import sheet_of
from micrograd.views.grids.explorer import NetworkPage
from micrograd.views.grids.sheet import Heat, Scale, Words, fitting, scale_of
from micrograd.views.grids.svg import ink_class
from micrograd.views.layout.geometry import Box
from micrograd.views.picture import Picture
from micrograd.views.player import Player
from micrograd.views.themes import BLACK, WHITE, contrast, mixed, palette
from tests.views.graphs import network_loss, texts, tooltips
from tests.views.grids.networks import cell_loss, found, numbers, picture_loss, picture_network


def mouse_numbers(picture: Picture) -> dict[str, float]:
    """What the mouse reads, with all digits: "map 1, row 2, column 3" -> 0.25."""
    lines = re.findall(r"^(.+) = (-?[\d.e+-]+)$", "\n".join(tooltips(picture)), re.MULTILINE)
    return {name: float(number) for name, number in lines}


def test_the_mouse_reads_the_numbers_of_the_graph_and_of_its_sweep() -> None:
    loss = picture_loss()
    assert not any(name.startswith("∇") for name in mouse_numbers(draw(loss)))
    loss.backward()
    read = mouse_numbers(draw(loss))
    picture, maps, means, outputs = found(loss).stages
    assert [read[f"x{str(i).translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))}"] for i in range(1, 37)] == numbers(36)
    for stage, word, size in ((maps, "map", 4), (means, "mean", 2)):
        for number, cell in enumerate(stage.cells):
            channel, row, column = number // size**2 + 1, number % size**2 // size + 1, number % size + 1
            assert read[f"{word} {channel}, row {row}, column {column}"] == cell.data
            assert read[f"∇{word} {channel}, row {row}, column {column}"] == cell.grad
    assert [read[f"output {number}"] for number in range(3)] == [cell.data for cell in outputs.cells]
    assert [read[f"∇output {number}"] for number in range(3)] == [cell.grad for cell in outputs.cells]
    neuron = maps.neurons[1]
    assert read["layer2.neuron2.w₉"] == neuron.weights[8].data
    assert read["∇layer2.neuron2.w₉"] == neuron.weights[8].grad
    assert picture.name == "x"


def test_headings_say_what_the_network_does_and_how_often_a_filter_is_used() -> None:
    written = texts(draw(picture_loss()))
    for words in (
        "2 filters → 2 maps → means of 2×2",
        "3×3 weights each, the same at 16 places",
        "3 outputs",
        "−log p(1)",
        "true",
    ):
        assert words in written
    assert written.count("16 uses") == 2
    assert written.count("mean") == 2
    assert any(line.startswith("full colours: x 0 to 1; maps ±") for line in written)


def test_a_cell_says_what_it_reads_of_the_step_before() -> None:
    written = " ".join(texts(draw(cell_loss(nn.LSTMCell(2, 3)))))
    assert "forget × cₜ₋₁ + input × candidate" in written
    assert written.count("5 weights each, used 4 times, reads h of the step before") == 4


def test_lines_say_what_is_added_to_each_output_and_what_it_sends_back() -> None:
    model = nn.Sequential(*picture_network().layers[:4], nn.Layer(8, 3, "tanh", generator=random.Random(1)))
    loss = losses.mean_squared_error([model(numbers(36))], [[1.0, 0.0, 0.5]])
    grids = found(loss)
    *_, means, outputs = grids.stages
    slopes = grids.gradients()
    for swept in (False, True):
        said = [line.tooltip for line in sheet_of(grids, swept=swept).strokes if line.tooltip]
        assert len(said) == 2 * 3
        for channel, neuron in enumerate(outputs.neurons):
            for card in range(2):
                total = 0.0
                for place in range(4 * card, 4 * card + 4):
                    total += neuron.weights[place].data * (slopes[outputs.before[channel]] if swept else means.cells[place].data)
                assert f"{'gets back' if swept else 'adds'} {total!r}" in said


def hidden_layers() -> Value:
    """Two convolutions, the second of 26 filters, and after them hidden layers of 5 and of 40, with a squared error."""
    generator = random.Random(0)
    model = nn.Sequential(
        nn.Conv2d(2, 3, 2, generator=generator),
        nn.Conv2d(3, 26, 2, "tanh", generator=generator),
        nn.Flatten(),
        nn.Layer(104, 5, "tanh", generator=generator),
        nn.Layer(5, 40, generator=generator),
        nn.Layer(40, 2, "linear", generator=generator),
    )
    flat = numbers(32)
    picture = [[flat[start : start + 4] for start in range(base, base + 16, 4)] for base in (0, 16)]
    return losses.mean_squared_error([model(picture)], [[1.0, 0.0]])


def letters() -> Value:
    """Many outputs at each of many steps."""
    cell, read = nn.RNNCell(27, 8, generator=random.Random(0)), nn.Layer(8, 27, "linear", generator=random.Random(1))
    state, outputs = cell.start(), []
    for letter in range(12):
        state = cell([float(number == letter) for number in range(27)], state)
        outputs.append(read(state))
    return losses.cross_entropy(outputs, [*range(1, 12), 0])


DRAWN: list[Callable[[], Value]] = [
    picture_loss,
    lambda: cell_loss(nn.GRUCell(2, 3)),
    lambda: cell_loss(nn.LSTMCell(2, 3)),
    hidden_layers,
    letters,
]


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize("loss", DRAWN)
def test_nothing_lies_outside_of_the_picture_or_on_something_else(loss: Callable[[], Value], size: str) -> None:
    sheet = sheet_of(found(loss()), swept=size == "large")
    sheet = sheet.enlarged(1.7) if size == "large" else sheet
    faces = [face.box for face in sheet.faces if not face.kind.startswith("tile-")]
    headings = [box_of(words) for words in sheet.words if words.anchor == "start" and words.kind in ("heading", "note")]
    for box in [*faces, *headings, *[shown.box for shown in sheet.maps]]:
        assert 0.0 <= box.left < box.right <= sheet.width
        assert 0.0 <= box.top < box.bottom <= sheet.height
    for boxes in (faces, headings):
        assert not any(one.meets(other) for number, one in enumerate(boxes) for other in boxes[:number])
    for shown in sheet.maps:
        (face,) = [box for box in faces if box.meets(shown.box)]
        assert face.left <= shown.box.left < shown.box.right <= face.right
        assert face.top <= shown.box.top < shown.box.bottom <= face.bottom


def box_of(words: Words) -> Box:
    """The least that a line of text takes: narrow letters."""
    return Box(words.u, words.v - 0.7 * words.size, words.u + 0.45 * words.size * len(words.text), words.v + 0.2 * words.size)


def test_few_neurons_have_cells_with_numbers_and_many_filters_are_cut_with_a_word() -> None:
    written = " ".join(texts(draw(hidden_layers())))
    assert "26 filters → 26 maps 2×2×3 weights each, the same at 4 places; the first 24 of 26" in written
    assert written.count("4 uses") == 24
    assert "layer4 5 neurons, tanh; 104 weights each" in written
    assert "layer5 40 neurons, ReLU; 5 weights each" in written
    assert "orange is above 0, purple below; lines: what is added to each output" in written


def test_cells_too_small_for_the_mouse_are_one_path_for_each_colour() -> None:
    svg = draw(letters()).pipe("svg").decode()
    assert len(svg) < 200_000  # with 27 x 8 + 8 x 8 + 8 x 27 weights and 12 times as many cells
    assert re.search(r'<path class="cell plus" fill-opacity="0\.\d\d" d="M[\d.,]+h[\d.]+v[\d.]+h-[\d.]+z', svg)


def test_numbers_stand_in_cells_that_have_room_as_multiples_of_a_power_of_ten() -> None:
    scale = scale_of("x", [0.0039, -0.0012])
    assert (scale.unit, [heat.text for heat in scale.heats([0.0039, -0.0012, 0.0], ["", "", ""], 34.0, 11.5)]) == (
        " × 10⁻³",
        ["3.9", "−1.2", "0"],
    )
    assert [heat.text for heat in scale.heats([0.0039], [""], 29.0, 11.5)] == [""]
    assert [scale_of("", [most]).unit for most in (0.0, 0.2, 1.0, 999.0, 1000.0)] == ["", "", "", "", " × 10³"]
    assert fitting(2, 4, 100.0, 100.0, 30.0) == 25.0


@pytest.mark.parametrize("colour", ["ink", "positive", "negative"])
def test_a_number_on_a_filled_cell_is_black_or_white_whichever_contrasts_more(colour: str) -> None:
    for cover in (0.04, 0.3, 0.55, 0.7, 0.85, 1.0):
        letters = ink_class(Heat(colour, cover)).removeprefix("on-")
        for scheme, letter in zip(("light", "dark"), letters, strict=True):
            ground = mixed(palette(scheme)["card"], palette(scheme)[colour], cover)
            assert contrast({"b": BLACK, "w": WHITE}[letter], ground) >= 4.58
    assert ink_class(Heat(colour, 0.0)) == "pale"


def test_a_colour_is_as_strong_as_its_number_is_beside_the_largest() -> None:
    heats = scale_of("x", [2.0, -1.0]).heats([2.0, -1.0, 0.0], ["", "", ""], 1.0, 1.0)
    assert [heat.cover for heat in heats] == [0.85, pytest.approx(0.85 * (0.04 + 0.96 / 2)), 0.0]


def test_pixels_are_ink_and_other_inputs_have_a_sign() -> None:
    assert Scale("x", 1.0, ink=True).colour(0.5) == "ink"
    assert [scale_of("x", [-1.0, 1.0]).colour(number) for number in (0.5, -0.5)] == ["positive", "negative"]


def test_graphviz_makes_the_other_formats(any_graphviz: None, tmp_path: Path) -> None:
    picture = draw(picture_loss(), theme="dark", size="large")
    assert picture.save(tmp_path / "network.png").read_bytes().startswith(b"\x89PNG")
    assert repr(picture).startswith("<Picture of a network of 47 parameters, the graph of ")


@pytest.mark.parametrize("collapse", [None, "layer"])
def test_all_nodes_and_folded_layers_are_drawn_as_before(collapse: str | None) -> None:
    loss = losses.mean_squared_error([nn.Conv1d(1, 1, 2)([[1.0], [2.0], [3.0]])[0]], [[1.0]])
    assert "2 uses" not in texts(draw(loss, collapse=collapse))


def test_a_network_with_maps_has_no_other_direction() -> None:
    for function in (draw, explore):
        with pytest.raises(ValueError, match="a network with maps is drawn from left to right, got direction='TB'; leave it out"):
            function(picture_loss(), collapse="grids", direction="TB")
    with pytest.raises(ValueError, match='collapse="grids" needs one row of a network in which neurons are used at several'):
        draw(network_loss(), collapse="grids")


# --------------------------------------------------------------------------------------------------------------
# explore
# --------------------------------------------------------------------------------------------------------------


def test_explore_shows_the_rows_of_a_network_and_keeps_them(tmp_path: Path) -> None:
    model = picture_network()
    page = explore([picture_loss(model, 0, 1), picture_loss(model, 2, 2)], titles=["a nought", "a two"], title="two digits")
    assert isinstance(page, NetworkPage)
    assert [example["title"] for example in page.payload["examples"]] == ["a nought", "a two"]
    assert page.save(tmp_path / "digits.html").read_text(encoding="utf-8") == page.html
    assert "<title>two digits</title>" in page.html
    shown = page._repr_html_()
    assert "<iframe" in shown
    assert "data:image/svg+xml;base64," in shown
    stages = "6 × 6, 2 maps of 4 × 4, 2 means of 2 × 2, 3 outputs"
    ways = '.show() opens it, .save("network.html") keeps it'
    assert repr(page) == f"<NetworkPage of 2 rows through 47 parameters: {stages}; {ways}>"
    with pytest.raises(ValueError, match=r"the page of a network is a page, and 'digits.png' does not end in .html"):
        page.save(tmp_path / "digits.png")


def test_rows_are_called_by_their_class_or_by_their_number() -> None:
    one = explore(picture_loss(target=2))
    assert isinstance(one, NetworkPage)
    assert one.payload["examples"][0]["title"] == "2"
    assert one.title == "A picture through 2 filters"
    cell = explore(cell_loss(nn.RNNCell(2, 3)))
    assert cell.title == "A sequence of 4 steps"
    assert repr(cell).startswith("<NetworkPage of 1 row through 26 parameters: 2 × 4, 3 hidden in 4 steps, 2 outputs; ")
    read_out = explore(nn.Layer(4, 1)(nn.Flatten()(nn.Conv1d(1, 2, 2)([[1.0], [2.0], [3.0]]))))
    assert repr(read_out).startswith("<NetworkPage of 1 row through 11 parameters: 3, 2 features in 2 steps, 1 output; ")
    sequence = explore(nn.Conv1d(1, 1, 2)([[1.0], [2.0], [3.0]])[0][0] + Value(1.0), collapse="auto")
    assert isinstance(sequence, Player)  # one window alone is no map
    with pytest.raises(ValueError, match=r"explore needs one title for each of 1 losses, got titles=\['a', 'b'\]"):
        explore(picture_loss(), titles=["a", "b"])
    with pytest.raises(ValueError, match="titles are the names of several losses of a network with maps"):
        explore(network_loss(), titles=["a"])


def test_a_list_of_other_losses_is_refused() -> None:
    with pytest.raises(TypeError, match="explore needs one Value, got a list of 2; pass one of its Values"):
        explore([network_loss(), network_loss()])
    with pytest.raises(ValueError, match='collapse="grids" needs one row of a network'):
        explore([picture_loss(), network_loss()])
