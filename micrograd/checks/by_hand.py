"""Backpropagation derived by hand: the delta rule in matrix form, on plain numbers, with no graph.

For the half mean squared error J = 1/(2m) sum |a(L) - y|^2 of an MLP, with a row of the data in each column of X:

    forward     Z(l) = W(l) A(l-1) + b(l),  A(l) = f(Z(l)),  A(0) = X
    output      D(L) = (A(L) - Y) / m                            the last layer is linear
    hidden      D(l) = W(l+1)^T D(l+1) * f'(Z(l))                * is element by element
    gradients   dJ/dW(l) = D(l) A(l-1)^T,  dJ/db(l) = row sums of D(l)

Source: Rumelhart, Hinton & Williams 1986. The slopes f' are written here once more, on purpose: what is compared
with the engine should not come from it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.nn import ACTIVATIONS, MLP, name_of

Matrix = list[list[float]]


def logistic(z: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * z))


def normal_distribution(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


FUNCTIONS_AND_SLOPES: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "linear": (lambda z: z, lambda z: 1.0),
    "relu": (lambda z: max(z, 0.0), lambda z: 1.0 if z > 0.0 else 0.0),
    "leaky_relu": (lambda z: z if z > 0.0 else 0.01 * z, lambda z: 1.0 if z > 0.0 else 0.01),
    "sigmoid": (logistic, lambda z: logistic(z) * logistic(-z)),
    "tanh": (math.tanh, lambda z: 1.0 - math.tanh(z) ** 2),
    "softplus": (lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))), logistic),
    "silu": (lambda z: z * logistic(z), lambda z: logistic(z) + z * logistic(z) * logistic(-z)),
    "gelu": (
        lambda z: z * normal_distribution(z),
        lambda z: normal_distribution(z) + z * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi),
    ),
    "sin": (math.sin, math.cos),
}


def delta_rule(model: MLP, inputs: Sequence[Sequence[float]], targets: Sequence[Any]) -> dict[str, float]:
    """The derivative of the half mean squared error by each parameter, by label, without autodiff.

    >>> model = MLP(1, [1], seed=0)
    >>> model.load_state_dict({"layer1.neuron1.w1": 3.0, "layer1.neuron1.b": 0.5})
    >>> delta_rule(model, [[2.0]], [6.0])
    {'layer1.neuron1.w1': 1.0, 'layer1.neuron1.b': 0.5}
    """
    function, slope = function_and_slope(model)
    check_shapes(model, inputs, targets)
    weights = [[[weight.data for weight in neuron.weights] for neuron in layer.neurons] for layer in model.layers]
    biases = [[neuron.bias.data for neuron in layer.neurons] for layer in model.layers]
    last = len(weights) - 1

    activations: list[Matrix] = [transposed(inputs)]
    sums: list[Matrix] = []
    for number, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = [[entry + bias for entry in row] for row, bias in zip(product(w, activations[-1]), b, strict=True)]
        sums.append(z)
        activations.append(z if number == last else each(function, z))

    wanted = transposed([target if isinstance(target, Sequence) else [target] for target in targets])
    delta = [[(a - y) / len(inputs) for a, y in zip(*rows, strict=True)] for rows in zip(activations[-1], wanted, strict=True)]
    gradients: dict[str, float] = {}
    for number in range(last, -1, -1):
        by_weight = product(delta, transposed(activations[number]))
        by_bias = [sum(row) for row in delta]
        for neuron, row, entry in zip(model.layers[number].neurons, by_weight, by_bias, strict=True):
            gradients |= dict(zip([parameter.label or "" for parameter in neuron.parameters()], [*row, entry], strict=True))
        if number > 0:
            back = product(transposed(weights[number]), delta)
            slopes = each(slope, sums[number - 1])
            delta = [[d * s for d, s in zip(*rows, strict=True)] for rows in zip(back, slopes, strict=True)]
    return {label: gradients[label] for label in model.named_parameters()}


def function_and_slope(model: MLP) -> tuple[Callable[[float], float], Callable[[float], float]]:
    name = name_of(model.activation)
    if ACTIVATIONS.get(name, model) is not model.activation:
        raise ValueError(f"no slope has been derived by hand for the activation {name!r}; choose from {', '.join(ACTIVATIONS)}")
    return FUNCTIONS_AND_SLOPES[name]


def check_shapes(model: MLP, inputs: Sequence[Sequence[float]], targets: Sequence[Any]) -> None:
    """A ValueError unless the data has a target for each row, and each row and target the width of the network."""
    width, outputs = len(model.layers[0].neurons[0].weights), len(model.layers[-1].neurons)
    if not inputs or len(inputs) != len(targets):
        raise ValueError(f"the delta rule needs rows, and one target each, got {len(inputs)} row(s) and {len(targets)} target(s)")
    for number, (row, target) in enumerate(zip(inputs, targets, strict=True), start=1):
        if len(row) != width:
            raise ValueError(f"{model!r} takes {width} number(s), and row {number} has {len(row)}")
        if (given := len(target) if isinstance(target, Sequence) else 1) != outputs:
            raise ValueError(f"{model!r} gives {outputs} number(s), and target {number} has {given}")


def product(left: Matrix, right: Matrix) -> Matrix:
    columns = transposed(right)
    return [[sum(map(operator.mul, row, column)) for column in columns] for row in left]


def transposed(matrix: Sequence[Sequence[float]]) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


def each(function: Callable[[float], float], matrix: Matrix) -> Matrix:
    return [[function(entry) for entry in row] for row in matrix]
