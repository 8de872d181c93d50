"""The browser, which is Debian's Chromium (apt-get install chromium), and pages opened in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from micrograd.views.player import Player
from tests.views.browser.page import OpenPlayer, Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    if not CHROMIUM.exists():
        pytest.skip("no browser at /usr/bin/chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[OpenPlayer]:
    """Opens HTML from disk, and fails if a page says an error, opens a dialog or asks for anything but itself."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(content: Player | str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(content.html if isinstance(content, Player) else content, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: complaints.append(request.url) if not local(request.url, path) else None)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def local(url: str, path: Path) -> bool:
    return url == path.as_uri() or url.startswith(("data:", "about:srcdoc"))
