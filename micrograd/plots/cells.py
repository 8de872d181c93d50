"""Numbers as coloured cells: pictures, sequences, and what each letter looks at."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from numbers import Real
from typing import Any

from micrograd.arguments import positive
from micrograd.engine import Value
from micrograd.plots.panels import COLOURS, WIDEST, Plot, has_items, ink_on, panels, rows_and_columns

Grid = Sequence[Sequence[float]]

GREY = ("#ffffff", "#1c2128")
SIGNED = (COLOURS[1], "#ffffff", COLOURS[0])
SHARE = ("#ffffff", COLOURS[4])
ZERO, EDGE = "#59636e", "#d5dbe2"
LARGEST, SMALLEST = 10.0, 7.0  # points: the type of a number in its cell; where it would be smaller there is none
WIDTHS = {"−": 0.84, ".": 0.32}  # of a character, in ems; a digit's is 0.64


@dataclass(frozen=True)
class Scale:
    """The colours of a kind of number, from `low` to `high`."""

    colours: tuple[str, ...]
    low: float
    high: float


def pictures(
    grids: Mapping[str, Grid], columns: int | None = None, *, one_scale: bool = True, reach: float | None = None
) -> Plot:
    """A panel for each grid of numbers, and in it a cell for each number; where there is room, the number is in the cell.

    A grid with numbers below 0 is purple below it and orange above; one without is grey, as pixels are. All grids of the plot
    that are coloured alike have one scale, which the bar beside them tells, unless `one_scale` is turned off. A `reach` says at
    which number the colours are full, so that plots can be compared; by default it is the largest.

    >>> plot = pictures({"digit": [[0.0, 1.0]], "gradient": [[-0.5, 0.25]]})
    >>> [text.get_text() for text in plot.figure.axes[1].texts]
    ['−.50', '.25']
    """
    checked(grids)
    rows, columns = rows_and_columns(len(grids), columns, most=4)
    across, down = max(len(grid[0]) for grid in grids.values()), max(map(len, grids.values()))
    side = min(((WIDEST - 0.9) / columns - 0.2) / across, 3.4 / down, 0.6)
    size = {"width": columns * (across * side + 0.2) + 0.9, "height": rows * (down * side + 0.35)}
    plot, row = panels(list(grids), "", "", **size, columns=columns, sharex=False, sharey=False)
    fill(plot, row, list(grids.values()), [(side, side)] * len(grids), one_scale, reach)
    for panel in row:
        panel.set(xticks=[], yticks=[], aspect="equal")
    return plot


def sequence(
    charts: Mapping[str, Grid],
    ticks: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    *,
    one_scale: bool = True,
    reach: float | None = None,
) -> Plot:
    """A panel for each list of frames, one below the other: time goes from left to right, each number of a frame has a row.

    `ticks` names the times, such as by the letters of a word, and `features` the rows. Colours and numbers are those of
    `pictures`.

    >>> plot = sequence({"state": [[0.5, -1.0], [0.0, 1.0], [0.25, 0.0]]}, ticks="abc")
    >>> [label.get_text() for label in plot.figure.axes[0].get_xticklabels()]
    ['a', 'b', 'c']
    """
    checked(charts)
    grids = [list(zip(*frames, strict=True)) for frames in charts.values()]
    longest = max(map(len, charts.values()))
    check_count(ticks, longest, "ticks", "frame")
    for grid in grids:
        check_count(features, len(grid), "features", "number of a frame")
    heights = [min(max(0.2 * len(grid), 0.5), 3.0) for grid in grids]
    size = {"width": min(1.8 + 0.7 * longest, WIDEST), "height": sum(heights) + 0.35 * len(grids) + 0.4}
    plot, row = panels(list(charts), "time" if ticks is None else "", "", **size, columns=1, sharey=False, height_ratios=heights)
    cells = [((size["width"] - 1.4) / longest, height / len(grid)) for height, grid in zip(heights, grids, strict=True)]
    fill(plot, row, grids, cells, one_scale, reach)
    from matplotlib.ticker import MaxNLocator

    for panel, grid in zip(row, grids, strict=True):
        if features is None:
            panel.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        else:
            panel.set_yticks(range(len(grid)), features)
    row[-1].set_xlim(-0.5, longest - 0.5)
    if ticks is None:
        row[-1].xaxis.set_major_locator(MaxNLocator(12, integer=True))
    else:
        row[-1].set_xticks(range(longest), list(ticks))
    return plot


def triangle(weights: Grid, letters: Sequence[str], title: str = "") -> Plot:
    """What each letter looks at: in its row the weights, from 0 to 1, of the letters before it and of itself.

    >>> plot = triangle([[1.0], [0.25, 0.75]], "ab")
    >>> [text.get_text() for text in plot.figure.axes[0].texts]
    ['1', '.25', '.75']
    """
    if not has_items(letters) or len(weights) != len(letters) or any(len(row) <= place for place, row in enumerate(weights)):
        need = "a triangle needs a row of weights for each letter, the first of one number, the second of two, and so on"
        raise ValueError(f"{need}; got rows of {[len(row) for row in weights]} for {len(letters)} letter(s)")
    for letter, row in zip(letters, weights, strict=True):
        check_finite(row, f"a triangle needs finite numbers; the row of {letter!r}")
    count = len(letters)
    side = min(6.0 / count, 0.45)
    plot, (panel,) = panels([title], "looks at", "letter", width=count * side + 0.7, height=count * side + 0.8)
    rows = [list(row[: place + 1]) for place, row in enumerate(weights)]
    scale = Scale(SHARE, 0.0, 1.0)
    image = draw_cells(panel, [row + [math.nan] * (count - len(row)) for row in rows], scale)
    write_numbers(panel, rows, scale, image, (side, side))
    panel.set(aspect="equal")
    panel.set_xticks(range(count), list(letters))
    panel.set_yticks(range(count), list(letters))
    panel.spines[:].set_visible(False)
    corner = panel.inset_axes((0.62, 0.9, 0.34, 0.04))  # where no letter looks
    draw_bar(plot.figure.colorbar(image, cax=corner, orientation="horizontal", label="weight"), scale)
    return plot


def checked(grids: Any) -> None:
    """A ValueError unless there are names, and under each of them rows of finite numbers, as many in each."""
    need = "a picture needs a name and rows of numbers, such as {'digit': [[0.0, 1.0], [0.5, 0.0]]}"
    if not isinstance(grids, Mapping) or not grids:
        raise ValueError(f"{need}, got {reprlib.repr(grids)}")
    for name, grid in grids.items():
        if not has_items(grid) or not all(map(has_items, grid)):
            raise ValueError(f"{need}, got {reprlib.repr(grid)} as {name!r}")
        if len(lengths := sorted({len(row) for row in grid})) > 1:
            raise ValueError(f"a picture needs rows of one length; {name!r} has rows of {', '.join(map(str, lengths))} numbers")
        check_finite(chain.from_iterable(grid), f"a picture needs finite numbers; {name!r}")


def check_finite(numbers: Iterable[Any], need: str) -> None:
    for number in numbers:
        if not isinstance(number, Real) or not math.isfinite(number):
            advice = "; write [[value.data for value in row] for row in rows]" if isinstance(number, Value) else ""
            raise ValueError(f"{need} has {reprlib.repr(number)}{advice}")


def check_count(names: Any, count: int, what: str, of: str) -> None:
    if names is not None and (not has_items(names) or len(names) != count):
        raise ValueError(f"{what} needs a name for each {of}, {count} of them, got {reprlib.repr(names)}")


def fill(
    plot: Plot, row: list[Any], grids: Sequence[Grid], cells: list[tuple[float, float]], one_scale: bool, reach: float | None
) -> None:
    """Draw each grid in its panel, in cells of so many inches, and a bar for each scale beside all its panels."""
    signed = [any(number < 0.0 for number in chain.from_iterable(grid)) for grid in grids]
    groups: dict[int, list[int]] = {}
    for place in range(len(grids)):
        groups.setdefault(signed.index(signed[place]) if one_scale else place, []).append(place)
    for first, places in groups.items():
        high = largest([grids[place] for place in places]) if reach is None else positive(reach, "reach")
        scale = Scale(SIGNED, -high, high) if signed[first] else Scale(GREY, 0.0, high)
        for place in places:
            image = draw_cells(row[place], grids[place], scale)
            write_numbers(row[place], grids[place], scale, image, cells[place])
        beside = [row[place] for place in places]
        draw_bar(plot.figure.colorbar(image, ax=beside, shrink=0.7, aspect=14, pad=0.015), scale)


def largest(grids: list[Grid]) -> float:
    """The largest size of a number; 1 for pixels that come near it, so that pictures of them are alike, and where all are 0."""
    size = max(abs(number) for grid in grids for number in chain.from_iterable(grid)) or 1.0
    pixels = 0.5 < size < 1.0 and all(number >= 0.0 for grid in grids for number in chain.from_iterable(grid))
    return 1.0 if pixels else float(size)


def draw_cells(panel: Any, grid: Grid, scale: Scale) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    edges = ([place - 0.5 for place in range(count + 1)] for count in (len(grid[0]), len(grid)))
    colours = LinearSegmentedColormap.from_list("", scale.colours, N=257)  # one of them in the middle
    image = panel.pcolormesh(*edges, grid, cmap=colours, vmin=scale.low, vmax=scale.high, edgecolors="#ffffff", linewidth=0.5)
    panel.invert_yaxis()
    panel.grid(visible=False)
    panel.tick_params(length=0)
    panel.spines[:].set(visible=True, color=EDGE)
    return image


def draw_bar(bar: Any, scale: Scale) -> None:
    ends = [scale.low, 0.0, scale.high] if scale.low else [0.0, scale.high]
    bar.set_ticks(ends, labels=[f"{end:.3g}".replace("-", "−") for end in ends])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)


def write_numbers(panel: Any, grid: Grid, scale: Scale, image: Any, cell: tuple[float, float]) -> None:
    """The numbers in their cells, of so many inches, unless they would be too small to read."""
    decimals = max(2 - math.ceil(math.log10(scale.high)), 0)  # two digits of the largest
    texts = [[short(number, decimals) for number in row] for row in grid]
    ems = max(sum(WIDTHS.get(character, 0.64) for character in text) for text in chain.from_iterable(texts))
    size = min(72.0 * cell[0] * 0.82 / ems, 72.0 * cell[1] * 0.7, LARGEST)
    if size < SMALLEST:
        return
    for y, (row, line) in enumerate(zip(grid, texts, strict=True)):
        for x, (number, text) in enumerate(zip(row, line, strict=True)):
            ink = ZERO if number == 0.0 else ink_on(*image.cmap(image.norm(number))[:3])
            panel.text(x, y, text, color=ink, fontsize=size, ha="center", va="center_baseline", in_layout=False)


def short(number: float, decimals: int) -> str:
    """The number in few characters: no zero before the point, and a whole one without a point.

    >>> short(-0.25, 2), short(1.0, 2), short(-1.04, 1), short(0.0, 2), short(-0.001, 2)
    ('−.25', '1', '−1.0', '0', '.00')
    """
    rounded = round(number, decimals) + 0.0  # and not -0.0
    text = f"{rounded:.{0 if number == int(number) else decimals}f}"
    return text.replace("-", "−") if abs(rounded) >= 1.0 or "." not in text else text.replace("-", "−").replace("0", "", 1)
