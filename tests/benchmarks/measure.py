"""Time side by side, and the table that shows it."""

from __future__ import annotations

import gc
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Protocol

from rich.console import Console
from rich.table import Table

ROUNDS = 9


@dataclass(frozen=True)
class Row:
    """A line of the table; `floor` is what was promised and `met` whether it holds, `None` where nothing was."""

    work: str
    ours: str
    against: str
    theirs: str
    ratio: float | None = None
    floor: str = ""
    met: bool | None = None
    peak: float | None = None  # the share of what the core can do at most


def at_most(work: str, ours: float, against: str, theirs: float, most: float | None = None, peak: float | None = None) -> Row:
    """The row of two times in seconds; `most` is the greatest ratio of ours to theirs."""
    ratio = ours / theirs
    floor, met = ("", None) if most is None else (f"<= {most:g}x", ratio <= most)
    return Row(work, milliseconds(ours), against, milliseconds(theirs), ratio, floor, met, peak)


def limited(work: str, seconds: float, most: float) -> Row:
    """The row of a time that may be so many seconds."""
    return Row(work, milliseconds(seconds), "", "", floor=f"<= {milliseconds(most)}", met=seconds <= most)


def comparison(work: str, against: str, ours: float, theirs: float, ratio: float, floor: float | None = None) -> Row:
    """The row of two times in seconds; `floor` is the least ratio of theirs to ours."""
    return Row(
        work,
        milliseconds(ours),
        against,
        milliseconds(theirs),
        ratio,
        "" if floor is None else f">= {floor:g}x",
        None if floor is None else ratio >= floor,
    )


def turns(contestants: Sequence[Callable[[], object]], *, rounds: int, repeats: int) -> list[list[float]]:
    """For each contestant the seconds of one call, round by round.

    They take turns (A, B, A, B, ...), so that a slow moment of the machine falls on all of them. A turn begins with a
    collected heap and one call that does not count; the `repeats` calls after it are training in its stride, with the
    garbage that it makes and the collector as Python has set it.
    """
    times: list[list[float]] = [[] for _ in contestants]
    for _ in range(rounds):
        for call, own_times in zip(contestants, times, strict=True):
            gc.collect()
            call()
            begin = time.perf_counter()
            for _ in range(repeats):
                call()
            own_times.append((time.perf_counter() - begin) / repeats)
    return times


class Steps(Protocol):
    """What is to be measured, once it is made."""

    @property
    def step(self) -> Callable[[], object]: ...


def least_means(makers: Sequence[Callable[[], Steps]], *, steps: int, rounds: int = 3) -> list[float]:
    """For each contestant the least of three means of the CPU seconds of a step, each over `steps` steps.

    A mean is taken in a fresh process, by turns: how often Python's collector visits everything depends on all that the
    process has done before. The collector is left alone, and the first step does not count.
    """
    means: list[list[float]] = [[] for _ in makers]
    for _ in range(rounds):
        for make, own_means in zip(makers, means, strict=True):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                own_means.append(pool.submit(mean_seconds, make, steps).result())
    return [min(own_means) for own_means in means]


def mean_seconds(make: Callable[[], Steps], steps: int) -> float:
    step = make().step
    step()
    begin = time.process_time()
    for _ in range(steps):
        step()
    return (time.process_time() - begin) / steps


def step_times(trainings: Sequence[Callable[[int], object]], steps: int | Sequence[int], rounds: int = ROUNDS) -> list[float]:
    """Of a step: what a training takes longer than one of a single step, so that reading the rows is not in it.

    They are as many steps for all, or own ones for each.
    """
    counts = [steps] * len(trainings) if isinstance(steps, int) else steps
    once = [partial(train, 1) for train in trainings]
    many = [partial(train, 1 + count) for train, count in zip(trainings, counts, strict=True)]
    times = least_times([*once, *many], rounds)
    return [(long - short) / count for short, long, count in zip(times, times[len(once) :], counts)]


def least_times(calls: Sequence[Callable[[], object]], rounds: int = ROUNDS, *, warm: bool = False) -> list[float]:
    """For each the least CPU time of nine calls, by turns, after one that does not count.

    The collection before each call leaves nothing of it in fast memory. A short one is measured `warm`, after another one.
    """
    for call in calls:
        call()
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, own in zip(calls, times, strict=True):
            gc.collect()
            if warm:
                call()
            begin = time.process_time()
            call()
            own.append(time.process_time() - begin)
    return [min(own) for own in times]


def wanted(work: str, names: Sequence[str]) -> bool:
    """Whether a line was asked for by a part of its name, or all are, by none."""
    return not names or any(name in work for name in names)


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Our median time, theirs, and the median over the rounds of how many times faster ours is."""
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    return statistics.median(ours), statistics.median(theirs), statistics.median(ratios)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 0.1 else f"{seconds * 1e3:.0f} ms"


def show(title: str, rows: Sequence[Row]) -> bool:
    """Print the table; say whether every floor is met."""
    table = Table(title=f"{title} (Python {platform.python_version()}, {platform.machine()})", title_justify="left")
    table.add_column("work")
    table.add_column("this engine", justify="right")
    table.add_column("against")
    table.add_column("peer", justify="right")
    table.add_column("ratio", justify="right")
    table.add_column("floor", justify="right")
    table.add_column("verdict")
    if any(row.peak is not None for row in rows):
        table.add_column("of peak", justify="right")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}x" if row.ratio >= 1.0 else f"{row.ratio:.3f}x"
        verdict = "" if row.met is None else "met" if row.met else "NOT met"
        share = [] if row.peak is None else [f"{row.peak:.0%}"]
        table.add_row(row.work, row.ours, row.against, row.theirs, ratio, row.floor, verdict, *share)
    console = Console()
    if not console.is_terminal:
        console.width = 130  # a pipe has no width of its own, and rich would take 80
    console.print(table)
    return all(row.met is not False for row in rows)
