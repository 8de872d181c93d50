"""`compile`: from a graph to a Program that computes it, its gradient, and a whole training, at the speed of the machine.

>>> w, b, x, y = Value(0.5, label="w"), Value(0.0, label="b"), Value(1.0, label="x"), Value(1.0, label="y")
>>> loss = (w * x + b - y) ** 2
>>> program = compile(loss, inputs=[x, y], parameters=[w, b], target="python")
>>> program.evaluate([[1.0, 1.0], [2.0, 3.0]])
[0.25, 4.0]
>>> program.gradient([[1.0, 1.0], [2.0, 3.0]]), w.grad, b.grad
(2.125, -4.5, -2.5)
"""

from __future__ import annotations

import reprlib
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from itertools import filterfalse
from typing import Any, TypeVar

from micrograd.arguments import whole_number
from micrograd.collector import paused_collector
from micrograd.compiler import c
from micrograd.compiler.arrays import target as arrays
from micrograd.compiler.blame import failure
from micrograd.compiler.descent import Descent
from micrograd.compiler.graph import Graph, check_leaves, input_names, name_of
from micrograd.compiler.javascript import target as javascript
from micrograd.compiler.listing import Listing
from micrograd.compiler.llvm import target as llvm
from micrograd.compiler.llvm.machine import usable
from micrograd.compiler.python import target as python
from micrograd.compiler.rows import Table
from micrograd.compiler.rule import has_own_step, settings_of, traced_rule
from micrograd.compiler.schedule import Schedule
from micrograd.compiler.target import ArrayTarget, Language, Target
from micrograd.display.progress import progress_bar
from micrograd.engine import Value
from micrograd.optim import Optimizer

ARRAY_TARGETS: dict[str, ArrayTarget] = {"numpy": arrays.numpy, "jax": arrays.jax}
TARGETS: dict[str, Target] = {"python": python, "llvm": llvm, **ARRAY_TARGETS}
LANGUAGES: dict[str, Language] = {**TARGETS, "c": c, "javascript": javascript}

DTYPES: dict[str | None, tuple[str, ...]] = {None: ("float64",), "jax": ("float64", "float32")}

Named = TypeVar("Named")


def compile(  # noqa: A001 - read as micrograd.compile
    output: Value | Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value] = (),
    target: str | None = None,
    exact: bool = False,
    dtype: str = "float64",
) -> Program:
    """The graph of `output` as a Program. `inputs` are the leaves that a row of data sets, in the order of its numbers.

    Of a list of outputs `evaluate` gives a list of numbers for each row; `gradient` and `train` take one output. An input
    that the graph does not use is read and changes nothing.

    `parameters` are the leaves to differentiate by and to train; their numbers are read at each call. Every other leaf
    is a constant, with the number that it has now. `target` is "llvm" (machine code, needs llvmlite and NumPy), "python", or
    with the arrays that `fold` finds "numpy" or "jax", which trains on all devices that JAX has; without one it is llvm where
    that is installed. `exact` asks python or llvm for the very bits of eager code; without it vector functions such as tanh may
    differ by 4 ulp, sums over rows are added in another order, and multiply-adds are rounded once. `dtype` is "float64", or for
    jax "float32".

    It takes a graph, not a function: of a Python `if` on a number, such as `if x.data > 0`, the graph holds the branch
    that was taken and nothing else, so the Program takes that branch for every row. Write such a choice with operations:
    relu, maximum, step. Where an operation has no value, such as log(-1), a Program goes on with nan or an infinity.
    """
    return Program(output, inputs, parameters, target, exact, dtype)


class Program:
    """A compiled graph. Where a row is asked for, it holds one number for each of the `inputs`, in their order."""

    def __init__(
        self,
        output: Value | Sequence[Value],
        inputs: Sequence[Value],
        parameters: Sequence[Value],
        target: str | None,
        exact: bool,
        dtype: str = "float64",
    ) -> None:
        outputs = checked_outputs(output)
        check_leaves(inputs, parameters, "compile")
        self.graph = Graph(outputs, inputs, parameters, exact, dtype)
        self.gives_rows = not isinstance(output, Value)
        self.inputs, self.parameters = self.graph.inputs, self.graph.parameters
        self.target = chosen_target(target, self.graph)
        self.input_names = input_names(self.inputs)

    def listing(self) -> Listing:
        """The instructions of the outputs alone."""
        return self.graph.listing()

    def gradient_listing(self) -> Listing:
        """Those of the gradient by the parameters and then of the output, times the weight of a row, the last input."""
        self.check_one_output("gradient_listing")
        return self.graph.gradient_listing()

    def evaluate(self, rows: Any) -> list[Any]:
        """The output for each row of data: a number, or of a program of a list of outputs a list of numbers.

        >>> x = Value(1.0)
        >>> compile(x * x, [x]).evaluate([[2.0], [3.0]]), compile([x * x, -x], [x]).evaluate([[2.0], [3.0]])
        ([4.0, 9.0], [[4.0, -2.0], [9.0, -3.0]])
        """
        evaluator = self.graph.once("evaluator", lambda: TARGETS[self.target].evaluator(self.graph))
        values = evaluator(Table(rows, self.input_names), numbers_of(self.parameters))
        return [list(row) for row in zip(*values, strict=True)] if self.gives_rows else values[0]

    def gradient(self, rows: Any, weights: Sequence[float] | None = None) -> float:
        """The mean of the output over the rows; its gradient is then the `grad` of every parameter, in place of an old one.

        With one weight per row it is the weighted mean.
        """
        self.check_one_output("gradient")
        table = Table(rows, self.input_names)
        summer = self.graph.once("summer", lambda: TARGETS[self.target].summer(self.graph))
        *gradients, mean = summer(table, numbers_of(self.parameters), table.shares(weights))
        for parameter, number in zip(self.parameters, gradients, strict=True):
            parameter.grad = number
        return mean

    def train(
        self,
        rows: Any,
        optimizer: Optimizer,
        epochs: int,
        batch_size: int | None = None,
        shuffle: bool = True,
        callback: Callable[[int, float], Any] | None = None,
        *,
        seed: int = 0,
        progress: bool = True,
    ) -> array[float]:
        """The optimizer's steps down the mean of the output, in compiled code; the mean of each epoch, before its steps.

        The means stay the doubles that the machine code wrote; `.tolist()` makes a list of them.
        Without `batch_size` a batch is all of the rows; otherwise they are shuffled anew in each epoch, from `seed` and the
        steps that the optimizer has taken, unless `shuffle` is false. `callback(epoch, loss)` is called after each epoch, with
        the parameters up to date; it may set the learning rate, and if it returns True, training ends; what else it sets is
        overwritten. Ctrl-C ends it at the end of an epoch. The parameters and the memory of the optimizer are written back at
        the end; what the graph does not hold is not moved. Where a loss or a gradient is not finite, the last parameters at
        which both are finite are put back and a FloatingPointError names the row and the operation. A bar shows the progress
        of long training.

        >>> w, x = Value(1.0), Value(1.0)
        >>> from micrograd.optim import SGD
        >>> losses = compile(w * w * x, [x], [w], target="python").train([[1.0], [3.0]], SGD([w], 0.125), epochs=2)
        >>> losses, w.data
        (array('d', [2.0, 0.5]), 0.25)
        """
        self.check_one_output("train")
        table = Table(rows, self.input_names)
        epochs = whole_number(epochs, "epochs", least=0)
        batch_size = None if batch_size is None else whole_number(batch_size, "batch_size")
        check_optimizer(optimizer, self.parameters)
        schedule = Schedule(table.rows, epochs, batch_size, seed, shuffle, optimizer.step_count)
        try:
            descent = self.descent(table, optimizer, schedule)
        except KeyboardInterrupt:  # nothing has moved yet
            return array("d")
        with descent, ExitStack() as stack:
            begin, show = time.monotonic(), None
            while len(descent.losses) < epochs and descent.stretch(1 if callback else epochs - len(descent.losses)):
                if progress and show is None and time.monotonic() - begin > 1.0:
                    show = stack.enter_context(progress_bar(epochs))
                if show:
                    show(len(descent.losses), descent.losses[-1])
                if callback:
                    descent.write_back()
                    if callback(len(descent.losses), descent.losses[-1]) is True:
                        break
            if descent.failed is not None or (descent.losses and not descent.has_finite_loss()):
                raise failure(descent)
        return descent.losses

    @paused_collector()
    def descent(self, table: Table, optimizer: Optimizer, schedule: Schedule) -> Descent:
        """A training ready to begin, of the parameters that are in the graph."""
        graph, nodes = self.graph, self.graph.nodes()
        moved = [place for place, parameter in enumerate(optimizer.parameters) if parameter in nodes]
        if not moved:
            raise ValueError("the output does not depend on any parameter that the optimizer moves; compile one that does")
        trained = [optimizer.parameters[place] for place in moved]
        counting = len(set(map(optimizer.steps_taken.__getitem__, moved))) > 1
        rule = graph.once((settings_of(optimizer), counting), lambda: traced_rule(optimizer, counting=counting))
        key = "train", tuple(trained), rule.instructions, rule.outputs, tuple(rule.constants.items())
        trainer = graph.once(key, lambda: TARGETS[self.target].trainer(graph, trained, rule))
        return Descent(trainer, optimizer, moved, table, schedule)

    def check_one_output(self, call: str) -> None:
        if (count := len(self.graph.outputs)) > 1:
            raise ValueError(f"{call} takes a program of one output, and this one has {count}; compile one of them, or their sum")

    def source(self, target: str | None = None) -> str:
        """The text that a target makes of the graph: "python", "llvm", "c", "javascript", "numpy" or "jax"."""
        return named(target or self.target, LANGUAGES).source(self.graph)

    def function(self, target: str) -> Callable[..., Any]:
        """A pure function of arrays of "numpy" or "jax", for those who bring a loop of their own.

        It takes the parameters as one vector, in their order, and the rows as a matrix. Of one output it gives the mean over
        the rows and its gradient, a vector; of several a matrix with a row of outputs for each row of data.

        >>> w, b, x = Value(2.0), Value(1.0), Value(0.0)
        >>> function = compile((w * x + b) ** 2, [x], [w, b]).function("numpy")
        >>> loss, gradient = function([2.0, 1.0], [[0.0], [1.0]])
        >>> float(loss), gradient.tolist()
        (5.0, [3.0, 4.0])

        That of "jax" goes into `jax.jit`, `jax.vmap` (over the vectors of an ensemble) and `jax.jacfwd`, and its gradient into
        optax; it computes in the kind of number of the parameters:

            step = jax.jit(lambda vector, state, rows: ...function(vector, rows)...)

        Rows that are sharded stay where they are, and each device sums its own. On several hosts nothing else is needed:
        each calls `jax.distributed.initialize()` and makes its part of the rows known,

            mesh = jax.sharding.Mesh(jax.devices(), ("rows",))
            place = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("rows"))
            rows = jax.make_array_from_process_local_data(place, own_rows)

        and all then call the same `jax.jit(function)(vector, rows)`.
        """
        return named(target, ARRAY_TARGETS).function(self.graph)

    def __repr__(self) -> str:
        outputs = f", {len(self.graph.outputs)} outputs" if self.gives_rows else ""
        return f"<Program of {len(self.inputs)} inputs and {len(self.parameters)} parameters{outputs}, target {self.target}>"


def checked_outputs(output: Value | Sequence[Value]) -> list[Value]:
    need = "compile takes the Value at the end of a graph, or a list of several"
    if isinstance(output, Value):
        return [output]
    if not isinstance(output, Sequence) or isinstance(output, str):
        advice = "call the function on Values first, and pass what it gives" if callable(output) else "pass the end of a graph"
        raise TypeError(f"{need}, got {output!r}; {advice}")
    if not output:
        raise ValueError(f"{need}, and this list is empty")
    for number, value in enumerate(output, start=1):
        if not isinstance(value, Value):
            raise TypeError(f"{need}, and output {number} of {len(output)} is {reprlib.repr(value)}")
    return list(output)


def check_optimizer(optimizer: Optimizer, parameters: Sequence[Value]) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"train needs an optimizer such as SGD(parameters, 0.1), got {optimizer!r}")
    if has_own_step(optimizer):
        name = type(optimizer).__name__
        raise ValueError(f"{name} has a step() of its own, which compiled training would leave out; train with fit, eagerly")
    known = set(parameters)
    for stranger in filterfalse(known.__contains__, optimizer.parameters):
        raise ValueError(
            f"the optimizer moves {name_of(stranger)}, which is not among the parameters of the program; "
            "pass the same list to both"
        )


def chosen_target(name: str | None, graph: Graph) -> str:
    """The name of the target, or without one that of the fastest which can run the graph here."""
    if graph.dtype not in DTYPES.get(name, DTYPES[None]):
        raise ValueError(f"dtype is 'float64', or with target='jax' 'float32', got {graph.dtype!r} for target={name!r}")
    if name is None:
        return "llvm" if usable(graph.exact) and not graph.own_operations() else "python"
    if name in LANGUAGES and name not in TARGETS:
        raise ValueError(f"the {name} target is text to embed elsewhere, not to run here; take it from program.source({name!r})")
    named(name, TARGETS).check(graph)
    return name


def named(name: str, known: Mapping[str, Named]) -> Named:
    if name not in known:
        raise ValueError(f"there is no target {name!r}; choose from {', '.join(known)}")
    return known[name]


def numbers_of(leaves: Sequence[Value]) -> list[float]:
    return [leaf.data for leaf in leaves]
