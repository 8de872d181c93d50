"""The lines of an array program as displayed mathematics: for LaTeX, and in pieces that a page can dress in its own way.

A matrix product stands as in books, a transpose as a raised T, a product number by number as ⊙. The derivative of the loss J
by a parameter is ∂J/∂W₁, and that by an array on the way is δ. What is no matrix product has its indices, the row of the data
as r: a sum over those that the left side does not have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from micrograd.ops import Op
from micrograd.tensors.arrays import Array
from micrograd.tensors.shapes import shape_of
from micrograd.tensors.symbols import (
    CLOSING,
    COMMA,
    EACH,
    MINUS,
    NAMED,
    NEGATION,
    OPENING,
    PLUS,
    RAISED_T,
    SCALED,
    TIMES,
    TRANSPOSED,
    Levelled,
    Run,
    Symbol,
    Symbols,
    function_name,
    joined,
    name_runs,
    parts_text,
    sign,
    with_indices,
    with_parts,
)
from micrograd.tensors.terms import (
    ROWS,
    Broadcast,
    Call,
    Concatenate,
    Contract,
    Formulas,
    Index,
    Infix,
    Line,
    LogSumExp,
    MatMul,
    Name,
    Negative,
    Number,
    Pad,
    Permute,
    Placed,
    Power,
    Reshape,
    Result,
    RowCount,
    Scattered,
    Stack,
    Sum,
    Take,
    Term,
    Windows,
)  # fmt: skip
from micrograd.text.formulas import (
    ATOM,
    LOOSE,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    name_text,
    number_text,
)
from micrograd.text.naming import minus, short

DIGITS = 6  # of a number
HIGH = dict(zip(minus("-0123456789"), "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
SUPERSCRIPTS = str.maketrans(HIGH)


class Equation(NamedTuple):
    """The two sides of a line."""

    left: Symbol
    right: Symbols


def displayed(formulas: Formulas) -> str:
    """All lines, aligned at their signs of equality."""
    lines = [
        rf"{equation.left.latex} &= {''.join(symbol.latex for symbol in equation.right)}" for equation in equations(formulas)
    ]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(lines), r"\end{aligned}"])


def equations(formulas: Formulas) -> list[Equation]:
    """The two sides of each line."""
    writer = Writer(formulas)
    return [writer.equation(line) for line in formulas.lines]


class Writer:
    """Writes terms. What an array is called depends on the program: its loss is J."""

    def __init__(self, formulas: Formulas) -> None:
        first = formulas.results[0] if formulas.results else None
        self.loss = first.array if isinstance(first, Name) else None
        taken = {array.name for array in [*formulas.arguments, *(line.array for line in formulas.lines)]}
        self.letter = next((letter for letter in "JLE" if letter not in taken), "loss")

    def equation(self, line: Line) -> Equation:
        if isinstance(line.expression, Contract) and not is_plain(line.expression):
            indices = letters(line.expression, line.expression.out)
            return Equation(with_indices(self.name(line.array), indices), self.contraction(line.expression))
        return Equation(self.name(line.array), self.written(line.expression, LOOSE))

    # ---- names

    def name(self, array: Array | Result) -> Symbol:
        spelled, runs = self.spelled(array)
        return Symbol(spelled, runs, "", array)

    def spelled(self, array: Array | Result) -> tuple[str, tuple[Run, ...]]:
        if array is self.loss and array.name == "slope":
            return rf"\nabla_{{v}} {self.letter}", (Run("", "∇"), Run("low", "v"), Run("name", self.letter))
        if array is self.loss:
            return self.letter, (Run("name", self.letter),)
        by = array.adjoint_of
        if by is None or array.name not in (f"d{by.name}", f"dd{by.name}"):  # of the slope along a direction
            return name_text(array.name, latex=True), name_runs(array.name)
        spelled, runs = self.spelled(by)
        if array.name == f"dd{by.name}" and by.kind == "parameter":
            return rf"\left(H v\right)_{{{spelled}}}", (Run("name", "Hv"), Run("low", "".join(run.text for run in runs)))
        if by.kind in ("parameter", "input"):
            whole = rf"\frac{{\partial {self.letter}}}{{\partial {spelled}}}"
            return whole, (Run("", "∂"), Run("name", self.letter), Run("", "/∂"), *runs)
        before_activation = re.fullmatch(r"z_?(\d+)", by.name)
        index, low = (before_activation[1],) * 2 if before_activation else (spelled, "".join(run.text for run in runs))
        return rf"\delta_{{{index}}}", (Run("name", "δ"), Run("low", low))

    # ---- terms

    def written(self, term: Term, needed: int) -> Symbols:
        """The term, in parentheses where it holds together more loosely than needed."""
        symbols, level = self.symbols(term)
        return symbols if level >= needed else [OPENING, *symbols, CLOSING]

    def symbols(self, term: Term) -> Levelled:
        match term:
            case Name(array):
                return [self.name(array)], ATOM
            case Number(value):
                spelled, _ = number_text(float(f"{value:.{DIGITS}g}"), latex=True)
                return [sign(spelled, minus(short(value, DIGITS)))], PRODUCT if value < 0.0 else ATOM
            case RowCount(array):
                return [sign("n" if array else "1", style="name" if array else "")], ATOM
            case Index() | Reshape() | Permute() | Broadcast() | Windows() | Take():
                return self.view(term)
            case Negative(of):
                return [NEGATION, *self.written(of, needed_last(of, PRODUCT))], needed_last(of, PRODUCT)
            case Infix():
                return self.infix(term)
            case Power(base, exponent):
                return [*self.written(base, ATOM), *self.raised(exponent, term)], POWER
            case Call(op, operands):
                return self.call(op, operands), ATOM
            case MatMul(left, right):
                turned = [TRANSPOSED] if len(shape_of(left)) == 1 else []
                return [*self.factor(left, turned=bool(turned)), TIMES, *self.written(right, SIGNED)], PRODUCT
            case _:
                return self.reduced(term)

    def reduced(self, term: Term) -> Levelled:
        """Sums, and arrays that are put together."""
        match term:
            case Sum(of, axes):
                return [sign(rf"\sum{self.below(of, axes)[0]} ", "Σ"), *self.lowered(of, axes), *self.written(of, PRODUCT)], SUM
            case LogSumExp(of):
                return [sign(r"\operatorname{logsumexp}", "logsumexp"), OPENING, *self.written(of, LOOSE), CLOSING], ATOM
            case Contract():
                if is_plain(term):
                    return self.symbols(MatMul(term.left, term.right))
                return [sign(r"\left[", "["), *self.contraction(term), sign(rf"\right]_{{{letters(term, term.out)}}}", "]")], ATOM
            case Stack(terms) | Concatenate(terms):
                between = sign(r" \mid ", " | ") if isinstance(term, Concatenate) else COMMA
                return [
                    sign(r"\left[", "["),
                    *joined([self.written(part, LOOSE) for part in terms], between),
                    sign(r"\right]", "]"),
                ], ATOM
            case Pad(of) | Placed(of) | Scattered(of):
                word = type(term).__name__.lower()
                return [sign(rf"\operatorname{{{word}}}", word), OPENING, *self.written(of, LOOSE), CLOSING], ATOM
        raise TypeError(f"no mathematics is known for {type(term).__name__}; write a case for it")

    def view(self, term: Term) -> Levelled:
        """Parts of an array. What only puts its numbers on other axes is not written: the shapes say it."""
        match term:
            case Reshape(Name(array), shape):
                return [self.name(array)._replace(shape=shape)], ATOM
            case Reshape(of) | Broadcast(of):
                return self.symbols(of)
            case Permute(of, axes):
                if axes[-2:] == (len(axes) - 1, len(axes) - 2):
                    return self.factor(of, turned=True), ATOM
                return [sign(r"\operatorname{permute}", "permute"), OPENING, *self.written(of, LOOSE), CLOSING], ATOM
            case Index(of, places):
                parts = parts_text(places)
                return (with_parts(self.written(of, ATOM), parts), ATOM) if parts else self.symbols(of)
            case Take(of, table):
                return with_parts(self.written(of, ATOM), table.name), ATOM
            case Windows(of):
                return [sign(r"\operatorname{windows}", "windows"), OPENING, *self.written(of, LOOSE), CLOSING], ATOM
        raise TypeError(f"{type(term).__name__} is no part of an array")

    def factor(self, term: Term, *, turned: bool) -> Symbols:
        """A factor of a product, transposed if it is turned."""
        if not turned:
            return self.written(term, PRODUCT)
        if isinstance(term, Permute) and term.axes == (1, 0):
            return self.written(term.of, ATOM)  # twice turned
        symbols = self.written(term, ATOM)
        if len(symbols) == 1 and symbols[0].array is not None:
            (one,) = symbols
            return [one._replace(latex=rf"{one.latex}^{{\top}}", runs=(*one.runs, Run("high", RAISED_T)), turned=True)]
        return [*symbols, TRANSPOSED]

    def infix(self, term: Infix) -> Levelled:
        left, right = shape_of(term.left), shape_of(term.right)
        match term.sign:
            case "+" | "-":
                second = self.written(term.right, SUM if term.sign == "+" else PRODUCT)
                return [*self.written(term.left, SUM), PLUS if term.sign == "+" else MINUS, *second], SUM
            case "/":
                over, under = self.symbols(term.left), self.symbols(term.right)
                before = sign(r"\frac{", "(" if over[1] < PRODUCT else "")
                line = sign("}{", f"{')' * (over[1] < PRODUCT)} / {'(' * (under[1] < SIGNED)}")
                return [before, *over[0], line, *under[0], sign("}", ")" if under[1] < SIGNED else "")], SIGNED
        if is_column(left) and len(right) == 1 and right != (1,):  # every pair: a column times a row
            return [*self.written(term.left, PRODUCT), TIMES, *self.factor(term.right, turned=True)], PRODUCT
        if is_column(right) and len(left) == 1 and left != (1,):
            return [*self.written(term.right, PRODUCT), TIMES, *self.factor(term.left, turned=True)], PRODUCT
        between = SCALED if () in (left, right) else EACH
        return [*self.first(term.left), between, *self.written(term.right, needed_last(term.right, SIGNED))], (
            needed_last(term.right, PRODUCT)
        )

    def first(self, term: Term) -> Symbols:
        """The first factor of a product. A fraction needs no parentheses there, but its text does."""
        symbols = self.written(term, PRODUCT)
        fraction = isinstance(term, Infix) and term.sign == "/"
        return [sign("", "("), *symbols, sign("", ")")] if fraction else symbols

    def raised(self, exponent: Term, power: Power) -> Symbols:
        dot = r"\odot " if shape_of(power) else ""
        if isinstance(exponent, Number):
            text = minus(short(exponent.value, DIGITS))
            mark = text.translate(SUPERSCRIPTS) if set(text) <= set(HIGH) else f"^{text}"
            return [sign(f"^{{{dot}{text.replace(minus('-'), '-')}}}", text, mark, "high")]
        return [sign(f"^{{{dot}", "^("), *self.written(exponent, LOOSE), sign("}", ")")]

    def call(self, op: Op, operands: Sequence[Term]) -> Symbols:
        spelled, text = NAMED.get(op) or function_name(op.symbol)
        inner = joined([self.written(operand, LOOSE) for operand in operands], COMMA)
        if len(inner) == 1 and text in ("tanh", "sin", "cos", "exp", "log"):
            return [sign(f"{spelled} ", f"{text} ", text), *inner]
        return [sign(spelled, text), OPENING, *inner, CLOSING]

    # ---- sums

    def below(self, of: Term, axes: Sequence[int] | None) -> tuple[str, str]:
        """What a sum runs over: for LaTeX and for a reader."""
        shape = shape_of(of)
        if axes is None or len(axes) == len(shape):
            words = "rows" if shape == (ROWS,) else ""
        else:
            flat = len(shape) == 2
            words = ", ".join(["rows" if shape[n] == ROWS else ("rows", "columns")[n] if flat else f"axis {n}" for n in axes])
        return (rf"_{{\text{{{words}}}}}", words) if words else ("", "")

    def lowered(self, of: Term, axes: Sequence[int] | None) -> Symbols:
        """The same as text that stands low, which LaTeX has in its sign already."""
        words = self.below(of, axes)[1]
        return [sign("", words, "", "low"), sign("", " ")] if words else []

    def contraction(self, term: Contract) -> Symbols:
        """A sum over products, with its indices."""
        gone = letters(
            term, "".join(dict.fromkeys(letter for letter in term.left_axes + term.right_axes if letter not in term.out))
        )
        total = [sign(rf"\sum_{{{gone}}} ", "Σ", "Σ"), sign("", gone, "", "low"), sign("", " ")] if gone else []
        left, right = (
            self.indexed(side, letters(term, axes)) for side, axes in ((term.left, term.left_axes), (term.right, term.right_axes))
        )
        return [*total, *left, TIMES, *right]

    def indexed(self, term: Term, indices: str) -> Symbols:
        """A factor with an index for each axis; those of windows are the sum of where one starts and the place in it."""
        if isinstance(term, Windows):
            starts = list(indices[: -len(term.axes)])
            for axis, place in zip(term.axes, indices[-len(term.axes) :], strict=True):
                starts[axis] += f"+{place}"
            wide = any("+" in start for start in starts)
            return self.indexed_by(term.of, ("," if wide else "").join(starts))
        return self.indexed_by(term, indices)

    def indexed_by(self, term: Term, indices: str) -> Symbols:
        symbols = self.written(term, ATOM)
        if len(symbols) == 1:
            return [with_indices(symbols[0], indices)]
        return [*symbols, sign(f"_{{{indices}}}", indices, "", "low")]


def needed_last(term: Term, needed: int) -> int:
    """How tightly the last factor of a product needs to hold together: a sum may end where the product does."""
    return SUM if isinstance(term, Sum) else needed


def letters(term: Contract, axes: str) -> str:
    """The letters of these axes, the rows as r where no other axis is called so."""
    return axes if "r" in term.left_axes + term.right_axes else axes.replace("b", "r")


def is_plain(term: Contract) -> bool:
    """Whether it is an ordinary matrix product after all."""
    return (len(term.left_axes), len(term.right_axes)) == (2, 2) and (
        term.left_axes[1] == term.right_axes[0] and term.out == term.left_axes[0] + term.right_axes[1]
    )


def is_column(shape: Sequence[int]) -> bool:
    return len(shape) == 2 and shape[1] == 1
