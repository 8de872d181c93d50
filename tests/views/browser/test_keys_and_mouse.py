"""The player's keys, buttons, map and legend."""

import pytest

from micrograd import explore
from tests.views.browser.page import OpenPlayer, count, formula, go, position
from tests.views.graphs import network_loss, product_and_sum


def test_keys_step_and_jump(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    last = count(page)
    page.keyboard.press("ArrowRight")
    assert position(page) == 1
    page.keyboard.press("ArrowLeft")
    assert position(page) == 0
    page.keyboard.press("End")
    assert position(page) == last
    page.keyboard.press("Home")
    assert position(page) == 0
    page.focus(".track input")
    page.keyboard.press("ArrowRight")
    assert position(page) == 1  # one step, not two
    page.focus(".stage")
    page.keyboard.press("Control+ArrowRight")
    assert position(page) == 1  # the browser's own keys stay its own


def test_shift_goes_a_whole_node_on(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    positions = [0]
    while positions[-1] < count(page):
        page.keyboard.press("Shift+ArrowRight")
        positions.append(position(page))
    # Three nodes forward, the seed, then two contributions from each of f, v2 and v1, and the end.
    assert positions == [0, 1, 2, 3, 4, 6, 8, 10, 11]
    backwards = [positions[-1]]
    while backwards[-1] > 0:
        page.keyboard.press("Shift+ArrowLeft")
        backwards.append(position(page))
    assert backwards == positions[::-1]


def test_space_plays_on_the_stage_and_presses_a_button_that_has_the_focus(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    page.focus(".next")
    page.keyboard.press("Space")
    assert position(page) == 1
    assert page.get_attribute(".play", "aria-label") == "play"
    page.focus(".stage")
    page.keyboard.press("Space")
    assert page.get_attribute(".play", "aria-label") == "pause"
    page.keyboard.press("Space")
    assert page.get_attribute(".play", "aria-label") == "play"


def test_buttons_step_and_the_ends_are_off(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    assert page.is_disabled(".first")
    assert page.is_disabled(".previous")
    page.click(".next")
    assert position(page) == 1
    page.click(".last")
    assert position(page) == count(page)
    assert page.is_disabled(".next")
    assert page.is_disabled(".last")
    page.click(".previous")
    page.click(".first")
    assert position(page) == 0
    assert page.inner_text(".phase") == "start"


def test_playing_ends_at_the_end(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    page.select_option(".speed", "5")
    go(page, count(page) - 3)
    page.click(".play")
    page.wait_for_selector(".last:disabled", timeout=5000)
    assert page.evaluate("timer") == 0
    assert page.get_attribute(".play", "aria-label") == "play"


def test_a_click_on_a_card_shows_the_whole_sum_of_its_gradient(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    page.keyboard.press("End")
    page.click(".card >> nth=0")
    assert formula(page) == "a = −2.0"
    assert page.inner_text(".reason div:first-child") == "df/da = df/dv₂ × 1 + df/dv₁ × 3 = (−6) + 3 = −3.0"
    page.keyboard.press("Escape")
    assert formula(page).startswith("Done")


def test_zoom_makes_it_larger_and_fit_shows_the_whole(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()))
    width = page.evaluate("picture.getBoundingClientRect().width")
    page.keyboard.press("+")
    assert page.evaluate("picture.getBoundingClientRect().width") == pytest.approx(1.25 * width, rel=0.01)
    page.keyboard.press("0")
    page.keyboard.press("0")
    assert page.evaluate("picture.getBoundingClientRect().width <= stage.clientWidth + 1")
    assert page.evaluate("picture.getBoundingClientRect().height <= stage.clientHeight + 1")


def test_the_mouse_pulls_the_picture_and_the_map_moves_it(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()), width=700, height=600)
    page.mouse.move(300, 60)  # where no number is taken hold of
    page.mouse.down()
    page.mouse.move(200, 60, steps=4)
    page.mouse.up()
    assert page.evaluate("stage.scrollLeft") == pytest.approx(100, abs=2)
    box = page.locator(".map").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    assert page.evaluate("stage.scrollLeft + stage.clientWidth >= stage.scrollWidth - 2")


def test_the_legend_opens_by_button_or_key_and_lists_every_key(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    legend = page.locator(".legend")
    assert not legend.is_visible()
    page.click("button[aria-label='colours and keys']")
    assert legend.is_visible()
    page.keyboard.press("ArrowRight")
    assert position(page) == 1  # the legend may stay open beside the steps
    page.keyboard.press("Escape")
    assert not legend.is_visible()
    page.keyboard.press("?")
    shown = {key.text_content() for key in page.locator("kbd").all()} | {"?", "="}  # = is + without Shift
    names = {"ArrowRight": "→", "ArrowLeft": "←", " ": "Space", "-": "−", "Escape": "Esc"}
    of_a_number = {"↑", "↓", "Enter"}
    assert {names.get(key, key) for key in page.evaluate("Object.keys(keys)")} == shown - {"Shift"} - of_a_number


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_legend_has_the_colours_of_the_picture(scheme: str, open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()), color_scheme=scheme)
    go(page, count(page) - 1)
    page.keyboard.press("?")

    def colour(selector: str, kind: str) -> str:
        return str(page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).{kind}"))

    for role in ("read", "written"):
        assert colour(f".sample.{role}", "borderColor") == colour(f".card.{role} .face", "stroke")
        assert colour(f".sample.{role}", "color") == colour(f".card.{role} .number", "fill")
    assert colour(".legend .role.local", "backgroundColor") == colour(".chip.active rect", "fill")
