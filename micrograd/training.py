"""Training: `fit` moves the parameters of a model until its loss is small, and tells how it went in a `History`."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

from micrograd.arguments import whole_number
from micrograd.compiler.descent import Descent
from micrograd.compiler.tracing import descent_of
from micrograd.display.progress import progress_bar
from micrograd.engine import NoGradient, Value
from micrograd.nn import Module, dead_units
from micrograd.ops import DomainError
from micrograd.optim import Optimizer
from micrograd.views.diagnosis import Explanation, explain_non_finite

Loss = Callable[[Sequence[Any], Sequence[Any]], Value]


@dataclass
class History:
    """What happened in training: the mean loss of each epoch, what stopped it, and the units that ended up dead."""

    losses: list[float] = field(default_factory=list, repr=False)
    stopped: str = "all epochs done"
    dead_units: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.losses:
            return f"0 epochs ({self.stopped})"
        dead = f"; dead units: {', '.join(self.dead_units)}" if self.dead_units else ""
        epochs = "1 epoch" if len(self.losses) == 1 else f"{len(self.losses)} epochs"
        return f"{epochs} ({self.stopped}), loss {self.losses[0]:.6g} -> {self.losses[-1]:.6g}{dead}"

    def csv(self) -> str:
        """Lines of epoch,loss, with every digit."""
        lines = [f"{epoch},{loss!r}" for epoch, loss in enumerate(self.losses, start=1)]
        return "\n".join(["epoch,loss", *lines]) + "\n"


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
    are shuffled anew in each epoch, from `seed`. Training also stops where an epoch's loss is at most `target_loss`.
    Ctrl-C ends it, with the parameters as they were when the epoch began. Where a loss or a gradient is not finite,
    the parameters that gave the last finite loss are put back and a FloatingPointError says what went wrong.

    Long training of a network of nn.py on a loss of losses.py runs as compiled code: the same steps, but for rounding.
    `eager=True` turns that off. `eager=False` compiles other models and losses too; they need to be free of a Python `if`
    on numbers, since a graph does not show it. Where the loss of some rows is not the mean of theirs, training stays eager.

    >>> from micrograd import datasets, losses, nn, optim
    >>> model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    >>> descent = optim.SGD(model.parameters(), learning_rate=0.4)
    >>> history = fit(model, losses.half_mean_squared_error, datasets.xor(), descent, epochs=500, progress=False)
    >>> [round(model(row).data) for row in datasets.xor().inputs]
    [0, 1, 1, 0]
    """
    if not callable(loss):
        raise TypeError(f"fit needs a function as its loss, such as losses.mean_squared_error, got {loss!r}")
    inputs, targets = checked_data(data)
    epochs = whole_number(epochs, "epochs", least=0)
    batch_size = len(inputs) if batch_size is None else whole_number(batch_size, "batch_size")
    if target_loss is not None and (not isinstance(target_loss, Real) or math.isnan(target_loss)):
        raise ValueError(f"target_loss needs to be a number or None, got {target_loss!r}")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"fit needs an optimizer such as SGD(model.parameters(), 0.1), got {optimizer!r}")
    if set(model.parameters()).isdisjoint(optimizer.parameters):
        raise ValueError("the optimizer moves no parameter of this model; make it with model.parameters()")

    history = History()
    first_step = optimizer.step_count
    order = list(range(len(inputs)))
    generator = random.Random(seed)
    finite = begin = Checkpoint(optimizer, epoch=0)
    descent = None
    if not eager:
        descent = descent_of(
            model,
            loss,
            (inputs, targets),
            optimizer,
            epochs=epochs,
            batch_size=batch_size,
            order=order,
            generator=generator,
            always=eager is False,
        )
    try:
        with progress_bar(epochs) if progress else nullcontext(lambda epoch, loss: None) as show:
            if descent:
                model.zero_grad()
                try:
                    run(descent, epochs, target_loss, show)
                finally:
                    descent.write_back()
                    history.losses = list(descent.losses)
                    finite = begin = Checkpoint(optimizer, len(history.losses) + 1)
            for epoch in range(len(history.losses) + 1, epochs + 1):
                if reached(target_loss, history.losses):
                    break
                begin = Checkpoint(optimizer, epoch)
                if batch_size < len(order):
                    generator.shuffle(order)
                summed = 0.0
                for start in range(0, len(order), batch_size):
                    batch = order[start : start + batch_size]
                    model.zero_grad()
                    optimizer.zero_grad()  # it may move parameters of its own
                    value = loss([model(inputs[i]) for i in batch], [targets[i] for i in batch])
                    check_loss(value)
                    if start + batch_size >= len(order):  # each row has had a finite loss since the epoch began
                        finite = begin
                    value.backward()
                    check_gradients(optimizer, value)
                    optimizer.step()
                    summed += value.data * len(batch)
                history.losses.append(summed / len(order))
                show(epoch, history.losses[-1])
            if reached(target_loss, history.losses):
                history.stopped = f"loss at most {target_loss:g}"
            if history.losses:  # the last step of all has not been looked at yet
                check_loss(loss([model(row) for row in inputs], targets))
    except KeyboardInterrupt:
        begin.restore()
        try:
            check_loss(loss([model(row) for row in inputs], targets))
        except (ArithmeticError, DomainError):  # the step before had ruined them
            begin = finite
            begin.restore()
        del history.losses[max(begin.epoch - 1, 0) :]
        history.stopped = "interrupted"
    except (ArithmeticError, DomainError) as error:
        advice = "no step had been taken, so the cause is in the data or the first parameters"
        if optimizer.step_count > first_step:
            advice = "the parameters that gave the last finite loss are back, so go on from there with a smaller learning rate"
        finite.restore()
        raise FloatingPointError(f"training stopped in epoch {begin.epoch}: {error}; {advice}") from error
    history.dead_units = dead_units(model, inputs)
    return history


def reached(target_loss: float | None, losses: Sequence[float]) -> bool:
    return target_loss is not None and len(losses) > 0 and losses[-1] <= target_loss


def run(descent: Descent, epochs: int, target_loss: float | None, show: Callable[[int, float], None]) -> None:
    """Train in compiled code, as far as all numbers are finite: what comes then is for eager training to find and name."""
    target = -math.inf if target_loss is None else float(target_loss)
    try:
        while len(descent.losses) < epochs and not reached(target_loss, descent.losses):
            if not descent.stretch(epochs - len(descent.losses), target):
                descent.rewind(max(len(descent.losses) - 1, 0))
                return
            show(len(descent.losses), descent.losses[-1])
    finally:
        if descent.losses and not math.isfinite(descent.loss_now()):  # the last step has ruined them
            descent.rewind(len(descent.losses) - 1)


class Checkpoint:
    """The parameters and the optimizer's memory at one moment."""

    def __init__(self, optimizer: Optimizer, epoch: int) -> None:
        self.optimizer = optimizer
        self.epoch = epoch
        self.data = [parameter.data for parameter in optimizer.parameters]
        self.state = list(optimizer.state)
        self.step_count = optimizer.step_count

    def restore(self) -> None:
        for parameter, number in zip(self.optimizer.parameters, self.data, strict=True):
            parameter.data = number
        self.optimizer.state = list(self.state)
        self.optimizer.step_count = self.step_count


def checked_data(data: tuple[Sequence[Any], Sequence[Any]]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The inputs and the targets; a ValueError unless there is one target per row and all rows are of one length."""
    if not isinstance(data, Sequence) or len(data) != 2:
        raise ValueError("data needs to be a pair (inputs, targets), such as datasets.xor()")
    inputs, targets = data
    if len(inputs) != len(targets):
        raise ValueError(f"data needs one target per row, got {len(inputs)} row(s) and {len(targets)} target(s)")
    if not len(inputs):
        raise ValueError("data needs at least one row, got none")
    for number, row in enumerate(inputs, start=1):
        if not hasattr(row, "__len__"):
            need = f"every row of data needs to be a list of numbers, and row {number} is {row!r}; put it in brackets"
            raise TypeError(f"{need}, where data is a Dataset or a pair (inputs, targets)")
        if len(row) != len(inputs[0]):
            raise ValueError(f"every row of data needs as many numbers as row 1, {len(inputs[0])}; row {number} has {len(row)}")
        for entry in [*row, targets[number - 1]]:
            if isinstance(entry, Real) and not math.isfinite(entry):
                raise ValueError(
                    f"training needs finite numbers, and row {number} of the data has {entry}; mend it or leave it out"
                )
    return inputs, targets


def check_loss(loss: Value) -> None:
    if not isinstance(loss, Value):
        raise TypeError(f"a loss function needs to return one Value, got {loss!r}")
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
                f"the gradient of {parameter.label or 'a parameter'} is {float(parameter.grad)}{reason_of(why)}"
            )


def reason_of(why: Explanation | None) -> str:
    return f", since {why.reason}" if why else ""
