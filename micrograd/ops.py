"""The table of operations: what each computes, and its derivative by each operand. Nothing here knows a graph.

A row is called on numbers, or on anything that records what is done with it: `tanh(0.5)` is a float, `tanh(Value(0.5))`
a Value. A derivative rule is written with operators, `out` and other rows only, so that it reads both too: on floats it
gives the numbers of a sweep, on Values a gradient that is itself a graph.

>>> tanh(0.5), tanh.derivatives(tanh(0.5), 0.5)
(0.46211715726000974, (0.7864477329659275,))
"""

from __future__ import annotations

import inspect
import math
import operator
import reprlib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final, Protocol, TypeAlias, TypeVar, overload

from micrograd import numerics
from micrograd.arguments import as_float as as_float

Function: TypeAlias = Callable[..., float]
Rule: TypeAlias = Callable[..., tuple[Any, ...]]
Recorded = TypeVar("Recorded")
Record = TypeVar("Record", covariant=True)


class Recorder(Protocol[Record]):
    """What records what is done with it, as a Value does."""

    def record(self, op: Op, operands: Sequence[Any]) -> Record:
        """What `op` makes of operands of which this is one; NotImplemented, and the next that records is asked."""


class Op:
    """A row of the calculus table: a function of numbers and its derivative by each argument.

    `forward(a, b, ...)` gives the value; `derivatives(out, a, b, ...)` gives one local derivative per argument.
    `needs` ends the error message where `forward` has no value, and `about` is what `help` says.

    An `Op` is the function itself. One line adds an operation:

    >>> cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    >>> cube(2.0), cube.derivatives(8.0, 2.0)
    (8.0, (12.0,))
    """

    def __init__(self, symbol: str, forward: Function, derivatives: Rule, needs: str = "", about: str = "") -> None:
        if not (isinstance(symbol, str) and callable(forward) and callable(derivatives)):
            given = f"{reprlib.repr(symbol)}, {reprlib.repr(forward)}, {reprlib.repr(derivatives)}"
            raise TypeError(f"an Op is made of a symbol and two functions, forward and derivatives, got {given}")
        self.symbol = symbol
        self.forward = forward
        self.derivatives = derivatives
        self.needs = needs
        operands = list(inspect.signature(derivatives).parameters)[1:]  # the first is `out`
        self.arity: int = len(operands)
        if not operands:
            raise TypeError(f"the rule of {symbol} needs `out` and then each operand, as in lambda out, a: (3.0 * a * a,)")
        if not takes(forward, self.arity):
            raise TypeError(f"the rule of {symbol} has {self.arity} operand(s) after `out`, and forward does not take as many")
        self.__doc__ = f"{self.written(operands)}: {about or 'an operation of its own.'}{f' It needs {needs}.' if needs else ''}"

    @overload
    def __call__(self, *numbers: float) -> float: ...
    @overload
    def __call__(self, first: Recorder[Recorded], /, *others: Recorder[Recorded] | float) -> Recorded: ...
    @overload
    def __call__(self, first: float, second: Recorder[Recorded], /, *others: Recorder[Recorded] | float) -> Recorded: ...
    @overload
    def __call__(self, first: float, second: float, third: Recorder[Recorded], /, *others: Any) -> Recorded: ...
    def __call__(self, *operands: Any) -> Any:
        if len(operands) != self.arity:
            raise TypeError(f"{self.symbol} takes {self.arity} number(s) or Value(s), got {len(operands)}")
        return self.applied(operands)

    def applied(self, operands: Sequence[Any]) -> Any:
        """The number; or what an operand with a method `record` makes of the operation, unless that is NotImplemented."""
        for operand in operands:
            if type(operand) is not float and hasattr(operand, "record"):
                recorded = operand.record(self, operands)
                if recorded is not NotImplemented:
                    return recorded
        numbers = [operand if type(operand) is float else as_float(operand) for operand in operands]
        try:
            return self.forward(*self.arguments(numbers))
        except (ValueError, ArithmeticError) as error:
            raise self.failure(numbers, error) from None

    def arguments(self, operands: Sequence[Any]) -> Sequence[Any]:
        """All operands, in a row, as `forward` and `derivatives` take them."""
        return operands

    def written(self, operands: Iterable[Any], most: int | None = None) -> str:
        """The operation on these operands as text: `log(-1.0)`, `1.0 / 0.0`; only their number if they are more than `most`."""
        texts = [str(operand) for operand in operands]
        if most is not None and len(texts) > most:
            return f"{self.symbol} of {len(texts)} operands"
        if len(texts) == 2 and not self.symbol.isidentifier():
            return f" {self.symbol} ".join(texts)
        return f"{self.symbol}({', '.join(texts)})"

    def failure(self, operands: Iterable[Any], error: Exception) -> Exception:
        """What to raise where `forward` or the rule has raised `error`: it names the operation, the numbers and the need."""
        what = self.written(operands, most=4)
        if isinstance(error, OverflowError):
            return OverflowError(f"{what} is too large for a float, which ends at 1.8e308; make its operands smaller")
        kind = ZeroDivisionError if isinstance(error, ZeroDivisionError) else DomainError
        if self.needs:
            return kind(f"{what} has no value: {self.symbol} needs {self.needs}")
        return kind(f"{what} has no value or no derivative: {error}")

    def __copy__(self) -> Op:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Op:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self not in OPS:
            raise TypeError(
                f"{self.symbol!r} is not in the table of operations, so nothing that uses it can be pickled; "
                "save the numbers, as in model.state_dict(), and load them into a model that is built anew"
            )
        return row, (self.symbol,)

    def __repr__(self) -> str:
        return f"<Op {self.symbol}>"


class Reduction(Op):
    """A row for sequences, all of one length: `total([a, b, c])`, `dot([w1, w2], [x1, x2])`.

    `forward` and `derivatives` take the sequences; the derivatives are one row of numbers, first sequence first.
    """

    @overload  # type: ignore[override]  # a row for sequences takes no number
    def __call__(self, *sequences: Iterable[float]) -> float: ...
    @overload
    def __call__(self, *sequences: Iterable[Recorder[Recorded] | float]) -> Recorded: ...
    @overload
    def __call__(self, *sequences: Iterable[Recorder[Any] | float]) -> Any: ...  # mypy does not see what [w, 1.0] records as
    def __call__(self, *sequences: Iterable[Any]) -> Any:
        if len(sequences) != self.arity or not all(isinstance(sequence, Iterable) for sequence in sequences):
            given = ", ".join(type(sequence).__name__ for sequence in sequences) or "nothing"
            raise TypeError(f"{self.symbol} takes {self.arity} sequence(s) of numbers or Values, such as [a, b], got {given}")
        columns = [tuple(sequence) for sequence in sequences]
        lengths = [len(column) for column in columns]
        if len(set(lengths)) > 1:
            raise ValueError(f"{self.symbol} needs sequences of one length, got {' and '.join(map(str, lengths))}")
        return self.applied(tuple(chain.from_iterable(columns)))

    def arguments(self, operands: Sequence[Any]) -> Sequence[Any]:
        length = len(operands) // self.arity
        return [operands[i * length : (i + 1) * length] for i in range(self.arity)]


def takes(function: Callable[..., Any], count: int) -> bool:
    """Whether the function can be called with so many arguments; a builtin that does not say is trusted."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        pass
    return True


class DomainError(ValueError):
    """An operation has no value at its operands: log(-1), sqrt(-1), a negative base with a fractional exponent."""


# --------------------------------------------------------------------------------------------------------------
# The table
# --------------------------------------------------------------------------------------------------------------

FINITE: Final = "a finite number"
SHARE: Final = "a number from -1 to 1"
BASE: Final = "a base above 0, or a whole exponent that is not below 0 at base 0"

# fmt: off
# Arithmetic
add        = Op("+",          operator.add,        lambda out, a, b: (1.0, 1.0),
                about="the sum.")
sub        = Op("-",          operator.sub,        lambda out, a, b: (1.0, -1.0),
                about="the difference.")
mul        = Op("*",          operator.mul,        lambda out, a, b: (b, a),
                about="the product.")
div        = Op("/",          operator.truediv,    lambda out, a, b: (1.0 / b, -out / b),
                about="the quotient.", needs="a divisor other than 0")
neg        = Op("neg",        operator.neg,        lambda out, a:    (-1.0,),
                about="-a.")
pow        = Op("**",         math.pow,            lambda out, a, b: power_slopes(out, a, b),
                about="a to the power b; its slope by b is 0 at a = 0 and nan below.", needs=BASE)

# Exponentials and logarithms
exp        = Op("exp",        math.exp,            lambda out, a:    (out,),
                about="e to the power a.")
expm1      = Op("expm1",      math.expm1,          lambda out, a:    (exp(a),),
                about="exp(a) - 1, with all its digits near 0.")
log        = Op("log",        math.log,            lambda out, a:    (1.0 / a,),
                about="the natural logarithm.", needs="a number above 0")
log1p      = Op("log1p",      math.log1p,          lambda out, a:    (1.0 / (1.0 + a),),
                about="log(1 + a), with all its digits near 0.", needs="a number above -1")
sqrt       = Op("sqrt",       math.sqrt,           lambda out, a:    (quiet_div(0.5, out),),
                about="the square root; its slope at 0 is inf.", needs="a number from 0 upwards")

# Circular and hyperbolic functions
sin        = Op("sin",        math.sin,            lambda out, a:    (cos(a),),
                about="the sine of a radians.", needs=FINITE)
cos        = Op("cos",        math.cos,            lambda out, a:    (-sin(a),),
                about="the cosine of a radians.", needs=FINITE)
tan        = Op("tan",        math.tan,            lambda out, a:    (1.0 + out * out,),
                about="the tangent of a radians.", needs=FINITE)
asin       = Op("asin",       math.asin,           lambda out, a:    (asin_slope(a),),
                about="the angle from -pi/2 to pi/2 whose sine is a; its slope at -1 and 1 is inf.", needs=SHARE)
acos       = Op("acos",       math.acos,           lambda out, a:    (-asin_slope(a),),
                about="the angle from 0 to pi whose cosine is a; its slope at -1 and 1 is -inf.", needs=SHARE)
atan       = Op("atan",       math.atan,           lambda out, a:    (atan_slope(a),),
                about="the angle from -pi/2 to pi/2 whose tangent is a.")
atan2      = Op("atan2",      math.atan2,          lambda out, a, b: (atan2_slope(b, a), -atan2_slope(a, b)),
                about="the angle of the point (b, a), from -pi to pi; its slopes at the origin are 0.")
hypot      = Op("hypot",      math.hypot,          lambda out, a, b: (hypot_slope(a, b), hypot_slope(b, a)),
                about="sqrt(a**2 + b**2), without overflow; its slopes at the origin are nan.")
sinh       = Op("sinh",       math.sinh,           lambda out, a:    (cosh(a),),
                about="(exp(a) - exp(-a)) / 2.")
cosh       = Op("cosh",       math.cosh,           lambda out, a:    (sinh(a),),
                about="(exp(a) + exp(-a)) / 2.")
tanh       = Op("tanh",       math.tanh,           lambda out, a:    (sech2(a),),
                about="sinh(a) / cosh(a), from -1 to 1.")

# Activations. Conventions at a kink are PyTorch's.
sigmoid    = Op("sigmoid",    numerics.sigmoid,    lambda out, a:    (sigmoid_slope(a),),
                about="1 / (1 + exp(-a)), from 0 to 1.")
softplus   = Op("softplus",   numerics.softplus,   lambda out, a:    (sigmoid(a),),
                about="log(1 + exp(a)), a smooth relu.")
step       = Op("step",       numerics.step,       lambda out, a:    (0.0,),
                about="1 above 0, else 0; its slope is 0 everywhere.")
relu       = Op("relu",       numerics.relu,       lambda out, a:    (step(a),),
                about="the larger of a and 0; its slope at 0 is 0, as in PyTorch.")
leaky_relu = Op("leaky_relu", numerics.leaky_relu, lambda out, a:    (0.01 + 0.99 * step(a),),
                about="a above 0, a hundredth of it below; its slope at 0 is 0.01, as in PyTorch.")
gelu       = Op("gelu",       numerics.gelu,       lambda out, a:    (gelu_slope(a),),
                about="a times the probability that a standard normal variable lies below a.")
silu       = Op("silu",       numerics.silu,       lambda out, a:    (sigmoid(a) + quiet_mul(a, sigmoid_slope(a)),),
                about="a * sigmoid(a), also called swish.")
erf        = Op("erf",        math.erf,            lambda out, a:    (numerics.ERF_SLOPE * bell(a) * bell(a),),
                about="2 / sqrt(pi) times the integral of exp(-t**2) from 0 to a.")
erfc       = Op("erfc",       math.erfc,           lambda out, a:    (-numerics.ERF_SLOPE * bell(a) * bell(a),),
                about="1 - erf(a), with all its digits far out.")
sign       = Op("sign",       numerics.sign,       lambda out, a:    (0.0,),
                about="-1 below 0, 0 at 0, 1 above; its slope is 0 everywhere.")
abs        = Op("abs",        operator.abs,        lambda out, a:    (sign(a),),
                about="the distance from 0; its slope at 0 is 0, as in PyTorch.")
maximum    = Op("maximum",    numerics.maximum,    lambda out, a, b: (ahead(a, b), ahead(b, a)),
                about="the larger, nan if one is nan; both slopes are 1/2 at a tie, as in PyTorch.")
minimum    = Op("minimum",    numerics.minimum,    lambda out, a, b: (ahead(b, a), ahead(a, b)),
                about="the smaller, nan if one is nan; both slopes are 1/2 at a tie, as in PyTorch.")

# Reductions of sequences
total      = Reduction("total",     numerics.total,     lambda out, a:    (1.0,) * len(a),
                       about="the sum of a sequence, added from left to right.")
dot        = Reduction("dot",       numerics.dot,       lambda out, a, b: (*b, *a),
                       about="a1 * b1 + a2 * b2 + ... of two sequences of one length, added from left to right.")
logsumexp  = Reduction("logsumexp", numerics.logsumexp, lambda out, a:    softmax_slopes(a),
                       about="log(exp(a1) + exp(a2) + ...) of a sequence, without overflow; its slopes are the softmax.")

# Slopes: rows that the rules above need. A quiet row never stops with an error, since a slope may be infinite where the
# function itself is not (sqrt at 0): 1 / 0 = inf and, by PyTorch's conventions for slopes, 0 * inf = 0 and log(0) = 0.
quiet_mul  = Op("quiet_mul",  numerics.quiet_mul,  lambda out, a, b: (b, a),
                about="a * b, where 0 * inf is 0.")
quiet_div  = Op("quiet_div",  numerics.quiet_div,  lambda out, a, b: (quiet_div(1.0, b), -quiet_div(out, b)),
                about="a / b, an infinity for a / 0 and nan for 0 / 0.")
quiet_pow  = Op("quiet_pow",  numerics.quiet_pow,  lambda out, a, b: power_slopes(out, a, b),
                about="a to the power b, an infinity or nan where ** stops with an error.")
quiet_log  = Op("quiet_log",  numerics.quiet_log,  lambda out, a:    (quiet_div(1.0, a),),
                about="log(a), 0 at 0 and nan below.")
ahead      = Op("ahead",      numerics.ahead,      lambda out, a, b: (0.0, 0.0),
                about="1 where a is the larger, 0 where b is, 1/2 at a tie.")
bell       = Op("bell",       numerics.bell,       lambda out, a:    (quiet_mul(-a, out),),
                about="exp(-a**2 / 2), the shape of the normal density.")
sech2      = Op("sech2",      numerics.sech2,      lambda out, a:    (-2.0 * tanh(a) * out,),
                about="1 - tanh(a)**2, the slope of tanh.")
sigmoid_slope = Op("sigmoid_slope", numerics.sigmoid_slope, lambda out, a: (-tanh(0.5 * a) * out,),
                about="sigmoid(a) * sigmoid(-a).")
asin_slope = Op("asin_slope", numerics.asin_slope, lambda out, a:    (a * out * out * out,),
                about="1 / sqrt(1 - a**2), inf at -1 and 1.", needs=SHARE)
atan_slope = Op("atan_slope", numerics.atan_slope, lambda out, a:    (-2.0 * quiet_mul(a, out) * out,),
                about="1 / (1 + a**2).")
atan2_slope = Op("atan2_slope", numerics.atan2_slope, lambda out, a, b: squared_slopes(out, atan2_slope(b, a)),
                about="a / (a**2 + b**2), 0 at the origin.")
hypot_slope = Op("hypot_slope", numerics.hypot_slope, lambda out, a, b: bent_slopes(out, hypot_slope(b, a), hypot(a, b)),
                about="a / hypot(a, b), nan at the origin.")
# fmt: on


def power_slopes(out: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """b a^(b-1), and 0 at b = 0 even where a = 0; a^b log a, as in PyTorch 0 at a = 0 and nan for a negative base.

    Where b - 1 is rounded, the first loses up to log(a) ulp, as in PyTorch; `b * out / a` would not, but fails at a = 0.
    Second derivatives need a^b and a^(b-2) to be floats: by both operands, at a = 1e-300 and b = 2, a thousandth is lost.
    """
    return quiet_mul(b, quiet_pow(a, b - 1.0)), quiet_mul(out, quiet_log(a))


def squared_slopes(x: Any, y: Any) -> tuple[Any, Any]:
    """y^2 - x^2 and -2 x y, of x = a / (a^2 + b^2) and y = b / (a^2 + b^2); the squares overflow within 1e-154 of the origin."""
    return y * y - x * x, -2.0 * x * y


def bent_slopes(x: Any, y: Any, radius: Any) -> tuple[Any, Any]:
    """y^2 / radius and -x y / radius, of x = a / radius and y = b / radius; y^2 alone might vanish."""
    turn = quiet_div(y, radius)
    return quiet_mul(y, turn), quiet_mul(-x, turn)


def gelu_slope(a: Any) -> Any:
    """The normal distribution function plus a times the normal density."""
    return 0.5 * erfc(-a / numerics.SQRT_2) + quiet_mul(a, numerics.NORMAL_PEAK * bell(a))


def softmax_slopes(numbers: Sequence[Any]) -> tuple[Any, ...]:
    """exp(number - logsumexp) for each, taken relative to the largest, whose own distance is the number 0.

    So neither a common offset takes digits, nor 1 - p where p is nearly 1, here and in the slopes of the slopes. One infinite
    number is taken in the limit; of two that are the same all are nan, as in PyTorch.
    """
    gaps = relative(numbers, max(range(len(numbers)), key=numbers.__getitem__))
    whole = logsumexp(gaps)
    return tuple([exp(gap - whole) for gap in gaps])


def relative(numbers: Sequence[Any], place: int) -> list[Any]:
    """How far each number lies above the one at that place; that one's own 0 has no rounding and no slope."""
    return [0.0 if index == place else number - numbers[place] for index, number in enumerate(numbers)]


# The slopes belong to the table: a gradient that is a graph is made of them.
SLOPES: Final = (
    quiet_mul, quiet_div, quiet_pow, quiet_log, ahead, bell, sech2, sigmoid_slope, asin_slope, atan_slope, atan2_slope,
    hypot_slope,
)  # fmt: skip
OPS: Final = (
    add, sub, mul, div, neg, pow, exp, expm1, log, log1p, sqrt, sin, cos, tan, asin, acos, atan, atan2, hypot, sinh, cosh, tanh,
    sigmoid, softplus, relu, leaky_relu, gelu, silu, erf, erfc, abs, sign, step, maximum, minimum, total, dot, logsumexp,
    *SLOPES,
)  # fmt: skip


def row(symbol: str) -> Op:
    """The row of the table with that symbol."""
    for op in OPS:
        if op.symbol == symbol:
            return op
    raise ValueError(f"there is no operation {symbol!r} in the table")
