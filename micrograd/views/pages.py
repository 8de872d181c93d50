"""What pages have in common: files, JSON that is safe in them, the digests of scripts, a frame in a notebook, the browser."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import math
import os
import re
import sys
import tempfile
import webbrowser
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from micrograd.advice import warn
from micrograd.display.files import write_whole

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Page:
    """A page, ready to be saved, or shown in the browser or in a notebook."""

    what = "the page"  # as an error calls it
    name = "page"  # of its file
    title = ""
    html = ""
    height = 600  # pixels of its frame in a notebook

    @property
    def behind(self) -> str:
        """What remains where a notebook shows no frame."""
        return ""

    @property
    def in_frame(self) -> str:
        """The page that stands in the frame."""
        return self.html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, whole or not at all; give its path."""
        return save_page(self.html, path, self.what, self.name)

    def show(self) -> Path:
        """Open the page in the browser, from a new file; give its path. Where no browser opens, a warning says where it is."""
        return show_file(self.html, f"{self.name}.html")

    def _repr_html_(self) -> str:
        """The page in a frame of its own, and a picture behind it."""
        return framed(self.in_frame, self.title, self.behind, self.height)


def file_text(name: str) -> str:
    """The text of a file of the page, such as "player/words.js"."""
    return resources.files("micrograd.views").joinpath("page", *name.split("/")).read_text(encoding="utf-8")


def joined(*names: str) -> str:
    """The texts of these files, one after the other: of scripts one script, of styles one style."""
    return "".join(map(file_text, names))


def page_of(template: str, packed: str = "", **parts: str) -> str:
    """The template with its parts; its policy lets no script run but those that stand in it now, and the `packed` one."""
    elements = packed_script(packed) if packed else ""
    parts |= {"colours": file_text("shared/colours.css"), "packed": elements, "policy": "$policy"}
    page = Template(file_text(template)).substitute(parts)
    scripts = SCRIPT.findall(page) + ([packed] if packed else [])
    digests = " ".join(f"'sha256-{digest_of(script)}'" for script in scripts)
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {digests}; base-uri 'none'; form-action 'none'"
    return page.replace("$policy", policy, 1)


def packed_script(script: str) -> str:
    """The elements of a script that travels at a third of its size, and of the one that unpacks it."""
    data = base64.b64encode(gzip.compress(script.encode(), mtime=0)).decode()
    return f'<script type="application/gzip">{data}</script>\n<script>{file_text("shared/unpack.js")}</script>'


def digest_of(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


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


def still_image(title: str, svg: str) -> str:
    """An SVG file as the image behind a frame."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{html.escape(title)}" src="data:image/svg+xml;base64,{data}" style="max-width:100%">'


def safe_json(data: Any) -> str:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode(errors="backslashreplace").decode()  # half a pair of UTF-16 cannot be saved as it is


def plain(number: float) -> float | str:
    """The number as JSON has it; nan and the infinities as the words that JavaScript reads."""
    if math.isfinite(number):
        return float(number)
    return "NaN" if math.isnan(number) else "Infinity" if number > 0.0 else "-Infinity"


def save_page(page: str, path: str | os.PathLike[str], what: str, name: str) -> Path:
    """Write the page, whole or not at all; a ValueError if the path is not one of a page, with what it is and a name for it."""
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        wanted = f"{target.stem or name}.html"
        raise ValueError(f"{what} is a page, and {target.name or str(target)!r} does not end in .html; save it as {wanted}")
    write_whole(target, page)
    return target


def show_file(content: str | bytes, name: str) -> Path:
    """Write the content to a file of that name in a new folder and open it in the browser; give its path."""
    path = Path(tempfile.mkdtemp(prefix="micrograd-")) / name
    write_whole(path, content)
    open_in_browser(path)
    return path


def open_in_browser(path: Path) -> None:
    """Show the file; in a session that has no browser, a warning says where it is."""
    if sys.platform == "emscripten":
        warn(f"a browser cannot open the files of the Python that runs in it; as the last line of a cell it is shown ({path})")
        return
    try:
        opened = webbrowser.open(path.resolve().as_uri())
    except webbrowser.Error:
        opened = False
    if not opened:
        warn(f"no browser opens here; open this file in one: {path}")
