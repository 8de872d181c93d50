"""Numbers as coloured cells: pictures, sequences, triangles of attention."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.plots.panels import COLOURS, WIDEST, Plot, panels

Grid = Sequence[Sequence[float]]

INK, GREY = "#1c2128", "#59636e"
SIGNED, PIXELS, WEIGHTS = ("#6a46a8", "#ffffff", "#e66101"), ("#ffffff", INK), ("#ffffff", COLOURS[4])
READABLE = 0.3  # inches: a cell that is narrower has no room for its number


def pictures(grids: Mapping[str, Grid], columns: int | None = None, *, one_scale: bool = True) -> Plot:
    """A panel for each grid of numbers, a cell for each number, with the number in it where there is room.

    Signed numbers are purple below 0 and orange above; a grid with none below 0 is grey.
    The grids of one plot share a scale for each of the two, unless `one_scale` is turned off.

    >>> plot = pictures({"digit": [[0.0, 1.0]], "gradient": [[-0.5, 0.25]]})
    >>> [text.get_text() for text in plot.figure.axes[1].texts]
    ['−.50', '.25']
    """
    checked(grids)
    columns = columns or min(len(grids), 4)
    wide, high = max(len(grid[0]) for grid in grids.values()), max(len(grid) for grid in grids.values())
    side = min((WIDEST - 0.9) / columns - 0.3, 3.6) / wide
    rows = -(-len(grids) // columns)
    plot, row = panels(list(grids), "", "", (wide * side + 0.3) * columns + 0.9, rows * (high * side + 0.5), columns, alike=False)
    shade_all(plot, row, list(grids.values()), one_scale)
    for panel, grid in zip(row, grids.values(), strict=True):
        if side >= READABLE:
            write_numbers(panel, grid, 72.0 * side)
        panel.set(xticks=[], yticks=[], aspect="equal")
    return plot


def sequence(
    charts: Mapping[str, Grid],
    ticks: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    *,
    one_scale: bool = True,
) -> Plot:
    """A panel for each list of frames, one below the other: time from left to right, and a row for each number of a frame.

    `ticks` names the times, `features` the rows.

    >>> plot = sequence({"state": [[0.5, -1.0], [0.0, 1.0], [0.25, 0.0]]}, ticks="abc")
    >>> [label.get_text() for label in plot.figure.axes[0].get_xticklabels()]
    ['a', 'b', 'c']
    """
    checked(charts)
    grids = [list(zip(*frames, strict=True)) for frames in charts.values()]
    height = sum(0.45 + min(0.22 * len(grid), 2.6) for grid in grids) + 0.4
    plot, row = panels(list(charts), "", "", WIDEST, height, 1, alike=False)
    shade_all(plot, row, grids, one_scale)
    for panel, grid in zip(row, grids, strict=True):
        if ticks is not None:
            panel.set_xticks(range(len(grid[0])), list(ticks)[: len(grid[0])])
        if features is not None:
            panel.set_yticks(range(len(grid)), list(features)[: len(grid)])
        else:
            panel.set_yticks([])
        panel.set_aspect("auto")
    row[-1].set_xlabel("time" if ticks is None else "")
    return plot


def triangle(weights: Grid, letters: Sequence[str]) -> Plot:
    """What each letter looks at: a row for each letter, in it the weights of itself and of the letters before it.

    >>> plot = triangle([[1.0], [0.25, 0.75]], "ab")
    >>> [text.get_text() for text in plot.figure.axes[0].texts]
    ['1', '.25', '.75']
    """
    count = len(letters)
    side = min(6.0 / count, 0.5)
    plot, (panel,) = panels([""], "looks at", "letter", count * side + 1.6, count * side + 0.7)
    grid = [[row[column] if column <= place else math.nan for column in range(count)] for place, row in enumerate(weights)]
    image = shade(panel, grid, WEIGHTS, (0.0, 1.0))
    if side >= READABLE:
        write_numbers(panel, [row[: place + 1] for place, row in enumerate(grid)], 72.0 * side)
    panel.set(aspect="equal")
    panel.set_xticks(range(count), list(letters))
    panel.set_yticks(range(count), list(letters))
    plot.figure.colorbar(image, ax=panel, ticks=[0.0, 0.5, 1.0], shrink=0.6, label="weight")
    return plot


def checked(grids: Any) -> None:
    need = "a picture needs a name and rows of numbers, all of one length: {'digit': [[0.0, 1.0], [0.5, 0.0]]}"
    if not isinstance(grids, Mapping) or not grids:
        raise ValueError(f"{need}, got {grids!r}")
    for name, grid in grids.items():
        if not len(grid) or len({len(row) for row in grid}) != 1:
            raise ValueError(f"{need}; {name!r} has rows of {sorted({len(row) for row in grid})}")


def shade_all(plot: Plot, row: list[Any], grids: Sequence[Grid], one_scale: bool) -> None:
    signed = [any(number < 0.0 for line in grid for number in line) for grid in grids]
    for kind in (False, True):
        chosen = [place for place in range(len(grids)) if signed[place] is kind]
        for group in [chosen] if one_scale else [[place] for place in chosen]:
            if group:
                reach = max(abs(number) for place in group for line in grids[place] for number in line) or 1.0
                limits = (-reach if kind else 0.0, reach)
                for place in group:
                    image = shade(row[place], grids[place], SIGNED if kind else PIXELS, limits)
                axes = [row[place] for place in group]
                bar = plot.figure.colorbar(image, ax=axes, ticks=[*limits, 0.0], shrink=0.7, aspect=14, pad=0.02)
                bar.ax.set_yticklabels([f"{limits[0]:.3g}".replace("-", "−"), f"{reach:.3g}", "0"])
                bar.outline.set_visible(False)


def shade(panel: Any, grid: Grid, colours: Sequence[str], limits: tuple[float, float]) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    high, wide = len(grid), len(grid[0])
    edges = [place - 0.5 for place in range(wide + 1)], [place - 0.5 for place in range(high + 1)]
    colormap = LinearSegmentedColormap.from_list("", list(colours))
    image = panel.pcolormesh(*edges, grid, cmap=colormap, vmin=limits[0], vmax=limits[1], edgecolors="#ffffff", linewidth=0.4)
    panel.invert_yaxis()
    panel.grid(visible=False)
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    return image


def write_numbers(panel: Any, grid: Grid, points: float) -> None:
    """The numbers in their cells, in black or white, whichever contrasts more."""
    (image,) = panel.collections
    largest = max(abs(number) for line in grid for number in line)
    decimals = 0 if largest >= 10.0 else 1 if largest >= 1.0 and any(number < 0.0 for line in grid for number in line) else 2
    for y, line in enumerate(grid):
        for x, number in enumerate(line):
            red, green, blue, _ = image.cmap(image.norm(number))
            light = sum(
                share * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
                for share, part in ((0.2126, red), (0.7152, green), (0.0722, blue))
            )
            colour = "#000000" if light > 0.179 else "#ffffff"
            text = short(number, decimals)
            panel.text(
                x, y, text, color=GREY if text == "0" else colour, ha="center", va="center", fontsize=min(points / 3.2, 11.0)
            )


def short(number: float, decimals: int) -> str:
    """The number in few characters: no zero before the point, and a whole number without one.

    >>> short(-0.25, 2), short(1.0, 2), short(0.0, 2)
    ('−.25', '1', '0')
    """
    rounded = round(number, decimals)
    if rounded == int(rounded):
        return f"{rounded:.0f}".replace("-0", "0").replace("-", "−")
    return f"{rounded:.{decimals}f}".replace("0.", ".", 1).replace("-", "−")
