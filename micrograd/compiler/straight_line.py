"""Straight-line code of a listing, a line for each number, for languages whose compilers like it so: C and JavaScript.

>>> from micrograd.compiler.listing import flatten
>>> from micrograd.engine import Value
>>> x, w = Value(2.0), Value(0.5)
>>> listing = flatten([x * w + 1.5], inputs=[x], parameters=[w])
>>> dialect = Dialect("basic", "LET {} = {}", " ' {}", {ops.mul: "{} * {}", ops.add: "{} + {}"}, repr, str)
>>> print(*dialect.lines(listing, listing.instructions, {"x1": "X(1)", "p1": "P(1)"}, listing.outputs), sep="\\n")
LET x1 = X(1)
LET p1 = P(1)
LET c1 = 1.5
LET v1 = x1 * p1
LET v2 = v1 + c1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from micrograd import ops
from micrograd.compiler.listing import Instruction, Listing
from micrograd.ops import Op

# What C and JavaScript write alike: an expression, with {} for an operand.
SHARED: dict[Op, str] = {
    ops.add: "{} + {}", ops.sub: "{} - {}", ops.mul: "{} * {}", ops.div: "{} / {}", ops.quiet_div: "{} / {}", ops.neg: "-{}",
}  # fmt: skip


def called(name: str, arity: int) -> str:
    """The expression that calls the function of that name.

    >>> called("atan2", 2)
    'atan2({}, {})'
    """
    return f"{name}({', '.join(['{}'] * arity)})"


@dataclass(frozen=True)
class Dialect:
    """How a target writes a line."""

    target: str
    line: str  # a name, and the expression that it stands for
    remark: str  # what follows a line that has a label
    spelling: Mapping[Op, str]
    number: Callable[[float], str]
    comment: Callable[[str], str]  # any text as one that cannot end a comment

    def lines(
        self, listing: Listing, instructions: Sequence[Instruction], places: Mapping[str, str], results: Iterable[str]
    ) -> Iterator[str]:
        """First the numbers from elsewhere that the instructions read, or that are results; then a line for each instruction.

        A name in `places` is read from there. It is a ValueError if an operation is a user's own.
        """
        used = {*results, *chain.from_iterable(operands for _, _, operands in instructions)}
        yield from (self.line.format(name, place) for name, place in places.items() if name in used)
        yield from (self.line.format(name, self.number(number)) for name, number in listing.constants.items() if name in used)
        for name, op, operands in instructions:
            if op not in self.spelling:
                raise self.refusal(listing)
            label = self.comment(listing.labels.get(name, ""))
            remark = self.remark.format(label) if label else ""
            yield self.line.format(name, self.spelling[op].format(*operands)) + remark

    def unspelled(self, listing: Listing) -> list[str]:
        """The symbols of the operations that it has no spelling for, each once: a user's own."""
        return list(dict.fromkeys(op.symbol for _, op, _ in listing.instructions if op not in self.spelling))

    def refusal(self, listing: Listing) -> ValueError:
        """The error that names them."""
        symbols = self.unspelled(listing)
        what = "an operation of your own; write it" if len(symbols) == 1 else "operations of your own; write them"
        return ValueError(
            f"the {self.target} target cannot spell {' and '.join(map(repr, symbols))}, {what} with those of the table"
        )

    def described(self, listing: Listing, names: Iterable[str]) -> str:
        """The labels of these names for a comment."""
        return self.comment(", ".join(listing.labels.get(name, name) for name in names) or "none")
