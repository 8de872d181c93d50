"""The player, the laboratory and the picture in a real JupyterLab: run there, and opened from a file that is not trusted."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from micrograd import explore, parse

pytestmark = [
    pytest.mark.gallery,
    pytest.mark.skipif(importlib.util.find_spec("jupyterlab") is None, reason="no JupyterLab: pip install -e '.[notebooks]'"),
]

CODE = """\
from micrograd import datasets, draw, explore, lab, losses, nn, optim, parse
out = parse('tanh(w*x + b)', w=0.5, x=2, b=1)
display(draw(out))
model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
display(lab(model, losses.mean_squared_error, datasets.xor(), optim.SGD(model.parameters(), 0.4), title="xor"))
explore(out)
"""
SECONDS = 60_000  # milliseconds for the slowest of machines to show a cell's output


def notebook(*cells: dict[str, Any]) -> str:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": list(cells), "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def cell(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "id": "one", "source": source, "metadata": {}, "execution_count": None, "outputs": list(outputs)}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a JupyterLab of our own, and the folder that it shows."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
               "--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}"]  # fmt: skip
    homes = {name: str(tmp_path_factory.mktemp("home")) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | homes, stdout=log, stderr=log)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api", server)
        yield address, folder
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - it is ours
                return
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, "JupyterLab ended before it answered"
            time.sleep(0.2)
    pytest.fail("JupyterLab did not answer within a minute")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    yield page
    page.close()


def run_cell(page: Any) -> None:
    """Press Shift+Enter until the cell runs: its editor may be there before it listens."""
    from playwright.sync_api import TimeoutError as NotYet

    for _ in range(10):
        page.click(".jp-Notebook .jp-Cell .cm-content")
        page.keyboard.press("Shift+Enter")
        try:
            page.wait_for_function("document.querySelector('.jp-InputPrompt').textContent.match(/[*1]/)", timeout=3000)
        except NotYet:
            continue
        return
    pytest.fail("the cell does not run")


def test_a_cell_that_is_run_shows_the_player_which_plays_and_the_laboratory_which_trains(
    lab: tuple[str, Path], page: Any
) -> None:
    address, folder = lab
    (folder / "run.ipynb").write_text(notebook(cell(CODE)))
    page.goto(f"{address}/lab/tree/run.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=SECONDS)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", state="attached", timeout=SECONDS)
    run_cell(page)
    frame = page.frame_locator(".jp-OutputArea iframe[title='out, step by step']")
    frame.locator(".next").click(timeout=SECONDS)
    assert frame.locator(".formula").inner_text() == "v₁ = w × x = 0.5 × 2 = 1"
    frame.locator(".stage").press("End")
    assert frame.locator(".gradient").all_text_contents()[0] == "0.1413"
    laboratory = page.frame_locator(".jp-OutputArea iframe[title='xor']")
    laboratory.locator(".one").click(timeout=SECONDS)
    assert laboratory.locator(".lab").get_attribute("data-epoch") == "1"
    assert page.locator(".jp-OutputArea img[src^='data:image/svg']").count() + page.locator(".jp-RenderedSVG").count() >= 1


def test_a_notebook_that_is_not_trusted_shows_the_picture(lab: tuple[str, Path], page: Any) -> None:
    address, folder = lab
    shown = explore(parse("tanh(w*x + b)", w=0.5, x=2, b=1))._repr_html_()
    output = {"output_type": "display_data", "data": {"text/html": shown, "text/plain": "<Player>"}, "metadata": {}}
    (folder / "stranger.ipynb").write_text(notebook(cell("explore(out)", output)))
    page.goto(f"{address}/lab/tree/stranger.ipynb?reset")
    image = page.wait_for_selector(".jp-OutputArea img", timeout=SECONDS)
    assert image.evaluate("image => image.complete && image.naturalWidth > 100")
    assert page.locator(".jp-OutputArea iframe").count() == 0


def test_a_notebook_made_into_a_page_plays_too(page: Any, tmp_path: Path) -> None:
    shown = explore(parse("tanh(w*x + b)", w=0.5, x=2, b=1))._repr_html_()
    output = {"output_type": "display_data", "data": {"text/html": shown, "text/plain": "<Player>"}, "metadata": {}}
    (tmp_path / "notebook.ipynb").write_text(notebook(cell("explore(out)", output)))
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", str(tmp_path / "notebook.ipynb")]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"HOME": str(tmp_path)})  # noqa: S603
    page.goto((tmp_path / "notebook.html").as_uri(), wait_until="commit")
    frame = page.frame_locator("iframe")
    frame.locator(".next").click(timeout=SECONDS)
    assert frame.locator(".formula").inner_text() == "v₁ = w × x = 0.5 × 2 = 1"
