"""What compilations leave behind in memory."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory of a process is read on Linux")

BOUND = 4.0  # kB for a compilation: measured 1.7, the callbacks of a pass builder, which llvmlite itself does not free

SCRIPT = """
import gc, resource
import micrograd
from micrograd.compiler.llvm import machine
from micrograd.engine import Value

def compilations(count):
    for number in range(count):
        x, w = Value(1.0), Value(2.0)
        program = micrograd.compile((w * x).tanh(), [x], [w], target="llvm")
        program.gradient([[1.0]])
        if number % 20 == 0:
            gc.collect()

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1024

{leak}
compilations(40)  # what is loaded and filled once
sizes = [resident()]
for _ in range({times}):
    compilations({count})
    sizes.append(resident())
print(min(after - before for before, after in zip(sizes, sizes[1:])) / {count})
"""

KEPT = """
kept, plain = [], machine.Machine.__init__
def keeping(self, text, *arguments, **keywords):
    plain(self, text, *arguments, **keywords)
    kept.append({kept})
machine.Machine.__init__ = keeping
"""


def growth(count: int, leak: str = "", times: int = 1) -> float:
    """The kilobytes by which the memory of a process grows for each compilation: the least of several times so many.

    Memory that is taken once, and then used again, comes in steps: in Python 3.13 of 6 MB.
    """
    command = [sys.executable, "-c", SCRIPT.format(count=count, leak=leak, times=times)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603


def test_a_compilation_leaves_nothing_behind() -> None:
    assert growth(80, times=5) < BOUND


@pytest.mark.parametrize("kept", ["self.engine", "bytearray(6_000)"])
def test_what_is_kept_would_be_seen(kept: str) -> None:
    assert growth(80, KEPT.format(kept=kept), times=2) > BOUND
