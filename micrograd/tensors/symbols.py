"""Pieces of formulas: each in LaTeX, as text in styles, and as the sign between two matrices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from micrograd import ops
from micrograd.tensors.arrays import Array
from micrograd.tensors.places import Axes
from micrograd.tensors.terms import Result
from micrograd.text.formulas import GREEK, LATEX_FUNCTIONS, latex_escaped

# fmt: off
NAMED = {  # functions that books write in a way of their own
    ops.sigmoid: (r"\sigma", "σ"), ops.sigmoid_slope: (r"\sigma'", "σ′"), ops.sech2: (r"\tanh'", "tanh′"),
    ops.gelu_slope: (r"\operatorname{gelu}'", "gelu′"), ops.asin_slope: (r"\arcsin'", "arcsin′"),
    ops.atan_slope: (r"\arctan'", "arctan′"),
    ops.quiet_log: (r"\log", "log"), ops.log: (r"\log", "log"), ops.exp: (r"\exp", "exp"), ops.maximum: (r"\max", "max"),
    ops.minimum: (r"\min", "min"),
}
# fmt: on
RAISED_T = "\N{DOWN TACK}"


class Run(NamedTuple):
    """Text in one style: "name" for the letter of a variable, "low" and "high" for what is set lower or higher, or ""."""

    style: str
    text: str


class Symbol(NamedTuple):
    """A piece of a formula, in LaTeX and in runs of text.

    That of an array has the array, and how its matrix is read. `mark` is what stands for the piece between matrices.
    """

    latex: str
    runs: tuple[Run, ...]
    mark: str
    array: Array | Result | None = None
    turned: bool = False
    shape: Axes | None = None  # that in which it is read, where it is another than its own
    indices: str = ""

    @property
    def indexed(self) -> tuple[Run, ...]:
        """The runs with the indices; a name that is more than one letter stands in parentheses."""
        if not self.indices:
            return self.runs
        name = self.runs if len(self.runs) == 1 else (Run("", "("), *self.runs, Run("", ")"))
        return (*name, Run("low", self.indices))


Symbols: TypeAlias = list[Symbol]
Levelled: TypeAlias = tuple[Symbols, int]  # and how tightly the whole holds together


def sign(latex: str, text: str | None = None, mark: str | None = None, style: str = "") -> Symbol:
    text = latex if text is None else text
    return Symbol(latex, (Run(style, text),) if text else (), text.strip() if mark is None else mark)


PLUS, MINUS, NEGATION = sign(" + "), sign(" - ", " − "), sign("-", "−")
TIMES, SCALED, EACH = sign(r" \, ", " ", "·"), sign(r" \, ", " ", "·"), sign(r" \odot ", " ⊙ ")
OPENING, CLOSING = sign(r"\left(", "("), sign(r"\right)", ")")
COMMA = sign(", ")
TRANSPOSED = sign(r"^{\top}", RAISED_T, "ᵀ", "high")


def joined(parts: Iterable[Symbols], between: Symbol) -> Symbols:
    return [symbol for part in parts for symbol in (between, *part)][1:]


def with_indices(symbol: Symbol, indices: str) -> Symbol:
    """With an index for each axis."""
    if not indices:
        return symbol
    name = symbol.latex if len(symbol.runs) == 1 else rf"\left({symbol.latex}\right)"
    return symbol._replace(latex=f"{name}_{{{indices}}}", indices=indices)


def with_parts(symbols: Symbols, parts: str) -> Symbols:
    """With the parts that are read in brackets behind it, also behind the matrix, which shows all of the array."""
    return [*symbols, sign(f"[{parts.replace(':', '{:}')}]", f"[{parts}]")]


def parts_text(places: Sequence[slice | int | None]) -> str:
    """The places as Python writes them, without new axes; nothing where all of the array is there."""
    texts = [str(place) if isinstance(place, int) else slice_text(place) for place in places if place is not None]
    while texts and texts[-1] == ":":
        texts.pop()
    return ", ".join(texts)


def slice_text(part: slice) -> str:
    ends = "".join(["" if part.start is None else str(part.start), ":", "" if part.stop is None else str(part.stop)])
    return ends if part.step in (None, 1) else f"{ends}:{part.step}"


def name_runs(name: str) -> tuple[Run, ...]:
    """A letter with its number set low; a word as it is."""
    letters, index = re.fullmatch(r"(.*?)_?(\d*)", name, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches any text
    if letters in GREEK:
        letters = unicodedata.lookup(f"GREEK SMALL LETTER {letters.replace('lambda', 'lamda').upper()}")
    if len(letters) != 1 or not letters.isalpha():
        return (Run("name", name),)
    return (Run("name", letters), *([Run("low", index)] if index else []))


def function_name(symbol: str) -> tuple[str, str]:
    return rf"\{symbol}" if symbol in LATEX_FUNCTIONS else rf"\operatorname{{{latex_escaped(symbol)}}}", symbol
