"""The command `micrograd xor`: what it shows, writes, refuses, and answers to the shell."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from micrograd import xor
from micrograd.__main__ import main
from micrograd.checks.by_hand import delta_rule
from micrograd.command.training_report import row_graph
from micrograd.datasets import xor as xor_rows
from micrograd.losses import half_mean_squared_error
from micrograd.nn import ACTIVATIONS, MLP
from micrograd.optim import OPTIMIZERS
from micrograd.training import History


def test_it_shows_network_progress_loss_truth_table_and_gradients_in_this_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xor"]) == 0
    shown = capsys.readouterr().out
    marks = [
        "The network: MLP(2, [4, 1], activation='tanh')",
        "training",
        "The loss",
        "The truth table",
        "The gradient of the loss",
        "Largest difference",
        "All four rows are right, and the gradients agree",
    ]
    places = [shown.index(mark) for mark in marks]
    assert places == sorted(places)
    assert shown.count("right │") == 4
    assert all(label in shown for label in MLP(2, [4, 1]).state_dict())


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "micrograd", "xor", "--seed", "3"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment, encoding="utf-8")  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "All four rows are right" in done.stdout


def test_one_linear_neuron_cannot_learn_it_and_the_status_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xor", "--activation", "linear", "--epochs", "300"]) == 1
    assert re.search(r"[012] of 4 rows are right", capsys.readouterr().out)


def test_without_training_the_table_is_wrong_and_the_gradients_agree_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xor", "--epochs", "0"]) == 1
    shown = capsys.readouterr().out
    assert "0 epochs" in shown
    assert "The gradients differ" not in shown


def test_a_gradient_that_differs_is_reported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def bent(*arguments: object) -> dict[str, float]:
        gradients = delta_rule(*arguments)  # type: ignore[arg-type]
        return gradients | {"layer1.neuron2.w1": gradients["layer1.neuron2.w1"] + 1e-9}

    monkeypatch.setattr(xor, "delta_rule", bent)
    assert main(["xor"]) == 1
    shown = capsys.readouterr().out
    assert "Largest difference between the two gradients: 1.0e-09" in shown
    assert "The gradients differ" in shown


def test_output_writes_the_history_and_a_model_that_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "run"
    assert main(["xor", "--hidden", "5", "--output", str(folder)]) == 0
    names = {"history.csv", "model.json", "loss.svg", "graph.svg", "player.html", "lab.html"}
    assert {path.name for path in folder.iterdir()} == names
    with (folder / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    losses = [float(row["loss"]) for row in rows]
    assert [int(row["epoch"]) for row in rows] == list(range(1, len(rows) + 1))
    assert losses[-1] <= xor.TARGET_LOSS < losses[0]
    assert (folder / "loss.svg").read_text().count("<polyline") == 1
    graph = (folder / "graph.svg").read_text()
    assert all(name in graph for name in ("layer1", "neuron5", "loss", ">∇<", ">1<"))
    assert "<title>1 xor 0 = 1 in the trained network</title>" in (folder / "player.html").read_text()
    assert '"name":"after training"' in (folder / "lab.html").read_text()
    saved = json.loads((folder / "model.json").read_text())
    model = MLP(saved["inputs"], saved["widths"], saved["activation"])
    model.load_state_dict(saved["parameters"])
    assert [round(model(row).data) for row in xor_rows().inputs] == [0, 1, 1, 0]
    shown = capsys.readouterr().out
    assert "history.csv" in shown
    exec(shown.partition("To use the network again:\n\n")[2], {})  # noqa: S102 - it is what we printed
    assert float(capsys.readouterr().out) == model([1.0, 0.0]).data


def test_the_row_that_is_drawn_leaves_the_models_gradients_alone() -> None:
    model = xor.network(xor.Settings())
    for parameter in model.parameters():
        parameter.grad = 7.0
    row = row_graph(model, half_mean_squared_error, [1.0, 0.0], 1.0)
    assert {parameter.grad for parameter in model.parameters()} == {7.0}
    assert row.grad == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["xor", "--activation", "tan"], "choose from"),
        (["xor", "--optimizer", "lbfgs"], "choose from"),
        (["xor", "--hidden", "0"], "--hidden: needs a whole number from 1 to 1,000, got '0'"),
        (["xor", "--hidden", "2.5"], "--hidden: needs a whole number from 1 to 1,000, got '2.5'"),
        (["xor", "--epochs", "-1"], "--epochs: needs a whole number from 0 to 1,000,000, got '-1'"),
        (["xor", "--learning-rate", "fast"], "--learning-rate/--lr: needs a number above 0, such as 0.1, got 'fast'"),
        (["xor", "--learning-rate", "nan"], "--learning-rate/--lr: needs a number above 0, such as 0.1, got 'nan'"),
        (["xor", "--colour", "red"], "there is no option --colour; xor takes only --help, --hidden"),
        (["or"], "there is no command 'or'; did you mean xor?"),
    ],
)
def test_a_bad_option_is_one_sentence_and_status_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(("option", "names"), [("--activation", ACTIVATIONS), ("--optimizer", OPTIMIZERS)])
def test_an_unknown_name_lists_those_that_exist(
    option: str, names: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["xor", option, "unknown"])
    error = capsys.readouterr().err
    assert all(name in error for name in names)


def test_a_diverging_run_is_one_sentence_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xor", "--activation", "relu", "--learning-rate", "100"]) == 1
    error = capsys.readouterr().err
    assert re.match(r"micrograd: training stopped in epoch \d+: .*; try a smaller --lr than 100\n$", error)


def test_an_output_that_is_a_file_is_refused_before_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("keep me")
    for place in (file, file / "below"):
        assert main(["xor", "--output", str(place)]) == 1
        captured = capsys.readouterr()
        assert captured.err.startswith(f"micrograd: can't write to the folder {place}: ")
        assert "training" not in captured.out
    assert file.read_text() == "keep me"


@pytest.mark.parametrize("arguments", [["--help"], ["xor", "--help"]])
def test_help_is_good_reading(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(arguments)
    shown = capsys.readouterr().out
    assert "xor" in shown
    if arguments[0] == "xor":
        for word in ["--hidden", "--activation", "--optimizer", "--learning-rate", "--epochs", "--seed", "--output", "examples:"]:
            assert word in shown
        assert all(name in shown for name in [*ACTIVATIONS, *OPTIMIZERS])


def test_without_a_command_it_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "train a network on exclusive or" in capsys.readouterr().out


def test_the_advice_fits_the_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xor", "--activation", "linear", "--epochs", "5"]) == 1
    assert "a linear network cannot learn exclusive or" in capsys.readouterr().out
    assert main(["xor", "--learning-rate", "3", "--epochs", "30"]) == 1
    shown = capsys.readouterr().out
    assert "try a smaller --learning-rate" in shown.replace("\n", " ")
    assert max(map(len, shown.splitlines())) <= 80


def test_an_interrupted_run_is_told_no_other_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(xor, "fit", lambda *arguments, **options: History([0.5], "interrupted"))
    assert main(["xor"]) == 130
    assert re.search(r"\d of 4 rows are right; training was interrupted\.\n", capsys.readouterr().out)


def test_an_interrupt_before_training_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(settings: xor.Settings) -> MLP:
        raise KeyboardInterrupt

    monkeypatch.setattr(xor, "network", interrupted)
    assert main(["xor"]) == 130
    assert capsys.readouterr().err == "micrograd: interrupted\n"


def test_a_folder_in_the_place_of_a_file_leaves_no_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "history.csv").mkdir()
    assert main(["xor", "--epochs", "1", "--output", str(tmp_path)]) == 1
    assert f"can't write {tmp_path / 'history.csv'}: Is a directory" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["history.csv"]
