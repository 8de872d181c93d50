"""Which rows make a batch, epoch by epoch: the same for eager and for compiled training."""

from __future__ import annotations

import random
from typing import Any


class Schedule:
    """How many epochs, and which rows make a batch: all in their order, or shuffled anew in each epoch.

    >>> schedule = Schedule(rows=5, epochs=1, batch_size=2, shuffle=False)
    >>> schedule.next_batches()
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, rows: int, epochs: int, batch_size: int | None = None, seed: int = 0, shuffle: bool = True) -> None:
        self.epochs = epochs
        self.batch_size = rows if batch_size is None else min(batch_size, rows)
        self.order = list(range(rows))
        self.generator = random.Random(seed) if shuffle and self.batch_size < rows else None

    def next_batches(self) -> list[list[int]]:
        """The rows of each batch of the next epoch."""
        if self.generator:
            self.generator.shuffle(self.order)
        return [self.order[start : start + self.batch_size] for start in range(0, len(self.order), self.batch_size)]

    def save(self) -> tuple[list[int], Any]:
        """Where the shuffling stands, for `restore`."""
        return list(self.order), self.generator.getstate() if self.generator else None

    def restore(self, saved: tuple[list[int], Any]) -> None:
        self.order, state = list(saved[0]), saved[1]
        if self.generator:
            self.generator.setstate(state)
