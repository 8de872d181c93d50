"""Rows of data and their weights: what a Program takes, and what it says of others."""

import math
from array import array
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.compiler.llvm.doubles import Doubles, Places
from micrograd.compiler.llvm.kernel import Kernel, Shape
from micrograd.compiler.llvm.panels import Panels, rows_of
from micrograd.compiler.rows import Table
from micrograd.engine import Value
from tests.compiler.targets import every_target


@every_target
@pytest.mark.parametrize(
    "rows",
    [
        [[1.0, 2.0], [3.0, 4.0]],
        [(1, 2), (3, True + 3)],
        array("d", [1.0, 2.0, 3.0, 4.0]),
        [array("d", [1.0, 2.0]), array("f", [3.0, 4.0])],
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1, 2], [3, 4]]),
        np.array([[1.0, 3.0], [2.0, 4.0]]).T,
        np.array([[1.0, 9.0, 2.0], [3.0, 9.0, 4.0]])[:, ::2],
        np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32),
        np.array([[1.0, 2.0], [3.0, 4.0]], dtype=">f8"),
        list(np.array([[1.0, 2.0], [3.0, 4.0]])),
    ],
    ids=[
        "lists",
        "tuples",
        "array",
        "arrays",
        "numpy",
        "whole",
        "transposed",
        "strided",
        "single",
        "other bytes",
        "rows of numpy",
    ],
)
def test_rows_may_be_lists_arrays_or_numpy(rows: Any, target: str) -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    assert micrograd.compile(x - 10.0 * y, [x, y], target=target).evaluate(rows) == [-19.0, -37.0]


BAD_ROWS: list[tuple[Any, type[Exception], str]] = [
    ([[1.0, 2.0], [3.0]], ValueError, r"^row 2 needs 2 number\(s\), one per input \(x, y\), got 1: \[3\.0\]$"),
    ([[1.0, 2.0, 3.0]], ValueError, r"^row 1 needs 2 number\(s\), one per input \(x, y\), got 3"),
    (np.zeros((2, 3)), ValueError, r"^row 1 needs 2 number\(s\), one per input \(x, y\), got 3"),
    (np.zeros((1, 2, 2)), TypeError, r"^row 1 needs 2 number\(s\), one per input \(x, y\), and \[0\.0, 0\.0\] is not a number$"),
    (np.array(7.0), TypeError, r"^rows are a list of rows, an array\.array of doubles or a NumPy array, got 7\.0$"),
    (array("d", [1.0, 2.0, 3.0]), ValueError, r"^an array of 3 numbers does not divide into rows of 2, one number per input$"),
    ([], ValueError, r"^there are no rows; pass at least one, with one number per input$"),
    (array("d"), ValueError, r"^there are no rows"),
    (np.zeros((0, 2)), ValueError, r"^there are no rows"),
    ([[1.0, "2"]], TypeError, r"^row 1 needs 2 number\(s\), one per input \(x, y\), and '2' is not a number$"),
    ([1.0, 2.0], TypeError, r"^row 1 needs to be a list of 2 number\(s\), one per input \(x, y\), got 1\.0$"),
    (7, TypeError, r"^rows are a list of rows, an array\.array of doubles or a NumPy array, got 7$"),
    ("ab", TypeError, r"^rows are a list of rows"),
    (b"ab", TypeError, r"^rows are a list of rows"),
    (bytearray(b"ab"), TypeError, r"^row 1 needs to be a list of 2 number\(s\), one per input \(x, y\), got 97$"),
]


@pytest.mark.parametrize(("rows", "kind", "message"), BAD_ROWS)
def test_bad_rows_are_named(rows: Any, kind: type[Exception], message: str) -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    program = micrograd.compile(x + y, [x, y], target="python")
    for call in (program.evaluate, program.gradient):
        with pytest.raises(kind, match=message):
            call(rows)


def test_a_number_is_no_table_of_one_row() -> None:
    x = Value(0.0, "x")
    with pytest.raises(TypeError, match=r"^rows are a list of rows, .* got 7\.0$"):
        micrograd.compile(x * x, [x], target="python").evaluate(np.array(7.0))


def test_a_graph_without_inputs_takes_empty_rows() -> None:
    w = Value(3.0)
    for target in ("python", "llvm"):
        program = micrograd.compile(w * w, [], [w], target=target)
        assert program.evaluate([[], [], []]) == [9.0] * 3
        assert (program.gradient([[]]), w.grad) == (9.0, 6.0)
    with pytest.raises(ValueError, match=r"^row 1 needs no number, since there are no inputs, got 1"):
        program.evaluate([[1.0]])
    with pytest.raises(TypeError, match=r"^row 1 needs to be a list of no number, since there are no inputs, got 1\.0$"):
        program.evaluate(array("d", [1.0]))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"^gradient needs one weight per row, got 1 weight\(s\) for 2 row\(s\)$"),
        ([1.0, -1.0], r"^the weights of a mean need a finite sum other than 0, got 0\.0$"),
        ([1.0, math.nan], r"^the weights of a mean need a finite sum"),
    ],
)
def test_bad_weights_are_refused(weights: list[float], message: str) -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match=message):
        micrograd.compile(x * 2.0, [x]).gradient([[1.0], [2.0]], weights)


def panels_of(rows: int, batch_size: int | None = None, weights: "array[float] | None" = None) -> Panels:
    """Row n is n and 10 + n; a panel is 4 rows of: 0, the second number, 0, the first one, the weight."""
    kernel = Kernel("", frozenset(), Shape(lanes=2, vectors=2), [3, 1, 4], 5, parameters=[], moved=0, size=0, memory=0, work=0)
    table = Table([[float(row), 10.0 + row] for row in range(rows)], ["x", "y"])
    return Panels(kernel, table, batch_size, weights)


def elements(panels: Panels) -> list[list[float]]:
    """Four numbers for each element of each panel."""
    return [panels.data.view[first : first + 4].tolist() for first in range(0, 20 * panels.count, 4)]


def test_the_last_row_fills_up_the_last_panel_and_shares_its_weight_with_its_copies() -> None:
    panels = panels_of(3, weights=array("d", [0.5, 0.25, 0.25]))
    assert elements(panels) == [[0.0] * 4, [10.0, 11.0, 12.0, 12.0], [0.0] * 4, [0.0, 1.0, 2.0, 2.0], [0.5, 0.25, 0.125, 0.125]]
    assert (panels.count, panels.batch, list(panels.shares)) == (1, 1, [1.0])


def test_each_batch_begins_a_panel_and_is_filled_up_with_its_own_last_row() -> None:
    """Of 8 rows in batches of 5: the first takes two panels, the second one."""
    panels = panels_of(8, batch_size=5)
    assert elements(panels)[3::5] == [[0.0, 1.0, 2.0, 3.0], [4.0] * 4, [5.0, 6.0, 7.0, 7.0]]
    assert elements(panels)[4::5] == [[0.2] * 4, [0.05] * 4, [1 / 3, 1 / 3, 1 / 6, 1 / 6]]
    assert (panels.count, panels.batch, list(panels.shares)) == (3, 2, [0.625, 0.375])
    panels.gather([7, 6, 5, 4, 3, 2, 1, 0])
    assert elements(panels)[3::5] == [[7.0, 6.0, 5.0, 4.0], [3.0] * 4, [2.0, 1.0, 0.0, 0.0]]
    assert elements(panels)[1::5] == [[17.0, 16.0, 15.0, 14.0], [13.0] * 4, [12.0, 11.0, 10.0, 10.0]]
    assert elements(panels)[4::5] == [[0.2] * 4, [0.05] * 4, [1 / 3, 1 / 3, 1 / 6, 1 / 6]]


def test_batches_that_fill_their_panels_follow_each_other() -> None:
    """Two batches of 8 rows take two panels each."""
    panels = panels_of(16, batch_size=8)
    assert (panels.count, panels.batch, list(panels.shares)) == (4, 2, [0.5, 0.5])
    assert elements(panels)[3::5] == [
        [0.0, 1.0, 2.0, 3.0],
        [4.0, 5.0, 6.0, 7.0],
        [8.0, 9.0, 10.0, 11.0],
        [12.0, 13.0, 14.0, 15.0],
    ]
    assert elements(panels)[4::5] == [[0.125] * 4] * 4


def test_batches_of_one_row_take_a_panel_each() -> None:
    panels = panels_of(3, batch_size=1)
    assert (panels.count, panels.batch, list(panels.shares)) == (3, 1, [1 / 3] * 3)
    assert elements(panels)[3::5] == [[0.0] * 4, [1.0] * 4, [2.0] * 4]
    assert elements(panels)[4::5] == [[0.25] * 4] * 3


def test_numbers_go_to_their_places_and_come_back_in_their_own_order() -> None:
    places, doubles = Places([4, 5, 1, 7, 6]), Doubles(10)
    places.write(doubles, array("d", [1.0, 2.0, 3.0, 4.0, 5.0]), first=1)
    assert doubles.view.tolist() == [0.0, 0.0, 3.0, 0.0, 0.0, 1.0, 2.0, 5.0, 4.0, 0.0]
    assert list(places.read(doubles, first=1)) == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert list(Places([]).read(doubles)) == []


def test_results_come_row_by_row_out_of_their_panels() -> None:
    """Five rows of two outputs, n and 10 + n, in two panels."""
    panels = panels_of(5)
    numbers = [0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 13.0, 4.0, 4.0, 4.0, 4.0, 14.0, 14.0, 14.0, 14.0]
    results = Doubles(16)
    results.view[:] = array("d", numbers)
    got = rows_of(results, panels.kernel, outputs=2, rows=5)
    assert got == [[0.0, 1.0, 2.0, 3.0, 4.0], [10.0, 11.0, 12.0, 13.0, 14.0]]


def test_a_part_of_a_table_holds_the_rows_with_these_numbers() -> None:
    part = Table([[0.0, 10.0], [1.0, 11.0], [2.0, 12.0]], ["x", "y"]).part([2, 0, 2])
    assert part.as_rows() == [(2.0, 12.0), (0.0, 10.0), (2.0, 12.0)]
    assert Table([[], []], []).part([0]).as_rows() == [()]
