"""The command `micrograd`."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from micrograd.command import expression, xor_command

ABOUT = """\
Reverse-mode automatic differentiation of scalars, to learn backpropagation with.

A Value remembers how it was computed; backward() walks back through that graph and applies the chain rule.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a redirected file may have an encoding without our characters
    options = parser().parse_args(expression.with_leading_minus(sys.argv[1:] if arguments is None else arguments))
    try:
        status: int = options.run(options) or 0
    except (ArithmeticError, ImportError, OSError, TypeError, ValueError) as error:
        print(f"micrograd: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("micrograd: interrupted", file=sys.stderr)
        return 130
    return status


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="micrograd", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    top.set_defaults(run=lambda options: top.print_help())
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    expression.add_commands(commands)
    xor_command.add_command(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
