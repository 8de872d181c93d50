"""Random graphs of every row, nested and shared, on ordinary and special numbers, against the truth at 50 digits.

Three things are compared. At every node the value and the local derivatives, with the truth at the floats that the node was
computed from. In every graph the gradients, with a sweep at 50 digits over the recorded local derivatives, up to a running bound
of the rounding. And where all is ordinary the gradients with those of the exact graph, up to what the rounding of every node
may do to them.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mpmath import mp, mpf

from micrograd import ops
from micrograd.engine import Constant, Value, topological_order
from micrograd.ops import OPS, SLOPES, Op, Reduction
from tests.robustness.truth import INF, LEAST_NORMAL, ZERO, NoValueError, Truth, truth

LARGEST = mpf(sys.float_info.max)
UNIT = 2.0**-53  # of rounding
SMALLEST = 2.0**-1074
ULPS = 4.0
ROUNDED = {
    ops.add,
    ops.sub,
    ops.mul,
    ops.div,
    ops.sqrt,
    ops.neg,
    ops.abs,
    ops.maximum,
    ops.minimum,
    ops.relu,
}  # once, so by 1/2 ulp
KINKED = {ops.relu, ops.leaky_relu, ops.step, ops.sign, ops.abs, ops.maximum, ops.minimum, ops.ahead, ops.quiet_log}

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.0, 1e-300, -1e-300, 1e300, -1e300, 5e-324, -5e-324, 2.3e-308, 1.7e308,
           math.inf, -math.inf, math.nan, 1e-160, 1e160,
           1e-17, 1e-8, 1e8, 1e17, 20.0, -36.7, 40.0, 300.0, -709.5, 745.0]  # fmt: skip


def special(generator: random.Random) -> float:
    return generator.choice(SPECIAL)


def ordinary(generator: random.Random) -> float:
    return generator.choice([generator.uniform(-3.0, 3.0), generator.uniform(0.0, 1.0), generator.gauss(0.0, 10.0)])


def spread(generator: random.Random) -> float:
    """Of any size."""
    return math.copysign(10.0 ** generator.uniform(-307.0, 307.0), generator.random() - 0.5)


def near_a_whole_number(generator: random.Random) -> float:
    return generator.choice([-1.0, 0.0, 1.0, 2.0]) + generator.choice([-1.0, 1.0]) * 10.0 ** generator.uniform(-17.0, -1.0)


WILD = (special, ordinary, ordinary, spread, near_a_whole_number)


@dataclass
class Findings:
    """What was compared, and the sentences about what did not agree."""

    graphs: int = 0
    nodes: int = 0
    refusals: int = 0
    gradients: int = 0
    end_to_end: int = 0
    wrong: list[str] = field(default_factory=list)


def run(count: int = 2000, seed: int = 0) -> bool:
    """True if that many graphs agree."""
    findings, started = Findings(), time.monotonic()
    for number in range(count):
        before = len(findings.wrong)
        examine(seed * 1_000_000_007 + number, findings)
        for sentence in findings.wrong[before:]:
            print(f"graph {number}: {sentence}", flush=True)
    print(
        f"{findings.graphs:,} graphs in {time.monotonic() - started:.0f} s: {findings.nodes:,} nodes, {findings.refusals:,} "
        f"refusals, {findings.gradients:,} gradients, {findings.end_to_end:,} end to end; {len(findings.wrong)} wrong"
    )
    return not findings.wrong


def examine(seed: int, findings: Findings) -> None:
    """Grow one graph and compare it."""
    generator = random.Random(seed)
    numbers = (ordinary,) if generator.random() < 0.4 else WILD
    output, truths = grown(generator, numbers, findings)
    order = topological_order(output)
    findings.graphs += 1
    findings.wrong += sweep_disagreements(order, findings)
    if generator.random() < 0.3 and all(truths[node].value_size < 1e6 for node in order if node.op):
        findings.wrong += end_to_end_disagreements(order, truths, findings)


def grown(
    generator: random.Random, numbers: Sequence[Callable[[random.Random], float]], findings: Findings
) -> tuple[Value, dict[Value, Truth]]:
    """A graph of 2 to 10 operations, each compared when it is made; the output is the last of them, or the sum of some."""
    nodes = [Value(generator.choice(numbers)(generator)) for _ in range(generator.randint(1, 4))]
    leaves, truths = len(nodes), dict[Value, Truth]()
    size = generator.randint(2, 10)
    while len(nodes) < leaves + size:
        op = generator.choice(OPS)
        count = op.arity * generator.randint(1, 4) if isinstance(op, Reduction) else op.arity
        operands: list[Value] = [operand_among(nodes, generator, numbers) for _ in range(count)]
        if all(isinstance(operand, Constant) for operand in operands):
            operands[0] = nodes[-1]
        node = compared(op, operands, truths, findings)
        if node is None:
            nodes.append(Value(generator.choice(numbers)(generator)))  # another number, which may be in the domain
            leaves += 1
        elif math.isfinite(node.data) or generator.random() < 0.1:
            nodes.append(node)
        else:
            size -= 1
    while nodes[-1].op is None:
        nodes[-1] = nodes[-1] * nodes[0]
        truths[nodes[-1]] = truth(ops.mul, [parent.data for parent in nodes[-1].parents])
    return nodes[-1], truths


def operand_among(nodes: list[Value], generator: random.Random, numbers: Sequence[Callable[[random.Random], float]]) -> Value:
    """Most are nodes, the last one more often than others; some are plain numbers."""
    if generator.random() < 0.12:
        return Constant(generator.choice(numbers)(generator))
    return nodes[-1] if generator.random() < 0.4 else generator.choice(nodes)


# --------------------------------------------------------------------------------------------------------------
# At a node
# --------------------------------------------------------------------------------------------------------------


def compared(op: Op, operands: list[Value], truths: dict[Value, Truth], findings: Findings) -> Value | None:
    """The node, None where the operation refuses; what does not agree with the truth is told."""
    numbers = [operand.data for operand in operands]
    try:
        exact = truth(op, numbers)
    except NoValueError:
        exact = None
    try:
        node: Value = op(*op.arguments(operands))
    except (ValueError, ArithmeticError) as error:
        findings.refusals += 1
        if exact is not None and abs(exact.value) < LARGEST and all(map(mp.isfinite, numbers)):
            findings.wrong.append(f"{op.written(map(repr, numbers))}: {error}; right is {mp.nstr(exact.value, 20)}")
        return None
    findings.nodes += 1
    if exact is None:
        findings.wrong.append(f"{op.written(map(repr, numbers))} is {node.data!r}, and it has no value")
        return None
    findings.wrong += node_disagreements(op, numbers, node, exact)
    truths[node] = exact
    return node


def node_disagreements(op: Op, numbers: list[float], node: Value, exact: Truth) -> Iterator[str]:
    text = op.written(map(repr, numbers))
    terms_overflow = op in (ops.total, ops.dot) or all(map(mp.isfinite, numbers))
    if terms_overflow and exact.value_size >= LARGEST / 2:
        return  # an overflow on the way is right
    floor = LEAST_NORMAL if op in SLOPES else ZERO
    if not agrees(node.data, exact.value, exact.value_size, 0.5 if op in ROUNDED else ULPS, floor):
        yield f"{text} is {node.data!r}, right is {mp.nstr(exact.value, 20)}"
    for place, (got, slope, size) in enumerate(zip(node.local_derivatives, exact.slopes, exact.slope_sizes, strict=True)):
        if slope is not None and not agrees(got, slope, size or ZERO, 2 * ULPS if op in SLOPES else ULPS, LEAST_NORMAL):
            yield f"the slope of {text} by operand {place + 1} is {got!r}, right is {mp.nstr(slope, 20)}"


def agrees(got: float, exact: mpf, size: mpf, ulps: float, floor: mpf = ZERO) -> bool:
    """Of one class, and within so many ulps of the size or the floor; at the largest float, inf is as good.

    Slopes are right down to the smallest normal number; below it what they are made of may vanish.
    """
    if mp.isnan(exact):
        return got != got
    if mp.isinf(exact):
        return bool(got == exact)
    if not math.isfinite(got):
        return bool(abs(exact) >= LARGEST * (1 - mpf(1e-14)) and got * exact > 0)
    if abs(exact) >= LARGEST or mp.isinf(size):
        return bool(abs(got) >= LARGEST * (1 - mpf(1e-14)) and got * exact > 0)
    return bool(abs(mpf(got) - exact) <= max(ulps * (1 + 1e-6) * math.ulp(float(size)), floor))


# --------------------------------------------------------------------------------------------------------------
# The sweep
# --------------------------------------------------------------------------------------------------------------


class Adjoint:
    """The gradient of one node at 50 digits, the bound of its rounding in floats, and whether floats may tell another class."""

    __slots__ = ("bound", "exact", "size", "terms", "unsure")

    def __init__(self, exact: mpf = ZERO) -> None:
        self.exact, self.size, self.bound, self.terms, self.unsure = exact, abs(exact), 0.0, 0, False

    def add(self, derivative: float, upstream: Adjoint) -> None:
        product = mpf(derivative) * upstream.exact
        if abs(product) > LARGEST and mp.isfinite(product):
            self.unsure |= abs(product) < LARGEST * mpf(1.0001)
            product = mp.sign(product) * INF
        maybe_zero = upstream.exact != 0 and abs(upstream.exact) <= upstream.bound
        self.unsure |= upstream.unsure or (maybe_zero and not math.isfinite(derivative))
        self.terms += 1
        self.exact += product
        self.size += abs(product)
        self.unsure |= mp.isfinite(self.exact) and self.size > LARGEST * mpf(0.999)
        if mp.isfinite(product):
            self.bound += abs(derivative) * upstream.bound + 1.01 * UNIT * float(abs(product)) + SMALLEST

    def settled(self) -> Adjoint:
        if mp.isfinite(self.size):
            self.bound = 1.01 * (self.bound + self.terms * UNIT * float(self.size))
        return self

    def agrees(self, got: float) -> bool:
        if self.unsure:
            return True
        if not mp.isfinite(self.exact):
            return agrees(got, self.exact, ZERO, 0.0)
        return got == self.exact or (math.isfinite(got) and bool(abs(mpf(got) - self.exact) <= self.bound))


def sweep_disagreements(order: list[Value], findings: Findings) -> Iterator[str]:
    """Gradients of `backward` that are not those of the sweep at 50 digits."""
    order[-1].backward()
    adjoints = {node: Adjoint() for node in order}
    adjoints[order[-1]] = Adjoint(mpf(1))
    for node in reversed(order):
        upstream = adjoints[node].settled()
        for parent, derivative in zip(node.parents, node.local_derivatives, strict=True):
            adjoints[parent].add(derivative, upstream)
    findings.gradients += len(order)
    for node in reversed(order):
        if not adjoints[node].agrees(node.grad):
            right = f"{mp.nstr(adjoints[node].exact, 20)} ± {adjoints[node].bound:.1g}"
            yield f"the gradient by node {order.index(node)} is {node.grad!r}, right is {right}: {listed(order)}"
            return  # what lies below follows from it


def listed(order: list[Value]) -> str:
    """The graph in one line."""
    names = {node: f"n{place}" if node.op else repr(node.data) for place, node in enumerate(order)}
    return "; ".join(f"{names[n]} = {n.op.written([names[p] for p in n.parents])}" for n in order if n.op)


# --------------------------------------------------------------------------------------------------------------
# End to end
# --------------------------------------------------------------------------------------------------------------

STEP = mpf(10) ** -25


def end_to_end_disagreements(order: list[Value], truths: dict[Value, Truth], findings: Findings) -> Iterator[str]:
    """Gradients of leaves that are further from those of the exact graph than the rounding of all its nodes explains."""
    inner = [node for node in order if node.op]
    leaves = [node for node in order if type(node) is Value and not node.op]
    try:
        right, sizes = exact_gradients(order, leaves, None)
        bounds = [(4.0 * len(order) * ULPS * UNIT) * size for size in sizes]
        for moved in inner:
            if moved.data:
                number = abs(mpf(moved.data))
                error = 2 * ULPS * (UNIT * truths[moved].value_size + SMALLEST) / number
                for place, gradient in enumerate(exact_gradients(order, leaves, moved)[0]):
                    bounds[place] += abs(gradient - right[place]) / STEP * error
    except (NoValueError, UnsureError, ZeroDivisionError, ValueError):
        return
    for leaf, exact, size, bound in zip(leaves, right, sizes, bounds, strict=True):
        if size < LARGEST / 2**60 and bound <= 1e-6 * max(abs(exact), mpf(1e-3)):
            findings.end_to_end += 1
            if not abs(mpf(leaf.grad) - exact) <= bound + mpf(1e-300):
                yield f"end to end the gradient by {leaf.data!r} is {leaf.grad!r}, right is {mp.nstr(exact, 20)}: {listed(order)}"


class UnsureError(Exception):
    """Floats may be on the other side of a kink, or have lost a tiny number or a huge one."""


def exact_gradients(order: list[Value], leaves: list[Value], moved: Value | None) -> tuple[list[mpf], list[mpf]]:
    """By each leaf at 50 digits, and the sum of the absolute terms; with the number of one node moved a little."""
    numbers: dict[Value, mpf] = {}
    slopes: dict[Value, Truth] = {}
    for node in order:
        if node.op is None:
            if not math.isfinite(node.data) or str(node.data) == "-0.0":
                raise UnsureError
            numbers[node] = mpf(node.data)
            continue
        operands = [numbers[parent] for parent in node.parents]
        if node.op in KINKED and near_kink(node, operands):
            raise UnsureError
        slopes[node] = truth(node.op, operands)
        numbers[node] = slopes[node].value * (1 + STEP if node is moved else 1)
        if tiny(numbers[node]) or (node.data == 0.0 and numbers[node]) or not all(map(math.isfinite, node.local_derivatives)):
            raise UnsureError
    gradients, sizes = dict.fromkeys(order, ZERO), dict.fromkeys(order, ZERO)
    gradients[order[-1]] = sizes[order[-1]] = mpf(1)
    for node in reversed(order):
        if sizes[node] > mpf(10) ** 290:
            raise UnsureError
        if node.op:
            for parent, slope, size in zip(node.parents, slopes[node].slopes, slopes[node].slope_sizes, strict=True):
                if slope is None or size is None:
                    raise UnsureError
                if tiny(slope) or tiny(slope * gradients[node]):
                    raise UnsureError
                gradients[parent] += slope * gradients[node]
                sizes[parent] += size * sizes[node]
    return [gradients[leaf] for leaf in leaves], [sizes[leaf] for leaf in leaves]


def tiny(number: mpf) -> bool:
    """Whether floats may have lost its digits, or all of it."""
    return bool(0 < abs(number) < mpf(10) ** -290)


def near_kink(node: Value, operands: list[mpf]) -> bool:
    """A tie of floats that is one of exact numbers too is sure, and so is a clear distance."""
    gap = operands[0] - (operands[1] if len(operands) > 1 else 0)
    in_floats = node.parents[0].data - (node.parents[1].data if len(operands) > 1 else 0.0)
    return not (abs(gap) > 1e-9 or (gap == 0 and in_floats == 0.0))
