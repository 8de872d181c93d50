"""What the text of an array program calls, where JAX does not compute it as NumPy does: `np` stands for `jax.numpy`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from micrograd.tensors.functions import Numbers


def contract(spec: str, a: Numbers, b: Numbers) -> Numbers:
    return np.einsum(spec, a, b)


def windows(a: Numbers, axes: Sequence[int], sizes: Sequence[int]) -> Numbers:
    for axis, size in zip(axes, sizes, strict=True):
        count = a.shape[axis] - size + 1
        a = np.stack([a[(slice(None),) * axis + (slice(k, k + count),)] for k in range(size)], axis=-1)
    return a


def take(a: Numbers, table: Numbers, rows: bool = False) -> Numbers:
    a = a.reshape(len(a), -1) if rows else a.reshape(-1)
    return np.concatenate([a, np.zeros((*a.shape[:-1], 1), a.dtype)], axis=-1)[..., table]


def scattered(a: Numbers, shape: tuple[int, ...], table: Numbers) -> Numbers:
    lead = a.shape[:1] if shape[:1] == (-1,) else ()
    size = math.prod(shape[len(lead) :])
    out = np.zeros((*lead, size + 1), a.dtype).at[..., table.ravel()].add(a.reshape(*lead, -1))  # type: ignore[attr-defined]  # of JAX
    return out[..., :size].reshape(*lead, *shape[len(lead) :])


def placed(a: Numbers, shape: tuple[int, ...], base: int, strides: tuple[int, ...]) -> Numbers:
    rows = int(shape[:1] == (-1,))
    table: Numbers = base
    for k, stride in enumerate(strides):
        table = table + stride * np.arange(a.shape[rows + k]).reshape([-1 if k == j else 1 for j in range(len(strides))])
    return scattered(a, shape, np.asarray(table))
