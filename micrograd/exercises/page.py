"""The page on which an exercise is answered in place: fields on the cards, and a check that needs no server.

What is right, and every slip with its words, is computed in Python and travels with the page; its script compares numbers.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from micrograd.checks.slopes import at_a_kink
from micrograd.compiler.javascript.functions import script
from micrograd.display.characters import printable
from micrograd.exercises.blanks import GRADIENT, VALUE, Blank
from micrograd.exercises.board import Board, height_of
from micrograd.exercises.following import following_function
from micrograd.exercises.statement import Statement
from micrograd.text.naming import shown
from micrograd.views.pages import Page, file_text, joined, page_of, safe_json, still_image
from micrograd.views.svg import rect, svg_document

STYLES = ("exercise/exercise.css", "exercise/board.css", "exercise/print.css")
SCRIPTS = (  # one script, in this order
    "shared/elements.js",
    "shared/numbers.js",
    "shared/theme.js",
    "exercise/checking.js",
    "exercise/exercise.js",
    "exercise/buttons.js",
)
START = "Fill the frames in the order of the Tab key, and press Enter to check. Fractions such as 1/2 are welcome."
ENTER = "Enter checks what you have so far."  # on a sheet, where the first task says the rest
AROUND = 235  # pixels of the page of one exercise that are not its picture
LONGEST_TITLE, LONGEST_QUESTION = 200, 2000
COLUMNS = {4: 12, 3: 19, 2: 32}  # so many lines side by side, if none has more characters before its blanks
SHORT_NUMBER = 3  # characters, for which the blanks of four lines side by side have room


class ExercisePage(Page):
    """The page of one exercise."""

    what, name = "the exercise", "exercise"

    def __init__(self, exercise: Statement) -> None:
        self.task = Task(exercise)
        self.title = self.task.title
        body = self.task.section(self.task.body)  # its heading is the page's
        self.html = tasks_page(self.title, self.task.heading, [self.task], body)  # now, since the Values may change
        self.height = round(min(900, AROUND + height_of(self.task.board.wide)))

    @property
    def behind(self) -> str:
        return still_image(self.title, self.task.still_picture())


class Task:
    """An exercise as a part of a page; its number if there are several."""

    def __init__(self, exercise: Statement, number: int | None = None) -> None:
        self.exercise = exercise
        self.number = number
        self.title = printable(exercise.title, LONGEST_TITLE)
        self.board = Board(exercise.diagram, exercise.blanks, alone=number is None)

    @property
    def html(self) -> str:
        return self.section(f"{self.heading}\n{self.body}")

    def section(self, content: str) -> str:
        """With a name, since all fields of a sheet have the same few."""
        name = self.title if self.number is None else f"{self.number}. {self.title}"
        return f'<section class="task" aria-label="{html.escape(name)}">\n{content}\n</section>'

    @property
    def body(self) -> str:
        """The question, the picture with its fields, the check; and for paper a line for every step."""
        instruction = self.exercise.instruction if self.number is None else ""  # a sheet says it for all
        return "\n".join(
            [
                question(f"{self.exercise.question} {instruction}".strip()),
                f'<p class="spoken">{html.escape(self.given)}</p>',
                f'<div class="scroller">{self.board.html}</div>',
                '<div class="say"><button type="button" class="check">check</button>',
                f'<div class="words" role="status" aria-live="polite">{START if self.number in (None, 1) else ENTER}</div></div>',
                self.steps,
            ]
        )

    @property
    def heading(self) -> str:
        number = "" if self.number is None else f'<b class="number">{self.number}</b>'
        short = self.exercise.short_formula
        formula = f'<span class="formula">{html.escape(unbroken(short))}</span>' if short else ""
        return f"<h2>{number}{html.escape(self.title)} {formula}</h2>"

    @property
    def given(self) -> str:
        """What the picture says, for those who hear it."""
        diagram, notation = self.exercise.diagram, self.exercise.notation
        asked = {blank.place for blank in self.exercise.blanks if blank.kind == VALUE}
        told = [f"{notation.name(v)} = {shown(v.data)}" for place, v in enumerate(diagram.values) if place not in asked]
        inner = [f"{notation.name(value)} = {notation.operation(value)}" for value in diagram.values if value.op is not None]
        return f"Given: {', '.join(told)}. Computed: {', '.join(inner)}. {notation.gradient(diagram.output)} = 1."

    @property
    def steps(self) -> str:
        """A line to be filled in for each application of the chain rule."""
        notation, blank = self.exercise.notation, "<i></i>"
        lines = []
        for step in self.exercise.diagram.steps:
            sign = "=" if step.contribution == 1 else "+="
            lines.append(f"{notation.gradient(step.parent)} {sign} {notation.gradient(step.node)} × ")
        numbers = [len(shown(step.product)) for step in self.exercise.diagram.steps]
        columns = next((count for count, most in COLUMNS.items() if max(map(len, lines)) <= most), 1)
        if max(numbers) > SHORT_NUMBER:
            columns = min(columns, 3)
        written = "".join(f"<div>{html.escape(line)}{blank} = {blank}</div>" for line in lines)
        return f'<div class="steps" style="--columns: {columns}">{written}</div>'

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the script compares answers with."""
        diagram = self.exercise.diagram
        return {
            "numbers": [*(value.data for value in diagram.values), *diagram.gradients],
            "blanks": [self.blank_data(blank) for blank in self.exercise.blanks],
            "closing": self.closing,
        }

    def is_leaf(self, blank: Blank) -> bool:
        return self.exercise.diagram.values[blank.place].op is None

    def blank_data(self, blank: Blank) -> dict[str, Any]:
        """One number that is asked for: where it stands, what it is, and what is said of it."""
        diagram = self.exercise.diagram
        line_of = {edge: number for number, line in enumerate(diagram.lines) for edge in line.edges}
        read = [e.child if blank.kind == VALUE else e.parent for e in diagram.edges]
        return {
            "name": blank.name,
            "at": blank.place + (len(diagram.values) if blank.kind == GRADIENT else 0),
            "true": blank.true,
            "leaf": self.is_leaf(blank),
            "rule": blank.rule,
            "numbers": blank.numbers,
            "advice": blank.advice,
            "slips": [{"number": slip.number, "words": slip.words, "within": slip.within} for slip in blank.slips],
            "cards": [diagram.card_of[place] for place in blank.reads],
            "lines": [line_of[number] for number, place in enumerate(read) if place == blank.place],
        }

    @property
    def closing(self) -> str:
        """What the gradients say, for those who have found them: which leaf moves the output most.

        Nothing at a kink, to whose two sides the output moves otherwise.
        """
        diagram, notation = self.exercise.diagram, self.exercise.notation
        if any(map(at_a_kink, diagram.values)):
            return ""
        leaves = filter(self.is_leaf, self.exercise.blanks)
        most = max(leaves, key=lambda blank: abs(blank.true))
        if most.true == 0.0:
            return f"No leaf moves {notation.name(diagram.output)}."
        leaf, output = notation.name(diagram.values[most.place]), notation.name(diagram.output)
        way = "grows" if most.true > 0.0 else "falls"
        change = shown(abs(most.true) / 100.0)
        return f"No leaf moves {output} more than {leaf}: let it grow by 0.01, and {output} {way} by about {change}."

    def still_picture(self) -> str:
        """The picture with empty frames, as an SVG file of its own."""
        wide = self.board.wide
        frames = [f'<g class="card">{rect("face", frame, 5)}</g>' for frame in self.board.frames(wide)]
        return svg_document(wide.width, wide.height, self.title, "auto", [*self.board.parts(wide, "LR"), *frames]).file()


def unbroken(formula: str) -> str:
    """The formula with spaces that keep the factors of a product on one line."""
    for sign in "×/":
        formula = formula.replace(f" {sign} ", f"\N{NO-BREAK SPACE}{sign}\N{NO-BREAK SPACE}")
    return formula


def question(text: str) -> str:
    """What is asked, as a paragraph, or nothing."""
    return f'<p class="question">{html.escape(printable(text, LONGEST_QUESTION))}</p>' if text else ""


def tasks_page(title: str, heading: str, tasks: Sequence[Task], parts: str, style: str = "") -> str:
    """A page with a heading and parts, in which the tasks stand in this order, and with what its script needs of them."""
    functions = [following_function(f"led{n}", task.exercise.diagram, task.exercise.blanks) for n, task in enumerate(tasks)]
    known = [function for function in functions if function is not None]
    followers = ", ".join("null" if function is None else function.name for function in functions)
    return page_of(
        "exercise/exercise.html",
        title=html.escape(title),
        heading=heading,
        picture_style=file_text("shared/picture.css"),
        exercise_style=joined(*STYLES) + style,
        tasks=parts,
        data=base64.b64encode(safe_json([task.data for task in tasks]).encode()).decode(),
        functions=f"{script(known)}\nconst followers = [{followers}];",
        script=f'"use strict";\n{joined(*SCRIPTS)}',
    )
