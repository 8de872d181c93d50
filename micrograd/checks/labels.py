"""How a check calls a Value, wherever it speaks of one: in the rows of a report, in hints and in errors."""

from __future__ import annotations

from micrograd.display.characters import printable
from micrograd.engine import Value


def label_of(value: Value) -> str:
    return printable(value.label) if value.label else f"a leaf ({value.data:.4g})"
