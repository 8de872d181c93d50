"""A moving picture of several plots."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd.display.files import write_whole
from micrograd.plots.panels import STYLE, Plot

HELD = 2000  # milliseconds for which the last picture stands


@dataclass(frozen=True)
class Animation:
    """Plots, one after the other: a notebook shows it moving, and `save("training.gif")` writes it."""

    frames: tuple[Any, ...]
    milliseconds: int

    def save(self, path: str | Path) -> Path:
        """Write it as .gif or .png, and give the path."""
        target = Path(path)
        if target.suffix not in {".gif", ".png"}:
            raise ValueError(f"an animation is not written as {target.name!r}; end its name in .gif or .png")
        write_whole(target, self.rendered(target.suffix[1:]))
        return target

    def rendered(self, kind: str) -> bytes:
        buffer = io.BytesIO()
        first, *rest = self.frames
        durations = [self.milliseconds] * len(rest) + [HELD]
        if kind == "gif":
            first.save(buffer, format="GIF", save_all=True, append_images=rest, duration=durations, loop=0, optimize=False)
        else:  # what stands where nothing moves is the last picture
            self.frames[-1].save(
                buffer, format="PNG", save_all=True, append_images=self.frames, default_image=True, duration=durations, loop=0
            )
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.rendered("png")


def animation(plots: Sequence[Plot], seconds: float = 5.0) -> Animation:
    """A moving picture: the plots, one after the other, in so many seconds; then the last stands still for two."""
    pictures = [rendered(plot) for plot in plots]
    palette = pictures[-1].quantize(64)
    frames = tuple(picture.quantize(palette=palette, dither=0) for picture in pictures)
    return Animation(frames, round(1000.0 * seconds / len(plots)))


def rendered(plot: Plot) -> Any:
    """The plot as pixels, of the same size for plots of the same size."""
    import matplotlib as mpl
    from PIL import Image

    buffer = io.BytesIO()
    with mpl.rc_context(STYLE | {"savefig.bbox": "standard"}):
        plot.figure.savefig(buffer, format="png", dpi=96)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")
