"""Names of arrays: from the labels of their numbers where these have a common stem, else by what the arrays are.

>>> stem(["w_hidden1", "w_hidden2"]), stem(["x1", "x2", "x3"]), stem(["a1", "b1"]), stem(["", "x"])
('w_hidden', 'x', '', '')
"""

from __future__ import annotations

import itertools
import keyword
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from micrograd import ops
from micrograd.ops import OPS
from micrograd.tensors.arrays import LEAVES, Array, ArrayProgram
from micrograd.tensors.lines import ACTIVATIONS
from micrograd.tensors.terms import Call, Formulas, Name, Result
from micrograd.text.naming import Label

# What the text itself calls.
TAKEN = {
    *keyword.kwlist, *keyword.softkwlist, *[op.symbol for op in OPS if op.symbol.isidentifier()],
    "np", "len", "contract", "windows", "take", "placed", "scattered", "share", "gradient", "value", "loss", "slope",
}  # fmt: skip
SEPARATORS = " ._-,()[]{}"


def stem(labels: Iterable[str]) -> str:
    """What all labels have in common but for the numbers at their ends; nothing where that is not a name."""
    names = {unicodedata.normalize("NFKC", label.name if isinstance(label, Label) else label) for label in labels}
    stems = {name.rstrip("0123456789" + SEPARATORS) for name in names}
    common = stems.pop() if len(stems) == 1 else ""
    return common if common.isidentifier() else ""


def number_of_layer(labels: Iterable[str]) -> int | None:
    """The number at the end of the outermost group that all labels share: 2 of layer2.neuron1.w1 and layer2.neuron3.w2."""
    groups = {label.groups if isinstance(label, Label) else () for label in labels}
    for first, *others in zip(*groups, strict=False):
        digits = first[len(first.rstrip("0123456789")) :]
        if digits and all(other == first for other in others):
            return int(digits)
    return None


class Wish(NamedTuple):
    """A word for an array; the number after it, where its labels tell of one; whether it may stand without a number."""

    word: str
    number: int | None = None
    alone: bool = False


def give_names(program: ArrayProgram, formulas: Formulas, labels: Mapping[int, str]) -> None:
    """A name for every array that has a line or is an argument, and none twice; what has a name keeps it.

    `labels` are those of the scalars that have one, by their number in `members`. A derivative is called like what it is
    the derivative by, with a d in front; arrays of one letter are numbered in the order of the lines.
    """
    program.share.name = "share"
    lines = [line.array for line in formulas.lines if isinstance(line.array, Array)]
    arrays = list(dict.fromkeys([*formulas.arguments, *formulas.constants, *lines]))
    goals = goal_of(formulas)
    added = {view.source for array in program.arrays for view in array.operands if array.op in (ops.add, ops.sub)}
    by = {array: array.adjoint_of for array in arrays if array.adjoint_of is not None and array.adjoint_of in arrays}
    derived = {array: one for array, one in by.items() if one.kind != "parameter" or program.directions}
    called = [term.function for term in formulas.terms() if isinstance(term, Call)]
    taken = {*TAKEN, *called, *[array.name for array in program.arrays], *[table.name for table in formulas.tables]}
    later = {*goals, *derived, *program.directions}
    plain = [array for array in arrays if not array.name and array not in later]
    roles = input_roles(program.inputs)
    wishes = {array: from_labels(array, labels) or roles.get(array) or by_role(array, array in added) for array in plain}
    for array, name in numbered(wishes, taken):
        array.name = name
    windows = [line.array for line in formulas.lines if isinstance(line.array, Result) and line.array not in formulas.goals]
    for window, name in zip(windows, counted("p", taken)):
        window.name = name
    for parameter, direction in zip(program.parameters, program.directions):
        direction.name = direction.name or free(f"v{parameter.name}", taken)
    for goal in formulas.goals:
        if goal.adjoint_of is not None:
            goal.name = goal.name or free(f"{'dd' if program.directions else 'd'}{goal.adjoint_of.name}", taken)
    for array in arrays:  # what a derivative is by stands before it
        if not array.name:
            array.name = goals[array].name if array in goals else free(f"d{derived[array].name}", taken)
    for term, goal in zip(formulas.results, formulas.goals, strict=True):
        if isinstance(term, Name):
            goal.name = term.array.name


def goal_of(formulas: Formulas) -> dict[Array, Result]:
    """The arrays that are results as they stand, and which; of two results the first."""
    found: dict[Array, Result] = {}
    for term, goal in zip(formulas.results, formulas.goals, strict=True):
        array = term.array if isinstance(term, Name) else None
        if isinstance(array, Array) and array.kind not in LEAVES and (goal.name or goal.adjoint_of is not None):
            found.setdefault(array, goal)
    return found


def from_labels(array: Array, labels: Mapping[int, str]) -> Wish | None:
    """From the labels of its members: the w1, w2, ... of the neurons of layer 1 are W1, as in a book."""
    own = [labels.get(member, "") for member in np.asarray(array.members).ravel().tolist()]
    word = stem(own)
    if not word:
        return None
    layer = number_of_layer(own)
    return Wish(word.upper() if layer and word == "w" and len(array.shape) > 1 else word, layer, alone=True)


def input_roles(inputs: Sequence[Array]) -> dict[Array, Wish]:
    """One array of inputs is x; of two, the second is y."""
    words = "xy" if len(inputs) < 3 else "x" * len(inputs)
    return {array: Wish(word, alone=True) for array, word in zip(inputs, words, strict=False)}


def by_role(array: Array, is_added: bool) -> Wish:
    """W for matrices of weights, b for what is added, z before an activation and h after it."""
    if array.kind == "parameter":
        return Wish("W" if len(array.shape) > 1 else "b" if is_added else "w")
    if array.adjoint_of is not None:
        return Wish("d")
    letters = {"numbers": "c", "place": "j", "dot": "z", "+": "z"}
    return Wish("h" if array.op in ACTIVATIONS else letters.get(array.kind, "v"))


def numbered(wishes: Mapping[Array, Wish], taken: set[str]) -> Iterator[tuple[Array, str]]:
    """Each array with its name: with the number of its layer if each of the same word has its own, else counted."""
    same: dict[tuple[bool, str], list[Array]] = {}
    for array, wish in wishes.items():
        same.setdefault((not wish.alone, wish.word), []).append(array)
    for (_, word), arrays in sorted(same.items(), key=lambda item: item[0][0]):  # those that may stand alone choose first
        layers = [wishes[array].number for array in arrays]
        if len(arrays) == 1 and wishes[arrays[0]].alone and layers[0] is None:
            yield arrays[0], free(word, taken)
        elif None not in layers and len(set(layers)) == len(arrays):
            yield from [(array, free(f"{word}{layer}", taken)) for array, layer in zip(arrays, layers, strict=True)]
        else:
            yield from zip(arrays, counted(word, taken))


def counted(word: str, taken: set[str]) -> Iterator[str]:
    """The word with one free number after the other; what is given is taken."""
    for count in itertools.count(1):
        if (name := f"{word}{count}") not in taken:
            yield free(name, taken)


def free(name: str, taken: set[str]) -> str:
    """The name, with a _ behind it where it is taken; then it is taken."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
