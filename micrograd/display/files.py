"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from micrograd.display.characters import printable

ADVICE = "choose a folder that exists and that you may write to, and the name of a file in it"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write under another name first, then move it into its place; an OSError that says what to do if that fails.

    A link is followed, and a file that is there already keeps its permissions. What is no file, such as a pipe or
    /dev/stdout, is written into.
    """
    data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
    try:
        mode = mode_of(path)
        if mode is None or stat.S_ISREG(mode):
            replace(Path(os.path.realpath(path)), data, mode)
        else:
            path.write_bytes(data)
    except BrokenPipeError:
        raise  # the reader of a pipe has read enough, which is no fault of the path
    except (OSError, ValueError) as error:
        raise OSError(f"can't write {printable(str(path), 200)}: {reason_of(error, path)}; {ADVICE}") from None


def reason_of(error: OSError | ValueError, path: Path) -> str:
    """What is wrong with the path, in the words of the system; for NUL, each Python has its own."""
    return "no path has a NUL in it" if "\0" in str(path) else getattr(error, "strerror", None) or str(error)


def mode_of(path: Path) -> int | None:
    """The kind and the permissions of what is there; None for nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def replace(target: Path, data: bytes, mode: int | None) -> None:
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(0, "it is there already, and you may not write to it")
    draft = target.with_name(f".micrograd-{os.urandom(8).hex()}")
    try:
        with draft.open("xb") as file:
            file.write(data)
        if mode is not None:
            draft.chmod(mode & 0o777)
        draft.replace(target)
    finally:
        with suppress(OSError):  # it is gone if all went well, however late an interruption comes
            draft.unlink()
