"""Programs of several outputs: a row of numbers for each row of data, and no gradient."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import micrograd
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.ops import Op
from micrograd.optim import SGD
from tests.compiler.targets import every_target, exact_target


def program_of_two(target: str | None) -> tuple[Any, Value, Value]:
    """w x and w + x."""
    w, x = Value(2.0, "w"), Value(1.0, "x")
    return micrograd.compile([w * x, w + x], [x], [w], target=target), w, x


@every_target
def test_several_outputs_give_a_row_of_numbers_for_each_row_of_data(target: str) -> None:
    program, w, _ = program_of_two(target)
    assert program.evaluate([[3.0], [5.0]]) == [[6.0, 5.0], [10.0, 7.0]]
    w.data = 0.5
    assert program.evaluate(np.array([[3.0]])) == [[1.5, 3.5]]


@every_target
def test_a_list_of_one_output_gives_rows_of_one_number_and_trains(target: str) -> None:
    w, x = Value(2.0), Value(1.0)
    program = micrograd.compile([w * w * x], [x], [w], target=target)
    assert program.evaluate([[1.0], [3.0]]) == [[4.0], [12.0]]
    assert (program.gradient([[1.0], [3.0]]), w.grad) == (8.0, 8.0)
    program.train([[1.0], [3.0]], SGD([w], 0.125), 1, progress=False)
    assert w.data == 1.0


@every_target
def test_an_output_may_be_a_leaf_or_stand_there_twice(target: str) -> None:
    w, c, x, unused = Value(2.0), Value(7.0), Value(1.0), Value(1.0)
    square = x * x
    program = micrograd.compile([square, w, x, c, square], [x, unused], [w], target=target)
    assert program.evaluate([[3.0, 0.0], [4.0, 0.0]]) == [[9.0, 2.0, 3.0, 7.0, 9.0], [16.0, 2.0, 4.0, 7.0, 16.0]]


@exact_target
def test_the_outputs_of_a_network_are_those_of_the_model(target: str) -> None:
    model = MLP(2, [5, 3], "tanh", seed=1)
    x = [Value(0.5, "x1"), Value(-0.5, "x2")]
    program = micrograd.compile(model(x), x, model.parameters(), target=target, exact=True)
    rows = [[0.25, 1.0], [-1.0, 3.0], [0.0, 0.5]]
    assert program.evaluate(rows) == [[output.data for output in model(row)] for row in rows]


@every_target
def test_a_gradient_asks_for_one_output(target: str) -> None:
    program, w, _ = program_of_two(target)
    calls: list[tuple[str, Callable[[], Any]]] = [
        ("gradient", lambda: program.gradient([[1.0]])),
        ("train", lambda: program.train([[1.0]], SGD([w], 0.1), 1)),
        ("gradient_listing", program.gradient_listing),
    ]
    for name, call in calls:
        message = rf"^{name} takes a program of one output, and this one has 2; compile one of them, or their sum$"
        with pytest.raises(ValueError, match=message):
            call()


def test_the_text_of_several_outputs_holds_them_all_and_no_gradient() -> None:
    program, _, _ = program_of_two("python")
    namespace: dict[str, Any] = {}
    exec(program.source("python"), namespace)  # noqa: S102 - our own
    assert namespace["evaluate"]([(3.0,)], [2.0]) == [(6.0, 5.0)]
    assert "void evaluate(const double *inputs, const double *parameters, double *outputs) {" in program.source("c")
    assert "define void @outputs(" in program.source("llvm")
    for target in ("python", "c", "llvm"):
        assert "gradient" not in program.source(target)
    assert str(program.listing()).splitlines()[-1] == "output     v1 v2"
    assert repr(program) == "<Program of 1 inputs and 1 parameters, 2 outputs, target python>"


@every_target
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda program: pickle.loads(pickle.dumps(program))])  # noqa: S301 - ours
def test_a_copy_gives_the_same_rows(copied: Callable[[Any], Any], target: str) -> None:
    program, _, _ = program_of_two(target)
    assert copied(program).evaluate([[3.0]]) == program.evaluate([[3.0]])


def test_an_operation_of_ones_own_in_any_output_asks_for_the_python_target() -> None:
    x = Value(2.0)
    cube = Op("my cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    assert micrograd.compile([x + 1.0, cube(x)], [x]).evaluate([[3.0]]) == [[4.0, 27.0]]
    with pytest.raises(ValueError, match=r"^the llvm target cannot spell 'my cube'"):
        micrograd.compile([x + 1.0, cube(x)], [x], target="llvm")
