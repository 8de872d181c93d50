"""The report of a check: a table in the terminal and in a notebook, true only if every row passes."""

from dataclasses import replace

import pytest

from micrograd import GradientReport, assert_gradients, check
from micrograd.checks.reports import GradientRow
from micrograd.checks.slopes import Slope
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


def test_a_report_is_true_only_if_every_row_passes() -> None:
    row = GradientRow("x", 1.0, None, Slope(1.0, 0.0, 1.0, 1.0), "PASS")
    assert GradientReport((row, row), "complex")
    for verdict in ("FAIL", "INCONCLUSIVE"):
        assert not GradientReport((row, replace(row, verdict=verdict)), "complex")
