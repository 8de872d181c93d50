"""The colours of classes: apart for every eye, and to be seen on the paper."""

import itertools
import math
import re

import pytest

from micrograd.views.pages import file_text

# Linear RGB as it is seen with no, and with another third of the cones missing.
# Source: Machado, Oliveira and Fernandes 2009, severity 1.
EYES = {
    "all cones": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no long ones": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no middle ones": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no short ones": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)

Colour = tuple[float, ...]


def linear(code: str) -> Colour:
    channels = [int(code[place : place + 2], 16) / 255.0 for place in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def times(matrix: tuple[Colour, ...], colour: Colour) -> Colour:
    return tuple(sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)


def in_lab(colour: Colour) -> Colour:
    """CIE L*a*b*, in which a distance of 2 is just seen."""
    shares = [max(x / white, 0.0) for x, white in zip(times(TO_XYZ, colour), WHITE, strict=True)]
    x, y, z = (share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116 for share in shares)
    return (116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z))


def class_colours() -> dict[str, list[str]]:
    pairs = re.findall(r"--class\d: light-dark\((#\w+), (#\w+)\)", file_text("lab/plane.css"))
    return {"light": [light for light, _ in pairs], "dark": [dark for _, dark in pairs]}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_classes_are_apart_for_every_eye(theme: str, eye: str) -> None:
    seen = [in_lab(tuple(min(1.0, max(0.0, c)) for c in times(EYES[eye], linear(code)))) for code in class_colours()[theme]]
    assert len(seen) == 8
    assert min(math.dist(a, b) for a, b in itertools.combinations(seen, 2)) > 15.0


@pytest.mark.parametrize(("theme", "paper"), [("light", "#ffffff"), ("dark", "#0e1318")])
def test_each_class_is_seen_on_the_paper(theme: str, paper: str) -> None:
    for code in class_colours()[theme]:
        brightness = sorted(times(TO_XYZ, linear(each))[1] + 0.05 for each in (code, paper))
        assert brightness[1] / brightness[0] >= 3.0
