"""How an exercise writes: names, formulas and factors as they stand on the cards and in the sentences about them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from micrograd import ops
from micrograd.engine import Value
from micrograd.text.naming import minus, signed, subscripted, uses
from micrograd.views.diagram import Diagram
from micrograd.views.player import rules, terms
from micrograd.views.stepping import BackwardStep

ARGUMENT = re.compile(r"([(\[|]|, )\(([^()]*)\)(?=[)\]|,])")  # parentheses within those of a call
PLACE = re.compile(r"\{(\d+|out)\}")
NEGATIVE = re.compile(r"(?<=[+−×/] )(−[\d.e]+)")  # a plain number after a sign


class Notation:
    """The writing of one graph. A step is one factor on its way from a node to an operand."""

    def __init__(self, diagram: Diagram) -> None:
        self.names = {value: subscripted(name) for value, name in diagram.names.items()}

    def name(self, value: Value) -> str:
        return self.names[value]

    def gradient(self, value: Value) -> str:
        return f"∇{self.names[value]}"

    def local_derivative(self, step: BackwardStep) -> str:
        """`∂c/∂b`, and with an index where c uses b more than once."""
        return f"∂{self.names[step.node]}/∂{self.names[step.parent]}{uses(step.node.parents)[step.operand]}"

    def operation(self, value: Value) -> str:
        """How the node is computed from its operands, in symbols: `a × b`."""
        return self.filled(value, [self.names[parent] for parent in value.parents])

    def numbers(self, value: Value) -> str:
        """The same with numbers in place of names: `2 × (−3)`."""
        return self.filled(value, [factor(parent.data) for parent in value.parents])

    def filled(self, value: Value, operands: Sequence[str]) -> str:
        if value.op is None:
            return ""
        text = put_in(" + ".join(terms(value.op, value)), operands)
        return ARGUMENT.sub(r"\1\2", NEGATIVE.sub(r"(\1)", text))

    def slope(self, step: BackwardStep) -> str:
        """The local derivative as the operation's rule has it, such as `a` for c = a × b; "" where that is no formula."""
        node = step.node
        if node.op is ops.logsumexp:  # whose rule is longer: it takes all relative to the largest, and never overflows
            return f"exp({self.names[step.parent]} − {self.names[node]})"
        if node.op is None or (rule := rules(node.op, node)[step.operand]) is None:
            return ""
        return put_in(rule, [self.names[parent] for parent in node.parents], self.names[node])

    def product(self, steps: Sequence[BackwardStep]) -> str:
        """The chain rule for a gradient, in symbols: one product for each use."""
        return " + ".join([f"{self.gradient(step.node)} × {self.local_derivative(step)}" for step in steps])

    def product_in_numbers(self, steps: Sequence[BackwardStep]) -> str:
        return " + ".join([f"{factor(step.upstream)} × {factor(step.local_derivative)}" for step in steps])


def put_in(text: str, operands: Sequence[str], out: str = "") -> str:
    """The text with operands for its {0}, {1}, ..., and out for {out}; any other brace may stand in the name of an operation.

    >>> put_in("{0} × {1} + set{}({out})", ["a", "b"], "c")
    'a × b + set{}(c)'
    """
    names = {"out": out} | {str(number): operand for number, operand in enumerate(operands)}
    return PLACE.sub(lambda found: names.get(found[1], found[0]), text)


def factor(number: float) -> str:
    """The number among others, in parentheses if it is negative."""
    return minus(signed(number))
