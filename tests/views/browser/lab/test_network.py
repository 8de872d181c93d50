"""The network of the laboratory: units with their numbers, lines as wide as weights, numbers to drag, folded layers."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from micrograd import Value, datasets, losses, nn, optim
from micrograd.views.laboratory.page import lab
from tests.views.browser.lab.rows_of_data import OpenPage, exclusive_or, three_classes
from tests.views.browser.lab.units import (
    copy_of,
    eights,
    folded,
    mean_loss,
    middle_of,
    parameter,
    settled,
    short_text,
    swept,
    texts,
)

WEIGHTS = [
    0,
    1,
    3,
    4,
    6,
    7,
    9,
    10,
    11,
]  # places of the parameters that are lines: two weights and a bias for each unit, then three


def test_every_unit_has_its_number_and_its_gradient_of_the_row(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    for row in range(4):
        page.evaluate("row => chooseRow(row)", row)
        values = swept(copy_of(laboratory), row).in_order()
        assert texts(page, ".unit .data") == [short_text(value.data) for value in values]
        gradients = page.evaluate("lab.cards.map(({ main }) => look.slopes[main])")
        assert gradients == [value.grad for value in values]
        names = page.evaluate("units.map(({ element }) => element.getAttribute('aria-label'))")
        assert names[2] == f"layer1.neuron1: {short_text(values[2].data)}, gradient {short_text(values[2].grad)}"


def test_lines_are_as_wide_as_weights_and_have_the_colour_of_their_sign(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    numbers = [laboratory.model.parameters()[place].data for place in WEIGHTS]
    lines = page.evaluate("""weights.slice(0, 9).map(({ stroke }) =>
        [stroke.classList.contains("minus"), Number(stroke.getAttribute("stroke-width"))])""")
    assert [minus for minus, _ in lines] == [number < 0 for number in numbers]
    by_size = sorted(range(9), key=lambda line: abs(numbers[line]))
    assert [lines[line][1] for line in by_size] == sorted(width for _, width in lines)
    assert texts(page, ".chip text") == [short_text(number, 3) for number in numbers]


def test_lines_can_show_gradients_of_all_rows(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    model = copy_of(laboratory)
    page = open_page(laboratory.page)
    page.click(".gradients")
    mean_loss(model)
    gradients = [model.parameters()[place].grad for place in WEIGHTS]
    assert texts(page, ".chip text") == [short_text(gradient, 3) for gradient in gradients]
    minus = page.evaluate("weights.slice(0, 9).map(({ stroke }) => stroke.classList.contains('minus'))")
    assert minus == [gradient < 0 for gradient in gradients]
    assert "Lines are gradients" in page.inner_text(".reason")


FREE_PLACE = """() => {
    const { hit } = weights[1], { left, top } = network.getBoundingClientRect(), length = hit.getTotalLength();
    for (let part = 0.1; part < 0.95; part += 0.01) {
        const at = hit.getPointAtLength(part * length), place = [left + at.x, top + at.y];
        if (document.elementFromPoint(...place) === hit) return place;
    }
}"""


@pytest.mark.parametrize("handle", ["weights[1].chip", "weights[1].hit"])
def test_the_mouse_drags_a_weight_and_the_loss_follows(handle: str, open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    model = copy_of(laboratory)
    page = open_page(laboratory.page)
    if handle.endswith("hit"):  # a place on the curve that no number covers
        x, y = page.evaluate(FREE_PLACE)
    else:
        x, y = middle_of(page, handle)
    before = parameter(page, 1)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y)
    page.mouse.move(x + 40, y)
    page.mouse.up()
    settled(page)
    moved = parameter(page, 1)
    assert moved - before == pytest.approx(40 * 0.005, abs=0.006)  # 0.5 / 150 on the grid of 1, 2, 5
    model.parameters()[1].data = moved
    assert float(page.get_attribute(".lab", "data-loss")) == pytest.approx(mean_loss(model).data, rel=1e-14)
    assert page.input_value(".parameter") == "1"
    assert page.evaluate(
        "[...document.querySelectorAll('.weight.held .stroke')].map((stroke) => stroke === weights[1].stroke)"
    ) == [True]


def test_a_finger_drags_a_number_and_the_page_stays(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page, width=480, height=800, has_touch=True)
    page.evaluate("network.scrollIntoView({ block: 'center' })")
    scrolled, before = page.evaluate("scrollY"), parameter(page, 1)
    x, y = middle_of(page, "weights[1].chip")
    finger = page.context.new_cdp_session(page)
    for kind, shift in (("touchStart", 0), ("touchMove", 10), ("touchMove", 30), ("touchEnd", 30)):
        at = [] if kind == "touchEnd" else [{"x": x + shift, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    assert parameter(page, 1) - before == pytest.approx(30 * 0.005, abs=0.006)
    assert page.evaluate("scrollY") == scrolled


def test_among_many_lines_a_finger_scrolls_and_a_tap_takes_one(open_page: OpenPage) -> None:
    page = open_page(eights(), width=480, height=800, has_touch=True)
    page.evaluate("network.scrollIntoView({ block: 'center' })")
    x, y = page.evaluate("""(() => { const { hit } = weights[0], at = hit.getPointAtLength(hit.getTotalLength() / 2),
        box = network.getBoundingClientRect(); return [box.left + at.x, box.top + at.y]; })()""")
    page.evaluate("hold(104)")
    before = parameter(page, 0)
    page.touchscreen.tap(x, y)
    assert page.evaluate("networkState.heldParameter") != 104
    assert parameter(page, 0) == before


def test_a_click_on_a_unit_says_its_formulas_and_where_its_gradient_comes_from(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    page.evaluate("chooseRow(3)")
    page.click(".unit >> nth=2")
    sweep = swept(copy_of(laboratory), 3)
    unit, output = sweep.hidden[0], sweep.output
    total = unit.parents[0]
    assert page.inner_text(".formula") == f"h₁,₁ = tanh(z) = tanh({short_text(total.data)}) = {short_text(unit.data)}"
    reasons = page.inner_text(".reason")
    weight = laboratory.model.parameters()[9].data
    factors = [f"({text})" if text.startswith("−") else text for text in map(short_text, (output.grad, weight))]
    assert f"∇h₁,₁ = {factors[0]} × {factors[1]} = {short_text(unit.grad)}" in reasons
    assert page.get_attribute(".unit >> nth=2", "aria-pressed") == "true"
    page.click(".unit >> nth=2")
    assert page.inner_text(".formula").startswith("Row 4: (1, 1) gives ")


def test_a_number_in_the_words_is_a_handle_and_keeps_the_focus_while_they_change(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.click(".unit >> nth=2")
    handles = page.locator(".reason [role=spinbutton]")
    assert handles.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))") == [
        "layer1.neuron1.w₁", "layer1.neuron1.w₂", "layer1.neuron1.b",
    ]  # fmt: skip
    handles.nth(2).focus()
    for number in (0.1, 0.2):
        page.keyboard.press("ArrowUp")
        settled(page)
        assert parameter(page, 2) == number
        assert handles.nth(2).inner_text() == str(number)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "layer1.neuron1.b"


def test_numbers_of_weights_do_not_cover_each_other(open_page: OpenPage) -> None:
    for width in (480, 900, 1280):
        page = open_page(exclusive_or().page, width=width)
        boxes = page.evaluate("""[...document.querySelectorAll(".chip rect, .unit")].map((element) => {
            const { left, right, top, bottom } = element.getBoundingClientRect(); return [left, right, top, bottom]; })""")
        for one, other in itertools.combinations(boxes, 2):
            apart = one[1] <= other[0] + 2 or other[1] <= one[0] + 2 or one[3] <= other[2] + 2 or other[3] <= one[2] + 2
            assert apart, (width, one, other)


class WithSquares(nn.Module):
    """A network that reads its two inputs and their squares: lines from the inputs pass the layer of the squares by."""

    def __init__(self) -> None:
        self.network = nn.MLP(4, [4, 1], activation="tanh", seed=0)

    def parameters(self) -> list[Value]:
        return self.network.parameters()

    def __call__(self, row: Sequence[Value]) -> Any:
        return self.network([*row, *(x * x for x in row)])


def test_a_number_of_a_line_that_passes_a_layer_by_is_not_under_its_units(open_page: OpenPage) -> None:
    model = WithSquares()
    descent = optim.Adam(model.parameters(), 0.03)
    page = open_page(lab(model, losses.binary_cross_entropy_with_logits, datasets.circles(20), descent), width=1280, height=800)
    boxes = "selector => [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect().toJSON())"
    chips, units = page.evaluate(boxes, ".chip rect"), page.evaluate(boxes, ".unit")
    assert len(chips) == 20
    assert not any(
        all(chip[low] < unit[high] and unit[low] < chip[high] for low, high in (("left", "right"), ("top", "bottom")))
        for chip, unit in itertools.product(chips, units)
    )


def test_a_large_layer_is_a_strip_and_the_lines_of_its_chosen_unit_are_drawn(open_page: OpenPage) -> None:
    page = open_page(folded())
    assert page.locator(".strip").count() == 2
    assert texts(page, ".count-of-band") == ["38 weights", "342 weights", "18 weights"]
    shown = "[...document.querySelectorAll('.strokes .weight')].filter((line) => line.getAttribute('display') !== 'none').length"
    assert page.evaluate(shown) == 2  # the one in the hand, and that of the loss
    page.evaluate("chooseUnit(2 + 19)")  # the first of the second layer
    assert page.evaluate(shown) == 2 + 19 + 1
    page.evaluate("chooseUnit(2 + 19), goInside(3)")
    assert page.locator(".unit.writes").count() == 1
    outside = page.evaluate("""units.filter(({ element }) => { const box = element.getBoundingClientRect(),
        around = network.getBoundingClientRect(); return box.left < around.left || box.right > around.right
        || box.top < around.top || box.bottom > around.bottom; }).length""")
    assert outside == 0


def test_each_unit_that_has_a_surface_has_a_canvas_and_each_output_is_one_of_them(open_page: OpenPage) -> None:
    page = open_page(three_classes().page)
    assert page.evaluate("[...unitCanvases.keys()]") == page.evaluate("lab.surfaceCards")
    assert page.evaluate("lab.outputCards.every((card) => unitCanvases.has(card))")
    assert texts(page, ".column") == ["inputs", "layer1", "outputs", "loss"]
