"""Errors with the right word in one sentence for whoever writes another library's, and warnings at the user's own line.

>>> print(unknown_name("micrograd.losses", "MSELoss", words.LOSSES))
micrograd.losses has no MSELoss: write losses.mean_squared_error(outputs, targets), which adds the squares of a row up
>>> print(unknown_keyword("SGD", "lr", ["learning_rate", "momentum"]))
SGD has no lr: write learning_rate=0.1
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, ParamSpec, TypeVar

from micrograd import words
from micrograd.words import KEYWORDS

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def unknown_name(owner: str, name: str, known: Mapping[str, str]) -> AttributeError:
    """The error for a name that `owner` does not have; with advice, if it is one of the known words."""
    return AttributeError(f"{owner} has no {name}{said(known.get(name))}", name=name)


def unknown_keyword(owner: str, name: str, taken: Iterable[str], known: Mapping[str, str] = KEYWORDS) -> TypeError:
    """The error for an argument that `owner` does not take, given by name; or which it does take."""
    return TypeError(about_keyword(owner, name, list(taken), known))


def about_keyword(owner: str, name: str, taken: Sequence[str], known: Mapping[str, str] = KEYWORDS) -> str:
    ours, number = words.ARGUMENTS.get(name, ("", ""))
    if ours in taken:
        return f"{owner} has no {name}: write {ours}={number}"
    return f"{owner} has no {name}{said(known.get(name) or 'it takes ' + (', '.join(taken) or 'nothing'))}"


def said(advice: str | None) -> str:
    return f": {advice}" if advice else ""


# --------------------------------------------------------------------------------------------------------------
# Names
# --------------------------------------------------------------------------------------------------------------


def for_names(module: str, known: Mapping[str, str]) -> Callable[[str], NoReturn]:
    """The `__getattr__` of a module, which Python asks for a name that is not there."""

    def refuse(name: str) -> NoReturn:
        raise unknown_name(module, name, known)

    return refuse


class Word:
    """An attribute that is not there: read or set, it is an AttributeError with advice."""

    def __init__(self, owner: str, name: str, known: Mapping[str, str]) -> None:
        self.lookup = owner, name, known
        self.__doc__ = known[name]

    def __get__(self, instance: object, kind: type | None = None) -> Any:
        raise unknown_name(*self.lookup)

    def __set__(self, instance: object, value: object) -> None:
        raise unknown_name(*self.lookup)


class WithWords:
    """What answers to other libraries' names. It costs no look-up any time, as `__getattr__` would."""

    __slots__ = ()

    def __dir__(self) -> Iterable[str]:
        return [name for name in super().__dir__() if not isinstance(inspect.getattr_static(type(self), name), Word)]


class ValueWords(WithWords):
    __slots__ = ()


class GradientWords(WithWords):
    __slots__ = ()


for kind, owner, known_words in ((ValueWords, "a Value", words.VALUES), (GradientWords, "a gradient", words.GRADIENTS)):
    for word in known_words:
        setattr(kind, word, Word(owner, word, known_words))


# --------------------------------------------------------------------------------------------------------------
# Arguments
# --------------------------------------------------------------------------------------------------------------


def for_arguments(known: Mapping[str, str]) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """A decorator: where the function is called with arguments that it does not take, the error says what to write."""

    def decorated(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        owner = function.__qualname__.removesuffix(".__init__")

        @functools.wraps(function)
        def called(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            try:
                return function(*args, **kwargs)
            except TypeError:
                check_keywords(function, owner, kwargs, known)
                check_places(function, owner, args)
                raise

        return called

    return decorated


def check_keywords(function: Callable[..., Any], owner: str, given: Iterable[str], known: Mapping[str, str] = KEYWORDS) -> None:
    """A TypeError with advice for a keyword that the function does not take."""
    taken = arguments_of(function)
    for name in given:
        if taken is not None and name not in taken:
            raise unknown_keyword(owner, name, taken, known) from None


def check_places(function: Callable[..., Any], owner: str, given: Sequence[Any]) -> None:
    """A TypeError with advice for a method that is given more arguments than it has places for, of which `self` is one."""
    taken = places_of(function)
    if taken is not None and len(given) > 1 + len(taken):
        what = " and ".join(taken) or "no argument"
        raise TypeError(f"{owner} takes {what}, got {len(given) - 1}{said(words.POSITIONS.get(owner))}") from None


@functools.cache
def arguments_of(function: Callable[..., Any]) -> list[str] | None:
    """What the function takes, by name; None if it takes any name."""
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return None
    return [name for name in parameters if name != "self"]


@functools.cache
def places_of(function: Callable[..., Any]) -> list[str] | None:
    """What the function takes without a name; None if it takes any number of them."""
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    return [one.name for one in parameters if one.kind is not one.KEYWORD_ONLY and one.name != "self"]


# --------------------------------------------------------------------------------------------------------------
# Warnings
# --------------------------------------------------------------------------------------------------------------


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """A warning that names the nearest line outside of this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
