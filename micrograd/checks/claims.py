"""What a user derived by hand: numbers, formulas, functions or graphs, brought into one form to be compared.

A claim can be looked at in more than one point, since a formula may be right at one point only. A `Place` is the graph
made anew from other numbers at its leaves.
"""

from __future__ import annotations

import inspect
import math
import reprlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real
from typing import Any

from micrograd.checks.arithmetic import ARITHMETIC
from micrograd.checks.exact import exact_dual, is_rational
from micrograd.checks.labels import label_of
from micrograd.checks.places import Place
from micrograd.checks.running_error import OPERATION
from micrograd.engine import Constant, Value, topological_order
from micrograd.replay import Replay, recompute
from micrograd.text.expressions import CONSTANTS, names_in, parse

UNKNOWN = 2.0**-30  # about 1e-9: a number may come from a formula that lost some digits, such as 1 - tanh(z)**2


class Claim(ABC):
    """A derivative given by hand. `mirror` is what stands at the transposed place of the array it came from, if it did."""

    varies = True  # whether it is a formula, with a value at every point
    mirror: float | None = None
    precision = OPERATION  # to what part of itself its number is right, where no rounding can be followed

    @property
    def names(self) -> Iterable[Value]:
        """The nodes whose numbers the claim reads."""
        return ()

    @abstractmethod
    def graph(self, at: Place, graphs: dict[Value, Value]) -> Value:
        """The claim at a place, as a graph, so that its rounding can be bounded; `graphs` is what claims there share."""

    def exact(self, at: Place) -> Fraction | None:
        """The claim as a fraction, where it is made of + - * /, whole powers and whole numbers: others have been rounded."""
        graph = self.graph(at, dict(at.moved))
        constants = [node.data for node in topological_order(graph) if isinstance(node, Constant)]
        if not is_rational(graph) or not all(number.is_integer() and abs(number) < 2.0**53 for number in constants):
            return None
        return exact_dual(Replay(graph, ARITHMETIC)).number


@dataclass
class NumberClaim(Claim):
    """A plain number, which holds at one point only."""

    number: Any
    varies = False
    precision = UNKNOWN

    def graph(self, at: Place, graphs: dict[Value, Value]) -> Value:
        return Value(float(self.number))

    def exact(self, at: Place) -> Fraction | None:
        return self.number if isinstance(self.number, Fraction) else None  # a float has been rounded


@dataclass
class FormulaClaim(Claim):
    """A formula as text, whose names are labels of the graph."""

    text: str
    nodes: Mapping[str, Value]

    @property
    def names(self) -> Iterable[Value]:
        return self.nodes.values()

    def graph(self, at: Place, graphs: dict[Value, Value]) -> Value:
        return parse(self.text, **{name: Value(at.number(node), label=name) for name, node in self.nodes.items()})


@dataclass
class FunctionClaim(Claim):
    """A function of numbers, whose parameters are named like labels of the graph."""

    function: Callable[..., float]
    nodes: Mapping[str, Value]
    precision = UNKNOWN

    @property
    def names(self) -> Iterable[Value]:
        return self.nodes.values()

    def graph(self, at: Place, graphs: dict[Value, Value]) -> Value:
        number = self.function(**{name: at.number(node) for name, node in self.nodes.items()})
        if not isinstance(number, Real):
            raise ValueError(f"the function gave {number!r}, which is no number")
        return Value(float(number))

    def exact(self, at: Place) -> Fraction | None:
        return None


@dataclass
class GraphClaim(Claim):
    """A graph on the leaves of the one that is checked."""

    value: Value

    @property
    def names(self) -> Iterable[Value]:
        return [leaf for leaf in topological_order(self.value) if leaf.op is None]

    def graph(self, at: Place, graphs: dict[Value, Value]) -> Value:
        recompute(topological_order(self.value, set(graphs)), graphs)
        return graphs[self.value]


def claims_of(by_hand: Any, order: Sequence[Value]) -> dict[Value, Claim]:
    """A claim for each Value that `by_hand` speaks of: a mapping or pairs, from Values, labels or nests of Values."""
    labels = labelled(order)
    claims: dict[Value, Claim] = {}
    for key, given in pairs_of(by_hand):
        if isinstance(key, str):
            key = node_labelled(key, labels, "by_hand")
        for value, claim in paired(key, given, labels):
            if value in claims:
                raise ValueError(f"by_hand has two gradients for {label_of(value)}; give one")
            if value not in labels.nodes:
                raise ValueError(
                    f"by_hand has a gradient for {value!r}, which is not in the graph of the output; leave it out, or write "
                    "micrograd.maximum where max or np.maximum has dropped it as the smaller one"
                )
            claims[value] = claim
    return claims


def pairs_of(by_hand: Any) -> list[Any]:
    pairs = list(by_hand.items()) if isinstance(by_hand, Mapping) else by_hand
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        raise TypeError(
            "by_hand is a dictionary such as {w: 2.0} or a list of pairs such as [(W1, dW1), (b1, db1)], "
            f"got {reprlib.repr(by_hand)}"
        )
    return pairs


@dataclass(frozen=True)
class Labels:
    """The nodes of a graph, and those of them that can be found by label."""

    nodes: frozenset[Value]
    by_label: Mapping[str, Value]
    ambiguous: frozenset[str]


def labelled(order: Sequence[Value]) -> Labels:
    by_label: dict[str, Value] = {}
    ambiguous = set()
    for node in order:
        if node.label:
            if node.label in by_label:
                ambiguous.add(node.label)
            by_label[node.label] = node
    return Labels(frozenset(order), by_label, frozenset(ambiguous))


def node_labelled(name: str, labels: Labels, where: str) -> Value:
    if name in labels.ambiguous:
        raise ValueError(f"{where} names {name!r}, and several Values of the graph have that label; give each its own")
    if name not in labels.by_label:
        known = ", ".join(map(label_of, labels.by_label.values())) or "none; pass label= to Value"
        raise ValueError(f"{where} names {name!r}, which no Value of the graph has as its label; labels: {known}")
    return labels.by_label[name]


def paired(key: Any, given: Any, labels: Labels) -> Iterable[tuple[Value, Claim]]:
    """Value by value what is given for a Value or for a nest of them."""
    if isinstance(key, Value):
        yield key, claim_of(given, key, labels)
        return
    values, claims = nested(key), nested(given)
    if not isinstance(values, list):
        raise TypeError(f"by_hand names Values, their labels or nests of Values, and not {values!r}")
    if shape(values) != shape(claims):
        transposed = "; it is transposed" if shape(claims) == shape(values)[::-1] else ""
        raise ValueError(
            f"the gradient by hand of {first_label(values)}, ... needs the shape of these Values, {shape(values)}, "
            f"and has the shape {shape(claims)}{transposed}"
        )
    square = len(shape(values)) == 2 and len(values) == len(values[0])
    for i, (row, given_row) in enumerate(zip(values, claims, strict=True)):
        if not isinstance(row, list):
            yield from paired(row, given_row, labels)
            continue
        for j, (value, claim) in enumerate(zip(row, given_row, strict=True)):
            for leaf, found in paired(value, claim, labels):
                if square and isinstance(claims[j][i], Real):
                    found.mirror = float(claims[j][i])
                yield leaf, found


def nested(items: Any) -> Any:
    """Lists of lists, from lists, tuples and NumPy arrays."""
    items = items.tolist() if hasattr(items, "tolist") else items
    return [nested(item) for item in items] if isinstance(items, (list, tuple)) else items


def first_label(values: Any) -> str:
    while isinstance(values, list) and values:
        values = values[0]
    return label_of(values) if isinstance(values, Value) else repr(values)


def shape(items: Any) -> tuple[int, ...]:
    return (len(items), *(shape(items[0]) if items else ())) if isinstance(items, list) else ()


def claim_of(given: Any, value: Value, labels: Labels) -> Claim:
    name = label_of(value)
    if isinstance(given, Value):
        below = topological_order(given)
        return GraphClaim(given) if any(node in labels.nodes for node in below) else NumberClaim(given.data)
    if isinstance(given, str):
        number = None
        with suppress(ValueError):  # a formula is no number
            number = float(given)
        if number is not None:
            return number_claim(number, name)
        where = f"the formula for {name}"
        needed = [label for label in names_in(given) if label in labels.by_label or label not in CONSTANTS]
        return FormulaClaim(given, {label: node_labelled(label, labels, where) for label in needed})
    if isinstance(given, Real):
        return number_claim(given, name)
    if callable(given):
        where = f"the function for {name}"
        try:
            parameters = inspect.signature(given).parameters.values()
        except ValueError:
            parameters = {}.values()
        if not parameters or any(p.kind not in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) for p in parameters):
            raise TypeError(f"{where} needs parameters that are named like labels, such as lambda w, x: ...; got {given!r}")
        return FunctionClaim(given, {p.name: node_labelled(p.name, labels, where) for p in parameters})
    raise TypeError(f"the gradient by hand of {name} is a number, a formula, a function or a Value, got {given!r}")


def number_claim(number: Any, name: str) -> NumberClaim:
    try:
        finite = math.isfinite(number)
    except OverflowError:
        finite = False
    if not finite:
        raise ValueError(f"the gradient by hand of {name} is {number}; give a finite number or a formula")
    return NumberClaim(number)
