"""The heat maps: what the model gives at places of the grid, the boundary between classes, colours in light and dark."""

import itertools
import re
import statistics
from collections.abc import Callable

import pytest

from tests.views.browser.lab.rows_of_data import (
    KINDS,
    Laboratory,
    OpenPage,
    Page,
    exclusive_or,
    hills,
    moons,
    three_classes,
    wave,
)

PLACES = """() => { fillField(false); return [...field.units[0].keys()].filter((k) => k % 311 === 5).map((k) => {
    setPlace(k);
    return [[...field.row.subarray(0, lab.inputs)], outputPlaces.map((place) => field.units[place][k]), k];
}); }"""


@pytest.mark.parametrize("made", [exclusive_or, moons, hills, three_classes], ids=["xor", "moons", "regression", "classes"])
def test_the_grid_holds_what_the_model_gives_there(open_page: OpenPage, made: Callable[[], Laboratory]) -> None:
    laboratory = made()
    places = open_page(laboratory.page).evaluate(PLACES)
    assert len(places) > 10
    for x, outputs, _ in places:
        assert outputs == pytest.approx(laboratory.gives(*x), rel=1e-12, abs=1e-14)


def test_a_unit_shows_what_it_gives_and_an_input_itself(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    names = page.evaluate("lab.surfaceCards.map((card) => lab.cards[card].name)")
    assert names[:2] == ["x₁", "x₂"]
    for unit, neuron in enumerate(laboratory.model.layers[0].neurons, start=2):
        for x, _, k in page.evaluate(PLACES):
            assert page.evaluate("([unit, k]) => field.units[unit][k]", [unit, k]) == pytest.approx(neuron(x).data, rel=1e-12)
            assert [page.evaluate("([unit, k]) => field.units[unit][k]", [i, k]) for i in (0, 1)] == x


def boundary_points(page: Page) -> list[tuple[float, float]]:
    """Inputs along the line that is drawn, in pieces of two."""
    pairs = page.evaluate(
        """() => [...plane.boundary.getAttribute("d").matchAll(/(-?[\\d.]+),(-?[\\d.]+)/g)]
            .map(([, x, y]) => [Number(x), Number(y)])
            .filter(([x, y]) => x > 0 && y > 0 && x < points.width && y < points.height)
            .map(([x, y]) => [fromPixels(x, 0), fromPixels(y, 1)])"""
    )
    return [(x, y) for x, y in pairs]


def test_the_mouse_asks_what_the_model_gives_under_it(open_page: OpenPage) -> None:
    laboratory = exclusive_or()
    page = open_page(laboratory.page)
    box = page.locator(".surface").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 150)
    words = page.inner_text(".surface .note")
    x, y, output = (float(text.replace("−", "-")) for text in re.findall(r"[−\d.e]+\d", words))
    assert words.replace("−", "-") == f"({x:g}, {y:g}) gives {output:g}"
    assert output == pytest.approx(laboratory.gives(x, y)[0], abs=0.01)  # of three digits of x and y


@pytest.mark.parametrize("made", [exclusive_or, moons], ids=["xor", "moons"])
def test_the_boundary_is_where_the_model_is_undecided(open_page: OpenPage, made: Callable[[], Laboratory]) -> None:
    laboratory = made()
    page = open_page(laboratory.page)
    middle = 0.5 if laboratory is exclusive_or() else 0.0  # of a logit 0
    found = boundary_points(page)
    spread = page.evaluate("rangeOf(field.units[outputPlaces[0]])")
    assert spread[0] < middle < spread[1]
    assert len(found) > 20
    for x in found:
        assert laboratory.gives(*x)[0] == pytest.approx(middle, abs=0.004 * (spread[1] - spread[0]))


def test_the_line_is_exact_where_the_numbers_are_linear_and_a_saddle_is_asked_in_its_middle(open_page: OpenPage) -> None:
    page = open_page(exclusive_or().page)
    # Four nodes in a line, 10 pixels apart, the first at -5: the number 0.25 is between -5 and 5, a quarter of the way.
    assert page.evaluate("contourPath([0, 1, 0, 1], 2, 10, 0.25)") == "M-2.5,-5L-2.5,5"
    # A saddle: 2 over -1 and -1 over 2 has 0.5 in the middle, so the corners above 0 are one piece, and the others are cut off.
    pieces = page.evaluate("contourPath([2, -1, -1, 2], 2, 30, 0)")
    assert pieces == "M5,-15L15,-5M-5,15L-15,5"
    assert page.evaluate("contourPath([1, NaN, -1, -1], 2, 10, 0)") == ""


def test_the_winning_class_gives_its_colour(open_page: OpenPage) -> None:
    laboratory = three_classes()
    page = open_page(laboratory.page)
    # Of a pixel, the class in whose palette it is: each goes from paper to its own colour.
    ask = """() => { const { side } = field, wide = side + 2; return Array.from({ length: 40 }, (_, n) => {
        const i = (7 * n) % side, j = (11 * n) % side, pixel = plane.canvas.pixels[j * side + i];
        setPlace((j + 1) * wide + i + 1);
        return [[...field.row.subarray(0, 2)], shades.classes.map((colours) => colours.includes(pixel))];
    }); }"""
    seen = set()
    for x, palettes in page.evaluate(ask):
        outputs = laboratory.gives(*x)
        assert palettes == [output == max(outputs) for output in outputs]
        seen.add(outputs.index(max(outputs)))
    assert len(seen) > 1
    leads = []
    for x in boundary_points(page):
        best, second = sorted(laboratory.gives(*x), reverse=True)[:2]
        leads.append(best - second)
    assert statistics.median(leads) < 0.002
    assert max(leads) < 0.1  # where three meet, a line of one cell is cut short
    page.click(".choice:has-text('y₂')")
    assert page.get_attribute(".choice:has-text('y₂')", "aria-pressed") == "true"
    one = page.evaluate("plane.canvas.pixels.filter((pixel) => pixel === shades.paper).length")
    assert 0 < one < 64 * 64  # where another class is ahead there is paper


def test_orange_is_above_the_middle_and_purple_below_in_light_and_dark(open_page: OpenPage) -> None:
    laboratory = hills()
    for scheme in ("light", "dark"):
        page = open_page(laboratory.page, color_scheme=scheme)
        middle = page.evaluate("outputScales[0].middle")
        assert middle == 0.0  # targets on both sides of it
        ask = """() => { const { side } = field; return Array.from({ length: 60 }, (_, n) => {
            const i = (7 * n) % side, j = (11 * n) % side, pixel = plane.canvas.pixels[j * side + i];
            return [field.units[outputPlaces[0]][(j + 1) * (side + 2) + i + 1], pixel & 255, (pixel >> 16) & 255];
        }); }"""
        signs = {(output > 0, red > blue) for output, red, blue in page.evaluate(ask) if abs(output) > 0.3}
        assert signs <= {(True, True), (False, False)}
        dark = page.evaluate("brightInk()")
        assert dark is (scheme == "dark")
        ends = page.evaluate("planeKey.scale.ends.map((end) => end.textContent)")
        # The largest target is 2.5 × 2.5 / 4, and the scale goes half as far again.
        assert ends == ["−2.34", "0", "2.34"]


@pytest.mark.parametrize("made", [moons, three_classes])
def test_the_names_of_the_axes_cover_no_row(open_page: OpenPage, made: Callable[[], Laboratory]) -> None:
    page = open_page(made().page)
    covered = """[...document.querySelectorAll(".axis")].flatMap((name) => {
        const { left, right, top, bottom } = name.getBoundingClientRect();
        return [...document.querySelectorAll(".points .point")].filter((point) => {
            const box = point.getBoundingClientRect(), x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
            return x > left && x < right && y > top && y < bottom;
        });
    }).length"""
    assert page.locator(".axis").count() == 2
    assert page.locator(".points .point").count() >= len(list(zip(*made().data, strict=True)))
    assert page.evaluate(covered) == 0


def test_a_curve_is_what_the_model_gives_over_its_input(open_page: OpenPage) -> None:
    laboratory = wave()
    page = open_page(laboratory.page)
    path = page.evaluate("curve.lines[0].getAttribute('d')")
    pixels = [tuple(map(float, place.split(","))) for place in path[1:].split("L")]
    for k in range(0, len(pixels), 16):
        x = page.evaluate("k => inputAt(k)", k)
        assert pixels[k] == pytest.approx(
            page.evaluate("([x, y]) => [curveX(x), curveY(y)]", [x, laboratory.gives(x)[0]]), abs=0.06
        )


def test_while_it_moves_fewer_places_are_asked_and_at_rest_all(open_page: OpenPage) -> None:
    page = open_page(moons().page)
    # 2.2 milliseconds a frame: at a microsecond for each of side + 2 squared places that is 44 squared, at a thousand nothing.
    assert page.evaluate("[1e-4, 1e-3, 2e-3, 1].map(sideFor)") == [64, 40, 24, 16]
    sides = "[field.side, plane.canvas.width]"
    assert page.evaluate(f"movingSide = 16, show(true), {sides}") == [16, 16]  # at once: it comes to rest by itself
    assert page.evaluate(f"show(), {sides}") == [64, 64]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 480)])
@pytest.mark.parametrize("kind", KINDS)
def test_all_is_in_its_place(open_page: OpenPage, kind: str, scheme: str, width: int) -> None:
    page = open_page(KINDS[kind]().page, width=width, color_scheme=scheme)
    page.evaluate("goToEpoch(3), show()")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = page.evaluate(
        """[".plane", ".rows", ".film .box", ".film .key"]
            .map((name) => find(`.side ${name}`).getBoundingClientRect().toJSON())"""
    )
    for above, below in itertools.pairwise(boxes):
        assert below["top"] >= above["bottom"] - 0.5
    side = page.evaluate("find('.side').getBoundingClientRect().toJSON()")
    for box in boxes:
        assert box["left"] >= side["left"]
        assert box["right"] <= side["right"] + 0.5
        assert box["height"] > 10
    assert page.evaluate("[...unitCanvases.values()].every((canvas) => new Set(canvas.pixels).size > 1)")
