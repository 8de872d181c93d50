"""The scalar graph in canonical form: each number once, sums sorted, and a colour for each that tells what is like what.

Two scalars have one colour where the same is computed in the same way from leaves of the same kind: the neurons of a layer.
A sum of products, however it was written (`w1*x1 + w2*x2`, `sum(...)`, `dot`), is a dot of the products that are alike.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, groupby
from typing import Final, TypeAlias

from micrograd import ops
from micrograd.engine import Value, topological_order
from micrograd.ops import Op, Reduction

Side: TypeAlias = tuple[int, ...]  # one operand of a scalar, or one sequence of a reduction: ids
SUMS: Final = (ops.add, ops.sub, ops.total)
SYMMETRIC: Final = (ops.add, ops.mul, ops.quiet_mul, ops.maximum, ops.minimum, ops.hypot)
LEAF_KINDS: Final = ("parameter", "input", "share")


class Scalars:
    """Scalars by number: the row of the table and its operands, the colour, the height above the leaves.

    The leaves come first: parameters, inputs, the share of a row. A constant has no operation, and its number in `numbers`.
    `sides` are the operands of a scalar, one each, or the sequences of a reduction.
    """

    def __init__(self, parameters: Sequence[Value], inputs: Sequence[Value], share: Sequence[Value]) -> None:
        self.ops: list[Op | None] = []
        self.sides: list[tuple[Side, ...]] = []
        self.colours: list[int] = []
        self.heights: list[int] = []
        self.varies: list[bool] = []  # from row to row
        self.numbers: dict[int, float] = {}
        self.kinds: dict[object, int] = {}  # the colour of each kind
        self.known: dict[object, int] = {}
        self.tuples: dict[Side, Side] = {}
        self.like: dict[int, tuple[int, bool]] = {}  # height and variation of what has a colour
        self.shifts: dict[int, tuple[int, int]] = {}  # scalar: (a, b), where it is a - b of a sequence relative to b
        self.ids: dict[Value, int] = {}
        self.colour("input")  # the lowest: what comes from the data is written first, as in x @ W.T
        for kind, leaves in zip(LEAF_KINDS, (parameters, inputs, share), strict=True):
            self.add_leaves(kind, leaves)
        self.leaves = len(self.ops)
        self.constants = self.colour("constant")

    def add_leaves(self, kind: str, leaves: Sequence[Value]) -> None:
        count = len(leaves)
        self.ids.update(zip(leaves, range(len(self.ops), len(self.ops) + count), strict=True))
        self.ops += [None] * count
        self.sides += [()] * count
        self.colours += [self.colour(kind)] * count
        self.heights += [0] * count
        self.varies += [kind == "input"] * count

    def append(self, op: Op | None, sides: tuple[Side, ...], colour: int, height: int, varies: bool) -> int:
        self.ops.append(op)
        self.sides.append(sides)
        self.colours.append(colour)
        self.heights.append(height)
        self.varies.append(varies)
        return len(self.ops) - 1

    def colour(self, kind: object) -> int:
        return self.kinds.setdefault(kind, len(self.kinds))

    def constant(self, number: float) -> int:
        key = number.hex()  # -0.0 is not 0.0
        if key not in self.known:
            self.known[key] = self.append(None, (), self.constants, 0, False)
            self.numbers[self.known[key]] = number
        return self.known[key]

    def is_one(self, scalar: int) -> bool:
        return self.numbers.get(scalar) == 1.0

    def interned(self, side: Iterable[int]) -> Side:
        """The one tuple of these ids: the neurons of a layer share that of their inputs."""
        ids = tuple(side)
        return self.tuples.setdefault(ids, ids)

    # ---- operations

    def make(self, op: Op, *operands: int) -> int:
        """The scalar of an operation on single operands."""
        if all(operand in self.numbers for operand in operands):
            number = of_constants(op, [self.numbers[operand] for operand in operands])
            if number is not None:
                return self.constant(number)
        a, b = operands[0], operands[-1]
        if op is ops.mul and (self.is_one(a) or self.is_one(b)):
            return b if self.is_one(a) else a
        if op is ops.div and self.is_one(b):
            return a
        if op is ops.neg and self.ops[a] is ops.neg:
            return self.sides[a][0][0]
        if op is ops.neg and self.ops[a] is ops.mul and self.ops[self.sides[a][1][0]] is not ops.mul:
            (x,), (y,) = self.sides[a]
            return self.make(ops.mul, x, self.make(ops.neg, y))
        if op in SYMMETRIC and self.colours[a] > self.colours[b]:
            operands = (b, a)
        key = op, operands
        if key not in self.known:
            colour = self.colour((op, *[self.colours[operand] for operand in operands]))
            height = 1 + max(map(self.heights.__getitem__, operands))
            varies = any(map(self.varies.__getitem__, operands))
            self.known[key] = self.append(op, tuple([(operand,) for operand in operands]), colour, height, varies)
        return self.known[key]

    def reduce(self, op: Reduction, *sides: Side) -> int:
        """The scalar of a dot, a total or a logsumexp. Its colour is that of its operands, without neighbouring repeats."""
        if len(sides[0]) == 1:
            return self.make(ops.mul, sides[0][0], sides[1][0]) if op is ops.dot else sides[0][0]
        if not sides[0]:
            return self.constant(op.forward(*sides))
        if op is ops.logsumexp and (relative := self.relative(sides[0])):
            side, base = relative
            return self.shifted(self.reduce(op, side), base)
        kinds = [self.kinds_of(side) for side in sides]
        if all(kind == (self.constants,) for kind in kinds):
            number = of_constants(op, [self.numbers[scalar] for side in sides for scalar in side])
            if number is not None:
                return self.constant(number)
        if op is ops.dot and self.in_order(sides, kinds):
            sides, kinds = sides[::-1], kinds[::-1]
        key = op, sides
        if key not in self.known:
            colour = self.colour((op, *kinds))
            if colour not in self.like:
                scalars = set(chain.from_iterable(sides))
                height, varies = max(map(self.heights.__getitem__, scalars)), any(map(self.varies.__getitem__, scalars))
                self.like[colour] = 1 + height, varies
            self.known[key] = self.append(op, tuple(map(self.interned, sides)), colour, *self.like[colour])
        return self.known[key]

    def kinds_of(self, side: Side) -> tuple[int, ...]:
        colours = list(map(self.colours.__getitem__, side))
        if colours.count(colours[0]) == len(colours):
            return (colours[0],)
        return tuple([colour for colour, _ in groupby(colours)])

    def in_order(self, sides: Sequence[Side], kinds: Sequence[tuple[int, ...]]) -> bool:
        """Whether the sides of a dot are to be exchanged, so that those of like dots stand in one order."""
        if max(map(len, kinds)) == 1:
            return kinds[0] > kinds[1]
        left, right = ([self.colours[scalar] for scalar in side] for side in sides)
        return left > right

    # ---- sequences relative to one of their own: logsumexp(z - c) is logsumexp(z) - c, and c falls out of a cross-entropy

    def relative(self, side: Side) -> tuple[Side, int] | None:
        """The sequence itself and the scalar that it is relative to, which stands as a 0 in it; None where it is no such."""
        zeros = [place for place, scalar in enumerate(side) if self.numbers.get(scalar) == 0.0]
        others = [scalar for scalar in side if self.ops[scalar] is ops.sub]
        if len(zeros) != 1 or len(others) != len(side) - 1:
            return None
        subtracted = {self.sides[scalar][1][0] for scalar in others}
        if len(subtracted) != 1:
            return None
        (base,) = subtracted
        for scalar in others:
            self.shifts[scalar] = self.sides[scalar][0][0], base
        return self.interned([base if self.ops[scalar] is None else self.sides[scalar][0][0] for scalar in side]), base

    def shifted(self, scalar: int, base: int) -> int:
        difference = self.make(ops.sub, scalar, base)
        self.shifts[difference] = scalar, base
        return difference


def of_constants(op: Op, numbers: Sequence[float]) -> float | None:
    """The operation on constants; None where it has no value, and where a sum or a product would need a rounding.

    So the arrays add up the same numbers as the graph, in whatever order.
    """
    arguments = op.arguments(numbers)
    try:
        number = op.forward(*arguments)
        if op in EXACTLY and math.isfinite(number):
            exact = EXACTLY[op](*op.arguments([*map(Fraction, numbers)]))
            return number if exact == Fraction(number) else None
    except (ValueError, ArithmeticError):
        return None  # an array program goes on with nan or an infinity
    return number


EXACTLY: Final[dict[Op, Callable[..., Fraction]]] = {
    ops.add: operator.add, ops.sub: operator.sub, ops.mul: operator.mul, ops.div: operator.truediv,
    ops.total: lambda a: sum(a, Fraction()), ops.dot: lambda a, b: sum(map(operator.mul, a, b), Fraction()),
}  # fmt: skip


class Sum:
    """Signed terms and products, put together into the scalar of their sum."""

    def __init__(self, scalars: Scalars) -> None:
        self.scalars = scalars
        self.terms: dict[int, int] = {}  # how often each is added, less how often it is subtracted
        self.products: list[tuple[int, int]] = []

    def add(self, scalar: int, sign: int) -> None:
        if self.scalars.numbers.get(scalar) == 0.0:
            return
        for part, count in zip(self.scalars.shifts.get(scalar, (scalar,)), (sign, -sign)):
            self.terms[part] = self.terms.get(part, 0) + count

    def add_product(self, a: int, b: int, sign: int) -> None:
        shifts = self.scalars.shifts
        if a in shifts or b in shifts:
            factor, (whole, base) = (a, shifts[b]) if b in shifts else (b, shifts[a])
            self.add_product(factor, whole, sign)
            self.add(self.scalars.make(ops.mul, factor, base), -sign)
        else:
            self.products.append((a, b) if sign > 0 else (a, self.scalars.make(ops.neg, b)))

    def add_dot(self, left: Side, right: Side, sign: int) -> None:
        for a, b in zip(left, right, strict=True):
            self.add_product(a, b, sign)

    def scalar(self) -> int:
        """Products that are alike become a dot, three terms that are alike a total; the rest is added in the order of colours."""
        scalars, colours = self.scalars, self.scalars.colours
        added = [self.product(pool) for pool in self.pools()]
        taken: list[int] = []
        for sign, sums in ((1, added), (-1, taken)):
            alike: dict[int, list[int]] = defaultdict(list)
            for scalar, count in sorted(self.terms.items(), key=lambda item: colours[item[0]]):
                alike[colours[scalar]] += [scalar] * (count * sign)
            for terms in alike.values():
                sums += [scalars.reduce(ops.total, tuple(terms))] if len(terms) > 2 else terms
        if not added:
            added = [scalars.make(ops.neg, taken.pop(0))] if taken else [scalars.constant(0.0)]
        result = added[0]
        for op, terms in ((ops.add, added[1:]), (ops.sub, taken)):
            for term in terms:
                result = scalars.make(op, result, term)
        return result

    def product(self, pool: Sequence[tuple[int, int]]) -> int:
        if len(pool) == 1:
            return self.scalars.make(ops.mul, *pool[0])
        left, right = zip(*pool, strict=True)
        return self.scalars.reduce(ops.dot, left, right)

    def pools(self) -> Iterable[Sequence[tuple[int, int]]]:
        """The products that are alike, by the colours of their factors; lone ones by what computed the factors."""
        colours = self.scalars.colours
        pairs: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for a, b in self.products:
            a, b = (a, b) if colours[a] <= colours[b] else (b, a)
            pairs[colours[a], colours[b]].append((a, b))
        pools: dict[object, list[tuple[int, int]]] = defaultdict(list)
        for key, products in sorted(pairs.items()):
            a, b = products[0]
            loose = len(products) == 1 or len(pairs) > 4
            pools[self.description(a, b) if loose else key] += products
        return pools.values()

    def description(self, *factors: int) -> object:
        return tuple(
            [(self.scalars.ops[scalar], scalar in self.scalars.numbers, self.scalars.varies[scalar]) for scalar in factors]
        )


def canonical(
    outputs: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    share: Sequence[Value] = (),
    constants: Mapping[Value, float] | None = None,
) -> Scalars:
    """The scalars of the graph of the outputs, whose ids are in `ids`. Other leaves are constants.

    >>> w1, w2, x1, x2 = [Value(1.0) for _ in range(4)]
    >>> by_hand, as_dot = w1 * x1 + w2 * x2, ops.dot([w1, w2], [x1, x2])
    >>> scalars = canonical([by_hand, as_dot], [x1, x2], [w1, w2])
    >>> scalars.ids[by_hand] == scalars.ids[as_dot]
    True
    """
    scalars = Scalars(parameters, inputs, share)
    ids, fixed = scalars.ids, constants or {}
    seen = set(ids)
    order = [node for output in outputs for node in topological_order(output, seen)]
    inner = within_sums(order, outputs)
    for node in order:
        op = node.op
        if op is None:
            ids[node] = scalars.constant(fixed.get(node, node.data))
        if op is None or node in inner:
            continue
        if op in SUMS or op is ops.mul or op is ops.dot:
            ids[node] = sum_of(scalars, node, inner)
        elif isinstance(op, Reduction):
            if op is not ops.total and op is not ops.logsumexp:
                what = f"{op.symbol} is an operation of your own on sequences"
                raise ValueError(f"{what}, which no array has; write it with total, dot or logsumexp")
            ids[node] = scalars.reduce(op, *[scalars.interned(map(ids.__getitem__, side)) for side in op.arguments(node.parents)])
        else:
            ids[node] = scalars.make(op, *[ids[parent] for parent in node.parents])
    return scalars


def within_sums(order: Iterable[Value], outputs: Iterable[Value]) -> set[Value]:
    """The sums and products that one sum alone reads: they are parts of it."""
    found: set[Value] = set()
    again: set[Value] = set(outputs)
    for node in order:
        if node.op in SUMS:
            for parent in node.parents:
                if parent.op in SUMS or parent.op is ops.mul:
                    (again if parent in found else found).add(parent)
    found -= again
    for node in order:
        if node.op not in SUMS:
            found.difference_update(node.parents)
    return found


def sum_of(scalars: Scalars, node: Value, inner: set[Value]) -> int:
    """The scalar of a sum, a product or a dot, with the sums and products that are parts of it."""
    ids, op = scalars.ids, node.op
    if op is ops.dot and len(node.parents) > 2:
        left, right = [scalars.interned(map(ids.__getitem__, side)) for side in ops.dot.arguments(node.parents)]
        if len(scalars.kinds_of(left)) == len(scalars.kinds_of(right)) == 1:
            return scalars.reduce(ops.dot, left, right)
        if (relative := relative_dot(scalars, left, right)) is not None:
            return relative
    plain = not any(ids[parent] in scalars.shifts for parent in node.parents if parent not in inner)
    if op in (ops.add, ops.sub, ops.mul) and plain:
        parts = [parent for parent in node.parents if parent in inner]
        if not parts or (op is ops.sub and len(parts) == 1 and parts[0].op is ops.mul):
            return scalars.make(op, *[product_of(scalars, parent) if parent in inner else ids[parent] for parent in node.parents])
    found = Sum(scalars)
    waiting = [(node, 1)]
    while waiting:
        term, sign = waiting.pop()
        if term is not node and term not in inner:
            found.add(ids[term], sign)
        elif term.op is ops.mul:
            a, b = term.parents
            found.add_product(ids[a], ids[b], sign)
        elif term.op is ops.dot:
            left, right = ops.dot.arguments([ids[parent] for parent in term.parents])
            found.add_dot(tuple(left), tuple(right), sign)
        else:
            signs = (sign, -sign) if term.op is ops.sub else (sign,) * len(term.parents)
            waiting += zip(reversed(term.parents), reversed(signs), strict=True)
    return found.scalar()


def relative_dot(scalars: Scalars, left: Side, right: Side) -> int | None:
    """The scalar of a dot with a sequence relative to one of its own: less the total of the other, times that one."""
    for side, other in ((right, left), (left, right)):
        if relative := scalars.relative(side):
            whole, base = relative
            dot, total = Sum(scalars), Sum(scalars)
            dot.add_dot(whole, other, 1)
            for scalar in other:
                total.add(scalar, 1)
            return scalars.shifted(dot.scalar(), scalars.make(ops.mul, total.scalar(), base))
    return None


def product_of(scalars: Scalars, node: Value) -> int:
    a, b = node.parents
    return scalars.make(ops.mul, scalars.ids[a], scalars.ids[b])
