"""The sizes of the picture of a batch: large to be projected, and the same smaller to be read on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Sizes:
    """Boxes, gaps and type of one picture. A card has a tile, a name above, and two columns of cells: values and gradients."""

    card: float  # its width
    tile: float
    head: float  # what the name takes above the cells
    pitch: float  # from row to row
    cells: float  # how high they are together where they have no numbers
    value: float  # the width of a cell
    gradient: float
    target: float
    loss: float
    between: float  # two cards of a column
    apart: float  # and at most, where a column has few
    gap: float  # between columns
    chip_gap: float  # and where chips stand between them
    last_gap: float  # before the loss
    margin: float
    chip: float  # its width
    chip_height: float
    chip_pitch: float
    chip_least: float  # the same where there are many
    number: float  # type
    name: float
    small: float
    sum: float
    glyph: float
    chip_number: float
    stroke: float
    unit: float  # what a line of one pixel is here


# fmt: off
LARGE = Sizes(
    card=212.0, tile=44.0, head=36.0, pitch=28.0, cells=112.0, value=69.0, gradient=84.0, target=76.0, loss=100.0,
    between=12.0, apart=56.0, gap=110.0, chip_gap=156.0, last_gap=40.0, margin=18.0,
    chip=82.0, chip_height=32.0, chip_pitch=44.0, chip_least=34.0,
    number=24.0, name=24.0, small=20.0, sum=26.0, glyph=28.0, chip_number=22.0, stroke=1.5, unit=1.0,
)
# fmt: on
NORMAL = Sizes(*[0.54 * size for size in astuple(LARGE)])
SIZES: Mapping[str, Sizes] = MappingProxyType({"normal": NORMAL, "large": LARGE})
