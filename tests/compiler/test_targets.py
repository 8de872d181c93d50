"""Compiled graphs: the listing, what every target makes of it, and that all of them give the numbers of eager code."""

import ctypes
import math
import random
import shutil
import subprocess
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd import ops
from micrograd.compiler import c, sparsity
from micrograd.compiler.listing import Listing, Writer, flatten, quietly
from micrograd.compiler.llvm import machine as llvm_machine
from micrograd.compiler.llvm import rows as llvm_rows
from micrograd.compiler.llvm import target as llvm
from micrograd.compiler.python import spelling as python_spelling
from micrograd.compiler.python import target as python
from micrograd.compiler.rows import Table
from micrograd.engine import Constant, Value
from micrograd.gradients import gradient
from micrograd.ops import OPS, Op, Reduction
from tests.compiler.wild_graphs import SPECIAL, eagerly, random_graph, random_row, same_bits

every_op = pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
every_target = pytest.mark.parametrize("target", ["python", "llvm"])
needs_cc = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")


# The listing


def instructions(listing: Listing) -> list[str]:
    return [line[11:] for line in str(listing).splitlines() if line[:9].strip().isdigit()]


def test_a_listing_is_readable_and_numbered_and_has_the_labels() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    z = w * x + 3.0
    z.label = "z"
    assert str(flatten([z.tanh()], [x], [w])).splitlines() == [
        "input      x1      x",
        "parameter  p1      w",
        "constant   c1      3.0",
        "        1  v1      p1 * x1",
        "        2  v2      v1 + c1  # z",
        "        3  v3      tanh(v2)",
        "output     v3",
    ]


def test_a_number_that_is_computed_twice_is_listed_once() -> None:
    a, b = Value(2.0), Value(3.0)
    assert instructions(flatten([(a * b).sin() + (b * a).sin()], [a, b], [])) == [
        "v1      x1 * x2",
        "v2      sin(v1)",
        "v3      v2 + v2",
    ]
    assert len(instructions(flatten([(a - b) * (b - a)], [a, b], []))) == 3


def test_two_leaves_of_the_same_number_stay_two() -> None:
    a, b = Value(2.0), Value(2.0)
    assert instructions(flatten([a * a - a * b], [a], [b])) == ["v1      x1 * x1", "v2      x1 * p1", "v3      v1 - v2"]


def test_what_depends_on_constants_alone_is_computed_beforehand() -> None:
    x, half = Value(2.0), Value(0.5)
    listing = flatten([x * (half + 1.0).exp()], [x], [])
    assert listing.constants == {"c1": math.exp(1.5)}
    assert instructions(listing) == ["v1      x1 * c1"]


def test_zeros_of_two_signs_are_two_constants() -> None:
    x = Value(2.0)
    assert sorted(map(str, flatten([(x + 0.0) * (x + -0.0)], [x], []).constants.values())) == ["-0.0", "0.0"]


def test_what_no_output_needs_is_left_out() -> None:
    x = Value(2.0)
    assert instructions(flatten(gradient(x.sin() + 5.0, [x]), [x], [])) == ["v1      cos(x1)"]


def test_reductions_are_written_out_from_left_to_right() -> None:
    a, b, x, y = map(Value, (1.0, 2.0, 3.0, 4.0))
    assert instructions(flatten([ops.dot([a, b], [x, y])], [a, b, x, y], [])) == [
        "v1      x1 * x3",
        "v2      x2 * x4",
        "v3      v1 + v2",
    ]
    assert instructions(flatten([ops.total([a, b, x])], [a, b, x], [])) == ["v1      x1 + x2", "v2      v1 + x3"]
    for op, number in ((ops.total, 0.0), (ops.dot, 0.0), (ops.logsumexp, -math.inf)):
        writer = Writer()
        assert writer.constants[writer.write(op, [])] == number


def test_negated_products_share_the_negated_factor() -> None:
    a, b, c = map(Value, (1.0, 2.0, 3.0))
    assert instructions(flatten([-(a * c) + -(b * c)], [a, b, c], [])) == [
        "v1      neg(x3)",
        "v2      x1 * v1",
        "v3      x2 * v1",
        "v4      v2 + v3",
    ]
    negative = -(b * c)
    assert instructions(flatten([-(a * (b * c)), -negative], [a, b, c], [])) == [
        "v1      x2 * x3",
        "v2      neg(x3)",
        "v3      x2 * v2",
        "v4      x1 * v3",
    ]


def test_a_chain_longer_than_the_recursion_limit_is_flattened() -> None:
    x = node = Value(1.0)
    for _ in range(20_000):
        node = node + x
    assert len(flatten([node], [x], []).instructions) == 20_000


# All targets against eager code


def width(op: Op) -> int:
    return 4 if isinstance(op, Reduction) else op.arity


def graph_of(op: Op) -> tuple[Value, list[Value]]:
    leaves = [Value(0.5) for _ in range(width(op))]
    return op(*op.arguments(leaves)), leaves


def table_of(rows: Sequence[Sequence[float]]) -> Table:
    return Table(rows, [f"x{i}" for i in range(len(rows[0]))])


def columns(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*rows, strict=True)]


def in_c(listing: Listing, folder: Path, rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """The outputs of each row by the C target, added to -0.0, which changes no bit; the last input is a weight, and 1."""
    (folder / "graph.c").write_text(c.source(listing, listing, exact=True))
    command = ["cc", "-std=c99", "-O0", "-shared", "-fPIC", "-o", "graph.so", "graph.c", "-lm"]
    subprocess.run(command, cwd=folder, check=True)  # noqa: S603
    function = ctypes.CDLL(str(folder / "graph.so")).gradient
    function.restype, double = ctypes.c_double, ctypes.c_double
    results = []
    for row in rows:
        slopes = (double * len(listing.outputs))(*[-0.0] * len(listing.outputs))
        function((double * len(row))(*row), (double * 1)(), double(1.0), slopes)
        results.append(list(slopes[:-1]))
    return results


def test_2000_random_graphs_and_their_gradients_agree_bit_for_bit_on_every_target(tmp_path: Path) -> None:
    """Every operation, with nan, infinities and -0.0, on 1, 4 and 8 lanes, by rows that do not fill these."""
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
        for lanes in (1, 4, 8):
            got = llvm.LlvmEvaluator(listing, exact=True, lanes=lanes)(table_of(rows), [])
            assert all(map(same_bits, got, columns(expected))), lanes
        if shutil.which("cc"):
            weighted = flatten([*outputs, outputs[0]], [*leaves, Value(1.0)], [])
            folder = tmp_path / str(batch)
            folder.mkdir()
            with_hypot = weighted.depending_on(name for name, op, _ in weighted.instructions if op is ops.hypot)
            for got_row, number_row in zip(in_c(weighted, folder, rows), expected, strict=True):
                for name, got_number, number in zip(weighted.outputs, got_row, number_row, strict=False):
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
    for target in ("python", "llvm", "c"):
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
    assert "%v1 = fmul" in fast.source("llvm")
    assert fast.evaluate([[1.1]]) == [1.1 * 1.1]
    assert "%v1 = call" in exact.source("llvm")
    assert exact.evaluate([[1.1]]) == [math.pow(1.1, 2.0)]


@every_op
@pytest.mark.parametrize("lanes", [2, 4, 8])
def test_vector_math_is_within_4_ulp_of_eager_code(op: Op, lanes: int) -> None:
    output, leaves = graph_of(op)
    listing = flatten([output], leaves, [])
    if isinstance(op, Reduction) and op is not ops.logsumexp:
        return  # sums and products alone, of which the test above says all
    generator = random.Random(op.symbol)
    rows = [[sample(generator) for _ in leaves] for _ in range(1001)]
    rows += [[generator.choice(SPECIAL) for _ in leaves] for _ in range(100)]
    (got,) = llvm.LlvmEvaluator(listing, lanes=lanes)(table_of(rows), [])
    for row, number in zip(rows, got, strict=True):
        (expected,) = listing.run(row, [])
        if math.isfinite(expected) and abs(expected) > 1e-300:
            assert abs(number - expected) <= 4.0 * math.ulp(expected), row
        else:
            assert number == expected or (number != number and expected != expected) or abs(expected) <= 1e-300, row


def test_nothing_is_fused() -> None:
    """a * b + c with one rounding would be 2^-60 here; with two it is 0."""
    a, b, c_ = Value(1.0 + 2.0**-30), Value(1.0 + 2.0**-30), Value(-1.0 - 2.0**-29)
    program = micrograd.compile(a * b + c_, [a, b, c_], target="llvm")
    assert program.evaluate([[a.data, b.data, c_.data]] * 9) == [0.0] * 9


@every_target
@pytest.mark.parametrize("exact", [True, False])
def test_programs_give_the_numbers_of_eager_code(target: str, exact: bool) -> None:
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


@pytest.mark.parametrize("part", [1, 2, 7, 100])
def test_a_long_listing_is_split_into_functions_that_share_memory(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(3)
    leaves = [Value(generator.uniform(-1.0, 1.0)) for _ in range(4)]
    outputs = [random_graph(generator, leaves, 12) for _ in range(6)]
    listing = flatten([*outputs, leaves[0], Constant(2.0)], leaves[:2], leaves[2:])
    rows = [[generator.uniform(-1.0, 1.0) for _ in range(2)] for _ in range(13)]
    parameters = [leaf.data for leaf in leaves[2:]]
    expected = columns([listing.run(row, parameters) for row in rows])
    monkeypatch.setattr(llvm_rows, "PART", part)
    monkeypatch.setattr(llvm_rows, "BLOCK", 3)
    for lanes in (1, 4):
        assert llvm.LlvmEvaluator(listing, exact=True, lanes=lanes)(table_of(rows), parameters) == expected


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
@pytest.mark.parametrize("rows", [1, 3, 8, 21, 300])  # 300 are more than the late products of one strip
@pytest.mark.parametrize("outputs", [3, 40])
def test_sums_over_rows_and_lanes_are_exact_where_numbers_are_whole(lanes: int, rows: int, outputs: int) -> None:
    x, y, weight = Value(1.0), Value(2.0), Value(1.0)
    parameters = [Value(float(number)) for number in range(outputs)]
    results = [weight * (parameter * x + y) for parameter in parameters]
    listing = flatten([*results, weight * x, x], [x, y, weight], parameters)
    data = [[float(row), float(row * row)] for row in range(rows)]
    weights = [float(row % 3) for row in range(rows)]
    numbers = [parameter.data for parameter in parameters]
    expected = [math.fsum(v) for v in columns([listing.run([*row, w], numbers) for row, w in zip(data, weights, strict=True)])]
    for summer in (python.PythonSummer(listing), llvm.LlvmSummer(listing, lanes=lanes)):
        got = summer(table_of(data), numbers, weights)
        assert got[:-1] == expected[:-1]


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


# Sources


@needs_cc
def test_c_source_stands_alone(tmp_path: Path) -> None:
    w, x = Value(0.5, "w*/"), Value(2.0, "x")
    program = micrograd.compile((w * x).sigmoid(), [x], [w])
    main = (
        "#include <stdio.h>\nint main(void) { double x[] = {2.0}, p[] = {0.5}, g[] = {0.0}; double v = gradient(x, p, 1.0, g);\n"
    )
    main += 'printf("%a %a %a\\n", evaluate(x, p), v, g[0]); return 0; }\n'
    (tmp_path / "main.c").write_text(program.source("c") + main)
    command = ["cc", "-std=c99", "-pedantic", "-Wall", "-Werror", "main.c", "-lm", "-o", "main"]
    subprocess.run(command, cwd=tmp_path, check=True)  # noqa: S603
    output = subprocess.run([str(tmp_path / "main")], capture_output=True, text=True, check=True).stdout  # noqa: S603
    value = micrograd.sigmoid(1.0)
    slope = 2.0 * (value * micrograd.sigmoid(-1.0))
    assert [float.fromhex(number) for number in output.split()] == [value, value, slope]


def test_python_source_stands_alone() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    namespace: dict[str, Any] = {}
    exec(micrograd.compile((w * x).gelu(), [x], [w]).source("python"), namespace)  # noqa: S102 - our own
    assert namespace["evaluate"]([(2.0,)], [0.5]) == [(micrograd.gelu(1.0),)]
    assert namespace["gradient"]([(2.0, 1.0)], [0.5])[-1] == micrograd.gelu(1.0)


def test_python_source_of_many_names_begins_with_those_used_most() -> None:
    """Python reaches the first 256 names of a function with one instruction. Here all slopes are one number, v1."""
    x, weights = Value(2.0), [Value(float(number)) for number in range(300)]
    source = micrograd.compile(micrograd.dot(weights, [x] * 300), [x], weights).source("python")
    first = source.partition("def gradient(rows, parameters):\n")[2].partition("\n")[0].split(" = ")
    assert (first[0].strip(), len(first[:-1]), first[-1]) == ("v1", 256, "0.0")
    few = micrograd.compile(micrograd.dot(weights[:3], [x] * 3), [x], weights[:3]).source("python")
    assert few.partition("def gradient(rows, parameters):\n")[2].startswith("    (p1, p2, p3,) = parameters\n")


def test_python_source_passes_over_what_a_unit_that_is_off_would_add() -> None:
    w, v, x = Value(1.0), Value(2.0), Value(-3.0)
    h = (w * x).relu()
    outputs = [h * v, h * w, h]
    assert python_spelling.sums_source(flatten(outputs, [x], [w, v]), {}) == [
        "def gradient(rows, parameters):",
        "    (p1, p2,) = parameters",
        "    f1 = isfinite(sum(parameters))",
        "    s1 = s2 = s3 = 0.0",
        "    for (x1,) in rows:",
        "        v1 = p1 * x1",
        "        v2 = 0.0 if v1 <= 0.0 else v1",
        "        if v2 or not f1:",
        "            s1 += v2 * p2",
        "            s2 += v2 * p1",
        "            s3 += v2",
        "    return [s1, s2, s3]",
        "",
    ]


def test_sums_within_a_row_are_added_up_unit_by_unit_from_the_leaf_they_begin_with() -> None:
    x, y, b, c, *weights = (Value(1.0) for _ in range(10))
    g, h = x.relu(), y.relu()
    sums = [b + g * weights[0] + h * weights[1], g * weights[2] + h * weights[3] + c, g * weights[4] + h * weights[5] + c]
    source = python_spelling.sums_source(flatten(sums, [x, y], [b, c, *weights]), {})
    assert source[4:-2] == [
        "    for (x1, x2,) in rows:",
        "        v6 = p1",
        "        v9 = v13 = 0.0",
        "        v1 = 0.0 if x1 <= 0.0 else x1",
        "        if v1 or not f1:",
        "            v6 += v1 * p3",
        "            v9 += v1 * p5",
        "            v13 += v1 * p7",
        "        v4 = 0.0 if x2 <= 0.0 else x2",
        "        if v4 or not f1:",
        "            v6 += v4 * p4",
        "            v9 += v4 * p6",
        "            v13 += v4 * p8",
        "        s2 += v9 + p2",
        "        s3 += v13 + p2",
        "        s1 += v6",
    ]


def test_passing_over_zeros_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs in which most factors can be 0, with nan, infinities and -0.0 in rows and parameters."""
    monkeypatch.setattr(sparsity, "LEAST", 1)
    generator = random.Random(7)
    choices = (*[ops.relu] * 2, ops.step, *[ops.mul] * 3, *[ops.add] * 3, ops.neg, ops.tanh, ops.quiet_div)
    passed_over = 0
    for _ in range(3000):
        leaves = [Value(generator.uniform(-1.5, 1.5)) for _ in range(5)]
        nodes = list(leaves)
        for op in generator.choices(choices, k=generator.randint(5, 25)):
            nodes.append(op(*generator.choices(nodes, k=op.arity)))
        listing = flatten(nodes[-4:], leaves[:3], leaves[3:])
        rows = [random_row(generator, 3) for _ in range(3)]
        for parameters in ([0.5, -1.5], random_row(generator, 2)):
            expected = [0.0] * 4
            for row in rows:
                expected = [total + number for total, number in zip(expected, listing.run(row, parameters), strict=True)]
            assert same_bits(python.PythonSummer(listing).sums(rows, parameters), expected)
        passed_over += " or not f" in "\n".join(python_spelling.sums_source(listing, {op: op.symbol for op in choices}))
    assert passed_over > 2000


@every_op
def test_a_row_that_tells_the_zeros_apart_is_listed(op: Op) -> None:
    """Else 0.0 for -0.0 gives the same, or 0.0 for -0.0, whatever the other operand is."""
    for place in set(range(op.arity)) - set(sparsity.SEEING_SIGNS.get(op, ())):
        for other in (*SPECIAL, 2.0, 0.5, -3.0):
            results = []
            for zero in (0.0, -0.0):
                operands: list[float] = [other] * op.arity
                operands[place] = zero
                numbers: list[Any] = [[number, 1.0] for number in operands] if isinstance(op, Reduction) else operands
                results.append(quietly(op, numbers))
            assert results[0] == results[1] or all(map(math.isnan, results)), (place, other, results)


def test_zeros_are_not_passed_over_where_that_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparsity, "LEAST", 1)
    x, y, a, b = map(Value, (1.0, 2.0, 3.0, 4.0))
    g, h = x.relu(), y.relu()

    def summed(output: Value, row: tuple[float, float], parameters: list[float]) -> float:
        return python.PythonSummer(flatten([g, h, output], [x, y], [a, b])).sums([row], parameters)[-1]

    assert summed(ops.quiet_div(1.0, g * a + h * b), (-1.0, -1.0), [-2.0, -3.0]) == -math.inf  # 0 * -2 + 0 * -3 is -0.0
    sign = Op("sign of zero", lambda a: math.copysign(1.0, a), lambda out, a: (0.0,))
    assert summed(sign(-(g * a + h * b)), (-1.0, -1.0), [-2.0, -3.0]) == 1.0
    assert math.isnan(summed(g * math.inf + h * a, (-1.0, 1.0), [1.0, 1.0]))
    assert math.isnan(summed(g * a + h * b, (-1.0, 1.0), [-math.inf, 1.0]))
    assert math.isnan(summed(g * y + g * a, (-1.0, math.nan), [1.0, 1.0]))
    assert summed((a + h * b) + g * b, (0.4, 0.2), [0.1, 1.0]) == (0.1 + 0.2) + 0.4 != (0.1 + 0.4) + 0.2  # not g first


def test_labels_cannot_break_out_of_a_source() -> None:
    x = Value(2.0, 'x*/ "\nraise SystemExit')
    program = micrograd.compile((x * 3.0).exp(), [x], target="python")
    assert program.evaluate([[0.0]]) == [1.0]
    inner = x * 3.0
    inner.label = "*/ \n raise SystemExit"
    program = micrograd.compile(inner.exp(), [x], target="python")
    assert program.evaluate([[0.0]]) == [1.0]
    assert "*/ \n" not in program.source("c")


# A user's own operation


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


# Where eager code stops with an error


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


# Rows


@every_target
@pytest.mark.parametrize(
    "rows",
    [
        [[1.0, 2.0], [3.0, 4.0]],
        [(1, 2), (3, True + 3)],
        array("d", [1.0, 2.0, 3.0, 4.0]),
        [array("d", [1.0, 2.0]), array("f", [3.0, 4.0])],
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1, 2], [3, 4]]),
        np.array([[1.0, 3.0], [2.0, 4.0]]).T,
        np.array([[1.0, 9.0, 2.0], [3.0, 9.0, 4.0]])[:, ::2],
        np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32),
        list(np.array([[1.0, 2.0], [3.0, 4.0]])),
    ],
    ids=["lists", "tuples", "array", "arrays", "numpy", "whole", "transposed", "strided", "single", "rows of numpy"],
)
def test_rows_may_be_lists_arrays_or_numpy(rows: Any, target: str) -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    assert micrograd.compile(x - 10.0 * y, [x, y], target=target).evaluate(rows) == [-19.0, -37.0]


BAD_ROWS: list[tuple[Any, type[Exception], str]] = [
    ([[1.0, 2.0], [3.0]], ValueError, r"^row 2 needs 2 number\(s\), one per input \(x, y\), got 1: \[3\.0\]$"),
    ([[1.0, 2.0, 3.0]], ValueError, r"^row 1 needs 2 number\(s\), one per input \(x, y\), got 3"),
    (np.zeros((2, 3)), ValueError, r"^row 1 needs 2 number\(s\), one per input \(x, y\), got 3"),
    (array("d", [1.0, 2.0, 3.0]), ValueError, r"^an array of 3 numbers does not divide into rows of 2, one number per input$"),
    ([], ValueError, r"^there are no rows; pass at least one, with one number per input$"),
    (array("d"), ValueError, r"^there are no rows"),
    (np.zeros((0, 2)), ValueError, r"^there are no rows"),
    ([[1.0, "2"]], TypeError, r"^row 1 needs 2 number\(s\), one per input \(x, y\), and '2' is not a number$"),
    ([1.0, 2.0], TypeError, r"^row 1 needs to be a list of 2 number\(s\), one per input \(x, y\), got 1\.0$"),
    (7, TypeError, r"^rows are a list of rows, an array\.array of doubles or a NumPy array, got 7$"),
    ("ab", TypeError, r"^rows are a list of rows"),
]


@pytest.mark.parametrize(("rows", "kind", "message"), BAD_ROWS)
def test_bad_rows_are_named(rows: Any, kind: type[Exception], message: str) -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    program = micrograd.compile(x + y, [x, y], target="python")
    for call in (program.evaluate, program.gradient):
        with pytest.raises(kind, match=message):
            call(rows)


def test_a_graph_without_inputs_takes_empty_rows() -> None:
    w = Value(3.0)
    for target in ("python", "llvm"):
        program = micrograd.compile(w * w, [], [w], target=target)
        assert program.evaluate([[]]) == [9.0]
        assert (program.gradient([[]]), w.grad) == (9.0, 6.0)
    with pytest.raises(ValueError, match=r"^row 1 needs no number, since there are no inputs, got 1"):
        program.evaluate([[1.0]])


# Programs


@every_target
def test_parameters_are_read_at_each_call(target: str) -> None:
    w, x = Value(2.0), Value(1.0)
    program = micrograd.compile(w * x, [x], [w], target=target)
    assert program.evaluate([[3.0]]) == [6.0]
    w.data = 5.0
    assert program.evaluate([[3.0]]) == [15.0]
    assert x.data == 1.0


def test_a_leaf_that_is_neither_input_nor_parameter_is_a_constant() -> None:
    a, x = Value(2.0), Value(1.0)
    program = micrograd.compile(a * x, [x])
    a.data = 5.0
    assert program.evaluate([[3.0]]) == [6.0]


@every_target
def test_the_gradient_is_the_mean_and_sets_grad(target: str) -> None:
    w, unused, x = Value(2.0), Value(1.0), Value(1.0)
    w.grad = 100.0
    program = micrograd.compile(w * w * x, [x], [w, unused], target=target)
    assert program.gradient([[1.0], [3.0], [8.0]]) == pytest.approx(16.0)
    assert w.grad == pytest.approx(16.0)
    assert unused.grad == 0.0
    assert program.gradient([[1.0], [3.0]], weights=[3, 1]) == pytest.approx(4.0 * 1.5)
    assert w.grad == pytest.approx(4.0 * 1.5)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"^gradient needs one weight per row, got 1 weight\(s\) for 2 row\(s\)$"),
        ([1.0, -1.0], r"^the weights of a mean need a finite sum other than 0, got 0\.0$"),
        ([1.0, math.nan], r"^the weights of a mean need a finite sum"),
    ],
)
def test_bad_weights_are_refused(weights: list[float], message: str) -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match=message):
        micrograd.compile(x * 2.0, [x]).gradient([[1.0], [2.0]], weights)


def bad_calls() -> list[tuple[Callable[[], Any], type[Exception], str]]:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    build: Any = micrograd.compile
    return [
        (lambda: build(a * b, [a], [a, b]), ValueError, r"^a is in both inputs and parameters; a leaf is set by"),
        (lambda: build(a * a, [a, b]), ValueError, r"^the graph does not contain input 2, b; leave it out, or build"),
        (lambda: build(a * b, [a, a]), ValueError, r"^each leaf is listed once, and a is there twice in inputs$"),
        (lambda: build(a * b, [a * b]), TypeError, r"^the inputs of compile are leaf Values, and one is Value"),
        (lambda: build(a * b, a), TypeError, r"^the inputs of compile are a list of leaf Values, got Value"),
        (lambda: build(a * b, [a], [3.0]), TypeError, r"^the parameters of compile are leaf Values, and one is 3\.0"),
        (
            lambda: build(abs, [a]),
            TypeError,
            r"^compile takes the Value at the end of a graph, got <built-in.*call the",
        ),
        (
            lambda: build(3.0, [a]),
            TypeError,
            r"^compile takes the Value at the end of a graph, got 3\.0; pass the end",
        ),
        (
            lambda: build(a * b, [a], target="cuda"),
            ValueError,
            r"^there is no target 'cuda'; choose from python, llvm$",
        ),
        (
            lambda: build(a * b, [a], target="c"),
            ValueError,
            r"^the c target is text to embed elsewhere, .*source\('c'\)",
        ),
        (lambda: build(a, [a]).source("js"), ValueError, r"^there is no target 'js'; choose from python, llvm, c$"),
    ]


@pytest.mark.parametrize(("call", "kind", "message"), bad_calls())
def test_bad_input_is_one_clear_sentence(call: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_the_documentation_says_that_a_python_if_cannot_be_seen() -> None:
    assert "It takes a graph, not a function: of a Python `if`" in (micrograd.compile.__doc__ or "")


def test_without_llvmlite_the_target_is_python_and_llvm_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "llvmlite", None)
    llvm_machine.binding.cache_clear()
    x = Value(1.0)
    assert micrograd.compile(x * 2.0, [x]).target == "python"
    advice = r"python -m pip install -e '\.\[compile\]'; target='python' needs nothing"
    with pytest.raises(ModuleNotFoundError, match=rf"^target='llvm' needs llvmlite 0\.45 or later: {advice}$"):
        micrograd.compile(x * 2.0, [x], target="llvm")
    monkeypatch.undo()
    llvm_machine.binding.cache_clear()
