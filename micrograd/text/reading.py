"""An expression taken apart: its text as parts in reverse Polish order, operands before what is made of them.

>>> [part.text for part in postfix("a + b*tanh(-x)")]
['a', 'b', 'x', '-', 'tanh', '*', '+']
"""

from __future__ import annotations

import re
import reprlib
import unicodedata
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, NoReturn

from micrograd import ops
from micrograd.display.characters import printable
from micrograd.ops import Op

Kind = Enum("Kind", ["NUMBER", "NAME", "OPERATOR", "CALL", "LIST"])


class Part(NamedTuple):
    """A part of an expression, the place where it stands, and how many of the results before it are its operands."""

    kind: Kind
    text: str
    place: int
    operands: int = 0


class Operator(NamedTuple):
    """`level` says how tightly it holds its operands; with `rightmost`, a**b**c is a**(b**c)."""

    op: Op
    level: int
    rightmost: bool = False


OPERATORS = {  # by symbol and number of operands
    ("+", 2): Operator(ops.add, 1),
    ("-", 2): Operator(ops.sub, 1),
    ("*", 2): Operator(ops.mul, 2),
    ("/", 2): Operator(ops.div, 2),
    ("-", 1): Operator(ops.neg, 3),
    ("**", 2): Operator(ops.pow, 4, rightmost=True),
}

TOKEN = re.compile(
    r"(?P<number>(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9][0-9_]*)?)"
    r"|(?P<name>[^\W\d][\w\u0300-\u036f]*)"  # and accents that are characters of their own
    r"|(?P<symbol>\*\*|[^ ])"
)

CLOSING = {"(": ")", "[": "]"}
NOT_READ = {
    "\N{MINUS SIGN}": "this is a typographic minus; type -",
    "\N{EN DASH}": "this is a dash; type -",
    "\N{MULTIPLICATION SIGN}": "write * for a product",
    "·": "write * for a product",
    "²": "write **2 for a square",
    "³": "write **3 for a cube",
    "√": "write sqrt(...) for a root",
    "|": "write abs(...) for an absolute value",
    "^": "write ** for a power, not ^",
    "=": "leave out = and what stands before it",
}
NO_PART = "this is not part of an expression; use names, numbers, + - * / **, lists for dot and total, and functions such as tanh"


def one_line(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"an expression is text, such as 'tanh(w*x + b)', got {reprlib.repr(text)}")
    return " ".join(text.split())


class Token(NamedTuple):
    kind: str  # number, name or symbol: the groups of TOKEN
    text: str
    place: int


def tokens(text: str) -> Iterator[Token]:
    for match in TOKEN.finditer(text):
        kind, found, place = match.lastgroup or "", match[0], match.start()
        if kind == "name":
            if not found.isidentifier():  # such as x², where ² is a digit to `re`
                offset = next((i for i, character in enumerate(found) if not f"x{character}".isidentifier()), 0)
                raise complaint(text, place + offset, NOT_READ.get(found[offset], NO_PART))
            found = unicodedata.normalize("NFKC", found)  # as Python does with names
        elif kind == "symbol" and found not in SYMBOLS:
            raise complaint(text, place, NOT_READ.get(found, NO_PART))
        yield Token(kind, found, place)


SYMBOLS = {symbol for symbol, _ in OPERATORS} | {*CLOSING, *CLOSING.values(), ","}


def postfix(text: str) -> list[Part]:
    """The parts in the order in which they can be computed. A ValueError points at what is no expression.

    Source: Dijkstra 1961, the shunting yard. It has no recursion, so brackets may be nested to any depth.
    """
    return Reader(text).parts


class Reader:
    """The parts found so far; the operators and open brackets that wait for what comes; and whether an operand comes next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[Part] = []
        self.waiting: list[Part] = []  # a bracket's `operands` are the commas in it
        self.operand_next = True
        last = Token("", "", 0)
        for token in tokens(text):
            if self.operand_next:
                self.read_operand(token, last)
            else:
                self.read_operator(token, last)
            last = token
        if not text:
            raise complaint(text, 0, "the expression is empty")
        if self.operand_next:
            raise complaint(text, len(text) - 1, "something is missing after this")
        self.release(0)
        if self.waiting:
            bracket = self.waiting[-1].text
            raise complaint(text, len(text), f"a {bracket} is never closed; add {CLOSING[bracket]}")

    def read_operand(self, token: Token, last: Token) -> None:
        """A number or a name, or what may stand before one: a sign, an opening bracket."""
        if token.kind == "number":
            self.parts.append(Part(Kind.NUMBER, token.text, token.place))
            self.operand_next = False
        elif token.kind == "name":
            self.parts.append(Part(Kind.NAME, token.text, token.place))
            self.operand_next = False
        elif token.text in CLOSING:
            self.waiting.append(Part(Kind.LIST, token.text, token.place))
        elif token.text == "-":
            self.waiting.append(Part(Kind.OPERATOR, "-", token.place, 1))
        elif token.text in CLOSING.values() and (last.text in CLOSING or last.text == ","):
            self.close(token, empty=last.text in CLOSING)
        elif token.text != "+":
            raise complaint(self.text, token.place, "a number or a name is missing before this")

    def read_operator(self, token: Token, last: Token) -> None:
        """What may follow an operand: an operator, a comma, a closing bracket, or the bracket that makes a name a call."""
        if operator := OPERATORS.get((token.text, 2)):
            self.release(operator.level + operator.rightmost)
            self.waiting.append(Part(Kind.OPERATOR, token.text, token.place, 2))
            self.operand_next = True
        elif token.text in CLOSING.values():
            self.release(0)
            self.close(token, empty=False)
        elif token.text == ",":
            self.release(0)
            if not self.waiting:
                sentence = "a list is for dot, total and logsumexp; a number is written with a point, as in 0.5"
                raise complaint(self.text, token.place, sentence)
            bracket = self.waiting.pop()
            self.waiting.append(bracket._replace(operands=bracket.operands + 1))
            self.operand_next = True
        elif token.text == "(" and last.kind == "name":
            function = self.parts.pop()
            self.waiting += [function._replace(kind=Kind.CALL), Part(Kind.CALL, "(", token.place)]
            self.operand_next = True
        else:
            self.refuse(token, last)

    def release(self, level: int) -> None:
        """Move the operators that hold their operands at least as tightly as that from those that wait to the parts."""
        while self.waiting and self.waiting[-1].kind is Kind.OPERATOR:
            top = self.waiting[-1]
            if OPERATORS[top.text, top.operands].level < level:
                break
            self.parts.append(self.waiting.pop())

    def close(self, token: Token, empty: bool) -> None:
        """End the bracket that was opened last: it is a list, a call, or nothing but parentheses."""
        if not self.waiting or CLOSING.get(self.waiting[-1].text) != token.text:
            opening = {closing: opening for opening, closing in CLOSING.items()}[token.text]
            raise complaint(self.text, token.place, f"this {token.text} has no {opening}")
        bracket = self.waiting.pop()
        items = bracket.operands + (not self.operand_next)  # a comma may stand after the last one
        if bracket.kind is Kind.CALL:
            self.parts.append(self.waiting.pop()._replace(operands=items))
        elif bracket.text == "[" or bracket.operands or empty:
            self.parts.append(bracket._replace(operands=items))
        self.operand_next = False

    def refuse(self, token: Token, last: Token) -> NoReturn:
        """An operand after an operand."""
        if token.text in CLOSING:
            raise complaint(self.text, token.place, "write * between the two factors")
        if last.kind == "number" and token.kind == "name":
            raise complaint(self.text, last.place, "write * between a number and what it multiplies: 2*x")
        raise complaint(self.text, token.place, "an operator or parentheses are missing here: a*b, or sin(x)")


AROUND = 60  # characters of a long expression that are shown before the place, and after it


def complaint(text: str, place: int, sentence: str) -> ValueError:
    """The sentence, and under it the text with a pointer to the place."""
    before, after = text[:place], text[place:]
    if len(before) > AROUND:
        before = "..." + before[3 - AROUND :]
    if len(after) > AROUND:
        after = after[: AROUND - 3] + "..."
    before, after = (printable(side, 20 * AROUND) for side in (before, after))  # which cuts nothing more
    return ValueError(f"{sentence}\n  {before}{after}\n  {' ' * len(before)}^")
