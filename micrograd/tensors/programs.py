"""The array program of a graph: of its outputs row by row, or of the mean of one output and its gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from micrograd.engine import Value
from micrograd.gradients import plus
from micrograd.tensors.adjoint import derivatives
from micrograd.tensors.arrays import Array, ArrayProgram, View
from micrograd.tensors.contractions import Term, contraction
from micrograd.tensors.groups import fold_scalars
from micrograd.tensors.scalars import canonical


def value_program(
    outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value], constants: Mapping[Value, float] | None = None
) -> ArrayProgram:
    """Of the outputs, for each row of data.

    >>> w, x, y = Value(1.0), Value(1.0), Value(1.0)
    >>> [output.source for output in value_program([w * x, w * y], [x, y], [w]).outputs]
    [<Array * (2,) of each row>, <Array * (2,) of each row>]
    """
    scalars = canonical(outputs, inputs, parameters, (), constants)
    return fold_scalars(scalars, [scalars.ids[output] for output in outputs], len(parameters), len(inputs))


def gradient_program(
    output: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    constants: Mapping[Value, float] | None = None,
    weighted: bool = False,
) -> ArrayProgram:
    """Of the sum over the rows of share * output, and of its derivative by each of the parameters.

    With a share of one over the number of rows it is the mean; if it is weighted, each row has a share of its own.
    """
    share = Value(1.0, label="share")
    product = share * output
    scalars = canonical([product], inputs, parameters, [share], constants)
    program = fold_scalars(scalars, [scalars.ids[product]], len(parameters), len(inputs), weighted)
    (value,) = program.outputs
    program.loss = contraction(1.0, value, [], weighted or bool(program.inputs), program.rows)
    program.gradients = derivatives(program.loss, program.parameters, program.rows)
    return program


def hessian_program(program: ArrayProgram) -> ArrayProgram:
    """Of the derivative along a direction: gradient times direction, and of its own gradient, the Hessian times the direction.

    The rules run once more, on what they wrote. There is one array of directions for each of the parameters.
    """
    along = [Array("direction", array.shape, members=array.members) for array in program.parameters]
    slope: Term = 0.0
    for gradient, direction in zip(program.gradients, along, strict=True):
        axes = range(len(direction.shape))
        slope = plus(slope, contraction(gradient, direction.view(), axes, False, program.rows))
    loss = slope if isinstance(slope, View) else View(None, (), number=slope)
    gradients = derivatives(loss, program.parameters, program.rows)
    return replace(program, loss=loss, gradients=gradients, directions=along, outputs=[])
