"""How long pictures and pages take, how large they are, and what stepping adds to a sweep."""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import time
import warnings
from collections import deque
from collections.abc import Callable
from functools import partial
from unittest import mock

from micrograd import Value, backward_steps, draw, explore, nn, total
from micrograd.datasets import moons
from micrograd.engine import topological_order
from micrograd.losses import half_mean_squared_error
from tests.benchmarks.measure import Row, median_ratio, milliseconds, show, turns

DRAW_LIMIT, LARGE_LIMIT = 0.150, 3.0  # seconds
PAGE_LIMIT = 400_000  # bytes
STEPPING_LIMIT = 5.0  # times a plain sweep


def run() -> bool:
    """Measure without an installed Graphviz, print the table, and say whether every limit holds."""
    with mock.patch.object(shutil, "which", return_value=None), warnings.catch_warnings(action="ignore"):
        rows = [*small_rows(), *large_rows(), *stepping_rows()]
    return show(f"Drawing and stepping, {os.cpu_count()} cores, with the Graphviz of the pygraphviz wheel", rows)


def small_rows() -> list[Row]:
    hundred, two_hundred = mixed_graph(135), mixed_graph(270)
    small, middle = len(topological_order(hundred)), len(topological_order(two_hundred))
    page = len(explore(two_hundred).html.encode())
    return [
        limited(f"draw {small} nodes to SVG", median_time(partial(drawn, hundred)), DRAW_LIMIT),
        limited(f"draw {small} nodes to PNG", median_time(lambda: draw(hundred).pipe("png"))),
        limited(f"explore {middle} nodes", median_time(lambda: explore(two_hundred).html)),
        Row(
            f"page of {middle} nodes", f"{page / 1000:.0f} KB", "", "", None, f"<= {PAGE_LIMIT / 1000:.0f} KB", page <= PAGE_LIMIT
        ),
    ]


def large_rows() -> list[Row]:
    """About 10,000 nodes: a network folds; a chain and a tangle are cut, and refused by the player."""
    rows = []
    for name, graph in (("network", large_network()), ("chain", chain(10_000)), ("tangle", mixed_graph(13_000))):
        nodes = len(topological_order(graph))
        for what, work in (("draw", drawn), ("explore", explored)):
            seconds = median_time(partial(work, graph), rounds=3)
            rows.append(limited(f"{what} a {name} of {nodes:,} nodes", seconds, LARGE_LIMIT))
    return rows


def stepping_rows() -> list[Row]:
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
    inputs, targets = moons(20)
    graphs = {
        "a batch of 20 in MLP(2, [16, 16, 1])": half_mean_squared_error([model(row) for row in inputs], targets),
        "a tangle of 10,000 nodes": mixed_graph(13_000),
    }
    rows = []
    for name, graph in graphs.items():
        stepped, plain = turns([partial(stepped_through, graph), graph.backward], rounds=7, repeats=3)
        ours, theirs, ratio = median_ratio(stepped, plain)
        times = 1.0 / ratio
        limit = f"<= {STEPPING_LIMIT:g}x"
        rows.append(
            Row(
                f"step through {name}",
                milliseconds(ours),
                "backward()",
                milliseconds(theirs),
                times,
                limit,
                times <= STEPPING_LIMIT,
            )
        )
    return rows


def stepped_through(graph: Value) -> None:
    deque(backward_steps(graph), maxlen=0)


def limited(work: str, seconds: float, limit: float | None = None) -> Row:
    floor = "" if limit is None else f"<= {milliseconds(limit)}"
    return Row(work, milliseconds(seconds), "", "", None, floor, None if limit is None else seconds <= limit)


def median_time(work: Callable[[], object], rounds: int = 7) -> float:
    times = []
    for _ in range(rounds):
        gc.collect()
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def drawn(graph: Value) -> bytes:
    picture: bytes = draw(graph).pipe("svg")
    return picture


def explored(graph: Value) -> str:
    """The page, or why there is none."""
    try:
        return explore(graph).html
    except ValueError as refusal:
        return str(refusal)


def mixed_graph(nodes: int) -> Value:
    """Products, sums and tanhs of values made not long before; what the last ones do not read is not in the graph."""
    values = [Value(0.5 + i / 10, label=f"x{i}") for i in range(1, 5)]
    while len(values) < nodes - 1:
        count = len(values)
        one, other = values[count - 1 - count * 7 % 4], values[max(0, count - 1 - count * 13 % 11)]
        values.append((one * other, one + other, one.tanh())[count % 3])
    return total(values[-5:])


def chain(nodes: int) -> Value:
    x = Value(0.5, label="x")
    y = x
    for _ in range((nodes - 1) // 3):  # a product, a sum and a number
        y = y * 0.5 + x
    return y


def large_network() -> Value:
    return half_mean_squared_error([nn.MLP(2, [96, 96, 1], activation="tanh", seed=0)([0.5, 1.0])], [1.0])
