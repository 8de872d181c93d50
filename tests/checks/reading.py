"""A neuron to check, and what its report says."""

from micrograd import GradientReport, Value
from micrograd.checks.reports import GradientRow


def neuron() -> tuple[Value, Value, Value, Value]:
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "b")
    return w, x, b, (w * x + b).tanh()


def only(report: GradientReport) -> GradientRow:
    (row,) = report.rows
    return row


def verdicts(report: GradientReport) -> dict[str, str]:
    return {row.label: row.verdict for row in report.rows}
