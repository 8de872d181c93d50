"""Hints that stop before the result, and solutions that do not."""

import doctest
import json

import pytest

from micrograd import Op, Value, exercise, exercises, logsumexp, parse, relu
from micrograd.exercises import Exercise


def product_and_sum() -> Exercise:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    s = a + b
    s.label = "s"
    output = s * b
    output.label = "L"
    return exercise(output, values=True)


def test_a_solution_has_every_step_of_both_sweeps() -> None:
    assert str(product_and_sum().solution()).splitlines() == [
        "forward: every value from its operands",
        "  s = a + b = 2 + (−3) = −1",
        "  L = s × b = (−1) × (−3) = 3",
        "backward: every gradient by the chain rule",
        "  ∇L = 1",
        "  ∇s = ∇L × ∂L/∂s = 1 × (−3) = −3  (∂L/∂s = b)",
        "  ∇b = ∇L × ∂L/∂b = 1 × (−1) = −1  (1 of 2; ∂L/∂b = s)",
        "  ∇a = ∇s × ∂s/∂a = (−3) × 1 = −3",
        "  ∇b += ∇s × ∂s/∂b = (−3) × 1 = −3  (2 of 2, now −4)",
    ]


def test_values_that_are_shown_are_not_worked_out() -> None:
    solution = exercise(parse("relu(a)*b", a=-2, b=3)).solution()
    assert solution.forward == ()
    assert str(solution).splitlines() == [
        "backward: every gradient by the chain rule",
        "  ∇out = 1",
        "  ∇v₁ = ∇out × ∂out/∂v₁ = 1 × 3 = 3  (∂out/∂v₁ = b)",
        "  ∇b = ∇out × ∂out/∂b = 1 × 0 = 0  (∂out/∂b = v₁)",
        "  ∇a = ∇v₁ × ∂v₁/∂a = 3 × 0 = 0  (a < 0)",
    ]


def test_a_notebook_shows_the_solution_as_lists() -> None:
    page = product_and_sum().solution()._repr_html_()
    assert page.count("<ol") == 2
    assert "<li>∇b += ∇s × ∂s/∂b = (−3) × 1 = <b>−3</b>" in page


def test_a_node_used_twice_by_one_operation_has_numbered_uses() -> None:
    first, second = exercise(parse("x*x", x=3)).solution().backward
    assert str(first) == "∇x = ∇out × ∂out/∂x₍₁₎ = 1 × 3 = 3  (1 of 2; ∂out/∂x₍₁₎ = x)"
    assert str(second) == "∇x += ∇out × ∂out/∂x₍₂₎ = 1 × 3 = 3  (2 of 2, now 6; ∂out/∂x₍₂₎ = x)"


def test_negative_numbers_stand_in_parentheses_once() -> None:
    a, b = Value(-1.0, label="a"), Value(2.0, label="b")
    task = exercise((a - (-2.0)) * abs(a) + logsumexp([a, b]) * relu(a * b), values=True)
    assert [step.numbers for step in task.solution().forward] == [
        "(−1) − (−2)", "|−1|", "1 × 1", "logsumexp([−1, 2])", "(−1) × 2", "relu(−2)", "2.049 × 0", "1 + 0",
    ]  # fmt: skip


def test_the_slope_of_logsumexp_is_written_as_one_takes_it_by_hand() -> None:
    step, _ = exercise(parse("logsumexp([a, b])", a=0, b=0)).solution().backward  # of two alike each has the half
    assert str(step) == "∇a = ∇out × ∂out/∂a = 1 × 0.5 = 0.5  (∂out/∂a = exp(a − out))"


def test_hints_begin_in_words_and_end_in_numbers_without_the_result() -> None:
    task = exercise(parse("(a + b)*b", a=2, b=3))
    product = "In a product the slope by one factor is the other factor."
    whole = "v₁ is a sum. What comes back is handed on to each term as it is, whatever the numbers of the terms are."
    assert [task.hint() for _ in range(4)] == [
        f"Next is ∇v₁. v₁ is used by out. {product}",
        "∇v₁ = ∇out × ∂out/∂v₁, where ∂out/∂v₁ = b",
        "∇v₁ = ∇out × ∂out/∂v₁ = 1 × 3",
        f"Next is ∇b. b is used twice, by out and v₁: the shares of its uses add up. {product} {whole}",
    ]


def test_a_rule_is_said_for_the_operand_that_is_asked_for() -> None:
    task = exercise(parse("a/b", a=1, b=2))
    dividend, divisor = [task.hints_about(blank)[0] for blank in reversed(task.blanks)]
    assert dividend.endswith("The slope of a quotient by its dividend is one divided by the divisor.")
    assert "by its divisor is minus the dividend" in divisor


def test_hints_are_about_what_the_last_grade_found() -> None:
    task = product_and_sum()
    task.grade({"a": -3, "b": -1})
    assert task.hint().startswith("Next is ∇b.")
    assert task.hint() == "∇b = ∇L × ∂L/∂b + ∇s × ∂s/∂b, where ∂L/∂b = s"
    task.grade({"a": -3, "b": -1})  # the same once more: the hints go on
    assert task.hint() == "∇b = ∇L × ∂L/∂b + ∇s × ∂s/∂b = 1 × (−1) + (−3) × 1"
    task.grade({"b": -4})
    assert task.hint().startswith("Next is ∇a.")
    task.grade({}, {"s": 5})
    assert task.hint() == "Next is the value of s. It is computed from a and b: the tile says how."
    assert repr(task.hint()) == "s = a + b"


def test_there_is_no_hint_where_all_is_right() -> None:
    task = product_and_sum()
    task.grade({"a": -3, "b": -4})
    assert task.hint() == "All is right, and no step is left to hint at."
    task.grade({"a": -3})
    assert task.hint().startswith("Next is ∇b.")


def test_hints_go_back_to_the_step_before_the_leaves_in_which_it_went_wrong() -> None:
    task = exercise(parse("(w*x + b)**2", w=3, x=2, b=-1))  # ∇v2 = 10; without its 2 everything is half
    task.grade({"w": 10, "x": 15, "b": 5})
    assert task.hint().startswith("Next is ∇v₂.")
    task = exercise(parse("((a*b)*c)**2", a=2, b=3, c=5))  # ∇v2 = 60, ∇v1 = 60·5 = 300, ∇a = 300·3
    grade = task.grade({"v2": 60, "c": 360, "v1": 300, "b": 600, "a": 180})  # the 5 is missing, and not in ∇v1
    assert grade.slip is not None
    assert "∂v₂/∂v₁" in grade.slip.words
    assert task.hint().startswith("Next is ∇a.")


# Tests for other graders: both were run once by nbgrader and by Otter, and are read here as these do


def run_cell(text: str, answers: dict[str, float], capsys: pytest.CaptureFixture[str]) -> tuple[float, str]:
    *lines, last = text.splitlines()
    names: dict[str, object] = {"answers": answers}
    exec("\n".join(lines), names)  # noqa: S102
    return float(eval(last, names)), capsys.readouterr().out  # noqa: S307


@pytest.mark.parametrize("task", [exercises.random(3, 7), exercise(parse("(a + b)*tanh(b)", a=1, b=2), title='It\'s "two"')])
def test_nbgrader_gives_the_points_of_what_is_right(task: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    cell = task.export("nbgrader", points=4)
    right = {task.diagram.names[node]: g for node, g in zip(task.diagram.values, task.diagram.gradients) if node.op is None}
    first, *others = right
    assert run_cell(cell, right, capsys) == (4.0, "Both right.\n")
    points, said = run_cell(cell, right | {first: -right[first]}, capsys)
    assert points == 2.0
    assert "is the first step that does not fit (sign)" in said
    assert run_cell(cell, {}, capsys)[0] == 0.0
    assert others


def test_otter_gives_half_for_half_of_the_steps_and_the_rest_for_all() -> None:
    task = exercises.random(3, 7)
    names: dict[str, object] = {}
    exec(task.export("otter", name="q1", points=2), names)  # noqa: S102
    test = json.loads(json.dumps(names["test"]))
    assert names["OK_FORMAT"] is True
    assert (test["name"], test["points"]) == ("q1", [1, 1])
    right = {task.diagram.names[node]: g for node, g in zip(task.diagram.values, task.diagram.gradients) if node.op is None}
    half = right | {next(iter(right)): 99.0}

    def passed(answers: dict[str, float]) -> list[bool]:
        found = []
        for case in test["suites"][0]["cases"]:
            parsed = doctest.DocTestParser().get_doctest(case["code"], {"answers": answers}, "q1", None, None)
            found.append(doctest.DocTestRunner(verbose=False).run(parsed, out=lambda text: None).failed == 0)
        return found

    assert (passed(right), passed(half), passed({})) == ([True, True], [True, False], [False, False])


def test_an_exported_test_makes_the_whole_task_anew() -> None:
    task = exercise(parse("dot([a, 3], [b, b])**2", a=1, b=2), values=True)
    names: dict[str, object] = {"answers": {}, "values": {}}
    exec(task.export("nbgrader"), names)  # noqa: S102
    anew = names["task"]
    assert isinstance(anew, Exercise)
    assert [node.data for node in anew.diagram.order] == [node.data for node in task.diagram.order]
    assert (anew.formula, anew.blanks) == (task.formula, task.blanks)
    assert anew.output.label is None


def test_what_cannot_be_exported_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^there is no export for 'moodle'; choose from nbgrader, otter$"):
        exercises.random(1, 1).export("moodle")
    own = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    with pytest.raises(ValueError, match=r"^'cube' is not in the table of operations, so a test could not make it anew; use one"):
        exercise(own(Value(2.0))).export("otter")
    with pytest.raises(ValueError, match=r"^points needs to be a finite number above 0, got 0$"):
        exercises.random(1, 1).export("otter", points=0)
