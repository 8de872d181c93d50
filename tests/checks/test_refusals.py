"""What a check refuses, in one sentence."""

import math
from typing import Any

import pytest

from micrograd import Op, Value, check
from micrograd.engine import topological_order
from micrograd.ops import Reduction
from tests.checks.reading import neuron


def test_bad_input_is_one_sentence() -> None:
    w, x, _, out = neuron()
    other = Value(1.0, "other")
    cases: list[tuple[Any, str]] = [
        ({"q": 1.0}, r"^by_hand names 'q', which no Value of the graph has as its label; labels: w, x, b$"),
        ({w: "q*x"}, r"^the formula for w names 'q', which no Value of the graph has"),
        ({w: lambda q: q}, r"^the function for w names 'q', which no Value"),
        (
            {other: 1.0},
            (
                r"^by_hand has a gradient for Value\(data=1.0, label='other'\), which is not in the graph of the output; "
                r"leave it out, or write micrograd.maximum where max or np.maximum has dropped it as the smaller one$"
            ),
        ),
        ({w: math.nan}, r"^the gradient by hand of w is nan; give a finite number or a formula$"),
        ({w: math.inf}, r"^the gradient by hand of w is inf; give a finite number or a formula$"),
        ({w: 1.0, "w": 2.0}, r"^by_hand has two gradients for w; give one$"),
        ({w: lambda w: "a"}, r"^the gradient by hand of w cannot be computed: the function gave 'a', which is no number$"),
        ({w: "x +"}, r"^something is missing after this"),
        ({w: "log(-x)"}, r"^the gradient by hand of w cannot be computed: log\(-2.0\) has no value"),
        (
            [([w, x], [1.0])],
            r"^the gradient by hand of w, ... needs the shape of these Values, \(2,\), and has",
        ),
        (
            [([[w, x]], [[1.0], [2.0]])],
            r"of these Values, \(1, 2\), and has the shape \(2, 1\); it is transposed$",
        ),
    ]
    for by_hand, message in cases:
        with pytest.raises(ValueError, match=message):
            check(out, by_hand)
    bad: Any
    for bad, message in [
        ({w: 1j}, r"^the gradient by hand of w is a number, a formula, a function or a Value, got 1j$"),
        ({w: None}, r"got None$"),
        ({w: math.cos}, r"^the function for w needs parameters that are named like labels"),
        ([1.0], r"^by_hand is a dictionary such as {w: 2.0} or a list of pairs such as .*, got \[1.0\]$"),
        ("x", r"^by_hand is a dictionary .* got 'x'$"),
        (([w], [1.0]), r"^by_hand is a dictionary"),
        ([(w,)], r"^by_hand is a dictionary"),
        ([(w, 1.0, 2.0)], r"^by_hand is a dictionary"),
        ({1: 2.0}, r"^by_hand names Values, their labels or nests of Values, and not 1$"),
    ]:
        with pytest.raises(TypeError, match=message):
            check(out, bad)
    bad = 3.0
    with pytest.raises(TypeError, match=r"^check needs the Value whose gradient is checked, got 3.0$"):
        check(bad)
    with pytest.raises(TypeError, match=r"^the inputs of a check are Values, and one is 3.0$"):
        check(out, inputs=[bad])
    with pytest.raises(ValueError, match=r"^there is no method 'fast'; choose from auto, exact, complex, ladder, mpmath$"):
        check(out, method="fast")
    with pytest.raises(ValueError, match=r"^the graph has operations that the method 'exact' cannot run; use method='auto'$"):
        check(out, method="exact")


def test_directions_are_for_rows_of_the_table() -> None:
    cube = Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))
    with pytest.raises(ValueError, match=r"^directions need the complex step, and the graph has operations of your own"):
        check(cube(Value(2.0, "x")), directions=1)


def test_two_values_of_one_label_cannot_be_told_apart_by_it() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "x")
    with pytest.raises(ValueError, match=r"^by_hand names 'x', and several Values of the graph have that label"):
        check(x * y, {"x": 2.0})


def test_a_leaf_that_has_changed_since_is_noticed() -> None:
    _, x, _, out = neuron()
    x.data = 5.0
    with pytest.raises(ValueError, match=r"^w=0.5 \* x=5.0 was 1.0 when it was computed and is 2.5 now, so a leaf has changed"):
        check(out)


def test_an_inner_node_cannot_be_moved() -> None:
    *_, out = neuron()
    with pytest.raises(ValueError, match=r"^only leaves can be moved to measure a slope"):
        check(out, inputs=[out.parents[0]])


def test_a_users_own_row_is_measured_by_differences() -> None:
    cube = Op("cube", lambda a: a**3, lambda out, a: (3.0 * a * a,))
    x = Value(2.0, "x")
    assert check(cube(x) * x, {x: "4*x**3"})
    assert "by differences" in str(check(cube(x)))
    assert all(isinstance(node, Value) for node in topological_order(cube(x)))
    assert not isinstance(cube, Reduction)
