"""A table as people have it, read from a file: a header or none; commas, semicolons or tabs; the target in one column.

>>> table = table_from("width,height,kind\\n1,2,wide\\n3,4,tall\\n")
>>> table.inputs, table.targets, table.columns, table.target
([[1.0, 2.0], [3.0, 4.0]], ['wide', 'tall'], ['width', 'height'], 'kind')
"""

from __future__ import annotations

import csv
import io
import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from micrograd.command.options import nearest, short

MOST_BYTES = 50_000_000
MOST_CELLS = 2_000_000
MOST_ROWS = 100_000
DELIMITERS = ("\t", ";", ",")  # a comma last: with another between the cells it may stand in a number


@dataclass(frozen=True)
class TableFile:
    """The rows of a table; a target is a text as it stands there."""

    columns: list[str]
    target: str
    has_header: bool
    inputs: list[list[float]]
    targets: list[str]
    lines: list[int]  # where each row stands in the file


def read_table(name: str, target: str | None = None) -> TableFile:
    """The table in the file, or in the standard input for `-`; `target` names its column or numbers it from 1."""
    try:
        if name == "-":
            if sys.stdin is None:
                raise OSError("it is closed")
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with open(name, "rb") as file:
                data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        place = "the standard input" if name == "-" else name or "a file without a name"
        raise OSError(f"can't read {place}: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > MOST_BYTES:
        raise ValueError(f"a table may have up to {MOST_BYTES:,} bytes, and this one has more; train on a part of its rows")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"the table is not text in UTF-8 (byte {error.start + 1} is {data[error.start]:#04x}); save it as CSV in UTF-8"
        ) from None
    return table_from(text, target)


def table_from(text: str, target: str | None = None) -> TableFile:
    """The table in the text; without a name or a number the last column is the target."""
    rows = list(cells_of(text))
    if not rows:
        raise ValueError("the table has no rows; it needs numbers, with the target in the last column")
    first_line, first = rows[0]
    if len(first) < 2:
        raise ValueError(
            f"line {first_line} has one column, {short(first[0])!r}; a table needs at least an input and the target, "
            "with commas, semicolons or tabs between them"
        )
    place = target_place(target, rows)
    has_header = is_header(rows, place)
    names = [cell or f"column{i}" for i, cell in enumerate(first, start=1)] if has_header else numbered(len(first), place)
    body = rows[1:] if has_header else rows
    if not body:
        raise ValueError("the table has a header and no rows below it")
    inputs, targets = [], []
    for line, cells in body:
        if len(cells) != len(first):
            raise ValueError(
                f"every line needs as many cells as line {first_line}, which has {len(first)}; line {line} has {len(cells)}"
            )
        if not cells[place]:
            raise ValueError(f"the target {short(names[place])} of line {line} is empty; fill it in or leave the line out")
        inputs.append([number_in(cells[i], names[i], line) for i in range(len(cells)) if i != place])
        targets.append(cells[place])
    columns = [name for i, name in enumerate(names) if i != place]
    return TableFile(columns, names[place], has_header, inputs, targets, [line for line, _ in body])


def cells_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line with its number; lines that are empty or begin with # are left out."""
    lines = ["\n" if line.lstrip().startswith("#") else line for line in io.StringIO(text, newline=None)]
    content = re.sub('"[^"]*"', "", next((line for line in lines if line.strip()), ""))
    delimiter = next((mark for mark in DELIMITERS if mark in content), ",")
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    rows = count = 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows, count = rows + 1, count + len(cells)
                if rows > MOST_ROWS or count > MOST_CELLS:
                    most = f"{MOST_ROWS:,} rows and {MOST_CELLS:,} cells"
                    raise ValueError(f"a table may have up to {most}, and this one has more; train on a part of its rows")
                yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} of the table can't be read: {error}") from None


def target_place(target: str | None, rows: Sequence[tuple[int, list[str]]]) -> int:
    """Where the column stands, from 0; a number is a name only where it stands in a header."""
    first = rows[0][1]
    if target is None:
        return len(first) - 1
    if target in first and (not target.isdecimal() or is_header(rows, first.index(target))):
        if first.count(target) > 1:
            raise ValueError(f"{first.count(target)} columns are called {target!r}; give --target the number of one")
        return first.index(target)
    if target.isdecimal() and 1 <= int(target) <= len(first):
        return int(target) - 1
    near = nearest(target, first)
    meant = f"did you mean {near}?" if near else f"name one of {', '.join(map(short, first[:20]))}, or its number from 1"
    raise ValueError(f"there is no column {short(target)!r}; {meant}")


def is_header(rows: Sequence[tuple[int, list[str]]], place: int) -> bool:
    """Whether the first line names the columns: the inputs by words, or by 0, 1, 2, ... as pandas does where they have none.

    Numbers are a header only where they count two columns or more, and where no row has what would be the target's name.
    """
    first = rows[0][1]
    others = [cell for i, cell in enumerate(first) if i != place]
    if not any(is_number(with_point(cell)) for cell in others):
        return True
    if len(others) < 2 or any(first[place] in cells[place : place + 1] for _, cells in rows[1:]):
        return False
    if is_number(first[place]):
        return is_count(first, 0)
    return is_count(others, 0) or is_count(others, 1)


def is_count(cells: Sequence[str], begin: int) -> bool:
    return list(cells) == [str(number) for number in range(begin, begin + len(cells))]


def numbered(count: int, place: int) -> list[str]:
    """Names for the columns of a table without a header: x1, x2, ... and y."""
    return ["y" if i == place else f"x{i + 1 - (i > place)}" for i in range(count)]


def is_number(cell: str) -> bool:
    """Whether the cell is a finite number, as tables write it: 2020_01 is one to Python alone."""
    try:
        return math.isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False


def with_point(cell: str) -> str:
    return cell.replace(",", ".")


def number_in(cell: str, column: str, line: int) -> float:
    if not cell:
        raise ValueError(f"column {short(column)} of line {line} is empty; fill it in or leave the line out")
    if not is_number(cell):
        need = f"column {short(column)} of line {line} needs a finite number, got {short(cell)!r}"
        advice = "write a point in it instead of the comma" if is_number(with_point(cell)) else "write numbers for words"
        raise ValueError(f"{need}; {advice}, or leave the line or the column out")
    return float(cell)
