"""Panels in which all that is left to do gives 0, so that they are left out: of a hinge, the rows beyond the margin.

In a program there may be a number of each row, a step times something, of which all that comes later is a multiple. Where it is
0 in every row of a panel, and all that it would multiply is finite, nothing but zeros would be computed and added up.

>>> from micrograd.engine import Value
>>> from micrograd.losses import hinge
>>> from micrograd.compiler.llvm.loops.plan import Plan
>>> from micrograd.tensors.programs import gradient_program
>>> w, x, y = Value(0.5), Value(1.0), Value(1.0)
>>> program = gradient_program(hinge([w * x], [y]), [x, y], [w], weighted=True)
>>> plan = Plan([program.loss, *program.gradients])
>>> gate = gate_of(plan)
>>> gate.array, gate.nest, [array.kind for array in plan.sums], [array.kind for array in gate.skipped]
(<Array * () of each row>, 0, ['dot', 'dot'], ['dot'])
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from micrograd import ops
from micrograd.compiler.llvm.loops.elements import Elements
from micrograd.compiler.llvm.loops.memory import PARAMETERS
from micrograd.compiler.llvm.loops.nests import over_terms
from micrograd.compiler.llvm.loops.plan import Plan
from micrograd.compiler.llvm.loops.text import Index
from micrograd.compiler.llvm.tiles import UNROLLED
from micrograd.tensors.arrays import LEAVES, Array

ADDITIVE = (ops.add, ops.sub, ops.neg, ops.total)


@dataclass(frozen=True)
class Gate:
    """The number of each row, the nest that computes it, and the sums over the rows that need no panel where it is 0."""

    array: Array
    nest: int
    skipped: frozenset[Array]


def gate_of(plan: Plan) -> Gate | None:
    nest_of = {array: number for number, nest in enumerate(plan.panels) for array in nest.arrays}
    steps = {array for array in plan.arrays if array.op is ops.step and array.rows}
    if plan.before or not all(map(is_finite, plan.arrays)):
        return None
    for array in plan.arrays:
        if array.op is ops.mul and any(view.source in steps for view in array.operands) and array.rows:
            steps.add(array)
            if array.size == 1 and array in nest_of and (gate := gate_at(array, nest_of, plan)):
                return gate
    return None


def gate_at(array: Array, nest_of: dict[Array, int], plan: Plan) -> Gate | None:
    """The gate at this number, if all that nests after its own compute is a multiple of it."""
    nest, zeros = nest_of[array], {array}
    for other in plan.arrays:
        if is_zero(other, zeros):
            zeros.add(other)
    later = {other for other, number in nest_of.items() if number > nest}
    skipped = {total for total in plan.sums if total in zeros}
    return Gate(array, nest, frozenset(skipped)) if skipped and later <= zeros else None


def is_zero(array: Array, zeros: set[Array]) -> bool:
    """Whether it is 0 where these are, and everything else is finite."""
    hits = [view.source in zeros for view in array.operands]
    if array.op in (ops.mul, ops.dot):
        return any(hits)
    if array.op is ops.div:
        return hits[0] and array.operands[1].number not in (None, 0.0)
    return bool(hits) and all(hits) and (array.op in ADDITIVE or array.kind == "place")


def is_finite(array: Array) -> bool:
    """Whether the constants of an array are."""
    numbers = [view.number for view in array.operands if view.number is not None]
    return bool(np.isfinite([*numbers, *np.ravel(array.numbers).tolist()]).all())


# ---- in machine code

FINITE = "%all.finite"  # whether all parameters are
OPEN, LIST = "%open", "%open.list"  # in how many panels something is left to do, and their numbers


def write_finite_parameters(elements: Elements, size: int) -> None:
    zeros = times_zero(elements, PARAMETERS, Index(), size // elements.shape.lanes, no_zeros(elements))
    elements.text.line(f"{FINITE} = and i1 true, {are_zeros(elements, zeros)}")


def write_gate(elements: Elements, gate: Gate) -> None:
    """Go on where the number of a row is not 0, or something is not finite; the panel is then put into the list."""
    text, shape = elements.text, elements.shape
    numbers = [elements.load(gate.array, Index(), vector) for vector in range(shape.vectors)]
    truths = [text.let(f"fcmp une {elements.kind} {number}, {elements.zero}") for number in numbers]
    while len(truths) > 1:
        truths.append(text.let(f"or {elements.dialect.truth} {truths.pop()}, {truths.pop()}"))
    text.lines += [f"br i1 {any_lane(elements, truths[0])}, label %gate.open, label %gate.look", "gate.look:"]
    zeros = no_zeros(elements)
    for base, index, size in read_so_far(elements, gate):
        zeros = times_zero(elements, base, index, size * shape.vectors, zeros)
    shut = text.let(f"and i1 {FINITE}, {are_zeros(elements, zeros)}")
    text.lines += [f"br i1 {shut}, label %gate.shut, label %gate.open", "gate.open:"]
    (panel,) = elements.panel.factors
    count = text.let(f"load i64, ptr {OPEN}, align 8")
    text.line(f"store i64 {panel}, ptr {text.address(LIST, Index(factors={count: 8}))}, align 8")
    text.line(f"store i64 {text.let(f'add i64 {count}, 1')}, ptr {OPEN}, align 8")


def end_gate(elements: Elements) -> None:
    elements.text.lines += ["br label %gate.shut", "gate.shut:"]


def read_so_far(elements: Elements, gate: Gate) -> Iterator[tuple[str, Index, int]]:
    """(base, offset, elements) of what may be multiplied by 0: what is computed of the panel up to the gate, and its data."""
    memory = elements.memory
    early = [array for nest in elements.plan.panels[: gate.nest + 1] for array in nest.arrays if array in memory.homes]
    data = [array for array in elements.plan.arrays if array.rows and array.kind in LEAVES]
    for array in (*early, *data):
        home = memory.homes[array]
        yield home.base, elements.offset(home, array, Index(), 0), array.size


def no_zeros(elements: Elements) -> list[str]:
    return [elements.zero] * UNROLLED


def times_zero(elements: Elements, base: str, index: Index, count: int, zeros: list[str]) -> list[str]:
    """To these by turns 0 * x of so many vectors is added: they stay 0 unless one of the numbers is not finite."""
    turn = 0

    def term(place: list[Index], now: list[str]) -> list[str]:
        nonlocal turn
        address = elements.text.address(base, index + place[0] * (8 * elements.shape.lanes))
        number = elements.text.let(f"load {elements.kind}, ptr {address}, align 8")
        chain, turn = turn % UNROLLED, turn + 1
        return [*now[:chain], elements.add_product(number, elements.zero, now[chain]), *now[chain + 1 :]]

    return over_terms(elements, [count], zeros, term)


def are_zeros(elements: Elements, zeros: list[str]) -> str:
    total = zeros[0]
    for other in zeros[1:]:
        total = elements.add(total, other)
    wrong = elements.text.let(f"fcmp uno {elements.kind} {total}, {total}")
    return elements.text.let(f"xor i1 {any_lane(elements, wrong)}, true")


def any_lane(elements: Elements, truth: str) -> str:
    if (lanes := elements.shape.lanes) == 1:
        return truth
    bits = elements.text.let(f"bitcast {elements.dialect.truth} {truth} to i{lanes}")
    return elements.text.let(f"icmp ne i{lanes} {bits}, 0")


@contextmanager
def open_panels(elements: Elements) -> Iterator[str]:
    """What is written only if panels are in the list; their count."""
    count = elements.text.let(f"load i64, ptr {OPEN}, align 8")
    some = elements.text.let(f"icmp ne i64 {count}, 0")
    elements.text.lines += [f"br i1 {some}, label %open.some, label %open.done", "open.some:"]
    yield count
    elements.text.lines += ["br label %open.done", "open.done:"]
