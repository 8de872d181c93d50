"""How Python frees what nobody needs any more: its garbage collector, where it would only cost time, and long chains."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def paused_collector() -> Iterator[None]:
    """The collector off, and then as it was before: for what makes many objects without cycles.

    All that it would do meanwhile is to walk them, and the graphs that are alive, again and again.
    """
    was_on = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if was_on:
            gc.enable()


def free_in_turn(nodes: type) -> None:
    """Let nodes be freed one after the other, and not all `parents` of a chain within the one that goes first.

    Python frees a chain of any length where it can see its stack. In a browser it cannot, and some 4,000 nodes end it.
    """
    waiting: list[Any] = []
    busy = False

    def free(node: Any) -> None:
        nonlocal busy
        parents, node.parents = getattr(node, "parents", ()), ()
        if parents:
            waiting.append(parents)
        if not busy:
            del parents
            busy = True
            try:
                while waiting:
                    waiting.pop()  # which may free nodes, whose parents then wait in their turn
            finally:
                busy = False

    nodes.__del__ = free  # type: ignore[attr-defined]  # Python calls it
