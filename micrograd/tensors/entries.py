"""Single entries of arrays: where a scalar of the graph went, and which numbers made an entry."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from micrograd import ops
from micrograd.tensors.arrays import Array, ArrayProgram, View

LEAVES: Final = {
    "parameter": "a parameter", "input": "an input", "share": "the weight of a row in the loss", "rows": "the number of rows",
    "numbers": "a constant", "direction": "a direction",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Place:
    """An entry of an array, counted through it; it reads as `W1[0, 1]`, and without a name as what computes it."""

    array: Array
    flat: int

    @property
    def name(self) -> str:
        return self.array.name

    @property
    def index(self) -> tuple[int, ...]:
        return tuple(map(int, np.unravel_index(self.flat, self.array.shape))) if self.array.shape else ()

    def __str__(self) -> str:
        if not self.name:
            return right_side(self)
        return f"{self.name}[{', '.join(map(str, self.index))}]" if self.index else self.name

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class Entry:
    """An entry, and what made it: for a sum of products its `terms`, else the operands as one term.

    With `rows` these are added up over the rows of data.
    """

    name: str
    terms: tuple[tuple[Place | float, ...], ...]
    rows: bool
    text: str

    def __str__(self) -> str:
        return f"{self.name} = {self.text}"

    __repr__ = __str__


def places_of_scalars(program: ArrayProgram) -> dict[int, Place]:
    """Where each scalar stands that has a place."""
    found: dict[int, Place] = {}
    for array in [*program.arrays, *program.inputs, *program.parameters]:
        if array.kind != "direction":
            found |= {member: Place(array, flat) for flat, member in enumerate(np.asarray(array.members).tolist())}
    return found


def entry(view: View, name: str, index: tuple[int, ...]) -> Entry:
    """What made the entry of a view at this index; a ValueError names the shape if there is none."""
    inside = list(map(type, index)) == [int] * len(view.axes)
    if not (inside and all(0 <= place < length for place, length in zip(index, view.axes, strict=True))):
        shape = f"its shape is {' x '.join(map(str, view.axes))}" if view.axes else "it is one number, without an index"
        each = ", in each row of data" if view.rows else ""
        raise ValueError(f"{name} has no entry {list(index)}; {shape}{each}")
    title = f"{name}[{', '.join(map(str, index))}]" if index else name
    shown = shown_at(view, int(np.ravel_multi_index(index, view.axes)) if index else 0)
    if not isinstance(shown, Place):
        return Entry(title, (), False, repr(shown))
    return Entry(title, tuple(terms_of(shown)), shown.array.sums, right_side(shown))


def shown_at(view: View, flat: int) -> Place | float:
    """What the view shows at this place of its axes."""
    if view.source is None:
        return view.number or 0.0
    place = int(view.places().ravel()[flat])
    return Place(view.source, place) if place >= 0 else 0.0


def terms_of(place: Place) -> Iterator[tuple[Place | float, ...]]:
    """The operands of an entry; of a sum those of each of its terms."""
    array = place.array
    if array.kind == "place":
        for view, places in array.placed():
            yield from [(shown_at(view, int(flat)),) for flat in np.flatnonzero(places.ravel() == place.flat)]
    elif array.operands:
        count = math.prod(array.operands[0].axes[len(array.shape) :])
        for flat in range(place.flat * count, (place.flat + 1) * count):
            yield tuple([shown_at(view, flat) for view in array.operands])


def right_side(place: Place) -> str:
    """The entry as a reader would write what made it."""
    array, op = place.array, place.array.op
    terms = [[in_brackets(operand) for operand in term] for term in terms_of(place)]
    if not terms:
        return LEAVES.get(array.kind, "0.0")
    if op is ops.logsumexp:
        text = f"logsumexp({', '.join([term[0] for term in terms])})"
    elif op is None or op in (ops.dot, ops.total):
        text = " + ".join([" * ".join(term) for term in terms])
    else:
        text = op.written(terms[0])
    return f"the sum over the rows of {text}" if array.sums else text


def in_brackets(operand: Place | float) -> str:
    text = str(operand)
    return f"({text})" if isinstance(operand, Place) and not operand.name and " " in text else text
