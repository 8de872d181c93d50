"""The matrix form of a program as a page: every line a formula beside its matrices, and what an entry of a gradient is made of.

Everything but the choice of an entry is computed here. The page needs no network and no server; where scripts are off, the
formulas stay.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from micrograd.display.characters import printable
from micrograd.tensors.arrays import Array
from micrograd.tensors.latex import Equation, equations
from micrograd.tensors.places import contiguous
from micrograd.tensors.shapes import shape_of
from micrograd.tensors.spelling import runnable
from micrograd.tensors.symbols import Run, Symbol, name_runs
from micrograd.tensors.terms import ROWS, Formulas, Line, MatMul, Name, Result, walk
from micrograd.views.pages import file_text, framed, joined, page_of, safe_json
from micrograd.views.reach import MOST, Follower, Reach, UnfollowedError, affine

SCRIPTS = (  # one script, in this order
    "shared/elements.js",
    "shared/theme.js",
    "shared/tints.js",
    "matrices/cells.js",
    "matrices/reasons.js",
    "matrices/matrices.js",
)
MOST_NUMBERS = 8192  # of an array that is shown entry by entry; of a larger one only the shape
MOST_TABLE = 20_000  # places of an operand that is read in no regular way
HEIGHT = 780  # of the frame in a notebook
KINDS = ("data", "parameter", "value", "gradient")
DIGITS = 6
TAGS = {"name": "i", "low": "sub", "high": "sup"}

Numbers = Mapping[str, Any]


def page(formulas: Formulas, numbers: Numbers, *, title: str = "fold(loss)", note: str = "") -> str:
    """The page of the lines, with the numbers of every array by its name: rows of data first, and a few of them only."""
    arrays = {name: np.asarray(array, float) for name, array in numbers.items()}
    described = [*map(printable, (title, note))]
    written = equations(formulas)
    backward = backward_lines(formulas)
    lines = [line_data(line, equation, arrays) for line, equation in zip(formulas.lines, written, strict=True)]
    shown = {token["array"]: token for line in lines for token in [line["result"], *line["tokens"]] if isinstance(token, dict)}
    kinds = {
        array.name: kind_of(array)
        for array in [*formulas.arguments, *formulas.constants, *(line.array for line in formulas.lines)]
    }
    return page_of(
        "matrices/matrices.html",
        script=joined(*SCRIPTS),
        title=html.escape(described[0]),
        note=html.escape(described[1]),
        picture_style=file_text("shared/picture.css"),
        matrices_style=file_text("matrices/matrices.css"),
        forward=sections(written, [number for number in range(len(lines)) if number not in backward]),
        backward=sections(written, sorted(backward)),
        data=safe_json(
            {
                "version": 1,
                "lines": lines,
                "arrays": {name: array_data(arrays[name], kinds[name]) for name in shown},
                "largest": {kind: largest(arrays[name] for name in shown if kinds[name] == kind) for kind in KINDS},
            }
        ),
    )


def numbers_at(formulas: Formulas, rows: np.ndarray[Any, Any], parameters: Sequence[float]) -> dict[str, np.ndarray[Any, Any]]:
    """The numbers of every array by its name, at these rows of inputs and these numbers of the parameters.

    Directions of a second derivative are those of the parameters themselves.
    """
    known = np.asarray(parameters, float)
    found = {array.name: known[array.members].reshape(array.shape) for array in (*formulas.parameters, *formulas.directions)}
    for array in formulas.inputs:
        found[array.name] = rows[:, array.members - len(known)].reshape((len(rows), *array.shape))
    if formulas.share is not None:
        found[formulas.share.name] = np.array(1.0 / len(rows))
    if formulas.lines:
        every = replace(formulas, results=tuple([Name(line.array) for line in formulas.lines]))
        computed = runnable(every)(*[found[array.name] for array in formulas.arguments])
        found |= {line.name: np.asarray(numbers) for line, numbers in zip(formulas.lines, computed, strict=True)}
    return found | {array.name: np.reshape(array.numbers, array.shape) for array in formulas.constants}


def in_notebook(page: str, formulas: Formulas, title: str = "fold(loss)") -> str:
    """The page in a frame, and behind it the formulas."""
    lines = "".join(f"<div>{equation_html(equation)}</div>" for equation in equations(formulas))
    return framed(page, title, f'<div style="font:18px serif;line-height:1.7">{lines}</div>', HEIGHT)


def backward_lines(formulas: Formulas) -> set[int]:
    """The numbers of the lines after the loss; without one, from the first derivative on."""
    loss = next((term.array for term in formulas.results[:1] if isinstance(term, Name)), None)
    last = next((number for number, line in enumerate(formulas.lines) if line.array is loss), None)
    if last is None:
        derived = [number for number, line in enumerate(formulas.lines) if line.array.adjoint_of is not None]
        last = min(derived, default=len(formulas.lines)) - 1
    return set(range(last + 1, len(formulas.lines)))


def kind_of(array: Array | Result) -> str:
    if array.adjoint_of is not None:
        return "gradient"
    kind = array.kind if isinstance(array, Array) else ""
    return {"parameter": "parameter", "input": "data", "numbers": "data"}.get(kind, "value")


# --------------------------------------------------------------------------------------------------------------
# Numbers
# --------------------------------------------------------------------------------------------------------------


def array_data(array: np.ndarray[Any, Any], kind: str) -> dict[str, Any]:
    numbers = [number_data(number) for number in array.ravel().tolist()] if array.size <= MOST_NUMBERS else None
    return {"kind": kind, "shape": list(array.shape), "numbers": numbers}


def number_data(number: float) -> float | str:
    """The number in a few digits; as a word where JSON has none for it."""
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else f"{number}".replace("inf", "Infinity")


def largest(arrays: Iterable[np.ndarray[Any, Any]]) -> float:
    """The size of the largest number in all of them, for one scale."""
    finite = [float(np.abs(array[np.isfinite(array)]).max(initial=0.0)) for array in arrays]
    return float(f"{max(finite, default=0.0):.{DIGITS}g}")


# --------------------------------------------------------------------------------------------------------------
# Lines
# --------------------------------------------------------------------------------------------------------------


def line_data(line: Line, equation: Equation, arrays: Numbers) -> dict[str, Any]:
    """What the page shows of a line: its result, and the signs and matrices on the right side."""
    shape = arrays[line.name].shape
    rows = shape[0] if line.array.rows else max([array.shape[0] for array in row_arrays(line, arrays)], default=1)
    found, products = followed(line, {name: array.shape for name, array in arrays.items()}, rows)
    upright = line.array.rows or any(isinstance(term, MatMul) and len(shape_of(term)) == 1 for term in walk(line.expression))
    tokens: list[Any] = []
    places: list[Reach | None] = []
    for symbol in equation.right:
        if symbol.array is None:
            if symbol.mark:
                tokens[-1:] = (
                    [f"{tokens[-1]} {symbol.mark}"] if tokens and isinstance(tokens[-1], str) else [*tokens[-1:], symbol.mark]
                )
            continue
        reach = next((found.pop(k)[1] for k, (array, _) in enumerate(found) if array is symbol.array), None)
        standing = stands(symbol, reach, len(shape), upright)
        tokens.append(
            matrix_data(symbol, counted(symbol, arrays[symbol.array.name].shape), standing) | {"reach": reach_data(reach)}
        )
        places.append(reach)
    return {
        "parameter": parameter_runs(line.array),
        "result": matrix_data(equation.left, shape, upright),
        "tokens": tokens,
        "pairs": pairs(tokens, places, products, rows),
    }


def parameter_runs(array: Array | Result) -> Sequence[Run]:
    """The name of the parameter by which the line is the derivative, if it is one."""
    by = array.adjoint_of
    return name_runs(by.name) if by is not None and by.kind == "parameter" else ()


def row_arrays(line: Line, arrays: Numbers) -> list[np.ndarray[Any, Any]]:
    return [arrays[term.array.name] for term in walk(line.expression) if isinstance(term, Name) and term.array.rows]


def followed(
    line: Line, shapes: Mapping[str, tuple[int, ...]], rows: int
) -> tuple[list[tuple[Array | Result, Reach | None]], list[tuple[int, ...]]]:
    """The arrays in the line with the places that are read of each, and the letters of its products."""
    names = [term.array for term in walk(line.expression) if isinstance(term, Name)]
    if math.prod(shapes[line.name]) > MOST_NUMBERS:
        return [(name, None) for name in names], []
    follower = Follower(shapes, rows)
    try:
        found = follower.follow(line.expression)
    except UnfollowedError:
        return [(name, None) for name in names], []
    return [
        (name, reach if reach.places.size <= MOST else None) for name, reach in zip(names, found, strict=True)
    ], follower.products


def stands(symbol: Symbol, reach: Reach | None, axes: int, upright: bool) -> bool:
    """Whether a vector stands as a column: where it is multiplied from the right, or is spread along the columns of a result."""
    if symbol.turned or symbol.array is None or reach is None:
        return not symbol.turned
    if reach.summed:
        return True
    moving = [axis for axis, length in enumerate(reach.own()) if length > 1 and (np.diff(reach.places, axis=axis) != 0).any()]
    return upright if axes < 2 else moving != [axes - 1]


def matrix_data(symbol: Symbol, shape: Sequence[int], upright: bool) -> dict[str, Any]:
    """An array as it is shown: axes from the outermost, each with its length and stride."""
    axes = [[length, stride] for length, stride in zip(shape, contiguous(shape), strict=True)]
    if len(axes) < 2:
        axes = [[1, 0]] * (2 - len(axes)) + axes
        axes = axes[::-1] if upright else axes
    elif symbol.turned:
        axes[-2:] = axes[:-3:-1]
    return {
        "array": "" if symbol.array is None else symbol.array.name,
        "name": symbol.runs,
        "label": symbol.indexed,
        "axes": axes,
        "turned": symbol.turned,
        "rows": symbol.array is not None and symbol.array.rows,
    }


def counted(symbol: Symbol, shape: Sequence[int]) -> Sequence[int]:
    """The shape in which an array is read, with the number of its rows."""
    return shape if symbol.shape is None else [shape[0] if length == ROWS else length for length in symbol.shape]


def reach_data(reach: Reach | None) -> dict[str, Any] | None:
    if reach is None:
        return None
    regular = affine(reach)
    if regular is not None:
        return {"base": regular.base, "strides": regular.strides, "summed": regular.summed}
    own = math.prod(reach.own())
    return {"table": reach.places.reshape(own, -1).tolist()} if reach.places.size <= MOST_TABLE else None


def pairs(
    tokens: Sequence[Any], places: Sequence[Reach | None], products: Sequence[tuple[int, ...]], rows: int
) -> list[dict[str, Any]]:
    """Which two matrices are multiplied, each row by each column; `rows` says that the sum is one over the rows of data."""
    matrices = [number for number, token in enumerate(tokens) if isinstance(token, dict)]
    found = []
    for letters in products:
        of_product = [
            number for number, reach in zip(matrices, places, strict=True) if reach is not None and reach.summed == letters
        ]
        if letters and len(of_product) == 2:
            found.append({"left": of_product[0], "right": of_product[1], "rows": over_rows(tokens, of_product, rows)})
    if len(matrices) == 2 and tokens[matrices[1]]["turned"] and all(reach is not None and not reach.summed for reach in places):
        found.append({"left": matrices[0], "right": matrices[1], "rows": False})  # every pair, and no sum
    return found


def over_rows(tokens: Sequence[Any], numbers: Sequence[int], rows: int) -> bool:
    """Whether both matrices are summed along their first axis, and that alone."""
    return all(
        (reach := tokens[number]["reach"]) is not None
        and [length for length, _ in reach.get("summed", [])] == [rows]
        and tokens[number]["rows"]
        and reach["summed"][0][1] == max((abs(stride) for _, stride in tokens[number]["axes"]), default=0)
        for number in numbers
    )


# --------------------------------------------------------------------------------------------------------------
# Formulas in HTML
# --------------------------------------------------------------------------------------------------------------


def sections(written: Sequence[Equation], numbers: Iterable[int]) -> str:
    return "".join(
        f'<section class="line" data-line="{number}"><div class="formula">{equation_html(written[number])}</div>'
        '<div class="cells"></div></section>'
        for number in numbers
    )


def equation_html(equation: Equation) -> str:
    right = "".join(runs_html(symbol.indexed) for symbol in equation.right)
    return f"{runs_html(equation.left.indexed)} = {right}"


def runs_html(runs: Sequence[Run]) -> str:
    return "".join(
        f"<{TAGS[run.style]}>{html.escape(run.text)}</{TAGS[run.style]}>" if run.style else html.escape(run.text) for run in runs
    )
