"""Values, losses and gradients of a target held against those of eager code."""

import math
from collections.abc import Sequence

import micrograd
from tests.tensors.eager import condition, eager, of_rows, sizes_of_rows
from tests.tensors.pieces import Example


def agree(got: float, expected: float, size: float = 0.0) -> bool:
    """Within 1e-12 of the size; what is not finite is the same: an infinity with its sign, or nan."""
    if math.isfinite(expected):
        return abs(got - expected) <= 1e-12 * size or got == expected
    return got == expected or (got != got and expected != expected)


def check_numbers(example: Example, target: str, weights: Sequence[float] | None = None) -> None:
    """The value of each row, the mean and its gradient agree, to the condition of each."""
    loss, inputs, parameters, rows = example
    program = micrograd.compile(loss, inputs, parameters, target=target)
    results = zip(program.evaluate(rows), of_rows(*example), sizes_of_rows(*example), strict=True)
    for place, (value, (expected, _), (size, _)) in enumerate(results):
        assert agree(value, expected, size), f"row {place + 1}: {value} instead of {expected}"

    mean = program.gradient(rows, weights)
    shares = None if weights is None else [weight / math.fsum(weights) for weight in weights]
    expected, slopes = eager(*example, shares)
    size, sizes = condition(*example, shares)
    assert agree(mean, expected, size), f"{mean} instead of {expected}"
    for place, (parameter, slope, own) in enumerate(zip(parameters, slopes, sizes, strict=True)):
        assert agree(parameter.grad, slope, own), f"parameter {place + 1}: {parameter.grad} instead of {slope}"
