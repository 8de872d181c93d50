"""Ways through the page: keys, clicks, examples, levels; what a reader of the screen hears; light and dark."""

import pytest

from tests.conftest import TWO_FRAMES
from tests.views.browser.grids.networks import Page, look_at, pictures, recurrent, shown
from tests.views.browser.page import OpenPlayer


def at(opened: Page) -> list[int]:
    return list(opened.evaluate("[now.level, now.stage, now.channel, now.place]"))


def click_cell(opened: Page, stage: int, cell: int) -> None:
    opened.click(f"[data-cell='{stage},{cell}']")


def test_keys_move_the_window_and_change_the_level(open_page: OpenPlayer) -> None:
    opened = open_page(pictures().html)
    numbers = opened.evaluate("examples[0].stages[1].beforeGradients")
    largest = max(range(len(numbers)), key=lambda cell: abs(numbers[cell]))
    assert at(opened) == [0, 1, *divmod(largest, 16)]  # the first look is at the cell about which the loss cares most
    assert [opened.evaluate("now.output"), opened.locator(".note.true").all_text_contents()] == [1, ["true"]]
    look_at(opened, 1, 0, 0)
    pressed = {
        "ArrowLeft": [0, 1, 0, 0], "ArrowRight": [0, 1, 0, 1], "ArrowDown": [0, 1, 0, 5], "]": [0, 1, 1, 5],
        "Enter": [1, 1, 1, 5], "ArrowUp": [1, 1, 1, 1], "[": [1, 1, 0, 1], ".": [1, 2, 0, 1], ",": [1, 1, 0, 1],
    }  # fmt: skip
    for key, expected in pressed.items():
        opened.keyboard.press(key)
        assert at(opened) == expected, key
    opened.keyboard.press("Enter")
    opened.keyboard.press("Enter")
    assert at(opened)[0] == 2
    assert opened.inner_text("nav [aria-current]") == "cell 1,2: scalars"
    opened.keyboard.press("g")
    assert [opened.get_attribute(name, "aria-pressed") for name in (".values", ".gradients")] == ["false", "true"]
    opened.keyboard.press("v")
    assert opened.get_attribute(".values", "aria-pressed") == "true"
    opened.keyboard.press("Escape")
    opened.click("nav button >> nth=0")
    assert at(opened) == [0, 1, 0, 1]


def test_clicks_choose_a_cell_go_closer_and_put_the_window_on_a_pixel(open_page: OpenPlayer) -> None:
    opened = open_page(pictures().html)
    click_cell(opened, 1, 16 + 3)
    assert at(opened) == [0, 1, 1, 3]
    click_cell(opened, 1, 16 + 3)
    assert at(opened) == [1, 1, 1, 3]
    click_cell(opened, 0, 24)  # the last pixel is in the last window alone
    assert at(opened) == [1, 1, 1, 15]
    click_cell(opened, 1, 16 + 15)
    assert at(opened) == [2, 1, 1, 15]
    cards = opened.locator(".stage .card .data").all_text_contents()
    assert len(cards) == 2 * 4 + 5  # four products; the sum, the bias, z, ReLU, and the mean that reads the cell
    opened.keyboard.press("Escape")
    opened.keyboard.press("Escape")
    click_cell(opened, 3, 2)
    assert opened.evaluate("now.output") == 2
    assert opened.locator(".card.chosen").count() == 2  # this output and the loss
    opened.click(".stage .bed[data-card='1,0']", position={"x": 2, "y": 9})
    assert at(opened)[:3] == [1, 1, 0]


def test_what_is_read_and_what_is_written_is_framed_and_among_gradients_the_other_way_round(open_page: OpenPlayer) -> None:
    opened = open_page(pictures().html)
    look_at(opened, 1, 1, 6)  # the window at row 2, column 3
    window = [opened.locator(f"[data-cell='0,{cell}']").bounding_box() for cell in (7, 13)]
    for key, read, written in (("v", "read", "written"), ("g", "written", "read")):
        opened.keyboard.press(key)
        frames = [frame.bounding_box() for frame in opened.locator(f".stage .frame.{read}:not(.own)").all()]
        assert len(frames) == 2  # of the window and of the filter
        around, *_ = frames
        assert around["x"] < window[0]["x"] < around["x"] + 4
        assert around["y"] < window[0]["y"] < around["y"] + 4
        assert around["width"] == pytest.approx(window[1]["x"] + window[1]["width"] - window[0]["x"], abs=6)
        own = opened.locator(f".stage .frame.own.{written}").bounding_box()
        cell = opened.locator("[data-cell='1,22']").bounding_box()
        assert own["x"] < cell["x"] < own["x"] + 4


def test_another_example_keeps_the_cell_and_another_theme_everything(open_page: OpenPlayer) -> None:
    opened = open_page(pictures().html, color_scheme="dark")
    look_at(opened, 1, 1, 6, level=1, gradients=True)
    spoken = opened.inner_text(".spoken")
    assert spoken.startswith("map 2, row 2, column 3: ")
    opened.click(".examples button >> nth=1")
    assert opened.get_attribute(".examples button >> nth=1", "aria-pressed") == "true"
    assert [*at(opened), opened.evaluate("now.output")] == [1, 1, 1, 6, 2]  # with the output that this one should give
    assert opened.inner_text(".spoken") != spoken
    opened.click(".examples button >> nth=0")
    fill = opened.get_attribute("[data-cell='0,0']", "fill")
    opened.click(".theme")
    opened.evaluate(TWO_FRAMES)
    assert opened.get_attribute("[data-cell='0,0']", "fill") != fill
    assert [*at(opened), opened.evaluate("now.gradients")] == [1, 1, 1, 6, True]
    assert opened.inner_text(".spoken") == spoken


def test_every_control_has_a_name(open_page: OpenPlayer) -> None:
    opened = open_page(pictures().html)
    tree = opened.locator("body").aria_snapshot()
    for name in ("one", "two", "values", "∇ gradients", "light or dark", "colours and keys"):
        assert f'button "{name}"' in tree
    assert 'application "the network; arrow keys move the window"' in tree
    opened.keyboard.press("?")
    assert opened.locator(".legend").is_visible()
    opened.keyboard.press("Escape")
    assert not opened.locator(".legend").is_visible()
    for _ in range(12):
        opened.keyboard.press("Tab")
        if opened.evaluate("document.activeElement === scene"):
            break
    assert opened.evaluate("getComputedStyle(scene).outlineStyle") == "solid"


def test_a_recurrent_cell_reads_its_own_state_of_the_step_before(open_page: OpenPlayer) -> None:
    opened = open_page(recurrent("RNN"))
    look_at(opened, 1, 2, 3)
    reads = [(read["stage"], read["cell"]) for read in opened.evaluate("windowOf(now)")]
    assert reads == [(0, 5 * feature + 3) for feature in range(3)] + [(1, 5 * unit + 2) for unit in range(4)]
    values = opened.evaluate("examples[0].stages[1].values")
    assert opened.evaluate("termsOf(now).value") == values[5 * 2 + 3]
    look_at(opened, 1, 2, 0)  # before the first step the state is 0
    assert opened.evaluate("windowOf(now).slice(3)") == [None] * 4
    assert opened.evaluate("termsOf(now).read.slice(3)") == [0.0] * 4
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowRight")
    assert at(opened) == [0, 1, 3, 1]
    assert opened.inner_text("nav button >> nth=1").endswith("unit 4")


def test_the_state_of_an_lstm_is_told_as_its_formula(open_page: OpenPlayer) -> None:
    opened = open_page(recurrent("LSTM"))
    c = opened.evaluate("stages.findIndex(({ name }) => name === 'c')")
    look_at(opened, c, 1, 2)
    numbers = opened.evaluate("windowOf(now).map((read) => numberOf(read, 'values'))")
    assert len(numbers) == 4
    assert numbers[0] * numbers[1] + numbers[2] * numbers[3] == opened.evaluate(f"examples[0].stages[{c}].values[7]")
    text = opened.inner_text(".panel p.told")
    assert text.startswith("c₂₃ = forget₂₃ × c₂₂ + input₂₃ × candidate₂₃ = ")
    assert all(shown(number).strip("−") in text for number in numbers)
    assert opened.evaluate("new Set([1, 2, 3, 4, 5, 6].map((stage) => stageScale(stage))).size") == 1  # a cell has one scale
