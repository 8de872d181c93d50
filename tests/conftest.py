"""With NO_SKIPS set, as .ci/run sets it, a skipped test is a failed one: there, everything that tests need is installed.

The browser, which is Debian's Chromium (apt-get install chromium), and pages opened in it.
"""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]  # the first opens a page in a third of the time
CHROMIUM = next(filter(Path.exists, BROWSERS), BROWSERS[-1])
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
UNPACKED = """() => !document.querySelector("script[type='application/gzip']")"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"  # then all has its size


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and NO_SKIPS is set: {report.longrepr}"
    return report


def playwright() -> Any:
    """What drives the browser; a test that asks for it is skipped where either is missing."""
    found = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright().sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens HTML from disk, and fails if a page says an error, opens a dialog or asks for anything but itself."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(content: Any, width: int = 1280, height: int = 800, **options: Any) -> Any:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(content if isinstance(content, str) else content.html, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: complaints.append(request.url) if not local(request.url, path) else None)
        page.goto(path.as_uri())
        if options.get("java_script_enabled", True):
            for frame in page.frames:
                frame.wait_for_function(UNPACKED)
            page.evaluate(TWO_FRAMES)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def local(url: str, path: Path) -> bool:
    return url == path.as_uri() or url.startswith(("data:", "about:srcdoc"))
