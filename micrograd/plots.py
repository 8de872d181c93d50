"""Plots for notebooks, drawn by matplotlib (the extra `notebooks`): what a loss did, what a network decides where, and slopes.

A function here takes plain numbers, models or a `History`, and gives a `Plot`, which a notebook shows.
"""

from __future__ import annotations

import io
import math
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle
from numbers import Real
from pathlib import Path
from typing import Any

from micrograd.datasets import Dataset
from micrograd.display.files import write_whole
from micrograd.engine import Value

# Apart for every kind of colour vision, and in grey by their lightness; the first two are those of `draw`.
COLOURS = ("#e66101", "#6a46a8", "#1b7f79", "#c9930a", "#3b6fb6", "#b0305c")
STYLE: dict[Any, Any] = {
    "axes.edgecolor": "#7a8593",
    "axes.grid": True,
    "axes.labelcolor": "#59636e",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": "#1c2128",
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "figure.facecolor": "#ffffff",
    "font.size": 10,
    "grid.color": "#e4e9ef",
    "savefig.bbox": "tight",
    "svg.hashsalt": "micrograd",  # the same plot is the same file
    "xtick.color": "#59636e",
    "ytick.color": "#59636e",
}
WIDEST = 8.2  # inches: what a cell of JupyterLab shows uncut in a window of 1280 pixels
RESOLUTION = 61  # points of a decision surface, along each side

MODELS = "a plot of models needs a name for each: {'at first': model}"

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Plot:
    """A figure of matplotlib: a notebook shows it as SVG, `save("loss.png")` writes it, and `figure` is there to change it."""

    figure: Any

    def save(self, path: str | Path) -> Path:
        """Write the plot in the format that the path ends in, such as .svg or .png, and give the path."""
        target = Path(path)
        known = self.figure.canvas.get_supported_filetypes()
        if target.suffix[1:] not in known:
            raise ValueError(f"a plot is not written as {target.name!r}; end its name in .svg, .png or .pdf")
        write_whole(target, self.rendered(target.suffix[1:]))
        return target

    def rendered(self, kind: str) -> bytes:
        import matplotlib as mpl

        buffer = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(buffer, format=kind, dpi=144, metadata={"Date": None} if kind == "svg" else None)
        return buffer.getvalue()

    def _repr_svg_(self) -> str:
        return self.rendered("svg").decode()


def panels(titles: Sequence[str], across: str, upwards: str, width: float = 7.2, height: float = 3.4) -> tuple[Plot, list[Any]]:
    """A plot with one empty panel for each title, side by side, and its panels; inches, and never wider than `WIDEST`."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        message = "plots need matplotlib: python -m pip install -e '.[notebooks]'; draw and explore work without it"
        raise ModuleNotFoundError(message, name="matplotlib") from None

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(min(width, WIDEST), height), layout="compressed")
        row = list(figure.subplots(1, len(titles), sharex=True, sharey=True, squeeze=False)[0])
        for panel, title in zip(row, titles, strict=True):
            panel.set(title=title, xlabel=across)
        row[0].set_ylabel(upwards)
    return Plot(figure), row


def loss_curves(curves: Mapping[str, Sequence[float]], title: str = "loss", *, upwards: str = "loss") -> Plot:
    """The losses of each training by epoch, on a logarithmic scale: `loss_curves({"adam": history.losses})`.

    The scale is a plain one where a loss is below 0 or none is above, since a logarithm has no place for them.

    >>> loss_curves({"halved": [1.0, 0.5, 0.25]}).figure.axes[0].get_yscale()
    'log'
    """
    check_named(curves, has_items, "a curve needs a name and a list of losses: {'adam': history.losses}")
    plot, (panel,) = panels([title], "epoch", upwards)
    for (name, losses), colour in zip(curves.items(), cycle(COLOURS)):
        panel.plot(range(1, len(losses) + 1), losses, color=colour, label=name, linewidth=1.8)
    every = list(chain.from_iterable(curves.values()))
    if any(loss > 0.0 for loss in every) and not any(loss < 0.0 for loss in every):
        panel.set_yscale("log")
    if len(curves) > 1:
        panel.legend(frameon=False)
    return plot


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


def tangents(functions: Mapping[str, Callable[[Any], Any]], at: Sequence[float], *, reach: float = 3.0) -> Plot:
    """Each function from -reach to reach, with its tangent at some points: the slope of a tangent is the derivative there.

    >>> from micrograd import ops
    >>> panel, = tangents({"tanh": ops.tanh}, at=[0.0]).figure.axes
    >>> panel.get_legend().get_texts()[0].get_text()
    'at 0: slope 1'
    """
    check_named(functions, callable, "a tangent needs a name for its function: {'tanh': tanh}")
    if not has_items(at):
        raise ValueError(f"tangents need a list of at least one point, such as at=[0.0], got at={at!r}")
    plot, row = panels(list(functions), "a", "value", width=3.6 * len(functions) + 1.0)
    xs = evenly(-reach, reach, 2 * RESOLUTION - 1)
    for panel, function in zip(row, functions.values(), strict=True):
        panel.plot(xs, [number_at(function, x) for x in xs], color="#7a8593", linewidth=1.8)
        for x, colour in zip(at, cycle(COLOURS)):
            point = Value(x)
            out = function(point)
            if isinstance(out, Value):  # and not a plain number, the same everywhere: of slope 0
                out.backward()
            ends = [-reach / 3.0, 0.0, reach / 3.0]
            tangent = [number_at(function, x) + point.grad * end for end in ends]
            label = f"at {x:g}: slope {point.grad:.3g}"
            panel.plot([x + end for end in ends], tangent, color=colour, linewidth=1.8, label=label, marker="o", markevery=[1])
        panel.legend(frameon=False)
    return plot


def line_charts(charts: Mapping[str, Mapping[str, Points]], across: str, upwards: str, *, log: bool = False) -> Plot:
    """A panel for each chart, and in it a line through the points (x, y) of each name; the panels share their scales.

    >>> plot = line_charts({"squares": {"x²": [(1.0, 1.0), (2.0, 4.0)]}}, "x", "y")
    >>> plot.figure.axes[0].get_lines()[0].get_label()
    'x²'
    """
    check_named(charts, has_lines, "a chart needs a line, and a line needs points: {'title': {'name': [(0.0, 1.0), (1.0, 2.0)]}}")
    plot, row = panels(list(charts), across, upwards, width=7.2 if len(charts) == 1 else 4.4 * len(charts))
    for panel, lines in zip(row, charts.values(), strict=True):
        for (name, points), colour in zip(lines.items(), cycle(COLOURS)):
            few = len(points) < RESOLUTION / 2
            panel.plot(
                *zip(*points, strict=True), color=colour, label=name, linewidth=1.8, marker="o" if few else "", markersize=4
            )
        if log:
            panel.set_yscale("log")
    names = {name for lines in charts.values() for name in lines}
    if names == charts[next(iter(charts))].keys():  # the same lines in every panel: their names stand once
        row = row[-1:]
    for panel in row:
        panel.legend(frameon=False)
    return plot


def stacked_bars(
    charts: Mapping[str, Mapping[Any, Mapping[str, float]]], across: str, upwards: str, colours: Sequence[str] = COLOURS
) -> Plot:
    """A panel for each chart, in it a bar for each name, and each bar a stack of parts, the first at the bottom.

    >>> plot = stacked_bars({"relu": {2: {"solved": 50, "stuck": 150}, 3: {"solved": 97, "stuck": 103}}}, "width", "seeds")
    >>> [int(bar.get_height()) for bar in plot.figure.axes[0].patches]
    [50, 97, 150, 103]
    """
    parts = list(dict.fromkeys(part for bars in charts.values() for bar in bars.values() for part in bar))
    if not parts:
        raise ValueError("there is no bar to draw; pass parts for each bar: {'title': {'bar': {'part': 1.0}}}")
    plot, row = panels(list(charts), across, upwards, width=max(7.2, 1.9 * len(charts)))
    for panel, bars in zip(row, charts.values(), strict=True):
        names = [str(name) for name in bars]
        bottom = [0.0] * len(names)
        for part, colour in zip(parts, cycle(colours)):
            heights = [bar.get(part, 0.0) for bar in bars.values()]
            panel.bar(names, heights, bottom=bottom, color=colour, label=part, width=0.72)
            bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
        panel.grid(visible=False, axis="x")
        panel.set_axisbelow(True)
    plot.figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(parts), frameon=False)
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


def fitted_curves(
    models: Mapping[str, Callable[[list[float]], Any]],
    data: Dataset,
    truth: Callable[[float], float] | None = None,
    *,
    margin: float = 0.1,
) -> Plot:
    """What each model makes of one number, with the points of the data on top and, dashed, the truth behind them.

    >>> from micrograd import nn
    >>> plot = fitted_curves({"at first": nn.MLP(1, [3, 1], seed=0)}, Dataset([[0.0], [1.0]], [0.0, 1.0]), truth=lambda x: x)
    >>> plot.figure.axes[0].get_title(loc="left")
    'at first'
    """
    check_named(models, callable, MODELS)
    (points,) = columns_of(data, 1)
    plot, row = panels(list(models), "x", "y", width=max(7.2, 3.4 * len(models)))
    xs = evenly(min(points) - margin, max(points) + margin, 3 * RESOLUTION)
    for panel, model in zip(row, models.values(), strict=True):
        if truth:
            panel.plot(xs, [truth(x) for x in xs], color="#7a8593", linestyle="--", linewidth=1.3, label="truth")
        panel.plot(xs, [number_at(model, [x]) for x in xs], color=COLOURS[0], linewidth=1.8, label="network")
        panel.scatter(points, data.targets, c=COLOURS[1], s=26, edgecolors="#ffffff", linewidths=0.8, zorder=3, label="data")
    row[-1].legend(frameon=False)
    return plot


def time_bars(seconds: Mapping[str, float], title: str = "time of one step") -> Plot:
    """How long each takes, on a logarithmic scale; beside each bar its time, and how many times faster than the slowest it is.

    >>> plot = time_bars({"eager": 0.02, "machine code": 5e-6})
    >>> [text.get_text() for text in plot.figure.axes[0].texts]
    ['20 ms', '5 µs, 4,000 times faster']
    """
    if not seconds or not all(0.0 < number < math.inf for number in seconds.values()):
        example = "{'eager': 0.02}"
        raise ValueError(f"bars on a logarithmic scale need names and times above 0, such as {example}, got {dict(seconds)!r}")
    plot, (panel,) = panels([title], "", "", height=0.9 + 0.42 * len(seconds))
    from matplotlib.ticker import EngFormatter

    names, times = list(seconds), list(seconds.values())
    slowest = max(times)
    written = EngFormatter("s", usetex=False)
    labels = [written(rough(time)) for time in times]
    labels = [
        f"{label}, {rough(slowest / time):,.10g} times faster" if time < slowest else label
        for label, time in zip(labels, times, strict=True)
    ]
    bars = panel.barh(names, times, color=COLOURS[1], height=0.62)
    panel.bar_label(bars, labels=labels, padding=5)
    panel.set_xscale("log")
    panel.set_xlim(min(times) / 4.0, slowest * 30.0)  # room for a short bar, and for the words beside a long one
    panel.xaxis.set_major_formatter(written)
    panel.invert_yaxis()  # the first at the top
    panel.grid(visible=False, axis="y")
    panel.set_axisbelow(True)
    panel.tick_params(axis="y", length=0)
    return plot


def rough(number: float) -> float:
    """The number in two digits: more would be noise."""
    return float(f"{number:.2g}")


def check_named(given: Any, drawable: Callable[[Any], bool], need: str) -> None:
    """A ValueError that says the need, unless there is something drawable under at least one name, and under every name."""
    if not isinstance(given, Mapping) or not given or not all(map(drawable, given.values())):
        raise ValueError(f"{need}, got {reprlib.repr(given)}")


def has_items(given: Any) -> bool:
    return hasattr(given, "__len__") and len(given) > 0


def has_lines(chart: Any) -> bool:
    return isinstance(chart, Mapping) and has_items(chart) and all(map(has_items, chart.values()))


def columns_of(data: Dataset, count: int) -> list[tuple[float, ...]]:
    """The columns of the inputs; a ValueError unless there are so many."""
    if not isinstance(data, Dataset) or not has_items(data.inputs):
        raise ValueError(f"a plot needs a Dataset(inputs, targets) of at least one row, got {reprlib.repr(data)}")
    if (lengths := sorted({len(row) for row in data.inputs})) != [count]:
        got = ", ".join(map(str, lengths))
        raise ValueError(f"this plot needs rows of {count} number(s), got rows of {got}; choose {count} column(s)")
    return list(zip(*data.inputs, strict=True))


def number_at(function: Callable[..., Any], *point: Any) -> float:
    output = function(*point)
    number = output.data if isinstance(output, Value) else output
    if not isinstance(number, Real) or not math.isfinite(number):
        place = ", ".join(map(str, point))
        raise ValueError(f"a plot needs one finite number at every point, got {reprlib.repr(number)} at {place}")
    return float(number)


def evenly(low: float, high: float, points: int) -> list[float]:
    return [low + (high - low) * place / (points - 1) for place in range(points)]
