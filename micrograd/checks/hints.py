"""What a wrong gradient looks like: the slips that leave a number or an array recognizable."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from micrograd.checks.reports import FAIL, GradientRow
from micrograd.checks.running_error import OPERATION, Sweep
from micrograd.checks.slopes import SAFETY, Slope
from micrograd.engine import Constant, Value


def hint(number: float, value: Value, slope: Slope, rounding: float, sweep: Sweep) -> str:
    """The slip that makes `number` of the slope by `value`; "" if none is recognized."""
    true = slope.value
    contributions = sweep.uses.get(value, [])

    def near(candidate: float) -> bool:
        bar = SAFETY * (rounding + slope.error * max(1.0, abs(candidate / true)))
        return candidate != 0.0 and abs(number - candidate) <= bar

    if not true:
        return "the gradient is 0"
    if near(-true):
        return "sign: the right size with the wrong sign"
    if len(contributions) > 1 and any(near(part) for part in contributions):
        return f"counted once of {len(contributions)} uses"
    if len(contributions) > 2 and any(near(true - part) for part in contributions):
        return f"one of {len(contributions)} uses is missing"
    if near(2.0 * true) or near(true / 2.0):
        return f"factor 2: {'twice' if near(2.0 * true) else 'half'} the right value"
    for m in divisors(sweep.order):
        if near(m * true):
            return f"1/m missing (m = {m:.0f})"
        if near(true / m):
            return f"1/m once too often (m = {m:.0f})"
    return ""


def divisors(order: Sequence[Value]) -> list[float]:
    """The whole numbers above 2 that the graph divides by, or their halves: the m of a mean may be one of them."""
    constants = {abs(node.data) for node in order if isinstance(node, Constant) and node.data}
    candidates = {number for c in constants for number in (c, c / 2.0, 1.0 / c)}
    return sorted(m for m in candidates if m.is_integer() and m > 2.0)


def with_guesses(rows: Sequence[GradientRow]) -> Iterator[GradientRow]:
    """The rows, and for a failure without a hint what else its number may be."""
    for row in rows:
        unexplained = row.verdict == FAIL and not row.hint and row.by_hand is not None
        yield replace(row, hint=guessed(row, rows)) if unexplained else row


def guessed(row: GradientRow, rows: Sequence[GradientRow]) -> str:
    """Another input's gradient, or a rounded one; "" if the number by hand is neither."""
    number, true = row.claim, row.measured.value
    rounding = OPERATION * abs(number)
    twins = [other.label for other in rows if other is not row and other.measured.contains(number, rounding)]
    if twins:
        return f"this is the gradient of {twins[0]}"
    part = row.gap / abs(true) if true else 1.0
    agreeing = int(-math.log10(part)) if 0.0 < part < 1.0 else 0
    return f"right to {agreeing} digits only; give all of them, or a formula" if agreeing >= 3 else ""
