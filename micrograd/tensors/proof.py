"""Proofs that an array program computes what its graph of single numbers does.

`check_structure` compares places: every array, written out scalar by scalar, is what was folded. It is exact, and quick enough to
be run at each folding. `field` compares numbers: graph and program, loss and gradients, at random leaves in the field of
the integers modulo a prime. There `+`, `-`, `*` and `/` are exact, and every other operation is a function drawn at
random; so equal terms give equal numbers, and unequal ones do not, but for a chance of one in 10^12 or less.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

import numpy as np

from micrograd import ops
from micrograd.engine import Value, topological_order
from micrograd.ops import Op
from micrograd.tensors.adjoint import RULES
from micrograd.tensors.arrays import Array, ArrayProgram, View, below
from micrograd.tensors.places import Places
from micrograd.tensors.residues import PRIME, OfPrime, Residue, residue
from micrograd.tensors.scalars import Scalars, Side, of_constants

ROWS: Final = 2  # of random data: with one alone, a sum over the rows that is missing would not be seen

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.object_]]"

# --------------------------------------------------------------------------------------------------------------
# By structure
# --------------------------------------------------------------------------------------------------------------


def check_structure(program: ArrayProgram) -> int:
    """How many places of operands were compared with the scalars; a RuntimeError where one differs.

    What the table's rules made of the arrays is not among them: it has no scalars to be compared with.
    """
    folded: dict[Array, Places] = {}
    compared = 0
    for array in below([view.source for view in program.outputs if view.source is not None]):
        if array.kind == "place":
            folded[array] = np.full(array.size, -1)
            for view, places in array.placed():
                folded[array][places[places >= 0]] = scalars_at(view, folded)[places.ravel() >= 0]
        else:
            folded[array] = np.asarray(array.members)
            seen = operands_compared(array, program.scalars, folded)
            if seen is None:
                raise RuntimeError(
                    f"folding made an array {array.kind!r} on {array.shape} that is not what the graph computes: "
                    "that is a mistake of micrograd, please report the graph"
                )
            compared += seen
    return compared


def scalars_at(view: View, folded: Mapping[Array, Places]) -> Places:
    """The scalars that a view shows, flat; -1 for a zero."""
    places = view.places().ravel()
    return np.where(places >= 0, folded[view.source][places], -1) if view.source else np.full(places.shape, -1)


def operands_compared(array: Array, scalars: Scalars, folded: Mapping[Array, Places]) -> int | None:
    """How many scalars the operands show; None where some are not those of the members, or these are not what they should be.

    The terms of a sum may stand in any order, with zeros among them.
    """
    if len(folded[array]) != array.size:
        return None
    if not array.operands:
        return array.size if are_leaves(array, folded[array], scalars) else None
    members = folded[array].tolist()
    if {scalars.ops[m] for m in members} != {array.op} or array.rows != any(view.rows for view in array.operands):
        return None
    shown, wanted = [], []
    for k, view in enumerate(array.operands):
        sides = [scalars.sides[m][k] for m in members]
        if view.source is None:
            if not equal_numbers([scalars.numbers.get(scalar) for scalar in set(chain.from_iterable(sides))], view.number):
                return None
        else:
            shown.append(scalars_at(view, folded).reshape(len(members), -1))
            wanted.append(in_one_row(sides))
    if not shown:
        return array.size
    lengths = [len(scalars.sides[m][0]) for m in members]
    real = np.all([table >= 0 for table in shown], axis=0)
    got = [np.nonzero(real)[0], *[table[real] for table in shown]]
    want = [np.repeat(np.arange(len(members)), lengths), *wanted]
    if not all(map(np.array_equal, got, want)):
        got, want = ([column[np.lexsort(columns[::-1])] for column in columns] for columns in (got, want))
    return sum(column.size for column in want) if all(map(np.array_equal, got, want)) else None


def are_leaves(array: Array, members: Places, scalars: Scalars) -> bool:
    if array.kind == "numbers":
        return equal_numbers([scalars.numbers.get(m) for m in members.tolist()], array.numbers)
    return bool((members < scalars.leaves).all())


def in_one_row(sides: Sequence[Side]) -> Places:
    if all(side is sides[0] for side in sides):
        return np.tile(np.array(sides[0]), len(sides))
    return np.fromiter(chain.from_iterable(sides), dtype=np.int64)


def equal_numbers(found: Sequence[float | None], wanted: Any) -> bool:
    """Whether all are constants, and those wanted; one nan is like another."""
    return None not in found and np.array_equal(np.array(found), np.broadcast_to(wanted, len(found)), equal_nan=True)


# --------------------------------------------------------------------------------------------------------------
# In the field
# --------------------------------------------------------------------------------------------------------------


def differences(
    program: ArrayProgram,
    outputs: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    directions: Sequence[Value] = (),
    fixed: Mapping[Value, float] | None = None,
    seed: int = 0,
) -> list[str]:
    """What the program computes otherwise than the graph, at random leaves in the field; nothing where it is proved.

    `fixed` are constants whose number is not the one that they have now. The witness of the gradients is a reverse sweep over
    the single numbers, row by row. Of a program of Hessians the output is the derivative along the directions, as a graph.
    """
    of_prime, generator = OfPrime(seed), random.Random(seed)
    count = ROWS if program.inputs or program.share.rows else 1
    moving = drawn(generator, len(parameters) + len(directions))
    data = [drawn(generator, len(inputs)) for _ in range(count)]
    shares = drawn(generator, count) if program.share.rows else drawn(generator, 1) * count
    weights = [1] * count if program.loss is None else shares
    witness = [swept(outputs, dict(zip(chain(parameters, directions, inputs), moving + row)), w, of_prime, fixed or {})
               for row, w in zip(data, weights)]  # fmt: skip
    numbers = {array: as_array(moving[: len(parameters)])[array.members] for array in program.parameters}
    numbers |= {array: as_array(moving[len(parameters) :])[array.members] for array in program.directions}
    numbers |= {a: np.stack([as_array(row)[a.members - len(parameters)] for row in data]) for a in program.inputs}
    numbers |= {program.share: as_array(shares).reshape(-1, 1) if program.share.rows else as_array(shares[:1])}
    numbers |= {program.rows: as_array([count])}
    evaluate(program.arrays, numbers, count, of_prime)
    found = []
    for k, (view, output) in enumerate(zip(program.outputs, outputs)):
        if np.any(shown(view, numbers, of_prime) != as_array([w * row[output] % PRIME for w, (row, _) in zip(weights, witness)])):
            found.append(f"output {k + 1}")
    whole = sum(w * row[outputs[0]] for w, (row, _) in zip(weights, witness)) % PRIME
    if program.loss is not None and shown(program.loss, numbers, of_prime) != whole:
        found.append("the loss")
    for array, slope in zip(program.parameters, program.gradients):
        view = slope if isinstance(slope, View) else View(None, array.shape, number=slope)
        for member, number in zip(array.members.tolist(), shown(view, numbers, of_prime).ravel(), strict=True):
            if number != sum(slopes.get(parameters[member], 0) for _, slopes in witness) % PRIME:
                found.append(f"the derivative by parameter {member + 1}")
    return found


def drawn(generator: random.Random, count: int) -> list[int]:
    return [generator.randrange(1, PRIME) for _ in range(count)]


def as_array(numbers: Sequence[int]) -> Integers:
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array


# The graph, swept


def swept(
    outputs: Sequence[Value], leaves: Mapping[Value, int], share: int, field: OfPrime, fixed: Mapping[Value, float]
) -> tuple[dict[Value, int], dict[Value, int]]:
    """The number of every node, and the derivative of share * the first output by it."""
    order = topological_order(outputs[0])
    seen = set(order)
    later = [node for output in outputs[1:] for node in topological_order(output, seen)]
    numbers, constants = dict(leaves), dict(fixed)
    for node in [*order, *later]:
        if node in numbers:
            continue
        known = constants.get(node) if node in constants else constant_of(node, constants)
        if known is not None:
            constants[node], numbers[node] = known, field.number(known)
        elif node.op is not None:
            numbers[node] = field.value(node.op, [numbers[parent] for parent in node.parents])
    slopes = {outputs[0]: share}
    for node in reversed(order):
        if node.op is not None and node in slopes and node not in constants:
            upstream = slopes[node]
            for parent, slope in zip(node.parents, local_slopes(node, node.op, numbers, constants, field), strict=True):
                slopes[parent] = (slopes.get(parent, 0) + slope * upstream) % PRIME
    return numbers, slopes


def constant_of(node: Value, constants: Mapping[Value, float]) -> float | None:
    """The float of a constant, or of an operation on constants alone."""
    if node.op is None:
        return node.data
    if all(parent in constants for parent in node.parents):
        return of_constants(node.op, [constants[parent] for parent in node.parents])
    return None


def local_slopes(
    node: Value, op: Op, numbers: Mapping[Value, int], constants: Mapping[Value, float], field: OfPrime
) -> list[int]:
    """By the table, which reads constants as floats."""
    if op is ops.dot:
        left, right = op.arguments([numbers[parent] for parent in node.parents])
        return [*right, *left]
    operands = [constants[p] if p in constants else Residue(numbers[p], field) for p in node.parents]
    slopes = RULES.get(op, op.derivatives)(Residue(numbers[node], field), *op.arguments(operands))
    return [residue(slope, field) for slope in slopes]


# The arrays, evaluated


def evaluate(arrays: Iterable[Array], numbers: dict[Array, Integers], count: int, field: OfPrime) -> None:
    """Add the numbers of the arrays, flat; where there is one such array for each row, these are the first axis."""
    for array in arrays:
        if array not in numbers:
            shape = (count, array.size) if array.rows else (array.size,)
            found: Any = computed(array, numbers, field) if array.kind != "place" else put_in_place(array, shape, numbers, field)
            numbers[array] = np.asarray(found, dtype=object).reshape(shape) % PRIME


def shown(view: View, numbers: Mapping[Array, Integers], field: OfPrime) -> Integers:
    if view.source is None:
        return np.full(view.axes, field.number(view.number or 0.0), dtype=object)
    places = view.places()
    return np.where(places >= 0, numbers[view.source][..., places], 0)


def put_in_place(array: Array, shape: tuple[int, ...], numbers: Mapping[Array, Integers], field: OfPrime) -> Integers:
    found = np.zeros(shape, dtype=object)
    for view, places in array.placed():
        own = shown(view, numbers, field)
        own = own.reshape(*own.shape[: own.ndim - len(view.axes)], -1)
        own = np.broadcast_to(own, (*shape[:-1], places.size))
        kept = places.ravel() >= 0
        np.add.at(found.T, places.ravel()[kept], own[..., kept].T)
    return found


def computed(array: Array, numbers: Mapping[Array, Integers], field: OfPrime) -> Integers:
    op = array.op
    if op is None:
        return as_array([field.number(float(number)) for number in array.numbers])
    operands = [shown(view, numbers, field) for view in array.operands]
    if op is ops.logsumexp:
        terms = operands[0].reshape(-1, math.prod(operands[0].shape[-array.reduced :]))
        return as_array([field.logsumexp(row) for row in terms.tolist()])
    if op in (ops.dot, ops.total):
        found = np.asarray(math.prod(operands[1:], start=operands[0]), dtype=object)
        found = found.sum(axis=tuple(range(-array.reduced, 0)))
    else:
        found = np.frompyfunc(lambda *numbers: field.value(op, numbers), len(operands), 1)(*operands)
    return found.sum(axis=0) if array.sums else found
