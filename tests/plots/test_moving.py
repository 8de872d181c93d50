"""Moving pictures: what they show, how long, and how large they are."""

import io
import random
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from micrograd.plots import Animation, Plot, animation, line_charts, pictures, point_clouds
from micrograd.plots.moving import share


def at(*heights: float) -> list[Plot]:
    return [line_charts({"": {"a": [(0.0, 0.0), (1.0, height)]}}, "x", "y") for height in heights]


@pytest.fixture(scope="module")
def plots() -> list[Plot]:
    return at(0.0, 1.0, 2.0)


@pytest.fixture(scope="module")
def rising(plots: list[Plot]) -> Animation:
    return animation(plots, seconds=0.6)


def opened(content: bytes) -> Any:
    return Image.open(io.BytesIO(content))


def test_a_gif_shows_each_plot_for_its_part_of_the_time_and_holds_the_last(rising: Animation) -> None:
    film = opened(rising.rendered("gif"))
    durations = []
    for frame in range(film.n_frames):
        film.seek(frame)
        durations.append(film.info["duration"])
    assert durations == [200, 200, 2000]
    assert film.info["loop"] == 0  # without end


def test_a_notebook_shows_a_png_that_moves_and_stands_at_the_last_picture_where_it_cannot(rising: Animation) -> None:
    film = opened(rising._repr_png_())
    still = film.convert("RGB").tobytes()
    frames = []
    for frame in range(1, film.n_frames):
        film.seek(frame)
        frames.append(film.convert("RGB").tobytes())
    assert film.info["default_image"]
    assert len(set(frames)) == 3
    assert still == frames[-1]


def test_the_axes_of_all_plots_reach_as_far_as_those_of_any(rising: Animation, plots: list[Plot]) -> None:
    lowest, highest = (plot.figure.axes[0].get_ylim() for plot in at(0.0, 2.0))  # by a twentieth above 2, and below 0 around it
    assert lowest[0] < -0.05
    assert {plot.figure.axes[0].get_ylim() for plot in plots} == {(min(lowest[0], highest[0]), 2.1)}


def test_an_axis_that_goes_downwards_still_does() -> None:
    up, down = (plot.figure.axes[0] for plot in at(1.0, 3.0))
    down.invert_yaxis()
    share([up, down], "ylim")
    assert up.get_ylim() == down.get_ylim()[::-1]
    assert down.yaxis_inverted()


def test_the_ground_is_white_and_a_line_has_its_colour(rising: Animation) -> None:
    colours = rising.pictures[0].convert("RGB").getcolors(1 << 20)
    most = [colour for _, colour in sorted(colours, reverse=True)]
    assert most[0] == (255, 255, 255)
    assert (0xE6, 0x61, 0x01) in most


def test_thirty_frames_of_a_cloud_are_less_than_300_kilobytes() -> None:
    draw = random.Random(0)
    clouds = [[(draw.gauss(0.0, 1.0), draw.gauss(0.0, 1.0)) for _ in range(200)] for _ in range(3)]
    three = animation([point_clouds({"": {"made": cloud}}) for cloud in clouds])
    assert len(Animation(three.pictures * 10, 5.0).rendered("gif")) < 300_000
    assert len(Animation(three.pictures * 10, 5.0)._repr_png_()) < 300_000


def test_an_animation_is_saved_in_the_format_of_its_name(rising: Animation, tmp_path: Path) -> None:
    assert rising.save(tmp_path / "rising.gif").read_bytes().startswith(b"GIF89a")
    assert rising.save(tmp_path / "rising.png").read_bytes() == rising._repr_png_()
    with pytest.raises(ValueError, match=r"^an animation is not written as 'rising\.svg'; end its name in \.gif or \.png$"):
        rising.save(tmp_path / "rising.svg")


def test_an_animation_says_what_it_is(rising: Animation) -> None:
    assert repr(rising) == '<Animation of 3 pictures in 0.6 s; .save("training.gif") keeps it>'


@pytest.mark.parametrize("plots", [[], None, [1, 2], "ab"], ids=str)
def test_an_animation_needs_plots(plots: Any) -> None:
    message = f"an animation needs a list of plots, such as [point_clouds(...), point_clouds(...)], got {plots!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        animation(plots)


def test_the_plots_are_of_one_size_and_the_time_is_positive() -> None:
    two = line_charts({"": {"a": [(0.0, 0.0)]}, "b": {"a": [(0.0, 0.0)]}}, "x", "y")
    with pytest.raises(
        ValueError, match=r"^an animation needs plots of one size and as many panels; draw each by the same function$"
    ):
        animation([*at(1.0), two])
    with pytest.raises(ValueError, match=r"^seconds needs to be a finite number above 0, got 0$"):
        animation(at(1.0), seconds=0)


def test_a_light_grey_and_the_blue_grey_of_the_frames_stay_two_colours() -> None:
    (picture,) = animation([pictures({"digit": [[0.0, 0.15], [0.5, 1.0]]})]).pictures
    colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    white, black = (255, 255, 255), (0x1C, 0x21, 0x28)
    grey = tuple(round(a + 0.15 * (b - a)) for a, b in zip(white, black, strict=True))
    assert {(0xD5, 0xDB, 0xE2), grey} <= colours
