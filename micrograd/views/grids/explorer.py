"""What `explore` gives of a network with maps: its page, with a chooser among the rows that go through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.display.characters import printable
from micrograd.engine import Value
from micrograd.views.grids.drawing import sheet_of
from micrograd.views.grids.finding import Grids, grids_of
from micrograd.views.grids.page import page
from micrograd.views.grids.payload import payload_of
from micrograd.views.grids.svg import sheet_svg
from micrograd.views.grids.words import short_words
from micrograd.views.pages import Page, still_image
from micrograd.views.stepping import warn_of_changes


def examples_of(output: Any, names: Mapping[str, Any] | None, collapse: str | None) -> list[Grids]:
    """The network of each loss; nothing if the first has none, which is an error if "grids" was asked for."""
    losses = [output] if isinstance(output, Value) else output
    if not isinstance(losses, (list, tuple)) or not losses or not all(isinstance(loss, Value) for loss in losses):
        return []
    first = grids_of(losses[0], names, collapse)
    if first is None:
        return []
    return [first, *[found for loss in losses[1:] if (found := grids_of(loss, names, "grids"))]]


class NetworkPage(Page):
    """The page of a network with maps."""

    what, name = "the page of a network", "network"
    height = 760

    def __init__(self, examples: Sequence[Grids], title: str | None = None, titles: Sequence[str] | None = None) -> None:
        for grids in examples:
            warn_of_changes(grids.order)
        self.examples = examples
        self.title = printable(str(title), 200) if title else title_of(examples[0])
        self.payload = payload_of(examples, self.title, checked_titles(examples, titles))
        self.still = sheet_svg(sheet_of(examples[0], swept=True), "auto", large=False)
        self.html = page(self.payload, self.title, still=self.still.element(self.still.width))

    @property
    def behind(self) -> str:
        return still_image(self.title, self.still.cell())

    @property
    def in_frame(self) -> str:
        """Without the picture for readers without scripts, which is behind the frame already."""
        return page(self.payload, self.title)

    def __repr__(self) -> str:
        *others, last = self.examples[0].stages
        stages = ", ".join([*[short_words(stage, is_last=False) for stage in others], short_words(last, is_last=True)])
        rows = "1 row" if len(self.examples) == 1 else f"{len(self.examples)} rows"
        through = f"{rows} through {len(self.examples[0].parameters):,} parameters"
        return f'<NetworkPage of {through}: {stages}; .show() opens it, .save("network.html") keeps it>'


def checked_titles(examples: Sequence[Grids], titles: Sequence[str] | None) -> list[str]:
    """A title for each example: what was given, or the class that is wanted, or its number."""
    if titles is None:
        return [str(number if grids.target is None else grids.target) for number, grids in enumerate(examples, start=1)]
    if isinstance(titles, str) or len(titles) != len(examples):
        raise ValueError(f"explore needs one title for each of {len(examples)} losses, got titles={titles!r}")
    return [printable(str(title), 40) for title in titles]


def title_of(grids: Grids) -> str:
    """What a row goes through."""
    filters = [stage for stage in grids.stages if stage.kind == "filters"]
    if filters[0].shape.rows > 1:
        count = filters[0].shape.channels
        return f"A picture through {count} filter{'s' if count > 1 else ''}"
    return f"A sequence of {filters[0].shape.columns} steps"
