"""Both sweeps, one step at a time: the forward computation of every node, then every application of the chain rule.

df/da is the gradient, the derivative along every path from a to f. ∂v1/∂a is a local derivative, that of one operation by
one operand, which is the other factor of a step. An operand that is used twice is a₍₁₎ at one place and a₍₂₎ at the other.

>>> a, b = Value(-2.0, label="a"), Value(3.0, label="b")
>>> f = (a * b) * (a + b)
>>> f.label = "f"
>>> for step in backward_steps(f):
...     print(step)
df/dv1 += df/df · ∂f/∂v1 = 1 · 1 = 1  (1 of 1)
df/dv2 += df/df · ∂f/∂v2 = 1 · (-6) = -6  (1 of 1)
df/da += df/dv2 · ∂v2/∂a = (-6) · 1 = -6  (1 of 2)
df/db += df/dv2 · ∂v2/∂b = (-6) · 1 = -6  (1 of 2)
df/da += df/dv1 · ∂v1/∂a = 1 · 3 = 3  (2 of 2, now -3)
df/db += df/dv1 · ∂v1/∂b = 1 · (-2) = -2  (2 of 2, now -8)
>>> a.grad, b.grad
(-3.0, -8.0)
"""

from __future__ import annotations

import math
import reprlib
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from micrograd.engine import Constant, Gradient, Value, node_of, prepare_gradients, topological_order
from micrograd.mistakes import outdated
from micrograd.ops import Op
from micrograd.text.formulas import operation
from micrograd.text.naming import node_names, short, signed, uses, values_by_name

make = tuple.__new__


class Names:
    """The names of the nodes below an output, found out when the first of them is asked for."""

    def __init__(self, order: list[Value], given: Mapping[str, Any] | None) -> None:
        self.order = order
        self.given = given

    @cached_property
    def table(self) -> dict[Value, str]:
        return node_names(self.order, self.given)

    @cached_property
    def uses(self) -> dict[Value, list[str]]:
        return {node: uses(node.parents) for node in self.order}

    def gradient(self, node: Value) -> str:
        """The derivative of the output along every path that leads to it."""
        return f"d{self.table[self.output]}/d{self.table[node]}"

    def local_derivative(self, node: Value, operand: int) -> str:
        """That of one operation by one of its operands, while the others stay."""
        return f"∂{self.table[node]}/∂{self.table[node.parents[operand]]}{self.uses[node][operand]}"

    @cached_property
    def named(self) -> set[Value]:
        """The nodes that were given a name from outside."""
        return set(values_by_name(self.given or {}))

    @property
    def output(self) -> Value:
        return self.order[-1]


class ForwardStep(NamedTuple):
    """One node computed from its parents: `numbers` are theirs, `data` is its own."""

    node: Value
    op: Op
    numbers: tuple[float, ...]
    data: float
    names: Names

    def __str__(self) -> str:
        """The step in one line: `v1 = a*b = -2*3 = -6`."""
        table = self.names.table
        symbols = operation(self.op, [table[parent] for parent in self.node.parents])
        numbers = operation(self.op, list(map(short, self.numbers)))
        return f"{table[self.node]} = {symbols} = {numbers} = {short(self.data)}"


class BackwardStep(NamedTuple):
    """One application of the chain rule: what `node` hands to `parent`, which is `node.parents[operand]`.

    `product = local_derivative * upstream` is added to the parent's gradient, as contribution number `contribution` of
    `contributions`: one for each use of the parent in the graph.
    """

    node: Value
    parent: Value
    upstream: float
    local_derivative: float
    product: float
    grad_before: float
    grad_after: float
    contribution: int
    contributions: int
    operand: int
    names: Names

    def __str__(self) -> str:
        """The step in one line: `df/da += df/dc · ∂c/∂a = 1.5 · 2 = 3  (1 of 2)`."""
        now = f", now {short(self.grad_after)}" if self.grad_before else ""
        count = f"({self.contribution} of {self.contributions}{now})"
        return f"{self.names.gradient(self.parent)} += {self.product_text}  {count}"

    @property
    def product_text(self) -> str:
        """What is added, in symbols and in numbers: `df/dc · ∂c/∂a = 1.5 · 2 = 3`."""
        symbols = f"{self.names.gradient(self.node)} · {self.names.local_derivative(self.node, self.operand)}"
        return f"{symbols} = {signed(self.upstream)} · {signed(self.local_derivative)} = {short(self.product)}"


def forward_steps(output: Value, *, names: Mapping[str, Any] | None = None) -> Iterator[ForwardStep]:
    """Compute every node below `output` anew from its parents, one at each step; leaves that were changed count.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 1
    >>> x.data = 4.0
    >>> for step in forward_steps(y):
    ...     print(step)
    v1 = x*x = 4*4 = 16
    out = v1 + 1 = 16 + 1 = 17
    >>> y.data
    17.0
    """
    return forward_sweep(topological_order(one_value(output, "forward_steps")), names)


def forward_sweep(order: list[Value], names: Mapping[str, Any] | None) -> Iterator[ForwardStep]:
    shared = Names(order, names)
    for node in order:
        if node.op is not None:
            anew = node_of(node.op, node.parents)
            node.data, node.local_derivatives = anew.data, anew.local_derivatives
            yield forward_step(node, node.op, shared)


def forward_step(node: Value, op: Op, names: Names) -> ForwardStep:
    return ForwardStep(node, op, tuple([parent.data for parent in node.parents]), node.data, names)


def backward_steps(output: Value, *, names: Mapping[str, Any] | None = None) -> Iterator[BackwardStep]:
    """Do the sweep of `output.backward()`, one application of the chain rule at each step.

    Gradients are those of the moment: stop anywhere, and look at `step.parent.grad`. What goes to plain numbers (the 2
    of `2 * x`) is added too, and is no step.
    """
    return backward_sweep(topological_order(one_value(output, "backward_steps")), names)


def backward_sweep(order: list[Value], names: Mapping[str, Any] | None) -> Iterator[BackwardStep]:
    leaves, mixed = prepare_gradients(order)
    order[-1].grad += 1.0
    yield from chain_rule(order, LiveGradients(), Names(order, names))
    for leaf in leaves:
        leaf.grad = Gradient.taken(leaf.grad, at=math.nan if leaf in mixed else leaf.data)


class LiveGradients:
    """The `grad` of every Value, as it is at the moment: another sweep may add to it between two steps."""

    def __getitem__(self, node: Value) -> float:
        return node.grad

    def __setitem__(self, node: Value, gradient: float) -> None:
        node.grad = gradient


def dry_gradients(order: list[Value]) -> dict[Value, float]:
    """The derivative of the last node by each node, from a sweep that changes no `grad`."""
    found = dict.fromkeys(order, 0.0)
    found[order[-1]] = 1.0
    for step in dry_sweep(order):
        found[step.parent] = step.grad_after
    return found


def dry_sweep(order: list[Value], names: Mapping[str, Any] | None = None) -> Iterator[BackwardStep]:
    """The steps of a sweep that leaves every `grad` as it is."""
    gradients = dict.fromkeys(order, 0.0)
    gradients[order[-1]] = 1.0
    return chain_rule(order, gradients, Names(order, names))


def chain_rule(order: list[Value], gradients: dict[Value, float] | LiveGradients, names: Names) -> Iterator[BackwardStep]:
    """The lines at the heart of `Value.backward`, which add to `gradients` here and tell of every addition."""
    contributions = Counter([parent for node in order for parent in node.parents])
    done = dict.fromkeys(contributions, 0)
    for node in reversed(order):
        upstream = gradients[node]
        for operand, (parent, derivative) in enumerate(zip(node.parents, node.local_derivatives)):
            product = derivative * upstream
            before = gradients[parent]
            gradients[parent] = after = before + product
            if type(parent) is not Constant:
                done[parent] = number = done[parent] + 1
                count = contributions[parent]
                fields = (node, parent, upstream, derivative, product, before, after, number, count, operand, names)
                yield make(BackwardStep, fields)  # BackwardStep(*fields), at two thirds of its time


@dataclass(frozen=True)
class Transcript:
    """Every step of both sweeps, to print or to read line by line."""

    forward: tuple[str, ...]
    backward: tuple[str, ...]

    def __str__(self) -> str:
        forward = ["forward: every node from its parents", *self.forward]
        backward = ["backward: every gradient by the chain rule", *self.backward]
        return "\n  ".join(forward) + "\n" + "\n  ".join(backward)


def transcript(output: Value, *, names: Mapping[str, Any] | None = None, max_steps: int = 10_000) -> Transcript:
    """Both sweeps as text; no data and no gradient is changed. A ValueError beyond `max_steps`.

    >>> x = Value(3.0, label="x")
    >>> print(transcript(x * x))
    forward: every node from its parents
      out = x*x = 3*3 = 9
    backward: every gradient by the chain rule
      dout/dout = 1
      dout/dx += dout/dout · ∂out/∂x₍₁₎ = 1 · 3 = 3  (1 of 2)
      dout/dx += dout/dout · ∂out/∂x₍₂₎ = 1 · 3 = 3  (2 of 2, now 6)
    """
    order = topological_order(one_value(output, "transcript"))
    count = sum(1 + len(node.parents) for node in order if node.op is not None)
    if count > max_steps:
        raise ValueError(
            f"a transcript of about {count:,} steps is too long to read; raise max_steps, or take a part of the graph"
        )
    warn_of_changes(order)
    shared = Names(order, names)
    forward = [forward_step(node, node.op, shared) for node in order if node.op is not None]
    seed = f"{shared.gradient(output)} = 1"
    return Transcript(tuple(map(str, forward)), (seed, *map(str, dry_sweep(order, names))))


def warn_of_changes(order: list[Value]) -> None:
    """A warning if a leaf has changed since the graph was computed: numbers shown side by side would not fit together."""
    if change := outdated(order):
        warnings.warn(f"{change}, and old results stand beside new numbers; compute the output again", stacklevel=3)


def one_value(output: Any, what: str) -> Value:
    """The Value itself; a TypeError that says what to pass instead if it is none."""
    if isinstance(output, Value):
        return output
    if isinstance(output, (list, tuple)) and not output:
        advice = "an empty list; pass the Value that was computed last"
    elif isinstance(output, (list, tuple)):
        advice = f"a list of {len(output)}; pass one of its Values, or micrograd.total(...) of them"
    elif isinstance(output, (int, float)):
        advice = f"the number {output!r}, which has no graph; compute it from Values, such as Value({output!r})"
    else:
        advice = f"{reprlib.repr(output)} ({type(output).__name__}); pass the Value that was computed last"
    raise TypeError(f"{what} needs one Value, got {advice}")
