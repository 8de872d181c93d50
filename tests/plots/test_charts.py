"""Plots of losses and decisions."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.colors import to_rgba

from micrograd import datasets, nn, relu, tanh
from micrograd.datasets import Dataset
from micrograd.engine import Value
from micrograd.plots import (
    COLOURS,
    decision_surfaces,
    descent_paths,
    fitted_curves,
    line_charts,
    loss_curves,
    stacked_bars,
    tangents,
    time_bars,
)
from micrograd.plots.panels import WIDEST
from micrograd.training import History


def test_a_curve_shows_every_loss_at_its_epoch() -> None:
    plot = loss_curves({"sgd": [4.0, 2.0, 1.0], "adam": [3.0, 1.0]})
    sgd, adam = plot.figure.axes[0].get_lines()
    assert (list(sgd.get_xdata()), list(sgd.get_ydata())) == ([1, 2, 3], [4.0, 2.0, 1.0])
    assert (list(adam.get_xdata()), list(adam.get_ydata())) == ([1, 2], [3.0, 1.0])
    legend = plot.figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["sgd", "adam"]


def test_the_curves_of_a_history_are_the_loss_and_dashed_in_its_colour_the_validation_loss() -> None:
    history = History([4.0, 2.0, 1.0], validation=[3.0, 2.5, 2.75])
    plot = loss_curves({"wide": history, "narrow": History([5.0]), "by hand": [6.0]})
    loss, validation, narrow, by_hand = lines = plot.figure.axes[0].get_lines()
    assert [list(line.get_ydata()) for line in lines] == [[4.0, 2.0, 1.0], [3.0, 2.5, 2.75], [5.0], [6.0]]
    assert [line.get_linestyle() for line in lines] == ["-", "--", "-", "-"]
    assert loss.get_color() == validation.get_color()
    assert len({line.get_color() for line in (loss, narrow, by_hand)}) == 3
    texts = [text.get_text() for text in plot.figure.axes[0].get_legend().get_texts()]
    assert texts == ["wide", "wide, validation", "narrow", "by hand"]


@pytest.mark.parametrize("losses", [[0.0, 0.0], [0.5, -0.5]], ids=["none above 0", "one below 0"])
def test_losses_that_a_logarithm_would_leave_out_are_drawn_on_a_plain_scale(losses: list[float]) -> None:
    (panel,) = loss_curves({"": losses}).figure.axes
    assert panel.get_yscale() == "linear"
    assert list(panel.get_lines()[0].get_ydata()) == losses


def test_the_boundary_of_a_surface_is_where_the_model_says() -> None:
    plot = decision_surfaces({"a plane": lambda row: 2.0 * row[0] + row[1]}, datasets.xor(), boundary=1.0)
    lines = [collection for collection in plot.figure.axes[0].collections if len(collection.get_paths()) == 1]
    boundary = next(line.get_paths()[0].vertices for line in lines if len(line.get_paths()[0].vertices) > 50)
    assert all(2.0 * x + y == pytest.approx(1.0) for x, y in boundary)


def test_the_colours_of_a_surface_reach_as_far_below_the_boundary_as_above() -> None:
    plot = decision_surfaces({"a plane": lambda row: row[0]}, datasets.xor(), boundary=1.25)
    low, *_, high = plot.figure.axes[0].collections[0].levels  # row[0] is from -1/2 to 3/2
    assert (low, high) == (pytest.approx(1.25 - 1.75), pytest.approx(1.25 + 1.75))


def test_a_point_has_the_colour_of_its_side_and_the_mark_of_its_class() -> None:
    plot = decision_surfaces({"": lambda row: row[0] - 0.5}, Dataset([[1.0, 0.0], [0.0, 0.0]], [1, -1]))
    surface, _, low, high = plot.figure.axes[0].collections
    purple, orange = COLOURS[1], COLOURS[0]
    assert [cloud.get_offsets().tolist() for cloud in (low, high)] == [[[0.0, 0.0]], [[1.0, 0.0]]]
    assert [tuple(cloud.get_facecolors()[0]) for cloud in (low, high)] == [to_rgba(purple), to_rgba(orange)]
    corners = [len(cloud.get_paths()[0].vertices) for cloud in (low, high)]
    assert corners[0] > corners[1] == 5  # a circle and a square, whose path ends where it began
    red_and_blue = [surface.cmap(end)[:3:2] for end in (0.0, 1.0)]
    assert red_and_blue[0][0] < red_and_blue[0][1]  # purple below the boundary
    assert red_and_blue[1][0] > red_and_blue[1][1]  # orange above it


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


def test_a_function_that_is_the_same_everywhere_has_slope_0() -> None:
    for constant in (lambda a: 3.0, lambda a: Value(3.0)):
        _, tangent = tangents({"3": constant}, at=[1.0]).figure.axes[0].get_lines()
        assert list(tangent.get_ydata()) == [3.0, 3.0, 3.0]
        assert tangent.get_label() == "at 1: slope 0"


def test_many_surfaces_are_no_wider_than_a_notebook() -> None:
    plot = decision_surfaces({name: lambda row: row[0] for name in "abcde"}, datasets.xor())
    width = float(plot._repr_svg_().partition('width="')[2].partition("pt")[0])
    assert width < 630  # points, which are 840 pixels
    assert plot.figure.get_figwidth() == WIDEST


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
    given: Any
    for given in ({}, [1.0, 2.0], History([1.0]), {"a": History()}, {"a": 3.0}, {"a": []}):
        message = "a curve needs a name and a History or a list of losses: {'adam': history.losses}, got "
        assert_refused(message, loss_curves, given)
    for models in ({}, MODEL, {"": "tanh"}):
        message = "a plot of models needs a name for each: {'at first': model}, got "
        assert_refused(message, decision_surfaces, models, datasets.xor())
        assert_refused(message, fitted_curves, models, Dataset([[0.0]], [0.0]))
    for data in ([[1.0, 2.0]], Dataset([], [])):
        message = "a plot needs a Dataset(inputs, targets) of at least one row, got "
        assert_refused(message, decision_surfaces, {"": MODEL}, data)
        assert_refused(message, fitted_curves, {"": MODEL}, data)
    for functions in ({}, {"t": "tanh"}, tanh):
        assert_refused("a tangent needs a name for its function: {'tanh': tanh}, got ", tangents, functions, at=[0.0])
    for given in ([], 0.0):
        message = f"tangents need a list of at least one point, such as at=[0.0], got at={given}"
        assert_refused(message, tangents, {"": tanh}, at=given)


def test_a_function_needs_to_give_one_finite_number_everywhere() -> None:
    message = "a plot needs one finite number at every point, got "
    assert_refused(f"{message}nan at [-0.5, -0.5]", decision_surfaces, {"": lambda row: float("nan")}, datasets.xor())
    assert_refused(f"{message}[0.0] at [-0.1]", fitted_curves, {"": lambda row: [0.0]}, Dataset([[0.0]], [0.0]))
    assert_refused(f"{message}inf at -3.0", tangents, {"": lambda a: float("inf")}, at=[0.0])
    paths = {"": {"sgd": [(0.0, 0.0)]}}
    assert_refused(f"{message}inf at 0.0, 1.0", descent_paths, lambda x, y: float("inf"), paths, (0.0, 2.0), (1.0, 2.0))


MODEL = nn.MLP(2, [1], seed=0)


def assert_refused(message: str, draw: Callable[..., Any], *given: Any, **options: Any) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        draw(*given, **options)


def test_without_matplotlib_the_message_says_what_to_install() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from micrograd.plots import loss_curves; loss_curves({'': [1.0]})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)  # noqa: S603
    assert "plots need matplotlib: python -m pip install -e '.[notebooks]'; draw and explore work without it" in result.stderr


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
    plot = fitted_curves({"": lambda row: 2 * row[0]}, Dataset([[0.0], [1.0]], [0.0, 1.9]), truth=lambda x: 3 * x)
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
    with pytest.raises(ValueError, match=r"rows of 1 number\(s\), got rows of 2; choose 1 column\(s\)$"):
        fitted_curves({"": lambda row: 0.0}, datasets.xor())
    with pytest.raises(ValueError, match=r"rows of 2 number\(s\), got rows of 1, 2; choose 2 column\(s\)$"):
        decision_surfaces({"": MODEL}, Dataset([[1.0, 2.0], [1.0]], [0, 1]))
    with pytest.raises(ValueError, match=r"rows of 2 number\(s\), got rows of 3; choose 2 column\(s\)$"):
        decision_surfaces({"": nn.MLP(3, [1])}, Dataset([[1.0, 2.0, 3.0]], [0]))
