"""The `graphviz.Digraph` that `draw` hands out. It renders with an installed Graphviz, or else with the one in pygraphviz."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import graphviz

from micrograd.display.files import write_whole
from micrograd.views.layout.graphviz import run_graphviz

WIDEST = 800  # pixels: what a notebook shows without cutting
SOURCES = ("", ".gv", ".dot")  # a file of any other suffix is the picture, whatever graphviz would make of it


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no types
    """A Digraph whose nodes and lines have their places already, so that every Graphviz draws the same picture.

    It is used like any other: `.render("graph", format="png")`, `.pipe("svg")`, `.source`; a notebook shows it. A node
    that is added needs a place too: `pos="0,0"`.
    """

    def pipe(self, format: str | None = None, *, encoding: str | None = None, **options: Any) -> Any:  # noqa: A002 - as in graphviz
        if options:
            return super().pipe(format, encoding=encoding, **options)
        made = run_graphviz(self.source, known_format(format or self.format))
        return made if encoding is None else made.decode(encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,  # noqa: A002 - as in graphviz
        *,
        outfile: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> str:
        """Save the source as `filename` and the picture beside it; or the picture as `outfile`. The picture's path.

        Without a format, a `filename` such as "graph.svg" is that of the picture, which is then all that is written.
        """
        folder = Path(directory or self.directory or "")
        if outfile is None and format is None and not is_source(filename):
            filename, outfile, cleanup = None, filename, True
        if outfile is not None:
            target = folder / outfile
            kind = known_format(format or target.suffix[1:])
            source = folder / (filename or target.with_suffix(".gv"))
        else:
            kind = known_format(format or self.format)
            source = folder / (filename or self.filename)
            target = source.with_name(f"{source.name}.{kind}")
        made = run_graphviz(self.source, kind)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not cleanup:
            write_whole(source, self.source)
        write_whole(target, made)
        if view:
            self._view(str(target), format=kind, quiet=False)
        return str(target)

    def __repr__(self) -> str:
        return f"<Picture of {self.comment}>"

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool = False,
    ) -> Path:
        """Write the source if the name ends in .gv, .dot or no suffix at all, else the picture; give the path.

        The folder needs to exist. `skip_existing` leaves a file that is there as it is.
        """
        target = Path(directory or self.directory or "") / (filename or self.filename)
        if not (skip_existing and target.exists()):
            write_whole(target, self.source if is_source(target) else run_graphviz(self.source, known_format(target.suffix[1:])))
        return target

    def _repr_image_svg_xml(self) -> str:
        """What a notebook shows: the SVG, no wider than a cell."""
        svg: str = self.pipe("svg", encoding="utf-8")
        return re.sub(r'<svg width="(\d+)pt" height="(\d+)pt"', fitting_size, svg, count=1)


def fitting_size(opening: re.Match[str]) -> str:
    width, height = int(opening[1]) * 4 / 3, int(opening[2]) * 4 / 3  # a point is 4/3 pixels
    scale = min(1.0, WIDEST / width)
    return f'<svg width="{width * scale:.0f}" height="{height * scale:.0f}"'


def is_source(filename: str | os.PathLike[str] | None) -> bool:
    return filename is None or Path(filename).suffix.lower() in SOURCES


def known_format(name: str) -> str:
    """The format in small letters; a ValueError that lists the usual ones if Graphviz knows none of that name."""
    if not name:
        raise ValueError("a file name without a suffix does not say what to write; end it in .svg, .png or .pdf")
    if name.lower() not in graphviz.FORMATS:
        raise ValueError(f"Graphviz writes no {name!r}; choose svg, png or pdf")
    return name.lower()
