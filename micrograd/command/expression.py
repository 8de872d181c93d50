"""The commands that read an expression and its numbers: draw, step, explore, check, gradient."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.checks import check, reports
from micrograd.command.options import Parser, command_parser, one_of, path, short
from micrograd.command.terminal import console, show_table
from micrograd.display.characters import printable_lines
from micrograd.display.files import write_whole
from micrograd.engine import Value
from micrograd.gradients import gradient
from micrograd.text.expressions import names_in, parse
from micrograd.text.formulas import formula
from micrograd.views.drawing import draw
from micrograd.views.layout.measures import SIZES
from micrograd.views.picture import known_format
from micrograd.views.player import explore
from micrograd.views.stepping import transcript
from micrograd.views.themes import THEMES

NAMES = ("draw", "step", "explore", "check", "gradient")
OPTION = re.compile(r"-[ho]$|--$|--[a-z]")  # what is not an expression that begins with a minus

ABOUT_DRAW = """\
Draw the graph of an expression: every operation with its number and its
gradient, every line with its local derivative.
"""

ABOUT_STEP = """\
Go through an expression step by step: forward, number by number, then
backward, one use of the chain rule after the other.
"""

ABOUT_EXPLORE = """\
Write a page that goes through an expression step by step, forward and
backward. It opens in any browser, with no network.
"""

ABOUT_CHECK = """\
Compare three gradients of an expression: by autodiff, by your own formulas,
and as measured without any derivative rule.

A row passes where the numbers agree within their error bars; gap is how far
yours (or autodiff's) is from the measured one, and the hint says what a wrong
number looks like. A formula is tried at other numbers too, a plain number at
these only. INCONCLUSIVE says that it cannot be told. The exit status is 0
only if every row passes.
"""

BY_HAND = """ \\
      --by-hand "w: (1 - tanh(w*x + b)**2) * x" "b: 1 - tanh(w*x + b)**2"\
"""

ABOUT_GRADIENT = """\
Print the derivative of an expression by each of its names, as a formula and
as a number.
"""

EXAMPLE = """\
example:
  micrograd {command} "tanh(w*x + b)" w=0.5 x=2 b=1{rest}

An expression is made of names, numbers, + - * / **, lists for dot and total,
and the functions of micrograd.
"""


def add_commands(commands: Any) -> None:
    drawing = add(commands, "draw", run_draw, "draw the graph of an expression", ABOUT_DRAW, " -o graph.svg")
    add_picture_options(drawing, "graph.svg, .png or .pdf: the suffix says which")
    add_choice(drawing, "theme", THEMES, "auto", "an SVG of auto is dark where its reader's system is (default: %(default)s)")
    add_choice(drawing, "size", tuple(SIZES), "normal", "large can be projected (default: %(default)s)")

    add(commands, "step", run_step, "go through an expression step by step", ABOUT_STEP)

    summary = "write a page that goes through an expression step by step"
    add_picture_options(add(commands, "explore", run_explore, summary, ABOUT_EXPLORE, " -o player.html"), "player.html")

    summary = "compare three gradients of an expression"
    checking = add(commands, "check", run_check, summary, ABOUT_CHECK, BY_HAND)
    given = "what you derived: a formula in the names of the expression, or a number"
    checking.add_argument("--by-hand", nargs="+", action="extend", default=[], metavar="'NAME: FORMULA'", type=claim, help=given)

    add(commands, "gradient", run_gradient, "print each derivative as a formula and as a number", ABOUT_GRADIENT)


def add(commands: Any, name: str, run: Callable[[argparse.Namespace], int], summary: str, about: str, rest: str = "") -> Parser:
    """A new command that reads an expression and its numbers; `rest` is what its example needs besides them."""
    command = command_parser(commands, name, summary, about, EXAMPLE.format(command=name, rest=rest))
    command.add_argument("expression", metavar="EXPRESSION", help="such as 'tanh(w*x + b)'")
    command.add_argument("numbers", nargs="*", metavar="NAME=NUMBER", help="the number of each name in the expression")
    command.set_defaults(run=run)
    return command


def add_picture_options(command: Parser, files: str) -> None:
    command.add_argument("-o", "--output", type=path, required=True, metavar="FILE", help=f"where to write, such as {files}")
    add_choice(command, "direction", ("LR", "TB"), "LR", "left to right, or top to bottom (default: %(default)s)")


def add_choice(command: Parser, name: str, choices: Sequence[str], default: str, about: str) -> None:
    command.add_argument(f"--{name}", type=one_of(name, choices), default=default, metavar="|".join(choices), help=about)


def with_leading_minus(arguments: Sequence[str]) -> list[str]:
    """The arguments, an expression such as -x**2 marked by a space, without which it would be read as an option."""
    command, expression, *_ = [*arguments, "", ""]
    if command in NAMES and expression.startswith("-") and not OPTION.match(expression):
        return [command, f" {expression}", *arguments[2:]]
    return list(arguments)


def claim(text: str) -> tuple[str, str]:
    name, formula = re.split("[:=]", text, maxsplit=1) if re.search("[:=]", text) else (text, "")
    if not formula.strip():
        raise argparse.ArgumentTypeError(f"needs 'NAME: FORMULA', such as 'w: x', got {short(text)!r}")
    return name.strip(), formula.strip()


def run_draw(options: argparse.Namespace) -> int:
    output, _ = expression_graph(options)
    output.backward()
    picture = draw(output, direction=options.direction, theme=options.theme, size=options.size)
    write_whole(options.output, picture.pipe(known_format(options.output.suffix[1:])))
    print(f"Wrote {printable_lines(str(options.output))}.")
    return 0


def run_step(options: argparse.Namespace) -> int:
    print(transcript(expression_graph(options)[0]))
    return 0


def run_explore(options: argparse.Namespace) -> int:
    output, _ = expression_graph(options)
    explore(output, title=options.expression, direction=options.direction).save(options.output)
    print(f"Wrote {printable_lines(str(options.output))}: open it in a browser.")
    return 0


def run_check(options: argparse.Namespace) -> int:
    output, leaves = expression_graph(options)
    report = check(output, options.by_hand or None, leaves or [])
    terminal = console()
    headings, cells, hints = report.narrow() if terminal.width < 90 else (report.headings, report.cells, [])
    show_table(terminal, report.title, headings, cells, right=reports.NUMBERS, folding=("hint",))
    for line in hints:
        terminal.print(line, markup=False, highlight=False)
    return 0 if report else 1


def run_gradient(options: argparse.Namespace) -> int:
    output, leaves = expression_graph(options)
    if not leaves:
        raise ValueError(f"there is nothing to differentiate by in {options.expression!r}: it has no names")
    rows = [
        (f"d/d{leaf.label}", formula(entry), f"{entry.data:.10g}")
        for leaf, entry in zip(leaves, gradient(output, leaves), strict=True)
    ]
    title = f"{formula(output)} = {output.data:.10g}"
    show_table(console(), title, ("derivative", "formula", "value"), rows, right=("value",), folding=("formula",))
    return 0


def expression_graph(options: argparse.Namespace) -> tuple[Value, list[Value]]:
    """The graph of the expression and the leaves of its names; a ValueError that says what is missing, wrong or too much."""
    needed = names_in(options.expression)
    numbered = {text.partition("=")[0] for text in options.numbers}
    for name, _ in getattr(options, "by_hand", ()):
        if name in needed and name not in numbered:
            raise ValueError(
                f"{name} has no number: what stands after --by-hand is what you derived; write {name}=NUMBER before it"
            )
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
