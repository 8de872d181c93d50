"""What the text of an array program calls, where JAX does not compute it as NumPy does: `np` stands for `jax.numpy`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from micrograd.tensors.functions import Numbers, limits, tail


def step(a: Numbers) -> Numbers:
    return np.where(a > 0.0, 1.0, np.where(a <= 0.0, 0.0, a))  # a nan stays one


def quiet_mul(a: Numbers, b: Numbers) -> Numbers:
    return limits(a, b, a * b)


def cosh(a: Numbers) -> Numbers:
    root = np.exp(0.5 * np.abs(a))
    return 0.5 * root * root + 0.5 / root / root


def sinh(a: Numbers) -> Numbers:
    root, less = np.exp(0.5 * np.abs(a)), np.expm1(np.abs(a))
    return np.sign(a) * np.where(less < 1e9, 0.5 * (less + less / (less + 1.0)), 0.5 * root * root)


def erf(a: Numbers) -> Numbers:
    from jax.scipy.special import erf

    return erf(a)


def erfc(a: Numbers) -> Numbers:
    from jax.scipy.special import erfc

    return erfc(a) * tail(a)


def logsumexp(a: Numbers, axis: int | tuple[int, ...]) -> Numbers:
    largest = np.max(a, axis=axis, keepdims=True)
    is_largest = a == largest
    powers = np.exp(a - largest)
    powers -= is_largest  # the largest adds exp(0), for which log1p is there
    others = np.sum(powers, axis=axis) + (np.sum(is_largest, axis=axis) - 1.0)
    largest = np.squeeze(largest, axis=axis)
    return np.where(np.isinf(largest), largest, largest + np.log1p(others))


def contract(spec: str, a: Numbers, b: Numbers) -> Numbers:
    """np.einsum(spec, a, b), with axes made one that lie side by side wherever they are: XLA copies where it sums over two."""
    sides = spec.replace("->", ",").split(",")
    lengths = dict(zip(sides[0] + sides[1], (*a.shape, *b.shape), strict=True))
    left, right, out = grouped(sides)
    a = a.reshape([math.prod([lengths[k] for k in group]) for group in left])
    b = b.reshape([math.prod([lengths[k] for k in group]) for group in right])
    first = ["".join([group[0] for group in side]) for side in (left, right, out)]
    return np.einsum(f"{first[0]},{first[1]}->{first[2]}", a, b).reshape([lengths[k] for k in sides[2]])


def grouped(sides: Sequence[str]) -> list[list[str]]:
    """The letters of each side, those together that are neighbours on every side on which they are."""
    pairs = {x + y for side in sides for x, y in pairwise(side)}
    pairs = {pair for pair in pairs if all(pair in side or not {*pair} & {*side} for side in sides)}
    groups: list[list[str]] = [[] for _ in sides]
    for found, side in zip(groups, sides, strict=True):
        for letter in side:
            if found and found[-1][-1] + letter in pairs:
                found[-1] += letter
            else:
                found.append(letter)
    return groups


def windows(a: Numbers, axes: Sequence[int], sizes: Sequence[int]) -> Numbers:
    for axis, size in zip(axes, sizes, strict=True):
        count = a.shape[axis] - size + 1
        a = np.stack([a[(slice(None),) * axis + (slice(k, k + count),)] for k in range(size)], axis=-1)
    return a


def take(a: Numbers, table: Numbers, rows: bool = False) -> Numbers:
    a = np.reshape(a, (len(a), -1) if rows else -1)
    return np.concatenate([a, np.zeros((*a.shape[:-1], 1), a.dtype)], axis=-1)[..., table]


def scattered(a: Numbers, shape: tuple[int, ...], table: Numbers) -> Numbers:
    lead = a.shape[:1] if shape[:1] == (-1,) else ()
    size = math.prod(shape[len(lead) :])
    out = np.zeros((*lead, size + 1), a.dtype).at[..., table.ravel()].add(a.reshape(*lead, -1))  # type: ignore[attr-defined]  # of JAX
    return out[..., :size].reshape(*lead, *shape[len(lead) :])


def placed(a: Numbers, shape: tuple[int, ...], base: int, strides: tuple[int, ...]) -> Numbers:
    a, table = np.asarray(a), np.array(base)
    rows = int(shape[:1] == (-1,))
    for k, stride in enumerate(strides):
        table = table + stride * np.arange(a.shape[rows + k]).reshape([-1 if k == j else 1 for j in range(len(strides))])
    return scattered(a, shape, table)
