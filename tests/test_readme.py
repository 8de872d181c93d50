"""The README and the pages beside it say what is so: their examples, commands, lines, pictures, tables and lists."""

import ast
import re
import shlex
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import micrograd
from micrograd import GradientReport, datasets, engine, nn, ops
from micrograd.__main__ import main
from micrograd.examination import bugs
from tests import hero, pictures, readme
from tests.benchmarks.peers import karpathy_engine, karpathy_nn
from tests.conftest import playwright
from tests.test_imports import FLOOR, PACKAGE

ROOT = readme.ROOT
COMPARED = readme.table("code", "micrograd 0.1.0", "here", path=readme.COMING_FROM)
TRANSLATED = readme.table("PyTorch", "here", path=readme.COMING_FROM)


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    return readme.namespace()


@pytest.fixture(scope="module")
def examples_in_chinese() -> dict[str, Any]:
    return readme.namespace(readme.CHINESE)


@pytest.fixture
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def table_of_your_own(in_empty_folder: None) -> None:
    rows = [f"{x},{y},{kind}" for (x, y), kind in zip(*datasets.moons(30), strict=True)]
    Path("table.csv").write_text("\n".join(rows), encoding="utf-8")


# Commands


def test_its_first_command_runs_xor_and_its_second_passes_the_tests() -> None:
    first, second = readme.block_lines("sh")
    assert [line.rpartition("&& .venv/bin/")[2] for line in (first, second)] == ["micrograd xor", "python -m pytest"]


@pytest.mark.usefixtures("table_of_your_own")
@pytest.mark.parametrize("line", readme.block_lines("console"))
def test_a_line_for_the_shell_runs(line: str) -> None:
    prompt, command, *arguments = shlex.split(line)
    assert (prompt, command) == ("$", "micrograd")
    assert main(arguments) == 0


def test_on_windows_the_first_command_is_the_same() -> None:
    first, _ = readme.block_lines("sh")
    [line] = readme.block_lines("powershell")
    assert line == first.replace("python3", "py").replace(".venv/bin/", ".venv\\Scripts\\").replace(" && ", "; ")


# Examples: as the two fixtures run them, each prints what stands below it


def test_the_examples_end_in_the_networks_that_they_promise(
    examples: dict[str, Any], examples_in_chinese: dict[str, Any]
) -> None:
    assert examples["predictions"] == examples["targets"]
    assert len(examples_in_chinese["W1"]) == 3
    assert len(readme.examples()) > 6
    assert len(readme.examples(readme.CHINESE)) > 6


def test_a_loop_in_an_example_ends_in_a_blank_line_so_that_every_python_takes_it_pasted() -> None:
    for path in (readme.PATH, readme.CHINESE):
        for code, _ in readme.examples(path):
            lines = code.splitlines()
            blocks = [above for above, below in pairwise(lines) if above.startswith("    ") and below[:1].isalpha()]
            assert [line for line in blocks if not line.endswith(",")] == [], code


# Lines of code


@pytest.fixture
def with_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session in which a page opens, as far as anyone can see."""
    monkeypatch.setattr("webbrowser.open", lambda address: True)


@pytest.mark.usefixtures("in_empty_folder", "with_a_browser")
def test_the_lines_for_wishes_run_one_after_the_other_after_the_examples(examples: dict[str, Any]) -> None:
    names = dict(examples)
    lines = [(wish, line) for wish, cell in readme.table("to", "write") for line in readme.code_in(cell)]
    assert len(lines) > 40
    for wish, line in lines:
        try:
            exec(line, names)  # noqa: S102 - it is the README's
        except Exception as error:
            error.add_note(f"to {wish}: {line}")
            raise


def test_the_table_of_the_check_is_what_it_reports(examples: dict[str, Any]) -> None:
    shown = readme.table("input", "autodiff", "by hand", "verdict", "hint")
    text = [[cell.strip() for cell in line.split("│")[1:-1]] for line in str(examples["report"]).splitlines() if "│" in line]
    assert shown == [[*row[:3], *row[5:]] for row in text]  # all but what was measured, and the gap


def test_the_printed_matrices_are_those_of_the_example(examples: dict[str, Any]) -> None:
    assert readme.block_lines("text", readme.DESIGN) == str(examples["folded"]).splitlines()


def test_the_mistake_that_is_quoted_is_one_that_examine_names() -> None:
    quoted = re.search(r"\*a \+ a: ([^*]+)\*", readme.text())
    assert quoted is not None
    assert " ".join(quoted[1].split()) in {bug.name for bug in vars(bugs).values() if isinstance(bug, bugs.Bug)}


def test_the_changelog_knows_the_version() -> None:
    assert f"\n## [{micrograd.__version__}] - " in readme.text(readme.CHANGELOG)


# What differs from karpathy/micrograd


@pytest.fixture(scope="module")
def old() -> dict[str, Any]:
    """`Value` and `MLP` of micrograd 0.1.0."""
    try:
        old_engine = karpathy_engine()
    except SystemExit as refusal:
        pytest.skip(str(refusal))
    return {"Value": old_engine.Value, "MLP": karpathy_nn(old_engine).MLP}


def outcome(code: str, names: dict[str, Any]) -> str:
    """What the last expression gives, or the name of the error, after `x = Value(3.0)`."""
    space = {**names, "x": names["Value"](3.0)}
    *statements, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    try:
        exec(compile(ast.Module(statements, []), code, "exec"), space)  # noqa: S102 - it is the README's
        return repr(eval(compile(ast.Expression(last.value), code, "eval"), space))  # noqa: S307 - likewise
    except (AssertionError, AttributeError, RecursionError, TypeError, ValueError) as error:
        return type(error).__name__


@pytest.mark.parametrize("row", COMPARED, ids=[row[0] for row in COMPARED])
def test_code_gives_there_and_here_what_the_table_says(row: list[str], old: dict[str, Any]) -> None:
    [code], [there], [here] = map(readme.code_in, row)
    assert outcome(code, old) == there
    assert outcome(code, {"Value": engine.Value, "MLP": nn.MLP}) == here
    assert there != here


def number_of(code: str, names: dict[str, Any]) -> float | None:
    """The number that the code ends in, whatever holds it; None if it ends in none."""
    *statements, last = ast.parse(code).body
    exec(compile(ast.Module(statements, []), "<README>", "exec"), names)  # noqa: S102 - it is the README's
    if not isinstance(last, ast.Expr):
        exec(compile(ast.Module([last], []), "<README>", "exec"), names)  # noqa: S102
        return None
    result = eval(compile(ast.Expression(last.value), "<README>", "eval"), names)  # noqa: S307
    if isinstance(result, (bool, GradientReport)):
        return float(bool(result))
    return result.item() if hasattr(result, "item") else result if isinstance(result, float) else None


def test_the_right_hand_side_of_the_table_for_pytorch_runs() -> None:
    assert len(run_through([right for _, right in TRANSLATED], "from micrograd import *")) == len(TRANSLATED)


def test_both_sides_of_the_table_for_pytorch_give_the_same() -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    there = run_through([left for left, _ in TRANSLATED], "import torch; torch.set_default_dtype(torch.float64)")
    here = run_through([right for _, right in TRANSLATED], "from micrograd import *")
    assert there == [pytest.approx(number) for number in here]
    assert sum(number is not None for number in here) >= 10


def run_through(cells: list[str], first: str) -> list[float | None]:
    """What the cells give one after the other; code of one cell that is joined by "or" gives the same."""
    names: dict[str, Any] = {}
    exec(first, names)  # noqa: S102
    numbers = []
    for cell in cells:
        number, *others = [number_of(code, names) for code in readme.code_in(cell)]
        assert others == [number] * len(others)
        numbers.append(number)
    return numbers


def test_what_the_list_below_that_table_says_of_there(old: dict[str, Any]) -> None:
    neuron = old["MLP"](2, [1]).layers[0].neurons[0]
    assert [type(part) for part in (*neuron.w, neuron.b)] == [old["Value"]] * 3
    assert all(-1.0 <= weight.data <= 1.0 for weight in neuron.w)
    assert isinstance(old["MLP"](2, [1])([3.0]), old["Value"])  # the second weight is left out
    assert callable(old["Value"](1.0)._backward)
    assert old["Value"](1.0) != old["Value"](1.0)


def test_what_the_list_below_that_table_says_of_here() -> None:
    x = engine.Value(3.0)
    neuron = nn.MLP(2, [1]).layers[0].neurons[0]
    assert neuron([1.0, 2.0]).parents[0].op is ops.dot
    assert [len(neuron.weights), neuron.bias.data] == [2, 0.0]
    assert not hasattr(x, "_backward")
    assert engine.Value(1.0) != engine.Value(1.0)
    with pytest.raises(ValueError, match=r"layer1 needs 2 number\(s\), got 1"):
        nn.MLP(2, [1])([3.0])


# Lists of files


def test_the_map_shows_every_room_once_and_in_the_order_of_its_floor() -> None:
    rows = [readme.code_in(cell) for cell, _ in readme.table("where", "what is there", path=readme.CONTRIBUTING)]
    rooms = [name.removesuffix("/").removesuffix(".py") for names in rows for name in names]
    assert Counter(rooms) == Counter(FLOOR.keys() - {"__init__"})
    assert all((PACKAGE / name).is_dir() == name.endswith("/") for names in rows for name in names)
    floors = [FLOOR[room] for room in rooms]
    assert floors == sorted(floors)


def test_every_notebook_is_listed_with_its_own_question() -> None:
    assert readme.section(readme.text(), "notebooks") == readme.notebook_table(), "write it anew: python -m tests.readme"


def test_every_file_that_a_page_shows_or_names_is_there() -> None:
    found = []
    for path in readme.PAGES:
        page = readme.text(path)
        links = re.findall(r'(?:src|srcset)="([^"]+)"', page) + re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page)
        found += [path.parent / link for link in links]
        found += [ROOT / name for name in re.findall(r"`((?:tests|micrograd|notebooks|\.ci)/[\w/.]*)`", page)]
    assert len(found) > 40
    assert [str(name) for name in found if not name.exists()] == []


# Pictures


def texts_and_colours(svg: str) -> tuple[list[str], set[str]]:
    """What an SVG says and in which colours; where it says it depends on the version of Graphviz."""
    elements = list(ElementTree.fromstring(svg).iter())  # noqa: S314 - it is our own
    texts = ["".join(element.itertext()) for element in elements if element.tag.endswith("}text")]
    return texts, set(re.findall(r"#\w{6}", svg))


@pytest.mark.parametrize("scheme", pictures.SCHEMES)
def test_the_picture_of_the_graph_is_what_draw_draws(scheme: str, examples: dict[str, Any]) -> None:
    committed = (pictures.FOLDER / f"graph-{scheme}.svg").read_text(encoding="utf-8")
    assert texts_and_colours(committed) == texts_and_colours(pictures.graph(examples["out"], scheme))


def test_the_pictures_of_pages_show_what_they_show(examples: dict[str, Any]) -> None:
    playwright()
    for name, words, png in pictures.photographed(pictures.page_photos(examples)):
        committed = (pictures.FOLDER / f"{name}.png").read_bytes()
        assert pictures.description(committed) == words, "make the pictures anew: python -m tests.pictures"
        assert committed[:24] == png[:24]  # the size too


@pytest.mark.parametrize("scheme", pictures.SCHEMES)
def test_the_moving_picture_is_the_training_that_the_examples_begin(scheme: str, examples: dict[str, Any]) -> None:
    moving, still = (pictures.FOLDER / f"{name}-{scheme}.webp" for name in ("hero", "hero-still"))
    losses = hero.losses_in(moving)
    assert losses == hero.losses_in(still)
    assert len(losses) == 1 + hero.EPOCHS * (hero.FRAMES - 1)
    assert f"in {len(losses) - 1} rounds of training" in readme.text()
    python = {int(epochs): loss for epochs, loss in examples["laboratory"].payload["python"].items()}
    assert {epochs: losses[epochs] for epochs in (1, 10, 100)} == {
        epochs: pytest.approx(python[epochs]) for epochs in (1, 10, 100)
    }
    with Image.open(moving) as picture:
        assert (picture.size, getattr(picture, "n_frames", 1)) == (hero.SIZE, hero.FRAMES)
    assert moving.stat().st_size < hero.MOST_BYTES


def test_the_words_for_the_picture_of_the_player_are_those_in_it() -> None:
    words = pictures.description((pictures.FOLDER / "player-light.png").read_bytes()).splitlines()
    alternative = re.search(r'alt="The player at step (\d+) of (\d+): ([^"]+)" src="[^"]*player-light', readme.text())
    assert alternative is not None
    step, last, formula = alternative.groups()
    assert {f"{step} / {last}", formula} <= set(words)


def test_a_description_is_read_from_a_picture_as_it_was_put_there() -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82"
    assert pictures.description(pictures.with_description(png, "∂f/∂w\n−8")) == "∂f/∂w\n−8"
    with pytest.raises(ValueError, match=r"has no description; make it with python -m tests\.pictures"):
        pictures.description(png)


# Sections that a program writes


@pytest.fixture
def page() -> Callable[[str], str]:
    return "before\n<!-- speed: written by me -->\n{}\n<!-- end of speed -->\nafter".format


def test_a_section_is_replaced_and_the_rest_of_the_page_is_not(page: Callable[[str], str]) -> None:
    assert readme.with_section(page("old"), "speed", r"new \1") == page("\nnew \\1\n")
    assert readme.with_section(page("\nnew\n"), "speed", "new") == page("\nnew\n")
    assert readme.section(page("\nnew\n"), "speed") == "new"


def test_a_page_without_the_section_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no lines <!-- speed: \.\.\. --> and <!-- end of speed --> to write between"):
        readme.with_section("before", "speed", "new")


def test_the_table_of_speed_has_every_runner_the_machine_and_the_date() -> None:
    from tests.benchmarks.readme import COMPILED, ENGINES

    rows = readme.table("who", "one step", "times as fast", path=readme.DESIGN)
    patterns = [re.escape(runner.name).replace(r"\{\}", r"[\d.]+") for runner in (*ENGINES, *COMPILED)]
    assert all(sum(bool(re.fullmatch(pattern, row[0])) for row in rows) == 1 for pattern in patterns)
    assert len(rows) == len(patterns)
    times = [float(row[1].removesuffix(" ms").replace(",", "")) for row in rows]
    assert times == sorted(times, reverse=True)
    assert re.search(r"\n\n.+, \d+ cores, Python [\d.]+; \d{4}-\d\d-\d\d\.\n\n<!-- end of speed -->", readme.text(readme.DESIGN))


def test_the_one_number_is_that_of_the_table() -> None:
    from tests.benchmarks.readme import MACHINE_CODE, SLOWEST

    rows = {name: (time, factor) for name, time, factor in readme.table("who", "one step", "times as fast", path=readme.DESIGN)}
    time, factor = rows[MACHINE_CODE]
    [jax] = [time for name, (time, _) in rows.items() if "the whole loop compiled" in name]
    words = readme.section(readme.text(), "one number")
    assert f"takes {time}: {factor} times as fast as in {SLOWEST}, " in words
    [than_jax] = re.findall(r"and ([\d.]+) times as fast as in JAX", words)
    assert float(than_jax) == pytest.approx(float(jax.split()[0]) / float(time.split()[0]), rel=0.1)  # of rounded numbers


def test_the_table_of_larger_networks_has_the_times_of_those_who_can_bear_them() -> None:
    from tests.benchmarks.readme import COMPILED, ENGINES, LARGE

    rows = readme.table("who", *LARGE, path=readme.DESIGN)
    for column, task in enumerate(LARGE, start=1):
        able = [re.escape(runner.name).replace(r"\{\}", r"[\d.]+") for runner in (*ENGINES, *COMPILED) if task in runner.steps]
        timed = [row[0] for row in rows if len(row) > column and row[column].endswith(" ms")]
        assert len(timed) == len(able)
        assert all(any(re.fullmatch(pattern, name) for name in timed) for pattern in able)
