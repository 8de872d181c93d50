"""Python's garbage collector, where it would only cost time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
