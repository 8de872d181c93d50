"""The mathematics of an array program, as a book has it."""

import re
from collections.abc import Callable

import pytest

from micrograd import ops
from micrograd.folding import fold
from micrograd.tensors.latex import displayed, equations
from micrograd.tensors.symbols import name_runs
from micrograd.tensors.terms import (
    Call,
    Contract,
    Formulas,
    Index,
    Infix,
    Line,
    MatMul,
    Name,
    Negative,
    Number,
    Permute,
    Power,
    Reshape,
    Result,
    Sum,
    Term,
    Windows,
    walk,
)
from tests.tensors.examples import EXAMPLES
from tests.tensors.pieces import Example
from tests.views.formulas import array, xor_formulas


def test_backpropagation_through_a_network_is_that_of_a_textbook() -> None:
    assert displayed(xor_formulas()).splitlines() == [
        r"\begin{aligned}",
        r"z_{1} &= x \, W_{1}^{\top} + b_{1} \\",
        r"h_{1} &= \tanh z_{1} \\",
        r"v_{1} &= h_{1} \, w_{1} + b_{2} - y \\",
        r"J &= \mathrm{share} \, \sum_{\text{rows}} \frac{v_{1} \odot v_{1}}{2} \\",
        r"\delta_{v_{1}} &= v_{1} \, \mathrm{share} \\",
        r"\delta_{h_{1}} &= \delta_{v_{1}} \, w_{1}^{\top} \\",
        r"\delta_{1} &= \tanh'\left(z_{1}\right) \odot \delta_{h_{1}} \\",
        r"\frac{\partial J}{\partial W_{1}} &= \delta_{1}^{\top} \, x \\",
        r"\frac{\partial J}{\partial b_{1}} &= \sum_{\text{rows}} \delta_{1} \\",
        r"\frac{\partial J}{\partial w_{1}} &= h_{1}^{\top} \, \delta_{v_{1}} \\",
        r"\frac{\partial J}{\partial b_{2}} &= \sum_{\text{rows}} \delta_{v_{1}}",
        r"\end{aligned}",
    ]


A, B = array("A", "parameter", (3, 3)), array("B", "parameter", (3, 3))
X, V = array("x", "input", (3,), rows=True), array("v", "parameter", (3,))
K, P = array("K1", "parameter", (2, 3, 3)), array("p", "input", (8, 8), rows=True)
a, b, v, x = Name(A), Name(B), Name(V), Name(X)


def right_side(term: Term) -> str:
    line = Line(array("out", "+", (3, 3)), term)
    return displayed(Formulas((), (), (), None, (line,), (), (), (), ())).splitlines()[1].partition("&= ")[2]


@pytest.mark.parametrize(
    ("term", "spelled"),
    [
        (Infix("*", Infix("+", a, b), a), r"\left(A + B\right) \odot A"),
        (Infix("-", a, Infix("-", b, a)), r"A - \left(B - A\right)"),
        (Infix("*", a, Negative(b)), r"A \odot \left(-B\right)"),
        (Infix("*", Number(-2.0), a), r"-2 \, A"),
        (Infix("*", a, Number(-2.0)), r"A \, \left(-2\right)"),
        (Infix("*", Sum(a, (0,)), v), r"\left(\sum_{\text{rows}} A\right) \odot v"),
        (Infix("*", v, Sum(a, (1,))), r"v \odot \sum_{\text{columns}} A"),
        (Infix("-", v, Sum(a, (0,))), r"v - \left(\sum_{\text{rows}} A\right)"),
        (MatMul(Infix("+", a, b), a), r"\left(A + B\right) \, A"),
        (MatMul(v, v), r"v^{\top} \, v"),
        (MatMul(Permute(Infix("*", a, b), (1, 0)), a), r"\left(A \odot B\right)^{\top} \, A"),
        (Permute(Permute(a, (1, 0)), (1, 0)), r"A"),
        (Power(a, Number(2.0)), r"A^{\odot 2}"),
        (Power(Infix("+", a, b), Number(-0.5)), r"\left(A + B\right)^{\odot -0.5}"),
        (Call(ops.sigmoid, (Infix("+", a, b),)), r"\sigma\left(A + B\right)"),
        (Call(ops.maximum, (a, b)), r"\max\left(A, B\right)"),
        (Index(a, (slice(None), slice(0, 2))), r"A[{:}, 0{:}2]"),
        (Index(v, (None, slice(None))), r"v"),
        (Infix("/", Number(1.0), Number(2.449489742783178)), r"\frac{1}{2.44949}"),
    ],
)
def test_terms_stand_in_parentheses_where_they_need_to(term: Term, spelled: str) -> None:
    assert right_side(term) == spelled


def test_what_is_no_matrix_product_has_indices_on_both_sides() -> None:
    term = Contract(Windows(Name(P), (1, 2), (3, 3)), Name(K), "bijkl", "mkl", "bmij")
    line = Line(array("z1", "dot", (2, 6, 6), rows=True), term)
    text = displayed(Formulas((P,), (K,), (), None, (line,), (), (), (), ())).splitlines()[1]
    assert text == r"\left(z_{1}\right)_{rmij} &= \sum_{kl} p_{r,i+k,j+l} \, \left(K_{1}\right)_{mkl}"


def test_a_contraction_inside_an_expression_says_its_own_indices() -> None:
    term = Infix("+", Contract(x, a, "bk", "jk", "bj"), v)
    assert right_side(term) == r"\left[\sum_{k} x_{rk} \, A_{jk}\right]_{rj} + v"


def test_a_contraction_that_is_a_matrix_product_is_written_as_one() -> None:
    assert right_side(Contract(x, a, "bk", "kj", "bj")) == r"x \, A"


def test_an_index_of_what_has_one_stands_outside_of_parentheses() -> None:
    term = Contract(Reshape(Name(K), (6, 3)), v, "ij", "j", "i")
    assert right_side(term) == r"\sum_{j} \left(K_{1}\right)_{ij} \, v_{j}"


def test_the_loss_is_no_letter_that_is_taken() -> None:
    j, out = array("J", "parameter", (2,)), array("loss", "total", ())
    formulas = Formulas((), (j,), (), None, (Line(out, Sum(Name(j), None)),), (Name(out),), (Result((), False),), (), ())
    assert displayed(formulas).splitlines()[1].startswith("L &= ")


def test_derivatives_of_arrays_without_a_line_keep_their_own_name() -> None:
    inner = array("", "*", (3,))
    line = Line(array("d1", "*", (3,), by=inner), v)
    assert displayed(Formulas((), (V,), (), None, (line,), (), (), (), ())).splitlines()[1] == "d_{1} &= v"


def test_letters_are_set_as_variables_and_words_as_they_are() -> None:
    assert [(run.style, run.text) for run in name_runs("theta2")] == [("name", "\N{GREEK SMALL LETTER THETA}"), ("low", "2")]
    assert [(run.style, run.text) for run in name_runs("hidden")] == [("name", "hidden")]


def test_a_hostile_name_gives_no_command_to_latex() -> None:
    hostile = array("a_b%$#", "parameter", (2,))
    line = Line(array("z1", "+", (2,)), Name(hostile))
    assert displayed(Formulas((), (hostile,), (), None, (line,), (), (), (), ())).splitlines()[1] == (
        r"z_{1} &= \mathrm{a\_b\%\$\#}"
    )


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_is_written_with_balanced_braces_and_no_index_on_an_index(make: Callable[[], Example]) -> None:
    example = make()
    folded = fold(example.loss, example.inputs, example.parameters)
    text = displayed(folded.formulas)
    assert text.count("&=") == len(folded.formulas.lines)
    assert text.count(r"\left(") == text.count(r"\right)")
    assert text.count("{") == text.count("}")
    assert not re.search(r"_\{\w*\}_\{|\\mathrm\{\}|\{\}", text)


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
def test_every_array_that_a_line_reads_is_a_piece_of_its_formula(make: Callable[[], Example]) -> None:
    example = make()
    formulas = fold(example.loss, example.inputs, example.parameters).formulas
    for line, equation in zip(formulas.lines, equations(formulas), strict=True):
        read = sorted(term.array.name for term in walk(line.expression) if isinstance(term, Name))
        assert sorted(symbol.array.name for symbol in equation.right if symbol.array is not None) == read
