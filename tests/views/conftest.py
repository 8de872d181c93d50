"""Machines with and without Graphviz."""

import shutil
import sys

import pytest


@pytest.fixture
def without_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no Graphviz is installed."""
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.fixture(params=["installed", "in the wheel"])
def any_graphviz(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to Graphviz, one after the other."""
    if request.param == "in the wheel":
        monkeypatch.setattr(shutil, "which", lambda name: None)
    elif shutil.which("dot") is None:
        pytest.skip("no Graphviz is installed: apt-get install graphviz")


@pytest.fixture
def without_graphviz(without_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with neither, such as the browser's Python."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@pytest.fixture(params=["installed", "in the wheel", "none"])
def any_layout(request: pytest.FixtureRequest) -> None:
    """All ways to place a block: Graphviz's two, and our own."""
    if request.param == "none":
        request.getfixturevalue("without_graphviz")
    elif request.param == "in the wheel":
        request.getfixturevalue("without_dot")
    elif shutil.which("dot") is None:
        pytest.skip("no Graphviz is installed: apt-get install graphviz")
