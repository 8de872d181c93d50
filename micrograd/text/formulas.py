"""From a graph to text: `formula` writes the expression that computed a Value, as text, in symbols, or as LaTeX.

>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> formula((w * x + 1).tanh())
'tanh(w*x + 1)'
"""

from __future__ import annotations

import functools
import math
import re
import reprlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from micrograd import ops
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value, topological_order
from micrograd.ops import Op, Reduction
from micrograd.text.naming import automatic_names, distinct


class Spelling(NamedTuple):
    """How an operation is written: a template, how tightly the whole holds together, and how tightly each operand needs to."""

    template: str
    level: int
    operands: tuple[int, ...]


SUM, PRODUCT, SIGNED, POWER, ATOM = range(1, 6)  # levels: an operand that is looser than it needs to be gets parentheses
LOOSE = 0
LONGEST_SUM = 4  # terms of a total or dot that are written out as a sum
LONGEST_NAME = 200  # characters of a name: a formula that is to be read back needs them

INFIX = {
    ops.add: Spelling("{} + {}", SUM, (SUM, PRODUCT)),
    ops.sub: Spelling("{} - {}", SUM, (SUM, PRODUCT)),
    ops.neg: Spelling("-{}", SIGNED, (POWER,)),
}

TEXT = INFIX | {
    ops.mul: Spelling("{}*{}", PRODUCT, (PRODUCT, SIGNED)),
    ops.div: Spelling("{}/{}", PRODUCT, (PRODUCT, SIGNED)),
    ops.pow: Spelling("{}**{}", POWER, (ATOM, SIGNED)),
    ops.bell: Spelling("exp(-{}**2/2)", ATOM, (ATOM,)),
    ops.sech2: Spelling("1 - tanh({})**2", SUM, (LOOSE,)),
    ops.asin_slope: Spelling("1/sqrt(1 - {}**2)", PRODUCT, (ATOM,)),
    ops.atan_slope: Spelling("1/(1 + {}**2)", PRODUCT, (ATOM,)),
    ops.sigmoid_slope: Spelling("sigmoid({0})*(1 - sigmoid({0}))", PRODUCT, (LOOSE,)),
    ops.atan2_slope: Spelling("{0}/({0}**2 + {1}**2)", PRODUCT, (ATOM, ATOM)),
    ops.hypot_slope: Spelling("{0}/hypot({0}, {1})", PRODUCT, (PRODUCT, LOOSE)),
}

SYMBOLS = TEXT | {
    ops.mul: Spelling("{} × {}", PRODUCT, (PRODUCT, SIGNED)),
    ops.div: Spelling("{} / {}", PRODUCT, (PRODUCT, SIGNED)),
    ops.pow: Spelling("{}^{}", POWER, (ATOM, ATOM)),
    ops.sqrt: Spelling("√{}", POWER, (ATOM,)),
    ops.abs: Spelling("|{}|", ATOM, (LOOSE,)),
    ops.sigmoid: Spelling("σ({})", ATOM, (LOOSE,)),
    ops.bell: Spelling("exp(-{}^2 / 2)", ATOM, (ATOM,)),
    ops.sech2: Spelling("1 - tanh({})^2", SUM, (LOOSE,)),
    ops.asin_slope: Spelling("1 / √(1 - {}^2)", PRODUCT, (ATOM,)),
    ops.atan_slope: Spelling("1 / (1 + {}^2)", PRODUCT, (ATOM,)),
    ops.sigmoid_slope: Spelling("σ({0}) × (1 - σ({0}))", PRODUCT, (LOOSE,)),
    ops.atan2_slope: Spelling("{0} / ({0}^2 + {1}^2)", PRODUCT, (ATOM, ATOM)),
    ops.hypot_slope: Spelling("{0} / hypot({0}, {1})", PRODUCT, (PRODUCT, LOOSE)),
}

LATEX = INFIX | {
    ops.mul: Spelling(r"{} \, {}", PRODUCT, (PRODUCT, SIGNED)),
    ops.div: Spelling(r"\frac{{{}}}{{{}}}", SIGNED, (LOOSE, LOOSE)),
    ops.pow: Spelling("{}^{{{}}}", POWER, (ATOM, LOOSE)),
    ops.exp: Spelling("e^{{{}}}", POWER, (LOOSE,)),
    ops.log: Spelling(r"\ln\left({}\right)", ATOM, (LOOSE,)),
    ops.sqrt: Spelling(r"\sqrt{{{}}}", ATOM, (LOOSE,)),
    ops.abs: Spelling(r"\left|{}\right|", ATOM, (LOOSE,)),
    ops.sigmoid: Spelling(r"\sigma\left({}\right)", ATOM, (LOOSE,)),
    ops.bell: Spelling("e^{{-{}^2/2}}", POWER, (ATOM,)),
    ops.sech2: Spelling(r"1 - \tanh^2\left({}\right)", SUM, (LOOSE,)),
    ops.asin_slope: Spelling(r"\frac{{1}}{{\sqrt{{1 - {}^2}}}}", SIGNED, (ATOM,)),
    ops.atan_slope: Spelling(r"\frac{{1}}{{1 + {}^2}}", SIGNED, (ATOM,)),
    ops.sigmoid_slope: Spelling(r"\sigma\left({0}\right) \left(1 - \sigma\left({0}\right)\right)", PRODUCT, (LOOSE,)),
    ops.atan2_slope: Spelling(r"\frac{{{0}}}{{{0}^2 + {1}^2}}", SIGNED, (ATOM, ATOM)),
    ops.hypot_slope: Spelling(r"\frac{{{0}}}{{\sqrt{{{0}^2 + {1}^2}}}}", SIGNED, (ATOM, ATOM)),
}

STYLES = {"text": TEXT, "symbols": SYMBOLS, "latex": LATEX}
for table in STYLES.values():  # a quiet row differs at singular points only, and reads like its plain one
    for quiet, plain in ((ops.quiet_mul, ops.mul), (ops.quiet_div, ops.div), (ops.quiet_pow, ops.pow)):
        table[quiet] = table[plain]
LATEX[ops.quiet_log] = LATEX[ops.log]
TEXT[ops.quiet_log] = SYMBOLS[ops.quiet_log] = Spelling("log({})", ATOM, (LOOSE,))
TWICE = {op for op, spelling in TEXT.items() if "{0}" in spelling.template}  # what names its first operand two times
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LATEX_FUNCTIONS = {"sin", "cos", "tan", "sinh", "cosh", "tanh"}
GREEK = {"alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "sigma", "phi", "omega"}


def formula(value: Value, style: str = "text", *, max_nodes: int = 1000) -> str:
    """The expression that computed a Value: as text in Python's spelling, with the symbols of print, or as LaTeX.

    A node that is written twice is named once, on a line of its own above; so is a labelled one if it is used twice.
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
    return (r" \\ " if style == "latex" else "\n").join(formula_lines(value, style, max_nodes))


def formula_lines(value: Value, style: str, max_nodes: int = 1000) -> list[str]:
    """The lines of a formula: the nodes that are named, and last the expression itself."""
    if not isinstance(value, Value):
        raise TypeError(f"a formula is that of a Value, got {reprlib.repr(value)}")
    if style not in STYLES:
        raise ValueError(f"there is no style {reprlib.repr(style)}; choose from {', '.join(STYLES)}")
    order = topological_order(value)
    if len(order) > max_nodes:
        raise ValueError(
            f"a formula of {len(order):,} nodes is too long to read; raise max_nodes={max_nodes}, or take a part of it"
        )
    latex = style == "latex"
    uses = Counter(parent for node in order for parent in node.parents * (2 if node.op in TWICE else 1))
    labels = {node: printable(node.label, LONGEST_NAME) for node in order if node.label}
    given = dict(zip(labels, distinct(list(labels.values()), "_", taken=("inf", "nan")), strict=True))  # those are numbers
    automatic = automatic_names(set(given.values()))
    lines: list[str] = []
    written: dict[Value, tuple[str, int]] = {}
    for node in order:
        if isinstance(node, Constant):
            written[node] = number_text(node.data, latex)
        elif node.op is None:
            written[node] = name_text(given.get(node) or next(automatic), latex), ATOM
        else:
            text, level = operation_text(node.op, [written[parent] for parent in node.parents], style)
            if uses[node] > 1:
                name = name_text(given.get(node) or next(automatic), latex)
                lines.append(f"{name} = {text}")
                text, level = name, ATOM
            written[node] = text, level
    return [typeset(line, style) for line in [*lines, written[value][0]]]


def typeset(text: str, style: str) -> str:
    """With symbols, a minus is as wide as a plus, a whole exponent stands high, and an exponent of 1 is not written."""
    if style != "symbols":
        return text
    text = re.sub(r"\^1(?![\d.e])", "", text)
    return re.sub(r"\^(\d+)(?![\d.e])", lambda power: power[1].translate(SUPERSCRIPTS), text).replace("-", "−")


def operation_text(op: Op, operands: Sequence[tuple[str, int]], style: str) -> tuple[str, int]:
    latex = style == "latex"
    if op in (ops.total, ops.dot) and len(operands) <= LONGEST_SUM * op.arity:
        return written_out(op, operands, style)
    spelling = STYLES[style].get(op)
    if spelling is None:
        return function_text(op, [text for text, _ in operands], latex), ATOM
    texts = [
        text if level >= needed else parenthesized(text, latex)
        for (text, level), needed in zip(operands, spelling.operands, strict=True)
    ]
    template = spelling.template
    if op in (ops.add, ops.sub) and texts[1].startswith("-"):  # a + -b reads a - b, and a - -b reads a + b
        texts[1] = texts[1][1:]
        template = INFIX[ops.sub if op is ops.add else ops.add].template
    elif latex and spelling is LATEX[ops.mul] and not texts[1][0].isalpha() and texts[1][0] != "\\":
        template = r"{} \cdot {}"
    return template.format(*texts), spelling.level


def written_out(op: Op, operands: Sequence[tuple[str, int]], style: str) -> tuple[str, int]:
    """A short `total` or `dot` as the sum that it is, term by term from the left."""
    columns = op.arguments(operands)
    terms = columns[0] if op is ops.total else [operation_text(ops.mul, pair, style) for pair in zip(*columns, strict=True)]
    return functools.reduce(lambda left, right: operation_text(ops.add, [left, right], style), terms)


def operation(op: Op, operands: Sequence[str], style: str = "text") -> str:
    """One operation on operands that are names or numbers: `a*b`, `-2*3`, `tanh(x)`.

    >>> operation(ops.mul, ["a", "-2"]), operation(ops.pow, ["-2", "2"])
    ('a*-2', '(-2)**2')
    """
    return typeset(operation_text(op, [(text, SIGNED if text.startswith("-") else ATOM) for text in operands], style)[0], style)


def function_text(op: Op, operands: Sequence[str], latex: bool) -> str:
    if isinstance(op, Reduction):
        opening, closing = (r"\left[", r"\right]") if latex else ("[", "]")
        operands = [opening + ", ".join(column) + closing for column in op.arguments(operands)]
    symbol = printable(op.symbol)
    if not latex:
        return f"{symbol}({', '.join(operands)})"
    name = rf"\{symbol}" if symbol in LATEX_FUNCTIONS else rf"\operatorname{{{latex_escaped(symbol)}}}"
    return rf"{name}\left({', '.join(operands)}\right)"


def parenthesized(text: str, latex: bool) -> str:
    return rf"\left({text}\right)" if latex else f"({text})"


def number_text(number: float, latex: bool) -> tuple[str, int]:
    """The shortest text that reads back as the number (2 for 2.0), and its level."""
    text = repr(number).removesuffix(".0")
    if latex:
        text = text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
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
        letters, index = rf"\mathrm{{{latex_escaped(name)}}}", ""
    return f"{letters}_{{{index}}}" if index else letters


def latex_escaped(text: str) -> str:
    """Text in which the characters that LaTeX reads as commands are letters."""
    special = {"\\": r"\backslash{}", "^": r"\hat{}", "~": r"\sim{}"}
    return "".join(special.get(c, "\\" + c if c in "{}_#$%&" else c) for c in text)
