"""What a Program is made of: the graph itself and, made when first asked for and then kept, its listings.

A target takes from it what it reads: the single numbers as instructions, or the Values that they come from.

>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> graph = Graph([w * x], inputs=[x], parameters=[w])
>>> print(graph.listing())
input      x1      x
parameter  p1      w
        1  v1      p1 * x1
output     v1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from micrograd.compiler.listing import Listing, flatten
from micrograd.display.characters import printable
from micrograd.engine import Value, topological_order
from micrograd.gradients import gradient
from micrograd.ops import OPS, Op

Made = TypeVar("Made")


class Graph:
    """Outputs, the leaves that a row of data sets, and those to differentiate by; `exact` asks for the bits of eager code.

    `dtype` is the kind of numbers to compute with, "float64" or "float32".
    Every other leaf is one of the `constants`, with the number that it had when the graph was handed over.
    """

    def __init__(
        self,
        outputs: Sequence[Value],
        inputs: Sequence[Value],
        parameters: Sequence[Value],
        exact: bool = False,
        dtype: str = "float64",
    ) -> None:
        self.outputs = tuple(outputs)
        self.inputs = tuple(inputs)
        self.parameters = tuple(parameters)
        self.exact = exact
        self.dtype = dtype
        self.made: dict[object, Any] = {}
        varying = {*self.inputs, *self.parameters}
        self.constants = {node: node.data for node in self.nodes() if node.op is None and node not in varying}

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What `make` gives, made for the first call with that key and kept."""
        if key not in self.made:
            self.made[key] = make()
        made: Made = self.made[key]
        return made

    def nodes(self) -> dict[Value, None]:
        """Every Value that the outputs are computed from, and these: parents before children."""
        return self.once("nodes", lambda: nodes_of(self.outputs))

    def own_operations(self) -> list[Op]:
        """Those that the table does not have, as often as they occur."""
        return [node.op for node in self.nodes() if node.op is not None and node.op not in OPS]

    def listing(self) -> Listing:
        """The instructions of the outputs alone."""
        return self.once("listing", lambda: flatten(self.outputs, self.inputs, self.parameters, self.constants))

    def gradient_listing(self, trained: Sequence[Value] | None = None) -> Listing:
        """Those of the gradient by the parameters and then of the one output, times the weight of a row, the last input.

        With `trained`, only of the gradient by these, which then come first among the parameters.
        """
        first = self.parameters if trained is None else tuple(trained)
        return self.once(("gradient", first), lambda: self.with_gradient(first))

    def with_gradient(self, first: tuple[Value, ...]) -> Listing:
        (output,) = self.outputs
        weight = Value(1.0, label="weight")
        weighted = weight * output
        return flatten([*gradient(weighted, first), weighted], [*self.inputs, weight], self.in_order(first), self.constants)

    def in_order(self, first: Sequence[Value]) -> list[Value]:
        """All parameters, these first."""
        chosen = set(first)
        return [*first, *(parameter for parameter in self.parameters if parameter not in chosen)]

    def __getstate__(self) -> dict[str, Any]:
        """All but what was made of it, machine code above all: a copy makes it anew."""
        return {**vars(self), "made": {}}


def nodes_of(outputs: Sequence[Value]) -> dict[Value, None]:
    seen: set[Value] = set()
    return {node: None for output in outputs for node in topological_order(output, seen)}


def check_leaves(inputs: Sequence[Value], parameters: Sequence[Value], reader: str) -> None:
    """Raise an error that says what the reader of a graph, such as compile, needs as its leaves."""
    for kind, leaves in (("inputs", inputs), ("parameters", parameters)):
        if isinstance(leaves, Value) or not isinstance(leaves, Sequence):
            advice = "write model.parameters()" if hasattr(leaves, "parameters") or callable(leaves) else "write [value]"
            raise TypeError(f"the {kind} of {reader} are a list of leaf Values, got {leaves!r}; {advice}")
        for leaf in leaves:
            if not isinstance(leaf, Value) or leaf.parents:
                raise TypeError(f"the {kind} of {reader} are leaf Values, and one is {leaf!r}")
        if len(set(leaves)) < len(leaves):
            twice = [leaf for leaf, count in Counter(leaves).items() if count > 1]
            raise ValueError(f"each leaf is listed once, and {name_of(twice[0])} is there twice in {kind}")
    moving = set(parameters)
    if both := [leaf for leaf in inputs if leaf in moving]:
        raise ValueError(f"{name_of(both[0])} is in both inputs and parameters; a leaf is set by the rows or trained, not both")


def name_of(leaf: Value) -> str:
    return printable(leaf.label) if leaf.label else "a leaf without a label"


def input_names(inputs: Sequence[Value]) -> list[str]:
    """What the columns of a table are called in an error: by the label of the input, or else x1, x2, ..."""
    return [printable(leaf.label or f"x{number}") for number, leaf in enumerate(inputs, start=1)]
