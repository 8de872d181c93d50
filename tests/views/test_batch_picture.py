"""The picture of a batch: cells and their numbers, lines and their weights, colours, sizes, and what is written where."""

import re
from pathlib import Path

import pytest

from micrograd import Value, draw, losses, total
from micrograd.engine import topological_order
from micrograd.text.naming import subscripted
from micrograd.views.batches.cards import rows_cards
from micrograd.views.batches.cells import cell_texts
from micrograd.views.batches.drawing import summary
from micrograd.views.batches.finding import batch_of
from micrograd.views.themes import STRONGEST, contrast, mixed, palette
from tests.views.batches import (
    INPUTS,
    TARGETS,
    TITLE,
    Loss,
    cell_text,
    elements,
    line_squares,
    mean,
    mouse_numbers,
    network,
    network_batch,
    sizes_of_type,
    weight_gradients,
)
from tests.views.graphs import texts, tooltips


@pytest.mark.parametrize("rows", [2, 4, 6, 16])
@pytest.mark.parametrize("loss", [losses.half_mean_squared_error, losses.binary_cross_entropy_with_logits])
def test_cells_hold_the_numbers_of_a_real_sweep(rows: int, loss: Loss) -> None:
    whole = network_batch(loss, rows=rows)
    whole.backward()
    numbers = mouse_numbers(draw(whole))
    batch = batch_of(whole)
    assert batch is not None
    for card in rows_cards(batch)[0]:
        name = subscripted(card.name)
        assert [numbers[f"row {row}: {name}"] for row in range(1, rows + 1)] == [node.data for node in card.column]
        assert [numbers[f"row {row}: ∇{name}"] for row in range(1, rows + 1)] == [node.grad for node in card.column]
    assert [numbers[f"row {row}: target"] for row in range(1, rows + 1)] == (TARGETS * rows)[:rows]
    assert [numbers[f"row {row}: loss"] for row in range(1, rows + 1)] == list(batch.losses)


def test_the_gradient_of_a_weight_is_the_sum_over_the_rows() -> None:
    whole = network_batch()
    whole.backward()
    picture = draw(whole)
    found, numbers = weight_gradients(picture), mouse_numbers(picture)
    parameters = {value.label: value.grad for value in topological_order(whole) if "layer" in (value.label or "")}
    assert found == parameters
    for weight in (1, 2, 3):  # d loss / d w = the sum of d loss / d o times h
        shares = [numbers[f"row {row}: ∇o"] * numbers[f"row {row}: h{'₀₁₂₃'[weight]}"] for row in range(1, 5)]
        assert sum(shares) == pytest.approx(found[f"layer2.neuron1.w{weight}"])


def test_a_cell_has_no_zero_before_the_point_and_a_true_minus() -> None:
    whole = network_batch()
    whole.backward()
    picture, numbers = draw(whole), mouse_numbers(draw(whole))
    for row in range(1, 5):
        for name, decimals in (("h₁", 2), ("∇h₁", 3)):
            written = f"{numbers[f'row {row}: {name}']:.{decimals}f}".replace("-", "−").replace("0.", ".", 1)
            assert cell_text(picture, f"row {row}: {name}") == written
    assert {"−", "."} <= set("".join(cell_text(picture, f"row {row}: ∇h₁") for row in range(1, 5)))


def test_the_mean_stands_above_the_losses() -> None:
    whole = mean(line_squares(Value(2.0, label="w"), Value(1.0, label="b")))
    assert "mean 2.417" in texts(draw(whole))  # (1 + 4 + 2.25) / 3
    assert "total 7.25" in texts(draw(total(line_squares(Value(2.0), Value(1.0)))))
    assert "mean 2.417 + 0.5" in texts(draw(whole + 0.5))


def test_before_a_sweep_the_lines_carry_weights() -> None:
    w, b = Value(-0.5, label="w"), Value(1.0, label="b")
    loss = mean(line_squares(w, b))
    assert {"on the lines: the weights", "−.50", "1", "b"} <= set(texts(draw(loss)))
    assert not any("∇" in text for text in texts(draw(loss)))
    loss.backward()
    written = texts(draw(loss))
    assert "on the lines: ∇ of each weight" in written
    assert written.count("∇") == 1  # of the output: the inputs are plain numbers, which have no gradient


def test_up_to_6_rows_are_written_up_to_16_are_colours_and_of_more_three_numbers_stand() -> None:
    for rows, cells in ((6, 6), (7, 7), (16, 16), (17, 3), (60, 3)):
        picture = draw(network_batch(rows=rows))
        of_one_card = [title for title in tooltips(picture) if re.match(r"(row \d+:|min of|median of|max of) h₁", title)]
        assert len(of_one_card) == cells, rows
        assert ("min" in texts(picture)) == (rows > 16)
        strips = 6 < rows <= 16
        assert any("inputs from 0 to 1, values to ±" in text for text in texts(picture)) == strips
        assert bool(cell_text(picture, "row 1: h₁" if rows <= 16 else "min of h₁")) == (not strips)


def test_a_summary_names_the_row_of_the_least_and_of_the_largest() -> None:
    assert summary([3.0, 1.0, 5.0, 4.0], "h") == (
        [1.0, 3.5, 5.0],
        ["min of h = 1.0, in row 2", "median of h = 3.5", "max of h = 5.0, in row 3"],
    )


def test_a_thousand_rows_make_a_picture_no_larger_than_sixty() -> None:
    few, many = (list(elements(draw(network_batch(rows=rows)))) for rows in (60, 1000))
    assert len(few) == len(many) < 300


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_number_on_a_colour_can_be_read(scheme: str) -> None:
    colours = palette(scheme)
    for sign in ("positive", "negative"):
        for step in range(101):
            ground = mixed(colours["card"], colours[sign], STRONGEST * step / 100)
            assert contrast(colours["on-tint"], ground) > 4.5


def test_colour_and_width_of_a_line_tell_sign_and_size() -> None:
    w, b = Value(2.0, label="w"), Value(1.0, label="b")
    loss = mean(line_squares(w, b))
    loss.backward()  # d/dw = 2/3 (1*1 + 2*2 + 1.5*3), d/db = 2/3 (1 + 2 + 1.5)
    lines = [element for element in elements(draw(loss)) if element.get("class") in ("line plus", "line minus", "line zero")]
    assert [line.get("class") for line in lines] == ["line plus", "line plus"]
    widths = [float(line[1].get("stroke-width", "0")) for line in lines]
    assert widths[0] > widths[1]
    assert weight_gradients(draw(loss)) == {"w": pytest.approx(19 / 3), "b": pytest.approx(3.0)}


def test_orange_is_positive_and_purple_negative() -> None:
    w, b = Value(-2.0, label="w"), Value(1.0, label="b")
    loss = mean(line_squares(w, b))
    loss.backward()  # the line falls, so the outputs are too low and both gradients negative
    picture = draw(loss)
    assert [element.get("class") for element in elements(picture) if "line m" in element.get("class", "")] == ["line minus"] * 2
    kinds = {}
    for group in elements(picture):
        title = group.find(TITLE)
        if title is not None and group.get("class") is None:
            kinds[(title.text or "").partition(" = ")[0]] = group[1].get("class")
    assert [kinds[f"row {row}: o"] for row in (1, 2, 3)] == ["cell minus"] * 3  # 1 - 2x
    assert [kinds[f"row {row}: ∇o"] for row in (1, 2, 3)] == ["cell minus"] * 3
    assert [kinds[f"row {row}: loss"] for row in (1, 2, 3)] == ["cell plus"] * 3


def test_all_lines_of_a_card_leave_from_one_point() -> None:
    picture = draw(network_batch())
    starts = re.findall(r'class="stroke" d="(M[\d.,]+)C', picture.pipe("svg", encoding="utf-8"))
    assert len(set(starts)) == 2 + 3 + 1 + 4  # inputs, hidden neurons, the output; and each bias for itself


def test_chips_make_way_where_more_than_six_lines_meet() -> None:
    whole = network_batch(widths=(8, 8, 1))
    chips = [element for element in elements(draw(whole)) if element.get("class") == "chip"]
    assert len(chips) == 8 * 3  # of the first layer: two weights and a bias each
    whole.backward()
    assert len(weight_gradients(draw(whole))) == 8 * 3 + 8 * 9 + 9  # the mouse finds them all


def test_large_has_nothing_that_the_last_row_of_a_room_cannot_read() -> None:
    whole = network_batch()
    whole.backward()
    large, normal = sizes_of_type(draw(whole, size="large")), sizes_of_type(draw(whole))
    assert min(large) >= 20.0
    assert min(normal) >= 10.0
    view = re.search(r'viewBox="0 0 (\d+) (\d+)"', draw(whole, size="large").pipe("svg", encoding="utf-8"))
    assert view is not None
    assert int(view[1]) / 1280 < 1.1  # so that it is shown at its size
    assert int(view[2]) < 720


def test_every_number_has_room_in_every_font() -> None:
    w = Value(-4e-7, label="w")
    whole = 1e-99 * mean([(w * x - y) ** 2 for x, y in [(-0.004, 1e99), (-1e-7, -1e99)]])
    whole.backward()
    longest = [cell_text(draw(whole), f"row {row}: {name}") for row, name in ((1, "x"), (2, "x"), (2, "target"))]
    assert longest == ["−.004", "−1e−7", "−1e99"]  # which are set smaller
    for group in elements(draw(whole)):
        cell = next((part for part in group if "cell" in part.get("class", "")), None)
        number = next((part for part in group if part.get("textLength")), None)
        if cell is not None and number is not None:
            assert float(number.get("textLength", "0")) <= float(cell.get("width", "0")) - 5.0 * 0.54


def test_numbers_of_a_column_are_alike_and_none_that_counts_is_shown_as_0() -> None:
    assert cell_texts([0.0, 0.5, 1.0], 2, 4) == ["0", ".50", "1"]
    assert cell_texts([1.5, -1.25], 2, 4) == ["1.5", "−1.2"]
    assert cell_texts([-123.4, 1e5, 1e-7], 3, 5) == ["−123", "1.0e5", "1e−7"]
    assert cell_texts([-0.004], 2, 4) == ["−.004"]  # it is set smaller
    assert cell_texts([float("nan"), float("-inf"), -0.0], 2, 4) == ["nan", "−inf", "0"]


def test_classes_are_named_by_their_numbers() -> None:
    model = network((4, 3))
    written = texts(draw(losses.cross_entropy([model(row) for row in INPUTS], [0, 1, 2, 0])))
    assert {"o₀", "o₁", "o₂", "class", "loss"} <= set(written)


def test_hostile_labels_are_letters(tmp_path: Path) -> None:
    label = '</title><script>&"\\N\x00\u202e'
    w = Value(2.0, label=label)
    loss = mean([(w * Value(x, label=f"<b>{label}") - y) ** 2 for x, y in [(1.0, 2.0), (2.0, 3.0)]])
    loss.label = label
    loss.backward()
    picture = draw(loss, collapse="batch")
    tags = {element.tag.rpartition("}")[2] for element in elements(picture)}
    assert tags == {"svg", "style", "rect", "g", "path", "title", "text"}
    assert "\x00" not in picture.source
    picture.save(tmp_path / "hostile.png")


def test_drawing_a_batch_leaves_every_gradient_as_it_is() -> None:
    whole = network_batch()
    whole.backward()
    before = [node.grad for node in topological_order(whole)]
    draw(whole)
    assert [node.grad for node in topological_order(whole)] == before


def test_what_is_drawn_is_for_the_reader_to_choose() -> None:
    whole = network_batch()
    assert repr(draw(whole)).startswith("<Picture of a batch of 4 rows, the graph of 80 nodes below out")
    assert repr(draw(whole, collapse="batch")) == repr(draw(whole))
    assert repr(draw(whole, max_nodes=13)) == repr(draw(whole))  # places that each row goes through: 2 + 3 * 3 + 2
    with pytest.warns(UserWarning, match="not shown"):
        assert repr(draw(whole, max_nodes=12)).startswith("<Picture of the graph of")
    for options in ({"collapse": None}, {"collapse": "neuron"}, {"direction": "TB"}, {"show_constants": True}):
        assert repr(draw(whole, **options)).startswith("<Picture of the graph of")


def test_a_batch_goes_from_left_to_right_alone() -> None:
    with pytest.raises(ValueError, match=r"a batch is drawn from left to right, got direction='TB'; leave it out"):
        draw(network_batch(), collapse="batch", direction="TB")
    with pytest.raises(ValueError, match="max_nodes needs to be a whole number from 1 upwards, got 0"):
        draw(network_batch(), max_nodes=0)
    with pytest.raises(ValueError, match=r'collapse="batch" needs a mean or total over rows .* and here it adds nothing up'):
        draw(Value(2.0).exp(), collapse="batch")


def test_a_leaf_that_has_moved_since_is_told_of() -> None:
    whole = network_batch()
    next(value for value in topological_order(whole) if value.label == "layer1.neuron1.w1").data = 5.0
    with pytest.warns(UserWarning, match="compute the output again"):
        draw(whole)


@pytest.mark.parametrize("rows", [4, 16, 60])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_graphviz_draws_the_same_cards(rows: int, theme: str, tmp_path: Path) -> None:
    whole = network_batch(rows=rows)
    whole.backward()
    picture = draw(whole, theme=theme)
    assert picture.source.count("ROWSPAN") == 7  # a tile on each card
    assert palette(theme)["card"] in picture.source
    assert picture.save(tmp_path / "batch.png").stat().st_size > 1000
