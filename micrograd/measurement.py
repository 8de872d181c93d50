"""Derivatives measured, not derived: the recorded graph is run again, forward only, on another kind of number.

No derivative rule of the table is used here. Four kinds of numbers, from the most exact to the most general:

- `Fraction` pairs (a number and its slope): exact, for graphs of + - * / and whole powers.
- Numbers of `mpmath`: as many digits as asked for.
- Complex numbers: f(x + ih) has the imaginary part h f'(x), with no difference that could cancel, so that h can be
  1e-40 and the result has all its digits. Source: Squire & Trapp 1998.
- Floats at x + h and x - h for a ladder of h, extrapolated to h = 0, with an error bar from the ladder and from the
  rounding of f. It needs nothing but `forward`, and so serves a user's own operation.
  Source: Richardson 1911; the table of Neville; Ridders 1982 for choosing the entry of least error.
"""

from __future__ import annotations

import cmath
import functools
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from micrograd import engine as e
from micrograd.engine import Op, Value, topological_order
from micrograd.running_error import OPERATION, ROUNDING, Sweep

Functions = Mapping[Op, Callable[..., Any]]

SAFETY = 2.0  # error bars are first-order bounds
TINY_STEP = 2.0**-133  # about 1e-40: its square vanishes beside 1, and it leaves room below for small slopes
SMALLEST_STEP = 2.0**-1000


class Slope(NamedTuple):
    """A measured derivative: the true one lies within `error` of `value`, or, at a kink, between `left` and `right` too."""

    value: float
    error: float
    left: float
    right: float

    def distance(self, number: float) -> float:
        """How far the number is from the slope, or from the interval between the two slopes of a kink."""
        return max(min(self.left, self.right) - number, number - max(self.left, self.right), 0.0)

    def contains(self, number: float, rounding: float) -> bool:
        """Whether the number, itself right to `rounding`, is the slope or lies between the two, within the error bars."""
        return math.isfinite(number) and self.distance(number) <= SAFETY * (rounding + self.error)


class Replay:
    """The graph below a Value as a list of calls, to run it on other numbers again and again."""

    def __init__(self, output: Value, functions: Functions) -> None:
        self.order = topological_order(output)
        self.place = {node: index for index, node in enumerate(self.order)}
        self.calls = [
            (index, functions[node.op], node.op.arguments([self.place[parent] for parent in node.parents]))
            for index, node in enumerate(self.order)
            if node.op is not None
        ]

    def __call__(self, leaves: Mapping[Value, Any], convert: Callable[[float], Any] = lambda number: number) -> Any:
        """The output for those numbers at the leaves; a leaf without one has its own, converted."""
        return self.numbers(leaves, convert)[-1]

    def numbers(self, leaves: Mapping[Value, Any], convert: Callable[[float], Any] = lambda number: number) -> list[Any]:
        """The numbers of all nodes, in topological order."""
        numbers: list[Any] = [
            None if node.op is not None else leaves[node] if node in leaves else convert(node.data) for node in self.order
        ]
        for index, function, places in self.calls:
            numbers[index] = function(
                *[numbers[place] if isinstance(place, int) else [numbers[i] for i in place] for place in places]
            )
        return numbers


def can_replay(output: Value, functions: Functions) -> bool:
    return all(node.op is None or node.op in functions for node in topological_order(output))


# --------------------------------------------------------------------------------------------------------------
# Complex numbers
# --------------------------------------------------------------------------------------------------------------


def complex_step(replay: Replay, direction: Mapping[Value, float]) -> tuple[float, float]:
    """The derivative along `direction` and an error bar.

    It is the imaginary part of the output at leaf + i h direction, divided by h. The bar is what numbers below the
    smallest normal float may have lost, and what a smaller h gives otherwise: then the graph has a scale as small as h.
    """
    step = TINY_STEP * min([1.0, *(abs(leaf.data) for leaf in direction if leaf.data)])
    slopes = []
    for h in (max(step, SMALLEST_STEP), max(step * 2.0**-30, SMALLEST_STEP)):
        leaves = {leaf: complex(leaf.data, h * part) for leaf, part in direction.items()}
        slopes.append(float(replay(leaves, complex).imag) / h)
    lost = 2.0**-1022 / h if max(map(abs, slopes)) * h < 2.0**-960 else 0.0
    return slopes[0], lost + abs(slopes[0] - slopes[1])


def above(a: complex, b: complex) -> bool:
    """Whether a is the larger: by the real part and, where that is the same, by where the step leads."""
    return (a.real, a.imag) > (b.real, b.imag)


def complex_power(a: complex, b: complex) -> complex:
    if b.imag == 0.0 and (b.real.is_integer() or (a.real == 0.0 and b.real > 1.0)):
        slope = b.real * math.pow(a.real, b.real - 1.0) if b.real else 0.0
        return complex(math.pow(a.real, b.real), slope * a.imag)
    return a**b if a.real > 0.0 else complex(math.nan, math.nan)


def complex_log(a: complex) -> complex:
    return cmath.log(a) if a.real > 0.0 else complex(math.nan, math.nan)


def complex_expm1(a: complex) -> complex:
    return complex(math.expm1(a.real), math.exp(a.real) * a.imag)


def complex_log1p(a: complex) -> complex:
    return complex(math.log1p(a.real), math.atan2(a.imag, 1.0 + a.real))


def complex_sigmoid(a: complex) -> complex:
    if a.real >= 0.0:
        return 1.0 / (1.0 + cmath.exp(-a))
    power = cmath.exp(a)
    return power / (1.0 + power)


def complex_softplus(a: complex) -> complex:
    return a + complex_log1p(cmath.exp(-a)) if a.real > 0.0 else complex_log1p(cmath.exp(a))


def complex_bell(a: complex) -> complex:
    """exp(-a**2 / 2), along a short step. The real part is split so that its square is not rounded."""
    if abs(a.real) > 40.0:
        return 0j
    head = round(a.real * 1024.0) / 1024.0
    size = math.exp(-0.5 * head * head) * math.exp(-0.5 * (a.real - head) * (a.real + head))
    return complex(size, -a.real * size * a.imag)


def complex_erf(a: complex) -> complex:
    """erf is the integral of 2/sqrt(pi) exp(-t**2), and along a short step the integrand times the step."""
    return complex(math.erf(a.real), 2.0 / math.sqrt(math.pi) * complex_bell(a).real ** 2 * a.imag)


def complex_erfc(a: complex) -> complex:
    return complex(math.erfc(a.real), -complex_erf(a).imag)


def complex_gelu(a: complex) -> complex:
    """a times the normal distribution function, the integral of the normal density."""
    density = complex_bell(a).real / math.sqrt(2.0 * math.pi)
    return a * complex(0.5 * math.erfc(-a.real / math.sqrt(2.0)), density * a.imag)


def complex_atan2(a: complex, b: complex) -> complex:
    """The angle of the point (b, a): it turns by the part of the step across the radius."""
    radius = math.hypot(a.real, b.real)
    turn = (a.imag * (b.real / radius) - b.imag * (a.real / radius)) / radius if radius else 0.0
    return complex(math.atan2(a.real, b.real), turn)


def complex_hypot(a: complex, b: complex) -> complex:
    largest = max(abs(a.real), abs(b.real))
    if largest == 0.0:
        return complex(0.0, math.hypot(a.imag, b.imag))
    return largest * cmath.sqrt((a / largest) ** 2 + (b / largest) ** 2)


def complex_tanh(a: complex) -> complex:
    z = cmath.exp(-2.0 * a if a.real >= 0.0 else 2.0 * a)
    return complex(math.tanh(a.real), 4.0 * abs(z) / (1.0 + abs(z)) ** 2 * a.imag)


def complex_sech2(a: complex) -> complex:
    """1 - tanh(a)**2, whose real part would have lost its digits far out."""
    return complex(e.SECH2.forward(a.real), (-(complex_tanh(a) ** 2)).imag)


def complex_relu(a: complex) -> complex:
    return a if above(a, 0j) else 0j


def complex_quiet_mul(a: complex, b: complex) -> complex:
    return 0j if (a == 0.0 and math.isinf(b.real)) or (b == 0.0 and math.isinf(a.real)) else a * b


def complex_quiet_div(a: complex, b: complex) -> complex:
    return a / b if b else complex(e.QUIET_DIV(a.real, b.real), math.nan)


def complex_logsumexp(numbers: Sequence[complex]) -> complex:
    largest = max(number.real for number in numbers)
    return largest + cmath.log(sum(cmath.exp(number - largest) for number in numbers))


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return sum(map(operator.mul, left, right))


def on_real_parts(function: Callable[..., float]) -> Callable[..., complex]:
    """A function that is constant but for its jumps."""
    return lambda *operands: complex(function(*(operand.real for operand in operands)))


COMPLEX: Functions = {
    e.ADD: operator.add,
    e.SUB: operator.sub,
    e.MUL: operator.mul,
    e.DIV: operator.truediv,
    e.NEG: operator.neg,
    e.POW: complex_power,
    e.EXP: cmath.exp,
    e.EXPM1: complex_expm1,
    e.LOG: complex_log,
    e.LOG1P: complex_log1p,
    e.SQRT: cmath.sqrt,
    e.SIN: cmath.sin,
    e.COS: cmath.cos,
    e.TAN: cmath.tan,
    e.ASIN: cmath.asin,
    e.ACOS: cmath.acos,
    e.ATAN: cmath.atan,
    e.ATAN2: complex_atan2,
    e.HYPOT: complex_hypot,
    e.SINH: cmath.sinh,
    e.COSH: cmath.cosh,
    e.TANH: cmath.tanh,
    e.SIGMOID: complex_sigmoid,
    e.SOFTPLUS: complex_softplus,
    e.RELU: complex_relu,
    e.LEAKY_RELU: lambda a: a if above(a, 0j) else 0.01 * a,
    e.GELU: complex_gelu,
    e.SILU: lambda a: a * complex_sigmoid(a),
    e.ERF: complex_erf,
    e.ERFC: complex_erfc,
    e.ABS: lambda a: a if above(a, 0j) else -a,
    e.SIGN: on_real_parts(e.SIGN.forward),
    e.STEP: on_real_parts(e.STEP.forward),
    e.AHEAD: on_real_parts(e.AHEAD.forward),
    e.MAXIMUM: lambda a, b: a if above(a, b) else b,
    e.MINIMUM: lambda a, b: b if above(a, b) else a,
    e.TOTAL: sum,
    e.DOT: dot,
    e.LOGSUMEXP: complex_logsumexp,
    e.QUIET_MUL: complex_quiet_mul,
    e.QUIET_DIV: complex_quiet_div,
    e.QUIET_POW: complex_power,
    e.QUIET_LOG: lambda a: complex_log(a) if a.real else 0j,
    e.BELL: complex_bell,
    e.SECH2: complex_sech2,
}

KINKS = (e.RELU, e.LEAKY_RELU, e.ABS, e.MAXIMUM, e.MINIMUM)


def at_a_kink(node: Value) -> bool:
    """Whether the node is a function with a corner, and its operands are at the corner."""
    if node.op not in KINKS:
        return False
    first, *others = [parent.data for parent in node.parents]
    return all(first == other for other in others or [0.0])


# --------------------------------------------------------------------------------------------------------------
# Floats at a distance
# --------------------------------------------------------------------------------------------------------------


def ladder(function: Callable[[float], float], x: float, noise: float, rungs: int = 52) -> tuple[float, float]:
    """The derivative of the function at x and an error bar; `noise` bounds the rounding error of its values.

    Central differences with h, h/2, h/4, ... are extrapolated to h = 0. An entry's error is what it differs from its
    neighbours by, plus what rounding can do to it. Of the best entry of each rung, the one of least error is taken that
    no finer rung contradicts: far from x, an oscillating function can look as if it had settled.

    >>> slope, error = ladder(math.sin, 1.0, 2**-53)
    >>> abs(slope - math.cos(1.0)) <= error < 1e-10
    True
    """
    candidates: list[tuple[float, float]] = []
    before: list[tuple[float, float]] = []  # the row above in the table: each estimate with the rounding error in it
    step = 0.25 * abs(x) or 0.25
    for _ in range(rungs):
        there, back = x + step, x - step
        step /= 2.0
        if there - back < 8.0 * math.ulp(x):
            break
        try:
            high, low = function(there), function(back)
        except (ValueError, ArithmeticError):  # the step leads out of the domain
            before = []
            continue
        width = there - back
        rounding = (2.0 * noise + ROUNDING * (abs(high) + abs(low))) / width
        row = [((high - low) / width, rounding)]
        errors = []
        for power, (estimate, error) in enumerate(before, start=1):
            factor = 4.0**power
            better = (factor * row[-1][0] - estimate) / (factor - 1.0)
            spread = max(abs(better - row[-1][0]), abs(better - estimate))
            row.append((better, (factor * row[-1][1] + error) / (factor - 1.0)))
            errors.append(2.0 * (spread + row[-1][1]))
        if errors:
            least = min(range(len(errors)), key=errors.__getitem__)
            candidates.append((row[least + 1][0], errors[least]))
        before = row[:8]
    return min(uncontradicted(candidates), key=operator.itemgetter(1), default=(math.nan, math.inf))


def sides(function: Callable[[float], float], x: float, noise: float) -> tuple[float, float] | None:
    """The slopes to the left and to the right of a corner; None where they are the same, as well as can be told."""
    try:
        here = function(x)
        found = []
        for step in (1e-6 * (abs(x) or 1.0), 1e-8 * (abs(x) or 1.0)):
            left, right = (here - function(x - step)) / step, (function(x + step) - here) / step
            found.append((left, right, 4.0 * (noise + ROUNDING * abs(here)) / step))
    except (ValueError, ArithmeticError):
        return None
    (left, right, _), (nearer_left, nearer_right, uncertain) = found
    tolerance = 1e-2 * max(abs(left), abs(right)) + uncertain
    settled = abs(left - nearer_left) <= tolerance and abs(right - nearer_right) <= tolerance
    return (left, right) if settled and abs(right - left) > 2.0 * tolerance else None


def uncontradicted(candidates: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The estimates that agree, within both error bars, with every one after them."""
    low, high = -math.inf, math.inf  # where all that came later allow the derivative to be
    for estimate, error in reversed(candidates):
        if estimate - error <= high and estimate + error >= low:
            yield estimate, error
            low, high = max(low, estimate - error), min(high, estimate + error)


# --------------------------------------------------------------------------------------------------------------
# Exact numbers
# --------------------------------------------------------------------------------------------------------------


class Dual(NamedTuple):
    """A number and its derivative, in fractions: arithmetic on both at once."""

    number: Fraction
    slope: Fraction

    def __add__(self, other: Dual) -> Dual:  # type: ignore[override]  # it adds, and does not chain tuples
        return Dual(self.number + other.number, self.slope + other.slope)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.number - other.number, self.slope - other.slope)

    def __mul__(self, other: Dual) -> Dual:  # type: ignore[override]
        return Dual(self.number * other.number, self.slope * other.number + self.number * other.slope)

    def __truediv__(self, other: Dual) -> Dual:
        quotient = self.number / other.number
        return Dual(quotient, (self.slope - quotient * other.slope) / other.number)

    def __neg__(self) -> Dual:
        return Dual(-self.number, -self.slope)

    def __pow__(self, exponent: Dual) -> Dual:
        whole = int(exponent.number)
        if not whole:
            return Dual(Fraction(1), Fraction(0))
        return Dual(self.number**whole, whole * self.number ** (whole - 1) * self.slope)


def added(terms: Sequence[Any]) -> Any:
    return functools.reduce(operator.add, terms)


EXACT: Functions = {
    e.ADD: operator.add,
    e.SUB: operator.sub,
    e.MUL: operator.mul,
    e.DIV: operator.truediv,
    e.NEG: operator.neg,
    e.POW: operator.pow,
    e.TOTAL: added,
    e.DOT: lambda left, right: added(list(map(operator.mul, left, right))),
    e.QUIET_MUL: operator.mul,
    e.QUIET_DIV: operator.truediv,
    e.QUIET_POW: operator.pow,
}
LARGEST_EXACT = 20_000  # digits, in base 2: each product of fractions has those of both


def is_rational(output: Value) -> bool:
    """Whether the graph is made of + - * / and whole constant powers only, and its fractions stay small enough."""
    bits: dict[Value, int] = {}
    for node in topological_order(output):
        if not math.isfinite(node.data):
            return False
        if node.op is None:
            bits[node] = Fraction(node.data).denominator.bit_length() + 53
            continue
        if node.op not in EXACT:
            return False
        bits[node] = sum(bits[parent] for parent in node.parents) + 1
        if node.op in (e.POW, e.QUIET_POW):
            if not is_whole_constant(node.parents[1]):
                return False
            bits[node] = bits[node.parents[0]] * max(1, int(abs(node.parents[1].data)))
        if bits[node] > LARGEST_EXACT:
            return False
    return True


def is_whole_constant(value: Value) -> bool:
    return isinstance(value, e.Constant) and value.data.is_integer() and abs(value.data) <= 64.0


def exact_slope(replay: Replay, leaf: Value) -> Fraction:
    """The derivative as a fraction. A Value's float is taken as the exact number that it is."""
    zero = Fraction(0)
    slope = replay({leaf: Dual(Fraction(leaf.data), Fraction(1))}, lambda number: Dual(Fraction(number), zero)).slope
    return Fraction(slope)


def digits_slopes(output: Value, leaf: Value, digits: int) -> tuple[float, float]:
    """The slopes to the left and to the right, each right to that many digits before it is rounded, by mpmath."""
    from mpmath import mp, mpf

    with mp.workdps(3 * digits + 20):
        replay = Replay(output, mpmath_functions())
        step = mpf(10) ** -(digits + 5) * (abs(mpf(leaf.data)) or 1)
        back, here, there = (replay({leaf: mpf(leaf.data) + sign * step}, mpf) for sign in (-1, 0, 1))
        left, right = (here - back) / step, (there - here) / step
        if abs(right - left) < mpf(10) ** -(digits // 2) * max(abs(left), abs(right)):
            left = right = (left + right) / 2
        return float(left), float(right)


def mpmath_functions() -> Functions:
    try:
        from mpmath import mp
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the method 'mpmath' needs mpmath: pip install mpmath; the others work without") from None

    def sigmoid(a: Any) -> Any:
        return 1 / (1 + mp.exp(-a))

    def normal_below(a: Any) -> Any:
        return mp.erfc(-a / mp.sqrt(2)) / 2

    by_name = {op: getattr(mp, op.symbol) for op in e.OPS if op.symbol.isidentifier() and hasattr(mp, op.symbol)}
    return {
        **by_name,
        e.ADD: operator.add,
        e.SUB: operator.sub,
        e.MUL: operator.mul,
        e.DIV: operator.truediv,
        e.NEG: operator.neg,
        e.POW: operator.pow,
        e.ABS: abs,
        e.SIGMOID: sigmoid,
        e.SOFTPLUS: lambda a: mp.log1p(mp.exp(a)),
        e.RELU: lambda a: max(a, 0),
        e.LEAKY_RELU: lambda a: a if a > 0 else mp.mpf(0.01) * a,
        e.GELU: lambda a: a * normal_below(a),
        e.SILU: lambda a: a * sigmoid(a),
        e.STEP: lambda a: mp.mpf(a > 0),
        e.AHEAD: lambda a, b: (1 + mp.sign(a - b)) / 2,
        e.MAXIMUM: max,
        e.MINIMUM: min,
        e.TOTAL: sum,
        e.DOT: dot,
        e.LOGSUMEXP: lambda numbers: mp.log(sum(map(mp.exp, numbers))),
        e.QUIET_MUL: operator.mul,
        e.QUIET_DIV: operator.truediv,
        e.QUIET_POW: operator.pow,
        e.QUIET_LOG: mp.log,
        e.BELL: lambda a: mp.exp(-a * a / 2),
        e.SECH2: lambda a: mp.sech(a) ** 2,
    }


# --------------------------------------------------------------------------------------------------------------
# One instrument for all of them
# --------------------------------------------------------------------------------------------------------------


class Instrument:
    """Measures the slope of an output along one leaf, or along a direction, by one method."""

    def __init__(self, output: Value, method: str, digits: int = 30) -> None:
        self.output = output
        self.method = method
        self.digits = digits
        order = topological_order(output)
        self.kinked = any(map(at_a_kink, order))
        functions = {node.op: node.op.forward for node in order if node.op is not None}
        self.replay = Replay(output, {"exact": EXACT, "complex": COMPLEX}.get(method, functions))

    def slope(self, leaf: Value, sweep: Sweep) -> Slope:
        """The slope by a leaf; 1 for the output itself, and 0 where there is no path."""
        if leaf is self.output or leaf not in self.replay.place:
            number = float(leaf is self.output)
            return Slope(number, 0.0, number, number)
        if self.method == "complex":
            return self.along({leaf: 1.0})
        if self.method == "exact":
            try:
                number = float(self.exact(leaf))
            except OverflowError:
                number = math.inf
            return Slope(number, 0.0, number, number)
        if self.method == "mpmath":
            left, right = digits_slopes(self.output, leaf, self.digits)
            return Slope((left + right) / 2.0, OPERATION * max(abs(left), abs(right)), left, right)
        return self.by_differences(leaf, sweep.noise)

    def exact(self, leaf: Value) -> Fraction:
        return exact_slope(self.replay, leaf)

    def along(self, direction: Mapping[Value, float]) -> Slope:
        """By complex step. At a kink the slopes to both sides differ, and any number between them is a subgradient."""
        right, error = complex_step(self.replay, direction)
        left = right
        if self.kinked:
            left, error_of_left = complex_step(self.replay, {leaf: -part for leaf, part in direction.items()})
            left, error = -left, max(error, error_of_left)
        return Slope((left + right) / 2.0, error + OPERATION * max(abs(left), abs(right)), left, right)

    def by_differences(self, leaf: Value, noise: float) -> Slope:
        def function(there: float) -> float:
            return float(self.replay({leaf: there}))

        number, error = ladder(function, leaf.data, noise)
        if corner := sides(function, leaf.data, noise):
            return Slope((corner[0] + corner[1]) / 2.0, 1e-4 * max(map(abs, corner)), *corner)
        return Slope(number, error, number, number)
