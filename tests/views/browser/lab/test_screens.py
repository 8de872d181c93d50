"""The laboratory on screens of every size, light and dark, with other colours; hostile names."""

from collections.abc import Callable
from typing import Any

import pytest

from micrograd import Value, nn, optim
from micrograd.views.laboratory.page import Lab, lab
from tests.views.browser.lab.rows_of_data import OpenPage, exclusive_or, moons, three_classes, wave
from tests.views.browser.lab.units import eights, folded, settled, until, with_starts
from tests.views.browser.test_hostile_company import HOSTILE
from tests.views.browser.test_screens import contrast

LABS: list[Callable[[], Lab]] = [
    eights, lambda: exclusive_or().page, lambda: three_classes().page, lambda: three_classes(4).page, lambda: wave().page, folded,
]  # fmt: skip
SIZES = [(480, 800), (640, 800), (800, 700), (900, 760), (1024, 768), (1280, 800), (1920, 1080)]

# What overlaps: parts of the page, controls of the bar, units; and what sticks out of its part or is cut off.
LOOK = """() => {
    const boxOf = (element) => element.getBoundingClientRect();
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((element) => boxOf(element).width > 0);
    const before = (a, b) => a.right <= b.left + 0.6 || a.bottom <= b.top + 0.6;
    const name = (element) => `${element.tagName}.${element.getAttribute("class")}`;
    const faults = [];
    const groups = [
        ".run, .tools > *:not(.heading), .network, .words, .side, .code", ".run > *, .tools > *", ".unit", ".say, .what",
        ".inside > *, .formula, .reason", ".what-head, .plot, .next-step", ".column",
    ];
    for (const group of groups) {
        const all = seen(group).filter((element) => getComputedStyle(element).display !== "contents");
        const over = (one, other) => !before(boxOf(one), boxOf(other)) && !before(boxOf(other), boxOf(one));
        all.forEach((one, k) => all.slice(k + 1).forEach((other) => {
            if (over(one, other)) faults.push(`${name(one)} over ${name(other)}`);
        }));
    }
    for (const element of seen("button, select, input, .unit, .chip rect, .what-number, .next-step b, .epoch")) {
        const { left, right } = boxOf(element);
        if (left < -0.5 || right > innerWidth + 0.5) faults.push(`${name(element)} out of the page`);
    }
    const around = boxOf(document.querySelector(".network"));
    for (const element of seen(".unit, .chip rect")) {
        const { top, bottom } = boxOf(element);
        if (top < around.top || bottom > around.bottom) faults.push(`${name(element)} out of the network`);
    }
    for (const element of seen(".unit .data, .unit .gradient")) {
        if (element.scrollWidth > element.clientWidth + 1) faults.push(`cut: ${element.textContent}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is wider than the window");
    return faults;
}"""


@pytest.mark.parametrize("number", range(len(LABS)))
def test_nothing_overlaps_and_nothing_is_wider_than_the_window(number: int, open_page: OpenPage) -> None:
    page = open_page(LABS[number](), color_scheme="dark" if number % 2 else "light")
    page.evaluate("goToEpoch(3)")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        for state in ("leaveChosen()", "chooseUnit(3)", "goInside(lab.cards.length + 1)", "goInside(1e6)"):
            page.evaluate(state)
            settled(page)
            assert page.evaluate(LOOK) == [], (width, state)


def test_the_page_is_as_high_as_the_window_and_nothing_jumps_while_it_plays(open_page: OpenPage) -> None:
    tops = """[".network", ".words", ".side", ".what", ".plot"].map((part) => find(part).getBoundingClientRect())
        .map(({ left, top, width, height }) => [left, top, width, height])"""
    for width, height in ((900, 760), (1280, 800)):
        page = open_page(moons().page, width=width, height=height)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        before = page.evaluate(tops)
        page.evaluate("setPlaying(true)")
        until(page, "training.epoch > 20")
        assert page.evaluate(tops) == before
        page.evaluate("setPlaying(false), chooseUnit(3)")
        assert page.evaluate(tops) == before


def test_on_a_phone_the_bar_stays_above(open_page: OpenPage) -> None:
    page = open_page(moons().page, width=480, height=800)
    parts = [".run", ".plane", ".film", ".network", ".say", ".what"]
    order = page.evaluate("parts => parts.map((part) => find(part).getBoundingClientRect().top)", parts)
    assert order == sorted(order)
    page.evaluate("scrollTo(0, 700)")
    assert page.evaluate("find('.run').getBoundingClientRect().top") == 0
    assert page.evaluate("document.elementFromPoint(30, 30).closest('.play') !== null")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 700), (480, 800)])
def test_what_opens_is_seen_whole(width: int, height: int, open_page: OpenPage) -> None:
    page = open_page(with_starts(), width=width, height=height)
    for button, card in (("[popovertarget=legend]", ".legend"), (".tune", ".tuning")):
        page.click(button)
        sides = "card => { const { left, right, top } = find(card).getBoundingClientRect(); return [left, right, top]; }"
        box = page.evaluate(sides, card)
        assert box[0] >= 0
        assert box[1] <= width
        assert box[2] >= 0
        assert page.evaluate("card => find(card).scrollWidth <= find(card).clientWidth", card)
        page.keyboard.press("Escape")


PAIRS = [
    ("h1", ".lab"), (".subtitle", ".lab"), (".epoch span", ".lab"), (".dial label", ".lab"), (".dial .scrub", ".lab"),
    (".column", ".lab"), (".unit .data", ".unit"), (".formula", ".words"), (".reason", ".words"),
    (".reason .role.read", ".words"), (".reason .role.written", ".words"), (".reason .role.scrub", ".words"),
    (".role.local", ".role.local"), (".next-step", ".words"), (".next-step b", ".words"), (".what-number", ".words"),
    (".phase", ".words"), ("summary", ".lab"), (".legend dd", ".legend"), (".sample.hand", ".legend"),
    (".sample.gradient", ".sample.gradient"), (".sample.gradient.minus", ".sample.gradient.minus"),
    (".role.plus", ".words"), (".role.minus", ".words"),
]  # fmt: skip

COLOURS = """pairs => pairs.map(([text, behind]) => {
    const at = (selector) => document.querySelector(selector);
    let ground = behind === ".lab" ? document.body : at(behind);
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = getComputedStyle(ground).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return [text, getComputedStyle(at(text)).color, `rgb(${[...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)})`];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_accessibility_asks_for(scheme: str, open_page: OpenPage) -> None:
    """WCAG 2.2, AA: 4.5 to 1 for text."""
    page = open_page(exclusive_or().page, color_scheme=scheme)
    page.evaluate("goInside(7)")
    phase = page.evaluate(COLOURS, [pair for pair in PAIRS if pair[0] in (".phase", ".role.local", ".unit .data")])
    page.evaluate("leaveInside(), chooseUnit(3)")
    settled(page)
    unit = page.evaluate(COLOURS, [pair for pair in PAIRS if not pair[0].startswith((".role.p", ".role.m"))])
    page.evaluate("chooseUnit(3)")
    settled(page)
    signs = page.evaluate(COLOURS, [pair for pair in PAIRS if pair[0].startswith((".role.p", ".role.m"))])
    for text, *colours in [*phase, *unit, *signs]:
        assert contrast(*colours) >= 4.5, (text, colours)


NUMBERS_ON_COLOURS = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    const paint = (...layers) => {
        for (const colour of layers) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return `rgb(${[...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)})`;
    };
    const gradients = units.map(({ element, slope }) => {
        const [card, cell] = [getComputedStyle(element), getComputedStyle(slope)];
        return [cell.color, paint(card.backgroundColor, cell.backgroundColor)];
    });
    const chips = [...document.querySelectorAll(".chip")].map(({ firstChild: box, lastChild: text }) =>
        [getComputedStyle(text).fill, getComputedStyle(box).fill]);
    return [...gradients, ...chips];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_gradients_and_the_numbers_in_the_hand_are_readable_at_full_strength(scheme: str, open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page, color_scheme=scheme)
    page.evaluate("() => { for (const { slope } of units) { slope.style.setProperty('--tint', 1); } hold(0); }")
    settled(page)
    pairs = page.evaluate(NUMBERS_ON_COLOURS)
    assert len(pairs) == 7 + 9
    for text, behind in pairs:
        assert contrast(text, behind) >= 4.5, (text, behind)


def test_the_button_exchanges_light_and_dark_and_the_pictures_follow(open_page: OpenPage) -> None:
    page = open_page(moons().page, color_scheme="dark")
    pixels = """[...unitCanvases.values()].map((canvas) =>
        canvas.getContext("2d").getImageData(0, 0, canvas.width, 1).data.join())"""
    before = page.evaluate(pixels)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 19, 24)"
    page.click(".theme")
    until(page, "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)' && !brightInk()")
    assert all(now != then for now, then in zip(page.evaluate(pixels), before, strict=True))


def test_the_colours_of_the_system_and_stillness(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page, forced_colors="active")
    page.evaluate("goInside(1)")
    outline = "selector => getComputedStyle(document.querySelector(selector)).outlineStyle"
    assert page.evaluate(outline, ".unit.writes") == "solid"
    assert page.evaluate(outline, ".unit.reads") == "dashed"
    animation = "getComputedStyle(document.querySelector('.weight.flow .stroke')).animationName"
    assert page.evaluate(animation) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(animation) == "flow"


class Named(nn.Module):
    """A model whose parameters and layers have hostile names."""

    def __init__(self, names: list[str]) -> None:
        self.first, *self.rest = [Value(0.5 + k / 10, label=name) for k, name in enumerate(names)]

    def __call__(self, x: Any) -> Value:
        return sum((weight * x[k % 2] for k, weight in enumerate(self.rest)), self.first * x[0]).tanh()


def squares(outputs: Any, targets: Any) -> Value:
    return sum(((output - target) ** 2 for output, target in zip(outputs, targets, strict=True)), Value(0.0)) / len(outputs)


@pytest.mark.parametrize("width", [480, 1280])
def test_hostile_names_are_shown_as_letters_everywhere(width: int, open_page: OpenPage) -> None:
    model = Named(HOSTILE)
    squares.__name__ = HOSTILE[0]
    made = lab(model, squares, ([[0.1, 0.2], [0.3, 0.4]], [0.0, 1.0]), optim.SGD(model.parameters(), 0.1), title=HOSTILE[0])
    page = open_page(made, width=width)
    page.evaluate("lab.parameters.forEach((_, k) => hold(k)), lab.cards.forEach((_, k) => chooseUnit(k))")
    page.evaluate("insideSteps.forEach((_, k) => goInside(k)), leaveInside(), oneEpoch()")
    page.click("summary")
    settled(page)
    assert page.evaluate("window.hurt") is None
    assert page.evaluate("document.querySelectorAll('img, [onerror], [onload], .bench svg + b').length") == 0
    assert page.inner_text("h1") == HOSTILE[0]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ends = {".".join(name.split(".")[-2:]) for name in page.evaluate("lab.parameters")}
    assert ends == set(page.locator(".parameter option").all_text_contents())


def test_the_code_that_runs_is_there_to_be_read(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.click("summary")
    page.wait_for_selector(".codes pre")
    code = page.locator(".codes pre").all_text_contents()
    assert "optim" in code[0] or "SGD" in code[0]
    assert code[1].startswith("function update(")
    assert code[2].startswith("function gradient(")


def test_without_scripts_the_page_says_so(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page.html.replace("application/gzip", "text/plain"), java_script_enabled=False)
    assert page.locator("noscript").inner_text().startswith("Scripts are off")


def test_several_laboratories_in_a_notebook_do_not_disturb_each_other(open_page: OpenPage) -> None:
    frames = exclusive_or().page._repr_html_() + moons().page._repr_html_()
    page = open_page(f"<!doctype html><meta charset=utf-8><style>div {{ width: 900px }}</style><body>{frames}")
    first, second = page.frames[1:]
    for frame in (first, second):
        frame.wait_for_selector(".unit")
    first.click(".one")
    page.keyboard.press("ArrowRight")
    assert [frame.get_attribute(".lab", "data-epoch") for frame in (first, second)] == ["2", "0"]
