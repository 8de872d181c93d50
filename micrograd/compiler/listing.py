"""A graph as a list of instructions, each a name for an operation on earlier names: what every target spells.

>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> print(flatten([(w * x).tanh() + w * x], inputs=[x], parameters=[w]))
input      x1      x
parameter  p1      w
        1  v1      p1 * x1
        2  v2      tanh(v1)
        3  v3      v2 + v1
output     v3
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from micrograd import numerics, ops
from micrograd.display.characters import printable
from micrograd.engine import Value, topological_order
from micrograd.ops import Op


def finite_add(a: float, b: float) -> float:
    """a + b, and a where that is an infinity: how `logsumexp` ends."""
    return a if math.isinf(a) else a + b


FINITE_ADD = Op("finite_add", finite_add, lambda out, a, b: (1.0, 1.0))


class Instruction(NamedTuple):
    """`name` is `op` of the numbers under the names in `operands`."""

    name: str
    op: Op
    operands: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Instructions in an order in which they can run, each name once, and the names of the results.

    `inputs` and `parameters` are the names of the leaves in the order in which they were given.
    """

    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    constants: dict[str, float]
    instructions: tuple[Instruction, ...]
    outputs: tuple[str, ...]
    labels: dict[str, str]

    def run(self, inputs: Sequence[float], parameters: Sequence[float]) -> list[float]:
        """The outputs, with every function called as eager code calls it; where that has no value, the one of IEEE 754."""
        numbers = {**self.constants, **dict(zip(self.inputs, inputs, strict=True))}
        numbers |= zip(self.parameters, parameters, strict=True)
        for name, op, operands in self.instructions:
            numbers[name] = quietly(op, [numbers[operand] for operand in operands])
        return [numbers[name] for name in self.outputs]

    def depending_on(self, names: Iterable[str]) -> set[str]:
        """The names, and each result that is computed from one of them."""
        found = set(names)
        for name, _, operands in self.instructions:
            if not found.isdisjoint(operands):
                found.add(name)
        return found

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        for kind, names in (("input", self.inputs), ("parameter", self.parameters)):
            yield from (f"{kind:9}  {name:6}  {self.labels.get(name, '')}".rstrip() for name in names)
        yield from (f"constant   {name:6}  {number!r}" for name, number in self.constants.items())
        for number, (name, op, operands) in enumerate(self.instructions, start=1):
            label = f"  # {self.labels[name]}" if name in self.labels else ""
            yield f"{number:9}  {name:6}  {op.written(operands)}{label}"
        yield f"{'output':9}  {' '.join(self.outputs)}"


def flatten(
    outputs: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    constants: Mapping[Value, float] | None = None,
    finite: bool = False,
) -> Listing:
    """The listing of all outputs together. A leaf that is neither an input nor a parameter is a constant.

    Its number is the one in `constants`, or else the one that it has now. Where all numbers are known to be `finite`,
    what is times 0 or plus 0 is left out.

    What depends on constants alone is computed here, and a number that is computed twice is listed once. Two leaves
    stay two, though they may hold the same number. `dot`, `total` and `logsumexp` are written out, from left to right.
    """
    writer = Writer(finite)
    names: dict[Value, str] = {}
    fixed = constants or {}
    for kind, leaves in (("x", inputs), ("p", parameters)):
        names |= {leaf: f"{kind}{number}" for number, leaf in enumerate(leaves, start=1)}
    for node in topological_order(ops.total(outputs))[:-1]:
        if node not in names:
            if node.op is None:
                names[node] = writer.constant(fixed.get(node, node.data))
            else:
                names[node] = writer.write(node.op, [names[parent] for parent in node.parents])
    results = [names[output] for output in outputs]
    needed = needed_for(results, writer.instructions)
    instructions = [instruction for instruction in writer.instructions if instruction.name in needed]
    numbers = {name: number for name, number in writer.constants.items() if name in needed}
    new = {name: name for name in names.values()} | numbered("c", numbers) | numbered("v", [i.name for i in instructions])
    return Listing(
        tuple(names[leaf] for leaf in inputs),
        tuple(names[leaf] for leaf in parameters),
        {new[name]: number for name, number in numbers.items()},
        tuple(Instruction(new[name], op, tuple([new[operand] for operand in operands])) for name, op, operands in instructions),
        tuple(new[name] for name in results),
        {new[name]: printable(node.label) for node, name in reversed(names.items()) if node.label},
    )


def numbered(letter: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{letter}{number}" for number, name in enumerate(names, start=1)}


def needed_for(results: Iterable[str], instructions: Sequence[Instruction]) -> set[str]:
    needed = set(results)
    for name, _, operands in reversed(instructions):
        if name in needed:
            needed.update(operands)
    return needed


class Writer:
    """Appends instructions, each number computed once."""

    def __init__(self, finite: bool) -> None:
        self.finite = finite
        self.instructions: list[Instruction] = []
        self.constants: dict[str, float] = {}
        self.written: dict[tuple[Op, tuple[str, ...]], str] = {}
        self.products: dict[str, tuple[str, str]] = {}
        self.negatives: dict[str, str] = {}
        self.named: dict[str, str] = {}  # by hexadecimal text: -0.0 is not 0.0

    def constant(self, number: float) -> str:
        name = self.named.setdefault(number.hex(), f"c{len(self.named) + 1}")
        self.constants[name] = number
        return name

    def write(self, op: Op, operands: Sequence[str]) -> str:
        """The name of `op` of the operands: a new instruction, or an old one, or a constant."""
        if op in COMPOSITIONS:
            return COMPOSITIONS[op](self, op.arguments(operands))
        if all(operand in self.constants for operand in operands):
            return self.constant(quietly(op, [self.constants[operand] for operand in operands]))
        if op in (ops.mul, ops.div) and self.constants.get(operands[1]) == 1.0:
            return operands[0]
        if self.finite and op in (ops.mul, ops.add) and (zeros := [o for o in operands if self.constants.get(o) == 0.0]):
            return zeros[0] if op is ops.mul else next(operand for operand in operands if operand not in zeros)
        return self.negative(operands[0]) if op is ops.neg else self.append(op, operands)

    def negative(self, name: str) -> str:
        """-(a * (b * c)) as a * (b * -c), since many products share the last factor and so its negative.

        A product that is used with both signs is written twice.
        """
        products = []
        while name in self.products and name not in self.negatives:
            a, b = self.products[name]
            products.append((name, a))
            name = b
        negative = self.paired(name, self.negatives.get(name) or self.append(ops.neg, [name]))
        for product, a in reversed(products):
            negative = self.paired(product, self.append(ops.mul, [a, negative]))
        return negative

    def paired(self, name: str, negative: str) -> str:
        """Remember that each is the negative of the other: --a is a."""
        self.negatives |= {name: negative, negative: name}
        return negative

    def append(self, op: Op, operands: Sequence[str]) -> str:
        key = op, tuple(sorted(operands) if op in (ops.add, ops.mul) else operands)
        if key not in self.written:
            self.written[key] = name = f"v{len(self.instructions) + 1}"
            self.instructions.append(Instruction(name, op, tuple(operands)))
            if op is ops.mul and operands[1] not in self.constants:
                self.products[name] = operands[0], operands[1]
        return self.written[key]

    def total(self, terms: Sequence[str]) -> str:
        return reduce(lambda a, b: self.write(ops.add, [a, b]), terms) if terms else self.constant(0.0)


def written_total(writer: Writer, arguments: Sequence[Sequence[str]]) -> str:
    return writer.total(arguments[0])


def written_dot(writer: Writer, arguments: Sequence[Sequence[str]]) -> str:
    return writer.total([writer.write(ops.mul, pair) for pair in zip(*arguments, strict=True)])


def written_logsumexp(writer: Writer, arguments: Sequence[Sequence[str]]) -> str:
    """The largest and log1p of a sum over the others: at each step that is the smaller of two, as in `numerics`."""
    (terms,) = arguments
    if not terms:
        return writer.constant(-math.inf)
    largest, others = terms[0], []
    for term in terms[1:]:
        others.append(writer.write(ops.minimum, [largest, term]))
        largest = writer.write(ops.maximum, [largest, term])
    powers = [writer.write(ops.exp, [writer.write(ops.sub, [other, largest])]) for other in others]
    return writer.write(FINITE_ADD, [largest, writer.write(ops.log1p, [writer.total(powers)])])


COMPOSITIONS: dict[Op, Callable[[Writer, Sequence[Sequence[str]]], str]] = {
    ops.total: written_total,
    ops.dot: written_dot,
    ops.logsumexp: written_logsumexp,
}


# Where a function of Python stops with an error, compiled code goes on with the number of IEEE 754: nan, unless it is here.
LIMITS: dict[Op, Callable[..., float]] = {
    ops.div: numerics.quiet_div,
    ops.pow: numerics.quiet_pow,
    ops.exp: lambda a: math.inf,
    ops.expm1: lambda a: math.inf,
    ops.log: lambda a: -math.inf if a == 0.0 else math.nan,
    ops.log1p: lambda a: -math.inf if a == -1.0 else math.nan,
    ops.cosh: lambda a: math.inf,
    ops.sinh: lambda a: math.copysign(math.inf, a),
}


def quietly(op: Op, numbers: Sequence[float]) -> float:
    """The number of the operation, and of IEEE 754 where eager code stops with an error."""
    try:
        return op.forward(*op.arguments(numbers))
    except (ValueError, ArithmeticError):
        limit = LIMITS.get(op)
        return limit(*numbers) if limit else math.nan
