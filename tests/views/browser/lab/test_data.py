"""The rows: chosen, dragged by mouse and finger, moved by keys and as numbers; the network goes on from there."""

from itertools import islice

import pytest

from micrograd import losses
from tests.views.browser.lab.rows_of_data import (
    OpenPage,
    choose,
    drag,
    entry,
    exclusive_or,
    hills,
    many_moons,
    moons,
    pixels_at,
    three_classes,
    wave,
)


def test_a_dragged_point_changes_its_row_and_leaves_a_ghost(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("goToEpoch(30), goToEpoch(10), show()")
    ahead = page.evaluate("training.losses")
    span = page.evaluate("bounds[0][1] - bounds[0][0]")
    width = page.evaluate("points.width")
    drag(page, 1, -0.25 * width, 0.0)  # the row (0, 1), of which a quarter of the plane is to the right of the border only
    assert entry(page, 1, 0) == pytest.approx(max(page.evaluate("bounds[0][0]"), 0.0 - 0.25 * span), abs=0.011)
    drag(page, 2, -0.25 * width, 0.1 * width)
    assert entry(page, 2, 0) == pytest.approx(1.0 - 0.25 * span, abs=0.011)
    assert entry(page, 2, 1) == pytest.approx(max(page.evaluate("bounds[1][0]"), -0.1 * span), abs=0.011)
    assert entry(page, 0, 0) == 0.0
    ghosts = page.evaluate("training.ghosts")
    assert [(ghost["from"], ghost["losses"]) for ghost in ghosts] == [(10, ahead)]
    assert page.evaluate("[training.epoch, training.losses.length, look.row]") == [10, 11, 2]
    assert page.evaluate("film.ghosts.childElementCount") == 1
    assert page.evaluate("getComputedStyle(find('.film .key .ghosts')).display") != "none"
    # The network trains on the moved rows: the loss of now is that of these rows.
    rows = page.evaluate("[0, 1, 2, 3].map((row) => [...training.rows.subarray(3 * row, 3 * row + 3)])")
    outputs = page.evaluate("[0, 1, 2, 3].map((row) => outputsOf(training.rows, row)[0])")
    loss = losses.half_mean_squared_error(outputs, [row[2] for row in rows])
    assert page.evaluate("training.losses[10]") == pytest.approx(float(getattr(loss, "data", loss)))


def test_a_press_without_a_drag_only_chooses(open_page: OpenPage) -> None:
    page = open_page(moons().page)
    before = page.evaluate("[...training.rows]")
    for row in (4, 9):
        x, y = pixels_at(page, row)
        page.mouse.click(x, y)
        near = page.evaluate("look.row")
        assert pixels_at(page, near) == pytest.approx((x, y), abs=8)  # points may overlap
    assert page.evaluate("[...training.rows]") == before
    assert page.evaluate("training.touched") is False
    ring = page.evaluate("[points.ring.cx.baseVal.value, points.ring.cy.baseVal.value]")
    assert ring == pytest.approx(page.evaluate("points.placeOf(training.rows, look.row)"), abs=0.06)


def test_a_finger_moves_a_point_and_elsewhere_it_scrolls(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page, has_touch=True)
    x, y = pixels_at(page, 0)
    page.evaluate(
        """([x, y]) => {
            const send = (type, x, y, at) => at.dispatchEvent(new PointerEvent(type, {
                bubbles: true, cancelable: true, pointerType: "touch", pointerId: 7, clientX: x, clientY: y }));
            send("pointerdown", x, y, points.host);
            send("pointermove", x + 30, y - 30, window);
            send("pointerup", x + 30, y - 30, window);
            send("pointermove", x + 90, y - 90, window);
        }""",
        [x, y],
    )
    shift = 30 * page.evaluate("(bounds[0][1] - bounds[0][0]) / points.width")
    assert [entry(page, 0, 0), entry(page, 0, 1)] == pytest.approx([shift, shift], abs=0.011)
    taken = """([x, y]) => !points.host.dispatchEvent(new TouchEvent("touchstart", { cancelable: true, bubbles: true,
        changedTouches: [new Touch({ identifier: 1, target: points.host, clientX: x, clientY: y })] }))"""
    box = page.locator(".surface").bounding_box()
    assert page.evaluate(taken, list(pixels_at(page, 3))) is True
    assert page.evaluate(taken, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]) is False


def test_keys_choose_a_row_and_move_it(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    choose(page, 0)
    page.focus(".row-after")
    page.keyboard.press("Enter")
    assert page.evaluate("look.row") == 1
    assert page.inner_text(".row-text").startswith("row 2 of 4, loss ")
    page.focus(".row-before")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.evaluate("look.row") == 3
    page.focus(".surface")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    step = page.evaluate("(bounds[0][1] - bounds[0][0]) / 50")
    assert [entry(page, 3, 0), entry(page, 3, 1)] == pytest.approx([1.0 - step, 1.0 + step], abs=0.011)
    assert "Row 4: x₁ 0.98, x₂ 1.02, target 0" in page.get_attribute(".surface", "aria-label")


def test_each_coordinate_is_a_number_to_take_hold_of(open_page: OpenPage) -> None:
    page = open_page(hills().page)
    choose(page, 0)
    handles = page.locator(".entries [role=spinbutton]")
    assert handles.count() == 3  # two inputs and the target
    handles.nth(1).focus()
    before = entry(page, 0, 1)
    page.keyboard.press("ArrowUp")
    assert entry(page, 0, 1) == pytest.approx(before + 0.1)
    page.wait_for_selector(".entries [aria-valuenow='-2.4']")  # when the hand rests
    assert "loss" in handles.nth(1).get_attribute("aria-valuetext")
    page.keyboard.press("Backspace")
    assert entry(page, 0, 1) == before
    handles.nth(2).focus()
    page.keyboard.press("PageDown")
    assert entry(page, 0, 2) == pytest.approx(2.5 * 2.5 / 4.0 - 1.0, abs=0.05)


def test_a_row_can_be_given_to_another_class(open_page: OpenPage) -> None:
    page = open_page(three_classes().page)
    choose(page, 0)
    shape = "points.marks[look.row].getAttribute('d')"
    square = page.evaluate(shape)
    page.click(".target")
    assert page.evaluate("[...training.rows.subarray(2, 5)]") == [0, 1, 0]
    assert page.evaluate(shape) != square
    page.click(".target")
    page.click(".target")
    assert page.evaluate("[...training.rows.subarray(2, 5)]") == [1, 0, 0]
    page = open_page(exclusive_or().page)
    choose(page, 0)
    page.click(".target")
    assert entry(page, 0, 2) == 1.0


def test_on_a_curve_up_and_down_is_the_target(open_page: OpenPage) -> None:
    page = open_page(wave().page)
    height = page.evaluate("(curve.high - curve.low) / (curveY(curve.low) - curveY(curve.high))")
    before = [entry(page, 5, 0), entry(page, 5, 1)]
    drag(page, 5, 0.0, -20.0)
    assert entry(page, 5, 0) == pytest.approx(before[0], abs=0.01)
    assert entry(page, 5, 1) == pytest.approx(before[1] + 20.0 * height, abs=0.02)
    page.focus(".surface")
    page.keyboard.press("Shift+ArrowDown")
    step = page.evaluate("(targetRange[1] - targetRange[0]) / 50")
    assert entry(page, 5, 1) == pytest.approx(before[1] + 20.0 * height - step, abs=0.03)


def test_the_worst_row_is_that_of_the_largest_loss(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    errors = [abs(laboratory.gives(*x)[0] - y) for x, y in zip(*laboratory.data, strict=True)]
    page.click(".row-worst")
    assert page.evaluate("look.row") == errors.index(max(errors))


def test_a_table_says_of_each_row_what_the_network_gives(open_page: OpenPage) -> None:
    laboratory = three_classes(4)
    page = open_page(laboratory.page)
    lines = page.locator(".scroller tbody tr")
    names = ["y₁", "y₂", "y₃"]
    for row, (x, target) in enumerate(islice(zip(*laboratory.data, strict=True), 3)):
        outputs = laboratory.gives(*x)
        winner = outputs.index(max(outputs))
        assert lines.nth(row).locator(".gives").inner_text().startswith(names[winner])
        assert lines.nth(row).locator(".target").inner_text().strip() == names[target]
        assert ("wrong" in (lines.nth(row).get_attribute("class") or "")) is (winner != target)
    cell = lines.nth(2).locator("[role=spinbutton]").nth(3)
    cell.focus()
    before = entry(page, 2, 3)
    page.keyboard.press("ArrowUp")
    assert entry(page, 2, 3) == pytest.approx(before + 0.1, abs=0.051)
    assert page.evaluate("look.row") == 2
    assert lines.nth(2).get_attribute("aria-current") == "true"


def test_a_table_of_many_rows_has_only_the_lines_that_are_seen(open_page: OpenPage) -> None:
    page = open_page(three_classes(4).page)
    choose(page, 0)
    page.evaluate("changeRow(-1)")
    chosen = page.locator(".scroller tr[aria-current=true]")
    assert chosen.get_attribute("aria-rowindex") == "31"  # the head is the first
    box, scroller = chosen.bounding_box(), page.locator(".scroller").bounding_box()
    assert scroller["y"] <= box["y"]
    assert box["y"] + box["height"] <= scroller["y"] + scroller["height"] + 1
    assert page.locator(".scroller tbody tr").count() < 30


def test_many_rows_are_one_canvas(open_page: OpenPage) -> None:
    page = open_page(many_moons().page)
    assert page.locator(".points path").count() == 0
    colours = page.evaluate(
        """() => { const { data } = points.canvas.getContext("2d").getImageData(0, 0, points.canvas.width, points.canvas.height);
            return new Set(new Uint32Array(data.buffer)).size; }"""
    )
    assert colours > 10
    drag(page, 5, 15.0, 0.0)
    assert page.evaluate("training.touched") is True
    assert page.inner_text(".row-text").startswith(f"row {page.evaluate('look.row') + 1} of 2,000")


def test_a_network_that_is_training_follows_a_point_in_the_hand(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("setPlaying(true)")
    drag(page, 3, -40.0, 30.0)
    assert entry(page, 3, 0) < 1.0
    assert page.evaluate("playing") is True
    page.evaluate("pause()")
    assert page.evaluate("training.ghosts.length") == 0  # nothing was left behind: it was the last epoch
    assert page.evaluate("film.turns.childElementCount") >= 1
