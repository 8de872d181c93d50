"""A row of the table as its user meets it: its help, its text, rows of one's own, and operands that record."""

import pydoc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from micrograd import ops
from micrograd.engine import Value
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


def test_symbols_are_unique() -> None:
    assert len({op.symbol for op in OPS}) == len(OPS)


def test_a_dot_follows_the_rule_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops.dot, "derivatives", lambda out, a, b: (*a, *b))
    w, x = Value(2.0), Value(3.0)
    ops.dot([w], [x]).backward()
    assert (w.grad, x.grad) == (2.0, 3.0)
