"""What a learner's own numbers lead to, as a function of JavaScript: each blank from the numbers on the cards that it reads."""

from __future__ import annotations

from micrograd.compiler.javascript.functions import Function, unspelled, values_function
from micrograd.compiler.listing import Listing, flatten
from micrograd.engine import Constant, Value
from micrograd.exercises.blanks import Blank
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

    def operands(child: int) -> list[Value | float]:
        parents = diagram.values[child].parents
        return [parent.data if isinstance(parent, Constant) else own[diagram.place[parent]] for parent in parents]

    def value(place: int) -> Value:
        op = diagram.values[place].op
        assert op is not None
        return op.applied(operands(place))

    def gradient(place: int) -> Value:
        total: Value | None = None
        for edge in reversed(diagram.edges):
            if edge.parent == place:
                op = diagram.values[edge.child].op
                assert op is not None
                slope = op.derivatives(own[edge.child], *op.arguments(operands(edge.child)))[edge.operand]
                share = gradients[edge.child] * slope
                total = share if total is None else total + share
        assert total is not None
        return total

    outputs = [value(blank.place) if blank.kind == "value" else gradient(blank.place) for blank in blanks]
    return flatten(outputs, [*own, *gradients], [])
