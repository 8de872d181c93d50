"""Reverse-mode automatic differentiation of scalars: the table of derivatives, the graph, the sweep.

Every operation on a `Value` makes a new `Value` that remembers three things: the operation, its operands
(`parents`), and the derivative of the result by each operand (`local_derivatives`), a plain number.
That is all backpropagation needs: `backward` walks the graph from the output back to the leaves and multiplies
and adds these numbers.

>>> w, x, b = Value(-3.0, label="w"), Value(2.0, label="x"), Value(6.88, label="b")
>>> out = (w * x + b).tanh()
>>> out.backward()
>>> out
Value(data=0.7064193203972353, grad=1.0)
>>> w
Value(data=-3.0, grad=1.0019434875390167, label='w')
"""

from __future__ import annotations

import inspect
import math
import operator
import reprlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from math import isfinite
from numbers import Real
from typing import Any, Final, TypeAlias

from micrograd import numerics

# --------------------------------------------------------------------------------------------------------------
# The table of operations
# --------------------------------------------------------------------------------------------------------------


Function: TypeAlias = Callable[..., float]
Rule: TypeAlias = Callable[..., tuple[Any, ...]]


class Op:
    """A row of the calculus table: a function of numbers and its derivative by each argument.

    `forward(a, b, ...)` gives the value; `derivatives(out, a, b, ...)` gives one local derivative per argument.
    A derivative rule uses operators, `out` and other rows only, so that it reads numbers and Values alike.
    `needs` ends the error message where `forward` has no value.

    An `Op` is the function itself, on numbers and on Values. One line adds an operation:

    >>> CUBE = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    >>> CUBE(2.0), CUBE(Value(2.0)).local_derivatives
    (8.0, (12.0,))
    """

    __slots__ = ("arity", "derivatives", "forward", "needs", "symbol")

    def __init__(self, symbol: str, forward: Function, derivatives: Rule, needs: str = "") -> None:
        self.symbol = symbol
        self.forward = forward
        self.derivatives = derivatives
        self.needs = needs
        self.arity = len(inspect.signature(derivatives).parameters) - 1  # all but `out`
        if self.arity < 1:
            raise TypeError(f"the rule of {symbol} needs `out` and then each operand, as in lambda out, a: (3.0 * a * a,)")

    def __call__(self, *operands: Any) -> Any:
        if len(operands) != self.arity:
            raise TypeError(f"{self.symbol} takes {self.arity} number(s) or Value(s), got {len(operands)}")
        for operand in operands:
            if type(operand) is not float:
                return apply(self, operands)
        try:
            return self.forward(*operands)
        except (ValueError, ArithmeticError) as error:
            raise domain_error(self, operands, error) from None

    def arguments(self, numbers: Sequence[Any]) -> Sequence[Any]:
        """The numbers of all operands, in a row, as `forward` and `derivatives` take them."""
        return numbers

    def __copy__(self) -> Op:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Op:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self not in OPS:
            raise TypeError(f"{self.symbol!r} is not in the table of operations, so no graph that uses it can be pickled")
        return row, (self.symbol,)

    def __repr__(self) -> str:
        return f"<Op {self.symbol}>"


class Reduction(Op):
    """A row for sequences, all of one length: `total([a, b, c])`, `dot([w1, w2], [x1, x2])`.

    `forward` and `derivatives` take the sequences; the derivatives are one row of numbers, first sequence first.
    """

    __slots__ = ()

    def __call__(self, *sequences: Iterable[Any]) -> Any:
        if len(sequences) != self.arity or not all(isinstance(sequence, Iterable) for sequence in sequences):
            given = ", ".join(type(sequence).__name__ for sequence in sequences) or "nothing"
            raise TypeError(f"{self.symbol} takes {self.arity} sequence(s) of numbers or Values, such as [a, b], got {given}")
        columns = [tuple(sequence) for sequence in sequences]
        lengths = [len(column) for column in columns]
        if len(set(lengths)) > 1:
            raise ValueError(f"{self.symbol} needs sequences of one length, got {' and '.join(map(str, lengths))}")
        return apply(self, tuple(chain.from_iterable(columns)))

    def arguments(self, numbers: Sequence[Any]) -> Sequence[Any]:
        length = len(numbers) // self.arity
        return [numbers[i * length : (i + 1) * length] for i in range(self.arity)]


POWERS = "a base above 0, or a whole exponent that is not below 0 at base 0"

# fmt: off
# Slopes: rows that the rules below need. A quiet row gives the limit (1 / 0 = inf, 0 * inf = 0) where the plain one
# stops with an error or loses the limit: at 0, sqrt has a value and an infinite slope.
QUIET_MUL  = Op("quiet_mul",  numerics.quiet_mul,  lambda out, a, b: (b, a))
QUIET_DIV  = Op("quiet_div",  numerics.quiet_div,  lambda out, a, b: (QUIET_DIV(1.0, b), -QUIET_DIV(out, b)))
QUIET_POW  = Op("quiet_pow",  numerics.quiet_pow,  lambda out, a, b: power_rule(out, a, b))
QUIET_LOG  = Op("quiet_log",  numerics.quiet_log,  lambda out, a:    (QUIET_DIV(1.0, a),))
AHEAD      = Op("ahead",      numerics.ahead,      lambda out, a, b: (0.0, 0.0))
BELL       = Op("bell",       numerics.bell,       lambda out, a:    (QUIET_MUL(-a, out),))
SECH2      = Op("sech2",      numerics.sech2,      lambda out, a:    (-2.0 * TANH(a) * out,))

# Arithmetic
ADD        = Op("+",          operator.add,        lambda out, a, b: (1.0, 1.0))
SUB        = Op("-",          operator.sub,        lambda out, a, b: (1.0, -1.0))
MUL        = Op("*",          operator.mul,        lambda out, a, b: (b, a))
DIV        = Op("/",          operator.truediv,    lambda out, a, b: (1.0 / b, -out / b),         needs="a divisor other than 0")
NEG        = Op("neg",        operator.neg,        lambda out, a:    (-1.0,))
POW        = Op("**",         math.pow,            lambda out, a, b: power_rule(out, a, b),       needs=POWERS)

# Exponentials and logarithms
EXP        = Op("exp",        math.exp,            lambda out, a:    (out,))
EXPM1      = Op("expm1",      math.expm1,          lambda out, a:    (EXP(a),))
LOG        = Op("log",        math.log,            lambda out, a:    (1.0 / a,),                  needs="a number above 0")
LOG1P      = Op("log1p",      math.log1p,          lambda out, a:    (1.0 / (1.0 + a),),          needs="a number above -1")
SQRT       = Op("sqrt",       math.sqrt,           lambda out, a:    (QUIET_DIV(0.5, out),),      needs="a number from 0 upwards")

# Circular and hyperbolic functions
SIN        = Op("sin",        math.sin,            lambda out, a:    (COS(a),),                   needs="a finite number")
COS        = Op("cos",        math.cos,            lambda out, a:    (-SIN(a),),                  needs="a finite number")
TAN        = Op("tan",        math.tan,            lambda out, a:    (1.0 + out * out,),          needs="a finite number")
ASIN       = Op("asin",       math.asin,           lambda out, a:    (arc_slope(a),),             needs="a number from -1 to 1")
ACOS       = Op("acos",       math.acos,           lambda out, a:    (-arc_slope(a),),            needs="a number from -1 to 1")
ATAN       = Op("atan",       math.atan,           lambda out, a:    (1.0 / (1.0 + a * a),))
ATAN2      = Op("atan2",      math.atan2,          lambda out, a, b: angle_rule(a, b, HYPOT(a, b)))
HYPOT      = Op("hypot",      math.hypot,          lambda out, a, b: (QUIET_DIV(a, out), QUIET_DIV(b, out)))
SINH       = Op("sinh",       math.sinh,           lambda out, a:    (COSH(a),))
COSH       = Op("cosh",       math.cosh,           lambda out, a:    (SINH(a),))
TANH       = Op("tanh",       math.tanh,           lambda out, a:    (SECH2(a),))

# Activations. Conventions at a kink are PyTorch's: relu 0, leaky_relu 0.01, abs 0; a tie in maximum or minimum is shared.
SIGMOID    = Op("sigmoid",    numerics.sigmoid,    lambda out, a:    (out * SIGMOID(-a),))
SOFTPLUS   = Op("softplus",   numerics.softplus,   lambda out, a:    (SIGMOID(a),))
STEP       = Op("step",       numerics.step,       lambda out, a:    (0.0,))
RELU       = Op("relu",       numerics.relu,       lambda out, a:    (STEP(a),))
LEAKY_RELU = Op("leaky_relu", numerics.leaky_relu, lambda out, a:    (0.01 + 0.99 * STEP(a),))
GELU       = Op("gelu",       numerics.gelu,       lambda out, a:    (gelu_slope(a),))
SILU       = Op("silu",       numerics.silu,       lambda out, a:    (silu_slope(a),))
ERF        = Op("erf",        math.erf,            lambda out, a:    (numerics.ERF_SLOPE * BELL(a) * BELL(a),))
ERFC       = Op("erfc",       math.erfc,           lambda out, a:    (-numerics.ERF_SLOPE * BELL(a) * BELL(a),))
SIGN       = Op("sign",       numerics.sign,       lambda out, a:    (0.0,))
ABS        = Op("abs",        abs,                 lambda out, a:    (SIGN(a),))
MAXIMUM    = Op("maximum",    numerics.maximum,    lambda out, a, b: (AHEAD(a, b), AHEAD(b, a)))
MINIMUM    = Op("minimum",    numerics.minimum,    lambda out, a, b: (AHEAD(b, a), AHEAD(a, b)))

# Reductions of sequences
TOTAL      = Reduction("total",      numerics.total,      lambda out, a:    (1.0,) * len(a))
DOT        = Reduction("dot",        numerics.dot,        lambda out, a, b: (*b, *a))
LOGSUMEXP  = Reduction("logsumexp",  numerics.logsumexp,  lambda out, a:    softmax(out, a))
# fmt: on


def power_rule(out: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """b a^(b-1), and 0 at b = 0 even where a = 0; a^b log a, as in PyTorch 0 at a = 0 and nan for a negative base.

    Where b - 1 is rounded, the first loses up to log(a) ulp, as in PyTorch; `b * out / a` would not, but fails at a = 0.
    """
    return QUIET_MUL(b, QUIET_POW(a, b - 1.0)), QUIET_MUL(out, QUIET_LOG(a))


def arc_slope(a: Any) -> Any:
    """1 / sqrt(1 - a^2), factored, since 1 - a * a loses its digits near 1."""
    return QUIET_DIV(1.0, SQRT((1.0 - a) * (1.0 + a)))


def angle_rule(a: Any, b: Any, radius: Any) -> tuple[Any, Any]:
    """b / radius^2 and -a / radius^2, by two factors, since radius^2 may overflow; as in PyTorch 0 at the origin."""
    inverse = QUIET_DIV(1.0, radius)
    return QUIET_MUL(QUIET_MUL(b, inverse), inverse), QUIET_MUL(QUIET_MUL(-a, inverse), inverse)


def gelu_slope(a: Any) -> Any:
    """The normal distribution function plus a times the normal density."""
    return 0.5 * ERFC(-a / numerics.SQRT_2) + QUIET_MUL(a, numerics.NORMAL_PEAK * BELL(a))


def softmax(out: Any, numbers: Sequence[Any]) -> tuple[Any, ...]:
    """exp(number - out) for each, divided by their own sum, since the rounding of a large `out` is in all of them."""
    powers = [EXP(number - out) for number in numbers]
    whole = TOTAL(powers)
    return tuple([power / whole for power in powers])


def silu_slope(a: Any) -> Any:
    return QUIET_MUL(SIGMOID(a), 1.0 + QUIET_MUL(a, SIGMOID(-a)))


# The public table. The slopes belong to it: a gradient that is a graph is made of them.
SLOPES: Final = (QUIET_MUL, QUIET_DIV, QUIET_POW, QUIET_LOG, AHEAD, BELL, SECH2)
OPS: Final = (
    ADD, SUB, MUL, DIV, NEG, POW, EXP, EXPM1, LOG, LOG1P, SQRT, SIN, COS, TAN, ASIN, ACOS, ATAN, ATAN2, HYPOT, SINH, COSH, TANH,
    SIGMOID, SOFTPLUS, RELU, LEAKY_RELU, GELU, SILU, ERF, ERFC, ABS, SIGN, STEP, MAXIMUM, MINIMUM, TOTAL, DOT, LOGSUMEXP,
    *SLOPES,
)  # fmt: skip


def row(symbol: str) -> Op:
    """The row of the table with that symbol."""
    return next(op for op in OPS if op.symbol == symbol)


# --------------------------------------------------------------------------------------------------------------
# Recording: from operands to a node. This runs most of all, so it makes few calls: an operator is one function, and
# it fills the slots of a node itself, since calling a constructor costs as much as all the rest.
# --------------------------------------------------------------------------------------------------------------


def unary(op: Op, operand: Value) -> Value:
    """The node of one parent."""
    a = operand.data
    node = new(UnaryNode)
    try:
        node.data = data = op.forward(a)
        derivatives = op.derivatives(data, a)
    except (ValueError, ArithmeticError) as error:
        raise domain_error(op, (operand,), error) from None
    if type(derivatives) is not tuple or len(derivatives) != 1:
        raise rule_error(op, 1, derivatives)
    node.derivative = derivatives[0]
    node.operand = operand
    node.op = op
    node.grad = NO_GRADIENT
    node.label = None
    return node


def binary(op: Op, left: Value, right: Value) -> Value:
    """The node of two parents."""
    a, b = left.data, right.data
    node = new(BinaryNode)
    try:
        node.data = data = op.forward(a, b)
        derivatives = op.derivatives(data, a, b)
    except (ValueError, ArithmeticError) as error:
        raise domain_error(op, (left, right), error) from None
    if type(derivatives) is not tuple or len(derivatives) != 2:
        raise rule_error(op, 2, derivatives)
    node.left_derivative, node.right_derivative = derivatives
    node.left = left
    node.right = right
    node.op = op
    node.grad = NO_GRADIENT
    node.label = None
    return node


def nary(op: Op, parents: tuple[Value, ...], arguments: Sequence[Any]) -> Value:
    """The node of any number of parents; `arguments` are their numbers as `op.forward` takes them."""
    node = new(Node)
    try:
        node.data = data = op.forward(*arguments)
        derivatives = op.derivatives(data, *arguments)
    except (ValueError, ArithmeticError) as error:
        raise domain_error(op, parents, error) from None
    if type(derivatives) is not tuple or len(derivatives) != len(parents):
        raise rule_error(op, len(parents), derivatives)
    node.local_derivatives = derivatives
    node.parents = parents
    node.op = op
    node.grad = NO_GRADIENT
    node.label = None
    return node


def dot_node(left: tuple[Value, ...], right: tuple[Value, ...], a: Sequence[float], b: Sequence[float]) -> Value:
    """The node of `DOT` for sequences whose numbers have been read already."""
    node = new(DotNode)
    node.data = DOT.forward(a, b)
    node.left_numbers = a
    node.right_numbers = b
    node.left = left
    node.right = right
    node.op = DOT
    node.grad = NO_GRADIENT
    node.label = None
    return node


def operator_method(op: Op) -> Callable[[Value, Value | float], Value]:
    """The method of `Value` behind an operator of two operands."""

    def method(self: Value, other: Value | float) -> Value:
        if isinstance(other, Value):
            return binary(op, self, other)
        if isinstance(other, (float, Real)):
            return binary(op, self, Constant(other))
        return NotImplemented  # Python then asks the stranger, or says what is wrong

    return method


def reflected_method(op: Op) -> Callable[[Value, float], Value]:
    """The same with the Value on the right: `2 * v`."""

    def method(self: Value, other: float) -> Value:
        return binary(op, Constant(other), self) if isinstance(other, (float, Real)) else NotImplemented

    return method


add_to_number = reflected_method(ADD)


def apply(op: Op, operands: Sequence[Any]) -> Value | float:
    """`op` of any number of operands: a node if one is a Value, else a float."""
    if any(isinstance(operand, Value) for operand in operands):
        parents = tuple([operand if isinstance(operand, Value) else Constant(operand) for operand in operands])
        numbers = [parent.data for parent in parents]
        if op is DOT:
            return dot_node(*DOT.arguments(parents), *DOT.arguments(numbers))
        if isinstance(op, Reduction) or len(parents) > 2:
            return nary(op, parents, op.arguments(numbers))
        return unary(op, *parents) if len(parents) == 1 else binary(op, *parents)
    numbers = [as_float(operand) for operand in operands]
    try:
        return op.forward(*op.arguments(numbers))
    except (ValueError, ArithmeticError) as error:
        raise domain_error(op, numbers, error) from None


# --------------------------------------------------------------------------------------------------------------
# The graph and the sweep
# --------------------------------------------------------------------------------------------------------------

NO_GRADIENT: Final = float("0")  # what `grad` is before a sweep: this very object, which no computed 0.0 is
new = object.__new__


class Value:
    """A number that remembers how it was computed.

    `data` is the number, `grad` the derivative of a swept output by it. `op`, `parents` and `local_derivatives`
    say where it came from; a leaf, made from a number, has none. Its edges are
    `zip(value.parents, value.local_derivatives)`: `x * x` has two, both to x. A number set to `data` by hand needs to be
    a float: it is not looked at again.

    Comparisons look at `data`; equality and hash are identity, so a Value can be the key of a dictionary.
    """

    __slots__ = ("data", "grad", "label")

    data: float
    grad: float
    label: str | None
    op: Op | None = None  # this line and the next two describe a leaf; the classes of nodes below have their own
    parents: tuple[Value, ...] = ()
    local_derivatives: tuple[float, ...] = ()

    def __init__(self, data: float, label: str | None = None) -> None:
        self.data = as_float(data)
        self.grad = NO_GRADIENT
        self.label = label

    def backward(self) -> None:
        """Fill `grad` with the derivative of this value by every value below it.

        Inner nodes are overwritten. Leaves add up over several calls, as in PyTorch, until their `grad` is set to 0.

        >>> x = Value(3.0)
        >>> y = x * x * x
        >>> y.backward(); x.grad
        27.0
        >>> y.backward(); x.grad
        54.0
        """
        order = topological_order(self)
        prepare_gradients(order)
        self.grad += 1.0
        for node in reversed(order):
            upstream = node.grad
            if upstream or not isfinite(sum(node.local_derivatives)):  # else it adds zeros, as a unit does that is off
                for parent, derivative in zip(node.parents, node.local_derivatives):
                    parent.grad += derivative * upstream

    def __radd__(self, other: float) -> Value:
        if type(other) is int and other == 0:
            return self  # Python's `sum` begins with this 0; it makes no node
        return add_to_number(self, other)

    __add__ = operator_method(ADD)
    __sub__ = operator_method(SUB)
    __mul__ = operator_method(MUL)
    __truediv__ = operator_method(DIV)
    __pow__ = operator_method(POW)
    __rsub__ = reflected_method(SUB)
    __rmul__ = reflected_method(MUL)
    __rtruediv__ = reflected_method(DIV)
    __rpow__ = reflected_method(POW)

    # fmt: off
    def __neg__(self) -> Value: return unary(NEG, self)
    def __pos__(self) -> Value: return self
    def __abs__(self) -> Value: return unary(ABS, self)

    def __lt__(self, other: Value | float) -> bool: return ordered(operator.lt, self, other)
    def __le__(self, other: Value | float) -> bool: return ordered(operator.le, self, other)
    def __gt__(self, other: Value | float) -> bool: return ordered(operator.gt, self, other)
    def __ge__(self, other: Value | float) -> bool: return ordered(operator.ge, self, other)
    def __bool__(self) -> bool: return bool(self.data)

    # Rows of one operand are methods too. NumPy calls them on arrays of Values: np.tanh(array).
    def exp(self) -> Value: return unary(EXP, self)
    def expm1(self) -> Value: return unary(EXPM1, self)
    def log(self) -> Value: return unary(LOG, self)
    def log1p(self) -> Value: return unary(LOG1P, self)
    def sqrt(self) -> Value: return unary(SQRT, self)
    def sin(self) -> Value: return unary(SIN, self)
    def cos(self) -> Value: return unary(COS, self)
    def tan(self) -> Value: return unary(TAN, self)
    def asin(self) -> Value: return unary(ASIN, self)
    def acos(self) -> Value: return unary(ACOS, self)
    def atan(self) -> Value: return unary(ATAN, self)
    def sinh(self) -> Value: return unary(SINH, self)
    def cosh(self) -> Value: return unary(COSH, self)
    def tanh(self) -> Value: return unary(TANH, self)
    def sigmoid(self) -> Value: return unary(SIGMOID, self)
    def softplus(self) -> Value: return unary(SOFTPLUS, self)
    def relu(self) -> Value: return unary(RELU, self)
    def leaky_relu(self) -> Value: return unary(LEAKY_RELU, self)
    def gelu(self) -> Value: return unary(GELU, self)
    def silu(self) -> Value: return unary(SILU, self)
    def erf(self) -> Value: return unary(ERF, self)
    def erfc(self) -> Value: return unary(ERFC, self)
    def sign(self) -> Value: return unary(SIGN, self)
    def step(self) -> Value: return unary(STEP, self)
    arcsin, arccos, arctan = asin, acos, atan
    # fmt: on

    def __float__(self) -> float:
        raise TypeError(
            "a Value does not become a plain number by itself, since its graph would be lost: write v.data for the number, "
            "or the function of micrograd (micrograd.exp, not math.exp) for a Value"
        )

    def __round__(self, digits: int | None = None) -> float:
        return self.__float__()

    __int__ = __float__

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        gradient = "" if self.grad is NO_GRADIENT else f", grad={self.grad!r}"
        label = "" if self.label is None else f", label={self.label!r}"
        kind = "Constant" if isinstance(self, Constant) else "Value"
        return f"{kind}(data={self.data!r}{gradient}{label})"

    def __copy__(self) -> Value:
        return rebuild(fields(self), self.parents)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in topological_order(self):
            if id(node) not in memo:
                memo[id(node)] = rebuild(fields(node), tuple([memo[id(parent)] for parent in node.parents]))
        copied: Value = memo[id(self)]
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.parents:
            return rebuild, (fields(self),)
        order = topological_order(self)
        place = {node: index for index, node in enumerate(order)}
        return rebuild_graph, ([(fields(n), [place[p] for p in n.parents]) if n.parents else n for n in order],)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """`parents`, under the name that drawing code written for micrograd 0.1.0 reads."""
        return self.parents

    @property
    def _op(self) -> str:
        """The symbol of `op`, or "" for a leaf, for the same drawing code."""
        return self.op.symbol if self.op else ""


class Constant(Value):
    """The leaf that a plain number becomes as an operand: the 2 of `2 * x`."""

    __slots__ = ()


class Node(Value):
    """A Value that an operation made of its parents: any number of them."""

    __slots__ = ("local_derivatives", "op", "parents")


# Nodes of one or two parents, which most graphs consist of, keep no tuples: each is one object for Python's garbage
# collector to visit, not three, and the collector is what takes the time when a large graph is built.


class UnaryNode(Value):
    """A Value made of one parent."""

    __slots__ = ("derivative", "op", "operand")

    operand: Value
    derivative: float
    parents: Any = property(lambda self: (self.operand,))
    local_derivatives: Any = property(lambda self: (self.derivative,))


class BinaryNode(Value):
    """A Value made of two parents."""

    __slots__ = ("left", "left_derivative", "op", "right", "right_derivative")

    left: Value
    right: Value
    left_derivative: float
    right_derivative: float
    parents: Any = property(operator.attrgetter("left", "right"))
    local_derivatives: Any = property(operator.attrgetter("left_derivative", "right_derivative"))


class DotNode(Value):
    """A Value made of two sequences, kept as they are, with the numbers that they had: neurons of a layer share their inputs.

    The rule is applied to these numbers when it is asked for.
    """

    __slots__ = ("left", "left_numbers", "op", "right", "right_numbers")

    left: tuple[Value, ...]
    right: tuple[Value, ...]
    left_numbers: Sequence[float]
    right_numbers: Sequence[float]
    parents: Any = property(lambda self: self.left + self.right)
    local_derivatives: Any = property(lambda self: DOT.derivatives(self.data, self.left_numbers, self.right_numbers))


class DomainError(ValueError):
    """An operation has no value at its operands: log(-1), sqrt(-1), a negative base with a fractional exponent."""


class UsedGradient(float):
    """A gradient that an optimizer has stepped with. `backward` warns before it adds to one."""

    __slots__ = ()


def topological_order(root: Value, known: Iterable[Value] = ()) -> list[Value]:
    """Every value that `root` was computed from, and `root`: parents before children, each once.

    Depth first, the first operand first, so that an expression is listed in the order in which it is read.
    Values that are `known` already are left out, with what only they were computed from.
    """
    order: list[Value] = []
    seen = {root, *known}
    path: list[Value] = [root]  # our own stack: a chain may be longer than the recursion limit
    waiting: list[Iterator[Value]] = []
    all_seen = seen.issuperset
    parents = iter(root.parents)
    while path:
        for parent in parents:
            if parent not in seen:
                seen.add(parent)
                if not all_seen(further := parent.parents):
                    path.append(parent)
                    waiting.append(parents)
                    parents = iter(further)
                    break
                order.append(parent)
        else:  # no parent is left to be listed before this one
            order.append(path.pop())
            if waiting:
                parents = waiting.pop()
    return order


def prepare_gradients(order: Iterable[Value]) -> None:
    """Set the gradient of every inner node to 0; a leaf keeps the one it has, with a warning if it has been used up."""
    forgotten = False
    for node in order:
        if node.op is not None or node.grad is NO_GRADIENT:
            node.grad = 0.0
        elif type(node.grad) is UsedGradient:
            forgotten = True
    if forgotten:
        warnings.warn(
            "backward() adds to gradients that step() has already used, so the next step will follow a running sum; "
            "call zero_grad() before backward()",
            stacklevel=3,
        )


def ordered(relation: Callable[[float, float], bool], a: Value, b: Value | float) -> bool:
    """The comparison of the two numbers, or `NotImplemented` for a stranger."""
    return relation(a.data, data_of(b)) if isinstance(b, (float, Value, Real)) else NotImplemented


def as_float(number: Any) -> float:
    """The number as a float; a TypeError with advice for anything that is not one real number."""
    if type(number) is float:
        return number
    if isinstance(number, Real):
        return float(number)
    if isinstance(number, Value):
        advice = "it is a Value already: use it as it is, or take its number with .data"
    elif isinstance(number, str):
        advice = f"convert the text first: float({number!r})"
    elif isinstance(number, complex):
        advice = "take its .real or .imag part"
    elif isinstance(number, Iterable):
        advice = "make one Value for each: [Value(number) for number in numbers]"
    else:
        advice = "pass an int or a float"
    raise TypeError(f"a Value holds one real number, got {reprlib.repr(number)} ({type(number).__name__}); {advice}")


def rule_error(op: Op, operands: int, derivatives: Any) -> TypeError:
    given = f"{len(derivatives)} derivative(s)" if isinstance(derivatives, tuple) else repr(derivatives)
    return TypeError(
        f"the rule of {op.symbol} gave {given} for {operands} operand(s); "
        "it needs to return a tuple with one for each, such as (2 * a,)"
    )


def domain_error(op: Op, operands: Sequence[Value | float], error: Exception) -> Exception:
    """An error of the kind that `math` raises, which names the operation, the numbers and their labels."""
    what = written(op, operands)
    if isinstance(error, OverflowError):
        return OverflowError(f"{what} is too large for a float, which ends at 1.8e308; make its operands smaller")
    kind = ZeroDivisionError if isinstance(error, ZeroDivisionError) else DomainError
    if op.needs:
        return kind(f"{what} has no value: {op.symbol} needs {op.needs}")
    return kind(f"{what} has no value or no derivative: {error}")


def written(op: Op, operands: Sequence[Value | float]) -> str:
    """The operation with the numbers in it, as text: `log(x=-1.0)`, `1.0 / b=0.0`, and without them if they are many."""
    if len(operands) > 4:
        return f"{op.symbol} of {len(operands)} operands"
    numbers = [
        f"{operand.label}={operand.data}" if isinstance(operand, Value) and operand.label else f"{data_of(operand)}"
        for operand in operands
    ]
    return f"{op.symbol}({', '.join(numbers)})" if op.symbol.isidentifier() else f" {op.symbol} ".join(numbers)


def data_of(operand: Value | float) -> float:
    return operand.data if isinstance(operand, Value) else operand


# --------------------------------------------------------------------------------------------------------------
# Copies: `copy.deepcopy` and `pickle` would follow the parents by recursion, so they are handed flat lists.
# Two outputs pickled together share their leaves and not their inner nodes; `deepcopy` keeps both.
# --------------------------------------------------------------------------------------------------------------


def fields(value: Value) -> tuple[Any, ...]:
    """All that a value holds but its parents. A copy of a dot is a node like any other."""
    gradient = None if value.grad is NO_GRADIENT else value.grad
    return (
        Node if isinstance(value, DotNode) else type(value),
        value.op,
        value.local_derivatives,
        value.data,
        gradient,
        value.label,
    )


def rebuild(fields: tuple[Any, ...], parents: tuple[Value, ...] = ()) -> Value:
    kind, op, local_derivatives, data, gradient, label = fields
    value: Any = new(kind)
    value.data = data
    value.grad = NO_GRADIENT if gradient is None else gradient
    value.label = label
    if op is not None:
        value.op = op
        set_local_derivatives(value, local_derivatives)
    if kind is UnaryNode:
        (value.operand,) = parents
    elif kind is BinaryNode:
        value.left, value.right = parents
    elif kind is Node:
        value.parents = parents
    return value


def set_local_derivatives(node: Any, derivatives: tuple[float, ...], arguments: Sequence[Any] = ()) -> None:
    """Put them where that kind of node keeps them; a dot keeps the numbers that its rule reads, the `arguments`."""
    if isinstance(node, UnaryNode):
        (node.derivative,) = derivatives
    elif isinstance(node, BinaryNode):
        node.left_derivative, node.right_derivative = derivatives
    elif isinstance(node, DotNode):
        node.left_numbers, node.right_numbers = arguments
    else:
        node.local_derivatives = derivatives


def rebuild_graph(entries: list[Any]) -> Value:
    """The last value of a list of leaves and of (fields, places of the parents in the list)."""
    values: list[Value] = []
    for entry in entries:
        values.append(entry if isinstance(entry, Value) else rebuild(entry[0], tuple([values[i] for i in entry[1]])))
    return values[-1]
