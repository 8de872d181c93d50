"""How many epochs a second a page trains, in Chromium, without drawing anything."""

from __future__ import annotations

from typing import Any

from micrograd.compiler.javascript.functions import script, sums_function, update_function
from micrograd.compiler.program import compile as compile_graph
from micrograd.compiler.rule import traced_rule
from micrograd.datasets import Dataset, moons, xor
from micrograd.losses import binary_cross_entropy_with_logits
from micrograd.nn import MLP
from micrograd.optim import Adam
from tests.benchmarks.measure import Row, show
from tests.benchmarks.tasks import of_points
from tests.conftest import ARGUMENTS, CHROMIUM

SECONDS = 2.0  # of each measurement, after as many in which the browser finds out what to optimise

EPOCHS = """([rows, start, memories, milliseconds]) => {
  const flat = Float64Array.from(rows.flat()), p = Float64Array.from(start), sums = new Float64Array(p.length + 1);
  const order = Int32Array.from(rows, (_, row) => row);
  const states = Array.from({ length: memories }, () => new Float64Array(p.length));
  let step = 0;
  const epochs = () => {
    const begin = performance.now(), before = step;
    while (performance.now() - begin < milliseconds)
      for (let count = 0; count < 10; count += 1) {
        gradient(flat, order, 0, order.length, 1 / order.length, p, sums);
        step += 1;
        update(p, sums, states, step, 0.01);
      }
    return (step - before) / (performance.now() - begin) * 1000;
  };
  epochs();
  return epochs();
}"""


def run() -> bool:
    """Measure, print the table, and say whether every floor is met."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        rows = [
            row("xor, MLP(2, [3, 1])", browser, [3, 1], xor(), 50_000),
            row("moons, 100 rows, MLP(2, [8, 8, 1])", browser, [8, 8, 1], moons(100), 2_000),
            row("moons, 100 rows, MLP(2, [32, 32, 1])", browser, [32, 32, 1], moons(100)),
        ]
        title = f"Training in Chromium {browser.version}: tanh, Adam, epochs a second"
        browser.close()
    return show(title, rows)


def row(work: str, browser: Any, layers: list[int], data: Dataset, least: float | None = None) -> Row:
    rate = epochs_a_second(browser, layers, data)
    if least is None:
        return Row(work, f"{rate:,.0f}", "", "")
    return Row(work, f"{rate:,.0f}", "", "", floor=f">= {least:,.0f}", met=rate >= least)


def epochs_a_second(browser: Any, layers: list[int], data: Dataset) -> float:
    loss, inputs, parameters, rows = of_points(MLP(2, layers, "tanh", seed=0), binary_cross_entropy_with_logits, data)
    rule = traced_rule(Adam(parameters, 0.01))
    program = compile_graph(loss, inputs, parameters, target="python")
    functions = [sums_function("gradient", program.gradient_listing()), update_function("update", rule)]
    page = browser.new_page()
    page.set_content(f"<script>{script(functions)}</script>")
    start = [parameter.data for parameter in parameters]
    given = [rows, start, len(rule.outputs) - 1, SECONDS * 1000.0]
    rate: float = page.evaluate(EPOCHS, given)
    page.close()
    return rate
