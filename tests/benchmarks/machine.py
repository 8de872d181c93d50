"""The machine that measures: one core of it, one thread for every library, its name, and how fast it can be at most."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from array import array
from collections.abc import Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from pathlib import Path

from micrograd.compiler.llvm.doubles import Doubles
from micrograd.compiler.llvm.machine import binding, lanes_of_this_machine

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_ENABLE_X64": "1",
    "JAX_PLATFORMS": "cpu",
}
HIDDEN = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # a setting of the machine would slow NumPy down
CHAINS = (12, 24)  # at least 4 cycles that a multiply-add takes times 2 or 4 of them at once; 24 if there are registers for them
REPEATS = 50_000  # about a tenth of a millisecond


def with_one_thread(module: str, arguments: Sequence[str] = ()) -> bool:
    """Run a module in a child process in which every library has one thread; say whether its exit status is 0."""
    environment = {name: text for name, text in os.environ.items() if name not in HIDDEN} | ONE_THREAD
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=environment, check=False).returncode == 0  # noqa: S603 - all of it is written here


def has_one_thread() -> bool:
    return all(os.environ.get(name) == text for name, text in ONE_THREAD.items())


def on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def most_memory() -> float:
    """The megabytes that this process has held at most."""
    import resource  # Unix has it; this module is imported elsewhere too, by whoever reads the docstrings

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def description() -> str:
    """This processor, how many cores of it, and this Python."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"


# The peak


def peak() -> float:
    """The most multiplications and additions a second of this core: of loops of nothing but independent multiply-adds."""
    lanes = lanes_of_this_machine()
    return max(2.0 * lanes * chains * REPEATS / least_seconds(lanes, chains) for chains in CHAINS)


def least_seconds(lanes: int, chains: int) -> float:
    """The CPU time of so many repeats of the loop."""
    llvm = binding()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=1, jit=True
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(loop(lanes, chains)), machine)
    engine.finalize_object()
    run = CFUNCTYPE(None, c_void_p, c_int64)(engine.get_function_address("loop"))
    numbers, times = Doubles(lanes * (1 + chains)), []
    numbers.view[:lanes] = array("d", [0.5] * lanes)
    for _ in range(100):
        begin = time.process_time()
        run(numbers.address, REPEATS)
        times.append(time.process_time() - begin)
    return min(times)


def loop(lanes: int, chains: int) -> str:
    """In LLVM's language: in each repeat every chain is multiplied, and added to.

    >>> print("\\n".join(loop(4, 1).splitlines()[7:11]))
      %repeat = phi i64 [0, %start], [%next, %again]
      %old0 = phi <4 x double> [zeroinitializer, %start], [%new0, %again]
      %new0 = call <4 x double> @llvm.fmuladd.v4f64(<4 x double> %old0, <4 x double> %half, <4 x double> %half)
      %next = add i64 %repeat, 1
    """
    vector, own = f"<{lanes} x double>", range(chains)
    lines = [
        f"declare {vector} @llvm.fmuladd.v{lanes}f64({vector}, {vector}, {vector})",
        "define void @loop(ptr %numbers, i64 %repeats) {",
        "start:",
        f"  %half = load {vector}, ptr %numbers",
        "  br label %again",
        "",
        "again:",
        "  %repeat = phi i64 [0, %start], [%next, %again]",
        *[f"  %old{i} = phi {vector} [zeroinitializer, %start], [%new{i}, %again]" for i in own],
        *[f"  %new{i} = call {vector} @llvm.fmuladd.v{lanes}f64({vector} %old{i}, {vector} %half, {vector} %half)" for i in own],
        "  %next = add i64 %repeat, 1",
        "  %more = icmp slt i64 %next, %repeats",
        "  br i1 %more, label %again, label %end",
        "",
        "end:",
    ]
    for i in own:
        lines += [f"  %place{i} = getelementptr {vector}, ptr %numbers, i64 {1 + i}", f"  store {vector} %new{i}, ptr %place{i}"]
    return "\n".join([*lines, "  ret void", "}"])
