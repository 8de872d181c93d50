"""Losses: each against its formula at 50 digits, the gradients by hand, the far ends, and against PyTorch."""

import decimal
import math
import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from micrograd.engine import Value
from micrograd.losses import (
    binary_cross_entropy,
    cross_entropy,
    half_mean_squared_error,
    hinge,
    l2_penalty,
    mean_squared_error,
)
from micrograd.nn import MLP

FIFTY_DIGITS = decimal.Context(prec=50)


def values(numbers: Sequence[float]) -> list[Value]:
    return [Value(number) for number in numbers]


def table(rows: Sequence[Sequence[float]]) -> list[list[Value]]:
    return [values(row) for row in rows]


def gradients(leaves: Sequence[Value]) -> list[float]:
    return [leaf.grad for leaf in leaves]


def drawn(rows: int, columns: int, *, seed: int) -> list[list[float]]:
    generator = random.Random(seed)
    return [[generator.gauss(0.0, 3.0) for _ in range(columns)] for _ in range(rows)]


# The formulas once more, at 50 digits, as a textbook writes them


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


def one_hot(index: int, classes: int) -> list[float]:
    return [float(place == index) for place in range(classes)]


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
    binary_cross_entropy(values([z, -z]), targets).backward()
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
    loss = binary_cross_entropy(logits, targets)
    loss.backward()
    assert loss.data == pytest.approx(exact_binary_cross_entropy(numbers, targets), rel=1e-14)
    expected = [float((exact_probability(z) - Decimal(y)) / 5) for z, y in zip(numbers, targets, strict=True)]
    assert gradients(logits) == pytest.approx(expected, rel=1e-14, abs=1e-17)


def test_binary_cross_entropy_of_no_opinion_is_log_two() -> None:
    assert binary_cross_entropy(values([0.0]), [1]).data == pytest.approx(math.log(2.0), rel=1e-15)
    assert binary_cross_entropy(values([0.0]), [0.37]).data == pytest.approx(math.log(2.0), rel=1e-15)


@pytest.mark.parametrize("logit", [800.0, -800.0, 1e4, -1e4, 40.0, -40.0, 1e308, -1e308])
@pytest.mark.parametrize("target", [0, 1])
def test_binary_cross_entropy_is_right_at_any_logit(logit: float, target: int) -> None:
    (z,) = leaves = values([logit])
    loss = binary_cross_entropy(leaves, [target])
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


@pytest.mark.parametrize("target", [-1, 2, 3, 0.5, 1.0, None], ids=repr)
def test_a_class_that_does_not_exist_is_refused(target: Any) -> None:
    with pytest.raises(ValueError, match=f"^a target needs to be the index of one of 2 classes, from 0, got {target!r}$"):
        cross_entropy(table([[1.0, 2.0], [1.0, 2.0]]), [0, target])


@pytest.mark.parametrize("target", [[1.0], [0.5, 0.25, 0.25], []], ids=len)
def test_probabilities_need_one_for_each_class(target: list[float]) -> None:
    with pytest.raises(ValueError, match=f"of one length, got 2 and {len(target)}$"):
        cross_entropy(table([[1.0, 2.0]]), [target])


# Hinge and penalty


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


# What they refuse, and what they take

LOSSES = [half_mean_squared_error, mean_squared_error, binary_cross_entropy, cross_entropy, hinge]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)


def outputs_for(loss: Callable[..., Value], rows: int) -> list[Any]:
    return table([[0.5, 1.5]] * rows) if loss is cross_entropy else values([0.5] * rows)


@every_loss
@pytest.mark.parametrize(("rows", "targets"), [(2, 1), (1, 2), (3, 0), (0, 3)])
def test_a_loss_needs_one_target_per_output(loss: Callable[..., Value], rows: int, targets: int) -> None:
    message = rf"^a loss needs one target per output, got {rows} output\(s\) and {targets} target\(s\)$"
    with pytest.raises(ValueError, match=message):
        loss(outputs_for(loss, rows), [1] * targets)


@every_loss
def test_a_loss_needs_an_output(loss: Callable[..., Value]) -> None:
    with pytest.raises(ValueError, match=r"^a loss needs at least one output, got none$"):
        loss([], [])


@every_loss
def test_an_output_or_a_target_alone_is_to_be_put_in_a_list(loss: Callable[..., Value]) -> None:
    advice = r"; write \[output\], \[target\]$"
    with pytest.raises(TypeError, match=r"^outputs and targets are lists, and one is Value\(data=0\.5\)" + advice):
        loss(Value(0.5), 1)
    with pytest.raises(TypeError, match=r"^outputs and targets are lists, and one is 1" + advice):
        loss(outputs_for(loss, 1), 1)


@pytest.mark.parametrize("loss", [mean_squared_error, half_mean_squared_error])
@pytest.mark.parametrize("target", [[1.0], [1.0, 2.0, 3.0]], ids=len)
def test_a_row_of_outputs_needs_as_many_targets(loss: Callable[..., Value], target: list[float]) -> None:
    with pytest.raises(ValueError, match=rf"got 2 output\(s\) and {len(target)} target\(s\)$"):
        loss(table([[1.0, 2.0]]), [target])


@every_loss
def test_targets_may_come_from_numpy(loss: Callable[..., Value]) -> None:
    targets = [1.0, -1.0 if loss is hinge else 0.0, 1.0]
    rows = [one_hot(int(target), 2) for target in targets] if loss is cross_entropy else targets
    assert loss(outputs_for(loss, 3), np.array(rows)).data == loss(outputs_for(loss, 3), rows).data


@every_loss
def test_a_loss_is_one_value_whose_gradient_reaches_every_parameter(loss: Callable[..., Value]) -> None:
    model = MLP(2, [3, 2 if loss is cross_entropy else 1], "tanh", seed=0)
    loss([model([0.5, -1.0]), model([1.0, 0.25])], [1, 1 if loss is hinge else 0]).backward()  # 1 and -1 would cancel in the bias
    assert all(parameter.grad != 0.0 for parameter in model.parameters())


# Against PyTorch, in float64


def torch_agrees(loss: Value, leaves: Sequence[Value], torch_loss: Any, torch_leaves: Any) -> bool:
    loss.backward()
    torch_loss.backward()
    theirs = torch_leaves.grad.flatten().tolist()
    assert loss.data == pytest.approx(torch_loss.item(), rel=1e-14, abs=1e-14)
    assert gradients(leaves) == pytest.approx(theirs, rel=1e-13, abs=1e-16)
    return any(theirs)


@pytest.mark.parametrize("seed", range(3))
def test_squared_errors_agree_with_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    outputs, targets = drawn(5, 3, seed=seed), drawn(5, 3, seed=seed + 100)
    for loss, factor in ((mean_squared_error, 1.0), (half_mean_squared_error, 0.5)):
        ours = table(outputs)
        theirs = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
        summed = torch.nn.functional.mse_loss(theirs, torch.tensor(targets, dtype=torch.float64), reduction="sum")
        assert torch_agrees(loss(ours, targets), [leaf for row in ours for leaf in row], factor * summed / 5, theirs)


@pytest.mark.parametrize("seed", range(3))
def test_binary_cross_entropy_agrees_with_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    (logits,), targets = drawn(1, 8, seed=seed), [0.0, 1.0, 0.25, 0.5, 1.0, 0.0, 1e-3, 0.75]
    logits = [*logits[:6], 1e4 * logits[6], 100.0 * logits[7]]
    ours = values(logits)
    theirs = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(theirs, torch.tensor(targets, dtype=torch.float64))
    assert torch_agrees(binary_cross_entropy(ours, targets), ours, expected, theirs)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("probabilities", [False, True], ids=["classes", "probabilities"])
def test_cross_entropy_agrees_with_torch(seed: int, probabilities: bool) -> None:
    torch = pytest.importorskip("torch")
    logits = [*drawn(5, 4, seed=seed), [1e4, -1e4, 0.0, 3.0]]
    classes = [0, 3, 1, 2, 2, 1]
    targets: list[Any] = [[0.125, 0.5, 0.0, 0.375]] * 6 if probabilities else classes
    ours = table(logits)
    theirs = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    wanted = torch.tensor(targets, dtype=torch.float64 if probabilities else torch.int64)
    expected = torch.nn.functional.cross_entropy(theirs, wanted)
    assert torch_agrees(cross_entropy(ours, targets), [leaf for row in ours for leaf in row], expected, theirs)


@pytest.mark.parametrize("seed", range(3))
def test_hinge_agrees_with_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    (scores,), labels = drawn(1, 6, seed=seed), [1, -1, 1, -1, -1, 1]
    ours = values(scores)
    theirs = torch.tensor(scores, dtype=torch.float64, requires_grad=True)
    # margin_ranking_loss(a, 0, y, margin) is the mean of max(0, margin - y a)
    expected = torch.nn.functional.margin_ranking_loss(theirs, torch.zeros(6), torch.tensor(labels), margin=1.0)
    assert torch_agrees(hinge(ours, labels), ours, expected, theirs)


@pytest.mark.parametrize("label", [0, 2, 0.5, math.nan])
def test_hinge_refuses_a_label_that_would_have_no_gradient(label: float) -> None:
    with pytest.raises(ValueError, match=r"^a label of hinge needs to be -1 or 1, got .*labels=\(-1, 1\)$"):
        hinge([Value(0.5), Value(0.5)], [1, label])


@pytest.mark.parametrize("target", [-1, 1.5, math.nan])
def test_binary_cross_entropy_refuses_what_is_no_probability(target: float) -> None:
    with pytest.raises(ValueError, match=r"^a target of binary_cross_entropy needs to be from 0 to 1, got "):
        binary_cross_entropy([Value(0.5), Value(0.5)], [1, target])


def test_cross_entropy_of_weights_that_do_not_sum_to_1_is_that_of_torch() -> None:
    # -(1 * log(1/2) + 1 * log(1/2)), since both logits are the same
    assert cross_entropy(table([[5.0, 5.0]]), [[1.0, 1.0]]).data == pytest.approx(2.0 * math.log(2.0), rel=1e-15)


@pytest.mark.parametrize("loss", [binary_cross_entropy, hinge, half_mean_squared_error])
def test_a_list_as_the_target_of_one_output_is_refused(loss: Any) -> None:
    with pytest.raises(TypeError, match=r"needs one number per row as the target, got \[1\]$"):
        loss(values([0.5]), [[1]])


@pytest.mark.parametrize("loss", [binary_cross_entropy, hinge])
def test_several_outputs_where_one_is_needed_are_refused(loss: Any) -> None:
    with pytest.raises(TypeError, match=r"needs one Value per row, got .*; give the network one output$"):
        loss([values([0.5, 0.5])], [1])


def test_cross_entropy_of_bare_logits_points_to_the_binary_one() -> None:
    logits: Any = values([0.5])
    with pytest.raises(TypeError, match=r"^cross_entropy needs a list of logits per row.*; use binary_cross_entropy$"):
        cross_entropy(logits, [0])
