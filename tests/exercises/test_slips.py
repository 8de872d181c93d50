"""A wrong number is known by what led to it: each row below is a slip done by hand."""

import math
import re

import pytest

from micrograd import Op, Value, dot, exercise, exercises, parse, total
from micrograd.exercises import Exercise
from micrograd.exercises import confusions as kinds
from micrograd.exercises.blanks import GRADIENT, Blank
from micrograd.exercises.confusions import WRONG_SLOPES, WRONG_VALUES
from micrograd.exercises.slips import agrees
from micrograd.ops import Reduction


def task(text: str, **numbers: float) -> Exercise:
    return exercise(parse(text, **numbers), values=True)


def blank(asked: Exercise, name: str) -> Blank:
    (found,) = [one for one in asked.blanks if one.name == name]
    return found


def kind_of(one: Blank, answer: float) -> str | None:
    return next((slip.kind for slip in one.slips if agrees(answer, slip.number, slip.within)), None)


TWICE = task("(a + b)*b", a=2, b=3)  # s = 5: ∇s = 3, and ∇b = 3·1 + 1·5 = 8
CHAIN = task("((a*b)*c)**2", a=2, b=3, c=5)  # 6, 30, 900: the gradients are 60, 300 and for a 300·3 = 900
SHUT = task("relu(a)*b", a=-2, b=3)
OPEN = task("relu(a)*b", a=2, b=3)
SQUARE = task("a*b**2", a=3, b=5)  # ∇(b²) = 3, ∇b = 3·2·5 = 30
EXPONENT = task("a**b", a=2, b=3)  # 8: ∇b = 8·log 2
QUOTIENT = task("a/b", a=6, b=2)  # ∇a = 1/2, ∇b = -6/4 = -1.5
TANH = task("b*tanh(a)", a=0.5, b=2)
H = math.tanh(0.5)
SIGMOID = task("b*sigmoid(a)", a=0.5, b=2)
S = 1.0 / (1.0 + math.exp(-0.5))
SUM = task("(a + b)*c", a=3, b=5, c=4)  # ∇a = ∇b = 4
LOG = task("b*log(a)", a=4, b=3)  # ∇log = 3, ∇a = 3/4


@pytest.mark.parametrize(
    ("asked", "name", "answer", "kind"),
    [
        (TWICE, "∇b", 3.0, kinds.FORGOTTEN_USE),  # by way of s alone
        (TWICE, "∇b", 5.0, kinds.FORGOTTEN_USE),  # by way of out alone
        (TWICE, "∇b", 5.0 - 3.0, kinds.SIGN),  # one share taken off
        (TWICE, "∇b", 5.0 * 3.0, kinds.MULTIPLIED_USES),
        (TWICE, "∇b", 3.0 + 3.0, kinds.OWN_FACTOR),  # 1·3 in place of 1·5 in one share
        (TWICE, "∇a", -3.0, kinds.SIGN),
        (CHAIN, "∇a", 300.0, kinds.UPSTREAM_ALONE),
        (CHAIN, "∇a", 3.0, kinds.LOCAL_ALONE),
        (CHAIN, "∇a", 300.0 * 2.0, kinds.OWN_FACTOR),
        (CHAIN, "∇a", 300.0 * 6.0, kinds.OWN_FACTOR),  # the whole product
        (CHAIN, "∇a", 300.0 + 3.0, kinds.ADDED_FACTORS),
        (CHAIN, "∇a", 60.0 * 3.0, kinds.FORGOTTEN_FACTOR),  # ∂v2/∂v1 = c is missing
        (CHAIN, "∇a", 1.0 * 5.0 * 3.0, kinds.FORGOTTEN_FACTOR),  # ∂out/∂v2 is missing
        (CHAIN, "∇v₂", 30.0, kinds.MISSING_EXPONENT),
        (CHAIN, "∇v₂", 900.0, kinds.ANOTHER_OPERATION),  # the square itself
        (SQUARE, "∇b", 3.0 * 5.0, kinds.MISSING_EXPONENT),
        (SQUARE, "∇b", 3.0 * 2.0, kinds.FORGOTTEN_FACTOR),  # the base is missing
        (EXPONENT, "∇b", 8.0, kinds.FORGOTTEN_FACTOR),  # the logarithm is missing
        (EXPONENT, "∇b", 3.0 * 4.0, kinds.TRANSPOSED),  # the slope by the base
        (SHUT, "∇a", 3.0, kinds.SHUT_RELU),
        (OPEN, "∇a", 0.0, kinds.OPEN_RELU),
        (OPEN, "∇a", 3.0 * 2.0, kinds.OWN_FACTOR),
        (QUOTIENT, "∇b", -6.0 / 2.0, kinds.FORGOTTEN_FACTOR),  # divided once
        (QUOTIENT, "∇b", 6.0, kinds.ANOTHER_OPERATION),  # the rule of a product
        (TANH, "∇a", 2.0 * (1.0 - H), kinds.FORGOTTEN_FACTOR),  # the square is missing
        (TANH, "∇a", 2.0 * H * (1.0 - H), kinds.ANOTHER_OPERATION),  # the rule of sigmoid
        (SIGMOID, "∇a", 2.0 * (1.0 - S * S), kinds.ANOTHER_OPERATION),  # the rule of tanh
        (SIGMOID, "∇a", 2.0 * S, kinds.FORGOTTEN_FACTOR),
        (LOG, "∇a", 3.0 * math.log(4.0), kinds.ANOTHER_OPERATION),
        (SUM, "∇a", 4.0 * 5.0, kinds.ANOTHER_OPERATION),  # the rule of a product
        (SUM, "∇a", 4.0 / 2.0, kinds.ANOTHER_OPERATION),  # shared out
        (SUM, "∇b", 2.0 * 4.0, kinds.FACTOR_TWO),
        (SUM, "∇b", 4.07, kinds.ROUNDING),
        (SUM, "∇b", 4.2, None),
        (SUM, "v₁", 3.0 * 5.0, kinds.ANOTHER_OPERATION),
        (SUM, "out", -32.0, kinds.SIGN),
        (SHUT, "v₁", -2.0, kinds.SHUT_RELU),
        (CHAIN, "out", 2.0 * 30.0, kinds.ANOTHER_OPERATION),  # times two in place of squared
    ],
)
def test_each_slip_is_known_by_its_number(asked: Exercise, name: str, answer: float, kind: str | None) -> None:
    assert kind_of(blank(asked, name), answer) == kind


def test_the_words_about_one_of_several_shares_say_which() -> None:
    words = [slip.words for slip in blank(TWICE, "∇b").slips if slip.kind == kinds.OWN_FACTOR]
    assert words[0].startswith("In the share that comes from out: You multiplied by b itself.")


def test_a_gradient_of_nothing_has_no_sign() -> None:
    assert str(blank(task("relu(a)*b", a=-2, b=-3), "∇a").true) == "0.0"


def layer() -> Exercise:
    """Two inputs, two units, and a loss of 2·z1 + 5·z2: the gradients of the units are 2 and 5."""
    x = [Value(3.0, label="x1"), Value(7.0, label="x2")]
    (w11, w12), (w21, w22) = [[Value(n, label=f"w{i}{j}") for j, n in enumerate(row, 1)] for i, row in enumerate(ROWS, 1)]
    return exercise(total([dot([w11, w12], x) * 2.0, (w21 * x[0] + w22 * x[1]) * 5.0]))


ROWS = ((11.0, 14.0), (17.0, 19.0))


def test_rows_taken_for_columns_in_a_layer() -> None:
    asked = layer()
    assert blank(asked, "∇w₁₂").true == 2.0 * 7.0
    assert kind_of(blank(asked, "∇w₁₂"), 5.0 * 3.0) == kinds.TRANSPOSED  # that of w21
    assert blank(asked, "∇x₁").true == 2.0 * 11.0 + 5.0 * 17.0
    assert kind_of(blank(asked, "∇x₁"), 2.0 * 11.0 + 5.0 * 14.0) == kinds.TRANSPOSED
    assert kind_of(blank(asked, "∇x₂"), 2.0 * 17.0 + 5.0 * 19.0) == kinds.TRANSPOSED


def test_a_slip_that_leads_to_the_right_number_is_none() -> None:
    two = blank(task("a**2", a=2), "∇a")  # 2·2 = 4, which is the square too
    assert not any(agrees(slip.number, two.true) for slip in two.slips if slip.kind != kinds.ROUNDING)
    assert kind_of(two, 4.0) == kinds.ROUNDING  # its number is the true one: it is asked last, of what is not right


@pytest.mark.parametrize("op", WRONG_SLOPES, ids=lambda op: op.symbol)
def test_a_wrong_slope_has_a_number_for_each_operand_and_a_sentence(op: Op) -> None:
    columns = [[0.3, 0.7]] * op.arity if isinstance(op, Reduction) else [0.3, 0.7][: op.arity]
    out = op.forward(*columns)
    for kind, slopes, words in WRONG_SLOPES[op]:
        assert kind in kinds.KINDS
        assert words.endswith(".")
        assert len(slopes(out, *columns)) == len(op.derivatives(out, *columns))


@pytest.mark.parametrize("op", WRONG_VALUES, ids=lambda op: op.symbol)
def test_a_wrong_value_is_a_number_and_a_sentence(op: Op) -> None:
    columns = [[0.3, 0.7]] * op.arity if isinstance(op, Reduction) else [0.3, 0.7][: op.arity]
    for kind, number, words in WRONG_VALUES[op]:
        assert kind in kinds.KINDS
        assert words.endswith(".")
        assert isinstance(number(*columns), float)


@pytest.mark.parametrize("level", exercises.LEVELS)
def test_every_slip_of_a_drawn_task_is_found_by_its_number_and_says_no_number(level: int) -> None:
    for seed in range(20):
        for one in exercises.random(level, seed, values=True).blanks:
            for slip in one.slips:
                found = next(other for other in one.slips if agrees(slip.number, other.number, other.within))
                assert found is slip, (level, seed, one.name)
                assert one.right(slip.number) == (slip.kind == kinds.ROUNDING)
                assert slip.kind in kinds.KINDS
                assert not re.search("[0-9]", slip.words.replace(one.rule, "")), slip.words  # which stands on the card
            assert one.right(one.true)
            assert one.slips or one.kind == GRADIENT
