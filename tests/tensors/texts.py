"""The printed function of a folded graph, and the arrays to call it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd.folding import Folded
from micrograd.tensors.spelling import runnable
from tests.tensors.pieces import Rows


def function(folded: Folded, dialect: str) -> Callable[..., tuple[Any, list[Any]]]:
    """Of the inputs, the parameters and the share of a row: the loss and its gradients."""
    text = runnable(folded.formulas, dialect)

    def call(inputs: list[Any], parameters: list[Any], share: Any) -> tuple[Any, list[Any]]:
        loss, *gradients = text(*inputs, *parameters, share)
        return loss, gradients

    return call


def inputs(folded: Folded, rows: Rows) -> list[Any]:
    """The columns of the rows, as the arrays of the inputs."""
    data = np.array(rows, dtype=float)
    first = len(folded.numbers)
    return [data[:, array.members - first].reshape(len(data), *array.shape) for array in folded.program.inputs]


def parameters(folded: Folded) -> list[Any]:
    numbers = np.array(folded.numbers)
    return [numbers[array.members].reshape(array.shape) for array in folded.program.parameters]
