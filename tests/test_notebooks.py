"""The notebooks run afresh from top to bottom, and are committed as they run: executed, small, with two sentences at the end."""

import ast
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks import CLAIMS, FOLDER, LONG, NOTEBOOKS, SOLUTIONS, executed, read, with_claims

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("jupyterlab") is None, reason="no Jupyter: pip install -e '.[notebooks]'"
)

LARGEST = 2_000_000  # bytes of one file
# Long trainings, times and machine code are those of the machine: there, last digits and more may differ.
OF_THE_MACHINE = {*LONG, "23_from_graph_to_machine_code"}
MOST_LINES = 12  # of a cell of code
FEWEST_WORDS, MOST_WORDS = 600, 900  # of text: a formula is one
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
SENTENCE_ENDS = re.compile(r"[.!?](?=\s|$)")
LINK = re.compile(r"\]\(([^):#]+)\)")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def outputs(path: Path) -> list[Any]:
    return [output for cell in cells(path, "code") for output in cell["outputs"]]


def texts(outputs: list[Any]) -> list[str]:
    return ["".join(output.get("text", output.get("data", {}).get("text/plain", ""))) for output in outputs]


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.gallery if path.stem in LONG else ()) for path in NOTEBOOKS],
    ids=lambda path: path.stem,
)
def test_it_runs_and_says_what_it_says_where_it_is_committed(path: Path) -> None:
    run = executed(with_claims(read(path), path.stem))
    fresh = [output for cell in run.cells[:-1] if cell.cell_type == "code" for output in cell.outputs]
    if path.stem not in OF_THE_MACHINE:
        assert texts(fresh) == texts(outputs(path))


@each_notebook
def test_its_links_lead_to_files(path: Path) -> None:
    links = [link for cell in cells(path, "markdown") for link in LINK.findall("".join(cell["source"]))]
    assert links
    assert all((FOLDER / link).exists() for link in links)


@pytest.mark.gallery
@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_its_solutions_run(path: Path) -> None:
    executed(read(path))


@each_notebook
def test_its_claims_are_asserted(path: Path) -> None:
    claims = ast.parse((CLAIMS / f"{path.stem}.py").read_text(encoding="utf-8"))
    assert any(isinstance(statement, ast.Assert) for statement in ast.walk(claims))


@each_notebook
def test_its_last_cell_sums_up_in_two_sentences(path: Path) -> None:
    heading, summary, *_ = "".join(cells(path, "markdown")[-1]["source"]).split("\n\n")
    assert heading == "## In two sentences"
    assert len(SENTENCE_ENDS.findall(summary)) == 2


@each_notebook
def test_it_can_be_read_in_ten_minutes(path: Path) -> None:
    words = sum(len(FORMULA.sub("x", "".join(cell["source"])).split()) for cell in cells(path, "markdown"))
    assert FEWEST_WORDS <= words <= MOST_WORDS


@each_notebook
def test_it_is_committed_executed_in_one_run_from_the_top(path: Path) -> None:
    counts = [cell["execution_count"] for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))
    assert outputs(path)
    assert not any(output["output_type"] == "error" or output.get("name") == "stderr" for output in outputs(path))


@each_notebook
def test_its_cells_can_be_read_at_a_glance(path: Path) -> None:
    sources = ["".join(cell["source"]) for cell in cells(path, "code")]
    assert [source for source in sources if len(source.splitlines()) > MOST_LINES] == []


@each_notebook
def test_its_outputs_name_no_place_in_memory_or_on_disk(path: Path) -> None:
    assert not any(re.search(r" at 0x[0-9a-f]+>|/home/|/tmp/|/root/", text) for text in texts(outputs(path)))


@each_notebook
def test_it_is_small_enough_to_be_read_on_the_web(path: Path) -> None:
    assert path.stat().st_size < LARGEST


def test_a_player_leaves_a_still_picture_where_scripts_do_not_run() -> None:
    pages = ["".join(output.get("data", {}).get("text/html", "")) for path in NOTEBOOKS for output in outputs(path)]
    players = [page for page in pages if "<iframe" in page]
    assert players
    assert all('<img alt="' in page for page in players)
