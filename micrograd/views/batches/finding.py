"""A batch in a graph: rows that go through the same operations with the same parameters, and whose losses are added up.

What more than half of all terms of a sum read is shared, and so a parameter; neighbours among the terms that have any other
node in common are one row; and rows are alike if they are the same operations on the same shared nodes. How a row's loss is
computed from its outputs may differ where its target chose the way.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from micrograd import ops
from micrograd.engine import Constant, Value, topological_order
from micrograd.text.naming import Label, node_names
from micrograd.views.batches.targets import certain_target
from micrograd.views.diagram import NO_ACTIVATIONS, PARAMETER
from micrograd.views.stepping import dry_gradients

MOST_SUMS = 4  # that are looked at, from the output down: a mean, a penalty beside it, and what they stand in
DIGITS = re.compile(r"\d+")

Shape = list[tuple[ops.Op | None, tuple[Any, ...]]]  # of nodes in order: the operation, and each operand by its place or itself
Column = tuple[Value, ...]  # the nodes at one place, one for each row


class Sum(NamedTuple):
    """`factor` times the sum of the terms, which is all of the output or a part that it is made of by adding up."""

    nodes: set[Value]  # that add up
    terms: list[Value]
    leaves: list[Value]  # that are terms too, such as a 0 to begin with
    factor: float


class Row(NamedTuple):
    """The nodes of one row in an order that is the same for all rows, and their shape: the model's, and those of the loss."""

    model: list[Value]
    model_shape: Shape
    loss: list[Value]
    loss_shape: Shape
    terms: list[Value]


@dataclass(frozen=True, repr=False)
class Batch:
    """Rows that are alike. A column has the nodes that stand at one place, one for each row, in the order of the rows.

    The model's columns stand after those that they read; `shape` says what they are. `outputs` are the places that the loss
    reads. The losses of the rows add up to the output, or are those whose mean it is; `rest` is what else is added to it.
    """

    output: Value
    order: list[Value]
    columns: list[Column]
    shape: Shape
    outputs: list[int]
    targets: list[tuple[float, ...]]
    has_classes: bool  # whether a target is the number of an output, from 0
    losses: tuple[float, ...]
    is_mean: bool
    rest: float
    names: Mapping[Value, str]

    @property
    def rows(self) -> int:
        return len(self.losses)

    def gradients(self) -> dict[Value, float]:
        """The derivative of the output by each node, from a sweep that changes no `grad`."""
        return dry_gradients(self.order)


def batch_of(output: Value, names: Mapping[str, Any] | None = None, collapse: str | None = "auto") -> Batch | None:
    """The batch that the output is the mean or the total of. Without one a ValueError says why if "batch" was asked for.

    >>> w, data = Value(2.0, label="w"), [(1.0, 3.0), (2.0, 3.0)]
    >>> squares = [(w * x - y) ** 2 for x, y in data]
    >>> batch = batch_of((squares[0] + squares[1]) / 2.0)
    >>> batch.losses, batch.is_mean, batch.targets
    ((1.0, 1.0), True, [(3.0, 3.0)])
    """
    if collapse not in ("auto", "batch"):
        return None
    order = topological_order(output)
    reason = "it adds nothing up"
    for added in sums(output):
        found = Search(order, added).batch(names, asked=collapse == "batch")
        if isinstance(found, Batch):
            return found
        reason = found
    if collapse == "auto":
        return None
    raise ValueError(
        'collapse="batch" needs a mean or total over rows that go through the same operations with the same parameters, '
        f"and here {reason}; collapse=None draws every node"
    )


def sums(output: Value) -> Iterator[Sum]:
    """The sums that the output is made of, the outermost first."""
    waiting, found = deque([(output, 1.0)]), 0
    while waiting and found < MOST_SUMS:
        node, factor = waiting.popleft()
        if node.op in (ops.add, ops.total):
            nodes, summands = addition(node)
            terms, leaves = [[term for term in summands if (term.op is None) == leaf] for leaf in (False, True)]
            if len(terms) > 1:
                yield Sum(nodes, terms, leaves, factor)
                found += 1
            waiting.extend([(term, factor) for term in terms[:MOST_SUMS]])
        elif scaled := scaling(node):
            waiting.append((scaled[0], factor * scaled[1]))


def addition(node: Value) -> tuple[set[Value], list[Value]]:
    """The nodes that do nothing but add up, from this one down, and what they add."""
    if node.op is ops.total:
        return {node}, list(node.parents)
    nodes, terms, stack = set(), [], [node]
    while stack:
        term = stack.pop()
        if term.op is ops.add:
            nodes.add(term)
            stack.extend(reversed(term.parents))
        else:
            terms.append(term)
    return nodes, terms


def scaling(node: Value) -> tuple[Value, float] | None:
    """What a node takes a fixed multiple of, and how much of it."""
    if node.op is ops.neg:
        return node.parents[0], -1.0
    if node.op in (ops.mul, ops.div):
        left, right = node.parents
        if isinstance(right, Constant) and (node.op is ops.mul or right.data):
            return left, right.data if node.op is ops.mul else 1.0 / right.data
        if isinstance(left, Constant) and node.op is ops.mul:
            return right, left.data
    return None


class Search:
    """Looks for the rows of one sum. Every step is linear in the nodes and edges of the graph."""

    def __init__(self, order: list[Value], added: Sum) -> None:
        self.order = order
        self.sum = added
        spans = term_spans(order, added.terms)
        most = len(added.terms) / 2
        self.own = {node: first for node, (first, last) in spans.items() if last - first < most}
        self.shared = spans.keys() - self.own.keys()
        self.terms = grouped_terms(added.terms, [spans[node] for node in self.own])
        self.readers: dict[Value, list[Value]] = {}
        for node in self.own:
            for parent in node.parents:
                self.readers.setdefault(parent, []).append(node)

    def batch(self, names: Mapping[str, Any] | None, *, asked: bool) -> Batch | str:
        """The batch; or why there is none, as the end of a sentence. What was asked for may be a sum of outputs alone."""
        if self.read_elsewhere():
            return "what the rows are made of is read elsewhere too"
        if len(self.terms) < 2 or not self.shared.isdisjoint(self.sum.terms):
            return "the terms of the sum are no rows: they have more in common than parameters"
        rows = self.rows()
        first = rows[0]
        if not first.model:
            return "the rows have no parameter in common"
        if any(row.model_shape != first.model_shape for row in rows):
            return "the rows do not have the same shape"
        columns: list[Column] = list(zip(*[row.model for row in rows], strict=True))
        losses: list[Column] = []
        outputs = self.read_by_loss(first, {node: place for place, node in enumerate(first.model)})
        targets: list[tuple[float, ...]] = []
        read = self.chosen_targets(rows)
        if read:
            targets, outputs = read
        elif any(row.loss_shape != first.loss_shape for row in rows):
            return "the losses of the rows do not have the same shape"
        else:
            losses = list(zip(*[row.loss for row in rows], strict=True))
            targets = [numbers_in(losses[place]) for place in target_places(first, losses)]
        if reason := own_leaves_reason(columns, losses):
            return reason
        if not (asked or first.loss or self.sum.factor != 1.0 or ops.total in {node.op for node in self.sum.nodes}):
            return "it is a sum of outputs, with no loss"
        has_classes = read is not None and len(targets) == 1 < len(outputs)
        return self.made_batch(rows, columns, outputs, targets, has_classes, names)

    def made_batch(
        self,
        rows: list[Row],
        columns: list[Column],
        outputs: list[int],
        targets: list[tuple[float, ...]],
        has_classes: bool,
        names: Mapping[str, Any] | None,
    ) -> Batch:
        parts = [self.sum.factor * sum(term.data for term in row.terms) for row in rows]
        shares = 1.0 / (self.sum.factor * len(rows)) if self.sum.factor else 0.0  # 2 in a half mean squared error
        is_mean = abs(shares) > 0.5 and abs(shares - round(shares)) < 1e-9
        losses = tuple([part * len(rows) if is_mean else part for part in parts])
        return Batch(
            output=self.order[-1],
            order=self.order,
            columns=columns,
            shape=rows[0].model_shape,
            outputs=outputs,
            targets=targets,
            has_classes=has_classes,
            losses=losses,
            is_mean=is_mean,
            rest=0.0 if self.is_all() else self.order[-1].data - sum(parts),
            names=node_names(self.order, names),
        )

    def is_all(self) -> bool:
        """Whether the output is a multiple of the terms, and nothing is added to it."""
        node = self.order[-1]
        if any(leaf.data for leaf in self.sum.leaves):
            return False
        while node not in self.sum.nodes:
            scaled = scaling(node)
            if scaled is None:
                return False
            node = scaled[0]
        return True

    def read_elsewhere(self) -> bool:
        inside = self.own.keys() | self.sum.nodes
        return any(parent in self.own for node in self.order if node not in inside for parent in node.parents)

    def rows(self) -> list[Row]:
        """The nodes of each row, listed from its outputs down and then from its loss."""
        row_of_term = {term: row for row, terms in enumerate(self.terms) for term in terms}
        number = [row_of_term[term] for term in self.sum.terms]
        model = self.model()
        tops: list[list[Value]] = [[] for _ in self.terms]
        for node in self.order:
            if node in model and not any(reader in model for reader in self.readers.get(node, ())):
                tops[number[self.own[node]]].append(node)
        age = {node: place for place, node in enumerate(self.order)}
        for row in tops:
            row.sort(key=lambda node: [age[parent] for parent in node.parents if parent in self.shared])  # where rows differ
        tops = self.with_activations(tops)
        seen = set(self.shared)
        return [self.row(outputs, terms, seen) for outputs, terms in zip(tops, self.terms, strict=True)]

    def model(self) -> set[Value]:
        """What reads a parameter, all that it reads of its row, and what adds up nothing else."""
        found: set[Value] = set()
        for node in reversed(self.order):
            if node in self.own and (node in found or any(parent in self.shared for parent in node.parents)):
                found.add(node)
                found.update([parent for parent in node.parents if parent in self.own])
        for node in self.order:
            if node in self.own and node.op in (ops.add, ops.total) and self.shared.issuperset(set(node.parents) - found):
                found.add(node)
        return found

    def with_activations(self, tops: list[list[Value]]) -> list[list[Value]]:
        """The outputs after their activation: the same function of one number in all rows, and not yet the loss."""
        terms = set(self.sum.terms)
        found = []
        for column in zip(*tops):
            after = [reader for node in column for reader in self.readers.get(node, ())]
            functions = {node.op for node in after}
            usable = len(after) == len(column) and len(functions) == 1 and terms.isdisjoint(after)
            usable = usable and len(after[0].parents) == 1 and after[0].op not in NO_ACTIVATIONS
            found.append(after if usable else list(column))
        lengths = {len(row) for row in tops}
        return [list(row) for row in zip(*found)] if len(lengths) == 1 and found else tops

    def row(self, outputs: list[Value], terms: list[Value], seen: set[Value]) -> Row:
        """The row with these outputs and terms. `seen` keeps the walk away from what is shared, and from other rows."""
        model = [node for output in outputs for node in topological_order(output, seen)]
        loss = [node for term in terms for node in topological_order(term, seen)]
        place = {node: number for number, node in enumerate([*model, *loss])}
        shape: Shape = [(node.op, tuple([place.get(parent, parent) for parent in node.parents])) for node in place]
        ends = tuple([place[term] for term in terms])
        return Row(model, shape[: len(model)], loss, [*shape[len(model) :], (None, ends)], terms)

    def read_by_loss(self, row: Row, place: Mapping[Value, int]) -> list[int]:
        """The places in the model that its loss reads, or that are its loss."""
        read = [parent for node in row.loss for parent in node.parents] + row.terms
        return sorted({place[node] for node in read if node in place})

    def chosen_targets(self, rows: list[Row]) -> tuple[list[tuple[float, ...]], list[int]] | None:
        """The targets that chose the operations of each row's loss, and the outputs in the order of the classes."""
        targets, places = [], set()
        for row in rows:
            chosen = certain_target(row.terms[0]) if len(row.terms) == 1 else None
            place = {node: number for number, node in enumerate(row.model)}
            if chosen is None or any(output not in place for output in chosen.outputs):
                return None
            targets.append(chosen.targets)
            places.add(tuple([place[output] for output in chosen.outputs]))
        if len(places) > 1 or len({len(target) for target in targets}) > 1:
            return None
        return list(zip(*targets, strict=True)), list(places.pop())


def term_spans(order: Sequence[Value], terms: Sequence[Value]) -> dict[Value, tuple[int, int]]:
    """For each node below the terms the first and the last of those that are computed from it."""
    spans: dict[Value, tuple[int, int]] = {}
    for number, term in enumerate(terms):
        first, _ = spans.get(term, (number, number))
        spans[term] = first, number
    for node in reversed(order):
        if node in spans:
            first, last = spans[node]
            for parent in node.parents:
                low, high = spans.get(parent, (first, last))
                spans[parent] = min(first, low), max(last, high)
    return spans


def grouped_terms(terms: Sequence[Value], spans: Sequence[tuple[int, int]]) -> list[list[Value]]:
    """The terms in rows: neighbours that one of the spans reaches over are of one row."""
    steps = [0] * (len(terms) + 1)
    for first, last in spans:
        steps[first] += 1
        steps[last] -= 1
    rows: list[list[Value]] = [[]]
    for term, reaching in zip(terms, accumulate(steps)):
        rows[-1].append(term)
        if not reaching:
            rows.append([])
    return rows[:-1]


def target_places(row: Row, losses: Sequence[Column]) -> list[int]:
    """Which leaves of the loss are targets: those that differ, and what is subtracted from an output or it from that."""
    model = set(row.model)
    compared = {
        parent for node in row.loss if node.op is ops.sub and not model.isdisjoint(node.parents) for parent in node.parents
    }
    return [
        place for place, column in enumerate(losses) if column[0].op is None and (column[0] in compared or not is_number(column))
    ]


def is_number(column: Column) -> bool:
    """Whether it is one number in the program that made the rows, such as the 2 of 2 * x."""
    return all(isinstance(node, Constant) for node in column) and len({node.data for node in column}) == 1


def numbers_in(column: Column) -> tuple[float, ...]:
    return tuple([node.data for node in column])


def own_leaves_reason(columns: list[Column], losses: list[Column]) -> str:
    """Why the leaves that each row has for itself cannot be its data; nothing if they can."""
    leaves = [column for column in columns if column[0].op is None and not is_number(column)]
    if not leaves:
        return "the rows have no data of their own"
    for column in [*leaves, *[column for column in losses if column[0].op is None]]:
        labels = [node.label for node in column if node.label]
        if any((isinstance(label, Label) and label.groups) or PARAMETER.fullmatch(label) for label in labels):
            return "a parameter is used in one row only"
        if len({DIGITS.sub("", label) for label in labels}) > 1:
            return "what would be an input of the rows has a name of its own in each"
    return ""
