"""A row of the table as its user meets it: its help, its text, rows of one's own, and operands that record."""

import math
import pickle
import pydoc
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.nn import Neuron
from micrograd.ops import OPS, Op

every_op = pytest.mark.parametrize("op", OPS, ids=lambda op: op.symbol)


@every_op
def test_help_says_what_a_row_is(op: Op) -> None:
    sentence = pydoc.render_doc(op, renderer=pydoc.plaintext).splitlines()[-1].strip()  # type: ignore[attr-defined]
    letters = ["a", "b"][: op.arity]
    assert sentence.startswith(f"{op.written(letters)}: ")
    assert sentence.endswith(f"It needs {op.needs}." if op.needs else ".")


def test_help_of_an_operation_of_ones_own() -> None:
    half = Op("half", lambda a: a / 2.0, lambda out, a: (0.5,), about="half of a.")
    assert half.__doc__ == "half(a): half of a."
    assert Op("half", half.forward, half.derivatives).__doc__ == "half(a): an operation of its own."


@pytest.mark.parametrize(
    ("symbol", "operands", "text"),
    [
        ("log", ["x"], "log(x)"),
        ("!", ["x"], "!(x)"),
        ("*", ["x", "y"], "x * y"),
        ("hypot", ["x", "y"], "hypot(x, y)"),
        ("?:", ["x", "y", "z"], "?:(x, y, z)"),
    ],
)
def test_an_operation_is_written_with_its_symbol(symbol: str, operands: list[str], text: str) -> None:
    assert Op(symbol, lambda *a: 0.0, lambda out, a: (0.0,)).written(operands) == text


def test_an_operand_that_records_says_what_becomes_of_a_row() -> None:
    class Word:
        def __init__(self, text: str) -> None:
            self.text = text

        @staticmethod
        def record(op: Op, operands: Sequence[Any]) -> str:
            return op.written([operand.text if isinstance(operand, Word) else operand for operand in operands])

    assert ops.tanh(Word("x")) == "tanh(x)"
    assert ops.hypot(3, Word("x")) == "hypot(3, x)"
    assert ops.dot([Word("w"), 2.0], [1.0, Word("x")]) == "dot(w, 2.0, 1.0, x)"


def test_the_first_operand_that_does_not_decline_records() -> None:
    class Array:
        @staticmethod
        def record(op: Op, operands: Sequence[Any]) -> str:
            return f"array of {op.symbol}"

    assert ops.maximum(Array(), Value(1.0)) == ops.maximum(Value(1.0), Array()) == "array of maximum"


def test_the_table_knows_no_graph() -> None:
    assert "engine" not in Path(ops.__file__).read_text(encoding="utf-8")


def test_a_users_own_row_is_one_line() -> None:
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    x = Value(2.0)
    (cube(x) + cube(x)).backward()
    assert x.grad == 2 * 3.0 * 2.0**2
    assert cube(2) == 8.0


def test_a_rule_with_the_wrong_number_of_derivatives_is_refused() -> None:
    wrong = Op("wrong", lambda a: a, lambda out, a: (1.0, 1.0))
    with pytest.raises(TypeError, match=r"the rule of wrong gave 2 derivative\(s\) for 1 operand\(s\)"):
        wrong(Value(1.0))


@pytest.mark.parametrize("parts", [("s", 5, lambda out, a: (1.0,)), ("s", abs, (1.0,)), (abs, abs, lambda out, a: (1.0,))])
def test_an_op_is_made_of_a_symbol_and_two_functions(parts: tuple[Any, Any, Any]) -> None:
    with pytest.raises(TypeError, match=r"^an Op is made of a symbol and two functions, forward and derivatives, got "):
        Op(*parts)


@pytest.mark.parametrize(
    ("forward", "rule", "count"),
    [
        (lambda a, b: a * b, lambda out, a: (1.0,), 1),
        (lambda a: a, lambda out, a, b: (1.0, 0.0), 2),
        (math.exp, lambda out, a, b: (out, 0.0), 2),
    ],
)
def test_forward_and_rule_take_the_same_operands(forward: Any, rule: Any, count: int) -> None:
    message = f"the rule of s has {count} operand(s) after `out`, and forward does not take as many"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        Op("s", forward, rule)


@pytest.mark.parametrize("forward", [math.hypot, lambda *numbers: 0.0, lambda a, b=1.0: a], ids=["C", "any", "default"])
def test_a_forward_that_may_take_as_many_is_accepted(forward: Any) -> None:
    assert Op("s", forward, lambda out, a: (1.0,)).arity == 1


def test_a_row_of_ones_own_says_how_to_save_what_uses_it() -> None:
    cube = Op("cube", lambda a: a * a * a, lambda out, a: (3.0 * a * a,))
    model = Neuron(1, cube)
    with pytest.raises(TypeError, match=r"save the numbers, as in model.state_dict\(\), and load them into a model"):
        pickle.dumps(model)
    again = Neuron(1, cube)
    again.load_state_dict(pickle.loads(pickle.dumps(model.state_dict())))  # noqa: S301
    assert again([2.0]).data == model([2.0]).data


@pytest.mark.parametrize("number", [10**400, Fraction(10**400, 3)])
def test_a_number_beyond_the_floats_is_refused(number: Any) -> None:
    with pytest.raises(OverflowError, match=r"^this (int|Fraction) is too large for a float, which ends at 1.8e308$"):
        Value(number)


def test_a_boolean_of_numpy_is_one_of_python() -> None:
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed")
    assert Value(numpy.bool_(True)).data == Value(True).data == 1.0
    assert ops.maximum(numpy.bool_(False), 0.5) == 0.5
    with pytest.raises(TypeError, match="make one Value for each"):
        Value(numpy.array([True]))


def test_symbols_are_unique() -> None:
    assert len({op.symbol for op in OPS}) == len(OPS)


def test_a_dot_follows_the_rule_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops.dot, "derivatives", lambda out, a, b: (*a, *b))
    w, x = Value(2.0), Value(3.0)
    ops.dot([w], [x]).backward()
    assert (w.grad, x.grad) == (2.0, 3.0)
