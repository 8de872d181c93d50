"""Check gradients: what autodiff gives, what was derived by hand, and what is measured, side by side.

>>> from micrograd import ops
>>> w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(1.0, label="b")
>>> report = check(ops.tanh(w * x + b), {w: "(1 - tanh(w*x + b)**2) * x", b: "1 - tanh(w*x + b)"})
>>> for row in report.rows:
...     print(row.label, row.verdict)
w PASS
b FAIL
>>> bool(report)
False

A verdict has no tolerance of its own. It asks whether numbers agree within their error bars: that of the measurement
(slopes.py), that of the formula, and a bound on the rounding of the sweep (running_error.py). INCONCLUSIVE says
that the bars are too wide to tell.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from micrograd.arguments import whole_number
from micrograd.checks.claims import Claim, claims_of, nested
from micrograd.checks.complex_step import ComplexStep
from micrograd.checks.hints import with_guesses
from micrograd.checks.labels import label_of
from micrograd.checks.ladder import Differences
from micrograd.checks.methods import chosen_method
from micrograd.checks.places import Place, Survey, other_places
from micrograd.checks.reports import GradientReport, GradientRow
from micrograd.checks.running_error import OPERATION, Sweep, lost_by_product, lost_by_sum, slope_errors
from micrograd.checks.verdicts import checked, judged
from micrograd.engine import Constant, Value, topological_order
from micrograd.mistakes import outdated, written
from micrograd.ops import Op


def check(
    output: Value,
    by_hand: Any = None,
    inputs: Any = None,
    *,
    method: str = "auto",
    digits: int = 30,
    points: int = 4,
    directions: int = 0,
    seed: int = 0,
) -> GradientReport:
    """Compare the gradient of `output` by its inputs with what was derived by hand and with a measurement.

    `by_hand` maps a Value, its label, or (as pairs) a nest of Values to a number, a formula as text in the labels of the
    graph, a function whose parameters are named like labels, a graph of Values, or a nest of these. Formulas are tried
    at `points` other points too. `inputs` are the Values to look at; without them they are those of `by_hand`, or all
    leaves that are not plain numbers. With `directions`, the slopes along that many random directions are compared
    instead, in the time of a few sweeps.

    `method` is "exact" (fractions), "complex", "ladder" or "mpmath" (with `digits`); "auto" takes the first of the first
    three that the graph allows. No `grad` is read or written.

    >>> x = Value(3.0, label="x")
    >>> check(x * x, {"x": "2*x"}).rows[0].measured.value
    6.0
    >>> check(x.tanh(), method="mpmath", digits=40).rows[0].measured.digits
    '0.009866037165440191273156169683523487327322'
    """
    if not isinstance(output, Value):
        raise TypeError(f"check needs the Value whose gradient is checked, got {output!r}")
    points, directions = whole_number(points, "points", least=0), whole_number(directions, "directions", least=0)
    digits = whole_number(digits, "digits")
    order = topological_order(output)
    refuse_changed_leaves(order)
    claims = {} if by_hand is None else claims_of(by_hand, order)
    chosen = inputs_of(inputs, claims, order)
    if directions:
        if claims:
            raise ValueError("directions compare autodiff with a measurement and no gradient by hand; leave one of the two out")
        return GradientReport(tuple(direction_rows(output, chosen, directions, seed)), ComplexStep.said)
    instrument = chosen_method(method, output)
    here = Survey(Place(output, {node: node for node in order}), instrument(output, digits))
    places = other_places(order, points, seed) if any(claim.varies for claim in claims.values()) else ()
    elsewhere = [Survey(place, instrument(place.output, digits)) for place in places]
    rows = [checked(value, claims.get(value), here, elsewhere) for value in chosen]
    return GradientReport(tuple(with_guesses(rows)), instrument.said)


def assert_gradients(output: Value, by_hand: Any = None, inputs: Any = None, **options: Any) -> None:
    """An AssertionError with the table in it, unless `check` passes every row."""
    report = check(output, by_hand, inputs, **options)
    if not report:
        raise AssertionError(f"the gradients do not agree\n{report}")


def check_local_derivatives(output: Value) -> GradientReport:
    """Compare each local derivative that was recorded with a measurement of that operation alone: it names the wrong rule.

    >>> report = check_local_derivatives((Value(2.0, label="x") * 3.0).exp())
    >>> [row.label for row in report.rows]
    ['x=2.0 * 3.0 by x', 'x=2.0 * 3.0 by operand 2', 'exp(6.0)']
    """
    if not isinstance(output, Value):
        raise TypeError(f"check_local_derivatives needs the Value at the end of a graph, got {output!r}")
    order = topological_order(output)
    refuse_changed_leaves(order)
    rows = [row for node in order if node.op is not None for row in local_rows(node, node.op)]
    return GradientReport(tuple(rows), "one operation at a time")


# --------------------------------------------------------------------------------------------------------------
# What is looked at
# --------------------------------------------------------------------------------------------------------------


def refuse_changed_leaves(order: Sequence[Value]) -> None:
    """A ValueError if a leaf has changed since: what is measured would not be what was recorded."""
    if change := outdated(order):
        raise ValueError(f"{change}; compute the output again")


def inputs_of(inputs: Any, claims: Mapping[Value, Claim], order: Sequence[Value]) -> list[Value]:
    if inputs is None:
        chosen = list(claims) or [node for node in order if node.op is None and not isinstance(node, Constant)]
    else:
        chosen = list(flattened(nested([inputs])))
    for value in chosen:
        if not isinstance(value, Value):
            raise TypeError(f"the inputs of a check are Values, and one is {value!r}")
        if value.op is not None and value is not order[-1]:
            raise ValueError(f"only leaves can be moved to measure a slope, and {value!r} was computed; check its leaves")
    if not chosen:
        raise ValueError("there is nothing to check: the graph has no leaf but plain numbers; make its variables with Value(...)")
    return list(dict.fromkeys([*chosen, *claims]))


def flattened(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from flattened(item)
        else:
            yield item


# --------------------------------------------------------------------------------------------------------------
# Many inputs at once, and one operation at a time
# --------------------------------------------------------------------------------------------------------------


def direction_rows(output: Value, inputs: Sequence[Value], directions: int, seed: int) -> Iterator[GradientRow]:
    """Slopes along random directions: one measurement each, however many inputs there are."""
    if not ComplexStep.can_measure(output):
        raise ValueError("directions need the complex step, and the graph has operations of your own; leave directions out")
    instrument, sweep = ComplexStep(output), Sweep(topological_order(output))
    if strangers := [value for value in inputs if value not in sweep.gradient]:
        raise ValueError(f"{label_of(strangers[0])} is not in the graph of the output; leave it out of the directions")
    generator = random.Random(seed)
    for index in range(1, directions + 1):
        direction = {value: generator.choice((-1.0, 1.0)) * generator.uniform(0.5, 1.5) for value in inputs}
        number, rounding = gradient_along(direction, sweep)
        slope = instrument.along(direction, sweep)
        verdict, note = judged(number, rounding, slope)
        yield GradientRow(f"direction {index} through {len(inputs)} inputs", number, None, slope, verdict, note)


def gradient_along(direction: Mapping[Value, float], sweep: Sweep) -> tuple[float, float]:
    """The slope along the direction by autodiff, and a bound on its rounding."""
    slope = rounding = 0.0
    for value, part in direction.items():
        contribution = sweep.gradient[value] * part
        rounding += sweep.error[value] * abs(part)
        rounding += lost_by_product(sweep.gradient[value], part) + lost_by_sum(slope, contribution)
        slope += contribution
    return slope, rounding


def local_rows(node: Value, op: Op) -> Iterator[GradientRow]:
    """A row per operand of one operation, looked at alone."""
    operands = [Value(parent.data) for parent in node.parents]
    alone: Value = op.applied(operands)
    instrument = (ComplexStep if ComplexStep.can_measure(alone) else Differences)(alone)
    sweep = Sweep(topological_order(alone))
    roundings = slope_errors(alone, op, {operand: OPERATION * abs(operand.data) for operand in operands})
    what = written(op, node.parents)
    edges = zip(node.parents, operands, node.local_derivatives, roundings, strict=True)
    for index, (parent, operand, recorded, rounding) in enumerate(edges, start=1):
        slope = instrument.slope(operand, sweep)
        verdict, note = judged(recorded, rounding, slope)
        by = f" by {label_of(parent) if parent.label else f'operand {index}'}" if len(operands) > 1 else ""
        yield GradientRow(f"{what}{by}", recorded, None, slope, verdict, note)
