"""What a check found: a row per input, and the report that shows them as a table in the terminal and in a notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.checks.running_error import VANISHING
from micrograd.checks.slopes import Slope
from micrograd.display import tables

PASS, FAIL, INCONCLUSIVE = "PASS", "FAIL", "INCONCLUSIVE"
NUMBERS = ("autodiff", "by hand", "measured", "gap")  # columns that are set to the right


@dataclass(frozen=True)
class GradientRow:
    """One input: its gradient by autodiff, by hand (None if nothing was given) and as measured."""

    label: str
    autodiff: float
    by_hand: float | None
    measured: Slope
    verdict: str
    hint: str = ""

    @property
    def claim(self) -> float:
        """The gradient by hand, or by autodiff where none was given."""
        return self.autodiff if self.by_hand is None else self.by_hand

    @property
    def gap(self) -> float:
        """From the claim to the measured slope, or to the slopes of a kink."""
        return self.measured.distance(self.claim)


@dataclass(frozen=True, repr=False)
class GradientReport:
    """The rows of a check. It is true if every row passes: an inconclusive one is no pass."""

    rows: tuple[GradientRow, ...]
    method: str  # in words: "by complex step"

    def __bool__(self) -> bool:
        return bool(self.rows) and all(row.verdict == PASS for row in self.rows)

    def __str__(self) -> str:
        return tables.text(self.title, self.headings, self.cells, right=NUMBERS)

    def __repr__(self) -> str:
        return str(self)  # the table is what a prompt shows too

    def _repr_html_(self) -> str:
        return tables.html(self.title, self.headings, self.cells, right=NUMBERS)

    @property
    def title(self) -> str:
        passed = sum(row.verdict == PASS for row in self.rows)
        return f"{passed} of {len(self.rows)} gradients pass, measured {self.method}"

    @property
    def headings(self) -> list[str]:
        by_hand = ["by hand"] if self.has_claims else []
        return ["input", "autodiff", *by_hand, "measured", "gap", "verdict", "hint"]

    @property
    def cells(self) -> list[list[str]]:
        return [row_cells(row, self.has_claims) for row in self.rows]

    @property
    def has_claims(self) -> bool:
        return any(row.by_hand is not None for row in self.rows)

    def narrow(self) -> tuple[list[str], Sequence[Sequence[str]], list[str]]:
        """For a narrow place: headings and cells without gap and hint, and the hints as lines of their own."""
        kept = [i for i, heading in enumerate(self.headings) if heading not in ("gap", "hint")]
        cells = [[row[i] for i in kept] for row in self.cells]
        return [self.headings[i] for i in kept], cells, [f"{row.label}: {row.hint}" for row in self.rows if row.hint]


def row_cells(row: GradientRow, has_claims: bool) -> list[str]:
    """The row as text, with as many digits as it takes to see that two numbers differ."""
    slope = row.measured
    differing = [d for d in range(6, 13) if f"{row.claim:.{d}g}" != f"{slope.value:.{d}g}"]
    digits = differing[0] if row.verdict == FAIL and differing else 6
    bar = f" ± {slope.error:.0e}" if VANISHING < slope.error < math.inf else ""
    if slope.fraction is not None and math.isfinite(slope.value):
        bar = " exactly"
    measured = f"{slope.value:.{digits}g}{bar}"
    if slope.kinked:
        measured = f"{slope.left + 0.0:.{digits}g} to {slope.right + 0.0:.{digits}g}"  # + 0.0 makes 0 of -0
    measured = slope.digits or measured
    by_hand = ["" if row.by_hand is None else f"{row.by_hand:.{digits}g}"] if has_claims else []
    gap = f"{row.gap:.1e}" if row.gap else "0"
    return [row.label, f"{row.autodiff:.{digits}g}", *by_hand, measured, gap, row.verdict, row.hint]
