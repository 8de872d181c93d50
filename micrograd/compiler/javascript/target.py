"""The target `javascript`: a script without dependencies, to embed in a page, or wherever JavaScript runs.

>>> from micrograd.compiler.program import compile
>>> from micrograd.engine import Value
>>> w, x = Value(0.5, "w"), Value(2.0, "x")
>>> print(compile((w * x - 1.0) * w, [x], [w]).source("javascript").partition("function gradient")[0])
// evaluate(x, p, out) computes the outputs of one row of inputs x, with the parameters p, into out.
// gradient(rows, order, first, last, weight, p, sums): the gradient by p, and then the output, each times weight and summed
// over the rows number order[first] to order[last - 1]; rows is flat.
// inputs: x
// parameters: w
"use strict";
const { evaluate, gradient } = (() => {
function evaluate(x, p, out) {
  const x1 = x[0];
  const p1 = p[0];
  const c1 = 1.0;
  const v1 = p1 * x1;
  const v2 = v1 - c1;
  const v3 = v2 * p1;
  out[0] = v3;
}
<BLANKLINE>
"""

from __future__ import annotations

from micrograd.compiler.graph import Graph
from micrograd.compiler.javascript.functions import script, sums_function, values_function
from micrograd.compiler.javascript.spelling import JAVASCRIPT

EVALUATE = "evaluate(x, p, out) computes the outputs of one row of inputs x, with the parameters p, into out."
GRADIENT = """\
gradient(rows, order, first, last, weight, p, sums): the gradient by p, and then the output, each times weight and summed
over the rows number order[first] to order[last - 1]; rows is flat."""


def source(graph: Graph) -> str:
    """`evaluate`, and for one output `gradient`, which sums over rows."""
    listing = graph.listing()
    functions, texts = [values_function("evaluate", listing)], [EVALUATE]
    if len(graph.outputs) == 1:
        functions.append(sums_function("gradient", graph.gradient_listing()))
        texts.append(GRADIENT)
    texts.append(f"inputs: {JAVASCRIPT.described(listing, listing.inputs)}")
    texts.append(f"parameters: {JAVASCRIPT.described(listing, listing.parameters)}")
    remarks = [f"// {line}" for text in texts for line in text.split("\n")]
    return "\n".join([*remarks, script(functions), ""])
