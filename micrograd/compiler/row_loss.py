"""The loss of one row of data as a graph, whose leaves the numbers of a row set.

Rows may be of several shapes, such as sequences of several lengths. Then the graph has a part for each shape, times a number
that is 1 in the rows of this shape and 0 in the others. The parts share their leaves: the first step of a long sequence is the
first step of a short one. What two parts compute alike is one node, so a short sequence costs little beside a long one.

>>> from micrograd import losses, nn, optim
>>> class Mean(nn.Module):
...     def __init__(self) -> None:
...         self.w = Value(2.0)
...     def __call__(self, x: list[Any]) -> Value:
...         return self.w * ops.total(x) / len(x)
>>> model = Mean()
>>> task = Task(model, losses.mean_squared_error, [[1.0, 3.0], [4.0]], [0.0, 1.0], optim.SGD(model.parameters()))
>>> row_loss = RowLoss(task)
>>> [leaf.label for leaf in row_loss.leaves]
['x1', 'x2', 'y1', 'shape1', 'shape2']
>>> row_loss.rows
[[1.0, 3.0, 0.0, 1.0, 0.0], [4.0, 4.0, 1.0, 0.0, 1.0]]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from micrograd import ops
from micrograd.compiler.nests import Path, mapped, nearest_path, numbers_in, paths_in, shape_of
from micrograd.compiler.refusals import Refusal
from micrograd.compiler.task import Task
from micrograd.compiler.watching import WatchedClasses
from micrograd.engine import Value, fields, rebuild, topological_order
from micrograd.losses import is_row
from micrograd.nn.inputs import as_nest
from micrograd.ops import as_float

MOST_SHAPES = 64


class Leaves(dict[Path, Value]):
    """A leaf for each path to a number in nests of all shapes, in the order in which the paths were met."""

    def __init__(self, letter: str) -> None:
        self.letter = letter

    def at(self, number: Any, path: Path) -> Value:
        if path not in self:
            self[path] = Value(as_float(number), label=f"{self.letter}{len(self) + 1}")
        return self[path]


class Row(NamedTuple):
    """A row of data: its inputs and its target as nests, and their numbers."""

    x: Any
    y: Any
    numbers: tuple[list[float], list[float]]


class RowLoss:
    """The leaves of the graph of one row's loss, and the numbers of each row that set them; `validation` has those of others.

    The index of a class is a weight for each of the `classes`. The `shapes` are leaves in place of the inputs and of the target;
    of each the row with the number in `firsts` is the first.
    """

    def __init__(self, task: Task, classes: int | None = None, validation: Task | None = None) -> None:
        self.task = task
        self.classes = classes
        rows = [*self.read(task), *(self.read(validation) if validation else [])]
        kinds = [(shape_of(row.x), shape_of(row.y)) for row in rows]
        firsts = {kind: kinds.index(kind) for kind in dict.fromkeys(kinds)}
        if len(firsts) > MOST_SHAPES:
            raise Refusal(f"its rows have {len(firsts)} shapes, more than {MOST_SHAPES}; cut some of them to the same length")
        leaves = Leaves("x"), Leaves("y")
        self.firsts = list(firsts.values())
        self.shapes = [(mapped(rows[k].x, leaves[0].at), mapped(rows[k].y, leaves[1].at)) for k in self.firsts]
        self.masks = [Value(0.0, label=f"shape{k}") for k in range(1, len(firsts) + 1)] if len(firsts) > 1 else []
        self.leaves = [*leaves[0].values(), *leaves[1].values(), *self.masks]
        self.x, self.y = self.shapes[0]
        fillings = {}
        for kind, first in firsts.items():
            masks = [float(first == other) for other in self.firsts] if self.masks else []
            fillings[kind] = Filling(leaves, rows[first], masks)
        numbers = [fillings[kind].numbers(row) for kind, row in zip(kinds, rows, strict=True)]
        self.rows, self.validation = numbers[: len(task.inputs)], numbers[len(task.inputs) :]

    def read(self, task: Task) -> list[Row]:
        """The rows of a task, the indices of classes as weights."""
        rows = []
        for number, (x, target) in enumerate(zip(task.inputs, task.targets, strict=True), start=1):
            y = target if self.classes is None else mapped(as_nest(target), self.weights)
            try:
                rows.append(Row(x, y, (numbers_in(x), numbers_in(y))))
            except TypeError as error:
                raise Refusal(f"row {number} of the data: {error}") from None
        return rows

    def weights(self, index: Any, path: Path) -> WatchedClasses:
        classes = range(self.classes or 0)
        if index not in classes:
            raise ValueError(f"{index!r} is not the index of one of {len(classes)} classes")
        return WatchedClasses(float(index == other) for other in classes)

    def graph(self, shape: int = 0, times: int = 1) -> Value:
        """The loss of a row of that shape, or of so many that are the same."""
        x, y = self.shapes[shape]
        return self.task.loss([self.task.model(x)] * times, [y] * times)

    def joined(self, graphs: Sequence[Value]) -> Value:
        """The graph of any row from those of each shape."""
        if not self.masks:
            return graphs[0]
        whole = ops.total([mask * graph for mask, graph in zip(self.masks, graphs, strict=True)])
        return merged(whole, {*self.leaves, *self.task.optimizer.parameters})


class Filling:
    """How the numbers of the rows of one shape set the leaves; `masks` are the numbers of this shape.

    A leaf beyond the end of a row takes what is at the end, such as the last step of a sequence once more, for which the graph of
    a longer row has a value, and is multiplied by 0.
    """

    def __init__(self, leaves: Sequence[Leaves], row: Row, masks: list[float]) -> None:
        self.masks = masks
        self.places = [places_of(paths, nest) for paths, nest in zip(leaves, (row.x, row.y), strict=True)]

    def numbers(self, row: Row) -> list[float]:
        found: list[float] = []
        for places, numbers in zip(self.places, row.numbers, strict=True):
            padded = [*numbers, 0.0]
            found += [padded[place] for place in places]
        return found + self.masks


def places_of(paths: Iterable[Path], nest: Any) -> list[int]:
    """For each path the place of its number among those of the nest, or of the nearest number; the end if there is none."""
    place: dict[Path | None, int] = {path: number for number, path in enumerate(paths_in(nest))}
    return [place.get(nearest_path(nest, path), len(place)) for path in paths]


def merged(output: Value, kept: set[Value]) -> Value:
    """The same graph with one node for all that are the same operation of the same operands; the leaves in `kept` stay apart."""
    one: dict[Value, Value] = {}  # for each node the one that stands for it
    made: dict[Any, Value] = {}
    for node in topological_order(output):
        parents = tuple([one[parent] for parent in node.parents])
        if node.op is None:
            key: Any = node if node in kept else node.data.hex()
        else:
            key = node.op, parents
        if key not in made:
            made[key] = node if parents == node.parents else rebuild(fields(node), parents)
        one[node] = made[key]
    return one[output]


def classes_of(task: Task, output: Any) -> int | None:
    """The number of classes, if the loss takes a target that is the index of one as a weight for each of them too.

    A target may be a nest of such indices where the output is a nest of as many rows.
    """
    target = as_nest(task.targets[0])
    classes = classes_in(output, target)
    if classes is None:
        return None
    weights = mapped(target, lambda index, path: [float(other == index) for other in range(classes)])
    try:
        return classes if task.loss([output], [weights]).data == task.loss([output], [target]).data else None
    except Exception:  # it is anyone's function
        return None


def classes_in(output: Any, target: Any) -> int | None:
    """How many outputs there are for each number of the target, which may be the index of one of them."""
    if not is_row(output):
        return None
    if not is_row(target):
        return len(output) if target in range(len(output)) and not any(map(is_row, output)) else None
    counts = {classes_in(part, index) for part, index in zip(output, target, strict=False)}
    return counts.pop() if len(counts) == 1 and len(output) == len(target) else None
