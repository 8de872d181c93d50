"""What every plot is made of: `Plot`, its style, and the looks at what was given."""

from __future__ import annotations

import io
import math
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

from micrograd.arguments import whole_number
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


def panels(
    titles: Sequence[str],
    across: str,
    upwards: str,
    width: float = 7.2,
    height: float = 3.4,
    columns: int | None = None,
    **grid: Any,
) -> tuple[Plot, list[Any]]:
    """A plot with one empty panel for each title, side by side, and its panels; inches, and never wider than `WIDEST`.

    With `columns` there are so many side by side, and the others below. The rest is matplotlib's to know (`Figure.subplots`).
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        message = "plots need matplotlib: python -m pip install -e '.[notebooks]'; draw and explore work without it"
        raise ModuleNotFoundError(message, name="matplotlib") from None

    columns = columns or len(titles)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(min(width, WIDEST), height), layout="compressed")
        shared = {"sharex": True, "sharey": True, "squeeze": False} | grid
        places = list(figure.subplots(-(-len(titles) // columns), columns, **shared).flat)
        for panel in places[len(titles) :]:
            panel.remove()
        for place, (panel, title) in enumerate(zip(places, titles)):
            panel.set(title=title, ylabel=upwards if place % columns == 0 else "")
            if place + columns >= len(titles):  # none below it
                panel.set(xlabel=across)
                panel.tick_params(labelbottom=True)
    return Plot(figure), places[: len(titles)]


def rows_and_columns(count: int, columns: int | None, most: int) -> tuple[int, int]:
    """The rows and columns in which so many panels stand: as many columns as asked for, or as panels but not more than `most`."""
    columns = min(count, most) if columns is None else whole_number(columns, "columns")
    return -(-count // columns), columns


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


def ink_on(red: float, green: float, blue: float) -> str:
    """Black or white, whichever contrasts more with a colour; at least 4.58, by the formula of WCAG 2.1."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"


def evenly(low: float, high: float, points: int) -> list[float]:
    return [low + (high - low) * place / (points - 1) for place in range(points)]
