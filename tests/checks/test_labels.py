"""How a check calls a Value: each label that reaches a report or an error goes through one function."""

from typing import Any

import pytest

from micrograd import Value, check, check_local_derivatives
from micrograd.checks import claims, comparison, labels, verdicts
from tests.checks.reading import only

HOSTILE = "<b>\x1b[2J\x9d\u202e"


@pytest.fixture
def shouted(monkeypatch: pytest.MonkeyPatch) -> None:
    """`label_of`, put into capitals, so that what has gone through it can be seen."""
    for module in (claims, comparison, verdicts):
        monkeypatch.setattr(module, "label_of", lambda value: labels.label_of(value).upper())


def test_a_leaf_without_a_label_is_called_by_its_number() -> None:
    assert labels.label_of(Value(0.123456)) == "a leaf (0.1235)"
    assert labels.label_of(Value(1.0, "w")) == "w"


@pytest.mark.usefixtures("shouted")
def test_rows_and_hints_call_values_by_it() -> None:
    x, y = Value(2.0, "abc"), Value(3.0, "xyz")
    assert [row.label for row in check(x * y).rows] == ["ABC", "XYZ"]
    assert [row.label.rpartition(" by ")[2] for row in check_local_derivatives(x * y).rows] == ["ABC", "XYZ"]
    assert only(check(x * x, {x: "abc + 2"})).hint.startswith("right here only: at ABC=")


@pytest.mark.usefixtures("shouted")
@pytest.mark.parametrize(
    ("by_hand", "message"),
    [
        ({"q": 1.0}, "labels: ABC, XYZ$"),
        ({"abc": "q"}, "^the formula for ABC names 'q'"),
        ({"abc": lambda q: q}, "^the function for ABC names 'q'"),
        ({"abc": "log(-xyz)"}, "^the gradient by hand of ABC cannot be computed"),
        ({"abc": float("inf")}, "^the gradient by hand of ABC is inf"),
    ],
)
def test_errors_call_values_by_it(by_hand: Any, message: str) -> None:
    x, y = Value(2.0, "abc"), Value(3.0, "xyz")
    with pytest.raises(ValueError, match=message):
        check(x * y, by_hand)


@pytest.mark.usefixtures("shouted")
def test_errors_on_whole_lists_call_values_by_it() -> None:
    x, y = Value(2.0, "abc"), Value(3.0, "xyz")
    with pytest.raises(ValueError, match=r"^by_hand has two gradients for ABC; give one$"):
        check(x * y, [(x, 1.0), (x, 2.0)])
    with pytest.raises(ValueError, match=r"^the gradient by hand of ABC, \.\.\. needs the shape"):
        check(x * y, [([x, y], [1.0])])
    with pytest.raises(ValueError, match=r"^ABC is not in the graph of the output"):
        check(y * 2.0, inputs=[x], directions=1)


def test_a_notebook_gets_labels_escaped() -> None:
    html = check(Value(2.0, HOSTILE) * 3.0)._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
