"""Machines with and without Graphviz."""

import shutil

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
