"""Points of the plane: clouds, labels, and people with lines between those who are tied."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from micrograd.plots.panels import (
    COLOURS,
    WIDEST,
    Plot,
    Points,
    check_named,
    has_items,
    has_lines,
    ink_on,
    panels,
    rows_and_columns,
)

TEN = (*COLOURS, "#56606b", "#8c6239", "#4d9a2a", "#c2489a")
FACTIONS = (COLOURS[1], "#f6f2f4", COLOURS[0])


def point_clouds(
    charts: Mapping[str, Mapping[str, Points]], across: str = "x1", upwards: str = "x2", *, columns: int | None = None
) -> Plot:
    """A panel for each chart, and in it the points of each name; all panels have the same axes, and their units are as long
    across as upwards.

    >>> plot = point_clouds({"start": {"real": [(0.0, 1.0)], "made": [(0.5, 0.5), (1.0, 0.0)]}})
    >>> [len(cloud.get_offsets()) for cloud in plot.figure.axes[0].collections]
    [1, 2]
    """
    check_named(
        charts, has_lines, "a chart needs a cloud, and a cloud needs points: {'start': {'real': [(0.0, 1.0), (1.0, 2.0)]}}"
    )
    for clouds in charts.values():
        for points in clouds.values():
            check_pairs(points)
    rows, columns = rows_and_columns(len(charts), columns, most=4)
    side = min((WIDEST - 0.6) / columns, 3.6)
    plot, row = panels(list(charts), across, upwards, columns * side + 0.6, rows * side + 0.6, columns)
    names = list(dict.fromkeys(name for clouds in charts.values() for name in clouds))
    colours = dict(zip(names, cycle((COLOURS[1], COLOURS[0], *COLOURS[2:]))))
    for panel, clouds in zip(row, charts.values(), strict=True):
        for name, points in clouds.items():
            panel.scatter(*zip(*points, strict=True), c=colours[name], s=16, edgecolors="#ffffff", linewidths=0.5, label=name)
        panel.set_aspect("equal")
        panel.set_axisbelow(True)
    if len(names) > 1:
        handles = {label: handle for panel in row for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)}
        place = {"loc": "outside lower center", "ncols": len(names), "frameon": False}
        plot.figure.legend([handles[name] for name in names], names, markerscale=1.6, handletextpad=0.2, **place)
    return plot


def labelled_points(
    points: Points, labels: Sequence[Any], title: str = "", across: str = "first number", upwards: str = "second number"
) -> Plot:
    """Each point drawn as its label, in the colour of that label.

    >>> plot = labelled_points([(0.0, 0.0), (1.0, 1.0)], [3, 8])
    >>> [text.get_text() for text in plot.figure.axes[0].texts]
    ['3', '8']
    """
    if not has_items(points) or not has_items(labels) or len(points) != len(labels):
        got = f"{reprlib.repr(points)} and {reprlib.repr(labels)}"
        raise ValueError(f"a plot of labels needs points and a label for each, such as [(0.0, 1.0)] and [3], got {got}")
    check_pairs(points)
    plot, (panel,) = panels([title], across, upwards, width=6.4, height=5.6)
    colours = dict(zip(sorted(set(labels), key=str), cycle(TEN)))
    for (x, y), label in zip(points, labels, strict=True):
        panel.text(
            x, y, str(label), color=colours[label], ha="center", va="center", fontsize=8, fontweight="bold", in_layout=False
        )
    panel.update_datalim(points)
    panel.autoscale_view()
    panel.set_axisbelow(True)
    return plot


def check_pairs(points: Points) -> None:
    for point in points:
        if not has_items(point) or len(point) != 2:
            raise ValueError(f"a point has two numbers, such as (0.0, 1.0), got {reprlib.repr(point)}")


def ties(
    pairs: Sequence[tuple[int, int]],
    positions: Sequence[tuple[float, float]] | Mapping[int, Any],
    charts: Mapping[str, Sequence[float | None]],
    labels: Sequence[Any] | None = None,
    *,
    columns: int | None = None,
) -> Plot:
    """A panel for each chart: a disc for each person, and a line for each pair of people.

    A chart has a number for each person: 0.0 is purple, 1.0 orange, in between it is paler, and None, for nothing known, is
    white. `positions[0]` is the place (x, y) of person 0; a disc holds the number of the person, or the label.

    >>> plot = ties([(0, 1)], [(0.0, 0.0), (1.0, 0.0)], {"told": [0.0, None], "found": [0.0, 0.9]})
    >>> [text.get_text() for text in plot.figure.axes[0].texts]
    ['0', '1']
    """
    check_named(charts, has_items, "ties need a name and a number for each person: {'found': [0.0, None, 1.0]}")
    people = range(len(positions))
    for name, numbers in charts.items():
        if len(numbers) != len(people) or not all(number is None or 0.0 <= number <= 1.0 for number in numbers):
            need = f"ties need a number from 0 to 1, or None, for each of {len(people)} people"
            raise ValueError(f"{need}, got {len(numbers)} as {name!r}: {reprlib.repr(numbers)}")
    if not all(person in people for pair in pairs for person in pair):
        raise ValueError(f"ties need pairs of people from 0 to {len(people) - 1}, as many as there are positions")
    xs, ys = zip(*(positions[person] for person in people), strict=True)
    rows, columns = rows_and_columns(len(charts), columns, most=2)
    side = min(WIDEST / columns, 6.4)
    shape = min(max((max(ys) - min(ys)) / (max(xs) - min(xs) or 1.0), 0.5), 1.0)
    plot, row = panels(list(charts), "", "", columns * side, rows * (side * shape + 0.3), columns)
    from matplotlib.collections import LineCollection
    from matplotlib.colors import LinearSegmentedColormap

    mixed = LinearSegmentedColormap.from_list("", FACTIONS)
    size = min(max(2.0 * side, 6.5), 9.0)  # points: the type, and half a disc
    for panel, numbers in zip(row, charts.values(), strict=True):
        colours = ["#ffffff" if number is None else mixed(float(number)) for number in numbers]
        panel.add_collection(LineCollection([[positions[a], positions[b]] for a, b in pairs], color="#b3bcc7", linewidth=0.8))
        panel.scatter(xs, ys, s=(2.0 * size) ** 2, color=colours, edgecolors="#59636e", linewidths=0.8, zorder=2)
        for person, (x, y) in enumerate(zip(xs, ys, strict=True)):
            ink = "#000000" if numbers[person] is None else ink_on(*colours[person][:3])
            text = str(person if labels is None else labels[person])
            panel.text(x, y, text, color=ink, ha="center", va="center_baseline", fontsize=size, zorder=3, in_layout=False)
        panel.set_axis_off()
        panel.set_aspect("equal")
        panel.margins(0.07)
    return plot
