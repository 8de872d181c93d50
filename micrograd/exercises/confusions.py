"""What is taken for the value or for the slope of an operation by those who learn it, operation by operation.

A confusion is a function of the operands, or of the result and the operands, and words. In the words {out} is the name of
the node and {formula} how it is computed, or {operand} the name of the operand that the slope is by. They tell the rule, and
never a result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from micrograd import ops
from micrograd.ops import Op

# Kinds of slips
SIGN: Final = "sign"
FORGOTTEN_USE: Final = "forgotten use"
TRANSPOSED: Final = "transposed"
ANOTHER_OPERATION: Final = "another operation"
FORGOTTEN_FACTOR: Final = "forgotten factor"
OWN_FACTOR: Final = "own factor"
UPSTREAM_ALONE: Final = "upstream alone"
LOCAL_ALONE: Final = "local derivative alone"
MISSING_EXPONENT: Final = "missing exponent"  # the 2 of a square
SHUT_RELU: Final = "shut ReLU"
OPEN_RELU: Final = "open ReLU"
ADDED_FACTORS: Final = "added factors"
MULTIPLIED_USES: Final = "multiplied uses"
VALUE_FOR_GRADIENT: Final = "value for gradient"
FACTOR_TWO: Final = "factor two"
ROUNDING: Final = "rounding"
FORGOTTEN_TERM: Final = "forgotten term"

KINDS: Final = (
    SIGN, FORGOTTEN_USE, TRANSPOSED, ANOTHER_OPERATION, FORGOTTEN_FACTOR, OWN_FACTOR, UPSTREAM_ALONE, LOCAL_ALONE,
    MISSING_EXPONENT, SHUT_RELU, OPEN_RELU, ADDED_FACTORS, MULTIPLIED_USES, VALUE_FOR_GRADIENT, FACTOR_TWO, ROUNDING,
    FORGOTTEN_TERM,
)  # fmt: skip
VAGUE: Final = (VALUE_FOR_GRADIENT, FACTOR_TWO, ROUNDING)  # kinds that say little of what was done
OF_ONE_ANSWER: Final = (VALUE_FOR_GRADIENT, ROUNDING)  # which a learner does not carry on with


class WrongValue(NamedTuple):
    kind: str
    number: Callable[..., float]  # of the operands, as `Op.forward` takes them
    words: str


class WrongSlope(NamedTuple):
    kind: str
    slopes: Callable[..., Sequence[float]]  # of the result and the operands, as `Op.derivatives`
    words: str


def own_factors(out: float, a: Sequence[float], b: Sequence[float]) -> Sequence[float]:
    return [*a, *b]


PRODUCT: Final = "In a product the slope by one factor is the other factor."
OTHER_FACTOR: Final = "You multiplied by {operand} itself. " + PRODUCT
EXPONENT: Final = "The exponent comes down as a factor in front, and it is missing here."
TANH: Final = "The slope of tanh is one minus the square of the result."
SIGMOID: Final = "The slope of sigmoid is the result times one minus the result."
DIVISOR: Final = "The slope of a quotient by its divisor is minus the dividend, divided by the square of the divisor."
DIVIDEND: Final = "The slope of a quotient by its dividend is one divided by the divisor."
ROOT: Final = "The slope of a square root is one divided by twice the root."
SOFTMAX: Final = "The slope of logsumexp is the softmax: the exponential of {operand}, divided by the sum of all exponentials."
SUM: Final = "{out} is a sum. What comes back is handed on to each term as it is, whatever the numbers of the terms are."
DIFFERENCE: Final = "A difference hands on what comes back: to the first operand as it is, to the second with the other sign."
WRONG_WAY: Final = "The operands are the wrong way round: {out} = {formula}."
PLAIN_SUM: Final = "That is the plain sum. Add up the exponentials, and take the logarithm of their sum."
POWER: Final = "That is the power itself, and its slope is asked for."
BASE: Final = "The exponent is there, and the power of {operand} is missing."
EXPONENTIAL: Final = "The slope of e to the x is e to the x again, not x."
LOGARITHM: Final = "That is the logarithm itself. Its slope is one over {operand}."
SHARED_OUT: Final = "A sum does not share out what comes back: each term gets the whole of it."
SWITCH: Final = "The slope of ReLU is a switch, open above zero and shut below, and does not multiply by {operand}."
HALF: Final = "The larger number alone has a slope: what comes back goes to it whole."

LOWERED: Final = "The exponent comes down as a factor in front, and is one less above."
LIFTED: Final = "The slope of a power by its exponent is the power times the logarithm of the base."
TRIGGER: Final = "The slope of ReLU is one above zero and none below: what comes back goes through whole, or not at all."

# fmt: off
RULES: Final[dict[Op, tuple[str, ...]]] = {  # how what comes back goes through an operation, in words: to all, or to each operand
    ops.add: (SUM,), ops.total: (SUM,), ops.sub: (DIFFERENCE,), ops.mul: (PRODUCT,), ops.dot: (PRODUCT,), ops.relu: (TRIGGER,),
    ops.tanh: (TANH,), ops.sigmoid: (SIGMOID,), ops.sqrt: (ROOT,), ops.logsumexp: (SOFTMAX,), ops.maximum: (HALF,),
    ops.div: (DIVIDEND, DIVISOR), ops.pow: (LOWERED, LIFTED), ops.neg: ("What comes back goes through with the other sign.",),
    ops.exp: ("The slope of e to the x is e to the x again, which is {out}.",),
    ops.log: ("The slope of a logarithm is one over {operand}.",), ops.softplus: ("The slope of softplus is the sigmoid.",),
    ops.sin: ("The slope of the sine is the cosine.",), ops.cos: ("The slope of the cosine is minus the sine.",),
}

WRONG_VALUES: Final[dict[Op, tuple[WrongValue, ...]]] = {
    ops.add: (WrongValue(ANOTHER_OPERATION, lambda a, b: a * b, "The tile says +, not ×."),
              WrongValue(ANOTHER_OPERATION, lambda a, b: a - b, "The tile says +, not −.")),
    ops.sub: (WrongValue(TRANSPOSED, lambda a, b: b - a, WRONG_WAY),
              WrongValue(ANOTHER_OPERATION, lambda a, b: a + b, "The tile says −, not +.")),
    ops.mul: (WrongValue(ANOTHER_OPERATION, lambda a, b: a + b, "The tile says ×, not +."),),
    ops.div: (WrongValue(TRANSPOSED, lambda a, b: b / a, WRONG_WAY),
              WrongValue(ANOTHER_OPERATION, lambda a, b: a * b, "The tile says ÷, not ×.")),
    ops.pow: (WrongValue(ANOTHER_OPERATION, lambda a, b: a * b, "A power is the base times itself, not times the exponent."),
              WrongValue(ANOTHER_OPERATION, lambda a, b: -math.pow(a, b) if a < 0.0 else math.nan,
                         "The base is negative as a whole: its minus is multiplied with itself too.")),
    ops.relu: (WrongValue(SHUT_RELU, lambda a: a, "ReLU lets nothing negative through."),
               WrongValue(OPEN_RELU, lambda a: 0.0, "ReLU lets what is positive through as it is.")),
    ops.tanh: (WrongValue(ANOTHER_OPERATION, ops.sigmoid, "That is the sigmoid; the tile says tanh."),
               WrongValue(ANOTHER_OPERATION, math.tan, "That is the tangent; the tile says tanh."),
               WrongValue(ANOTHER_OPERATION, lambda a: a, "That is what goes into tanh, not what comes out.")),
    ops.sigmoid: (WrongValue(ANOTHER_OPERATION, math.tanh, "That is tanh; the tile says σ, the sigmoid."),
                  WrongValue(SIGN, lambda a: ops.sigmoid(-a), "The exponential in σ has a minus: one / (one + e^−x)."),
                  WrongValue(ANOTHER_OPERATION, lambda a: a, "That is what goes into σ, not what comes out.")),
    ops.exp: (WrongValue(SIGN, lambda a: math.exp(-a), "The exponent has the wrong sign."),
              WrongValue(ANOTHER_OPERATION, lambda a: math.e * a, "That is e times the number; e is raised to it.")),
    ops.log: (WrongValue(ANOTHER_OPERATION, math.log10, "The logarithm is the natural one, to the base e (ln on a calculator)."),
              WrongValue(ANOTHER_OPERATION, math.log2, "The logarithm is the natural one, to the base e (ln on a calculator).")),
    ops.logsumexp: (
        WrongValue(FORGOTTEN_FACTOR, lambda a: math.fsum(map(math.exp, a)), "The logarithm of the sum is still to be taken."),
        WrongValue(ANOTHER_OPERATION, math.fsum, PLAIN_SUM),
        WrongValue(ANOTHER_OPERATION, max, "That is the largest alone; the others count too.")),
    ops.maximum: (WrongValue(ANOTHER_OPERATION, min, "That is the smaller of the two."),),
    ops.minimum: (WrongValue(ANOTHER_OPERATION, max, "That is the larger of the two."),),
}

WRONG_SLOPES: Final[dict[Op, tuple[WrongSlope, ...]]] = {
    ops.mul: (WrongSlope(OWN_FACTOR, lambda out, a, b: (a, b), OTHER_FACTOR),
              WrongSlope(OWN_FACTOR, lambda out, a, b: (out, out),
                         "You multiplied by the whole product. " + PRODUCT)),
    ops.dot: (WrongSlope(OWN_FACTOR, own_factors, OTHER_FACTOR),),
    ops.add: (WrongSlope(ANOTHER_OPERATION, lambda out, a, b: (b, a), SUM),
              WrongSlope(OWN_FACTOR, lambda out, a, b: (a, b), SUM),
              WrongSlope(ANOTHER_OPERATION, lambda out, a, b: (0.5, 0.5), SHARED_OUT)),
    ops.total: (WrongSlope(OWN_FACTOR, lambda out, a: a, SUM),
                WrongSlope(ANOTHER_OPERATION, lambda out, a: [1.0 / len(a)] * len(a), SHARED_OUT)),
    ops.sub: (WrongSlope(OWN_FACTOR, lambda out, a, b: (a, b), DIFFERENCE),
              WrongSlope(ANOTHER_OPERATION, lambda out, a, b: (b, a), DIFFERENCE)),
    ops.div: (WrongSlope(ANOTHER_OPERATION, lambda out, a, b: (b, a), "That is the rule of a product, and {out} is a quotient."),
              WrongSlope(FORGOTTEN_FACTOR, lambda out, a, b: (math.nan, -out), DIVISOR),
              WrongSlope(FORGOTTEN_FACTOR, lambda out, a, b: (math.nan, -1.0 / (b * b)), DIVISOR),
              WrongSlope(TRANSPOSED, lambda out, a, b: (math.nan, 1.0 / b), DIVISOR),
              WrongSlope(OWN_FACTOR, lambda out, a, b: (1.0 / a, math.nan), DIVIDEND)),
    ops.pow: (WrongSlope(MISSING_EXPONENT, lambda out, a, b: (math.pow(a, b - 1.0), math.nan), EXPONENT),
              WrongSlope(ANOTHER_OPERATION, lambda out, a, b: (out, math.nan), POWER),
              WrongSlope(ANOTHER_OPERATION, lambda out, a, b: (b * out, math.nan), LOWERED),
              WrongSlope(FORGOTTEN_FACTOR, lambda out, a, b: (b, math.nan), BASE),
              WrongSlope(FORGOTTEN_FACTOR, lambda out, a, b: (math.nan, out), LIFTED),
              WrongSlope(TRANSPOSED, lambda out, a, b: (math.nan, b * math.pow(a, b - 1.0)), LIFTED)),
    ops.exp: (WrongSlope(ANOTHER_OPERATION, lambda out, a: (a * math.exp(a - 1.0),),
                         "That is the rule of a power. The slope of e to the x is e to the x again."),
              WrongSlope(OWN_FACTOR, lambda out, a: (a,), EXPONENTIAL)),
    ops.log: (WrongSlope(ANOTHER_OPERATION, lambda out, a: (out,), LOGARITHM),
              WrongSlope(OWN_FACTOR, lambda out, a: (a,), "The slope of a logarithm is one over {operand}.")),
    ops.sqrt: (WrongSlope(ANOTHER_OPERATION, lambda out, a: (out,), "That is the root itself. " + ROOT),
               WrongSlope(FORGOTTEN_FACTOR, lambda out, a: (1.0 / out,), ROOT),
               WrongSlope(ANOTHER_OPERATION, lambda out, a: (2.0 * out,), ROOT)),
    ops.sin: (WrongSlope(ANOTHER_OPERATION, lambda out, a: (out,), "That is the sine itself. Its slope is the cosine."),),
    ops.cos: (WrongSlope(ANOTHER_OPERATION, lambda out, a: (out,), "That is the cosine itself. Its slope is minus the sine."),),
    ops.tanh: (WrongSlope(FORGOTTEN_FACTOR, lambda out, a: (1.0 - out,), "The square is missing. " + TANH),
               WrongSlope(ANOTHER_OPERATION, lambda out, a: (out * (1.0 - out),), "That is the rule of sigmoid. " + TANH),
               WrongSlope(ANOTHER_OPERATION, lambda out, a: (ops.sigmoid_slope(a),), "That is the slope of sigmoid. " + TANH),
               WrongSlope(OWN_FACTOR, lambda out, a: (1.0 - a * a,), "You squared what goes into tanh. " + TANH),
               WrongSlope(ANOTHER_OPERATION, lambda out, a: (out,), "That is tanh itself. " + TANH),
               WrongSlope(ANOTHER_OPERATION, lambda out, a: (out * out,), "It is still to be taken from one. " + TANH)),
    ops.sigmoid: (WrongSlope(ANOTHER_OPERATION, lambda out, a: (1.0 - out * out,), "That is the rule of tanh. " + SIGMOID),
                  WrongSlope(ANOTHER_OPERATION, lambda out, a: (ops.sech2(a),), "That is the slope of tanh. " + SIGMOID),
                  WrongSlope(FORGOTTEN_FACTOR, lambda out, a: (out,), "That is sigmoid itself. " + SIGMOID),
                  WrongSlope(FORGOTTEN_FACTOR, lambda out, a: (1.0 - out,), "One factor is missing. " + SIGMOID),
                  WrongSlope(OWN_FACTOR, lambda out, a: (a * (1.0 - a),), "You used what goes into sigmoid. " + SIGMOID)),
    ops.softplus: (WrongSlope(ANOTHER_OPERATION, lambda out, a: (ops.step(a),),
                              "That is the slope of ReLU. The slope of softplus is the sigmoid."),
                   WrongSlope(ANOTHER_OPERATION, lambda out, a: (out,), "That is softplus itself. Its slope is the sigmoid.")),
    ops.relu: (WrongSlope(OWN_FACTOR, lambda out, a: (a,), SWITCH),),
    ops.leaky_relu: (WrongSlope(SHUT_RELU, lambda out, a: (ops.step(a),), "Below zero leaky ReLU lets a hundredth through."),),
    ops.abs: (WrongSlope(OWN_FACTOR, lambda out, a: (a,), "The slope of a distance from zero is the sign of {operand}."),),
    ops.maximum: (WrongSlope(OPEN_RELU, lambda out, a, b: (1.0, 1.0), HALF),
                  WrongSlope(TRANSPOSED, lambda out, a, b: (ops.ahead(b, a), ops.ahead(a, b)), HALF)),
    ops.logsumexp: (
        WrongSlope(FORGOTTEN_FACTOR, lambda out, a: list(map(math.exp, a)), "That is the exponential alone. " + SOFTMAX),
        WrongSlope(ANOTHER_OPERATION, lambda out, a: [1.0 / len(a)] * len(a), "The shares are not equal. " + SOFTMAX),
        WrongSlope(TRANSPOSED, lambda out, a: [1.0 - p for p in ops.logsumexp.derivatives(out, a)],
                   "That is the share of all the others. " + SOFTMAX),
        WrongSlope(ANOTHER_OPERATION, lambda out, a: [p * (1.0 - p) for p in ops.logsumexp.derivatives(out, a)],
                   "That is the rule of sigmoid. " + SOFTMAX)),
}
# fmt: on
