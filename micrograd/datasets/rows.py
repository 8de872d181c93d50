"""`Dataset`: rows of numbers, and one target per row."""

from __future__ import annotations

from typing import Any, NamedTuple


class Dataset(NamedTuple):
    """Rows of numbers, and one target per row."""

    inputs: list[list[float]]
    targets: list[Any]
