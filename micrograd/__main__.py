"""The command `micrograd`: the only module that prints."""

from __future__ import annotations

import argparse
import io
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from micrograd import xor
from micrograd.checks import check, reports
from micrograd.command import xor_report
from micrograd.display import tables
from micrograd.display.files import write_whole
from micrograd.engine import Value
from micrograd.gradients import gradient
from micrograd.nn import ACTIVATIONS
from micrograd.optim import OPTIMIZERS
from micrograd.text.expressions import names_in, parse
from micrograd.text.formulas import formula
from micrograd.views.drawing import draw
from micrograd.views.player import explore
from micrograd.views.stepping import transcript

ABOUT = """\
Reverse-mode automatic differentiation of scalars, to learn backpropagation with.

A Value remembers how it was computed; backward() walks back through that graph and applies the chain rule.
"""

ABOUT_XOR = """\
Train a small network on exclusive or: 1 where the two inputs differ, 0 where they are the same.

No straight line separates the two, so one neuron cannot learn it; a hidden layer can. The network is made of Values,
and gradient descent on the half mean squared error moves its weights. You see the network, the loss as it falls, the
truth table before and after training, and the gradient of every weight beside the one that the textbook's delta rule
gives. The exit status is 0 if all four rows are right and the gradients agree to 1e-12, else 1.
"""

EXPRESSION_COMMANDS = ("draw", "step", "explore", "check", "gradient")

ABOUT_CHECK = """\
Compare three gradients of an expression: by autodiff, by your own formulas, and as measured without any derivative rule.

  micrograd check "tanh(w*x + b)" w=0.5 x=2 b=1 --by-hand "w: (1 - tanh(w*x + b)**2) * x" "b: 1 - tanh(w*x + b)**2"

A row passes where the numbers agree within their error bars; gap is how far yours (or autodiff's) is from the measured one,
and the hint says what a wrong number looks like. A formula is tried at other numbers too, a plain number at these only.
INCONCLUSIVE says that it cannot be told. The exit status is 0 only if every row passes.
"""

ABOUT_GRADIENT = """\
Print the derivative of an expression by each of its names, as a formula and as a number.

  micrograd gradient "x**2 * y" x=3 y=2
"""

EXAMPLES_XOR = """\
examples:
  micrograd xor                                    the default: 4 hidden neurons, tanh, plain gradient descent
  micrograd xor --hidden 8 --activation relu       another network; a relu unit may die, and the report says so
  micrograd xor --optimizer adam --epochs 300      another way downhill
  micrograd xor --output run                       keep the history, the model, and pictures to look at
"""

ABOUT_DRAW = """\
Draw the graph of an expression: every operation with its number and its gradient, every line with its local derivative.
"""

ABOUT_STEP = """\
Print both sweeps of an expression step by step: the forward pass node by node, then every application of the chain rule.
"""

ABOUT_EXPLORE = """\
Write a page that steps through both sweeps of an expression, forward and back. It opens in any browser, with no network.
"""

EXAMPLES = """\
example:
  micrograd {command} "tanh(w*x + b)" w=0.5 x=2 b=1{rest}

An expression is made of names, numbers, + - * / **, lists for dot and total, and the functions of micrograd.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a redirected file may have an encoding without our characters
    options = parser().parse_args(with_leading_minus(sys.argv[1:] if arguments is None else arguments))
    try:
        status: int = options.run(options) or 0
    except (ArithmeticError, ImportError, OSError, TypeError, ValueError) as error:
        print(f"micrograd: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("micrograd: interrupted", file=sys.stderr)
        return 130
    return status


def with_leading_minus(arguments: Sequence[str]) -> list[str]:
    """The arguments, an expression such as -x**2 marked by a space, without which it would be read as an option."""
    command, expression, *_ = [*arguments, "", ""]
    if command in EXPRESSION_COMMANDS and expression.startswith("-") and expression not in ("-h", "--help", "-o"):
        return [command, f" {expression}", *arguments[2:]]
    return list(arguments)


def parser() -> argparse.ArgumentParser:
    defaults = xor.Settings()
    top = argparse.ArgumentParser(
        prog="micrograd", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    top.set_defaults(run=lambda options: top.print_help())
    add_expression_commands(commands)
    command = commands.add_parser(
        "xor",
        help="train a network on exclusive or, and check its gradients against the delta rule",
        description=ABOUT_XOR,
        epilog=EXAMPLES_XOR,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = command.add_argument
    add("--hidden", type=at_least_one, default=defaults.hidden, metavar="N", help="hidden neurons (default: %(default)s)")
    add("--activation", choices=ACTIVATIONS, default=defaults.activation, metavar="NAME",
        help=f"of the hidden neurons: {', '.join(ACTIVATIONS)} (default: %(default)s)")  # fmt: skip
    add("--optimizer", choices=OPTIMIZERS, default=defaults.optimizer, metavar="NAME",
        help=f"{', '.join(OPTIMIZERS)} (default: %(default)s)")  # fmt: skip
    add("--learning-rate", type=rate, metavar="R",
        help=f"size of the steps (default: {', '.join(f'{n} {r:g}' for n, r in xor.LEARNING_RATES.items())})")  # fmt: skip
    add(
        "--epochs",
        type=not_negative,
        default=defaults.epochs,
        metavar="N",
        help=f"most steps of training; it stops at a loss of {xor.TARGET_LOSS:g} (default: %(default)s)",
    )
    add("--seed", type=any_whole_number, default=defaults.seed, metavar="N", help="of the first weights (default: %(default)s)")
    add("--eager", action="store_true", help="train without compiling: slower, the same steps")
    add("--output", type=Path, metavar="DIR", help="write history.csv, model.json, loss.svg, graph.svg, player.html there")
    command.set_defaults(run=run_xor)
    return top


def add_command(commands: Any, name: str, summary: str, about: str, epilog: str = "") -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=about,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return command


def add_expression_commands(commands: Any) -> None:
    """The commands that read an expression and its numbers."""
    for name, run, about, rest in (
        ("draw", run_draw, ABOUT_DRAW, " -o graph.svg"),
        ("step", run_step, ABOUT_STEP, ""),
        ("explore", run_explore, ABOUT_EXPLORE, " -o player.html"),
        ("check", run_check, ABOUT_CHECK, " --by-hand 'b: 1 - tanh(w*x + b)**2'"),
        ("gradient", run_gradient, ABOUT_GRADIENT, ""),
    ):
        summary = about.partition(":")[0].partition(". ")[0].lower().strip(" .\n")
        command = add_command(commands, name, summary, about, EXAMPLES.format(command=name, rest=rest))
        command.add_argument("expression", metavar="EXPRESSION", help="such as 'tanh(w*x + b)'")
        command.add_argument("numbers", nargs="*", metavar="NAME=NUMBER", help="the number of each name in the expression")
        if name in ("draw", "explore"):
            files = "graph.svg, .png or .pdf: the suffix says which" if name == "draw" else "player.html"
            command.add_argument(
                "-o", "--output", type=Path, required=True, metavar="FILE", help=f"where to write, such as {files}"
            )
            command.add_argument("--direction", choices=("LR", "TB"), default="LR", help="left to right, or top to bottom")
        if name == "check":
            command.add_argument("--by-hand", nargs="+", action="extend", default=[], metavar="'NAME: FORMULA'", type=claim,
                help="what you derived: a formula in the names of the expression, or a number")  # fmt: skip
        command.set_defaults(run=run)


def claim(text: str) -> tuple[str, str]:
    name, sign, formula = text.partition(":")
    if not sign or not formula.strip():
        raise argparse.ArgumentTypeError(f"needs 'NAME: FORMULA', such as 'w: x', got {text!r}")
    return name.strip(), formula.strip()


def run_draw(options: argparse.Namespace) -> int:
    from micrograd.views.picture import known_format

    output, _ = expression_graph(options)
    output.backward()
    picture = draw(output, direction=options.direction)
    write_whole(options.output, picture.pipe(known_format(options.output.suffix[1:])))
    print(f"Wrote {options.output}.")
    return 0


def run_step(options: argparse.Namespace) -> int:
    print(transcript(expression_graph(options)[0]))
    return 0


def run_explore(options: argparse.Namespace) -> int:
    output, _ = expression_graph(options)
    explore(output, title=options.expression, direction=options.direction).save(options.output)
    print(f"Wrote {options.output}: open it in a browser.")
    return 0


def run_check(options: argparse.Namespace) -> int:
    output, leaves = expression_graph(options)
    report = check(output, options.by_hand or None, leaves or [])
    console = Console()
    headings, cells, hints = report.narrow() if console.width < 90 else (report.headings, report.cells, [])
    console.print(tables.rich_table(report.title, headings, cells, right=reports.NUMBERS))
    for line in hints:
        console.print(line, markup=False, highlight=False)
    return 0 if report else 1


def run_gradient(options: argparse.Namespace) -> int:
    output, leaves = expression_graph(options)
    rows = [
        (f"d/d{leaf.label}", formula(entry), f"{entry.data:.10g}")
        for leaf, entry in zip(leaves, gradient(output, leaves), strict=True)
    ]
    title = f"{formula(output)} = {output.data:.10g}"
    Console().print(tables.rich_table(title, ("derivative", "formula", "value"), rows, right=("value",)))
    return 0


def expression_graph(options: argparse.Namespace) -> tuple[Value, list[Value]]:
    """The graph of the expression and the leaves of its names; a ValueError that says what is missing, wrong or too much."""
    needed = names_in(options.expression)
    leaves: dict[str, Value] = {}
    for given in options.numbers:
        name, equals, text = given.partition("=")
        if not equals or not name.isidentifier():
            raise ValueError(f"{given!r} needs to be NAME=NUMBER, such as x=2")
        if name in leaves:
            raise ValueError(f"{name} has two numbers; give it one")
        try:
            leaves[name] = Value(float(text), label=name)
        except ValueError:
            raise ValueError(f"{name} needs a number, such as {name}=2, got {text!r}") from None
    return parse(options.expression, **leaves), [leaves[name] for name in needed if name in leaves]


def whole_number(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"needs a whole number from {least} upwards, got {text!r}")
    return number


def at_least_one(text: str) -> int:
    return whole_number(text, 1)


def not_negative(text: str) -> int:
    return whole_number(text, 0)


def any_whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"needs a whole number, got {text!r}") from None


def rate(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"needs a number above 0, such as 0.1, got {text!r}")
    return number


def run_xor(options: argparse.Namespace) -> int:
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


if __name__ == "__main__":
    sys.exit(main())
