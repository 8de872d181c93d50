"""The picture of a batch, ready to show and to save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from micrograd.views.batches.drawing import BatchLook
from micrograd.views.batches.finding import Batch
from micrograd.views.batches.places import Places
from micrograd.views.batches.sizes import SIZES
from micrograd.views.batches.svg import batch_svg

if TYPE_CHECKING:
    from micrograd.views.picture import Picture


def batch_picture(batch: Batch, theme: str = "auto", size: str = "normal") -> Picture:
    """The cards of the batch, their SVG by our own hand and the rest by Graphviz."""
    from micrograd.views.batches.dot import BatchDotWriter  # which needs the optional graphviz
    from micrograd.views.dot import new_picture

    look = BatchLook(batch, SIZES[size])
    places = Places(look)
    picture = new_picture(places.width, places.height, look.title, theme)
    BatchDotWriter(look, places, theme).paint(picture)
    picture.drawn_as(batch_svg(look, places, theme))
    return picture
