"""Derivatives by complex step: the recorded graph is run on complex numbers, forward only.

f(x + ih) has the imaginary part h f'(x), with no difference that could cancel, so that h can be 1e-40 and the result has
all its digits. No derivative rule of the table is used: what stands here is written from the definition of each function.
Source: Squire & Trapp 1998.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from micrograd import ops
from micrograd.checks.arithmetic import ARITHMETIC
from micrograd.checks.instrument import Instrument
from micrograd.checks.ladder import corner
from micrograd.checks.running_error import OPERATION, ROUNDING, SMALLEST_FLOAT, Sweep
from micrograd.checks.slopes import NOT_MEASURED, Slope, exactly, two_sided
from micrograd.engine import Value
from micrograd.replay import Functions, Replay

TINY_STEP = 2.0**-133  # about 1e-40: its square vanishes beside 1, and it leaves room below for small slopes
LONGER_STEPS = 2.0**-40, 1.0  # for slopes that it leaves too small; one of 0 is 0 at any length
SHORTER_STEPS = 2.0**-500, 2.0**-900  # for graphs with a scale as small as it is
SHORTENED = 2.0**-30  # what the step is, beside another, that the other is compared with
SMALLEST_STEP = 2.0**-1060
AGREE = 2.0**-40  # the part of a slope that two steps may differ by


class ComplexStep(Instrument):
    """Measures by complex step, to both sides of a kink; any number between the two slopes is a subgradient there.

    What is 0 in the sweep too, without any rounding there, is 0. Where the bound on the rounding is infinite, as behind a
    root of 0, the complex plane shows another branch, and differences may show a corner.
    """

    said = "by complex step"

    def __init__(self, output: Value, digits: int = 30) -> None:
        super().__init__(output, digits)
        self.real = Replay(output)

    @staticmethod
    def functions() -> Functions:
        return COMPLEX

    def slope(self, leaf: Value, sweep: Sweep) -> Slope:
        slope = self.along({leaf: 1.0}, sweep)
        return slope if math.isfinite(slope.error) else corner(self.real, leaf, sweep.noise) or slope

    def along(self, direction: Mapping[Value, float], sweep: Sweep) -> Slope:
        left, right, error = complex_step(self.replay, direction, sweep.carried)
        if not any((left, right, *(sweep.gradient[leaf] or sweep.error[leaf] for leaf in direction))):
            return exactly(Fraction(0))
        error += OPERATION * max(abs(left), abs(right))
        error += sum(sweep.forward_error[leaf] * abs(part) for leaf, part in direction.items())
        return two_sided(left, right, error) if math.isfinite(error) else NOT_MEASURED


def complex_step(replay: Replay, direction: Mapping[Value, float], carried: float = 1.0) -> tuple[float, float, float]:
    """The derivatives along `direction` to the left and to the right, and an error bar without the rounding of single operations.

    Each is the imaginary part of the output at leaf + i h direction, divided by h, where a shorter step gives the same: else
    the graph has a scale as small as h. The bar has what they differ by, and what numbers below the smallest float have
    lost, of which the output gets up to `carried` times as much.
    """
    scale = 2.0 ** math.frexp(min([1.0, *(abs(leaf.data) for leaf in direction if leaf.data)]))[1]

    def reading(h: float) -> float:
        leaves = {leaf: complex(leaf.data, h * part) for leaf, part in direction.items()}
        try:
            return float(replay(leaves, complex).imag) / h
        except (ValueError, ArithmeticError):
            return math.nan

    best, steps = (math.nan, math.nan, math.inf), [TINY_STEP]
    for step in steps:
        h = max(step * scale, SMALLEST_STEP)
        shorter = max(h * SHORTENED, SMALLEST_FLOAT)
        right, left = reading(h), reading(-shorter)
        apart = abs(right - left)
        if apart > AGREE * abs(right):  # a kink, or the length of the step matters
            pairs = [(reading(-h), left), (right, reading(shorter))]
            (left, left_apart), (right, right_apart) = [settled(*pair, (shorter / h) ** 2) for pair in pairs]
            apart = max(left_apart, right_apart)
        size = max(abs(left), abs(right))
        agreed = apart <= AGREE * size
        error = apart + SMALLEST_FLOAT / h * carried + ((h / scale) ** 2 * size if h > step * scale else 0.0)
        if agreed and error < best[2]:
            best = left, right, error
        if step == TINY_STEP and not (agreed and SMALLEST_FLOAT / shorter * carried <= ROUNDING * size):
            steps += LONGER_STEPS if agreed else SHORTER_STEPS
    return best


def settled(long: float, short: float, ratio: float) -> tuple[float, float]:
    """The slope that a step and a shorter one agree on, with their difference; what falls as the square of the step is none."""
    if abs(short - ratio * long) < 2.0**-50 * abs(short):
        return 0.0, 0.0
    return long, abs(long - short)


# --------------------------------------------------------------------------------------------------------------
# The operations on complex numbers, whose imaginary part is a step too small to change the real one
# --------------------------------------------------------------------------------------------------------------


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
    """The distance of the point (a, b): it grows by the part of the step along the radius."""
    radius = math.hypot(a.real, b.real)
    if radius == 0.0:
        return complex(0.0, math.hypot(a.imag, b.imag))
    return complex(radius, a.imag * (a.real / radius) + b.imag * (b.real / radius))


def complex_hypot_slope(a: complex, b: complex) -> complex:
    """The cosine of the angle of the point (a, b), which changes by minus the sine as the angle turns."""
    cosine, sine = (ops.hypot_slope.forward(x.real, y.real) for x, y in ((a, b), (b, a)))
    return complex(cosine, -sine * complex_atan2(b, a).imag)


def complex_asin_slope(a: complex) -> complex:
    """1 / sqrt(1 - a**2), where 1 - a**2 has its real part factored, to keep its digits near 1."""
    square = complex((1.0 - a.real) * (1.0 + a.real), -2.0 * a.real * a.imag)
    return 1.0 / cmath.sqrt(square) if square.real else complex(math.inf, math.nan)


def complex_tanh(a: complex) -> complex:
    z = cmath.exp(-2.0 * a if a.real >= 0.0 else 2.0 * a)
    return complex(math.tanh(a.real), 4.0 * abs(z) / (1.0 + abs(z)) ** 2 * a.imag)


def complex_sech2(a: complex) -> complex:
    """1 - tanh(a)**2, whose real part would have lost its digits far out."""
    return complex(ops.sech2.forward(a.real), (-(complex_tanh(a) ** 2)).imag)


def complex_relu(a: complex) -> complex:
    return a if above(a, 0j) else 0j


def complex_quiet_mul(a: complex, b: complex) -> complex:
    return 0j if (a == 0.0 and math.isinf(b.real)) or (b == 0.0 and math.isinf(a.real)) else a * b


def complex_quiet_div(a: complex, b: complex) -> complex:
    return a / b if b else complex(ops.quiet_div(a.real, b.real), math.nan)


def complex_logsumexp(numbers: Sequence[complex]) -> complex:
    *others, largest = sorted(numbers, key=lambda number: number.real)
    return largest + complex_log1p(sum([cmath.exp(other - largest) for other in others], 0j))


def on_real_parts(function: Callable[..., float]) -> Callable[..., complex]:
    """A function that is constant but for its jumps."""
    return lambda *operands: complex(function(*(operand.real for operand in operands)))


COMPLEX: Functions = {
    **ARITHMETIC,
    ops.pow: complex_power,
    ops.exp: cmath.exp,
    ops.expm1: complex_expm1,
    ops.log: complex_log,
    ops.log1p: complex_log1p,
    ops.sqrt: cmath.sqrt,
    ops.sin: cmath.sin,
    ops.cos: cmath.cos,
    ops.tan: cmath.tan,
    ops.asin: cmath.asin,
    ops.acos: cmath.acos,
    ops.atan: cmath.atan,
    ops.atan2: complex_atan2,
    ops.hypot: complex_hypot,
    ops.sinh: cmath.sinh,
    ops.cosh: cmath.cosh,
    ops.tanh: cmath.tanh,
    ops.sigmoid: complex_sigmoid,
    ops.softplus: complex_softplus,
    ops.relu: complex_relu,
    ops.leaky_relu: lambda a: a if above(a, 0j) else 0.01 * a,
    ops.gelu: complex_gelu,
    ops.silu: lambda a: a * complex_sigmoid(a),
    ops.erf: complex_erf,
    ops.erfc: complex_erfc,
    ops.abs: lambda a: a if above(a, 0j) else -a,
    ops.sign: on_real_parts(ops.sign.forward),
    ops.step: on_real_parts(ops.step.forward),
    ops.ahead: on_real_parts(ops.ahead.forward),
    ops.maximum: lambda a, b: a if above(a, b) else b,
    ops.minimum: lambda a, b: b if above(a, b) else a,
    ops.logsumexp: complex_logsumexp,
    ops.quiet_mul: complex_quiet_mul,
    ops.quiet_div: complex_quiet_div,
    ops.quiet_pow: complex_power,
    ops.quiet_log: lambda a: complex_log(a) if a.real else 0j,
    ops.bell: complex_bell,
    ops.sech2: complex_sech2,
    ops.sigmoid_slope: lambda a: complex_sech2(0.5 * a) / 4.0,
    ops.asin_slope: complex_asin_slope,
    ops.atan_slope: ops.atan_slope.forward,  # of + * / and abs, which complex numbers have too
    ops.atan2_slope: ops.atan2_slope.forward,
    ops.hypot_slope: complex_hypot_slope,
}
