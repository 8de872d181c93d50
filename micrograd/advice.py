"""What other libraries call things, and what to write here: an error with the right word in one sentence.

>>> print(unknown_name("micrograd.losses", "MSELoss", LOSSES))
micrograd.losses has no MSELoss: write losses.mean_squared_error(outputs, targets)
>>> print(unknown_keyword("SGD", "lr", ["learning_rate", "momentum"]))
SGD has no lr: write learning_rate=0.1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MODULES = {
    "no_grad": "it is not needed, since a graph that nobody keeps is gone at once; read .data of the result",
    "tensor": "write Value(3.0), one for each number",
    "Tensor": "write Value(3.0), one for each number",
    "grad": "write gradient(output, [x]), which gives Values, or output.backward() and then x.grad",
    "manual_seed": "pass seed= to MLP and fit",
}

OPTIMIZERS = {
    "Adagrad": "write optim.AdaGrad",
    "RMSprop": "write optim.RMSProp",
}

LOSSES = {
    "MSELoss": "write losses.mean_squared_error(outputs, targets)",
}

KEYWORDS = {
    "lr": "write learning_rate=0.1",
}


def unknown_name(owner: str, name: str, words: Mapping[str, str]) -> AttributeError:
    """The error for a name that `owner` does not have; with advice, if it is one of the words."""
    advice = words.get(name)
    return AttributeError(f"{owner} has no {name}: {advice}" if advice else f"{owner} has no {name}", name=name)


def unknown_keyword(owner: str, name: str, known: Iterable[str]) -> TypeError:
    """The error for an argument that `owner` does not take, given by name."""
    advice = KEYWORDS.get(name) or f"it takes {', '.join(known)}"
    return TypeError(f"{owner} has no {name}: {advice}")
