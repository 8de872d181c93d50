"""The commands that read an expression: what they show, write and refuse."""

from pathlib import Path

import pytest

from micrograd.__main__ import main


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


@pytest.mark.parametrize("claim", ["x: 6", "x:6", "x=6", "x = 2*x"])
def test_a_claim_is_written_with_a_colon_or_an_equals_sign(claim: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown_by(capsys, "check", "x*x", "x=3", "--by-hand", claim)[0] == 0
    assert shown_by(capsys, "check", "x*x", "x=4", "--by-hand", claim)[0] == ("6" in claim)


@pytest.mark.parametrize("expression", ["-hypot(x, 2)", "-omega", "-x", "- x", "-(x)", "-2*x"])
def test_what_begins_with_a_minus_is_no_option(expression: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = "omega" if "omega" in expression else "x"
    assert shown_by(capsys, "step", expression, f"{name}=3")[0] == 0


def test_a_claim_without_a_name_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["check", "x", "x=1", "--by-hand", "2*x"])
    assert "needs 'NAME: FORMULA', such as 'w: x', got '2*x'" in capsys.readouterr().err


EXPRESSION = ["tanh(w*x + b)", "w=0.5", "x=2", "b=1"]


def test_step_goes_forward_and_backward(capsys: pytest.CaptureFixture[str]) -> None:
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
    assert ">0.1413<" in (tmp_path / "graph.svg").read_text()  # x (1 - tanh(2)^2) = 2 * 0.07065


def test_draw_has_the_themes_and_sizes_of_the_picture(tmp_path: Path) -> None:
    for name, options in (("normal.svg", []), ("large.svg", ["--theme", "dark", "--size", "LARGE"])):
        assert main(["draw", *EXPRESSION, "-o", str(tmp_path / name), *options]) == 0
    normal, large = ((tmp_path / name).read_text() for name in ("normal.svg", "large.svg"))
    assert ('class="graph auto"' in normal, 'class="graph dark"' in large) == (True, True)
    assert ('font-size="24"' in normal, 'font-size="24"' in large) == (False, True)


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
        (["gradient", "3"], "there is nothing to differentiate by in '3': it has no names"),
        (
            ["check", "x", "--by-hand", "x: 1", "x=1"],
            "x has no number: what stands after --by-hand is what you derived; write x=N",
        ),
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
