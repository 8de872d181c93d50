"""What a reader sees of a graph: a name for every node, labels that keep their groups, numbers short enough for a picture."""

from __future__ import annotations

import itertools
import math
import re
import reprlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from micrograd.display.characters import printable
from micrograd.engine import Constant, Value

INDEXED = re.compile(r"(.*?)([A-Za-z])(\d{1,4})")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Label(str):
    """A name that keeps the groups around it, from the outside in, and reads as all of them with dots between.

    >>> label = Label("w1", ("layer1", "neuron2"))
    >>> label, label.groups
    ('layer1.neuron2.w1', ('layer1', 'neuron2'))
    """

    __slots__ = ("groups", "name")

    groups: tuple[str, ...]
    name: str

    def __new__(cls, name: str, groups: tuple[str, ...] = ()) -> Self:
        label = super().__new__(cls, ".".join([*groups, name]))
        label.groups = groups
        label.name = name
        return label

    def __reduce__(self) -> tuple[type[Label], tuple[str, tuple[str, ...]]]:  # for copies and pickle
        return Label, (self.name, self.groups)


def inside(group: str, label: str) -> Label:
    """The label of what stands in a group. Both may have groups around them, and the outer group may be none.

    >>> inside(inside("layer1", "neuron2"), "w1").groups, inside("", "w1").groups
    (('layer1', 'neuron2'), ())
    >>> inside("cell", inside("forget", "w1"))
    'cell.forget.w1'
    """
    outer = (*group.groups, group.name) if isinstance(group, Label) else (group,) if group else ()
    return Label(label.name, (*outer, *label.groups)) if isinstance(label, Label) else Label(label, outer)


def node_names(order: list[Value], names: Mapping[str, Any] | None = None) -> dict[Value, str]:
    """A name of its own for every Value of a graph that ends at the last of `order`.

    Names come from `names` (such as `locals()`), then from labels, then v1, v2, ... The output is called out if it has
    no name; a name that is taken becomes name#2. A constant is called by its number.

    >>> a = Value(2.0, label="a")
    >>> product = a * 3
    >>> out = product + a
    >>> list(node_names([a, *product.parents[1:], product, out], {"product": product}).values())
    ['a', '3', 'product', 'out']
    """
    if names is not None and not isinstance(names, Mapping):
        raise TypeError(f"names needs a dictionary from names to Values, such as locals(), got {reprlib.repr(names)}")
    given = values_by_name(names or {})
    wanted = {node: name for node in order if (name := given.get(node) or node.label)}
    wanted.setdefault(order[-1], "out")
    automatic = automatic_names(set(wanted.values()))
    nodes = [node for node in order if not isinstance(node, Constant)]
    unique = dict(zip(nodes, distinct([printable(wanted.get(node) or next(automatic)) for node in nodes], "#"), strict=True))
    return {node: unique.get(node) or short(node.data) for node in order}


def distinct(names: Sequence[str], mark: str, taken: Iterable[str] = ()) -> list[str]:
    """Each name once, and none that is taken: the second x becomes x_2, or x_3 where x_2 is another's.

    >>> distinct(["x", "x", "x_2"], "_")
    ['x', 'x_3', 'x_2']
    """
    used, given = set(taken), set(names)
    again: Counter[str] = Counter()
    found = []
    for name in names:
        unique = name
        while unique in used or (unique != name and unique in given):
            again[name] += 1
            unique = f"{name}{mark}{again[name] + 1}"
        used.add(unique)
        found.append(unique)
    return found


def automatic_names(taken: set[str]) -> Iterator[str]:
    return (name for name in map("v{}".format, itertools.count(1)) if name not in taken)


def values_by_name(names: Mapping[str, Any]) -> dict[Value, str]:
    """The Values in a namespace, and in its lists and tuples, under their first name there; `_` and `_1` name nothing."""
    found: dict[Value, str] = {}
    for name, item in names.items():
        if isinstance(name, str) and not name.startswith("_"):
            for value, part in values_in(item):
                found.setdefault(value, name + part)
    return found


def values_in(item: Any) -> Iterator[tuple[Value, str]]:
    if isinstance(item, Value):
        yield item, ""
    elif isinstance(item, (list, tuple)):
        yield from ((value, f"[{place}]") for place, value in enumerate(item) if isinstance(value, Value))


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def subscripted(name: str) -> str:
    """The name as it is printed: a number at its end is an index.

    >>> subscripted("layer1.neuron2.w1"), subscripted("v12"), subscripted("h2o")
    ('layer1.neuron2.w₁', 'v₁₂', 'h2o')
    """
    indexed = INDEXED.fullmatch(name)
    if indexed is None or (indexed[1] and not indexed[1].endswith(".")):
        return name
    return indexed[1] + indexed[2] + indexed[3].translate(SUBSCRIPTS)


def uses(operands: Sequence[Value]) -> list[str]:
    """For each operand an index that tells it from the others if it is used more than once, as ₍₁₎ and ₍₂₎ in x*x.

    >>> x, y = Value(2.0), Value(3.0)
    >>> uses([x, y, x])
    ['₍₁₎', '', '₍₂₎']
    """
    total, so_far = Counter(operands), Counter[Value]()
    found = []
    for operand in operands:
        so_far[operand] += 1
        found.append(f"₍{so_far[operand]}₎".translate(SUBSCRIPTS) if total[operand] > 1 else "")
    return found


def short(number: float, digits: int = 4) -> str:
    """The number in 4 digits, as long as they fit: 8 characters at most from 1e-99 to 1e99, but for the sign.

    >>> [short(number) for number in (2.0, -0.14159265, 138.83381924, 1234567.0, 0.000012345, float("inf"))]
    ['2', '-0.1416', '138.8', '1.23e6', '1.23e-5', 'inf']
    >>> short(0.0706508, digits=3)
    '0.0707'
    """
    if number == 0.0 or not math.isfinite(number):
        return f"{abs(number):g}" if number == 0.0 else f"{number:g}"
    size = abs(number)
    if 1e-3 <= size < 999_999.5:
        decimals = max(0, min(digits - 1 - math.floor(math.log10(size)), 5))
        text = f"{number:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{number:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def minus(text: str) -> str:
    """The text of a number with a minus as wide as a plus."""
    return text.replace("-", "\N{MINUS SIGN}")


def shown(number: float) -> str:
    """The short number as a picture shows it."""
    return minus(short(number))


def signed(number: float) -> str:
    """The short number as a factor, with parentheses if it is negative."""
    text = short(number)
    return f"({text})" if text.startswith("-") else text
