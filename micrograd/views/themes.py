"""The colours of pictures, light and dark, and the styles of an SVG file that has them.

They stand in page/shared/picture.css, where a page takes them from. A file cannot count on the newest CSS: plain renderers
know neither `var()` nor `light-dark()`, so that here both are resolved. With the theme "auto" the light colours hold, and the
dark ones where the reader's system is dark.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from micrograd.views.pages import joined

PICTURE = "shared/picture.css"
THEMES = ("auto", "light", "dark")
BLACK, WHITE = "#000000", "#ffffff"
DECADES = 4.0  # how far below the largest gradient the tint fades out
STRONGEST = 0.42  # what the tint of the largest gradient covers
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
PAIR = re.compile(r"light-dark\(([^,()]+), ([^,()]+)\)")
NAME = re.compile(r"var\(--([\w-]+)\)")
DARK = "@media (prefers-color-scheme: dark)"

Declarations = dict[str, str]


def check_theme(theme: str) -> None:
    if theme not in THEMES:
        raise ValueError(f'theme needs to be "auto", "light" or "dark", got {theme!r}')


@cache
def rules(*files: str) -> tuple[tuple[str, Declarations], ...]:
    """The rules of the stylesheets: selectors and declarations, in order."""
    found = RULE.findall(COMMENT.sub("", joined(*files)))
    return tuple([(selectors.strip(), declarations(body)) for selectors, body in found])


def declarations(body: str) -> Declarations:
    pairs = [line.split(":", 1) for line in body.split(";") if line.strip()]
    return {name.strip(): value.strip() for name, value in pairs}


@cache
def palette(scheme: str) -> Mapping[str, str]:
    """The colours by name, "light" or "dark": `palette("dark")["ink"]`."""
    named = {
        name[2:]: one_of(value, scheme) for _, body in rules(PICTURE) for name, value in body.items() if name.startswith("--")
    }
    return MappingProxyType(named)


def one_of(value: str, scheme: str) -> str:
    """The value with the light or the dark one of every pair."""
    return PAIR.sub(r"\2" if scheme == "dark" else r"\1", value)


@cache
def style(theme: str, *more: str) -> str:
    """The rules for an SVG whose root has the classes `graph` and the theme, so that pictures on one page do not meet.

    There may be more stylesheets, in colours of the palette.
    """
    check_theme(theme)
    light, dark = (
        [(selectors, resolved(body, scheme)) for selectors, body in rules(PICTURE, *more)] for scheme in ("light", "dark")
    )
    if theme != "auto":
        return written(dark if theme == "dark" else light, theme)
    changed = [
        (selectors, {name: value for name, value in body.items() if value != before[name]})
        for (selectors, body), (_, before) in zip(dark, light, strict=True)
    ]
    return f"{written(light, theme)}{DARK} {{\n{written(changed, theme)}}}\n"


def resolved(body: Declarations, scheme: str) -> Declarations:
    """The declarations in plain CSS. What only a page's script can set is left out."""
    colours = palette(scheme)
    plain = {
        name: NAME.sub(lambda found: colours[found[1]], one_of(value, scheme))
        for name, value in body.items()
        if not name.startswith("--") and name != "color-scheme"
    }
    return {name: value for name, value in plain.items() if "var(" not in value}


def written(styles: list[tuple[str, Declarations]], theme: str) -> str:
    lines = []
    for selectors, body in styles:
        if body:
            scoped = ", ".join(in_graph(selector.strip(), theme) for selector in selectors.split(","))
            lines.append(f"{scoped} {{ {' '.join(f'{name}: {value};' for name, value in body.items())} }}\n")
    return "".join(lines)


def in_graph(selector: str, theme: str) -> str:
    """The selector for what is in a picture of that theme."""
    for root in (".graph", ".crowded"):  # classes of the root itself
        if selector.startswith(root):
            return f".graph.{theme}{selector.removeprefix('.graph')}"
    return f".graph.{theme} {selector}"


# Colours


def mixed(one: str, other: str, share: float) -> str:
    """Between two colours, such as "#ffffff": the share of the other one."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def contrast(one: str, other: str) -> float:
    """From 1 to 21; text needs 4.5. Source: WCAG 2.1, contrast ratio and relative luminance."""
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(fill: str) -> str:
    """Black or white, whichever is easier to read on the fill: never below 4.58."""
    return BLACK if contrast(BLACK, fill) >= contrast(WHITE, fill) else WHITE


def tint_strength(gradient: float, largest: float) -> float:
    """From 0 to 1 for the size of a gradient beside the largest, on a logarithmic scale of four decades."""
    if gradient == 0.0 or math.isnan(gradient) or not largest:
        return 0.0
    return max(0.0, min(1.0, 1.0 + (math.log10(abs(gradient)) - math.log10(largest)) / DECADES))  # a quotient may be 0
