"""Numbers brought to their places by machine code."""

import weakref
from collections.abc import Callable

import pytest

from micrograd.compiler.llvm import doubles


class Code:
    """In place of a machine: one function."""

    def __init__(self, gather: Callable[..., None]) -> None:
        self.functions = {"gather": gather}


def test_the_machine_code_that_runs_is_held_until_it_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may have made a second one meanwhile, and only that one is kept."""
    kept: list[Code] = []
    alive: list[tuple[bool, tuple[int | None, ...]]] = []

    def function(*arguments: int | None) -> None:
        machine = weakref.ref(kept.pop())
        alive.append((machine() is not None, arguments))

    kept.append(Code(function))
    monkeypatch.setattr(doubles, "moves", lambda: kept[-1])
    doubles.gather(1, None)
    assert alive == [(True, (1, None))]
