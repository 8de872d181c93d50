"""What a learner's own numbers lead to, as a function of JavaScript: each blank from the numbers on the cards that it reads."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce

from micrograd.compiler.javascript.functions import Function, unspelled, values_function
from micrograd.compiler.listing import Listing, flatten
from micrograd.engine import Constant, Value
from micrograd.exercises.blanks import VALUE, Blank
from micrograd.views.diagram import Diagram


def following_function(name: str, diagram: Diagram, blanks: tuple[Blank, ...]) -> Function | None:
    """`name(x, p, out)`: what each blank is, with x the values of all nodes and then their gradients, as someone has them.

    None where JavaScript has no such operation, or a rule reads plain numbers only: a user's own.
    """
    try:
        listing = following(diagram, blanks)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return None if unspelled(listing) else values_function(name, listing)


def following(diagram: Diagram, blanks: tuple[Blank, ...]) -> Listing:
    """Every blank from the values and gradients of its neighbours, each of which may be wrong by itself.

    >>> from micrograd.exercises.blanks import blanks_of
    >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
    >>> diagram = Diagram(a * b, collapse=None)
    >>> following(diagram, blanks_of(diagram, values=True)).run([2.0, 3.0, 6.0, 0.0, 0.0, 1.0], [])
    [6.0, 2.0, 3.0]
    >>> following(diagram, blanks_of(diagram, values=True)).run([2.0, 5.0, 6.0, 0.0, 0.0, 1.0], [])
    [10.0, 2.0, 5.0]
    """
    own = [Value(value.data) for value in diagram.values]
    gradients = [Value(gradient) for gradient in diagram.gradients]
    values: dict[int, Value] = {}
    slopes: dict[int, Sequence[Value | float]] = {}
    for place, node in enumerate(diagram.values):
        if node.op is not None:
            operands = [parent.data if isinstance(parent, Constant) else own[diagram.place[parent]] for parent in node.parents]
            values[place] = node.op.applied(operands)
            slopes[place] = node.op.derivatives(own[place], *node.op.arguments(operands))
    shares: dict[int, list[Value]] = {}
    for edge in reversed(diagram.edges):
        shares.setdefault(edge.parent, []).append(gradients[edge.child] * slopes[edge.child][edge.operand])
    sums = {place: reduce(operator.add, parts) for place, parts in shares.items()}
    return flatten([(values if blank.kind == VALUE else sums)[blank.place] for blank in blanks], [*own, *gradients], [])
