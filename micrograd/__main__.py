"""The command `micrograd`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from micrograd.command import INTERRUPTED

if TYPE_CHECKING:
    from micrograd.command.options import Parser

ABOUT = """\
Reverse-mode automatic differentiation of scalars, to learn backpropagation
with.

A Value remembers how it was computed; backward() walks back through that
graph and applies the chain rule.
"""

EXAMPLES = """\
examples:
  micrograd step "tanh(w*x + b)" w=0.5 x=2 b=1     step by step, and back
  micrograd xor                                    train on exclusive or
  micrograd train rows.csv --hidden 16 -o run      train on a table of your own
  micrograd lab moons -o lab.html                  a page that trains a network
  micrograd sheet --level 3 -o sheet.html          tasks to solve by hand

micrograd COMMAND --help tells more about a command.
"""

PIPE_CLOSED = 141  # the exit status of a program whose pipe nobody reads any more


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status."""
    try:
        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # while it was loading, too
        if sys.stderr is not None:
            print("micrograd: interrupted", file=sys.stderr)
        return INTERRUPTED


def run(arguments: Sequence[str]) -> int:
    from micrograd.command import terminal
    from micrograd.display.characters import printable_lines
    from micrograd.display.packages import installed

    try:
        installed("rich")
        from micrograd.command import expression
        from micrograd.command.options import parsed

        terminal.prepare_output()
        try:
            options = parsed(parser(), expression.with_leading_minus(arguments))
            return options.run(options) or 0
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        terminal.give_up_output()
        return PIPE_CLOSED
    except SystemExit as ending:
        if isinstance(ending.__context__, BrokenPipeError):  # as rich ends a program
            return PIPE_CLOSED
        raise
    except OSError as error:
        if error.errno is None or error.filename is not None:
            terminal.complain(printable_lines(str(error)))
        else:
            terminal.give_up_output()
            terminal.complain(f"can't write to the standard output: {error.strerror}")
        return 1
    except (ArithmeticError, ImportError, MemoryError, RecursionError, TypeError, ValueError) as error:
        terminal.complain(printable_lines(str(error)))
        return 1


def parser() -> Parser:
    import argparse

    import micrograd
    from micrograd.command import expression, lab_command, sheet_command, train_command, xor_command
    from micrograd.command.options import Parser

    top = Parser(
        prog="micrograd",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"micrograd {micrograd.__version__}")
    top.set_defaults(run=lambda options: top.print_help())
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    expression.add_commands(commands)
    xor_command.add_command(commands)
    train_command.add_command(commands)
    lab_command.add_command(commands)
    sheet_command.add_command(commands)

    top.commands = commands.choices
    return top


if __name__ == "__main__":
    sys.exit(main())
