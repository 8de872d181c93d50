"""Files of installed packages: found without importing the package, which may take seconds."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def file_of(package: str, path: str, *, install: str) -> Path:
    """The file at a path inside a package; a ModuleNotFoundError where the package, called so by `pip`, is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        need = f"this data set is a file of {install}: python -m pip install -e '.[notebooks]'"
        raise ModuleNotFoundError(f"{need}; datasets.moons, circles, spirals and xor work without it", name=package)
    return Path(spec.origin).parent / path
