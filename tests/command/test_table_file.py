"""A table is read as people have it, and what is wrong with it is one sentence with the line and the column."""

import io
import sys
from pathlib import Path

import pytest

from micrograd.command import table_file
from micrograd.command.table_file import TableFile, read_table, table_from


def test_the_last_column_is_the_target_and_the_header_names_them() -> None:
    assert table_from("width,height,kind\n1,2,wide\n3,4,tall\n") == TableFile(
        columns=["width", "height"],
        target="kind",
        has_header=True,
        inputs=[[1.0, 2.0], [3.0, 4.0]],
        targets=["wide", "tall"],
        lines=[2, 3],
    )


@pytest.mark.parametrize("target", ["b", "2"])
def test_another_column_may_be_the_target(target: str) -> None:
    table = table_from("a,b,c\n1,2,3\n", target)
    assert (table.columns, table.target) == (["a", "c"], "b")
    assert (table.inputs, table.targets) == ([[1.0, 3.0]], ["2"])


def test_without_a_header_columns_are_numbered_and_no_row_is_lost() -> None:
    """A text in the target's column alone makes no header of the first row."""
    table = table_from("5.1,3.5,setosa\n7.0,3.2,versicolor\n")
    assert (table.columns, table.target, table.has_header) == (["x1", "x2"], "y", False)
    assert table.targets == ["setosa", "versicolor"]
    assert table_from("1,2,3\n", "1").columns == ["x1", "x2"]


@pytest.mark.parametrize(
    ("first", "later", "columns"),
    [
        ("0,1,kind", "0,1,a", ["0", "1", "kind"]),
        ("1,2,kind", "5,6,7", ["1", "2", "kind"]),
        ("0,1,2", "5,6,7", ["0", "1", "2"]),
        ("2020_01,2020_02,kind", "5,6,7", ["2020_01", "2020_02", "kind"]),
        ("nan,inf,kind", "5,6,7", ["nan", "inf", "kind"]),
        ("0,1,kind", "5,6,kind", ["x1", "x2", "y"]),  # kind is a class
        ("0,1,2", "5,6,2", ["x1", "x2", "y"]),
        ("1,2,3", "4,5,6", ["x1", "x2", "y"]),
        ("1,0,kind", "5,6,7", ["x1", "x2", "y"]),
        ("0.0,1.0,kind", "5,6,7", ["x1", "x2", "y"]),
        ("0,kind", "1,a", ["x1", "y"]),
    ],
)
def test_numbers_that_count_the_columns_are_a_header(first: str, later: str, columns: list[str]) -> None:
    table = table_from(f"{first}\n{later}\n")
    assert [*table.columns, table.target] == columns
    assert table.lines == ([2] if table.has_header else [1, 2])


def test_the_header_counts_the_inputs_wherever_the_target_stands() -> None:
    table = table_from("kind,0,1\na,5,6\n", "1")
    assert (table.columns, table.target, table.targets) == (["0", "1"], "kind", ["a"])


@pytest.mark.parametrize("row", ["2,7,9", "7,7,2", "2,2,9"])
def test_a_number_in_a_row_is_no_name(row: str) -> None:
    table = table_from(f"{row}\n", "2")
    assert (table.target, table.targets) == ("y", [row.split(",")[1]])


@pytest.mark.parametrize(
    "text",
    [
        "1,2\n3,4\n",
        "1;2\n3;4",
        "1\t2\n3\t4\n",
        "\ufeff1,2\r\n3,4\r\n",
        "1,2\r3,4\r",
        "# from the field, 2026\n1,2\n\n   # and\n3,4\n\n",
        '"1", "2"\n"3", "4"\n',
        " 1 , 2 \n 3 , 4 \n",
        "1,2\n3,4\n,\n",
        "+1.0,2\n3e0,4\n",
    ],
)
def test_the_same_numbers_in_other_clothes(text: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8", newline="")
    table = read_table(str(path))
    assert table.inputs == [[1.0], [3.0]]
    assert [float(target) for target in table.targets] == [2.0, 4.0]


def test_a_target_called_by_a_number_is_a_name_too() -> None:
    assert table_from("length,2026\n1,2\n").target == "2026"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    assert table_from("# a comment\nx,y\n1,2\n\n3,4\n").lines == [3, 5]


def test_a_comma_within_a_cell_is_no_delimiter() -> None:
    assert table_from('"length, cm";y\n1;2\n').columns == ["length, cm"]
    assert table_from('"a;b",y\n1,2\n').columns == ["a;b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the table has no rows"),
        ("# nothing\n\n", "the table has no rows"),
        ("a,b\n", "a header and no rows below it"),
        ("a\n1\n", "line 1 has one column, 'a'; a table needs at least an input and the target"),
        ("1 2\n", "line 1 has one column, '1 2'"),
        ("a,b\n1,2\n3\n", "every line needs as many cells as line 1, which has 2; line 3 has 1"),
        ("a,b\n1,\n", "the target b of line 2 is empty; fill it in"),
        ("a,b\n,1\n", "column a of line 2 is empty; fill it in"),
        ("a,b\n?,1\n", r"column a of line 2 needs a finite number, got '\?'; write numbers for words"),
        ("a,b\n2020_01,1\n", "column a of line 2 needs a finite number, got '2020_01'"),
        ("a,b\nnan,1\n", "column a of line 2 needs a finite number, got 'nan'"),
        ("a,b\ninf,1\n", "column a of line 2 needs a finite number, got 'inf'"),
        ("1;2\n3,5;4\n", "got '3,5'; write a point in it instead of the comma"),
        ("1,5;2\n", "column x1 of line 1 needs a finite number, got '1,5'; write a point"),
        ('1,"2\n', "line 1 of the table can't be read: unexpected end of data"),
        (f"{'a' * 1000},b\nx,1\n", r"column a{37}\.\.\. of line 2"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        table_from(text)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("heigth", "there is no column 'heigth'; did you mean height?"),
        ("z", "name one of width, height, height, kind, or its number from 1"),
        ("5", "there is no column '5'"),
        ("0", "there is no column '0'"),
        ("height", "2 columns are called 'height'; give --target the number of one"),
    ],
)
def test_a_target_that_is_not_there_is_refused(target: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        table_from("width,height,height,kind\n1,2,3,4\n", target)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"can't read .*nowhere\.csv: No such file or directory"):
        read_table(str(tmp_path / "nowhere.csv"))
    with pytest.raises(OSError, match="Is a directory"):
        read_table(str(tmp_path))
    with pytest.raises(OSError, match="can't read a file without a name"):
        read_table("")
    (tmp_path / "old.csv").write_bytes("1,2\n3,\xe9\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"not text in UTF-8 \(byte 7 is 0xe9\); save it as CSV in UTF-8"):
        read_table(str(tmp_path / "old.csv"))


def test_a_hyphen_reads_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"1,2\n")))
    assert read_table("-").inputs == [[1.0]]
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(OSError, match="can't read the standard input: it is closed"):
        read_table("-")


@pytest.mark.parametrize(("limit", "most"), [("MOST_BYTES", 7), ("MOST_ROWS", 1), ("MOST_CELLS", 3)])
def test_a_table_beyond_a_limit_is_refused_with_the_limit(
    limit: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("1,2\n3,4\n")
    monkeypatch.setattr(table_file, limit, most + 1)
    assert len(read_table(str(path)).inputs) == 2
    monkeypatch.setattr(table_file, limit, most)
    with pytest.raises(ValueError, match=rf"up to .*{most} .*, and this one has more; train on a part of its rows"):
        read_table(str(path))
