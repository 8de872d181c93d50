"""A grade: what is right, the first step that does not fit and the kind of its slip, and what follows correctly from it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import NamedTuple

from micrograd.exercises import confusions as kinds
from micrograd.exercises.blanks import GRADIENT, VALUE, Blank
from micrograd.exercises.chains import slopes_below
from micrograd.exercises.slips import Slip, agrees
from micrograd.text.naming import shown
from micrograd.views.diagram import Diagram

RIGHT, WRONG, FOLLOWS, LATER, MISSING = "right", "first wrong", "follows", "wrong", "missing"
SIGNS = {RIGHT: "✓", WRONG: "?", FOLLOWS: "┄", LATER: "", MISSING: ""}
COLOURS = {RIGHT: "#2da44e", WRONG: "#d9570b", FOLLOWS: "#d9570b"}

Numbers = Mapping[tuple[str, int], float]  # by kind and place of a blank


class Mark(NamedTuple):
    """One blank with its answer and what that is worth."""

    blank: Blank
    answer: float | None
    verdict: str


@dataclass(frozen=True)
class Grade:
    """True only where all is right: the gradient of every leaf, and whatever was answered beside.

    `score` is the share that is right or follows correctly from the first wrong step, from 0 to 1.
    """

    marks: tuple[Mark, ...]
    slip: Slip | None

    def __bool__(self) -> bool:
        return all(mark.verdict == RIGHT for mark in self.marks)

    @property
    def score(self) -> float:
        return (len(self.having(RIGHT)) + len(self.follows)) / len(self.marks)

    @property
    def first_wrong(self) -> Blank | None:
        """The first step that does not fit, in the order of the sweeps."""
        return next(iter(self.having(WRONG)), None)

    @property
    def follows(self) -> tuple[Blank, ...]:
        """The blanks whose numbers are wrong, and follow correctly from what stands before them."""
        return self.having(FOLLOWS)

    @property
    def missing(self) -> tuple[Blank, ...]:
        return self.having(MISSING)

    def having(self, verdict: str) -> tuple[Blank, ...]:
        return tuple([mark.blank for mark in self.marks if mark.verdict == verdict])

    @property
    def sentences(self) -> tuple[str, ...]:
        """What there is to say, without the answer to anything that is not right yet."""
        right = len(self.having(RIGHT))
        if self:
            return ({1: "Right.", 2: "Both right."}.get(right, f"All {right} right."),)
        said = [f"{right} of {len(self.marks)} right."]
        for mark in self.marks:
            if mark.verdict == WRONG and mark.answer is not None:
                kind = f" ({self.slip.kind})" if self.slip else ""
                words = self.slip.words if self.slip else mark.blank.advice
                said.append(f"{mark.blank.name} = {shown(mark.answer)} is the first step that does not fit{kind}. {words}")
        if self.follows:
            said.append(f"Follows correctly from it, and comes right when it does: {names(self.follows)}.")
        if later := self.having(LATER):
            said.append(f"Does not fit either: {names(later)}.")
        if self.missing:
            said.append(f"Still missing: {names(self.missing)}.")
        return tuple(said)

    def __str__(self) -> str:
        return "\n".join(self.sentences)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The blanks in a row, each with its mark, above the sentences."""
        chips = "".join(map(chip, self.marks))
        first, *others = [html.escape(sentence) for sentence in self.sentences]
        lines = "".join(f'<p style="margin:4px 0">{line}</p>' for line in (f"<b>{first}</b>", *others))
        return f'<div style="max-width:46em"><div style="margin:4px 0 8px">{chips}</div>{lines}</div>'


def chip(mark: Mark) -> str:
    number = "" if mark.answer is None else f" = {shown(mark.answer)}"
    style = "dashed" if mark.verdict in (FOLLOWS, MISSING) else "solid"
    frame = f"border:1.5px {style} {COLOURS.get(mark.verdict, '#8884')}"
    box = f"display:inline-block;margin:0 6px 6px 0;padding:1px 8px;border-radius:6px;{frame}"
    return f'<span title="{mark.verdict}" style="{box}">{html.escape(mark.blank.name + number)} {SIGNS[mark.verdict]}</span>'


def names(blanks: Iterable[Blank]) -> str:
    return ", ".join([blank.name for blank in blanks])


def grade_of(diagram: Diagram, blanks: Sequence[Blank], answers: Numbers) -> Grade:
    """The grade of these answers. What is asked for is every gradient of a leaf; all else counts where it is answered."""
    first = next((b for b in blanks if key(b) in answers and not b.right(answers[key(b)])), None)
    slip = None if first is None else slip_in(diagram, blanks, first, answers)
    led = followed(diagram, assumed(diagram, answers, first, slip))
    return Grade(tuple(marked(blanks, first, answers, led, diagram)), slip)


def key(blank: Blank) -> tuple[str, int]:
    return blank.kind, blank.place


def marked(blanks: Sequence[Blank], first: Blank | None, answers: Numbers, led: Numbers, diagram: Diagram) -> Iterator[Mark]:
    for blank in blanks:
        answer = answers.get(key(blank))
        if answer is None:
            if blank.kind == GRADIENT and diagram.values[blank.place].op is None:
                yield Mark(blank, None, MISSING)
        elif blank is first:
            yield Mark(blank, answer, WRONG)
        elif blank.right(answer):
            yield Mark(blank, answer, RIGHT)
        else:
            yield Mark(blank, answer, FOLLOWS if agrees(answer, led[key(blank)]) else LATER)


def followed(diagram: Diagram, answers: Numbers) -> dict[tuple[str, int], float]:
    """For each node the value and the gradient that follow from the learner's own numbers; nan where none does.

    A number that was not answered hands on what it is led to.
    """
    asked = any(kind == VALUE for kind, _ in answers)
    own = {node: node.data for node in diagram.order}
    led: dict[tuple[str, int], float] = {}
    slopes: dict[int, Sequence[float]] = {}
    for place, node in enumerate(diagram.values):
        if node.op is None:
            continue
        operands = node.op.arguments([own[parent] for parent in node.parents])
        try:
            led[VALUE, place] = node.op.forward(*operands) if asked else node.data
            own[node] = answers.get((VALUE, place), led[VALUE, place])
            slopes[place] = node.op.derivatives(own[node], *operands) if asked else node.local_derivatives
        except (ArithmeticError, TypeError, ValueError):  # of an operation of one's own, any of these
            own[node] = answers.get((VALUE, place), nan)
            led[VALUE, place], slopes[place] = nan, [nan] * len(node.parents)
    back = dict.fromkeys(range(len(diagram.values)), 0.0)
    back[diagram.place[diagram.output]] = 1.0
    for place in reversed(range(len(diagram.values))):
        led[GRADIENT, place] = back[place]
        upstream = answers.get((GRADIENT, place), back[place])
        for parent, slope in zip(diagram.values[place].parents, slopes.get(place, ()), strict=True):
            if parent in diagram.place:
                back[diagram.place[parent]] += slope * upstream
    return led


def slip_in(diagram: Diagram, blanks: Sequence[Blank], first: Blank, answers: Numbers) -> Slip | None:
    """What led to a wrong answer: a slip of this step, of one before it that was not answered, or a guess.

    Of several it is the one that most of the other answers follow from: a slip near the output bends all that comes after,
    so it is not made out of an answer beside which those that would be bent are right.
    """
    before = blanks[: blanks.index(first)] if first.kind == GRADIENT else []
    silent = [blank for blank in before if blank.kind == GRADIENT and key(blank) not in answers]
    candidates = [*first.slips, *carried_slips(diagram, first, silent)]
    candidates.sort(key=lambda slip: (slip.kind in kinds.VAGUE, not has_occasion(diagram, slip)))  # else they stay as they are

    def explained(slip: Slip | None) -> int:
        led = followed(diagram, assumed(diagram, answers, first, slip))
        return sum([agrees(answer, led[place]) for place, answer in answers.items() if place != key(first)])

    fitting = [slip for slip in candidates if agrees(answers[key(first)], slip.number, slip.within)]
    likely = [slip for slip in fitting if slip.at is None or explained(slip) >= explained(None)]
    return max(likely, key=explained, default=None)  # the first of those that explain as much


def has_occasion(diagram: Diagram, slip: Slip) -> bool:
    """Whether an earlier step has a minus sign to lose, or a factor of two."""
    slopes = [step.local_derivative for step in diagram.steps if diagram.place[step.parent] == slip.at]
    if slip.kind == kinds.SIGN:
        return not slopes or min(slopes) < 0.0
    return slip.kind != kinds.FACTOR_TWO or not slopes or any(abs(slope) in (0.5, 2.0) for slope in slopes)


def carried_slips(diagram: Diagram, blank: Blank, earlier: Iterable[Blank]) -> Iterator[Slip]:
    """What the slips of earlier gradients lead to in a later one, in the order of the sweep."""
    node = diagram.values[blank.place]
    for other in earlier:
        slope = slopes_below(diagram.values[other.place]).get(node, 0.0)
        for slip in other.slips if slope else ():
            number = blank.true + (slip.number - other.true) * slope
            to_nothing = agrees(number, 0.0) and slip.kind != kinds.OPEN_RELU  # too much leads there to tell what did
            if slip.at is None and slip.kind not in kinds.OF_ONE_ANSWER and not to_nothing and not agrees(number, blank.true):
                words = f"It looks as if {other.name} had gone wrong on the way. {slip.words}"
                yield Slip(slip.kind, number, words, at=other.place)


def assumed(diagram: Diagram, answers: Numbers, first: Blank | None, slip: Slip | None) -> Numbers:
    """The answers, and what an earlier gradient was taken for if a slip there led to the first that is wrong."""
    if first is None or slip is None or slip.at is None or (GRADIENT, slip.at) in answers:
        return answers
    slope = slopes_below(diagram.values[slip.at])[diagram.values[first.place]]
    number = diagram.gradients[slip.at] + (slip.number - first.true) / slope
    return {**answers, (GRADIENT, slip.at): number}
