"""Tables as text for the terminal and as HTML for a notebook, from the same rows.

>>> print(text("Two rows", ("name", "number"), [("a", "1"), ("b", "22")], right=["number"]), end="")
Two rows
┏━━━━━━┳━━━━━━━━┓
┃ name ┃ number ┃
┡━━━━━━╇━━━━━━━━┩
│ a    │      1 │
│ b    │     22 │
└──────┴────────┘
>>> html("", ("name",), [("<b>",)]).partition("<tbody>")[2]
'<tr><td style="text-align:left;padding:2px 10px">&lt;b&gt;</td></tr></tbody></table>'
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from micrograd.display.characters import printable
from micrograd.display.packages import installed

if TYPE_CHECKING:
    from rich.table import Table

Cells = Sequence[str]

NARROWEST = 40  # characters of a line: in fewer, nothing is left of seven columns between their borders
LONGEST = 2000  # characters of a line in a cell

STYLES = {"PASS": "green", "FAIL": "red", "INCONCLUSIVE": "yellow"}  # of a cell that is one of these words
HTML_STYLES = {"PASS": "color:#2da44e", "FAIL": "color:#e5484d", "INCONCLUSIVE": "color:#bf8700"}  # for light and dark


def rich_table(title: str, headings: Cells, rows: Sequence[Cells], right: Cells = ()) -> Table:
    """The table for a console of `rich`; the columns under the headings in `right` are set to the right."""
    installed("rich")
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(visible(title)), title_justify="left", title_style="bold")
    for heading in headings:
        table.add_column(Text(visible(heading)), justify="right" if heading in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*[Text(visible(cell), style=STYLES.get(cell, "")) for cell in row])
    return table


def text(title: str, headings: Cells, rows: Sequence[Cells], right: Cells = (), width: int = 120) -> str:
    """The table as lines of characters, at most `width` wide, but not below 40."""
    installed("rich")
    from rich.console import Console

    lines = io.StringIO()
    # In a notebook it would colour the text, and write past the file.
    console = Console(file=lines, width=max(width, NARROWEST), legacy_windows=False, force_terminal=False, force_jupyter=False)
    console.print(rich_table(title, headings, rows, right))
    return "".join(f"{line.rstrip()}\n" for line in lines.getvalue().splitlines())


def visible(cell: str) -> str:
    """The cell with what would not be seen written out; its lines stay lines."""
    return "\n".join([printable(line, LONGEST) for line in cell.split("\n")])


def html(title: str, headings: Cells, rows: Sequence[Cells], right: Cells = ()) -> str:
    """The table as one HTML element, with every cell escaped."""
    sides = [heading in right for heading in headings]
    head = "".join(f'<th style="text-align:{"right" if side else "left"};padding:2px 10px">{escape(visible(heading))}</th>'
                   for heading, side in zip(headings, sides, strict=True))  # fmt: skip
    body = "".join(f"<tr>{''.join(map(html_cell, row, sides))}</tr>" for row in rows)
    return f"<table><caption>{escape(visible(title))}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_cell(cell: str, right: bool) -> str:
    side = "text-align:right;white-space:nowrap" if right else "text-align:left"
    colour = f";font-weight:bold;{HTML_STYLES[cell]}" if cell in HTML_STYLES else ""
    return f'<td style="{side};padding:2px 10px{colour}">{escape(visible(cell))}</td>'
