"""Check gradients: what autodiff gives, what was derived by hand, and what is measured, side by side.

>>> from micrograd.engine import TANH
>>> w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(1.0, label="b")
>>> report = check(TANH(w * x + b), {w: "(1 - tanh(w*x + b)**2) * x", b: "1 - tanh(w*x + b)"})
>>> for row in report.rows:
...     print(row.label, row.verdict)
w PASS
b FAIL
>>> bool(report)
False

A verdict has no tolerance of its own. It asks whether numbers agree within their error bars: that of the measurement
(measurement.py), that of the formula, and a bound on the rounding of the sweep, followed step by step (running error
analysis; source: Wilkinson 1963). INCONCLUSIVE says that the bars are too wide to tell.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from micrograd import measurement, tables
from micrograd.claims import Claim, Point, claims_of, nested, point
from micrograd.engine import Constant, Op, Value, topological_order, written
from micrograd.measurement import COMPLEX, EXACT, Replay, Slope
from micrograd.running_error import OPERATION, ROUNDING, Sweep, forward_errors, slope_errors

PASS, FAIL, INCONCLUSIVE = "PASS", "FAIL", "INCONCLUSIVE"
METHODS = {
    "exact": "in fractions",
    "complex": "by complex step",
    "ladder": "by differences",
    "mpmath": "with mpmath",
    "alone": "one operation at a time",
}
SAFETY = 2.0  # error bars are first-order bounds
NUMBERS = ("autodiff", "by hand", "measured", "gap")  # columns of the table
TELLING = 1e-3  # a bar that is wider than this part of a gradient could hide a rule that is off by 0.1 %


@dataclass(frozen=True)
class Row:
    """One input: its gradient by autodiff, by hand (None if nothing was given) and as measured."""

    label: str
    autodiff: float
    by_hand: float | None
    measured: Slope
    verdict: str
    hint: str = ""

    @property
    def gap(self) -> float:
        """From the gradient by hand, or by autodiff where there is none, to the measured one or the slopes of a kink."""
        return distance(self.autodiff if self.by_hand is None else self.by_hand, self.measured)


@dataclass(frozen=True)
class GradientReport:
    """The rows of a check. It is true if every row passes: an inconclusive one is no pass."""

    rows: tuple[Row, ...]
    method: str

    def __bool__(self) -> bool:
        return all(row.verdict == PASS for row in self.rows)

    def __str__(self) -> str:
        return tables.text(self.title, self.headings, self.cells, right=NUMBERS)

    def _repr_html_(self) -> str:
        return tables.html(self.title, self.headings, self.cells, right=NUMBERS)

    @property
    def title(self) -> str:
        passed = sum(row.verdict == PASS for row in self.rows)
        return f"{passed} of {len(self.rows)} gradients pass, measured {METHODS[self.method]}"

    @property
    def headings(self) -> list[str]:
        by_hand = ["by hand"] if self.has_claims else []
        return ["input", "autodiff", *by_hand, "measured", "gap", "verdict", "hint"]

    @property
    def cells(self) -> list[list[str]]:
        return [row_cells(row, self.has_claims) for row in self.rows]

    @property
    def has_claims(self) -> bool:
        return any(row.by_hand is not None for row in self.rows)


def row_cells(row: Row, has_claims: bool) -> list[str]:
    """The row as text, with as many digits as it takes to see that two numbers differ."""
    claim = row.autodiff if row.by_hand is None else row.by_hand
    differing = [d for d in range(6, 13) if f"{claim:.{d}g}" != f"{row.measured.value:.{d}g}"]
    digits = differing[0] if row.verdict == FAIL and differing else 6
    slope = row.measured
    measured = f"{slope.value:.{digits}g}" + (f" ± {slope.error:.0e}" if slope.error else " exactly")
    if slope.left != slope.right:
        measured = f"{slope.left + 0.0:.{digits}g} to {slope.right + 0.0:.{digits}g}"  # + 0.0 makes 0 of -0
    by_hand = ["" if row.by_hand is None else f"{row.by_hand:.{digits}g}"] if has_claims else []
    gap = f"{row.gap:.1e}" if row.gap else "0"
    return [row.label, f"{row.autodiff:.{digits}g}", *by_hand, measured, gap, row.verdict, row.hint]


def distance(number: float, slope: Slope) -> float:
    """How far the number is from the slope, or from the interval between the two slopes of a kink."""
    return max(min(slope.left, slope.right) - number, number - max(slope.left, slope.right), 0.0)


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
    >>> print(check(x * x, {"x": "2*x"}).rows[0].measured)
    Slope(value=6.0, error=0.0, left=6.0, right=6.0)
    """
    if not isinstance(output, Value):
        raise TypeError(f"check needs the Value whose gradient is checked, got {output!r}")
    order = topological_order(output)
    refuse_changed_leaves(order)
    claims = {} if by_hand is None else claims_of(by_hand, order)
    chosen = inputs_of(inputs, claims, order)
    instrument = Instrument(output, chosen_method(method, output), digits)
    if not chosen:
        raise ValueError("there is nothing to check: the graph has no leaf but plain numbers; make its variables with Value(...)")
    here = Point(output, {node: node for node in order})
    sweep = Sweep(order)
    if directions and claims:
        raise ValueError("directions compare autodiff with a measurement and no gradient by hand; leave one of the two out")
    if directions:
        return GradientReport(tuple(direction_rows(sweep, instrument, chosen, directions, seed)), instrument.method)
    elsewhere = list(other_points(order, points, seed)) if any(claim.varies for claim in claims.values()) else []
    rows = [checked(value, claims.get(value), here, sweep, instrument, elsewhere) for value in chosen]
    return GradientReport(tuple(with_guesses(rows)), instrument.method)


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
# What is looked at
# --------------------------------------------------------------------------------------------------------------


def refuse_changed_leaves(order: Sequence[Value]) -> None:
    """A ValueError if a leaf has changed since: what is measured would not be what was recorded."""
    functions = {node.op: node.op.forward for node in order if node.op is not None}
    for node, number in zip(order, Replay(order[-1], functions).numbers({}), strict=True):
        if number != node.data and not (math.isnan(number) and math.isnan(node.data)):
            what = written(node.op, node.parents) if node.op else repr(node)
            raise ValueError(
                f"{what} was {node.data!r} when it was computed and is {number!r} now, so a leaf has changed since; "
                "compute the output again"
            )


def inputs_of(inputs: Any, claims: Mapping[Value, Claim], order: Sequence[Value]) -> list[Value]:
    if inputs is None:
        return list(claims) or [node for node in order if node.op is None and not isinstance(node, Constant)]
    chosen = list(flattened(nested([inputs] if isinstance(inputs, Value) else inputs)))
    for value in chosen:
        if not isinstance(value, Value):
            raise TypeError(f"the inputs of a check are Values, and one is {value!r}")
    return chosen


def flattened(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from flattened(item)
        else:
            yield item


def chosen_method(method: str, output: Value) -> str:
    possible: dict[str, Callable[[], bool]] = {
        "exact": lambda: measurement.is_rational(output),
        "complex": lambda: measurement.can_replay(output, COMPLEX),
        "ladder": lambda: True,
        "mpmath": lambda: measurement.can_replay(output, measurement.mpmath_functions()),
    }
    if method == "auto":
        return next(name for name, can in possible.items() if can())
    if method not in possible:
        raise ValueError(f"there is no method {method!r}; choose from auto, {', '.join(possible)}")
    if not possible[method]():
        raise ValueError(f"the graph has operations that the method {method!r} cannot run; use method='auto'")
    return method


def other_points(order: Sequence[Value], count: int, seed: int) -> Iterator[Point]:
    """Points around the recorded one, each leaf moved by up to 30 % and 0.3; those outside the domain are left out."""
    generator = random.Random(seed)
    for _ in range(count):
        leaves = {
            leaf: leaf.data * (1.0 + generator.uniform(-0.3, 0.3)) + generator.uniform(-0.3, 0.3)
            for leaf in order
            if leaf.op is None and not isinstance(leaf, Constant)
        }
        try:
            yield point(order, leaves)
        except (ValueError, ArithmeticError):
            continue


# --------------------------------------------------------------------------------------------------------------
# The three numbers
# --------------------------------------------------------------------------------------------------------------


class Instrument:
    """Measures the slope of an output along one input, by one method."""

    def __init__(self, output: Value, method: str, digits: int = 30) -> None:
        self.output = output
        self.method = method
        self.digits = digits
        self.order = topological_order(output)
        self.kinked = any(map(measurement.at_a_kink, self.order))
        functions = {node.op: node.op.forward for node in self.order if node.op is not None}
        self.replay = Replay(output, {"exact": EXACT, "complex": COMPLEX}.get(method, functions))

    def slope(self, value: Value, sweep: Sweep) -> Slope:
        if value is self.output:
            return Slope(1.0, 0.0, 1.0, 1.0)
        if value not in self.replay.place:
            return Slope(0.0, 0.0, 0.0, 0.0)  # no path
        if value.op is not None:
            raise ValueError(f"only leaves can be moved to measure a slope, and {value!r} was computed; check its leaves")
        if self.method == "exact":
            number = float(self.exact(value))
            return Slope(number, 0.0, number, number)
        if self.method == "mpmath":
            number = measurement.digits_slope(self.output, value, self.digits)
            return Slope(number, ROUNDING * abs(number), number, number)
        if self.method == "complex":
            return self.along({value: 1.0}, sweep.error[value])
        noise = max(2.0 * ROUNDING, sweep.noise / abs(self.output.data) if self.output.data else 0.0)
        number, error = measurement.ladder(lambda there: float(self.replay({value: there})), value.data, noise)
        return Slope(number, error, number, number)

    def exact(self, value: Value) -> Any:
        return measurement.exact_slope(self.replay, value)

    def along(self, direction: Mapping[Value, float], rounding: float) -> Slope:
        """By complex step. At a kink the slopes to both sides differ, and any number between them is a subgradient."""
        right = left = measurement.complex_step(self.replay, direction)
        if self.kinked:
            left = -measurement.complex_step(self.replay, {leaf: -part for leaf, part in direction.items()})
        return Slope((left + right) / 2.0, rounding + OPERATION * max(abs(left), abs(right)), left, right)


# --------------------------------------------------------------------------------------------------------------
# The verdict
# --------------------------------------------------------------------------------------------------------------


def checked(
    value: Value, claim: Claim | None, here: Point, sweep: Sweep, instrument: Instrument, elsewhere: Sequence[Point]
) -> Row:
    label = label_of(value)
    autodiff, rounding = sweep.gradient.get(value, 0.0), sweep.error.get(value, 0.0)
    slope = instrument.slope(value, sweep)
    by_hand, error = (None, 0.0) if claim is None else claimed(claim, here, label)
    verdict, note = judged(autodiff, rounding, slope)
    if verdict == FAIL:
        guess = hints(autodiff, value, slope, rounding, sweep)
        note = f"autodiff is wrong{f' ({guess})' if guess else ''}: check_local_derivatives finds the operation"
    if by_hand is None or claim is None or verdict != PASS:
        return Row(label, autodiff, by_hand, slope, verdict, note)

    agrees = within(by_hand, error + rounding, slope)
    if instrument.method == "exact" and (fraction := claim.exact(here)) is not None:
        agrees = fraction == instrument.exact(value)
    if not agrees:
        mirrored = claim.mirror is not None and within(claim.mirror, error + rounding, slope)
        hint = "transposed" if mirrored else hints(by_hand, value, slope, error + rounding, sweep)
        if claim.varies and not mirrored and any(other != hint for other in hints_elsewhere(claim, value, elsewhere, instrument)):
            hint = ""  # it only looks like that here
        return Row(label, autodiff, by_hand, slope, FAIL, hint)
    for there in elsewhere if claim.varies else ():
        if where := disagreement(claim, value, there, instrument):
            return Row(label, autodiff, by_hand, slope, FAIL, where)
    if not within(by_hand, rounding + OPERATION * abs(by_hand), slope):
        note = "right within the rounding of the formula, which loses digits here"
    return Row(label, autodiff, by_hand, slope, PASS, note)


def label_of(value: Value) -> str:
    return value.label or f"a leaf ({value.data:.4g})"


def judged(number: float, rounding: float, slope: Slope) -> tuple[str, str]:
    """The verdict on one number and what to say of it."""
    if not (math.isfinite(number) and math.isfinite(slope.value) and math.isfinite(rounding) and math.isfinite(slope.error)):
        return INCONCLUSIVE, "the gradient is not a number" if math.isnan(
            number
        ) else "the slope is infinite or not measurable here"
    if number != slope.value and max(abs(number), abs(slope.value)) < measurement.SMALLEST_SLOPE:
        return INCONCLUSIVE, "too small to measure"
    if not within(number, rounding, slope):
        return FAIL, ""
    if SAFETY * slope.error > TELLING * max(abs(number), abs(slope.left), abs(slope.right)) and slope.error > 4.0 * rounding:
        return INCONCLUSIVE, "the error bar is too wide to tell"
    if slope.left != slope.right:
        return PASS, f"a kink: any slope from {slope.left + 0.0:g} to {slope.right + 0.0:g} is a subgradient"
    if number and SAFETY * rounding > abs(number):
        return PASS, "0 within the rounding of the sweep"
    return PASS, ""


def within(number: float, rounding: float, slope: Slope) -> bool:
    """Whether the number is the slope, or lies between the two slopes of a kink, within the error bars."""
    return distance(number, slope) <= SAFETY * (rounding + slope.error)


def claimed(claim: Claim, at: Point, label: str) -> tuple[float, float]:
    """The number of a claim, and a bound on its rounding: a plain number counts as right to a few ulp."""
    try:
        graph = claim.graph(at)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"the gradient by hand of {label} cannot be computed: {error}") from None
    return graph.data, max(forward_errors(topological_order(graph))[graph], OPERATION * abs(graph.data))


class Elsewhere(NamedTuple):
    """A claim at another point, beside the slope there."""

    number: float
    rounding: float
    value: Value
    slope: Slope
    sweep: Sweep


def at_other_point(claim: Claim, value: Value, there: Point, instrument: Instrument) -> Elsewhere | None:
    """None where the claim has no value or the slope cannot be measured."""
    moved = there.moved[value]
    sweep = Sweep(topological_order(there.output))
    slope = Instrument(there.output, instrument.method, instrument.digits).slope(moved, sweep)
    try:
        number, error = claimed(claim, there, label_of(value))
    except ValueError:
        return None
    return Elsewhere(number, error + sweep.error[moved], moved, slope, sweep) if math.isfinite(slope.error) else None


def disagreement(claim: Claim, value: Value, there: Point, instrument: Instrument) -> str:
    """Where and by how much the claim is wrong at another point; "" if it is not, or if that cannot be told."""
    found = at_other_point(claim, value, there, instrument)
    if found is None or within(found.number, found.rounding, found.slope):
        return ""
    names = [f"{node.label}={there.number(node):.3g}" for node in claim.names if node.label]
    place = ", ".join([*names[:4], *(["..."] if len(names) > 4 else [])]) or "another point"
    return f"right here only: at {place} it gives {found.number:.4g}, and the slope is {found.slope.value:.4g}"


def hints_elsewhere(claim: Claim, value: Value, points: Sequence[Point], instrument: Instrument) -> Iterator[str]:
    for there in points:
        if found := at_other_point(claim, value, there, instrument):
            yield hints(found.number, found.value, found.slope, found.rounding, found.sweep)


def hints(number: float, value: Value, slope: Slope, rounding: float, sweep: Sweep) -> str:
    """What a wrong number looks like."""
    true = slope.value
    contributions = sweep.uses.get(value, [])

    def near(candidate: float) -> bool:
        bar = SAFETY * (rounding + slope.error) * max(1.0, abs(candidate / true))
        return candidate != 0.0 and abs(number - candidate) <= bar

    if not contributions:
        return "no path to the output, so the gradient is 0"
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
    for m in sweep.divisors:
        if near(m * true):
            return f"1/m missing (m = {m:.0f})"
        if near(true / m):
            return f"1/m once too often (m = {m:.0f})"
    return ""


def with_guesses(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, and for a failure without a hint what else its number may be: another input's gradient, or a rounded one."""
    for row in rows:
        if row.verdict == FAIL and not row.hint and row.by_hand is not None:
            number, true = row.by_hand, row.measured.value
            rounding = OPERATION * abs(number)
            twins = [other.label for other in rows if other is not row and within(number, rounding, other.measured)]
            agreeing = int(-math.log10(row.gap / abs(true))) if row.gap and true else 0
            if twins:
                row = replace(row, hint=f"this is the gradient of {twins[0]}")
            elif agreeing >= 3:
                row = replace(row, hint=f"right to {agreeing} digits only; give all of them, or a formula")
        yield row


def direction_rows(sweep: Sweep, instrument: Instrument, inputs: Sequence[Value], directions: int, seed: int) -> Iterator[Row]:
    """Slopes along random directions: one replay each, however many inputs there are."""
    if instrument.method != "complex":
        instrument = Instrument(instrument.output, chosen_method("complex", instrument.output))
    generator = random.Random(seed)
    for number in range(1, directions + 1):
        direction = {value: generator.choice((-1.0, 1.0)) * generator.uniform(0.5, 1.5) for value in inputs}
        autodiff = math.fsum(sweep.gradient[value] * part for value, part in direction.items())
        rounding = sum(sweep.error[value] * abs(part) for value, part in direction.items())
        slope = instrument.along(direction, rounding)
        verdict, note = judged(autodiff, rounding + OPERATION * abs(autodiff), slope)
        yield Row(f"direction {number} through {len(inputs)} inputs", autodiff, None, slope, verdict, note)


def local_rows(node: Value, op: Op) -> Iterator[Row]:
    """A row per operand of one operation, looked at alone."""
    operands = [Value(parent.data) for parent in node.parents]
    alone: Value = op(*op.arguments(operands))
    instrument = Instrument(alone, "complex" if op in COMPLEX else "ladder")
    sweep = Sweep(topological_order(alone))
    edges = zip(node.parents, operands, node.local_derivatives, strict=True)
    edges = zip(node.parents, operands, node.local_derivatives, strict=True)
    for index, (parent, operand, recorded) in enumerate(edges):
        noise = {other: OPERATION * abs(other.data) if other is operand else 0.0 for other in operands}
        rounding = max(slope_errors(alone, op, noise)[index], OPERATION * abs(recorded))
        slope = instrument.slope(operand, sweep)
        verdict, note = judged(recorded, rounding, slope)
        by = f" by {parent.label or f'operand {index + 1}'}" if len(operands) > 1 else ""
        yield Row(f"{written(op, node.parents)}{by}", recorded, None, slope, verdict, note)
