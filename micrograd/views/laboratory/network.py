"""The network as the laboratory draws it: the graph of a row's loss with a card for each input and unit and one for the loss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from micrograd import ops
from micrograd.compiler.listing import Listing, flatten
from micrograd.display.characters import printable
from micrograd.engine import Constant, Value, topological_order
from micrograd.text.formulas import operation
from micrograd.text.naming import SUBSCRIPTS, short, subscripted
from micrograd.views.diagram import Card, Diagram, Groups
from micrograd.views.laboratory.experiment import Experiment
from micrograd.views.player import Shape, rules, shape_of, terms

SUMS = {ops.dot: "s", ops.add: "z"}  # within a neuron
LONGEST_NAME = 10


@dataclass
class Unit:
    """A card: an input, a unit, a leaf that stands alone, or the loss with all that it is computed by."""

    name: str
    group: str
    kind: str  # "input", "neuron", "leaf" or "loss"
    main: int  # the node whose numbers it shows
    nodes: list[int]
    column: int = 0


@dataclass
class Bundle:
    """All edges from one card to another; a weight is the line's if it is what the line multiplies by."""

    tail: int
    head: int
    edges: list[int] = field(default_factory=list)
    parameter: int = -1  # by its place


class Network:
    """Cards, lines and columns of the graph of an experiment."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        names = {"loss": experiment.loss}
        self.diagram = Diagram(experiment.loss, names=names, collapse="neuron", max_nodes=10**9)
        self.values, self.place = self.diagram.values, self.diagram.place
        self.parameter_at = {self.place[value]: number for number, value in enumerate(experiment.parameters)}
        self.column_at = {self.place[leaf]: k for k, leaf in enumerate(experiment.row_loss.leaves) if leaf in self.place}
        self.outputs = [self.place[output] for output in experiment.outputs if output in self.place]
        self.cards = self.made_cards()
        self.card_of = {node: number for number, card in enumerate(self.cards) for node in card.nodes}
        self.lines = self.made_lines()
        self.set_columns()

    # Cards

    def made_cards(self) -> list[Unit]:
        """One for each input and unit; what computes the loss from the outputs and the targets is on the last."""
        inside = set(topological_order(ops.total(self.experiment.outputs)))
        loss = {n for n, value in enumerate(self.values) if (value.op is not None and value not in inside)}
        loss |= {self.place[leaf] for leaf in self.experiment.targets if leaf in self.place}
        outputs = set(self.outputs)
        inputs = {self.place[leaf] for leaf in self.experiment.inputs if leaf in self.place} - loss
        cards = []
        for card in self.diagram.cards:
            if nodes := [node for node in card.nodes if node not in loss]:
                computed = any(self.values[node].op is not None for node in nodes)
                kind = "input" if nodes[0] in inputs else "neuron" if computed else "leaf"
                cards += [self.unit(part, card, kind) for part in parted(nodes, outputs)]
        end = self.place[self.experiment.loss]
        # A layer in its own order, whatever else reads its weights; the outputs too, whichever the loss reads first.
        among = dict(zip(dict.fromkeys(self.outputs), sorted(outputs), strict=True))
        cards.sort(key=lambda card: among.get(card.nodes[-1], card.main))
        return [*cards, Unit("loss", "", "loss", end, sorted(loss | {end} if end not in outputs else loss))]

    def unit(self, nodes: list[int], card: Card, kind: str) -> Unit:
        main = card.main if card.main in nodes else nodes[-1]
        value = self.values[main]
        name = subscripted(card.name) if value.label or len(nodes) > 1 else feature_name(value) or subscripted(card.name)
        return Unit(name, printable(".".join(card.frame)), kind, main, nodes)

    # Lines

    def made_lines(self) -> list[Bundle]:
        lines: dict[tuple[int, int], Bundle] = {}
        for number, edge in enumerate(self.diagram.edges):
            tail, head = self.card_of[edge.parent], self.card_of[edge.child]
            if tail != head:
                line = lines.setdefault((tail, head), Bundle(tail, head))
                line.edges.append(number)
                if line.parameter < 0:
                    line.parameter = self.factor_beside(self.values[edge.child], edge.operand)
        return list(lines.values())

    def factor_beside(self, child: Value, operand: int) -> int:
        """The parameter that the operand is multiplied by, or -1."""
        if child.op not in (ops.mul, ops.dot):
            return -1
        half = len(child.parents) // 2
        return self.parameter_at.get(self.place.get(child.parents[(operand + half) % (2 * half)], -1), -1)

    def set_columns(self) -> None:
        """Each card as far to the right as what it reads demands; a leaf beside the first that reads it."""
        cards = self.cards
        lines = sorted(self.lines, key=lambda line: cards[line.head].main)
        for _ in cards:
            before = [card.column for card in cards]
            for line in lines:
                cards[line.head].column = max(cards[line.head].column, cards[line.tail].column + 1)
            if [card.column for card in cards] == before:
                break
        for number, card in enumerate(cards):
            if card.kind == "leaf":
                card.column = min([cards[line.head].column for line in lines if line.tail == number], default=1) - 1

    # Nodes

    def name_of(self, node: int) -> str:
        """Short within its card: w₁, b, s for the weighted sum, z with the bias, h₁,₂ for what unit 2 of layer 1 gives."""
        value, card = self.values[node], self.cards[self.card_of[node]]
        if value.op is None or value.label or card.kind != "neuron":
            return subscripted(getattr(value.label, "name", None) or self.diagram.names[value])
        if node in self.outputs:
            return "out" if len(self.outputs) == 1 else f"out{self.outputs.index(node) + 1}".translate(SUBSCRIPTS)
        groups = self.diagram.groups.get(value, ())
        if groups and node == card.main:
            return unit_name(groups)
        if groups and value.op in SUMS:
            return SUMS[value.op]
        feature = feature_name(value)
        return f"({feature})" if " " in feature else feature or subscripted(self.diagram.names[value])

    def node_data(self, node: int, shapes: dict[Shape, int]) -> dict[str, Any]:
        value = self.values[node]
        data: dict[str, Any] = {"name": self.name_of(node), "card": self.card_of[node]}
        if node in self.parameter_at:
            data["p"] = self.parameter_at[node]
        if node in self.column_at:
            data["x"] = self.column_at[node]
        if value.op is not None:
            data["shape"] = shapes[shape_of(value.op, value)]
            data["parents"] = [self.place.get(parent, -1) for parent in value.parents]
        return data

    def data(self) -> dict[str, Any]:
        """All of it as the page reads it."""
        first = {shape_of(value.op, value): value for value in reversed(self.values) if value.op is not None}
        shapes = {shape: number for number, shape in enumerate(first)}
        return {
            "nodes": [self.node_data(node, shapes) for node in range(len(self.values))],
            "edges": [[edge.parent, edge.child, edge.operand] for edge in self.diagram.edges],
            "shapes": [{"terms": terms(op, first[op, rest]), "rules": rules(op, first[op, rest])} for op, rest in first],
            "cards": [vars(card) for card in self.cards],
            "lines": [vars(line) for line in self.lines],
            "outputs": self.outputs,
            "outputCards": [self.card_of[node] for node in self.outputs],
            "surfaceCards": self.surface_cards(),
        }

    def surface_cards(self) -> list[int]:
        """The inputs and then the units: those that have a number for each place of the plane."""
        return [number for kind in ("input", "neuron") for number, card in enumerate(self.cards) if card.kind == kind]

    # Listings

    def surface(self) -> Listing:
        """What each of the `surface_cards` gives."""
        return self.listing(self.values[self.cards[number].main] for number in self.surface_cards())

    def row_loss(self) -> Listing:
        return self.listing([self.experiment.loss])

    def listing(self, outputs: Iterable[Value]) -> Listing:
        return flatten(list(outputs), self.experiment.row_loss.leaves, self.experiment.parameters)


def feature_name(value: Value) -> str:
    """A unit that is one operation on leaves, as a formula: x₁*x₂. Empty if it is more than that, or too long."""
    if value.op is None or any(parent.op is not None for parent in value.parents):
        return ""
    operands = [short(p.data) if isinstance(p, Constant) else subscripted(p.label or "") for p in value.parents]
    text = operation(value.op, operands, "symbols") if all(operands) else ""
    return text if len(text) <= LONGEST_NAME else ""


def parted(nodes: list[int], outputs: set[int]) -> list[list[int]]:
    """The nodes of a card, cut after each output: each output is the last node of a card of its own."""
    parts: list[list[int]] = [[]]
    for node in nodes:
        parts[-1].append(node)
        if node in outputs:
            parts.append([])
    return [part for part in parts if part]


def unit_name(groups: Groups) -> str:
    """What a unit gives: h with the numbers of the groups around it as indices, or else its own name.

    >>> unit_name(("layer1", "neuron2")), unit_name(("gate",))
    ('h₁,₂', 'gate')
    """
    numbers = [group[len(group.rstrip("0123456789")) :] for group in groups]
    return "h" + ",".join(number.translate(SUBSCRIPTS) for number in numbers) if all(numbers) else subscripted(groups[-1])
