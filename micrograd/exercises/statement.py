"""The statement of an exercise: its graph, what it asks, and the blanks that are to be filled in."""

from __future__ import annotations

import copy
from functools import cached_property
from math import isfinite
from typing import Any

from micrograd.engine import Constant, Value, topological_order
from micrograd.exercises.blanks import Blank, blanks_of
from micrograd.exercises.notation import Notation
from micrograd.text.formulas import formula_lines
from micrograd.views.diagram import Diagram
from micrograd.views.stepping import one_value

MOST_NODES = 100  # of a task to be done by hand
LONGEST_FORMULA = 300  # characters: some three lines, which can still be read
INSTRUCTIONS = {
    False: "Fill in every gradient, from right to left.",
    True: "Fill in every frame: values from left to right, then gradients from right to left.",
}


class Statement:
    """What an exercise asks: the graph of an output, with blanks for its gradients, and for its values if `values` says so.

    It keeps a copy of the graph, whose numbers stay: `output` is its last node, and `copies` has one for each of the original.
    `question` are the words of this task, and `instruction` those that all have. `drawn` is the expression that makes it
    anew, where a level and a seed are all that it takes.
    """

    def __init__(
        self, output: Value, title: str | None = None, question: str | None = None, values: bool = False, drawn: str = ""
    ) -> None:
        order = topological_order(one_value(output, "exercise"))
        if output.op is None:
            raise ValueError("an exercise needs a Value that was computed from others, and this one is a leaf; pass a loss")
        if all(isinstance(node, Constant) for node in order if node.op is None):
            raise ValueError("an exercise needs a leaf to ask for, and this graph has plain numbers only; make a Value of one")
        if len(order) > MOST_NODES:
            size = f"{len(order):,} nodes"
            raise ValueError(f"a graph of {size} is too long to do by hand; take a part of it, of {MOST_NODES} nodes at most")
        self.diagram = Diagram(copy.deepcopy(output), collapse=None)  # whose numbers stay, when a step of training moves others
        self.output = self.diagram.output
        self.copies = dict(zip(order, self.diagram.order, strict=True))
        self.notation = Notation(self.diagram)
        self.values = bool(values)
        self.title = str(title or "") or f"Backpropagation to {self.notation.name(self.output)}"
        self.question = str(question or "")
        self.instruction = INSTRUCTIONS[self.values]
        self.drawn = drawn
        for value, gradient in zip(self.diagram.values, self.diagram.gradients, strict=True):
            if not (isfinite(value.data) and isfinite(gradient)):
                what = f"{self.notation.name(value)} = {value.data:g} with a gradient of {gradient:g}"
                raise ValueError(f"an exercise needs finite numbers, and has {what}; choose other leaves")

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as what it was made of, since a pickled graph has new nodes."""
        return type(self), (self.output, self.title, self.question, self.values, self.drawn)

    @cached_property
    def blanks(self) -> tuple[Blank, ...]:
        """What is asked for, in the order in which it is checked."""
        return blanks_of(self.diagram, self.values)

    @cached_property
    def formula(self) -> str:
        """What the output is, in symbols: `L = (a + b) × b`."""
        output = copy.deepcopy(self.output)
        for node, value in zip(topological_order(output), self.diagram.order, strict=True):
            node.label = self.notation.name(value)  # as it is on the card, also where nobody gave a name
        *definitions, whole = formula_lines(output, "symbols")
        return "; ".join([*definitions, f"{self.notation.name(self.diagram.output)} = {whole}"])

    @property
    def short_formula(self) -> str:
        """The formula where it can be read at a glance; of a larger graph the picture alone says what is computed."""
        return self.formula if len(self.formula) <= LONGEST_FORMULA else ""
