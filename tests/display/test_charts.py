"""The loss curve, as an SVG."""

import xml.etree.ElementTree as ElementTree

from micrograd.display.charts import log_chart_svg


def test_the_loss_curve_is_an_svg_with_a_decade_for_each_line() -> None:
    svg = log_chart_svg([1.0, 0.1, 0.01], title="<loss>")
    root = ElementTree.fromstring(svg)  # noqa: S314 - it is our own
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["<loss>", "0.01", "0.1", "1", "1", "2", "3", "epoch"]
    points = root.find("{http://www.w3.org/2000/svg}polyline")
    assert points is not None
    # The plot is 556 wide from 64 and 236 high from 44: a decade is half of it.
    assert points.get("points") == "64.0,44.0 342.0,162.0 620.0,280.0 620.0,280.0"


def test_a_long_loss_curve_is_thinned_and_numbers_that_have_no_logarithm_are_left_out() -> None:
    svg = log_chart_svg([1.0 / n for n in range(1, 10_001)] + [0.0, float("nan")], title="loss")
    assert 300 < svg.count(",") < 1000
    assert "nan" not in svg
    assert "</svg>" in log_chart_svg([], title="nothing")
