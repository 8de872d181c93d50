"""Operations and rows for the tests of the targets."""

import importlib.util
from collections.abc import Sequence

import pytest

from micrograd.compiler.rows import Table
from micrograd.engine import Value
from micrograd.ops import OPS, Op, Reduction

every_op = pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
needs_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
every_target = pytest.mark.parametrize("target", ["python", "llvm", "numpy", pytest.param("jax", marks=needs_jax)])
quick_target = pytest.mark.parametrize("target", ["python", "llvm", "numpy"])  # JAX takes a second for each rule
exact_target = pytest.mark.parametrize("target", ["python", "llvm"])


def width(op: Op) -> int:
    return 4 if isinstance(op, Reduction) else op.arity


def graph_of(op: Op) -> tuple[Value, list[Value]]:
    leaves = [Value(0.5) for _ in range(width(op))]
    return op(*op.arguments(leaves)), leaves


def table_of(rows: Sequence[Sequence[float]]) -> Table:
    return Table(rows, [f"x{i}" for i in range(len(rows[0]))])


def columns(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*rows, strict=True)]
