"""The pages of the repository as their tests and the tables of speed see them: examples, tables, blocks and sections.

`python -m tests.readme` writes the README's table of notebooks, from the question that each of them begins with.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PATH = ROOT / "README.md"
CHANGELOG = ROOT / ".github" / "CHANGELOG.md"
CHINESE = ROOT / ".github" / "README.zh.md"
COMING_FROM = ROOT / ".github" / "COMING_FROM.md"
CONTRIBUTING = ROOT / ".github" / "CONTRIBUTING.md"
DESIGN = ROOT / ".github" / "DESIGN.md"
PAGES = [PATH, *sorted((ROOT / ".github").glob("*.md"))]


def text(path: Path = PATH) -> str:
    return path.read_text(encoding="utf-8")


class Example(NamedTuple):
    """A block of Python, and the block of text right below it, which is what it prints."""

    code: str
    printed: str


def examples(path: Path = PATH) -> list[Example]:
    """The blocks without prompts, so that they can be pasted; those with prompts are doctests."""
    blocks = re.finditer(r"^```python\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", text(path), flags=re.MULTILINE | re.DOTALL)
    return [Example(block[1], block[2] or "") for block in blocks if not block[1].startswith(">>>")]


def namespace(path: Path = PATH) -> dict[str, Any]:
    """Every name that the examples define, run one after the other. An AssertionError if one prints anything else."""
    names: dict[str, Any] = {}
    for code, expected in examples(path):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, path.name, "exec"), names)  # noqa: S102 - it is the page's
        assert printed.getvalue().rstrip() == expected.rstrip(), f"{path.name}:\n{code}"
    return names


def block_lines(language: str, path: Path = PATH) -> list[str]:
    """The lines of all code blocks in that language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text(path), flags=re.MULTILINE | re.DOTALL)
    return "".join(blocks).splitlines()


def table(*headings: str, path: Path = PATH) -> list[list[str]]:
    """The rows of all tables under these headings, cell by cell."""
    _, *below = text(path).split(f"\n| {' | '.join(headings)} |\n")
    assert below, f"{path.name} has no table with the headings {headings}"
    lines = [line for part in below for line in part.partition("\n\n")[0].splitlines()[1:]]  # the first is |---|---|
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def code_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def notebook_table() -> str:
    """The number of each notebook, and the question it answers."""
    lines = ["| notebook | the question it answers |", "|---|---|"]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
        _, mark, below = first.partition("**The question:** ")
        assert mark, f"{path.name} does not begin with its question"
        lines.append(f"| {path.name[:2]} | [{below.partition(chr(10))[0]}](notebooks/{path.name}) |")
    return "\n".join(lines)


def section(page: str, name: str) -> str:
    """What stands between `<!-- name: ... -->` and `<!-- end of name -->`."""
    return section_pattern(page, name)[2].strip()


def with_section(page: str, name: str, content: str) -> str:
    """The page with `content` in that place."""
    found = section_pattern(page, name)
    return f"{page[: found.start()]}{found[1]}\n{content}\n\n{found[3]}{page[found.end() :]}"


def section_pattern(page: str, name: str) -> re.Match[str]:
    found = re.search(rf"(<!-- {name}: [^\n]* -->\n)(.*)(<!-- end of {name} -->)", page, flags=re.DOTALL)
    if not found:
        raise ValueError(f"the page has no lines <!-- {name}: ... --> and <!-- end of {name} --> to write between")
    return found


def main() -> int:
    PATH.write_text(with_section(text(), "notebooks", notebook_table()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
