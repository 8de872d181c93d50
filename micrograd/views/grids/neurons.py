"""The neurons in a graph: weighted sums that have their weights in common are the uses of one, and those that read the same
windows are a layer. The graph alone says so; where labels do not, the weights are what stands first, as a `Neuron` writes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from micrograd import ops
from micrograd.engine import Constant, Value
from micrograd.ops import Op
from micrograd.text.naming import Label, values_by_name
from micrograd.views.batches.finding import DIGITS
from micrograd.views.diagram import INPUT, PARAMETER, is_function

SUMS = (ops.add, ops.total)

Window: TypeAlias = "tuple[Value, ...]"
Readers: TypeAlias = "Mapping[Value, Sequence[Value]]"


class Use(NamedTuple):
    """A neuron at one window: its sum, and what its activation makes of it, which without one is the same."""

    window: Window
    before: Value
    after: Value

    @property
    def activation(self) -> Op | None:
        return None if self.after is self.before else self.after.op


@dataclass(eq=False)
class Neuron:
    """Weights, a bias or none, and the uses in the order in which they were computed.

    A use is known by its window, and by how often this was read before: a letter that comes again is the same window.
    """

    weights: Window
    bias: Value | None
    uses: dict[tuple[Window, int], Use] = field(default_factory=dict)
    repeats: Counter[Window] = field(default_factory=Counter)

    def add(self, use: Use) -> None:
        self.uses[use.window, self.repeats[use.window]] = use
        self.repeats[use.window] += 1

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups around the neuron, by the label of its first weight."""
        label = self.weights[0].label
        return label.groups[:-1] if isinstance(label, Label) else ()

    @property
    def label(self) -> str:
        label = self.weights[0].label
        return label.groups[-1] if isinstance(label, Label) and label.groups else ""


@dataclass(eq=False)
class Layer:
    """Neurons that read the same windows."""

    neurons: list[Neuron]

    @property
    def windows(self) -> list[Window]:
        return [window for window, _ in self.neurons[0].uses]

    @property
    def activation(self) -> Op | None:
        return next(iter(self.neurons[0].uses.values())).activation

    @property
    def name(self) -> str:
        return ".".join(self.neurons[0].groups)


class Sums:
    """Finds the weighted sums of a graph, each step linear in its nodes and edges.

    `ends` are the outputs in the order in which the loss counts them; they have no activation, and what comes after is the loss.
    """

    def __init__(self, order: Sequence[Value], readers: Readers, ends: Iterable[Value], names: Mapping[str, Any] | None) -> None:
        self.order = order
        self.readers = readers
        self.ends = {node: number for number, node in enumerate(ends)}
        self.given = values_by_name(names or {})
        self.products: dict[Value, tuple[Window, Window]] = {}  # weights, and what they are multiplied with
        self.biases: dict[Value, int] = {}  # of each weighted sum, how many terms are leaves alone
        loss = computed_from(order, self.ends) - sources_of(order, self.ends)
        for node in order:
            count = None if node in loss else self.bias_count(node)
            if count is not None:
                self.biases[node] = count
        self.inside: set[Value] = set()  # the nodes that are only a part of a use

    def layers(self) -> list[Layer]:
        """The layers, in the order in which they were first used; their neurons by number, outputs as the loss counts them."""
        neurons: dict[tuple[Window, Value | None], Neuron] = {}
        for node in self.order:
            if node in self.biases and not self.is_part(node):
                weights, bias, use = self.use(node)
                neurons.setdefault((weights, bias), Neuron(weights, bias)).add(use)
        layers: dict[object, list[Neuron]] = {}
        for neuron in neurons.values():
            activations = frozenset(use.activation for use in neuron.uses.values())
            key = (neuron.groups, neuron.bias is None, activations, frozenset(neuron.uses))
            layers.setdefault(key, []).append(neuron)
        return [Layer(self.in_order(group)) for group in layers.values()]

    def in_order(self, neurons: list[Neuron]) -> list[Neuron]:
        after = [next(iter(neuron.uses.values())).after for neuron in neurons]
        if all(node in self.ends for node in after):
            return [neuron for _, neuron in sorted(zip(after, neurons, strict=True), key=lambda pair: self.ends[pair[0]])]
        numbers = [tuple(map(int, DIGITS.findall(neuron.label))) for neuron in neurons]
        if len(set(numbers)) < len(numbers):
            return neurons
        return [neuron for _, neuron in sorted(zip(numbers, neurons, strict=True), key=lambda pair: pair[0])]

    def bias_count(self, node: Value) -> int | None:
        """How many biases a weighted sum has, which is at most one; None if the node is no such sum."""
        if node.op is ops.dot or node.op is ops.mul:
            sides = self.sides(node)
            if sides is None:
                return None
            self.products[node] = sides
            return 0
        if node.op not in SUMS:
            return None
        biases, weighted = 0, False
        for term in node.parents:
            if term in self.biases and len(self.readers[term]) == 1:
                biases += self.biases[term]
                weighted = True
            elif term.op is None and type(term) is not Constant:
                biases += 1
            else:
                return None
        return biases if weighted and biases <= 1 else None

    def is_part(self, node: Value) -> bool:
        """Whether the sum goes on in its reader; or is a product alone of what is not called a weight, as in a loss."""
        readers = self.readers.get(node, ())
        if len(readers) == 1 and readers[0] in self.biases and readers[0].op in SUMS:
            return True
        return node.op is ops.mul and not self.is_named(self.products[node][0])

    def use(self, root: Value) -> tuple[Window, Value | None, Use]:
        """The weights, the bias and the use that end in this sum."""
        weights: list[Value] = []
        window: list[Value] = []
        bias, stack = None, [root]
        while stack:
            node = stack.pop()
            if node.op is None:
                bias = node
                continue
            self.inside.add(node)
            if node.op in SUMS:
                stack.extend(reversed(node.parents))
            else:
                left, right = self.products[node]
                weights += left
                window += right
        after = self.activated(root)
        self.inside.discard(after)
        return tuple(weights), bias, Use(tuple(window), root, after)

    def activated(self, root: Value) -> Value:
        """The function of one number that alone reads the sum, or the sum."""
        readers = self.readers.get(root, ())
        if len(readers) != 1 or root in self.ends:
            return root
        (reader,) = readers
        return reader if is_function(reader) else root

    def sides(self, node: Value) -> tuple[Window, Window] | None:
        """The weights of a product and what they are multiplied with; None if neither side is one of weights."""
        half = len(node.parents) // 2
        left, right = node.parents[:half], node.parents[half:]
        first, second = (self.may_be_weights(side) for side in (left, right))
        if first and second:
            if left == right:
                return None  # the squares of a penalty
            second = self.is_named(right) and not self.is_named(left)
        if second:
            return right, left
        return (left, right) if first else None

    def may_be_weights(self, side: Window) -> bool:
        return all(
            leaf.op is None and type(leaf) is not Constant and (self.is_parameter(leaf) or not INPUT.fullmatch(self.name(leaf)))
            for leaf in side
        )

    def is_named(self, side: Iterable[Value]) -> bool:
        return all(map(self.is_parameter, side))

    def is_parameter(self, leaf: Value) -> bool:
        """Whether its label says so."""
        return leaf.op is None and (is_learned(leaf) or bool(PARAMETER.fullmatch(self.name(leaf).partition("[")[0])))

    def name(self, leaf: Value) -> str:
        return self.given.get(leaf) or leaf.label or ""


def computed_from(order: Iterable[Value], start: Iterable[Value]) -> set[Value]:
    """These nodes, and all that read them or what reads them."""
    found = set(start)
    for node in order:
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def sources_of(order: Sequence[Value], start: Iterable[Value]) -> set[Value]:
    """These nodes, and all that they were computed from."""
    found = set(start)
    for node in reversed(order):
        if node in found:
            found.update(node.parents)
    return found


def is_learned(leaf: Value) -> bool:
    """Whether it is a parameter of a module, by the groups in its label."""
    return isinstance(leaf.label, Label) and bool(leaf.label.groups)
