"""The progress bar of training."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from micrograd.display.packages import installed


@contextmanager
def progress_bar(epochs: int) -> Iterator[Callable[[int, float], None]]:
    """A bar in the terminal or the notebook; call what it gives with the epoch and its loss.

    It is full at the end, which may come before the last epoch; where an error or Ctrl-C ends it, it stays as it was.
    """
    installed("rich")
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}"),
        TimeElapsedColumn(),
    )
    threads = sys.platform != "emscripten"  # the browser's Python has none to let the clock run between two epochs
    with Progress(*columns, auto_refresh=threads) as bar:
        task = bar.add_task("", total=epochs, loss="")
        drawn = 0.0
        latest: dict[str, Any] = {}

        def show(epoch: int, loss: float) -> None:
            nonlocal drawn, latest
            latest = {"completed": epoch, "loss": f"loss {loss:.3e}"}
            if time.monotonic() - drawn > 0.1:  # drawing each epoch would cost more than training
                drawn = time.monotonic()
                bar.update(task, refresh=True, **latest)

        try:
            yield show
            if latest:
                latest["total"] = latest["completed"]
        finally:
            bar.update(task, **latest)
