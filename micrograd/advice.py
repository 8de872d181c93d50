"""What other libraries call things, and what to write here: errors with the right word in one sentence, and warnings.

>>> print(unknown_name("micrograd.losses", "MSELoss", LOSSES))
micrograd.losses has no MSELoss: write losses.mean_squared_error(outputs, targets)
>>> print(unknown_keyword("SGD", "lr", ["learning_rate", "momentum"]))
SGD has no lr: write learning_rate=0.1
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

OWN_OPERATION = "an operation of your own is one row, Op(symbol, forward, derivatives), and records its operands itself"
KEEPS_NO_GRAPH = "it is not needed, since a graph that nobody keeps is gone at once: read .data of the result"
EVERY_LEAF = "it is not needed, since every leaf has a gradient; which ones move is what an optimizer is given"

VALUES = {
    "_backward": f"it has local_derivatives, a number for each of its parents; {OWN_OPERATION}",
    "backwards": "write backward()",
    "cbrt": "write micrograd.sign(x) * abs(x) ** (1 / 3)",
    "clone": "write +x for the same Value, or x.detach() for a new leaf",
    "cpu": "it is a plain number already",
    "gradient": "write .grad after backward(), or gradient(output, [x])",
    "mean": "write micrograd.total(values) / len(values)",
    "name": "write .label",
    "numpy": "write .data for its number",
    "pow": "write x ** 2",
    "requires_grad": EVERY_LEAF,
    "requires_grad_": EVERY_LEAF,
    "retain_grad": "it is not needed, since inner nodes keep their gradient",
    "shape": "it is a single number",
    "square": "write x ** 2",
    "sum": "write micrograd.total(values)",
    "to": "it is a plain number already",
    "tolist": "write .data for its number",
    "value": "write .data",
    "zero_": "write x.data = 0.0",
    "zero_grad": "write x.grad = 0.0, or zero_grad() of a model or an optimizer",
}

MODULES = {
    "Tensor": "write Value(3.0), one for each number",
    "arccos": "write micrograd.acos",
    "arcsin": "write micrograd.asin",
    "arctan": "write micrograd.atan",
    "arctan2": "write micrograd.atan2",
    "autograd": "write gradient(output, [x]), or output.backward() and then x.grad",
    "cross_entropy": "write losses.cross_entropy(logits, targets)",
    "enable_grad": KEEPS_NO_GRAPH,
    "grad": "write gradient(output, [x]), or output.backward() and then x.grad",
    "inference_mode": KEEPS_NO_GRAPH,
    "jit": "write micrograd.compile(output, inputs=[x], parameters=[w])",
    "logaddexp": "write micrograd.logsumexp([a, b])",
    "manual_seed": "pass seed= to MLP and to fit",
    "max": "write micrograd.maximum(a, b)",
    "mean": "write micrograd.total(values) / len(values)",
    "min": "write micrograd.minimum(a, b)",
    "no_grad": KEEPS_NO_GRAPH,
    "softmax": "write [exp(z - logsumexp(logits)) for z in logits]; losses.cross_entropy takes the logits",
    "sum": "write micrograd.total(values)",
    "tensor": "write Value(3.0), one for each number",
}

OPTIMIZERS = {
    "Adagrad": "write optim.AdaGrad",
    "RMSprop": "write optim.RMSProp",
}

LOSSES = {
    **dict.fromkeys(
        ("MSELoss", "mse_loss", "mse", "MeanSquaredError", "squared_error_loss"),
        "write losses.mean_squared_error(outputs, targets)",
    ),
    **dict.fromkeys(
        ("CrossEntropyLoss", "cross_entropy_loss", "softmax_cross_entropy"), "write losses.cross_entropy(logits, targets)"
    ),
    **dict.fromkeys(
        ("NLLLoss", "nll_loss", "categorical_crossentropy", "sparse_categorical_crossentropy", "CategoricalCrossentropy"),
        "write losses.cross_entropy(logits, targets), with no softmax before it",
    ),
    **dict.fromkeys(
        ("BCEWithLogitsLoss", "sigmoid_cross_entropy"), "write losses.binary_cross_entropy_with_logits(logits, targets)"
    ),
    **dict.fromkeys(
        ("BCELoss", "bce_loss", "bce", "binary_crossentropy", "BinaryCrossentropy", "log_loss"),
        "write losses.binary_cross_entropy_with_logits(logits, targets), with no sigmoid before it",
    ),
    **dict.fromkeys(
        ("L1Loss", "l1_loss", "mae", "mean_absolute_error"),
        "write sum(abs(output - target) for output, target in zip(outputs, targets)) / len(outputs)",
    ),
    **dict.fromkeys(
        ("HingeEmbeddingLoss", "MultiMarginLoss", "hinge_loss", "svm_loss", "Hinge"),
        "write losses.hinge(scores, labels), with labels of -1 and 1",
    ),
    **dict.fromkeys(("l2", "l2_loss", "weight_decay", "regularization"), "write losses.l2_penalty(model.parameters(), 0.01)"),
}

KEYWORDS = {
    "_children": OWN_OPERATION,
    "_op": OWN_OPERATION,
    "create_graph": "write gradient(output, [x]), which gives Values that can be differentiated again",
    "gradient": "write (output * 3.0).backward() to begin with 3 instead of 1",
    "lr": "write learning_rate=0.1",
    "name": "write label=",
    "requires_grad": EVERY_LEAF,
    "retain_graph": "it is not needed, since a graph stays until nobody holds its output",
}

POSITIONS = {"Value": OWN_OPERATION}


def unknown_name(owner: str, name: str, words: Mapping[str, str]) -> AttributeError:
    """The error for a name that `owner` does not have; with advice, if it is one of the words."""
    return AttributeError(f"{owner} has no {name}{said(words.get(name))}", name=name)


class Word:
    """An attribute that is not there: read or set, it is an AttributeError with advice."""

    def __init__(self, owner: str, name: str, words: Mapping[str, str]) -> None:
        self.lookup = owner, name, words
        self.__doc__ = words[name]

    def __get__(self, instance: object, kind: type | None = None) -> Any:
        raise unknown_name(*self.lookup)

    def __set__(self, instance: object, value: object) -> None:
        raise unknown_name(*self.lookup)


class WithWords:
    """What answers to the names that other libraries have for a number. They cost nothing, as `__getattr__` would."""

    __slots__ = ()

    def __dir__(self) -> Iterable[str]:
        return [name for name in super().__dir__() if name not in VALUES]


for value_name in VALUES:
    setattr(WithWords, value_name, Word("a Value", value_name, VALUES))


def for_names(module: str, words: Mapping[str, str]) -> Callable[[str], NoReturn]:
    """The `__getattr__` of a module, which Python asks for a name that is not there."""

    def refuse(name: str) -> NoReturn:
        raise unknown_name(module, name, words)

    return refuse


def unknown_keyword(owner: str, name: str, known: Iterable[str]) -> TypeError:
    """The error for an argument that `owner` does not take, given by name."""
    return TypeError(f"{owner} has no {name}{said(KEYWORDS.get(name) or 'it takes ' + (', '.join(known) or 'nothing'))}")


def said(advice: str | None) -> str:
    return f": {advice}" if advice else ""


def for_arguments(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The function; where it is called with arguments that it does not take, the error says what to write."""
    parameters = inspect.signature(function).parameters
    owner = function.__qualname__.removesuffix(".__init__")

    @functools.wraps(function)
    def called(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except TypeError:
            for name in kwargs:
                if name not in parameters:
                    raise unknown_keyword(owner, name, list(parameters)[1:]) from None
            if len(args) > len(parameters):
                known = " and ".join(list(parameters)[1:]) or "no argument"
                raise TypeError(f"{owner} takes {known}, got {len(args) - 1}{said(POSITIONS.get(owner))}") from None
            raise

    return called


def warn(message: str) -> None:
    """A UserWarning that names the nearest line outside of this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)
