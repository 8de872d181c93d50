"""What lets the numbers of a page be moved: every node of a graph and every local derivative, as functions of JavaScript."""

from __future__ import annotations

from typing import NamedTuple

from micrograd.compiler.javascript.functions import script, unspelled, values_function
from micrograd.compiler.listing import flatten
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value
from micrograd.views.diagram import Diagram
from micrograd.views.numbers import every_number

MOST_NUMBERS = 6000  # nodes and edges that a page computes anew at every move of the hand
FIXED = "The numbers on this page are fixed: "


class Live(NamedTuple):
    """The text of the functions, or why there are none."""

    functions: str
    fixed: str


def live_functions(diagram: Diagram, wanted: bool) -> Live:
    """`graphNumbers(x, p, out)`, every node's data and then every edge's local derivative, and `graphOutput(x, p, out)`.

    Both take the leaves in the order of the nodes as x, and nothing as p.
    """
    count = len(diagram.values) + len(diagram.edges)
    if not wanted:
        return Live("", f"{FIXED}it was made with live=False.")
    if count > MOST_NUMBERS:
        return Live("", f"{FIXED}{count:,} are too many to compute at every move.")
    leaves = leaves_of(diagram)
    output = flatten([diagram.output], leaves, [])
    if symbols := unspelled(output):
        return Live("", f"{FIXED}JavaScript has no {', '.join(printable(symbol, 20) for symbol in symbols)}.")
    try:
        numbers = every_number(diagram, leaves, [])
    except (ArithmeticError, TypeError, ValueError) as error:  # a rule that gives a number here, and has no derivative of its own
        return Live("", f"{FIXED}a local derivative cannot be written as a formula here: {printable(str(error), 200)}.")
    if symbols := unspelled(numbers):
        return Live("", f"{FIXED}JavaScript has no {', '.join(printable(symbol, 20) for symbol in symbols)}.")
    return Live(script([values_function("graphNumbers", numbers), values_function("graphOutput", output)]), "")


def leaves_of(diagram: Diagram) -> list[Value]:
    """The nodes that a hand may move."""
    return [value for value in diagram.values if value.op is None and not isinstance(value, Constant)]
