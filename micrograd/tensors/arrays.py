"""Arrays and views: what an array program is made of.

An `Array` is one operation on views of other arrays; equal operations on equal views are one array. A `View` shows the
numbers of an array on axes of its own: transposed, sliced, spread along further axes, in windows. To the rules of the table
and to the folding in `gradients` a view is a Value: it records what is done with it as a new array.

>>> from micrograd import ops
>>> a, b = (Array("parameter", (2, 3)).view() for _ in range(2))
>>> product = ops.tanh(a) * b
>>> product.source.kind, product.source.shape, [operand.source.kind for operand in product.source.operands]
('*', (2, 3), ['tanh', 'parameter'])
>>> (ops.tanh(a) * b).source is product.source
True
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from weakref import WeakValueDictionary

import numpy as np

from micrograd import ops
from micrograd.engine import Constant, Value
from micrograd.ops import Op
from micrograd.tensors.places import Axes, Places, contiguous, places_of, strides_on
from micrograd.tensors.scalars import Scalars

Target: TypeAlias = "tuple[int, Axes] | Places"  # where a place puts an operand: base and strides, or a table
LEAVES: Final = ("parameter", "input", "share", "rows", "numbers", "direction")
serial = itertools.count()


class Array:
    """One operation on views. These have the axes `shape` and then `reduced` more, over which it sums.

    `kind` is a leaf's ("parameter", "input", "share", "rows" for their count, "numbers" for a table of constants), "place" for
    operands put at their `targets`, and else the symbol of `op`. With `rows` there is one such array for each row of data,
    and `sums` says that it is the sum over the rows. `members` are the scalars that it was folded from.
    """

    def __init__(
        self,
        kind: str,
        shape: Iterable[int],
        rows: bool = False,
        operands: Iterable[View] = (),
        reduced: int = 0,
        *,
        op: Op | None = None,
        sums: bool = False,
        targets: Iterable[Target] = (),
        members: Any = (),
        numbers: Any = (),
    ) -> None:
        self.kind = kind
        self.op = op
        self.shape = tuple(shape)
        self.size = math.prod(self.shape)
        self.rows = rows
        self.operands = tuple(operands)
        self.reduced = reduced
        self.sums = sums
        self.targets = tuple(targets)
        self.members = members
        self.numbers = numbers
        self.number = next(serial)  # operands have lower ones
        self.adjoint_of: Array | None = None  # the array that this one is the derivative by, and keeps its name for
        self.name = ""  # given with the lines of a text

    def view(self) -> View:
        """All of it, as it lies."""
        return View(self, self.shape, 0, contiguous(self.shape))

    def placed(self) -> Iterator[tuple[View, Places]]:
        """The operands of a place, and where it puts what they show; -1 for nowhere."""
        for view, target in zip(self.operands, self.targets, strict=True):
            yield view, places_of(*target, view.axes) if isinstance(target, tuple) else target

    def __repr__(self) -> str:
        return f"<Array {self.kind} {self.shape}{' of each row' if self.rows else ''}>"


# Rules record without knowing their program, so it is one for all. What is made of numbers alone several programs may share.
KNOWN: WeakValueDictionary[tuple[Any, ...], Array] = WeakValueDictionary()


def made(
    kind: str, shape: Sequence[int], operands: Sequence[View], reduced: int = 0, *,
    op: Op | None = None, sums: bool = False, targets: Sequence[Target] = (),
) -> Array:  # fmt: skip
    """The array of this operation: the old one where there is one."""
    rows = any(view.rows for view in operands) and not sums
    return known(Array(kind, shape, rows, operands, reduced, op=op, sums=sums, targets=targets))


def known(array: Array) -> Array:
    """The array that is known to be the same, or else this one, which is known from now on."""
    targets = tuple([target if isinstance(target, tuple) else target.tobytes() for target in array.targets])
    return KNOWN.setdefault((array.kind, array.op, array.shape, array.reduced, array.sums, array.operands, targets), array)


class View(Value):
    """Numbers of an array on axes: those at base + strides * index, or at the places of a table, in which -1 is a zero.

    Without a source it is one number, everywhere the same. Equal views are the same key of a dictionary.
    """

    __slots__ = ("axes", "base", "key", "number", "read", "source", "strides", "table")

    def __init__(
        self,
        source: Array | None,
        axes: Iterable[int],
        base: int = 0,
        strides: Iterable[int] | None = None,
        table: Places | None = None,
        number: float | None = None,
    ) -> None:
        self.source = source
        self.axes = tuple(axes)
        self.base = base
        self.strides = None if strides is None else tuple(strides)
        self.table = table
        self.number = number
        self.read: tuple[Value, ...] | None = None
        self.key = (source, self.axes, base, self.strides, None if table is None else table.tobytes(), number and number.hex())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"<View of {self.source or self.number} on {self.axes}>"

    # ---- what it shows

    @property
    def rows(self) -> bool:
        return self.source is not None and self.source.rows

    @property
    def whole(self) -> bool:
        """Whether it shows all of the array, in order, though perhaps on other axes."""
        own = self.source is not None and math.prod(self.axes) == self.source.size
        return own and self.base == 0 and self.strides == contiguous(self.axes)

    def places(self) -> Places:
        if self.table is not None:
            return self.table
        return places_of(self.base, self.strides or (), self.axes)

    def moving(self) -> set[int]:
        """The axes along which it changes."""
        if self.table is not None:
            table = self.table
            return {k for k, n in enumerate(self.axes) if n > 1 and not (table == table.take([0], axis=k)).all()}
        return {k for k, (n, s) in enumerate(zip(self.axes, self.strides or ())) if s and n > 1}

    # ---- the same numbers on other axes

    def keep(self, kept: Sequence[int]) -> View:
        """On these of its axes only, in this order; along the others it does not change."""
        axes = [self.axes[k] for k in kept]
        if self.table is not None:
            table = self.table[tuple([slice(None) if k in kept else 0 for k in range(len(self.axes))])]
            return View(self.source, axes, table=table.transpose([sorted(kept).index(k) for k in kept]))
        return View(self.source, axes, self.base, self.strides and [self.strides[k] for k in kept], number=self.number)

    def spread(self, axes: Sequence[int], at: Sequence[int]) -> View:
        """On more axes: its own axis k is axis at[k] of these."""
        if self.table is not None:
            shape = [1] * len(axes)
            for length, k in zip(self.axes, at, strict=True):
                shape[k] = length
            return View(self.source, axes, table=np.broadcast_to(self.table.reshape(shape), tuple(axes)))
        if self.source is None:
            return View(None, axes, number=self.number)
        strides = [0] * len(axes)
        for stride, k in zip(self.strides or (), at, strict=True):
            strides[k] = stride
        return View(self.source, axes, self.base, strides)

    def refine(self, axes: Axes) -> View:
        """On axes that divide its own."""
        if axes == self.axes or self.source is None:
            return self if axes == self.axes else View(None, axes, number=self.number)
        if self.table is not None:
            return View(self.source, axes, table=self.table.reshape(axes))
        strides: list[int] = []
        left = list(axes)
        for length, stride in zip(reversed(self.axes), reversed(self.strides or ())):
            size = 1
            while size < length:
                part = left.pop()
                strides.append(stride * size if part > 1 else 0)
                size *= part
        strides += [0] * len(left)
        return View(self.source, axes, self.base, reversed(strides))

    def at(self, places: Places) -> View:
        """What it shows at these flat places of its axes, of which -1 is a zero."""
        table = places if self.whole else np.where(places >= 0, self.places().ravel()[places], -1)
        return shown(self.source, table)

    # ---- to the rules of the table, and to the folding of what they write, it is a Value

    @staticmethod
    def record(op: Op, operands: Sequence[Any]) -> Any:
        """The operation on views of the same axes: an array on those axes along which something changes."""
        views = [operand for operand in operands if isinstance(operand, View)]
        axes = views[0].axes
        kept = sorted(set().union(*[view.moving() for view in views]))
        terms = [operand if isinstance(operand, View) else View(None, axes, number=float(operand)) for operand in operands]
        array = made(op.symbol, [axes[k] for k in kept], [term.keep(kept) for term in terms], op=op)
        return array.view().spread(axes, kept)

    @property
    def data(self) -> float:  # type: ignore[override]
        raise TypeError(
            "the rule of an operation of your own looks at the number of an operand, as a Python if does, and an array has "
            "many; write its choices with operations such as step, relu or maximum"
        )

    @property
    def op(self) -> Op | None:  # type: ignore[override]
        return self.source.op if self.source and self.operands() is not None else None

    @property
    def parents(self) -> tuple[Value, ...]:  # type: ignore[override]
        if self.read is None:  # a number is one and the same Constant each time
            self.read = tuple([v if v.number is None else Constant(v.number) for v in self.operands() or ()])
        return self.read

    def operands(self) -> list[View] | None:
        """Those of its array on the same axes; None for a part of it, for a leaf, and for a sum or a derivative with a name."""
        a = self.source
        if a is None or a.op is None or a.reduced or a.sums or self.base or (not self.strides and self.axes) or named(a):
            return None
        own = [k for k, length in enumerate(a.shape) if length > 1]
        strides = contiguous(a.shape)
        moving = [k for k, (n, s) in enumerate(zip(self.axes, self.strides or ())) if s and n > 1]
        shown = [(self.axes[k], (self.strides or ())[k]) for k in moving]
        if shown != [(a.shape[k], strides[k]) for k in own]:
            return None
        return [view.keep(own).spread(self.axes, moving) for view in a.operands]

    # fmt: off
    def __add__(self, other: Any) -> Any: return self.record(ops.add, (self, other))
    def __radd__(self, other: Any) -> Any: return self.record(ops.add, (other, self))
    def __sub__(self, other: Any) -> Any: return self.record(ops.sub, (self, other))
    def __rsub__(self, other: Any) -> Any: return self.record(ops.sub, (other, self))
    def __mul__(self, other: Any) -> Any: return self.record(ops.mul, (self, other))
    def __rmul__(self, other: Any) -> Any: return self.record(ops.mul, (other, self))
    def __truediv__(self, other: Any) -> Any: return self.record(ops.div, (self, other))
    def __rtruediv__(self, other: Any) -> Any: return self.record(ops.div, (other, self))
    def __pow__(self, other: Any) -> Any: return self.record(ops.pow, (self, other))
    def __rpow__(self, other: Any) -> Any: return self.record(ops.pow, (other, self))
    def __neg__(self) -> Any: return self.record(ops.neg, (self,))
    # fmt: on


def named(array: Array) -> bool:
    """Whether it is the derivative by an array, with a name of its own: it stays as it is."""
    return array.adjoint_of is not None and (array.rows or array.size > 1)


def shown(source: Array | None, table: Places) -> View:
    """The view of these places: affine where they are."""
    affine = strides_on(table, table.shape)
    return View(source, table.shape, *affine) if affine else View(source, table.shape, table=table)


@dataclass
class ArrayProgram:
    """The arrays of a graph, and the views that are its results."""

    inputs: list[Array]
    parameters: list[Array]
    share: Array
    rows: Array
    outputs: list[View]  # of each row
    scalars: Scalars
    loss: View | None = None  # its sum over the rows
    gradients: list[View | float] = field(default_factory=list)  # one for each of the parameters, of its shape
    directions: list[Array] = field(default_factory=list)  # along which a second derivative is taken

    @property
    def arrays(self) -> list[Array]:
        """All that the results are computed from, operands first."""
        results = [*self.outputs, *([] if self.loss is None else [self.loss]), *self.gradients]
        return below([view.source for view in results if isinstance(view, View) and view.source])


def below(roots: Collection[Array]) -> list[Array]:
    """The arrays, and all that they are computed from, operands first."""
    seen, waiting = set(roots), list(roots)
    while waiting:
        for view in waiting.pop().operands:
            if view.source is not None and view.source not in seen:
                seen.add(view.source)
                waiting.append(view.source)
    return sorted(seen, key=lambda array: array.number)
