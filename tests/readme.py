"""The README as its tests, its pictures and its table of speed see it: examples, tables, blocks and sections."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent.parent / "README.md"


def text() -> str:
    return PATH.read_text(encoding="utf-8")


def namespace() -> dict[str, Any]:
    """What the examples leave behind: every name that they define."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for example in doctest.DocTestParser().get_examples(text(), str(PATH)):
            exec(example.source, names)  # noqa: S102 - it is the README's
    return names


def block_lines(language: str) -> list[str]:
    """The lines of all code blocks in that language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text(), flags=re.MULTILINE | re.DOTALL)
    return "".join(blocks).splitlines()


def table(*headings: str) -> list[list[str]]:
    """The rows of the table under these headings, cell by cell."""
    _, _, below = text().partition(f"\n| {' | '.join(headings)} |\n")
    assert below, f"the README has no table with the headings {headings}"
    lines = below.partition("\n\n")[0].splitlines()[1:]  # the first is |---|---|
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def code_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def with_section(page: str, name: str, content: str) -> str:
    """The page with `content` in place of what stands between `<!-- name: ... -->` and `<!-- end of name -->`."""
    section = re.compile(rf"(<!-- {name}: [^\n]* -->\n).*(<!-- end of {name} -->)", flags=re.DOTALL)
    if not section.search(page):
        raise ValueError(f"the page has no lines <!-- {name}: ... --> and <!-- end of {name} --> to write between")
    return section.sub(lambda found: f"{found[1]}\n{content}\n\n{found[2]}", page)
