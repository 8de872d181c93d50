"""One block of cards, placed by Graphviz: an installed `dot`, or else the one inside the pygraphviz wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from io import StringIO

from micrograd.views.layout.geometry import Box, Curve, Point, middle, swung
from micrograd.views.layout.inside import PORT_ROOM, Inside, Sizes, far_lines

POINTS = 72.0  # to the inch, Graphviz's unit of size
SECONDS = 60  # for an installed Graphviz to answer

one_at_a_time = threading.RLock()
if hasattr(os, "register_at_fork"):  # a fork waits for the picture of another thread, and leaves no lock closed in the child
    os.register_at_fork(before=one_at_a_time.acquire, after_in_parent=one_at_a_time.release, after_in_child=one_at_a_time.release)


def placed_by_graphviz(
    count: int,
    inner: Sequence[tuple[int, int]],
    entries: Sequence[tuple[int, ...]],
    exits: Sequence[int],
    sizes: Sizes,
) -> Inside:
    """One block by `dot`. A port is a node of no size at the edge of the picture, so that its line finds a way in."""
    far = far_lines(count, inner)
    degrees = Counter([tail for tail, _ in inner]) | Counter([head for _, head in inner])
    gap = sizes.gap + min(60.0, 6.0 * (max(degrees.values()) - 2))  # many lines at one card need room to turn
    size = f"width={sizes.length / POINTS:.4f} height={sizes.breadth / POINTS:.4f}"
    source = [
        f"digraph {{ rankdir=LR nodesep=.17 ranksep={gap / POINTS:.3f} edge [dir=none]",
        f'node [shape=box fixedsize=true label="" {size}]',
        *(f"c{card}" for card in range(count)),
        "node [width=.02 height=.02]",
    ]
    if entries:
        source.append(f"{{ rank=source {' '.join(f'i{port}' for port in range(len(entries)))} }}")
    if exits:
        source.append(f"{{ rank=sink {' '.join(f'o{port}' for port in range(len(exits)))} }}")
    source += [f"c{tail}:e -> c{head}:w [id=l{number}]" for number, (tail, head) in enumerate(inner) if number not in far]
    source += [f"i{port} -> c{head}:w [id=i{port}_{k}]" for port, heads in enumerate(entries) for k, head in enumerate(heads)]
    source += [f"c{card}:e -> o{port} [id=o{port}]" for port, card in enumerate(exits)]
    answer = json.loads(run_graphviz("\n".join([*source, "}"]), "json0"))
    _, _, width, height = map(float, answer["bb"].split(","))

    def point(text: str) -> Point:
        u, v = map(float, text.split(","))
        return Point(u, height - v)  # Graphviz counts upwards

    boxes: dict[str, Box] = {}
    for item in answer["objects"]:
        if "pos" in item:
            centre = point(item["pos"])
            u, v = float(item["width"]) * POINTS / 2.0, float(item["height"]) * POINTS / 2.0
            boxes[item["name"]] = Box(centre.u - u, centre.v - v, centre.u + u, centre.v + v)
    curves = {item["id"]: [point(pair) for pair in item["pos"].split()] for item in answer["edges"]}
    for number in far:
        tail, head = (boxes[f"c{card}"] for card in inner[number])
        curves[f"l{number}"] = swung([Point(tail.right, middle(tail).v)], Point(head.left, middle(head).v))
    inside = Inside(
        [boxes[f"c{card}"] for card in range(count)],
        [curves[f"l{number}"] for number in range(len(inner))],
        [[curves[f"i{port}_{k}"] for k in range(len(heads))] for port, heads in enumerate(entries)],
        [curves[f"o{port}"] for port in range(len(exits))],
        width,
        height,
    )
    return tightened(inside)


def tightened(inside: Inside) -> Inside:
    """The same with less room between the ports and the cards, where no card stands among the ports."""
    left, right = min(box.left for box in inside.cards), max(box.right for box in inside.cards)
    first = min((curve[0].u for curves in inside.entries for curve in curves), default=left)
    last = max((curve[-1].u for curve in inside.exits), default=right)
    before = PORT_ROOM / max(left - first, PORT_ROOM)  # what the room shrinks by
    after = PORT_ROOM / max(last - right, PORT_ROOM)

    def place(u: float) -> float:
        return before * (min(u, left) - left) + (max(left, min(u, right)) - left) + after * (max(u, right) - right)

    start = min(place(first), 0.0)

    def squeezed(curve: Curve) -> Curve:
        return [Point(place(u) - start, v) for u, v in curve]

    return Inside(
        [box.moved(-left - start, 0.0) for box in inside.cards],
        [squeezed(curve) for curve in inside.lines],
        [[squeezed(curve) for curve in curves] for curves in inside.entries],
        [squeezed(curve) for curve in inside.exits],
        place(max(last, right)) - start,
        inside.height,
    )


def graphviz_is_here() -> bool:
    """Whether there is one, installed or in the wheel."""
    if shutil.which("dot"):
        return True
    try:
        import pygraphviz  # noqa: F401 - it may be there and not load
    except ImportError:
        return False
    return True


def run_graphviz(source: str, target: str) -> bytes:
    """What Graphviz makes of DOT source: with an installed `dot`, or else with the one inside pygraphviz."""
    program = shutil.which("dot")
    return run_installed(program, source, target) if program else run_wheel(source, target)


def run_installed(program: str, source: str, target: str) -> bytes:
    command = [program, f"-T{target}"]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ValueError(f"Graphviz took more than {SECONDS} seconds; lower max_nodes, or take a part of the graph") from None
    if done.returncode:
        raise ValueError(f"Graphviz could not make {target} of the graph: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def run_wheel(source: str, target: str) -> bytes:
    """By C code in this process, which is not made for threads: one at a time."""
    try:
        import pygraphviz
    except ImportError:
        raise ModuleNotFoundError(
            f"Graphviz makes {target} of a picture, and there is none{remedy()}; the SVG of draw needs none, "
            "as long as nothing is added to it"
        ) from None
    with one_at_a_time, quiet():
        graph = pygraphviz.AGraph(string=source)
        try:
            made: bytes = graph.draw(format=target, prog="dot")
        except (TypeError, ValueError, OSError):
            raise ValueError(f"this build of Graphviz cannot make {target}; choose svg, png or pdf") from None
        finally:
            graph.close()
    return made


def remedy() -> str:
    if sys.platform == "emscripten":
        return " in the browser's Python"
    return ": pip install pygraphviz, or install Graphviz"


@contextmanager
def quiet() -> Iterator[None]:
    """No words from C on the terminal: the font library in the wheel finds fault with the fonts of many a Linux."""
    try:
        terminal = os.dup(2)
    except OSError:  # there is none
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        with redirect_stderr(StringIO()):
            yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
