"""Rows of data on the devices of JAX: each has its part of the rows, and all parameters.

Every device gets as many rows as every other, and every batch is as long as every other. Where they do not divide, the last
row of a batch stands there several times and its copies divide its share: no share is 0, so that 0 * inf cannot arise.

>>> place, copies = filled([3, 2], 4)
>>> place.tolist(), copies.tolist()
([[0, 1, 2, 2], [0, 1, 1, 1]], [[1, 1, 2, 2], [1, 3, 3, 3]])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from micrograd.compiler.arrays.layout import Layout, Numbers, matrix
from micrograd.compiler.rows import Table


def filled(lengths: Sequence[int], width: int) -> tuple[Numbers, Numbers]:
    """For each batch which of its rows stand at `width` places, and how often each of these rows stands there."""
    last = np.array(lengths)[:, None] - 1
    places = np.arange(width)
    return np.minimum(places, last), np.where(places >= last, width - last, 1)


@dataclass(frozen=True)
class Data:
    """Rows on the devices, batch by batch: the inputs, the share of each row in its batch, or of all, and that of the batch."""

    inputs: list[Numbers]
    shares: Numbers
    parts: Numbers


class Devices:
    """All devices that JAX has, for numbers of one kind."""

    def __init__(self, dtype: str) -> None:
        import jax

        self.jax: Any = jax
        self.dtype = np.dtype(dtype)
        self.count = len(jax.devices())
        self.mesh = jax.sharding.Mesh(np.array(jax.devices()), ("rows",))

    def precision(self) -> AbstractContextManager[Any]:
        """Within it JAX computes with that kind of numbers, whatever it does elsewhere."""
        return self.jax.enable_x64(self.dtype == np.float64)

    def sharded(self, function: Callable[..., Any], arguments: Sequence[str], result: str) -> Callable[..., Any]:
        """The function run by each device on its own rows: of what is called "rows", these, and of "all", all."""
        if self.count == 1:
            return function
        specs = {"all": self.spec(), "rows": self.spec("rows"), "outputs": self.spec(None, "rows")}
        return self.jax.shard_map(
            function, mesh=self.mesh, in_specs=tuple([specs[name] for name in arguments]), out_specs=specs[result]
        )

    def total(self, numbers: Numbers) -> Numbers:
        """Within a sharded function: the sum over the devices."""
        return numbers if self.count == 1 else self.jax.lax.psum(numbers, "rows")

    def spec(self, *axes: str | None) -> Any:
        return self.jax.sharding.PartitionSpec(*axes)

    def put(self, numbers: Numbers, *axes: str | None) -> Numbers:
        kind = np.asarray(numbers, self.dtype)
        return self.jax.device_put(kind, self.jax.sharding.NamedSharding(self.mesh, self.spec(*axes)))

    def whole(self, numbers: Numbers) -> Numbers:
        """The numbers of all devices, those of other machines too, as an array of NumPy."""
        if self.jax.process_count() > 1:
            from jax.experimental import multihost_utils

            numbers = multihost_utils.process_allgather(numbers, tiled=True)
        return np.asarray(numbers, dtype=float)

    def data(self, layout: Layout, table: Table, order: Sequence[int], size: int, shares: Sequence[float] | None = None) -> Data:
        """The rows in that order in batches of that size; without `shares`, each row of a batch has the same."""
        lengths = [min(size, len(order) - start) for start in range(0, len(order), size)]
        place, copies = filled(lengths, -(-size // self.count) * self.count)
        rows = np.asarray(order)[place + size * np.arange(len(lengths))[:, None]]
        whole = np.array(lengths)[:, None]
        share = (1.0 / whole if shares is None else np.asarray(shares)[rows]) / copies
        inputs = [self.put(part[rows], None, "rows") for part in layout.inputs_of(matrix(table))]
        parts = self.put(whole[:, 0] / len(order))
        if layout.formulas.share is not None and not layout.formulas.share.rows:
            return Data(inputs, self.put(share[:, 0]), parts)
        return Data(inputs, self.put(share, None, "rows"), parts)


@cache
def devices(dtype: str) -> Devices:
    return Devices(dtype)
