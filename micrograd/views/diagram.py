"""A graph as a picture sees it: cards, the lines between them, and the neurons and layers that they stand in.

A card is one node, or a whole neuron or layer that has been folded. Numbers that were operands are written on the card
of their operation. Gradients come from a dry sweep; `grad` of no Value is read or changed for them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from micrograd import ops
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value, topological_order
from micrograd.ops import Op, Reduction
from micrograd.text.naming import Label, node_names, short, values_by_name
from micrograd.views.stepping import BackwardStep, dry_sweep

# fmt: off
GLYPHS = {
    ops.add: "+", ops.sub: "−", ops.mul: "×", ops.div: "÷", ops.neg: "−", ops.pow: "^", ops.sqrt: "√", ops.abs: "|x|",
    ops.sigmoid: "σ", ops.total: "Σ", ops.dot: "Σ w·x", ops.leaky_relu: "leaky", ops.relu: "ReLU", ops.gelu: "GELU",
    ops.silu: "SiLU", ops.logsumexp: "LSE", ops.maximum: "max", ops.hypot_slope: "hypot′",
    ops.minimum: "min", ops.quiet_mul: "×", ops.quiet_div: "÷", ops.quiet_pow: "^", ops.quiet_log: "log", ops.sech2: "tanh′",
    ops.sigmoid_slope: "σ′", ops.asin_slope: "asin′", ops.atan_slope: "atan′", ops.atan2_slope: "atan2′",
}
# fmt: on

Groups = tuple[str, ...]  # the groups around a node from the outside in: ("layer1", "neuron2")

MAX_NODES = 300  # cards: more than a reader takes in, and about as many as Graphviz places in an instant
FOLDS = ("auto", None, "neuron", "layer")
WHOLES = {"batch": "a batch", "grids": "a network with maps"}  # what is a picture of its own
NO_ACTIVATIONS = (ops.neg, ops.log, ops.log1p, ops.abs, ops.sqrt)  # with which a loss begins
WEIGHT = re.compile(r"(w|weight|theta)\d*")
PARAMETER = re.compile(r"(w|weight|theta|b|bias)\d*")
INPUT = re.compile(r"x\d*")


@dataclass(frozen=True)
class Edge:
    """One use of `parent` as an operand of `child`, by their places among the nodes."""

    parent: int
    child: int
    operand: int
    local_derivative: float


@dataclass
class Card:
    """A box of the picture. `main` is the node whose numbers it shows: a folded group may have none, having several."""

    nodes: list[int]
    main: int | None
    name: str
    glyph: str
    kind: str  # "input", "parameter", "leaf", "constant", "op" or "group"
    frame: Groups  # what it stands in
    before: str = ""  # a number that is the operation's operand, such as the 2 of 2 * x
    after: str = ""

    @property
    def full_name(self) -> str:
        """The name, behind those of the groups around it."""
        return printable(".".join([*self.frame, self.name]))


@dataclass
class Line:
    """What goes from card to card: one edge, or all edges to or from a folded card."""

    tail: int
    head: int
    edges: list[int] = field(default_factory=list)


class Chart:
    """Cards and lines, ready to be laid out: of a graph of single numbers, or of a program of arrays."""

    cards: list[Card]
    lines: list[Line]
    output_card: int
    title = ""  # of the frame around the output, where its card is in no other

    @property
    def advice(self) -> str:
        """What to do about what is not shown, or nothing."""
        return ""

    @property
    def crowded(self) -> bool:
        """Whether there are too many lines for their cards to tell them apart: then they are drawn thin, with no numbers."""
        return len(self.lines) > 60 and len(self.lines) > 2.5 * len(self.cards)

    def chip_text(self, line: Line) -> str:
        """What stands on a line, or nothing."""
        raise NotImplementedError


class Diagram(Chart):
    """The nodes, cards and lines of the graph below an output."""

    def __init__(
        self,
        output: Value,
        *,
        names: Mapping[str, Any] | None = None,
        collapse: str | None = "auto",
        max_nodes: int = MAX_NODES,
        show_constants: bool = False,
    ) -> None:
        check_options(collapse, max_nodes)
        self.output = output
        self.order = topological_order(output)
        self.names = node_names(self.order, names)
        self.given = values_by_name(names or {})
        self.values = [value for value in self.order if show_constants or type(value) is not Constant or value is output]
        self.place = {value: place for place, value in enumerate(self.values)}
        self.edges = [
            Edge(self.place[parent], child, operand, derivative)
            for child, value in enumerate(self.values)
            for operand, (parent, derivative) in enumerate(zip(value.parents, value.local_derivatives))
            if parent in self.place
        ]
        self.groups = groups_around(self.order)
        self.kinds = leaf_kinds(self.values, self.groups)
        self.fold = self.chosen_fold(collapse, max_nodes)
        self.cards = self.made_cards()
        self.hidden = 0
        if len(self.cards) > max_nodes:
            self.keep_nearest(max_nodes)
        self.card_of = {node: number for number, card in enumerate(self.cards) for node in card.nodes}
        self.lines = self.made_lines()
        self.output_card = self.card_of[self.place[output]]
        self.title = self.names[output] if output.label else ""

    def chosen_fold(self, collapse: str | None, max_nodes: int) -> str | None:
        """What to fold so that `max_nodes` cards are enough, if folding can do that."""
        if collapse != "auto":
            return collapse
        for fold in (None, "neuron", "layer"):
            folded = [folded_into(self.groups.get(value, ()), fold) for value in self.values]
            cards = folded.count(()) + len(set(folded) - {()})
            if cards <= max_nodes:
                break
        return fold

    def made_cards(self) -> list[Card]:
        """One card for each node that stands alone, one for each folded group, in the order of their last nodes."""
        members: dict[Hashable, list[int]] = {}
        for place, value in enumerate(self.values):
            folded = folded_into(self.groups.get(value, ()), self.fold)
            members.setdefault(folded or place, []).append(place)
        cards = [
            self.node_card(nodes[0]) if len(nodes) == 1 or not isinstance(group, tuple) else self.group_card(group, nodes)
            for group, nodes in members.items()
        ]
        return sorted(cards, key=lambda card: card.nodes[-1]) if self.fold else cards

    def node_card(self, place: int) -> Card:
        value = self.values[place]
        card = Card([place], place, self.names[value], "•", self.kinds[place], self.groups.get(value, ()))
        if value.op is not None:
            card.glyph = glyph(value.op)
            numbers = ["" if parent in self.place else short(parent.data) for parent in value.parents]
            if len(numbers) == 2 and not isinstance(value.op, Reduction):
                card.before, card.after = numbers
            else:
                card.after = ", ".join(filter(None, numbers))
        elif card.kind != "constant":
            card.glyph = {"input": "x", "parameter": "θ"}.get(card.kind, "•")
            card.name = self.name_in_group(value)
        return card

    def name_in_group(self, value: Value) -> str:
        """The name without those of the groups around, which a frame says."""
        name, label = self.names[value], value.label
        if isinstance(label, Label) and name.startswith(whole := printable(label)):
            return printable(label.name) + name[len(whole) :]  # #2 tells it from others
        return name

    def group_card(self, groups: Groups, nodes: list[int]) -> Card:
        inside = set(nodes)
        read = {edge.parent for edge in self.edges if edge.parent in inside and edge.child not in inside}
        if self.place[self.output] in inside:
            read.add(self.place[self.output])
        main = read.pop() if len(read) == 1 else None
        return Card(nodes, main, printable(groups[-1]), "⊞", "group", groups[:-1])

    def keep_nearest(self, count: int) -> None:
        """Keep only the cards nearest to the output, rank by rank."""
        card_of = {node: number for number, card in enumerate(self.cards) for node in card.nodes}
        parents: dict[int, list[int]] = {}
        for edge in self.edges:
            parents.setdefault(card_of[edge.child], []).append(card_of[edge.parent])
        nearest = [card_of[self.place[self.output]]]
        kept = set(nearest)
        for card in nearest:  # grows while it is read: breadth first
            for parent in parents.get(card, ()):
                if parent not in kept and len(kept) < count:
                    kept.add(parent)
                    nearest.append(parent)
        self.hidden = len(self.values) - sum(len(self.cards[card].nodes) for card in kept)
        self.cards = [card for number, card in enumerate(self.cards) if number in kept]

    def made_lines(self) -> list[Line]:
        lines: dict[Hashable, Line] = {}
        for number, edge in enumerate(self.edges):
            if edge.parent not in self.card_of or edge.child not in self.card_of:
                continue
            tail, head = self.card_of[edge.parent], self.card_of[edge.child]
            if tail != head:
                folded = "group" in (self.cards[tail].kind, self.cards[head].kind)
                lines.setdefault((tail, head) if folded else number, Line(tail, head)).edges.append(number)
        return list(lines.values())

    def chip_text(self, line: Line) -> str:
        """The local derivative of a line that is one edge."""
        return short(self.edges[line.edges[0]].local_derivative, digits=3) if len(line.edges) == 1 else ""

    @cached_property
    def steps(self) -> list[BackwardStep]:
        """Every application of the chain rule, in the order of the engine's sweep."""
        return list(dry_sweep(self.order))

    @cached_property
    def gradients(self) -> list[float]:
        """The derivative of the output by each node."""
        found = dict.fromkeys(self.order, 0.0)
        found[self.output] = 1.0
        for step in self.steps:
            found[step.parent] = step.grad_after
        return [found[value] for value in self.values]

    def automatic(self, card: Card) -> bool:
        """Whether the name on a card is one that nobody gave."""
        if card.main is None or card.kind in ("group", "constant"):
            return False
        value = self.values[card.main]
        return not value.label and value not in self.given and value is not self.output

    @property
    def advice(self) -> str:
        """What to do about the nodes that are not shown, or nothing."""
        if not self.hidden:
            return ""
        far = f"{self.hidden:,} of {len(self.values):,} nodes are not shown: those farthest from {self.names[self.output]}"
        return f"{far}; {self.remedy}"

    @property
    def remedy(self) -> str:
        """What helps against a graph that is too large."""
        folding = 'fold it with collapse="layer", ' if self.groups and self.fold != "layer" else ""
        return f"{folding}raise max_nodes, or take a part of the graph, such as the loss of one row"


def check_options(collapse: str | None, max_nodes: int) -> None:
    if collapse not in FOLDS:
        need = 'collapse needs to be "auto", None, "neuron", "layer" or "grids"'
        raise ValueError(f'{need}, got {collapse!r}; draw takes "batch" too')
    if not isinstance(max_nodes, int) or max_nodes < 1:
        raise ValueError(f"max_nodes needs to be a whole number from 1 upwards, got {max_nodes!r}")


def check_direction(direction: str, collapse: str | None) -> None:
    if collapse in WHOLES and direction != "LR":
        raise ValueError(f"{WHOLES[collapse]} is drawn from left to right, got direction={direction!r}; leave it out")


def groups_around(order: list[Value]) -> dict[Value, Groups]:
    """The groups around each node that has some.

    A parameter's are kept by its label. An operation that reads the parameters of one group belongs there, and so does
    the activation after it: one function of one number that alone reads it. What comes then is no part of a neuron, nor is
    what reads a number that has a name of its own.
    """
    uses = Counter([parent for node in order for parent in node.parents])
    found: dict[Value, Groups] = {}
    sums: set[Value] = set()  # what an activation may follow
    for node in order:
        if node.op is None:
            choice = {node.label.groups if isinstance(node.label, Label) else ()}
        else:
            choice = {found[parent] for parent in node.parents if parent.op is None and parent in found}
            if choice:
                sums.add(node)
            elif is_function(node) and node.parents[0] in sums and uses[node.parents[0]] == 1 and not node.parents[0].label:
                choice = {found.get(node.parents[0], ())}
        if len(choice) == 1 and () not in choice:
            found[node] = choice.pop()
    return found


def is_function(node: Value) -> bool:
    """Whether a node may be an activation: a function of one number, and none with which a loss begins."""
    return len(node.parents) == 1 and not isinstance(node.op, Reduction) and node.op not in NO_ACTIVATIONS


def leaf_kinds(values: list[Value], groups: Mapping[Value, Groups]) -> list[str]:
    """What each node is. Bare names are taken for parameters and inputs as books write them: w1, b and x2."""
    labels = [value.label or "" for value in values if value.op is None]
    weighted = any(WEIGHT.fullmatch(label) for label in labels)  # without a w, b is a name like any other
    read_by_group = {parent for value in values if value in groups for parent in value.parents}
    kinds = []
    for value in values:
        if value.op is not None:
            kind = "op"
        elif type(value) is Constant:
            kind = "constant"
        elif value in groups or (weighted and PARAMETER.fullmatch(value.label or "")):
            kind = "parameter"
        elif value in read_by_group or INPUT.fullmatch(value.label or ""):
            kind = "input"
        else:
            kind = "leaf"
        kinds.append(kind)
    return kinds


def folded_into(groups: Groups, fold: str | None) -> Groups:
    """The group whose card a node is on: its neuron, its layer, or none."""
    return {None: (), "neuron": groups, "layer": groups[:1]}[fold]


def glyph(op: Op) -> str:
    """The sign of an operation as the card shows it."""
    return GLYPHS.get(op, printable(op.symbol)[:8])
