"""The losses and their gradients: by hand, and by the formulas of a textbook at 50 digits."""

import decimal
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_mean_squared_error,
    hinge,
    l2_penalty,
    mean_squared_error,
)
from tests.losses.rows import drawn, gradients, one_hot, table, values

# The formulas once more, at 50 digits, as a textbook writes them

FIFTY_DIGITS = decimal.Context(prec=50)


def exact_probability(logit: float) -> Decimal:
    """1 / (1 + exp(-logit))."""
    return 1 / (1 + Decimal(-logit).exp(FIFTY_DIGITS))


def exact_binary_cross_entropy(logits: Sequence[float], targets: Sequence[float]) -> float:
    with decimal.localcontext(FIFTY_DIGITS):
        summed = Decimal(0)
        for z, y in zip(logits, targets, strict=True):  # exact_probability(-z) is 1 - exact_probability(z), with its digits
            summed -= Decimal(y) * exact_probability(z).ln() + (1 - Decimal(y)) * exact_probability(-z).ln()
        return float(summed / len(logits))


def exact_softmax(row: Sequence[float]) -> list[Decimal]:
    with decimal.localcontext(FIFTY_DIGITS):
        powers = [Decimal(logit).exp() for logit in row]
        return [power / sum(powers) for power in powers]


def exact_cross_entropy(logits: Sequence[Sequence[float]], targets: Sequence[Sequence[float]]) -> float:
    with decimal.localcontext(FIFTY_DIGITS):
        summed = Decimal(0)
        for row, target in zip(logits, targets, strict=True):
            summed -= sum(Decimal(t) * p.ln() for t, p in zip(target, exact_softmax(row), strict=True))
        return float(summed / len(logits))


# Squared errors


def test_mean_squared_error_is_the_mean_of_the_squares() -> None:
    outputs = values([1.0, 2.0, -3.0, 0.5])
    loss = mean_squared_error(outputs, [0.0, 4.0, -3.0, 0.0])
    loss.backward()
    assert loss.data == (1.0 + 4.0 + 0.0 + 0.25) / 4
    assert gradients(outputs) == [2.0 * 1.0 / 4, 2.0 * -2.0 / 4, 0.0, 2.0 * 0.5 / 4]  # 2 (output - target) / m


def test_half_mean_squared_error_has_the_error_itself_as_its_gradient() -> None:
    outputs = values([1.0, 2.0, -3.0, 0.5])
    loss = half_mean_squared_error(outputs, [0.0, 4.0, -3.0, 0.0])
    loss.backward()
    assert loss.data == (1.0 + 4.0 + 0.0 + 0.25) / 8
    assert gradients(outputs) == [1.0 / 4, -2.0 / 4, 0.0, 0.5 / 4]  # (output - target) / m


@pytest.mark.parametrize(("loss", "half"), [(mean_squared_error, 1.0), (half_mean_squared_error, 0.5)])
def test_squares_of_several_outputs_of_a_row_are_added_and_rows_are_averaged(loss: Callable[..., Value], half: float) -> None:
    outputs = table([[1.0, 2.0, 3.0], [0.0, -1.0, 0.0]])
    value = loss(outputs, [[0.0, 0.0, 1.0], (4.0, -1.0, -2.0)])
    value.backward()
    assert value.data == half * ((1.0 + 4.0 + 4.0) + (16.0 + 0.0 + 4.0)) / 2
    errors = [[1.0, 2.0, 2.0], [-4.0, 0.0, 2.0]]
    assert [gradients(row) for row in outputs] == [[half * 2.0 * error / 2 for error in row] for row in errors]


@pytest.mark.parametrize("loss", [mean_squared_error, half_mean_squared_error])
def test_a_row_of_one_output_in_a_list_counts_as_the_output(loss: Callable[..., Value]) -> None:
    assert loss(table([[1.5], [2.0]]), [[1.0], [4.0]]).data == loss(values([1.5, 2.0]), [1.0, 4.0]).data


def test_gradients_reach_targets_that_are_values() -> None:
    targets = values([3.0, 5.0])
    mean_squared_error(values([1.0, 9.0]), targets).backward()
    assert gradients(targets) == [-2.0 * (1.0 - 3.0) / 2, -2.0 * (9.0 - 5.0) / 2]


def test_gradients_reach_probabilities_that_are_values() -> None:
    targets, z = values([0.5, 0.25]), 2.0
    binary_cross_entropy_with_logits(values([z, -z]), targets).backward()
    assert gradients(targets) == pytest.approx([-z / 2, z / 2], rel=1e-15)  # softplus(-z) - softplus(z) = -z
    probabilities = values([0.5, 0.5])
    cross_entropy(table([[3.0, -1.0]]), [probabilities]).backward()
    lost = math.log(math.exp(3.0) + math.exp(-1.0))
    assert gradients(probabilities) == pytest.approx([lost - 3.0, lost + 1.0], rel=1e-15)  # -log softmax


# Binary cross-entropy


@pytest.mark.parametrize("targets", [[1, 0, 1, 0, 0.5], [0.25, 0.9, 0.0, 1.0, 1e-9]], ids=["mostly classes", "probabilities"])
def test_binary_cross_entropy_and_its_gradient_agree_with_fifty_digits(targets: list[float]) -> None:
    numbers = [0.3, -2.0, 5.0, -30.0, 0.0]
    logits = values(numbers)
    loss = binary_cross_entropy_with_logits(logits, targets)
    loss.backward()
    assert loss.data == pytest.approx(exact_binary_cross_entropy(numbers, targets), rel=1e-14)
    expected = [float((exact_probability(z) - Decimal(y)) / 5) for z, y in zip(numbers, targets, strict=True)]
    assert gradients(logits) == pytest.approx(expected, rel=1e-14, abs=1e-17)


def test_binary_cross_entropy_of_no_opinion_is_log_two() -> None:
    assert binary_cross_entropy_with_logits(values([0.0]), [1]).data == pytest.approx(math.log(2.0), rel=1e-15)
    assert binary_cross_entropy_with_logits(values([0.0]), [0.37]).data == pytest.approx(math.log(2.0), rel=1e-15)


@pytest.mark.parametrize("logit", [800.0, -800.0, 1e4, -1e4, 40.0, -40.0, 1e308, -1e308])
@pytest.mark.parametrize("target", [0, 1])
def test_binary_cross_entropy_is_right_at_any_logit(logit: float, target: int) -> None:
    (z,) = leaves = values([logit])
    loss = binary_cross_entropy_with_logits(leaves, [target])
    loss.backward()
    wrong = logit * (1 - 2 * target)  # how far the logit is on the wrong side
    # log(1 + exp(wrong)) is wrong + exp(-wrong) far up and exp(wrong) far down; its slope is 1 and exp(wrong).
    assert loss.data == pytest.approx(wrong if wrong > 0 else math.exp(wrong), rel=1e-15)
    assert z.grad * (1 - 2 * target) == pytest.approx(1.0 if wrong > 0 else math.exp(wrong), rel=1e-15)


# Cross-entropy


@pytest.mark.parametrize("targets", [[0, 2, 1, 2], [2, 2, 2, 0]], ids=str)
def test_cross_entropy_of_classes_and_its_gradient_agree_with_fifty_digits(targets: list[int]) -> None:
    numbers = [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [-4.0, 0.5, 0.25], [7.0, -7.0, 1.0]]
    logits = table(numbers)
    loss = cross_entropy(logits, targets)
    loss.backward()
    probabilities = [one_hot(target, 3) for target in targets]
    assert loss.data == pytest.approx(exact_cross_entropy(numbers, probabilities), rel=1e-14)
    for row, leaves, hot in zip(numbers, logits, probabilities, strict=True):
        expected = [float((p - Decimal(t)) / 4) for p, t in zip(exact_softmax(row), hot, strict=True)]  # (softmax - one-hot) / m
        assert gradients(leaves) == pytest.approx(expected, rel=1e-13)


def test_cross_entropy_of_probabilities_and_its_gradient_agree_with_fifty_digits() -> None:
    numbers = [[1.0, 2.0, 3.0], [-4.0, 0.5, 0.25]]
    targets = [[0.5, 0.25, 0.25], (0.125, 0.0, 0.875)]
    logits = table(numbers)
    loss = cross_entropy(logits, targets)
    loss.backward()
    assert loss.data == pytest.approx(exact_cross_entropy(numbers, targets), rel=1e-14)
    for row, leaves, target in zip(numbers, logits, targets, strict=True):
        expected = [float((p - Decimal(t)) / 2) for p, t in zip(exact_softmax(row), target, strict=True)]
        assert gradients(leaves) == pytest.approx(expected, rel=1e-13)


def test_a_class_is_the_same_as_certainty_of_it() -> None:
    numbers = drawn(4, 3, seed=0)
    by_class, by_probability = table(numbers), table(numbers)
    first, second = cross_entropy(by_class, [2, 0, 1, 1]), cross_entropy(by_probability, [one_hot(c, 3) for c in (2, 0, 1, 1)])
    first.backward()
    second.backward()
    assert first.data == pytest.approx(second.data, rel=1e-15)
    assert [gradients(row) for row in by_class] == [gradients(row) for row in by_probability]


def test_classes_and_probabilities_may_be_mixed() -> None:
    numbers = drawn(2, 3, seed=1)
    mixed = cross_entropy(table(numbers), [2, [0.25, 0.25, 0.5]]).data
    assert mixed == pytest.approx(exact_cross_entropy(numbers, [[0.0, 0.0, 1.0], [0.25, 0.25, 0.5]]), rel=1e-14)


def test_cross_entropy_of_equal_logits_is_the_log_of_the_number_of_classes() -> None:
    assert cross_entropy(table([[3.0] * 7, [-800.0] * 7]), [0, 6]).data == pytest.approx(math.log(7.0), rel=1e-15)


@pytest.mark.parametrize(
    ("row", "target", "loss", "gradient"),
    [
        ([800.0, 0.0], 0, 0.0, [0.0, 0.0]),
        ([800.0, 0.0], 1, 800.0, [1.0, -1.0]),
        ([-800.0, 0.0], 0, 800.0, [-1.0, 1.0]),
        ([-800.0, 0.0], 1, 0.0, [0.0, 0.0]),
        ([1e4, -1e4], 0, 0.0, [0.0, 0.0]),
        ([1e4, -1e4], 1, 2e4, [1.0, -1.0]),
        ([1e4, 1e4], 0, math.log(2.0), [-0.5, 0.5]),
        ([-1e4, -1e4, -1e4, -1e4], 3, math.log(4.0), [0.25, 0.25, 0.25, -0.75]),
        ([1e4, -1e4], [0.5, 0.5], 1e4, [0.5, -0.5]),
        ([800.0, 0.0], [0.25, 0.75], 600.0, [0.75, -0.75]),
    ],
)
def test_cross_entropy_is_finite_and_right_at_large_logits(
    row: list[float], target: int | list[float], loss: float, gradient: list[float]
) -> None:
    leaves = values(row)
    value = cross_entropy([leaves], [target])
    value.backward()
    rounding = 2.0 * math.ulp(max(map(abs, row)))  # of logsumexp(row) - row[target], the difference of two large numbers
    assert value.data == pytest.approx(loss, abs=rounding)
    assert gradients(leaves) == pytest.approx(gradient, rel=1e-11, abs=1e-300)


@pytest.mark.parametrize("kind", [np.array, np.int64, np.int32, np.uint8], ids=lambda kind: kind.__name__)
def test_a_class_may_be_an_integer_of_numpy(kind: Any) -> None:
    targets = np.array([2, 0]) if kind is np.array else [kind(2), kind(0)]
    numbers = drawn(2, 3, seed=2)
    assert cross_entropy(table(numbers), targets).data == cross_entropy(table(numbers), [2, 0]).data


@pytest.mark.parametrize("target", [-1, 2, 3, 0.5, math.nan, math.inf, None, "1", Value(1.0)], ids=repr)
def test_a_class_that_does_not_exist_is_refused(target: Any) -> None:
    with pytest.raises(
        ValueError, match=f"^a target needs to be the index of one of 2 classes, from 0, got {re.escape(repr(target))}$"
    ):
        cross_entropy(table([[1.0, 2.0], [1.0, 2.0]]), [0, target])


@pytest.mark.parametrize("kind", [int, float, bool, np.int64, np.float32, lambda index: [index], lambda index: np.array([index])])
def test_a_class_may_be_a_whole_number_of_any_kind_and_alone_in_a_list(kind: Any) -> None:
    numbers = drawn(2, 3, seed=2)
    assert cross_entropy(table(numbers), [kind(1), kind(0)]).data == cross_entropy(table(numbers), [1, 0]).data


@pytest.mark.parametrize("target", [[0.5, 0.25, 0.25], []], ids=len)
def test_probabilities_need_one_for_each_class(target: list[float]) -> None:
    with pytest.raises(ValueError, match=rf"^a target needs a probability for each of 2 classes, got {len(target)}: \["):
        cross_entropy(table([[1.0, 2.0]]), [target])


@pytest.mark.parametrize(
    ("target", "whole"),
    [([1, 1, 0], "2"), ([0, 0, 0], "0"), ([0.5, 0.5, 0.5], "1.5"), ([1.5, -0.5, 0.0], "1"), ([math.nan, 0.5, 0.5], "nan")],
    ids=str,
)
def test_what_is_no_distribution_of_probability_is_refused(target: list[float], whole: str) -> None:
    given = re.escape(str([float(share) for share in target]))
    message = f"^the probabilities of a target are at least 0 and add up to 1, got {given} with the sum {whole}; divide each by "
    for shares in (target, np.array(target), values(target)):
        with pytest.raises(ValueError, match=message):
            cross_entropy(table([[1.0, 2.0, 3.0]]), [shares])


def test_probabilities_may_be_rounded() -> None:
    third = np.float32(1.0 / 3.0)  # off by 1e-8
    tenths = [0.1] * 10  # 0.1 + ... + 0.1 is 0.9999999999999999
    assert cross_entropy([[1.0, 1.0, 1.0]], [[third] * 3]) == pytest.approx(math.log(3.0), rel=1e-7)
    assert cross_entropy([[1.0] * 10], [tenths]) == pytest.approx(math.log(10.0), rel=1e-15)


@pytest.mark.parametrize(
    ("score", "label", "loss", "slope"),
    [
        (0.5, 1, 0.5, -1.0),
        (0.5, -1, 1.5, 1.0),
        (-2.0, 1, 3.0, -1.0),
        (-2.0, -1, 0.0, 0.0),
        (3.0, 1, 0.0, 0.0),
        (1.0, 1, 0.0, 0.0),  # at the kink, the slope of relu at 0
    ],
)
def test_hinge_is_what_the_margin_lacks_to_one(score: float, label: int, loss: float, slope: float) -> None:
    leaves = values([score, 100.0])
    value = hinge(leaves, [label, 1])
    value.backward()
    assert value.data == loss / 2
    assert gradients(leaves) == [slope / 2, 0.0]


def test_l2_penalty_is_the_strength_times_the_sum_of_squares() -> None:
    parameters = values([3.0, -4.0, 0.5])
    penalty = l2_penalty(parameters, 0.25)
    penalty.backward()
    assert penalty.data == 0.25 * (9.0 + 16.0 + 0.25)
    assert gradients(parameters) == [2.0 * 0.25 * 3.0, 2.0 * 0.25 * -4.0, 2.0 * 0.25 * 0.5]


def test_a_penalty_adds_to_the_gradient_of_a_loss() -> None:
    (w,) = parameters = values([3.0])
    (mean_squared_error([w * 2.0], [5.0]) + l2_penalty(parameters, 0.5)).backward()
    assert w.grad == 2.0 * (6.0 - 5.0) * 2.0 + 2.0 * 0.5 * 3.0
