"""Every target gives the numbers of eager code."""

import ctypes
import math
import random
import shutil
import subprocess
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import micrograd
from micrograd import ops
from micrograd.compiler import c
from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import flatten
from micrograd.compiler.llvm import rows as llvm_rows
from micrograd.compiler.llvm import target as llvm
from micrograd.compiler.python import target as python
from micrograd.engine import Constant, Value
from micrograd.gradients import gradient
from micrograd.ops import Op, Reduction
from tests.compiler.targets import columns, every_op, every_target, exact_target, graph_of, table_of, width
from tests.compiler.wild_graphs import SPECIAL, eagerly, random_graph, random_row, same_bits


def in_c(graph: Graph, folder: Path, rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """The outputs of each row by the C target."""
    (folder / "graph.c").write_text(c.source(graph))
    command = ["cc", "-std=c99", "-O0", "-shared", "-fPIC", "-o", "graph.so", "graph.c", "-lm"]
    subprocess.run(command, cwd=folder, check=True)  # noqa: S603
    function = ctypes.CDLL(str(folder / "graph.so")).evaluate
    function.restype, double = None, ctypes.c_double
    results = []
    for row in rows:
        outputs = (double * len(graph.outputs))()
        function((double * len(row))(*row), (double * 1)(), outputs)
        results.append(list(outputs))
    return results


def test_2000_random_graphs_and_their_gradients_agree_bit_for_bit_on_every_target(tmp_path: Path) -> None:
    """Every operation, with nan, infinities and -0.0."""
    generator = random.Random(5)
    eager_numbers = 0
    for batch in range(20):
        leaves = [Value(generator.uniform(-1.5, 1.5)) for _ in range(3)]
        outputs: list[Value] = []
        for _ in range(100):
            output = random_graph(generator, leaves, generator.randint(1, 8))
            outputs += [output, *gradient(output, leaves)]
        rows = [random_row(generator, 3) for _ in range(11)]
        listing = flatten(outputs, leaves, [])
        expected = [listing.run(row, []) for row in rows]
        for row, numbers in zip(rows, expected, strict=True):
            for output, number in zip(outputs, numbers, strict=True):
                try:
                    assert same_bits([number], eagerly([output], leaves, row))
                    eager_numbers += 1
                except (ValueError, ArithmeticError):
                    pass  # no value in eager code: there the targets have only one another
        for first in range(0, len(outputs), 4):  # one by one, since a row in which one has no value is interpreted
            evaluator = python.PythonEvaluator(flatten(outputs[first : first + 4], leaves, []))
            assert all(map(same_bits, evaluator(table_of(rows), []), columns(expected)[first : first + 4]))
        got = llvm.evaluator(Graph(outputs, leaves, [], exact=True))(table_of(rows), [])
        assert all(map(same_bits, got, columns(expected)))
        if shutil.which("cc"):
            folder = tmp_path / str(batch)
            folder.mkdir()
            with_hypot = listing.depending_on(name for name, op, _ in listing.instructions if op in (ops.hypot, ops.hypot_slope))
            for got_row, number_row in zip(in_c(Graph(outputs, leaves, []), folder, rows), expected, strict=True):
                for name, got_number, number in zip(listing.outputs, got_row, number_row, strict=True):
                    assert same_bits([got_number], [number]) or (name in with_hypot and close(got_number, number))
    assert eager_numbers > 80_000


def close(got: float, expected: float) -> bool:
    """For hypot: Python has one of its own, which rounds otherwise than the one of C."""
    return abs(got - expected) <= 1e-12 * abs(expected)


@every_op
def test_every_target_spells_every_operation(op: Op) -> None:
    output, leaves = graph_of(op)
    program = micrograd.compile(output, leaves, target="python")
    assert program.evaluate([[0.5] * width(op)]) == [output.data]
    for target in ("python", "llvm", "c", "numpy"):
        assert program.source(target)


def sample(generator: random.Random) -> float:
    reach = generator.choice([1.0, 30.0, 0.0])
    return (
        generator.uniform(-reach, reach)
        if reach
        else math.copysign(10.0 ** generator.uniform(-300, 300), generator.random() - 0.5)
    )


def test_a_square_is_a_product_and_with_exact_a_power() -> None:
    x = Value(1.1, label="x")
    fast, exact = (micrograd.compile(x**2, [x], [], target="llvm", exact=exact) for exact in (False, True))
    assert fast.source("llvm").count("@pow.each") == 1  # its definition
    assert fast.evaluate([[1.1]]) == [1.1 * 1.1]
    assert exact.source("llvm").count("@pow.each") == 2
    assert exact.evaluate([[1.1]]) == [math.pow(1.1, 2.0)]


@every_op
@pytest.mark.parametrize("at_once", [2, 4, 1101])
def test_vector_math_is_within_4_ulp_of_eager_code(op: Op, at_once: int) -> None:
    """On 2 lanes, on 4, and on as many as this machine has."""
    output, leaves = graph_of(op)
    listing = flatten([output], leaves, [])
    if isinstance(op, Reduction) and op is not ops.logsumexp:
        return  # sums and products alone, of which the tests of sums say all
    generator = random.Random(op.symbol)
    rows = [[sample(generator) for _ in leaves] for _ in range(1001)]
    rows += [[generator.choice(SPECIAL) for _ in leaves] for _ in range(100)]
    evaluate = llvm.evaluator(Graph([output], leaves, []))
    got = [number for first in range(0, 1101, at_once) for number in evaluate(table_of(rows[first : first + at_once]), [])[0]]
    for row, number in zip(rows, got, strict=True):
        (expected,) = listing.run(row, [])
        if math.isfinite(expected) and abs(expected) > 1e-300:
            assert abs(number - expected) <= 4.0 * math.ulp(expected), row
        else:
            assert number == expected or (number != number and expected != expected) or abs(expected) <= 1e-300, row


def test_with_exact_nothing_is_fused() -> None:
    """a * b + c with one rounding would be 2^-60 here; with two it is 0."""
    a, b, c_ = Value(1.0 + 2.0**-30), Value(1.0 + 2.0**-30), Value(-1.0 - 2.0**-29)
    program = micrograd.compile(a * b + c_, [a, b, c_], target="llvm", exact=True)
    assert program.evaluate([[a.data, b.data, c_.data]] * 9) == [0.0] * 9


@exact_target
def test_exact_programs_give_the_bits_of_eager_code(target: str) -> None:
    check_against_eager_code(target, exact=True)


@every_target
def test_programs_give_the_numbers_of_eager_code(target: str) -> None:
    check_against_eager_code(target, exact=False)


def check_against_eager_code(target: str, exact: bool) -> None:
    w, b, x = Value(0.75, "w"), Value(-0.25, "b"), Value(1.0, "x")
    output = (w * x + b).tanh() * w
    program = micrograd.compile(output, [x], [w, b], target=target, exact=exact)
    for number in (-3.0, 0.5, 2.0):
        (got,) = program.evaluate([[number]])
        (expected,) = eagerly([output], [x], [number])
        assert got == (expected if exact else pytest.approx(expected, rel=1e-15))
        program.gradient([[number]])
        slopes = eagerly(gradient(output, [w, b]), [x], [number])
        assert [w.grad, b.grad] == (slopes if exact else pytest.approx(slopes, rel=1e-14))


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("block", [1, 3, 100])
def test_a_long_listing_is_split_into_blocks_and_may_be_translated_quickly(
    block: int, quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = random.Random(3)
    leaves = [Value(generator.uniform(-1.0, 1.0)) for _ in range(4)]
    outputs = [*[random_graph(generator, leaves, 12) for _ in range(6)], leaves[0], Constant(2.0), leaves[3]]
    rows = [[generator.uniform(-1.0, 1.0) for _ in range(2)] for _ in range(13)]
    parameters = [leaf.data for leaf in leaves[2:]]
    graph = Graph(outputs, leaves[:2], leaves[2:], exact=True)
    expected = columns([graph.listing().run(row, parameters) for row in rows])
    monkeypatch.setattr(llvm_rows, "BLOCK", block)
    monkeypatch.setattr(llvm, "LARGE", 0 if quick else 1000)
    assert llvm.evaluator(graph)(table_of(rows), parameters) == expected


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("rows", [1, 2, 3, 8, 21, 300, 1000])
@pytest.mark.parametrize("count", [3, 40])
def test_sums_over_rows_and_lanes_count_each_row_once(exact: bool, rows: int, count: int) -> None:
    """The sum over i of p_i (x + i) + y, times its weight."""
    x, y = Value(1.0), Value(2.0)
    parameters = [Value(float(number)) for number in range(count)]
    output = ops.total([parameter * (x + float(i)) for i, parameter in enumerate(parameters)]) + y
    data = [[float(row), float(row * row)] for row in range(rows)]
    weights = array("d", [float(row % 3) for row in range(rows)])
    numbers = [parameter.data for parameter in parameters]
    slopes = [[w * (row[0] + i) for i in range(count)] for row, w in zip(data, weights, strict=True)]
    values = [math.fsum(map(math.prod, zip(numbers, slope))) + w * row[1] for row, slope, w in zip(data, slopes, weights)]
    expected = [*map(math.fsum, columns(slopes)), math.fsum(values)]
    graph = Graph([output], [x, y], parameters, exact)
    for target in (python, llvm):
        assert target.summer(graph)(table_of(data), numbers, weights) == pytest.approx(expected, rel=0.0 if exact else 1e-15)


@pytest.mark.parametrize("target", ["python", "llvm"])
def test_rows_that_fill_the_last_lanes_do_no_harm(target: str) -> None:
    """At 0 the slope of log is infinite, and times the weight 0 it would be nan."""
    w, x = Value(1.0), Value(1.0)
    program = micrograd.compile(micrograd.log(w * x), [x], [w], target=target)
    assert program.gradient([[1.0], [2.0], [4.0]]) == pytest.approx(math.log(2.0))
    assert w.grad == pytest.approx(1.0)


def test_a_large_graph_compiles_in_time_linear_in_its_operations() -> None:
    def seconds(operations: int) -> float:
        x = node = Value(1.0)
        p = Value(0.5)
        for _ in range(operations // 2):
            node = node * p + x
        begin = time.perf_counter()
        micrograd.compile(node, [x], [p], target="llvm").gradient([[1.0]])
        return time.perf_counter() - begin

    seconds(100)  # loads LLVM
    assert seconds(4_000) < 8.0 * seconds(1_000)


CUBE = Op("my cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))


def test_an_operation_of_ones_own_runs_on_the_python_target_and_is_refused_by_name_on_the_others() -> None:
    x = Value(2.0)
    program = micrograd.compile(CUBE(x), [x])
    assert program.target == "python"
    assert program.evaluate([[2.0], [3.0]]) == [8.0, 27.0]
    with pytest.raises(
        ValueError, match=r"^the llvm target cannot spell 'my cube', an operation of your own; use target='python'$"
    ):
        micrograd.compile(CUBE(x), [x], target="llvm")
    with pytest.raises(ValueError, match=r"^the c target cannot spell 'my cube', an operation of your own"):
        program.source("c")


def test_a_reduction_of_ones_own_runs_on_the_python_target() -> None:
    spread = Reduction("spread", lambda a, b: sum(a) - sum(b), lambda out, a, b: (*[1.0] * len(a), *[-1.0] * len(b)))
    w, x, y = Value(2.0), Value(1.0), Value(1.0)
    program = micrograd.compile(spread([w * x, y], [x * y, w]) * w, [x, y], [w])
    assert program.evaluate([[1.0, 2.0], [3.0, 4.0]]) == [0.0, -8.0]  # (2 + 2 - 2 - 2) * 2, (6 + 4 - 12 - 2) * 2
    assert program.gradient([[3.0, 4.0]]) == -8.0
    assert w.grad == 0.0  # (3 - 1) * 2 + (6 + 4 - 12 - 2)


@every_target
@pytest.mark.parametrize(
    ("function", "number", "expected"),
    [
        (micrograd.log, 0.0, -math.inf),
        (micrograd.log, -1.0, math.nan),
        (micrograd.log1p, -1.0, -math.inf),
        (micrograd.sqrt, -1.0, math.nan),
        (micrograd.exp, 1000.0, math.inf),
        (micrograd.expm1, 1000.0, math.inf),
        (micrograd.sinh, -1000.0, -math.inf),
        (micrograd.cosh, -1000.0, math.inf),
        (micrograd.sin, math.inf, math.nan),
        (micrograd.asin, 2.0, math.nan),
        (lambda x: 1.0 / x, 0.0, math.inf),
        (lambda x: 1.0 / x, -0.0, -math.inf),
        (lambda x: x**-3, -0.0, -math.inf),
        (lambda x: x**0.5, -2.0, math.nan),
        (lambda x: x**2, 1e300, math.inf),
    ],
)
def test_compiled_code_goes_on_with_the_number_of_ieee_754(
    function: Callable[[Value], Value], number: float, expected: float, target: str
) -> None:
    x = Value(0.5)
    got = micrograd.compile(function(x), [x], target=target).evaluate([[0.5], [number]])
    assert got == pytest.approx([function(Value(0.5)).data, expected], nan_ok=True)


@pytest.mark.parametrize("target", ["python", "llvm"])
@pytest.mark.parametrize("rows", range(1, 10))
def test_rows_that_fill_the_last_panel_leave_an_infinity_as_it_is(target: str, rows: int) -> None:
    """The last row overflows, and is there as often as it takes to fill the panel."""
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = micrograd.compile((w * x).exp(), [x], [w], target=target)
    assert program.gradient([*[[2.0]] * (rows - 1), [1000.0]]) == math.inf
    assert w.grad == math.inf
    assert program.gradient([[1000.0]] * rows) == math.inf
    assert w.grad == math.inf


@pytest.mark.parametrize("target", ["python", "llvm"])
def test_a_row_of_weight_0_counts_for_nothing_unless_it_is_infinite(target: str) -> None:
    """0 * inf is nan, as in eager code, whether the row is the last one or not."""
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = micrograd.compile((w * x).exp(), [x], [w], target=target)
    assert program.gradient([[1.0], [2.0], [3.0]], [1.0, 1.0, 0.0]) == pytest.approx((math.e + math.e**2) / 2.0)
    assert w.grad == pytest.approx((math.e + 2.0 * math.e**2) / 2.0)
    for rows, weights in (([[1.0], [1000.0]], [1.0, 0.0]), ([[1000.0], [1.0]], [0.0, 1.0])):
        assert math.isnan(program.gradient(rows, weights))
        assert math.isnan(w.grad)


@exact_target
@pytest.mark.parametrize("op", [micrograd.maximum, micrograd.minimum])
def test_a_tie_of_zeros_goes_to_the_first_as_in_eager_code(target: str, op: Op) -> None:
    a, b = Value(0.0), Value(0.0)
    program = micrograd.compile(op(a, b), inputs=[a, b], target=target)
    for row in ([0.0, -0.0], [-0.0, 0.0]):
        (got,) = program.evaluate([row])
        assert math.copysign(1.0, got) == math.copysign(1.0, op(*row))
