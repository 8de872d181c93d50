"""Mistakes with a graph, noticed where that costs nothing, and said in one sentence. What a node is, only `engine` knows.

>>> from micrograd import Value
>>> w = Value(3.0, label="w")
>>> (w * w).backward()
>>> w -= 0.1 * w.grad
Traceback (most recent call last):
    ...
TypeError: p -= number makes a new Value and leaves w where it is; to move it, write p.data -= number
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan
from typing import Any

from micrograd.advice import warn
from micrograd.display.characters import printable
from micrograd.ops import Op, as_float


def named(node: Any) -> str:
    """The number, and the label if there is one, as an error names it: `x=-1.0`."""
    return f"{printable(node.label)}={node.data}" if node.label else f"{node.data}"


def written(op: Op, parents: Iterable[Any]) -> str:
    """The operation with the numbers in it, as text: `log(x=-1.0)`, `1.0 / b=0.0`, and without them if they are many."""
    return op.written(map(named, parents), most=4)


def failure(op: Op, parents: Sequence[Any], error: Exception) -> Exception:
    """What to raise where `op` has raised `error`; if the `data` of a parent is no number, what `as_float` says of it."""
    try:
        for parent in parents:
            as_float(parent.data)
    except (OverflowError, TypeError) as wrong:
        return wrong
    if not isinstance(error, TypeError):
        return op.failure(map(named, parents), error)
    error.add_note(f"It was raised in {op!r}.")
    return error


def in_place(op: Op, leaf: Any) -> TypeError:
    """What to raise for `p -= number`, which binds p to a new Value and moves nothing, as in PyTorch."""
    name, sign = printable(leaf.label or "the leaf"), f"{op.symbol}="
    return TypeError(f"p {sign} number makes a new Value and leaves {name} where it is; to move it, write p.data {sign} number")


def look_at_graph(order: Sequence[Any]) -> None:
    """A warning if the graph, which has been swept before, no longer has the numbers of its leaves."""
    for node in order:
        node.data = as_float(node.data)
    if outdated(order):
        warn(
            "backward() gives the gradient of the numbers that went forward, and a leaf has moved since; "
            "compute the output again first, inside the loop"
        )


def look_at_moved(leaf: Any) -> None:
    """A warning for a leaf that still has the gradient of a place from which it has moved."""
    name = printable(leaf.label or "a leaf")
    warn(
        f"backward() adds to the gradient that {name} had before it moved, so a step with it would follow a running sum; "
        "set its grad to 0 first, as zero_grad() does"
    )


def outdated(order: Iterable[Any]) -> str | None:
    """Which number no longer follows from those that it was computed from, in words; None if all do."""
    for node in order:
        if node.op is None:
            continue
        try:
            now = node.op.forward(*node.op.arguments([parent.data for parent in node.parents]))
        except (ArithmeticError, ValueError):
            now = None
        if now != node.data and not (now is not None and isnan(now) and isnan(node.data)):
            today = "has no value" if now is None else f"is {now!r}"
            was = f"{written(node.op, node.parents)} was {node.data!r} when it was computed"
            return f"{was} and {today} now, so a leaf has changed since"
    return None
