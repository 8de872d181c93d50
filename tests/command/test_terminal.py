"""The command on any terminal: its width, its encoding, and where nobody reads or something interrupts."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from micrograd.__main__ import main
from micrograd.command import terminal
from tests.command.shell import COMMAND, environment, in_shell, run

CHECK = ["check", "tanh(w*x + b)", "w=-3", "x=2", "b=6.88", "--by-hand", "b: 1 - tanh(w*x + b)"]
posix = pytest.mark.skipif(os.name == "nt", reason="this is said in the words of a Unix shell, and by its signals")
COMMANDS = {"xor": ["xor", "--epochs", "3"], "check": CHECK, "gradient": ["gradient", "x**2*y", "x=3", "y=2"]}


# Widths


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_is_wider_than_the_terminal_and_no_cell_is_cut(
    command: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    main(COMMANDS[command])
    shown = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("training")]
    assert max(map(len, shown)) <= width
    assert not [line for line in shown if "…" in line]


@pytest.mark.parametrize(("columns", "width"), [("0", 80), ("1", 40), ("-5", 80), ("wide", 80), ("39", 40), ("100", 100)])
def test_a_width_that_cannot_be_is_none_and_a_small_one_is_made_larger(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((0, 0)))
    assert terminal.console().width == width


def test_a_table_loses_first_its_lines_and_then_its_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown(width: int) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        rows = [["alpha", "1234567890123"], ["b", "2"]]
        terminal.show_table(terminal.console(), "A title", ["a name of 25 characters..", "number"], rows, right=["number"])
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    assert shown(25 + 13 + 7)[2] == "┃ a name of 25 characters.. ┃        number ┃"
    assert shown(25 + 13 + 6) == [
        "A title",
        "a name of 25 characters..        number",
        "alpha                     1234567890123",
        "b                                     2",
    ]
    monkeypatch.setattr(terminal, "LEAST_WIDTH", 38)
    assert shown(38) == [
        "A title",
        "- a name of 25 characters.. alpha,",
        "number 1234567890123",
        "- a name of 25 characters.. b, number",
        "2",
    ]


def test_square_brackets_are_no_orders_to_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show_table(terminal.console(), "[red]title", ["[bold]"], [["[/]"]])
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("[red]title", "[bold]", "[/]"))


# Encodings


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437", "koi8-r", "utf-16"])
@pytest.mark.parametrize("command", [["xor"], ["step", "a*b", "a=2", "b=3"], CHECK], ids=["xor", "step", "check"])
def test_any_encoding_shows_what_it_can_and_never_fails(encoding: str, command: list[str]) -> None:
    done = run(*command, PYTHONIOENCODING=encoding)
    assert done.stderr == b""
    assert done.returncode == (command is CHECK)
    assert done.stdout.decode(encoding)


def test_ascii_has_a_word_or_a_sign_for_each_of_our_characters() -> None:
    shown = run("step", "a*b", "a=2", "b=3", PYTHONIOENCODING="ascii").stdout.decode("ascii")
    assert "dout/da += dout/dout * dout/da = 1 * 3 = 3  (1 of 1)" in shown
    shown = run("xor", PYTHONIOENCODING="ascii").stdout.decode("ascii")
    assert "+ All four rows are right" in shown
    assert "| x1 | x2 | x1 xor x2 |" in shown
    assert "?" not in shown
    assert " ****" in shown  # the loss curve


@posix
def test_the_posix_locale_is_enough() -> None:
    done = run("xor", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", PYTHONIOENCODING="")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("changes", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours_gets_none(changes: dict[str, str]) -> None:
    assert "\x1b[3" not in on_terminal("check", "x", "x=1", **changes)
    assert "\x1b[32mPASS" in on_terminal("check", "x", "x=1", TERM="xterm")


def on_terminal(*arguments: str, **changes: str) -> str:
    """What the command writes to a terminal."""
    pty = pytest.importorskip("pty", reason="terminals are opened in another way on Windows")
    ours, its = pty.openpty()
    with subprocess.Popen([*COMMAND, *arguments], stdout=its, stderr=its, env=environment(**changes)) as process:  # noqa: S603
        os.close(its)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # it has been closed
            pass
        process.wait()
    os.close(ours)
    return shown.decode()


@pytest.mark.parametrize(
    "arguments", [["step", "\x1b[31mx"], ["xor", "--optimizer", "\x1b]0;title\x07"], ["\x1b[2J"], ["step", "x", "\u202ex=1"]]
)
def test_no_control_character_comes_back(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        main(arguments)
    shown = capsys.readouterr().err
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []
    assert "\\x1b" in shown or "\\u202e" in shown


# Where nobody reads


@posix
def test_a_closed_pipe_is_quiet_and_has_the_status_of_other_tools() -> None:
    done = in_shell("$MICROGRAD xor --epochs 1 | true; echo ${PIPESTATUS[0]}")
    assert (done.stdout, done.stderr) == (b"141\n", b"")
    done = in_shell("$MICROGRAD --help | true; $MICROGRAD step x x=1 | head -1")
    assert (done.stdout, done.stderr) == (b"forward: every node from its parents\n", b"")


@posix
def test_a_closed_output_is_one_sentence() -> None:
    done = in_shell("$MICROGRAD step x x=1 >&-")
    assert done.returncode == 1
    assert done.stderr == b"micrograd: the standard output is closed; send it to a file or to /dev/null\n"
    assert in_shell("$MICROGRAD step x x=1 >&- 2>&-").returncode == 1
    assert in_shell("$MICROGRAD step x 2>&-").stdout == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["xor --epochs 1", "step x x=1", "--help", "--version"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_sentence(command: str, unbuffered: str) -> None:
    done = in_shell(f"$MICROGRAD {command} > /dev/full", PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert done.stderr == b"micrograd: can't write to the standard output: No space left on device\n"


# Where something interrupts


def test_an_interrupt_while_it_loads_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("micrograd.__main__.run", interrupted)
    assert main(["xor"]) == 130
    assert capsys.readouterr().err == "micrograd: interrupted\n"


@posix
@pytest.mark.parametrize(("options", "delay"), [(["--eager"], 0.3), (["--hidden", "300"], 0.05), (["--hidden", "300"], 1.0)])
def test_ctrl_c_in_training_is_quiet(options: list[str], delay: float) -> None:
    """From the moment at which it has shown the network: while it compiles, and while it trains for much longer than that."""
    command = [*COMMAND, "xor", "--activation", "linear", "--epochs", "1000000", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:  # noqa: S603
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        shown, complaint = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in complaint + shown
    assert complaint in (b"", b"micrograd: interrupted\n")
