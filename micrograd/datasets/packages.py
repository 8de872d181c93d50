"""Files of installed packages, found without importing the package, which would take seconds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


@contextmanager
def file_of(project: str, package: str, path: str) -> Iterator[Path]:
    """The file at a path inside a package of a project of PyPI; while it is read, what is wrong with it is told in one sentence.

    A ModuleNotFoundError says that the project is not installed, a ValueError that the file is not there, or not what it was.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise missing(project, package)
    file = Path(spec.origin).parent / path
    try:
        yield file
    except (OSError, EOFError, ValueError, zlib.error) as error:
        again = f"install it again: python -m pip install --force-reinstall {project}"
        raise ValueError(f"{file} is not the data that {project} came with ({error}); {again}") from error


def missing(project: str, package: str) -> ModuleNotFoundError:
    need = f"this data set is part of {project}: python -m pip install -e '.[notebooks]'"
    return ModuleNotFoundError(f"{need}; xor, moons, circles and spirals work without it", name=package)
