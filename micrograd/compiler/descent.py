"""A training under way in compiled code: in stretches that end in time for Ctrl-C, and back to an earlier epoch."""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from micrograd.compiler.rows import Batches, Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.target import Trainer
from micrograd.engine import Gradient, Value
from micrograd.optim import Optimizer

FIRST_STRETCH = 4_000_000  # instructions in a row, before it is known how fast they are
STRETCH = 0.1  # seconds of training between two looks at the keyboard


@dataclass(frozen=True)
class Moment:
    """Where a training stood when so many epochs were done."""

    epochs: int
    state: TrainingState
    shuffling: Any


class Descent:
    """A training under way, in stretches of epochs that end in time for Ctrl-C. Leaving its context writes the numbers back."""

    def __init__(
        self,
        trainer: Trainer,
        parameters: Sequence[Value],
        optimizer: Optimizer,
        table: Table,
        schedule: Schedule,
    ) -> None:
        self.parameters = parameters
        self.optimizer = optimizer
        self.trainer = trainer
        self.table = table
        self.schedule = schedule
        self.losses = array("d")
        self.failed: float | None = None  # the loss of an epoch in which a number was not finite
        memories = [list(numbers) for numbers in zip(*optimizer.state, strict=True)]
        gradients = [float(parameter.grad) for parameter in optimizer.parameters]
        numbers = [parameter.data for parameter in parameters]
        state = TrainingState(numbers, memories, gradients, optimizer.step_count, optimizer.learning_rate)
        self.loop = trainer.start(schedule.batch_size, state)
        size = 1 + len(trainer.listing.instructions)
        self.length = max(1, FIRST_STRETCH // (table.rows * size))  # epochs of the next stretch
        self.packed: Batches | None = None
        self.moments = [self.moment()]

    def moment(self) -> Moment:
        return Moment(len(self.losses), self.loop.save(), self.schedule.save())

    def stretch(self, epochs: int, target: float = -math.inf) -> bool:
        """Train for some of the epochs; False if a number was not finite."""
        self.loop.pace(self.optimizer.learning_rate)
        self.moments = [self.moments[-1], self.moment()]
        begin = time.perf_counter()
        try:
            losses, finite = self.advance(1 if self.schedule.generator else min(epochs, self.length), target)
            if not finite:
                self.failed = losses.pop()
            self.losses += losses
        except KeyboardInterrupt:
            self.return_to(self.moments[-1])
            raise
        spent = time.perf_counter() - begin
        self.length = max(1, int(len(losses) * min(8.0, STRETCH / max(spent, 1e-9))))
        return finite

    def advance(self, epochs: int, target: float) -> tuple[array[float], bool]:
        if self.schedule.generator or self.packed is None:
            self.packed = self.table.packed(self.schedule.next_batches(), self.loop.lanes)
        return self.loop.train(self.packed, epochs, target)

    def return_to(self, moment: Moment) -> None:
        self.loop.restore(moment.state)
        del self.losses[moment.epochs :]
        self.schedule.restore(moment.shuffling)

    def rewind(self, epochs: int) -> None:
        """Go back to where that many epochs were done; it may be one before the last stretch began."""
        moment = next(moment for moment in reversed(self.moments) if moment.epochs <= epochs)
        self.return_to(moment)
        if epochs > moment.epochs:
            losses, _ = self.advance(epochs - moment.epochs, -math.inf)
            self.losses += losses

    def loss_now(self) -> float:
        """The mean over all rows at the present parameters."""
        whole = self.packed if self.packed and len(self.packed.shares) == 1 else None
        return self.loop.look(whole or self.table.packed([range(self.table.rows)], self.loop.lanes))

    def write_back(self) -> None:
        state = self.loop.save()
        moved = len(self.optimizer.parameters)
        for parameter, number, slope in zip(self.optimizer.parameters, state.parameters[:moved], state.gradients, strict=True):
            parameter.data = number
            if state.step > self.optimizer.step_count:
                parameter.grad = Gradient.taken(slope, at=math.nan)  # from before the last step
        self.optimizer.state = list(zip(*state.memories, strict=True)) if state.memories else [()] * moved
        self.optimizer.step_count = state.step

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        self.write_back()
        return isinstance(error, KeyboardInterrupt)
