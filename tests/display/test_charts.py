"""The loss curve, in characters and as an SVG."""

import math
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from micrograd.display.charts import log_chart, log_chart_svg


def test_the_loss_curve_is_an_svg_with_a_decade_for_each_line() -> None:
    svg = log_chart_svg([1.0, 0.1, 0.01], title="<loss>")
    root = ElementTree.fromstring(svg)  # noqa: S314 - it is our own
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["<loss>", "0.01", "0.1", "1", "1", "2", "3", "epoch", "on a logarithmic scale"]
    points = root.find("{http://www.w3.org/2000/svg}polyline")
    assert points is not None
    # The plot is 556 wide from 64 and 236 high from 44: a decade is half of it.
    assert points.get("points") == "64.0,44.0 342.0,162.0 620.0,280.0 620.0,280.0"


def test_a_long_loss_curve_is_thinned_and_numbers_that_have_no_logarithm_are_left_out() -> None:
    svg = log_chart_svg([1.0 / n for n in range(1, 10_001)] + [0.0, float("nan")], title="loss")
    assert 300 < svg.count(",") < 1000
    assert "nan" not in svg
    assert "</svg>" in log_chart_svg([], title="nothing")


def test_a_title_is_a_title_whatever_it_holds() -> None:
    root = ElementTree.fromstring(log_chart_svg([1.0], title="\x00\x1b\ufffe" + "<" * 1000))  # noqa: S314 - it is our own
    (title,) = root.iter("{http://www.w3.org/2000/svg}title")
    assert title.text is not None
    assert title.text.startswith(r"\x00\x1b\ufffe<<")
    assert len(title.text) == 80


@pytest.mark.parametrize("numbers", [[], [math.nan], [0.0, -1.0], [math.inf] * 3])
def test_where_there_is_nothing_to_draw_the_chart_says_so(numbers: list[float]) -> None:
    assert log_chart(numbers) == "(no number above 0 to draw)"


@pytest.mark.parametrize(
    ("numbers", "ends"),
    [
        ([2.0], ("2", "2")),
        ([2.0, math.nan, 0.0], ("2", "2")),
        ([5e-324, sys.float_info.max], ("1.8e+308", "4.9e-324")),
        ([1.0] * 1000, ("1", "1")),
    ],
)
@pytest.mark.parametrize("width", [-5, 0, 1, 60])
@pytest.mark.parametrize("height", [-5, 0, 1, 8])
def test_a_chart_of_any_size_names_its_ends_and_has_a_curve(
    numbers: list[float], ends: tuple[str, str], width: int, height: int
) -> None:
    first, *_, last = lines = log_chart(numbers, width=width, height=height).split("\n")
    assert len(lines) == max(height, 2)
    assert len({len(line) for line in lines}) == 1
    assert (first.split()[0], last.split()[0]) == ends
    assert any("\u2800" < character <= "\u28ff" for character in "".join(lines))
