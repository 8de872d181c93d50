"""The command `micrograd train`: from a table to a report, and files that can be used again."""

import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from micrograd import datasets, nn
from micrograd.__main__ import main
from micrograd.command import train_command
from micrograd.command.table_task import LOSSES
from micrograd.training import History
from tests.command.shell import run


@pytest.fixture
def moons(tmp_path: Path) -> str:
    return written(tmp_path / "moons.csv", datasets.moons(60, labels=("outer", "inner")))


@pytest.fixture
def line(tmp_path: Path) -> str:
    """y = 100 + 30 x - 20 z, without noise."""
    rows = [[0.3 * i, math.sin(i)] for i in range(40)]
    return written(tmp_path / "line.csv", datasets.Dataset(rows, [100.0 + 30.0 * x - 20.0 * z for x, z in rows]))


def written(path: Path, data: datasets.Dataset) -> str:
    path.write_text("".join(",".join(map(str, [*row, target])) + "\n" for row, target in zip(*data, strict=True)))
    return str(path)


def test_the_report_tells_what_was_read_trained_and_learned(moons: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", moons, "--epochs", "100"]) == 0
    shown = capsys.readouterr().out
    marks = [
        "60 rows, 2 inputs (x1, x2), target y (no header)",
        "2 classes and their rows: inner 30, outer 30",
        "Loss: binary-cross-entropy, since the target is text",
        "48 rows to train on, 12 held out",
        "The network: MLP(2, [16, 1], activation='tanh'), seed 0",
        "training",
        "The loss, epoch by epoch",
        "100 epochs (all epochs done)",
        "How near it comes",
        "trained on",
        "The rows held out, by class and by what the network says",
        "of the 12 rows held out are right; always",
    ]
    places = [shown.index(mark) for mark in marks]
    assert places == sorted(places)


def test_a_linear_model_finds_the_line_and_the_loss_is_in_units_of_the_target(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    assert main(["train", line, "--hidden", "0", "--lr", "0.05", "--epochs", "400", "-o", str(folder)]) == 0
    with (folder / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["predicted"]) for row in rows] == pytest.approx([float(row["target"]) for row in rows], rel=1e-4)
    losses = [float(row["loss"]) for row in csv.DictReader((folder / "history.csv").read_text().splitlines())]
    assert losses[0] > 1000.0  # the deviation of the target is about 104, and its square 11,000
    assert "the mean, has" in capsys.readouterr().out


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_a_report_and_a_model_that_can_be_used_again_as_it_says(
    loss: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = datasets.moons(40)
    table, folder = written(tmp_path / "table.csv", data), tmp_path / "run"
    assert main(["train", table, "--loss", loss, "--hidden", "3", "--epochs", "30", "--holdout", "0", "-o", str(folder)]) == 0
    code = capsys.readouterr().out.partition("To use the network again:\n\n")[2]
    first = f"row = {list(data.inputs[0])}\n"
    assert first in code
    with (folder / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["line"] == "1"
    for row, inputs in zip(rows, data.inputs, strict=True):
        exec(code.replace(first, f"row = {list(inputs)}\n"), {})  # noqa: S102 - it is what we printed
        assert capsys.readouterr().out == f"{row['predicted']}\n"


def test_output_writes_the_numbers_the_model_and_the_pictures(moons: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    assert main(["train", moons, "--epochs", "5", "--hidden", "4", "--output", str(folder)]) == 0
    names = {"history.csv", "model.json", "loss.svg", "predictions.csv", "graph.svg", "player.html", "lab.html"}
    assert {path.name for path in folder.iterdir()} == names
    saved = json.loads((folder / "model.json").read_text())
    assert (saved["columns"], saved["target"], saved["classes"]) == (["x1", "x2"], "y", ["inner", "outer"])
    assert nn.MLP(saved["inputs"], saved["widths"], saved["activation"]).state_dict().keys() == saved["parameters"].keys()
    assert (folder / "predictions.csv").read_text().count("\n") == 1 + 12


@pytest.mark.parametrize("large", [["train"], ["xor"]])
def test_a_network_too_large_to_look_at_is_not_drawn_and_no_other_runs_pictures_stay(
    large: list[str], moons: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """60 neurons with 3 parameters each and one with 61 have 241."""
    arguments = [*large, *([moons] if large == ["train"] else []), "--epochs", "1", "--hidden", "60", "-o", str(tmp_path / "run")]
    left_out = "\ngraph.svg, player.html and lab.html are left out: 241 parameters are too many to look at"
    main(arguments)
    assert f"{left_out}.\n" in capsys.readouterr().out
    assert not (tmp_path / "run" / "graph.svg").exists()
    main(["xor", "--epochs", "1", "-o", str(tmp_path / "run")])
    assert "left out" not in capsys.readouterr().out
    (tmp_path / "run" / "picture.svg").touch()
    main(arguments)
    assert f"{left_out}; removed graph.svg, player.html and lab.html of an earlier run.\n" in capsys.readouterr().out
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert left.isdisjoint({"graph.svg", "player.html", "lab.html"})
    assert left >= {"picture.svg", "model.json"}


def test_a_table_of_many_rows_leaves_no_laboratory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, folder = tmp_path / "rows.csv", tmp_path / "run"
    table.write_text("x,y\n" + "".join(f"{k},{k % 7 + k % 5 / 10}\n" for k in range(2001)))
    assert main(["train", str(table), "--hidden", "1", "--epochs", "1", "-o", str(folder)]) == 0
    assert "\nlab.html is left out: it draws up to 2,000 rows.\n" in capsys.readouterr().out
    assert {"graph.svg", "player.html"} <= {path.name for path in folder.iterdir()}


def test_a_picture_that_no_run_of_ours_has_left_stays(moons: str, tmp_path: Path) -> None:
    (tmp_path / "graph.svg").write_text("mine")
    assert main(["train", moons, "--epochs", "1", "--hidden", "60", "-o", str(tmp_path)]) == 0
    assert (tmp_path / "graph.svg").read_text() == "mine"


@pytest.mark.parametrize("loss", LOSSES)
def test_the_pictures_are_of_a_row_of_the_table_in_its_own_names(loss: str, tmp_path: Path) -> None:
    table, folder = tmp_path / "table.csv", tmp_path / "run"
    table.write_text("width,height of it,kind\n" + "1,2,0\n3,5,1\n" * 5)
    assert main(["train", str(table), "--loss", loss, "--hidden", "0", "--epochs", "1", "-o", str(folder)]) == 0
    graph, page = (folder / "graph.svg").read_text(), (folder / "player.html").read_text()
    assert all(name in graph and name in page for name in ("width", "height of it"))
    assert "x1" not in graph
    line, target = re.findall(r"<title>The loss of line (\d+): (\d)</title>", page)[0]
    assert target == str(int(line) % 2)  # line 2 has 0, line 3 has 1, ...
    for picture in (graph, page):  # a mean over one row is no operation, and half of a square is one
        assert ("÷</text>" in picture) is (loss == "half-mean-squared-error")


@pytest.mark.parametrize("folder", ["run", "new/run"])
@pytest.mark.parametrize("command", ["train", "xor"])
def test_a_run_that_diverges_says_which_rate_was_too_large_and_leaves_no_folder(
    command: str, folder: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    table = [line] if command == "train" else []
    options = ["--lr", "1000", "--optimizer", "sgd", "--activation", "relu", "-o", folder]
    assert main([command, *table, *options]) == 1
    said = capsys.readouterr().err
    assert re.fullmatch(r"micrograd: training stopped in epoch \d+: the .* is .*; try a smaller --lr than 1000\n", said)
    assert set(tmp_path.iterdir()) == before
    (tmp_path / folder).mkdir(parents=True)
    assert main([command, *table, *options]) == 1
    assert (tmp_path / folder).is_dir()


def test_the_same_seed_gives_the_same_and_eager_training_too(moons: str, capsys: pytest.CaptureFixture[str]) -> None:
    def verdict(*more: str) -> str:
        assert main(["train", moons, "--epochs", "20", "--hidden", "4", *more]) == 0
        return capsys.readouterr().out.partition("20 epochs")[2]

    assert verdict() == verdict() == verdict("--eager")
    assert verdict("--seed", "1") != verdict()


def test_nothing_held_out_is_said_and_judged_by_what_it_was_trained_on(moons: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", moons, "--epochs", "5", "--holdout", "0"]) == 0
    shown = capsys.readouterr().out
    assert "none held out (--holdout 0)" in shown
    assert "of the 60 rows trained on are right" in shown


def test_always_the_same_answer_stands_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three of four are a, on which no input bears: always a is right in 3/4, its entropy -3/4 log 3/4 - 1/4 log 1/4 = 0.5623."""
    table = tmp_path / "table.csv"
    table.write_text("same,kind\n" + "1,a\n1,a\n1,b\n1,a\n" * 5)
    assert main(["train", str(table), "--holdout", "0", "--epochs", "200"]) == 0
    shown = capsys.readouterr().out
    assert "│ loss  │     0.5623 │   0.5623 │" in shown.replace("0.5624", "0.5623")
    assert "15 of the 20 rows trained on are right; always a gets 15. So it has learned nothing of use" in " ".join(shown.split())
    assert "of no use: same" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hidden", "1000,1000"], r"1,005,001 parameters, and up to 10,000 can be served here; choose a smaller --hidden"),
        (["--target", "x3"], "there is no column 'x3'"),
        (["--lr", "1e6", "--optimizer", "sgd", "--activation", "relu"], "micrograd: training stopped in epoch "),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(
    arguments: list[str], message: str, moons: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", moons, "--loss", "bce", *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_work_beyond_the_limit_is_refused_at_once(
    moons: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train_command, "MOST_WORK", 60 * 65)  # (2 + 1) 16 + 17 parameters
    assert main(["train", moons, "--epochs", "1"]) == 0
    monkeypatch.setattr(train_command, "MOST_WORK", 60 * 65 - 1)
    assert main(["train", moons, "--epochs", "1"]) == 1
    assert "60 rows and 65 parameters are 3,900 to compute in every epoch, and up to 3,899" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "widths"),
    [("16", [16]), ("16,8", [16, 8]), ("16 8", [16, 8]), ("[16, 8]", [16, 8]), ("0", []), ("", []), ("[]", [])],
)
def test_widths_are_read_as_people_write_them(text: str, widths: list[int]) -> None:
    assert train_command.widths(text) == widths


@pytest.mark.parametrize(
    "option", [["--hidden", "1001"], ["--hidden", ","], ["--holdout", "1"], ["--batch-size", "0"], ["--loss", "x"]]
)
def test_a_bad_option_is_status_2(option: list[str], moons: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["train", moons, *option])


def test_names_from_a_table_do_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.csv"
    table.write_text("[red]x,k\x1b]0y\x07\n1,\x1b[31ma\n2,[/]b\n3,\x1b[31ma\n")
    assert main(["train", str(table), "--epochs", "1"]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\\x1b[31ma" in shown
    assert "[red]x" in shown


def test_a_table_may_come_through_a_pipe() -> None:
    done = run("train", "-", "--epochs", "1", "--hidden", "2", stdin=b"x,y\n1,2.5\n3,4\n5,6\n")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("3 rows, 1 input (x), target y\n")


@pytest.mark.parametrize(("batch_size", "rows"), [("8", 8), ("1000", 48)])
def test_training_gets_the_options(batch_size: str, rows: int, moons: str, monkeypatch: pytest.MonkeyPatch) -> None:
    got: dict[str, Any] = {}

    def fit(model: nn.MLP, *arguments: Any, **options: Any) -> History:
        got.update(options)
        return History([0.5])

    monkeypatch.setattr(train_command, "fit", fit)
    assert main(["train", moons, "--batch-size", batch_size, "--seed", "5", "--epochs", "7", "--eager"]) == 0
    assert got == {"epochs": 7, "batch_size": rows, "seed": 5, "eager": True}


def test_an_interrupt_keeps_what_was_learned(moons: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*arguments: Any, **options: Any) -> Any:
        return History([0.5], "interrupted")

    monkeypatch.setattr(train_command, "fit", interrupted)
    assert main(["train", moons, "-o", str(tmp_path / "run")]) == 130
    assert (tmp_path / "run" / "model.json").exists()
