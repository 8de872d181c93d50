"""What a unit that is off would add is passed over, and no bit changes."""

import math
import random

import pytest

import micrograd
from micrograd import losses, ops
from micrograd.compiler import sparsity
from micrograd.compiler.listing import flatten, quietly
from micrograd.compiler.python import spelling as python_spelling
from micrograd.compiler.python import target as python
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.ops import Op, Reduction
from tests.compiler.targets import every_op
from tests.compiler.wild_graphs import SPECIAL, random_row, same_bits


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
def test_an_operation_that_tells_the_zeros_apart_is_listed(op: Op) -> None:
    """Else 0.0 for -0.0 gives the same, or 0.0 for -0.0, whatever the other operand is."""
    for place in set(range(op.arity)) - set(sparsity.SEEING_SIGNS.get(op, ())):
        for other in (*SPECIAL, 2.0, 0.5, -3.0):
            results = []
            for zero in (0.0, -0.0):
                operands: list[float] = [other] * op.arity
                operands[place] = zero
                if isinstance(op, Reduction):
                    operands = [each for number in operands for each in (number, 1.0)]
                results.append(quietly(op, operands))
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


def test_layers_of_six_pass_over_their_zeros_and_lose_nothing() -> None:
    """With six neurons a sum has more terms than two that may be passed over."""
    model = MLP(3, [6, 6, 2], seed=0)
    x, y = [Value(0.0, f"x{i}") for i in range(3)], [Value(0.0, f"y{i}") for i in range(2)]
    program = micrograd.compile(
        losses.mean_squared_error([model(x)], [y]), inputs=[*x, *y], parameters=model.parameters(), target="python"
    )
    rows = [[math.sin(5.0 * row + column) for column in range(5)] for row in range(20)]
    program.gradient(rows)
    compiled = [parameter.grad for parameter in model.parameters()]
    model.zero_grad()
    losses.mean_squared_error([model(row[:3]) for row in rows], [row[3:] for row in rows]).backward()
    assert compiled == pytest.approx([parameter.grad for parameter in model.parameters()], rel=1e-12, abs=1e-15)
