"""The engines to measure against: karpathy/micrograd 0.1.0 from PyPI, and the least that a scalar engine can be."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

FOLDER = Path(tempfile.gettempdir()) / "micrograd-0.1.0-peer"


def karpathy_engine() -> ModuleType:
    """`engine.py` of karpathy/micrograd 0.1.0. It has our import name, so it is loaded by its path."""
    return load(karpathy_folder() / "engine.py", "karpathy_engine")


def karpathy_nn(engine: ModuleType) -> ModuleType:
    """`nn.py` of karpathy/micrograd 0.1.0, made of the Values of `engine`: its own, or ours."""
    ours = sys.modules["micrograd.engine"]
    sys.modules["micrograd.engine"] = engine  # where `from micrograd.engine import Value` in it looks
    try:
        return load(karpathy_folder() / "nn.py", f"karpathy_nn_on_{engine.__name__}")
    finally:
        sys.modules["micrograd.engine"] = ours


def karpathy_folder() -> Path:
    """The folder of its modules, installed there at the first call."""
    modules = FOLDER / "micrograd"
    if not (modules / "nn.py").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(FOLDER), "micrograd==0.1.0"]
        pip = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - all of it is written above
        if pip.returncode:
            reason = pip.stderr.strip().rpartition("\n")[2] or f"exit status {pip.returncode}"
            raise SystemExit(f"pip could not install micrograd==0.1.0, the engine to measure against, into {FOLDER}: {reason}")
    return modules


def load(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded as a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class MinimalValue:
    """A number, its gradient, its operands and the derivatives by them, and no more: no checks, labels or error messages.

    The same design as ours with nothing around it, so its speed is the price of the design itself.
    """

    __slots__ = ("children", "data", "grad", "local_gradients")

    def __init__(self, data: float, children: tuple[MinimalValue, ...] = (), local_gradients: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.children = children
        self.local_gradients = local_gradients

    def __add__(self, other: MinimalValue | float) -> MinimalValue:
        other = other if isinstance(other, MinimalValue) else MinimalValue(other)
        return MinimalValue(self.data + other.data, (self, other), (1.0, 1.0))

    def __sub__(self, other: MinimalValue | float) -> MinimalValue:
        other = other if isinstance(other, MinimalValue) else MinimalValue(other)
        return MinimalValue(self.data - other.data, (self, other), (1.0, -1.0))

    def __mul__(self, other: MinimalValue | float) -> MinimalValue:
        other = other if isinstance(other, MinimalValue) else MinimalValue(other)
        return MinimalValue(self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other: MinimalValue | float) -> MinimalValue:
        other = other if isinstance(other, MinimalValue) else MinimalValue(other)
        quotient = self.data / other.data
        return MinimalValue(quotient, (self, other), (1.0 / other.data, -quotient / other.data))

    def __pow__(self, exponent: float) -> MinimalValue:
        return MinimalValue(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1.0),))

    def __neg__(self) -> MinimalValue:
        return MinimalValue(-self.data, (self,), (-1.0,))

    def exp(self) -> MinimalValue:
        power = math.exp(self.data)
        return MinimalValue(power, (self,), (power,))

    def log(self) -> MinimalValue:
        return MinimalValue(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> MinimalValue:
        return MinimalValue(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def backward(self) -> None:
        order: list[MinimalValue] = []
        visited: set[MinimalValue] = set()

        def visit(value: MinimalValue) -> None:
            if value not in visited:
                visited.add(value)
                for child in value.children:
                    visit(child)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for child, local_gradient in zip(value.children, value.local_gradients):
                child.grad += local_gradient * value.grad
