"""Points of the plane: clouds, labels, and people with their ties."""

import re
from typing import Any

import pytest
from matplotlib.colors import to_rgb

from micrograd.plots import labelled_points, point_clouds, ties
from micrograd.plots.panels import COLOURS

ORANGE, PURPLE = (to_rgb(COLOURS[place]) for place in (0, 1))
TRIANGLE = [(0.0, 0.0), (2.0, 0.0), (1.0, 1.0)]


def near(colour: tuple[float, float, float]) -> Any:
    return pytest.approx(colour, abs=1.0 / 255.0)


def test_a_cloud_has_its_points_and_one_colour_in_every_panel() -> None:
    plot = point_clouds({"start": {"real": [(1.0, 2.0)], "made": [(0.0, 0.0)]}, "end": {"made": [(1.0, 1.0), (3.0, 1.0)]}})
    start, end = plot.figure.axes
    assert [cloud.get_offsets().tolist() for cloud in start.collections] == [[[1.0, 2.0]], [[0.0, 0.0]]]
    assert [cloud.get_offsets().tolist() for cloud in end.collections] == [[[1.0, 1.0], [3.0, 1.0]]]
    colours = [tuple(cloud.get_facecolors()[0][:3]) for panel in (start, end) for cloud in panel.collections]
    assert colours == [PURPLE, ORANGE, ORANGE]
    assert [text.get_text() for text in plot.figure.legends[0].get_texts()] == ["real", "made"]


def test_panels_of_clouds_have_the_same_axes_in_the_same_unit() -> None:
    start, end = point_clouds({"a": {"": [(0.0, 0.0)]}, "b": {"": [(5.0, 1.0)]}}).figure.axes
    assert start.get_xlim() == end.get_xlim()
    assert start.get_ylim() == end.get_ylim()
    assert start.get_aspect() == end.get_aspect() == 1.0


def test_a_single_cloud_needs_no_legend() -> None:
    assert point_clouds({"": {"points": TRIANGLE}}).figure.legends == []


def test_each_panel_without_one_below_names_its_axis() -> None:
    plot = point_clouds({f"{place}": {"": TRIANGLE} for place in range(5)}, "one", "two", columns=3)
    assert [panel.get_xlabel() for panel in plot.figure.axes] == ["", "", "one", "one", "one"]
    assert [panel.get_ylabel() for panel in plot.figure.axes] == ["two", "", "", "two", ""]
    assert all(panel.xaxis.get_tick_params()["labelbottom"] for panel in plot.figure.axes[2:])


def test_a_point_is_its_label_in_the_colour_of_the_label() -> None:
    plot = labelled_points(TRIANGLE, [3, 8, 3], "a map")
    (panel,) = plot.figure.axes
    assert [(text.get_text(), text.get_position()) for text in panel.texts] == list(zip("383", TRIANGLE, strict=True))
    first, second, third = (text.get_color() for text in panel.texts)
    assert first == third != second
    assert panel.get_xlim()[0] < 0.0 < 2.0 < panel.get_xlim()[1]
    assert panel.get_title(loc="left") == "a map"


def test_ten_labels_have_ten_colours_whatever_their_order() -> None:
    there, back = ([text.get_color() for text in labelled_points([(0.0, 0.0)] * 10, list(order)).figure.axes[0].texts]
                   for order in (range(10), range(9, -1, -1)))  # fmt: skip
    assert len(set(there)) == 10
    assert there == back[::-1]


def test_a_person_is_a_disc_from_purple_to_orange_and_white_where_nothing_is_known() -> None:
    plot = ties([(0, 1), (2, 0)], TRIANGLE, {"": [0.0, None, 1.0]})
    lines, discs = plot.figure.axes[0].collections
    assert [segment.tolist() for segment in lines.get_segments()] == [[[0, 0], [2, 0]], [[1, 1], [0, 0]]]
    assert discs.get_offsets().tolist() == [list(point) for point in TRIANGLE]
    assert [tuple(colour[:3]) for colour in discs.get_facecolors()] == [near(PURPLE), (1.0, 1.0, 1.0), near(ORANGE)]
    assert [text.get_text() for text in plot.figure.axes[0].texts] == ["0", "1", "2"]
    assert [text.get_color() for text in plot.figure.axes[0].texts] == ["#ffffff", "#000000", "#000000"]


def test_people_have_places_by_number_and_may_have_names() -> None:
    plot = ties([], {0: (0.0, 0.0), 1: (1.0, 0.0)}, {"a": [0, 1], "b": [1, 0], "c": [0, 0]}, labels=["Ann", "Bo"])
    assert [[text.get_text() for text in panel.texts] for panel in plot.figure.axes] == [["Ann", "Bo"]] * 3
    assert plot.figure.axes[2].get_subplotspec().rowspan.start == 1


CLOUDS = "a chart needs a cloud, and a cloud needs points: {'start': {'real': [(0.0, 1.0), (1.0, 2.0)]}}, got "
LABELS = "a plot of labels needs points and a label for each, such as [(0.0, 1.0)] and [3], got "
NUMBERS = "ties need a number from 0 to 1, or None, for each of 3 people, got "


@pytest.mark.parametrize(
    ("draw", "given", "message"),
    [
        (point_clouds, [{}], f"{CLOUDS}{{}}"),
        (point_clouds, [{"a": {}}], f"{CLOUDS}{{'a': {{}}}}"),
        (point_clouds, [{"a": {"b": []}}], f"{CLOUDS}{{'a': {{'b': []}}}}"),
        (point_clouds, [TRIANGLE], f"{CLOUDS}{TRIANGLE}"),
        (labelled_points, [[], []], f"{LABELS}[] and []"),
        (labelled_points, [[(0.0, 1.0)], [1, 2]], f"{LABELS}[(0.0, 1.0)] and [1, 2]"),
        (labelled_points, [[(0.0, 1.0)], 3], f"{LABELS}[(0.0, 1.0)] and 3"),
        (labelled_points, [[(0.0, 1.0, 2.0)], [3]], "a point has two numbers, such as (0.0, 1.0), got (0.0, 1.0, 2.0)"),
        (point_clouds, [{"a": {"b": [1.0]}}], "a point has two numbers, such as (0.0, 1.0), got 1.0"),
        (ties, [[], TRIANGLE, {}], "ties need a name and a number for each person: {'found': [0.0, None, 1.0]}, got {}"),
        (ties, [[], TRIANGLE, {"a": [0, 1]}], f"{NUMBERS}2 as 'a': [0, 1]"),
        (ties, [[], TRIANGLE, {"a": [0, 1, 2]}], f"{NUMBERS}3 as 'a': [0, 1, 2]"),
        (ties, [[(0, 3)], TRIANGLE, {"a": [0, 1, 1]}], "ties need pairs of people from 0 to 2, as many as there are positions"),
    ],
)
def test_what_is_missing_is_told_in_one_sentence(draw: Any, given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw(*given)
