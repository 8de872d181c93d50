"""The plane: what a network gives at every point of it, and paths down a surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle
from typing import Any

from micrograd.datasets import Dataset
from micrograd.plots.panels import (
    COLOURS,
    MODELS,
    RESOLUTION,
    Plot,
    Points,
    check_named,
    columns_of,
    evenly,
    has_lines,
    number_at,
    panels,
)


def decision_surfaces(
    models: Mapping[str, Callable[[list[float]], Any]], data: Dataset, *, boundary: float = 0.0, margin: float = 0.5
) -> Plot:
    """What each model gives at every point of the plane, with the points of the data on top; black where it is `boundary`.

    A model takes a row of two numbers and gives a Value or a number. To show one as it forms, keep a `copy.deepcopy` of it
    from time to time.

    >>> from micrograd import datasets, nn
    >>> plot = decision_surfaces({"at first": nn.MLP(2, [3, 1], seed=0)}, datasets.xor(), boundary=0.5)
    >>> plot.figure.axes[0].get_title(loc="left")
    'at first'
    """
    check_named(models, callable, MODELS)
    columns = columns_of(data, 2)
    plot, row = panels(list(models), "x1", "x2", width=3.0 * len(models) + 1.0)
    from matplotlib.ticker import MaxNLocator

    low, high = [min(column) - margin for column in columns], [max(column) + margin for column in columns]
    xs, ys = (evenly(low[axis], high[axis], RESOLUTION) for axis in (0, 1))
    surfaces = [[[number_at(model, [x, y]) for x in xs] for y in ys] for model in models.values()]
    reach = max(abs(number - boundary) for surface in surfaces for line in surface for number in line) or 1.0
    labels = sorted(set(data.targets))
    for panel, surface in zip(row, surfaces, strict=True):
        shade = panel.contourf(xs, ys, surface, levels=evenly(boundary - reach, boundary + reach, 21), cmap="PuOr_r", alpha=0.75)
        if any(min(line) < boundary for line in surface) and any(max(line) > boundary for line in surface):
            panel.contour(xs, ys, surface, levels=[boundary], colors="#1c2128", linewidths=1.5)
        for label, colour, mark in zip(labels, cycle((COLOURS[1], COLOURS[0], *COLOURS[2:])), cycle("osD^vP")):
            points = [point for point, target in zip(data.inputs, data.targets, strict=True) if target == label]
            panel.scatter(*zip(*points, strict=True), c=colour, marker=mark, s=24, edgecolors="#ffffff", linewidths=0.8)
        panel.grid(visible=False)
        panel.set_aspect("equal")
    plot.figure.colorbar(shade, ax=row, ticks=MaxNLocator(7), label="output")
    return plot


def descent_paths(
    surface: Callable[[float, float], float],
    charts: Mapping[str, Mapping[str, Points]],
    x: tuple[float, float],
    y: tuple[float, float],
) -> Plot:
    """Paths of points over the contour lines of a surface; a panel for each chart.

    The heights of the lines grow with the square of their number: a paraboloid's are evenly spaced on the page. A black dot is
    where a path begins, a star of its colour where it ends.

    >>> plot = descent_paths(lambda x, y: x * x + y * y, {"straight": {"sgd": [(2, 1), (1, 0.5), (0, 0)]}}, (-3, 3), (-2, 2))
    >>> plot.figure.axes[0].get_lines()[0].get_xdata().tolist()
    [2, 1, 0]
    """
    check_named(charts, has_lines, "a chart needs a path, and a path needs points: {'title': {'sgd': [(2.0, 1.0), (1.0, 0.5)]}}")
    plot, row = panels(list(charts), "x", "y", width=4.4 * len(charts), height=4.0)
    xs, ys = evenly(*x, RESOLUTION), evenly(*y, RESOLUTION)
    heights = [[number_at(surface, across, upwards) for across in xs] for upwards in ys]
    low, high = (best(height for line in heights for height in line) for best in (min, max))
    levels = [low + (high - low) * step**2 for step in evenly(0.0, 1.0, 15)[1:]]
    names = list(dict.fromkeys(name for paths in charts.values() for name in paths))
    colours = dict(zip(names, cycle(COLOURS)))
    for panel, paths in zip(row, charts.values(), strict=True):
        panel.contour(xs, ys, heights, levels=levels, colors="#c6cdd5", linewidths=0.9)
        for name, points in paths.items():
            colour = colours[name]
            panel.plot(*zip(*points, strict=True), color=colour, label=name, linewidth=1.3, marker="o", markersize=2.5)
            panel.plot(*points[-1], color=colour, marker="*", markersize=12, markeredgecolor="#ffffff", zorder=4)
            panel.plot(*points[0], color="#1c2128", marker="o", zorder=4)
        panel.set(xlim=x, ylim=y)
        panel.grid(visible=False)
        panel.legend(frameon=False)
    return plot
