"""What every command that trains shows of it, and what it writes."""

from __future__ import annotations

import copy
import json
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from micrograd.command.terminal import show_table
from micrograd.display.characters import printable_lines
from micrograd.display.charts import log_chart, log_chart_svg
from micrograd.display.files import write_whole
from micrograd.engine import NO_GRADIENT, Value, topological_order
from micrograd.nn import MLP, name_of
from micrograd.training import History
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
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
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
def advice_shown(terminal: Console) -> Iterator[None]:
    """What training advises about its speed is shown when it is over, below the progress bar."""
    with warnings.catch_warnings(record=True) as advice:
        warnings.simplefilter("always")
        yield
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


def row_graph(model: MLP, loss: Callable[[Any, Any], Value], inputs: Sequence[float], target: Any) -> Value:
    """The loss of one row, with its gradients: a graph small enough to look at. It shares nothing with the model."""
    output = copy.deepcopy(loss([model(inputs)], [target]))
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


def graph_files(loss: Value, title: str) -> dict[str, str | bytes]:
    return {"graph.svg": draw(loss).pipe("svg"), "player.html": explore(loss, title=title).html}


def write_files(terminal: Console, folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        write_whole(folder / name, content)
    sentence = f"Wrote {', '.join(files)} to the folder {printable_lines(str(folder))}."
    terminal.print(sentence, soft_wrap=True, markup=False, highlight=False)
