"""Which row of the data and which operation a compiled training failed at, found out by repeating its last epoch eagerly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from micrograd.compiler.descent import Descent
from micrograd.compiler.graph import Graph, name_of
from micrograd.compiler.rows import TrainingState
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.target import Loop
from micrograd.engine import Value, topological_order
from micrograd.mistakes import written
from micrograd.ops import DomainError
from micrograd.replay import recompute


def failure(descent: Descent) -> FloatingPointError:
    """Put the parameters that gave the last finite loss back; the error that says what was not finite, and what to do."""
    done = len(descent.losses)
    epoch, back = (done, done - 1) if descent.failed is None else (done + 1, done)
    if descent.failed is not None and not math.isfinite(descent.failed):
        back = max(done - 1, 0)
    what = reason(descent)
    descent.rewind(back, descent.is_sound)
    advice = "no step had been taken, so the cause is in the data or the first parameters"
    if done or descent.schedule.batch_size < descent.table.rows:
        advice = "the parameters that gave the last finite loss are back, so go on from there with a smaller learning rate"
    return FloatingPointError(f"training stopped in epoch {epoch}: {what}; {advice}")


def reason(descent: Descent) -> str:
    """What is not finite first, in the epoch that is to come: a row's operation, the gradient of a parameter, or the loss.

    Where an epoch was done and its last step has ruined the parameters, all rows are looked at with these.
    """
    state = descent.loop.save()
    batches = descent.schedule.batches(len(descent.losses)) if descent.failed is not None else [range(descent.table.rows)]
    for batch in batches:
        loop = loop_on(descent, batch, state)
        *gradients, loss = loop.look()
        if all(map(math.isfinite, [*gradients, loss])):
            loop.train(0, 1, -math.inf)
            state = loop.save()
            continue
        row = first_not_finite(descent, batch, state)
        leaves = zip(
            [*descent.trainer.graph.inputs, *descent.parameters], [*descent.table.row(row), *state.parameters], strict=True
        )
        if found := not_finite(descent.trainer.graph, dict(leaves)):
            return f"row {row + 1}: {found}"
        for parameter, slope in zip(descent.trainer.trained, gradients, strict=True):
            if not math.isfinite(slope):
                return f"the gradient of {name_of(parameter)} is {slope}"
    return f"the loss is {descent.failed}"


def loop_on(descent: Descent, rows: Sequence[int], state: TrainingState) -> Loop:
    """A training on these rows alone."""
    return descent.trainer.start(descent.table.part(rows), Schedule(len(rows), 1), state)


def first_not_finite(descent: Descent, batch: Sequence[int], state: TrainingState) -> int:
    """The first row of a batch without a finite loss and gradient, found by halving.

    As many rows are looked at each time, of those that are left out the first one instead, so that code made for that many
    is made once.
    """
    finite, rows = 0, len(batch)  # the first so many are finite, and so many are not
    while rows - finite > 1:
        half = (finite + rows) // 2
        looked_at = [*batch[:half], *[batch[0]] * (len(batch) - half)]
        if all(map(math.isfinite, loop_on(descent, looked_at, state).look())):
            finite = half
        else:
            rows = half
    return batch[finite]


def not_finite(graph: Graph, leaves: Mapping[Value, float]) -> str | None:
    """The first number of the graph that is not finite with these numbers at its leaves; None if the output is finite."""
    (output,) = graph.outputs
    order = topological_order(output)
    eager = {leaf: Value(number, leaf.label) for leaf, number in {**graph.constants, **leaves}.items()}
    try:
        recompute(order, eager)
    except (DomainError, ArithmeticError) as error:
        return str(error)
    if math.isfinite(eager[output].data):
        return None
    node = next(node for node in order if not math.isfinite(eager[node].data))
    what = written(node.op, eager[node].parents) if node.op else name_of(node)
    return f"{what} is {eager[node].data}"
