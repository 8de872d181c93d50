"""Exercises as tests of other graders: a cell for nbgrader, a file for Otter. Neither holds an answer: they make the task anew.

The learner's answers are expected in a dictionary called `answers`, and where values are asked for, `values`.

>>> from micrograd.exercises.levels import random
>>> print(random(3, seed=7).export("nbgrader"))
from micrograd import exercises
task = exercises.random(3, seed=7)
grade = task.grade(answers)
print(grade)
grade.score * 1
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Sequence
from typing import Final

from micrograd import ops
from micrograd.engine import Constant, Value
from micrograd.ops import OPS, Op, Reduction

NAMES: Final = {row: name for name, row in vars(ops).items() if isinstance(row, Op)}


def rebuilt(order: Sequence[Value], title: str, question: str, values: bool) -> tuple[str, ...]:
    """The lines of Python that make an exercise anew: each node by the row of the table that computed it."""
    variables: dict[Value, str] = {}
    lines = ["from micrograd import Value, exercise, ops"]
    for node in order:
        if isinstance(node, Constant):
            variables[node] = repr(node.data)
            continue
        name = variables[node] = f"v{len(lines)}"
        label = "" if node.label is None else f", label={str(node.label)!r}"
        if node.op is None:
            lines.append(f"{name} = Value({node.data!r}{label})")
        else:
            lines.append(f"{name} = {call(node.op, [variables[parent] for parent in node.parents])}")
            if node.label is not None:
                lines.append(f"{name}.label = {str(node.label)!r}")
    options = f"title={title!r}, question={question!r}{', values=True' if values else ''}"
    lines.append(f"task = exercise({variables[order[-1]]}, {options})")
    return tuple(lines)


def call(op: Op, operands: Sequence[str]) -> str:
    if op not in OPS:
        symbol = reprlib.repr(op.symbol)
        raise ValueError(f"{symbol} is not in the table of operations, so a test could not make it anew; use one that is")
    if isinstance(op, Reduction):
        operands = [f"[{', '.join(column)}]" for column in op.arguments(operands)]
    return f"ops.{NAMES[op]}({', '.join(operands)})"


def nbgrader_cell(task: Sequence[str], grading: str, name: str, points: float) -> str:
    """A cell of tests. nbgrader takes the number at its end for the points: those of what is right or follows correctly."""
    return "\n".join([*task, f"grade = {grading}", "print(grade)", f"grade.score * {points:g}"])


def otter_file(task: Sequence[str], grading: str, name: str, points: float) -> str:
    """A file of tests in the OK format: half of the points for half of the steps, the other half for all of them."""
    half = [*task, f"grade = {grading}"]
    cases = [[*half, "grade.score >= 0.5", "True"], [*half, "grade if not grade else True", "True"]]
    lines = ["OK_FORMAT = True", "", "test = {", f"    'name': {name!r},", f"    'points': [{points / 2:g}, {points / 2:g}],"]
    lines += ["    'suites': [{", "        'type': 'doctest', 'scored': True, 'setup': '', 'teardown': '',", "        'cases': ["]
    for *code, expected in cases:
        text = "\n".join([*[f">>> {line}" for line in code], expected])
        lines.append(f"            {{'code': {text!r}, 'hidden': False, 'locked': False}},")
    return "\n".join([*lines, "        ],", "    }],", "}", ""])


FORMATS: Final[dict[str, Callable[[Sequence[str], str, str, float], str]]] = {
    "nbgrader": nbgrader_cell,
    "otter": otter_file,
}
