"""What any kind of number can do by itself, for every way of measuring that runs a graph on another kind."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

from micrograd import ops
from micrograd.replay import Functions


def total(terms: Sequence[Any]) -> Any:
    """The sum, from left to right, of any kind of number: no 0 of another kind begins it."""
    return functools.reduce(operator.add, terms)


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return total(list(map(operator.mul, left, right)))


# What every kind of number can do by itself.
ARITHMETIC: Functions = {
    ops.add: operator.add,
    ops.sub: operator.sub,
    ops.mul: operator.mul,
    ops.div: operator.truediv,
    ops.neg: operator.neg,
    ops.pow: operator.pow,
    ops.total: total,
    ops.dot: dot,
    ops.quiet_mul: operator.mul,
    ops.quiet_div: operator.truediv,
    ops.quiet_pow: operator.pow,
}
