"""`draw`: the graph below a Value as a picture, an ordinary `graphviz.Digraph`.

Each node is a card: its operation, its name, its number, and after a sweep its gradient (∇). Each line carries the local
derivative. Orange is a positive gradient and purple a negative one, strong where it is large; the sign is written too.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from micrograd.engine import Value
from micrograd.views.batches.finding import batch_of
from micrograd.views.batches.picture import batch_picture
from micrograd.views.diagram import MAX_NODES, WHOLES, Diagram, check_direction, check_options
from micrograd.views.grids.finding import grids_of
from micrograd.views.grids.picture import grids_picture
from micrograd.views.layout.columns import lay_out
from micrograd.views.layout.measures import measures_of
from micrograd.views.looks import Drawing, graph_drawing, program_drawing
from micrograd.views.stepping import one_value, warn_of_changes
from micrograd.views.themes import check_theme

if TYPE_CHECKING:
    from micrograd.tensors.arrays import Array, ArrayProgram
    from micrograd.views.picture import Picture


@runtime_checkable
class Folded(Protocol):
    """A folded graph: a program of arrays, and these under their names."""

    @property
    def program(self) -> ArrayProgram: ...

    @property
    def arrays(self) -> Sequence[Array]: ...


def draw(
    output: Value | Folded,
    *,
    names: Mapping[str, Any] | None = None,
    direction: str = "LR",
    collapse: str | None = "auto",
    max_nodes: int = MAX_NODES,
    show_constants: bool = False,
    theme: str = "auto",
    size: str = "normal",
) -> Picture:
    """The graph below `output` as a picture. A notebook shows it; `.show()` opens it, and `.save("graph.svg")` keeps it.

    `names=locals()` names the Values that it finds there. The direction is "LR" (left to right) or "TB" (top to bottom).
    Neurons and layers, which the labels of parameters tell of, are framed, and folded into cards with
    `collapse="neuron"` or `"layer"`; "auto" folds what has more than `max_nodes` cards. What is still too much is left
    out, with a warning.

    A loss that is the mean or the total over rows is drawn as a batch: a card for each place that all rows go through, with
    a cell for each row, values at the left and gradients at the right, and on each line the gradient of its weight. More than
    6 rows are strips of colour, and for more than 16 the least, the median and the largest stand. `collapse="batch"` asks for
    that; None draws every node of every row.

    One row of a network in which neurons are used at several windows, as in a convolution or a recurrent cell, is drawn by its
    maps: a card for each filter, with its weights, how often it is used and what it makes of the input, and a sequence with
    time from left to right. `collapse="grids"` asks for that.

    The SVG follows the reader's system into the dark, unless the theme is "light" or "dark"; PNG and PDF of "auto" are
    light. `size="large"` has type that can be projected. It is a `graphviz.Digraph` as well: `.render("graph",
    format="png")`, `.pipe("pdf")`, `.source`. All but the SVG takes Graphviz, installed or in pygraphviz.

    Gradients are shown after `output.backward()`: those of a whole sweep of this output alone, whatever else was added to
    `grad`. Of a folded graph the picture has a card for each array, and on a line the part of it that is read; of the
    options it takes direction, theme and size.

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> draw((w * x).tanh())
    <Picture of the graph of 4 nodes below out; .show() opens it, .save("graph.svg") keeps it>
    """
    check_theme(theme)
    measures = measures_of(size)
    if isinstance(output, Folded):
        from micrograd.views.programs import ProgramChart  # which needs NumPy

        chart = ProgramChart(output.program)
        return picture_of(program_drawing(chart, lay_out(chart, direction, measures), direction, measures), theme)
    one_value(output, "draw")
    check_options("auto" if collapse in WHOLES else collapse, max_nodes)
    if collapse in WHOLES or (collapse == "auto" and direction == "LR" and not show_constants):
        check_direction(direction, collapse)
        batch = batch_of(output, names, collapse)
        if batch and (collapse == "batch" or len(batch.columns) <= max_nodes):
            warn_of_changes(batch.order)
            return batch_picture(batch, theme, size)
        grids = grids_of(output, names, collapse)
        if grids:
            warn_of_changes(grids.order)
            return grids_picture(grids, theme, size)
    diagram = Diagram(output, names=names, collapse=collapse, max_nodes=max_nodes, show_constants=show_constants)
    warn_of_changes(diagram.order)
    layout = lay_out(diagram, direction, measures)
    if diagram.advice:
        warnings.warn(diagram.advice, stacklevel=2)
    return picture_of(graph_drawing(diagram, layout, direction, measures), theme)


def picture_of(drawing: Drawing, theme: str) -> Picture:
    """The picture, its SVG by our own hand and the rest by Graphviz."""
    from micrograd.views.dot import DotWriter, new_picture  # which need the optional graphviz
    from micrograd.views.svg import svg_file

    layout = drawing.layout
    picture = new_picture(layout.width, layout.height, drawing.title, theme)
    DotWriter(drawing, theme).paint(picture)
    picture.drawn_as(svg_file(drawing, theme))
    return picture
