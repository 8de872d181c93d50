"""A work sheet: several exercises on one page, to be answered on the screen or on paper, and the page of their answers."""

from __future__ import annotations

import html
import math
import os
import reprlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path

from micrograd.display.characters import printable
from micrograd.display.files import write_whole
from micrograd.exercises import levels
from micrograd.exercises.answers import answer
from micrograd.exercises.board import ranks_of
from micrograd.exercises.page import STYLES, Task, question, tasks_page
from micrograd.exercises.printing import PAPERS, pdf_of
from micrograd.exercises.statement import INSTRUCTIONS
from micrograd.exercises.task import Exercise
from micrograd.views.pages import Page, file_text, joined, page_of, save_page

MOST = 60  # exercises on a sheet
TRIES = 10  # draws for each of them
TITLE = "Backpropagation by hand"
LINES = "∇a is the derivative of the output by a. In the gaps: local derivative, then product; += adds to what is there."
HEIGHT = 800  # of the frame in a notebook


def sheet(level: int, count: int = 6, seed: int = 0, *, values: bool = True, paper: str | None = None) -> Sheet:
    """A sheet of so many random exercises, no two alike. The same level, count and seed give the same bytes.

    >>> sheet(3, count=2, seed=7)
    <Sheet of 2 exercises; .show() opens it, .save("sheet.html") keeps it, .answers has their solutions>
    """
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST:
        raise ValueError(f"a sheet has from 1 to {MOST} exercises, got count={count!r}")
    return Sheet(different(level, count, seed, values), note=f"level {level}, seed {seed}", paper=paper)


def different(level: int, count: int, seed: int, values: bool) -> list[Exercise]:
    """Exercises drawn one after the other from the seed on, in rounds: each has every shape of the level once, short ones first.

    No two are alike; where a level has not as many, or a shape is not drawn for long, what is left over is taken too.
    """
    levels.random(level, seed)  # which has the words for a level or a seed that is none
    kinds = len(levels.SHAPES[level])
    rounds: list[dict[object, Exercise]] = [{} for _ in range(math.ceil(count / kinds))]
    seen, spare = set(), []
    for number in range(TRIES * count):
        task = levels.random(level, 1000 * seed + number, values=values)
        alike = task.formula, tuple([value.data for value in task.diagram.values])
        free = [] if alike in seen else [chosen for chosen in rounds if shape_of(task) not in chosen]
        if free:
            seen.add(alike)
            free[0][shape_of(task)] = task
        else:
            spare.append(task)
        if sum(map(len, rounds)) == kinds * len(rounds):
            break
    ordered = [task for chosen in rounds for task in sorted(chosen.values(), key=size_of)]
    return [*ordered, *spare][:count]


def size_of(task: Exercise) -> tuple[int, int]:
    """How long the longest way is, and how many nodes there are."""
    return ranks_of(task.diagram), len(task.diagram.values)


def shape_of(task: Exercise) -> object:
    """What exercises have in common that differ in their numbers only."""
    return task.title, *sorted(value.op.symbol for value in task.diagram.values if value.op is not None)


class PrintedPage(Page):
    """A page that may be saved as a PDF too."""

    paper: str | None = None

    def content(self, path: str | os.PathLike[str]) -> str | bytes:
        """What the file of that name holds: the page, or what a browser prints of it."""
        return pdf_of(self.html) if is_pdf(path) else self.html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, or a PDF if the name ends so, whole or not at all; give its path."""
        if not is_pdf(path):
            return save_page(self.html, path, self.what, self.name)
        target = Path(path)
        write_whole(target, self.content(path))
        return target


class Sheet(PrintedPage):
    """Exercises one after the other: on the screen with fields and a check, on paper with a line for every step.

    `paper` is "A4" or "Letter"; without it, what is in the printer. `note` stands beside the title, here and on the answers.
    """

    what, name, height = "the sheet", "sheet", HEIGHT

    def __init__(self, exercises: Sequence[Exercise], *, title: str = TITLE, note: str = "", paper: str | None = None) -> None:
        for exercise in exercises:
            if not isinstance(exercise, Exercise):
                raise TypeError(
                    f"a sheet is made of exercises, got {reprlib.repr(exercise)}; exercise(output) makes one of a Value"
                )
        if not exercises:
            raise ValueError("a sheet needs one exercise at least, got none")
        if paper is not None and paper not in PAPERS:
            raise ValueError(f'paper needs to be "A4" or "Letter", got {paper!r}')
        self.tasks = [Task(exercise, number) for number, exercise in enumerate(exercises, start=1)]
        self.title = printable(title, 200)
        self.note = printable(note, 200)
        self.paper = paper
        lines = (
            '<span class="who">name <i></i> date <i class="date"></i></span><button type="button" class="print">print</button>'
        )
        self.html = tasks_page(
            self.title, self.heading(self.title, lines), self.tasks, "\n".join(self.rows()), page_size(paper)
        )  # now, since the Values may change

    def heading(self, title: str, more: str = "") -> str:
        return f'<h1>{html.escape(title)}</h1><span class="note">{html.escape(self.note)}</span>{more}'

    def rows(self) -> Iterator[str]:
        """What to do in all of them, and then tasks with a page's width each, or two small ones side by side."""
        yield question(INSTRUCTIONS[any(task.exercise.values for task in self.tasks)])
        yield f'<p class="question paper">{LINES}</p>'
        for small, tasks in groupby(self.tasks, key=lambda task: task.board.is_half):
            beside = 2 if small else 1
            together = list(tasks)
            for first in range(0, len(together), beside):
                row = "\n".join(task.html for task in together[first : first + beside])
                yield f'<div class="row{" halves" * small}">{row}</div>'

    @cached_property
    def answers(self) -> Answers:
        """The page of all solutions."""
        return Answers(self)

    def __repr__(self) -> str:
        count = "1 exercise" if len(self.tasks) == 1 else f"{len(self.tasks)} exercises"
        return f'<Sheet of {count}; .show() opens it, .save("sheet.html") keeps it, .answers has their solutions>'


class Answers(PrintedPage):
    """The worked answers of a sheet: the pictures with all numbers, and every step."""

    what, name, height = "the page of answers", "answers", HEIGHT

    def __init__(self, sheet: Sheet) -> None:
        self.title = f"Answers: {sheet.title}"
        self.paper = sheet.paper
        self.html = page_of(
            "exercise/answers.html",
            title=html.escape(self.title),
            heading=sheet.heading(self.title),
            picture_style=file_text("shared/picture.css"),
            exercise_style=joined(*STYLES) + page_size(sheet.paper),
            answers="\n".join(answer(task) for task in sheet.tasks),
            script=joined("shared/theme.js", "exercise/buttons.js"),
        )


def page_size(paper: str | None) -> str:
    return "" if paper is None else f"@page {{ size: {paper}; }}\n"


def is_pdf(path: str | os.PathLike[str]) -> bool:
    return Path(path).suffix.lower() == ".pdf"
