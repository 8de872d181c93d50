"""An array program run place by place: slow, and too plain to be wrong in the way that its text might be."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from micrograd import ops
from micrograd.tensors.arrays import Array, ArrayProgram, View, below
from micrograd.tensors.places import places_of


def run(
    program: ArrayProgram,
    rows: Sequence[Sequence[float]],
    numbers: Sequence[float],
    results: Sequence[Any],
    direction: Sequence[float] = (),
) -> list[Any]:
    """The results at these rows of inputs and numbers of the parameters; arrays of rows have them as the first axis."""
    data, parameters = np.array(rows, dtype=float).reshape(len(rows), -1), np.array(numbers, dtype=float)
    values: dict[Array, Any] = {}
    for array in below([view.source for view in results if isinstance(view, View) and view.source]):
        values[array] = value_of(array, values, data, parameters, np.array(direction))
    return [shown(view, values) if isinstance(view, View) else view for view in results]


def value_of(array: Array, values: dict[Array, Any], data: Any, parameters: Any, direction: Any) -> Any:
    """The numbers of the array, flat; one such row for each row of data where it has rows."""
    count = len(parameters)
    if array.kind in ("parameter", "direction"):
        return (parameters if array.kind == "parameter" else direction)[array.members]
    if array.kind == "input":
        return data[:, array.members - count]
    if array.kind in ("share", "rows", "numbers"):
        numbers = {"share": 1.0 / len(data), "rows": float(len(data)), "numbers": array.numbers}
        return numbers[array.kind] + np.zeros(array.size)
    rows = any(view.rows for view in array.operands)
    operands = [shown(view, values) + np.zeros((len(data), 1) if rows else ()) for view in array.operands]
    if array.kind == "place":
        out = np.zeros((len(data),) * rows + (array.size,))
        for view, operand, target in zip(array.operands, operands, array.targets, strict=True):
            places = (places_of(*target, view.axes) if isinstance(target, tuple) else target).ravel()
            for place, column in zip(places.tolist(), np.moveaxis(operand, -1, 0), strict=True):
                if place >= 0:
                    out[..., place] += column
        return out
    inner = math.prod(array.operands[0].axes[len(array.shape) :])
    columns = [operand.reshape(*operand.shape[:-1], array.size, inner) for operand in operands]
    if array.op is ops.dot:
        out = (columns[0] * columns[1]).sum(axis=-1)
    elif array.op is ops.total:
        out = columns[0].sum(axis=-1)
    elif array.op is ops.logsumexp:
        out = np.apply_along_axis(ops.logsumexp, -1, columns[0])
    else:
        assert array.op is not None
        out = np.vectorize(array.op.forward, otypes=[float])(*[column[..., 0] for column in columns])
    return out.sum(axis=0) if array.sums else out


def shown(view: View, values: dict[Array, Any]) -> Any:
    """The numbers that a view shows, flat."""
    if view.source is None:
        return np.full(math.prod(view.axes), view.number)
    places = view.places().ravel()
    return np.where(places >= 0, values[view.source][..., places], 0.0)
