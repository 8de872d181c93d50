"""What a graph reads like as text, in symbols and as LaTeX."""

import math

import pytest

from micrograd import Value, formula, parse
from micrograd.engine import Constant, topological_order
from micrograd.ops import OPS, SLOPES, Op, Reduction
from micrograd.text.expressions import CONSTANTS, names_in
from tests.test_ops import call, points


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
        ("a*inf", "a*inf"),
        ("a*-inf", "a*-inf"),
        ("1e-320*a", "1e-320*a"),
        ("(-0.0)**a", "(-0)**a"),
    ],
)
def test_a_formula_reads_as_it_was_written(text: str, written: str) -> None:
    numbers = {name: 0.5 + index for index, name in enumerate(names_in(text)) if name not in CONSTANTS}
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


# The slopes are written as the plain operations that they are but at singular points.
@pytest.mark.parametrize("op", [op for op in OPS if op not in SLOPES], ids=lambda op: op.symbol)
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, -0.0, 0.0, 1e-320, -1e308, 0.1, -3.0], ids=repr)
def test_a_plain_number_in_a_formula_reads_back_as_itself(op: Op, number: float) -> None:
    length = 5 * op.arity if isinstance(op, Reduction) else op.arity
    for place in range(length):
        operands = [Value(0.75, "x") if index == place else Constant(number) for index in range(length)]
        try:
            out = call(op, operands)
        except (ValueError, ArithmeticError):
            continue  # there is no such graph
        again = parse(formula(out), x=0.75)
        assert repr(again.data) == repr(out.data)
        constants = {repr(node.data) for node in topological_order(again) if isinstance(node, Constant)}
        assert constants <= {repr(number), repr(-number)}  # a + -3 is written a - 3


def test_a_leaf_called_like_a_function_or_a_constant_keeps_its_meaning() -> None:
    numbers = {"e": 2.0, "pi": 3.0, "exp": 5.0, "total": 7.0}
    out = parse("exp(exp)*total([total, e, pi, exp, exp])", **numbers)
    assert formula(out) == "exp(exp)*total([total, e, pi, exp, exp])"
    assert parse(formula(out), **numbers).data == out.data
    assert formula(Value(2.0, "inf") * math.inf + Value(1.0, "nan")) == "inf_2*inf + nan_2"


def test_no_two_nodes_have_one_name() -> None:
    x, y, z = Value(1.0, "x"), Value(2.0, "x"), Value(3.0, "x_2")
    assert formula(x * y + z) == "x*x_3 + x_2"
    assert formula(Value(1.0, "\x00" * 1000) * Value(2.0, "\x00" * 2000)).endswith("_2")


def test_a_label_is_shown_and_not_obeyed() -> None:
    x = Value(1.0, "\x1b[2J")
    assert formula(x + 1) == r"\x1b[2J + 1"
    same = Op("same\n", lambda a: a, lambda out, a: (1.0,))
    assert formula(same(x)) == r"same\n(\x1b[2J)"


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
