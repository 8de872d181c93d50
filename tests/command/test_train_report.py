"""What is made of a network's outputs, on outputs that are set by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from micrograd import losses
from micrograd.command import terminal
from micrograd.command.table_file import table_from
from micrograd.command.table_task import shares_of, task_of
from micrograd.command.train_report import Result, error_of, predictions_csv, show_confusion, verdict
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.training import History

TARGETS = ["a", "b"] * 10
RIGHT, WRONG = [[-3.0], [3.0]] * 10, [[3.0], [-3.0]] * 10
DEEP = MLP(1, [2, 1], seed=0)


def result(
    targets: Sequence[object], outputs: Sequence[Sequence[float]], loss: str | None = None, holdout: float = 0.0, seed: int = 0
) -> Result:
    """Of a table with one row per target; the outputs are given in the order of the table."""
    text = "".join(f"{number},{target}\n" for number, target in enumerate(targets))
    task = task_of(table_from(text), loss, holdout, seed)
    return Result(MLP(1, [1], seed=0), task, History(), [list(outputs[line - 1]) for line in task.lines])


def test_the_error_of_a_half_squared_error_is_in_units_of_the_target() -> None:
    """The mean, 20, is off by 10 in both rows."""
    both = result([10, 30], [[0.0], [0.0]], "half-mean-squared-error")
    assert both.answers == [20.0, 20.0]
    assert both.score(range(2)).loss == pytest.approx(50.0)
    assert error_of(both.task, both.score(range(2))) == pytest.approx(10.0)
    assert both.score_of_same_answer(range(2)).loss == pytest.approx(50.0)


def test_always_the_frequent_class_has_the_hinge_loss_of_that_score() -> None:
    """Of scores that are all 1 for three of four."""
    four = result([-1, 1, 1, 1], [[0.0]] * 4, "hinge")
    assert shares_of(four.task) == [0.25, 0.75]
    same = four.score_of_same_answer(range(4))
    assert same.loss == losses.hinge([Value(1.0)] * 4, [-1, 1, 1, 1]).data == 0.5
    assert (four.same_answer, same.right) == ("1", 0.75)


def test_a_class_that_was_never_seen_is_an_endless_surprise() -> None:
    for seed in range(20):
        four = result(["rare", "usual", "usual", "usual"], [[0.0]] * 4, holdout=0.25, seed=seed)
        surprise = four.score_of_same_answer(four.judged).loss
        assert surprise == (math.inf if four.task.lines[3] == 1 else -math.log(2 / 3))


def test_confusions_are_counted_by_class_and_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    says_a, says_b = [1.0, 0.0], [0.0, 1.0]
    show_confusion(terminal.console(), result(["a", "a", "a", "b"], [says_a, says_a, says_b, says_b], "cross-entropy"))
    shown = capsys.readouterr().out
    assert "│ a     │ 2 │ 1 │" in shown
    assert "│ b     │ · │ 1 │" in shown


def test_answers_are_kept_in_the_order_of_the_table() -> None:
    three = result(["a", "b", "a"], [[-1.0], [2.0], [0.5]])
    assert predictions_csv(three) == "line,target,predicted\n1,a,a\n2,b,b\n3,a,b\n"


def test_the_verdict_says_where_it_learned_nothing_or_only_the_rows_it_was_trained_on() -> None:
    right = result(TARGETS, RIGHT)
    assert verdict(right) == "20 of the 20 rows trained on are right; always a gets 10."
    linear = result(TARGETS, WRONG)
    start = "0 of the 20 rows trained on are right; always a gets 10. So it has learned nothing of use: try "
    assert verdict(linear) == f"{start}--hidden 16, another --lr, or other inputs."
    assert verdict(replace(linear, model=DEEP)) == f"{start}more --epochs, another --lr, or other inputs."


def test_a_loss_much_smaller_on_the_rows_trained_on_is_told_where_enough_are_held_out() -> None:
    assert "much smaller" not in verdict(result(TARGETS, RIGHT, holdout=0.5))
    overfitted = with_an_error(result(TARGETS, RIGHT, holdout=0.5))
    start = "The loss is much smaller on the rows trained on: fewer --epochs "
    assert f"{start}may do better." in verdict(overfitted)
    assert f"{start}or --hidden neurons may do better." in verdict(replace(overfitted, model=DEEP))
    assert verdict(with_an_error(result(TARGETS, RIGHT, holdout=0.45))).startswith("8 of the 9 rows held out are right; ")
    assert "much smaller" not in verdict(with_an_error(result(TARGETS, RIGHT, holdout=0.45)))


@pytest.mark.parametrize("outputs", [RIGHT, WRONG])
def test_the_verdict_of_an_interrupted_run_says_so_and_advises_nothing(outputs: list[list[float]]) -> None:
    said = verdict(replace(result(TARGETS, outputs), history=History([0.5], "interrupted")))
    assert said.endswith("; always a gets 10. Training was interrupted, so this may not be all that can be learned.")


def with_an_error(split: Result) -> Result:
    """The same with the wrong answer for one of the rows held out."""
    outputs = list(split.outputs)
    outputs[split.judged[0]] = [-number for number in outputs[split.judged[0]]]
    return replace(split, outputs=outputs)
