"""The player in a real browser: every number at every step, keys, mouse, small and dark screens, and hostile company.

The browser is Debian's Chromium: apt-get install chromium.
"""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import micrograd
from micrograd import Op, Value, backward_steps, explore, forward_steps, nn
from micrograd.engine import Constant, topological_order
from micrograd.losses import half_mean_squared_error
from micrograd.text.naming import minus, node_names, short, subscripted, uses
from micrograd.views.player import Player

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
Page = Any  # Playwright's; it may be absent
OpenPlayer = Callable[..., Page]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no browser at /usr/bin/chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[OpenPlayer]:
    """Opens HTML from disk, and fails if a page says an error, opens a dialog or asks for anything but itself."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(content: Player | str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(content.html if isinstance(content, Player) else content, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: complaints.append(request.url) if not local(request.url, path) else None)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def local(url: str, path: Path) -> bool:
    return url == path.as_uri() or url.startswith(("data:", "about:srcdoc"))


def product_and_sum() -> Value:
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    f = (a * b) * (a + b)
    f.label = "f"
    return f


def network_loss(widths: tuple[int, ...] = (3, 1)) -> Value:
    loss = half_mean_squared_error([nn.MLP(2, widths, activation="tanh", seed=0)([1.0, -0.5])], [1.0])
    loss.label = "loss"
    return loss


STATE = """JSON.stringify([...document.querySelectorAll(".graph *, .panel *, .track input")].map((element) => [
    [...element.classList].sort(), element.getAttribute("style"),
    element.children.length ? "" : element.textContent, element.value,
]))"""


def count(page: Page) -> int:
    return int(page.evaluate("steps.length"))


def go(page: Page, position: int) -> None:
    page.evaluate("position => goTo(position, true)", position)


def formula(page: Page) -> str:
    return str(page.inner_text(".formula"))


def position(page: Page) -> int:
    return int(page.evaluate("position"))


def state(page: Page) -> str:
    """Everything of the page that a step may change, classes in the order of the alphabet."""
    return str(page.evaluate(STATE))


# Every number


def factor(number: float) -> str:
    text = minus(short(number))
    return f"({text})" if text.startswith("−") else text


@pytest.mark.parametrize("make", [product_and_sum, network_loss])
def test_every_step_shows_the_numbers_of_the_sweep(make: Callable[[], Value], open_page: OpenPlayer) -> None:
    output = make()
    page = open_page(explore(output))
    order = topological_order(output)
    names = {value: subscripted(name) for value, name in node_names(order).items()}
    root = names[output]
    expected_formulas = [(f"{names[step.node]} = ", f" = {minus(short(step.data))}") for step in forward_steps(output)]
    expected_formulas.append((f"d{root}/d{root} = ", "1"))
    gradients: dict[str, str] = {root: "1"}
    expected_cards = []
    for step in backward_steps(output):
        child, parent = names[step.node], names[step.parent]
        numbers = f"{factor(step.upstream)} × {factor(step.local_derivative)} = {minus(short(step.product))}"
        symbols = f"d{root}/d{parent} += d{root}/d{child} × ∂{child}/∂{parent}{uses(step.node.parents)[step.operand]}"
        expected_formulas.append((f"{symbols} = {numbers}", ""))
        gradients[parent] = minus(short(step.grad_after))
        expected_cards.append(dict(gradients))

    shown = page.evaluate(
        """() => { const shown = [];
        for (let k = 1; k < steps.length; k += 1) {
            goTo(k, true);
            const cards = nodes.map((node, i) => [node.name, cardOf(i).querySelector(".gradient").textContent,
                                                  cardOf(i).classList.contains("unknown")]);
            shown.push({ formula: formulaElement.textContent, cards, reason: reasonElement.textContent });
        }
        return shown; }"""
    )
    assert len(shown) == len(expected_formulas)
    for (begin, end), at_step in zip(expected_formulas, shown, strict=True):
        assert at_step["formula"].startswith(begin)
        assert at_step["formula"].endswith(end)
    forward_count = sum(value.op is not None for value in order)
    for number, at_step in enumerate(shown):
        cards = {name: gradient for name, gradient, _ in at_step["cards"] if gradient}
        unknown = sum(hidden for *_, hidden in at_step["cards"])
        assert unknown == max(0, forward_count - number - 1)
        if number < forward_count:
            assert cards == {}  # no gradient before its step
        elif number > forward_count:
            assert cards == expected_cards[number - forward_count - 1]


def test_after_the_last_step_every_gradient_is_that_of_backward(open_page: OpenPlayer) -> None:
    loss = network_loss((3, 2, 1))
    page = open_page(explore(loss))
    page.keyboard.press("End")
    shown = dict(page.evaluate("nodes.map((node, i) => [node.name, cardOf(i).querySelector('.gradient').textContent])"))
    loss.backward()
    names = node_names(topological_order(loss))
    swept = {subscripted(name): minus(short(v.grad)) for v, name in names.items() if not isinstance(v, Constant)}
    assert shown == swept
    assert formula(page) == "Done: every gradient is final."


def test_a_folded_network_plays_every_step_and_shows_the_same_numbers(open_page: OpenPlayer) -> None:
    loss = network_loss((4, 3, 1))
    formulas = [
        page.evaluate("steps.map((_, k) => { goTo(k + 1, true); return formulaElement.textContent; })")
        for page in (open_page(explore(loss, collapse=collapse)) for collapse in (None, "neuron", "layer"))
    ]
    assert formulas[0] == formulas[1] == formulas[2]


def test_a_negative_number_has_parentheses_as_a_factor_and_none_within_brackets(open_page: OpenPlayer) -> None:
    x = Value(-2.0, label="x")
    page = open_page(explore(x.tanh() * x))
    go(page, 1)
    assert formula(page) == "v₁ = tanh(x) = tanh(−2) = −0.964"
    go(page, 2)
    assert formula(page) == "out = v₁ × x = (−0.964) × (−2) = 1.928"


def test_why_a_local_derivative_is_what_it_is(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    go(page, count(page) - 1)
    assert page.inner_text(".reason div:first-child") == "∂v₁/∂b = a = −2, because v₁ = a × b"
    assert page.inner_text(".reason div:last-child") == "df/db: −6 → −8 ●● contribution 2 of 2, final"


def test_a_rule_that_names_its_own_result(open_page: OpenPlayer) -> None:
    page = open_page(explore(micrograd.sigmoid(Value(0.0, label="x"))))
    go(page, count(page) - 1)
    assert page.inner_text(".reason div:first-child") == "∂out/∂x = out × σ(−x) = 0.25, because out = σ(x)"


def test_an_operand_that_is_used_twice_is_told_apart_from_itself(open_page: OpenPlayer) -> None:
    x = Value(3.0, label="x")
    page = open_page(explore(x * x))
    go(page, count(page) - 2)
    assert formula(page) == "dout/dx += dout/dout × ∂out/∂x₍₁₎ = 1 × 3 = 3"
    assert page.inner_text(".reason div:first-child") == "∂out/∂x₍₁₎ = x₍₂₎ = 3, because out = x₍₁₎ × x₍₂₎"
    page = open_page(explore(x**x))
    go(page, count(page) - 2)
    because = "because out = x₍₁₎^x₍₂₎"
    assert page.inner_text(".reason div:first-child") == f"∂out/∂x₍₁₎ = x₍₂₎ × x₍₁₎^(x₍₂₎ − 1) = 27, {because}"


# State


def test_going_back_and_jumping_show_the_same_as_walking(open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss()))
    walked = [state(page)]
    for _ in range(count(page)):
        page.evaluate("goTo(position + 1, true)")
        walked.append(state(page))
    go(page, 0)
    assert state(page) == walked[0]
    generator = random.Random(0)
    for target in generator.choices(range(len(walked)), k=100):
        go(page, target)
        assert state(page) == walked[target]


@pytest.mark.parametrize("collapse", ["neuron", "layer"])
def test_a_folded_page_goes_back_to_the_same_too(collapse: str, open_page: OpenPlayer) -> None:
    page = open_page(explore(network_loss((4, 3, 1)), collapse=collapse))
    positions = "[...Array(steps.length + 1).keys()]"
    walked = page.evaluate(f"{positions}.map((k) => {{ goTo(k, true); return {STATE}; }})")
    back = page.evaluate(f"{positions}.reverse().map((k) => {{ goTo(k, true); return {STATE}; }})")
    assert back[::-1] == walked


# Keys and mouse


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
    page.mouse.move(300, 200)
    page.mouse.down()
    page.mouse.move(200, 200, steps=4)
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
    assert {names.get(key, key) for key in page.evaluate("Object.keys(keys)")} == shown - {"Shift"}


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


# Screens


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
    page = open_page(explore(network_loss((3, 2, 1)), direction=direction), width=width, height=height)
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


NOT_YET = "\N{EN DASH}"
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


# For a reader who does not see the picture


def test_every_control_has_a_name_and_the_picture_tells_no_number_too_early(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    tree = page.locator("body").aria_snapshot()
    buttons = ("first step", "previous step", "play", "next step", "last step", "zoom in", "zoom out", "light or dark")
    for name in (*buttons, "colours and keys"):
        assert f'button "{name}"' in tree
    assert 'slider "step"' in tree
    assert 'combobox "speed"' in tree
    assert 'img "graph of 5 nodes and 6 edges"' in tree
    assert "−8" not in tree
    go(page, count(page) - 1)
    assert page.get_attribute(".track input", "aria-valuetext").startswith("step 10 of 11, backward: df/db += ")
    assert page.get_attribute(".formula", "aria-live") == "polite"


def test_the_table_lists_every_node_with_what_is_known(open_page: OpenPlayer) -> None:
    page = open_page(explore(product_and_sum()))
    page.click("summary")
    page.wait_for_selector("tbody tr")
    rows = [row.inner_text().split("\t") for row in page.locator("tbody tr").all()]
    assert rows[0] == ["a", "leaf", "−2", NOT_YET]
    assert rows[2] == ["v₁", "a × b", NOT_YET, NOT_YET]
    page.keyboard.press("End")
    rows = [row.inner_text().split("\t") for row in page.locator("tbody tr").all()]
    assert [row[3] for row in rows] == ["−3", "−8", "1", "−6", "1"]
    page.click("tbody button >> nth=1")
    assert formula(page) == "b = 3.0"


# Hostile text and hostile company


HOSTILE = [
    '</script><img src=x onerror="window.hurt=1">', '"><svg onload="window.hurt=1">', "{0}{out}", "{1}", "$&$1", "<!--", "]]>",
    "\u202egnp", "\x00\x1b[31m", "\ud800", "\u2028\u2029", "x" * 10_000, "__proto__", "constructor", "שלום", "変数", "🙂",
    "'\"`\\",
    "javascript:window.hurt=1", "</style><b>", "</title><b>", "&lt;b&gt;", "<b>b</b>", "a.b",
]  # fmt: skip


def test_hostile_names_are_shown_as_letters_everywhere(open_page: OpenPlayer) -> None:
    leaves = [Value(float(i), label=label) for i, label in enumerate(HOSTILE, start=1)]
    strange = Op(HOSTILE[0], lambda a: a, lambda out, a: (1.0,))
    output = strange(micrograd.total([leaf * leaf for leaf in leaves]))
    output.label = HOSTILE[0]
    page = open_page(explore(output, title=HOSTILE[0]))
    page.evaluate("steps.forEach((_, k) => goTo(k + 1, true))")
    page.evaluate("nodes.forEach((_, k) => choose(k))")
    page.click("summary")
    page.wait_for_selector("tbody tr")
    assert page.evaluate("window.hurt") is None
    assert page.locator("img, [onerror], [onload], b").count() == 0
    assert page.inner_text("h1") == HOSTILE[0]
    names = page.evaluate("nodes.map((node) => node.name)")
    shown = [button.inner_text() for button in page.locator("tbody button").all()]
    assert [name for name in shown if name.strip()] == [name for name in names if name.strip()]
    assert "{0}{out}" in shown


def test_a_script_that_was_put_into_the_page_does_not_run(open_page: OpenPlayer) -> None:
    page_text = explore(product_and_sum()).html.replace(
        "</footer>", '</footer><script>window.hurt = 1</script><img src="data:," onerror="window.hurt = 2">'
    )
    refused: list[str] = []
    page = open_page("<p>").context.new_page()
    page.on("console", lambda message: refused.append(message.text))
    page.set_content(page_text)
    assert page.evaluate("window.hurt") is None
    assert sum("Content Security Policy" in text for text in refused) >= 2
    page.keyboard.press("ArrowRight")
    assert position(page) == 1


def page_with_frames(number: int, style: str = "") -> str:
    frames = "".join(explore(product_and_sum())._repr_html_() for _ in range(number))
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body tabindex=0>{frames}"


def test_several_players_on_one_page_do_not_disturb_each_other(open_page: OpenPlayer) -> None:
    page = open_page(page_with_frames(3))
    frames = page.frames[1:]
    assert len(frames) == 3
    frames[1].click(".next")
    page.keyboard.press("ArrowRight")
    assert [position(frame) for frame in frames] == [0, 2, 0]
    page.evaluate("window.pressed = []; addEventListener('keydown', (event) => window.pressed.push(event.key))")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.pressed") == []
    page.focus("body")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.pressed") == ["ArrowRight"]
    assert [position(frame) for frame in frames] == [0, 3, 0]


def test_a_frame_cannot_reach_the_page_around_it(open_page: OpenPlayer) -> None:
    page = open_page(page_with_frames(1))
    reached = page.frames[1].evaluate("(() => { try { return parent.document.title; } catch (error) { return error.name; } })()")
    assert reached == "SecurityError"


def test_the_style_of_the_page_around_leaves_a_player_as_it_is(open_page: OpenPlayer) -> None:
    hostile = "* { color: red !important; fill: red !important } .card, .line, button { display: none !important }"
    plain, ugly = (open_page(page_with_frames(1, style)).frames[1] for style in ("", hostile))
    assert plain.locator(".player").screenshot() == ugly.locator(".player").screenshot()


def test_a_dark_page_makes_its_frames_dark(open_page: OpenPlayer) -> None:
    frame = open_page(page_with_frames(1, "body { color-scheme: dark }"), color_scheme="null").frames[1]
    assert frame.evaluate("getComputedStyle(player).backgroundColor") == "rgb(14, 19, 24)"


def test_where_a_notebook_takes_the_frame_away_the_picture_remains(open_page: OpenPlayer) -> None:
    page = open_page(re.sub(r"<iframe.*</iframe>", "", page_with_frames(1), flags=re.DOTALL))
    image = page.locator("img")
    assert image.is_visible()
    assert image.evaluate("image => image.naturalWidth > 100")


def test_the_svg_of_draw_is_a_picture_for_the_browser_too(open_page: OpenPlayer) -> None:
    loss = network_loss()
    loss.backward()
    svg = micrograd.draw(loss).pipe("svg", encoding="utf-8")
    page = open_page(f"<!doctype html><meta charset=utf-8>{svg[svg.index('<svg') :]}")
    assert "layer1" in page.locator("svg").text_content()
