"""The picture of a network with maps, ready to show and to save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from micrograd.views.grids.drawing import sheet_of
from micrograd.views.grids.finding import Grids
from micrograd.views.grids.svg import sheet_svg

if TYPE_CHECKING:
    from micrograd.views.picture import Picture

LARGER = 1.7  # type that can be projected


def grids_picture(grids: Grids, theme: str = "auto", size: str = "normal") -> Picture:
    """The maps of the network, their SVG by our own hand and the rest by Graphviz."""
    from micrograd.views.dot import new_picture  # which needs the optional graphviz
    from micrograd.views.grids.dot import SheetDotWriter

    sheet = sheet_of(grids)
    if size == "large":
        sheet = sheet.enlarged(LARGER)
    picture = new_picture(sheet.width, sheet.height, sheet.title, theme)
    SheetDotWriter(sheet, theme).paint(picture)
    picture.drawn_as(sheet_svg(sheet, theme, large=size == "large"))
    return picture
