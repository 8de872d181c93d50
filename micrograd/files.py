"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write under another name first, then move it into its place; an OSError that says what to do if that fails."""
    data = content.encode() if isinstance(content, str) else content
    draft = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            draft = file.name
            file.write(data)
        os.chmod(draft, 0o644)  # a temporary file is its owner's only
        os.replace(draft, path)
    except OSError as error:
        if draft:
            os.unlink(draft)
        raise OSError(f"can't write {path}: {error.strerror}; choose a folder that exists and that you may write to") from None
