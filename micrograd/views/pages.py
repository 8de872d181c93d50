"""What pages have in common: files, JSON that is safe in them, the digest of a script, a frame in a notebook."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from micrograd.display.files import write_whole


def file_text(name: str) -> str:
    """The text of a file of the page."""
    return resources.files("micrograd.views").joinpath("page", name).read_text(encoding="utf-8")


def page_of(template: str, scripts: Sequence[str], **parts: str) -> str:
    """The template with its parts and one script of these files; its policy lets no script run but the one of this digest."""
    script = "".join(map(file_text, scripts))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Template(file_text(template)).substitute(digest=digest, script=script, colours=file_text("colours.css"), **parts)


def framed(page: str, title: str, behind: str, height: int) -> str:
    """A frame of its own for a page, so that page and notebook cannot disturb each other.

    What is behind it remains where a notebook is not trusted, or is shown on the web without scripts.
    """
    source = page.replace("&", "&amp;").replace("'", "&#39;")
    return (
        f'<div style="position:relative;height:{height}px;overflow:auto">{behind}'
        f'<iframe title="{html.escape(title)}" sandbox="allow-scripts" '
        f"style=\"position:absolute;inset:0;width:100%;height:{height}px;border:0;background:Canvas\" srcdoc='{source}'>"
        "</iframe></div>"
    )


def safe_json(data: Any) -> str:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode(errors="backslashreplace").decode()  # half a pair of UTF-16 cannot be saved as it is


def save_page(page: str, path: str | os.PathLike[str], what: str, name: str) -> Path:
    """Write the page, whole or not at all; a ValueError if the path is not one of a page, with what it is and a name for it."""
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        wanted = f"{target.stem or name}.html"
        raise ValueError(f"{what} is a page, and {target.name!r} does not end in .html; save it as {wanted}")
    write_whole(target, page)
    return target
