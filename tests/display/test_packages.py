"""What somebody is told who runs the files with a Python into which nothing was installed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from micrograd import Value, check, draw
from micrograd.__main__ import main

FORGOTTEN = r"is missing in this Python, .+; run the one that micrograd was installed for, \.venv/bin/python "


@pytest.mark.parametrize(
    ("package", "use"), [("rich", lambda output: str(check(output))), ("graphviz", draw)], ids=["a table", "a picture"]
)
def test_what_needs_a_package_says_which_python_has_it(
    package: str, use: Callable[[Value], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "micrograd.views.dot", raising=False)
    monkeypatch.delitem(sys.modules, "micrograd.views.picture", raising=False)
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not there
    with pytest.raises(ModuleNotFoundError, match=f"^{package} {FORGOTTEN}"):
        use(Value(2.0) * 3.0)


def test_the_command_says_so_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    assert main(["xor"]) == 1
    assert capsys.readouterr().err.startswith("micrograd: rich is missing in this Python, ")
