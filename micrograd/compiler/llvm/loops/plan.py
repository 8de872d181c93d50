"""What is computed in which loop, and what is kept in memory, of an array program that machine code is made of.

Elementwise arrays are computed together with what they are computed from, number by number, while that is in a register. A
minus is no array, but is done by whoever reads it, and so is a step times something: a choice by the sign of a relu.

>>> from micrograd.engine import Value
>>> from micrograd.ops import relu, tanh
>>> from micrograd.tensors.programs import gradient_program
>>> x, w, b = Value(1.0), Value(2.0), Value(3.0)
>>> program = gradient_program(tanh(relu(w * x + b)), [x], [w, b], weighted=True)
>>> plan = Plan([program.loss, *program.gradients])
>>> for nest in plan.panels: print([array.kind for array in nest.arrays])
['*', '+', 'relu', 'tanh', 'sech2', '*', '*']
>>> [array.kind for array in plan.sums], [array.kind for array in plan.masks]
(['dot', 'total', 'dot'], ['step'])
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from micrograd import ops
from micrograd.ops import Op
from micrograd.tensors.arrays import LEAVES, Array, View, below
from micrograd.tensors.places import Axes

LONG = 16  # arrays in a nest, whose elements may all be in one basic block
REDUCTIONS = (ops.dot, ops.total, ops.logsumexp)
# What is so quick that it is done where a product ends, with its sums in registers; other functions need them all.
QUICK: frozenset[Op] = frozenset(
    {ops.add, ops.sub, ops.mul, ops.div, ops.neg, ops.abs, ops.sqrt, ops.relu, ops.leaky_relu, ops.step, ops.sign, ops.maximum,
     ops.minimum, ops.quiet_div}
)  # fmt: skip


@dataclass
class Nest:
    """Loops over the axes `shape`: of a product, a sum or a place first, if it begins with one, and of what follows from it."""

    shape: Axes
    arrays: list[Array] = field(default_factory=list)

    @property
    def head(self) -> Array | None:
        first = self.arrays[0]
        return first if first.op in REDUCTIONS or first.kind == "place" else None


class Plan:
    """Nests of what each row has, and before them of single numbers; sums over the rows, and nests of what follows from these."""

    def __init__(self, results: Sequence[View]) -> None:
        self.results = results
        self.arrays = below([view.source for view in results if view.source is not None])
        self.signs = {array for array in self.arrays if is_sign(array)}
        self.masks = self.found_masks()
        self.sums = [array for array in self.arrays if array.sums]
        self.before, self.panels, self.after = self.nests()
        self.kept = self.read_elsewhere()

    def found_masks(self) -> dict[Array, Array]:
        """The steps of what there is a relu of, each with that: relu has the same sign, and is kept anyway."""
        relus = {plain: array for array in self.arrays if array.op is ops.relu and (plain := whole_source(array))}
        steps = {array: whole_source(array) for array in self.arrays if array.op is ops.step}
        masks = {array: relus[plain] for array, plain in steps.items() if plain in relus}
        for array in self.arrays:
            if array.op in REDUCTIONS or array.kind == "place":  # read again and again, or not by a product
                for view in array.operands:
                    masks.pop(view.source, None)  # type: ignore[arg-type]
        return masks

    def read_by(self, array: Array) -> Iterator[Array]:
        """The arrays whose numbers it reads, through signs and masks."""
        for view in array.operands:
            if view.source is not None:
                yield self.plain(view.source)

    def below(self, array: Array) -> Array | None:
        """What is read in place of a sign or a mask."""
        return whole_source(array) if array in self.signs else self.masks.get(array)

    def plain(self, array: Array) -> Array:
        while (below := self.below(array)) is not None:
            array = below
        return array

    def nests(self) -> tuple[list[Nest], list[Nest], list[Nest]]:
        from_sums = set(self.sums)
        stages: tuple[list[Array], list[Array], list[Array]] = [], [], []
        for array in self.arrays:
            if array.kind in LEAVES or array.sums:
                continue
            if any(view.source in from_sums for view in array.operands):
                from_sums.add(array)
            if array not in self.signs and array not in self.masks:
                stages[1 if array.rows else 2 if array in from_sums else 0].append(array)
        before, panels, after = [self.fused(arrays) for arrays in stages]
        return before, panels, after

    def fused(self, arrays: Iterable[Array]) -> list[Nest]:
        """Each array in the first nest of its shape in which its operands are at hand, unless that is long already."""
        nests: list[Nest] = []
        at: dict[Array, int] = {}
        short = defaultdict[Axes, list[int]](list)
        for array in arrays:
            last = max([at.get(read, -1) for read in self.read_by(array)], default=-1)
            beside = short[array.shape]
            place = next((k for k in beside if k >= last and self.fits(array, nests[k], k == last)), len(nests))
            if place == len(nests):
                nests.append(Nest(array.shape))
                beside.append(place)
            nests[place].arrays.append(array)
            at[array] = place
            if len(nests[place].arrays) == LONG:
                beside.remove(place)
        return nests

    def fits(self, array: Array, nest: Nest, is_last: bool) -> bool:
        """Whether an array can be computed in a nest: of what is computed there, `is_last`, it may read its own element only."""
        if array.op in REDUCTIONS or array.kind == "place":
            return False
        if nest.head is not None and (nest.head.kind == "place" or not is_quick(array)):
            return False
        return not is_last or all(
            view.whole for view in array.operands if view.source is not None and self.plain(view.source) in nest.arrays
        )

    def read_elsewhere(self) -> set[Array]:
        """What is read in another nest than its own, by a sum over the rows, or as a result: it needs a place in memory."""
        nest_of = {array: nest for nest in (*self.before, *self.panels, *self.after) for array in nest.arrays}
        found = {self.plain(view.source) for view in self.results if view.source is not None}
        for array in self.arrays:
            if array not in self.signs and array not in self.masks:
                found |= {read for read in self.read_by(array) if array.sums or nest_of.get(read) is not nest_of.get(array)}
        return {array for array in found if array.kind not in LEAVES}


def whole_source(array: Array) -> Array | None:
    """The array that this one is a function of, number by number in the same order."""
    (view,) = array.operands
    return view.source if view.whole else None


def is_sign(array: Array) -> bool:
    """Whether it is minus another array, as that lies; of several minuses one after the other, the first one only."""
    before = whole_source(array) if array.op is ops.neg else None
    return before is not None and before.op is not ops.neg


def term_axes(array: Array) -> Axes:
    """The axes of its operands over which it sums."""
    return array.operands[0].axes[len(array.shape) :] if array.operands else ()


def terms_of(array: Array) -> int:
    """Of how many terms each of its elements is made."""
    return math.prod(term_axes(array))


def is_quick(array: Array) -> bool:
    return array.op in QUICK or (array.op is ops.pow and array.operands[1].number == 2.0)
