"""How Python spells a listing: straight-line code within a loop over rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from micrograd import ops
from micrograd.compiler.listing import FINITE_ADD, Instruction, Listing
from micrograd.compiler.sparsity import Sparse, sparse
from micrograd.display.characters import printable
from micrograd.ops import OPS, Op

NEAR = 256  # names of a function that Python reaches with one instruction; for others it needs two
DEEPEST = 40  # brackets within brackets: Python reads no more than 200

# How an operation is written where it is not a call of the function of its name.
SPELLING: dict[Op, str] = {
    ops.add: "{} + {}",
    ops.sub: "{} - {}",
    ops.mul: "{} * {}",
    ops.div: "{} / {}",
    ops.neg: "-{}",
    ops.pow: "pow({}, {})",
    ops.relu: "0.0 if {0} <= 0.0 else {0}",
    ops.leaky_relu: "0.01 * {0} if {0} < 0.0 else {0}",
    ops.step: "1.0 if {0} > 0.0 else 0.0 if {0} <= 0.0 else {0}",
    ops.abs: "fabs({})",
    ops.maximum: "{0} if {0} >= {1} or {0} != {0} else {1}",
    ops.minimum: "{0} if {0} <= {1} or {0} != {0} else {1}",
    FINITE_ADD: "finite_add({}, {})",
}


class Code(NamedTuple):
    """An expression or a line, the names in it, each as often as it occurs, and how deep its brackets are.

    The first name in a line is what it sets, adds to or asks about.
    """

    text: str
    names: tuple[str, ...]
    depth: int = 0


def names_of_functions(instructions: Iterable[Instruction]) -> dict[Op, str]:
    """What a function is called in the source: a user's own op may have any symbol, so it gets a number."""
    names: dict[Op, str] = {}
    for _, op, _ in instructions:
        if op not in names and op not in SPELLING:
            names[op] = op.symbol if op in OPS else f"own{len(names) + 1}"
    return names


def call(function: str, arguments: Iterable[str | Sequence[str]]) -> str:
    """A call of the function; a sequence, as a reduction takes it, is a tuple."""
    texts = [argument if isinstance(argument, str) else f"({', '.join(argument)},)" for argument in arguments]
    return f"{function}({', '.join(texts)})"


def spelled(
    listing: Listing, instructions: Sequence[Instruction], functions: Mapping[Op, str], sums: Mapping[str, str] | None = None
) -> Iterator[Code]:
    """A line for each number that is used more than once; one used once is written where it is used, in brackets.

    Python stores and loads a name in the time of a multiplication, so this is a third faster than a line for each.
    """
    uses = Counter(chain(listing.outputs, *(operands for _, _, operands in instructions)))
    twice = {operand for _, op, operands in instructions if "{0}" in SPELLING.get(op, "") for operand in operands}
    kept = {*listing.outputs, *listing.labels, *twice}
    added = {name: total for name, total in (sums or {}).items() if uses[name] == 1 and name not in listing.labels}
    inner: dict[str, Code] = {}  # to be written into others
    for name, op, operands in instructions:
        template = SPELLING.get(op) or call(functions[op], op.arguments(["{}"] * len(operands)))
        parts = [inner.pop(operand, Code(operand, (operand,))) for operand in operands]
        text = template.format(*[part.text for part in parts])
        names = tuple(chain(*(part.names * max(1, template.count(f"{{{place}}}")) for place, part in enumerate(parts))))
        depth = 1 + max(part.depth for part in parts)
        if name in added:
            yield Code(f"{added[name]} += {text}", (added[name], *names))
        elif uses[name] == 1 and name not in kept and depth < DEEPEST:
            inner[name] = Code(f"({text})", names, depth)
        else:
            comment = f"  # {listing.labels[name]}" if name in listing.labels else ""
            yield Code(f"{name} = {text}{comment}", (name, *names))


def unpacked(names: Sequence[str], source: str) -> list[str]:
    return [f"({', '.join(names)},) = {source}"] if names else []


def row_names(listing: Listing) -> str:
    return f"({', '.join(listing.inputs)},)" if listing.inputs else "_"


def header(functions: Mapping[Op, str]) -> Iterator[str]:
    """The imports of a source; a user's own functions are handed over when it is run."""
    yield "from math import *"
    yield "from micrograd.numerics import *"
    yield "from micrograd.compiler.listing import finite_add"
    yield from (f"# {name}: {printable(op.symbol)}, an operation of your own" for op, name in functions.items() if op not in OPS)
    yield ""


def function(name: str, arguments: str, body: Iterable[str]) -> list[str]:
    return [f"def {name}({arguments}):", *(f"    {line}" for line in body), ""]


def indented(lines: Iterable[Code]) -> Iterator[str]:
    return (f"    {line.text}" for line in lines)


def constants(listing: Listing) -> Iterator[str]:
    for name, number in listing.constants.items():
        yield f"{name} = {number!r}" if math.isfinite(number) else f"{name} = float('{number!r}')"


def values_source(listing: Listing, functions: Mapping[Op, str]) -> list[str]:
    """`evaluate(rows, parameters)`: the outputs of each row."""
    body = [
        *constants(listing),
        *unpacked(listing.parameters, "parameters"),
        "values = []",
        f"for {row_names(listing)} in rows:",
        *indented(spelled(listing, listing.instructions, functions)),
        f"    values.append(({', '.join(listing.outputs)},))",
        "return values",
    ]
    return function("evaluate", "rows, parameters", body)


def near(lines: Iterable[Code]) -> list[str]:
    """A line that names the variables used most, if they are many: those that a function names first are near."""
    uses = Counter(chain.from_iterable(line.names for line in lines))
    return [f"{' = '.join(name for name, _ in uses.most_common(NEAR))} = 0.0"] if len(uses) > NEAR else []


def sums_source(listing: Listing, functions: Mapping[Op, str]) -> list[str]:
    """`gradient(rows, parameters)`: the sum over the rows of each output."""
    sums = [f"s{number}" for number in range(1, len(listing.outputs) + 1)]
    made = {instruction.name for instruction in listing.instructions}
    once = {name for name, count in Counter(listing.outputs).items() if count == 1 and name in made}
    into = {name: total for name, total in zip(listing.outputs, sums, strict=True) if name in once}
    found = sparse(listing, into)
    needed = [instruction for instruction in listing.instructions if instruction.name not in found.replaced]
    kept = replace(listing, outputs=(*(name for name in listing.outputs if name not in found.replaced), *found.names()))
    lines = list(beginnings(found))
    lines += passing_over_zeros(found, spelled(kept, needed, functions, into))
    added_to = {name for line in lines for name in line.names}
    rest = [(total, name) for total, name in zip(sums, listing.outputs, strict=True) if total not in added_to]
    lines += [Code(f"{total} += {name}", (total, name)) for total, name in rest]
    body = [
        *near(lines),
        *constants(listing),
        *unpacked(listing.parameters, "parameters"),
        *(["f1 = isfinite(sum(parameters))"] if found.terms else []),
        f"{' = '.join(sums)} = 0.0",
        f"for {row_names(listing)} in rows:",
        *indented(lines),
        f"return [{', '.join(sums)}]",
    ]
    return function("gradient", "rows, parameters", body)


def beginnings(found: Sparse) -> Iterator[Code]:
    """What the sums within a row begin with."""
    for start, totals in found.starts.items():
        yield Code(f"{' = '.join(totals)} = {start or '0.0'}", (*totals, *([start] if start else [])))


def passing_over_zeros(found: Sparse, lines: Iterable[Code]) -> Iterator[Code]:
    """The lines, and after that of each factor what is added with it: nothing if it is 0 and all partners are finite."""
    flags: dict[tuple[str, ...], str] = {(): "f1"}
    for line in lines:
        yield line
        factor = line.names[0]
        if factor in found.terms:
            names = found.checks[factor]
            if names not in flags:
                flags[names] = f"f{len(flags) + 1}"
                number = names[0] if len(names) == 1 else f"sum(({', '.join(names)}))"
                yield Code(f"{flags[names]} = f1 and isfinite({number})", (flags[names], "f1", *names))
            yield Code(f"if {factor} or not {flags[names]}:", (factor, flags[names]))
            for total, partner in found.terms[factor]:
                if partner:
                    yield Code(f"    {total} += {factor} * {partner}", (total, factor, partner))
                else:
                    yield Code(f"    {total} += {factor}", (total, factor))


def update_source(rule: Listing, functions: Mapping[Op, str]) -> list[str]:
    """`update(parameters, gradients, states, <step>, <learning rate>)`: an optimizer's rule for each parameter, in place."""
    *names, step, rate = rule.inputs
    varying = rule.depending_on(names)
    once = [instruction for instruction in rule.instructions if instruction.name not in varying]
    each = [instruction for instruction in rule.instructions if instruction.name in varying]
    shared = {operand for _, _, operands in each for operand in operands}
    kept = replace(rule, outputs=(*rule.outputs, *(name for name, _, _ in once if name in shared)))
    new_parameter, *new_states = rule.outputs
    body = [
        *constants(rule),
        *(line.text for line in spelled(kept, once, functions)),
        f"for i, ({', '.join(names)},) in enumerate(zip(parameters, gradients, *states)):",
        *indented(spelled(kept, each, functions)),
        f"    parameters[i] = {new_parameter}",
        *(f"    states[{number}][i] = {name}" for number, name in enumerate(new_states)),
    ]
    return function("update", f"parameters, gradients, states, {step}, {rate}", body)
