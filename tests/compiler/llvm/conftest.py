"""What the tests of machine code have in common."""

import sys
from collections.abc import Iterator, Sequence

import pytest

from micrograd.compiler.llvm import machine
from micrograd.compiler.llvm.loops import kernels
from micrograd.compiler.llvm.tiles import Processor

assert kernels.__file__  # with all that it imports it is there to be changed

PROCESSORS = {
    "no vectors": Processor(1, 16),
    "neon": Processor(2, 32),
    "avx2": Processor(4, 16),
    "avx512": Processor(8, 32, True),
}


@pytest.fixture(params=[*PROCESSORS.values()], ids=[*PROCESSORS])
def any_processor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processor]:
    yield from on(request.param, monkeypatch)


@pytest.fixture
def avx2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Processor]:
    yield from on(PROCESSORS["avx2"], monkeypatch)


def on(processor: Processor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processor]:
    """Loops as they are for a processor, whatever this one is."""
    modules = [module for name, module in sys.modules.items() if name.startswith("micrograd.compiler.llvm.")]
    for module in modules:
        for name, own in (("lanes_of_this_machine", processor.lanes), ("processor", processor)):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda own=own: own)
    forget(modules)
    yield processor
    forget(modules)


def forget(modules: Sequence[object]) -> None:
    """What has been worked out for one processor does not hold for another."""
    for module in modules:
        for kept in vars(module).values():
            if module is not machine and hasattr(kept, "cache_clear"):
                kept.cache_clear()
