"""`python -m tests.notebooks` runs the notebooks afresh and saves them with their outputs, as they are committed.

`python -m tests.notebooks 04_xor` runs that one. What a notebook says is asserted by the file of its name in `tests/claims`: it
runs behind the last cell. `python -m tests.notebooks 09_digits --seeds 5` saves nothing: it runs that one with `seed = 0`, 1, ...
4 in its first cell, and says for each what the `claims` came to, and whether they hold.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SOLUTIONS = sorted(FOLDER.glob("solutions/*.ipynb"))
CLAIMS = Path(__file__).parent / "claims"
SECONDS = 120  # for one cell, on the slowest of machines
QUICKEST = "01_one_neuron"  # the others take seconds to a minute, and run with `pytest -m gallery`
# Long trainings, times and machine code are those of the machine, last digits and more; these print the same everywhere.
THE_SAME_EVERYWHERE = {"00_build_your_own", "01_one_neuron", "02_why_a_topological_order", "03_by_hand"}
SEED = re.compile(r"^seed = 0$", re.MULTILINE)


def read(path: Path) -> Any:
    import nbformat

    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def executed(notebook: Any, *, allow_errors: bool = False) -> Any:
    """The notebook after a run from top to bottom, in which a warning of ours is an error; without the times of the run."""
    import nbclient

    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS,
        record_timing=False,
        coalesce_streams=True,
        allow_errors=allow_errors,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    return client.execute(env=os.environ | {"PYTHONWARNINGS": "error::UserWarning"})


def with_claims(notebook: Any, name: str) -> Any:
    """The notebook with the file of its claims, where it has one, as one more cell."""
    import nbformat

    path = CLAIMS / f"{name}.py"
    if path.exists():
        notebook.cells.append(nbformat.v4.new_code_cell(path.read_text(encoding="utf-8")))  # type: ignore[no-untyped-call]
    return notebook


def outcome(path: Path, seed: int) -> str:
    """What the claims of the notebook come to with that seed."""
    import nbformat

    notebook = with_claims(read(path), path.stem)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source, count = SEED.subn(f"seed = {seed}", first.source)
    if not count:
        sys.exit(f"{path.name} has no line `seed = 0` in its first cell of code, so it has no other seeds")
    notebook.cells.append(nbformat.v4.new_code_cell("print(claims)"))  # type: ignore[no-untyped-call]
    begin = time.monotonic()
    *cells, last, report = (cell for cell in executed(notebook, allow_errors=True).cells if cell.cell_type == "code")
    errors = [output.evalue for cell in cells for output in cell.outputs if output.output_type == "error"]
    failed = [output.evalue or output.ename for output in last.outputs if output.output_type == "error"]
    verdict = f"stopped: {errors[0]}" if errors else "a claim fails" if failed else "all claims hold"
    said = "".join(output.get("text", "") for output in report.outputs).strip()
    return f"{path.stem}, seed {seed}: {verdict} ({time.monotonic() - begin:.0f} s) {said}"


if __name__ == "__main__":
    import nbformat

    known = {path.stem: path for path in NOTEBOOKS} | {f"solutions/{path.stem}": path for path in SOLUTIONS}
    names, seeds = sys.argv[1:], 0
    if "--seeds" in names[-2:-1]:
        *names, _, count = names
        seeds = int(count)
    for name in names or known:
        if name not in known:
            sys.exit(f"there is no notebook {name!r}; choose from {', '.join(known)}")
        for seed in range(seeds):
            print(outcome(known[name], seed), flush=True)
        if not seeds:
            nbformat.write(executed(read(known[name])), known[name])  # type: ignore[no-untyped-call]
