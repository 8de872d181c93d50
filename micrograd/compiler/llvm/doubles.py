"""Numbers where machine code finds them, and what brings them there.

>>> doubles, places = Doubles(4), Places([3, 1])
>>> places.write(doubles, array("d", [1.0, 2.0]))
>>> doubles.view.tolist(), places.read(doubles)
([0.0, 2.0, 0.0, 1.0], array('d', [1.0, 2.0]))
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache
from typing import Any

from micrograd.compiler.llvm.machine import ALIGNMENT, Machine

ZERO = array("d", [0.0])
FIRST = array("q", [0])


class Doubles:
    """So many numbers, 0.0 at first, which machine code finds at `address`: a multiple of a vector's size."""

    def __init__(self, count: int) -> None:
        raw = ZERO * (count + ALIGNMENT // 8)
        start = address_of(raw)
        first = -start % ALIGNMENT // 8
        self.address = start + 8 * first
        self.view: Any = memoryview(raw)[first : first + count]


class Places:
    """Where numbers lie among Doubles."""

    def __init__(self, places: Sequence[int]) -> None:
        self.places = array("q", places)

    def write(self, doubles: Doubles, numbers: array[float], first: int = 0) -> None:
        """Bring the numbers to their places, counted from the first."""
        count = len(self.places)
        gather(address_of(numbers), count, None, 1, 1, address_of(self.places), 1, count, doubles.address + 8 * first)

    def read(self, doubles: Doubles, first: int = 0) -> array[float]:
        count = len(self.places)
        numbers = ZERO * count
        order, to = address_of(self.places), address_of(numbers)
        gather(doubles.address + 8 * first, 1, order, count, count, address_of(FIRST), 1, 1, to)
        return numbers


def address_of(numbers: array[Any]) -> int:
    return numbers.buffer_info()[0]


@cache
def moves() -> Machine:
    return Machine(GATHER, quick=False)


def gather(*arguments: int | None) -> None:
    """`@gather`, in machine code."""
    machine = moves()  # held until it returns: of two threads that make the first one at once, each makes its own
    machine.functions["gather"](*arguments)


# Rows of `width` numbers go into panels of `side` rows and `panel` numbers: the number c of a row to the place that is
# elements[c] behind the first. They are taken in this order, or where that is null as they are. Each batch of them begins a
# new panel, and fills up its last one with its last row.
GATHER = """
define void @gather(ptr %rows, i64 %width, ptr %order, i64 %count, i64 %batch, ptr %elements, i64 %side, i64 %panel, ptr %data) {
entry:
  %straight = icmp eq ptr %order, null
  %numbers = mul i64 %count, %width
  %none = icmp eq i64 %numbers, 0
  br i1 %none, label %done, label %place
place:
  %i = phi i64 [ 0, %entry ], [ %i.next, %place.end ]
  %end = phi i64 [ %batch, %entry ], [ %end.next, %place.end ]
  %lane = phi i64 [ 0, %entry ], [ %lane.next, %place.end ]
  %here = phi ptr [ %data, %entry ], [ %here.next, %place.end ]
  br i1 %straight, label %row, label %turn
turn:
  %turn.at = getelementptr i64, ptr %order, i64 %i
  %turned = load i64, ptr %turn.at, align 8
  br label %row
row:
  %number = phi i64 [ %i, %place ], [ %turned, %turn ]
  %begin = mul i64 %number, %width
  %row.at = getelementptr double, ptr %rows, i64 %begin
  %first = getelementptr double, ptr %here, i64 %lane
  br label %entries
entries:
  %c = phi i64 [ 0, %row ], [ %c.next, %entries ]
  %from = getelementptr double, ptr %row.at, i64 %c
  %x = load double, ptr %from, align 8
  %element.at = getelementptr i64, ptr %elements, i64 %c
  %element = load i64, ptr %element.at, align 8
  %to = getelementptr double, ptr %first, i64 %element
  store double %x, ptr %to, align 8
  %c.next = add i64 %c, 1
  %more = icmp slt i64 %c.next, %width
  br i1 %more, label %entries, label %place.end
place.end:
  %after = add i64 %i, 1
  %last.of.batch = icmp eq i64 %after, %end
  %last.of.all = icmp eq i64 %after, %count
  %last = or i1 %last.of.batch, %last.of.all
  %lane.up = add i64 %lane, 1
  %full = icmp eq i64 %lane.up, %side
  %lane.next = select i1 %full, i64 0, i64 %lane.up
  %panel.next = getelementptr double, ptr %here, i64 %panel
  %here.next = select i1 %full, ptr %panel.next, ptr %here
  %on = select i1 %last, i1 %full, i1 true
  %i.next = select i1 %on, i64 %after, i64 %i
  %begins = and i1 %last, %full
  %next.end = add i64 %end, %batch
  %end.next = select i1 %begins, i64 %next.end, i64 %end
  %again = icmp slt i64 %i.next, %count
  br i1 %again, label %place, label %done
done:
  ret void
}
"""
