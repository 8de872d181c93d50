"""The packages that an installation of micrograd brings with it: rich and graphviz."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType


def installed(package: str) -> ModuleType:
    """The package; a ModuleNotFoundError says what to run where the files of micrograd are there, and its packages are not.

    >>> installed("rich").__name__
    'rich'
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        message = (
            f"{package} is missing in this Python, {sys.executable}; run the one that micrograd was installed for, "
            ".venv/bin/python (on Windows .venv\\Scripts\\python), or install it here too: python -m pip install -e ."
        )
        raise ModuleNotFoundError(message, name=package) from None
