"""Units that are off: which terms of a listing's sums are 0 as long as one factor is.

A ReLU that is off gives 0, its slope is 0, and so is every product with either: of a network, half of all products.
Here they are sorted by that factor, for a target that can pass over all of them at once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, takewhile
from typing import NamedTuple

from micrograd import ops
from micrograd.compiler.listing import FINITE_ADD, Instruction, Listing
from micrograd.ops import OPS

LEAST = 3  # terms of one factor, so that to ask whether it is 0 costs less than to add them

# The operands of which an operation tells 0.0 from -0.0, as 1 / 0.0 is inf and 1 / -0.0 is -inf. From any other it gives the
# same, or 0.0 and -0.0 again.
SEEING_SIGNS = {ops.div: (1,), ops.quiet_div: (1,), ops.pow: (0,), ops.quiet_pow: (0,), ops.atan2: (0, 1)}

FINITE_ONLY_IF = (ops.add, ops.sub, ops.mul, ops.neg)  # their operands are


class Term(NamedTuple):
    """factor * partner, or the factor alone. The factor is the later of the two, and often 0."""

    factor: str
    partner: str | None


class Run(NamedTuple):
    """Products that are added one after the other, from the beginning of a sum."""

    start: str | None  # the leaf that the sum begins with; without one it begins with 0.0
    links: list[tuple[str, str]]  # the sum so far and the product last added to it


@dataclass(frozen=True)
class Sparse:
    """What stands in place of some instructions of a listing."""

    starts: dict[str | None, list[str]] = field(default_factory=dict)  # the sums within a row, by what they begin with
    terms: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)  # by factor: the sum and the partner
    checks: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by factor: if these are finite, its partners are
    replaced: set[str] = field(default_factory=set)

    def add(self, total: str, term: Term) -> None:
        self.terms.setdefault(term.factor, []).append((total, term.partner))

    def names(self) -> list[str]:
        """The numbers that need a name of their own."""
        partners = (partner for terms in self.terms.values() for _, partner in terms if partner)
        return list(dict.fromkeys(chain(self.terms, partners, *self.checks.values())))


def sparse(listing: Listing, sums: Mapping[str, str]) -> Sparse:
    """The terms to be added one by one; `sums` names the sum over all rows for an output that goes nowhere else.

    To pass over a term while its factor is 0 changes nothing if its partner is finite (0 * inf is nan), except that a
    sum may be 0.0 for -0.0: those are left alone of which an operation sees the sign.
    """
    search = Search(listing)
    products, runs = search.products, [*search.runs()][::-1]
    ends = {name: products.get(name, Term(name, None)) for name in sums if name in search.often_zero}
    often = Counter(term.factor for term in chain(ends.values(), (products[name] for run in runs for _, name in run.links)))
    found = Sparse()
    for start, links in runs:
        links = list(takewhile(lambda link: often[products[link[1]].factor] >= LEAST, links))
        if len(links) > 1:
            total, _ = links[-1]
            found.starts.setdefault(start, []).append(total)
            for link, product in links:
                found.add(total, products[product])
                found.replaced.update((link, product))
    for name, term in ends.items():
        if often[term.factor] >= LEAST:
            found.add(sums[name], term)
            if name in products:
                found.replaced.add(name)
    for factor, terms in found.terms.items():
        partners = tuple(dict.fromkeys(partner for _, partner in terms if partner in search.varying))
        proof = search.proof(partners, factor) if len(partners) > 1 else None
        found.checks[factor] = (proof,) if proof and proof not in found.replaced else partners
    return found


class Search:
    """A listing, and what is known of its names."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.made = {instruction.name: instruction for instruction in listing.instructions}
        self.leaves = {*listing.inputs, *listing.parameters, *listing.constants}
        self.varying = {*listing.inputs, *self.made}
        self.first_use: dict[str, Instruction] = {}
        for instruction in listing.instructions:
            for operand in instruction.operands:
                self.first_use.setdefault(operand, instruction)
        uses = Counter(chain(listing.outputs, *(operands for _, _, operands in listing.instructions)))
        self.once = {name for name in self.made if uses[name] == 1 and name not in listing.labels}
        self.place = {name: place for place, name in enumerate(self.made)}
        self.often_zero: set[str] = set()
        for name, op, operands in listing.instructions:
            if op in (ops.relu, ops.step) or (op in (ops.mul, ops.neg) and not self.often_zero.isdisjoint(operands)):
                self.often_zero.add(name)
        self.products = {name: term for name in self.once if (term := self.product(name))}

    def product(self, name: str) -> Term | None:
        """The factors of an instruction that multiplies by a number that is often 0."""
        _, op, operands = self.made[name]
        if op is not ops.mul:
            return None
        partner, factor = sorted(operands, key=lambda operand: self.place.get(operand, -1))
        finite = math.isfinite(self.listing.constants.get(partner, 0.0))
        return Term(factor, partner) if factor in self.often_zero and finite else None

    def runs(self) -> Iterator[Run]:
        """The products at the beginning of each sum whose sign is not seen at 0, as far as their factors are in order."""
        seen, inner = self.seen_signs(), set[str]()
        for name, op, _ in reversed(self.listing.instructions):
            if op is not ops.add or name in inner or name in seen:
                continue
            additions = self.additions(name)
            inner.update(additions)
            first = self.made[additions[0]].operands[0]
            links = [(addition, self.made[addition].operands[1]) for addition in additions]
            if first in self.leaves:
                yield Run(first, list(self.in_order(links)))
            else:
                yield Run(None, list(self.in_order([(first, first), *links])))

    def additions(self, name: str) -> list[str]:
        """((a + b) + c) + d, from the inside."""
        names = [name]
        while (left := self.made[names[-1]].operands[0]) in self.once and self.made[left].op is ops.add:
            names.append(left)
        return names[::-1]

    def in_order(self, links: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        last = -1
        for total, name in links:
            if name not in self.products or (place := self.place[self.products[name].factor]) < last:
                return
            last = place
            yield total, name

    def proof(self, partners: Sequence[str], factor: str) -> str | None:
        """A number known before the factor that is finite only if all partners are, if there is one near.

        As a sum or a product of what is not finite is not finite, it is looked for upwards from the first partner.
        """
        name, steps = partners[0], 2 * len(partners) + 4
        for _ in range(steps):
            use = self.first_use.get(name)
            if use is None or use.op not in FINITE_ONLY_IF or self.place[use.name] >= self.place[factor]:
                return name if set(partners) <= set(islice(self.below(name), 8 * steps)) else None
            name = use.name
        return None

    def below(self, name: str) -> Iterator[str]:
        """All that is finite if the number is."""
        stack = [name]
        while stack:
            yield (name := stack.pop())
            if name in self.made and self.made[name].op in FINITE_ONLY_IF:
                stack.extend(self.made[name].operands)

    def seen_signs(self) -> set[str]:
        """The names whose sign makes a difference where they are 0."""
        seen: set[str] = set()
        for name, op, operands in reversed(self.listing.instructions):
            known = op in OPS or op is FINITE_ADD
            if not known or (name in seen and op not in (ops.relu, ops.step)):
                seen.update(operands)
            seen.update(operands[place] for place in SEEING_SIGNS.get(op, ()))
        return seen
