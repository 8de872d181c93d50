"""The cases of one operation each: its number, its gradients at the output, and those further up, where the chain rule counts.

A row of the table says what each is examined on. Its numbers are found on paper, with the slope in `because`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, log, sin, tanh

from micrograd.examination import bugs
from micrograd.examination.bugs import Bug
from micrograd.examination.cases import NEW_VALUE, SEEDED, Case, Numbers, Sign, data, grads

USED_TWICE = "a + a"  # the case that examines whether shares add up
CHAINED = "a * b, then a product"  # the case that examines the chain rule itself
ON_THE_RIGHT = "a product with a sum on the right"  # and whether it reaches what is behind the second operand
BEHIND = 10.0  # the factor between the operation and the output: the gradient that comes to the operation


@dataclass(frozen=True)
class Operation:
    """An expression in a, and b if there are two operands, the number that comes out, and the slope by each."""

    written: str
    method: str
    operands: tuple[float, ...]
    result: float
    slopes: tuple[float, ...]
    because: str
    slips: tuple[tuple[Bug, tuple[float, ...]], ...] = ()  # the slopes that a bug leads to
    turned: float | None = None  # the number that comes out if the operands are exchanged
    uses: tuple[str, ...] = ()
    where: str = ""  # tells two examinations of one expression apart

    @property
    def names(self) -> str:
        return "ab"[: len(self.operands)]

    @property
    def name(self) -> str:
        return self.written + self.where


# fmt: off
PLUS = Operation("a + b", "__add__", (2.0, 3.0), 5.0, (1.0, 1.0), "a sum grows as much as either part",
                 slips=((bugs.COPIED_OPERAND, (1.0, 0.0)),))
TIMES = Operation("a * b", "__mul__", (2.0, 3.0), 6.0, (3.0, 2.0), "the slope of a product by one factor is the other factor",
                  slips=((bugs.OWN_FACTOR, (2.0, 3.0)), (bugs.COPIED_OPERAND, (3.0, 0.0)), (bugs.SEEDED_AGAIN, (1.0, 1.0))))

OTHERS = (
    Operation("-a", "__neg__", (2.0,), -2.0, (-1.0,), "-a falls as a grows", ((bugs.SIGN, (1.0,)),), uses=("a * b",)),
    Operation("a - b", "__sub__", (5.0, 3.0), 2.0, (1.0, -1.0), "a difference falls as b grows", ((bugs.SIGN, (1.0, 1.0)),),
              uses=("a + b", "-a")),
    Operation("a ** 3", "__pow__", (-2.0,), -8.0, (12.0,), "the slope is 3a² = 3 * 4",
              ((bugs.POWER_FACTOR, (4.0,)), (bugs.POWER_NOT_LOWERED, (-24.0,)))),
    Operation("a ** -1", "__pow__", (2.0,), 0.5, (-0.25,), "the slope is -1/a² = -1/4",
              ((bugs.SIGN, (0.25,)), (bugs.POWER_NOT_LOWERED, (-0.5,))), uses=("a ** 3",)),
    Operation("a ** 2", "__pow__", (0.0,), 0.0, (0.0,), "the slope is 2a, and a is 0", uses=("a ** 3",)),
    Operation("a / b", "__truediv__", (6.0, 2.0), 3.0, (0.5, -1.5), "the slopes are 1/b = 1/2 and -a/b² = -6/4",
              ((bugs.SIGN, (0.5, 1.5)),), uses=("a * b", "a ** -1")),
    Operation("a + 1", "__add__", (2.0,), 3.0, (1.0,), "a sum grows as much as either part", uses=("a + b",)),
    Operation("a * 4", "__mul__", (2.0,), 8.0, (4.0,), "4a has the slope 4", uses=("a * b",)),
    Operation("a - 1", "__sub__", (2.0,), 1.0, (1.0,), "a - 1 grows as a does", uses=("a - b", "a + 1")),
    Operation("a / 4", "__truediv__", (2.0,), 0.5, (0.25,), "a/4 has the slope 1/4", uses=("a / b", "a * 4")),
    Operation("1 + a", "__radd__", (2.0,), 3.0, (1.0,), "a sum grows as much as either part", uses=("a + b", "a + 1")),
    Operation("4 * a", "__rmul__", (2.0,), 8.0, (4.0,), "4a has the slope 4", uses=("a * b", "a * 4")),
    Operation("1 - a", "__rsub__", (3.0,), -2.0, (-1.0,), "1 - a falls as a grows", ((bugs.SIGN, (1.0,)),), turned=2.0,
              uses=("a - b", "a - 1", "1 + a")),
    Operation("2 / a", "__rtruediv__", (4.0,), 0.5, (-0.125,), "the slope is -2/a² = -2/16", ((bugs.SIGN, (0.125,)),), turned=2.0,
              uses=("a / b", "4 * a")),
)
# An engine may do without these.
OPTIONAL = (
    Operation("2 ** a", "__rpow__", (3.0,), 8.0, (8.0 * log(2.0),), "the slope is 2 ** a * log(2)", turned=9.0),
    Operation("abs(a)", "__abs__", (-3.0,), 3.0, (-1.0,), "|a| falls as a grows, left of 0", ((bugs.SIGN, (1.0,)),)),
    Operation("a.exp()", "exp", (0.5,), exp(0.5), (exp(0.5),), "exp is its own slope", ((bugs.INPUT_FOR_OUTPUT, (0.5,)),)),
    Operation("a.log()", "log", (4.0,), log(4.0), (0.25,), "the slope is 1/a"),
    Operation("a.sqrt()", "sqrt", (4.0,), 2.0, (0.25,), "the slope is 1/(2√a) = 1/4"),
    Operation("a.sin()", "sin", (0.5,), sin(0.5), (cos(0.5),), "the slope of sin is cos", ((bugs.SIGN, (-cos(0.5),)),)),
    Operation("a.cos()", "cos", (0.5,), cos(0.5), (-sin(0.5),), "the slope of cos is -sin", ((bugs.SIGN, (sin(0.5),)),)),
    Operation("a.tanh()", "tanh", (0.5,), tanh(0.5), (1.0 - tanh(0.5) ** 2,), "the slope is 1 - tanh(a)²",
              ((bugs.SQUARE_MISSING, (1.0 - tanh(0.5),)), (bugs.INPUT_FOR_OUTPUT, (0.75,)))),
    Operation("a.sigmoid()", "sigmoid", (0.0,), 0.5, (0.25,), "the slope is s(1 - s), and s is 1/2",
              ((bugs.INPUT_FOR_OUTPUT, (0.0,)),)),
    Operation("a.relu()", "relu", (3.0,), 3.0, (1.0,), "right of 0, relu(a) is a"),
    Operation("a.relu()", "relu", (-3.0,), 0.0, (0.0,), "left of 0, relu(a) stays 0", ((bugs.SHUT_RELU, (1.0,)),),
              uses=("a.relu()",), where=" left of 0"),
)
# fmt: on


def given(operation: Operation, *more: float) -> str:
    """The first line of the program: `a, b = Value(2.0), Value(3.0)`."""
    names = operation.names + "k" * len(more)
    values = ", ".join([f"Value({number})" for number in (*operation.operands, *more)])
    return f"{', '.join(names)} = {values}\nc = {operation.written}\n"


def error_signs(operation: Operation) -> tuple[Sign, ...]:
    """What an error tells of: a plain number among the operands, or a slope that divides by its operand."""
    wrapping = (Sign(bugs.NOT_WRAPPED, error=AttributeError),) if any(map(str.isdigit, operation.written)) else ()
    at_zero = (Sign(bugs.DIVIDED_BY_OPERAND, error=ZeroDivisionError),) if operation.operands == (0.0,) else ()
    return wrapping + at_zero


def chained(operation: Operation) -> tuple[str, ...]:
    """Other operations may be made of sums and products, and of those before them, so that the chain rule comes in."""
    return () if operation in (PLUS, TIMES) else (CHAINED, ON_THE_RIGHT, *[f"{used}, then a product" for used in operation.uses])


def gradients(operation: Operation, slopes: tuple[float, ...]) -> Numbers:
    return grads(**dict(zip(operation.names, slopes, strict=True)))


def number_of(operation: Operation) -> Case:
    """The number that comes out, before any gradient, and the operands, which stay as they are."""
    operands = dict(zip(operation.names, operation.operands, strict=True))
    changed = Sign(bugs.CHANGES_OPERAND, data(**operands | {"a": operation.result, "c": operation.result}))
    turned = () if operation.turned is None else (Sign(bugs.TURNED, data(c=operation.turned)),)
    return Case(
        f"the number of {operation.name}",
        given(operation).rstrip(),
        data(**operands, c=operation.result),
        f"{operation.written} is {operation.result:g}, and changes nothing",
        bugs.FORWARD,
        signs=(changed, *turned, *error_signs(operation)),
        needs=(operation.method,),
        uses=(NEW_VALUE, *[f"the number of {used}" for used in operation.uses]),
        optional=operation in OPTIONAL,
    )


def at_the_output(operation: Operation) -> Case:
    """The gradients where the operation is the last one, so that they are its slopes."""
    slips = [Sign(bug, gradients(operation, slopes)) for bug, slopes in operation.slips]
    engine = [Sign(bugs.HANDING_ON, wrong=TIMES.name)] if operation is PLUS else []
    nothing = Sign(bugs.NOTHING_BACK, gradients(operation, tuple(0.0 for _ in operation.slopes)))
    return Case(
        operation.name,
        f"{given(operation)}c.backward()",
        gradients(operation, operation.slopes),
        operation.because,
        bugs.LOCAL_DERIVATIVE,
        signs=(*slips, *engine, nothing, *error_signs(operation)),
        needs=(operation.method, "backward"),
        uses=(NEW_VALUE, SEEDED, f"the number of {operation.name}", *chained(operation), *operation.uses),
        optional=operation in OPTIONAL,
    )


def further_up(operation: Operation) -> Case:
    """The gradients where a product comes behind the operation: each slope, times what comes to it."""
    slopes = operation.slopes
    nothing = tuple(0.0 for _ in slopes)
    reached = tuple(BEHIND * slope for slope in slopes)
    return Case(
        f"{operation.name}, then a product",
        f"{given(operation, BEHIND)}d = c * k\nd.backward()",
        {**grads(c=BEHIND), **gradients(operation, reached)},
        f"the gradient of c is k, and the chain rule multiplies it by the slope of {operation.written}",
        bugs.FORGOTTEN_UPSTREAM,
        signs=(
            Sign(bugs.NOT_REACHED, {**grads(c=BEHIND), **gradients(operation, nothing)}),
            Sign(bugs.FORGOTTEN_UPSTREAM, {**grads(c=BEHIND), **gradients(operation, slopes)}),
        ),
        needs=(operation.method, "__mul__", "backward"),
        uses=(operation.name, "a * b", *([] if operation is TIMES else [CHAINED])),
        optional=operation in OPTIONAL,
    )


def once_more(operation: Operation) -> Case:
    """The gradient of an operand that a sum uses too, so that the two shares add up."""
    first, *others = operation.slopes
    return Case(
        f"{operation.name}, and a once more",
        f"{given(operation)}d = c + a\nd.backward()",
        gradients(operation, (first + 1.0, *others)),
        f"d is {operation.written} + a, and the two slopes add up",
        bugs.ORDER,
        signs=(
            Sign(bugs.ASSIGNED, gradients(operation, operation.slopes)),
            Sign(bugs.ASSIGNED, gradients(operation, (1.0, *others))),
        ),
        needs=(operation.method, "__add__", "backward"),
        uses=(f"{operation.name}, then a product", "a + b, then a product", USED_TWICE),
        optional=operation in OPTIONAL,
    )
