"""The command `micrograd`: what it shows, writes, refuses, and answers to the shell."""

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
from micrograd.datasets import xor as xor_rows
from micrograd.nn import ACTIVATIONS, MLP
from micrograd.optim import OPTIMIZERS


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


@pytest.mark.parametrize("seed", range(30))
def test_xor_is_solved_from_any_seed_with_the_default_settings(seed: int) -> None:
    """30 of the 1000 seeds that `python -m tests.benchmarks xor-seeds` runs."""
    settings = xor.Settings(seed=seed)
    result = xor.train(xor.network(settings), settings)
    assert result.solved
    assert result.history.losses[-1] <= xor.TARGET_LOSS
    assert result.largest_difference < 1e-12
    assert max(abs(gradient.autodiff) for gradient in result.gradients) > 1e-6  # so the difference says something


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_solves_it(optimizer: str) -> None:
    settings = xor.Settings(optimizer=optimizer)
    assert xor.train(xor.network(settings), settings).solved


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_agree_with_the_delta_rule_for_every_activation(activation: str) -> None:
    settings = xor.Settings(activation=activation, hidden=3, epochs=20, learning_rate=0.05, seed=1)
    result = xor.train(xor.network(settings), settings)
    assert result.gradients_agree


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
    assert {path.name for path in folder.iterdir()} == {"history.csv", "model.json", "loss.svg", "graph.svg", "player.html"}
    with (folder / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    losses = [float(row["loss"]) for row in rows]
    assert [int(row["epoch"]) for row in rows] == list(range(1, len(rows) + 1))
    assert losses[-1] <= xor.TARGET_LOSS < losses[0]
    assert (folder / "loss.svg").read_text().count("<polyline") == 1
    graph = (folder / "graph.svg").read_text()
    assert all(name in graph for name in ("layer1", "neuron5", "loss", "∇ 1"))
    assert "<title>1 xor 0 = 1 in the trained network</title>" in (folder / "player.html").read_text()
    saved = json.loads((folder / "model.json").read_text())
    model = MLP(saved["inputs"], saved["widths"], saved["activation"])
    model.load_state_dict(saved["parameters"])
    assert [round(model(row).data) for row in xor_rows().inputs] == [0, 1, 1, 0]
    assert "history.csv" in capsys.readouterr().out


def test_the_row_that_is_drawn_leaves_the_models_gradients_alone() -> None:
    model = xor.network(xor.Settings())
    for parameter in model.parameters():
        parameter.grad = 7.0
    row = xor.one_row(model)
    assert {parameter.grad for parameter in model.parameters()} == {7.0}
    assert row.grad == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["xor", "--activation", "tan"], "choose from"),
        (["xor", "--optimizer", "lbfgs"], "choose from"),
        (["xor", "--hidden", "0"], "argument --hidden: needs a whole number from 1 upwards, got '0'"),
        (["xor", "--hidden", "2.5"], "argument --hidden: needs a whole number from 1 upwards, got '2.5'"),
        (["xor", "--epochs", "-1"], "argument --epochs: needs a whole number from 0 upwards, got '-1'"),
        (["xor", "--learning-rate", "fast"], "argument --learning-rate: needs a number above 0, such as 0.1, got 'fast'"),
        (["xor", "--learning-rate", "nan"], "argument --learning-rate: needs a number above 0, such as 0.1, got 'nan'"),
        (["xor", "--colour", "red"], "unrecognized arguments: --colour red"),
        (["or"], "invalid choice: 'or'"),
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
    assert re.match(r"micrograd: training stopped in epoch \d+: .*smaller learning rate\n$", error)


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


def test_a_narrow_terminal_cuts_no_number(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["xor"]) == 0
    assert "…" not in capsys.readouterr().out


def test_the_advice_fits_the_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xor", "--activation", "linear", "--epochs", "5"]) == 1
    assert "a linear network cannot learn exclusive or" in capsys.readouterr().out
    assert main(["xor", "--learning-rate", "3", "--epochs", "30"]) == 1
    shown = capsys.readouterr().out
    assert "try a smaller --learning-rate" in shown.replace("\n", " ")
    assert max(map(len, shown.splitlines())) <= 80


def test_an_encoding_without_our_characters_shows_others_in_their_place() -> None:
    command = [sys.executable, "-m", "micrograd", "xor"]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment, encoding="cp1252")  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "? All four rows are right" in done.stdout


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


# Checks and derivatives of an expression


def shown_by(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_check_compares_formulas_and_says_so_in_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    neuron = ["check", "tanh(w*x + b)", "w=0.5", "x=2", "b=1"]
    status, out, _ = shown_by(capsys, *neuron, "--by-hand", "w: (1 - tanh(w*x+b)**2)*x", "b: 1 - tanh(w*x+b)**2")
    assert status == 0
    assert out.startswith("3 of 3 gradients pass")
    status, out, _ = shown_by(capsys, *neuron, "--by-hand", "w: -(1 - tanh(w*x+b)**2)*x", "--by-hand", "x: 0.0353254")
    assert status == 1
    assert "w: sign" in out
    assert "x: right to" in out


def test_a_wide_terminal_has_hint_and_gap_in_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    _, out, _ = shown_by(capsys, "check", "x*x", "x=3", "--by-hand", "x: -6")
    assert "gap" in out
    assert "│ sign: the right size with the wrong sign │" in out


def test_gradient_prints_formulas_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = shown_by(capsys, "gradient", "x**2 * y", "x=3", "y=2")
    assert status == 0
    assert "x**2*y = 18" in out
    assert "│ d/dx       │ 2*x*y   │    12 │" in out


@pytest.mark.parametrize("command", ["check", "gradient", "step"])
def test_an_expression_may_begin_with_a_minus(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown_by(capsys, command, "-x**2", "x=3")[0] == 0


def test_a_claim_without_a_name_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["check", "x", "x=1", "--by-hand", "2*x"])
    assert "needs 'NAME: FORMULA', such as 'w: x', got '2*x'" in capsys.readouterr().err


# Pictures and steps of an expression


EXPRESSION = ["tanh(w*x + b)", "w=0.5", "x=2", "b=1"]


def test_step_prints_both_sweeps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", "a*b", "a=2", "b=-3"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "forward: every node from its parents",
        "  out = a*b = 2*-3 = -6",
        "backward: every gradient by the chain rule",
        "  dout/dout = 1",
        "  dout/da += dout/dout · ∂out/∂a = 1 · (-3) = -3  (1 of 1)",
        "  dout/db += dout/dout · ∂out/∂b = 1 · 2 = 2  (1 of 1)",
    ]


@pytest.mark.parametrize(("name", "magic"), [("g.svg", b"<?xml"), ("g.png", b"\x89PNG"), ("g.PDF", b"%PDF"), ("g.gv", b"//")])
def test_draw_writes_what_the_suffix_says(name: str, magic: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *EXPRESSION, "-o", str(tmp_path / name), "--direction", "TB"]) == 0
    assert (tmp_path / name).read_bytes().lstrip().startswith((magic, b"digraph"))
    assert capsys.readouterr().out == f"Wrote {tmp_path / name}.\n"


def test_draw_shows_the_gradients(tmp_path: Path) -> None:
    main(["draw", *EXPRESSION, "-o", str(tmp_path / "graph.svg")])
    assert "∇ 0.1413" in (tmp_path / "graph.svg").read_text()  # x (1 - tanh(2)^2) = 2 * 0.07065


def test_explore_writes_the_player(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", *EXPRESSION, "-o", str(tmp_path / "player.html")]) == 0
    assert "<title>tanh(w*x + b)</title>" in (tmp_path / "player.html").read_text()
    assert capsys.readouterr().out == f"Wrote {tmp_path / 'player.html'}: open it in a browser.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gradient", "x", "x=1", "x=2"], "x has two numbers; give it one"),
        (["gradient", "x**", "x=1"], "something is missing after this\n  x**\n    ^\n"),
        (["check", "5"], "there is nothing to check"),
        (["check", "x", "x=1", "--by-hand", "y: 1"], "by_hand names 'y', which no Value of the graph has as its label"),
        (["step", "tanh(w*x", "w=1"], "a ( is never closed; add )"),
        (["step", "w*x", "w=1"], "x has no number; write x=NUMBER\n  w*x\n    ^"),
        (["step", "w*cosine(w)", "w=1"], "there is no function cosine; write cos"),
        (["step", "w", "w=one"], "w needs a number, such as w=2, got 'one'"),
        (["step", "w", "w=1", "q=2"], "q is not in the expression 'w'; its names are w"),
        (["step", "1 + 1", "q=2"], "q is not in the expression '1 + 1'; it has no names"),
        (["step", "w", "1"], "'1' needs to be NAME=NUMBER, such as x=2"),
        (["step", "log(w)", "w=-1"], "log(w=-1.0) has no value: log needs a number above 0"),
        (["step", "__import__('os').system('true')"], "this is not part of an expression"),
        (["draw", "w", "w=1", "-o", "graph.doc"], "Graphviz writes no 'doc'; choose svg, png or pdf"),
        (["draw", "w", "w=1", "-o", "graph"], "a file name without a suffix does not say what to write"),
        (["draw", "w", "w=1", "-o", "nowhere/graph.svg"], "can't write nowhere/graph.svg: No such file or directory; choose"),
        (
            ["explore", "w", "w=1", "-o", "player.pdf"],
            "the player is a page, and 'player.pdf' does not end in .html; save it as player.html",
        ),
    ],
)
def test_what_is_wrong_with_an_expression_is_one_sentence_and_no_file(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith(f"micrograd: {message}")
    assert shown.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["draw", "step", "explore", "check", "gradient"])
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert f'micrograd {command} "tanh(w*x + b)" w=0.5 x=2 b=1' in capsys.readouterr().out
