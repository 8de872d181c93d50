"""One case, run with a class that may do anything: raise, print, go on for ever."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from numbers import Real
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from micrograd.display.characters import printable
from micrograd.examination.cases import Case, Endless, Place, agree

MOST_LINES = 200_000  # that a small program may run through: what is right takes some hundreds
LONGEST = 200  # characters of an error's text
FILE = "<examination>"


class Failure(NamedTuple):
    """An error: which, what it said, and the line of the program in which it came up."""

    error: BaseException
    line: str


class Outcome(NamedTuple):
    """The numbers that are wrong, or what there is in place of a number, and the error if one ended the program.

    `no_number` says that backward() stopped at a TypeError, and left a gradient at the None with which it began.
    """

    wrong: Mapping[Place, Any]
    right: Mapping[Place, float]
    failure: Failure | None
    no_number: bool = False


def run(case: Case, their_class: type) -> Outcome:
    """What the program of the case comes to with their class."""
    names: dict[str, Any] = {"Value": their_class}
    code = compile(case.program, FILE, "exec")
    _, error = attempt(exec, code, names, counted=case.counted)
    failure = None
    if error is not None:
        line = line_of(case.program, error.__traceback__)
        failure = Failure(error.with_traceback(None), line)  # which would keep every frame alive, and all their Values
    wrong, right = {}, {}
    for place, true in case.true.items():
        number, error = attempt(read, names, place)
        if error is not None:  # a property may do anything too
            failure = Failure(error.with_traceback(None), ".".join(place))
        elif isinstance(number, float) and agree(number, true):
            right[place] = number
        elif failure is None or (place[0] in names and isinstance(number, NotThere)):
            wrong[place] = number
    stopped = failure is not None and isinstance(failure.error, TypeError) and failure.line.endswith("backward()")
    return Outcome(wrong, right, failure, stopped and any(has_no_number(names, place) for place in case.true))


def attempt(function: Callable[..., Any], *arguments: Any, counted: bool = True) -> tuple[Any, BaseException | None]:
    """What the function gives, or what it raises, which may be anything; only Ctrl-C goes through."""
    try:
        with quiet(), lines_counted() if counted else contextlib.nullcontext():
            return function(*arguments), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return None, error


def told(error: BaseException) -> str:
    """Which error, and its text, if it can say it: `TypeError: bad operand`."""
    text, _ = attempt(str, error)
    return f"{type(error).__name__}: {printable(text, LONGEST)}" if text else type(error).__name__


def read(names: Mapping[str, Any], place: Place) -> Any:
    """What is there: the number as a float, or what stands in its place."""
    name, attribute = place
    there = names.get(name)
    if not hasattr(there, attribute):
        return NotThere(there)
    number = getattr(there, attribute)
    if number is None and attribute == "grad":
        return 0.0  # no gradient yet, as PyTorch has it
    return float(number) if isinstance(number, Real) or is_array_of_one(number) else number


def has_no_number(names: Mapping[str, Any], place: Place) -> bool:
    """Whether it is a gradient, and None."""
    name, attribute = place
    there, error = attempt(getattr, names.get(name), attribute)
    return attribute == "grad" and there is None and error is None


class NotThere(NamedTuple):
    """In place of a number: the thing that has no data, or no grad."""

    thing: Any


def is_array_of_one(thing: Any) -> bool:
    """A number of NumPy, or of something like it."""
    return hasattr(thing, "dtype") and getattr(thing, "shape", None) == ()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What their class prints, and what it warns of, would come once for each of a hundred programs."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def lines_counted() -> Iterator[None]:
    """Raise Endless in what runs through too many lines; nothing is counted under a debugger, which needs the same hook."""
    if sys.gettrace() is not None:
        yield
        return
    left = MOST_LINES

    def count(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Endless
        return count

    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(None)


def line_of(program: str, traceback: TracebackType | None) -> str:
    """The line of the program through which the error came."""
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILE:
            return program.splitlines()[traceback.tb_lineno - 1].strip()
        traceback = traceback.tb_next
    return ""
