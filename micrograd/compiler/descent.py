"""A training under way in compiled code: in stretches that end in time for Ctrl-C, and back to an earlier epoch."""

from __future__ import annotations

import math
import signal
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Self

from micrograd.collector import paused_collector
from micrograd.compiler.rows import Table, TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.target import Trainer
from micrograd.engine import NO_GRADIENT, Gradient
from micrograd.optim import Optimizer

FIRST_STRETCH = 4_000_000  # instructions in a row, before it is known how fast they are
STRETCH = 0.1  # seconds of training between two looks at the keyboard


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C does nothing meanwhile: what puts numbers back is short, and has to come to its end."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is None:
        yield  # only the main thread is interrupted, and only where Python sees to it
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def thin_out(stages: list[Any]) -> None:
    """Of many stages keep few, further apart the further back they are, but always the first and the last two."""
    for i in range(len(stages) - 3, 0, -1):
        if stages[i + 1].epochs - stages[i - 1].epochs <= stages[-1].epochs - stages[i + 1].epochs:
            del stages[i]


@dataclass(frozen=True)
class Moment:
    """Where a training stood when so many epochs were done."""

    epochs: int
    state: TrainingState


class Descent:
    """A training under way, in stretches of epochs that end in time for Ctrl-C. Leaving its context writes the numbers back.

    Of `parameters`, those that the optimizer moves come first. They are its parameters `moved`, by their places there: the
    others are not in the graph, so no gradient reaches them.
    """

    def __init__(self, trainer: Trainer, optimizer: Optimizer, moved: Sequence[int], table: Table, schedule: Schedule) -> None:
        self.parameters = trainer.graph.in_order(trainer.trained)
        self.optimizer = optimizer
        self.moved = moved
        self.trainer = trainer
        self.table = table
        self.schedule = schedule
        self.losses = array("d")
        self.rates = array("d")  # the learning rate of each epoch, which a callback may change
        self.failed: float | None = None  # the loss of an epoch in which a number was not finite
        self.steps_before = optimizer.step_count
        self.taken_before = list(optimizer.steps_taken)
        states = [optimizer.state[i] for i in moved]
        memories = [array("d", [memories[k] for memories in states]) for k in range(len(states[0]))]
        taken = [self.taken_before[i] for i in moved]
        if len(set(taken)) > 1:
            memories.append(array("d", taken))
        self.first_step = taken[0]
        gradients = array("d", [optimizer.parameters[i].grad or 0.0 for i in moved])
        numbers = array("d", [parameter.data for parameter in self.parameters])
        state = TrainingState(numbers, memories, gradients, self.first_step, optimizer.learning_rate)
        self.loop = trainer.start(table, schedule, state)
        self.length = max(1, FIRST_STRETCH // (table.rows * (1 + trainer.size)))  # epochs of the next stretch
        self.moments = [Moment(0, state)]

    def stretch(self, epochs: int, target: float = -math.inf) -> bool:
        """Train for some of the epochs; False if a number was not finite, and then it stands where that epoch began."""
        self.loop.pace(self.optimizer.learning_rate)
        if self.losses:
            self.moments.append(Moment(len(self.losses), self.loop.save()))
            thin_out(self.moments)
        begin = time.perf_counter()
        try:
            losses, finite = self.advance(min(epochs, self.length), target)
            if not finite:
                self.failed = losses.pop()
            self.rates[len(self.losses) :] = array("d", [self.optimizer.learning_rate]) * len(losses)
            self.losses += losses
            if not finite:
                self.go_back(len(self.losses))
        except KeyboardInterrupt:
            with uninterrupted():
                self.return_to(self.moments[-1])
            raise
        spent = time.perf_counter() - begin
        self.length = max(1, int(len(losses) * min(8.0, STRETCH / max(spent, 1e-9))))
        return finite

    def advance(self, epochs: int, target: float = -math.inf) -> tuple[array[float], bool]:
        """Train for the next epochs."""
        return self.loop.train(len(self.losses), epochs, target)

    def return_to(self, moment: Moment) -> None:
        self.loop.restore(moment.state)
        del self.losses[moment.epochs :]

    def rewind(self, epochs: int, good: Callable[[], bool]) -> None:
        """Go back to where that many epochs were done, or in growing strides as far back as it takes to be `good`."""
        if epochs < len(self.losses):
            self.go_back(epochs)
        stride = 1
        while self.losses and not good():
            self.go_back(max(len(self.losses) - stride, 0))
            stride *= 2

    def go_back(self, epochs: int) -> None:
        with uninterrupted():
            while self.moments[-1].epochs > epochs:
                self.moments.pop()
            self.return_to(self.moments[-1])
            while (done := len(self.losses)) < epochs:
                rate = self.rates[done]
                self.loop.pace(rate)
                end = next((epoch for epoch in range(done, epochs) if self.rates[epoch] != rate), epochs)
                losses, _ = self.advance(end - done)
                self.losses += losses

    def has_finite_loss(self) -> bool:
        """Whether the mean over all rows is finite at the present parameters."""
        return math.isfinite(self.loop.look()[-1])

    def is_sound(self) -> bool:
        """Whether its gradient is finite too."""
        return all(map(math.isfinite, self.loop.look()))

    @paused_collector()
    def write_back(self) -> None:
        state, optimizer = self.loop.save(), self.optimizer
        steps = state.step - self.first_step
        optimizer.step_count = self.steps_before + steps
        if steps and len(self.moved) < len(optimizer.parameters):
            for parameter in optimizer.parameters:
                parameter.grad = NO_GRADIENT
        own = len(optimizer.state[self.moved[0]])  # without the steps that each has counted
        memories = zip(*state.memories[:own]) if own else repeat(())
        states, taken, before = optimizer.state, optimizer.steps_taken, self.taken_before
        for place, parameter, number, slope, memory in zip(
            self.moved, self.parameters, state.parameters, state.gradients, memories
        ):
            parameter.data = number
            if steps:
                parameter.grad = gradient = Gradient(slope)
                gradient.at = math.nan  # it is from before the last step
            states[place] = memory
            taken[place] = before[place] + steps

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        with uninterrupted():
            self.write_back()
        return isinstance(error, KeyboardInterrupt)
