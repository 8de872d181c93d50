"""Training: `fit` moves the parameters of a model until its loss is small, and tells how it went in a `History`."""

from __future__ import annotations

import math
from collections.abc import Callable, MutableSequence, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

from micrograd.advice import for_arguments
from micrograd.arguments import whole_number
from micrograd.collector import paused_collector
from micrograd.compiler.descent import Descent, thin_out, uninterrupted
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.task import Loss, Task, check_task, checked_data, is_plain, refusal
from micrograd.compiler.tracing import descent_of
from micrograd.display.characters import printable
from micrograd.display.progress import progress_bar
from micrograd.engine import NO_GRADIENT, NoGradient, Value
from micrograd.nn import Module, dead_units
from micrograd.ops import DomainError
from micrograd.optim import Optimizer
from micrograd.views.diagnosis import Explanation, explain_non_finite
from micrograd.words import FIT

Show = Callable[[int, float], None]

SAME = 1e-6  # how far the loss of all rows may be from that of compiled code, in parts of the first loss or of itself


@dataclass(eq=False)  # as other errors
class Divergence(FloatingPointError):  # noqa: N818 - it names what happened
    """A loss or a gradient was not finite: in which epoch, what it was, and whether a step of training had come before it."""

    epoch: int
    reason: str
    stepped: bool

    def __str__(self) -> str:
        advice = "no step had been taken, so the cause is in the data or the first parameters"
        if self.stepped:
            advice = "the parameters that gave the last finite loss are back, so go on from there with a smaller learning rate"
        return f"training stopped in epoch {self.epoch}: {self.reason}; {advice}"


@dataclass
class History:
    """What happened in training: the mean loss of each epoch, what stopped it, and the units that ended up dead."""

    losses: list[float] = field(default_factory=list)
    stopped: str = "all epochs done"
    dead_units: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.losses:
            return f"0 epochs ({self.stopped})"
        dead = f"; dead units: {', '.join(self.dead_units)}" if self.dead_units else ""
        epochs = "1 epoch" if len(self.losses) == 1 else f"{len(self.losses)} epochs"
        return f"{epochs} ({self.stopped}), loss {self.losses[0]:.6g} -> {self.losses[-1]:.6g}{dead}"

    def __repr__(self) -> str:
        return f"<History of {self}>"

    def csv(self) -> str:
        """Lines of epoch,loss, with every digit."""
        lines = [f"{epoch},{loss!r}" for epoch, loss in enumerate(self.losses, start=1)]
        return "\n".join(["epoch,loss", *lines]) + "\n"


@for_arguments(FIT)
def fit(
    model: Module,
    loss: Loss,
    data: tuple[Sequence[Any], Sequence[Any]],
    optimizer: Optimizer,
    *,
    epochs: int = 100,
    batch_size: int | None = None,
    target_loss: float | None = None,
    seed: int = 0,
    progress: bool = True,
    eager: bool | None = None,
) -> History:
    """Train `model` in place: per batch zero_grad, loss(outputs, targets), backward, step.

    `data` is (inputs, targets), such as a Dataset. Without `batch_size` a batch is all of the data; otherwise the rows
    are shuffled anew in each epoch, from `seed` and the steps that the optimizer has taken: a second call goes on as a
    longer first one would have. Training also stops where an epoch's loss is at most `target_loss`. Ctrl-C ends it, with
    the parameters as they were when the epoch began. Where a loss or a gradient is not finite, the last parameters at
    which both are finite are put back and a Divergence, a FloatingPointError, says what went wrong.

    Long training runs as compiled code, the same steps but for rounding, by an optimizer of optim.py and where a graph can
    stand for model and loss. That of the networks of nn.py and the losses of losses.py can. Code of one's own is watched while
    it makes the graph of a row: it may look at no number of a Value, as a Python `if` has to and as `x.data` does, draw nothing
    at random, change nothing that it can reach, and has to make the same graph when it is called again. The loss of rows
    spread over the data has to be the mean of what the graph gives for each, and at the end that of all rows. Otherwise the
    steps are eager, from the beginning; `eager=True` makes them so in any case.

    `eager=False` asks for compiled code, for short training and for an optimizer with an update rule of its own too; a
    ValueError says why it cannot be. Only then may code of one's own change what it can reach, such as a counter. Compiled code
    does not do that in each step, so see to it that no graph depends on it.

    >>> from micrograd import datasets, losses, nn, optim
    >>> model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    >>> descent = optim.SGD(model.parameters(), learning_rate=0.4)
    >>> history = fit(model, losses.half_mean_squared_error, datasets.xor(), descent, epochs=500, progress=False)
    >>> [round(model(row).data) for row in datasets.xor().inputs]
    [0, 1, 1, 0]
    """
    task = Task(model, loss, *checked_data(data, numbers=is_plain(model)), optimizer)
    check_task(task)
    epochs = whole_number(epochs, "epochs", least=0)
    batch_size = None if batch_size is None else whole_number(batch_size, "batch_size")
    schedule = Schedule(len(task.inputs), epochs, batch_size, seed, first_step=optimizer.step_count)
    target = checked_target(target_loss)
    training = Training(task, schedule, target)
    stopped = "all epochs done"
    try:
        if not eager and epochs and (descent := descent_of(task, schedule, asked=eager is False)):
            training = CompiledTraining(task, schedule, target, descent, asked=eager is False)
        with progress_bar(epochs) if progress else nullcontext(lambda epoch, loss: None) as show:
            training.run(show)
        if training.at_target():
            stopped = f"loss at most {target:g}"
    except KeyboardInterrupt:
        training.go_back(training.begin)
        stopped = "interrupted"
    except (ArithmeticError, DomainError) as error:
        raise training.failure(error) from error
    history = History(list(training.losses), stopped)
    with suppress(KeyboardInterrupt):  # a second one: without them
        history.dead_units = dead_units(model, task.inputs)
    return history


class Training:
    """Training in eager steps: the losses so far, and the checkpoints that it may have to go back to."""

    def __init__(self, task: Task, schedule: Schedule, target: float) -> None:
        self.task = task
        self.schedule = schedule
        self.target = target
        self.losses: MutableSequence[float] = []
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

    def at_target(self) -> bool:
        return len(self.losses) > 0 and self.losses[-1] <= self.target

    def done(self) -> bool:
        return len(self.losses) >= self.schedule.epochs or self.at_target()

    def run(self, show: Show) -> None:
        """Train until the epochs are done or the target is reached; `show` is called with each epoch and its loss."""
        moved = False
        while not self.done():
            self.set_checkpoint()
            self.losses.append(self.epoch())
            show(len(self.losses), self.losses[-1])
            moved = True
        if moved:  # the last step of all has not been looked at yet
            check_loss(self.loss_now())

    def epoch(self) -> float:
        """A step for each batch; the mean of the losses before the steps, over the rows."""
        batches = self.schedule.batches(len(self.losses))
        summed = 0.0
        for batch in batches:
            with paused_collector():  # and back for the cycles that a loss function or a model may make
                summed += self.step(batch, last=batch is batches[-1]) * len(batch)
        return summed / self.schedule.rows

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

    def failure(self, error: Exception) -> Divergence:
        """Put back the last parameters at which all was finite; the error that says what happened."""
        stepped = self.task.optimizer.step_count > self.schedule.first_step
        divergence = Divergence(self.begin.epochs + 1, str(error), stepped)
        self.go_back(self.finite)
        return divergence


class CompiledTraining(Training):
    """The same in compiled code, as far as all numbers are finite: what comes then is for eager steps to find and name."""

    def __init__(self, task: Task, schedule: Schedule, target: float, descent: Descent, asked: bool) -> None:
        super().__init__(task, schedule, target)
        self.descent = descent
        self.asked = asked
        self.difference = ""  # between the graph and code of one's own, when the compiled steps were done

    def run(self, show: Show) -> None:
        self.zero_grad()
        self.losses = self.descent.losses
        try:
            while not self.done() and self.descent.stretch(self.schedule.epochs - len(self.losses), self.target):
                show(len(self.losses), self.losses[-1])
        finally:
            self.settle()
        if self.difference:
            self.start_again()
        super().run(show)

    def start_again(self) -> None:
        """Put back what there was before the first epoch, for eager steps or for the error that was asked for."""
        with uninterrupted():
            del self.checkpoints[1:]
            self.begin.restore()
            self.losses = []
            self.finite = self.begin
            self.zero_grad()
        if self.asked:
            raise refusal(self.difference)

    def settle(self) -> None:
        """Write the numbers back: those of now, or else the last at which all is finite in eager code too."""
        descent = self.descent
        is_sound = False
        try:
            descent.rewind(len(descent.losses), descent.is_sound)
            if descent.failed is not None or not self.has_finite_loss():
                descent.rewind(len(descent.losses), self.is_sound_there)
            is_sound = True
        finally:
            with uninterrupted():
                descent.write_back()
                self.losses = list(descent.losses)
                self.set_checkpoint()
                self.begin.known_sound = is_sound
                self.finite = self.begin

    def has_finite_loss(self) -> bool:
        self.descent.write_back()
        try:
            loss = self.loss_now()
            check_loss(loss)
        except (ArithmeticError, DomainError):
            return False
        graph = self.descent.loop.look()[-1]
        if not self.task.is_known() and abs(loss.data - graph) > SAME * max(abs(loss.data), abs(graph), *self.losses[:1]):
            self.difference = f"trained so, the loss of all rows is {loss.data!r}, and by the graph of one row it is {graph!r}"
        return True

    def is_sound_there(self) -> bool:
        self.descent.write_back()
        return self.is_sound()


class Checkpoint:
    """The parameters and the optimizer's memory when so many epochs were done."""

    def __init__(self, optimizer: Optimizer, epochs: int) -> None:
        self.optimizer = optimizer
        self.epochs = epochs
        self.known_sound = False
        self.data = [parameter.data for parameter in optimizer.parameters]
        self.state = list(optimizer.state)
        self.steps_taken = list(optimizer.steps_taken)
        self.step_count = optimizer.step_count

    def restore(self) -> None:
        for parameter, number in zip(self.optimizer.parameters, self.data, strict=True):
            parameter.data = number
        self.optimizer.state = list(self.state)
        self.optimizer.steps_taken = list(self.steps_taken)
        self.optimizer.step_count = self.step_count


def checked_target(loss: float | None) -> float:
    """The loss at which training may end; below every loss if there is none."""
    if loss is None:
        return -math.inf
    if not isinstance(loss, Real) or math.isnan(loss):
        raise ValueError(f"target_loss needs to be a number or None, got {loss!r}")
    return float(loss)


def check_loss(loss: Value) -> None:
    if not math.isfinite(loss.data):
        why = explain_non_finite(loss, names={"loss": loss})
        raise FloatingPointError(f"the loss is {loss.data}{reason_of(why)}")


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
