"""Gradients as graphs: the reverse sweep carried out in Values.

Such a gradient is a Value like any other: it can be drawn, stepped through, checked, compiled, and differentiated
again. Each derivative rule of the table runs on Values here, the same rule that `backward` runs on numbers.

>>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
>>> by_x, by_y = gradient(x * x * y, [x, y])
>>> by_x.data, by_y.data
(12.0, 9.0)
>>> gradient(by_x, [x])[0].data
4.0
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import starmap
from typing import TypeAlias

from micrograd import ops
from micrograd.engine import Constant, Value, topological_order
from micrograd.ops import Op

Term: TypeAlias = "Value | float"  # a float is a part of a gradient that is the same at every point


def gradient(output: Value, inputs: Sequence[Value]) -> list[Value]:
    """The derivative of `output` by each of the inputs, as graphs on the same leaves.

    Zeros and ones fold away: the gradient of `w * x` by `w` is the node `x` itself. An input that the output does not
    depend on has gradient 0. The numbers are those of `backward` but for rounding and for 0 * inf, which is 0 here, as long
    as no leaf has changed since the output was computed.

    >>> w, x = Value(0.5), Value(2.0)
    >>> gradient(w * x, [w])[0] is x
    True
    """
    check_values(output, inputs)
    order = topological_order(output)
    on_path = depending_on(inputs, order)
    contributions: dict[Value, list[tuple[Term, Term]]] = {output: [(1.0, 1.0)]}
    adjoints: dict[Value, Term] = {}
    for node in reversed(order):
        if node not in on_path or node not in contributions:
            continue
        adjoint = adjoints[node] = summed(contributions.pop(node))
        if node.op is None or adjoint == 0.0:
            continue
        operands = [parent.data if isinstance(parent, Constant) else parent for parent in node.parents]
        slopes = node.op.derivatives(node, *node.op.arguments(operands))
        for parent, derivative in zip(node.parents, folded_slopes(slopes, [node, *node.parents]), strict=True):
            if parent in on_path:
                contributions.setdefault(parent, []).append((derivative, adjoint))
    return [as_value(adjoints.get(value, 0.0)) for value in inputs]


def jacobian(outputs: Sequence[Value], inputs: Sequence[Value]) -> list[list[Value]]:
    """The gradient of each output, one row per output.

    >>> x, y = Value(3.0), Value(2.0)
    >>> [[entry.data for entry in row] for row in jacobian([x * y, x - y], [x, y])]
    [[2.0, 3.0], [1.0, -1.0]]
    """
    if isinstance(outputs, Value):
        raise TypeError("the outputs of a jacobian are a list, and one Value was given; write [value], or use gradient")
    return [gradient(output, inputs) for output in outputs]


def hessian(output: Value, inputs: Sequence[Value]) -> list[list[Value]]:
    """The second derivatives: entry i, j is the derivative by input j of the derivative by input i.

    >>> x, y = Value(3.0), Value(2.0)
    >>> [[entry.data for entry in row] for row in hessian(x * x * y, [x, y])]
    [[4.0, 6.0], [6.0, 0.0]]
    """
    check_values(output, inputs, "a hessian")
    return jacobian(gradient(output, inputs), inputs)


def check_values(output: Value, inputs: Sequence[Value], what: str = "a gradient") -> None:
    if not isinstance(output, Value):
        raise TypeError(f"{what} needs a Value to differentiate, got {output!r}")
    if isinstance(inputs, Value):
        raise TypeError(f"the inputs of {what} are a list, and one Value was given; write [value]")
    for value in inputs:
        if not isinstance(value, Value) or isinstance(value, Constant):
            raise TypeError(f"the inputs of {what} are Values, and one is {value!r}")


def depending_on(inputs: Sequence[Value], order: Sequence[Value]) -> set[Value]:
    """The inputs, and each value of the order that was computed from one of them."""
    found = set(inputs)
    for node in order:
        if not found.isdisjoint(node.parents):
            found.add(node)
    return found


def folded_slopes(slopes: Sequence[Term], known: Iterable[Value]) -> Iterator[Term]:
    """What a rule gave, folded down to the values that are known: the node and its parents."""
    stop = set(known)
    terms: dict[Value, Term] = {}  # what the slopes have in common is folded once
    for slope in slopes:
        yield folded(slope, stop, terms) if isinstance(slope, Value) else slope


def summed(contributions: Sequence[tuple[Term, Term]]) -> Term:
    """The sum of derivative * upstream over all uses of a value: two equal ones as one twice, three products as a `dot`."""
    products: list[tuple[Term, Term]] = []
    rest: list[tuple[Term, Term]] = []
    for (derivative, upstream), count in Counter(contributions).items():
        pair = (times(float(count), derivative), upstream)
        both = isinstance(pair[0], Value) and isinstance(upstream, Value)
        (products if both else rest).append(pair)
    if len(products) < 3:
        return reduce(plus, starmap(times, products + rest))
    return reduce(plus, starmap(times, rest), ops.dot(*zip(*products, strict=True)))


def as_value(term: Term) -> Value:
    return term if isinstance(term, Value) else Constant(term)


# --------------------------------------------------------------------------------------------------------------
# Folding: what a rule wrote, without the zeros, ones and double signs. 0 * inf is 0 here, as in the limit.
# --------------------------------------------------------------------------------------------------------------


def folded(value: Value, known: set[Value], terms: dict[Value, Term]) -> Term:
    """The value with every node above the known ones folded; they become known, and `terms` has what they fold to."""
    for node in topological_order(value, known):
        if node.op is None:
            terms[node] = node.data if isinstance(node, Constant) else node
            continue
        operands = [terms.get(parent, parent) for parent in node.parents]
        if not any(isinstance(operand, Value) for operand in operands):
            terms[node] = node.data
        elif node.op in FOLDS:
            terms[node] = FOLDS[node.op](*operands)
        else:
            unchanged = all(map(operator.is_, operands, node.parents))
            terms[node] = node if unchanged else node.op.applied(operands)
    return terms.get(value, value)


def sign_and_size(term: Term) -> tuple[float, Term]:
    """-1 and the term without its minus, or 1 and the term."""
    if not isinstance(term, Value):
        return math.copysign(1.0, term), abs(term)
    return (-1.0, term.parents[0]) if term.op is ops.neg else (1.0, term)


def with_sign(sign: float, size: Term) -> Term:
    return -size if sign < 0.0 else size


def plus(a: Term, b: Term) -> Term:
    if a == 0.0 or b == 0.0:
        return b if a == 0.0 else a
    (sign_a, size_a), (sign_b, size_b) = sign_and_size(a), sign_and_size(b)
    if sign_a != sign_b:
        return size_a - size_b if sign_a > 0.0 else size_b - size_a
    return with_sign(sign_a, times(2.0, size_a) if size_a == size_b else size_a + size_b)


def minus(a: Term, b: Term) -> Term:
    return plus(a, negative(b))


def negative(a: Term) -> Term:
    sign, size = sign_and_size(a)
    return with_sign(-sign, size)


def product(op: Op) -> Callable[[Term, Term], Term]:
    """The folding of `*` or of its quiet row. Signs come to the front, then numbers: -2*x."""

    def fold(a: Term, b: Term) -> Term:
        (sign_a, a), (sign_b, b) = sign_and_size(a), sign_and_size(b)
        if isinstance(a, Value) and not isinstance(b, Value):
            a, b = b, a
        for factor, below in ((a, denominator(b)), (b, denominator(a))):
            if below is not None:
                return with_sign(sign_a * sign_b, factor / below)  # x * (1/y) is x/y, with one rounding less
        return with_sign(sign_a * sign_b, op(a, b) if isinstance(a, Value) else scaled(a, b))

    return fold


def denominator(term: Term) -> Value | None:
    """The y of 1/y."""
    if isinstance(term, Value) and term.op is ops.div and isinstance(term.parents[0], Constant) and term.parents[0].data == 1.0:
        return term.parents[1]
    return None


def scaled(number: float, term: Term) -> Term:
    if number in (0.0, 1.0):
        return term if number else 0.0
    if isinstance(term, Value) and term.op is ops.mul and isinstance(term.parents[0], Constant):
        factor, rest = term.parents
        if exact_product(number, factor.data):
            return scaled(number * factor.data, rest)  # 2*(3*x) is 6*x, and 2*(0.5*x) is x
    return ops.mul(number, term)


def exact_product(a: float, b: float) -> bool:
    """Whether the product of two numbers needs no rounding."""
    product = a * b
    return math.isfinite(product) and Fraction(a) * Fraction(b) == Fraction(product)


def quotient(op: Op) -> Callable[[Term, Term], Term]:
    def fold(a: Term, b: Term) -> Term:
        (sign_a, a), (sign_b, b) = sign_and_size(a), sign_and_size(b)
        if a == 0.0:
            return 0.0
        return with_sign(sign_a * sign_b, a if b == 1.0 else op(a, b))

    return fold


def power(op: Op) -> Callable[[Term, Term], Term]:
    def fold(a: Term, b: Term) -> Term:
        if b == 0.0:
            return 1.0
        return a if b == 1.0 else op(a, b)

    return fold


times = product(ops.mul)

FOLDS: dict[Op, Callable[..., Term]] = {
    ops.add: plus,
    ops.sub: minus,
    ops.neg: negative,
    ops.mul: times,
    ops.quiet_mul: product(ops.quiet_mul),
    ops.div: quotient(ops.div),
    ops.quiet_div: quotient(ops.quiet_div),
    ops.pow: power(ops.pow),
    ops.quiet_pow: power(ops.quiet_pow),
}
