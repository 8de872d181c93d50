"""What text means as a graph, and how a slip is pointed at."""

import math
import re
from typing import Any

import pytest

import micrograd
from micrograd import Value, check, formula, ops, parse
from micrograd.engine import topological_order
from micrograd.text.expressions import FUNCTIONS, names_in


def test_an_expression_becomes_the_graph_that_one_would_build() -> None:
    out = parse("tanh(w*x + b)", w=0.5, x=2, b=1)
    assert out.data == math.tanh(2.0)
    assert [node.label or node.op for node in topological_order(out)] == ["w", "x", ops.mul, "b", micrograd.add, micrograd.tanh]


def test_a_name_that_stands_twice_is_one_leaf() -> None:
    out = parse("x * x", x=3)
    assert out.parents[0] is out.parents[1]
    out.backward()
    assert out.parents[0].grad == 6.0


def test_a_value_can_be_given_for_a_name() -> None:
    x = Value(3.0)
    assert parse("x + 1", x=x).parents[0] is x


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 + 2 * 3", 7.0),
        ("-x**2", -9.0),
        ("(-x)**2", 9.0),
        ("2**x**2", 512.0),
        ("x - 1 - 1", 1.0),
        ("12 / x / 2", 2.0),
        ("+x", 3.0),
        ("-(-x)", 3.0),
        ("2**-1", 0.5),
        ("dot([x, 1], [2, 3])", 9.0),
        ("total((x, x, 1))", 7.0),
        ("maximum(x, 4) - minimum(x, 4)", 1.0),
        ("  x\n + 1 ", 4.0),
        ("2**-x**2", 2.0**-9),
        ("-2**-x*8", -1.0),
        ("x - -x**-1*3", 4.0),
        ("2--+-x", -1.0),
        ("total([x, (x), x,])", 9.0),
        (".5 + 1. + 1_0 + 1e+1 + 2E-1", 21.7),
        ("maximum (x, 1)*(2)", 6.0),
    ],
)
def test_precedence_is_that_of_python(text: str, number: float) -> None:
    assert parse(text, **dict.fromkeys(names_in(text), 3)).data == number


def test_length_and_depth_are_no_trouble() -> None:
    assert parse(" + ".join(["x"] * 3_000), x=1).data == 3_000.0
    assert parse("(" * 3_000 + "x" + ")" * 3_000, x=1).data == 1.0
    assert parse("-" * 3_001 + "x", x=1).data == -1.0
    assert parse("1**" * 3_000 + "x", x=1).data == 1.0
    assert parse("relu(" * 3_000 + "x" + ")" * 3_000, x=1).data == 1.0


@pytest.mark.parametrize(
    "piece", ["9", "9.", "9_", "9e", "x", "(", "[", "[x,", "-", "tanh(", "x ", "9 ", ")", "=", "²", "\x00", "é"]
)
def test_an_error_is_short_whatever_the_length_of_the_text_and_takes_time_in_proportion(piece: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+\n  [^\n]+\n *\^$") as caught:
        parse("1 + " + piece * 30_000)
    assert len(str(caught.value)) < 600


def test_a_name_that_is_not_in_the_expression_makes_no_long_error() -> None:
    with pytest.raises(
        ValueError, match=r"^n+\.\.\.n+ is not in the expression 'x \+ .*\.\.\..* \+ x'; its names are x$"
    ) as caught:
        parse(" + ".join(["x"] * 10_000), **{"n" * 10_000: 1.0, "x": 1.0})
    assert len(str(caught.value)) < 400


def test_the_names_that_an_expression_has_make_no_long_error_either() -> None:
    names = [f"x{number}" for number in range(10_000)]
    with pytest.raises(ValueError, match=r"^q is not in the expression '.*'; its names are x0, x1, .*\.\.\..*, x9999$") as caught:
        parse(" + ".join(names), q=1, **dict.fromkeys(names, 1.0))
    assert len(str(caught.value)) < 400


def test_constants_are_known_unless_a_leaf_has_their_name() -> None:
    assert parse("2*pi").data == 2.0 * math.pi
    assert parse("log(e)").data == 1.0
    assert parse("-inf").data == -math.inf
    assert math.isnan(parse("x*nan", x=1).data)
    assert parse("e + pi", e=1, pi=Value(2.0)).data == 3.0
    assert names_in("e*x") == ["e", "x"]


def test_a_derivative_by_hand_may_use_pi_and_a_leaf_called_e() -> None:
    x, e = Value(2.0, "x"), Value(3.0, "e")
    assert check(x * x * math.pi, {x: "2*pi*x"})
    assert check(x * e, {x: "e"})


def test_a_word_of_python_may_be_a_name_and_a_name_is_one_however_it_is_typed() -> None:
    assert parse("lambda*x", **{"lambda": 2.0, "x": 3.0}).data == 6.0
    assert parse("e\u0301*x", é=2.0, x=3.0).data == 6.0


def test_names_are_listed_as_they_are_read() -> None:
    assert names_in("tanh(w*x + b) + w/c") == ["w", "x", "b", "c"]


@pytest.mark.parametrize(
    ("text", "sentence", "column"),
    [
        ("x*q", "q has no number; write q=NUMBER", 2),
        ("é*q", "q has no number; write q=NUMBER", 2),
        ("x + tan h(x)", r"an operator or parentheses are missing here", 8),
        ("tanh(x", r"a \( is never closed; add \)", 6),
        ("x + 1)", r"this \) has no \(", 5),
        ("", "the expression is empty", 0),
        ("2x", r"write \* between a number and what it multiplies", 0),
        ("sin(2x)", r"write \* between a number and what it multiplies", 4),
        ("2(x + 1)", r"write \* between the two factors", 1),
        ("(x + 1)(x + 2)", r"write \* between the two factors", 7),
        ("x(x + 1)", r"there is no function x; for a product write x\*\(...\)", 0),
        ("y = x**2", "leave out = and what stands before it", 2),
        ("x +", "something is missing after this", 2),
        ("x + * 2", "a number or a name is missing before this", 4),
        ("tanh(,x)", "a number or a name is missing before this", 5),
        (")", "a number or a name is missing before this", 0),
        ("tanh(x]", r"this \] has no \[", 6),
        ("total([x", r"a \[ is never closed; add \]", 8),
        ("x + 1e400", "this number is too large for a float, which ends at 1.8e308; write inf for infinity", 4),
        ("9" * 50 + "e999", "this number is too large for a float", 0),
        ("x * 0.1e-400", "this number is too small for a float, which ends at 5e-324; write 0 for zero", 4),
        ("1__0", "this is not a number; write it as 1000, 0.5 or 1e-3", 0),
        ("total([[x]])", "a list holds numbers, and no other list", 6),
        ("x \N{MINUS SIGN} 1", "this is a typographic minus; type -", 2),
        ("x\N{MULTIPLICATION SIGN}2", r"write \* for a product", 1),
        ("x + \u1369", "this is not part of an expression", 4),  # a digit of Ethiopia
        ("x²", r"write \*\*2 for a square", 1),
        ("|x|", r"write abs\(...\) for an absolute value", 0),
        ("3,5*x", "a list is for dot, total and logsumexp; a number is written with a point", 1),
        ("ln(x)", "there is no function ln; write log", 0),
        ("tanhh(x)", r"there is no function tanhh; did you mean tanh\?", 0),
        ("tahn(x)", r"there is no function tahn; did you mean tanh\?", 0),
        ("Simgoid(x)", r"there is no function Simgoid; did you mean sigmoid\?", 0),
        ("x ? 1", "this is not part of an expression", 2),
        ("x^2", r"write \*\* for a power, not \^", 1),
        ("2 + qqqq(x)", "there is no function qqqq; choose from neg, exp, ", 4),
        ("x + x.y", "this is not part of an expression", 5),
        ("x + (x if x else 1)", "an operator or parentheses are missing here", 7),
        ("x == 1", "leave out = and what stands before it", 2),
        ("True + x", "True has no number; write True=NUMBER", 0),
        ("'a'", "this is not part of an expression", 0),
        ("[i for i in x]", "an operator or parentheses are missing here", 3),
        ("tanh(x)(x)", r"write \* between the two factors", 7),
        ("tanh(a=x)", "leave out = and what stands before it", 6),
        ("__import__('os')", "this is not part of an expression", 11),
        ("tanh(x, x)", r"tanh takes 1 operand\(s\), and got 2", 0),
        ("1 + dot(x, x)", r"dot takes 2 list\(s\) such as \[a, b\]", 4),
        ("[x, x]", "a list is for dot, total and logsumexp", 0),
        ("()", "a list is for dot, total and logsumexp", 0),
        ("tanh()", r"tanh takes 1 operand\(s\), and got 0", 0),
        ("x + ()", r"\+ takes 2 operand\(s\)", 2),
        ("[x] + x", r"\+ takes 2 operand\(s\)", 4),
    ],
)
def test_a_slip_is_pointed_at(text: str, sentence: str, column: int) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}") as caught:
        parse(text, x=2, é=3)
    *_, shown, pointer = str(caught.value).split("\n")
    assert shown == f"  {text}"
    assert pointer == f"  {' ' * column}^"


@pytest.mark.parametrize(
    ("text", "numbers", "has"),
    [("tanh(w*x + b)", {"w": 1, "x": 2, "b": 3, "c": 4}, "its names are w, x, b"), ("1 + 1", {"c": 4}, "it has no names")],
)
def test_a_number_that_the_expression_has_no_use_for_is_refused(text: str, numbers: dict[str, float], has: str) -> None:
    with pytest.raises(ValueError, match=f"^c is not in the expression '{re.escape(text)}'; {has}$"):
        parse(text, **numbers)


def test_a_number_outside_the_domain_is_named() -> None:
    with pytest.raises(ValueError, match=r"^log\(x=-1.0\) has no value: log needs a number above 0$"):
        parse("log(x)", x=-1)


def test_what_is_no_text_is_refused() -> None:
    bad: Any = 5
    with pytest.raises(TypeError, match=r"^an expression is text, such as 'tanh\(w\*x \+ b\)', got 5$"):
        parse(bad)
    with pytest.raises(TypeError, match=r"^a formula is that of a Value, got 5$"):
        formula(bad)


def test_nothing_is_evaluated_as_python() -> None:
    with pytest.raises(ValueError, match=r"^this is not part of an expression"):
        parse("().__class__")


def test_the_functions_that_messages_list_are_for_users() -> None:
    with pytest.raises(ValueError, match="choose from") as caught:
        parse("qqqq(1)")
    assert not re.search(r"quiet|ahead|bell|sech2", str(caught.value))
    assert "quiet_mul" in FUNCTIONS  # a formula of a gradient may need it all the same
