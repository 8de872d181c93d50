"""Inside a step: forward unit by unit, backward, the update; and the curve of what if. All numbers are Python's."""

import pytest

from micrograd import optim
from tests.views.browser.lab.rows_of_data import OpenPage, Page, exclusive_or, moons
from tests.views.browser.lab.units import (
    RATE,
    copy_of,
    mean_loss,
    middle_of,
    network,
    parameter,
    settled,
    short_text,
    swept,
    texts,
    until,
    with_starts,
)

UNITS = 5  # three hidden ones, the output and the loss
NOTHING = "\N{NO-BREAK SPACE}"


def gradients(page: Page) -> list[str]:
    return ["" if text == NOTHING else text for text in texts(page, ".unit .gradient")]


def test_forward_makes_one_unit_known_after_the_other_and_tells_no_gradient(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    page.evaluate("chooseRow(1)")
    values = swept(copy_of(laboratory), 1).in_order()
    page.click(".look")
    for k in range(UNITS):
        unknown = page.evaluate("units.map(({ element }) => element.classList.contains('unknown'))")
        assert unknown == [False] * (3 + k) + [True] * (4 - k)
        assert gradients(page) == [""] * 7
        names = page.evaluate("units.map(({ element }) => element.title)")
        assert not any("gradient" in name for name in names)
        assert [("not computed yet" in name) for name in names] == unknown
        assert page.inner_text(".formula").endswith(f" = {short_text(values[2 + k].data)}")
        assert page.inner_text(".phase") == "forward →"
        assert page.evaluate("units.findIndex(({ element }) => element.classList.contains('writes'))") == 2 + k
        page.keyboard.press("ArrowRight")


def test_backward_hands_gradients_back_and_they_are_pythons(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    page.evaluate("chooseRow(1), goInside(5)")
    sweep = swept(copy_of(laboratory), 1)
    values = sweep.in_order()
    reached = [6]
    for k in range(UNITS):
        card = 6 - k
        if card == 6:
            reached.append(5)  # the loss hands its gradient to the output,
        if card == 5:
            reached += [2, 3, 4]  # the output to the hidden units,
        if card == 2:
            reached += [0, 1]  # and the last of these completes that of the inputs
        shown = gradients(page)
        assert [bool(text) for text in shown] == [card in reached for card in range(7)]
        for place in reached:
            assert float(shown[place].replace("−", "-")) == pytest.approx(values[place].grad, rel=0.06)  # two digits
        assert page.inner_text(".phase") == "← backward"
        assert page.evaluate("units.findIndex(({ element }) => element.classList.contains('reads'))") == card
        if card == 5:
            weights = [laboratory.model.parameters()[place].data for place in (9, 10, 11)]
            assert texts(page, ".weight.flow.back .chip text") == [short_text(weight, 3) for weight in weights]
            assert page.inner_text(".formula").endswith(f"= {short_text(sweep.output.grad)}")
        page.keyboard.press("ArrowRight")


def test_the_update_says_what_the_optimizer_makes_of_a_weight_and_then_it_is_so(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    model = copy_of(laboratory)
    page = open_page(laboratory.page)
    page.evaluate("hold(9), goInside(1000)")  # the last is the update
    before = model.parameters()[9].data
    mean_loss(model)
    gradient = model.parameters()[9].grad
    optim.SGD(model.parameters(), RATE).step()
    after = model.parameters()[9].data
    assert after == before - RATE * gradient
    assert page.inner_text(".phase") == "update"
    assert page.inner_text(".formula") == f"layer2.neuron1.w₁: {short_text(before)} → {short_text(after)}"
    assert f"is {short_text(gradient)}; SGD moves" in page.inner_text(".reason")
    chips = [short_text(model.parameters()[place].data, 3) for place in (0, 1, 3, 4, 6, 7, 9, 10, 11)]
    assert texts(page, ".weight.moved .chip text") == chips
    assert page.inner_text(".look") == "inside step 1"
    page.keyboard.press("ArrowRight")
    assert page.get_attribute(".lab", "data-epoch") == "1"
    assert page.inner_text(".look") == "inside step 2"
    assert page.evaluate("Array.from(training.p)") == pytest.approx([value.data for value in model.parameters()], rel=1e-12)
    page.keyboard.press("Escape")
    assert page.inner_text(".formula").startswith("Row ")


def test_with_batches_the_update_follows_the_first_of_them(open_page: OpenPage) -> None:
    page = open_page(with_starts())
    page.evaluate("hold(9), goInside(1000)")
    assert "over the first of 2 batches, 2 rows" in page.inner_text(".reason")
    gradient = page.evaluate("nextGradient(9)")
    assert gradient != page.evaluate("training.sums[9]")
    after = network().parameters()[9].data - RATE * gradient  # the momentum is 0 before the first step
    assert page.inner_text(".formula").endswith(f" → {short_text(after)}")


def test_the_buttons_and_the_slider_step_too_and_stay_as_long_as_a_point_moves(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    assert not page.locator(".stepper.on").is_visible()
    page.click(".look")
    assert page.is_disabled(".stepper.back")
    page.click(".stepper.on")
    page.click(".stepper.on")
    page.click(".stepper.back")
    assert page.evaluate("inside.at") == 1
    page.focus(".inside input")
    page.keyboard.press("End")
    assert page.get_attribute(".inside input", "aria-valuetext") == "11 of 11, update"
    page.evaluate("goInside(4), setEntry(1, 0, 0.5), show()")
    assert page.evaluate("inside.at") == 4
    page.click(".look")
    assert page.evaluate("inside") is None


def test_the_curve_is_the_loss_by_the_weight_and_its_slope_the_gradient(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    model = copy_of(laboratory)
    page = open_page(laboratory.page)
    page.select_option(".parameter", "7")
    settled(page)
    weight = model.parameters()[7]
    curve = page.evaluate("Array.from(whatIf.drawn, (loss, k) => [whatIf.centre + whatIf.half * (2 * k / 40 - 1), loss])")
    assert len(curve) == 41
    assert curve[20][0] == weight.data
    assert (curve[0][0], curve[40][0]) == (weight.data - 1.5, weight.data + 1.5)
    mean_loss(model)
    slope, given = weight.grad, weight.data
    assert page.text_content(".plot .slope") == f"slope {short_text(slope)}"
    assert page.inner_text(".next-step") == f"next step: {short_text(given)} → {short_text(given - RATE * slope)}"
    for number, loss in curve[::8]:
        weight.data = number
        assert loss == pytest.approx(mean_loss(model).data, rel=1e-13)


def test_the_curve_can_be_dragged(open_page: OpenPage) -> None:
    page = open_page(moons().page)
    page.evaluate("hold(1)")
    settled(page)
    x, y = middle_of(page, "plot.element")
    centre, wide = parameter(page, 1), page.evaluate("plot.element.clientWidth")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + wide / 4, y)
    page.mouse.up()
    settled(page)
    assert parameter(page, 1) == pytest.approx(centre + 0.75, abs=0.03)
    assert page.inner_text(".what-number") == short_text(parameter(page, 1))
    here = page.evaluate("[plot.here.cx.baseVal.value, plot.here.cy.baseVal.value]")
    assert here[0] == pytest.approx(0.75 * wide, abs=3.0)  # the curve stays where it was
    assert page.evaluate("training.touched") is True


def test_where_the_next_step_is_not_finite_it_stops_and_says_so(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("setPace(0, 1e200), oneEpoch(), oneEpoch(), oneEpoch()")
    assert page.inner_text(".formula").startswith("Training stopped: the next step would make ")
    page.evaluate("setPlaying(true)")
    until(page, "!playing")
    assert page.get_attribute(".play", "aria-label") == "train"
    assert page.evaluate("Array.from(training.p).every(Number.isFinite)")
    page.keyboard.press("r")
    assert page.inner_text(".formula").startswith("Row ")


def test_with_batches_it_is_the_first_step_of_an_epoch(open_page: OpenPage) -> None:
    page = open_page(with_starts())
    page.click(".look")
    assert page.inner_text(".look") == "inside the first step of epoch 1"
