"""The page of the matrix form in a browser: pointing, keys, sizes of screen, colours."""

import math
from typing import Any

import pytest

from micrograd.folding import fold
from micrograd.text.naming import minus, short
from micrograd.views.matrices import in_notebook, numbers_at, page
from tests.conftest import TWO_FRAMES
from tests.tensors.examples import EXAMPLES
from tests.views.browser.page import OpenPlayer, Page
from tests.views.browser.test_screens import contrast
from tests.views.formulas import xor_formulas, xor_numbers

W1 = 7  # the line of dW1 = dz1.T @ x


def xor_page() -> str:
    return page(xor_formulas(), xor_numbers())


def example_page(name: str, rows: int = 3) -> str:
    example = EXAMPLES[name]()
    folded = fold(example.loss, example.inputs, example.parameters, rows=example.rows[:rows])
    return page(folded.formulas, numbers_at(folded.formulas, folded.rows, folded.numbers), title=f"fold({name})")


def framed(page: Page) -> list[list[int]]:
    """For each matrix of the chosen line, result first, the cells that are framed: first row, first column, rows, columns."""
    return [
        list(frame)
        for frame in page.evaluate("""lines[chosen.line].figures.map((figure, at) => {
        const { width, height } = lines[chosen.line].matrices[at].grid;
        const frame = figure.querySelector(".frame.wrote, .frame.read");
        if (!frame) return [];
        const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(frame.getAttribute(name)));
        return [(y + 1) / height, (x + 1) / width, (h - 2) / height, (w - 2) / width].map(Math.round);
    })""")
    ]


def point_at(page: Page, line: int, row: int, column: int) -> None:
    page.evaluate("line => sections.get(line).scrollIntoView({ block: 'center' })", line)
    box = page.evaluate("line => { const box = lines[line].figures[0].querySelector('svg').getBoundingClientRect();"
                        " return [box.left, box.top]; }", line)  # fmt: skip
    width, height = page.evaluate("line => [lines[line].result.grid.width, lines[line].result.grid.height]", line)
    page.mouse.move(box[0] + (column + 0.5) * width, box[1] + (row + 0.5) * height)


def test_pointing_at_an_entry_of_a_gradient_frames_the_row_and_the_column_that_made_it(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page())
    point_at(opened, W1, 2, 1)
    assert framed(opened) == [[2, 1, 1, 1], [2, 0, 1, 4], [0, 1, 4, 1]]  # row 2 of the turned 3x4, column 1 of 4x2


def test_the_transpose_is_explained_with_the_numbers_of_the_entry(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page())
    point_at(opened, W1, 0, 1)
    numbers = xor_numbers()
    text = opened.inner_text(".why")
    assert "Why the transpose? One parameter, four rows" in text
    assert "W1[0, 1] was used in every row" in text
    shares = numbers["dz1"][:, 0] * numbers["x"][:, 1]
    lines = opened.evaluate("[...document.querySelectorAll('.why text')].map((element) => element.textContent)")
    rows = [lines[place - 1] for place, line in enumerate(lines) if line.startswith("row ")]
    assert [float(row.replace("−", "-")) for row in rows] == pytest.approx(shares.tolist(), rel=1e-3)
    total = lines[lines.index("together") - 1]
    assert float(total.replace("−", "-")) == pytest.approx(float(numbers["dW1"][0, 1]), rel=1e-3)


def test_a_product_with_a_turned_right_side_has_its_answer_too(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page())
    opened.evaluate("choose(0, 4)")  # z1[1, 1]
    assert "Why the transpose? Two rows, one number" in opened.inner_text(".why")
    opened.evaluate("choose(5, 4)")  # dh1[1, 1] = dv1 w1^T
    assert "Nothing is summed here" in opened.inner_text(".why")


def test_other_entries_are_told_with_their_numbers(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page())
    opened.evaluate("choose(1, 4)")  # h1[1, 1] = tanh(0 - 1.098 - 0.381)
    assert f"{minus(short(math.tanh(-1.479)))} = tanh (−1.479)" in opened.inner_text(".why")


def test_the_keyboard_reaches_every_entry(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page())
    for _ in range(20):  # the buttons, the panel, and a result after the other
        opened.keyboard.press("Tab")
        if opened.evaluate("chosen && chosen.line") == W1:
            break
    assert opened.evaluate("[chosen.line, chosen.place]") == [W1, 0]
    for key, place in (("ArrowRight", 1), ("ArrowDown", 3), ("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowUp", 0), ("ArrowUp", 0)):
        opened.keyboard.press(key)
        assert opened.evaluate("chosen.place") == place
    assert "W1[0, 0]" in opened.inner_text(".spoken")
    opened.keyboard.press("Escape")
    assert opened.evaluate("chosen === null && document.querySelectorAll('.frame').length === 0")


def test_a_click_holds_an_entry_until_it_is_let_go(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page())
    point_at(opened, W1, 1, 0)
    opened.mouse.down()
    opened.mouse.up()
    assert "held" in opened.inner_text(".why h3")
    point_at(opened, W1, 2, 1)
    assert opened.evaluate("chosen.place") == 2
    opened.click(".close")
    assert opened.evaluate("chosen") is None


def test_a_tap_chooses(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page(), width=480, height=850, has_touch=True)
    opened.locator(".matrix.result svg").first.tap()
    assert opened.evaluate("chosen.line") == 0


@pytest.mark.parametrize("name", ["xor", "cnn", "rnn", "attention", "transformer"])
@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_is_wider_than_the_page_and_no_matrix_is_cut(name: str, width: int, open_page: OpenPlayer) -> None:
    opened = open_page(example_page(name), width=width, height=850)
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = opened.evaluate("""[...document.querySelectorAll(".matrix svg, .formula, .sign, .name")].filter((element) => {
        const box = element.getBoundingClientRect(), around = element.closest(".line").getBoundingClientRect();
        const beside = box.left < around.left - 1 || box.right > around.right + 1;
        return beside || box.top < around.top - 1 || box.bottom > around.bottom + 1;
    }).map((element) => element.outerHTML.slice(0, 80))""")
    assert cut == []


@pytest.mark.parametrize("name", ["xor", "cnn", "attention"])
@pytest.mark.parametrize("width", [480, 1000, 1280])
def test_what_the_panel_draws_stays_in_it(name: str, width: int, open_page: OpenPlayer) -> None:
    opened = open_page(example_page(name), width=width, height=850)
    outside = opened.evaluate("""lines.flatMap((line, number) => {
        if (!line.result.grid) return [];
        choose(number, line.result.grid.boxes.at(-1).place);
        const panel = document.querySelector(".why").getBoundingClientRect();
        return [...document.querySelectorAll(".why text, .why rect")].filter((element) => {
            const box = element.getBoundingClientRect();
            return box.left < panel.left || box.right > panel.right;
        }).map((element) => [number, element.textContent]);
    })""")
    assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_number_on_a_cell_is_readable(scheme: str, open_page: OpenPlayer) -> None:
    """WCAG 2.2, AA: 4.5 to 1 for text."""
    opened = open_page(xor_page(), color_scheme=scheme)
    point_at(opened, W1, 0, 1)
    pairs: list[Any] = opened.evaluate("""[...document.querySelectorAll("rect.cell + text")].map((text) =>
        [getComputedStyle(text).fill, getComputedStyle(text.previousSibling).fill, text.textContent])""")
    assert len(pairs) > 100
    assert [pair for pair in pairs if contrast(*pair[:2]) < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_are_readable(scheme: str, open_page: OpenPlayer) -> None:
    opened = open_page(xor_page(), color_scheme=scheme)
    point_at(opened, W1, 0, 1)
    paper, panel = (
        opened.evaluate(f"getComputedStyle(document.querySelector('{name}')).backgroundColor") for name in ("body", ".why")
    )
    for selector, behind in (
        (".formula", paper),
        (".size", paper),
        (".sign", paper),
        (".scales", paper),
        (".why p", panel),
        (".why h3", panel),
    ):
        colour = opened.evaluate(f"getComputedStyle(document.querySelector('{selector}')).color")
        assert contrast(colour, behind) >= 4.5, selector


def test_the_page_follows_the_scheme_and_the_button_overrides_it(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page(), color_scheme="dark")
    fills = "[...new Set([...document.querySelectorAll('rect.cell')].map((cell) => cell.getAttribute('fill')))].join()"
    background, before = opened.evaluate("getComputedStyle(document.body).backgroundColor"), opened.evaluate(fills)
    assert background == "rgb(14, 19, 24)"
    opened.click(".theme")
    opened.evaluate(TWO_FRAMES)
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert opened.evaluate(fills) != before  # the cells are painted anew


def test_data_without_a_sign_is_grey(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page())
    red, green, blue = opened.evaluate("fillOf('x', 1)")
    assert max(red, green, blue) - min(red, green, blue) < 20
    red, green, blue = opened.evaluate("fillOf('W1', 1)")
    assert red > blue + 100


def test_every_control_has_a_name(open_page: OpenPlayer) -> None:
    tree = open_page(xor_page()).locator("body").aria_snapshot()
    assert 'button "light or dark"' in tree
    assert "∂J/∂W1, 3 by 2; arrow keys go from entry to entry" in tree


def test_without_scripts_the_formulas_stay(open_page: OpenPlayer) -> None:
    opened = open_page(xor_page(), java_script_enabled=False)
    assert opened.locator(".formula").count() == 11
    assert opened.locator("noscript").inner_text().startswith("Scripts are off")


def test_a_notebook_shows_the_page_in_its_frame(open_page: OpenPlayer) -> None:
    opened = open_page(f"<!doctype html><body>{in_notebook(xor_page(), xor_formulas())}")
    frame = opened.frame_locator("iframe")
    frame.locator(".matrix.result svg").first.hover()
    assert frame.locator(".frame").count() > 0
