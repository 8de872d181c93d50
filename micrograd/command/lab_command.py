"""`micrograd lab`: its options, and the page that it writes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd import datasets, losses
from micrograd.command.lab_subject import Subject, table_subject
from micrograd.command.options import add_network_options, command_parser, one_of, one_or_more, path, share
from micrograd.command.table_file import read_table
from micrograd.command.table_task import LOSSES, SHORT_NAMES, task_of
from micrograd.command.train_command import widths
from micrograd.compiler.task import Loss
from micrograd.datasets import Dataset
from micrograd.display.characters import printable_lines
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS

# Each well below where it begins to diverge on the data sets, and on inputs of deviation 1.
LEARNING_RATES = {
    "sgd": 0.3,
    "momentum": 0.05,
    "nesterov": 0.05,
    "adagrad": 0.1,
    "rmsprop": 0.01,
    "adam": 0.03,
    "adamw": 0.03,
}

POINTS = 100
HOLDOUT = 0.2
HIDDEN = {"xor": [4]}  # neurons in the hidden layers, where they are not 8,8

ABOUT_LAB = """\
Write a page in which a network trains: watch every unit over the plane, look
inside a step, turn a weight, a point or the learning rate, and go back in
time. The page opens from disk in any browser and needs no network. Its steps
are those of Python, in its order; a function such as tanh may differ in the
last digit from browser to browser.

The data are exclusive or, one of the point clouds, or a table of your own:
text with commas, semicolons or tabs between the cells, as for micrograd train.
Of the point clouds a second drawing, and of a table the rows held out, give
the loss on what is not trained on.
"""

EXAMPLES_LAB = """\
examples:
  micrograd lab xor                             writes lab.html
  micrograd lab moons --hidden 8,8 -o moons.html
  micrograd lab spirals --optimizer sgd --lr 0.5
  micrograd lab iris.csv --hidden 8 --batch-size 30
"""


@dataclass(frozen=True)
class Defaults:
    activation: str = "tanh"
    optimizer: str = "adam"
    seed: int = 0


def add_command(commands: Any) -> None:
    summary = "write a page in which a network trains"
    command = command_parser(commands, "lab", summary, ABOUT_LAB, EXAMPLES_LAB)
    # fmt: off
    add = command.add_argument
    add("subject", type=subject, metavar="DATA",
        help=f"{', '.join(SUBJECTS)}, or the file of a table, such as iris.csv")
    add("--hidden", type=widths, metavar="N,N",
        help="neurons in each hidden layer; 0 for none (default: 4 for xor, else 8,8)")
    add_network_options(command, Defaults(), LEARNING_RATES)
    add("--batch-size", type=one_or_more, metavar="N", help="rows for each step (default: all)")
    add("--points", type=one_or_more, metavar="N", help=f"of a point cloud (default: {POINTS})")
    add("--target", metavar="COLUMN", help="of a table: its name, or its number from 1 (default: the last)")
    add("--loss", type=one_of("loss", LOSSES, SHORT_NAMES), metavar="NAME",
        help=f"of a table: {', '.join(LOSSES)}, or mse, bce, ce for short (default: what the target asks for)")
    add("--holdout", type=share, metavar="PART",
        help=f"of the rows of a table, not trained on; 0 for none (default: {HOLDOUT})")
    add("-o", "--output", type=path, default=Path("lab.html"), metavar="FILE.html",
        help="where to write the page (default: %(default)s)")
    # fmt: on
    command.set_defaults(run=run)


def subject(text: str) -> str:
    """The name of a data set, or that of a file."""
    try:
        return one_of("data set", SUBJECTS)(text)
    except argparse.ArgumentTypeError as error:
        if text == "-" or Path(text).suffix or Path(text).exists():
            return text
        raise argparse.ArgumentTypeError(f"{error}, or name the file of a table, such as iris.csv") from None


def check_options(options: argparse.Namespace) -> None:
    """A ValueError if an option is given that the data have no use for."""
    of_tables, of_clouds = ("target", "loss", "holdout"), ("points",)
    foreign: tuple[str, ...] = of_tables if options.subject in SUBJECTS else of_clouds
    if options.subject == "xor":  # neither a table nor a cloud
        foreign = of_tables + of_clouds
    for name in foreign:
        if getattr(options, name) is not None:
            kind = "a table" if name in of_tables else "a point cloud"
            raise ValueError(f"--{name} is of {kind}, and {options.subject} is none; leave it out")


def run(options: argparse.Namespace) -> int:
    check_options(options)
    chosen = SUBJECTS[options.subject](options) if options.subject in SUBJECTS else from_table(options)
    hidden = HIDDEN.get(options.subject, [8, 8]) if options.hidden is None else options.hidden
    model = MLP(len(chosen.data.inputs[0]), [*hidden, chosen.outputs], options.activation, seed=options.seed)
    rate = LEARNING_RATES[options.optimizer] if options.learning_rate is None else options.learning_rate
    optimizer = OPTIMIZERS[options.optimizer](model.parameters(), learning_rate=rate)
    page = chosen.page(model, optimizer, options.batch_size, options.seed)
    saved = page.save(options.output)
    rows, parameters = len(page.experiment.rows), len(page.experiment.parameters)
    what = printable_lines(f"{page.title}: {parameters:,} parameters, {rows:,} rows, {type(optimizer).__name__}")
    print(f"{what}\nWrote {printable_lines(str(saved))}: open it in a browser.")
    return 0


def xor_subject(options: argparse.Namespace) -> Subject:
    return Subject("exclusive or", datasets.xor(), None, losses.half_mean_squared_error, 1)


def cloud(make: Callable[..., Dataset], name: str, loss: Loss, outputs: int) -> Callable[[argparse.Namespace], Subject]:
    """A point cloud, and another drawing of it to test on."""

    def chosen(options: argparse.Namespace) -> Subject:
        points = POINTS if options.points is None else options.points
        data, test = (make(points, seed=seed) for seed in (abs(options.seed), abs(options.seed) + 1))
        return Subject(name, data, test, loss, outputs)

    return chosen


def from_table(options: argparse.Namespace) -> Subject:
    try:
        table = read_table(options.subject, options.target)
        task = task_of(table, options.loss, HOLDOUT if options.holdout is None else options.holdout, options.seed)
    except ValueError as error:
        raise ValueError(f"{options.subject}: {error}") from error
    return table_subject("a table" if options.subject == "-" else Path(options.subject).stem, table, task)


SUBJECTS: dict[str, Callable[[argparse.Namespace], Subject]] = {
    "xor": xor_subject,
    "moons": cloud(datasets.moons, "moons", losses.binary_cross_entropy_with_logits, 1),
    "circles": cloud(datasets.circles, "circles", losses.binary_cross_entropy_with_logits, 1),
    "spirals": cloud(datasets.spirals, "three spirals", losses.cross_entropy, 3),
}
