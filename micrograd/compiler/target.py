"""What a target is: a module, or an object, with these functions, and what they give. The names of the targets are in `program`.

A target takes from a graph what it reads. One that spells single numbers takes a listing, and spells it forwards: derivatives
are in it already. One that finds the arrays in the graph takes its Values, and the numbers of `graph.constants`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.engine import Value


class Language(Protocol):
    """What can write a graph as text."""

    def source(self, graph: Graph) -> str:
        """The text of the outputs; of one output the text of its gradient too."""


class Target(Language, Protocol):
    """What can run a graph too. With `graph.exact`, every number has the bits of eager code."""

    def check(self, graph: Graph) -> None:
        """Raise an error with advice if it cannot run here, or not this graph."""

    def evaluator(self, graph: Graph) -> Evaluator:
        """What computes the outputs for each row."""

    def summer(self, graph: Graph) -> Summer:
        """What computes the gradient of the one output by all parameters, and then the output, summed over weighted rows."""

    def trainer(self, graph: Graph, trained: Sequence[Value], rule: Listing) -> Trainer:
        """What moves the `trained` parameters down the mean of the one output, by an optimizer's rule."""


class ArrayTarget(Target, Protocol):
    """What computes with arrays."""

    def function(self, graph: Graph) -> Callable[..., Any]:
        """The outputs as a pure function of arrays, for those who bring a loop of their own."""


class Evaluator(Protocol):
    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        """A list for each output, with a number for each row."""


class Summer(Protocol):
    def __call__(self, table: Table, parameters: Sequence[float], weights: array[float]) -> list[float]:
        """The gradient and then the output, each summed over the rows times their weights, one per row."""


class Trainer(Protocol):
    """Compiled once for a loss and a rule; it begins any number of trainings."""

    graph: Graph
    trained: Sequence[Value]
    rule: Listing
    size: int  # about how many operations a row of data takes, from which the first look at the keyboard is timed

    def start(self, table: Table, schedule: Schedule, state: TrainingState) -> Loop:
        """A training on this data, in these batches, that stands at this state."""


class Loop(Protocol):
    """One training: the numbers that it moves."""

    def train(self, first: int, epochs: int, target: float) -> tuple[array[float], bool]:
        """Train until so many epochs are done, from the epoch `first` of the schedule on, or a loss is at most `target`.

        It gives the mean losses, and whether all was finite. If not, the last loss is of an epoch not done.
        """

    def look(self) -> list[float]:
        """The gradient of the mean over all rows at the present parameters, and then the mean."""

    def pace(self, rate: float) -> None:
        """Set the learning rate from now on."""

    def save(self) -> TrainingState:
        """A copy of the present state."""

    def restore(self, state: TrainingState) -> None:
        """Go on from this state, of which a copy is made."""
