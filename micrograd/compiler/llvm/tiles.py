"""How much of a problem this machine's registers and fast memory hold at a time.

Each constant has its reason here, and no other module knows a processor.

>>> avx2, avx512, neon = Processor(4, 16), Processor(8, 32, spreads=True), Processor(2, 32)
>>> [tile(machine) for machine in (avx2, avx512, neon)]
[(3, 4), (1, 30), (3, 9)]
>>> [gradient_tile(machine) for machine in (avx2, avx512, neon)]
[(3, 4), (3, 8), (4, 6)]
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from micrograd.compiler.llvm.kernel import Shape
from micrograd.compiler.llvm.machine import binding, lanes_of_this_machine

IN_FLIGHT = 8  # multiply-adds that have to be under way: two a cycle, each of which takes four
MOST_VECTORS = 3  # of rows in a panel: four save one load in ten, and fill the last panel up with more rows
STRAIGHT = 64  # multiply-adds, or as much other work, that are written without a loop
TURN = 8  # of them in one turn of a loop over elements
UNROLLED = 4  # terms of a sum in one turn of its loop: enough to hide the counting
STRIP = 160  # rows whose arrays wait to be summed over: with half as many, or twice, a step takes 1 % longer


@dataclass(frozen=True)
class Processor:
    """Its vector registers, how many doubles each holds, and whether a multiply-add itself spreads a number from memory."""

    lanes: int
    registers: int
    spreads: bool = False


@cache
def processor() -> Processor:
    has_avx512 = bool(binding().get_host_cpu_features().get("avx512f"))
    many = has_avx512 or platform.machine() in ("aarch64", "arm64")
    return Processor(lanes_of_this_machine(), 32 if many else 16, has_avx512)


def best(tiles: Iterable[tuple[int, int]], registers: int) -> tuple[int, int]:
    """The tile n by m with the fewest loads for a multiply-add, whose sums, n operands and one more fit into the registers."""
    fitting = [(n, m) for n, m in tiles if n * m + n + 1 <= registers and n * m >= IN_FLIGHT]
    return min(fitting, key=lambda tile: sum(tile) / (tile[0] * tile[1]))


@cache
def tile(machine: Processor) -> tuple[int, int]:
    """Vectors of rows times outputs, of a product for each row."""
    if machine.spreads:
        return 1, outputs_beside(1, machine)
    return best([(n, m) for n in range(1, MOST_VECTORS + 1) for m in range(1, machine.registers)], machine.registers)


def outputs_beside(vectors: int, machine: Processor) -> int:
    """How many outputs of a product for each row are summed at a time, beside so many vectors of rows."""
    return max(1, (machine.registers - 1 - vectors) // vectors)


@cache
def gradient_tile(machine: Processor) -> tuple[int, int]:
    """The sides of a tile of a product summed over the rows: one is whole vectors of sums, whose lanes are added up together."""
    widths = range(machine.lanes, machine.registers, machine.lanes)
    return best([(n, m) for m in widths for n in range(1, m + 1)], machine.registers)


def shape_for(rows: int) -> Shape:
    """The panel for batches of so many rows: one for all, or as wide as is best for products unless that fills up too much."""
    machine = processor()
    lanes, (most, _) = min(machine.lanes, 1 << (rows - 1).bit_length()), tile(machine)
    if rows <= lanes * most:
        return Shape(lanes, -(-rows // lanes), alone=True)
    return min(Shape(lanes, 1), Shape(lanes, most), key=lambda shape: work(rows, shape, machine))


def work(rows: int, shape: Shape, machine: Processor) -> float:
    """How long batches of so many rows take, filled up: a load costs a tenth of a multiply-add, which goes on beside it."""
    outputs = outputs_beside(shape.vectors, machine)
    return -(-rows // shape.rows) * shape.rows * (1.0 + 0.1 * (shape.vectors + outputs) / (shape.vectors * outputs))


def panels_of_strip(shape: Shape) -> int:
    return 1 if shape.alone else max(1, STRIP // shape.rows)
