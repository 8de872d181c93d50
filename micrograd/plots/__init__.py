"""Plots for notebooks, drawn by matplotlib (the extra `notebooks`).

A function here takes plain numbers, models or a `History`, and gives a `Plot`, which a notebook shows.
"""

from micrograd.plots.bars import stacked_bars, time_bars
from micrograd.plots.cells import pictures, sequence, triangle
from micrograd.plots.curves import fitted_curves, line_charts, loss_curves, tangents
from micrograd.plots.moving import Animation, animation
from micrograd.plots.panels import COLOURS, Plot
from micrograd.plots.points import labelled_points, point_clouds, ties
from micrograd.plots.stress import spread
from micrograd.plots.surfaces import decision_surfaces, descent_paths

__all__ = [
    "COLOURS",
    "Animation",
    "Plot",
    "animation",
    "decision_surfaces",
    "descent_paths",
    "fitted_curves",
    "labelled_points",
    "line_charts",
    "loss_curves",
    "pictures",
    "point_clouds",
    "sequence",
    "spread",
    "stacked_bars",
    "tangents",
    "ties",
    "time_bars",
    "triangle",
]
