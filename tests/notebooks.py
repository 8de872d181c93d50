"""`python -m tests.notebooks` runs the notebooks afresh and saves them with their outputs, as they are committed.

`python -m tests.notebooks 04_xor` runs that one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SECONDS = 120  # for one cell, on the slowest of machines


def executed(path: Path) -> Any:
    """The notebook after a run from top to bottom, in which a warning of ours is an error; without the times of the run."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = nbclient.NotebookClient(
        notebook, timeout=SECONDS, record_timing=False, resources={"metadata": {"path": str(FOLDER)}}
    )
    return client.execute(env=os.environ | {"PYTHONWARNINGS": "error::UserWarning"})


if __name__ == "__main__":
    import nbformat

    known = {path.stem: path for path in NOTEBOOKS}
    for name in sys.argv[1:] or known:
        if name not in known:
            sys.exit(f"there is no notebook {name!r}; choose from {', '.join(known)}")
        nbformat.write(executed(known[name]), known[name])  # type: ignore[no-untyped-call]
