"""The command `micrograd lab`: the page that it writes, and what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from micrograd import datasets, nn
from micrograd.__main__ import main
from micrograd.command.lab_command import LEARNING_RATES, SUBJECTS
from micrograd.optim import OPTIMIZERS

TABLE = "width,height,kind\n" + "".join(f"{k},{k * k % 7},{'wide' if k % 3 else 'tall'}\n" for k in range(20))


def data_in(page: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.mark.parametrize(
    ("subject", "title", "kind", "rows", "test"),
    [
        ("xor", "exclusive or, 2-4-1", "two", 4, 0),
        ("moons", "moons, 2-8-8-1", "two", 100, 100),
        ("circles", "circles, 2-8-8-1", "two", 100, 100),
        ("spirals", "three spirals, 2-8-8-3", "classes", 100, 100),
    ],
)
def test_each_data_set_has_a_page(
    subject: str, title: str, kind: str, rows: int, test: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    assert main(["lab", subject, "-o", str(page)]) == 0
    data = data_in(page)
    assert (data["title"], data["kind"], len(data["rows"]), len(data["test"])) == (title, kind, rows, test)
    count = len(data["parameters"])
    assert capsys.readouterr().out == f"{title}: {count} parameters, {rows} rows, Adam\nWrote {page}: open it in a browser.\n"


def test_without_a_name_it_is_lab_html_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "XOR"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["lab.html"]


def test_the_options_are_those_of_the_network_and_its_training(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    options = "--hidden 3,2 --activation relu --optimizer momentum --lr 0.25 --seed 7 --batch-size 10 --points 30"
    assert main(["lab", "moons", *options.split(), "-o", str(page)]) == 0
    data = data_in(page)
    assert data["starts"][0]["numbers"] == [p.data for p in nn.MLP(2, [3, 2, 1], "relu", seed=7).parameters()]
    assert [row[:2] for row in data["rows"]] == datasets.moons(30, seed=7).inputs
    assert [row[:2] for row in data["test"]] == datasets.moons(30, seed=8).inputs
    settings = {setting["name"]: setting["value"] for setting in data["settings"]}
    assert settings == {"learning rate": 0.25, "momentum": 0.9, "weight decay": 0.0}
    assert (data["batchSize"], data["seed"]) == (10, 7)


def test_a_table_of_ones_own_keeps_its_names_and_holds_rows_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, page = tmp_path / "boxes.csv", tmp_path / "page.html"
    table.write_text(TABLE)
    assert main(["lab", str(table), "--hidden", "4", "-o", str(page)]) == 0
    data = data_in(page)
    assert (data["title"], data["inputNames"], data["targetNames"]) == ("boxes (scaled), 2-4-1", ["width", "height"], ["kind"])
    assert (len(data["rows"]), len(data["test"])) == (16, 4)
    assert "\nThe inputs are scaled to mean 0 and deviation 1; 4 rows are held out.\n" in capsys.readouterr().out
    assert [card["name"] for card in data["cards"] if card["kind"] == "input"] == ["width", "height"]


def test_the_classes_of_a_table_are_named(tmp_path: Path) -> None:
    table, page = tmp_path / "boxes.csv", tmp_path / "page.html"
    table.write_text(TABLE)
    assert main(["lab", str(table), "--loss", "ce", "--holdout", "0", "-o", str(page)]) == 0
    data = data_in(page)
    assert (data["kind"], data["targetNames"], data["test"]) == ("classes", ["tall", "wide"], [])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("a,b,c\n1,2,x\n1,two,y\n", "rows.csv: column b of line 3 needs a finite number, got 'two'; write numbers for words"),
        ("a,b\n1,x\n1\n", "rows.csv: every line needs as many cells as line 1, which has 2; line 3 has 1"),
        ("a,b\n1,x\n2,\n", "rows.csv: the target b of line 3 is empty; fill it in or leave the line out"),
        ("", "rows.csv: the table has no rows"),
    ],
    ids=["word", "short", "empty", "nothing"],
)
def test_a_bad_row_is_named_with_its_file_and_line(
    content: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text(content)
    assert main(["lab", "rows.csv"]) == 1
    assert error in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        (
            ["lab", "moon"],
            2,
            "there is no data set 'moon'; did you mean moons? choose from xor, moons, circles, spirals, or name the",
        ),
        (["lab", "none.csv"], 1, "can't read none.csv: No such file or directory"),
        (["lab", "xor", "-o", "lab.pdf"], 1, "the lab is a page, and 'lab.pdf' does not end in .html; save it as lab.html"),
        (["lab", "xor", "-o", "."], 1, "the lab is a page, and '.' does not end in .html; save it as lab.html"),
        (
            ["lab", "moons", "--hidden", "8,x"],
            2,
            "--hidden: needs whole numbers from 1 to 1,000, such as 16,16, or 0 for none, got '8,x'",
        ),
        (["lab", "moons", "--hidden", "99,99"], 1, "the lab takes up to 6,000 instructions for the gradient of a row"),
        (["lab", "moons", "--points", "1"], 1, "two classes need a whole number of at least 2 points, got 1"),
        (["lab", "moons", "--loss", "mse"], 2, "--loss is for a table of your own, and moons is none; leave it out"),
        (["lab", "xor", "--holdout", "0.5"], 2, "--holdout is for a table of your own, and xor is none; leave it out"),
        (["lab", "xor", "--points", "5"], 2, "--points is for moons, circles, spirals, and not for xor; leave it out"),
        (["lab", "rows.csv", "--points", "5"], 2, "--points is for moons, circles, spirals, and not for rows.csv; leave it out"),
        (["lab", "moons", "--epochs", "5"], 2, "there is no option --epochs"),
        (["lab"], 2, "DATA"),
    ],
)
def test_what_it_cannot_do_it_says_in_a_sentence(
    arguments: list[str],
    status: int,
    error: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        answer = main(arguments)
    except SystemExit as ending:
        answer = int(str(ending.code))
    assert (answer, list(tmp_path.iterdir())) == (status, [])
    assert error in capsys.readouterr().err


def test_every_optimizer_has_a_rate_of_its_own() -> None:
    assert LEARNING_RATES.keys() == OPTIMIZERS.keys()
    assert list(SUBJECTS) == ["xor", "moons", "circles", "spirals"]
