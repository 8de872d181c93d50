"""The digits that a cross-entropy keeps, against 800 of mpmath: in its value, its gradient and its second derivatives."""

import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from mpmath import mp, mpf

import micrograd
from micrograd import Value, gradient, hessian
from micrograd.losses import binary_cross_entropy_with_logits, cross_entropy
from tests.losses.rows import gradients, one_hot, values

ROUNDING = mpf(2) ** -53
CONFIDENCES = [0.0, 0.5, 3.0, 20.0, 30.0, 37.43, 100.0, 300.0, 700.0]
OFFSETS = [0.0, 1e8, -1e8, 1e15, -1e15]


def exact(row: Sequence[float], shares: Sequence[float]) -> tuple[mpf, list[mpf], list[list[mpf]]]:
    """The loss of one row, its gradient and its second derivatives, by the formulas of a textbook."""
    places = range(len(row))
    with mp.workdps(800):  # beside 1 there is exp(-700)
        powers = [mp.exp(mpf(logit) - max(row)) for logit in row]
        whole = mp.fsum(powers)
        p = [power / whole for power in powers]
        loss = -mp.fsum(share * mp.log(p[i]) for i, share in enumerate(shares) if share)
        slopes = [p[i] - shares[i] for i in places]
        return loss, slopes, [[p[i] * ((i == j) - p[j]) for j in places] for i in places]


def agrees(got: float, wanted: mpf, row: Sequence[float]) -> bool:
    """Whether they differ by no more than exp(a - b) does for a few roundings of a - b; below the normal floats anything goes."""
    return abs(mpf(got) - wanted) <= 8 * ROUNDING * (1 + max(row) - min(row)) * abs(wanted) + mpf(2) ** -1022


def drawn_row(generator: random.Random, classes: int, confidence: float, offset: float) -> list[float]:
    """Logits of which the second is the largest, some as large, some nearly so, some far below."""
    shares = [confidence * generator.random() * generator.choice([0.0, 0.999, 1.0]) for _ in range(classes)]
    return [offset + (confidence if place == 1 else share) for place, share in enumerate(shares)]


def test_a_confident_row_has_a_loss_and_a_gradient() -> None:
    leaves = values([37.43, 0.0])
    loss = cross_entropy([leaves], [0])
    loss.backward()
    small = math.exp(-37.43)  # log(1 + small) and small / (1 + small) are small but for small**2
    assert loss.data == pytest.approx(small, rel=1e-15)
    assert gradients(leaves) == [-leaves[1].grad, pytest.approx(small, rel=1e-14)]


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_cross_entropy_keeps_its_digits_at_any_confidence_and_offset(confidence: float, offset: float) -> None:
    generator = random.Random(f"{confidence} {offset}")
    for classes in (2, 3, 5):
        for target in range(classes):
            row, hot = drawn_row(generator, classes, confidence, offset), one_hot(target, classes)
            wanted, slopes, curvature = exact(row, hot)
            for given in (target, values(hot)):
                leaves = values(row)
                loss = cross_entropy([leaves], [given])
                loss.backward()
                assert agrees(loss.data, wanted, row), (row, target)
                assert all(map(agrees, gradients(leaves), slopes, [row] * classes)), (row, target)
                for numbers, exact_numbers in zip(hessian(loss, leaves), curvature, strict=True):
                    assert all(agrees(n.data, e, row) for n, e in zip(numbers, exact_numbers, strict=True)), (row, target)
                assert abs(math.fsum(gradients(leaves))) <= classes * ROUNDING * max(map(abs, gradients(leaves)))


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_cross_entropy_of_probabilities_keeps_its_digits(confidence: float, offset: float) -> None:
    """The gradient is p - share, and 0 in the limit where they are the same: it has the roundings of the larger."""
    generator = random.Random(f"{confidence} {offset}")
    for classes in (2, 3, 5):
        row = drawn_row(generator, classes, confidence, offset)
        parts = [generator.random() for _ in row]
        shares = [part / sum(parts) for part in parts]
        leaves = values(row)
        loss = cross_entropy([leaves], [shares])
        loss.backward()
        wanted, slopes, _ = exact(row, shares)
        assert agrees(loss.data, wanted, row), (row, shares)
        for leaf, slope in zip(leaves, slopes, strict=True):
            assert abs(leaf.grad - slope) <= 6 * classes * ROUNDING * (1 + max(row) - min(row)), (row, shares)


def test_the_gradient_of_logsumexp_keeps_its_digits_as_a_graph_too() -> None:
    generator = random.Random(5)
    for confidence in CONFIDENCES:
        row = drawn_row(generator, 4, confidence, 0.0)
        leaves = values(row)
        _, slopes, curvature = exact(row, [0.0] * 4)
        output = micrograd.logsumexp(leaves)
        assert all(map(agrees, output.local_derivatives, slopes, [row] * 4)), row
        assert [slope.data for slope in gradient(output, leaves)] == list(output.local_derivatives)
        for numbers, exact_numbers in zip(hessian(output, leaves), curvature, strict=True):
            assert all(agrees(n.data, e, row) for n, e in zip(numbers, exact_numbers, strict=True)), row


def test_a_compiled_row_is_right_where_another_logit_is_the_largest() -> None:
    """The graph is relative to the logit that was the largest when it was made, here the first."""
    leaves, shares = values([2.0, 1.0, 0.0]), values([1.0, 0.0, 0.0])
    program = micrograd.compile(cross_entropy([leaves], [shares]), [*leaves, *shares], target="python")
    for row in ([-700.0, 0.0, 700.0], [0.0, 1e4, -1e4], [1e15, 1e15 + 3.0, 1e15 - 40.0]):
        for target in range(3):
            (got,) = program.evaluate([[*row, *one_hot(target, 3)]])
            reach = max(row) - min(row)
            assert got == pytest.approx(float(exact(row, one_hot(target, 3))[0]), rel=1e-15, abs=4 * float(ROUNDING) * reach)


@pytest.mark.parametrize(
    ("row", "target", "loss", "slopes"),
    [
        ([math.inf, 0.0], 0, 0.0, [0.0, 0.0]),
        ([math.inf, 0.0], 1, math.inf, [1.0, -1.0]),
        ([-math.inf, 3.0, 3.0], 1, math.log(2.0), [0.0, -0.5, 0.5]),  # a class that is ruled out
    ],
)
def test_an_infinite_logit_is_taken_in_the_limit(row: list[float], target: int, loss: float, slopes: list[float]) -> None:
    for given in (target, one_hot(target, len(row))):
        leaves = values(row)
        value = cross_entropy([leaves], [given])
        value.backward()
        assert value.data == pytest.approx(loss, rel=1e-15)
        assert gradients(leaves) == pytest.approx(slopes, rel=1e-15)


@pytest.mark.parametrize(("logit", "target"), [(math.inf, 1), (-math.inf, 0), (math.inf, 0), (-math.inf, 1)])
def test_an_infinite_binary_logit_is_taken_in_the_limit(logit: float, target: int) -> None:
    wrong = (logit > 0.0) != bool(target)
    leaves = values([logit, 0.0])
    loss = binary_cross_entropy_with_logits(leaves, [target, 1])
    loss.backward()
    assert loss.data == (math.inf if wrong else pytest.approx(math.log(2.0) / 2, rel=1e-15))
    assert gradients(leaves) == [(0.5 if target == 0 else -0.5) if wrong else 0.0, -0.25]


@pytest.mark.parametrize("target", [0.0, 1.0, 1e-20, 0.25, 1.0 - 2.0**-53])
def test_binary_cross_entropy_keeps_its_digits_at_any_confidence(target: float) -> None:
    for confidence in CONFIDENCES:
        for z in (confidence, -confidence):
            wanted, (slope, _), _ = exact([z, 0.0], [target, 1.0 - target])
            leaves: list[Any] = [Value(z)]
            loss = binary_cross_entropy_with_logits(leaves, [target])
            loss.backward()
            assert agrees(loss.data, wanted, [z, 0.0])
            hard = target in (0.0, 1.0)  # otherwise p - target, which may be 0, has the roundings of the larger
            assert abs(leaves[0].grad - slope) <= 6 * ROUNDING * (abs(slope) if hard else 1)


def test_compiled_code_adds_in_the_order_of_eager_code() -> None:
    generator = random.Random(2)
    leaves = values([0.0] * 6)
    program = micrograd.compile(micrograd.logsumexp(leaves), leaves, target="python", exact=True)
    rows = [[generator.gauss(0.0, 1.0) for _ in leaves] for _ in range(200)]
    assert program.evaluate(rows) == [micrograd.logsumexp(row) for row in rows]


@pytest.mark.parametrize("method", ["complex", "mpmath"])
def test_the_checker_measures_a_confident_row_too(method: str) -> None:
    for confidence in (37.43, 300.0):
        loss = cross_entropy([[Value(confidence, "right"), Value(0.0, "wrong")]], [0])
        for output in (loss, micrograd.log(loss)):
            report = micrograd.check(output, method=method)
            assert [row.verdict for row in report.rows] == ["PASS", "PASS"], str(report)
