"""Numbers in coloured cells: pictures, sequences, and what a letter looks at."""

import math
import re
from typing import Any

import pytest
from matplotlib.colors import to_rgb

from micrograd.engine import Value
from micrograd.plots import pictures, sequence, triangle
from micrograd.plots.cells import ZERO
from micrograd.plots.panels import COLOURS, WIDEST, Plot, ink_on

ORANGE, PURPLE, BLUE = (to_rgb(COLOURS[place]) for place in (0, 1, 4))
WHITE, BLACK = to_rgb("#ffffff"), to_rgb("#1c2128")


def colours(plot: Plot, panel: int) -> list[tuple[float, ...]]:
    """Of the cells, from left to right and from the top to the bottom."""
    (image,) = plot.figure.axes[panel].collections
    return [tuple(colour[:3]) for colour in image.cmap(image.norm(image.get_array().ravel()))]


def near(colour: tuple[float, ...]) -> Any:
    return pytest.approx(colour, abs=2.0 / 255.0)


def texts(plot: Plot, panel: int = 0) -> list[str]:
    return [text.get_text() for text in plot.figure.axes[panel].texts]


def test_pixels_are_grey_and_signed_numbers_purple_and_orange() -> None:
    plot = pictures({"pixels": [[0.0, 1.0]], "gradient": [[-2.0, 0.0], [1.0, 2.0]]})
    assert colours(plot, 0) == [near(WHITE), near(BLACK)]
    half_orange = tuple((white + orange) / 2.0 for white, orange in zip(WHITE, ORANGE, strict=True))
    assert colours(plot, 1) == [near(PURPLE), near(WHITE), near(half_orange), near(ORANGE)]


def test_the_first_row_is_at_the_top() -> None:
    (panel, _) = pictures({"": [[1.0], [2.0]]}).figure.axes
    assert [text.get_position() for text in panel.texts] == [(0, 0), (0, 1)]
    assert panel.yaxis_inverted()


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        ([[0.0, 0.0625, 0.5, 1.0]], ["0", ".06", ".50", "1"]),
        ([[0.0783, -0.042, 0.0001, 0.0]], [".078", "−.042", ".000", "0"]),
        ([[2.23, -1.04, -0.3, 1.0, -0.01]], ["2.2", "−1.0", "−.3", "1", ".0"]),
        ([[10.7, -3.2, 0.2, -0.2]], ["11", "−3", "0", "0"]),
        ([[0.0, 0.0]], ["0", "0"]),
    ],
)
def test_a_number_has_two_digits_of_the_largest_and_no_more_places(grid: list[list[float]], expected: list[str]) -> None:
    assert texts(pictures({"": grid})) == expected


def test_a_number_is_black_or_white_and_a_zero_grey() -> None:
    plot = pictures({"": [[0.0, 0.25, 1.0]]})
    assert [text.get_color() for text in plot.figure.axes[0].texts] == [ZERO, "#000000", "#ffffff"]


def test_a_number_contrasts_with_every_colour_by_4_58() -> None:
    def luminance(colour: tuple[float, float, float]) -> float:
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    parts = [step / 8.0 for step in range(9)]
    for colour in [(red, green, blue) for red in parts for green in parts for blue in parts]:
        low, high = sorted((luminance(colour), luminance(to_rgb(ink_on(*colour)))))
        assert (high + 0.05) / (low + 0.05) > 4.58


def test_cells_without_room_have_no_numbers() -> None:
    assert texts(pictures({"": [[0.5] * 24] * 24})) == []
    assert len(texts(pictures({"": [[0.5] * 8] * 8}))) == 64


def test_grids_that_are_coloured_alike_have_one_scale_that_a_bar_tells() -> None:
    grids = {"a": [[-1.0]], "b": [[4.0, -2.0]], "pixels": [[3.0]]}
    plot = pictures(grids)
    assert [tuple(panel.collections[0].get_clim()) for panel in plot.figure.axes[:3]] == [(-4.0, 4.0), (-4.0, 4.0), (0.0, 3.0)]
    bars = [[label.get_text() for label in bar.get_yticklabels()] for bar in plot.figure.axes[3:]]
    assert bars == [["−4", "0", "4"], ["0", "3"]]


def test_each_grid_has_a_scale_of_its_own_if_asked_for() -> None:
    plot = pictures({"weights": [[-1.0]], "gradients": [[0.004, -0.002]]}, one_scale=False)
    assert [tuple(panel.collections[0].get_clim()) for panel in plot.figure.axes[:2]] == [(-1.0, 1.0), (-0.004, 0.004)]


def test_a_reach_takes_the_place_of_the_largest_number() -> None:
    plot = pictures({"a": [[-1.0]], "b": [[1.0]]}, reach=8.0)
    assert [tuple(panel.collections[0].get_clim()) for panel in plot.figure.axes[:2]] == [(-8.0, 8.0), (0.0, 8.0)]


@pytest.mark.parametrize(("largest", "high"), [(0.9, 1.0), (1.0, 1.0), (0.3, 0.3), (1.5, 1.5), (0.0, 1.0)])
def test_pictures_of_pixels_up_to_1_are_alike(largest: float, high: float) -> None:
    assert pictures({"": [[0.0, largest]]}).figure.axes[0].collections[0].get_clim() == (0.0, high)


@pytest.mark.parametrize(("count", "columns", "shape"), [(3, None, (1, 3)), (5, None, (2, 4)), (4, 2, (2, 2)), (3, 1, (3, 1))])
def test_pictures_stand_in_columns(count: int, columns: int | None, shape: tuple[int, int]) -> None:
    plot = pictures({f"{place}": [[0.5]] for place in range(count)}, columns)
    places = [panel.get_subplotspec() for panel in plot.figure.axes[:count]]
    assert places[0].get_gridspec().get_geometry() == shape
    assert [panel.get_title(loc="left") for panel in plot.figure.axes[:count]] == [f"{place}" for place in range(count)]
    assert len(plot.figure.axes) == count + 1  # the bar, and no empty panel


def test_many_pictures_are_no_wider_than_a_notebook() -> None:
    assert pictures({f"{place}": [[0.5] * 8] * 8 for place in range(9)}, columns=9).figure.get_figwidth() <= WIDEST


def test_a_high_grid_is_no_higher_than_a_square_one_is() -> None:
    high, square = (pictures({"": grid}).figure.get_figheight() for grid in ([[1.0]] * 32, [[1.0] * 32] * 32))
    assert high == square


# Sequences


def test_time_goes_from_left_to_right_and_each_number_of_a_frame_has_a_row() -> None:
    plot = sequence({"": [[1.0, -1.0], [2.0, -2.0], [3.0, -3.0]]})
    (image,) = plot.figure.axes[0].collections
    assert image.get_array().tolist() == [[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]]
    assert plot.figure.axes[0].get_xlabel() == "time"


def test_times_and_features_have_names() -> None:
    (panel, _) = sequence({"": [[1.0, -1.0], [2.0, -2.0]]}, ticks="ab", features=["loud", "high"]).figure.axes
    assert [label.get_text() for label in panel.get_xticklabels()] == ["a", "b"]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["loud", "high"]
    assert panel.get_xlabel() == ""


def test_sequences_stand_below_each_other_at_the_same_times() -> None:
    plot = sequence({"sound": [[1.0]] * 6, "evidence": [[0.0, 2.0, -2.0]] * 4}, one_scale=False)
    above, below = plot.figure.axes[:2]
    assert above.get_xlim() == below.get_xlim() == (-0.5, 5.5)
    assert [panel.get_subplotspec().rowspan.start for panel in (above, below)] == [0, 1]
    assert (above.get_xlabel(), below.get_xlabel()) == ("", "time")


def test_names_of_times_are_as_many_as_the_frames_of_the_longest() -> None:
    with pytest.raises(ValueError, match=r"^ticks needs a name for each frame, 3 of them, got 'ab'$"):
        sequence({"": [[1.0]], "long": [[1.0]] * 3}, ticks="ab")
    with pytest.raises(ValueError, match=r"^features needs a name for each number of a frame, 1 of them, got \['a', 'b'\]$"):
        sequence({"": [[1.0]]}, features=["a", "b"])
    with pytest.raises(ValueError, match=r"^ticks needs a name for each frame, 1 of them, got 5$"):
        sequence({"": [[1.0]]}, ticks=5)  # type: ignore[arg-type]


# Attention


def test_a_letter_looks_at_itself_and_those_before_it() -> None:
    plot = triangle([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.5, 0.125, 0.375]], "mia")
    (panel,) = plot.figure.axes
    assert [(*text.get_position(), text.get_text()) for text in panel.texts] == [
        *[(0, 0, "1")],
        *[(0, 1, ".25"), (1, 1, ".75")],
        *[(0, 2, ".50"), (1, 2, ".12"), (2, 2, ".38")],
    ]
    for labels in (panel.get_xticklabels(), panel.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["m", "i", "a"]
    assert colours(plot, 0)[0] == near(BLUE)
    assert panel.collections[0].get_clim() == (0.0, 1.0)


@pytest.mark.parametrize(("weights", "letters"), [([], ""), ([[1.0]], "ab"), ([[1.0], [1.0]], "ab"), ([[1.0]], "")])
def test_a_triangle_has_a_row_for_each_letter(weights: Any, letters: str) -> None:
    lengths = [len(row) for row in weights]
    message = f"and so on; got rows of {lengths} for {len(letters)} letter(s)"
    with pytest.raises(ValueError, match=f"^a triangle needs a row of weights for each letter, .*{re.escape(message)}$"):
        triangle(weights, letters)


def test_a_triangle_is_of_numbers() -> None:
    with pytest.raises(
        ValueError, match=r"^a triangle needs finite numbers; the row of 'a' has Value\(data=1\.0\); write \[\[value.data"
    ):
        triangle([[Value(1.0)]], "a")  # type: ignore[list-item]


# What they refuse

EXAMPLE = "a picture needs a name and rows of numbers, such as {'digit': [[0.0, 1.0], [0.5, 0.0]]}, got "


@pytest.mark.parametrize(
    ("grids", "message"),
    [
        ({}, f"{EXAMPLE}{{}}"),
        ([[0.0, 1.0]], f"{EXAMPLE}[[0.0, 1.0]]"),
        ({"a": []}, f"{EXAMPLE}[] as 'a'"),
        ({"a": [0.0, 1.0]}, f"{EXAMPLE}[0.0, 1.0] as 'a'"),
        ({"a": [[], []]}, f"{EXAMPLE}[[], []] as 'a'"),
        ({"a": [[1.0]], "b": [[1.0], [1.0, 2.0]]}, "a picture needs rows of one length; 'b' has rows of 1, 2 numbers"),
        ({"a": [[1.0, math.nan]]}, "a picture needs finite numbers; 'a' has nan"),
        ({"a": [[math.inf]]}, "a picture needs finite numbers; 'a' has inf"),
        ({"a": [["x"]]}, "a picture needs finite numbers; 'a' has 'x'"),
        (
            {"a": [[Value(1.0)]]},
            "a picture needs finite numbers; 'a' has Value(data=1.0); write [[value.data for value in row] for row in rows]",
        ),
    ],
    ids=str,
)
def test_a_picture_needs_rows_of_numbers(grids: Any, message: str) -> None:
    for draw in (pictures, sequence):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            draw(grids)


@pytest.mark.parametrize("columns", [0, -1, 1.5], ids=str)
def test_columns_are_counted(columns: Any) -> None:
    with pytest.raises(ValueError, match=r"^columns needs to be a whole number from 1 upwards, got "):
        pictures({"a": [[1.0]]}, columns)


@pytest.mark.parametrize("reach", [0.0, -1.0, math.inf, "1"], ids=str)
def test_a_reach_is_above_0(reach: Any) -> None:
    with pytest.raises(ValueError, match=r"^reach needs to be a finite number above 0, got "):
        pictures({"a": [[1.0]]}, reach=reach)
