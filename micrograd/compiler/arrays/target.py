"""The targets `numpy` and `jax`: their faces, which load neither until a graph is compiled for them.

>>> w, x = Value(2.0, label="w"), Value(1.0, label="x")
>>> print(numpy.source(Graph([w * x], [x], [w])))
import numpy as np
<BLANKLINE>
<BLANKLINE>
def gradient(x, w, share):
    loss = share * (x * w).sum()  # one number
    dw = x.sum() * share          # one number
    return loss, dw
<BLANKLINE>
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd import ops
from micrograd.compiler.graph import Graph
from micrograd.compiler.listing import Listing
from micrograd.compiler.target import Evaluator, Summer, Trainer
from micrograd.engine import Value

FROM_SCIPY = (ops.erf, ops.erfc, ops.gelu)  # what NumPy does not have, and JAX brings along


@dataclass(frozen=True)
class OnArrays:
    """A target by its name, and the extra with which its packages are installed."""

    name: str
    extra: str

    def check(self, graph: Graph) -> None:
        if graph.exact:
            raise ValueError(
                f"the {self.name} target adds numbers in another order than eager code, so it is not exact; "
                "use target='python' or 'llvm', or leave exact out"
            )
        for op in graph.own_operations():
            raise ValueError(f"the {self.name} target cannot spell {op.symbol!r}, an operation of your own; use target='python'")
        self.check_installed(graph)

    def check_installed(self, graph: Graph) -> None:
        needed = [self.name]
        if self.name == "numpy" and any(node.op in FROM_SCIPY for node in graph.nodes()):
            needed.append("scipy")
        for package in needed:
            if importlib.util.find_spec(package) is None:
                what = f"target={self.name!r}" if package == self.name else "erf, erfc or gelu with target='numpy'"
                raise ModuleNotFoundError(
                    f"{what} needs {package}: python -m pip install -e '.[{self.extra}]'; target='python' needs nothing"
                )

    def source(self, graph: Graph) -> str:
        """The gradient of the mean of the one output, or the values of several, as a function of arrays."""
        self.check(graph)
        from micrograd.compiler.arrays.layout import source

        return source(graph, self.name)

    def function(self, graph: Graph) -> Callable[..., Any]:
        self.check(graph)
        from micrograd.compiler.arrays.layout import function

        return function(graph, self.name)

    def evaluator(self, graph: Graph) -> Evaluator:
        evaluator: Evaluator = self.module().evaluator(graph)
        return evaluator

    def summer(self, graph: Graph) -> Summer:
        summer: Summer = self.module().summer(graph)
        return summer

    def trainer(self, graph: Graph, trained: Sequence[Value], rule: Listing) -> Trainer:
        trainer: Trainer = self.module().trainer(graph, trained, rule)
        return trainer

    def module(self) -> Any:
        """Loaded when it is needed."""
        if self.name == "numpy":
            from micrograd.compiler.arrays import in_numpy

            return in_numpy
        from micrograd.compiler.arrays import in_jax

        return in_jax


numpy = OnArrays("numpy", "arrays")
jax = OnArrays("jax", "jax")
