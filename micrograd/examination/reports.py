"""What an examination found, as text and as HTML; each finding has its program, so that it can be run by hand."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from micrograd.display import tables
from micrograd.engine import Value
from micrograd.examination.cases import Case, Endless
from micrograd.examination.judging import FAIL, FOLLOWS, LIMIT, NOT_TRIED, NOT_YET, PASS, Judgement
from micrograd.examination.running import MOST_LINES, Failure, NotThere, Outcome, attempt, told
from micrograd.views.drawing import draw

WIDTH = 100  # characters of a line of text
BESIDE = "display:flex;flex-wrap:wrap;gap:32px;align-items:center;margin-bottom:12px"  # the program and its graph
MOST = 6  # of what follows that are listed by name

# What is not there yet, as a learner writes it.
WRITTEN = {
    "__add__": "a + b", "__mul__": "a * b", "__neg__": "-a", "__sub__": "a - b", "__truediv__": "a / b", "__pow__": "a ** 2",
    "__radd__": "1 + a", "__rmul__": "2 * a", "__rsub__": "1 - a", "__rtruediv__": "1 / a", "backward": "a.backward()",
    "grad": "a.grad",
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One case. `name` says what kind of bug it is, or, where none is, what was examined."""

    name: str
    examined: str
    verdict: str
    said: str  # what came out, and what is true
    words: str  # the likely cause
    read: str
    program: str
    missing: tuple[str, ...] = ()
    drawn: bool = True


def finding_of(judgement: Judgement) -> Finding:
    case, verdict, bug, outcome, missing = judgement
    said = "" if outcome is None or verdict == PASS else what_came_out(case, outcome)
    name, words, read = (case.name, "", "") if bug is None else bug
    return Finding(name, case.name, verdict, said, words, read, case.program, missing, case.drawn)


def what_came_out(case: Case, outcome: Outcome) -> str:
    """`a.grad is 1.0, and should be 2.0: b is 2a.`"""
    if outcome.wrong:
        differences = [
            f"{name}.{attribute} is {described(number)}, and should be {case.true[name, attribute]!r}"
            for (name, attribute), number in outcome.wrong.items()
        ]
        return f"{'; '.join(differences)}: {case.because}."
    return "" if outcome.failure is None else raised(outcome.failure)


def described(thing: Any) -> str:
    """A number, or the kind of thing that stands in its place; nothing of theirs is called for its text."""
    if isinstance(thing, NotThere):
        return f"not there, since it belongs to a thing of type {type(thing.thing).__name__}"
    return repr(thing) if isinstance(thing, float) else f"of type {type(thing).__name__}"


def raised(failure: Failure) -> str:
    error, line = failure
    if isinstance(error, Endless):
        return f"{line} had not ended after {MOST_LINES:,} lines of Python."
    said = type(error).__name__ if isinstance(error, RecursionError) else told(error)  # which says where it happened to stop
    return f"{line} raised {said}."


@dataclass(frozen=True, repr=False)
class Examination:
    """All findings, from small to large. It is true only where all that an engine needs is there and right."""

    subject: str
    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        return all(finding.verdict in (PASS, LIMIT) for finding in self.findings)

    @property
    def bugs(self) -> tuple[Finding, ...]:
        """The findings that name a bug; what follows from it is left out."""
        return self.having(FAIL)

    def having(self, verdict: str) -> tuple[Finding, ...]:
        return tuple([finding for finding in self.findings if finding.verdict == verdict])

    def following(self, bug: Finding) -> list[str]:
        """What else is wrong, probably for the same reason."""
        return [finding.examined for finding in self.having(FOLLOWS) if finding.name == bug.name]

    @property
    def marked(self) -> list[tuple[str, Finding]]:
        """What is told at length, the bugs and then the limits, each with the mark that stands before it."""
        numbered = [(f"{number}. ", bug) for number, bug in enumerate(self.bugs, start=1)]
        return numbered + [("A limit. ", limit) for limit in self.having(LIMIT)]

    @property
    def missing(self) -> list[str]:
        """What is not there yet, each once, as it is written: `a - b`."""
        names = dict.fromkeys([name for finding in self.having(NOT_YET) for name in finding.missing])
        return [f"{WRITTEN[name]} ({name})" if name.startswith("__") else WRITTEN[name] for name in names]

    @property
    def title(self) -> str:
        """The whole in one sentence."""
        tried = len(self.findings) - len(self.having(NOT_YET)) - len(self.having(NOT_TRIED))
        right = len(self.having(PASS))
        passed = f"{right} of {counted(tried, 'case')} {'passes' if tried == 1 else 'pass'}"
        if self.bugs:
            return f"{self.subject} is wrong in {counted(len(self.bugs), 'place')}: {passed}."
        if not self:
            return f"{self.subject} is right as far as it goes: {passed}."
        return f"{self.subject} is right: {passed}."

    def __str__(self) -> str:
        parts = [f"{self.title}\n"]
        for mark, found in self.marked:
            parts.append(f"{mark}{found.examined}: {found.name}\n{textwrap.indent(self.told(found), '   ')}")
        if self.missing:
            parts.append(wrapped(f"Not there yet: {'; '.join(self.missing)}."))
        return "\n".join(parts)

    def told(self, finding: Finding) -> str:
        """The program, and what there is to say of it."""
        return f"{textwrap.indent(finding.program, '    ')}\n{''.join(map(wrapped, self.sentences(finding)))}"

    def sentences(self, finding: Finding) -> list[str]:
        """What came out, the likely cause, what to read, and what follows."""
        also = self.following(finding)
        shown = [*also[:MOST], *([f"and {len(also) - MOST} more"] if len(also) > MOST else [])]
        follows = [f"Also wrong, probably for the same reason: {'; '.join(shown)}."] if also else []
        read = f"Read {finding.read}" + ("" if finding.read.endswith("?") else ".")
        return [finding.said, finding.words, read, *follows]

    def __repr__(self) -> str:
        return str(self)  # what a prompt shows too

    def _repr_html_(self) -> str:
        found = "".join([as_html(mark, finding, self.sentences(finding)) for mark, finding in self.marked])
        missing = f"<p>Not there yet: {escape('; '.join(self.missing))}.</p>" if self.missing else ""
        rows = [(finding.examined, finding.verdict, finding.said) for finding in self.findings if finding.verdict != NOT_YET]
        table = tables.html("", ("case", "verdict", "what came out"), rows)
        examined = f"<details><summary>What was examined</summary>{table}</details>"
        return f"<div><p><b>{escape(self.title)}</b></p>{found}{missing}{examined}</div>"


def as_html(mark: str, finding: Finding, sentences: Sequence[str]) -> str:
    """The finding with the graph of its program, and the true gradients on it."""
    program = f'<pre style="font-family:monospace;margin:0">{escape(finding.program)}</pre>'
    paragraphs = "".join([f"<p>{escape(sentence)}</p>" for sentence in sentences])
    return (
        f"<section><p>{mark}{escape(finding.examined)}: <b>{escape(finding.name)}</b></p>"
        f'<div style="{BESIDE}">{program}{picture(finding)}</div>{paragraphs}</section>'
    )


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def wrapped(text: str) -> str:
    return "".join([f"{line}\n" for line in textwrap.wrap(text, WIDTH)])


def picture(finding: Finding) -> str:
    """The graph of the program as our own Value makes it, if it is small and there is something to lay it out."""
    names: dict[str, Any] = {"Value": Value}
    if not finding.drawn:
        return ""
    attempt(exec, finding.program, names)
    computed = [value for value in names.values() if isinstance(value, Value) and value.parents]
    if not computed:
        return ""
    try:
        svg = draw(computed[-1], names=names).pipe("svg")
    except ModuleNotFoundError:
        return ""
    caption = "The graph, with its true gradients"
    image = f'<img style="max-width:100%" alt="{caption}" src="data:image/svg+xml;base64,{base64.b64encode(svg).decode()}">'
    return f'<figure style="margin:0;min-width:0">{image}<figcaption>{caption}</figcaption></figure>'
