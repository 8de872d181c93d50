"""What is examined: a small program, the numbers that it should lead to, and which bug which wrong number tells of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from micrograd.examination.bugs import Bug

Place = tuple[str, str]  # a name in the program, and an attribute: ("a", "grad")
Numbers = Mapping[Place, float]

NEW_VALUE, SEEDED = "a new Value", "the gradient of the output"  # the two cases on which all others stand


class Endless(BaseException):
    """A program has run through more lines than any right engine would.

    It is no Exception, so that no `except` of theirs stops it.
    """


@dataclass(frozen=True)
class Sign:
    """What tells of a bug: these wrong numbers, or an error of this type, where the case `wrong`, if any, is wrong too.

    Without numbers and without an error, any wrong number.
    """

    bug: Bug
    numbers: Numbers | None = None
    error: type[BaseException] | None = None
    wrong: str | None = None


@dataclass(frozen=True)
class Case:
    """A program that makes Values, in the words of a learner, and what is true after it."""

    name: str
    program: str
    true: Numbers
    because: str  # how the numbers are found on paper
    bug: Bug  # what is wrong if no sign says more
    signs: tuple[Sign, ...] = ()
    needs: tuple[str, ...] = ("backward",)  # attributes without which it cannot run
    uses: tuple[str, ...] = (NEW_VALUE, SEEDED)  # cases from which a wrong number here follows
    optional: bool = False  # passed over in silence where it cannot run
    counted: bool = True  # its lines, so that a loop without an end is found
    large: bool = False  # run only where nothing is wrong with what it stands on
    drawn: bool = True


def agree(given: float, true: float) -> bool:
    """The same number but for rounding, to floats of 32 bits too.

    >>> agree(0.1 + 0.2, 0.3), agree(1.0, 1.001)
    (True, False)
    """
    return math.isclose(given, true, rel_tol=1e-6, abs_tol=1e-6)


def grads(**numbers: float) -> dict[Place, float]:
    """The gradients under these names.

    >>> grads(a=2.0)
    {('a', 'grad'): 2.0}
    """
    return {(name, "grad"): number for name, number in numbers.items()}


def data(**numbers: float) -> dict[Place, float]:
    return {(name, "data"): number for name, number in numbers.items()}
