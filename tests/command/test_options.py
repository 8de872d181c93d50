"""Options as people guess them, and one sentence where a guess is wrong."""

import argparse
from pathlib import Path

import pytest

import micrograd
from micrograd.__main__ import main
from micrograd.command import xor_report
from micrograd.command.options import MOST_EPOCHS, MOST_WIDTH, activation, optimizer
from micrograd.display.characters import printable_lines
from micrograd.nn import ACTIVATIONS, MLP

COMMANDS = ["draw", "step", "explore", "check", "gradient", "xor", "train", "lab"]


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"micrograd {micrograd.__version__}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [[], *[[name] for name in COMMANDS]], ids=["micrograd", *COMMANDS])
def test_every_help_has_an_example_and_fits_80_columns(
    command: list[str], option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match="0"):
        main([*command, option])
    shown = capsys.readouterr().out
    assert "example" in shown
    assert f"\n  micrograd {' '.join(command)}" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("names", [["Adam", "ReLU"], ["ADAM", "RELU"], ["adam", "relu"]])
def test_names_are_known_in_any_case_and_the_rate_by_both_names(names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    def shown(rate: str, optimizer: str, activation: str) -> str:
        main(["xor", "--epochs", "5", "--optimizer", optimizer, "--activation", activation, rate, "0.1"])
        return capsys.readouterr().out.partition("The truth table")[2]

    assert shown("--lr", *names) == shown("--learning-rate", "adam", "relu") != shown("--lr", "sgd", "tanh")


@pytest.mark.parametrize(
    ("text", "name"), [("LeakyReLU", "leaky_relu"), ("leaky-relu", "leaky_relu"), ("Leaky ReLU", "leaky_relu"), ("GELU", "gelu")]
)
def test_an_activation_is_known_as_pytorch_writes_it(text: str, name: str) -> None:
    assert activation(text) == name
    assert MLP(1, [1, 1], activation=text).activation is ACTIVATIONS[name]
    assert optimizer("AdaGrad") == "adagrad"
    assert optimizer("RMSprop") == "rmsprop"


def test_a_slip_is_answered_with_what_was_meant() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"there is no optimizer 'adma'; did you mean adam\? choose from sgd"):
        optimizer("adma")
    with pytest.raises(argparse.ArgumentTypeError, match="there is no activation 'x'; choose from linear, relu"):
        activation("x")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["step", "--foo", "x", "x=1"], "there is no option --foo; step takes only --help (micrograd step --help tells more)"),
        (
            ["step", "x", "--foo=3", "x=1"],
            "there is no option --foo=3; step takes only --help (micrograd step --help tells more)",
        ),
        (["--bar"], "there is no option --bar; micrograd takes only --help, --version (micrograd --help tells more)"),
        (["xor", "--epoch", "3"], "there is no option --epoch; did you mean --epochs? (micrograd xor --help tells more)"),
        (["xor", "5"], "'5' is one argument too many (micrograd xor --help tells more)"),
        (["step"], "the following arguments are required: EXPRESSION"),
        (["tarin", "x"], "there is no command 'tarin'; did you mean train? choose from draw, step, explore, check, gradient"),
        (["xor", "--hidden", f"{MOST_WIDTH + 1}"], "--hidden: needs a whole number from 1 to 1,000, got '1001'"),
        (["xor", "--epochs", f"{MOST_EPOCHS + 1}"], "--epochs: needs a whole number from 0 to 1,000,000, got '1000001'"),
        (["xor", "--seed", "1.5"], "--seed: needs a whole number, got '1.5'"),
        (["xor", "--seed", "9" * 5000], "--seed: needs a whole number, got '9999999999999999999999999999999999999...'"),
        (["xor", "--output", ""], "-o/--output: needs a name, got ''"),
        (["draw", "x", "x=1", "-o", " "], "-o/--output: needs a name, got ' '"),
        (["draw", "x", "x=1", "-o", "a.svg", "--direction", "up"], "--direction: there is no direction 'up'; choose from LR, TB"),
        (
            ["draw", "x", "x=1", "-o", "a.svg", "--theme", "pink"],
            "--theme: there is no theme 'pink'; choose from auto, ",
        ),
        (["draw", "x", "x=1", "-o", "a.svg", "--size", "huge"], "--size: there is no size 'huge'; choose from normal, large"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    shown = capsys.readouterr()
    assert shown.err.startswith(f"micrograd: {sentence}")
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not list(tmp_path.iterdir())


def test_numbers_may_stand_after_the_options(tmp_path: Path) -> None:
    assert main(["draw", "x*y", "-o", str(tmp_path / "a.svg"), "x=1", "y=2"]) == 0
    assert main(["Draw", "x*y", "x=1", "--direction", "tb", "--output", str(tmp_path / "b.svg"), "y=2"]) == 0
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(("text", "shown"), [("a\tb\x1b\x00", "a\\tb\\x1b\\x00"), ("é∂\n", "é∂\n"), ("\u202e", "\\u202e")])
def test_a_character_that_could_steer_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert printable_lines(text) == shown


def test_of_many_gradients_those_that_differ_most_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(xor_report, "MOST_SHOWN", 3)
    main(["xor", "--epochs", "2"])
    shown = capsys.readouterr().out
    assert "The gradient of the loss at the last weights: the 3 of 17 that differ most" in shown
    assert shown.count("│ layer1.neuron") + shown.count("│ layer2.neuron") == 3
