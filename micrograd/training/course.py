"""What is asked of a training beside its steps: what is looked at after each epoch, and what ends it."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from numbers import Real
from typing import Any

from micrograd.arguments import whole_number
from micrograd.compiler.task import Task, checked_data, is_plain
from micrograd.ops import DomainError

Callback = Callable[[int, float], Any]


@dataclass(frozen=True)
class Course:
    """The loss at which training may end, below every loss if there is none, and what comes after each epoch, or None.

    `validation` is the task of computing the loss of other rows.
    """

    target: float = -math.inf
    validation: Task | None = None
    callback: Callback | None = None
    patience: int | None = None

    @property
    def has_looks(self) -> bool:
        """Whether something comes after each epoch."""
        return self.validation is not None or self.callback is not None


def checked_course(
    task: Task,
    target: float | None,
    validation: tuple[Any, Any] | None,
    callback: Callback | None,
    patience: int | None,
) -> Course:
    if callback is not None and not callable(callback):
        raise TypeError(f"callback needs to be a function of the epoch and its loss, got {callback!r}")
    if patience is not None:
        patience = whole_number(patience, "patience")
        if validation is None:
            raise ValueError("patience waits for the loss of other rows to become lower; pass validation=(inputs, targets) too")
    other = None if validation is None else checked_validation(task, validation)
    return Course(checked_target(target), other, callback, patience)


def checked_target(loss: float | None) -> float:
    if loss is None:
        return -math.inf
    if not isinstance(loss, Real) or math.isnan(loss):
        raise ValueError(f"target_loss needs to be a number or None, got {loss!r}")
    return float(loss)


def checked_validation(task: Task, validation: tuple[Any, Any]) -> Task:
    """The task of computing the loss of these rows; an error unless the model takes them and the loss their targets."""
    try:
        inputs, targets = checked_data(validation, numbers=is_plain(task.model))
        other = Task(task.model, task.loss, inputs, targets, task.optimizer)
        with suppress(ArithmeticError, DomainError):  # after the first epoch they may have a value
            other.look_at_targets(task.model(inputs[0]))
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"validation: {error}") from error
    return other
