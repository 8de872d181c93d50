"""Points of the plane: clouds, labels, and people with lines between those who know each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from micrograd.plots.panels import COLOURS, Plot, Points, check_named, has_lines, panels

TEN = (*COLOURS, "#56606b", "#8c6239", "#4d9a2a", "#c2489a")


def point_clouds(charts: Mapping[str, Mapping[str, Points]], across: str = "x1", upwards: str = "x2") -> Plot:
    """A panel for each chart, and in it the points of each name; the panels share their axes, and a step is as long on both.

    >>> plot = point_clouds({"start": {"real": [(0.0, 1.0)], "made": [(0.5, 0.5), (1.0, 0.0)]}})
    >>> [len(cloud.get_offsets()) for cloud in plot.figure.axes[0].collections]
    [1, 2]
    """
    check_named(charts, has_lines, "a chart needs points for each name: {'start': {'real': [(0.0, 1.0), (1.0, 2.0)]}}")
    plot, row = panels(list(charts), across, upwards, width=2.9 * len(charts) + 0.8, height=3.3)
    names = list(dict.fromkeys(name for clouds in charts.values() for name in clouds))
    colours = dict(zip(names, cycle((COLOURS[1], COLOURS[0], *COLOURS[2:]))))
    for panel, clouds in zip(row, charts.values(), strict=True):
        for name, points in clouds.items():
            panel.scatter(*zip(*points, strict=True), c=colours[name], s=14, edgecolors="#ffffff", linewidths=0.4, label=name)
        panel.set_aspect("equal")
        panel.set_axisbelow(True)
    if len(names) > 1:
        plot.figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(names), frameon=False)
    return plot


def labelled_points(points: Points, labels: Sequence[Any], title: str = "") -> Plot:
    """Each point drawn as its label, in the colour of that label.

    >>> plot = labelled_points([(0.0, 0.0), (1.0, 1.0)], [3, 8])
    >>> [text.get_text() for text in plot.figure.axes[0].texts]
    ['3', '8']
    """
    if len(points) != len(labels) or not len(points):
        raise ValueError(f"each point needs a label, got {len(points)} point(s) and {len(labels)} label(s)")
    plot, (panel,) = panels([title], "", "", width=6.4, height=6.0)
    colours = dict(zip(sorted(set(labels)), cycle(TEN)))
    panel.plot(*zip(*points, strict=True), linestyle="")
    for (x, y), label in zip(points, labels, strict=True):
        panel.text(x, y, str(label), color=colours[label], ha="center", va="center", fontsize=8, fontweight="bold", clip_on=True)
    panel.set_aspect("equal")
    panel.set_axisbelow(True)
    return plot


def ties(
    pairs: Sequence[tuple[int, int]],
    positions: Any,
    charts: Mapping[str, Sequence[float | None]],
    labels: Sequence[Any] | None = None,
    columns: int | None = None,
) -> Plot:
    """A panel for each chart: a line for each pair of people, and a disc for each person.

    A chart holds a number from 0 to 1 for each person: purple at 0, orange at 1, pale between; None is white.

    >>> plot = ties([(0, 1)], [(0.0, 0.0), (1.0, 0.0)], {"told": [0.0, None], "found": [0.0, 0.9]})
    >>> len(plot.figure.axes)
    2
    """
    from matplotlib.colors import LinearSegmentedColormap

    colormap = LinearSegmentedColormap.from_list("", [COLOURS[1], "#f3eef0", COLOURS[0]])
    columns = columns or min(len(charts), 3)
    rows = -(-len(charts) // columns)
    side = 6.4 if columns == 1 else 8.0 / columns
    plot, row = panels(list(charts), "", "", side * columns, (0.85 * side + 0.3) * rows, columns)
    size = 10.0 if columns < 2 else 7.0
    for panel, numbers in zip(row, charts.values(), strict=True):
        for pair in pairs:
            panel.plot(*zip(*(positions[person] for person in pair), strict=True), color="#b9c1cb", linewidth=0.8, zorder=1)
        for person, number in enumerate(numbers):
            x, y = positions[person]
            colour = "#ffffff" if number is None else colormap(float(number))
            panel.scatter(
                x, y, s=(2.0 * size) ** 2 if labels is None else 4 * size**2, color=[colour], edgecolors="#59636e", zorder=2
            )
            label = person if labels is None else labels[person]
            panel.text(x, y, str(label), ha="center", va="center", fontsize=size, zorder=3)
        panel.set_axis_off()
        panel.set_aspect("equal")
        panel.margins(0.08)
    return plot
