"""A page as PDF, printed by a browser that is installed: Chromium, Chrome or Edge."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL

PAPERS = ("A4", "Letter")
ON_PATH = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
OF_MACOS = ("Google Chrome", "Chromium", "Microsoft Edge")
OF_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
FOLDERS_OF_WINDOWS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
SECONDS = 60
ADVICE = "save it as .html, open that in any browser, and print it there"


def browser_places() -> Iterator[str]:
    """Where a browser may be, on this system."""
    yield from filter(None, map(shutil.which, ON_PATH))
    if sys.platform == "darwin":
        yield from (f"/Applications/{name}.app/Contents/MacOS/{name}" for name in OF_MACOS)
    elif sys.platform == "win32":
        folders = filter(None, map(os.environ.get, FOLDERS_OF_WINDOWS))
        yield from (str(Path(folder, program)) for folder in folders for program in OF_WINDOWS)


def pdf_of(page: str) -> bytes:
    """What a browser prints of the page: the first that is there and can. An OSError says what to do where there is none."""
    browsers = list(dict.fromkeys(place for place in browser_places() if Path(place).is_file()))
    if not browsers:
        raise OSError(f"a PDF is printed by Chromium, Chrome or Edge, and none of them is found here; {ADVICE}")
    for browser in browsers:
        if made := printed_by(browser, page):
            return made
    raise OSError(f"{' and '.join(browsers)} printed no PDF; {ADVICE}")


def printed_by(browser: str, page: str) -> bytes:
    """The PDF, or nothing, where the browser is of another kind or may not read our files. Nothing stays on the disk."""
    with tempfile.TemporaryDirectory(prefix="micrograd-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(page, encoding="utf-8", errors="backslashreplace")
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={Path(folder, 'profile')}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # without which it refuses root; the page is our own and loads nothing
        try:
            # No pipes: a process that the browser started and left behind would hold them open, and us with them.
            subprocess.run(command, check=False, timeout=SECONDS, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)  # noqa: S603
            made = target.read_bytes()
        except (OSError, subprocess.TimeoutExpired):
            return b""
    return made if made.startswith(b"%PDF") else b""
