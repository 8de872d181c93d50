"""What the text of an array program calls, for NumPy. For JAX `np` is `jax.numpy`, and `jax_functions` has what differs.

Each function has the meaning of the row of its name in the table of operations, number by number, and the digits of
`numerics` at the far ends. Where a row stops with an error they go on with the number of IEEE 754. Numbers below 2.3e-308
may become 0 (JAX computes with no smaller ones), and a zero may have either sign.

`z *= 4.0` works in place in NumPy, where a new array costs more than the arithmetic, and makes a new one in JAX.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

Numbers: TypeAlias = Any  # an array of NumPy or of JAX


def relu(a: Numbers) -> Numbers:
    return np.maximum(a, 0.0)


def step(a: Numbers) -> Numbers:
    steps = np.greater(a, 0.0).astype(float)
    return np.where(np.isnan(a), a, steps) if has_nan(a) else steps


def has_nan(a: Numbers) -> Any:
    """Whether there is a nan in it: nothing is as fast as a sum of squares."""
    flat = np.ravel(a, order="K")
    return np.isnan(flat @ flat)


def leaky_relu(a: Numbers) -> Numbers:
    return np.maximum(0.01 * a, a)


def sigmoid(a: Numbers) -> Numbers:
    z = np.exp(-a)
    z += 1.0
    return 1.0 / z


def sigmoid_slope(a: Numbers) -> Numbers:
    z = np.exp(-np.abs(a))
    square = 1.0 + z
    square *= square
    z /= square
    return z


def softplus(a: Numbers) -> Numbers:
    z = np.log1p(np.exp(-np.abs(a)))
    z += np.maximum(a, 0.0)
    return z


def silu(a: Numbers) -> Numbers:
    return quiet_mul(a, sigmoid(a))


def gelu(a: Numbers) -> Numbers:
    return quiet_mul(a, 0.5 * erfc(-a / math.sqrt(2.0)))


def erf(a: Numbers) -> Numbers:
    from scipy.special import erf

    return erf(a)


def erfc(a: Numbers) -> Numbers:
    from scipy.special import erfc

    return erfc(a) * tail(a)


def tail(a: Numbers) -> Numbers:
    """What erfc, far out exp(-a**2) and less, loses by the rounding of a * a."""
    near = np.clip(a, 0.0, 27.0)  # it is 0.0 from there on
    head = np.round(near * 1024.0) / 1024.0
    return 1.0 - ((head * head - near * near) + (near - head) * (near + head))


def bell(a: Numbers) -> Numbers:
    near = np.clip(a, -40.0, 40.0)
    head = np.round(near * 1024.0) / 1024.0
    bulk = np.exp(-0.5 * head * head)
    return bulk + bulk * np.expm1(-0.5 * (near - head) * (near + head))


def sech2(a: Numbers) -> Numbers:
    z = np.abs(a)
    z *= -2.0
    z = np.exp(z)
    share = 1.0 + z
    share = 1.0 / share
    z *= 4.0
    z *= share
    z *= share
    return z


def asin_slope(a: Numbers) -> Numbers:
    return 1.0 / np.sqrt((1.0 - a) * (1.0 + a))


def atan_slope(a: Numbers) -> Numbers:
    return 1.0 / (1.0 + a * a)


def atan2_slope(a: Numbers, b: Numbers) -> Numbers:
    is_larger = np.abs(a) >= np.abs(b)
    large, small = np.where(is_larger, a, b), np.where(is_larger, b, a)
    ratio = np.divide(small, large)
    slope = np.where(is_larger, 1.0, ratio) / (large + small * ratio)
    return np.where(np.equal(large, 0.0), np.abs(small), slope)


def hypot_slope(a: Numbers, b: Numbers) -> Numbers:
    return a / np.hypot(a, b)


def ahead(a: Numbers, b: Numbers) -> Numbers:
    return np.where(a > b, 1.0, np.where(a < b, 0.0, np.where(a == b, 0.5, np.nan)))


def quiet_mul(a: Numbers, b: Numbers) -> Numbers:
    products = a * b
    return limits(a, b, products) if has_nan(products) else products


def limits(a: Numbers, b: Numbers, products: Numbers) -> Numbers:
    """The products, where those of 0 and an infinity are 0."""
    return np.where((a == 0.0) & np.isinf(b) | np.isinf(a) & (b == 0.0), 0.0, products)


def quiet_log(a: Numbers) -> Numbers:
    return np.where(a == 0.0, 0.0, np.log(a))


def logsumexp(a: Numbers, axis: int | tuple[int, ...]) -> Numbers:
    axes = axis if isinstance(axis, tuple) else (axis,)
    a = np.moveaxis(a, axes, range(-len(axes), 0))
    a = a.reshape((*a.shape[: a.ndim - len(axes)], -1))
    place = np.argmax(a, axis=-1)[..., None]
    largest = np.take_along_axis(a, place, -1)
    powers = np.exp(a - largest)
    np.put_along_axis(powers, place, 0.0, -1)  # the largest adds exp(0), for which log1p is there
    others, largest = powers @ np.ones(a.shape[-1]), largest[..., 0]
    return np.where(np.isinf(largest), largest, largest + np.log1p(others))


def contract(spec: str, a: Numbers, b: Numbers) -> Numbers:
    """np.einsum(spec, a, b), by one matrix product."""
    left, right, out = spec.replace("->", ",").split(",")
    both = [k for k in left if k in right and k in out]
    summed = [k for k in left if k in right and k not in out]
    rows, columns = [k for k in left if k not in right], [k for k in right if k not in left]
    a = a.transpose([left.index(k) for k in both + rows + summed])
    b = b.transpose([right.index(k) for k in both + summed + columns])
    stacked, rows_of, columns_of = a.shape[: len(both)], a.shape[len(both) : len(both + rows)], b.shape[len(both + summed) :]
    count = math.prod(a.shape[len(both + rows) :])
    c = a.reshape(*stacked, math.prod(rows_of), count) @ b.reshape(*stacked, count, math.prod(columns_of))
    found = both + rows + columns
    return c.reshape((*stacked, *rows_of, *columns_of)).transpose([found.index(k) for k in out])


def windows(a: Numbers, axes: Sequence[int], sizes: Sequence[int]) -> Numbers:
    """All windows of these sizes along these axes; the places in a window are the last axes."""
    shape, strides = list(a.shape), list(a.strides)
    for axis, size in zip(axes, sizes, strict=True):
        shape[axis] -= size - 1
        strides.append(strides[axis])
    found = np.lib.stride_tricks.as_strided(a, (*shape, *sizes), strides, writeable=False)
    first = [*[0] * (0 not in axes), *axes]
    order = [*first, *[k for k in range(found.ndim) if k not in first]]
    return found.transpose(order).copy().transpose(np.argsort(order))  # laid out as products of matrices read it


def take(a: Numbers, table: Numbers, rows: bool = False) -> Numbers:
    """The numbers at these places of the array, or of each of its rows; 0.0 where the place is -1."""
    a = np.reshape(a, (len(a), -1) if rows else -1)
    if table.min(initial=0) < 0:
        a = np.concatenate([a, np.zeros((*a.shape[:-1], 1))], axis=-1)
    return np.take(a, table, axis=-1)


def scattered(a: Numbers, shape: tuple[int, ...], table: Numbers) -> Numbers:
    """Zeros, onto which the array is added at these places (of each row, where shape begins with -1); not where that is -1."""
    a = np.asarray(a)
    lead = a.shape[:1] if shape[0] == -1 else ()
    kept = table.ravel() >= 0
    out = np.zeros((*lead, math.prod(shape[len(lead) :])))
    places = table.ravel()[kept]
    np.add.at(out.T, places, a.reshape(*lead, -1)[..., kept].T)
    return out.reshape(*lead, *shape[len(lead) :])


def placed(a: Numbers, shape: tuple[int, ...], base: int, strides: tuple[int, ...]) -> Numbers:
    """Zeros, onto which the array is added at base + strides * index (of each row, where shape begins with -1)."""
    a = np.asarray(a)
    lead = a.shape[:1] if shape[:1] == (-1,) else ()
    out = np.zeros((*lead, math.prod(shape[len(lead) :])))
    axes, step = a.shape[len(lead) :], out.itemsize
    # Along the axes in `apart` no two numbers meet: these are added at once, and the others one after the other.
    apart, reach = [], 0
    for k in sorted(range(len(axes)), key=lambda k: strides[k]):
        if strides[k] > reach:
            apart.append(k)
            reach += strides[k] * (axes[k] - 1)
    rest = [k for k in range(len(axes)) if k not in apart]
    for index in np.ndindex(*[axes[k] for k in rest]):
        start = base + sum(strides[k] * i for k, i in zip(rest, index, strict=True))
        steps = (*out.strides[:-1], *[step * strides[k] for k in apart])
        part = np.lib.stride_tricks.as_strided(out[..., start:], (*lead, *[axes[k] for k in apart]), steps)
        part += np.moveaxis(a, [len(lead) + k for k in rest], range(len(rest)))[index].transpose(
            [*range(len(lead)), *[len(lead) + sorted(apart).index(k) for k in apart]]
        )
    return out.reshape(*lead, *shape[len(lead) :])
