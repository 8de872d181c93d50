"""Text in LLVM's language, line by line: names, loops that carry numbers, and addresses that loops make once a turn.

>>> text = Text()
>>> with text.loop(3, "double", ["0.0"]) as turn:
...     place = text.address("%p", turn.index * 8 + 16)
...     number = text.let(f"load double, ptr {place}")
...     turn.next = [text.let(f"fadd double {turn.carried[0]}, {number}")]
>>> turn.result
['%v7']
>>> print(text.written())
br label %loop1.begin
loop1.begin:
br label %loop1
loop1:
%i1 = phi i64 [ 0, %loop1.begin ], [ %i1.next, %loop1.end ]
%v2 = phi double [ 0.0, %loop1.begin ], [ %v7, %loop1.end ]
%v3 = mul i64 %i1, 8
%v4 = getelementptr i8, ptr %p, i64 %v3
%v5 = getelementptr i8, ptr %v4, i64 16
%v6 = load double, ptr %v5
%v7 = fadd double %v2, %v6
br label %loop1.end
loop1.end:
%i1.next = add i64 %i1, 1
%i1.more = icmp ne i64 %i1.next, 3
br i1 %i1.more, label %loop1, label %loop1.done
loop1.done:
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

BLOCK = 120  # names in a basic block, or the end of what is begun then: the work of LLVM grows faster than its length
Lines: TypeAlias = "list[str | Lines]"


class Index:
    """A number that machine code knows: a constant, and multiples of the variables of loops.

    >>> 3 * Index(factors={"%i1": 2}) + Index(4)
    4 + 6 * %i1
    """

    __slots__ = ("constant", "factors")

    def __init__(self, constant: int = 0, factors: Mapping[str, int] | None = None) -> None:
        self.constant = constant
        self.factors = {name: factor for name, factor in (factors or {}).items() if factor}

    def __add__(self, other: Index | int) -> Index:
        if isinstance(other, int):
            return Index(self.constant + other, self.factors)
        factors = {name: self.factors.get(name, 0) + other.factors.get(name, 0) for name in {**self.factors, **other.factors}}
        return Index(self.constant + other.constant, factors)

    def __mul__(self, factor: int) -> Index:
        return Index(self.constant * factor, {name: own * factor for name, own in self.factors.items()})

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Index) and (self.constant, self.factors) == (other.constant, other.factors)

    def __hash__(self) -> int:
        return hash((self.constant, *self.factors))

    def __repr__(self) -> str:
        return " + ".join([str(self.constant), *[f"{factor} * {name}" for name, factor in self.factors.items()]])


def along(strides: Sequence[int], place: Sequence[Index], base: int = 0) -> Index:
    """base + stride * index of each axis."""
    index = Index(base)
    for stride, one in zip(strides, place, strict=True):
        if stride:
            index = index + one * stride
    return index


@dataclass
class Turn:
    """One turn of a loop: its number, what it carries, what the next turn gets of it, and the end of it all."""

    index: Index
    carried: list[str]
    next: list[str] = field(default_factory=list)
    result: list[str] = field(default_factory=list)


class Scope:
    """What is computed once a turn: lines at its top, and the addresses that are known there."""

    def __init__(self) -> None:
        self.top: Lines = []
        self.known: dict[Any, str] = {}


class Text:
    def __init__(self) -> None:
        self.lines: Lines = []
        self.serial = 0
        self.begun = 0  # the number at which a basic block began
        self.tables: dict[str, str] = {}  # the names of constant tables, by what they hold
        self.scopes: dict[str, Scope] = {}  # of each loop that is open here, by its variable

    def written(self) -> str:
        flat: list[str] = []
        waiting = list(reversed(self.lines))
        while waiting:
            line = waiting.pop()
            if isinstance(line, str):
                flat.append(line)
            else:
                waiting.extend(reversed(line))
        return "\n".join(flat)

    def line(self, text: str) -> None:
        self.lines.append(text)

    def name(self) -> str:
        self.serial += 1
        return f"%v{self.serial}"

    def let(self, expression: str, into: Lines | None = None) -> str:
        name = self.name()
        (self.lines if into is None else into).append(f"{name} = {expression}")
        return name

    def table(self, content: str) -> str:
        return self.tables.setdefault(content, f"@table{len(self.tables)}")

    def rest(self) -> None:
        """Begin a new basic block, if much is in this one, by a branch that is never taken: without it LLVM joins the two."""
        if self.serial > self.begun + BLOCK:
            self.serial += 1
            self.begun = self.serial
            never = self.let("icmp eq ptr %parameters, null")
            self.lines += [f"br i1 {never}, label %never, label %block{self.serial}", f"block{self.serial}:"]

    @contextmanager
    def loop(self, count: int | str, kind: str = "", carried: Sequence[str] = ()) -> Iterator[Turn]:
        """So many turns, at least one; where it is one, there is no loop. What is carried is of one `kind`.

        A turn is the last if its number equals the count: of what is less than a count LLVM proves that it stays so by looking
        at all loops before this one, each time deeper, until after a thousand of them its stack is full.
        """
        if count == 1:
            turn = Turn(Index(), list(carried))
            yield turn
            turn.result = turn.next
            return
        self.serial += 1
        loop, variable = f"loop{self.serial}", f"%i{self.serial}"
        phis: Lines = []
        self.lines += [f"br label %{loop}.begin", f"{loop}.begin:", f"br label %{loop}", f"{loop}:", phis]
        with self.scope(variable) as index:
            turn = Turn(index, [self.name() for _ in carried])
            yield turn
        before, after = f"%{loop}.begin", f"%{loop}.end"
        phis.append(f"{variable} = phi i64 [ 0, {before} ], [ {variable}.next, {after} ]")
        for name, first, then in zip(turn.carried, carried, turn.next, strict=True):
            phis.append(f"{name} = phi {kind} [ {first}, {before} ], [ {then}, {after} ]")
        self.lines += [
            f"br label {after}", f"{loop}.end:", f"{variable}.next = add i64 {variable}, 1",
            f"{variable}.more = icmp ne i64 {variable}.next, {count}",
            f"br i1 {variable}.more, label %{loop}, label %{loop}.done", f"{loop}.done:",
        ]  # fmt: skip
        turn.result = turn.next

    @contextmanager
    def scope(self, variable: str) -> Iterator[Index]:
        """Where a variable stays as it is: addresses with it are made once, here."""
        scope = self.scopes[variable] = Scope()
        self.lines.append(scope.top)
        yield Index(factors={variable: 1})
        del self.scopes[variable]

    def address(self, base: str, index: Index) -> str:
        """`base` and so many bytes. What varies with a loop is added at the top of its turn, the outermost loop first."""
        pointer = base
        key: tuple[str | int, ...] = (base,)
        for variable, scope in self.scopes.items():
            if factor := index.factors.get(variable):
                key = (*key, variable, factor)
                if key not in scope.known:
                    scope.known[key] = self.moved(pointer, variable, factor, scope.top)
                pointer = scope.known[key]
        for variable, factor in index.factors.items():
            if variable not in self.scopes:
                pointer = self.moved(pointer, variable, factor, self.lines)
        return self.let(f"getelementptr i8, ptr {pointer}, i64 {index.constant}") if index.constant else pointer

    def moved(self, pointer: str, variable: str, factor: int, into: Lines) -> str:
        step = self.let(f"mul i64 {variable}, {factor}", into)
        return self.let(f"getelementptr i8, ptr {pointer}, i64 {step}", into)
