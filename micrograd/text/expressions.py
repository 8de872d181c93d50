"""From text to a graph: `parse` reads an expression, and says what is wrong with one that it cannot read.

>>> out = parse("tanh(w*x + b)", w=0.5, x=2, b=1)
>>> out.backward()
>>> [(leaf.label, leaf.grad > 0) for leaf in out.parents[0].parents[0].parents]
[('w', True), ('x', True)]
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from micrograd import ops
from micrograd.engine import Value
from micrograd.ops import OPS, SLOPES, Op, Reduction

FUNCTIONS: dict[str, Op] = {op.symbol: op for op in OPS if op.symbol.isidentifier()}
OPERATORS: dict[type[ast.AST], Op] = {
    ast.Add: ops.add,
    ast.Sub: ops.sub,
    ast.Mult: ops.mul,
    ast.Div: ops.div,
    ast.Pow: ops.pow,
    ast.USub: ops.neg,
}


def parse(text: str, /, **numbers: Value | float) -> Value:
    """The graph of an expression in Python's spelling: names, numbers, + - * / **, and the functions of the table.

    Each name becomes one leaf with that label, or is the Value given for it. The text is read with `ast` and never
    evaluated as Python. A ValueError points at what is wrong, and names a number that the expression has no use for.

    >>> parse("x**2 * y", x=3, y=2).data
    18.0
    >>> parse("dot([a, b], [2, 3])", a=Value(1.0), b=10).data
    32.0
    """
    text = one_line(text)
    leaves = {name: number if isinstance(number, Value) else Value(number, label=name) for name, number in numbers.items()}
    results: dict[ast.AST, Any] = {}
    whole = parts(syntax_tree(text), text)
    for part in whole:
        operands = [results[operand] for operand in operands_of(part, text)]
        results[part] = result = value_of(part, operands, leaves, text)
    if isinstance(result, list):
        raise complaint(text, 0, "a list is for dot, total and logsumexp; a number is written with a point, as in 0.5")
    check_used(numbers, names_among(whole), text)
    return result if isinstance(result, Value) else Value(result)


def names_in(text: str) -> list[str]:
    """The names that an expression needs numbers for, in the order in which they are read.

    >>> names_in("tanh(w*x + b) + w")
    ['w', 'x', 'b']
    """
    text = one_line(text)
    return names_among(parts(syntax_tree(text), text))


def names_among(whole: Iterable[ast.expr]) -> list[str]:
    return list(dict.fromkeys(part.id for part in whole if isinstance(part, ast.Name)))


def check_used(given: Iterable[str], needed: Sequence[str], text: str) -> None:
    """A ValueError for a name that the expression does not have: perhaps it was meant otherwise."""
    for name in given:
        if name not in needed:
            has = f"its names are {', '.join(needed)}" if needed else "it has no names"
            raise ValueError(f"{name} is not in the expression {text!r}; {has}")


def one_line(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"an expression is text, such as 'tanh(w*x + b)', got {text!r}")
    text = " ".join(text.split())
    for symbol, sentence in TYPOGRAPHY.items():
        if symbol in text:
            raise complaint(text, len(text.partition(symbol)[0].encode()), sentence)
    return text


TYPOGRAPHY = {
    "\N{MINUS SIGN}": "this is a typographic minus; type -",
    "\N{EN DASH}": "this is a dash; type -",
    "\N{MULTIPLICATION SIGN}": "write * for a product",
    "·": "write * for a product",
    "²": "write **2 for a square",
    "³": "write **3 for a cube",
    "√": "write sqrt(...) for a root",
    "|": "write abs(...) for an absolute value",
}

# What a text that Python cannot read may have meant: the first that is found is pointed at.
SLIPS = (
    (r"^$", "the expression is empty"),
    (r"(?<![=<>!])=(?!=)", "leave out = and what stands before it"),
    (r"(?<![\w.])\d+\.?\d*(?![eE][-+]?\d)\s?(?=[A-Za-z_(])", "write * between a number and what it multiplies: 2*x"),
    (r"(?<=[\w)])\s+(?=[A-Za-z_(\d])", "an operator or parentheses are missing here: a*b, or sin(x)"),
    (r"[-+*/]$", "something is missing after this"),
    (r"\blambda\b|\bis\b|\bin\b|\bif\b|\bas\b|\bdef\b", "this is a word of Python; choose another name"),
)


def syntax_tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise slip(text, max((error.offset or 1) - 1, 0)) from None
    except (RecursionError, MemoryError):
        raise ValueError("the expression is nested too deeply for Python's parser; give parts of it names of their own") from None


def slip(text: str, column: int) -> ValueError:
    """What is wrong with a text that is no expression, as well as can be guessed."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return complaint(text, len(text[:place].encode()), "this ) has no (")
    if depth:
        return complaint(text, len(text.encode()), "a ( is never closed; add )")
    for pattern, sentence in SLIPS:
        if found := re.search(pattern, text):
            return complaint(text, len(text[: found.start()].encode()), sentence)
    return complaint(text, column, "the expression does not go on like this; write it as in Python, such as tanh(w*x + b)")


OTHER_NAMES = {
    "ln": "log", "sine": "sin", "cosine": "cos", "tangent": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "max": "maximum", "min": "minimum", "sum": "total", "logistic": "sigmoid", "swish": "silu", "pow": "**",
}  # fmt: skip


def instead_of(name: str, leaves: Mapping[str, Value]) -> str:
    """What to write instead of a function that does not exist."""
    known = [symbol for symbol, op in FUNCTIONS.items() if op not in SLOPES]
    if name in leaves:
        return f"for a product write {name}*(...)"
    if name in OTHER_NAMES:
        return f"write {OTHER_NAMES[name]}"
    if close := difflib.get_close_matches(name.lower(), known, n=1):
        return f"did you mean {close[0]}?"
    return f"choose from {', '.join(known)}"


def parts(root: ast.expr, text: str) -> list[ast.expr]:
    """Every part of the expression, operands before what is made of them, left before right."""
    found, stack = [], [root]
    while stack:
        part = stack.pop()
        found.append(part)
        stack.extend(operands_of(part, text))
    return found[::-1]


def operands_of(part: ast.expr, text: str) -> list[ast.expr]:
    """The operands of an operator, a call or a list; a ValueError for anything that is not part of an expression."""
    match part:
        case ast.BinOp(left=left, op=symbol, right=right) if type(symbol) in OPERATORS:
            return [left, right]
        case ast.BinOp(left=left, op=ast.BitXor()):
            raise complaint(text, left.end_col_offset or 0, "write ** for a power, not ^")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return [operand]
        case ast.Call(func=ast.Name(), args=args, keywords=[]):
            return args
        case ast.Call(func=ast.Constant() | ast.BinOp() | ast.Call() as factor, keywords=[]):
            raise complaint(text, factor.end_col_offset or 0, "write * between the two factors")
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return items
        case ast.Name():
            return []
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return []
    raise complaint(
        text,
        part.col_offset,
        "this is not part of an expression; use names, numbers, + - * / **, lists for dot and total, and functions such as tanh",
    )


def value_of(part: ast.expr, operands: list[Any], leaves: Mapping[str, Value], text: str) -> Any:
    match part:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            if name not in leaves:
                raise complaint(text, part.col_offset, f"{name} has no number; write {name}=NUMBER")
            return leaves[name]
        case ast.List() | ast.Tuple():
            return operands
        case ast.UnaryOp(op=ast.UAdd()):
            return operands[0]
        case ast.BinOp(op=symbol) | ast.UnaryOp(op=symbol):
            function = OPERATORS[type(symbol)]
        case ast.Call(func=ast.Name(id=name)):
            if name not in FUNCTIONS:
                raise complaint(text, part.col_offset, f"there is no function {name}; {instead_of(name, leaves)}")
            function = FUNCTIONS[name]
    check_operands(function, operands, part.col_offset, text)
    return function(*operands)


def check_operands(function: Op, operands: list[Any], place: int, text: str) -> None:
    sequences = isinstance(function, Reduction)
    kind = "list(s) such as [a, b]" if sequences else "operand(s)"
    if len(operands) != function.arity:
        raise complaint(text, place, f"{function.symbol} takes {function.arity} {kind}, and got {len(operands)}")
    if any(isinstance(operand, list) is not sequences for operand in operands):
        raise complaint(text, place, f"{function.symbol} takes {function.arity} {kind}")


def complaint(text: str, column: int, sentence: str) -> ValueError:
    """The sentence, and under it the text with a pointer to the place (`column` counts bytes, as `ast` does)."""
    place = len(text.encode()[:column].decode(errors="ignore"))
    return ValueError(f"{sentence}\n  {text}\n  {' ' * place}^")
