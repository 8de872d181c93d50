"""The command as a shell runs it: in a process of its own, for what only that can show."""

import os
import subprocess
import sys
from typing import Any

COMMAND = [sys.executable, "-m", "micrograd"]


def environment(**changes: str) -> dict[str, str]:
    """Ours without what says how wide and in which characters a terminal is, and with the changes."""
    of_terminals = ("COLUMNS", "LC_ALL", "LANG", "PYTHONIOENCODING", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if name not in of_terminals}
    return {**kept, "PYTHONIOENCODING": "utf-8", **changes}


def run(*arguments: str, stdin: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment(**changes))  # noqa: S603


def in_shell(line: str, **variables: Any) -> subprocess.CompletedProcess[bytes]:
    """What bash makes of the line, in which $MICROGRAD is the command."""
    changes = environment(MICROGRAD=" ".join(COMMAND), **variables)
    return subprocess.run(["bash", "-c", line], capture_output=True, check=False, env=changes)  # noqa: S603, S607
