"""The report of a check: a table in the terminal and in a notebook, true only if every row passes."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from micrograd import GradientReport, assert_gradients, check
from micrograd.checks.reports import GradientRow, row_cells
from micrograd.checks.running_error import VANISHING
from micrograd.checks.slopes import Slope, exactly
from tests.checks.reading import neuron


def test_the_report_is_a_table_in_the_terminal_and_in_a_notebook() -> None:
    w, x, _, out = neuron()
    w.label = "<w>"
    report = check(out, {w: 0.0, x: 0.0354})
    text = str(report)
    assert text.splitlines()[0] == "0 of 2 gradients pass, measured by complex step"
    assert all(heading in text for heading in ("input", "autodiff", "by hand", "measured", "gap", "verdict", "hint"))
    html = report._repr_html_()
    assert "&lt;w&gt;" in html
    assert "<w>" not in html
    assert html.count("FAIL") == 2


def test_the_table_as_text_stays_text_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rich sees a notebook, it shows by itself what it prints to a file; and a kernel asks for colours."""
    w, *_, out = neuron()
    report = check(out, {w: 0.0})
    text = str(report)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert str(report) == repr(report) == text
    assert "FAIL" in text


def test_assert_gradients_raises_with_the_table() -> None:
    w, *_, out = neuron()
    assert_gradients(out, {w: "(1 - tanh(w*x + b)**2) * x"})
    with pytest.raises(AssertionError, match=r"(?s)^the gradients do not agree\n0 of 1 gradients pass.*│ w .*FAIL.*sign:"):
        assert_gradients(out, {w: "-(1 - tanh(w*x + b)**2) * x"})


@pytest.mark.parametrize(
    ("claim", "shown", "measured"),
    [
        (1.5, "1.5", "1.23456"),
        (1.234568, "1.23457", "1.23456"),
        (1.2345629, "1.234563", "1.234561"),
        (1.23456123459, "1.23456123459", "1.23456123457"),
        (1.234561234568, "1.23456", "1.23456"),
    ],
)
def test_a_failure_is_shown_with_the_6_to_12_digits_that_tell_it(claim: float, shown: str, measured: str) -> None:
    slope = Slope(1.234561234567, 0.0, 1.234561234567, 1.234561234567)
    assert row_cells(GradientRow("x", 2.0, claim, slope, "FAIL"), True)[2:4] == [shown, measured]
    assert row_cells(GradientRow("x", claim, None, slope, "FAIL"), False)[1:3] == [shown, measured]
    assert row_cells(GradientRow("x", 2.0, claim, slope, "PASS"), True)[2:4] == [f"{claim:.6g}", "1.23456"]


def test_a_row_is_shown_with_its_bar_its_gap_and_its_hint() -> None:
    row = GradientRow("x", 1.5, 1.25, Slope(1.0, 1e-10, 1.0, 1.0), "FAIL", "a hint")
    assert row_cells(row, True) == ["x", "1.5", "1.25", "1 ± 1e-10", "2.5e-01", "FAIL", "a hint"]
    assert row_cells(replace(row, by_hand=None), True) == ["x", "1.5", "", "1 ± 1e-10", "5.0e-01", "FAIL", "a hint"]
    assert row_cells(replace(row, by_hand=None), False) == ["x", "1.5", "1 ± 1e-10", "5.0e-01", "FAIL", "a hint"]
    assert row_cells(replace(row, by_hand=1.0), True)[4] == "0"


@pytest.mark.parametrize(
    ("slope", "shown"),
    [
        (Slope(1.0, 0.0, 1.0, 1.0), "1"),
        (Slope(1.0, VANISHING, 1.0, 1.0), "1"),
        (Slope(1.0, 2.0 * VANISHING, 1.0, 1.0), "1 ± 4e-308"),
        (Slope(math.inf, math.inf, math.inf, math.inf), "inf"),
        (exactly(Fraction(1, 3)), "0.333333 exactly"),
        (exactly(Fraction(10**400)), "inf"),
        (Slope(0.5, 1e-9, -0.0, 1.0), "0 to 1"),
        (Slope(-0.5, 1e-9, -1.0, -0.0), "-1 to 0"),
        (Slope(1.0, 1e-10, 1.0, 1.0, digits="1.0000000000000000000000001"), "1.0000000000000000000000001"),
    ],
)
def test_a_slope_is_shown_as_well_as_it_is_known(slope: Slope, shown: str) -> None:
    assert row_cells(GradientRow("x", 1.0, None, slope, "PASS"), False)[2] == shown


def test_a_narrow_place_has_no_gap_and_the_hints_below() -> None:
    one, two = Slope(1.0, 0.0, 1.0, 1.0), Slope(2.0, 0.0, 2.0, 2.0)
    report = GradientReport(
        (GradientRow("x", 1.0, 1.0, one, "PASS"), GradientRow("y", 2.0, 4.0, two, "FAIL", "twice")), "at once"
    )
    assert report.narrow() == (
        ["input", "autodiff", "by hand", "measured", "verdict"],
        [["x", "1", "1", "1", "PASS"], ["y", "2", "4", "2", "FAIL"]],
        ["y: twice"],
    )
    assert report.title == "1 of 2 gradients pass, measured at once"


def test_a_report_is_true_only_if_every_row_passes() -> None:
    row = GradientRow("x", 1.0, None, Slope(1.0, 0.0, 1.0, 1.0), "PASS")
    assert GradientReport((row, row), "complex")
    for verdict in ("FAIL", "INCONCLUSIVE"):
        assert not GradientReport((row, replace(row, verdict=verdict)), "complex")
    assert not GradientReport((), "complex")
