"""Disjoint sets that grow together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Unions(Generic[Item]):
    """Which items belong together.

    >>> unions = Unions()
    >>> unions.unite("a", "b")
    >>> unions.sets(["a", "b", "c"])
    [['a', 'b'], ['c']]
    """

    def __init__(self) -> None:
        self.above: dict[Item, Item] = {}

    def root(self, item: Item) -> Item:
        """The item that stands for its set."""
        while (above := self.above.setdefault(item, item)) != item:
            self.above[item] = item = self.above.setdefault(above, above)
        return item

    def unite(self, a: Item, b: Item) -> None:
        self.above[self.root(b)] = self.root(a)

    def sets(self, items: Iterable[Item]) -> list[list[Item]]:
        """The items by the set that they are in."""
        found: dict[Item, list[Item]] = {}
        for item in items:
            found.setdefault(self.root(item), []).append(item)
        return list(found.values())
