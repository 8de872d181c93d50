"""LLVM on this machine: llvmlite loaded, what the processor can do, and a module turned into machine code."""

from __future__ import annotations

import ctypes
import importlib.util
import math
import platform
from contextlib import suppress
from functools import cache
from typing import Any


def usable(exact: bool = False) -> bool:
    """Whether llvmlite is installed, and reads the instructions that are written here: from 0.45 on.

    What is not exact is written from arrays, which NumPy finds.
    """
    if importlib.util.find_spec("llvmlite") is None or not (exact or importlib.util.find_spec("numpy")):
        return False
    import llvmlite

    major, minor, *_ = llvmlite.__version__.split(".")
    return (int(major), int(minor)) >= (0, 45)


def check_usable(exact: bool) -> None:
    if not usable(exact):
        needs = "with exact needs llvmlite 0.45 or later" if exact else "needs llvmlite 0.45 or later and numpy"
        raise ModuleNotFoundError(f"target='llvm' {needs}: python -m pip install -e '.[compile]'; target='python' needs nothing")


@cache
def binding() -> Any:
    """llvmlite, ready for this machine."""
    check_usable(exact=True)
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    with suppress(RuntimeError):  # not glibc: libm is called lane by lane
        llvm.load_library_permanently("libmvec.so.1")
    llvm.add_symbol("micrograd_hypot", ctypes.cast(python_hypot(), ctypes.c_void_p).value)
    return llvm


@cache
def python_hypot() -> Any:
    """Python's own hypot as a C function, since the one of libm rounds otherwise; kept, since machine code calls it."""
    return ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(math.hypot)


@cache
def lanes_of_this_machine() -> int:
    """How many doubles a vector register of this processor holds."""
    features = binding().get_host_cpu_features()
    if features.get("avx512f"):
        return 8
    if features.get("avx2"):
        return 4
    return 2 if platform.machine() in ("x86_64", "AMD64", "aarch64", "arm64") else 1


ALIGNMENT = 64  # bytes of the longest vector, and of a line of the processor's fast memory
Pointer = ctypes.c_void_p
Integer = ctypes.c_int64
Double = ctypes.c_double
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "sums": (None, Pointer, Integer, Pointer, Pointer, Pointer),
    "outputs": (None, Pointer, Integer, Pointer, Pointer, Pointer),
    "gather": (None, Pointer, Integer, Pointer, Integer, Integer, Pointer, Integer, Integer, Pointer),
    "train": (Integer, Pointer, Integer, Integer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Integer,
              Double, Double, Double),
}  # fmt: skip


class Machine:
    """A module in machine code; its functions take addresses of doubles, and live as long as it does."""

    def __init__(self, text: str, quick: bool) -> None:
        llvm = binding()
        target = llvm.Target.from_default_triple()
        self.target_machine = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=0 if quick else 1, jit=True
        )
        module = llvm.parse_assembly(text)
        builder = llvm.create_pass_builder(self.target_machine, llvm.create_pipeline_tuning_options(speed_level=1))
        passes = llvm.create_new_module_pass_manager()
        passes.add_always_inliner_pass()  # the small functions
        passes.add_sroa_pass()  # the few sums of @train in registers; other passes bring nothing
        passes.run(module, builder)
        self.engine = llvm.create_mcjit_compiler(module, self.target_machine)
        self.engine.finalize_object()

        addresses = {name: self.engine.get_function_address(name) for name in SIGNATURES}
        self.functions = {name: ctypes.CFUNCTYPE(*SIGNATURES[name])(address) for name, address in addresses.items() if address}
