"""From what the programs came to, to the bugs that explain it: each is named once, and what follows from it is said to follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from micrograd.examination import bugs
from micrograd.examination.bugs import Bug
from micrograd.examination.cases import Case, Endless, Sign, agree
from micrograd.examination.graphs import CASES
from micrograd.examination.running import NotThere, Outcome, attempt, run

PASS, FAIL, FOLLOWS, LIMIT, NOT_YET, NOT_TRIED = "PASS", "FAIL", "FOLLOWS", "LIMIT", "NOT YET", "NOT TRIED"


class Judgement(NamedTuple):
    """What is to be said of a case; the bug if it is wrong, or if another's bug explains it."""

    case: Case
    verdict: str
    bug: Bug | None = None
    outcome: Outcome | None = None
    missing: tuple[str, ...] = ()


def all_below() -> dict[str, tuple[str, ...]]:
    """For each case all those on which it stands, those on which these stand too, the smallest first."""
    below: dict[str, tuple[str, ...]] = {}
    for case in CASES:
        names = {name for used in case.uses for name in (used, *below[used])}
        below[case.name] = tuple([name for name in below if name in names])
    return below


STANDS_ON = all_below()


def judge(their_class: type, sample: object) -> list[Judgement]:
    """All cases, from small to large; `sample` is one of their Values, which tells what there is and what is not there yet."""
    outcomes: dict[str, Outcome] = {}
    named: dict[str, Bug] = {}  # the bug behind each case that is wrong
    lacking: dict[str, tuple[str, ...]] = {}  # what is not there yet, by the cases that need it
    judgements = []
    names = {name for case in CASES for name in needed(case)}
    absent = {name for name in names if is_absent(name, sample)}
    tried = {case.name: case for case in CASES if absent.isdisjoint(needed(case))}
    for case in CASES:
        missing = tuple([name for name in needed(case) if name in absent])
        explained = explanation(case, named)
        for other in (case, *[tried[sign.wrong] for sign in case.signs if sign.wrong in tried]):
            if not missing and other.name not in outcomes and may_run(other, explained):
                outcomes[other.name] = run(other, their_class)
        below = next((lacking[name] for name in STANDS_ON[case.name] if name in lacking), ())
        judgement = judged(case, outcomes, explained, set(named.values()), missing, below)
        if judgement.missing:
            lacking[case.name] = judgement.missing
        if judgement.verdict in (FAIL, FOLLOWS, NOT_TRIED) and judgement.bug is not None:
            named[case.name] = judgement.bug
        if not (judgement.verdict == NOT_YET and case.optional):
            judgements.append(judgement)
    return judgements


def is_absent(name: str, sample: object) -> bool:
    """Whether there is no such attribute. Python looks for the method of an operator in the class alone."""
    operator = name.startswith("__")
    there, error = attempt(getattr, type(sample) if operator else sample, name)
    return isinstance(error, AttributeError) or (operator and there is None)


def needed(case: Case) -> list[str]:
    """The attributes without which the case cannot run, or cannot be read, each once."""
    return list(dict.fromkeys([*[attribute for _, attribute in case.true], *case.needs]))


def explanation(case: Case, named: Mapping[str, Bug]) -> Bug | None:
    """The bug from which a wrong number of the case would follow, if one has been found."""
    for name in STANDS_ON[case.name]:
        if name in named:
            return named[name]
    return next((bug for bug in named.values() if bug in bugs.ANYWHERE), None)


def may_run(case: Case, explained: Bug | None) -> bool:
    """What would not end is run once; and what may take all memory, only where nothing is wrong with what it stands on."""
    return explained is None or not (case.large or explained is bugs.ENDLESS)


def judged(
    case: Case,
    outcomes: Mapping[str, Outcome],
    explained: Bug | None,
    named: Collection[Bug],
    missing: tuple[str, ...],
    below: tuple[str, ...],
) -> Judgement:
    """What is to be said of one case; `missing` is what it needs itself and has not, and `below` what it may be made of."""
    if missing:
        return Judgement(case, NOT_YET, missing=missing)
    if case.name not in outcomes:
        return Judgement(case, NOT_TRIED, explained)
    outcome = outcomes[case.name]
    error = None if outcome.failure is None else outcome.failure.error
    if not is_wrong(outcome):
        return Judgement(case, PASS, outcome=outcome)
    if isinstance(error, NotImplementedError):
        return Judgement(case, NOT_YET, missing=case.needs if len(case.needs) == 1 else ())  # of several, it may be any
    if isinstance(error, TypeError) and below:
        return Judgement(case, NOT_YET, missing=below)  # an operator that is not there, as "bad operand type" says
    if explained is not None:
        return Judgement(case, FOLLOWS, explained, outcome)
    bug = likely_bug(case, outcome, outcomes)
    if bug in bugs.LIMITS:
        return Judgement(case, LIMIT, bug, outcome)
    return Judgement(case, FOLLOWS if bug in named and bug not in bugs.OF_ONE_OPERATION else FAIL, bug, outcome)


def is_wrong(outcome: Outcome) -> bool:
    return bool(outcome.wrong) or outcome.failure is not None


def likely_bug(case: Case, outcome: Outcome, outcomes: Mapping[str, Outcome]) -> Bug:
    """The first bug whose sign is seen; without one, what is wrong with the case as a whole."""
    things = {place: number for place, number in outcome.wrong.items() if not isinstance(number, float)}
    if any(isinstance(thing, NotThere) for thing in things.values()):
        return bugs.NOT_A_VALUE
    if any(attribute == "grad" for _, attribute in things):
        return bugs.GRADIENT_IS_A_VALUE
    if outcome.no_number:
        return bugs.NO_NUMBER
    for sign in case.signs:
        if seen(sign, outcome) and (sign.wrong is None or (sign.wrong in outcomes and is_wrong(outcomes[sign.wrong]))):
            return sign.bug
    if outcome.failure is None:
        return case.bug
    return bugs.ENDLESS if isinstance(outcome.failure.error, (Endless, RecursionError)) else bugs.RAISES


def seen(sign: Sign, outcome: Outcome) -> bool:
    if outcome.failure is not None:
        return sign.error is not None and isinstance(outcome.failure.error, sign.error)
    if sign.numbers is None:
        return sign.error is None
    numbers = {**outcome.right, **outcome.wrong}
    return all(agree(numbers[place], number) for place, number in sign.numbers.items())
