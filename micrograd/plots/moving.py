"""A moving picture of several plots."""

from __future__ import annotations

import io
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from micrograd.arguments import positive
from micrograd.display.files import write_whole
from micrograd.plots.panels import STYLE, Plot

HELD = 2000  # milliseconds for which the last picture stands
COLOURS = 48  # in a picture: the few of a plot, and the steps by which its edges are smooth
ALIKE, GROUND = 6, 8  # of 256: Pillow looks for the nearest colour less finely, and the ground is to be exactly white
MARGIN = 0.1  # inches
DOTS = 96  # an inch, as a browser has


@dataclass(frozen=True, repr=False)
class Animation:
    """Pictures, one after the other, over and over: a notebook shows them, and `save("training.gif")` writes them.

    In a notebook it is a PNG that moves; where it cannot, as on paper, the last picture stands.
    """

    pictures: tuple[Any, ...]
    seconds: float

    def save(self, path: str | Path) -> Path:
        """Write it as .gif or .png, whichever the path ends in, and give the path."""
        target = Path(path)
        if target.suffix not in {".gif", ".png"}:
            raise ValueError(f"an animation is not written as {target.name!r}; end its name in .gif or .png")
        write_whole(target, self.rendered(target.suffix[1:]))
        return target

    def rendered(self, kind: str) -> bytes:
        first, *others = self.pictures
        durations = [max(round(1000.0 * self.seconds / len(self.pictures)), 20)] * len(others) + [HELD]
        if kind == "png":  # its default picture is no part of the animation
            first, others = self.pictures[-1], list(self.pictures)
        buffer = io.BytesIO()
        only_png = {"default_image": True} if kind == "png" else {}
        first.save(buffer, format=kind, save_all=True, append_images=others, duration=durations, loop=0, **only_png)
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.rendered("png")

    def __repr__(self) -> str:
        return f'<Animation of {len(self.pictures)} pictures in {self.seconds:g} s; .save("training.gif") keeps it>'


def animation(plots: Sequence[Plot], seconds: float = 5.0) -> Animation:
    """The plots as a moving picture, in so many seconds; then the last stands still for two, and it begins again.

    The plots are to be of one size. Their panels get common axes, so that nothing moves but what is in them.

    >>> from micrograd.plots import line_charts
    >>> animation([line_charts({"": {"a": [(0, 0), (1, height)]}}, "x", "y") for height in (0, 1)])
    <Animation of 2 pictures in 5 s; .save("training.gif") keeps it>
    """
    if not isinstance(plots, Sequence) or not plots or not all(isinstance(plot, Plot) for plot in plots):
        raise ValueError(
            f"an animation needs a list of plots, such as [point_clouds(...), point_clouds(...)], got {reprlib.repr(plots)}"
        )
    sizes = list(dict.fromkeys((tuple(plot.figure.get_size_inches()), len(plot.figure.axes)) for plot in plots))
    if len(sizes) > 1:
        raise ValueError("an animation needs plots of one size and as many panels; draw each by the same function")
    for panels in zip(*(plot.figure.axes for plot in plots), strict=True):
        for axis in ("xlim", "ylim"):
            share(panels, axis)
    pictures = [pixels(plot) for plot in plots]
    palette = palette_of(pictures)
    return Animation(tuple(picture.quantize(palette=palette, dither=0) for picture in pictures), positive(seconds, "seconds"))


def share(panels: Iterable[Any], axis: str) -> None:
    """Set an axis of all panels to the same limits, wide enough for each; turned round where it was."""
    limits = [getattr(panel, f"get_{axis}")() for panel in panels]
    low, high = min(map(min, limits)), max(map(max, limits))
    for panel, (first, last) in zip(panels, limits, strict=True):
        panel.set(**{axis: (low, high) if first < last else (high, low)})


def pixels(plot: Plot) -> Any:
    import matplotlib as mpl
    from PIL import Image  # matplotlib needs it too

    plot.figure.get_layout_engine().set(w_pad=MARGIN, h_pad=MARGIN)
    buffer = io.BytesIO()
    with mpl.rc_context(STYLE | {"savefig.bbox": "standard"}):  # cut to its content, each would have a size of its own
        plot.figure.savefig(buffer, format="png", dpi=DOTS, pil_kwargs={"compress_level": 1})
    return Image.open(buffer).convert("RGB")


def palette_of(pictures: list[Any]) -> Any:
    """The colours of about eight of the pictures, the last among them; the most frequent, such as the white ground, exactly."""
    from PIL import Image

    some = pictures[:: -max(len(pictures) // 8, 1)]
    width, height = some[0].size
    sheet = Image.new("RGB", (width, height * len(some)))
    for place, picture in enumerate(some):
        sheet.paste(picture, (0, place * height))
    counted: Any = sheet.getcolors(sheet.width * sheet.height)
    frequent = [colour for _, colour in sorted(counted, reverse=True)[:COLOURS]]
    others = sheet.quantize(COLOURS).getpalette() or []
    chosen: list[tuple[int, ...]] = []
    for colour in chain(frequent, zip(others[::3], others[1::3], others[2::3], strict=True)):
        away = [max(abs(a - b) for a, b in zip(colour, other, strict=True)) for other in chosen]
        if not away or (away[0] > GROUND and min(away) > ALIKE):  # the first is the ground
            chosen.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(chosen)])
    return palette
