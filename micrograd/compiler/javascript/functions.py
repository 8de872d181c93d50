"""A listing as a function of JavaScript.

>>> from micrograd.compiler.listing import flatten
>>> from micrograd.engine import Value
>>> x, w = Value(2.0, "x"), Value(0.5, "w")
>>> print(script([values_function("evaluate", flatten([(w * x).relu()], inputs=[x], parameters=[w]))]))
"use strict";
const { evaluate } = (() => {
function evaluate(x, p, out) {
  const x1 = x[0];
  const p1 = p[0];
  const v1 = p1 * x1;
  const v2 = v1 <= 0 ? 0 : v1;
  out[0] = v2;
}
return { evaluate };
})();
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from micrograd.compiler.javascript.spelling import JAVASCRIPT, helper_texts, helpers_of
from micrograd.compiler.listing import Instruction, Listing

# Instructions of a function. V8 never optimises a very long one: the sums of MLP(2, [32, 32, 1]) as a whole take 15 times as
# long as in parts, of 250, 500 or 1000 alike.
MOST = 500


@dataclass(frozen=True)
class Function:
    """A function by its name: its text, with the parts that it is cut into, and the helpers that it calls."""

    name: str
    lines: tuple[str, ...]
    helpers: frozenset[str]


def values_function(name: str, listing: Listing, most: int = MOST) -> Function:
    """`name(x, p, out)`: the outputs of one row, from its inputs x and the parameters p into `out`, all of them Float64Arrays."""
    places = numbered("x[{}]", listing.inputs) | numbered("p[{}]", listing.parameters)
    before, body = cut(name, "x, p, out", listing, places, "out[{}] = {};", most)
    return finished(name, listing, [*before, *braced(f"function {name}(x, p, out)", body)])


def sums_function(name: str, listing: Listing, most: int = MOST) -> Function:
    """`name(rows, order, first, last, weight, p, sums)`: the outputs summed over the rows `order[first]` to `order[last - 1]`.

    `rows` holds the inputs of all rows one after the other, but not the last input of the listing: that is `weight`.
    """
    *inputs, weight = listing.inputs
    places = numbered("rows[at + {}]", inputs) | {weight: "weight"}
    parameters = numbered("p[{}]", listing.parameters)
    whole = len(listing.instructions) <= most
    read = {*listing.outputs, *chain.from_iterable(operands for _, _, operands in listing.instructions)}
    once = [JAVASCRIPT.line.format(name, place) for name, place in parameters.items() if whole and name in read]
    places |= {} if whole else parameters
    before, body = cut(name, "rows, at, weight, p, sums", listing, places, "sums[{}] += {};", most)
    each_row = [f"const at = order[place] * {len(inputs)};", *body]
    loop = braced("for (let place = first; place < last; place += 1)", each_row)
    return finished(
        name,
        listing,
        [*before, *braced(f"function {name}(rows, order, first, last, weight, p, sums)", [*once, "sums.fill(0);", *loop])],
    )


def update_function(name: str, rule: Listing) -> Function:
    """`name(p, gradients, memories, step, learning rate, ...)`: an optimizer's rule for each parameter, in place.

    The inputs of the rule are the parameter, its gradient, a memory for each output but the first, and what is the same for
    all parameters. `memories` is an array of Float64Arrays. It ends with the shorter of p and gradients, as `zip` does.
    """
    memories = len(rule.outputs) - 1
    each, uniform = rule.inputs[: 2 + memories], rule.inputs[2 + memories :]
    places = dict(zip(each, ["p[i]", "gradients[i]", *[f"memories[{k}][i]" for k in range(memories)]], strict=True))
    varying = rule.depending_on(each)
    once = [instruction for instruction in rule.instructions if instruction.name not in varying]
    rest = [instruction for instruction in rule.instructions if instruction.name in varying]
    moved = [place for place in places.values() if place != "gradients[i]"]
    new = [f"{place} = {output};" for place, output in zip(moved, rule.outputs, strict=True)]
    body = [
        f"// {', '.join(f'{name} is the {JAVASCRIPT.described(rule, [name])}' for name in uniform)}",
        *JAVASCRIPT.lines(rule, once, {}, ()),
        "const count = Math.min(p.length, gradients.length);",
        *braced("for (let i = 0; i < count; i += 1)", [*JAVASCRIPT.lines(rule, rest, places, rule.outputs), *new]),
    ]
    return finished(name, rule, braced(f"function {name}({', '.join(['p', 'gradients', 'memories', *uniform])})", body))


def script(functions: Sequence[Function]) -> str:
    """The functions under their names, and in a scope of their own their helpers, each once; it may stand in a script element."""
    names = ", ".join(function.name for function in functions)
    helpers = helper_texts(chain.from_iterable(function.helpers for function in functions))
    lines = chain.from_iterable(function.lines for function in functions)
    return "\n".join(['"use strict";', f"const {{ {names} }} = (() => {{", *helpers, *lines, f"return {{ {names} }};", "})();"])


def unspelled(listing: Listing) -> list[str]:
    """The symbols of the operations that JavaScript cannot spell, each once: a user's own."""
    return JAVASCRIPT.unspelled(listing)


def finished(name: str, listing: Listing, lines: Iterable[str]) -> Function:
    return Function(name, tuple(lines), frozenset(helpers_of(listing.instructions)))


# --------------------------------------------------------------------------------------------------------------
# Lines
# --------------------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """A stretch of a listing: its instructions, the numbers that later parts read, and the places of the outputs known now."""

    instructions: Sequence[Instruction]
    handed_on: Sequence[str]
    outputs: Sequence[int]


def parts_of(listing: Listing, most: int) -> list[Part]:
    """Parts of about the same length. What is no instruction's is written by the first."""
    count = max(1, math.ceil(len(listing.instructions) / most))
    ends = [len(listing.instructions) * number // count for number in range(count + 1)]
    stretches = [listing.instructions[begin:end] for begin, end in pairwise(ends)]
    made_in = {instruction.name: number for number, stretch in enumerate(stretches) for instruction in stretch}
    last_read = {
        operand: number for number, stretch in enumerate(stretches) for _, _, operands in stretch for operand in operands
    }
    outputs: list[list[int]] = [[] for _ in stretches]
    for place, name in enumerate(listing.outputs):
        outputs[made_in.get(name, 0)].append(place)
    return [
        Part(stretch, [name for name, _, _ in stretch if last_read.get(name, 0) > number], outputs[number])
        for number, stretch in enumerate(stretches)
    ]


def cut(
    name: str, arguments: str, listing: Listing, places: Mapping[str, str], write: str, most: int
) -> tuple[list[str], list[str]]:
    """What comes before a function, and the lines of its body: it writes each output.

    Those of a long one are calls of its parts, which come before it; what a part hands on to later ones stands in an array.
    """
    parts = parts_of(listing, most)
    if len(parts) == 1:
        return [], list(part_lines(listing, parts[0], places, {}, write))
    between = f"{name}Between"
    stored = numbered(f"{between}[{{}}]", chain.from_iterable(part.handed_on for part in parts))
    before, calls = [f"const {between} = new Float64Array({len(stored)});"], []
    for number, part in enumerate(parts, start=1):
        own = {instruction.name for instruction in part.instructions}
        read = chain.from_iterable(operands for _, _, operands in part.instructions)
        known = {**places, **{name: stored[name] for name in read if name in stored and name not in own}}
        call = f"{name}Part{number}({arguments})"
        before += braced(f"function {call}", part_lines(listing, part, known, stored, write))
        calls.append(f"{call};")
    return before, calls


def part_lines(listing: Listing, part: Part, places: Mapping[str, str], stored: Mapping[str, str], write: str) -> Iterator[str]:
    yield from JAVASCRIPT.lines(listing, part.instructions, places, [listing.outputs[place] for place in part.outputs])
    yield from (f"{stored[name]} = {name};" for name in part.handed_on)
    yield from (write.format(place, listing.outputs[place]) for place in part.outputs)


def numbered(template: str, names: Iterable[str]) -> dict[str, str]:
    """Where each name is read."""
    return {name: template.format(index) for index, name in enumerate(names)}


def braced(head: str, lines: Iterable[str]) -> list[str]:
    return [f"{head} {{", *(f"  {line}" for line in lines), "}"]
