"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write under another name first, then move it into its place; an OSError that says what to do if that fails.

    A link is followed, and a file that is there already keeps its permissions.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = ""
    try:
        target = path.resolve()
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".micrograd-", delete=False) as file:
            draft = file.name
            file.write(data)
        os.chmod(draft, target.stat().st_mode & 0o777 if target.exists() else 0o644)  # a temporary file is its owner's only
        os.replace(draft, target)
        draft = ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OSError(f"can't write {path}: {reason}; choose a folder that exists and that you may write to") from None
    finally:
        if draft:
            os.unlink(draft)
