"""Sums of products of two views as a reader writes them: a matrix product where it is one.

>>> from micrograd.tensors.terms import Number
>>> contraction(Reading(Number(2.0), ()), Reading(Number(3.0), ()), ())
Infix(sign='*', left=Number(value=2.0), right=Number(value=3.0))
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from micrograd.tensors.slices import Reading, ordered, spread
from micrograd.tensors.terms import ROWS, Contract, Infix, MatMul, Number, Sum, Term

LETTERS = "ijklmnopqrstuvwxyz"  # of the axes of an operand; b is the rows


def summed(reading: Reading, out: Sequence[int]) -> Term:
    """The sum over the axes that are not in `out`, with those that are in its order."""
    gone = [axis for axis in reading.axes if axis not in out]
    if not gone:
        return ordered(reading, out)
    left = tuple([axis for axis in reading.axes if axis in out])
    return ordered(Reading(sum_over(reading, gone), left), [axis for axis in out if axis in left])


def sum_over(reading: Reading, gone: Sequence[int]) -> Term:
    axes = tuple([place for place, axis in enumerate(reading.axes) if axis in gone])
    return Sum(reading.term, None if len(axes) == len(reading.axes) else axes)


def repeated(term: Term, lengths: Sequence[int]) -> Term:
    """The sum along axes of these lengths on which nothing changes."""
    count = math.prod(lengths)
    return term if count == 1 else Infix("*", Number(float(count)), term)


def contraction(left: Reading, right: Reading, out: tuple[int, ...]) -> Term:
    """The sum of left * right over the axes that are not in `out`, with the axes of `out`."""
    left, right = alone(left, right, out), alone(right, left, out)
    common = [axis for axis in left.axes if axis in right.axes]
    inner = [axis for axis in common if axis not in out]
    outer = [axis for axis in common if axis in out]
    own = [[axis for axis in side.axes if axis not in common] for side in (left, right)]
    if not inner:
        return Infix("*", spread(left, out), spread(right, out))
    if not own[0] and not own[1] and len(common) > 1:  # the same axes on both sides
        every = sorted(common)
        product = Infix("*", ordered(left, every), ordered(right, every))
        return summed(Reading(product, tuple(every)), out)
    lengths = sorted(map(len, own))
    if len(inner) == 1 and (lengths[1] < 2 if not outer else lengths == [1, 1] and outer == [out[0]]):
        if out and out[len(outer)] in own[1]:  # the result has the first axis of the left side
            left, right, own = right, left, own[::-1]
        return MatMul(ordered(left, [*outer, *own[0], *inner]), ordered(right, [*outer, *inner, *own[1]]))
    if [axis for axis in out if axis not in common][:1] == own[1][:1] != []:
        left, right = right, left  # so that the product lies in memory as the result does
    return Contract(left.term, right.term, letters(left.axes), letters(right.axes), letters(out))


def alone(side: Reading, other: Reading, out: Sequence[int]) -> Reading:
    """The side, already summed along the axes that neither the other nor the result has."""
    gone = [axis for axis in side.axes if axis not in out and axis not in other.axes]
    return Reading(sum_over(side, gone), tuple([axis for axis in side.axes if axis not in gone])) if gone else side


def letters(axes: Sequence[int]) -> str:
    return "".join(["b" if axis == ROWS else LETTERS[axis] for axis in axes])
