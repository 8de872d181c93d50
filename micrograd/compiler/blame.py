"""Which row of the data and which operation a compiled training failed at, found out by repeating its last epoch eagerly."""

from __future__ import annotations

import math
from collections.abc import Mapping

from micrograd.compiler.descent import Descent
from micrograd.compiler.graph import name_of
from micrograd.compiler.python.target import PythonTrainer
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
    """The row and the operation where the first number that is not finite arises, in the epoch that is to come.

    Where an epoch was done and its last step has ruined the parameters, all rows are looked at with these.
    """
    batches = descent.schedule.batches(len(descent.losses)) if descent.failed is not None else [range(descent.table.rows)]
    trainer = descent.trainer
    graph = trainer.graph
    loop = PythonTrainer(graph, trainer.trained, trainer.rule).start(descent.table, descent.schedule, descent.loop.save())
    for batch in batches:
        for number in batch:
            leaves = zip([*graph.inputs, *descent.parameters], [*loop.rows[number], *loop.parameters], strict=True)
            if found := not_finite(graph.outputs[0], {**graph.constants, **dict(leaves)}):
                return f"row {number + 1}: {found}"
        if not loop.epoch([loop.weighted(batch)])[1]:
            for parameter, slope in zip(trainer.trained, loop.gradients, strict=True):
                if not math.isfinite(slope):
                    return f"the gradient of {name_of(parameter)} is {slope}"
    return f"the loss is {descent.failed}"


def not_finite(output: Value, leaves: Mapping[Value, float]) -> str | None:
    """The first number of the graph that is not finite with these numbers at its leaves; None if the output is finite."""
    order = topological_order(output)
    eager = {leaf: Value(number, leaf.label) for leaf, number in leaves.items()}
    try:
        recompute(order, eager)
    except (DomainError, ArithmeticError) as error:
        return str(error)
    if math.isfinite(eager[output].data):
        return None
    node = next(node for node in order if not math.isfinite(eager[node].data))
    what = written(node.op, eager[node].parents) if node.op else name_of(node)
    return f"{what} is {eager[node].data}"
