"""What every command that trains shows of it, and what it writes."""

from __future__ import annotations

import copy
import json
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from micrograd import ops
from micrograd.command.terminal import show_table
from micrograd.display.characters import printable_lines
from micrograd.display.charts import log_chart, log_chart_svg
from micrograd.display.files import reason_of, write_whole
from micrograd.engine import NO_GRADIENT, Value, topological_order
from micrograd.nn import MLP, name_of
from micrograd.training import Divergence, History
from micrograd.views.drawing import draw
from micrograd.views.laboratory.experiment import MOST_ROWS
from micrograd.views.laboratory.page import Lab
from micrograd.views.player import explore

Loss = Callable[[Any, Any], Value]

LOAD_AGAIN = """\
import json
from pathlib import Path
from micrograd import nn
saved = json.loads(Path({path!r}).read_text())
model = nn.MLP(saved["inputs"], saved["widths"], saved["activation"])
model.load_state_dict(saved["parameters"])
row = {row!r}
"""

PICTURES = ("graph.svg", "player.html", "lab.html")
MOST_DRAWN = 200  # parameters


@contextmanager
def output_folder(folder: Path | None) -> Iterator[None]:
    """Make the folder, if one is wanted, before anything is computed for it; if nothing came of it, it is gone again."""
    places = [folder, *folder.parents] if folder else []
    made = [place for place in places if not os.path.lexists(place)]
    try:
        if folder:
            make_folder(folder)
        yield
    finally:
        for place in made:
            with suppress(OSError):  # it is not empty
                place.rmdir()


def make_folder(folder: Path) -> None:
    """Make the folder and try it out; an OSError that names it if nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError:
        raise OSError(f"can't write to the folder {folder}: it is a file; choose another one for --output") from None
    except (OSError, ValueError) as error:
        reason = reason_of(error, folder)
        raise OSError(f"can't write to the folder {folder}: {reason}; choose another one for --output") from None


def decimals(number: float) -> str:
    """Four decimals, or as a power of ten where that would be long."""
    return f"{number:z.4f}" if abs(number) < 1e4 else f"{number:.2e}"


def show_network(terminal: Console, model: MLP, seed: int) -> None:
    rows = []
    for layer in model.layers:
        first = layer.neurons[0]
        sizes = [len(first.weights), len(layer.neurons)]
        rows.append([layer.label, *map(str, sizes), name_of(first.activation), str(len(layer.parameters()))])
    headings = ("layer", "inputs", "neurons", "activation", "parameters")
    show_table(terminal, f"The network: {model}, seed {seed}", headings, rows, right=("inputs", "neurons", "parameters"))


@contextmanager
def training_told(terminal: Console, rate: float) -> Iterator[None]:
    """What training advises about its speed is shown when it is over, below the progress bar; where it fails, what to do."""
    with warnings.catch_warnings(record=True) as advice:
        warnings.simplefilter("always")
        try:
            yield
        except Divergence as end:
            remedy = f"try a smaller --lr than {rate:g}" if end.stepped else "no step had been taken, so the cause is in the rows"
            raise FloatingPointError(f"training stopped in epoch {end.epoch}: {end.reason}; {remedy}") from end
    for warning in advice:
        terminal.print(f"{warning.message}.", markup=False, highlight=False)


def show_loss(terminal: Console, history: History) -> None:
    if history.losses:
        terminal.print("\nThe loss, epoch by epoch, on a logarithmic scale")
        terminal.print(log_chart(history.losses, width=min(60, terminal.width - 12)), highlight=False)
    terminal.print(f"{history}\n", highlight=False)


def shape_of(model: MLP) -> dict[str, Any]:
    """What `MLP(inputs, widths, activation)` and `load_state_dict(parameters)` need to make the model again."""
    return {
        "inputs": len(model.layers[0].neurons[0].weights),
        "widths": [len(layer.neurons) for layer in model.layers],
        "activation": name_of(model.activation),
        "parameters": model.state_dict(),
    }


def row_graph(model: MLP, loss: Loss, inputs: Sequence[float | Value], target: Any) -> Value:
    """The loss of one row, with its gradients: a graph small enough to look at. It shares nothing with the model."""
    output = copy.deepcopy(loss([model(inputs)], [target]))
    if output.op is ops.div and output.parents[1].data == 1.0:  # the mean over one row
        output = output.parents[0]
    if output.op is ops.total and len(output.parents) == 1:  # and its sum
        output = output.parents[0]
    output.label = "loss"
    for value in topological_order(output):
        value.grad = NO_GRADIENT
    output.backward()
    return output


def training_files(history: History, model: Mapping[str, Any]) -> dict[str, str | bytes]:
    return {
        "history.csv": history.csv(),
        "model.json": json.dumps(model, indent=2) + "\n",
        "loss.svg": log_chart_svg(history.losses, title="The loss, epoch by epoch"),
    }


def graph_files(model: MLP, loss: Loss, inputs: Sequence[float | Value], target: Any, title: str) -> dict[str, str | bytes]:
    """Pictures of the loss of one row; none where the network is too large to look at."""
    if len(model.parameters()) > MOST_DRAWN:
        return {}
    row = row_graph(model, loss, inputs, target)
    return dict(zip(PICTURES[:2], (draw(row).pipe("svg"), explore(row, title=title).html), strict=True))


def lab_file(model: MLP, rows: int, page: Callable[[], Lab]) -> dict[str, str | bytes]:
    """The page in which the training can be played again; none where network or rows are too many to look at."""
    return {"lab.html": page().html} if len(model.parameters()) <= MOST_DRAWN and rows <= MOST_ROWS else {}


def write_files(terminal: Console, folder: Path, files: Mapping[str, str | bytes], model: MLP) -> None:
    """Write the files; pictures that an earlier run has left beside its model would not be of this one, so they go."""
    stale = [name for name in PICTURES if name not in files and (folder / name).is_file() and (folder / "model.json").is_file()]
    for name, content in files.items():
        write_whole(folder / name, content)
    for name in stale:
        (folder / name).unlink()
    sentences = [f"Wrote {', '.join(files)} to the folder {printable_lines(str(folder))}."]
    if left_out := [name for name in PICTURES if name not in files]:
        few = len(model.parameters()) <= MOST_DRAWN
        why = f"it draws up to {MOST_ROWS:,} rows" if few else f"{len(model.parameters())} parameters are too many to look at"
        sentences.append(
            f"{all_of(left_out)} {'is' if len(left_out) == 1 else 'are'} left out: {why}"
            + (f"; removed {all_of(stale)} of an earlier run." if stale else ".")
        )
    terminal.print("\n".join(sentences), soft_wrap=True, markup=False, highlight=False)


def all_of(names: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def show_use(terminal: Console, lines: str) -> None:
    """The lines of Python, ready to be pasted: they are not broken, whatever the width."""
    terminal.print(f"\nTo use the network again:\n\n{lines}", markup=False, highlight=False, soft_wrap=True, end="")
