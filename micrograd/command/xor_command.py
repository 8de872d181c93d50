"""`micrograd xor`: its options, and one run."""

from __future__ import annotations

import argparse
from typing import Any

from micrograd import xor
from micrograd.command import INTERRUPTED, training_report, xor_report
from micrograd.command.options import MOST_WIDTH, add_training_options, command_parser, neurons
from micrograd.command.terminal import console

ABOUT_XOR = """\
Train a small network on exclusive or: 1 where the two inputs differ, 0 where
they are the same.

No straight line separates the two, so one neuron cannot learn it; a hidden
layer can. The network is made of Values, and gradient descent on the half
mean squared error moves its weights. You see the network, the loss as it
falls, the truth table before and after training, and the gradient of every
weight beside the one that is derived by hand, in matrices. Training stops at
a loss of 1e-6. The exit status is 0 if all four rows are right and the
gradients agree to 1e-12, else 1.
"""

EXAMPLES_XOR = """\
examples:
  micrograd xor                                 4 hidden neurons, tanh, descent
  micrograd xor --hidden 8 --activation relu    a relu unit may die: it says so
  micrograd xor --optimizer adam --epochs 300   another way downhill
  micrograd xor --output run                    keep the model and pictures
"""


def add_command(commands: Any) -> None:
    summary = "train a network on exclusive or, and check its gradients"
    command = command_parser(commands, "xor", summary, ABOUT_XOR, EXAMPLES_XOR)
    defaults = xor.Settings()
    hidden = f"hidden neurons, up to {MOST_WIDTH:,} (default: %(default)s)"
    command.add_argument("--hidden", type=neurons, default=defaults.hidden, metavar="N", help=hidden)
    files = "history.csv, model.json, loss.svg, graph.svg, player.html, lab.html"
    add_training_options(command, defaults, xor.LEARNING_RATES, files)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    rate = xor.LEARNING_RATES[options.optimizer] if options.learning_rate is None else options.learning_rate
    settings = xor.Settings(options.hidden, options.activation, options.optimizer, rate, options.epochs, options.seed)
    with training_report.output_folder(options.output):
        return run_task(settings, rate, options)


def run_task(settings: xor.Settings, rate: float, options: argparse.Namespace) -> int:
    terminal = console()
    model = xor.network(settings)
    training_report.show_network(terminal, model, settings.seed)
    with training_report.training_told(terminal, rate):
        result = xor.train(model, settings, progress=True, eager=options.eager or None)
    training_report.show_loss(terminal, result.history)
    xor_report.show_truth_table(terminal, result)
    terminal.print()
    xor_report.show_gradients(terminal, result)
    if options.output:
        training_report.write_files(terminal, options.output, xor_report.files_of(result, settings), model)
    xor_report.show_verdict(terminal, result)
    if options.output:
        use = training_report.LOAD_AGAIN.format(path=str(options.output / "model.json"), row=xor_report.DRAWN)
        training_report.show_use(terminal, f"{use}print(model(row).data)\n")
    if result.history.stopped == "interrupted":
        return INTERRUPTED
    return 0 if result.solved and result.gradients_agree else 1
