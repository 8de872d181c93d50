"""`micrograd train`: its options, and one run on a table."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import indent
from typing import Any

from micrograd.command import INTERRUPTED, training_report
from micrograd.command.lab_subject import table_subject
from micrograd.command.options import MOST_WIDTH, add_training_options, command_parser, neurons, one_of, one_or_more, share, short
from micrograd.command.table_file import TableFile, read_table
from micrograd.command.table_task import LOSSES, SHORT_NAMES, TableTask, summary, task_of
from micrograd.command.terminal import console
from micrograd.command.train_report import MOST_CROSSED, Result, files_of, show_confusion, show_scores, verdict
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS, Optimizer
from micrograd.training import fit
from micrograd.views.laboratory.page import Lab

MOST_PARAMETERS = 10_000  # ten seconds to compile
MOST_WORK = 10_000_000  # parameters for each row: half a minute, with the looks at all rows before and after training
MOST_LAYERS = 20

# Each well below where it begins to diverge on inputs of deviation 1.
LEARNING_RATES = {
    "sgd": 0.1,
    "momentum": 0.02,
    "nesterov": 0.02,
    "adagrad": 0.05,
    "rmsprop": 0.005,
    "adam": 0.01,
    "adamw": 0.01,
}

ABOUT_TRAIN = """\
Train a network on a table of your own: text with commas, semicolons or tabs
between the cells, with a header or without. The last column is the target, and
all others are inputs. Empty lines and lines that begin with # are skipped.

A target of text is a class, and so is one of a few whole numbers; any other
number is a number to come near to. The report says which was chosen, and
--loss chooses another. A part of the rows is held out: what the network makes
of them says what it has learned, beside what always giving the same answer
would get.

-o DIR keeps history.csv, loss.svg, predictions.csv (of the rows held out),
graph.svg and player.html (the loss of one row, where the network is small
enough to look at), lab.html (the training, to be played again and changed),
and model.json with all that is needed to use the network again, in Python:

"""

USE_AGAIN = (
    training_report.LOAD_AGAIN
    + """\
scales = zip(row, saved["means"], saved["deviations"])
output = model([(number - mean) / (deviation or 1.0)
                for number, mean, deviation in scales])
{answer}
"""
)

ANSWERS = {  # by the kind of target
    "a number": 'print(output.data * saved["target_deviation"] + saved["target_mean"])',
    "two classes": 'print(saved["classes"][output.data > 0.0])',
    "classes": 'print(max(zip(output, saved["classes"]), key=lambda pair: pair[0].data)[1])',
}

EXAMPLES_TRAIN = """\
examples:
  micrograd train iris.csv                      16 hidden neurons, tanh, adam
  micrograd train iris.csv --hidden 16,16 -o run
  micrograd train houses.csv --loss mse --epochs 1000 --lr 0.003
  micrograd train rows.csv --hidden 0           no hidden layer: a linear model
  sort -R rows.csv | head -100 | micrograd train -
"""


@dataclass(frozen=True)
class Defaults:
    activation: str = "tanh"
    optimizer: str = "adam"
    epochs: int = 200
    seed: int = 0


def add_command(commands: Any) -> None:
    use = USE_AGAIN.format(path="DIR/model.json", row=[6.1, -2.0], answer="print(output)  # a run says how to read its own")
    about = ABOUT_TRAIN + indent(use, "  ")
    command = command_parser(commands, "train", "train a network on a table of your own", about, EXAMPLES_TRAIN)
    files = "history.csv, model.json, loss.svg, predictions.csv, graph.svg, player.html, lab.html"
    # fmt: off
    add = command.add_argument
    add("table", metavar="FILE.csv", help="the table; - reads it from the standard input")
    add("--target", metavar="COLUMN", help="its name, or its number from 1 (default: the last)")
    add("--hidden", type=widths, default=[16], metavar="N,N", help="neurons in each hidden layer; 0 for none (default: 16)")
    add("--loss", type=one_of("loss", LOSSES, SHORT_NAMES), metavar="NAME",
        help=f"{', '.join(LOSSES)}, or mse, bce, ce for short (default: what the target asks for)")
    add("--batch-size", type=one_or_more, default=32, metavar="N", help="rows for each step (default: %(default)s)")
    add("--holdout", type=share, default=0.2, metavar="PART",
        help="of the rows, drawn at random, not trained on; 0 for none (default: %(default)s)")
    # fmt: on
    add_training_options(command, Defaults(), LEARNING_RATES, files)
    command.set_defaults(run=run)


def widths(text: str) -> list[int]:
    if text.strip() in ("", "0", "[]"):
        return []
    parts = text.strip("[]() ").replace(",", " ").split()
    if not 1 <= len(parts) <= MOST_LAYERS:
        raise argparse.ArgumentTypeError(f"needs the widths of up to {MOST_LAYERS} layers, such as 16,16, got {text[:40]!r}")
    try:
        return [neurons(part) for part in parts]
    except argparse.ArgumentTypeError:
        needs = f"needs whole numbers from 1 to {MOST_WIDTH:,}, such as 16,16, or 0 for none"
        raise argparse.ArgumentTypeError(f"{needs}, got {short(text)!r}") from None


def run(options: argparse.Namespace) -> int:
    table = read_table(options.table, options.target)
    task = task_of(table, options.loss, options.holdout, options.seed)
    shape = [*options.hidden, task.outputs]
    check_size(len(table.columns), shape, len(task.inputs))
    with training_report.output_folder(options.output):
        return run_task(table, task, MLP(len(table.columns), shape, options.activation, seed=options.seed), options)


def run_task(table: TableFile, task: TableTask, model: MLP, options: argparse.Namespace) -> int:
    terminal = console()
    terminal.print(summary(table, task), markup=False, highlight=False)
    terminal.print()
    training_report.show_network(terminal, model, options.seed)
    result = trained(terminal, model, task, options)
    training_report.show_loss(terminal, result.history)
    show_scores(terminal, result)
    if 0 < len(task.classes) <= MOST_CROSSED:
        terminal.print()
        show_confusion(terminal, result)
    terminal.print(f"\n{verdict(result)}", markup=False, highlight=False)
    if options.output:
        terminal.print()
        files = files_of(result, table) | training_report.lab_file(
            model, len(task.inputs), lambda: lab_page(result, table, options)
        )
        training_report.write_files(terminal, options.output, files, model)
        path, answer = str(options.output / "model.json"), ANSWERS[task.loss.target]
        training_report.show_use(terminal, USE_AGAIN.format(path=path, row=table.inputs[0], answer=answer))
    return INTERRUPTED if result.history.stopped == "interrupted" else 0


def check_size(inputs: int, shape: list[int], rows: int) -> None:
    parameters = sum((before + 1) * width for before, width in zip([inputs, *shape], shape, strict=False))
    if parameters > MOST_PARAMETERS:
        raise ValueError(
            f"a network of {inputs} inputs and the widths {shape} has {parameters:,} parameters, and up to {MOST_PARAMETERS:,} "
            "can be served here; choose a smaller --hidden, or use a library of tensors"
        )
    if rows * parameters > MOST_WORK:
        raise ValueError(
            f"{rows:,} rows and {parameters:,} parameters are {rows * parameters:,} to compute in every epoch, and up to "
            f"{MOST_WORK:,} can be served here; choose a smaller --hidden, or fewer rows"
        )


def optimizer_for(model: MLP, options: argparse.Namespace) -> tuple[float, Optimizer]:
    """The learning rate, and the optimizer."""
    rate = LEARNING_RATES[options.optimizer] if options.learning_rate is None else options.learning_rate
    return rate, OPTIMIZERS[options.optimizer](model.parameters(), learning_rate=rate)


def lab_page(result: Result, table: TableFile, options: argparse.Namespace) -> Lab:
    """The training from its first weights, and from where it ended."""
    widths = [len(layer.neurons) for layer in result.model.layers]
    model = MLP(len(table.columns), widths, options.activation, seed=options.seed)
    _, optimizer = optimizer_for(model, options)
    subject = table_subject("a table" if options.table == "-" else Path(options.table).stem, table, result.task)
    return subject.page(model, optimizer, options.batch_size, options.seed, {"after training": result.model})


def trained(terminal: Any, model: MLP, task: TableTask, options: argparse.Namespace) -> Result:
    rate, optimizer = optimizer_for(model, options)
    data = (task.inputs[: task.training], task.targets[: task.training])
    with training_report.training_told(terminal, rate):
        history = fit(
            model,
            task.loss.function,
            data,
            optimizer,
            epochs=options.epochs,
            batch_size=min(options.batch_size, task.training),
            seed=options.seed,
            eager=options.eager or None,
        )
    losses = [task.one_number(loss) for loss in history.losses]
    outputs = [[value.data for value in (output if isinstance(output, list) else [output])] for output in map(model, task.inputs)]
    return Result(model, task, replace(history, losses=losses), outputs)
