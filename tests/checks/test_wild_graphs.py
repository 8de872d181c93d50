"""Random graphs of every row, at sane and at wild numbers: what a check passes is right, and what it fails is wrong."""

import math
import random
from collections.abc import Iterator

import pytest
from mpmath import mpf

from micrograd import Value, check
from micrograd.checks.digits import Digits
from micrograd.checks.places import place_at
from micrograd.checks.running_error import VANISHING, Sweep
from micrograd.checks.slopes import at_a_kink
from micrograd.engine import topological_order
from micrograd.ops import OPS, SLOPES, Reduction

WILD = [0.0, 1.0, -1.0, 1e-17, 1e-10, 37.43, -1e8, 1e150, 1e-150, 1e-300, -750.0, 300.0, 1e20, 0.5]
ROWS = [op for op in OPS if op not in SLOPES]


def wild_graph(generator: random.Random) -> tuple[Value, list[Value]]:
    """Up to four operations, most of them on the results of the last ones, on two leaves and numbers of any size."""
    leaves = [Value(generator.choice(WILD) if generator.random() < 0.3 else generator.uniform(-3.0, 3.0), name) for name in "xy"]
    nodes, size = list(leaves), generator.randint(3, 6)
    while len(nodes) < size:
        op = generator.choice(ROWS)
        operands: list[Value | float] = [
            *generator.choices(nodes[-3:], k=2 * op.arity if isinstance(op, Reduction) else op.arity)
        ]
        if len(operands) > 1 and generator.random() < 0.4:
            operands[-1] = generator.choice([0.5, -1.0, 2.0, 3.0, 1e20, 1e-120])
        try:
            node = op(*op.arguments(operands))
        except (ValueError, ArithmeticError):
            continue  # outside its domain here
        if math.isfinite(node.data):
            nodes.append(node)
    return nodes[-1], leaves


def graphs(seed: int, count: int) -> Iterator[tuple[Value, list[Value]]]:
    """Such graphs, without a kink: a slope there is a matter of convention."""
    generator = random.Random(seed)
    found = (wild_graph(generator) for _ in range(count))
    return ((output, leaves) for output, leaves in found if not any(map(at_a_kink, topological_order(output))))


def wrong_verdicts(output: Value, leaves: list[Value]) -> list[str]:
    """The rows that pass, and are a thousandth off the slope by mpmath, and those that fail and are right to nine digits."""
    wrong = []
    order = topological_order(output)
    for leaf, row in zip(leaves, check(output, inputs=leaves).rows, strict=True):
        if leaf not in order or row.verdict == "INCONCLUSIVE":
            continue
        true = Digits(output).slope(leaf, Sweep(order))
        off = float(abs(mpf(row.autodiff) - mpf(true.value)))
        if row.verdict == "PASS" and off > max(0.9e-3 * abs(true.value), VANISHING) and true.error < off:
            wrong.append(f"{row} is off by {off}")
        if row.verdict == "FAIL" and off <= 1e-9 * abs(true.value):
            wrong.append(f"{row} is right")
    return wrong


def test_verdicts_on_right_rules() -> None:
    for output, leaves in graphs(seed=1, count=40):
        assert not wrong_verdicts(output, leaves)


def test_verdicts_on_a_rule_bent_by_a_thousandth(monkeypatch: pytest.MonkeyPatch) -> None:
    generator, failed = random.Random(2), 0
    for output, leaves in graphs(seed=3, count=40):
        order = topological_order(output)
        op = generator.choice([node.op for node in order if node.op is not None])
        rule = op.derivatives
        with monkeypatch.context() as patch:
            patch.setattr(
                op, "derivatives", lambda out, *a, rule=rule: tuple([1.001 * derivative for derivative in rule(out, *a)])
            )
            place = place_at(order, {})
            moved = [place.moved.get(leaf, leaf) for leaf in leaves]
            assert not wrong_verdicts(place.output, moved)
            failed += any(row.verdict == "FAIL" for row in check(place.output, inputs=moved).rows)
    assert failed > 20  # the others have a slope of 0, or one that is not to be told
