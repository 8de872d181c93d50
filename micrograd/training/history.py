"""How a training went: a `History`, or where a number was not finite a `Divergence`.

>>> print(History([2.0, 1.0, 0.5], validation=[1.5, 1.0, 1.25]))
3 epochs (all epochs done), loss 2 -> 0.5, validation 1.5 -> 1.25, lowest 1 in epoch 2
"""

from __future__ import annotations

from dataclasses import dataclass, field


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
    """What happened in training: the mean loss of each epoch, what stopped it, and the units that ended up dead.

    The loss of an epoch is that before its steps; `validation` is the loss of the validation rows after them.
    """

    losses: list[float] = field(default_factory=list)
    stopped: str = "all epochs done"
    dead_units: list[str] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)

    @property
    def best_epoch(self) -> int | None:
        """The first epoch after which the validation loss was at its lowest, counted from 1; None without validation."""
        return self.validation.index(min(self.validation)) + 1 if self.validation else None

    def __str__(self) -> str:
        if not self.losses:
            return f"0 epochs ({self.stopped})"
        dead = f"; dead units: {', '.join(self.dead_units)}" if self.dead_units else ""
        epochs = "1 epoch" if len(self.losses) == 1 else f"{len(self.losses)} epochs"
        return f"{epochs} ({self.stopped}), loss {self.losses[0]:.6g} -> {self.losses[-1]:.6g}{self.validated()}{dead}"

    def validated(self) -> str:
        if not self.validation:
            return ""
        first, last, lowest = self.validation[0], self.validation[-1], min(self.validation)
        return f", validation {first:.6g} -> {last:.6g}, lowest {lowest:.6g} in epoch {self.best_epoch}"

    def __repr__(self) -> str:
        return f"<History of {self}>"

    def csv(self) -> str:
        """Lines of epoch,loss or epoch,loss,validation, with every digit."""
        columns = {"loss": self.losses} | ({"validation": self.validation} if self.validation else {})
        lines = [",".join([str(epoch), *map(repr, row)]) for epoch, row in enumerate(zip(*columns.values()), start=1)]
        return "\n".join([",".join(["epoch", *columns]), *lines]) + "\n"
