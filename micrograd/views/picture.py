"""The `graphviz.Digraph` that `draw` hands out.

Its SVG is our own. All other formats are made by an installed Graphviz, or else by the one in pygraphviz.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd.display.files import write_whole
from micrograd.display.packages import installed
from micrograd.views.layout.graphviz import run_graphviz
from micrograd.views.pages import open_in_browser, show_file

if TYPE_CHECKING:
    from micrograd.views.svg import SvgFile

installed("graphviz")
import graphviz  # noqa: E402 - said in words where it is missing

SOURCES = ("", ".gv", ".dot")  # a file of any other suffix is the picture, whatever graphviz would make of it


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no types
    """A picture to show and to save, and a Digraph whose nodes and lines have their places already.

    `.show()` opens it in the browser, `.save("graph.svg")` keeps it, and a notebook shows it. It is used like any other
    Digraph too: `.render("graph", format="png")`, `.pipe("svg")`, `.source`. A node that is added needs a place:
    `pos="0,0"`; from then on its SVG is Graphviz's.
    """

    drawn: tuple[str, SvgFile] | None = None  # the source, and the SVG of what it says

    def drawn_as(self, svg: SvgFile) -> None:
        """Let this be the SVG of what has been put into the picture so far."""
        self.drawn = self.source, svg

    @property
    def own_svg(self) -> SvgFile | None:
        """The SVG that we drew ourselves, if nothing has been put into the picture since."""
        return self.drawn[1] if self.drawn and self.drawn[0] == self.source else None

    def copy(self) -> Picture:
        other: Picture = super().copy()
        other.drawn = self.drawn
        return other

    def made(self, kind: str) -> bytes:
        """The picture in a format."""
        own = self.own_svg if kind == "svg" else None
        return run_graphviz(self.source, kind) if own is None else own.file().encode()

    def show(self) -> Path:
        """Open the picture in the browser, as large as the window; give the path of its page, which is in a new folder."""
        own = self.own_svg
        return show_file(self.made("svg"), "graph.svg") if own is None else show_file(own.page(), "graph.html")

    def view(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        cleanup: bool = False,
        **options: Any,
    ) -> str:
        """Open the picture as `show` does; with a file name, render it first and open that file. The path."""
        if filename is None and directory is None:
            return str(self.show())
        return self.render(filename, directory, view=True, cleanup=cleanup, **options)

    def pipe(self, format: str | None = None, *, encoding: str | None = None, **options: Any) -> Any:  # noqa: A002 - as in graphviz
        if options:
            return super().pipe(format, encoding=encoding, **options)
        made = self.made(known_format(format or self.format))
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
        made = self.made(kind)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not cleanup:
            write_whole(source, self.source)
        write_whole(target, made)
        if view:
            open_in_browser(target)  # graphviz would leave a process behind, which Python warns of
        return str(target)

    def __repr__(self) -> str:
        return f'<Picture of {self.comment}; .show() opens it, .save("graph.svg") keeps it>'

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
            write_whole(target, self.source if is_source(target) else self.made(known_format(target.suffix[1:])))
        return target

    def _repr_image_svg_xml(self) -> str:
        own = self.own_svg
        return self.made("svg").decode() if own is None else own.cell()


def is_source(filename: str | os.PathLike[str] | None) -> bool:
    return filename is None or Path(filename).suffix.lower() in SOURCES


def known_format(name: str) -> str:
    """The format in small letters; a ValueError that lists the usual ones if Graphviz knows none of that name."""
    if not name:
        raise ValueError("a file name without a suffix does not say what to write; end it in .svg, .png or .pdf")
    if name.lower() not in graphviz.FORMATS:
        raise ValueError(f"Graphviz writes no {name!r}; choose svg, png or pdf")
    return name.lower()
