"""`micrograd xor`: its options, and one run."""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

from rich.console import Console

from micrograd import xor
from micrograd.command import xor_report
from micrograd.command.options import any_whole_number, command_parser, one_or_more, rate, zero_or_more
from micrograd.nn import ACTIVATIONS
from micrograd.optim import OPTIMIZERS

ABOUT_XOR = """\
Train a small network on exclusive or: 1 where the two inputs differ, 0 where they are the same.

No straight line separates the two, so one neuron cannot learn it; a hidden layer can. The network is made of Values,
and gradient descent on the half mean squared error moves its weights. You see the network, the loss as it falls, the
truth table before and after training, and the gradient of every weight beside the one that the textbook's delta rule
gives. The exit status is 0 if all four rows are right and the gradients agree to 1e-12, else 1.
"""

EXAMPLES_XOR = """\
examples:
  micrograd xor                                    the default: 4 hidden neurons, tanh, plain gradient descent
  micrograd xor --hidden 8 --activation relu       another network; a relu unit may die, and the report says so
  micrograd xor --optimizer adam --epochs 300      another way downhill
  micrograd xor --output run                       keep the history, the model, and pictures to look at
"""


def add_command(commands: Any) -> None:
    summary = "train a network on exclusive or, and check its gradients against the delta rule"
    command = command_parser(commands, "xor", summary, ABOUT_XOR, EXAMPLES_XOR)
    defaults = xor.Settings()
    rates = ", ".join(f"{name} {number:g}" for name, number in xor.LEARNING_RATES.items())
    stop = f"most steps of training; it stops at a loss of {xor.TARGET_LOSS:g} (default: %(default)s)"

    # fmt: off
    add = command.add_argument
    add("--hidden", type=one_or_more, default=defaults.hidden, metavar="N", help="hidden neurons (default: %(default)s)")
    add("--activation", choices=ACTIVATIONS, default=defaults.activation, metavar="NAME",
        help=f"of the hidden neurons: {', '.join(ACTIVATIONS)} (default: %(default)s)")
    add("--optimizer", choices=OPTIMIZERS, default=defaults.optimizer, metavar="NAME",
        help=f"{', '.join(OPTIMIZERS)} (default: %(default)s)")
    add("--learning-rate", type=rate, metavar="R", help=f"size of the steps (default: {rates})")
    add("--epochs", type=zero_or_more, default=defaults.epochs, metavar="N", help=stop)
    add("--seed", type=any_whole_number, default=defaults.seed, metavar="N", help="of the first weights (default: %(default)s)")
    add("--eager", action="store_true", help="train without compiling: slower, the same steps")
    add("--output", type=Path, metavar="DIR", help="write history.csv, model.json, loss.svg, graph.svg, player.html there")
    # fmt: on
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    settings = xor.Settings(
        options.hidden, options.activation, options.optimizer, options.learning_rate, options.epochs, options.seed
    )
    if options.output:
        xor_report.make_folder(options.output)  # before training: a folder that can't be written to should not cost a run
    console = Console()
    model = xor.network(settings)
    console.print(xor_report.network_table(model, settings))
    with warnings.catch_warnings(record=True) as advice_on_speed:
        warnings.simplefilter("always")
        result = xor.train(model, settings, progress=True, eager=options.eager or None)
    for warning in advice_on_speed:
        console.print(f"{warning.message}.", markup=False, highlight=False)
    xor_report.show_loss(console, result)
    console.print(xor_report.truth_table(result))
    console.print()
    console.print(xor_report.gradient_table(result, console.width))
    if options.output:
        written = xor_report.write_run(options.output, result, settings)
        console.print(f"Wrote {', '.join(written)} to the folder {options.output}.", soft_wrap=True)
    xor_report.show_verdict(console, result)
    return 0 if result.solved and result.gradients_agree else 1
