"""What the text calls has the meaning of the table's rows, number by number, in NumPy and in JAX."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from micrograd import ops
from micrograd.compiler.listing import quietly
from micrograd.ops import OPS, Op, Reduction
from micrograd.tensors.dialects import functions, quiet

inf, nan = math.inf, math.nan
NUMBERS = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 0.1, -0.3, 0.7, 0.999999, -0.999999, 1.5, -1.7, 5.3, -5.3, 9.7, 17.3, -17.3,
    26.1, -30.7, 37.4, -37.4, 100.3, -100.3, 700.1, 710.1, -708.1, 800.0, -800.0, 12345.678, -1e10, 1e22, 1e155, 1e300, -1e300,
    1e-5, 1e-8, -1e-20, 1e-300, -1e-300, inf, -inf, nan,
]  # fmt: skip
ROWS = [op for op in OPS if not isinstance(op, Reduction)]
OPERATORS = {
    ops.add: "add", ops.sub: "subtract", ops.mul: "multiply", ops.div: "divide", ops.neg: "negative", ops.pow: "power",
    ops.quiet_div: "divide", ops.quiet_pow: "power",
}  # fmt: skip
SMALLEST = 2.3e-308  # below it a number may be 0


@contextmanager
def in_double_precision(dialect: str) -> Iterator[None]:
    if dialect == "numpy":
        yield
        return
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        yield
    finally:
        jax.config.update("jax_enable_x64", before)


def called(dialect: str, op: Op) -> Callable[..., Any]:
    """The function of the row, or what its operator is in the text."""
    space = functions(dialect)
    return quiet(getattr(space["np"], OPERATORS[op]) if op in OPERATORS else space[op.symbol])


def near(got: float, want: float, ulps: float = 4.0) -> bool:
    if math.isnan(want) or math.isinf(want) or math.isnan(got):
        return got == want or (math.isnan(want) and math.isnan(got))
    return abs(got - want) <= max(ulps * math.ulp(want), SMALLEST)


@pytest.mark.parametrize("dialect", ["numpy", "jax"])
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.symbol)
def test_a_function_is_the_row_of_its_name_at_every_number(op: Op, dialect: str) -> None:
    points = list(itertools.product(NUMBERS, repeat=op.arity))
    with in_double_precision(dialect):
        found = np.asarray(called(dialect, op)(*map(np.array, zip(*points, strict=True)))).tolist()
    wrong = [(point, got) for point, got in zip(points, found, strict=True) if not near(got, quietly(op, point))]
    assert wrong == []


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.symbol)
def test_a_function_takes_single_numbers_and_leaves_its_operands_alone(op: Op) -> None:
    operands = [np.array(0.25 + place) for place in range(op.arity)]
    assert near(float(called("numpy", op)(*operands)), quietly(op, [0.25 + place for place in range(op.arity)]))
    assert operands == [0.25 + place for place in range(op.arity)]


@pytest.mark.parametrize("dialect", ["numpy", "jax"])
@pytest.mark.parametrize(
    "numbers",
    [
        [1.0, 2.0, 3.0], [1000.0, 1000.0], [0.0, -50.0], [-50.0, 0.0, -50.0], [2.0], [7.0, 7.0, 7.0], [-1000.0, 1000.0],
        [-inf, 1.0], [-inf, -inf], [inf, 1.0], [inf, inf], [inf, -inf], [nan, 1.0], [inf, nan],
    ],
    ids=str,
)  # fmt: skip
def test_logsumexp_is_that_of_the_table_along_any_axis(numbers: list[float], dialect: str) -> None:
    want = ops.logsumexp.forward(numbers)
    with in_double_precision(dialect):
        function = quiet(functions(dialect)["logsumexp"])
        along_rows = np.asarray(function(np.array([numbers, numbers]), 1)).tolist()
        along_columns = np.asarray(function(np.array([numbers, numbers]).T, 0)).tolist()
    assert all(near(got, want) for got in along_rows + along_columns)


@pytest.mark.parametrize("dialect", ["numpy", "jax"])
@pytest.mark.parametrize(
    "spec", ["bik,jk->bij", "bi,bjkl->ijkl", "bjkl,ijkl->bi", "bij,bkj->bik", "i,i->", "ij,jk->ki", "bilm,blmjk->ijk"]
)
def test_contract_is_einsum(spec: str, dialect: str) -> None:
    lengths = dict(zip("bijklm", [5, 2, 3, 4, 6, 7], strict=True))
    generator = np.random.default_rng(0)
    left, right = spec.split("->")[0].split(",")
    a, b = (generator.normal(size=[lengths[letter] for letter in side]) for side in (left, right))
    with in_double_precision(dialect):
        found = np.asarray(functions(dialect)["contract"](spec, a, b))
    assert found == pytest.approx(np.einsum(spec, a, b), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("dialect", ["numpy", "jax"])
def test_windows_are_read_where_they_lie(dialect: str) -> None:
    image = np.arange(40.0).reshape(2, 4, 5)
    with in_double_precision(dialect):
        found = np.asarray(functions(dialect)["windows"](image, axes=(1, 2), sizes=(3, 2)))
    assert found.shape == (2, 2, 4, 3, 2)
    assert all(found[r, i, j, a, b] == image[r, i + a, j + b] for r, i, j, a, b in np.ndindex(found.shape))


@pytest.mark.parametrize("dialect", ["numpy", "jax"])
@pytest.mark.parametrize("rows", [False, True])
def test_take_reads_places_and_scattered_gives_them_back(rows: bool, dialect: str) -> None:
    table = np.array([[5, 0, -1], [2, 2, 5]])
    numbers = np.arange(1.0, 13.0).reshape(2, 2, 3) if rows else np.arange(1.0, 7.0).reshape(2, 3)
    shape = (-1, 2, 3) if rows else (2, 3)
    with in_double_precision(dialect):
        space = functions(dialect)
        taken = np.asarray(space["take"](numbers, table, rows))
        back = np.asarray(space["scattered"](taken, shape, table))
    first, given = (taken[0], back[0]) if rows else (taken, back)
    assert first.tolist() == [[6.0, 1.0, 0.0], [3.0, 3.0, 6.0]]
    assert given.tolist() == [[1.0, 0.0, 6.0], [0.0, 0.0, 12.0]]


@pytest.mark.parametrize("dialect", ["numpy", "jax"])
@pytest.mark.parametrize(
    ("axes", "base", "strides"),
    [((2, 3), 1, (4, 1)), ((3, 2), 0, (1, 1)), ((2, 2, 2), 0, (4, 1, 1)), ((3,), 6, (-2,)), ((), 5, ())],
)
def test_placed_adds_at_every_place(axes: tuple[int, ...], base: int, strides: tuple[int, ...], dialect: str) -> None:
    numbers = np.arange(1.0, 2 * math.prod(axes) + 1.0).reshape(2, *axes)
    want = np.zeros((2, 8))
    for index in np.ndindex(*axes):
        want[:, base + sum(s * i for s, i in zip(strides, index, strict=True))] += numbers[(slice(None), *index)]
    with in_double_precision(dialect):
        placed = functions(dialect)["placed"]
        of_rows, of_one = (
            np.asarray(placed(numbers, (-1, 2, 4), base, strides)),
            np.asarray(placed(numbers[0], (8,), base, strides)),
        )
    assert of_rows.tolist() == want.reshape(2, 2, 4).tolist()
    assert of_one.tolist() == want[0].tolist()
