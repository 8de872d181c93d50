"""Lines: losses by epoch, functions with their tangents, fits of one number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, Protocol

from micrograd.datasets import Dataset
from micrograd.engine import Value
from micrograd.plots.panels import (
    COLOURS,
    MODELS,
    RESOLUTION,
    Plot,
    Points,
    check_named,
    columns_of,
    evenly,
    has_items,
    has_lines,
    number_at,
    panels,
)


class Trained(Protocol):
    """What `fit` gives back, as far as it is drawn."""

    @property
    def losses(self) -> Sequence[float]:
        """The mean loss of each epoch."""

    @property
    def validation(self) -> Sequence[float]:
        """The validation loss after each epoch; empty without validation."""


def loss_curves(curves: Mapping[str, Sequence[float] | Trained], title: str = "loss", *, upwards: str = "loss") -> Plot:
    """The losses of each training by epoch, on a logarithmic scale: `loss_curves({"adam": history})`.

    Of a History the validation losses are dashed, in the colour of the others; a list of losses is one curve. The scale is a
    plain one where a loss is below 0 or none is above, since a logarithm has no place for them.

    >>> loss_curves({"halved": [1.0, 0.5, 0.25]}).figure.axes[0].get_yscale()
    'log'
    """
    check_named(curves, has_losses, "a curve needs a name and a History or a list of losses: {'adam': history.losses}")
    plot, (panel,) = panels([title], "epoch", upwards)
    every: list[float] = []
    for (name, training), colour in zip(curves.items(), cycle(COLOURS)):
        for losses, label, line in lines_of(name, training):
            panel.plot(range(1, len(losses) + 1), losses, color=colour, label=label, linewidth=1.8, linestyle=line)
            every += losses
    if any(loss > 0.0 for loss in every) and not any(loss < 0.0 for loss in every):
        panel.set_yscale("log")
    if len(panel.get_lines()) > 1:
        panel.legend(frameon=False)
    return plot


def has_losses(training: Any) -> bool:
    return has_items(getattr(training, "losses", training))


def lines_of(name: str, training: Any) -> Iterator[tuple[Sequence[float], str, str]]:
    """The curves of a training, each with its label and its kind of line."""
    yield getattr(training, "losses", training), name, "-"
    if validation := getattr(training, "validation", None):
        yield validation, f"{name}, validation" if name else "validation", "--"


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
