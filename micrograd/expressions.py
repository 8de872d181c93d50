"""Expressions as text: `parse` makes a graph of one, `formula` makes one of a graph.

>>> out = parse("tanh(w*x + b)", w=0.5, x=2, b=1)
>>> out.backward()
>>> formula(out)
'tanh(w*x + b)'
"""

from __future__ import annotations

import ast
import difflib
import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd import engine as e
from micrograd.engine import OPS, SLOPES, Constant, Op, Reduction, Value, topological_order

# --------------------------------------------------------------------------------------------------------------
# From text to a graph
# --------------------------------------------------------------------------------------------------------------

FUNCTIONS: dict[str, Op] = {op.symbol: op for op in OPS if op.symbol.isidentifier()}
OPERATORS: dict[type[ast.AST], Op] = {
    ast.Add: e.ADD,
    ast.Sub: e.SUB,
    ast.Mult: e.MUL,
    ast.Div: e.DIV,
    ast.Pow: e.POW,
    ast.USub: e.NEG,
}


def parse(text: str, /, **numbers: Value | float) -> Value:
    """The graph of an expression in Python's spelling: names, numbers, + - * / **, and the functions of the table.

    Each name becomes one leaf with that label, or is the Value given for it. The text is read with `ast` and never
    evaluated as Python. A ValueError points at what is wrong.

    >>> parse("x**2 * y", x=3, y=2).data
    18.0
    >>> parse("dot([a, b], [2, 3])", a=Value(1.0), b=10).data
    32.0
    """
    text = one_line(text)
    leaves = {name: number if isinstance(number, Value) else Value(number, label=name) for name, number in numbers.items()}
    results: dict[ast.AST, Any] = {}
    for part in parts(syntax_tree(text), text):
        operands = [results[operand] for operand in operands_of(part, text)]
        results[part] = result = value_of(part, operands, leaves, text)
    if isinstance(result, list):
        raise complaint(text, 0, "a list is for dot, total and logsumexp; a number is written with a point, as in 0.5")
    return result if isinstance(result, Value) else Value(result)


def names_in(text: str) -> list[str]:
    """The names that an expression needs numbers for, in the order in which they are read.

    >>> names_in("tanh(w*x + b) + w")
    ['w', 'x', 'b']
    """
    text = one_line(text)
    whole = parts(syntax_tree(text), text)
    return list(dict.fromkeys(part.id for part in whole if isinstance(part, ast.Name)))


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


# --------------------------------------------------------------------------------------------------------------
# From a graph to text
# --------------------------------------------------------------------------------------------------------------


class Spelling(NamedTuple):
    """How an operation is written: a template, how tightly the whole holds together, and how tightly each operand needs to."""

    template: str
    level: int
    operands: tuple[int, ...]


SUM, PRODUCT, SIGNED, POWER, ATOM = range(1, 6)  # levels: an operand that is looser than it needs to be gets parentheses
LOOSE = 0
LONGEST_SUM = 4  # terms of a total or dot that are written out as a sum

INFIX = {
    e.ADD: Spelling("{} + {}", SUM, (SUM, PRODUCT)),
    e.SUB: Spelling("{} - {}", SUM, (SUM, PRODUCT)),
    e.NEG: Spelling("-{}", SIGNED, (SIGNED,)),
}

TEXT = INFIX | {
    e.MUL: Spelling("{}*{}", PRODUCT, (PRODUCT, SIGNED)),
    e.DIV: Spelling("{}/{}", PRODUCT, (PRODUCT, SIGNED)),
    e.POW: Spelling("{}**{}", POWER, (ATOM, SIGNED)),
    e.BELL: Spelling("exp(-{}**2/2)", ATOM, (ATOM,)),
    e.SECH2: Spelling("1 - tanh({})**2", SUM, (LOOSE,)),
}

SYMBOLS = TEXT | {
    e.MUL: Spelling("{} × {}", PRODUCT, (PRODUCT, SIGNED)),
    e.DIV: Spelling("{} / {}", PRODUCT, (PRODUCT, SIGNED)),
    e.POW: Spelling("{}^{}", POWER, (ATOM, ATOM)),
    e.SQRT: Spelling("√{}", POWER, (ATOM,)),
    e.ABS: Spelling("|{}|", ATOM, (LOOSE,)),
    e.SIGMOID: Spelling("σ({})", ATOM, (LOOSE,)),
    e.BELL: Spelling("exp(-{}^2 / 2)", ATOM, (ATOM,)),
    e.SECH2: Spelling("1 - tanh({})^2", SUM, (LOOSE,)),
}

LATEX = INFIX | {
    e.MUL: Spelling(r"{} \, {}", PRODUCT, (PRODUCT, SIGNED)),
    e.DIV: Spelling(r"\frac{{{}}}{{{}}}", SIGNED, (LOOSE, LOOSE)),
    e.POW: Spelling("{}^{{{}}}", POWER, (ATOM, LOOSE)),
    e.EXP: Spelling("e^{{{}}}", POWER, (LOOSE,)),
    e.LOG: Spelling(r"\ln\left({}\right)", ATOM, (LOOSE,)),
    e.SQRT: Spelling(r"\sqrt{{{}}}", ATOM, (LOOSE,)),
    e.ABS: Spelling(r"\left|{}\right|", ATOM, (LOOSE,)),
    e.SIGMOID: Spelling(r"\sigma\left({}\right)", ATOM, (LOOSE,)),
    e.BELL: Spelling("e^{{-{}^2/2}}", POWER, (ATOM,)),
    e.SECH2: Spelling(r"1 - \tanh^2\left({}\right)", SUM, (LOOSE,)),
}

STYLES = {"text": TEXT, "symbols": SYMBOLS, "latex": LATEX}
for table in STYLES.values():  # a quiet row differs at singular points only, and reads like its plain one
    for quiet, plain in ((e.QUIET_MUL, e.MUL), (e.QUIET_DIV, e.DIV), (e.QUIET_POW, e.POW)):
        table[quiet] = table[plain]
LATEX[e.QUIET_LOG] = LATEX[e.LOG]
TEXT[e.QUIET_LOG] = SYMBOLS[e.QUIET_LOG] = Spelling("log({})", ATOM, (LOOSE,))
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LATEX_FUNCTIONS = {"sin", "cos", "tan", "sinh", "cosh", "tanh"}
GREEK = {"alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "sigma", "phi", "omega"}


def formula(value: Value, style: str = "text", *, max_nodes: int = 1000) -> str:
    """The expression that computed a Value: as text in Python's spelling, with the symbols of print, or as LaTeX.

    A node that is used twice is named once, on a line of its own above; so is a labelled one if it is used twice.
    A leaf is written as its label, a plain number as itself. A ValueError beyond `max_nodes`, since nobody reads that.

    >>> a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    >>> total = a + b
    >>> print(formula(total * (total - a / 2)))
    v1 = a + b
    v1*(v1 - a/2)
    >>> print(formula(a / (b + 1), style="latex"))
    \\frac{a}{b + 1}
    >>> print(formula(a * (b**2 - 1), style="symbols"))
    a × (b² − 1)
    """
    if not isinstance(value, Value):
        raise TypeError(f"a formula is that of a Value, got {value!r}")
    if style not in STYLES:
        raise ValueError(f"there is no style {style!r}; choose from {', '.join(STYLES)}")
    order = topological_order(value)
    if len(order) > max_nodes:
        raise ValueError(
            f"a formula of {len(order):,} nodes is too long to read; raise max_nodes={max_nodes}, or take a part of it"
        )
    latex = style == "latex"
    uses = Counter(parent for node in order for parent in node.parents)
    automatic = automatic_names({node.label for node in order if node.label})
    lines: list[str] = []
    written: dict[Value, tuple[str, int]] = {}
    for node in order:
        if isinstance(node, Constant):
            written[node] = number_text(node.data, latex)
        elif node.op is None:
            written[node] = name_text(node.label or next(automatic), latex), ATOM
        else:
            text, level = operation_text(node.op, [written[parent] for parent in node.parents], style)
            if uses[node] > 1:
                name = name_text(node.label or next(automatic), latex)
                lines.append(f"{name} = {text}")
                text, level = name, ATOM
            written[node] = text, level
    return typeset((r" \\ " if latex else "\n").join([*lines, written[value][0]]), style)


def automatic_names(taken: set[str]) -> Iterator[str]:
    return (name for name in map("v{}".format, itertools.count(1)) if name not in taken)


def typeset(text: str, style: str) -> str:
    """With symbols, a minus is as wide as a plus, a whole exponent stands high, and an exponent of 1 is not written."""
    if style != "symbols":
        return text
    text = re.sub(r"\^1(?![\d.e])", "", text)
    return re.sub(r"\^(\d+)(?![\d.e])", lambda power: power[1].translate(SUPERSCRIPTS), text).replace("-", "−")


def operation_text(op: Op, operands: Sequence[tuple[str, int]], style: str) -> tuple[str, int]:
    latex = style == "latex"
    if op in (e.TOTAL, e.DOT) and len(operands) <= LONGEST_SUM * op.arity:
        return written_out(op, operands, style)
    spelling = STYLES[style].get(op)
    if spelling is None:
        return function_text(op, [text for text, _ in operands], latex), ATOM
    texts = [
        text if level >= needed else parenthesized(text, latex)
        for (text, level), needed in zip(operands, spelling.operands, strict=True)
    ]
    template = spelling.template
    if op in (e.ADD, e.SUB) and texts[1].startswith("-"):  # a + -b reads a - b, and a - -b reads a + b
        texts[1] = texts[1][1:]
        template = INFIX[e.SUB if op is e.ADD else e.ADD].template
    elif latex and spelling is LATEX[e.MUL] and not texts[1][0].isalpha() and texts[1][0] != "\\":
        template = r"{} \cdot {}"
    return template.format(*texts), spelling.level


def written_out(op: Op, operands: Sequence[tuple[str, int]], style: str) -> tuple[str, int]:
    """A short `total` or `dot` as the sum that it is, term by term from the left."""
    columns = op.arguments(operands)
    terms = columns[0] if op is e.TOTAL else [operation_text(e.MUL, pair, style) for pair in zip(*columns, strict=True)]
    return functools.reduce(lambda left, right: operation_text(e.ADD, [left, right], style), terms)


def operation(op: Op, operands: Sequence[str], style: str = "text") -> str:
    """One operation on operands that are names or numbers: `a*b`, `-2*3`, `tanh(x)`.

    >>> operation(e.MUL, ["a", "-2"]), operation(e.POW, ["-2", "2"])
    ('a*-2', '(-2)**2')
    """
    return typeset(operation_text(op, [(text, SIGNED if text.startswith("-") else ATOM) for text in operands], style)[0], style)


def function_text(op: Op, operands: Sequence[str], latex: bool) -> str:
    if isinstance(op, Reduction):
        opening, closing = (r"\left[", r"\right]") if latex else ("[", "]")
        operands = [opening + ", ".join(column) + closing for column in op.arguments(operands)]
    if not latex:
        return f"{op.symbol}({', '.join(operands)})"
    name = rf"\{op.symbol}" if op.symbol in LATEX_FUNCTIONS else rf"\operatorname{{{escaped(op.symbol)}}}"
    return rf"{name}\left({', '.join(operands)}\right)"


def parenthesized(text: str, latex: bool) -> str:
    return rf"\left({text}\right)" if latex else f"({text})"


def number_text(number: float, latex: bool) -> tuple[str, int]:
    """The shortest text that reads back as the number (2 for 2.0), and its level."""
    text = repr(number).removesuffix(".0").replace("inf", r"\infty" if latex else "1e999")
    mantissa, _, exponent = text.partition("e")
    if latex and exponent:
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}", PRODUCT
    return text, SIGNED if math.copysign(1.0, number) < 0.0 else ATOM


def name_text(name: str, latex: bool) -> str:
    """A label as it is, or in LaTeX with its number as an index: w1 is w_{1}, theta the letter."""
    if not latex:
        return name
    letters, index = re.fullmatch(r"(.*?)_?(\d*)", name, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches any text
    if letters in GREEK:
        letters = f"\\{letters}"
    elif len(letters) != 1 or not letters.isalpha():
        letters, index = rf"\mathrm{{{escaped(name)}}}", ""
    return f"{letters}_{{{index}}}" if index else letters


def escaped(text: str) -> str:
    """Text in which the characters that LaTeX reads as commands are letters."""
    special = {"\\": r"\backslash{}", "^": r"\hat{}", "~": r"\sim{}"}
    return "".join(special.get(c, "\\" + c if c in "{}_#$%&" else c) for c in text)
