"""Slips: the wrong numbers that are known, each with what led to it.

A slip is data. It is made here once, and whoever compares answers, the page too, only looks for the first that agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite, prod
from typing import NamedTuple

from micrograd import ops
from micrograd.engine import Value
from micrograd.exercises import confusions as kinds
from micrograd.exercises.confusions import WRONG_SLOPES, WRONG_VALUES
from micrograd.exercises.mirrors import Layers
from micrograd.exercises.notation import Notation
from micrograd.views.stepping import BackwardStep

WITHIN = 0.005  # of the true number: an answer may be rounded to three digits
ROUNDED = 0.03  # of it: an answer may be rounded too much
ZERO = 1e-6  # how near to 0 an answer needs to be where 0 is right


def agrees(answer: float, true: float, within: float = WITHIN) -> bool:
    """Whether an answer is the number, up to half a percent of it; nothing is infinity.

    >>> agrees(0.333, 1 / 3), agrees(0.33, 1 / 3), agrees(1e-9, 0.0), agrees(8.0, float("inf"))
    (True, False, True, False)
    """
    return isfinite(true) and abs(answer - true) <= (within * abs(true) if true else ZERO)


class Slip(NamedTuple):
    """A mistake that is known: its kind, the number that it leads to when everything before it is right, and words.

    The words never say the answer. `within` is how near an answer needs to be, as a share of the number. `at` is the place
    of the earlier gradient in which the mistake was made, for an answer given without the steps before it.
    """

    kind: str
    number: float
    words: str
    within: float = WITHIN
    at: int | None = None

    def __repr__(self) -> str:
        """What it is, without the number, which may be nearly the answer."""
        return f"<Slip {self.kind}: {self.words}>"


def distinct_slips(candidates: Iterator[Slip], true: float) -> tuple[Slip, ...]:
    """Those that can be told from the right answer and from the ones before; and, last, an answer rounded too much."""
    kept: list[Slip] = []
    for slip in candidates:
        taken = [true, *[other.number for other in kept]]
        if isfinite(slip.number) and not any(agrees(slip.number, n) or agrees(n, slip.number) for n in taken):
            kept.append(slip)
    if true:
        kept.append(Slip(kinds.ROUNDING, true, "Nearly right: carry one digit more, in the steps before too.", ROUNDED))
    return tuple(kept)


# --------------------------------------------------------------------------------------------------------------
# Values
# --------------------------------------------------------------------------------------------------------------


def value_candidates(value: Value, notation: Notation) -> Iterator[Slip]:
    """What is taken for the value of a node that is computed."""
    op, operands = value.op, [parent.data for parent in value.parents]
    if op is None:
        return
    for kind, wrong, words in WRONG_VALUES.get(op, ()):
        try:
            number = wrong(*op.arguments(operands))
        except (ValueError, ArithmeticError):
            continue
        yield Slip(kind, number, words.format(out=notation.name(value), formula=notation.operation(value)))
    if op in (ops.total, ops.dot) and len(operands) > op.arity:
        terms = operands if op is ops.total else list(map(prod, zip(*op.arguments(operands), strict=True)))
        for term in terms:
            yield Slip(kinds.FORGOTTEN_TERM, value.data - term, "One term of the sum is missing.")
    yield Slip(kinds.SIGN, -value.data, "The size is right, the sign is not.")


# --------------------------------------------------------------------------------------------------------------
# Gradients
# --------------------------------------------------------------------------------------------------------------


class Surroundings(NamedTuple):
    """What the slips of one gradient are made from, beside its own steps."""

    notation: Notation
    layers: Layers
    gradients: dict[Value, float]
    factors: dict[Value, list[Slip]]  # what comes of a factor that is missing earlier in the chain


def gradient_candidates(value: Value, steps: Sequence[BackwardStep], around: Surroundings) -> Iterator[Slip]:
    """What is taken for the gradient: first what was left out, then what was put in its place."""
    true = around.gradients[value]
    yield from use_slips(value, steps, true, around.notation)
    for step in steps:
        yield from relu_slips(step, true, around.notation)
    yield Slip(
        kinds.SIGN, -true, f"The size is right, the sign is not. Look at the sign of {factors_of(steps, around.notation)}."
    )
    for step in steps:
        for slip in share_slips(step, around.notation):
            where = f"In the share that comes from {around.notation.name(step.node)}: " if len(steps) > 1 else ""
            yield slip._replace(number=true - step.product + slip.number, words=where + slip.words)
    yield from mirrored_slips(value, steps, around)
    yield from around.factors.get(value, ())
    yield Slip(kinds.VALUE_FOR_GRADIENT, value.data, f"That is the value of {around.notation.name(value)}, not its gradient.")
    yield Slip(kinds.FACTOR_TWO, 2.0 * true, "Off by a factor of two.")
    yield Slip(kinds.FACTOR_TWO, true / 2.0, "Off by a factor of two.")


def factors_of(steps: Sequence[BackwardStep], notation: Notation) -> str:
    """In words, what a gradient is the product of; where it is a sum, its shares."""
    if len(steps) > 1:
        return "each share"
    (step,) = steps
    came = f", and of what came back to {notation.name(step.node)}" if step.upstream != 1.0 else ""
    return f"{notation.local_derivative(step)}{came}"


def use_slips(value: Value, steps: Sequence[BackwardStep], true: float, notation: Notation) -> Iterator[Slip]:
    """The uses of a node that is used more than once, of which some are left out or not added up."""
    if len(steps) < 2:
        return
    used = f"{notation.name(value)} is used {times(len(steps))}"
    for step in steps:
        yield Slip(kinds.FORGOTTEN_USE, step.product, f"{used}, and this is the share of one use. Gradients of all uses add up.")
    if len(steps) > 2:
        for step in steps:
            yield Slip(kinds.FORGOTTEN_USE, true - step.product, f"{used}, and the share of one use is missing.")
    for step in steps:
        words = f"The share that comes from {notation.name(step.node)} has the wrong sign."
        yield Slip(kinds.SIGN, true - 2.0 * step.product, words)
    shares = prod([step.product for step in steps])
    yield Slip(kinds.MULTIPLIED_USES, shares, f"{used}. The shares of its uses are added, not multiplied.")


def relu_slips(step: BackwardStep, true: float, notation: Notation) -> Iterator[Slip]:
    """A unit that is shut taken for open, and the other way round."""
    name = notation.name(step.parent)
    if step.node.op is not ops.relu:
        return
    if step.local_derivative == 0.0:
        words = f"{name} is not above zero, so ReLU is shut: its slope is zero, and nothing comes back through it."
        yield Slip(kinds.SHUT_RELU, true + step.upstream, words)
    else:
        words = f"{name} is above zero, so ReLU is open: what came back to {notation.name(step.node)} goes through as it is."
        yield Slip(kinds.OPEN_RELU, true - step.product, words)


def share_slips(step: BackwardStep, notation: Notation) -> Iterator[Slip]:
    """What is taken for the product of the two factors of one step, with that share alone as the number."""
    upstream, local, op = step.upstream, step.local_derivative, step.node.op
    back, slope, node = notation.gradient(step.node), notation.local_derivative(step), notation.name(step.node)
    words = f"That is what came back to {node}, handed on as it is. Multiply it by {slope}."
    yield Slip(kinds.UPSTREAM_ALONE, upstream, words)
    words = f"That is the local derivative {slope} alone. Multiply it by {back}, which came back to {node}."
    yield Slip(kinds.LOCAL_ALONE, local, words)
    operands = [parent.data for parent in step.node.parents]
    for kind, wrong, words in WRONG_SLOPES.get(op, ()) if op else ():
        try:
            number = wrong(step.node.data, *op.arguments(operands))[step.operand] if op else 0.0
        except (ValueError, ArithmeticError):
            continue
        yield Slip(kind, upstream * number, words.format(out=node, operand=notation.name(step.parent)))
    words = f"The chain rule multiplies {back} by {slope}; it does not add them."
    yield Slip(kinds.ADDED_FACTORS, upstream + local, words)


def mirrored_slips(value: Value, steps: Sequence[BackwardStep], around: Surroundings) -> Iterator[Slip]:
    """Rows taken for columns in a layer, and one operand for the other."""
    layers, gradients, name = around.layers, around.gradients, around.notation.name
    if (opposite := layers.opposite.get(value)) is not None:
        words = f"Rows and columns are mixed up: {name(value)} goes from one input to one unit. Which are they?"
        yield Slip(kinds.TRANSPOSED, gradients[opposite], words)
    if value in layers.by_entry:
        words = f"Rows and columns are mixed up: on the way back to {name(value)} the weights are those on its own lines."
        number = sum([gradients[node] * weight.data for node, weight in layers.by_entry[value]])
        yield Slip(kinds.TRANSPOSED, number, words)
    for step in steps:
        for other in step.node.parents:
            if len(steps) == 1 and other is not value and other in gradients:
                words = f"The operands of {name(step.node)} are mixed up: which of them is {name(value)}?"
                yield Slip(kinds.TRANSPOSED, gradients[other], words)


def times(count: int) -> str:
    """How often, as a word: a digit might be read as the answer."""
    words = ("never", "once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times")
    return words[count] if count < len(words) else "many times"
