"""From text to a graph: `parse` reads an expression, and says what is wrong with one that it cannot read.

>>> out = parse("tanh(w*x + b)", w=0.5, x=2, b=1)
>>> out.backward()
>>> [(leaf.label, leaf.grad > 0) for leaf in out.parents[0].parents[0].parents]
[('w', True), ('x', True)]
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from micrograd.display.characters import printable
from micrograd.engine import Value
from micrograd.ops import OPS, SLOPES, Op, Reduction
from micrograd.text.reading import OPERATORS, Kind, Part, complaint, one_line, postfix

FUNCTIONS: dict[str, Op] = {op.symbol: op for op in OPS if op.symbol.isidentifier()}
CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}  # unless a leaf has that name


def parse(text: str, /, **numbers: Value | float) -> Value:
    """The graph of an expression in Python's spelling: names, numbers, + - * / **, and the functions of the table.

    Each name becomes one leaf with that label, or is the Value given for it; pi, e, inf and nan are known. Nothing is evaluated
    as Python. A ValueError points at what is wrong, and names a number that the expression has no use for.

    >>> parse("x**2 * y", x=3, y=2).data
    18.0
    >>> parse("dot([a, b], [2, 3])", a=Value(1.0), b=10).data
    32.0
    """
    text = one_line(text)
    parts = postfix(text)
    leaves = {name: number if isinstance(number, Value) else Value(number, label=name) for name, number in numbers.items()}
    results: list[Any] = []
    for part in parts:
        start = len(results) - part.operands
        results[start:] = [value_of(part, results[start:], leaves, text)]
    (result,) = results
    if isinstance(result, list):
        raise complaint(text, 0, "a list is for dot, total and logsumexp; a number is written with a point, as in 0.5")
    check_used(numbers, names_among(parts), text)
    return result if isinstance(result, Value) else Value(result)


def names_in(text: str) -> list[str]:
    """The names in an expression, in the order in which they are read; pi and e too, since a leaf may be called so.

    >>> names_in("tanh(w*x + b) + w")
    ['w', 'x', 'b']
    """
    return list(names_among(postfix(one_line(text))))


def names_among(parts: Iterable[Part]) -> dict[str, None]:
    """Each name once, in their order: a dictionary, to be looked up in."""
    return dict.fromkeys(part.text for part in parts if part.kind is Kind.NAME)


def check_used(given: Iterable[str], needed: Mapping[str, None], text: str) -> None:
    """A ValueError for a name that the expression does not have: perhaps it was meant otherwise."""
    for name in given:
        if name not in needed:
            has = f"its names are {printable(', '.join(needed), 200)}" if needed else "it has no names"
            raise ValueError(f"{printable(name)} is not in the expression '{printable(text, 80)}'; {has}")


def value_of(part: Part, operands: list[Any], leaves: Mapping[str, Value], text: str) -> Any:
    """What the part is made into: a float where all is known, a Value, or a list of both."""
    match part.kind:
        case Kind.NUMBER:
            return number_of(part, text)
        case Kind.NAME:
            if part.text not in leaves and part.text not in CONSTANTS:
                name = printable(part.text)
                raise complaint(text, part.place, f"{name} has no number; write {name}=NUMBER")
            return leaves[part.text] if part.text in leaves else CONSTANTS[part.text]
        case Kind.LIST:
            if any(isinstance(operand, list) for operand in operands):
                raise complaint(text, part.place, "a list holds numbers, and no other list")
            return operands
        case Kind.CALL:
            if part.text not in FUNCTIONS:
                sentence = f"there is no function {printable(part.text)}; {instead_of(part.text, leaves)}"
                raise complaint(text, part.place, sentence)
            function = FUNCTIONS[part.text]
        case Kind.OPERATOR:
            function = OPERATORS[part.text, part.operands].op
    check_operands(function, operands, part.place, text)
    return function(*operands)


def number_of(part: Part, text: str) -> float:
    """The number; a ValueError for one that no float is near."""
    try:
        number = float(part.text)
    except ValueError:
        raise complaint(text, part.place, "this is not a number; write it as 1000, 0.5 or 1e-3") from None
    if math.isinf(number):
        raise complaint(text, part.place, "this number is too large for a float, which ends at 1.8e308; write inf for infinity")
    if number == 0.0 and re.match(r"[0_.]*[1-9]", part.text):
        raise complaint(text, part.place, "this number is too small for a float, which ends at 5e-324; write 0 for zero")
    return number


def check_operands(function: Op, operands: Sequence[Any], place: int, text: str) -> None:
    sequences = isinstance(function, Reduction)
    kind = "list(s) such as [a, b]" if sequences else "operand(s)"
    if len(operands) != function.arity:
        raise complaint(text, place, f"{function.symbol} takes {function.arity} {kind}, and got {len(operands)}")
    if any(isinstance(operand, list) is not sequences for operand in operands):
        raise complaint(text, place, f"{function.symbol} takes {function.arity} {kind}")


OTHER_NAMES = {
    "ln": "log", "sine": "sin", "cosine": "cos", "tangent": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "max": "maximum", "min": "minimum", "sum": "total", "logistic": "sigmoid", "swish": "silu", "pow": "**",
}  # fmt: skip


def instead_of(name: str, leaves: Mapping[str, Value]) -> str:
    """What to write instead of a function that does not exist."""
    known = [symbol for symbol, op in FUNCTIONS.items() if op not in SLOPES]
    if name in leaves:
        return f"for a product write {printable(name)}*(...)"
    if name in OTHER_NAMES:
        return f"write {OTHER_NAMES[name]}"
    close = difflib.get_close_matches(name.lower(), known)
    swapped = [symbol for symbol in close if sorted(symbol) == sorted(name.lower())]  # two letters typed in the wrong order
    for symbol in swapped or close:
        return f"did you mean {symbol}?"
    return f"choose from {', '.join(known)}"
