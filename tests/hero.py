"""The moving picture at the head of the README: the laboratory of its examples in training, filmed epoch by epoch.

The page does not play while it is filmed: each frame is drawn whole, and the next epochs are trained when it has been taken.
So the film is the same however quick the machine is.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from micrograd.views.laboratory.page import Lab
from tests.conftest import ARGUMENTS, CHROMIUM, UNPACKED

PAGE = (1200, 540)  # in which it is laid out
SIZE = (1000, 450)  # to which it is made smaller, from twice the size
FRAMES = 76
EPOCHS = 2  # from one frame to the next
FIRST, EACH, LAST = 700, 72, 1400  # milliseconds
QUALITY = 62
MOST_BYTES = 1_400_000

# Of the page only what moves, at the size of the film.
CLOSER = """
.top, .words, details, noscript, .plane-key, .rows, .axis, .film .key, .film input { display: none !important; }
.lab { overflow: hidden; }
.bench { grid-template: "network side" minmax(0, 1fr) / minmax(0, 1fr) 352px; height: 100vh; min-height: 0; }
.side { padding: 12px; gap: 10px; }
.side .film { min-height: 0; }
"""
NEXT = f"{'trainEpoch(); ' * EPOCHS}show()"
TOLD = 0x010E  # the EXIF field ImageDescription


def film(laboratory: Lab, scheme: str) -> tuple[list[Image.Image], str]:
    """Every frame at twice the size of the page, and the loss of every epoch, as JSON."""
    from playwright.sync_api import sync_playwright

    width, height = PAGE
    frames = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            device_scale_factor=2,
        )
        page.set_content(laboratory.html)
        page.wait_for_function(UNPACKED)
        page.add_style_tag(content=CLOSER)
        page.wait_for_timeout(300)  # until everything has its size
        page.evaluate("show()")
        for frame in range(FRAMES):
            if frame:
                page.evaluate(NEXT)
            frames.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        losses = page.evaluate("training.losses.map((loss) => Number(loss.toPrecision(9)))")
        browser.close()
    return frames, json.dumps(losses)


def write(laboratory: Lab, folder: Path, schemes: Sequence[str]) -> list[Path]:
    """The film and its last frame, for those who want nothing to move: in each scheme, with the losses in it."""
    written = []
    for scheme in schemes:
        frames, losses = film(laboratory, scheme)
        told = Image.Exif()
        told[TOLD] = losses
        moving, still = (folder / f"{name}-{scheme}.webp" for name in ("hero", "hero-still"))
        small = [frame.resize(SIZE, Image.Resampling.LANCZOS) for frame in frames]
        durations = [FIRST, *[EACH] * (FRAMES - 2), LAST]
        small[0].save(
            moving, save_all=True, append_images=small[1:], duration=durations, loop=0, quality=QUALITY, method=4, exif=told
        )
        frames[-1].save(still, quality=80, method=6, exif=told)
        written += [moving, still]
    return written


def losses_in(path: Path) -> list[float]:
    """The loss of every epoch that the picture shows."""
    with Image.open(path) as picture:
        losses: list[float] = json.loads(picture.getexif()[TOLD])
    return losses
