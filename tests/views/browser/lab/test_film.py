"""The film of the loss: back in time by pointer and keys, ghosts, marks, Python's own losses, its scales."""

import itertools
import math

import pytest

from tests.views.browser.lab.rows_of_data import OpenPage, Page, exclusive_or, moons, three_classes


def place_of(page: Page, epoch: int) -> tuple[float, float]:
    x, y = page.evaluate(
        """k => { const box = film.box.getBoundingClientRect();
            return [box.left + film.box.clientLeft + filmX(k), box.top + 60]; }""",
        epoch,
    )
    return x, y


def parameters(page: Page) -> list[float]:
    return list(page.evaluate("[...training.p]"))


def test_scrubbing_goes_back_to_the_very_same_parameters(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("goToEpoch(17)")
    then = parameters(page)
    page.evaluate("goToEpoch(60), show()")
    end = parameters(page)
    page.mouse.move(*place_of(page, 40))
    page.mouse.down()
    assert page.evaluate("training.epoch") == 40
    page.mouse.move(*place_of(page, 17))
    page.mouse.up()
    assert page.evaluate("training.epoch") == 17
    assert parameters(page) == then
    page.mouse.move(*place_of(page, 23))
    assert page.inner_text(".film .hint") == f"epoch 23: train {page.evaluate('shown(training.losses[23], 3)')}"
    assert page.evaluate("[training.losses.length, training.ghosts.length]") == [61, 0]
    page.mouse.click(*place_of(page, 60))
    assert parameters(page) == end


def test_the_range_is_for_the_keyboard(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("goToEpoch(20), show()")
    page.focus(".film input")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("training.epoch") == 19
    loss = page.evaluate("shown(training.losses[19])")
    page.wait_for_selector(".film input[aria-valuetext^='epoch 19']", state="attached")  # it is said when the hand rests
    assert page.get_attribute(".film input", "aria-valuetext") == f"epoch 19 of 20, loss {loss}"
    page.keyboard.press("Home")
    assert page.evaluate("training.epoch") == 0
    page.keyboard.press("End")
    assert page.evaluate("training.epoch") == 20


def test_another_learning_rate_leaves_the_old_curve_as_a_ghost_and_marks_the_turn(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate("goToEpoch(40), goToEpoch(12), setPace(0, 0.8), goToEpoch(50), show()")
    assert page.evaluate("film.ghosts.childElementCount") == 1
    first = page.evaluate("film.ghosts.firstChild.getAttribute('d')").split("L")[0][1:].split(",")
    assert float(first[0]) == pytest.approx(page.evaluate("filmX(12)"), abs=0.06)  # it begins where it was left
    assert page.evaluate("film.turns.textContent") == "epoch 12: learning rate 0.4 → 0.8"
    hidden = page.evaluate("Object.fromEntries(Object.entries(film.keys).map(([name, { element }]) => [name, element.hidden]))")
    assert hidden == {"train": False, "test": True, "ghosts": False, "turns": False, "python": False}


def test_diamonds_are_the_losses_that_python_computed(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    assert page.evaluate("film.diamonds.childElementCount") == 0
    page.evaluate("goToEpoch(120), show()")
    assert page.evaluate("pythonMarks().map(([epoch]) => epoch)") == [1, 10, 100]
    for epoch, loss in page.evaluate("pythonMarks()"):
        assert page.evaluate("k => training.losses[k]", epoch) == pytest.approx(loss, rel=1e-12)
    assert page.evaluate("film.diamonds.childElementCount") == 3
    page.evaluate("goToEpoch(50), setParameter(0, 0.25), goToEpoch(120), show()")
    assert page.evaluate("pythonMarks().map(([epoch]) => epoch)") == [1, 10]  # after 50 the run is no longer Python's


def test_the_legend_says_the_losses_of_now(open_page: OpenPage) -> None:
    page = open_page(moons().page)
    page.evaluate("goToEpoch(30), goToEpoch(8), show()")
    train, test = page.evaluate("[training.losses[8], training.testLosses[8]].map((loss) => shown(loss))")
    assert [page.inner_text(".film .key .train b"), page.inner_text(".film .key .test b")] == [train, test]


def test_the_scale_is_logarithmic_where_losses_go_over_much(open_page: OpenPage) -> None:
    page = open_page(three_classes().page)
    scale = """losses => { const { losses: kept } = training;
        training.losses = losses;
        film.scale = filmScale();
        training.losses = kept;
        return { ...film.scale, ys: [1, 0.1, 0.01, 0.001].map(filmY) }; }"""
    narrow = page.evaluate(scale, [0.9, 0.7, 0.5])
    assert narrow["log"] is False
    assert narrow["low"] == 0
    wide = page.evaluate(scale, [1.0, 0.1, 0.001])
    ys = wide.pop("ys")
    assert wide == {"longest": 20, "log": True, "low": -3, "high": 0}
    assert [b - a for a, b in itertools.pairwise(ys)] == pytest.approx([(ys[3] - ys[0]) / 3] * 3)
    assert page.evaluate(scale, [1.0, 0.0, 0.5])["log"] is False  # 0 has no logarithm
    below = page.evaluate(scale, [0.5, -0.5])
    assert below["low"] <= -0.5
    assert math.isfinite(page.evaluate(scale, [math.inf, 0.5])["high"])


def test_no_peak_of_a_long_film_is_lost(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    page.evaluate(
        """() => { training.losses = Array.from({ length: 5001 }, () => 0.1); training.losses[3333] = 0.4;
            training.epoch = 5000; film.drawnGrid = ""; drawFilm(); }"""
    )
    ys = [float(place.split(",")[1]) for place in page.evaluate("film.train.getAttribute('d')")[1:].split("L")]
    assert len(ys) < 700
    assert min(ys) == pytest.approx(page.evaluate("filmY(0.4)"), abs=0.06)
    # Lengths are round: the curve is not squeezed anew in each frame.
    assert page.evaluate("[3, 20, 21, 101, 5000].map(roundLength)") == [20, 20, 25, 120, 5000]
