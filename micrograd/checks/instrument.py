"""What every way of measuring has in common; each has a module of its own, and `METHODS` in methods.py lists them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from micrograd.checks.running_error import Sweep
from micrograd.checks.slopes import Slope
from micrograd.engine import Value
from micrograd.replay import Functions, Replay, can_replay


class Instrument(ABC):
    """Measures the slopes of one output, with no derivative rule of the table; `said` ends the title of a report.

    A kind of instrument may take no graph but those that `can_measure` allows.
    """

    said: ClassVar[str]

    def __init__(self, output: Value, digits: int = 30) -> None:
        self.replay = Replay(output, self.functions())
        self.digits = digits

    @staticmethod
    def functions() -> Functions | None:
        """What stands for the rows of the table where the graph is run again; None for the rows themselves."""
        return None

    @classmethod
    def can_measure(cls, output: Value) -> bool:
        functions = cls.functions()
        return functions is None or can_replay(output, functions)

    @abstractmethod
    def slope(self, leaf: Value, sweep: Sweep) -> Slope:
        """The slope by a leaf of the graph. The sweep there bounds what rounding does to the output and to its slopes."""
