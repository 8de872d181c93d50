"""Reverse-mode automatic differentiation of scalars: the graph, and the sweep back through it.

Every operation on a `Value` makes a new `Value` that remembers three things: the operation, its operands
(`parents`), and the derivative of the result by each operand (`local_derivatives`), a plain number.
That is all backpropagation needs: `backward` walks the graph from the output back to the leaves and multiplies
and adds these numbers. What the operations are, and their derivatives, is written in `ops`.

>>> w, x, b = Value(-3.0, label="w"), Value(2.0, label="x"), Value(6.88, label="b")
>>> out = (w * x + b).tanh()
>>> out.backward()
>>> out
Value(data=0.7064193203972353, grad=1.0)
>>> w
Value(data=-3.0, grad=1.0019434875390167, label='w')
"""

from __future__ import annotations

import operator
import reprlib
from collections.abc import Callable, Sequence
from math import isfinite, isnan, nan
from numbers import Real
from typing import Any, Self

from micrograd import advice, mistakes, ops, words
from micrograd.ops import Op, as_float


class Value(advice.ValueWords):
    """A number that remembers how it was computed.

    `data` is the number, `grad` the derivative of a swept output by it. `op`, `parents` and `local_derivatives`
    say where it came from; a leaf, made from a number, has none. Its edges are
    `zip(value.parents, value.local_derivatives)`: `x * x` has two, both to x. What is set to `data` by hand needs to be
    a number; that is looked at by the next `backward`, not at once.

    Comparisons look at `data`; equality and hash are identity, so a Value can be the key of a dictionary.
    """

    __slots__ = ("data", "grad", "label", "local_derivatives", "op", "parents")

    @advice.for_arguments(words.KEYWORDS)
    def __init__(self, data: float, label: str | None = None) -> None:
        if not (label is None or isinstance(label, str)):
            raise TypeError(f"a label is a text, got {reprlib.repr(label)}; {words.OWN_OPERATION}")
        self.data: float = as_float(data)
        self.grad: float = NO_GRADIENT
        self.op: Op | None = None
        self.parents: tuple[Value, ...] = ()
        self.local_derivatives: tuple[float, ...] = ()
        self.label: str | None = label

    @advice.for_arguments(words.KEYWORDS)
    def backward(self) -> None:
        """Fill `grad` with the derivative of this value by every value below it.

        Inner nodes are overwritten. Leaves add up over several calls, as in PyTorch, until their `grad` is set to 0; a
        warning comes if one has been moved by hand in between. Threads may sweep at once what has no value in common.

        >>> x = Value(3.0)
        >>> y = x * x * x
        >>> y.backward(); x.grad
        27.0
        >>> y.backward(); x.grad
        54.0
        """
        order = topological_order(self)
        leaves, mixed = prepare_gradients(order)
        self.grad += 1.0
        for node in reversed(order):
            if node.grad or not isfinite(sum(node.local_derivatives)):  # a gradient of 0 adds only zeros, but 0 * inf is nan
                for parent, derivative in zip(node.parents, node.local_derivatives):
                    parent.grad += derivative * node.grad
        for leaf in leaves:
            leaf.grad = gradient = Gradient(leaf.grad)
            gradient.at = leaf.data
        for leaf in mixed:
            leaf.grad = Gradient.taken(leaf.grad, at=nan)

    def __radd__(self, other: float) -> Value:
        starts_a_sum = type(other) is int and other == 0  # Python's `sum` begins with this 0; it makes no node
        return self if starts_a_sum else reflected(ops.add, other, self)

    # fmt: off

    def __add__(self, other: Value | float) -> Value: return binary(ops.add, self, other)
    def __sub__(self, other: Value | float) -> Value: return binary(ops.sub, self, other)
    def __mul__(self, other: Value | float) -> Value: return binary(ops.mul, self, other)
    def __truediv__(self, other: Value | float) -> Value: return binary(ops.div, self, other)
    def __pow__(self, other: Value | float) -> Value: return binary(ops.pow, self, other)
    def __rsub__(self, other: float) -> Value: return reflected(ops.sub, other, self)
    def __rmul__(self, other: float) -> Value: return reflected(ops.mul, other, self)
    def __rtruediv__(self, other: float) -> Value: return reflected(ops.div, other, self)
    def __rpow__(self, other: float) -> Value: return reflected(ops.pow, other, self)
    def __neg__(self) -> Value: return node_of(ops.neg, (self,))
    def __iadd__(self, other: Value | float) -> Value: return in_place(ops.add, self, other)
    def __isub__(self, other: Value | float) -> Value: return in_place(ops.sub, self, other)
    def __imul__(self, other: Value | float) -> Value: return in_place(ops.mul, self, other)
    def __itruediv__(self, other: Value | float) -> Value: return in_place(ops.div, self, other)
    def __ipow__(self, other: Value | float) -> Value: return in_place(ops.pow, self, other)
    def __pos__(self) -> Value: return self
    def __abs__(self) -> Value: return node_of(ops.abs, (self,))

    # Rows of one operand are methods too. NumPy calls them on arrays of Values: np.tanh(array).

    def exp(self) -> Value: return node_of(ops.exp, (self,))
    def expm1(self) -> Value: return node_of(ops.expm1, (self,))
    def log(self) -> Value: return node_of(ops.log, (self,))
    def log1p(self) -> Value: return node_of(ops.log1p, (self,))
    def sqrt(self) -> Value: return node_of(ops.sqrt, (self,))
    def sin(self) -> Value: return node_of(ops.sin, (self,))
    def cos(self) -> Value: return node_of(ops.cos, (self,))
    def tan(self) -> Value: return node_of(ops.tan, (self,))
    def asin(self) -> Value: return node_of(ops.asin, (self,))
    def acos(self) -> Value: return node_of(ops.acos, (self,))
    def atan(self) -> Value: return node_of(ops.atan, (self,))
    def sinh(self) -> Value: return node_of(ops.sinh, (self,))
    def cosh(self) -> Value: return node_of(ops.cosh, (self,))
    def tanh(self) -> Value: return node_of(ops.tanh, (self,))
    def sigmoid(self) -> Value: return node_of(ops.sigmoid, (self,))
    def softplus(self) -> Value: return node_of(ops.softplus, (self,))
    def relu(self) -> Value: return node_of(ops.relu, (self,))
    def leaky_relu(self) -> Value: return node_of(ops.leaky_relu, (self,))
    def gelu(self) -> Value: return node_of(ops.gelu, (self,))
    def silu(self) -> Value: return node_of(ops.silu, (self,))
    def erf(self) -> Value: return node_of(ops.erf, (self,))
    def erfc(self) -> Value: return node_of(ops.erfc, (self,))
    def sign(self) -> Value: return node_of(ops.sign, (self,))
    def step(self) -> Value: return node_of(ops.step, (self,))
    def hypot(self, other: Value | float) -> Value: return binary(ops.hypot, self, other)
    def atan2(self, other: Value | float) -> Value: return binary(ops.atan2, self, other)
    def item(self) -> float: return self.data
    def detach(self) -> Value: return Value(self.data, self.label)
    def conjugate(self) -> Value: return self
    def exp2(self) -> Value: return 2.0**self
    arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2  # NumPy's names

    def __lt__(self, other: Value | float) -> bool: return compared(operator.lt, self, other)
    def __le__(self, other: Value | float) -> bool: return compared(operator.le, self, other)
    def __gt__(self, other: Value | float) -> bool: return compared(operator.gt, self, other)
    def __ge__(self, other: Value | float) -> bool: return compared(operator.ge, self, other)
    def __bool__(self) -> bool: return bool(self.data)
    # fmt: on

    @staticmethod
    def record(op: Op, operands: Sequence[Value | float]) -> Value:
        """What `op` makes of operands of which one is a Value: a call of a row, `tanh(v)` or `dot(w, x)`, ends here."""
        if any(hasattr(operand, "record") and not isinstance(operand, Value) for operand in operands):
            return NotImplemented  # a stranger that records too: it is asked next
        return node_of(op, tuple([operand if isinstance(operand, Value) else constant(operand) for operand in operands]))

    def __float__(self) -> float:
        raise TypeError(
            "a Value does not become a plain number by itself, since its graph would be lost: write v.data for the number, "
            "or the function of micrograd (micrograd.exp, not math.exp) for a Value"
        )

    __int__ = __float__

    def __round__(self, digits: int | None = None) -> float:
        return self.__float__()

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        gradient = "" if self.grad is None or isinstance(self.grad, NoGradient) else f", grad={self.grad!r}"
        label = "" if self.label is None else f", label={self.label!r}"
        return f"{type(self).__name__}(data={self.data!r}{gradient}{label})"

    def __copy__(self) -> Value:
        return rebuild(fields(self), self.parents)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in topological_order(self):
            if id(node) not in memo:
                memo[id(node)] = rebuild(fields(node), tuple([memo[id(parent)] for parent in node.parents]))
        return memo[id(self)]

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.parents:
            return rebuild, (fields(self),)
        order = topological_order(self)
        place = {node: index for index, node in enumerate(order)}
        return rebuild_graph, ([(fields(n), [place[p] for p in n.parents]) if n.parents else n for n in order],)

    # Drawing code written for micrograd 0.1.0 reads these.
    _prev = property(lambda self: self.parents)
    _op = property(lambda self: self.op.symbol if self.op else "")


class Constant(Value):
    """The leaf that a plain number becomes as an operand: the 2 of `2 * x`."""

    __slots__ = ()


class NoGradient(float):
    """What `grad` is before a sweep: a 0.0 marked by its class. The first addition to it gives a plain float."""

    __slots__ = ()


class Gradient(advice.GradientWords, float):
    """What `grad` of a leaf is after a sweep: it knows the number `at` which it was taken, to notice when the leaf has moved.

    That is nan once a step has followed it, and for a sum of gradients of several places.
    """

    __slots__ = ("at",)
    at: float

    @classmethod
    def taken(cls, number: float, at: float) -> Self:
        gradient = cls(number)
        gradient.at = at
        return gradient

    def __reduce__(self) -> tuple[Any, ...]:
        return Gradient.taken, (float(self), self.at)


NO_GRADIENT = NoGradient()


# --------------------------------------------------------------------------------------------------------------
# Recording: from operands to a node
# --------------------------------------------------------------------------------------------------------------


def node_of(op: Op, parents: tuple[Value, ...]) -> Value:
    """The Value that `op` makes of its parents, with the derivative by each of them."""
    numbers = op.arguments([parent.data for parent in parents])
    node = object.__new__(Value)
    try:
        node.data = data = as_float(op.forward(*numbers))
        derivatives = op.derivatives(data, *numbers)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise mistakes.failure(op, parents, error) from None
    if type(derivatives) is not tuple or len(derivatives) != len(parents):
        given = f"{len(derivatives)} derivative(s)" if isinstance(derivatives, tuple) else repr(derivatives)
        raise TypeError(
            f"the rule of {op.symbol} gave {given} for {len(parents)} operand(s); "
            "it needs to return a tuple with one for each, such as (2 * a,)"
        )
    node.grad, node.op, node.parents, node.local_derivatives, node.label = NO_GRADIENT, op, parents, derivatives, None
    return node


def binary(op: Op, left: Value, right: Value | float) -> Value:
    """The same for the five operators, where most nodes are made: their rows give floats, so nothing is checked.

    `NotImplemented` for a stranger: Python then asks it, or says what is wrong.
    """
    if not isinstance(right, Value):
        if not isinstance(right, (float, Real)):
            return NotImplemented
        right = constant(right)
    a, b = left.data, right.data
    node = object.__new__(Value)
    try:
        node.data = data = op.forward(a, b)
        node.local_derivatives = op.derivatives(data, a, b)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise mistakes.failure(op, (left, right), error) from None
    node.grad, node.op, node.parents, node.label = NO_GRADIENT, op, (left, right), None
    return node


def reflected(op: Op, left: float, right: Value) -> Value:
    return binary(op, constant(left), right) if isinstance(left, (float, Real)) else NotImplemented


def constant(number: float) -> Constant:
    """The leaf for a plain number among the operands, its slots filled as those of a node are."""
    leaf = object.__new__(Constant)
    leaf.data, leaf.grad, leaf.op, leaf.label = as_float(number), NO_GRADIENT, None, None
    leaf.parents = leaf.local_derivatives = ()
    return leaf


def in_place(op: Op, left: Value, right: Value | float) -> Value:
    """A new Value, as everywhere; but not for `w -= 0.1 * w.grad`, which means to move the leaf w."""
    if isinstance(left.grad, Gradient) and isinstance(right, (float, Real)):
        raise mistakes.in_place(op, left)
    return binary(op, left, right)


def compared(relation: Callable[[float, float], bool], a: Value, b: Value | float) -> bool:
    """The relation between the two numbers; `NotImplemented` for a stranger."""
    if isinstance(b, Value):
        return relation(a.data, b.data)
    return relation(a.data, b) if isinstance(b, Real) else NotImplemented


# --------------------------------------------------------------------------------------------------------------
# The walk, and what comes before a sweep
# --------------------------------------------------------------------------------------------------------------


def topological_order(root: Value, seen: set[Value] | None = None) -> list[Value]:
    """Every value that `root` was computed from, and `root`: parents before children, each once.

    Depth first, the first operand first, so that an expression is listed in the order in which it is read.
    Values in `seen` are left out, with what only they were computed from; those listed are added to it.
    """
    seen = set() if seen is None else seen
    order, path = [], [] if root in seen else [(root, iter(root.parents))]
    seen.add(root)
    while path:  # a loop: a chain may be longer than the recursion limit
        node, parents = path[-1]
        for parent in parents:
            if parent not in seen:
                seen.add(parent)
                if parent.parents:
                    path.append((parent, iter(parent.parents)))
                    break
                order.append(parent)
        else:  # no parent is left to be listed before this one
            order.append(node)
            path.pop()
    return order


def prepare_gradients(order: Sequence[Value]) -> tuple[list[Value], set[Value]]:
    """Set the gradient of every inner node to 0; give the leaves, and those of them whose sum will be of several places."""
    if not isinstance(order[-1].grad, NoGradient):
        mistakes.look_at_graph(order)
    leaves, mixed, moved_by_hand = [], set(), None
    for node in order:
        if node.op is not None:
            node.grad = 0.0
            continue
        if type(node) is not Constant:  # which nobody steps with
            leaves.append(node)
        if type(node.data) is not float:
            node.data = as_float(node.data)
        if node.grad is None or type(node.grad) is NoGradient:  # None clears it in PyTorch
            node.grad = 0.0
        elif type(node.grad) is Gradient and node.grad.at != node.data == node.data:  # nan is nowhere, and has not moved
            mixed.add(node)
            moved_by_hand = moved_by_hand if isnan(node.grad.at) else node
        elif type(node.grad) is not float:
            node.grad = as_float(node.grad)
    if moved_by_hand is not None:
        mistakes.look_at_moved(moved_by_hand)
    return leaves, mixed


# --------------------------------------------------------------------------------------------------------------
# Copies: `copy.deepcopy` and `pickle` would follow the parents by recursion, so they are handed flat lists.
# Two outputs pickled together share their leaves and not their inner nodes; `deepcopy` keeps both.
# --------------------------------------------------------------------------------------------------------------


def fields(value: Value) -> tuple[Any, ...]:
    """All that a value holds but its parents."""
    return type(value), value.data, value.label, value.grad, value.op, value.local_derivatives


def rebuild(fields: tuple[Any, ...], parents: tuple[Value, ...] = ()) -> Value:
    kind, *rest = fields
    value: Value = object.__new__(kind)
    value.data, value.label, value.grad, value.op, value.local_derivatives = rest
    value.parents = parents
    return value


def rebuild_graph(entries: list[Any]) -> Value:
    """The last value of a list of leaves and of (fields, places of the parents in the list)."""
    values: list[Value] = []
    for entry in entries:
        values.append(entry if isinstance(entry, Value) else rebuild(entry[0], tuple([values[i] for i in entry[1]])))
    return values[-1]
