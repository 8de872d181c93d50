"""`lab`: a network of one's own in a page that trains it, in the steps of `fit`."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from micrograd.advice import for_arguments
from micrograd.compiler.javascript.functions import Function, script, sums_function, update_function, values_function
from micrograd.compiler.task import Loss, Task, checked_data, is_plain
from micrograd.datasets.rows import Data
from micrograd.display.characters import printable
from micrograd.nn import Module
from micrograd.optim import Optimizer
from micrograd.views.laboratory.experiment import SMALLER, Experiment, check_operations
from micrograd.views.laboratory.network import Network
from micrograd.views.laboratory.payload import listings, payload, title_of
from micrograd.views.laboratory.still import still_picture
from micrograd.views.pages import Page, joined, page_of, safe_json
from micrograd.words import LAB

MOST_CODE = 300_000  # characters of the functions: more takes the browser seconds to read
SPARED = re.compile(r"^ +|^ *(?://.*|/\*.*\*/)\n", re.MULTILINE)
HEIGHT = 760  # pixels, in a notebook

# One script, in this order.
SCRIPTS = (
    *(f"shared/{name}.js" for name in ("elements", "numbers", "templates", "scrub", "theme", "random")),
    *(f"lab/{name}.js" for name in ("training", "look", "places", "network", "words", "inside", "what_if", "controls")),
    *(f"lab/{name}.js" for name in ("surfaces", "contours", "points", "rows", "plane", "curve", "table", "film", "lab")),
)
STYLES = ("shared/scrub.css", "lab/lab.css", "lab/plane.css", "lab/film.css")


@for_arguments(LAB)
def lab(
    model: Module,
    loss: Loss,
    data: Data,
    optimizer: Optimizer,
    *,
    test: Data | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    starts: Mapping[str, Any] | Sequence[Any] | None = None,
    boundary: float | None = None,
    title: str | None = None,
) -> Lab:
    """The page in which this model trains on this data: every number of it can be watched, turned and taken back.

    The page opens from disk and computes by itself. Its steps are those of Python, in Python's order; a function such as tanh
    may differ in the last digit from browser to browser, while arithmetic, roots and the rule of the optimizer have the same
    bits. Model and optimizer stay as they are. A loss and a model of one's own work where `fit(..., eager=False)` takes them.

    `test` are rows that are not trained on; their loss is shown beside. `batch_size` and `seed` are those of `fit`. `starts` are
    other models of the same shape to begin with, or lists of numbers, one for each parameter of the optimizer; a dictionary
    names them. Each begins with the optimizer as it is now, its memories and its steps too. `boundary` is the output on the line
    between two classes; without one it is where both targets cost the same.

    >>> from micrograd import datasets, losses, nn, optim
    >>> model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    >>> lab(model, losses.half_mean_squared_error, datasets.xor(), optim.SGD(model.parameters(), 0.4), title="xor, 2-4-1")
    <Lab of xor, 2-4-1: 17 parameters, 4 rows, SGD; .show() opens it, .save("lab.html") keeps it>
    """
    experiment = Experiment(Task(model, loss, *checked_data(data, numbers=is_plain(model)), optimizer), test, batch_size, seed)
    return Lab(experiment, starts, boundary, printable(str(title), 200) if title else title_of(model))


class Lab(Page):
    """The page, ready to be saved, opened or shown in a notebook."""

    what, name, height = "the lab", "lab", HEIGHT

    def __init__(self, experiment: Experiment, starts: Any, boundary: float | None, title: str) -> None:
        self.experiment = experiment
        self.title = title
        self.boundary = experiment.boundary() if boundary is None else checked_boundary(boundary)
        self.network = Network(experiment)
        self.functions = functions_of(experiment, self.network)
        self.payload = payload(experiment, self.network, title, starts, self.boundary)
        self.html, self.still = self.page(), still_picture(self.network, self.payload)  # now, since the Values may change

    def page(self) -> str:
        """The template with data, functions and, packed, script and styles."""
        return page_of(
            "lab/lab.html",
            packed=page_script(),
            title=html.escape(self.title),
            data=safe_json(self.payload),
            functions=self.functions,
        )

    @property
    def behind(self) -> str:
        return self.still

    def __repr__(self) -> str:
        parameters, rows = len(self.experiment.parameters), len(self.experiment.rows)
        name = type(self.experiment.task.optimizer).__name__
        ways = '.show() opens it, .save("lab.html") keeps it'
        return f"<Lab of {self.title}: {parameters:,} parameters, {rows:,} rows, {name}; {ways}>"


def page_script() -> str:
    """The scripts and styles of the page, without indentation and lines of comment: nobody reads them where they are packed."""
    style, script = (SPARED.sub("", joined(*names)) for names in (STYLES, SCRIPTS))
    styled = f'document.head.append(makeElement("style", {{ textContent: {json.dumps(style)} }}));'
    return f'"use strict";\n{styled}\n{script}'


def checked_boundary(boundary: float) -> float:
    if not isinstance(boundary, Real) or not math.isfinite(boundary):
        raise ValueError(f"boundary needs to be the output on the line between two classes, a finite number, got {boundary!r}")
    return float(boundary)


def functions_of(experiment: Experiment, network: Network) -> str:
    """The functions that the page calls, as one script; a ValueError if they are too long for a page."""
    made = listings(experiment, network)
    for listing in made.values():
        check_operations(listing)
    code = script([function_of(name, listing) for name, listing in made.items()])
    if len(code) > MOST_CODE:
        raise ValueError(
            f"the lab takes up to {MOST_CODE // 1000} KB of code, and this network becomes {len(code) // 1000:,} KB; {SMALLER}"
        )
    return code


def function_of(name: str, listing: Any) -> Function:
    makers = {"gradient": sums_function, "update": update_function}
    make: Any = makers.get(name, values_function)
    made: Function = make(name, listing)
    return made
