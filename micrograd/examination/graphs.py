"""The cases of whole graphs: Values used more than once, the order of the walk, one backward after another, copies, depth."""

from __future__ import annotations

import sys

from micrograd.examination import bugs
from micrograd.examination.cases import NEW_VALUE, SEEDED, Case, Endless, Sign, data, grads
from micrograd.examination.operations import (
    CHAINED,
    ON_THE_RIGHT,
    OPTIONAL,
    OTHERS,
    PLUS,
    TIMES,
    USED_TWICE,
    at_the_output,
    further_up,
    number_of,
    once_more,
)

LONG = 1_500 if sys.platform == "emscripten" else 10_000  # a browser's stack is too small to free longer chains of any class

SUM, PRODUCT = ("backward", "__add__"), ("backward", "__mul__")
TWO_OPERATIONS, PART = "a Value in two operations", "a part that is used twice"
AGAIN = "a second backward, the leaf cleared"

FIRST = (
    Case(NEW_VALUE, "a = Value(3.0)", data(a=3.0) | grads(a=0.0), "nothing was computed", bugs.START, needs=(), uses=()),
    Case(
        SEEDED,
        "a = Value(3.0)\na.backward()",
        grads(a=1.0),
        "the slope of a by a is 1",
        bugs.SEED,
        uses=(NEW_VALUE,),
    ),
)

PASSING = (
    Case(
        "the numbers after backward",
        "a, b = Value(2.0), Value(3.0)\nc = a * b\nc.backward()",
        data(a=2.0, b=3.0, c=6.0),
        "gradients are in grad",
        bugs.CHANGES_DATA,
        needs=(*PRODUCT, "grad"),
        uses=(SEEDED, "a * b"),
    ),
)

RIGHT_SIDES = (
    Case(
        ON_THE_RIGHT,
        "a, b, k = Value(2.0), Value(3.0), Value(10.0)\nc = a + b\nd = k * c\nd.backward()",
        grads(a=10.0, b=10.0, c=10.0),
        "d is 10a + 10b",
        bugs.NOT_REACHED,
        needs=(*SUM, "__mul__"),
        uses=("a + b, then a product",),
    ),
    Case(
        "a sum with a product on the right",
        "a, b, k = Value(2.0), Value(3.0), Value(10.0)\nc = a * b\nd = k + c\nd.backward()",
        grads(a=3.0, b=2.0, c=1.0),
        "d is 10 + ab",
        bugs.NOT_REACHED,
        needs=(*SUM, "__mul__"),
        uses=("a + b, then a product",),
    ),
)

USES = (
    Case(
        USED_TWICE,
        "a = Value(3.0)\nb = a + a\nb.backward()",
        grads(a=2.0),
        "b is 2a",
        bugs.ASSIGNED,
        signs=(Sign(bugs.ASSIGNED, grads(a=1.0), wrong=TWO_OPERATIONS), Sign(bugs.SET_OF_PARENTS, grads(a=1.0))),
        needs=SUM,
        uses=("a + b",),
    ),
    Case(
        TWO_OPERATIONS,
        "a, b, c = Value(2.0), Value(3.0), Value(4.0)\nd = a + b\ne = a + c\nf = d + e\nf.backward()",
        grads(a=2.0, b=1.0, c=1.0),
        "f is 2a + b + c",
        bugs.ORDER,
        signs=(
            Sign(bugs.ASSIGNED, grads(a=1.0, b=1.0, c=1.0)),
            Sign(bugs.NOT_REACHED, grads(a=0.0, b=0.0, c=0.0)),
        ),
        needs=SUM,
        uses=(USED_TWICE, "a + b, then a product"),
    ),
    once_more(TIMES),
    Case(
        "a * a",
        "a = Value(3.0)\nb = a * a\nb.backward()",
        grads(a=6.0),
        "the slope of a² is 2a",
        bugs.SET_OF_PARENTS,
        needs=PRODUCT,
        uses=(f"{TIMES.name}, and a once more",),
    ),
)

ORDERS = (
    Case(
        PART,
        "a, x, y = Value(2.0), Value(3.0), Value(4.0)\nb = a + x\nc = b + y\nd = b + c\nd.backward()",
        grads(a=2.0, b=2.0),
        "d is 2b + y, and b is a + x",
        bugs.ORDER,
        signs=(
            Sign(bugs.TOO_EARLY, grads(a=1.0, b=2.0)),
            Sign(bugs.PAYS_AGAIN, grads(a=3.0, b=2.0)),
            Sign(bugs.PAYS_AGAIN, grads(a=4.0, b=2.0)),
        ),
        needs=SUM,
        uses=(TWO_OPERATIONS,),
    ),
    Case(
        "the same part, its uses exchanged",
        "a, x, y = Value(2.0), Value(3.0), Value(4.0)\nb = a + x\nc = b + y\nd = c + b\nd.backward()",
        grads(a=2.0, b=2.0),
        "d is 2b + y, and b is a + x",
        bugs.ORDER,
        signs=(
            Sign(bugs.TOO_EARLY, grads(a=1.0, b=2.0)),
            Sign(bugs.PAYS_AGAIN, grads(a=4.0, b=2.0)),
        ),
        needs=SUM,
        uses=(PART,),
    ),
    Case(
        "a sum doubled twice",
        "a = Value(3.0)\nb = a + a\nc = b + b\nc.backward()",
        grads(a=4.0, b=2.0),
        "c is 4a",
        bugs.ORDER,
        signs=(Sign(bugs.PAYS_AGAIN, grads(a=6.0, b=2.0)), Sign(bugs.PAYS_AGAIN, grads(a=8.0, b=2.0))),
        needs=SUM,
        uses=(PART,),
    ),
    Case(
        "two parts with one number",
        "a, x, y = Value(2.0), Value(4.0), Value(3.0)\nb = a + x\nc = a * y\nd = b * c\nd.backward()",
        grads(a=24.0),
        "b and c are both 6: the slope of d is c + b * y = 6 + 18",
        bugs.ORDER,
        signs=(Sign(bugs.EQUAL_NUMBERS, grads(a=18.0)), Sign(bugs.EQUAL_NUMBERS, grads(a=6.0))),
        needs=(*SUM, "__mul__"),
        uses=(f"{TIMES.name}, and a once more", ON_THE_RIGHT, PART),
    ),
    Case(
        "sixty doublings",
        "a = b = Value(1.0)\nfor _ in range(60):\n    b = b + b\nb.backward()",
        grads(a=2.0**60),
        "each doubling doubles the slope",
        bugs.ORDER,
        signs=(Sign(bugs.EVERY_PATH, error=Endless),),
        needs=SUM,
        uses=("a sum doubled twice",),
        large=True,
        drawn=False,
    ),
    Case(
        "a sum that grows",
        "a, b = Value(2.0), Value(3.0)\nt = a\nt += b\nt.backward()",
        data(a=2.0, t=5.0) | grads(a=1.0, b=1.0),
        "t is a + b, and a stays what it is",
        bugs.IN_PLACE,
        needs=SUM,
        uses=("a + b", "the numbers after backward"),
    ),
)

LATER = (
    Case(
        "sum([a, b])",
        "a, b = Value(2.0), Value(3.0)\nc = sum([a, b])\nc.backward()",
        data(c=5.0) | grads(a=1.0, b=1.0),
        "Python's sum begins with 0 + a",
        bugs.FORWARD,
        needs=(*SUM, "__radd__"),
        uses=("a + b, then a product", "1 + a"),
    ),
    Case(
        "a quotient of whole numbers",
        "a, b = Value(6), Value(4)\nc = a / b\nc.backward()",
        data(c=1.5) | grads(a=0.25, b=-0.375),
        "the slopes are 1/b = 1/4 and -a/b² = -6/16",
        bugs.FORWARD,
        needs=("backward", "__truediv__"),
        uses=("a / b",),
    ),
    Case(
        "two outputs of one leaf",
        "w, x, y = Value(1.0), Value(2.0), Value(3.0)\nfirst, second = w * x, w * y\nfirst.backward()\nsecond.backward()",
        grads(w=5.0),
        "the two slopes, 2 and 3, add up",
        bugs.SECOND_BACKWARD,
        signs=(Sign(bugs.CLEARED, grads(w=3.0)), Sign(bugs.KEPT_ORDER, grads(w=7.0))),
        needs=PRODUCT,
        uses=(f"{TIMES.name}, and a once more", TWO_OPERATIONS),
    ),
    Case(
        AGAIN,
        "x = Value(3.0)\ny = x * x * x\ny.backward()\nx.grad = 0.0\ny.backward()",
        grads(x=27.0),
        "the slope of x³ is 3x²",
        bugs.SECOND_BACKWARD,
        # 3x² = x² + 2x * x: with what the first left in x * x, 9 + 6 * (3 + 3); with a second 1 on the output, 18 + 6 * (3 + 6)
        signs=(
            Sign(bugs.LEFTOVER, grads(x=45.0)),
            Sign(bugs.LEFTOVER, grads(x=72.0)),
            Sign(bugs.MARKED_FOR_EVER, grads(x=0.0)),
        ),
        needs=PRODUCT,
        uses=(CHAINED, "a * a", PART, "two outputs of one leaf"),
    ),
    Case(
        "a second backward on top of the first",
        "x = Value(3.0)\ny = x * x * x\ny.backward()\ny.backward()",
        grads(x=54.0),
        "the slope of x³ is 3x² = 27, and leaves add up",
        bugs.SECOND_BACKWARD,
        signs=(Sign(bugs.CLEARED, grads(x=27.0)),),
        needs=PRODUCT,
        uses=(AGAIN,),
    ),
    Case(
        "a leaf that moves before backward",
        "a, b = Value(2.0), Value(3.0)\nc = a * b\na.data = 10.0\nc.backward()",
        grads(a=3.0, b=2.0),
        "a was 2 when c was computed",
        bugs.MOVED,
        needs=PRODUCT,
        uses=("a * b",),
        drawn=False,
    ),
    Case(
        "a copy of the graph",
        "import copy\n\na = Value(3.0)\nb = a * a\na2, b2 = copy.deepcopy((a, b))\nb2.backward()",
        grads(a2=6.0, a=0.0),
        "a2 and b2 are a graph of their own",
        bugs.COPY,
        needs=PRODUCT,
        uses=("a * a",),
    ),
    Case(
        f"a chain of {LONG:,}",
        f"a = b = Value(1.0)\nfor _ in range({LONG:_}):\n    b = b + a\nb.backward()",
        grads(a=LONG + 1.0),
        f"b is the sum of {LONG + 1:,} times a",
        bugs.ORDER,
        signs=(Sign(bugs.DEEP, error=RecursionError),),
        needs=SUM,
        uses=("the same part, its uses exchanged",),
        counted=False,
        large=True,
        drawn=False,
    ),
)

# From small to large: the first that is wrong names the bug, and what stands on it follows.
CASES = (
    *FIRST,
    number_of(PLUS),
    at_the_output(PLUS),
    number_of(TIMES),
    at_the_output(TIMES),
    *PASSING,
    further_up(TIMES),
    further_up(PLUS),
    *RIGHT_SIDES,
    *USES,
    *ORDERS,
    *[make(operation) for operation in OTHERS + OPTIONAL for make in (number_of, at_the_output, further_up, once_more)],
    *LATER,
)
