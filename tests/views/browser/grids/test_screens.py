"""The page on screens of every size, light and dark, with other colours, without scripts, with hostile names."""

import pytest

from micrograd.views.grids.finding import found_grids
from micrograd.views.grids.page import page
from micrograd.views.grids.payload import payload_of
from tests.conftest import TWO_FRAMES
from tests.views.browser.grids.networks import pictures, recurrent
from tests.views.browser.page import OpenPlayer
from tests.views.browser.test_hostile_company import HOSTILE
from tests.views.browser.test_screens import contrast

# What overlaps or is cut: numbers and words of one picture, and what sticks out of its picture or of the window.
LOOK = """() => {
    const faults = [];
    const boxOf = (element) => element.getBoundingClientRect();
    const texts = [...document.querySelectorAll(".stage svg text, .panel svg text")].filter((text) => text.textContent);
    const boxes = texts.map(boxOf);
    texts.forEach((text, k) => {
        const { left, right, bottom } = boxes[k], picture = boxOf(text.ownerSVGElement);
        const isCut = left < picture.left - 1 || right > picture.right + 1 || bottom > picture.bottom + 1;
        if (isCut) faults.push(`cut: ${text.textContent}`);
        boxes.slice(k + 1).forEach((other, more) => {
            if (texts[k + 1 + more].ownerSVGElement !== text.ownerSVGElement) return;
            const wide = Math.min(right, other.right) - Math.max(left, other.left);
            const high = Math.min(bottom, other.bottom) - Math.max(boxes[k].top, other.top);
            if (wide > 1.5 && high > 5) faults.push(`${text.textContent} over ${texts[k + 1 + more].textContent}`);
        });
    });
    const cards = [...document.querySelectorAll(".stage .face")].map(boxOf);
    cards.forEach((one, k) => cards.slice(k + 1).forEach((other) => {
        const before = (a, b) => a.right <= b.left + 1 || a.bottom <= b.top + 1;
        if (!before(one, other) && !before(other, one)) faults.push(`a card over another at ${other.left}, ${other.top}`);
    }));
    for (const element of document.querySelectorAll("header button, .panel figure, .scales > *")) {
        const { left, right } = boxOf(element);
        if (left < -0.5 || right > innerWidth + 0.5) faults.push(`out of the window: ${element.textContent}`);
    }
    const isWider = document.documentElement.scrollWidth > innerWidth || scene.scrollWidth > scene.clientWidth;
    if (isWider) faults.push("wider than the window");
    return faults;
}"""


@pytest.mark.parametrize("name", ["pictures", "LSTM"])
def test_nothing_overlaps_and_nothing_is_cut(name: str, open_page: OpenPlayer) -> None:
    opened = open_page(pictures().html if name == "pictures" else recurrent(name))
    for width, height in ((480, 850), (1000, 800), (1280, 800)):
        opened.set_viewport_size({"width": width, "height": height})
        opened.evaluate(TWO_FRAMES)
        for level in range(3):
            for gradients in ("false", "true"):
                opened.evaluate(f"Object.assign(now, {{ level: {level}, gradients: {gradients} }}), paint()")
                assert opened.evaluate(LOOK) == [], (width, level, gradients)


def test_on_a_phone_a_line_leads_from_the_cell_to_what_it_is_made_of(open_page: OpenPlayer) -> None:
    opened = open_page(pictures().html, width=480, height=850, has_touch=True)
    assert opened.evaluate("find('.panel h2').getBoundingClientRect().top > innerHeight")
    opened.locator("[data-cell='1,17']").tap()
    assert opened.evaluate("[now.stage, now.channel, now.place]") == [1, 1, 1]
    assert opened.inner_text(".below").startswith("map 2, row 1, column 2: ")
    opened.locator(".below").tap()
    assert opened.evaluate("find('.panel p').getBoundingClientRect().bottom <= innerHeight")


NUMBERS_ON_CELLS = """[...document.querySelectorAll(".cell + text, .cell + .mark + text")].map((text) => {
    const before = text.previousElementSibling;
    const cell = before.matches(".cell") ? before : before.previousElementSibling;
    return [getComputedStyle(text).fill, getComputedStyle(cell).fill];
})"""


def test_every_number_and_every_word_is_readable(open_page: OpenPlayer) -> None:
    """WCAG 2.2, AA: 4.5 to 1 for text."""
    opened = open_page(pictures().html)
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)
        opened.evaluate(TWO_FRAMES)
        for gradients in ("false", "true"):
            opened.evaluate(f"Object.assign(now, {{ level: 1, gradients: {gradients} }}), paint()")
            pairs = opened.evaluate(NUMBERS_ON_CELLS)
            assert len(pairs) > 50
            assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
        paper, panel = (opened.evaluate(f"getComputedStyle(find('{name}')).backgroundColor") for name in ("body", ".panel"))
        for selector, behind in ((".scales", paper), ("nav button.deeper", paper), (".panel p", panel), (".panel .small", panel)):
            colour = opened.evaluate("selector => getComputedStyle(document.querySelector(selector)).color", selector)
            assert contrast(colour, behind) >= 4.5, selector
    opened.emulate_media(forced_colors="active")  # the system's colours are the page's, but cells keep theirs
    assert opened.evaluate("getComputedStyle(find('.stage')).forcedColorAdjust") == "none"
    assert len({fill for _, fill in opened.evaluate(NUMBERS_ON_CELLS)}) > 10


def test_hostile_names_are_shown_as_letters(open_page: OpenPlayer) -> None:
    grids = found_grids(pictures().loss, None)
    payload = payload_of([grids] * len(HOSTILE), "", HOSTILE)
    for stage, name in zip(payload["stages"], HOSTILE, strict=False):
        stage["name"] = name
        stage["cells"] = HOSTILE * 2
    payload["loss"] = {"name": HOSTILE[0], "text": HOSTILE[1]}
    for example in payload["examples"]:
        example["probabilities"] = None
    opened = open_page(page(payload, HOSTILE[0]), width=480)
    for level in range(3):
        opened.evaluate(f"stages.forEach((_, stage) => {{ Object.assign(now, {{ level: {level}, stage }}); paint(); }})")
    assert opened.evaluate("window.hurt") is None
    assert opened.evaluate("document.querySelectorAll('img, [onerror], [onload]').length") == 0
    assert opened.inner_text("h1") == HOSTILE[0]
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_drawing_stays(open_page: OpenPlayer) -> None:
    written = page(payload_of([found_grids(pictures().loss, None)], "", ["one"]), "", still='<svg class="drawn"></svg>')
    opened = open_page(written, java_script_enabled=False)
    assert opened.locator(".drawn").count() == 1
    assert opened.locator(".off").inner_text().startswith("Scripts are off")
