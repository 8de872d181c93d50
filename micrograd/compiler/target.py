"""What a target is: a module with these functions, and what they give. The names of the targets are in `program`.

A target spells a listing forwards; it does not differentiate, since derivatives are in the listing already.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Protocol

from micrograd.compiler.listing import Listing
from micrograd.compiler.rows import Batches, Table, TrainingState
from micrograd.ops import Op


class Language(Protocol):
    """What can write a graph as text."""

    def source(self, listing: Listing, gradient: Listing, exact: bool) -> str:
        """The text of the listing of the output, and of the one of its gradient and then the output, times a weight."""


class Target(Language, Protocol):
    """What can run a graph too. With `exact`, every number has the bits of eager code."""

    def check(self, own: Iterable[Op]) -> None:
        """Raise an error with advice if it cannot run here, or not with these operations, which the table does not have."""

    def evaluator(self, listing: Listing, exact: bool) -> Evaluator:
        """What computes the outputs for each row."""

    def summer(self, listing: Listing, exact: bool) -> Summer:
        """What computes the outputs summed over rows; the last input of the listing is the weight of a row."""

    def trainer(self, listing: Listing, rule: Listing, exact: bool) -> Trainer:
        """What trains by an optimizer's rule. The outputs of the listing are the gradients and then the loss."""


class Evaluator(Protocol):
    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        """A list for each output of the listing, with a number for each row."""


class Summer(Protocol):
    def __call__(self, table: Table, parameters: Sequence[float], weights: Sequence[float]) -> list[float]:
        """The sum over the rows of each output of the listing, with one weight per row."""


class Trainer(Protocol):
    """Compiled once for a loss and a rule; it begins any number of trainings."""

    listing: Listing
    rule: Listing

    def start(self, batch_size: int, state: TrainingState) -> Loop:
        """A training that stands at this state."""


class Loop(Protocol):
    """One training: the numbers that it moves."""

    lanes: int  # its batches are packed to a multiple of these

    def train(self, batches: Batches, epochs: int, target: float) -> tuple[array[float], bool]:
        """Train until the epochs are done or a loss is at most `target`: the mean losses, and whether all was finite.

        If not, the last loss is of an epoch not done.
        """

    def look(self, batches: Batches) -> list[float]:
        """The gradient of a single batch at the present parameters, and then its loss."""

    def pace(self, rate: float) -> None:
        """Set the learning rate from now on."""

    def save(self) -> TrainingState:
        """A copy of the present state."""

    def restore(self, state: TrainingState) -> None:
        """Go on from this state, of which a copy is made."""
