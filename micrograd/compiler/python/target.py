"""The target `python`: straight-line Python, for a machine with nothing else installed."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from micrograd import numerics
from micrograd.compiler.listing import Listing, finite_add
from micrograd.compiler.python.spelling import header, names_of_functions, sums_source, update_source, values_source
from micrograd.compiler.rows import Batches, Row, Table, TrainingState
from micrograd.ops import Op


def source(listing: Listing, gradient: Listing, exact: bool) -> str:
    """`evaluate` and `gradient` as a Python module."""
    functions = names_of_functions([*listing.instructions, *gradient.instructions])
    return "\n".join([*header(functions), *values_source(listing, functions), *sums_source(gradient, functions)])


def loaded(name: str, write: Callable[[Listing, Mapping[Op, str]], list[str]], listing: Listing) -> Callable[..., Any]:
    """The function of that name that `write` makes of the listing."""
    functions = names_of_functions(listing.instructions)
    namespace: dict[str, Any] = {**vars(math), **vars(numerics), "finite_add": finite_add}
    namespace |= {called: op.forward for op, called in functions.items()}
    text = "\n".join(write(listing, functions))
    exec(compile(text, f"<micrograd {name}>", "exec"), namespace)  # noqa: S102 - written right here
    return namespace[name]


def check(own: Iterable[Op]) -> None:
    """Python runs everywhere, and what it cannot spell it calls."""


def evaluator(listing: Listing, exact: bool) -> PythonEvaluator:
    return PythonEvaluator(listing)


def summer(listing: Listing, exact: bool) -> PythonSummer:
    return PythonSummer(listing)


def trainer(listing: Listing, rule: Listing, exact: bool) -> PythonTrainer:
    return PythonTrainer(listing, rule)


class PythonEvaluator:
    """The outputs of each row."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.function = loaded("evaluate", values_source, listing)

    def __call__(self, table: Table, parameters: Sequence[float]) -> list[list[float]]:
        rows = list(zip(*table.columns, strict=True)) if table.columns else [()] * table.rows
        try:
            values = self.function(rows, parameters)
        except (ValueError, ArithmeticError):
            values = [self.quietly(row, parameters) for row in rows]
        return [list(column) for column in zip(*values, strict=True)]

    def quietly(self, row: Row, parameters: Sequence[float]) -> Sequence[float]:
        """The outputs of one row; where an operation has no value, by the number of IEEE 754."""
        try:
            return self.function([row], parameters)[0]
        except (ValueError, ArithmeticError):
            return self.listing.run(row, parameters)


class PythonSummer:
    """The outputs summed over the rows; the last input is the weight of a row."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.function = loaded("gradient", sums_source, listing)

    def __call__(self, table: Table, parameters: Sequence[float], weights: Sequence[float]) -> list[float]:
        return self.sums(list(zip(*table.columns, weights, strict=True)), parameters)

    def sums(self, rows: Sequence[Row], parameters: Sequence[float]) -> list[float]:
        try:
            sums: list[float] = self.function(rows, parameters)
        except (ValueError, ArithmeticError):
            results = [self.listing.run(row, parameters) for row in rows]
            sums = [numerics.total([0.0, *column]) for column in zip(*results, strict=True)]
        return sums


class PythonTrainer:
    """The whole of training. The listing's outputs are the gradients and then the loss."""

    def __init__(self, listing: Listing, rule: Listing) -> None:
        self.listing = listing
        self.rule = rule
        self.summer = PythonSummer(listing)
        self.update = loaded("update", update_source, rule)

    def start(self, batch_size: int, state: TrainingState) -> PythonLoop:
        return PythonLoop(self, state)


class PythonLoop:
    """One training: the numbers that it moves."""

    lanes = 1

    def __init__(self, trainer: PythonTrainer, state: TrainingState) -> None:
        self.trainer = trainer
        self.restore(state)

    def train(self, batches: Batches, epochs: int, target: float) -> tuple[array[float], bool]:
        batches_of_rows = batches.as_rows()
        losses = array("d")
        while len(losses) < epochs and not (losses and losses[-1] <= target):
            loss, finite = self.epoch(batches_of_rows, batches.shares)
            losses.append(loss)
            if not finite:
                return losses, False
        return losses, True

    def epoch(self, batches: Sequence[Sequence[Row]], shares: Sequence[float]) -> tuple[float, bool]:
        loss = 0.0
        state = self.state
        for rows, share in zip(batches, shares, strict=True):
            *gradients, value = self.trainer.summer.sums(rows, state.parameters)
            loss += value * share
            state.gradients = gradients
            if not math.isfinite(loss + sum(gradients)) and not all(map(math.isfinite, [loss, *gradients])):
                return loss, False
            state.step += 1
            try:
                self.trainer.update(state.parameters, gradients, state.memories, float(state.step), state.rate)
            except (ValueError, ArithmeticError):
                return math.nan, False
        return loss, True

    def pace(self, rate: float) -> None:
        self.state.rate = rate

    def look(self, batches: Batches) -> list[float]:
        (rows,) = batches.as_rows()
        return self.trainer.summer.sums(rows, self.state.parameters)

    def save(self) -> TrainingState:
        return self.state.copy()

    def restore(self, state: TrainingState) -> None:
        self.state = state.copy()
