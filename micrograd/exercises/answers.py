"""The worked answer of one exercise, as HTML: its picture with all numbers, and a line for every step."""

from __future__ import annotations

import html
from collections.abc import Iterator

from micrograd.exercises.board import Board
from micrograd.exercises.notation import Notation, factor
from micrograd.exercises.page import Task
from micrograd.text.naming import shown
from micrograd.views.stepping import BackwardStep

SMALLER = 0.88  # is the picture on paper: nobody writes in it


def answer(task: Task) -> str:
    """Heading, picture and steps."""
    steps = "".join(f"<li>{line}</li>" for line in lines(task))
    picture = Board(task.exercise.diagram, largest=SMALLER).html
    return f'<section class="answer">\n{task.heading}\n<div class="scroller">{picture}</div>\n<ol class="worked">{steps}</ol>\n</section>'


def lines(task: Task) -> Iterator[str]:
    """Values forward if they are asked for, then every application of the chain rule."""
    exercise = task.exercise
    notation = exercise.notation
    if exercise.values:
        for value in exercise.diagram.values:
            if value.op is not None:
                made = f"{notation.name(value)} = {notation.operation(value)} = {notation.numbers(value)}"
                yield f"{html.escape(made)} = <b>{shown(value.data)}</b>"
    for step in exercise.diagram.steps:
        yield backward_line(step, notation)


def backward_line(step: BackwardStep, notation: Notation) -> str:
    """`∇b += ∇s × ∂s/∂b = 3 × 1 = 3`, together with what was there; in grey, why the local derivative is what it is."""
    local = notation.local_derivative(step)
    sign = "=" if step.contribution == 1 else "+="
    symbols = f"{notation.gradient(step.parent)} {sign} {notation.gradient(step.node)} × {local}"
    numbers = f"{factor(step.upstream)} × {factor(step.local_derivative)}"
    line = f"{html.escape(symbols)} = {numbers} = <b>{shown(step.product)}</b>"
    if step.contribution > 1:
        line += f", together <b>{shown(step.grad_after)}</b>"
    slope = notation.slope(step)
    if slope and slope != shown(step.local_derivative):
        line += f' <span class="why">({html.escape(f"{local} = {slope}")})</span>'
    return line
