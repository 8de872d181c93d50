"""The ways of measuring, by name. Without a name, a check takes the first that can measure the graph."""

from __future__ import annotations

from micrograd.checks.complex_step import ComplexStep
from micrograd.checks.digits import Digits
from micrograd.checks.exact import Exact
from micrograd.checks.instrument import Instrument
from micrograd.checks.ladder import Differences
from micrograd.engine import Value

METHODS: dict[str, type[Instrument]] = {"exact": Exact, "complex": ComplexStep, "ladder": Differences, "mpmath": Digits}


def chosen_method(name: str, output: Value) -> type[Instrument]:
    if name == "auto":
        return next(method for method in METHODS.values() if method.can_measure(output))
    if name not in METHODS:
        raise ValueError(f"there is no method {name!r}; choose from auto, {', '.join(METHODS)}")
    if not METHODS[name].can_measure(output):
        raise ValueError(f"the graph has operations that the method {name!r} cannot run; use method='auto'")
    return METHODS[name]
