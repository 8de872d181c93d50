"""The text of an array program: what a book could print, and what runs to the loss and the gradients of eager code."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from micrograd import losses, nn, ops
from micrograd.engine import Value
from micrograd.folding import Folded, fold
from micrograd.ops import Op
from micrograd.tensors.arrays import Array, View
from micrograd.tensors.lines import output_formulas
from micrograd.tensors.names import give_names
from micrograd.tensors.programs import value_program
from micrograd.tensors.slices import Tables, read, spread
from micrograd.tensors.spelling import runnable, script, source, spelled
from micrograd.tensors.terms import Index, Infix, MatMul, Name, Negative, Number, Permute, Power, Reshape, Sum, Term
from tests.tensors.eager import condition, eager
from tests.tensors.examples import EXAMPLES, random_graph
from tests.tensors.pieces import Example, matrix, normal_rows, product, vector

inf, nan = math.inf, math.nan


def folded(example: Example) -> Folded:
    return fold(example.loss, inputs=example.inputs, parameters=example.parameters)


def arguments(of: Folded, example: Example) -> list[Any]:
    """The arrays of the inputs and the parameters, and the share of a row."""
    data, own = np.array(example.rows, dtype=float), np.array([parameter.data for parameter in example.parameters])
    inputs = [data[:, array.members - len(own)].reshape(len(data), *array.shape) for array in of.program.inputs]
    return [*inputs, *[own[array.members].reshape(array.shape) for array in of.program.parameters], np.float64(1.0 / len(data))]


def assert_as_eager(example: Example, function: Callable[..., Any], of: Folded) -> None:
    """Loss and gradients to 1e-12 of what roundings can move them by."""
    loss, *found = function(*arguments(of, example))
    slopes = np.zeros(len(example.parameters))
    for array, slope in zip(of.program.parameters, found, strict=True):
        assert np.shape(slope) == array.shape
        slopes[array.members] = np.ravel(slope)
    (want, wanted), (room, rooms) = eager(*example), condition(*example)
    assert abs(float(loss) - want) <= 1e-12 * room + 1e-300
    assert np.all(np.abs(slopes - wanted) <= 1e-12 * np.array(rooms) + 1e-300)


# --------------------------------------------------------------------------------------------------------------
# Texts that run
# --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_the_text_runs_to_the_gradients_of_eager_code(make: Callable[[], Example]) -> None:
    example = make()
    of = folded(example)
    assert_as_eager(example, runnable(of.formulas), of)


@pytest.mark.parametrize("seed", range(40))
def test_the_text_of_an_irregular_graph_runs_too(seed: int) -> None:
    example = random_graph(seed)
    of = folded(example)
    assert_as_eager(example, runnable(of.formulas), of)


@pytest.mark.parametrize("name", ["mlp of gelu", "classes", "pruned", "cnn of two layers", "rnn", "causal attention", "1-1-1"])
def test_the_same_text_is_jax(name: str) -> None:
    jax = pytest.importorskip("jax")
    example = EXAMPLES[name]()
    of = folded(example)
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        assert_as_eager(example, jax.jit(runnable(of.formulas, "jax")), of)
    finally:
        jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("name", ["classes", "cnn", "causal attention", "mlp of silu", "bilinear"])
def test_the_script_is_a_file_of_its_own(name: str, tmp_path: Path) -> None:
    example = EXAMPLES[name]()
    of = folded(example)
    path = tmp_path / "folded.py"
    path.write_text(script(of.formulas), encoding="utf-8")
    subprocess.run([sys.executable, "-I", "-W", "error", str(path)], check=True)  # noqa: S603  # our own text
    space: dict[str, Any] = {}
    exec(path.read_text(encoding="utf-8"), space)  # noqa: S102
    assert_as_eager(example, space["gradient"], of)


def test_the_outputs_have_a_function_of_their_own() -> None:
    model = nn.MLP(2, [3, 2], activation="tanh", seed=1)
    x = [Value(0.5, label="x1"), Value(-1.0, label="x2")]
    outputs = [*model(x), x[0] * 2.0]
    program = value_program(outputs, x, model.parameters())
    formulas = output_formulas(program)
    give_names(program, formulas, {})
    own = np.array([parameter.data for parameter in model.parameters()])
    data = np.array([[0.5, -1.0], [2.0, 0.25]])
    inputs = [data[:, array.members - len(own)].reshape(2, *array.shape) for array in program.inputs]
    found = runnable(formulas, title="value")(*inputs, *[own[array.members].reshape(array.shape) for array in program.parameters])
    assert [float(output[0]) for output in found] == pytest.approx([output.data for output in outputs])
    assert [float(output[1]) for output in found[2:]] == [4.0]


def test_a_hessian_times_a_direction_is_a_text_too() -> None:
    w, x = [Value(2.0, label="w1"), Value(3.0, label="w2")], Value(1.0, label="x")
    of = fold((w[0] * w[1]) ** 2 * x, [x], w)
    product = of.hessian_product()
    program, formulas = product.program, product.formulas
    # (a b)^2 has the Hessian [[2 b^2, 4 a b], [4 a b, 2 a^2]]: at a = 2, b = 3 along (1, 10) that is 18 + 240 and 24 + 80
    found = runnable(formulas)(
        np.array([1.0]),
        *own_arrays(program.parameters, [2.0, 3.0]),
        *own_arrays(program.directions, [1.0, 10.0]),
        np.float64(1.0),
    )
    slopes = np.zeros(2)
    for array, slope in zip(program.parameters, found[1:], strict=True):
        slopes[array.members] = np.ravel(slope)
    assert slopes.tolist() == [258.0, 104.0]


def own_arrays(arrays: list[Array], numbers: list[float]) -> list[Any]:
    return [np.array(numbers)[array.members].reshape(array.shape) for array in arrays]


def test_an_operation_of_ones_own_is_called_number_by_number() -> None:
    cube = Op("a³", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    root = Op("root", math.sqrt, lambda out, a: (0.5 / out,))
    w, x = [Value(2.0), Value(-1.0)], [Value(3.0), Value(4.0)]
    example = Example(ops.total([root(cube(a * b) ** 2) for a, b in zip(w, x, strict=True)]), x, w, [[3.0, 4.0], [1.0, 2.0]])
    of = folded(example)
    assert_as_eager(example, runnable(of.formulas), of)
    assert "own1(" in str(of)


def test_nothing_is_said_of_nan_and_infinities() -> None:
    w, x = Value(1.0, label="w"), Value(1.0, label="x")
    of = fold(ops.log(w * x), [x], [w])
    loss, slope = runnable(of.formulas)(np.array([0.0, -1.0, inf]), np.array(1.0), np.float64(1.0))
    assert math.isnan(loss)
    assert math.isnan(slope)


# --------------------------------------------------------------------------------------------------------------
# Texts as a book prints them
# --------------------------------------------------------------------------------------------------------------


def test_two_layers_read_as_in_a_book() -> None:
    model = nn.MLP(2, [3, 1], activation="relu", seed=0)
    x, y = vector(random.Random(0), 2, "x"), Value(0.0, label="y")
    loss = losses.half_mean_squared_error([model(x)], [y])
    assert source(fold(loss, [*x, y], model.parameters()).formulas) == (
        "def gradient(x, y, W1, b1, w2, b2, share):\n"
        "    z1 = x @ W1.T + b1                    # rows, 3\n"
        "    h1 = relu(z1)                         # rows, 3\n"
        "    v1 = h1 @ w2 + b2 - y                 # rows\n"
        "    loss = share * (v1 * v1 / 2.0).sum()  # one number\n"
        "    dv1 = v1 * share                      # rows\n"
        "    dh1 = w2 * dv1[:, None]               # rows, 3\n"
        "    dz1 = step(z1) * dh1                  # rows, 3\n"
        "    dW1 = dz1.T @ x                       # 3, 2\n"
        "    db1 = dz1.sum(axis=0)                 # 3\n"
        "    dw2 = h1.T @ dv1                      # 3\n"
        "    db2 = dv1.sum()                       # one number\n"
        "    return loss, dW1, db1, dw2, db2\n"
    )


def lines(example: Example) -> list[str]:
    return source(folded(example).formulas, comments=False).splitlines()


def test_a_convolution_reads_windows_and_its_gradient_a_padded_one_with_the_kernel_turned_round() -> None:
    text = lines(EXAMPLES["cnn of two layers"]())
    assert "    p1 = windows(x.reshape(-1, 8, 8), axes=(1, 2), sizes=(3, 3))" in text
    assert sum(", p1" in line for line in text) == 2  # its windows are read again by the gradient of the kernels
    (padded,) = [line.partition(" = ")[0].strip() for line in text if "np.pad(" in line]
    assert f"    p3 = windows({padded}, axes=(2, 3), sizes=(3, 3))" in text
    assert '    dh1 = contract("bnjklm,nilm->bijk", p3, K2[:, :, ::-1, ::-1])' in text


def test_a_recurrent_network_adds_the_gradients_of_its_steps() -> None:
    text = lines(EXAMPLES["rnn"]())
    (matrices,) = [line for line in text if line.count(".T @ h") == 7]
    assert matrices == "    dW2 = " + " + ".join(f"dz{time}.T @ h{time - 1}" for time in range(8, 1, -1))


def test_attention_is_products_of_matrices_row_by_row() -> None:
    generator = random.Random(3)
    x, scale = matrix(generator, 4, 3, "x"), math.sqrt(3.0)
    queries, keys, values = (matrix(generator, 3, 3, letter) for letter in "QKV")
    q, k, v = ([product(weights, row) for row in x] for weights in (queries, keys, values))
    weights = [[ops.dot(a, b) / scale for b in k] for a in q]
    shares = [[ops.exp(entry - ops.logsumexp(row)) for entry in row] for row in weights]
    mixed = [[ops.dot(row, column) for column in zip(*v, strict=True)] for row in shares]
    loss = ops.total([entry * entry for row in mixed for entry in row])
    leaves = [entry for rows in (queries, keys, values) for row in rows for entry in row]
    text = lines(Example(loss, [entry for row in x for entry in row], leaves, normal_rows(generator, 5, 12)))
    assert text[:6] == [
        "def gradient(x, W1, share):",  # one matrix of queries, keys and values
        '    z1 = contract("bik,jk->bij", x, W1)',
        f"    v1 = z1[:, :, :3] @ z1[:, :, 3:6].transpose(0, 2, 1) / {scale!r}",
        "    v2 = logsumexp(v1, axis=2)",
        "    v3 = exp(v1 - v2[:, :, None])",
        "    z2 = v3 @ z1[:, :, 6:]",
    ]
    assert text[-2:] == ['    dW1 = contract("bki,bkj->ij", dz1, x)', "    return loss, dW1"]


# --------------------------------------------------------------------------------------------------------------
# Terms
# --------------------------------------------------------------------------------------------------------------


def named(name: str, shape: tuple[int, ...] = (3, 3)) -> Name:
    array = Array("parameter", shape)
    array.name = name
    return Name(array)


A, B, C = named("A"), named("B"), named("C")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Infix("+", Infix("+", A, B), C), "A + B + C"),
        (Infix("-", A, Infix("+", B, C)), "A - (B + C)"),
        (Infix("-", A, Infix("-", B, C)), "A - (B - C)"),
        (Infix("+", A, Infix("-", B, C)), "A + B - C"),
        (Infix("*", Infix("+", A, B), C), "(A + B) * C"),
        (Infix("*", A, Infix("*", B, C)), "A * B * C"),
        (Infix("*", A, Infix("/", B, C)), "A * (B / C)"),
        (Infix("/", A, Infix("*", B, C)), "A / (B * C)"),
        (Infix("/", Infix("*", A, B), C), "A * B / C"),
        (Infix("*", A, MatMul(B, C)), "A * (B @ C)"),
        (Infix("+", MatMul(A, Permute(B, (1, 0))), C), "A @ B.T + C"),
        (MatMul(MatMul(A, B), C), "A @ B @ C"),
        (MatMul(A, MatMul(B, C)), "A @ (B @ C)"),
        (MatMul(Infix("*", A, B), C), "(A * B) @ C"),
        (Negative(Infix("*", A, B)), "-(A * B)"),
        (Infix("*", Negative(A), B), "-A * B"),
        (Infix("-", A, Negative(B)), "A - -B"),
        (Negative(Power(A, Number(2.0))), "-A ** 2"),
        (Power(Negative(A), Number(-0.5)), "(-A) ** -0.5"),
        (Power(Power(A, Number(2.0)), B), "(A ** 2) ** B"),
        (Power(A, Power(B, C)), "A ** B ** C"),
        (Sum(Infix("*", A, B), None), "(A * B).sum()"),
        (Sum(A, (0, 2)), "A.sum(axis=(0, 2))"),
        (Index(Infix("+", A, B), (slice(None), None)), "(A + B)[:, None]"),
        (Index(A, (slice(1, 3), 0, slice(None, None, -1))), "A[1:3, 0, ::-1]"),
        (Reshape(Permute(A, (2, 0, 1)), (-1, 9)), "A.transpose(2, 0, 1).reshape(-1, 9)"),
        (Number(-0.5), "-0.5"),
        (Infix("*", Number(inf), Number(-inf)), "np.inf * -np.inf"),
        (Number(nan), "np.nan"),
    ],
    ids=str,
)  # fmt: skip
def test_a_term_has_the_brackets_that_it_needs_and_no_others(term: Term, text: str) -> None:
    assert str(spelled(term)) == text


GRIDS = [
    # shape, base, axes, strides
    ((4, 3), 0, (4, 3), (3, 1)), ((4, 3), 0, (3, 4), (1, 3)), ((4, 3), 1, (4,), (3,)), ((4, 3), 6, (3,), (1,)),
    ((4, 3), 3, (2, 2), (3, 1)),
    ((4, 3), 2, (4, 3), (3, -1)), ((4, 3), 11, (4, 3), (-3, -1)), ((4, 3), 0, (2, 3), (6, 1)), ((12,), 0, (3, 4), (4, 1)),
    ((12,), 3, (2, 4), (4, 1)), ((12,), 2, (2, 5), (5, 1)), ((12,), 1, (5,), (2,)), ((12,), 0, (10, 3), (1, 1)),
    ((12,), 1, (4, 4), (2, 1)), ((4, 4), 0, (4,), (5,)), ((4, 4), 3, (4,), (3,)),
    ((6, 6), 0, (4, 4, 3, 3), (6, 1, 6, 1)), ((36,), 0, (4, 4, 3, 3), (6, 1, 6, 1)),
    ((6, 6), 0, (2, 2, 3, 3), (12, 2, 6, 1)), ((36,), 0, (2, 2, 3, 3), (12, 2, 6, 1)), ((6, 6), 0, (3, 2, 3, 2), (12, 6, 2, 1)),
    ((2, 36), 0, (4, 4, 2, 3, 3), (6, 1, 36, 6, 1)), ((6, 6), 18, (3, 6, 4), (6, 1, -6)), ((2, 3, 4), 5, (), ()),
    ((5,), 3, (2,), (0,)), ((24,), 0, (2, 5), (7, 3)), ((3, 8), 4, (3, 2, 2), (8, 2, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "base", "axes", "strides"), GRIDS, ids=str)
@pytest.mark.parametrize("rows", [False, True])
def test_a_view_is_read_as_the_places_that_it_shows(
    shape: tuple[int, ...], base: int, axes: tuple[int, ...], strides: tuple[int, ...], rows: bool
) -> None:
    array = Array("input", shape, rows)
    array.name = "A"
    view, tables = View(array, axes, base, strides), Tables()
    reading = read(view, Name(array), tables)
    term = spread(reading, (*[-1] * rows, *range(len(axes))))
    numbers = np.arange(2 * math.prod(shape), dtype=float).reshape(2, *shape)
    space = {**spaces(), "A": numbers if rows else numbers[0], **{table.name: table.places for table in tables.tables}}
    found = eval(str(spelled(term)), space)  # noqa: S307  # our own text
    want = numbers.reshape(2, -1)[:, view.places()]
    lengths = (2, *axes) if rows else axes
    assert np.broadcast_to(found, lengths).tolist() == (want if rows else want[0]).tolist()


def spaces() -> dict[str, Any]:
    from micrograd.tensors.dialects import functions

    return functions("numpy")


def test_only_what_no_slice_reads_is_a_table() -> None:
    readings = {}
    for shape, base, axes, strides in GRIDS:
        array = Array("input", shape)
        tables = Tables()
        read(View(array, axes, base, strides), Name(array), tables)
        readings[shape, base, axes, strides] = bool(tables.tables)
    assert [case for case, is_table in readings.items() if is_table] == [((24,), 0, (2, 5), (7, 3))]


@pytest.mark.parametrize("rows", [False, True])
def test_equal_tables_have_one_name(rows: bool) -> None:
    tables, places = Tables(), [np.array([0, 5, 2]), np.array([5, 0, 2])]
    assert [tables.table(one).name for one in itertools.chain(places, places)] == ["I1", "I2", "I1", "I2"]
