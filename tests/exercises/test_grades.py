"""Grades: true where all is right; else the first wrong step, its slip, what follows from it, and never the answer."""

import copy
import pickle
import re
from typing import Any

import pytest

from micrograd import Op, Value, exercise, exercises, parse, relu
from micrograd.exercises import Exercise
from micrograd.exercises import confusions as kinds


def product_and_sum() -> Exercise:
    """L = (a + b)·b at a = 2, b = 3 with s = a + b: the gradients are 3 for s, 3·1 + 5 = 8 for b, and 3 for a."""
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    s = a + b
    s.label = "s"
    output = s * b
    output.label = "L"
    return exercise(output, values=True)


def neuron() -> Exercise:
    """L = e², e = z - 1, z = w·x + b = 6: the gradients are 2·5 = 10 for e, z and b, 10·2 for w and 10·3 for x."""
    output = parse("(w*x + b - 1)**2", w=3, x=2, b=0)
    node = output.parents[0]
    for label in "ez":
        node.label, node = label, node.parents[0]
    return exercise(output)


def names(blanks: Any) -> list[str]:
    return [blank.name for blank in blanks]


def gradients_of(task: Exercise) -> dict[Any, float]:
    return {value: gradient for value, gradient in zip(task.diagram.values, task.diagram.gradients) if value is not task.output}


def test_a_grade_is_true_where_the_gradients_of_all_leaves_are_right() -> None:
    grade = product_and_sum().grade({"a": 3, "b": 8})
    assert grade
    assert grade.score == 1.0
    assert str(grade) == "Both right."
    assert (grade.first_wrong, grade.slip, grade.follows) == (None, None, ())


def test_inner_nodes_and_values_count_where_they_are_answered() -> None:
    task = product_and_sum()
    assert task.grade({"a": 3, "b": 8, "s": 3}, {"s": 5, "L": 15})
    assert not task.grade({"a": 3, "b": 8, "s": 4})
    assert not task.grade({"a": 3, "b": 8}, {"L": 8})


def test_a_key_is_a_label_a_value_or_the_name_on_the_card() -> None:
    a, x = Value(2.0, label="a"), Value(3.0, label="x1")
    task = exercise(a * x * 2.0)
    assert task.grade({a: 6, x: 4})
    assert task.grade({"a": 6, "x1": 4})
    assert task.grade({"a": 6, "x₁": 4, "v1": 2})


@pytest.mark.parametrize("answer", [-0.5, "-0.5", "−0,5", " -1/2 ", "-1 / 2", "-5e-1", "−,5"])
def test_an_answer_is_a_number_or_a_text(answer: float | str) -> None:
    assert exercise(parse("a/b", a=1, b=-2)).grade({"a": answer, "b": "-1/4"})


def test_three_digits_are_enough_and_two_are_rounded_too_much() -> None:
    task = exercise(parse("a/b", a=1, b=3))
    assert task.grade({"a": 0.333, "b": -0.111})
    grade = task.grade({"a": 0.333, "b": -0.11})
    assert grade.slip is not None
    assert grade.slip.kind == kinds.ROUNDING
    assert repr(grade.first_wrong) == "<Blank ∇b = ∇out × ∂out/∂b>"  # in a notebook neither may show what it knows
    assert repr(grade.slip) == "<Slip rounding: Nearly right: carry one digit more, in the steps before too.>"


def test_only_the_first_wrong_step_is_named_and_what_follows_from_it_gets_credit() -> None:
    grade = product_and_sum().grade({"s": 5, "b": 10, "a": 5})  # own factor at s; then 5·1 + 5 and 5·1
    assert grade.first_wrong is not None
    assert grade.first_wrong.name == "∇s"
    assert grade.slip is not None
    assert grade.slip.kind == kinds.OWN_FACTOR
    assert names(grade.follows) == ["∇b", "∇a"]
    assert grade.score == pytest.approx(2 / 3)
    words = "You multiplied by s itself. In a product the slope by one factor is the other factor."
    assert str(grade).splitlines() == [
        "0 of 3 right.",
        f"∇s = 5 is the first step that does not fit (own factor). {words}",
        "Follows correctly from it, and comes right when it does: ∇b, ∇a.",
    ]


def test_a_wrong_value_is_carried_forward_and_back() -> None:
    grade = product_and_sum().grade({"s": 3, "b": 9, "a": 4}, {"s": 6, "L": 18})  # 2·3 for 2 + 3; then 6·3, and 3 + 6
    assert grade.first_wrong is not None
    assert (grade.first_wrong.name, grade.first_wrong.kind) == ("s", "value")
    assert names(grade.follows) == ["L", "∇b"]
    assert str(grade).splitlines()[-1] == "Does not fit either: ∇a."
    assert grade.score == pytest.approx((1 + 2) / 5)


def test_nothing_follows_from_a_number_so_large_that_it_leads_to_infinity() -> None:
    grade = product_and_sum().grade({"s": 1e308, "b": -7, "a": -7}, {"s": 1e308, "L": -7})
    assert grade.follows == ()
    assert grade.score == 0.0


def test_what_is_not_answered_yet_is_missing_and_not_wrong() -> None:
    grade = product_and_sum().grade({"a": "", "b": 8, "s": None}, {"s": ...})
    assert not grade
    assert names(grade.missing) == ["∇a"]
    assert (grade.first_wrong, grade.score) == (None, 0.5)
    assert str(grade) == "1 of 2 right.\nStill missing: ∇a."


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"b": 5, "w": 10, "x": 15}, kinds.MISSING_EXPONENT),  # the 2 of the square, in all that comes after it
        ({"b": 1, "w": 2, "x": 3}, kinds.UPSTREAM_ALONE),  # all of ∂L/∂e
        ({"b": -10, "w": -20, "x": -30}, kinds.SIGN),
        ({"b": 20, "w": 40, "x": 60}, kinds.FACTOR_TWO),
    ],
)
def test_leaves_alone_tell_in_which_step_before_them_it_went_wrong(answers: dict[str, float], kind: str) -> None:
    task = neuron()
    grade = task.grade(answers)
    assert grade.slip is not None
    assert (grade.slip.kind, len(grade.follows)) == (kind, 2)
    assert grade.slip.at == next(blank.place for blank in task.blanks if blank.name == "∇e")
    assert grade.slip.words.startswith("It looks as if ∇e had gone wrong on the way. ")


@pytest.mark.parametrize(
    ("answers", "kind", "where"),
    [
        ({"b": -2, "w": -4, "x": -2}, kinds.SIGN, "∇m"),  # of 1 - m, and not of the relu, which hands on as it is
        ({"b": 1, "w": 2, "x": 1}, kinds.FACTOR_TWO, "∇z"),  # of m = -2z
        ({"w": 0}, kinds.OPEN_RELU, "∇d"),  # nothing else explains why nothing goes through
    ],
)
def test_a_sign_or_a_two_is_missed_where_there_is_one(answers: dict[str, float], kind: str, where: str) -> None:
    w, x, b = Value(1.0, label="w"), Value(2.0, label="x"), Value(1.0, label="b")
    z = w * x + b
    m = -2.0 * z
    d = 1.0 - m  # 7: the gradients are 2x, 2w and 2
    z.label, m.label, d.label = "z", "m", "d"
    grade = exercise(relu(d)).grade(answers)
    assert grade.slip is not None
    assert (grade.slip.kind, grade.slip.words.split()[4]) == (kind, where)


def test_a_step_whose_other_leaves_are_right_did_not_go_wrong() -> None:
    grade = neuron().grade({"b": 10, "w": 0, "x": 30})
    assert (grade.slip, grade.score) == (None, 2 / 3)


def test_a_slip_in_a_leaf_alone_is_not_put_down_to_the_steps_before_it() -> None:
    grade = neuron().grade({"b": 10, "w": -20, "x": 30})
    assert grade.slip is not None
    assert (grade.slip.kind, grade.slip.at) == (kinds.SIGN, None)


@pytest.mark.parametrize("level", exercises.LEVELS)
def test_no_grade_and_no_hint_says_an_answer(level: int) -> None:
    for seed in range(10):
        task = exercises.random(level, seed)
        truth = gradients_of(task)
        assert task.grade(truth)
        for node, gradient in truth.items():
            answered = truth | {node: 2.0 * gradient + 0.7}
            said = " ".join(task.grade(answered).sentences[1:]) + task.hint()
            numbers = {float(number.replace("−", "-")) for number in re.findall(r"(?<![\w₀-₉.])[−-]?\d+(?:\.\d+)?", said)}
            shown = {round(number, 4) for number in answered.values()} - {gradient}
            constants = {parent.data for value in task.diagram.values for parent in value.parents}
            assert round(gradient, 4) not in numbers - shown - constants, (level, seed, said)


NAMES = "'a', 'b', 's', 'L'"


@pytest.mark.parametrize(
    ("gradients", "values", "error", "message"),
    [
        ({"c": 1}, None, ValueError, f"^there is no 'c' in the graph of this exercise, which has {NAMES}$"),
        ({Value(1.0): 1}, None, ValueError, rf"^Value\(data=1.0\) is not in the graph of this exercise, which has {NAMES}$"),
        ({3: 1}, None, TypeError, r"^an answer is for a label or a Value, got 3 \(int\)$"),
        ({"b": "abc"}, None, ValueError, "^the answer for b needs to be a number, such as -3, 0.5, .*, got 'abc'$"),
        ({"b": "1/0"}, None, ValueError, "^the answer for b needs to be a number, .*, got '1/0'$"),
        ({"b": [3]}, None, TypeError, r"^the answer for b needs to be a number, .*, got \[3\] \(list\)$"),
        ({"b": True}, None, TypeError, r"^the answer for b needs to be a number, .*, got True \(bool\)$"),
        ({"b": Value(8.0)}, None, TypeError, "^the answer for b needs to be a number, .*, got a Value; take its .data or .grad$"),
        ({"b": 10**400}, None, ValueError, "^the answer for b needs to be a finite number, got inf$"),
        ({"b": float("nan")}, None, ValueError, "^the answer for b needs to be a finite number, got nan$"),
        ({"L": 1}, None, ValueError, "^the gradient of L is given, since L is the output: it is 1; leave it out$"),
        ({}, {"a": 2}, ValueError, "^the value of a is given, since a is a leaf; leave it out$"),
        ([3, 8], None, TypeError, r'^gradients are a dictionary, such as {"b": 3.0}, got \[3, 8\]$'),
    ],
)
def test_bad_answers_are_one_sentence(gradients: Any, values: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        product_and_sum().grade(gradients, values)


def test_nothing_that_was_answered_is_lost_by_an_error() -> None:
    answers = {"a": 3, "b": "eight"}
    with pytest.raises(ValueError, match="the answer for b"):
        product_and_sum().grade(answers)
    assert answers == {"a": 3, "b": "eight"}


def test_a_label_of_two_nodes_and_two_keys_of_one_node_are_refused() -> None:
    one, other = Value(2.0, label="x"), Value(3.0, label="x")
    task = exercise(one * other)
    with pytest.raises(ValueError, match=r"^2 nodes are labelled 'x'; use the Values themselves as keys$"):
        task.grade({"x": 3})
    with pytest.raises(ValueError, match=r"^x#2 is answered twice; leave one of the answers out$"):
        task.grade({one: 3, other: 2, "x#2": 2})
    assert task.grade({one: 3, other: 2})


def test_plain_numbers_and_shown_values_are_not_asked_for() -> None:
    task = exercise(Value(2.0, label="a") * 3.0)
    with pytest.raises(ValueError, match=r"^3 is a plain number of the exercise, and nothing is asked of it; leave it out$"):
        task.grade({task.output.parents[1]: 2})
    with pytest.raises(
        ValueError, match=r"^this exercise shows its values, so there are none to grade; make it with values=True"
    ):
        task.grade({"a": 3}, {"out": 6})


@pytest.mark.parametrize(
    ("output", "error", "message"),
    [
        (
            Value(3.0),
            ValueError,
            "^an exercise needs a Value that was computed from others, and this one is a leaf; pass a loss$",
        ),
        (3.0, TypeError, "^exercise needs one Value, got the number 3.0"),
        ((2.0 * Value(3.0)).parents[0] * 4.0, ValueError, "^an exercise needs a leaf to ask for, and this .* plain numbers only"),
        (parse("a/b", a=1, b=float("inf")), ValueError, "^an exercise needs finite numbers, and has b = inf with a gradient of"),
        (parse("a" + "*a" * 100, a=1), ValueError, "^a graph of 101 nodes is too long to do by hand; take a part of it, of 100"),
    ],
)
def test_what_is_no_task_is_one_sentence(output: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        exercise(output)


def test_an_operation_of_ones_own_is_graded_too() -> None:
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    task = exercise(cube(Value(2.0, label="a")) * Value(5.0, label="b"))
    assert task.grade({"a": 60, "b": 8})
    grade = task.grade({"a": 12, "b": 8})
    assert grade.slip is not None
    assert grade.slip.kind == kinds.LOCAL_ALONE


def test_an_operation_of_ones_own_may_have_braces_in_its_name_and_numbers_that_it_refuses() -> None:
    def forward(a: float) -> float:
        if a > 100.0:
            raise TypeError("too large")
        return 2.0 * a

    twice = Op("{x}", forward, lambda out, a: (2.0,))
    task = exercise(twice(Value(2.0, label="a") * Value(3.0, label="b")), values=True)
    assert [blank.rule for blank in task.blanks[:2]] == ["a × b", "{x}(v₁)"]
    grade = task.grade({"a": 6, "b": 4}, {"v1": 1000, "out": 2000})
    assert (names(grade.having("first wrong")), names(grade.having("wrong"))) == (["v₁"], ["out"])


def test_a_formula_has_the_names_of_the_cards() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    product = a * b + 1
    task = exercise(product * product + a)
    assert task.formula == "v₂ = a × b + 1; out = v₂ × v₂ + a"
    assert task.short_formula == task.formula


def test_a_formula_that_nobody_would_read_is_no_heading() -> None:
    a = whole = Value(0.5, label="a")
    for _ in range(40):
        whole = (whole * a).tanh()
    long = exercise(whole)  # 40 times "tanh(" and " × a)"
    assert len(long.formula) > 40 * len("tanh( × a)")
    assert repr(long).startswith("<Exercise Backpropagation to out; 80 blanks;")  # all 80 operations but the output, and a
    assert 'class="formula"' not in long.page().html


def test_an_exercise_changes_no_gradient_and_keeps_its_numbers_when_leaves_move() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    output = a * b
    task = exercise(output)
    a.data = 10.0
    assert task.grade({a: 3, b: 2})
    assert task.blanks[0].numbers == "1 × 2"
    assert str(task.solution()).endswith("∇b = ∇out × ∂out/∂b = 1 × 2 = 2  (∂out/∂b = a)")
    assert [repr(value) for value in (output, a)] == ["Value(data=6.0)", "Value(data=10.0, label='a')"]


def test_an_exercise_that_was_pickled_or_copied_grades_as_before() -> None:
    task = exercise(Value(2.0, label="a") * Value(3.0, label="b"), title="A product", values=True)
    for again in (pickle.loads(pickle.dumps(task)), copy.deepcopy(task)):  # noqa: S301
        assert repr(again) == repr(task)
        assert again.grade({"a": 3, "b": 2}, {"out": 6})


def test_an_exercise_of_a_graph_whose_leaves_have_moved_warns() -> None:
    a = Value(2.0, label="a")
    output = a * 3.0
    a.data = 10.0
    with pytest.warns(UserWarning, match="compute the output again"):
        exercise(output)


def test_a_notebook_shows_the_grade_with_its_marks_and_escapes_names() -> None:
    task = exercise(Value(2.0, label="<a>") * Value(3.0, label="b"))
    page = task.grade({"<a>": 1, "b": 2})._repr_html_()
    assert "&lt;a&gt; = 1 ?" in page
    assert "∇b = 2 ✓" in page
    assert "<a>" not in page
