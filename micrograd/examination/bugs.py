"""The bugs that engines have, each with its symptom and its cause in words, and what to read."""

from __future__ import annotations

from typing import NamedTuple

BUILD_YOUR_OWN = "notebook 0, Build your own"
ONE_NEURON = "notebook 1, One neuron"
TOPOLOGICAL_ORDER = "notebook 2, Why a topological order?"
BY_HAND = "notebook 3, By hand"


class Bug(NamedTuple):
    """A kind of mistake. `words` say what goes wrong and where to look for it."""

    name: str
    words: str
    read: str


# A Value, and its numbers

START = Bug(
    "a new Value is not as it should be",
    "A new Value keeps the number it was given in data, and its grad is 0.0, so that += has something to add to.",
    BUILD_YOUR_OWN,
)
FORWARD = Bug(
    "wrong number", "The number itself is wrong, before any gradient: look at what this operation computes.", BUILD_YOUR_OWN
)
TURNED = Bug(
    "operands turned around",
    "With the number on the left, Python calls the method whose name begins with r, and self is the right operand there.",
    BUILD_YOUR_OWN,
)
NOT_WRAPPED = Bug(
    "a number is not made a Value",
    "The other operand may be a plain number, which has no data and no grad: make a Value of it first.",
    BUILD_YOUR_OWN,
)
NOT_A_VALUE = Bug(
    "the result is no Value",
    "The operation gives a plain number back, or nothing; it needs to return a new Value, or the graph ends there.",
    BUILD_YOUR_OWN,
)
CHANGES_OPERAND = Bug(
    "an operand is changed",
    "The operation changes its operand. It needs to leave the operands as they are, and make a new Value of the result.",
    BUILD_YOUR_OWN,
)
IN_PLACE = Bug(
    "+= changes the Value itself",
    "t += b is to give a new Value, as t = t + b does; here the old one gets another number, and every name for it too. "
    "Leave __iadd__ out: Python then uses __add__.",
    BUILD_YOUR_OWN,
)
CHANGES_DATA = Bug("backward changes data", "backward fills grad, and leaves every data as it was.", BUILD_YOUR_OWN)
GRADIENT_IS_A_VALUE = Bug(
    "a gradient is no number",
    "grad holds something other than a number: where a share is computed, read .data of the operands and .grad of the result.",
    ONE_NEURON,
)

NO_NUMBER = Bug(
    "a gradient begins as None",
    "backward() adds to a grad that is None, and nothing can be added to None: let grad be 0.0 from the beginning.",
    BUILD_YOUR_OWN,
)

# Local derivatives

LOCAL_DERIVATIVE = Bug(
    "wrong local derivative",
    "The slope of this operation by its operand is wrong: derive it on paper, then nudge the operand and see.",
    ONE_NEURON,
)
OWN_FACTOR = Bug("own factor", "Each factor gets itself: exchange the two local derivatives.", ONE_NEURON)
SIGN = Bug(
    "wrong sign", "The size of the gradient is right, its sign is not: the result falls where the operand grows.", ONE_NEURON
)
POWER_FACTOR = Bug("exponent missing", "The slope of a ** n is n * a ** (n - 1); here the factor n is missing.", ONE_NEURON)
POWER_NOT_LOWERED = Bug("exponent not lowered", "The slope of a ** n is n * a ** (n - 1); here the power is still n.", ONE_NEURON)
DIVIDED_BY_OPERAND = Bug(
    "division by the operand",
    "n * out / a equals n * a ** (n - 1) everywhere but at 0, where it divides by 0: compute the power itself.",
    ONE_NEURON,
)
SQUARE_MISSING = Bug("square missing", "The slope of tanh is 1 - tanh(a) ** 2; here the square is missing.", ONE_NEURON)
INPUT_FOR_OUTPUT = Bug(
    "input in place of the output",
    "The slope of this operation is written with what comes out of it; here it is computed with what goes in.",
    ONE_NEURON,
)
SHUT_RELU = Bug("relu lets a gradient through", "Where relu gives 0, its slope is 0 too, and nothing goes back.", ONE_NEURON)

# The chain rule

SEED = Bug(
    "the seed is not 1",
    "The gradient of the output by itself is 1: backward begins by setting it so, and without it every gradient stays 0.",
    BUILD_YOUR_OWN,
)
SEEDED_AGAIN = Bug(
    "every node gets the seed",
    "The gradient of each operand is set to 1, as that of the output: backward calls itself for the operands, and sets the seed "
    "each time. Let it set the seed once, and then walk a topological order backwards.",
    TOPOLOGICAL_ORDER,
)
HANDING_ON = Bug(
    "gradients are handed on wrongly",
    "Sums and products are both wrong, so look at backward itself: for each operand, the local derivative times the gradient of "
    "the result is added to the operand's gradient.",
    ONE_NEURON,
)
NOTHING_BACK = Bug(
    "nothing goes back",
    "The operands get no gradient from this operation: what hands it on is not kept with the result, or is never called.",
    ONE_NEURON,
)
FORGOTTEN_UPSTREAM = Bug(
    "upstream gradient forgotten",
    "The local derivative alone is right only at the output: multiply it by the gradient of the result.",
    ONE_NEURON,
)
NOT_REACHED = Bug(
    "the gradient does not reach the leaves",
    "The operation hands its gradient on, and what its operands were computed from gets none: backward stops after one step, it "
    "goes through the nodes with the leaves first, where reversed() is missing, or an operand is not kept among the parents.",
    TOPOLOGICAL_ORDER,
)
COPIED_OPERAND = Bug(
    "the second operand gets nothing",
    "Its gradient goes to a copy, or it is not among the parents: an operand that is a Value is used as it is, and only a number "
    "is made one.",
    BUILD_YOUR_OWN,
)

# One Value, several uses

ASSIGNED = Bug(
    "gradients are set, not added",
    "A Value has one share of its gradient from each use, and here the last one overwrites the others: write += in place of =.",
    TOPOLOGICAL_ORDER,
)
SET_OF_PARENTS = Bug(
    "parents in a set",
    "a + a has two operands that are the same Value, and a set, or the keys of a dictionary, keep one of them: use a tuple.",
    TOPOLOGICAL_ORDER,
)
ORDER = Bug(
    "wrong order",
    "A node may hand its gradient on only when every node that used it has done so: walk a topological order backwards.",
    TOPOLOGICAL_ORDER,
)
TOO_EARLY = Bug(
    "a node hands on too early",
    "Each node is walked once, but one before all who used it had paid in, and what came later stays there. "
    "Walk a topological order backwards.",
    TOPOLOGICAL_ORDER,
)
PAYS_AGAIN = Bug(
    "a node hands on again what it has handed on",
    "The walk comes to a node once for each use, and each time it hands on all that has been collected so far. "
    "Walk a topological order backwards, each node once.",
    TOPOLOGICAL_ORDER,
)
EVERY_PATH = Bug(
    "every path is walked",
    "The gradient may be right, but the work doubles with each doubling: walk each node once, in a topological order.",
    TOPOLOGICAL_ORDER,
)
EQUAL_NUMBERS = Bug(
    "two Values with one number are taken for one",
    "`in` asks __eq__, and it compares numbers here; two nodes are the same only if they are the same object. "
    "Leave __eq__ out, or keep a set of id(node).",
    TOPOLOGICAL_ORDER,
)

# One backward pass after another

KEPT_ORDER = Bug(
    "an order from an earlier backward pass",
    "Nodes of the first output are walked again with the second: the list of nodes is not begun anew. A default argument such as "
    "order=[] is made once, for all calls.",
    TOPOLOGICAL_ORDER,
)
CLEARED = Bug(
    "leaves are cleared by backward",
    "Leaves add up from one backward() to the next until their user clears them: the gradient of a sum of losses "
    "is the sum of their gradients.",
    TOPOLOGICAL_ORDER,
)
LEFTOVER = Bug(
    "gradients left over in inner nodes",
    "The inner node x * x still holds its gradient of the first backward(), and hands it on again: let backward() begin "
    "by setting the grad of every node that has parents to 0.",
    TOPOLOGICAL_ORDER,
)
MARKED_FOR_EVER = Bug(
    "nodes stay marked as visited",
    "The second backward() does not come past the output, since the nodes are still marked. "
    "Keep a set of visited nodes for each call.",
    TOPOLOGICAL_ORDER,
)
SECOND_BACKWARD = Bug(
    "a second backward goes wrong",
    "The first backward() leaves something behind that changes the second: inner nodes start afresh, and leaves add up.",
    TOPOLOGICAL_ORDER,
)
MOVED = Bug(
    "a local derivative is read too late",
    "The operand's number is read by backward(), when it may have moved; compute the local derivative on the way forward, "
    "and keep the number.",
    ONE_NEURON,
)
COPY = Bug(
    "a copied graph has no gradients",
    "What hands on the gradient, functions or a list of all nodes, still knows the old Values, so backward() fills nothing in "
    "the copy, and says so nowhere. Keep parents and local derivatives in each Value, as data.",
    ONE_NEURON,
)
DEEP = Bug(
    "a long chain is too deep",
    "A function that calls itself once for each node ends at Python's recursion limit: find the order by a loop with a list.",
    TOPOLOGICAL_ORDER,
)

# What stops

ENDLESS = Bug("it does not end", "A loop goes on for ever, or a recursion comes back to where it was.", TOPOLOGICAL_ORDER)
RAISES = Bug("it raises an error", "Python stopped in the engine.", BUILD_YOUR_OWN)

# Two of these are two mistakes, where the others go through the whole engine.
OF_ONE_OPERATION = (
    FORWARD, TURNED, LOCAL_DERIVATIVE, OWN_FACTOR, SIGN, POWER_FACTOR, POWER_NOT_LOWERED, DIVIDED_BY_OPERAND, SQUARE_MISSING,
    INPUT_FOR_OUTPUT, SHUT_RELU, NOTHING_BACK, FORGOTTEN_UPSTREAM, RAISES,
)  # fmt: skip

# What a design cannot do, where all that it does is right.
LIMITS = (COPY, DEEP)

# Whatever is wrong beside these may come of them.
ANYWHERE = (EQUAL_NUMBERS, NO_NUMBER, SEEDED_AGAIN, HANDING_ON)
