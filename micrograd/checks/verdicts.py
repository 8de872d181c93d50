"""The verdict on a gradient: whether numbers agree within their error bars, and if not, what it looks like.

INCONCLUSIVE says that the bars are too wide to tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from micrograd.checks.claims import Claim
from micrograd.checks.hints import hint
from micrograd.checks.labels import label_of
from micrograd.checks.places import Survey
from micrograd.checks.reports import FAIL, INCONCLUSIVE, PASS, GradientRow
from micrograd.checks.running_error import OPERATION, VANISHING, forward_errors
from micrograd.checks.slopes import SAFETY, Slope
from micrograd.engine import Value, topological_order

TELLING = 1e-3  # a bar that is wider than this part of a gradient could hide a rule that is off by 0.1 %


def checked(value: Value, claim: Claim | None, here: Survey, elsewhere: Sequence[Survey]) -> GradientRow:
    """The row of one input: autodiff is looked at first, and what was derived by hand where autodiff is right."""
    slope = here.slope(value)
    found = None if claim is None else claimed(claim, value, here)
    verdict, note = judged_autodiff(value, slope, here)
    if claim is not None and found is not None and verdict == PASS:
        verdict, about_claim = judged_claim(claim, found, value, slope, here, elsewhere)
        note = note if verdict == PASS else about_claim
    by_hand = None if found is None else found.number
    return GradientRow(label_of(value), here.sweep.gradient.get(value, 0.0), by_hand, slope, verdict, note)


def judged_autodiff(value: Value, slope: Slope, here: Survey) -> tuple[str, str]:
    number, rounding = here.sweep.gradient.get(value, 0.0), here.rounding(value)
    verdict, note = judged(number, rounding, slope)
    if verdict == FAIL and here.kinked:
        return INCONCLUSIVE, "at a kink, where the slopes that relu and abs take need not add up to one of the whole"
    if verdict == FAIL:
        guess = hint(number, value, slope, rounding, here.sweep)
        note = f"autodiff is wrong{f' ({guess})' if guess else ''}: check_local_derivatives finds the operation"
    return verdict, note


def judged_claim(
    claim: Claim, found: Found, value: Value, slope: Slope, here: Survey, elsewhere: Sequence[Survey]
) -> tuple[str, str]:
    exact = None if slope.fraction is None else claim.exact(here.place)
    if exact is not None:
        agrees = tells_enough = exact == slope.fraction
    else:
        agrees, tells_enough = slope.contains(found.number, found.rounding), tells(found.number, found.rounding, slope)
    if not agrees:
        return FAIL, hint_of(claim, found, value, slope, here, elsewhere)
    if not tells_enough:
        return INCONCLUSIVE, "the formula loses its digits here, so it cannot be told"
    return tried(claim, value, elsewhere) if claim.varies else (PASS, "")


def judged(number: float, rounding: float, slope: Slope) -> tuple[str, str]:
    """The verdict on one number and what to say of it.

    A number as near to the slope as if nothing had been lost on its way is right, whatever its rounding could have been.
    """
    a_kink = f"a kink: any slope from {slope.left + 0.0:g} to {slope.right + 0.0:g} is a subgradient"
    if math.isnan(number):
        return INCONCLUSIVE, f"not a number, at {a_kink}" if slope.kinked else "not a number"
    if not all(map(math.isfinite, (number, slope.value, rounding, slope.error))):
        return INCONCLUSIVE, "infinite, or not to be measured here"
    if not slope.contains(number, rounding):
        return FAIL, ""
    if slope.contains(number, OPERATION * abs(number)):
        rounding = OPERATION * abs(number)
    if not tells(number, rounding, slope):
        return INCONCLUSIVE, f"it cannot be told: rounding alone may make {SAFETY * (rounding + slope.error):.0e} of it"
    if slope.kinked:
        return PASS, a_kink
    return PASS, ""


def tells(number: float, rounding: float, slope: Slope) -> bool:
    """Whether the bars are narrow beside the gradient, or hide nothing that a float could show."""
    largest = max(abs(number), abs(slope.left), abs(slope.right))
    return SAFETY * (rounding + slope.error) <= max(TELLING * largest, VANISHING)


class Found(NamedTuple):
    """A claim's number at some place, and a bound on its rounding and that of the sweep there."""

    number: float
    rounding: float


def claimed(claim: Claim, value: Value, there: Survey) -> Found:
    """The claim's number there. A ValueError that names the claim if it has none."""
    try:
        graph = claim.graph(there.place, there.graphs)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"the gradient by hand of {label_of(value)} cannot be computed: {error}") from None
    error_of_graph = forward_errors(topological_order(graph))[graph]
    return Found(graph.data, max(error_of_graph, claim.precision * abs(graph.data)) + there.rounding(value))


def tried(claim: Claim, value: Value, elsewhere: Sequence[Survey]) -> tuple[str, str]:
    """The verdict on a formula that is right here, from the other places."""
    told = False
    for there in elsewhere:
        slope = there.slope(value)
        try:
            found = claimed(claim, value, there)
        except ValueError:
            continue
        if math.isfinite(slope.value) and not slope.contains(found.number, found.rounding):
            names = [f"{label_of(node)}={there.place.number(node):.3g}" for node in claim.names if node.label]
            where = ", ".join([*names[:4], *(["..."] if len(names) > 4 else [])]) or "another point"
            return FAIL, f"right here only: at {where} it gives {found.number:.4g}, and the slope is {slope.value:.4g}"
        told = told or tells(found.number, found.rounding, slope)
    return (PASS, "") if told else (INCONCLUSIVE, "it could be tried at this point only")


def hint_of(claim: Claim, found: Found, value: Value, slope: Slope, here: Survey, elsewhere: Sequence[Survey]) -> str:
    """What a wrong claim looks like; for a formula only if it looks like that elsewhere too."""
    if claim.mirror is not None and slope.contains(claim.mirror, found.rounding):
        return "transposed"
    guess = hint(found.number, value, slope, found.rounding, here.sweep)
    for there in elsewhere if guess and claim.varies else ():
        try:
            other = claimed(claim, value, there)
        except ValueError:
            continue
        if hint(other.number, there.place.moved[value], there.slope(value), other.rounding, there.sweep) != guess:
            return ""
    return guess
