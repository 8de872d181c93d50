"""Expressions: what text means as a graph, what a graph reads like as text, and how a slip is pointed at."""

import math
import re
from typing import Any

import pytest

import micrograd
from micrograd import Value, formula, ops, parse
from micrograd.engine import topological_order
from micrograd.ops import OPS, Op
from micrograd.text.expressions import FUNCTIONS, names_in
from tests.test_ops import call, points


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


# Slips, each pointed at


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


# Formulas


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("tanh(w*x + b)", "tanh(w*x + b)"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("a/(b*c)", "a/(b*c)"),
        ("(-a)**2", "(-a)**2"),
        ("-a**2", "-a**2"),
        ("(a**b)**c", "(a**b)**c"),
        ("a**(b**c)", "a**b**c"),
        ("a + -b", "a - b"),
        ("a - -b", "a + b"),
        ("a*(b + c)", "a*(b + c)"),
        ("a + -2", "a - 2"),
        ("a**-2", "a**-2"),
        ("dot([a, b], [c, 2])", "a*c + b*2"),
        ("a - total([b, c])", "a - (b + c)"),
        ("total([a, a, a, a, b])", "total([a, a, a, a, b])"),
        ("dot([a, b], [b, c]) * 2", "(a*b + b*c)*2"),
        ("logsumexp([a, b])", "logsumexp([a, b])"),
        ("0.1*a", "0.1*a"),
        ("a*1e999", "a*1e999"),
        ("(-0.0)**a", "(-0)**a"),
    ],
)
def test_a_formula_reads_as_it_was_written(text: str, written: str) -> None:
    numbers = {name: 0.5 + index for index, name in enumerate(names_in(text))}
    out = parse(text, **numbers)
    assert formula(out) == written
    assert parse(formula(out), **numbers).data == out.data


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)
def test_the_formula_of_every_row_reads_back_as_its_number(op: Op) -> None:
    for numbers in points(op, far=False, count=5):
        names = [f"x{i}" for i in range(len(numbers))]
        out = call(op, [Value(number, name) for name, number in zip(names, numbers, strict=True)])
        again = parse(formula(out), **dict(zip(names, numbers, strict=True)))
        assert again.data == pytest.approx(out.data, rel=1e-12, abs=1e-13)


def test_a_node_that_is_used_twice_is_named_once() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    both = a + b
    assert formula(both * both) == "v1 = a + b\nv1*v1"
    both.label = "s"
    assert formula(both * both) == "s = a + b\ns*s"
    a.label = "v1"
    both.label = None
    assert formula(both * both) == "v2 = v1 + b\nv2*v2"


def test_two_leaves_of_one_label_are_told_apart() -> None:
    assert formula(Value(1.0, "x") * Value(2.0, "x")) == "x*x_2"


def test_a_leaf_without_a_label_gets_a_name() -> None:
    assert formula(Value(1.0) * Value(2.0) + 3) == "v1*v2 + 3"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("w*x + b", r"w \, x + b"),
        ("w1 * x_2", r"w_{1} \, x_{2}"),
        ("theta1 / alpha", r"\frac{\theta_{1}}{\alpha}"),
        ("(a/b)**2", r"\left(\frac{a}{b}\right)^{2}"),
        ("exp(-a**2 / 2)", r"e^{\frac{-a^{2}}{2}}"),
        ("tanh(a)", r"\tanh\left(a\right)"),
        ("sigmoid(a)", r"\sigma\left(a\right)"),
        ("sqrt(abs(a))", r"\sqrt{\left|a\right|}"),
        ("log(a)", r"\ln\left(a\right)"),
        ("relu(a)", r"\operatorname{relu}\left(a\right)"),
        ("leaky_relu(a)", r"\operatorname{leaky\_relu}\left(a\right)"),
        ("maximum(a, b)", r"\operatorname{maximum}\left(a, b\right)"),
        ("2*3e-9*a", r"6 \cdot 10^{-9} \, a"),
        ("1e20**a", r"\left(1 \cdot 10^{20}\right)^{a}"),
        ("bias * a", r"\mathrm{bias} \, a"),
        ("a * 2", r"a \cdot 2"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert formula(parse(text, **dict.fromkeys(names_in(text), 0.5)), style="latex") == latex


def test_a_label_is_no_latex_command() -> None:
    evil = Value(1.0, r"\input{x}_$")
    assert formula(evil * 2, style="latex") == r"\mathrm{\backslash{}input\{x\}\_\$} \cdot 2"


def test_a_formula_too_long_to_read_is_refused() -> None:
    x = y = Value(1.0)
    for _ in range(2000):
        y = y + x
    with pytest.raises(ValueError, match=r"^a formula of 2,001 nodes is too long to read; raise max_nodes=1000"):
        formula(y)
    with pytest.raises(ValueError, match=r"^there is no style 'html'; choose from text, symbols, latex$"):
        formula(x, style="html")


def test_the_functions_that_messages_list_are_for_users() -> None:
    with pytest.raises(ValueError, match="choose from") as caught:
        parse("qqqq(1)")
    assert not re.search(r"quiet|ahead|bell|sech2", str(caught.value))
    assert "quiet_mul" in FUNCTIONS  # a formula of a gradient may need it all the same
