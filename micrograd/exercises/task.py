"""`exercise`: a graph whose gradients are to be found by hand, graded step by step.

>>> from micrograd.text.expressions import parse
>>> task = exercise(parse("(a + b)*b", a=2, b=3))
>>> [blank.name for blank in task.blanks]
['∇v₁', '∇b', '∇a']
>>> grade = task.grade({"a": 3, "b": 5})
>>> bool(grade), grade.score, grade.slip.kind
(False, 0.5, 'forgotten use')
>>> print(grade.slip.words)
b is used twice, and this is the share of one use. Gradients of all uses add up.
>>> print(task.grade({"a": 3, "b": 8}))
Both right.
"""

from __future__ import annotations

import os
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from micrograd.arguments import positive
from micrograd.engine import Value, topological_order
from micrograd.exercises.blanks import GRADIENT, VALUE, Blank
from micrograd.exercises.export import FORMATS, rebuilt
from micrograd.exercises.grades import RIGHT, Grade, grade_of, key
from micrograd.exercises.page import ExercisePage
from micrograd.exercises.reading import Reader
from micrograd.exercises.solutions import Note, Solution, hints_for_gradient, hints_for_value, solution_of
from micrograd.exercises.statement import Statement
from micrograd.views.stepping import one_value, warn_of_changes


class Exercise(Statement):
    """A task: the graph of an output, with blanks for its gradients, and for its values if they are asked for too.

    A notebook shows the page on which it is answered in place; `grade` takes the answers in Python.
    """

    hinted: Blank | None = None  # the step that the hints are about
    hints_given = 0
    solved = False  # whether the last grade was true

    def grade(self, gradients: Mapping[Any, Any], values: Mapping[Any, Any] | None = None) -> Grade:
        """Grade these answers: from a label or a Value to a number, or to a text such as "-3", "0,5" or "1/2".

        The gradients of the leaves are enough, and those of inner nodes are welcome; None, ... and "" are no answer yet. The
        grade is true where all is right. Else it names the first step that does not fit and the kind of its slip, and never
        the answer. The next `hint` begins there.
        """
        reader = Reader(self)
        if values is not None and not self.values:
            raise ValueError(
                "this exercise shows its values, so there are none to grade; make it with values=True to ask for them"
            )
        answers = {(GRADIENT, place): number for place, number in reader.answers(gradients, "gradients").items()}
        answers |= {(VALUE, place): number for place, number in reader.answers(values or {}, "values").items()}
        grade = grade_of(self.diagram, self.blanks, answers)
        self.look_at(grade)
        return grade

    def look_at(self, grade: Grade) -> None:
        """Let the hints begin where the grade is wrong first, or where it has a gap."""
        step = grade.first_wrong or next(iter(grade.missing), None)
        right = [key(blank) for blank in grade.having(RIGHT)]
        if grade.slip is not None and grade.slip.at is not None and (GRADIENT, grade.slip.at) not in right:
            step = next(blank for blank in self.blanks if key(blank) == (GRADIENT, grade.slip.at))
        self.solved = bool(grade)
        if step is not self.hinted:
            self.hinted, self.hints_given = step, 0

    def hint(self) -> str:
        """Words about one step: at each call a little more, the rule in words, in symbols, in numbers, never the result.

        It is the first step, or where the last grade went wrong or had a gap; after the third hint, the next step.
        """
        if self.solved:
            return Note("All is right, and no step is left to hint at.")
        step = self.hinted or self.blanks[0]
        hints = self.hints_about(step)
        if self.hints_given == len(hints):
            step = self.blanks[(self.blanks.index(step) + 1) % len(self.blanks)]
            hints, self.hints_given = self.hints_about(step), 0
        self.hinted = step
        self.hints_given += 1
        return hints[self.hints_given - 1]

    def hints_about(self, blank: Blank) -> tuple[Note, ...]:
        node = self.diagram.values[blank.place]
        if blank.kind == VALUE:
            return hints_for_value(node, self.notation)
        return hints_for_gradient(node, [step for step in self.diagram.steps if step.parent is node], self.notation)

    def solution(self) -> Solution:
        """Every step worked, with its rule, its numbers and its result."""
        return solution_of(self.diagram, self.notation, self.values)

    def export(self, grader: str, *, name: str = "exercise", points: float = 1.0) -> str:
        """The text of a test that grades `answers` (and `values`): a cell for "nbgrader", or a file for "otter".

        No answer stands in it. nbgrader gives the share of the points that is right or follows correctly, Otter half of them
        for half of the steps.
        """
        if grader not in FORMATS:
            raise ValueError(f"there is no export for {reprlib.repr(grader)}; choose from {', '.join(FORMATS)}")
        anew = ("from micrograd import exercises", f"task = {self.drawn}")
        task = anew if self.drawn else rebuilt(self.diagram.order, self.title, self.question, self.values)
        grading = "task.grade(answers, values)" if self.values else "task.grade(answers)"
        return FORMATS[grader](task, grading, name, positive(points, "points"))

    def page(self) -> ExercisePage:
        """The page on which it is answered: fields beside the numbers, hints, and a check that needs no server."""
        return ExercisePage(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, whole or not at all; give its path."""
        return self.page().save(path)

    def show(self) -> Path:
        """Open the page in the browser; give its path."""
        return self.page().show()

    def _repr_html_(self) -> str:
        return self.page()._repr_html_()

    def __repr__(self) -> str:
        count = f"{len(self.blanks)} blank{'s' if len(self.blanks) > 1 else ''}"
        formula = f": {self.short_formula}" if self.short_formula else ""
        return f"<Exercise {self.title}{formula}; {count}; .grade({{...}}), .hint(), .solution(), .show()>"


def exercise(output: Value, *, title: str | None = None, question: str | None = None, values: bool = False) -> Exercise:
    """The graph below `output` as a task: find every gradient by hand, and every value too with `values=True`."""
    warn_of_changes(topological_order(one_value(output, "exercise")))
    return Exercise(output, title, question, values)
