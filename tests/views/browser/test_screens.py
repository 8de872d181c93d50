"""The player on small and dark screens, with other colours, without motion, without scripts."""

import re

import pytest

from micrograd import explore
from tests.views.browser.page import OpenPlayer, count, go
from tests.views.graphs import network_loss, product_and_sum


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (480, 800)])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_at_every_step_what_is_written_is_in_view(width: int, height: int, direction: str, open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss(), direction=direction), width=width, height=height)
    outside = page.evaluate(
        """() => steps.map((_, k) => { goTo(k + 1, true);
            const card = document.querySelector(".card.written"); if (!card) return false;
            const box = card.getBoundingClientRect(), view = stage.getBoundingClientRect();
            const inside = box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
            return inside ? false : k + 1;
        }).filter((k) => k !== false)"""
    )
    assert outside == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 460), (480, 800)])
def test_the_legend_is_seen_whole(width: int, height: int, open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()), width=width, height=height)
    page.keyboard.press("?")
    assert page.evaluate("legend.scrollWidth <= legend.clientWidth && legend.scrollHeight <= legend.clientHeight")
    assert page.evaluate("legend.getBoundingClientRect().left >= 0 && legend.getBoundingClientRect().bottom <= innerHeight")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 460), (480, 800)])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_the_map_stands_beside_the_words(width: int, height: int, direction: str, open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss([3, 2, 1]), direction=direction), width=width, height=height)
    panel, stage, chart = (f"document.querySelector('{name}').getBoundingClientRect()" for name in (".panel", ".stage", ".map"))
    for share in (0.0, 0.3, 0.7, 1.0):
        go(page, round(share * count(page)))
        assert page.locator(".map").is_visible()
        assert page.evaluate(f"{chart}.top > {stage}.bottom && {chart}.right < {panel}.right && {chart}.bottom < {panel}.bottom")


def test_there_is_no_map_where_the_whole_graph_is_in_view(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()))
    assert page.locator(".map").is_visible()
    page.keyboard.press("0")
    assert not page.locator(".map").is_visible()
    assert not open_page(explore(product_and_sum())).locator(".map").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_480_pixels_everything_is_on_the_page_and_readable(scheme: str, open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()), width=480, height=800, color_scheme=scheme)
    for share in (0.0, 0.3, 0.7, 1.0):
        go(page, round(share * count(page)))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("[...document.querySelectorAll('button, select, input')].every((element) => "
                             "element.getBoundingClientRect().right <= innerWidth)")  # fmt: skip
        size = page.evaluate("parseFloat(getComputedStyle(picture.querySelector('.data')).fontSize) * scale")
        assert size >= 9.0


PAIRS = [
    (".formula", ".panel", 4.5), (".reason", ".panel", 4.5), (".role.read", ".panel", 4.5), (".role.written", ".panel", 4.5),
    (".role.local", ".role.local", 4.5), ("h1", ".player", 4.5), (".phase", ".player", 4.5), (".count", ".player", 4.5),
    (".legend dt", ".legend", 4.5), (".legend dd", ".legend", 4.5), (".sample.read", ".sample.read", 4.5),
    (".sample.written", ".sample.written", 4.5), (".sample.partial", ".sample.partial", 4.5),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_accessibility_asks_for(scheme: str, open_page: OpenPlayer) -> None:
    """WCAG 2.2, AA: 4.5 to 1 for text."""
    page = open_page(explore(product_and_sum()), color_scheme=scheme)
    go(page, count(page) - 1)
    for text, behind, least in PAIRS:
        colours = page.evaluate(
            "([text, behind]) => [getComputedStyle(document.querySelector(text)).color,"
            " getComputedStyle(document.querySelector(behind)).backgroundColor]",
            [text, behind],
        )
        assert contrast(*colours) >= least, (text, colours)


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted([luminance(one), luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_with_the_colours_of_the_system_what_is_written_still_stands_out(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()), forced_colors="active")
    go(page, count(page) - 1)
    stroke = "selector => getComputedStyle(document.querySelector(selector)).stroke"
    other = ".card:not(.active) .face"
    assert page.evaluate(stroke, ".card.written .face") != page.evaluate(stroke, other)


def test_nothing_moves_for_a_reader_who_asked_for_stillness(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    go(page, count(page) - 1)
    assert page.evaluate("getComputedStyle(document.querySelector('.line.active .stroke')).animationName") == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("getComputedStyle(document.querySelector('.line.active .stroke')).animationName") == "flow"


def test_the_page_follows_the_scheme_and_the_button_overrides_it(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()), color_scheme="dark")
    background = "getComputedStyle(player).backgroundColor"
    assert page.evaluate(background) == "rgb(14, 19, 24)"
    page.click(".theme")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.click(".theme")
    assert page.evaluate(background) == "rgb(14, 19, 24)"


def test_without_scripts_the_picture_stays_with_its_final_gradients(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()), java_script_enabled=False)
    assert [element.text_content() for element in page.locator(".gradient").all()] == ["−3", "−8", "1", "−6", "1"]
    assert page.locator(".gradient").first.is_visible()
    assert page.locator("noscript").inner_text().startswith("Scripts are off")
