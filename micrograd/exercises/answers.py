"""The worked answer of one exercise, as HTML: its picture with all numbers, and a line for every step."""

from __future__ import annotations

import html
from collections.abc import Iterator

from micrograd.exercises.blanks import GRADIENT
from micrograd.exercises.board import Board
from micrograd.exercises.page import Task, question
from micrograd.exercises.solutions import Solution, solution_of
from micrograd.text.naming import shown

A_PAGE = 30  # lines that go on a page together with their picture, and if need be on two lines each


def answer(task: Task) -> str:
    """Heading, picture and steps, these beside the picture if there is room."""
    exercise = task.exercise
    solution = solution_of(exercise.diagram, exercise.notation, exercise.values)
    steps = [f"<li>{line}</li>" for line in lines(solution)]
    board = Board(exercise.diagram)
    return "\n".join(
        [
            '<section class="answer">' if len(steps) <= A_PAGE else '<section class="answer long">',
            task.heading,
            question(f"{exercise.question} {nothing(task)}".strip()) if nothing(task) else "",
            '<div class="beside">' if board.is_half else "<div>",
            f'<div class="scroller">{board.html}</div>',
            f'<ol class="worked">{"".join(steps)}</ol>',
            "</div>",
            "</section>",
        ]
    )


def nothing(task: Task) -> str:
    """Which leaves nothing comes back to, in words, if there are some."""
    names = [blank.name for blank in task.exercise.blanks if blank.kind == GRADIENT and task.is_leaf(blank) and blank.true == 0.0]
    return f"Nothing comes back to some leaves: {' = '.join([*names, '0'])}." if names else ""


def lines(solution: Solution) -> Iterator[str]:
    """Every step, as the solution has it: its result is bold, and what explains it stands behind, in grey."""
    for step in (*solution.forward, *solution.backward):
        line = html.escape(f"{step.name} {step.sign} {step.rule} = {step.numbers}")
        line += f" = <b>{shown(step.result)}</b>"
        if step.part > 1:
            line += f', <span class="unbroken">together <b>{shown(step.total)}</b></span>'
        if step.why:
            line += f' <span class="why unbroken">({html.escape(step.why)})</span>'
        yield line
