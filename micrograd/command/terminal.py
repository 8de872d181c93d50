"""The way to the terminal: any width, any encoding, and quiet where nobody listens any more."""

from __future__ import annotations

import codecs
import io
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from micrograd.display.tables import STYLES

if TYPE_CHECKING:
    from rich.console import Console

LEAST_WIDTH = 40  # below it the terminal breaks the lines, and no number is lost

# What is shown instead where the encoding of the output has no such character.
PLAIN = {
    "✓": "+", "✗": "x", "·": "*", "×": "x", "−": "-", "→": "->", "…": "...", "±": "+-", "²": "^2", "∂": "d", "∇": "grad",
    "Σ": "sum", "│": "|", "─": "-", "━": "-",
}  # fmt: skip
BRAILLE = range(0x2800, 0x2900)


def console() -> Console:
    """The terminal's console; as wide as the terminal, or COLUMNS where that is a width."""
    from rich.console import Console

    width, height = shutil.get_terminal_size()
    return Console(width=max(width, LEAST_WIDTH), height=height, emoji=False)  # :cat: may be a column's name


def show_table(
    terminal: Console,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[str] = (),
    folding: Sequence[str] = (),
    caption: str = "",
) -> None:
    """The table; without its lines where they don't fit, and a paragraph for each row where its numbers don't.

    The columns in `right` are set to the right, and those in `folding` may be broken.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    columns = [max(cell_len(row[place]) for row in [headings, *rows]) for place in range(len(headings))]
    needed = sum(min(width, 12) if name in folding else width for name, width in zip(headings, columns, strict=True))
    lined = needed + 3 * len(columns) + 1 <= terminal.width
    terminal.print(Text(title, "bold"))
    if lined or needed + len(columns) - 1 <= terminal.width:
        table = Table(padding=(0, 1)) if lined else Table(padding=(0, 1, 0, 0), box=None, pad_edge=False)
        for name in headings:
            side, folds = "right" if name in right else "left", name in folding
            table.add_column(Text(name), justify=side, no_wrap=not folds, overflow="fold")  # type: ignore[arg-type]
        for row in rows:
            table.add_row(*[Text(cell, style_of(cell)) for cell in row])
        terminal.print(table)
    else:
        for row in rows:
            cells = ", ".join(f"{name} {cell}".strip() for name, cell in zip(headings, row, strict=True) if cell)
            terminal.print(Text(f"- {cells}"))
    if caption:
        terminal.print(Text(caption, "italic"))


def style_of(cell: str) -> str:
    """The colour of a cell that says whether something is right."""
    return STYLES.get(cell, "green" if cell.startswith("✓") else "red" if cell.startswith("✗") else "")


def in_plain_characters(error: UnicodeError) -> tuple[str, int]:
    """A handler for `codecs`: others in the place of characters that the encoding lacks; a dot of a chart is a star."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(c) or ((" " if c == "⠀" else "*") if ord(c) in BRAILLE else "?") for c in missing), error.end


def prepare_output() -> None:
    """Let the output take any character; an OSError if there is none."""
    codecs.register_error("micrograd", in_plain_characters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="micrograd")
    if sys.stdout is None:
        raise OSError("the standard output is closed; send it to a file or to /dev/null")


def complain(message: str) -> None:
    """Say it on the standard error, if there is one."""
    if sys.stderr is not None:
        print(f"micrograd: {message}", file=sys.stderr)


def give_up_output() -> None:
    """Nobody reads the output any more, or the disk is full: what is still to be written goes nowhere, without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
