"""`micrograd sheet`: a work sheet of random exercises, and the page of its answers."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from micrograd.command.options import any_whole_number, command_parser, path, whole_number_from
from micrograd.display.characters import printable_lines
from micrograd.display.files import write_whole
from micrograd.exercises.levels import LEVELS
from micrograd.exercises.printing import PAPERS
from micrograd.exercises.sheets import MOST, is_pdf, sheet

ABOUT = """\
Write a work sheet: graphs to go through forward and backward by hand. On the
screen every frame is a field, and the page checks it and names the first step
that does not fit; on paper there is a line for every step. The page opens from
disk in any browser and needs no network. The same level, count and seed give
the same sheet.
"""

EXAMPLES = """\
examples:
  micrograd sheet                                     writes sheet.html
  micrograd sheet --level 3 --count 8 --seed 7 -o sheet.html --answers answers.html
  micrograd sheet --level 5 -o sheet.pdf --paper Letter
"""

DEFAULT_PAPER = "A4"  # of a PDF


def add_command(commands: Any) -> None:
    summary = "a work sheet of backpropagation by hand"
    command = command_parser(commands, "sheet", summary, ABOUT, EXAMPLES)
    levels = "; ".join(f"{level} {name}" for level, name in LEVELS.items())
    # fmt: off
    add = command.add_argument
    add("--level", type=level, default=1, metavar="N", help=f"{levels} (default: %(default)s)")
    add("--count", type=count, default=6, metavar="N", help=f"of exercises, up to {MOST} (default: %(default)s)")
    add("--seed", type=any_whole_number, default=0, metavar="N", help="of all that is drawn at random (default: %(default)s)")
    add("--paper", type=paper, metavar="NAME",
        help=f"{' or '.join(PAPERS)} (default: what is in the printer; of a PDF {DEFAULT_PAPER})")
    add("-o", "--output", type=path, default=Path("sheet.html"), metavar="FILE",
        help="where to write the sheet: a .html, or a .pdf if Chromium, Chrome or Edge is installed (default: %(default)s)")
    add("--answers", type=path, metavar="FILE", help="where to write its worked answers")
    # fmt: on
    command.set_defaults(run=run)


def level(text: str) -> int:
    return whole_number_from(text, min(LEVELS), max(LEVELS))


def count(text: str) -> int:
    return whole_number_from(text, 1, MOST)


def paper(text: str) -> str:
    for name in PAPERS:
        if text.lower() == name.lower():
            return name
    raise argparse.ArgumentTypeError(f"needs to be {' or '.join(PAPERS)}, got {text[:40]!r}")


def run(options: argparse.Namespace) -> int:
    targets = [target for target in (options.output, options.answers) if target is not None]
    for target in targets:
        if target.suffix.lower() not in (".html", ".htm", ".pdf"):
            name = target.stem.strip(".") or "sheet"
            wanted = f"name it {name}.html, or {name}.pdf"
            options.command.error(f"a sheet is a page, and {target.name or str(target)!r} does not end in .html; {wanted}")
    if options.answers is not None and os.path.realpath(options.output) == os.path.realpath(options.answers):
        options.command.error(f"the sheet and its answers can't both be {str(options.output)!r}; give them two names")
    printed = any(map(is_pdf, targets))
    made = sheet(options.level, options.count, options.seed, paper=options.paper or (DEFAULT_PAPER if printed else None))
    pages = [made] if options.answers is None else [made, made.answers]
    write_all({target: page.content(target) for page, target in zip(pages, targets, strict=True)})
    exercises = "1 exercise" if options.count == 1 else f"{options.count} exercises"
    print(f"{exercises} of level {options.level}, {LEVELS[options.level]}, seed {options.seed}")
    use = "print it" if is_pdf(options.output) else "answer it in a browser, or print it"
    print(printable_lines(f"Wrote {options.output}: {use}."))
    if options.answers is not None:
        print(printable_lines(f"Wrote {options.answers}: every step of it, worked."))
    return 0


def write_all(contents: Mapping[Path, str | bytes]) -> None:
    """Write all files; if one cannot be written, leave none that was not there before."""
    new = []
    try:
        for target, content in contents.items():
            there = os.path.lexists(target)
            write_whole(target, content)
            if not there:
                new.append(target)
    except BaseException:
        for target in new:
            target.unlink(missing_ok=True)
        raise
