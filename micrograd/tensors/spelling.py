"""Lines as the text of a Python function: NumPy, or JAX where `np` is `jax.numpy`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from micrograd.ops import OPS
from micrograd.tensors.dialects import functions, imports_and_functions, keep_memory, own_function, quiet
from micrograd.tensors.terms import (
    ROWS,
    Broadcast,
    Call,
    Concatenate,
    Contract,
    Formulas,
    Index,
    Infix,
    LogSumExp,
    MatMul,
    Name,
    Negative,
    Number,
    Pad,
    Permute,
    Place,
    Placed,
    Power,
    Reshape,
    RowCount,
    Scattered,
    Stack,
    Sum,
    Take,
    Term,
    Windows,
)  # fmt: skip

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how strongly an operator binds; ATOM: a name or a call
STRENGTH = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}
LARGEST_DIGIT = 9  # whole exponents up to here are written as such


class Text(NamedTuple):
    """Text and how strongly its weakest operator binds."""

    text: str
    strength: int = ATOM

    def __str__(self) -> str:
        return self.text

    def least(self, strength: int) -> str:
        """The text, in brackets if it binds less than that."""
        return self.text if self.strength >= strength else f"({self.text})"


def spelled(term: Term) -> Text:
    """The term as an expression of Python."""
    match term:
        case Name():
            return Text(term.array.name)
        case Number():
            return number(term.value)
        case RowCount():
            return Text("1" if term.array is None else f"len({term.array.name})")
        case Negative():
            return Text(f"-{spelled(term.of).least(SIGN)}", SIGN)
        case Infix():
            return infix(term)
        case MatMul():
            least = SIGN if isinstance(term.left, Infix) else PRODUCT
            return Text(f"{spelled(term.left).least(least)} @ {spelled(term.right).least(SIGN)}", PRODUCT)
        case Power():
            return Text(f"{spelled(term.base).least(ATOM)} ** {exponent(term.exponent)}", POWER)
        case Call():
            return call(term.function, *map(spelled, term.operands))
        case Contract():
            spec = f'"{term.left_axes},{term.right_axes}->{term.out}"'
            return call("contract", spec, spelled(term.left), spelled(term.right))
        case LogSumExp():
            return call("logsumexp", spelled(term.of), f"axis={axes(term.axes)}")
        case Stack():
            return call("np.stack", f"[{', '.join(map(str, map(spelled, term.terms)))}]", f"axis={term.axis}")
        case Concatenate():
            return call("np.concatenate", f"[{', '.join(map(str, map(spelled, term.terms)))}]", f"axis={term.axis}")
        case Pad():
            return call("np.pad", spelled(term.of), tuple_of(term.widths))
        case Broadcast():
            lengths = tuple_of([spelled(term.count) if length == ROWS else length for length in term.shape])
            if isinstance(term.of, Number):
                return call("np.zeros", lengths) if repr(term.of.value) == "0.0" else call("np.full", lengths, spelled(term.of))
            return call("np.broadcast_to", spelled(term.of), lengths)
        case Windows():
            return call("windows", spelled(term.of), f"axes={tuple_of(term.axes)}", f"sizes={tuple_of(term.sizes)}")
        case Take():
            return call("take", spelled(term.of), term.table.name, *["rows=True"] * term.rows)
        case Placed():
            return call("placed", spelled(term.of), tuple_of(term.shape), term.base, tuple_of(term.strides))
        case Scattered():
            return call("scattered", spelled(term.of), tuple_of(term.shape), term.table.name)
        case _:
            return method(term)


def method(term: Term) -> Text:
    """What is written behind the array."""
    match term:
        case Index():
            return Text(f"{spelled(term.of).least(ATOM)}[{', '.join(map(place, term.places))}]")
        case Reshape():
            return Text(f"{spelled(term.of).least(ATOM)}.reshape({', '.join(map(str, term.shape))})")
        case Permute() if len(term.axes) == 2:
            return Text(f"{spelled(term.of).least(ATOM)}.T")
        case Permute():
            return Text(f"{spelled(term.of).least(ATOM)}.transpose({', '.join(map(str, term.axes))})")
        case Sum():
            return Text(f"{spelled(term.of).least(ATOM)}.sum({'' if term.axes is None else f'axis={axes(term.axes)}'})")
        case _:
            raise TypeError(f"{type(term).__name__} has no spelling in Python")


def call(function: str, *arguments: object) -> Text:
    return Text(f"{function}({', '.join(map(str, arguments))})")


def infix(term: Infix) -> Text:
    """Only the brackets that Python needs, but for a matrix product within a product, which would read as another."""
    strength = STRENGTH[term.sign]
    left, right = spelled(term.left), spelled(term.right)
    stronger = term.sign in "-/" or (term.sign == "*" and contains_product(term.right))
    return Text(f"{left.least(strength)} {term.sign} {right.least(strength + stronger)}", strength)


def contains_product(term: Term) -> bool:
    """Whether the term, seen from the right of a product, begins with a quotient or a matrix product."""
    return isinstance(term, MatMul) or (isinstance(term, Infix) and (term.sign == "/" or contains_product(term.left)))


def number(value: float) -> Text:
    if value != value or value in (float("inf"), -float("inf")):
        text = {"inf": "np.inf", "-inf": "-np.inf"}.get(repr(value), "np.nan")
        return Text(text, SIGN if value < 0.0 else ATOM)
    return Text(repr(value), SIGN if repr(value).startswith("-") else ATOM)


def exponent(term: Term) -> str:
    """Behind **: a small whole number without its point."""
    if isinstance(term, Number) and term.value.is_integer() and 1.0 < term.value <= LARGEST_DIGIT:
        return str(int(term.value))
    return spelled(term).least(SIGN)


def place(content: Place) -> str:
    """What stands for an axis in an index: `:`, `1:3`, `::-1`, `0`, `None`."""
    if not isinstance(content, slice):
        return str(content)
    start, stop, step = ["" if bound is None else str(bound) for bound in (content.start, content.stop, content.step)]
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"


def axes(content: tuple[int, ...]) -> str:
    return str(content[0]) if len(content) == 1 else str(content)


def tuple_of(content: object) -> str:
    texts = [tuple_of(part) if isinstance(part, tuple) and not isinstance(part, Text) else str(part) for part in content]  # type: ignore[attr-defined]
    return f"({', '.join(texts)}{',' * (len(texts) == 1)})"


# --------------------------------------------------------------------------------------------------------------
# Functions of lines
# --------------------------------------------------------------------------------------------------------------

WIDEST = 80  # comments stand behind all lines up to this width


def source(formulas: Formulas, title: str = "gradient", comments: bool = True) -> str:
    """The function of the lines, with the shape of each as a comment."""
    lines = [(f"{line.name} = {spelled(line.expression)}", line.shape) for line in formulas.lines]
    width = max((len(text) for text, _ in lines if len(text) <= WIDEST), default=0)
    body = [f"{text:{width}}  # {shape}" if comments else text for text, shape in lines]
    arguments = ", ".join(array.name for array in formulas.arguments)
    texts = [str(spelled(term)) for term in formulas.results]
    results = ", ".join(texts) if len(texts) > 1 else f"({''.join(texts)},)"
    return "\n    ".join([f"def {title}({arguments}):", *body, f"return {results}"]) + "\n"


def tables(formulas: Formulas) -> dict[str, Any]:
    """The constants that the lines name: numbers of the graph, and places to read or to add to."""
    numbers = {array.name: np.reshape(array.numbers, array.shape) for array in formulas.constants}
    return numbers | {table.name: table.places for table in formulas.tables}


def called(formulas: Formulas) -> list[str]:
    """The names of the functions that the lines call, in the order in which they do."""
    names = [name for term in formulas.terms() if (name := CALLED.get(type(term)) or getattr(term, "function", ""))]
    return list(dict.fromkeys(names))


CALLED: dict[type[Term], str] = {
    Contract: "contract",
    LogSumExp: "logsumexp",
    Windows: "windows",
    Take: "take",
    Placed: "placed",
    Scattered: "scattered",
}


def script(formulas: Formulas, dialect: str = "numpy", title: str = "gradient") -> str:
    """All that a file needs that is to hold the function: imports, the functions that it calls, and tables."""
    own = [term.op.symbol for term in formulas.terms() if isinstance(term, Call) and term.op not in OPS]
    if own:
        raise ValueError(f"{own[0]} is an operation of your own, which a file cannot call; print(folded) shows where it stands")
    numbers = "".join([f"{name} = np.array({table.tolist()!r})\n" for name, table in tables(formulas).items()])
    limits = "from math import inf, nan\n" if "inf" in numbers or "nan" in numbers else ""
    doubles = "# In numbers of 32 bits, unless JAX_ENABLE_X64=1 is set.\n" if dialect == "jax" else ""
    return "\n".join([doubles + limits + imports_and_functions(called(formulas), dialect), numbers, source(formulas, title)])


def runnable(formulas: Formulas, dialect: str = "numpy", title: str = "gradient") -> Callable[..., Any]:
    """The function itself, of arrays of NumPy or, pure and ready for `jax.jit`, of JAX: `dialect` is "numpy" or "jax"."""
    own = {
        term.function: own_function(term.op, dialect)
        for term in formulas.terms()
        if isinstance(term, Call) and term.op not in OPS
    }
    space = {**functions(dialect), **own, **tables(formulas)}
    exec(compile(source(formulas, title, comments=False), f"<{dialect} {title}>", "exec"), space)  # noqa: S102  # our own text
    function: Callable[..., Any] = space[title]
    if dialect == "jax":
        return function
    keep_memory()
    return quiet(function)
