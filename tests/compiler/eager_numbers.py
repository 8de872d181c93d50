"""Values, losses and gradients of a target held against those of eager code."""

import math
from collections.abc import Sequence

import micrograd
from micrograd.compiler.program import Program
from tests.tensors.eager import Result, of_rows, sizes_of_rows, weighted_sum
from tests.tensors.pieces import Example


def agree(got: float, expected: float, size: float = 0.0) -> bool:
    """Within 1e-12 of the size; what is not finite is the same: an infinity with its sign, or nan."""
    if math.isfinite(expected):
        return abs(got - expected) <= 1e-12 * size or got == expected
    return got == expected or (got != got and expected != expected)


def check_numbers(example: Example, target: str, *weightings: Sequence[float]) -> None:
    """The value of each row agrees, and the mean and its gradient, without weights and with these."""
    loss, inputs, parameters, rows = example
    program = micrograd.compile(loss, inputs, parameters, target=target)
    results, sizes = of_rows(*example), sizes_of_rows(*example)
    for place, (value, (expected, _), (size, _)) in enumerate(zip(program.evaluate(rows), results, sizes, strict=True)):
        assert agree(value, expected, size), f"row {place + 1}: {value} instead of {expected}"
    check_means(program, rows, results, sizes, None)
    for weights in weightings:
        check_means(program, rows, results, sizes, weights)


def check_means(
    program: Program,
    rows: Sequence[Sequence[float]],
    results: Sequence[Result],
    sizes: Sequence[Result],
    weights: Sequence[float] | None,
) -> None:
    """The weighted mean over the rows and its gradient agree, where eager code gives these results and sizes for each row."""
    mean = program.gradient(rows, weights)
    shares = [1.0 / len(rows)] * len(rows) if weights is None else [weight / math.fsum(weights) for weight in weights]
    expected, slopes = weighted_sum(results, shares)
    size, own = weighted_sum(sizes, map(abs, shares))
    assert agree(mean, expected, size), f"{mean} instead of {expected}"
    for place, (parameter, slope, room) in enumerate(zip(program.parameters, slopes, own, strict=True)):
        assert agree(parameter.grad, slope, room), f"parameter {place + 1}: {parameter.grad} instead of {slope}"
