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
