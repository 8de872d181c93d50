"""What the tests of machine code have in common."""

import sys
from collections.abc import Iterator, Sequence

import pytest

from micrograd.compiler.llvm import machine


@pytest.fixture(params=[1, 2, 4, 8])
def lanes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A processor of so many doubles in a vector."""
    modules = [module for name, module in sys.modules.items() if name.startswith("micrograd.compiler.llvm.")]
    for module in modules:
        if hasattr(module, "lanes_of_this_machine"):
            monkeypatch.setattr(module, "lanes_of_this_machine", lambda: request.param)
    forget(modules)
    yield request.param
    forget(modules)


def forget(modules: Sequence[object]) -> None:
    """What has been worked out for one processor does not hold for another."""
    for module in modules:
        for kept in vars(module).values():
            if module is not machine and hasattr(kept, "cache_clear"):
                kept.cache_clear()
