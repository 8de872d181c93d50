"""An optimizer's rule on arrays: its instructions, one by one, for all parameters at once.

>>> from micrograd.compiler.rule import traced_rule
>>> from micrograd.engine import Value
>>> from micrograd.optim import SGD
>>> print(update_text(traced_rule(SGD([Value(1.0)], 0.1, momentum=0.9))))
def update(x1, x2, x3, x4, x5):
    v1 = 0.9 * x3
    v2 = v1 + x2
    v3 = x5 * v2
    v4 = x1 - v3
    return (v4, v2,)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd import ops
from micrograd.compiler.listing import FINITE_ADD, Listing
from micrograd.ops import OPS, Op
from micrograd.tensors.dialects import functions
from micrograd.tensors.spelling import ATOM, number

# How an operation is written where it is not a call of the function of its name.
SPELLING: dict[Op, str] = {
    ops.add: "{} + {}", ops.sub: "{} - {}", ops.mul: "{} * {}", ops.div: "{} / {}", ops.quiet_div: "{} / {}",
    ops.neg: "-{}", ops.pow: "{} ** {}", ops.quiet_pow: "{} ** {}", FINITE_ADD: "np.where(np.isinf({0}), {0}, {0} + {1})",
}  # fmt: skip


def update_text(rule: Listing) -> str:
    """`update`: from a parameter, its gradient and memories, the step and the learning rate to the new parameter and memories."""
    numbers = {name: number(constant).least(ATOM) for name, constant in rule.constants.items()}
    lines = [f"def update({', '.join(rule.inputs)}):"]
    for name, op, operands in rule.instructions:
        if op not in OPS and op is not FINITE_ADD:
            raise ValueError(f"arrays cannot run {op.symbol!r}, an operation of your own in an optimizer; use target='python'")
        template = SPELLING.get(op) or f"{op.symbol}({', '.join(['{}'] * op.arity)})"
        lines.append(f"    {name} = {template.format(*[numbers.get(operand, operand) for operand in operands])}")
    return "\n".join([*lines, f"    return ({', '.join(numbers.get(name, name) for name in rule.outputs)},)"])


def updater(rule: Listing, dialect: str) -> Callable[..., Any]:
    space = dict(functions(dialect))
    exec(compile(update_text(rule), f"<{dialect} update>", "exec"), space)  # noqa: S102 - our own text
    function: Callable[..., Any] = space["update"]
    return function
