"""Plots for notebooks, drawn by matplotlib (the extra `notebooks`): what a loss did, and what a network decides where.

A function here takes plain numbers, models or a `History`, and gives a `Plot`, which a notebook shows.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd.datasets import Dataset
from micrograd.engine import Value
from micrograd.files import write_whole

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
WIDEST = 8.6  # inches: what a notebook shows without cutting
RESOLUTION = 61  # points of a decision surface, along each side


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
    """A plot with one empty panel for each title, side by side, and its panels; width and height are inches."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        message = "plots need matplotlib: pip install 'micrograd[notebooks]'; draw and explore work without it"
        raise ModuleNotFoundError(message, name="matplotlib") from None

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="compressed")
        row = list(figure.subplots(1, len(titles), sharex=True, sharey=True, squeeze=False)[0])
        for panel, title in zip(row, titles, strict=True):
            panel.set(title=title, xlabel=across)
        row[0].set_ylabel(upwards)
    return Plot(figure), row


def loss_curves(curves: Mapping[str, Sequence[float]], title: str = "loss", *, upwards: str = "loss") -> Plot:
    """The losses of each training by epoch, on a logarithmic scale: `loss_curves({"adam": history.losses})`.

    >>> loss_curves({"halved": [1.0, 0.5, 0.25]}).figure.axes[0].get_yscale()
    'log'
    """
    if not curves:
        raise ValueError("there is no curve to draw; pass a name and a list of losses for each: {'adam': history.losses}")
    plot, (panel,) = panels([title], "epoch", upwards)
    for (name, losses), colour in zip(curves.items(), COLOURS * len(curves)):
        panel.plot(range(1, len(losses) + 1), losses, color=colour, label=name, linewidth=1.8)
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
    columns = list(zip(*data.inputs, strict=True))
    if len(columns) != 2:
        raise ValueError(f"a surface needs rows of 2 numbers, got rows of {len(columns)}; choose two columns of the data")
    plot, row = panels(list(models), "x1", "x2", width=min(3.0 * len(models) + 1.0, WIDEST))
    low, high = [min(column) - margin for column in columns], [max(column) + margin for column in columns]
    xs, ys = (evenly(low[axis], high[axis], RESOLUTION) for axis in (0, 1))
    surfaces = [[[number_of(model([x, y])) for x in xs] for y in ys] for model in models.values()]
    reach = max(abs(number - boundary) for surface in surfaces for line in surface for number in line) or 1.0
    labels = sorted(set(data.targets))
    for panel, surface in zip(row, surfaces, strict=True):
        shade = panel.contourf(xs, ys, surface, levels=evenly(boundary - reach, boundary + reach, 21), cmap="PuOr_r", alpha=0.75)
        if any(min(line) < boundary for line in surface) and any(max(line) > boundary for line in surface):
            panel.contour(xs, ys, surface, levels=[boundary], colors="#1c2128", linewidths=1.5)
        for label, colour, mark in zip(labels, (COLOURS[1], COLOURS[0]), "os"):
            points = [point for point, target in zip(data.inputs, data.targets, strict=True) if target == label]
            panel.scatter(*zip(*points, strict=True), c=colour, marker=mark, s=24, edgecolors="#ffffff", linewidths=0.8)
        panel.grid(visible=False)
        panel.set_aspect("equal")
    plot.figure.colorbar(shade, ax=row, format="%.2g", label="output")
    return plot


def evenly(low: float, high: float, points: int) -> list[float]:
    return [low + (high - low) * place / (points - 1) for place in range(points)]


def number_of(output: Any) -> float:
    number = output.data if isinstance(output, Value) else float(output)
    if not math.isfinite(number):
        raise ValueError(f"the model gives {number} at a point of the plane; a surface needs finite numbers")
    return number


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
