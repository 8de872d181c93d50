"""Bars: parts of a whole, and times."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from micrograd.plots.panels import COLOURS, Plot, panels


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
