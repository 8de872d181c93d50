"""What text means as a graph, and how a slip is pointed at."""

import math
import re
from typing import Any

import pytest

import micrograd
from micrograd import Value, formula, ops, parse
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
    ],
)
def test_precedence_is_that_of_python(text: str, number: float) -> None:
    assert parse(text, **dict.fromkeys(names_in(text), 3)).data == number


def test_a_sum_of_200_terms_is_no_trouble() -> None:
    assert parse(" + ".join(["x"] * 200), x=1).data == 200.0


def test_names_are_listed_as_they_are_read() -> None:
    assert names_in("tanh(w*x + b) + w/c") == ["w", "x", "b", "c"]


@pytest.mark.parametrize(
    ("text", "sentence", "column"),
    [
        ("x*q", "q has no number; write q=NUMBER", 2),
        ("é*q", "q has no number; write q=NUMBER", 2),
        ("x + tan h(x)", r"an operator or parentheses are missing here", 7),
        ("tanh(x", r"a \( is never closed; add \)", 6),
        ("x + 1)", r"this \) has no \(", 5),
        ("", "the expression is empty", 0),
        ("2x", r"write \* between a number and what it multiplies", 0),
        ("sin(2x)", r"write \* between a number and what it multiplies", 4),
        ("2(x + 1)", r"write \* between the two factors", 1),
        ("(x + 1)(x + 2)", r"write \* between the two factors", 6),
        ("x(x + 1)", r"there is no function x; for a product write x\*\(...\)", 0),
        ("y = x**2", "leave out = and what stands before it", 2),
        ("x +", "something is missing after this", 2),
        ("lambda*x", "this is a word of Python; choose another name", 0),
        ("x \N{MINUS SIGN} 1", "this is a typographic minus; type -", 2),
        ("x\N{MULTIPLICATION SIGN}2", r"write \* for a product", 1),
        ("x²", r"write \*\*2 for a square", 1),
        ("|x|", r"write abs\(...\) for an absolute value", 0),
        ("3,5*x", "a list is for dot, total and logsumexp; a number is written with a point", 0),
        ("ln(x)", "there is no function ln; write log", 0),
        ("tanhh(x)", r"there is no function tanhh; did you mean tanh\?", 0),
        ("x ? 1", "the expression does not go on like this", 2),
        ("x^2", r"write \*\* for a power, not \^", 1),
        ("2 + qqqq(x)", "there is no function qqqq; choose from neg, exp, ", 4),
        ("x + x.y", "this is not part of an expression", 4),
        ("x + (x if x else 1)", "this is not part of an expression", 5),
        ("x == 1", "this is not part of an expression", 0),
        ("True + x", "this is not part of an expression", 0),
        ("'a'", "this is not part of an expression", 0),
        ("[i for i in x]", "this is not part of an expression", 0),
        ("tanh(x)(x)", r"write \* between the two factors", 7),
        ("tanh(a=x)", "this is not part of an expression", 0),
        ("__import__('os')", "this is not part of an expression", 11),
        ("tanh(x, x)", r"tanh takes 1 operand\(s\), and got 2", 0),
        ("1 + dot(x, x)", r"dot takes 2 list\(s\) such as \[a, b\]", 4),
        ("[x, x]", "a list is for dot, total and logsumexp", 0),
        ("[x] + x", r"\+ takes 2 operand\(s\)", 0),
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
