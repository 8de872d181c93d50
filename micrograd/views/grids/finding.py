"""The network that a row of a picture or of a sequence goes through, found in the graph of its loss.

A neuron that is used at several windows is what makes a grid: its uses are the cells of a map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd import ops
from micrograd.engine import Constant, Value, topological_order
from micrograd.text.naming import node_names
from micrograd.views.batches.finding import addition, batch_of, scaling
from micrograd.views.batches.targets import Target, certain_target
from micrograd.views.grids.neurons import Layer, Sums, computed_from, is_learned
from micrograd.views.grids.parts import Tracer, readers_of
from micrograd.views.grids.stages import NOTHING, Builder, NoGridsError, Stage
from micrograd.views.stepping import dry_gradients


@dataclass(frozen=True, repr=False)
class Grids:
    """The stages of one row, each after those that it reads at the same step, and the output of the graph, mostly a loss.

    `target` is the number of the wanted output among those of `outputs`, and `probabilities` what the loss makes of these;
    None if the loss is no cross-entropy.
    """

    output: Value
    order: list[Value]
    stages: list[Stage]
    names: Mapping[Value, str]
    outputs: tuple[Value, ...] = ()
    target: int | None = None
    probabilities: tuple[float, ...] | None = None

    def gradients(self) -> dict[Value, float]:
        """The derivative of the output by each node, from a sweep that changes no `grad`."""
        return dry_gradients(self.order)

    @property
    def ends_in_cell(self) -> bool:
        """Whether the output is one of the cells, with no loss after it."""
        return any(self.output is cell for stage in self.stages for cell in stage.cells)

    @property
    def is_apart(self) -> bool:
        """Whether no stage joins what its neurons make at several places, so that these may be rows as well as steps."""
        place = {id(stage): number for number, stage in enumerate(self.stages)}
        for number, stage in enumerate(self.stages):
            cells = [cell for window in stage.windows for cell in window if cell != NOTHING]
            is_recurrent = any(place[id(read)] >= number for read in stage.reads)
            if stage.kind in ("pool", "dense") or is_recurrent or len(cells) > len(set(cells)):
                return False
        return True

    @property
    def parameters(self) -> list[Value]:
        """The weights and biases of all neurons, and what else is learned."""
        found: list[Value] = []
        for stage in self.stages:
            for neuron in stage.neurons:
                found += neuron.weights if neuron.bias is None else (*neuron.weights, neuron.bias)
            found += stage.parameters
        return list(dict.fromkeys(found))


def grids_of(output: Value, names: Mapping[str, Any] | None = None, collapse: str | None = "auto") -> Grids | None:
    """The network with its maps. Without one a ValueError says why if "grids" was asked for.

    >>> w = [Value(1.0, label="w1"), Value(-1.0, label="w2")]
    >>> x = [Value(number, label=f"x{i}") for i, number in enumerate([1.0, 4.0, 9.0, 16.0])]
    >>> loss = ops.total([ops.tanh(ops.dot(w, pair)) for pair in zip(x, x[1:])])
    >>> [(stage.kind, stage.shape.columns) for stage in grids_of(loss).stages]
    [('input', 4), ('filters', 3), ('pool', 1)]
    """
    if collapse not in ("auto", "grids"):
        return None
    try:
        grids = found_grids(output, names)
        return None if collapse == "auto" and grids.is_apart else grids
    except NoGridsError as reason:
        if collapse == "auto":
            return None
        raise ValueError(
            'collapse="grids" needs one row of a network in which neurons are used at several windows, such as a convolution, '
            f"and here {reason}; collapse=None draws every node"
        ) from None


def found_grids(output: Value, names: Mapping[str, Any] | None) -> Grids:
    order = topological_order(output)
    readers = readers_of(order)
    wanted = targets_of(output)
    sums = Sums(order, readers, list(dict.fromkeys(logit for target in wanted for logit in target.outputs)), names)
    layers = sums.layers()
    if all(len(layer.windows) < 2 for layer in layers):
        raise NoGridsError("no neuron is used twice")
    if batch_of(output, names) or are_rows(wanted, layers):
        raise NoGridsError("it is a batch of rows; give explore a list with the loss of each")
    if any(len({use.activation for use in neuron.uses.values()}) > 1 for layer in layers for neuron in layer.neurons):
        raise NoGridsError("a neuron has an activation at one window and another at the next")
    tracer = Tracer(order, readers, layers, sums.inside)
    parts = tracer.traced()
    befores = [use.before for layer in layers for neuron in layer.neurons for use in neuron.uses.values()]
    made = computed_from(order, befores)
    stages = Builder(parts, tracer.cells, made, sums.given).built()
    chosen = wanted[0] if len(wanted) == 1 and len(wanted[0].outputs) > 1 else None
    return Grids(
        output,
        order,
        stages,
        node_names(order, names),
        chosen.outputs if chosen else (),
        class_in(chosen) if chosen else None,
        probabilities_of(output, chosen.outputs) if chosen else None,
    )


def targets_of(output: Value) -> list[Target]:
    """What the losses want whose mean or sum the output is."""
    found, waiting = [], [output]
    while waiting:
        node = waiting.pop()
        if target := certain_target(node) if node.op else None:
            found.append(target)
        elif node.op in (ops.add, ops.total):
            waiting.extend(reversed(addition(node)[1]))
        elif scaled := scaling(node):
            waiting.append(scaled[0])
    return found


def are_rows(wanted: Sequence[Target], layers: Sequence[Layer]) -> bool:
    """Whether what is wanted of several outputs has nothing in common but parameters, as the rows of a batch of any losses."""
    parameters = {leaf for layer in layers for neuron in layer.neurons for leaf in (*neuron.weights, neuron.bias)}
    owner: dict[Value, Target] = {}
    for target in wanted:
        stack = list(target.outputs)
        while stack:
            node = stack.pop()
            if node in parameters or is_learned(node) or type(node) is Constant:
                continue
            if node not in owner:
                owner[node] = target
                stack.extend(node.parents)
            elif owner[node] is not target:
                return False
    return len(wanted) > 1


def class_in(target: Target) -> int | None:
    """The number of the class that is certain."""
    if len(target.targets) == 1:
        return int(target.targets[0])
    return target.targets.index(1.0) if sorted(target.targets)[-2:] == [0.0, 1.0] else None


def probabilities_of(output: Value, outputs: tuple[Value, ...]) -> tuple[float, ...] | None:
    """The softmax of the outputs, which are the slopes of the logarithm in their cross-entropy."""
    for node in topological_order(output, seen=set(outputs)):
        if node.op is ops.logsumexp and len(node.parents) == len(outputs):
            return node.local_derivatives
    return None
