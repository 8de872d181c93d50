"""What the commands share: how one is added, and the kinds of their options, each with the sentence for a wrong one."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from micrograd.display.characters import printable_lines
from micrograd.nn import ACTIVATIONS, bare_letters
from micrograd.optim import OPTIMIZERS

MOST_EPOCHS = 1_000_000  # each keeps its loss
MOST_WIDTH = 1_000  # neurons in a layer


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, and where to read more."""

    commands: Mapping[str, Any] = {}

    def error(self, message: str) -> NoReturn:
        sentence = message.removeprefix("argument ").replace("\n", " ")
        self.exit(2, f"micrograd: {printable_lines(sentence)} ({self.prog} --help tells more)\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """As in argparse, which says nothing where the disk is full."""
        if file is not None:
            file.write(message)


def command_parser(commands: Any, name: str, summary: str, about: str, examples: str) -> Parser:
    """A new command; `summary` stands in the list of all commands, `about` and the examples in its own help."""
    command: Parser = commands.add_parser(
        name,
        help=summary,
        description=about,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.set_defaults(command=command)
    return command


def parsed(top: Parser, arguments: Sequence[str]) -> argparse.Namespace:
    """The options; a NAME=NUMBER may stand after them too."""
    if arguments and arguments[0][:1] not in ("", "-"):
        try:
            arguments = [one_of("command", top.commands)(arguments[0]), *arguments[1:]]
        except argparse.ArgumentTypeError as error:
            top.error(str(error))
    options, others = top.parse_known_args(arguments)
    command: Parser = getattr(options, "command", top)
    if unknown := [text for text in others if text.startswith("-")]:
        known = [option[2:] for option in command._option_string_actions if option.startswith("--")]
        near = nearest(unknown[0].partition("=")[0].lstrip("-"), known)
        advice = f"did you mean --{near}?" if near else f"{command.prog.split()[-1]} takes only --{', --'.join(known)}"
        command.error(f"there is no option {short(unknown[0])}; {advice}")
    if others and not hasattr(options, "numbers"):
        command.error(f"{short(others[0])!r} is one argument too many")
    if others:
        options.numbers += others
    return options


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of the known words that `word` is a slip of; empty if there is none."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), "")


def one_of(kind: str, names: Iterable[str], others: Mapping[str, str] | None = None) -> Callable[[str], str]:
    """A type of option: one of the names, in any case; `others` are names that people know some of them by.

    >>> one_of("activation", ["relu", "leaky_relu"])("LeakyReLU")
    'leaky_relu'
    """
    names = list(names)
    known = {bare_letters(name): name for name in names} | {bare_letters(other): name for other, name in (others or {}).items()}

    def name_from(text: str) -> str:
        letters = bare_letters(text)
        if letters in known:
            return known[letters]
        near = known.get(nearest(letters, known))
        meant = f"did you mean {near}? " if near else ""
        raise argparse.ArgumentTypeError(f"there is no {kind} {short(text)!r}; {meant}choose from {', '.join(names)}")

    return name_from


activation = one_of("activation", ACTIVATIONS)
optimizer = one_of("optimizer", OPTIMIZERS)


def whole_number_from(text: str, least: int, most: int | None = None) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least or (most is not None and number > most):
        bounds = f"from {least} upwards" if most is None else f"from {least} to {most:,}"
        raise argparse.ArgumentTypeError(f"needs a whole number {bounds}, got {short(text)!r}")
    return number


def short(text: str) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= 40 else f"{text[:37]}..."


def neurons(text: str) -> int:
    return whole_number_from(text, 1, MOST_WIDTH)


def epochs(text: str) -> int:
    return whole_number_from(text, 0, MOST_EPOCHS)


def one_or_more(text: str) -> int:
    return whole_number_from(text, 1)


def any_whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"needs a whole number, got {short(text)!r}") from None


def rate(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"needs a number above 0, such as 0.1, got {short(text)!r}")
    return number


def share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 <= number < 1.0:
        raise argparse.ArgumentTypeError(f"needs a number from 0 up to, but not including, 1, got {short(text)!r}")
    return number


def path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError(f"needs a name, got {text!r}")
    return Path(text)


def add_network_options(command: Parser, defaults: Any, rates: Mapping[str, float]) -> None:
    """The options of a network and of the rule that trains it."""
    each = ", ".join(f"{name} {number:g}" for name, number in rates.items())
    # fmt: off
    add = command.add_argument
    add("--activation", type=activation, default=defaults.activation, metavar="NAME",
        help=f"of the hidden neurons: {', '.join(ACTIVATIONS)} (default: %(default)s)")
    add("--optimizer", type=optimizer, default=defaults.optimizer, metavar="NAME",
        help=f"{', '.join(OPTIMIZERS)} (default: %(default)s)")
    add("--learning-rate", "--lr", type=rate, metavar="R", help=f"size of the steps (default: {each})")
    add("--seed", type=any_whole_number, default=defaults.seed, metavar="N",
        help="of all that is drawn at random (default: %(default)s)")
    # fmt: on


def add_training_options(command: Parser, defaults: Any, rates: Mapping[str, float], files: str) -> None:
    """These, how long it is trained, and where what comes of it is kept."""
    add_network_options(command, defaults, rates)
    # fmt: off
    add = command.add_argument
    add("--epochs", type=epochs, default=defaults.epochs, metavar="N",
        help=f"most passes over the rows, up to {MOST_EPOCHS:,} (default: %(default)s)")
    add("--eager", action="store_true", help="train without compiling: slower, the same steps")
    add("-o", "--output", type=path, metavar="DIR", help=f"a folder, for {files}")
    # fmt: on
