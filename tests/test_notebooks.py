"""The notebooks run afresh from top to bottom, and are committed as they run: executed, small, with their claim at the end."""

import ast
import os
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="no nbformat: pip install -e '.[notebooks]'")
nbclient = pytest.importorskip("nbclient", reason="no nbclient: pip install -e '.[notebooks]'")

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = 2_000_000  # bytes of one file
SECONDS = 120  # for one cell, on the slowest of machines

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@each_notebook
def test_it_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ | {"PYTHONWARNINGS": "error::UserWarning"})
    nbclient.NotebookClient(read(path), timeout=SECONDS, resources={"metadata": {"path": str(FOLDER)}}).execute()


@each_notebook
def test_its_last_cell_asserts_its_claim(path: Path) -> None:
    last = code_cells(read(path))[-1]
    assert any(isinstance(statement, ast.Assert) for statement in ast.walk(ast.parse(last.source)))


@each_notebook
def test_it_is_committed_executed_in_one_run_from_the_top(path: Path) -> None:
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert outputs
    assert not any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)


@each_notebook
def test_it_is_small_enough_to_be_read_on_the_web(path: Path) -> None:
    assert path.stat().st_size < LARGEST


@each_notebook
def test_a_player_leaves_a_still_picture_where_scripts_do_not_run(path: Path) -> None:
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            page = "".join(output.get("data", {}).get("text/html", ""))
            assert "<iframe" not in page or '<img alt="' in page
