"""Plots of losses and decisions."""

import subprocess
import sys
from pathlib import Path

import pytest

from micrograd import datasets, nn
from micrograd.plots import decision_surfaces, loss_curves, time_bars


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


def test_a_surface_without_a_boundary_is_drawn_too() -> None:
    assert decision_surfaces({"flat": lambda row: 0.25}, datasets.xor(), boundary=0.5)._repr_svg_().startswith("<?xml")


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
    with pytest.raises(ValueError, match="rows of 2 numbers, got rows of 3"):
        decision_surfaces({"": nn.MLP(3, [1])}, datasets.Dataset([[1.0, 2.0, 3.0]], [0]))
    with pytest.raises(ValueError, match="gives nan at a point of the plane"):
        decision_surfaces({"": lambda row: float("nan")}, datasets.xor())


def test_without_matplotlib_the_message_says_what_to_install() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from micrograd.plots import loss_curves; loss_curves({'': [1.0]})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)  # noqa: S603
    assert "plots need matplotlib: pip install 'micrograd[notebooks]'; draw and explore work without it" in result.stderr
