"""Six levels of tasks, drawn by a seed: from one operation to a softmax.

The numbers are small and friendly: at the first five levels all values and gradients are exact in four characters. A draw
that would be dull is drawn again: one whose gradients are all 0 or 1, or in which a share is 0 or two factors are equal, so
that a use forgotten, or a factor taken for the other, would go unnoticed.

>>> random(3, seed=1)
<Exercise Used three times: L = a × b + a × c + a²; 6 blanks; .grade({...}), .hint(), .solution(), .show()>
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from numbers import Integral
from random import Random
from typing import Final, NamedTuple

from micrograd import ops
from micrograd.arguments import whole_number
from micrograd.engine import Constant, Value, topological_order
from micrograd.exercises.confusions import WRONG_SLOPES
from micrograd.exercises.task import Exercise
from micrograd.text.naming import short
from micrograd.views.stepping import dry_gradients

LEVELS: Final = {
    1: "one operation",
    2: "a chain",
    3: "a shared node",
    4: "a neuron",
    5: "a 2-2-1 network",
    6: "a softmax",
}
ROUNDED = 6  # the level whose numbers are rounded
LEAST, MOST = 0.1, 20.0  # sizes there: of smaller gradients too few digits would be left
MOST_CHARACTERS = 4
MOST_DRAWS = 10_000


class Draw:
    """Leaves with numbers, and names for what is computed from them."""

    def __init__(self, seed: int) -> None:
        self.generator = Random(seed % 2**64)  # which takes -3 for 3; whole numbers only: the same in every version of Python

    def leaf(self, label: str, *numbers: float) -> Value:
        return Value(self.one_of(*numbers), label=label)

    def leaves(self, labels: str, *numbers: float) -> list[Value]:
        return [self.leaf(label, *numbers) for label in labels.split()]

    def one_of(self, *numbers: float) -> float:
        return numbers[self.generator.randrange(len(numbers))]


def named(value: Value, label: str) -> Value:
    value.label = label
    return value


SMALL: Final = (-5.0, -4.0, -3.0, -2.0, 2.0, 3.0, 4.0, 5.0)
INPUTS: Final = (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0)
WEIGHTS: Final = (-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 3.0)

# --------------------------------------------------------------------------------------------------------------
# One operation, a chain, a shared node
# --------------------------------------------------------------------------------------------------------------


def product(draw: Draw) -> Value:
    a, b = draw.leaves("a b", *SMALL)
    return a * b


def quotient(draw: Draw) -> Value:
    return draw.leaf("a", -6.0, -3.0, -2.0, 2.0, 3.0, 5.0, 6.0) / draw.leaf("b", -2.0, 2.0, 4.0, 0.5)


def power(draw: Draw) -> Value:
    exponent = draw.one_of(2.0, 3.0)
    return draw.leaf("a", *(SMALL if exponent == 2.0 else SMALL[1:-1])) ** exponent


def two_products(draw: Draw) -> Value:
    a1, a2, b1, b2 = draw.leaves("a1 a2 b1 b2", *SMALL)
    return ops.dot([a1, a2], [b1, b2])


def squared_line(draw: Draw) -> Value:
    a, b, c = draw.leaves("a b c", *SMALL)
    d = named(a * b, "d")
    return named(d + c, "e") ** 2


def product_of_difference(draw: Draw) -> Value:
    a, b, c, f = draw.leaves("a b c f", *SMALL)
    d = named(a * b, "d")
    return named(d - c, "e") * f


def squared_product(draw: Draw) -> Value:
    a, b, c = draw.leaves("a b c", *SMALL)
    d = named(a - b, "d")
    return named(d * c, "e") ** 2


def ratio(draw: Draw) -> Value:
    a, b = draw.leaves("a b", *SMALL)
    d = named(a + b, "d")
    return named(d**2, "e") / draw.leaf("c", -2.0, 2.0, 4.0)


def gated(draw: Draw) -> Value:
    a, b, c = draw.leaves("a b c", *SMALL)
    d = named(a * b, "d")
    return named(ops.relu(d), "h") * c


def sum_times_term(draw: Draw) -> Value:
    a, b = draw.leaves("a b", *SMALL)
    return named(a + b, "s") * b


def sum_times_product(draw: Draw) -> Value:
    a, b = draw.leaves("a b", *SMALL)
    return named(a * b, "p") * named(a + b, "s")


def square_and_product(draw: Draw) -> Value:
    a, b = draw.leaves("a b", *SMALL)
    return named(a**2, "s") - named(a * b, "p")


def three_uses(draw: Draw) -> Value:
    a, b, c = draw.leaves("a b c", *SMALL)
    return ops.total([named(a * b, "p"), named(a * c, "q"), named(a**2, "s")])


def inner_node_used_twice(draw: Draw) -> Value:
    a, b, c = draw.leaves("a b c", *SMALL)
    s = named(a + b, "s")
    return s * named(s - c, "d")


# --------------------------------------------------------------------------------------------------------------
# A neuron, a network, a softmax
# --------------------------------------------------------------------------------------------------------------


def weighted_sum(draw: Draw) -> Value:
    x1, x2 = draw.leaves("x1 x2", *INPUTS)
    w1, w2, b = draw.leaves("w1 w2 b", *WEIGHTS)
    return named(ops.total([named(w1 * x1, "p"), named(w2 * x2, "q"), b]), "z")


def relu_neuron(draw: Draw) -> Value:
    h = named(ops.relu(weighted_sum(draw)), "h")
    return named(h - draw.one_of(1.0, 2.0, 3.0), "e") ** 2


def linear_neuron(draw: Draw) -> Value:
    return named(weighted_sum(draw) - draw.one_of(1.0, 2.0, 3.0), "e") ** 2


def neuron_with_margin(draw: Draw) -> Value:
    m = named(draw.one_of(2.0, 3.0) * weighted_sum(draw), "m")
    return ops.relu(named(1.0 - m, "d"))


def network(draw: Draw) -> Value:
    x1, x2 = draw.leaves("x1 x2", *INPUTS)
    w11, w12, w21, w22 = draw.leaves("w11 w12 w21 w22", *WEIGHTS)
    b1, b2 = draw.leaves("b1 b2", -2.0, -1.0, 0.5, 1.0, 2.0)
    w1, w2 = draw.leaves("w1 w2", *WEIGHTS)
    z1 = named(named(ops.dot([w11, w12], [x1, x2]), "s1") + b1, "z1")
    z2 = named(named(ops.dot([w21, w22], [x1, x2]), "s2") + b2, "z2")
    o = named(ops.dot([w1, w2], [named(ops.relu(z1), "h1"), named(ops.relu(z2), "h2")]), "o")
    return named(o - draw.one_of(1.0, 2.0, 3.0), "e") ** 2


LOGITS: Final = (-1.0, -0.5, 0.5, 1.0, 1.5, 2.0)


def cross_entropy(draw: Draw) -> Value:
    x = draw.leaf("x", -2.0, 2.0, 3.0)
    logits = [named(w * x, f"z{k}") for k, w in enumerate(draw.leaves("w1 w2 w3", -0.5, 0.5, 1.0, -1.0, 1.5), start=1)]
    return named(ops.logsumexp(logits), "s") - logits[draw.generator.randrange(3)]


def cross_entropy_step_by_step(draw: Draw) -> Value:
    exponentials = [named(ops.exp(z), f"e{k}") for k, z in enumerate(draw.leaves("z1 z2 z3", *LOGITS), start=1)]
    p = named(exponentials[draw.generator.randrange(3)] / named(ops.total(exponentials), "s"), "p")
    return -named(ops.log(p), "l")


# --------------------------------------------------------------------------------------------------------------
# The draw
# --------------------------------------------------------------------------------------------------------------


class Shape(NamedTuple):
    """A task before its numbers are drawn."""

    make: Callable[[Draw], Value]
    title: str
    about: str = ""
    shut: bool = False  # whether a ReLU is to be shut


DIGITS: Final = "Round to four digits."
USED_TWICE: Final = "One leaf reaches L along two paths. Its gradient is the sum over both."
SHAPES: Final[dict[int, tuple[Shape, ...]]] = {
    1: (
        Shape(product, "A product"),
        Shape(quotient, "A quotient"),
        Shape(power, "A power"),
        Shape(two_products, "A sum of products"),
    ),
    2: (
        Shape(squared_line, "A chain of three"),
        Shape(product_of_difference, "A difference in a product"),
        Shape(squared_product, "A product in a square"),
        Shape(ratio, "A square in a quotient"),
        Shape(gated, "A product behind a gate"),
    ),
    3: (
        Shape(sum_times_term, "Used twice", USED_TWICE),
        Shape(
            sum_times_product,
            "Two names, each used twice",
            "Both a and b reach L along two paths. The shares of all paths add up.",
        ),
        Shape(square_and_product, "A square less a product", USED_TWICE),
        Shape(three_uses, "Used three times", "One leaf reaches L along three paths. Its gradient is the sum over all of them."),
        Shape(inner_node_used_twice, "A sum used twice", "What is used twice may have been computed itself."),
    ),
    4: (
        Shape(relu_neuron, "One neuron", "A neuron with ReLU, and the square of its error."),
        Shape(linear_neuron, "A linear neuron", "A neuron without activation, and the square of its error."),
        Shape(neuron_with_margin, "A neuron with a margin", "A neuron without activation, and a loss that asks for a margin."),
    ),
    5: (
        Shape(network, "A 2-2-1 network", "Two inputs, two hidden units with ReLU, one output, and the square of its error."),
        Shape(network, "A shut unit", "One unit of this 2-2-1 network is shut. Which weights learn nothing?", shut=True),
    ),
    6: (
        Shape(
            cross_entropy,
            "Softmax and cross-entropy",
            f"Three logits, and the loss of the true class. logsumexp is the logarithm of the sum of exponentials. {DIGITS}",
        ),
        Shape(
            cross_entropy_step_by_step,
            "A softmax step by step",
            f"The probability p of one of three classes, and the loss −log p, to the base e. {DIGITS}",
        ),
    ),
}


def random(level: int, seed: int, *, values: bool = False) -> Exercise:
    """The task of that level, from 1 to 6, and seed: the same seed gives the same task.

    With `values=True` the values are asked for too.
    """
    if not isinstance(level, Integral) or isinstance(level, bool) or level not in LEVELS:
        levels = ", ".join(f"{number} ({name})" for number, name in LEVELS.items())
        raise ValueError(f"there is no level {reprlib.repr(level)}; choose from {levels}")
    level, seed = int(level), whole_number(seed, "seed", least=None)
    draw = Draw(len(LEVELS) * seed + level)
    shape = SHAPES[level][draw.generator.randrange(len(SHAPES[level]))]
    for _ in range(MOST_DRAWS):
        output = named(shape.make(draw), "L")
        if is_friendly(output, level, shape.shut):
            drawn = f"exercises.random({level}, seed={seed}{', values=True' if values else ''})"
            return Exercise(output, shape.title, shape.about, values, drawn)
    raise RuntimeError(f"no task of level {level} was found for seed {seed}")


def is_friendly(output: Value, level: int, shut: bool) -> bool:
    """Whether the numbers are short and worth working out, and every slip at an operation changes its slope."""
    order = topological_order(output)
    if level == ROUNDED:
        slopes = [slope for node in order for slope in node.local_derivatives]
        values = [node.data for node in order]
        return min(map(abs, slopes + gradients_asked(order))) >= LEAST and max(map(abs, values)) < MOST
    if not all(is_short(node.data) and tells_slips_apart(node) for node in order):
        return False
    gradients = gradients_asked(order)
    zeros = gradients.count(0.0)
    return (
        all(map(is_short, gradients))
        and not set(map(abs, gradients)) <= {0.0, 1.0}
        and any(map(hands_on_nothing, order)) == shut
        and zeros <= (len(gradients) / 2 if shut else 0)
    )


def gradients_asked(order: list[Value]) -> list[float]:
    return [gradient for node, gradient in dry_gradients(order).items() if type(node) is not Constant and node is not order[-1]]


def hands_on_nothing(node: Value) -> bool:
    """Whether a slope is 0: that of a ReLU that is shut, or of a product with 0, whose share may be forgotten unnoticed."""
    return any(
        not slope and type(parent) is not Constant for parent, slope in zip(node.parents, node.local_derivatives, strict=True)
    )


def is_short(number: float) -> bool:
    return len(short(number)) <= MOST_CHARACTERS and float(short(number)) == number


def tells_slips_apart(node: Value) -> bool:
    """Whether no confusion at an operation gives the right slope by chance, and no ReLU stands at its kink."""
    if node.op is ops.relu:
        return node.parents[0].data != 0.0
    if node.op not in (ops.mul, ops.dot, ops.div, ops.pow):
        return True
    wrong = WRONG_SLOPES[node.op][0].slopes(node.data, *node.op.arguments([parent.data for parent in node.parents]))
    return all(
        type(parent) is Constant or slope != other
        for parent, slope, other in zip(node.parents, node.local_derivatives, wrong, strict=True)
    )
