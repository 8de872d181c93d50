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
from typing import Any

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
        """From the gradient by hand, or by autodiff where there is none, to the measured one."""
        return abs((self.autodiff if self.by_hand is None else self.by_hand) - self.measured.value)


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
        return [
            [
                row.label,
                short(row.autodiff),
                *(["" if row.by_hand is None else short(row.by_hand)] if self.has_claims else []),
                measured_text(row.measured),
                f"{row.gap:.1e}" if row.gap else "0",
                row.verdict,
                row.hint,
            ]
            for row in self.rows
        ]

    @property
    def has_claims(self) -> bool:
        return any(row.by_hand is not None for row in self.rows)


def short(number: float) -> str:
    return f"{number:.6g}"


def measured_text(slope: Slope) -> str:
    if slope.left != slope.right:
        return f"{short(slope.left)} to {short(slope.right)}"
    return f"{short(slope.value)} ± {slope.error:.0e}" if slope.error else f"{short(slope.value)} exactly"


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
    here = Point(output, {node: node for node in order})
    sweep = Sweep(order)
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
    rows = [row for node in topological_order(output) if node.op is not None for row in local_rows(node, node.op)]
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
        if value not in self.replay.place or (not sweep.uses[value] and value is not self.output):
            return Slope(0.0, 0.0, 0.0, 0.0)  # no path
        if value.op is not None or value is self.output:
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
    label = value.label or repr(value)
    autodiff, rounding = sweep.gradient.get(value, 0.0), sweep.error.get(value, 0.0)
    slope = instrument.slope(value, sweep)
    verdict, note = judged(autodiff, rounding, slope)
    if claim is None or verdict == INCONCLUSIVE:
        by_hand = None if claim is None else claim.graph(here).data
        hint = hints(autodiff, value, slope, rounding, sweep, None) if verdict == FAIL else note
        return Row(label, autodiff, by_hand, slope, verdict, hint)
    by_hand, error = claimed(claim, here)
    if verdict == FAIL:
        return Row(label, autodiff, by_hand, slope, FAIL, f"autodiff is wrong: {note}")
    agrees = within(by_hand, error + rounding, slope)
    if instrument.method == "exact" and (fraction := claim.exact(here)) is not None:
        agrees = fraction == instrument.exact(value)
    if not agrees:
        return Row(label, autodiff, by_hand, slope, FAIL, hints(by_hand, value, slope, error + rounding, sweep, claim))
    if claim.varies:
        for there in elsewhere:
            if where := disagreement(claim, value, there, instrument):
                return Row(label, autodiff, by_hand, slope, FAIL, where)
    return Row(label, autodiff, by_hand, slope, PASS, note)


def judged(number: float, rounding: float, slope: Slope) -> tuple[str, str]:
    """The verdict on one number and what to say of it."""
    if not (math.isfinite(number) and math.isfinite(slope.value) and math.isfinite(rounding) and math.isfinite(slope.error)):
        return INCONCLUSIVE, "not finite"
    if number != slope.value and max(abs(number), abs(slope.value)) < measurement.SMALLEST_SLOPE:
        return INCONCLUSIVE, "too small to measure"
    if not within(number, rounding, slope):
        return FAIL, f"{number:.6g} is not {slope.value:.6g}"
    if SAFETY * slope.error > TELLING * max(abs(number), abs(slope.value)) and slope.error > 4.0 * rounding:
        return INCONCLUSIVE, "the error bar is too wide to tell"
    if slope.left != slope.right:
        return PASS, "at a kink: a subgradient"
    if number and SAFETY * rounding > abs(number):
        return PASS, "0 within the rounding of the sweep"
    return PASS, ""


def within(number: float, rounding: float, slope: Slope) -> bool:
    """Whether the number is the slope, or lies between the two slopes of a kink, within the error bars."""
    low, high = min(slope.left, slope.right), max(slope.left, slope.right)
    return max(low - number, number - high, 0.0) <= SAFETY * (rounding + slope.error)


def claimed(claim: Claim, at: Point) -> tuple[float, float]:
    """The number of a claim, and a bound on its rounding: a plain number counts as right to a few ulp."""
    graph = claim.graph(at)
    return graph.data, max(forward_errors(topological_order(graph))[graph], OPERATION * abs(graph.data))


def disagreement(claim: Claim, value: Value, there: Point, instrument: Instrument) -> str:
    """Where and by how much the claim is wrong at another point; "" if it is not, or if that cannot be told."""
    order = topological_order(there.output)
    sweep = Sweep(order)
    moved = there.moved[value]
    slope = Instrument(there.output, instrument.method, instrument.digits).slope(moved, sweep)
    try:
        number, error = claimed(claim, there)
    except (ValueError, ArithmeticError):
        return ""
    if not math.isfinite(slope.error) or within(number, error + sweep.error[moved], slope):
        return ""
    place = ", ".join(f"{leaf.label}={leaf.data:.3g}" for leaf in order if leaf.op is None and leaf.label)
    return f"right here only: at {place} it gives {number:.4g} for {slope.value:.4g}"


def hints(number: float, value: Value, slope: Slope, rounding: float, sweep: Sweep, claim: Claim | None) -> str:
    """What a wrong number looks like."""
    true = slope.value
    contributions = sweep.uses.get(value, [])
    bar = SAFETY * (rounding + slope.error)

    def near(candidate: float) -> bool:
        return candidate != 0.0 and abs(number - candidate) <= bar * max(1.0, abs(candidate / true))

    if not contributions:
        return "no path to the output, so the gradient is 0"
    if not true:
        return "the gradient is 0"
    if near(-true):
        return "sign"
    if claim is not None and claim.mirror is not None and abs(claim.mirror - true) <= bar:
        return "transposed"
    if len(contributions) > 1 and any(near(part) for part in contributions):
        return f"counted once of {len(contributions)} uses"
    if len(contributions) > 2 and any(near(true - part) for part in contributions):
        return f"one of {len(contributions)} uses is missing"
    if near(2.0 * true) or near(true / 2.0):
        return "factor 2"
    for m in sweep.divisors:
        if near(m * true):
            return f"1/m missing (m = {m:.0f})"
    return ""


def significant_digits(number: float) -> int:
    """How many digits the shortest text of the number has: 2 for 0.42."""
    return len(repr(abs(number)).partition("e")[0].replace(".", "").strip("0"))


def with_guesses(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, and for a failure without a hint what else its number may be: another input's gradient, or a rounded one."""
    for row in rows:
        if row.verdict != FAIL or row.hint or row.by_hand is None:
            yield row
            continue
        number, digits = row.by_hand, significant_digits(row.by_hand)
        twins = [
            other.label
            for other in rows
            if other is not row
            and abs(number - other.measured.value) <= SAFETY * (other.measured.error + OPERATION * abs(number))
        ]
        if twins:
            yield replace(row, hint=f"this is the gradient of {twins[0]}")
        elif 0 < digits < 7 and number == float(f"{row.measured.value:.{digits}g}"):
            yield replace(row, hint=f"right to the {digits} digit(s) given; give a formula")
        else:
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
