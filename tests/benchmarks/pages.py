"""What pages cost in Chromium: the main thread's time for a frame, and how large they are and how long they take to make."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from micrograd import draw, explore, lab
from micrograd.datasets import Dataset, moons, xor
from micrograd.engine import Value
from micrograd.losses import binary_cross_entropy_with_logits, half_mean_squared_error
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam
from micrograd.views.laboratory.page import Lab
from tests.benchmarks.measure import Row, limited, milliseconds, show
from tests.conftest import ARGUMENTS, CHROMIUM, UNPACKED

FRAME, MAKING = 0.016, 2.0  # seconds
MOVES = 120  # of the mouse
COUNT = "window.counted = 0; const count = () => { counted += 1; requestAnimationFrame(count); }; requestAnimationFrame(count)"


def run() -> bool:
    """Measure, print the table, and say whether every limit holds."""
    from playwright.sync_api import sync_playwright

    small, large = laboratory([3, 1], xor()), laboratory([8, 8, 1], moons(100))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        rows = [
            limited("lab, moons 2-8-8-1: a frame of one epoch", frame_of_training(browser, large, speed=2), FRAME),
            Row("the same, at the fastest", milliseconds(frame_of_training(browser, large, speed=6)), "", ""),
            limited("explore, 161 nodes: a frame of a drag", frame_of_drag(browser, row_loss()), FRAME),
        ]
        title = f"Pages in Chromium {browser.version}, main thread"
        browser.close()
    batch = half_mean_squared_error(*outputs_and_targets(MLP(2, [8, 8, 1], "tanh", seed=0), moons(60)))
    batch.backward()
    rows += [
        size("lab, xor 2-3-1", small, 100_000),
        size("lab, moons 2-8-8-1", large, 200_000),
        limited("make it", cpu_time(lambda: laboratory([8, 8, 1], moons(100))), MAKING),
        limited("draw a batch of 60 rows, 2-8-8-1", cpu_time(lambda: draw(batch).pipe("svg")), MAKING),
    ]
    return show(title, rows)


def laboratory(layers: list[int], data: Dataset) -> Lab:
    model = MLP(2, layers, "tanh", seed=0)
    if len(data.inputs) == 4:
        return lab(model, half_mean_squared_error, data, SGD(model.parameters(), 0.4))
    return lab(model, binary_cross_entropy_with_logits, data, Adam(model.parameters(), 0.01), test=moons(100, seed=1))


def row_loss() -> Value:
    outputs, targets = outputs_and_targets(MLP(2, [8, 8, 1], "tanh", seed=0), moons(100))
    return binary_cross_entropy_with_logits(outputs[:1], targets[:1])


def outputs_and_targets(model: MLP, data: Dataset) -> tuple[list[Any], list[Any]]:
    return [model([Value(x, label=f"x{i}") for i, x in enumerate(row, 1)]) for row in data.inputs], list(data.targets)


def frame_of_training(browser: Any, page: Lab, speed: int) -> float:
    opened = open_page(browser, page.html)
    opened.evaluate("place => { speedSlider.value = place; }", speed)
    opened.keyboard.press("Space")
    return frame(opened, lambda: opened.wait_for_timeout(3000))


def frame_of_drag(browser: Any, output: Value) -> float:
    opened = open_page(browser, explore(output).html)
    opened.evaluate("goTo(steps.length, true)")
    x, y = opened.evaluate("""(() => {
      const { innerHeight } = window;
      const boxes = [...document.querySelectorAll(".handle")].map((element) => element.getBoundingClientRect());
      const seen = boxes.find(({ width, top, bottom }) => width > 0 && top > 60 && bottom < innerHeight - 240);
      return [(seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2];
    })()""")
    opened.mouse.move(x, y)
    opened.mouse.down()

    def drag() -> None:
        for place in range(MOVES):
            opened.mouse.move(x + place % 60, y)

    return frame(opened, drag)


def open_page(browser: Any, html: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(html)
    page.wait_for_function(UNPACKED)
    page.wait_for_timeout(500)
    return page


def frame(page: Any, work: Callable[[], object]) -> float:
    """The seconds of all tasks of the main thread during the work, by the frames in it; the page is closed."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(COUNT)
    before = busy(session)
    work()
    seconds, frames = busy(session) - before, page.evaluate("counted")
    page.close()
    return float(seconds / frames)


def busy(session: Any) -> float:
    return next(m["value"] for m in session.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")


def size(work: str, page: Lab, most: int) -> Row:
    length = len(page.html.encode())
    return Row(work, f"{length / 1000:.1f} KB", "", "", floor=f"<= {most / 1000:.0f} KB", met=length <= most)


def cpu_time(work: Callable[[], object]) -> float:
    """The least of three."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)
