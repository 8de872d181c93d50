"""`python -m tests.pictures`: the README's pictures, made anew from its own examples. Each comes in light and in dark."""

from __future__ import annotations

import random
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from micrograd import Value, datasets, draw, explore, fit, losses, nn, optim
from micrograd.exercises import Exercise
from micrograd.exercises.page import ExercisePage
from micrograd.folding import Folded
from micrograd.views.laboratory.page import Lab
from micrograd.views.player import Player
from tests import hero, readme
from tests.conftest import ARGUMENTS, CHROMIUM, UNPACKED

FOLDER = readme.PATH.parent / ".github" / "pictures"
SCHEMES = ("light", "dark")
STEP = 9  # of the player: the second contribution to one gradient
SIZE = (880, 430)
ENTRY = (7, 1)  # of the matrix form: the line of dW1, and its entry 0, 1
MATRICES_SIZE = (1180, 1035)
RUN = "goToEpoch(150); goToEpoch(45); setPace(0, 0.03); goToEpoch(110); show()"  # in the laboratory: turned in the past
LAB_SIZE = (1280, 800)
DIGITS_SIZE = (1280, 800)
EXERCISE_SIZE = (721, 300)
ANSWERS = ["-6", "-1", "-3", "-2"]  # in the order of the fields: the last forgets a use
ANSWERED = f"""{ANSWERS}.forEach((answer, place) => {{
  const field = document.querySelectorAll(".task input")[place];
  field.value = answer;
  field.dispatchEvent(new Event("input", {{ bubbles: true }}));
}});
document.querySelector(".check").click()"""

SHOWN = """[...document.querySelectorAll("{}")].map((element) => element.textContent).filter((text) => text !== "").join("\\n")"""
STEP_SHOWN = SHOWN.format(".formula, .reason div, .phase, .count, .graph text")
LAB_SHOWN = SHOWN.format("h1, .epoch, .column, .unit span, .film text, .formula")
DIGITS_SHOWN = SHOWN.format("h1, svg text")
EXERCISE_SHOWN = SHOWN.format("h1, .words, svg text")
MATRICES_SHOWN = SHOWN.format(".formula, .why h2, .why text")


def graph(output: Value, scheme: str) -> str:
    """The SVG of `draw`."""
    return str(draw(output, theme=scheme).pipe("svg", encoding="utf-8"))


class Photo(NamedTuple):
    """What is to be photographed: a page, its size, what is done in it first, what tells the text that is shown, and a part."""

    html: str
    size: tuple[int, int]
    action: str
    shown: str
    part: str


def player_photo(player: Player) -> Photo:
    """The player at `STEP`."""
    return Photo(player.html, SIZE, f"goTo({STEP}, true)", STEP_SHOWN, ".player")


def matrix_photo(folded: Folded) -> Photo:
    """The matrix form, with what made `ENTRY`."""
    return Photo(folded.html, MATRICES_SIZE, f"choose{ENTRY}", MATRICES_SHOWN, "body")


def lab_photo(laboratory: Lab) -> Photo:
    """The laboratory after `RUN`."""
    return Photo(laboratory.html, LAB_SIZE, RUN, LAB_SHOWN, ".lab")


def exercise_photo(exercise: Exercise) -> Photo:
    """The exercise answered and checked."""
    return Photo(ExercisePage(exercise).html, EXERCISE_SIZE, ANSWERED, EXERCISE_SHOWN, "body")


def digit_photo() -> Photo:
    """A network of windows, trained on the digits, and one that it takes for another."""
    train, test = datasets.split(datasets.digits())
    network = nn.Sequential(
        nn.Unflatten(1, 8, 8),
        nn.Conv2d(1, 8, 3, generator=random.Random(0)),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Layer(72, 10, "linear", generator=random.Random(1)),
    )
    fit(network, losses.cross_entropy, train, optim.Adam(network.parameters(), 0.01), epochs=60, batch_size=32, progress=False)
    rows = [[number.data for number in network(row)] for row in test.inputs]
    wrong = [(row, target) for row, target, said in zip(*test, rows, strict=True) if said.index(max(said)) != target]
    shown = [losses.cross_entropy([network(row)], [target]) for row, target in [wrong[0], *test.rows[:3]]]
    page = explore(shown, title="A digit through 8 filters")
    return Photo(page.html, DIGITS_SIZE, "", DIGITS_SHOWN, "body")


def photographed(photos: Mapping[str, Photo]) -> Iterator[tuple[str, str, bytes]]:
    """Each in light and in dark: "player-light", the text that is shown, and a PNG."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (html, (width, height), action, shown, part) in photos.items():
            for scheme in SCHEMES:
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if scheme == "dark" else "light",
                    reduced_motion="reduce",
                    device_scale_factor=2,
                )
                page.set_content(html)
                page.wait_for_function(UNPACKED)
                page.evaluate(action)
                yield f"{name}-{scheme}", str(page.evaluate(shown)), page.locator(part).screenshot(omit_background=True)
                page.close()
        browser.close()


# A PNG is a signature of 8 bytes, then chunks: length, kind, content, checksum. The last is an empty IEND.

TEXT = b"iTXt"
DESCRIPTION = b"Description\0\0\0\0\0"  # the keyword, and neither compressed, nor in a language, nor translated


def with_description(png: bytes, words: str) -> bytes:
    """The picture with the words in it."""
    content = DESCRIPTION + words.encode()
    chunk = struct.pack(">I", len(content)) + TEXT + content + struct.pack(">I", zlib.crc32(TEXT + content))
    return png[:-12] + chunk + png[-12:]


def description(png: bytes) -> str:
    """The words in the picture."""
    place = 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        content = png[place + 8 : place + 8 + length]
        if png[place + 4 : place + 8] == TEXT and content.startswith(DESCRIPTION):
            return content.removeprefix(DESCRIPTION).decode()
        place += length + 12
    raise ValueError("the picture has no description; make it with python -m tests.pictures")


def page_photos(names: Mapping[str, Any]) -> dict[str, Photo]:
    """The pages by the names of their pictures, of what the README's examples leave behind."""
    return {
        "player": player_photo(names["explore"](names["f"])),
        "lab": lab_photo(names["laboratory"]),
        "matrices": matrix_photo(names["folded"]),
        "exercise": exercise_photo(names["task"]),
    }


def main() -> int:
    names = readme.namespace()
    FOLDER.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for scheme in SCHEMES:
        written.append(FOLDER / f"graph-{scheme}.svg")
        written[-1].write_text(graph(names["out"], scheme), encoding="utf-8")
    for name, words, png in photographed(page_photos(names) | {"digit": digit_photo()}):
        written.append(FOLDER / f"{name}.png")
        written[-1].write_bytes(with_description(png, words))
    written += hero.write(names["laboratory"], FOLDER, SCHEMES)
    print(f"Wrote {', '.join(path.name for path in written)} to {FOLDER}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
