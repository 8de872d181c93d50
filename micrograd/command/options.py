"""What the commands share: how one is added, and numbers as options, each with the sentence for a wrong one."""

from __future__ import annotations

import argparse
from typing import Any


def command_parser(commands: Any, name: str, summary: str, about: str, examples: str) -> argparse.ArgumentParser:
    """A new command; `summary` stands in the list of all commands, `about` and the examples in its own help."""
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=about,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return command


def whole_number_from(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"needs a whole number from {least} upwards, got {text!r}")
    return number


def one_or_more(text: str) -> int:
    return whole_number_from(text, 1)


def zero_or_more(text: str) -> int:
    return whole_number_from(text, 0)


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
