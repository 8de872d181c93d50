"""Which rows make a batch, epoch by epoch: the same for eager and for compiled training."""

from __future__ import annotations

import random

from micrograd.arguments import whole_number


class Schedule:
    """How many epochs, and which rows make a batch: all in their order, or shuffled anew in each epoch.

    An epoch is shuffled from the seed and the number of steps that were taken before it, `first_step` of them before the
    first epoch. So two trainings, one after the other, see the batches that one of as many epochs sees.

    >>> schedule = Schedule(rows=5, epochs=1, batch_size=2, shuffle=False)
    >>> schedule.batches(epoch=0)
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self, rows: int, epochs: int, batch_size: int | None = None, seed: int = 0, shuffle: bool = True, first_step: int = 0
    ) -> None:
        self.rows = rows
        self.epochs = epochs
        self.batch_size = rows if batch_size is None else min(batch_size, rows)
        self.steps = -(-rows // self.batch_size)  # of an epoch
        self.seed = whole_number(seed, "seed", least=None)
        self.shuffles = shuffle and self.steps > 1
        self.first_step = first_step

    def order(self, epoch: int) -> list[int]:
        """All rows as an epoch takes them, batch after batch; the first epoch is 0."""
        order = list(range(self.rows))
        if self.shuffles:
            shuffle(order, random.Random(f"{self.seed}, {self.first_step + epoch * self.steps}"))
        return order

    def batches(self, epoch: int) -> list[list[int]]:
        """The rows of each batch of an epoch; the first is 0."""
        order = self.order(epoch)
        return [order[start : start + self.batch_size] for start in range(0, self.rows, self.batch_size)]


def shuffle(order: list[int], generator: random.Random) -> None:
    """`random.shuffle`, number for number, written out: three times as fast, and the same whatever Python makes of its own."""
    drawn = generator.getrandbits
    last = len(order) - 1
    for bits in range(len(order).bit_length(), 1, -1):
        first = (1 << (bits - 1)) - 1  # of the places whose number, counted from 1, takes so many bits
        for place in range(last, first - 1, -1):
            other = drawn(bits)
            while other > place:
                other = drawn(bits)
            order[place], order[other] = order[other], order[place]
        last = first - 1
