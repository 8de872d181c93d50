"""Plots of losses and decisions."""

import subprocess
import sys
from pathlib import Path

import pytest

from micrograd import datasets, nn, relu, tanh
from micrograd.plots import (
    WIDEST,
    decision_surfaces,
    descent_paths,
    fitted_curves,
    line_charts,
    loss_curves,
    stacked_bars,
    tangents,
    time_bars,
)


def test_a_curve_shows_every_loss_at_its_epoch() -> None:
    plot = loss_curves({"sgd": [4.0, 2.0, 1.0], "adam": [3.0, 1.0]})
    sgd, adam = plot.figure.axes[0].get_lines()
    assert (list(sgd.get_xdata()), list(sgd.get_ydata())) == ([1, 2, 3], [4.0, 2.0, 1.0])
    assert (list(adam.get_xdata()), list(adam.get_ydata())) == ([1, 2], [3.0, 1.0])
    legend = plot.figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["sgd", "adam"]


def test_the_boundary_of_a_surface_is_where_the_model_says() -> None:
    plot = decision_surfaces({"a plane": lambda row: row[0] + row[1]}, datasets.xor(), boundary=1.0)
    lines = [collection for collection in plot.figure.axes[0].collections if len(collection.get_paths()) == 1]
    boundary = next(line.get_paths()[0].vertices for line in lines if len(line.get_paths()[0].vertices) > 50)
    assert all(x + y == pytest.approx(1.0) for x, y in boundary)


def test_a_surface_shows_the_points_of_every_class() -> None:
    data = datasets.spirals(30, arms=3)
    plot = decision_surfaces({"": lambda row: row[0]}, data)
    shown = [len(cloud.get_offsets()) for cloud in plot.figure.axes[0].collections if len(cloud.get_offsets()) > 1]
    assert shown == [10, 10, 10]


def test_a_surface_without_a_boundary_is_drawn_too() -> None:
    assert decision_surfaces({"flat": lambda row: 0.25}, datasets.xor(), boundary=0.5)._repr_svg_().startswith("<?xml")


def test_a_tangent_touches_its_function_with_the_slope_there() -> None:
    plot = tangents({"tanh": tanh, "relu": relu}, at=[0.0, 2.0], reach=3.0)
    (_, flat, _), (_, corner, steep) = [panel.get_lines() for panel in plot.figure.axes]
    assert (list(flat.get_xdata()), list(flat.get_ydata())) == ([-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0])
    assert list(corner.get_ydata()) == [0.0, 0.0, 0.0]
    assert (list(steep.get_xdata()), list(steep.get_ydata())) == ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert steep.get_label() == "at 2: slope 1"


def test_many_surfaces_are_no_wider_than_a_notebook() -> None:
    plot = decision_surfaces({name: lambda row: row[0] for name in "abcde"}, datasets.xor())
    width = float(plot._repr_svg_().partition('width="')[2].partition("pt")[0])
    assert width < 630  # points, which are 840 pixels


def test_a_bar_says_its_time_and_how_many_times_faster_than_the_slowest_it_is() -> None:
    (panel,) = time_bars({"machine code": 5e-6, "eager": 0.0187, "numpy": 44.4e-6}).figure.axes
    assert [text.get_text() for text in panel.texts] == ["5 µs, 3,700 times faster", "19 ms", "44 µs, 420 times faster"]
    assert [bar.get_width() for bar in panel.patches] == [5e-6, 0.0187, 44.4e-6]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["machine code", "eager", "numpy"]
    assert panel.yaxis_inverted()  # the first stands at the top
    low, high = panel.get_xlim()
    assert panel.get_xscale() == "log"
    assert low < 5e-6
    assert high > 0.0187


def test_bars_need_times_that_a_logarithm_has() -> None:
    with pytest.raises(ValueError, match=r"names and times above 0, such as \{'eager': 0.02\}, got \{'none': 0.0\}"):
        time_bars({"none": 0.0})
    with pytest.raises(ValueError, match="names and times above 0"):
        time_bars({})


def test_a_plot_is_saved_in_the_format_of_its_name(tmp_path: Path) -> None:
    plot = loss_curves({"": [1.0, 0.5]})
    assert plot.save(tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert plot.save(tmp_path / "loss.svg").read_bytes() == plot.save(tmp_path / "again.svg").read_bytes()
    with pytest.raises(ValueError, match=r"not written as 'loss'; end its name in \.svg, \.png or \.pdf"):
        plot.save(tmp_path / "loss")


def test_bad_input_gets_one_sentence() -> None:
    with pytest.raises(ValueError, match="no curve to draw; pass a name and a list of losses"):
        loss_curves({})
    with pytest.raises(ValueError, match="no tangent to draw; pass a name and a function for each, and points"):
        tangents({"tanh": tanh}, at=[])
    with pytest.raises(ValueError, match="rows of 2 numbers, got rows of 3"):
        decision_surfaces({"": nn.MLP(3, [1])}, datasets.Dataset([[1.0, 2.0, 3.0]], [0]))
    with pytest.raises(ValueError, match="gives nan at a point of the plane"):
        decision_surfaces({"": lambda row: float("nan")}, datasets.xor())


def test_without_matplotlib_the_message_says_what_to_install() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from micrograd.plots import loss_curves; loss_curves({'': [1.0]})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)  # noqa: S603
    assert "plots need matplotlib: pip install 'micrograd[notebooks]'; draw and explore work without it" in result.stderr


def test_a_line_passes_through_its_points_in_its_own_panel() -> None:
    plot = line_charts({"forward": {"tanh": [(1, 0.5), (2, 0.25)]}, "backward": {"tanh": [(1, 2.0)]}}, "layer", "size", log=True)
    forward, backward = plot.figure.axes
    assert [list(zip(*line.get_data(), strict=True)) for line in forward.get_lines()] == [[(1, 0.5), (2, 0.25)]]
    assert [list(zip(*line.get_data(), strict=True)) for line in backward.get_lines()] == [[(1, 2.0)]]
    assert forward.get_yscale() == backward.get_yscale() == "log"


def test_lines_that_are_in_every_panel_are_named_once() -> None:
    same = line_charts({"one": {"a": [(0, 0)]}, "two": {"a": [(0, 1)]}}, "x", "y")
    assert [panel.get_legend() is not None for panel in same.figure.axes] == [False, True]
    apart = line_charts({"one": {"a": [(0, 0)]}, "two": {"b": [(0, 1)]}}, "x", "y")
    assert all(panel.get_legend() for panel in apart.figure.axes)


def test_each_part_of_a_bar_stands_on_the_one_before() -> None:
    plot = stacked_bars({"relu": {2: {"solved": 1, "dead": 2}, 4: {"dead": 3}}}, "width", "seeds")
    (panel,) = plot.figure.axes
    bottoms_and_heights = [(bar.get_y(), bar.get_height()) for bar in panel.patches]
    assert bottoms_and_heights == [(0, 1), (0, 0), (1, 2), (0, 3)]  # solved of both bars, then dead of both
    assert [text.get_text() for text in plot.figure.legends[0].get_texts()] == ["solved", "dead"]


def test_a_path_goes_from_a_black_dot_to_a_star_over_the_contour_lines() -> None:
    points = [(2.0, 1.0), (1.0, 0.5), (0.0, 0.0)]
    plot = descent_paths(lambda x, y: x * x + y * y, {"": {"sgd": points}}, (-3.0, 3.0), (-2.0, 2.0))
    (panel,) = plot.figure.axes
    path, end, begin = panel.get_lines()
    assert list(zip(*path.get_data(), strict=True)) == points
    assert ([*end.get_data()], end.get_marker()) == ([[0.0], [0.0]], "*")
    assert ([*begin.get_data()], begin.get_marker()) == ([[2.0], [1.0]], "o")
    contours = panel.collections[0].get_paths()  # of a surface from 0 to 3² + 2² = 13
    lowest, highest = contours[0].vertices, contours[-2].vertices
    assert {round(float(x * x + y * y), 1) for x, y in lowest} == {round(13.0 / 14.0**2, 1)}
    assert {round(float(x * x + y * y), 1) for x, y in highest} == {round(13.0 * (13.0 / 14.0) ** 2, 1)}


def test_a_fitted_curve_is_the_model_at_every_point_of_the_line() -> None:
    plot = fitted_curves({"": lambda row: 2 * row[0]}, datasets.Dataset([[0.0], [1.0]], [0.0, 1.9]), truth=lambda x: 3 * x)
    truth, network = plot.figure.axes[0].get_lines()
    assert all(y == 3 * x for x, y in zip(*truth.get_data(), strict=True))
    assert all(y == 2 * x for x, y in zip(*network.get_data(), strict=True))
    assert plot.figure.axes[0].collections[0].get_offsets().tolist() == [[0.0, 0.0], [1.0, 1.9]]


def test_charts_without_anything_in_them_say_what_to_pass() -> None:
    with pytest.raises(ValueError, match="a chart needs a line, and a line needs points"):
        line_charts({"": {"a": []}}, "x", "y")
    with pytest.raises(ValueError, match="no bar to draw; pass parts for each bar"):
        stacked_bars({"relu": {2: {}}}, "width", "seeds")
    with pytest.raises(ValueError, match="a chart needs a path, and a path needs points"):
        descent_paths(lambda x, y: x, {}, (0.0, 1.0), (0.0, 1.0))
    with pytest.raises(ValueError, match="rows of 1 number, got rows of 2; choose one column"):
        fitted_curves({"": lambda row: 0.0}, datasets.xor())


def test_a_plot_of_many_panels_is_no_wider_than_a_cell_of_a_notebook() -> None:
    plot = decision_surfaces({str(number): lambda row: row[0] for number in range(5)}, datasets.xor(), boundary=0.5)
    assert plot.figure.get_figwidth() == WIDEST
