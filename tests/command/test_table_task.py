"""What a table's target asks for, how its columns are scaled, and what is held out."""

import math
from collections.abc import Sequence

import pytest

from micrograd.command.table_file import table_from
from micrograd.command.table_task import LOSSES, SHORT_NAMES, Scale, TableTask, class_name, scale_of, summary, task_of
from micrograd.command.train_command import LEARNING_RATES
from micrograd.nn import MLP
from micrograd.optim import OPTIMIZERS
from micrograd.training import fit

OFFER = "; --loss cross-entropy takes each for a class"


def task(*targets: object, loss: str | None = None, holdout: float = 0.0, seed: int = 0) -> TableTask:
    """Of a table with one input, 0, 1, 2, ..."""
    text = "".join(f"{number},{target}\n" for number, target in enumerate(targets))
    return task_of(table_from(text), loss, holdout, seed)


@pytest.mark.parametrize(
    ("targets", "loss", "classes"),
    [
        (["no", "yes", "no"], "binary-cross-entropy", ["no", "yes"]),
        (["c", "a", "b"], "cross-entropy", ["a", "b", "c"]),
        ([0, 1], "binary-cross-entropy", ["0", "1"]),
        (["1.0", "0", "1"], "binary-cross-entropy", ["0", "1"]),
        ([-1, 1], "binary-cross-entropy", ["-1", "1"]),
        ([3, 7] * 5, "binary-cross-entropy", ["3", "7"]),
        ([10, 9, 2] * 5, "cross-entropy", ["2", "9", "10"]),
        ([10, 9, 2] * 4, "mean-squared-error", []),
        (list(range(11)) * 9, "mean-squared-error", []),
        ([0.5, 1] * 9, "mean-squared-error", []),
    ],
)
def test_the_target_asks_for_the_loss(targets: list[object], loss: str, classes: list[str]) -> None:
    asked = task(*targets)
    assert (asked.loss_name, asked.classes) == (loss, classes)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["1", "1.0", "1e0", "+1", "01"], {"1"}),
        (["0", "-0", "0.0"], {"0"}),
        (["9007199254740992", "9007199254740993"], {"9007199254740992", "9007199254740993"}),  # 2^53: one float for both
        (["1234567890123456", "1234567890123457"], {"1234567890123456", "1234567890123457"}),
        (["0.1", "0.10000000000000001"], {"0.1", "0.10000000000000001"}),
        (["1e-99999999999999999999", "0"], {"1e-99999999999999999999", "0"}),
        (["nan", "NaN", "inf", "2020_01", "202001"], {"nan", "NaN", "inf", "2020_01", "202001"}),
    ],
)
def test_a_number_is_one_class_however_it_is_written_and_another_number_is_another(texts: list[str], names: set[str]) -> None:
    assert {class_name(text) for text in texts} == names


@pytest.mark.parametrize(
    ("targets", "offered"), [(range(10), True), (range(11), False), ([0.5, 1, 2], False), ([0.1 * i for i in range(80)], False)]
)
def test_classes_are_offered_only_where_the_target_has_few_whole_numbers(targets: Sequence[float], offered: bool) -> None:
    assert task(*targets).why == f"since the target has {len(targets)} different numbers" + OFFER * offered
    with pytest.raises(
        ValueError, match=r"^the target y has numbers, and '\?' in line \d+; mend it or leave the line out"
    ) as caught:
        task(*targets, "?")
    assert ("--loss cross-entropy" in str(caught.value)) == offered


@pytest.mark.parametrize(
    ("loss", "targets", "outputs"),
    [
        ("binary-cross-entropy", [0, 1, 0], 1),
        ("hinge", [-1, 1, -1], 1),
        ("cross-entropy", [0, 1, 0], 2),
        ("half-mean-squared-error", [-math.sqrt(0.5), math.sqrt(2.0), -math.sqrt(0.5)], 1),  # 4 + 1/3, deviation sqrt(2)/3
    ],
)
def test_a_loss_gets_targets_as_it_takes_them(loss: str, targets: list[float], outputs: int) -> None:
    chosen = task(4, 5, 4, loss=loss)
    assert sorted(chosen.targets) == pytest.approx(sorted(targets))
    assert chosen.outputs == outputs


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_trains(name: str) -> None:
    chosen = task(*[0, 1] * 6, loss=name)
    model = MLP(1, [chosen.outputs], seed=0)
    optimizer = OPTIMIZERS["sgd"](model.parameters(), learning_rate=LEARNING_RATES["sgd"])
    losses = fit(model, chosen.loss.function, (chosen.inputs, chosen.targets), optimizer, epochs=20, progress=False).losses
    assert losses[-1] < losses[0]


def test_every_short_name_is_of_a_loss_and_every_optimizer_has_a_rate() -> None:
    assert set(SHORT_NAMES.values()) <= LOSSES.keys()
    assert LEARNING_RATES.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize(
    ("targets", "loss", "message"),
    [
        (["a", "a"], None, "the target y is a in every row, so there is nothing to learn"),
        ([5, "5.0"], None, "the target y is 5 in every row"),
        ([1, 2, "?"], None, r"the target y has numbers, and '\?' in line 3; mend it or leave the line out, or choose --loss"),
        (["a", "b", "c"], "hinge", "hinge needs two classes, and y has 3; choose --loss cross-entropy"),
        (["a", "b"], "mean-squared-error", "mean-squared-error needs numbers as targets, and y of line 1 is 'a'"),
        (list(range(101)), "cross-entropy", "up to 100 classes can be told apart, and y has 101 different entries"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(targets: list[object], loss: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        task(*targets, loss=loss)


@pytest.mark.parametrize(
    ("rows", "holdout", "held_out"), [(10, 0.2, 2), (10, 0.0, 0), (2, 0.01, 1), (2, 0.99, 1), (3, 0.99, 2), (150, 0.2, 30)]
)
def test_so_many_rows_are_held_out_and_one_is_left(rows: int, holdout: float, held_out: int) -> None:
    split = task(*["a", *["b"] * (rows - 1)], holdout=holdout)
    assert (split.training, len(split.held_out)) == (rows - held_out, held_out)
    assert sorted(split.lines) == list(range(1, rows + 1))


def test_the_seed_decides_which_rows_are_held_out() -> None:
    targets = [0.5 * row for row in range(20)]
    assert task(*targets, seed=1).lines == task(*targets, seed=1).lines != task(*targets, seed=2).lines


def test_scales_are_of_the_training_rows_alone() -> None:
    split = task(*[0.5 * row for row in range(10)], holdout=0.3)
    trained_on = [float(line - 1) for line in split.lines[: split.training]]  # the input of line 1 is 0
    assert split.scales == [scale_of(trained_on, "x1")]
    inputs = [number for (number,) in split.inputs[: split.training]]
    assert math.fsum(inputs) == pytest.approx(0.0, abs=1e-12)
    assert math.fsum(number * number for number in inputs) / len(inputs) == pytest.approx(1.0)


@pytest.mark.parametrize("unit", [1.0, 1e-200, 1e200, 1e-310])
def test_a_scale_keeps_its_digits_in_any_unit(unit: float) -> None:
    """Of 1, 2 and 6 the mean is 3, and the mean of the squares of -2, -1 and 3 is 14/3."""
    scale = scale_of([1.0 * unit, 2.0 * unit, 6.0 * unit], "x")
    assert scale.mean == pytest.approx(3.0 * unit, rel=1e-12)
    assert scale.deviation == pytest.approx(math.sqrt(14.0 / 3.0) * unit, rel=1e-12)
    assert scale.restored(scale.scaled(5.0 * unit)) == pytest.approx(5.0 * unit, rel=1e-12)


def test_a_column_that_is_always_the_same_is_zero_and_named() -> None:
    assert scale_of([0.1] * 3, "x") == Scale(0.1, 0.0)
    assert Scale(0.1, 0.0).scaled(0.1) == 0.0
    table = table_from("a,b,y\n1,5,0\n2,5,1\n")
    assert "so of no use: b" in summary(table, task_of(table, None, 0.0, 0))


def test_numbers_too_far_apart_to_be_scaled_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the numbers of column x are too far apart, from -1e\+308 to 1e\+308; divide them"):
        scale_of([-1e308, 1e308], "x")


def test_a_class_without_a_row_to_train_on_is_named() -> None:
    table = table_from("".join(f"{row},{'rare' if row == 0 else 'usual'}\n" for row in range(4)))
    held_out = [seed for seed in range(20) if 1 in task_of(table, None, 0.25, seed).lines[3:]]
    assert "No row to train on has rare" in summary(table, task_of(table, None, 0.25, held_out[0]))


def test_a_loss_of_squares_is_told_in_the_units_of_the_target() -> None:
    chosen = task(10, 30, loss="mean-squared-error")  # mean 20, deviation 10
    assert chosen.one_number(0.5) == 50.0
    assert task("a", "b").one_number(0.5) == 0.5
