"""The sizes of what a picture is made of, in the units of its SVG: to read on a screen, and large, to be projected."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LONGEST_NUMBER = 10  # characters, such as -1.23e-300
REGULAR = 0.9  # of the bold face is how wide the regular one is
DIGIT = 0.6  # of its size is what a digit takes along the line, in the widest of usual faces for numbers


@dataclass(frozen=True)
class Measures:
    """Boxes, gaps and type. A card has a tile at the left, and beside it name, number and gradient, each on its baseline."""

    card_width: float
    card_height: float
    gaps: Mapping[str, float]  # between two ranks of cards by direction, with room for a chip
    tile: float  # how wide the tile is
    pill: float  # how high the cell of the gradient is
    baselines: tuple[float, float, float]
    name: float
    number: float
    nabla: float
    glyph: float  # a sign of one character
    word: float  # and one of more
    operand: float
    digits: int
    chip: float
    chip_height: float
    title: float
    title_room: float  # what the title of a frame takes
    stroke: float  # how much thicker lines are than on a screen

    @property
    def text_left(self) -> float:
        """Where names begin on a card."""
        return self.tile + 9.0

    @property
    def text_right(self) -> float:
        """Where numbers end on a card."""
        return self.card_width - 8.0

    @property
    def number_room(self) -> float:
        """What a number may take along the line, beside the sign of the gradient."""
        return self.text_right - self.tile - 12.5 - 0.8 * self.nabla

    @property
    def name_room(self) -> float:
        """What a name may take along the line."""
        return self.text_right - self.text_left

    def chip_width(self, text: str) -> float:
        """How wide the chip is that this text stands in: with a number no wider than the gap between two ranks of cards."""
        width = DIGIT * self.chip * len(text) + 0.5 * self.chip_height
        return width if len(text) > LONGEST_NUMBER else min(width, self.gaps["LR"] - 6.0)


NORMAL = Measures(
    card_width=130.0,
    card_height=62.0,
    gaps=MappingProxyType({"LR": 64.0, "TB": 56.0}),
    tile=34.0,
    pill=18.0,
    baselines=(17.0, 35.0, 53.5),
    name=12.0,
    number=12.5,
    nabla=10.0,
    glyph=19.0,
    word=10.5,
    operand=10.0,
    digits=4,
    chip=9.5,
    chip_height=16.0,
    title=11.5,
    title_room=22.0,
    stroke=1.0,
)
LARGE = Measures(
    card_width=172.0,
    card_height=108.0,
    gaps=MappingProxyType({"LR": 84.0, "TB": 84.0}),
    tile=50.0,
    pill=32.0,
    baselines=(28.0, 62.0, 98.0),
    name=22.0,
    number=24.0,
    nabla=17.0,
    glyph=34.0,
    word=18.0,
    operand=18.0,
    digits=3,
    chip=20.0,
    chip_height=26.0,
    title=20.0,
    title_room=36.0,
    stroke=1.5,
)
SIZES: Mapping[str, Measures] = MappingProxyType({"normal": NORMAL, "large": LARGE})


def measures_of(size: str) -> Measures:
    """The measures by the name of the size; a ValueError says the names."""
    if size not in tuple(SIZES):  # which may be a list, say
        raise ValueError(f'size needs to be "normal" or "large", got {size!r}')
    return SIZES[size]


def fitted(text: str, room: float, size: float) -> str:
    """The text, cut where it might not fit the room in the widest of usual faces.

    >>> fitted("layer1.neuron2", 80.0, 12.0), fitted("hidden", 80.0, 12.0)
    ('layer1.n…', 'hidden')
    """
    if extent(text) * size <= room:
        return text
    kept = text
    while kept and (extent(kept) + advance("…")) * size > room:
        kept = kept[:-1]
    return kept + "…"


def name_size(text: str, size: float, room: float) -> float:
    """The size to write a name in: a longer one is smaller, but not by more than a quarter, from where on it is cut."""
    return max(0.75 * size, min(size, math.floor(100.0 * room / max(extent(text), 0.1)) / 100.0))


def extent(text: str) -> float:
    """How long the text may be, in parts of its size."""
    return sum(map(advance, text))


def advance(character: str) -> float:
    """The most that a letter takes of the line in the bold faces of DejaVu Sans, Liberation Sans, Arial, Segoe UI and Roboto."""
    if character in "iljI.,:;'|!":
        return 0.40
    if character in "ftr()[]-/ ":
        return 0.50
    if "₀" <= character <= "₉":
        return 0.46
    if character in "mwMW@%…" or (not character.isascii() and unicodedata.east_asian_width(character) in "WF"):
        return 1.11
    return 0.86 if character.isupper() or character in "#+=<>~" else 0.73


def number_size(text: str, size: float, room: float) -> float:
    """The size to write a number in so that it fits its room: a longer number is smaller, never wider."""
    return min(size, round(room / (DIGIT * max(len(text), 1)), 2))
