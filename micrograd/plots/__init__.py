"""Plots for notebooks, drawn by matplotlib (the extra `notebooks`).

A function here takes plain numbers, models or a `History`, and gives a `Plot`, which a notebook shows.
"""

from micrograd.plots.bars import stacked_bars, time_bars
from micrograd.plots.curves import fitted_curves, line_charts, loss_curves, tangents
from micrograd.plots.panels import COLOURS, Plot
from micrograd.plots.surfaces import decision_surfaces, descent_paths

__all__ = [
    "COLOURS",
    "Plot",
    "decision_surfaces",
    "descent_paths",
    "fitted_curves",
    "line_charts",
    "loss_curves",
    "stacked_bars",
    "tangents",
    "time_bars",
]
