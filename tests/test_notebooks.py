"""The notebooks run afresh from top to bottom, and are committed as they run: executed, small, with two sentences at the end.

A paragraph `**Predict.** ...?` asks before a cell whose output answers; each exercise of `## Try it` has its solution in another
notebook, of the same name, in `notebooks/solutions`.
"""

import ast
import importlib.util
import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks import CLAIMS, FOLDER, NOTEBOOKS, QUICKEST, SOLUTIONS, THE_SAME_EVERYWHERE, executed, read, with_claims

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("jupyterlab") is None, reason="no Jupyter: pip install -e '.[notebooks]'"
)

LARGEST = 2_000_000  # bytes of one file
MOST_LINES = 12  # of a cell of code
FEWEST_WORDS, MOST_WORDS = 600, 900  # of text: a formula is one
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
SENTENCE_ENDS = re.compile(r"[.!?](?=\s|$)")
LINK = re.compile(r"\]\(([^):#]+)\)")
PREDICTION = re.compile(r"\*\*Predict\.\*\* [^?]*\?.*", re.DOTALL)
FEWEST_PREDICTIONS = 2
EXERCISES = "## Try it\n"
EXERCISE = re.compile(r"^(\d+)\. ", re.MULTILINE)
SOLUTION = re.compile(r"^## (\d+)\b", re.MULTILINE)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_notebook_and_solution = pytest.mark.parametrize(
    "path", NOTEBOOKS + SOLUTIONS, ids=lambda path: path.relative_to(FOLDER).with_suffix("").as_posix()
)


@cache
def all_cells(path: Path) -> list[Any]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in all_cells(path) if cell["cell_type"] == kind]


def source(cell: Any) -> str:
    return "".join(cell["source"])


def outputs(path: Path) -> list[Any]:
    return [output for cell in cells(path, "code") for output in cell["outputs"]]


def texts(outputs: list[Any]) -> list[str]:
    return ["".join(output.get("text", output.get("data", {}).get("text/plain", ""))) for output in outputs]


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=() if path.stem == QUICKEST else pytest.mark.gallery) for path in NOTEBOOKS],
    ids=lambda path: path.stem,
)
def test_it_runs_and_says_what_it_says_where_it_is_committed(path: Path) -> None:
    run = executed(with_claims(read(path), path.stem))
    fresh = [output for cell in run.cells[:-1] if cell.cell_type == "code" for output in cell.outputs]
    if path.stem in THE_SAME_EVERYWHERE:
        assert texts(fresh) == texts(outputs(path))


@pytest.mark.gallery
@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_its_solutions_run(path: Path) -> None:
    executed(with_claims(read(path), f"solutions/{path.stem}"))


@each_notebook_and_solution
def test_its_links_lead_to_files(path: Path) -> None:
    links = [link for cell in cells(path, "markdown") for link in LINK.findall(source(cell))]
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


@each_notebook
def test_its_claims_are_asserted(path: Path) -> None:
    claims = ast.parse((CLAIMS / f"{path.stem}.py").read_text(encoding="utf-8"))
    assert any(isinstance(statement, ast.Assert) for statement in ast.walk(claims))


def test_every_file_of_claims_has_the_notebook_behind_which_it_runs() -> None:
    claims = [path.relative_to(CLAIMS).with_suffix(".ipynb") for path in CLAIMS.rglob("*.py")]
    assert [path for path in claims if not (FOLDER / path).exists()] == []


@each_notebook
def test_it_asks_before_it_shows(path: Path) -> None:
    asked = 0
    for cell, answer in pairwise(all_cells(path)):
        *before, last = source(cell).split("\n\n")
        assert not any(paragraph.startswith("**Predict.") for paragraph in before)
        if cell["cell_type"] == "markdown" and last.startswith("**Predict."):
            assert PREDICTION.fullmatch(last), last
            assert answer.get("outputs"), f"no output answers: {last}"
            asked += 1
    assert asked >= FEWEST_PREDICTIONS


@each_notebook
def test_each_of_its_exercises_has_a_solution(path: Path) -> None:
    exercises = next(text for text in map(source, cells(path, "markdown")) if EXERCISES in text)
    solutions = [source(cell) for cell in cells(FOLDER / "solutions" / path.name, "markdown")]
    assert EXERCISE.findall(exercises.partition(EXERCISES)[2]) == SOLUTION.findall("\n".join(solutions)) != []
    assert f"solutions/{path.name}" in LINK.findall(exercises)
    assert f"../{path.name}" in LINK.findall(solutions[0])


@each_notebook
def test_its_last_cell_sums_up_in_two_sentences(path: Path) -> None:
    heading, summary, onwards = source(cells(path, "markdown")[-1]).split("\n\n")
    assert heading == "## In two sentences"
    assert len(SENTENCE_ENDS.findall(summary)) == 2
    assert onwards.startswith("**Next:** ")
    assert LINK.search(onwards)


@each_notebook
def test_it_can_be_read_in_ten_minutes(path: Path) -> None:
    words = sum(len(FORMULA.sub("x", source(cell)).split()) for cell in cells(path, "markdown"))
    assert FEWEST_WORDS <= words <= MOST_WORDS


@each_notebook_and_solution
def test_it_is_committed_executed_in_one_run_from_the_top(path: Path) -> None:
    counts = [cell["execution_count"] for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))
    assert outputs(path)
    assert not any(output["output_type"] == "error" or output.get("name") == "stderr" for output in outputs(path))


@each_notebook_and_solution
def test_its_cells_can_be_read_at_a_glance(path: Path) -> None:
    assert [text for text in map(source, cells(path, "code")) if len(text.splitlines()) > MOST_LINES] == []


@each_notebook_and_solution
def test_its_outputs_name_no_place_in_memory_or_on_disk(path: Path) -> None:
    assert not any(re.search(r" at 0x[0-9a-f]+>|/home/|/tmp/|/root/", text) for text in texts(outputs(path)))


@each_notebook_and_solution
def test_it_is_small_enough_to_be_read_on_the_web(path: Path) -> None:
    assert path.stat().st_size < LARGEST


def test_a_page_leaves_a_still_picture_or_its_formulas_where_scripts_do_not_run() -> None:
    htmls = ["".join(output.get("data", {}).get("text/html", "")) for path in NOTEBOOKS for output in outputs(path)]
    pages = [html for html in htmls if "<iframe" in html]
    assert pages
    assert all('<img alt="' in page or "<sub>" in page.partition("<iframe")[0] for page in pages)
