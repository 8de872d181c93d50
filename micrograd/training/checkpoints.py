"""`Checkpoint`: what a training can go back to."""

from __future__ import annotations

from micrograd.optim import Optimizer


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
