"""What the command `micrograd xor` shows of a run, and what it writes."""

from __future__ import annotations

from rich.console import Console

from micrograd import datasets, xor
from micrograd.command.terminal import show_table
from micrograd.command.training_report import decimals, graph_files, lab_file, shape_of, training_files
from micrograd.losses import half_mean_squared_error
from micrograd.views.laboratory.page import Lab, lab

MOST_SHOWN = 60  # gradients
DRAWN = (1.0, 0.0)  # the row whose loss is drawn


def files_of(result: xor.Result, settings: xor.Settings) -> dict[str, str | bytes]:
    """What a run leaves behind, by the name of the file: numbers, the model, pictures of one row's loss, and the training."""
    title = "1 xor 0 = 1 in the trained network"
    files = training_files(result.history, shape_of(result.model))
    files |= graph_files(result.model, half_mean_squared_error, DRAWN, 1.0, title)
    return files | lab_file(result.model, len(result.rows), lambda: lab_page(result, settings))


def lab_page(result: xor.Result, settings: xor.Settings) -> Lab:
    """The page in which the run can be played again, from its first weights or from where it ended."""
    model = xor.network(settings)
    optimizer = xor.optimizer_for(model, settings)
    starts = {"after training": result.model}
    return lab(model, half_mean_squared_error, datasets.xor(), optimizer, starts=starts, title="exclusive or")


def show_truth_table(terminal: Console, result: xor.Result) -> None:
    rows = []
    for row in result.rows:
        numbers = [f"{number:g}" for number in [*row.inputs, row.target]]
        rows.append([*numbers, decimals(row.before), decimals(row.after), "✓ right" if row.right else "✗ wrong"])
    headings = ("x1", "x2", "x1 xor x2", "before", "after", "verdict")
    caption = "right: nearer to x1 xor x2 than to the other answer"
    show_table(terminal, "The truth table", headings, rows, right=headings[:-1], caption=caption)


def show_gradients(terminal: Console, result: xor.Result) -> None:
    """A row per parameter, with fewer digits and columns where the terminal is narrow: a cut number would mislead."""
    rows, title = result.gradients, "The gradient of the loss at the last weights"
    if len(rows) > MOST_SHOWN:
        title = f"{title}: the {MOST_SHOWN} of {len(rows):,} that differ most"
        rows = sorted(rows, key=lambda row: row.difference, reverse=True)[:MOST_SHOWN]
    if terminal.width < 76:
        headings: tuple[str, ...] = ("weight", "backward()", "by hand")
        cells = [[row.label, f"{row.autodiff:.3e}", f"{row.by_hand:.3e}"] for row in rows]
    else:
        headings = ("weight", "number", "by backward()", "by hand", "difference")
        cells = [
            [row.label, decimals(row.parameter), f"{row.autodiff:.6e}", f"{row.by_hand:.6e}", f"{row.difference:.0e}"]
            for row in rows
        ]
    caption = "by hand: the chain rule in matrix form, as books print it, for J = 1/(2m) Σ (output - target)²"
    show_table(terminal, title, headings, cells, right=headings[1:], caption=caption)


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
    if result.history.stopped == "interrupted":
        return "training was interrupted"
    if result.model.activation is None:
        return "a linear network cannot learn exclusive or, so choose another --activation"
    if losses and losses[-1] > losses[0]:
        return "the loss has grown, so try a smaller --learning-rate"
    return "try more --epochs, another --seed or more --hidden neurons"
