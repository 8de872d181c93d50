"""The names of the losses: the one that has another meaning elsewhere, and those that other libraries have."""

import math

import pytest

from micrograd import Value, losses, sigmoid
from micrograd.losses import binary_cross_entropy, binary_cross_entropy_with_logits
from micrograd.ops import DomainError
from tests.losses.rows import values


def test_binary_cross_entropy_of_a_sigmoid_is_that_of_its_probability() -> None:
    p = sigmoid(Value(0.3))
    loss = binary_cross_entropy([p], [1])
    loss.backward()
    assert loss.data == pytest.approx(math.log1p(math.exp(-0.3)), rel=1e-15)  # 0.5544
    assert p.grad == pytest.approx(-(1.0 + math.exp(-0.3)), rel=1e-15)  # -1/p


@pytest.mark.parametrize("target", [0, 1, 0.25])
def test_both_binary_cross_entropies_are_one_function_of_the_logit(target: float) -> None:
    (z,), (same,) = values([0.7]), values([0.7])
    first, second = binary_cross_entropy([z.sigmoid()], [target]), binary_cross_entropy_with_logits([same], [target])
    first.backward()
    second.backward()
    assert (first.data, z.grad) == pytest.approx((second.data, same.grad), rel=1e-14)


def test_numbers_are_probabilities() -> None:
    assert binary_cross_entropy([0.9, 0.2], [1, 0]) == pytest.approx(-(math.log(0.9) + math.log(0.8)) / 2.0, rel=1e-15)
    with pytest.raises(ValueError, match=r"^binary_cross_entropy needs probabilities, from 0 to 1, got 1\.5; for logits write "):
        binary_cross_entropy([1.5], [1])


@pytest.mark.parametrize(("logits", "targets"), [([2.0, -1.0], [1, 0]), ([0.3], [0.5])])
def test_a_value_under_the_old_name_is_a_logit_as_before_with_a_warning(logits: list[float], targets: list[float]) -> None:
    with pytest.warns(FutureWarning, match=r"^binary_cross_entropy reads a Value .* as a logit, and will read") as caught:
        loss = binary_cross_entropy(values(logits), targets)
    assert loss.data == binary_cross_entropy_with_logits(values(logits), targets).data
    assert [warning.filename for warning in caught] == [__file__]


def test_under_the_old_name_each_output_is_what_made_it() -> None:
    with pytest.warns(FutureWarning, match="as a logit"):
        loss = binary_cross_entropy([Value(0.7).sigmoid(), Value(0.7)], [1, 1])
    assert loss.data == pytest.approx(math.log1p(math.exp(-0.7)), rel=1e-15)  # the mean of two that are the same


def test_a_sigmoid_before_a_loss_of_logits_is_told() -> None:
    with pytest.warns(UserWarning, match=r"got the output of a sigmoid, where it takes what goes into one, the logit$") as caught:
        binary_cross_entropy_with_logits([Value(0.3), Value(0.7).sigmoid()], [1, 0])
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(("logit", "target", "p"), [(-800.0, 1, 0.0), (40.0, 0, 1.0), (40.0, 0.5, 1.0)])
def test_a_probability_that_rules_out_what_came_true_is_refused(logit: float, target: float, p: float) -> None:
    message = f"^the loss of a probability of {p} is infinite for the target {float(target)}; give the logit itself to binary_"
    with pytest.raises(DomainError, match=message):
        binary_cross_entropy([Value(logit).sigmoid()], [target])
    assert binary_cross_entropy([Value(logit).sigmoid()], [p]).data == 0.0


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("MSELoss", r"write losses\.mean_squared_error\(outputs, targets\), which adds the squares of a row up"),
        ("nll_loss", r"write losses\.cross_entropy\(logits, targets\), with no softmax before it"),
        ("BCELoss", r"write losses\.binary_cross_entropy_with_logits\(logits, targets\), with no sigmoid before it"),
        ("hinge_loss", r"write losses\.hinge\(scores, labels\), with labels of -1 and 1"),
    ],
)
def test_the_name_of_another_library_is_answered_with_ours(name: str, advice: str) -> None:
    with pytest.raises(AttributeError, match=f"^micrograd.losses has no {name}: {advice}$"):
        getattr(losses, name)


def test_a_name_that_nobody_has_is_missing_as_in_any_module() -> None:
    for name in ("Telepathy", "__path__", "MSELoss"):
        assert not hasattr(losses, name)


def test_what_is_advised_exists() -> None:
    from micrograd.words import LOSSES

    for advice in LOSSES.values():
        name = advice.partition("losses.")[2].partition("(")[0]
        assert not name or callable(getattr(losses, name))
