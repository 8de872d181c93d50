"""Separate graphs swept by many threads at once, and graphs, programs and pictures in forked and spawned processes.

A `grad` belongs to its Value: sweeps that share a leaf are for one thread.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import micrograd
from micrograd.compiler.program import Program
from micrograd.engine import Value
from tests.graphs import random_graph

METHODS = ("fork", "spawn", "forkserver")
Numbers = list[float]


def swept(seed: int) -> Numbers:
    """The output of a random graph, its gradients, and a second derivative of the output by the first leaf."""
    output, leaves = random_graph(random.Random(seed), leaves=4, size=60)
    output.backward()
    (slope,) = micrograd.gradient(output, leaves[:1])
    return [output.data, *(leaf.grad for leaf in leaves), slope.data]


def by_threads(graphs: int, threads: int) -> list[Numbers]:
    """What `swept` gives for so many graphs, with a change of threads every few instructions."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(swept, range(graphs)))
    finally:
        sys.setswitchinterval(interval)


def built(target: str) -> tuple[Value, list[Value], Program]:
    """A graph, its leaves, and a program of it."""
    leaves = [Value(number, label) for number, label in ((0.5, "x"), (-1.25, "y"), (2.0, "w"))]
    x, y, w = leaves
    output = (x * w + y).tanh() * w.exp() + micrograd.logsumexp([x, y, w])
    return output, leaves, micrograd.compile(output, [x, y], [w], target=target)


def used(output: Value, leaves: list[Value], program: Program) -> list[object]:
    """What the graph, the program and the picture give, as plain data."""
    for leaf in leaves:
        leaf.grad = 0.0
    output.backward()
    grads = [leaf.grad for leaf in leaves]
    leaves[2].grad = 0.0
    mean = program.gradient([[0.5, -1.25], [1.5, 0.25]])
    return [output.data, grads, program.evaluate([[0.5, -1.25]]), mean, leaves[2].grad, micrograd.draw(output).source]


def in_new_process(target: str) -> list[object]:
    """`used` of what is built there; the whole of it is made anew."""
    return used(*built(target))


def by_process(method: str, work: Callable[[str], list[object]], target: str) -> list[object]:
    with multiprocessing.get_context(method).Pool(1) as pool:
        return pool.apply_async(work, (target,)).get(timeout=120)


def after_fork(target: str) -> list[object]:
    """`used` in a forked process, of what was built and used before the fork."""
    things = built(target)
    used(*things)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(pickle.dumps(used(*things)))
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        written = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"the forked process ended with status {os.waitstatus_to_exitcode(status)}")
    result: list[object] = pickle.loads(written)  # noqa: S301 - written a moment ago
    return result


def run() -> bool:
    """True if threads and processes give the numbers of one thread, bit for bit."""
    alone = [swept(seed) for seed in range(200)]
    wrong = [f"{threads} threads" for threads in (4, 32) if by_threads(200, threads) != alone]
    for target in ("python", "llvm"):
        here = in_new_process(target)
        if after_fork(target) != here:
            wrong.append(f"fork of a process with a program of {target}")
        wrong += [f"{method}, {target}" for method in METHODS if by_process(method, in_new_process, target) != here]
    print("; ".join(["threads and processes: all bits are equal"] if not wrong else [f"other numbers: {what}" for what in wrong]))
    return not wrong
