"""Training in eager steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from contextlib import contextmanager, suppress

from micrograd.collector import paused_collector
from micrograd.compiler.descent import thin_out, uninterrupted
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.task import Task
from micrograd.display.characters import printable
from micrograd.engine import NO_GRADIENT, NoGradient, Value
from micrograd.ops import DomainError
from micrograd.optim import Optimizer
from micrograd.training.checkpoints import Checkpoint
from micrograd.training.course import Course
from micrograd.training.history import Divergence
from micrograd.views.diagnosis import Explanation, explain_non_finite

Show = Callable[[int, float], None]


class Training:
    """Training in eager steps: the losses so far, and the checkpoints that it may have to go back to."""

    def __init__(self, task: Task, schedule: Schedule, course: Course) -> None:
        self.task = task
        self.schedule = schedule
        self.course = course
        self.losses: MutableSequence[float] = []
        self.validation: list[float] = []
        self.best: Checkpoint | None = None  # where the validation loss was at its lowest, if there is patience to wait for it
        self.called_off = False  # by the callback
        self.checkpoints: list[Checkpoint] = []
        self.set_checkpoint()
        self.finite = self.begin  # the last whose parameters gave every row a finite loss

    @property
    def begin(self) -> Checkpoint:
        """Where the epoch under way began."""
        return self.checkpoints[-1]

    def set_checkpoint(self) -> None:
        """Here begins an epoch."""
        self.checkpoints.append(Checkpoint(self.task.optimizer, len(self.losses)))
        thin_out(self.checkpoints)

    def ending(self) -> str | None:
        """Why it is at its end; None if it is not."""
        course, done = self.course, len(self.losses)
        if done and self.losses[-1] <= course.target:
            return f"loss at most {course.target:g}"
        if self.called_off:
            return "the callback ended it"
        if course.patience and self.best and done - self.best.epochs >= course.patience:
            return f"no lower validation loss for {course.patience} epoch{'s' if course.patience > 1 else ''}"
        return "all epochs done" if done >= self.schedule.epochs else None

    def run(self, show: Show) -> str:
        """Train until there is a reason to end, and give it; `show` is called with each epoch and its loss."""
        moved = False
        while not (reason := self.ending()):
            with self.told_failures():
                self.set_checkpoint()
                self.losses.append(self.epoch())
                self.validate()
            show(len(self.losses), self.losses[-1])
            self.call_back()
            moved = True
        if moved:  # the last step of all has not been looked at yet
            with self.told_failures():
                check_loss(self.loss_now())
        return reason

    @contextmanager
    def told_failures(self) -> Iterator[None]:
        """Where a number is not finite, put back the last parameters at which all was; the error says what happened."""
        try:
            yield
        except (ArithmeticError, DomainError) as error:
            stepped = self.task.optimizer.step_count > self.schedule.first_step
            divergence = Divergence(self.begin.epochs + 1, str(error), stepped)
            self.go_back(self.finite)
            raise divergence from error

    def epoch(self) -> float:
        """A step for each batch; the mean of the losses before the steps, over the rows."""
        batches = self.schedule.batches(len(self.losses))
        summed = 0.0
        for batch in batches:
            with paused_collector():  # and back for the cycles that a loss function or a model may make
                summed += self.step(batch, last=batch is batches[-1]) * len(batch)
        return summed / self.schedule.rows

    def validate(self) -> None:
        """Note the loss of the validation rows at the present parameters."""
        if other := self.course.validation:
            with paused_collector():
                loss = other.loss_of(range(len(other.inputs)))
            check_loss(loss, "validation loss")
            self.note_validation(loss.data)

    def note_validation(self, loss: float) -> None:
        if self.course.patience and (self.best is None or loss < self.validation[self.best.epochs - 1]):
            self.best = Checkpoint(self.task.optimizer, len(self.losses))
        self.validation.append(loss)

    def call_back(self) -> None:
        """Call the callback: the epoch is done, whatever happens in there."""
        if self.course.callback:
            try:
                self.called_off = self.course.callback(len(self.losses), self.losses[-1]) is True
            except KeyboardInterrupt:
                with uninterrupted():
                    self.set_checkpoint()
                raise

    def settle_on_best(self) -> None:
        """Put back where the validation loss was at its lowest."""
        if self.best and self.best.epochs < len(self.losses):
            with uninterrupted():
                self.best.restore()
                self.zero_grad()

    def step(self, batch: Sequence[int], last: bool) -> float:
        optimizer = self.task.optimizer
        self.zero_grad()
        loss = self.task.loss_of(batch)
        check_loss(loss)
        if last:  # each row has had a finite loss since the epoch began
            self.finite = self.begin
        loss.backward()
        check_gradients(optimizer, loss)
        optimizer.step()
        return loss.data

    def zero_grad(self) -> None:
        for parameter in self.task.model.parameters():
            parameter.grad = NO_GRADIENT
        self.task.optimizer.zero_grad()  # it may move parameters of its own

    def loss_now(self) -> Value:
        """The loss of all rows at the present parameters."""
        return self.task.loss_of(range(self.schedule.rows))

    def is_sound(self) -> bool:
        """Whether the present parameters give a finite loss and finite gradients."""
        try:
            loss = self.loss_now()
            check_loss(loss)
            self.zero_grad()
            loss.backward()
            check_gradients(self.task.optimizer, loss)
        except (ArithmeticError, DomainError):
            return False
        finally:
            self.zero_grad()
        return True

    def go_back(self, last: Checkpoint) -> None:
        """Put back the parameters of the last checkpoint, from this one on backwards, at which all is finite.

        Ctrl-C ends the looking, which takes its time where rows are many, and never the putting back.
        """
        with uninterrupted():
            while self.begin.epochs > last.epochs:
                self.checkpoints.pop()
            self.begin.restore()
        with suppress(KeyboardInterrupt):
            while self.begin.epochs and not (self.begin.known_sound or self.is_sound()):
                with uninterrupted():
                    self.checkpoints.pop()
                    self.begin.restore()
        del self.losses[self.begin.epochs :]
        self.forget_later()

    def forget_later(self) -> None:
        """Leave out what validation has told of epochs that are undone."""
        del self.validation[len(self.losses) :]
        if self.best and self.best.epochs > len(self.losses):
            self.best = None


def check_loss(loss: Value, name: str = "loss") -> None:
    if not math.isfinite(loss.data):
        why = explain_non_finite(loss, names={name: loss})
        raise FloatingPointError(f"the {name} is {loss.data}{reason_of(why)}")


def check_gradients(optimizer: Optimizer, loss: Value) -> None:
    if all(isinstance(parameter.grad, NoGradient) for parameter in optimizer.parameters):
        raise ValueError("the loss does not depend on any parameter; make it of the outputs that it is given")
    for parameter in optimizer.parameters:
        if not math.isfinite(parameter.grad):
            why = explain_non_finite(loss, names={"loss": loss})
            raise FloatingPointError(
                f"the gradient of {printable(parameter.label or 'a parameter')} is {float(parameter.grad)}{reason_of(why)}"
            )


def reason_of(why: Explanation | None) -> str:
    return f", since {why.reason}" if why else ""
