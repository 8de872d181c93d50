"""What a learner hands in, read: which node an answer is for, and which number it is."""

from __future__ import annotations

import math
import re
import reprlib
import unicodedata
from collections.abc import Mapping
from numbers import Real
from typing import Any

from micrograd.arguments import listed
from micrograd.engine import Constant, Value
from micrograd.exercises.statement import Statement

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
NUMBERS = '-3, 0.5, "0,5" or "1/2"'


def number_of(answer: Any, name: str) -> float | None:
    """The number that was answered, as a number or as text; None where nothing was: None, ... or an empty text.

    Text is read as the page reads it: `typedNumber` in shared/numbers.js.

    >>> [number_of(answer, "b") for answer in (2, "−3", "0,5", " -1/4 ", ...)]
    [2.0, -3.0, 0.5, -0.25, None]
    """
    if answer is None or answer is ...:
        return None
    if isinstance(answer, str):
        plain = "".join(unicodedata.normalize("NFKC", answer).split())  # NFKC: a full-width digit is a digit
        if not plain:
            return None
        parts = plain.replace("\N{MINUS SIGN}", "-").replace(",", ".").split("/")
        if len(parts) > 2 or not all(map(NUMBER.fullmatch, parts)) or (len(parts) == 2 and not float(parts[1])):
            raise ValueError(f"the answer for {name} needs to be a number, such as {NUMBERS}, got {reprlib.repr(answer)}")
        number = float(parts[0]) / float(parts[1]) if len(parts) == 2 else float(parts[0])
    elif isinstance(answer, Value):
        raise TypeError(f"the answer for {name} needs to be a number, such as {NUMBERS}, got a Value; take its .data or .grad")
    elif isinstance(answer, Real) and not isinstance(answer, bool):
        try:
            number = float(answer)
        except OverflowError:  # of a whole number, or a fraction
            number = math.inf
    else:
        given = f"{reprlib.repr(answer)} ({type(answer).__name__})"
        raise TypeError(f"the answer for {name} needs to be a number, such as {NUMBERS}, got {given}")
    if not math.isfinite(number):
        raise ValueError(f"the answer for {name} needs to be a finite number, got {number}")
    return number


class Reader:
    """Finds the nodes of an exercise by their labels, by the names on their cards, or as Values."""

    def __init__(self, asked: Statement) -> None:
        diagram, notation = asked.diagram, asked.notation
        self.diagram = diagram
        self.copies = asked.copies
        self.nodes: dict[str, list[Value]] = {}
        for value in diagram.values:
            for name in {value.label or "", diagram.names[value], notation.name(value)} - {""}:
                self.nodes.setdefault(name, []).append(value)

    def node(self, key: Any) -> Value:
        if isinstance(key, Value):
            node = self.copies.get(key, key)
            if node in self.diagram.names:
                return node
            raise ValueError(f"{key!r} is not in the graph of this exercise, which has {self.all_names}")
        if not isinstance(key, str):
            raise TypeError(f"an answer is for a label or a Value, got {reprlib.repr(key)} ({type(key).__name__})")
        found = self.nodes.get(key, [])
        if not found:
            raise ValueError(f"there is no {key!r} in the graph of this exercise, which has {self.all_names}")
        if len(found) > 1:
            raise ValueError(f"{len(found)} nodes are labelled {key!r}; use the Values themselves as keys")
        return found[0]

    @property
    def all_names(self) -> str:
        return listed([self.diagram.names[value] for value in self.diagram.values], most=30)

    def answers(self, given: Any, what: str) -> dict[int, float]:
        """The numbers by the places of their nodes; what was left empty is left out."""
        if not isinstance(given, Mapping):
            raise TypeError(f'{what} are a dictionary, such as {{"b": 3.0}}, got {reprlib.repr(given)}')
        found: dict[int, float] = {}
        for key, answer in given.items():
            node = self.node(key)
            self.check_asked(node, what)
            name = self.diagram.names[node]
            place = self.diagram.place[node]
            if place in found:
                raise ValueError(f"{name} is answered twice; leave one of the answers out")
            number = number_of(answer, name)
            if number is not None:
                found[place] = number
        return found

    def check_asked(self, node: Value, what: str) -> None:
        """A ValueError for a number that stands in the exercise already."""
        name = self.diagram.names[node]
        if isinstance(node, Constant):
            raise ValueError(f"{name} is a plain number of the exercise, and nothing is asked of it; leave it out")
        if what == "gradients" and node is self.diagram.output:
            raise ValueError(f"the gradient of {name} is given, since {name} is the output: it is 1; leave it out")
        if what == "values" and node.op is None:
            raise ValueError(f"the value of {name} is given, since {name} is a leaf; leave it out")
