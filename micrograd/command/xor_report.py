"""What the command `micrograd xor` shows of a run, and what it writes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from micrograd import xor
from micrograd.display.charts import log_chart, log_chart_svg
from micrograd.display.files import write_whole
from micrograd.nn import MLP, name_of
from micrograd.views.drawing import draw
from micrograd.views.player import explore


def make_folder(folder: Path) -> None:
    """Make the folder and try it out; an OSError that names it if nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError:
        raise OSError(f"can't write to the folder {folder}: it is a file; choose another one for --output") from None
    except OSError as error:
        raise OSError(f"can't write to the folder {folder}: {error.strerror}; choose another one for --output") from None


def write_run(folder: Path, result: xor.Result, settings: xor.Settings) -> list[str]:
    """Write what a run leaves behind: numbers, the model, and pictures; the names of the files."""
    row = xor.one_row(result.model)
    files: dict[str, str | bytes] = {
        "history.csv": result.history.csv(),
        "model.json": json.dumps(model_as_json(result, settings), indent=2) + "\n",
        "loss.svg": log_chart_svg(result.history.losses, title="The loss, epoch by epoch"),
        "graph.svg": draw(row).pipe("svg"),
        "player.html": explore(row, title="1 xor 0 = 1 in the trained network").html,
    }
    for name, content in files.items():
        write_whole(folder / name, content)
    return list(files)


def network_table(model: MLP, settings: xor.Settings) -> Table:
    table = titled_table(f"The network: {model}, seed {settings.seed}")
    table.add_column("layer")
    table.add_column("inputs", justify="right")
    table.add_column("neurons", justify="right")
    table.add_column("activation")
    table.add_column("parameters", justify="right")
    for layer in model.layers:
        first = layer.neurons[0]
        cells = [len(first.weights), len(layer.neurons), name_of(first.activation), len(layer.parameters())]
        table.add_row(layer.label, *map(str, cells))
    return table


def titled_table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", caption_justify="left")


def show_loss(console: Console, result: xor.Result) -> None:
    if result.history.losses:
        console.print("\nThe loss, epoch by epoch, on a logarithmic scale")
        console.print(log_chart(result.history.losses, width=min(60, console.width - 12)), highlight=False)
    console.print(f"{result.history}\n", highlight=False)


def truth_table(result: xor.Result) -> Table:
    table = titled_table("The truth table")
    table.caption = "right: nearer to x1 xor x2 than to the other answer"
    for heading in ("x1", "x2", "x1 xor x2", "before", "after"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for row in result.rows:
        verdict = "[green]✓ right[/]" if row.right else "[red]✗ wrong[/]"
        numbers = [f"{number:g}" for number in [*row.inputs, row.target]]
        table.add_row(*numbers, decimals(row.before), decimals(row.after), verdict)
    return table


def decimals(number: float) -> str:
    """Four decimals, or as a power of ten where that would be long."""
    return f"{number:z.4f}" if abs(number) < 1e4 else f"{number:.2e}"


def gradient_table(result: xor.Result, width: int) -> Table:
    """A row per parameter, with fewer digits and columns where the terminal is narrow: a cut number would mislead."""
    narrow = width < 76
    table = titled_table("The gradient of the loss at the last weights")
    table.caption = "by hand: the delta rule in matrix form, for J = 1/(2m) Σ (output - target)²"
    table.add_column("weight", no_wrap=True)
    for heading in ("backward()", "by hand") if narrow else ("number", "by backward()", "by hand", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in result.gradients:
        if narrow:
            table.add_row(row.label, f"{row.autodiff:.3e}", f"{row.by_hand:.3e}")
        else:
            table.add_row(
                row.label, decimals(row.parameter), f"{row.autodiff:.6e}", f"{row.by_hand:.6e}", f"{row.difference:.0e}"
            )
    return table


def show_verdict(console: Console, result: xor.Result) -> None:
    right = sum(row.right for row in result.rows)
    console.print(f"\nLargest difference between the two gradients: {result.largest_difference:.1e}", highlight=False)
    if result.solved and result.gradients_agree:
        console.print("[green]✓ All four rows are right, and the gradients agree.[/]")
        return
    if not result.solved:
        dead = f" ({', '.join(result.history.dead_units)} dead)" if result.history.dead_units else ""
        console.print(f"[red]✗ {right} of 4 rows are right{dead}; {advice(result)}.[/]")
    if not result.gradients_agree:
        console.print("[red]✗ The gradients differ by 1e-12 or more.[/]")


def advice(result: xor.Result) -> str:
    losses = result.history.losses
    if result.model.activation is None:
        return "a linear network cannot learn exclusive or, so choose another --activation"
    if losses and losses[-1] > losses[0]:
        return "the loss has grown, so try a smaller --learning-rate"
    return "try more --epochs, another --seed or more --hidden neurons"


def model_as_json(result: xor.Result, settings: xor.Settings) -> dict[str, Any]:
    """What `MLP(inputs, widths, activation)` and `load_state_dict(parameters)` need to make the model again."""
    return {
        "inputs": 2,
        "widths": [settings.hidden, 1],
        "activation": settings.activation,
        "parameters": result.model.state_dict(),
    }
