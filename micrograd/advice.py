"""What other libraries call things, and what to write here: an error with the right word in one sentence.

>>> print(unknown_name("micrograd.losses", "MSELoss", LOSSES))
micrograd.losses has no MSELoss: write losses.mean_squared_error(outputs, targets)
>>> print(unknown_keyword("SGD", "lr", ["learning_rate", "momentum"]))
SGD has no lr: write learning_rate=0.1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from inspect import Parameter, signature
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

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
    "Momentum": "write optim.SGD(parameters, learning_rate, momentum=0.9)",
    "Nesterov": "write optim.SGD(parameters, learning_rate, momentum=0.9, nesterov=True)",
    "NAdam": "write optim.Adam, which is Adam without Nesterov's look ahead",
    "lr_scheduler": "set optimizer.learning_rate between steps, or between calls of fit",
}

OPTIMIZER = {
    "lr": "write optimizer.learning_rate",
    "param_groups": "all parameters have the same settings, such as optimizer.learning_rate",
    "state_dict": "the memory of its rule is in optimizer.state, and pickle saves an optimizer together with its model",
    "load_state_dict": "pickle saves and loads an optimizer together with its model",
    "minimize": "write optimizer.zero_grad(), loss.backward() and optimizer.step(), or fit",
    "zero_gradients": "write optimizer.zero_grad()",
}

NN = {
    "Linear": 'write nn.Layer(2, 3, activation="linear")',
    "Dense": 'write nn.Layer(2, 3, activation="relu")',
    "Sequential": "write nn.MLP(2, [16, 16, 1]) for layers one after the other, or a Module of your own",
    "ModuleList": "a list of modules in an attribute of a Module is enough",
    "Parameter": "a Value in an attribute of a Module is a parameter: write Value(0.5, label=\"w\")",
    "MSELoss": "write losses.mean_squared_error(outputs, targets)",
    "BCEWithLogitsLoss": "the losses are functions of micrograd.losses",
    "BCELoss": "the losses are functions of micrograd.losses",
    "CrossEntropyLoss": "write losses.cross_entropy(outputs, targets)",
    "HingeEmbeddingLoss": "write losses.hinge(outputs, targets)",
    "Dropout": "there is none, nor any other module that is not the same in training",
    "init": "first weights are drawn to fit the activation; set parameter.data to begin elsewhere",
    "functional": "activations are functions of micrograd, such as micrograd.relu, and losses those of micrograd.losses",
} | dict.fromkeys(
    ["ReLU", "LeakyReLU", "GELU", "SiLU", "Softplus", "Sigmoid", "Tanh", "Identity"],
    'an activation is chosen by name: write nn.MLP(2, [16, 1], activation="tanh")',
)  # fmt: skip

MODULE = {
    "train": "there is nothing to switch, since no module behaves otherwise in training: leave the line out; fit trains a model",
    "eval": "there is nothing to switch, since no module behaves otherwise in training: leave the line out",
    "to": "every number is a Python float in main memory: leave the line out",
    "cuda": "every number is a Python float in main memory: leave the line out",
    "cpu": "every number is a Python float in main memory: leave the line out",
    "double": "every number is a Python float of 64 bits: leave the line out",
    "float": "every number is a Python float of 64 bits: leave the line out",
    "requires_grad_": "give the optimizer only the parameters that are to be moved",
    "forward": "write __call__(x) in a class of your own, and call the model: model(x)",
    "predict": "write [model(row).data for row in rows]",
    "fit": "write fit(model, losses.mean_squared_error, (inputs, targets), optimizer)",
    "compile": "write fit(model, losses.mean_squared_error, (inputs, targets), optimizer)",
    "modules": "the parts of a model are its attributes, such as model.layers",
    "children": "the parts of a model are its attributes, such as model.layers",
    "summary": "print(model) shows the shape, and len(model.parameters()) counts the parameters",
    "weight": "write .weights of a neuron: model.layers[0].neurons[0].weights",
    "weights": "write .weights of a neuron: model.layers[0].neurons[0].weights",
    "bias": "write .bias of a neuron: model.layers[0].neurons[0].bias",
    "coef_": "write .weights of a neuron: model.layers[0].neurons[0].weights",
    "intercept_": "write .bias of a neuron: model.layers[0].neurons[0].bias",
    "nonlin": "write .activation",
}

LOSSES = {
    "MSELoss": "write losses.mean_squared_error(outputs, targets)",
}

KEYWORDS = {
    "lr": "write learning_rate=0.1",
    "eps": "write epsilon=1e-8",
    "alpha": "write decay=0.99",
    "rho": "write decay=0.9",
    "beta1": "write betas=(0.9, 0.999)",
    "beta2": "write betas=(0.9, 0.999)",
    "beta_1": "write betas=(0.9, 0.999)",
    "beta_2": "write betas=(0.9, 0.999)",
    "params": "write parameters=model.parameters()",
    "dampening": "there is none; leave it out",
    "amsgrad": "there is none; leave it out",
    "maximize": "give backward() the negative of what is to grow",
    "nonlin": 'write activation="linear" for none, or activation="relu"',
    "bias": "every neuron has one; give the optimizer the other parameters to hold it at 0",
    "nin": "write inputs=2",
    "nout": "write outputs=3",
    "nouts": "write widths=[16, 16, 1]",
}

FIT = {
    "lr": "write it into the optimizer: SGD(model.parameters(), learning_rate=0.1)",
    "learning_rate": "write it into the optimizer: SGD(model.parameters(), learning_rate=0.1)",
    "verbose": "write progress=False to hide the bar",
    "batch": "write batch_size=8",
    "n_epochs": "write epochs=100",
    "num_epochs": "write epochs=100",
    "nb_epoch": "write epochs=100",
    "max_iter": "write epochs=100",
    "n_iter": "write epochs=100",
    "steps": "write epochs=100",
    "tol": "write target_loss=1e-6",
    "random_state": "write seed=0",
    "criterion": "write loss=losses.mean_squared_error",
    "loss_fn": "write loss=losses.mean_squared_error",
    "shuffle": "with batch_size rows are shuffled, without it they keep their order",
    "validation_data": "compute its loss between calls of fit, each of a few epochs",
    "validation_split": "compute the loss of other rows between calls of fit, each of a few epochs",
    "callbacks": "call fit several times, each for a few epochs; it goes on where it ended",
} | dict.fromkeys(["x", "y", "X", "inputs", "targets"], "write data=(inputs, targets)")  # fmt: skip


def unknown_name(owner: str, name: str, words: Mapping[str, str]) -> AttributeError:
    """The error for a name that `owner` does not have; with advice, if it is one of the words."""
    advice = words.get(name)
    return AttributeError(f"{owner} has no {name}: {advice}" if advice else f"{owner} has no {name}", name=name)


def unknown_keyword(owner: str, name: str, known: Iterable[str], words: Mapping[str, str] = KEYWORDS) -> TypeError:
    """The error for an argument that `owner` does not take, given by name."""
    advice = words.get(name) or f"it takes {', '.join(known)}"
    return TypeError(f"{owner} has no {name}: {advice}")


@cache
def keywords_of(function: Callable[..., Any]) -> list[str] | None:
    """What the function takes by name; None if it takes any name."""
    kinds = {name: parameter.kind for name, parameter in signature(function).parameters.items() if name != "self"}
    if Parameter.VAR_KEYWORD in kinds.values():
        return None
    return [name for name, kind in kinds.items() if kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)]


def check_keywords(function: Callable[..., Any], owner: str, given: Iterable[str], words: Mapping[str, str] = KEYWORDS) -> None:
    """A TypeError with advice for a keyword that the function does not take."""
    known = keywords_of(function)
    for name in given:
        if known is not None and name not in known:
            raise unknown_keyword(owner, name, known, words)


def advised(words: Mapping[str, str]) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """The function as it is, with advice for keywords of other libraries."""

    def decorated(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @wraps(function)
        def call(*arguments: Arguments.args, **keywords: Arguments.kwargs) -> Result:
            check_keywords(function, function.__name__, keywords, words)
            return function(*arguments, **keywords)

        return call

    return decorated
