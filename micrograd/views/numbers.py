"""All numbers of a graph in one listing, for pages that compute them anew: what every node is, and every local derivative."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.compiler.listing import Listing, flatten
from micrograd.engine import Constant, Value
from micrograd.views.diagram import Diagram


def every_number(diagram: Diagram, inputs: Sequence[Value], parameters: Sequence[Value]) -> Listing:
    """The data of every node of the diagram, then the local derivative of every edge, in their order.

    >>> w, x = Value(3.0, label="w"), Value(2.0, label="x")
    >>> every_number(Diagram(w * x), [x], [w]).run([2.0], [3.0])
    [3.0, 2.0, 6.0, 2.0, 3.0]
    """
    slopes = {child: slopes_of(value) for child, value in enumerate(diagram.values) if value.op is not None}
    locals_ = [slopes[edge.child][edge.operand] for edge in diagram.edges]
    return flatten([*diagram.values, *locals_], inputs, parameters)


def slopes_of(value: Value) -> list[Value]:
    """The local derivative by each operand as the rule of the operation gives it, with the bits of `backward`: not folded."""
    if value.op is None:
        return []
    operands = [parent.data if isinstance(parent, Constant) else parent for parent in value.parents]
    slopes = value.op.derivatives(value, *value.op.arguments(operands))
    return [slope if isinstance(slope, Value) else Constant(slope) for slope in slopes]
