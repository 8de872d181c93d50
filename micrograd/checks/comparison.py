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
(measurement.py), that of the formula, and a bound on the rounding of the sweep (running_error.py). INCONCLUSIVE says
that the bars are too wide to tell.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd.checks import measurement
from micrograd.checks.claims import Claim, Point, claims_of, nested, point
from micrograd.checks.forms import COMPLEX, mpmath_functions
from micrograd.checks.hints import hint, with_guesses
from micrograd.checks.measurement import SAFETY, Instrument, Slope
from micrograd.checks.reports import FAIL, INCONCLUSIVE, PASS, GradientReport, Row
from micrograd.checks.running_error import OPERATION, Sweep, forward_errors, slope_errors
from micrograd.engine import Constant, Value, topological_order, written
from micrograd.ops import Op
from micrograd.replay import can_replay, outdated

TELLING = 1e-3  # a bar that is wider than this part of a gradient could hide a rule that is off by 0.1 %


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
    for name, count in (("points", points), ("directions", directions)):
        if not isinstance(count, int) or count < 0:
            raise ValueError(f"{name} needs to be a whole number from 0 upwards, got {count!r}")
    order = topological_order(output)
    refuse_changed_leaves(order)
    claims = {} if by_hand is None else claims_of(by_hand, order)
    chosen = inputs_of(inputs, claims, order)
    if directions:
        if claims:
            raise ValueError("directions compare autodiff with a measurement and no gradient by hand; leave one of the two out")
        return GradientReport(tuple(direction_rows(output, chosen, directions, seed)), "complex")
    here = Place(Point(output, {node: node for node in order}), chosen_method(method, output), digits)
    varying = points and any(claim.varies for claim in claims.values())
    elsewhere = [Place(there, here.instrument.method, digits) for there in other_points(order, points, seed)] if varying else []
    rows = [checked(value, claims.get(value), here, elsewhere) for value in chosen]
    return GradientReport(tuple(with_guesses(rows)), here.instrument.method)


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
    return GradientReport(tuple(rows), "alone")


# --------------------------------------------------------------------------------------------------------------
# What is looked at, and where
# --------------------------------------------------------------------------------------------------------------


class Place:
    """A point, with the sweep there and the instrument to measure slopes with: made once for all that is looked at."""

    def __init__(self, at: Point, method: str, digits: int) -> None:
        self.at = at
        self.sweep = Sweep(topological_order(at.output))
        self.instrument = Instrument(at.output, method, digits)
        self.graphs: dict[Value, Value] = dict(at.moved)  # what the claims of this place have in common


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


def chosen_method(method: str, output: Value) -> str:
    possible: dict[str, Callable[[], bool]] = {
        "exact": lambda: measurement.is_rational(output),
        "complex": lambda: can_replay(output, COMPLEX),
        "ladder": lambda: True,
        "mpmath": lambda: can_replay(output, mpmath_functions()),
    }
    if method == "auto":
        return next(name for name, can in possible.items() if can())
    if method not in possible:
        raise ValueError(f"there is no method {method!r}; choose from auto, {', '.join(possible)}")
    if not possible[method]():
        raise ValueError(f"the graph has operations that the method {method!r} cannot run; use method='auto'")
    return method


def other_points(order: Sequence[Value], count: int, seed: int) -> Iterator[Point]:
    """Points around the recorded one: each leaf moved by up to 30 % and 0.3, or less where that leaves the domain."""
    generator = random.Random(seed)
    for _ in range(count):
        moves = {
            leaf: generator.uniform(-0.3, 0.3) * leaf.data + generator.uniform(-0.3, 0.3)
            for leaf in order
            if leaf.op is None and not isinstance(leaf, Constant)
        }
        for halvings in range(0, 24, 2):
            try:
                yield point(order, {leaf: leaf.data + move / 2.0**halvings for leaf, move in moves.items()})
                break
            except (ValueError, ArithmeticError):
                continue


# --------------------------------------------------------------------------------------------------------------
# The verdict
# --------------------------------------------------------------------------------------------------------------


def checked(value: Value, claim: Claim | None, here: Place, elsewhere: Sequence[Place]) -> Row:
    label = label_of(value)
    autodiff, rounding = here.sweep.gradient.get(value, 0.0), here.sweep.error.get(value, 0.0)
    slope = here.instrument.slope(value, here.sweep)
    verdict, note = judged(autodiff, rounding, slope)
    found = None if claim is None else claimed(claim, value, here)
    by_hand = None if found is None else found.number
    if verdict == FAIL and here.instrument.kinked:
        verdict, note = (
            INCONCLUSIVE,
            "at a kink, where the slopes that relu and abs take need not add up to one of the whole",
        )
    if verdict == FAIL:
        guess = hint(autodiff, value, slope, rounding, here.sweep)
        note = f"autodiff is wrong{f' ({guess})' if guess else ''}: check_local_derivatives finds the operation"
    if claim is None or found is None or verdict != PASS:
        return Row(label, autodiff, by_hand, slope, verdict, note)

    agrees = slope.contains(found.number, found.rounding)
    exactly = None
    if here.instrument.method == "exact" and (fraction := claim.exact(here.at)) is not None:
        agrees = exactly = fraction == here.instrument.exact(value)
    if not agrees:
        return Row(label, autodiff, by_hand, slope, FAIL, hint_of(claim, value, found, here, elsewhere))
    if not exactly and not tells(found.number, found.rounding, slope):
        return Row(label, autodiff, by_hand, slope, INCONCLUSIVE, "the formula loses its digits here, so it cannot be told")
    if claim.varies:
        verdict, elsewhere_note = tried(claim, value, elsewhere)
        note = elsewhere_note or note
    return Row(label, autodiff, by_hand, slope, verdict, note)


def label_of(value: Value) -> str:
    return value.label or f"a leaf ({value.data:.4g})"


def judged(number: float, rounding: float, slope: Slope) -> tuple[str, str]:
    """The verdict on one number and what to say of it."""
    if math.isnan(number):
        return INCONCLUSIVE, "not a number"
    if not all(map(math.isfinite, (number, slope.value, rounding, slope.error))):
        return INCONCLUSIVE, "infinite, or not to be measured here"
    if not slope.contains(number, rounding):
        return FAIL, ""
    if not tells(number, rounding, slope):
        return INCONCLUSIVE, f"it cannot be told: rounding alone may make {SAFETY * (rounding + slope.error):.0e} of it"
    if slope.left != slope.right:
        return PASS, f"a kink: any slope from {slope.left + 0.0:g} to {slope.right + 0.0:g} is a subgradient"
    return PASS, ""


def tells(number: float, rounding: float, slope: Slope) -> bool:
    """Whether the bars are narrow beside the gradient, or nothing at all is left to be compared."""
    largest = max(abs(number), abs(slope.left), abs(slope.right))
    return SAFETY * (rounding + slope.error) <= TELLING * largest or largest == 0.0


class Found(NamedTuple):
    """A claim's number at some place, and a bound on its rounding and that of the sweep there."""

    number: float
    rounding: float


def claimed(claim: Claim, value: Value, place: Place) -> Found:
    """The claim's number there. A ValueError that names the claim if it has none."""
    try:
        graph = claim.graph(place.at, place.graphs)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"the gradient by hand of {label_of(value)} cannot be computed: {error}") from None
    error_of_graph = forward_errors(topological_order(graph))[graph]
    rounding = max(error_of_graph, claim.precision * abs(graph.data)) + place.sweep.error.get(
        place.at.moved.get(value, value), 0.0
    )
    return Found(graph.data, rounding)


def tried(claim: Claim, value: Value, elsewhere: Sequence[Place]) -> tuple[str, str]:
    """The verdict on a formula that is right here, from the other places."""
    told = 0
    for there in elsewhere:
        moved = there.at.moved[value]
        slope = there.instrument.slope(moved, there.sweep)
        try:
            found = claimed(claim, value, there)
        except ValueError:
            continue
        if math.isfinite(slope.value) and not slope.contains(found.number, found.rounding):
            names = [f"{node.label}={there.at.number(node):.3g}" for node in claim.names if node.label]
            place = ", ".join([*names[:4], *(["..."] if len(names) > 4 else [])]) or "another point"
            return FAIL, f"right here only: at {place} it gives {found.number:.4g}, and the slope is {slope.value:.4g}"
        told += tells(found.number, found.rounding, slope)
    return (PASS, "") if told else (INCONCLUSIVE, "it could be tried at this point only")


def hint_of(claim: Claim, value: Value, found: Found, here: Place, elsewhere: Sequence[Place]) -> str:
    """What a wrong claim looks like; for a formula only if it looks like that elsewhere too."""
    slope = here.instrument.slope(value, here.sweep)
    if claim.mirror is not None and slope.contains(claim.mirror, found.rounding):
        return "transposed"
    guess = hint(found.number, value, slope, found.rounding, here.sweep)
    for there in elsewhere if guess and claim.varies else ():
        moved = there.at.moved[value]
        try:
            other = claimed(claim, value, there)
        except ValueError:
            continue
        if hint(other.number, moved, there.instrument.slope(moved, there.sweep), other.rounding, there.sweep) != guess:
            return ""
    return guess


# --------------------------------------------------------------------------------------------------------------
# Many inputs at once, and one operation at a time
# --------------------------------------------------------------------------------------------------------------


def direction_rows(output: Value, inputs: Sequence[Value], directions: int, seed: int) -> Iterator[Row]:
    """Slopes along random directions: one measurement each, however many inputs there are."""
    place = Place(Point(output, {}), chosen_method("complex", output), 0)
    if strangers := [value for value in inputs if value not in place.sweep.gradient]:
        raise ValueError(f"{label_of(strangers[0])} is not in the graph of the output; leave it out of the directions")
    generator = random.Random(seed)
    for number in range(1, directions + 1):
        direction = {value: generator.choice((-1.0, 1.0)) * generator.uniform(0.5, 1.5) for value in inputs}
        parts = [place.sweep.gradient[value] * part for value, part in direction.items()]
        rounding = sum(place.sweep.error[value] * abs(part) for value, part in direction.items())
        rounding += OPERATION * sum(map(abs, parts))
        slope = place.instrument.along(direction)
        verdict, note = judged(math.fsum(parts), rounding, slope)
        yield Row(f"direction {number} through {len(inputs)} inputs", math.fsum(parts), None, slope, verdict, note)


def local_rows(node: Value, op: Op) -> Iterator[Row]:
    """A row per operand of one operation, looked at alone."""
    operands = [Value(parent.data) for parent in node.parents]
    alone: Value = op.applied(operands)
    instrument = Instrument(alone, "complex" if op in COMPLEX else "ladder")
    sweep = Sweep(topological_order(alone))
    roundings = slope_errors(alone, op, {operand: OPERATION * abs(operand.data) for operand in operands})
    what = written(op, node.parents)
    edges = zip(node.parents, operands, node.local_derivatives, roundings, strict=True)
    for index, (parent, operand, recorded, rounding) in enumerate(edges, start=1):
        slope = instrument.slope(operand, sweep)
        verdict, note = judged(recorded, rounding, slope)
        by = f" by {parent.label or f'operand {index}'}" if len(operands) > 1 else ""
        yield Row(f"{what}{by}", recorded, None, slope, verdict, note)
